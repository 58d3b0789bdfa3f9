"""What ``verify`` looks at besides seals: that signatures are over what was asked to be signed, that sign-offs stand as their
signatures say, that standings are the results that count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.acceptance.counting import Given, counting
from reqtrack.acceptance.models import NO_ROW
from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.run import Run, register_check, register_rows
from reqtrack.audit.verify import CERTIFICATES
from reqtrack.db import db
from reqtrack.errors import NotFound, Reason
from reqtrack.signoff import certificates, queries, stamps, subjects
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.seats import Seat, standing


def register() -> None:
    """Add these checks to ``verify``."""
    register_rows("signatures", signatures)
    register_check("signoffs", check_signoffs)
    register_check("standings", check_standings)
    if certificates.check not in CERTIFICATES:
        CERTIFICATES.append(certificates.check)


def signatures(run: Run) -> Callable[[Row], Iterator[tuple[str, Reason]]]:
    """Looks at a signature: the sign-off that it answers is there and asks for these words over this fingerprint, and the
    installation's seal on it is good."""
    sql = "SELECT id, project_id, subject, meaning, fingerprint FROM signoffs"
    held = stamps.held()
    known = {row["id"]: row for row in run.reader.rows("signoffs", sql)}

    def look(row: Row) -> Iterator[tuple[str, Reason]]:
        asked = known.get(row["signoff_id"])
        if asked is None or asked["project_id"] != row["project_id"]:
            yield "signoff_id", Reason("stray", "It answers no sign-off.")
            return
        if row["meaning"] not in subjects.meanings_of(asked["subject"], asked["meaning"]).values():
            yield "meaning", Reason("not_asked", "It is not what the sign-off asks for.")
        if row["fingerprint"] != asked["fingerprint"]:
            yield "fingerprint", Reason("not_asked", "It is not what the sign-off asks for.")
        yield from (("", reason) for reason in stamps.check(row, held).reasons)

    return look


def check_signoffs(run: Run) -> None:
    """Each sign-off is over the fingerprint of its subject, and a completed one has the signatures that it needs."""
    wanted = select(Signoff).order_by(Signoff.project_id, Signoff.number)
    if run.project_id is not None:
        wanted = wanted.where(Signoff.project_id == run.project_id)
    rows = db.session.execute(wanted).scalars().all()
    given, taken = queries.answers([row.id for row in rows]), queries.seats_of([row.id for row in rows])
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
        for column, reason in _unlike_its_answers(row, [one.seat for one in taken[row.id]], given[row.id]):
            run.report.add("signoffs", key, reason, column)


def _unlike_its_answers(
    row: Signoff, seats: Sequence[Seat], given: Sequence[Signature]
) -> Iterator[tuple[str, Reason]]:
    """Whether a request stands as the answers at its seats make it stand."""
    answers = queries.answers_at(given, seats)
    made = standing(queries.rule_of(row), seats, answers)
    if row.state == "signed" and made != "signed":
        yield "state", Reason("unsigned", "It stands as signed without its signatures.")
    elif row.state in ("requested", "declined") and made != row.state:
        yield "state", Reason("other_state", "It does not stand as its signatures make it stand.")
    known = {one.position for one in seats}
    if any(one.seat not in known for one in answers):
        yield "", Reason("no_seat", "Somebody answered who was not asked.")


def check_standings(run: Run) -> None:
    """What counts in a round is, for each scenario and row, the result that counts of those not revoked."""
    wanted = _counting(run)
    for row in run.rows("standings"):
        run.report.count("standings")
        place = (row["round_id"], row["acceptance_id"], row["row"])
        key = ":".join(str(part) for part in place)
        result = wanted.pop(place, None)
        if result is None:
            run.report.add("standings", key, Reason("unmade", "There is no result behind it."))
            continue
        for column in ("project_id", "number", "verdict", "seq"):
            if row[column] != result[column]:
                reason = Reason("not_newest", "It is not what the result that counts says.")
                run.report.add("standings", key, reason, column)
    for place in sorted(wanted, key=str):
        key = ":".join(str(part) for part in place)
        reason = Reason("missing", "The result that counts for this scenario and row is not shown.")
        run.report.add("standings", key, reason)


def _counting(run: Run) -> dict[tuple[Any, Any, Any], Row]:
    """The result that counts at each place, from the rows as they lie in the database."""
    revoked = {(row["project_id"], row["number"]) for row in run.rows("result_revocations", "project_id, number")}
    sql = "SELECT id, machine_counts FROM rounds"
    alone = {row["id"] for row in run.reader.rows("rounds", sql) if row["machine_counts"] == "alone"}
    places: dict[tuple[Any, Any, Any], list[Row]] = {}
    columns = "round_id, acceptance_id, row, project_id, number, verdict, seq, machine_run"
    for row in run.rows("results", columns, order="project_id, number"):
        if (row["project_id"], row["number"]) not in revoked:
            place = (row["round_id"], row["acceptance_id"], NO_ROW if row["row"] is None else row["row"])
            places.setdefault(place, []).append(row)
    found = {}
    for place, rows in places.items():
        given = [Given(row["number"], row["verdict"], row["machine_run"] is not None) for row in rows]
        number = counting(given, place[0] in alone)
        if number is not None:
            found[place] = next(row for row in rows if row["number"] == number)
    return found
