"""What a process asks of the people who do the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from reqtrack.accounts.models import Project
from reqtrack.items.steps import figure
from reqtrack.radar.checks.check import Check, Details, Way, of_kind, register
from reqtrack.radar.checks.facts import Facts
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
    """A process that asks more than was agreed: what it will ask when the planned change is in effect, else what it asks today."""

    severity = "serious"
    figure: ClassVar[str]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        limit = self.threshold(facts.project) or 0
        found = {}
        for row in facts.live("process"):
            most = self.most(row.steps or ())
            if most > limit:
                found[row.key] = {"title": row.title, "number": most, "limit": limit}
        return found

    def most(self, steps: Steps) -> int:
        """The largest figure of a step."""
        return max((figure(step, self.figure) or 0 for step in steps), default=0)


@register
class TooManyRequiredFields(TooMany):
    name, figure, setting = "too_many_required_fields", "required_fields", "most_required_fields"
    title = _l("Processes with too many required fields")
    meaning = _l("Where everything is required, people type anything to get on.")
    mending = _l("Ask for it later in the process, take it from elsewhere, or let it be empty.")
    text = _l("with too many required fields in a step.")

    def detail(self, project: Project, details: Details) -> str:
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

    def detail(self, project: Project, details: Details) -> str:
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

    def most(self, steps: Steps) -> int:
        """All approvals from beginning to end."""
        return sum(figure(step, self.figure) or 0 for step in steps)

    def detail(self, project: Project, details: Details) -> str:
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
            silent = untold(row.steps or (), facts.scenarios_of(row.id))
            if silent:
                found[row.key] = {"title": row.title, "steps": silent}
        return found

    def detail(self, project: Project, details: Details) -> str:
        return str(_("steps %(steps)s", steps=listed(details["steps"])))


def untold(steps: Steps, scenarios: Sequence[Row[Any]]) -> tuple[int, ...]:
    """The places (from 1) of steps that no scenario tells, and whose neighbour is not told either."""
    told = {number for one in scenarios for number in one.process_steps or ()}
    bare = [step["id"] not in told for step in steps]
    return tuple(
        at + 1
        for at, one in enumerate(bare)
        if one and ((at > 0 and bare[at - 1]) or (at + 1 < len(bare) and bare[at + 1]))
    )
