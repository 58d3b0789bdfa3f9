"""Bringing a machine's results into a round."""

from __future__ import annotations

from typing import Any

from reqtrack.acceptance import policy
from reqtrack.acceptance.actions.results import checked_text, start
from reqtrack.acceptance.actions.standings import stand_again
from reqtrack.acceptance.machines import Report, Scenario, Seen, Sorted, once_of
from reqtrack.acceptance.models import MachineRun, Result, Round
from reqtrack.acceptance.queries import machines as queries
from reqtrack.audit.record import Entry, recorded
from reqtrack.db import db, learn, together
from reqtrack.items import store
from reqtrack.permissions import Actor

# From so many results on a database counts its tables anew.
MANY = 500


def bring(actor: Actor, found: Round, report: Report) -> MachineRun:
    """Record what a machine's run says of the rows of a round; the first result starts a planned round.

    What is about a scenario that the round does not hold stays with the run. The same file again answers the run that it made;
    only what could not be recorded then, and can be now (the round holds its scenario since), is recorded in addition.

    Raises:
        Refused: neither a manager of rounds nor a tester of this one (403); the round is closed (409).
    """
    run = queries.run_of_file(found, report.digest)
    taken = queries.taken(found, report, run)
    if run is not None and not taken.fresh:
        return run
    may = policy.may_bring(actor, queries.bringing(actor, found))
    may.require(policy.status_of(may))
    if taken.fresh and found.stage == "planned":
        start(actor, found)
    with recorded(actor, found.project_id, "results.brought", found.key) as entry, together():
        run = run or _run(actor, found, report, entry)
        _keep(run, report, taken)
        db.session.add(run)
        results = _results(actor, found, run, taken, entry)
        for result in results:
            entry.seal(result)
        db.session.flush()
        stand_again(found.project_id, found.id, {scenario.id for _seen, scenario in taken.fresh})
        entry.after = {"run": run.number, "results": len(results), "counts": dict(run.counts)}
    if len(results) >= MANY:
        learn(Result)
    return run


def _run(actor: Actor, found: Round, report: Report, entry: Entry) -> MachineRun:
    number = store.next_number(found.project_id, "RUN")
    return MachineRun(
        project_id=found.project_id, number=number, round_id=found.id, name=checked_text(report.name, "name", 255),
        format=report.format, digest=report.digest, author=actor.login, author_name=actor.name, at=entry.at,
    )  # fmt: skip


def _keep(run: MachineRun, report: Report, taken: Sorted) -> None:
    """What the run says of itself, as the newest reading of its file has it."""
    outside = [seen.kept(reason) for seen, reason in taken.outside]
    recorded_now = len(taken.fresh) + len(taken.before)
    run.counts = {**report.counts, "results": recorded_now, "outside": len(outside)}
    run.unmatched = [*report.unmatched, *outside]
    run.failures = list(report.failures)


def _results(actor: Actor, found: Round, run: MachineRun, taken: Sorted, entry: Entry) -> list[Result]:
    """The rows of the results, without their seals."""
    if not taken.fresh:
        return []
    numbers = store.next_numbers(found.project_id, "RES", len(taken.fresh))
    shared: dict[str, Any] = {
        "project_id": found.project_id, "round_id": found.id, "tester": actor.login, "tester_name": actor.name, "at": entry.at,
        "since": entry.seq, "machine_run": run.number,
    }  # fmt: skip
    return [
        Result(number=number, **_columns(seen, scenario, run.digest), **shared)
        for number, (seen, scenario) in zip(numbers, taken.fresh, strict=True)
    ]


def _columns(seen: Seen, scenario: Scenario, digest: str) -> dict[str, Any]:
    return {
        "acceptance_id": scenario.id, "acceptance_version": scenario.version, "row": seen.row, "verdict": seen.verdict,
        "note": checked_text(seen.note, "note"), "text_print": scenario.text_print, "seq": scenario.text_seq,
        "once": once_of(digest, scenario.id, seen.row), "attempts": seen.attempts, "flaky": int(seen.flaky),
    }  # fmt: skip
