"""What ``verify`` looks at besides seals: that signatures are over what was asked to be signed, that sign-offs stand as their
signatures say, that standings are the newest results, and that a certificate says what is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from reqtrack.acceptance.models import NO_ROW
from reqtrack.accounts.models import Project
from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.report import Report
from reqtrack.audit.checks.run import Run, register_check, register_rows
from reqtrack.audit.seals import raw_columns, seal_of
from reqtrack.audit.verify import CERTIFICATES
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import keys_of, number_of, prepare_at
from reqtrack.db import db
from reqtrack.errors import NotFound, Reason
from reqtrack.signoff import queries, rounds, subjects
from reqtrack.signoff.models import Signature, Signoff


def register() -> None:
    """Add these checks to ``verify``."""
    register_rows("signatures", signatures)
    register_check("signoffs", check_signoffs)
    register_check("standings", check_standings)
    if check_certificate not in CERTIFICATES:
        CERTIFICATES.append(check_certificate)


def signatures(run: Run) -> Callable[[Row], Iterator[tuple[str, Reason]]]:
    """Looks at a signature: the sign-off that it answers is there and asks for these words over this fingerprint."""
    sql = "SELECT id, project_id, meaning, fingerprint FROM signoffs"
    known = {row["id"]: row for row in run.reader.rows("signoffs", sql)}

    def look(row: Row) -> Iterator[tuple[str, Reason]]:
        asked = known.get(row["signoff_id"])
        if asked is None or asked["project_id"] != row["project_id"]:
            yield "signoff_id", Reason("stray", "It answers no sign-off.")
            return
        for column in ("meaning", "fingerprint"):
            if row[column] != asked[column]:
                yield column, Reason("not_asked", "It is not what the sign-off asks for.")

    return look


def check_signoffs(run: Run) -> None:
    """Each sign-off is over the fingerprint of its subject, and a completed one has the signatures that it needs."""
    wanted = select(Signoff).order_by(Signoff.project_id, Signoff.number)
    if run.project_id is not None:
        wanted = wanted.where(Signoff.project_id == run.project_id)
    rows = db.session.execute(wanted).scalars().all()
    given, asked = queries.answers([row.id for row in rows]), queries.asked([row.id for row in rows])
    for row in rows:
        run.report.count("signoffs")
        key = f"{row.project_id}:{row.number}"
        try:
            subject = subjects.load(row.project_id, row.subject)
        except NotFound:
            run.report.add("signoffs", key, Reason("missing", "What it asks to be signed is not there."), "subject")
            continue
        if subject.fingerprint != row.fingerprint and row.state != "requested":
            reason = Reason("wrong_print", "What was signed does not have the fingerprint that was signed.")
            run.report.add("signoffs", key, reason, "fingerprint")
        signed = {one.signer for one in given[row.id] if one.outcome == "signed"}
        needed = {user.login for user in asked[row.id]}
        if row.state == "signed" and not (needed <= signed or (row.rule == "any" and signed)):
            run.report.add("signoffs", key, Reason("unsigned", "It stands as signed without its signatures."), "state")


def check_standings(run: Run) -> None:
    """What counts in a round is the newest result of each scenario and row."""
    newest: dict[tuple[Any, Any, Any], Row] = {}
    columns = "round_id, acceptance_id, row, project_id, number, verdict, seq"
    for row in run.rows("results", columns, order="project_id, number"):
        newest[row["round_id"], row["acceptance_id"], NO_ROW if row["row"] is None else row["row"]] = row
    for row in run.rows("standings"):
        run.report.count("standings")
        place = (row["round_id"], row["acceptance_id"], row["row"])
        key = ":".join(str(part) for part in place)
        result = newest.pop(place, None)
        if result is None:
            run.report.add("standings", key, Reason("unmade", "There is no result behind it."))
            continue
        for column in ("project_id", "number", "verdict", "seq"):
            if row[column] != result[column]:
                run.report.add("standings", key, Reason("not_newest", "It is not what the newest result says."), column)
    for place in sorted(newest, key=str):
        key = ":".join(str(part) for part in place)
        run.report.add(
            "standings", key, Reason("missing", "The newest result of this scenario and row does not count.")
        )


# -- certificates --------------------------------------------------------------------------------------------------------


def certificate_data(project: Project, page: queries.Page) -> dict[str, Any]:
    """What the certificate of a sign-off carries for machines; ``verify_certificate`` takes it back.

    Args:
        page: as ``queries.page_of`` gives it.
    """
    return {
        "format": "reqtrack-certificate-1",
        "project": project.key,
        "signoff": page.signoff.key,
        "subject": page.signoff.subject,
        "meaning": page.signoff.meaning,
        "fingerprint": page.signoff.fingerprint,
        "signatures": [queries.signature_dict(row) for row in page.signatures],
    }


def check_certificate(data: Mapping[str, Any], report: Report) -> None:
    """Compare a certificate with the database: the sign-off, its subject's content, each signature and its seal."""
    key = str(data.get("signoff", ""))[:40]
    project = db.session.execute(select(Project).where(Project.key == str(data.get("project", "")))).scalar()
    number = number_of(key, "SGN")
    signoff = None
    if project is not None and number is not None:
        signoff = db.session.execute(
            select(Signoff).where(Signoff.project_id == project.id, Signoff.number == number)
        ).scalar()
    if signoff is None or project is None:
        report.add("certificate", key, Reason("unknown", "There is no sign-off %(key)s here.", {"key": key}), "signoff")
        return
    report.count("certificates")
    for name in ("subject", "meaning", "fingerprint"):
        if data.get(name) != getattr(signoff, name):
            reason = Reason("differs", "The certificate says something else than the sign-off.")
            report.add("certificate", key, reason, name)
    for reason in _subject_differs(signoff):
        report.add("certificate", key, reason, "fingerprint")
    _signatures_differ(data, signoff, key, report)
    given = queries.answers([signoff.id])[signoff.id]
    state = queries.outcome_of(signoff, given).state
    if state == "superseded":
        report.count("superseded")
    elif state != "signed":
        reason = Reason(
            "not_signed", "The sign-off is %(state)s: the certificate does not stand any more.", {"state": state}
        )
        report.add("certificate", key, reason, "state")


