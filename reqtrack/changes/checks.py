"""What ``verify`` looks at besides seals: that votes bear the installation's, and that the pack of a decision is as the data here say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.report import Report
from reqtrack.audit.checks.run import Run, register_rows
from reqtrack.audit.models import Event
from reqtrack.audit.seals import raw_columns
from reqtrack.audit.verify import CERTIFICATES
from reqtrack.changes import dossier
from reqtrack.changes.filed import Dossier
from reqtrack.changes.models import Change
from reqtrack.changes.votes import that_decided
from reqtrack.db import canonical, db, one_of
from reqtrack.errors import Reason
from reqtrack.signoff import stamps

WHERE = "certificate"


def register() -> None:
    """Add these checks to ``verify``."""
    register_rows("decisions", decisions)
    if check not in CERTIFICATES:
        CERTIFICATES.append(check)


def decisions(_run: Run) -> Callable[[Row], Iterator[tuple[str, Reason]]]:
    """Looks at a vote: the installation's seal on it is good."""
    held = stamps.held()

    def look(row: Row) -> Iterator[tuple[str, Reason]]:
        yield from (("", reason) for reason in stamps.check(row, held, "decisions").reasons)

    return look


def check(data: Mapping[str, Any], report: Report) -> None:
    """Compare the pack of a decision with the database, and note what differs; what carries no decision is another check's.

    ``data["decision"]`` is the archive of the pack, which agrees with itself.
    """
    document = data.get("decision")
    if document is None:
        return
    key = str(document["signoff"]["key"])[:40]
    change = _change(str(document["project"]["key"]), key)
    if change is None:
        report.add(WHERE, key, Reason("unknown", "There is no change %(key)s here.", {"key": key}), "signoff")
        return
    report.count("certificates")
    found = dossier.load(change)
    _package_differs(json.loads(document["over"])["package"], found, key, report)
    _votes_differ(document, found, key, report)
    _events_differ(document, change.project_id, key, report)
    # What was put off or rejected, and decided again since, is genuine all the same.
    told = sorted(one["columns"]["number"] for one in document["signatures"])
    if told != sorted(one.number for one in that_decided(found)):
        report.count("superseded")


def _change(project: str, key: str) -> Change | None:
    wanted = select(Change).join(Project, Project.id == Change.project_id).where(Project.key == project)
    return db.session.execute(wanted.where(Change.key == key)).scalar()


def _package_differs(told: Mapping[str, Any], found: Dossier, key: str, report: Report) -> None:
    """The first part of the package that is not here as the pack has it."""
    if found.open:
        return  # it may have been edited since it was put off, and its votes tell of what
    here = found.package
    for name in ("title", "reason", "touches"):
        if told.get(name) != here[name]:
            report.add(WHERE, key, _differs(name), "package")
            return
    edits = {canonical(one): one for one in (*told["edits"], *here["edits"])}
    only = {canonical(one) for one in told["edits"]} ^ {canonical(one) for one in here["edits"]}
    if only:
        one = edits[min(only)]
        named = (one.get("item") or one.get("retire") or one.get("restore") or one.get("ref"), one.get("field"))
        report.add(WHERE, key, _differs(" ".join(part for part in named if part)), "package")


def _differs(what: str) -> Reason:
    return Reason("differs", "%(what)s is not here as the certificate has it.", {"what": what})


def _votes_differ(document: Mapping[str, Any], found: Dossier, key: str, report: Report) -> None:
    rows = {one.number: one for one in found.votes}
    for one in document["signatures"]:
        columns, number = one["columns"], one["columns"]["number"]
        row = rows.get(number)
        if row is None:
            reason = Reason("unknown", "There is no such signature here.")
            report.add(WHERE, f"{key} {number}", reason, "signatures")
            continue
        report.count("signatures")
        here = raw_columns(row)
        for name in sorted(here):
            if (one["seal"] if name == "seal" else columns.get(name)) != here[name]:
                reason = Reason("differs", "The certificate says something else than the signature.")
                report.add(WHERE, f"{key} {number}", reason, name)


def _events_differ(document: Mapping[str, Any], project_id: int, key: str, report: Report) -> None:
    told = {one["columns"]["seq"]: one["hash"] for one in document["events"]}
    wanted = select(Event.seq, Event.hash).where(Event.project_id == project_id, one_of(Event.seq, told))
    here = {row.seq: row.hash for row in db.session.execute(wanted)}
    for seq in sorted(told):
        if here.get(seq) != told[seq]:
            reason = Reason("differs", "Event %(seq)s is not here as the certificate has it.", {"seq": str(seq)})
            report.add(WHERE, key, reason, "events")
