"""Whether what is wanted fits, and whether anybody said what comes first."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import Project
from reqtrack.radar.checks.check import Check, Details, Way, register
from reqtrack.radar.checks.facts import Facts
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries import Load
from reqtrack.web.context import number


class OfPhase(Check):
    """A check of phases: each is a finding of its own, with the requirements in it."""

    area, apart, needed = "change", True, "requirement.write"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {
            f"phase:{load.phase_id}": {"label": load.name, "items": self.concerned(facts, load), **self.figures(load)}
            for load in facts.loads
            if load.phase_id is not None and self.is_it(facts.project, load)
        }

    def is_it(self, project: Project, load: Load) -> bool:
        """Whether a phase is one of those."""
        raise NotImplementedError

    def figures(self, load: Load) -> Details:
        """What of it is told."""
        raise NotImplementedError

    def concerned(self, facts: Facts, load: Load, tier: str | None = None) -> tuple[str, ...]:
        """The requirements that the phase carries."""
        return tuple(
            row.key
            for row in facts.items["requirement"]
            if row.phase_id == load.phase_id and row.stage not in OUT and (tier is None or row.tier == tier)
        )

    def way(self, names: list[str]) -> Way:
        return "items.listing", {"plural": "requirements"}


@register
class PhaseOverCapacity(OfPhase):
    name, severity, early = "phase_over_capacity", "serious", True
    title = _l("Phases that carry more than they can")
    meaning = _l("Not all of it will be ready. If nobody chooses what waits, chance does.")
    mending = _l("Move what can wait to a later phase, or give the phase more capacity.")
    text = _l("carries more than it can.")
    verb = _l("Make room")

    def is_it(self, project: Project, load: Load) -> bool:
        return load.over

    def figures(self, load: Load) -> Details:
        return {"days": load.total_days - (load.capacity_days or 0)}

    def detail(self, project: Project, details: Details) -> str:
        return str(_("%(days)s person-days too many", days=number(details["days"])))


@register
class MustShare(OfPhase):
    name, setting = "must_share", "most_must"
    title = _l("Phases in which nearly all is must")
    meaning = _l("When all is must, nothing is left to give way, and the first surprise moves the date.")
    mending = _l("Sort again: what would people really not start without?")
    text = _l("is nearly all must: little is left to give way.")
    verb = _l("Sort again")

    def is_it(self, project: Project, load: Load) -> bool:
        # One that carries too much has another worry first.
        return not load.over and (load.must_share or 0) * 100 > project.most_must

    def figures(self, load: Load) -> Details:
        return {"percent": round((load.must_share or 0) * 100)}

    def concerned(self, facts: Facts, load: Load, tier: str | None = None) -> tuple[str, ...]:
        return super().concerned(facts, load, "must")

    def detail(self, project: Project, details: Details) -> str:
        return str(_("%(percent)s%% of the effort is must", percent=details["percent"]))


@register
class RequirementUntiered(Check):
    name, area, severity = "requirement_untiered", "scope", "note"
    title = _l("Requirements without a priority")
    meaning = _l("Nobody has said whether it is must, should or later.")
    mending = _l("Sort them: first what the main flows cannot do without.")
    text = _l("without a priority.")
    verb = _l("Sort")
    needed = "requirement.write"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {row.key: {} for row in facts.live("requirement") if row.tier is None}

    def way(self, names: list[str]) -> Way:
        return "items.listing", {"plural": "requirements", "tier": "none"}
