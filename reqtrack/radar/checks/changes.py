"""Whether what was agreed changes as was agreed: by changes, assessed, decided in time, not two of one thing at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes.queries.figures import changed_between
from reqtrack.radar.checks.changing import IN_EFFECT
from reqtrack.radar.checks.check import Check, Details, Way, register
from reqtrack.radar.checks.facts import Facts
from reqtrack.web.words import listed
from reqtrack.workflow.tables import CHANGE_OPEN

NOTHING: Details = {}
# So many requirements must have moved in a month for it to be told.
FEW = 3
MONTH = timedelta(days=30)


class OfChanges(Check):
    """A check of change requests."""

    area = "change"

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s change request", "%(num)s change requests", count))

    def way(self, names: list[str]) -> Way | None:
        return ("changes.show", {"key": names[0]}) if len(names) == 1 else None


@register
class EditedOutsideChange(Check):
    name, area, severity = "edited_outside_change", "change", "serious"
    title = _l("Agreed requirements edited outside of a change")
    meaning = _l("What was agreed says something else now, and nobody decided that.")
    mending = _l("Log a change that says why, or have the scope signed anew.")
    text = _l("moved since it was agreed, by no change.")
    verb = _l("See the scope in force")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return dict.fromkeys(facts.changing.edited_outside, NOTHING)

    def way(self, names: list[str]) -> Way:
        return "signoff.scope", {}


@register
class DecidedWithoutAssessment(OfChanges):
    name = "decided_without_assessment"
    title = _l("Changes in effect that nobody assessed")
    meaning = _l("Nobody has said what they cost: the plan does not hold it, and no one weighed it.")
    mending = _l("Assess them now: one number is enough. Of an emergency that is due after it took effect.")
    text = _l("took effect without an assessment.")
    verb = _l("Assess it")
    needed = "change.assess"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {
            row.key: NOTHING
            for row in facts.changing.rows
            # What keeps within a template was approved with it.
            if row.stage in IN_EFFECT and row.change_kind != "standard" and not row.assessed
        }


@register
class AssessmentOutdated(OfChanges):
    name = "assessment_outdated"
    title = _l("Changes to decide whose assessment is outdated")
    meaning = _l("What they propose or touch has moved since: the number is about something else.")
    mending = _l("Ask for a new assessment; the page of the change shows what moved.")
    text = _l("waits to be decided on an outdated assessment.")
    verb = _l("See what moved")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return dict.fromkeys(facts.changing.outdated, NOTHING)


@register
class ConflictingChanges(OfChanges):
    name = "conflicting_changes"
    title = _l("Open changes on the same items")
    meaning = _l("Each was written without the other: whichever comes second meets something else.")
    mending = _l("Decide which goes first, or make one of them.")
    text = _l("edits what another open change edits, too.")
    verb = _l("See the conflict")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        rivals = facts.changing.rivals
        return {
            row.key: {"others": tuple(rivals[row.id])}
            for row in facts.changing.rows
            if row.stage in CHANGE_OPEN and row.id in rivals
        }

    def detail(self, project: Project, details: Details) -> str:
        return str(_("together with %(keys)s", keys=listed(details["others"])))


@register
class ChangeWaiting(OfChanges):
    name = "change_waiting"
    title = _l("Changes that wait longer than was agreed")
    meaning = _l("People work around what is not decided, and stop asking.")
    mending = _l("Assess or decide them; where somebody is away, let somebody stand in.")
    text = _l("waits longer than was agreed.")
    verb = _l("See where it stands")
    setting = "waiting_days"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        late = facts.changing.late
        return {row.key: {"days": late[row.id]} for row in facts.changing.rows if row.id in late}

    def detail(self, project: Project, details: Details) -> str:
        days = details["days"]
        return str(ngettext("for %(num)s working day", "for %(num)s working days", days))


@register
class VolatilityRising(Check):
    name, area, severity = "volatility_rising", "change", "note"
    title = _l("More of the scope moves than before")
    meaning = _l("What was agreed keeps moving: the conversations may not have gone deep enough.")
    mending = _l("Look which requirements move, who asks for it, and hear those people again.")
    text = _l("of what was agreed moved in the last 30 days, more than in the 30 days before.")
    verb = _l("See the figures")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        now = facts.now
        moved = facts.changing.moved
        lately, before = changed_between(moved, now - MONTH, now), changed_between(moved, now - 2 * MONTH, now - MONTH)
        if lately < FEW:
            return {}
        there, then = facts.changing.agreed(now, now - MONTH)
        # changed / agreed, compared without dividing.
        if lately * max(then, 1) <= before * max(there, 1):
            return {}
        return {"volatility:month": {"label": _l("Volatility"), "changed": lately, "agreed": there, "before": before}}

    def lead(self, count: int) -> str:
        return str(_("Much"))

    def way(self, names: list[str]) -> Way:
        return "changes.figures", {}

    def detail(self, project: Project, details: Details) -> str:
        told = {"number": details["changed"], "agreed": details["agreed"], "before": details["before"]}
        return str(_("%(number)s of %(agreed)s requirements; %(before)s before", **told))


@register
class ReviewOverdue(Check):
    name, area = "review_overdue", "change"
    title = _l("Reviews that are overdue")
    meaning = _l("What nobody looks at together piles up; an emergency that nobody looks back at becomes the rule.")
    mending = _l("Hold a review of what waits; record the review of the emergency.")
    text = _l("has not been reviewed within the time agreed.")
    verb = _l("See the reviews")
    setting = "review_days"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        found: dict[str, Details] = {
            row.key: {"late": (facts.today - row.review_due_on).days}
            for row in facts.changing.rows
            if row.stage in IN_EFFECT
            and row.reviewed_at is None
            and row.review_due_on
            and row.review_due_on < facts.today
        }
        days = facts.changing.since_review
        if days is not None and days > facts.project.review_days:
            found["review:none"] = {"label": _l("What waits"), "days": days}
        return found

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s review", "%(num)s reviews", count))

    def way(self, names: list[str]) -> Way:
        keys = [one for one in names if ":" not in one]
        return ("changes.show", {"key": keys[0]}) if len(keys) == len(names) == 1 else ("reviews.index", {})

    def detail(self, project: Project, details: Details) -> str:
        if "days" in details:
            return str(ngettext("the last was %(num)s day ago", "the last was %(num)s days ago", details["days"]))
        return str(ngettext("%(num)s day late", "%(num)s days late", details["late"]))
