"""What the pages of machines' runs show: plain dicts for templates, of a run that was brought in or of a file that may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.acceptance import policy
from reqtrack.acceptance.machines import WARNING
from reqtrack.acceptance.models import MachineRun, Round
from reqtrack.acceptance.queries import machines as queries
from reqtrack.files.problems import Problem
from reqtrack.permissions import Actor

FORMATS = {"junit": "JUnit XML", "cucumber_json": "Cucumber JSON", "cucumber_messages": "Cucumber messages"}
KINDS = {
    "suite": _l("A suite failed outside of its cases"),
    "hook": _l("A hook around the run failed"),
    "parse": _l("A feature file could not be read"),
    "run": _l("The run itself failed"),
}
# So many cases that found no scenario are listed; all of them are kept, and counted.
SHOWN = 300


def shown(
    counts: Mapping[str, int], failures: Iterable[Mapping[str, Any]], unmatched: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Counts, failures outside of cases, warnings and the cases that are not recorded, each with its reason in words."""
    told = list(failures)
    return {
        "counts": counts,
        "failures_told": [
            {**one, "label": KINDS.get(one["kind"], one["kind"])} for one in told if one["kind"] != WARNING
        ],
        "warnings": [_sentence(one) for one in told if one["kind"] == WARNING],
        "unmatched": [{**one, "why": _sentence(one)} for one in unmatched[:SHOWN]],
        "unmatched_count": len(unmatched),
    }


def _sentence(one: Mapping[str, Any]) -> str:
    return Problem.from_plain(one["reason"]).sentence(_)


def run(actor: Actor, found: MachineRun, round: Round, after: int = 0) -> dict[str, Any]:
    """A run that was brought in: everything that is kept of it, a page of its results."""
    lines = queries.lines_of(actor, found, after=after, limit=queries.PAGE + 1)
    kept = queries.seen_by(actor, found, limit=SHOWN)
    return {
        "run": found,
        "round": round,
        "format": FORMATS.get(found.format, found.format),
        "lines": lines[: queries.PAGE],
        "next_after": lines[queries.PAGE - 1].number if len(lines) > queries.PAGE else None,
        "first": after <= 0,
        "missing": queries.missing_of(found),
        "may_bring": policy.may_bring(actor, queries.bringing(actor, round)),
        **shown(found.counts, found.failures, kept),
        "unmatched_count": len(found.unmatched),
    }


def runs(found: Round) -> list[dict[str, Any]]:
    """The runs of a round, newest first."""
    return [{"run": one, "format": FORMATS.get(one.format, one.format)} for one in reversed(queries.runs_of(found))]
