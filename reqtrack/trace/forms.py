"""Which matrix an address asks for."""

from __future__ import annotations

from collections.abc import Mapping

from reqtrack.accounts.models import Project
from reqtrack.db import whole_number
from reqtrack.errors import NotFound, invalid
from reqtrack.items.queries import kind_for
from reqtrack.permissions import Actor
from reqtrack.requirements.models import TIERS
from reqtrack.requirements.queries import phase_for
from reqtrack.trace.models import AXES, COLUMNS, ORDERS, ROWS, STATUSES_OF, Wanted


def wanted(actor: Actor, project: Project, given: Mapping[str, str], *, strict: bool = False) -> Wanted:
    """Read what is asked for.

    Args:
        strict: refuse the same kind on both sides; else the other side gives way.

    Raises:
        Invalid: what is named is no kind, tier, status or place of a matrix. NotFound: a kind that the actor may not read.
    """
    rows = _one_of("rows", given, tuple(AXES), ROWS)
    columns = _one_of("columns", given, tuple(AXES), COLUMNS)
    if rows == columns:
        if strict:
            raise invalid("columns", "Rows and columns are of two different kinds.")
        columns = ROWS if rows != ROWS else COLUMNS
    for plural in (rows, columns):
        kind_for(actor, project.id, plural)
    status = given.get("status", "").strip()
    if status and status not in STATUSES_OF.get(AXES[rows], ()):
        if strict:
            raise invalid("status", "%(what)s is no status of these rows.", what=status[:40])
        status = ""
    return Wanted(
        rows=rows,
        columns=columns,
        order=_one_of("order", given, ORDERS, "holes"),
        tier=_one_of("tier", given, tuple(TIERS), ""),
        phase=_phase(project, given.get("phase", "").strip()),
        process=given.get("process", "").strip().upper()[:24],
        status=status,
        after=_after(given.get("after", "")),
        beyond=whole_number(given.get("beyond", "")) or 0,
    )


def _one_of(name: str, given: Mapping[str, str], choices: tuple[str, ...], usual: str) -> str:
    value = given.get(name, "").strip() or usual
    if value != usual and value not in choices:
        message = "%(what)s is not one of: %(choices)s."
        raise invalid(name, message, what=value[:40], choices=choices)
    return value


def _phase(project: Project, given: str) -> int | None:
    if not given:
        return None
    try:
        return phase_for(project.id, given).id
    except NotFound:
        raise invalid("phase", "There is no phase %(name)s.", name=given[:80]) from None


def _after(given: str) -> tuple[int, int, int] | None:
    """How far the page before came, ``linked.place.number``."""
    if not given:
        return None
    parts = [whole_number(part) for part in given.split(".")]
    if len(parts) != 3 or None in parts:
        raise invalid("after", "This page of the matrix is not there. Begin at the first.")
    linked, place, number = (part or 0 for part in parts)
    return linked, place, number
