"""The Overview in words: what ``queries.overview`` found, as the page's parts take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes.queries.flows import flows_for
from reqtrack.db import trimmed
from reqtrack.gates import pages as gate_pages
from reqtrack.permissions import Actor
from reqtrack.radar import lines, policy
from reqtrack.radar.queries.overview import Counts, Standing
from reqtrack.requirements.pages import without_phase
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries import Load
from reqtrack.web.context import day

WAITS_FOR = {
    "decision": (_l("a decision"), "gavel"),
    "assessment": (_l("an assessment"), "scale"),
    "answer": (_l("an answer"), "message-reply"),
    "signature": (_l("a signature"), "writing-sign"),
}
# How many findings the page shows; a page of their own shows all.
SHOWN = 9
# What a line of the first week leads to.
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "list": ("exchange.new", {}),
    "hear": ("items.new", {"plural": "interviews"}),
    "words": ("interviews.discover", {}),
    "sort": ("requirements.scope", {}),
    "sign": ("baselines.index", {}),
}


def page_of(actor: Actor, project: Project, standing: Standing) -> dict[str, Any]:
    """Everything the page shows."""
    return {
        "headline": headline(project, standing),
        "lede": lede(standing),
        "first_week": first_week(actor, project, standing),
        "figures": figures(actor, project, standing.counts),
        "findings": [lines.line(actor, project, one) for one in standing.findings[:SHOWN]],
        "found": len(standing.findings),
        "bars": [bar(load) for load in standing.loads],
        "statuses": statuses(project, standing.statuses),
        "tested": sum(standing.statuses.values()),
        "passed": standing.statuses.get("passed", 0),
        "changes": changes(project, standing.changes),
        "waits": waits(standing),
        "waiting": standing.waiting,
        "gates": gate_pages.on_overview(actor, project),
    }


def _list(project: Project, plural: str, **filters: str) -> str:
    return url_for("items.listing", project=project.key, plural=plural, **filters)  # type: ignore[arg-type]


def headline(project: Project, standing: Standing) -> str:
    """The answer to "where do we stand": how long until the next phase ends, else the project's name."""
    if standing.lines or standing.next_end is None:
        return project.name
    name, _ends_on, left = standing.next_end
    return str(
        ngettext("%(phase)s ends in %(num)s working day", "%(phase)s ends in %(num)s working days", left, phase=name)
    )


def lede(standing: Standing) -> str:
    """One sentence below it."""
    total = sum(standing.must.values())
    if total:
        verified = standing.must.get("verified", 0)
        return str(_("Of %(total)s must-haves, %(verified)s are verified.", total=total, verified=verified))
    if standing.lines:
        return str(_("Five things to do first. Each can be skipped, and is ticked off by itself once it is done."))
    return ""


# -- the first week ----------------------------------------------------------------------------------------------------


def first_week(actor: Actor, project: Project, standing: Standing) -> list[dict[str, Any]]:
    """The lines as the wizard draws them; the first that is open has the primary button."""
    finished = policy.done(standing.facts)
    entries: list[dict[str, Any]] = []
    for line in standing.lines:
        title, text, label = _line(line, standing.facts)
        entries.append(
            {
                "title": title,
                "text": "" if line in finished else text,
                "done": line in finished,
                "action": (label, _way(project, line)),
                "skip": url_for("radar.skip_line", project=project.key, line=line)
                if actor.may("project.manage", project.id)
                else "",
                "next": line not in finished and all(one["done"] for one in entries),
            }
        )
    return entries


def _way(project: Project, line: str) -> str:
    endpoint, arguments = WAYS[line]
    return url_for(endpoint, project=project.key, **arguments)  # type: ignore[arg-type]