def _subject_differs(signoff: Signoff) -> Iterator[Reason]:
    """Whether the content that was signed still has its fingerprint, computed from the content itself."""
    number = subjects.number_in(signoff.subject)
    if signoff.subject.startswith("BL-"):
        baseline = db.session.get(Baseline, (signoff.project_id, number))
        found = baseline and prepare_at(signoff.project_id, baseline.seq, keys_of(baseline)).fingerprint
    else:
        found = rounds.fingerprint(rounds.standings(rounds.round_of(signoff.project_id, number).id))
    if found != signoff.fingerprint:
        yield Reason("wrong_print", "What was signed does not have the fingerprint that was signed.")


def _signatures_differ(data: Mapping[str, Any], signoff: Signoff, key: str, report: Report) -> None:
    given = {row.number: row for row in queries.answers([signoff.id])[signoff.id] if row.outcome == "signed"}
    told = data.get("signatures")
    if not isinstance(told, list) or not told:
        report.add("certificate", key, Reason("unsigned", "The certificate carries no signatures."), "signatures")
        return
    for at, one in enumerate(told):
        number = one.get("number") if isinstance(one, dict) else None
        row = given.get(number) if isinstance(number, int) else None
        place = f"{key} {at + 1}"
        if row is None:
            reason = Reason("unknown", "There is no such signature here.")
            report.add("certificate", place, reason, "signatures")
            continue
        report.count("signatures")
        here = queries.signature_dict(row)
        for name in here:
            if one.get(name) != here[name]:
                reason = Reason("differs", "The certificate says something else than the signature.")
                report.add("certificate", place, reason, name)
        if _seal(row) != row.seal:
            report.add("signatures", f"{row.project_id}:{row.number}", Reason("changed", "It does not have its seal."))


def _seal(row: Signature) -> str:
    return seal_of(raw_columns(row))
