"""What is shown of a file of results before it is brought into a round."""

from __future__ import annotations

from typing import Any

from reqtrack.acceptance import machine_pages, policy
from reqtrack.acceptance.machines import Report, Seen
from reqtrack.acceptance.models import Round
from reqtrack.acceptance.queries import machines as queries
from reqtrack.permissions import Actor

# So many rows are listed; all of them are counted.
SHOWN = 300


def preview(actor: Actor, found: Round, report: Report) -> dict[str, Any]:
    """What bringing a file in would record, and what it would not, with why."""
    run = queries.run_of_file(found, report.digest)
    taken = queries.taken(found, report, run)
    lines = [seen for seen, _scenario in taken.fresh] + list(taken.before)
    outside = [seen.kept(reason) for seen, reason in taken.outside]
    keys = dict.fromkeys([*(one.key for one in lines[:SHOWN]), *taken.missing[:SHOWN]])
    titles = queries.titles_of(actor, found.project_id, list(keys))
    shown = machine_pages.shown(report.counts, report.failures, report.unmatched)
    return {
        **shown,
        "format": machine_pages.FORMATS.get(report.format, report.format),
        "report": report,
        "brought": run,
        "fresh": len(taken.fresh),
        "lines": [_line(one, titles) for one in lines[:SHOWN]],
        "line_count": len(lines),
        "outside": machine_pages.shown({}, (), [{**one, "title": titles.get(one["acceptance"], "")} for one in outside]),
        "missing": taken.missing,
        "may_change": policy.may_change(actor, found.project_id, found.key, found.stage),
    }  # fmt: skip


def _line(one: Seen, titles: dict[str, str]) -> queries.Line:
    title = titles.get(one.key, "")
    return queries.Line(one.key, title, one.row, (), one.verdict, one.note, one.attempts, one.flaky, one.by)
