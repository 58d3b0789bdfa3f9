"""What a process asks of the people who do the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import Project
from reqtrack.radar.checks.check import Check, Details, Way, of_kind, register
from reqtrack.radar.checks.facts import Facts
from reqtrack.scenarios.friction import Budget, of_process
from reqtrack.scenarios.queries import Telling, untold
from reqtrack.web.words import listed

Steps = Sequence[Mapping[str, Any]]


class OfProcess(Check):
    """A check of processes, which leads to the process where there is only one."""

    area, permission, needed = "process", "interview.read", "scenario.write"
    verb = _l("See the process")
    lead = staticmethod(of_kind("process"))  # type: ignore[assignment]

    def way(self, names: list[str]) -> Way | None:
        return ("items.show", {"key": names[0]}) if len(names) == 1 else None


class TooMany(OfProcess):
    """A process that asks more than was agreed, today or as it is planned."""

    severity = "serious"
    figure: ClassVar[str]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        budget = Budget.of(facts.project)
        found = {}
        for row in facts.live("process"):
            asked = next(one for one in of_process(row.steps or (), budget) if one.name == self.figure)
            if asked.over or asked.over_now:
                number = asked.now if asked.over_now else asked.planned
                planned = asked.planned if number != asked.planned else None
                found[row.key] = {"title": row.title, "number": number, "limit": asked.most, "planned": planned}
        return found

    def said(self, details: Details) -> str:
        """The figure against what was agreed."""
        raise NotImplementedError

    def detail(self, project: Project, details: Details) -> str:
        planned = details["planned"]
        told = [self.said(details), *([] if planned is None else [_("%(number)s planned", number=planned)])]
        return " · ".join(told)


@register
class TooManyRequiredFields(TooMany):
    name, figure, setting = "too_many_required_fields", "required_fields", "most_required_fields"
    title = _l("Processes with too many required fields")
    meaning = _l("Where everything is required, people type anything to get on.")
    mending = _l("Ask for it later in the process, take it from elsewhere, or let it be empty.")
    text = _l("with too many required fields in a step.")

    def said(self, details: Details) -> str:
        return str(
            _("%(number)s in a step, no more than %(limit)s agreed", number=details["number"], limit=details["limit"])
        )


@register
class TooManyPages(TooMany):
    name, figure, setting = "too_many_pages", "pages", "most_pages"
    title = _l("Processes with too many pages for one job")
    meaning = _l("Eight pages to enter one customer: it is kept in a sheet instead.")
    mending = _l("Bring what belongs together onto one page, and leave out what nobody needs here.")
    text = _l("with too many pages for one job.")

    def said(self, details: Details) -> str:
        return str(
            _("%(number)s pages, no more than %(limit)s agreed", number=details["number"], limit=details["limit"])
        )


@register
class TooManyApprovals(TooMany):
    name, figure, setting = "too_many_approvals", "approvals", "most_approvals"
    title = _l("Processes with too many approvals")
    meaning = _l("Each level waits for somebody who is away. Work is done first and approved later.")
    mending = _l("Let small things pass without approval, and large ones with one.")
    text = _l("with too many levels of approval.")

    def said(self, details: Details) -> str:
        return str(
            _("%(number)s levels, no more than %(limit)s agreed", number=details["number"], limit=details["limit"])
        )


@register
class StepWithoutScenario(OfProcess):
    name = "step_without_scenario"
    title = _l("Steps with no scenario between them")
    meaning = _l("Nobody has told how these steps are really done.")
    mending = _l("Ask who does them, write the scenario and name the steps that it tells.")
    text = _l("with neighbouring steps that no scenario tells.")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        found = {}
        for row in facts.live("process"):
            silent = neighbours(row.steps or (), facts.scenarios_of(row.id))
            if silent:
                found[row.key] = {"title": row.title, "steps": silent}
        return found

    def detail(self, project: Project, details: Details) -> str:
        return str(_("steps %(steps)s", steps=listed(details["steps"])))


def neighbours(steps: Steps, scenarios: Sequence[Telling]) -> tuple[int, ...]:
    """The numbers of those steps that no scenario tells, and whose neighbour is not told either."""
    bare = {step["id"] for step in untold(steps, scenarios)}
    pairs = [pair for pair in pairwise(step["id"] for step in steps) if bare.issuperset(pair)]
    return tuple(dict.fromkeys(number for pair in pairs for number in pair))
