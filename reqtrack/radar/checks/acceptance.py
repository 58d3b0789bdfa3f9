"""What was tested, and does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.acceptance.walking import WHY
from reqtrack.accounts.models import Project
from reqtrack.radar.checks.check import Check, Details, Way, of_kind, register
from reqtrack.radar.checks.facts import Facts

NOTHING: Details = {}


class OfStatus(Check):
    """Acceptance scenarios with a status."""

    area, early = "acceptance", True
    status: ClassVar[str]
    lead = staticmethod(of_kind("acceptance"))  # type: ignore[assignment]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {key: NOTHING for key, status, imported in facts.statuses if status == self.status and not imported}


@register
class AcceptanceFailed(OfStatus):
    name, severity, status = "acceptance_failed", "serious", "failed"
    title = _l("Acceptance scenarios that failed")
    meaning = _l("The system does not do what was agreed, or what was agreed is not right.")
    mending = _l("Have it mended and test again; or change the requirement.")
    text = _l("failed.")
    verb = _l("Look at it")


@register
class ResultStale(OfStatus):
    name, status = "result_stale", "stale"
    title = _l("Results older than what they tested")
    meaning = _l("The text was changed after it passed: nobody knows whether it still does.")
    mending = _l("Test again, or say that the result still stands.")
    text = _l("passed on an older text.")
    verb = _l("Test again")


@register
class ProcessNeverWalked(Check):
    """Processes along whose steps something is to be accepted, and that no record came through as the texts stand."""

    name, area, permission = "process_never_walked", "acceptance", "interview.read"
    title = _l("Processes never walked end to end")
    meaning = _l(
        "Each step passed alone: nobody has seen one business record go through all of them, in one round and in order."
    )
    mending = _l("Plan a walk with a record that the example rows of all its steps carry, and take it in one round.")
    text = _l("never walked end to end.")
    verb = _l("See where it breaks")
    lead = staticmethod(of_kind("process"))  # type: ignore[assignment]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        told = {row.key: row.title for row in facts.live("process")}
        return {
            one.key: {"title": one.title, "step": one.best.broken_at, "why": one.best.why}
            for one in facts.walks
            if one.key in told and any(step.scenarios for step in one.steps) and not one.best.done
        }

    def way(self, names: list[str]) -> Way | None:
        return ("walks.index", {})

    def detail(self, project: Project, details: Details) -> str:
        if details["step"] is None:
            return ""
        return str(_("Step %(step)s: %(why)s", step=details["step"], why=WHY[details["why"]]))
