"""Saying by which table a project's changes are decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, policy, tables
from reqtrack.changes.delegation import DELEGATION, Line, check_table
from reqtrack.changes.models import DelegationLine
from reqtrack.changes.queries.tables import SUBJECT, version_of
from reqtrack.db import db
from reqtrack.errors import Invalid, no
from reqtrack.permissions import Actor


def set_delegation(
    actor: Actor,
    project: Project,
    lines: Iterable[Mapping[str, Any]],
    *,
    most_deciders: int | None = None,
    seen: int | None = None,
) -> None:
    """Decide by these lines from now on, also what waits already; no lines means the default table.

    Args:
        lines: as ``tables.parse`` takes them.
        most_deciders: how many people one change may ask at most; as it is when None.
        seen: the version of the table that was seen.

    Raises:
        Refused: no permission, no password (403); or the table was changed since ``seen`` (409).
        Invalid: with every reason why changes cannot be decided by it.
    """
    policy.may_set_delegation(actor, project.id).require()
    if seen is not None and seen != version_of(project.id):
        no("stale", "The delegation table was changed while you edited it.").require(409)
    table = tables.parse(lines)
    most = project.most_deciders if most_deciders is None else most_deciders
    _check(table or DELEGATION, most)
    before = {"lines": tables.shown(dossier.table_of(project.id)), "most_deciders": project.most_deciders}
    after = {"lines": tables.shown(table or DELEGATION), "most_deciders": most}
    if before == after:
        return
    with recorded(actor, project.id, "delegation.changed", SUBJECT, before=before) as entry:
        project.most_deciders = most
        _write(project.id, table)
        entry.after = after


def _check(table: tuple[Line, ...], most_deciders: int) -> None:
    verdict = check_table(table, most_deciders)
    if not verdict:
        raise Invalid(verdict.reasons)


def _write(project_id: int, table: tuple[Line, ...]) -> None:
    wanted = select(DelegationLine).where(DelegationLine.project_id == project_id).order_by(DelegationLine.position)
    rows = list(db.session.execute(wanted).scalars())
    for row in rows[len(table) :]:
        db.session.delete(row)
    for at, line in enumerate(table):
        row = rows[at] if at < len(rows) else DelegationLine(project_id=project_id, position=at)
        row.most_days, row.most_cost, row.must, row.over = line.most_days, line.most_cost, line.must, line.over
        row.change_kind, row.seats = line.kind, " ".join(line.seats)
        db.session.add(row)
