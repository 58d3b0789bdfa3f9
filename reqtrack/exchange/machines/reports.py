"""From a file of results, read and matched, to what a round records of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reqtrack.acceptance.machines import WARNING, Report, Seen
from reqtrack.accounts.models import Project
from reqtrack.exchange.machines.known import known_scenarios
from reqtrack.exchange.parsing.results.found import MachineCase, ResultsFile, SuiteFailure
from reqtrack.exchange.parsing.results.matched import Matched, RowResult
from reqtrack.exchange.parsing.results.matching import match_results
from reqtrack.exchange.parsing.results.reading import read_results
from reqtrack.files.door import Upload
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.permissions import Actor

# So much of what a suite said is kept with a run.
DETAIL = 2_000


@dataclass(frozen=True)
class ReadFile:
    """A file of results that was read; ``digest`` is that of its bytes."""

    name: str
    digest: str
    found: ResultsFile


def read_upload(upload: Upload) -> ReadFile:
    """Read a file of results in the killable child; no transaction may be waiting for it.

    Raises:
        FileProblem: it holds no results, or none that can be read. TooBusy: too many files are being read.
    """
    return ReadFile(upload.name, upload.digest, read_results(upload))


def report_of(actor: Actor, project: Project, read: ReadFile) -> Report:
    """What a file says of the acceptance scenarios that the actor may see (needs a transaction)."""
    matched = match_results(read.found.cases, known_scenarios(actor, project))
    by = {(match.key, match.row): match.by for match in matched.matches}
    return Report(
        name=for_everybodys_eyes(project.id, read.name, 255),
        format=read.found.format,
        digest=read.digest,
        results=[_seen(one, by[one.key, one.row]) for one in matched.by_row.values()],
        unmatched=[{**_case(one.case), "reason": one.reason.to_plain()} for one in matched.unmatched],
        failures=_failures(read.found),
        counts=_counts(read.found, matched),
    )


def _seen(result: RowResult, by: str) -> Seen:
    case = result.deciding
    told = next((one for one in result.cases if one.flaky), case) if result.verdict == "passed" else case
    attempts = max(len(one.attempts) for one in result.cases)
    return Seen(result.key, result.row, result.verdict, _note(told), attempts, result.flaky, by, _case(case))


def _note(case: MachineCase) -> str:
    """What was seen: the message of the attempt that counts, of a flaky case that of the one before which did not pass."""
    if case.verdict == "passed":
        return next((one.message for one in case.attempts if one.verdict != "passed"), "")
    return case.message or f"{case.name}: {case.outcome}"


def _case(case: MachineCase) -> dict[str, Any]:
    return {
        "name": case.name, "feature": case.feature, "file": case.file, "line": case.line, "verdict": case.verdict,
        "outcome": case.outcome, "message": case.message, "attempts": len(case.attempts), "flaky": case.flaky,
    }  # fmt: skip


def _failures(found: ResultsFile) -> list[dict[str, Any]]:
    """What failed outside of any case, then what is odd about the file."""
    return [
        *map(_failure, found.suite_failures),
        *({"kind": WARNING, "reason": problem.to_plain()} for problem in found.warnings),
    ]


def _failure(one: SuiteFailure) -> dict[str, Any]:
    detail = one.detail if one.detail != one.message else ""
    return {
        "kind": one.kind, "name": one.name, "outcome": one.outcome, "message": one.message, "detail": detail[:DETAIL],
    }  # fmt: skip


def _counts(found: ResultsFile, matched: Matched) -> dict[str, int]:
    return {
        "cases": len(found.cases),
        **found.verdicts,
        "flaky": sum(case.flaky for case in found.cases),
        "retried": found.retried,
        "unmatched": len(matched.unmatched),
        "failures": len(found.suite_failures),
        "all_passed": int(found.all_passed),
    }