def _line(line: str, facts: policy.Facts) -> tuple[str, str, str]:
    """``(title, text, button)`` of a line, with how far it is."""
    if line == "list":
        text = _("An Excel sheet, a contract’s list, notes. Nothing becomes must by pasting alone.")
        if 0 < facts.requirements < policy.ENOUGH_REQUIREMENTS:
            text = ngettext("%(num)s requirement so far.", "%(num)s requirements so far.", facts.requirements)
        return _("Paste the list you have"), text, _("Paste a list")
    if line == "hear":
        text = _("At least two of them from the frontline: what do they really do all day?")
        if facts.held:
            text = _(
                "%(held)s of 3 heard, %(frontline)s from the frontline.", held=facts.held, frontline=facts.frontline
            )
        return _("Hear three people who do the work tell their day"), text, _("Plan an interview")
    if line == "words":
        text = _("Select a passage of the notes: it becomes a scenario or a requirement, with who said it.")
        return _("Mark scenarios and requirements in their words"), text, _("Open the interviews")
    if line == "sort":
        text = _("First the main flows. What is not needed on the first day can wait.")
        if facts.untiered and facts.untiered < facts.requirements:
            text = ngettext("%(num)s is not sorted yet.", "%(num)s are not sorted yet.", facts.untiered)
        return _("Sort into must, should and later"), text, _("Sort them")
    text = _("They get a link, read on the phone, and sign with their password.")
    return _("Send it to the business owner to sign"), text, _("Take a baseline")


# -- figures -----------------------------------------------------------------------------------------------------------


def figures(actor: Actor, project: Project, counts: Counts) -> list[dict[str, Any]]:
    """Counts of what there is, each a link to its list."""
    shown = [
        ("requirements", counts.of("requirement", but=OUT), _("requirements in scope")),
        ("scenarios", counts.of("scenario"), _("scenarios")),
        ("acceptance", counts.of("acceptance"), _("acceptance scenarios")),
    ]
    if actor.may("interview.read", project.id):
        shown.insert(0, ("interviews", counts.of("interview"), _("interviews")))
    return [{"value": value, "note": note, "href": _list(project, plural)} for plural, value, note in shown]


def bar(load: Load) -> dict[str, Any]:
    """A phase against its capacity, as ``components/change.html`` draws it."""
    note = (
        _("until %(day)s", day=day(load.ends_on))
        if load.ends_on
        else _("no dates yet")
        if load.phase_id
        else without_phase(load)
    )
    return {
        "name": load.name or _("Not in a phase yet"),
        "note": note,
        "open": load.phase_id is None,
        "load": trimmed(load.total_days),
        "limit": load.capacity_days and trimmed(load.capacity_days),
        "parts": load.parts,
    }


def statuses(project: Project, found: Mapping[str, int]) -> list[dict[str, Any]]:
    """How many acceptance scenarios have which status, the good first."""
    words = {
        "passed": _("Passed"), "failed": _("Failed"), "blocked": _("Blocked"), "stale": _("Stale"),
        "skipped": _("Skipped"), "untested": _("Not tested"),
    }  # fmt: skip
    href = _list(project, "acceptance")
    return [{"label": words[code], "value": found[code], "href": href} for code in words if found.get(code)]


def changes(project: Project, found: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Open changes by stage, as those of the usual kind are called."""
    flow = flows_for(project).of("normal")
    return [
        {"stage": stage, "name": flow.name(stage), "number": count, "href": _list(project, "changes", stage=stage)}
        for stage, count in found
    ]


def waits(standing: Standing) -> list[dict[str, Any]]:
    """What waits, by item; never whose fault it is."""
    entries = []
    for one in standing.waits:
        word, icon = WAITS_FOR[one.what]
        entries.append(
            {
                "key": one.key,
                "title": one.title,
                "href": url_for(one.endpoint, **one.arguments),
                "icon": icon,
                "text": _("waits for %(what)s", what=word),
                "note": ngettext("%(num)s day", "%(num)s days", one.days) if one.days > 0 else _("since today"),
                "late": one.late,
            }
        )
    return entries
