"""What the command line says of a machine's results, and which round it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import case, select

from reqtrack.acceptance.machines import WARNING, Report
from reqtrack.acceptance.models import MachineRun, Round
from reqtrack.acceptance.queries import machines as queries
from reqtrack.acceptance.queries import round_for
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.errors import Reason, Refused
from reqtrack.exchange.parsing.detect import RESULTS, detect
from reqtrack.files.door import open_upload
from reqtrack.files.problems import FileProblem, Problem
from reqtrack.permissions import Actor


def is_results(data: bytes, name: str) -> bool:
    """Whether a file holds a machine's results, as far as its first lines tell."""
    try:
        return detect(open_upload(data, name)) in RESULTS
    except FileProblem:
        return False  # its own reader says what is wrong


def round_of(actor: Actor, project: Project, given: str) -> Round:
    """The round that is named; else the newest that runs, else the newest that is planned.

    Raises:
        NotFound: there is none of that name. Refused: 409, nothing is named, and no round takes results.
    """
    if given:
        return round_for(actor, project.id, given)
    wanted = select(Round).where(Round.project_id == project.id, Round.stage.in_(("running", "planned")))
    newest = wanted.order_by(case((Round.stage == "running", 0), else_=1), Round.number.desc()).limit(1)
    found = db.session.execute(newest).scalar()
    if found is None:
        message = "No round of %(project)s takes results: plan one first, with the scenarios that were tested."
        raise Refused((Reason("no_round", message, {"project": project.key}, "round"),), 409)
    return found


def would_be(found: Round, report: Report) -> dict[str, Any]:
    """What bringing a report in would come to."""
    taken = queries.taken(found, report, queries.run_of_file(found, report.digest))
    outside = [seen.kept(reason) for seen, reason in taken.outside]
    counts = {**report.counts, "results": len(taken.fresh) + len(taken.before), "outside": len(outside)}
    return _told(found, report.format, counts, [*report.unmatched, *outside], report.failures)


def recorded(found: Round, run: MachineRun) -> dict[str, Any]:
    """What a run that was brought in came to."""
    return {"run": run.number, **_told(found, run.format, run.counts, run.unmatched, run.failures)}


def _told(found: Round, format: str, counts: Mapping[str, int], unmatched: Any, failures: Any) -> dict[str, Any]:
    return {
        "round": found.key,
        "format": format,
        **{name: number for name, number in counts.items() if name != "all_passed"},
        "all_passed": bool(counts.get("all_passed")),
        "not_recorded": [
            {**{name: one[name] for name in ("name", "feature", "verdict", "outcome", "message")},
             "acceptance": one.get("acceptance"), "row": one.get("row"), "reason": _sentence(one)}
            for one in unmatched
        ],
        "outside_of_cases": [dict(one) for one in failures if one["kind"] != WARNING],
        "warnings": [_sentence(one) for one in failures if one["kind"] == WARNING],
    }  # fmt: skip


def _sentence(one: Mapping[str, Any]) -> str:
    return str(Problem.from_plain(one["reason"]))


def sentences(told: Mapping[str, Any]) -> Iterator[str]:
    """What is to be read beside the one line: what failed outside of any case, what is odd, each case that is not recorded."""
    for one in told["outside_of_cases"]:
        yield ": ".join(part for part in (one["kind"], one["name"], one["message"]) if part)
    yield from told["warnings"]
    for one in told["not_recorded"]:
        yield f"{one['name'] or '(no name)'}: {one['reason']}"


def line(told: Mapping[str, Any]) -> str:
    """The one line."""
    verb = "recorded" if "run" in told else "would be recorded"
    run = f" as run {told['run']}" if "run" in told else ""
    left = len(told["not_recorded"])
    return (
        f"{told['results']} of {told['cases']} cases {verb} in {told['round']}{run} ({told['passed']} passed, "
        f"{told['failed']} failed, {told['blocked']} blocked, {told['skipped']} skipped), {left} not."
    )
