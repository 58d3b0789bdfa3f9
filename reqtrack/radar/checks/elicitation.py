"""Whether those who do the work were heard, and whether what is wanted leads back to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Row

from reqtrack.accounts.models import Project
from reqtrack.interviews.policy import Holders, held_by, is_common, sees_all_names
from reqtrack.permissions import Actor
from reqtrack.radar.checks.check import Check, Details, Way, of_kind, register
from reqtrack.radar.checks.facts import Facts
from reqtrack.radar.queries.days import day_in
from reqtrack.scenarios.queries import main_only

NOTHING: Details = {}
PLAN_INTERVIEW: Way = ("items.new", {"plural": "interviews"})
MOST_ASKED = 20  # in one interview


@register
class RoleNotHeard(Check):
    name, area, severity = "role_not_heard", "elicitation", "serious"
    title = _l("Departments and job roles nobody interviewed")
    meaning = _l("What they do all day is not known. The system will be built for those who were asked.")
    mending = _l("Plan an interview with somebody who does the work, and hold it.")
    text = _l("nobody interviewed.")
    verb = _l("Plan an interview")
    permission, needed, each = "interview.read", "interview.write", True

    def find(self, facts: Facts) -> Mapping[str, Details]:
        holders = held_by(facts.people)
        steps = _steps(facts)
        silent, found = set(), {}
        for department, here, _cells in _grouped(facts, "department"):
            if not any(one.id in facts.heard for one in here):
                silent.add(department)
                names = [department, *sorted({one.job_role for one in here if _told(one, holders)})]
                found[f"department:{department}"] = _details(department, here, names, steps)
        for role, here, cells in _grouped(facts, "job_role"):
            if any(one.id in facts.heard for one in here) or all(one.department in silent for one in cells):
                continue  # who is in a department that nobody heard is told of there
            found[f"role:{role}"] = {
                **_details(role, here, [role], steps),
                "common": not here or any(_told(one, holders) for one in here),
                "departments": tuple(sorted({one.department for one in here if one.department})),
            }
        return found

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s department or job role", "%(num)s departments and job roles", count))

    def way(self, names: list[str]) -> Way | None:
        if len(names) != 1:
            return None
        endpoint, arguments = PLAN_INTERVIEW
        return endpoint, {**arguments, "title": _("Interview: %(who)s", who=names[0].partition(":")[2])}

    def veiled(self, actor: Actor, project_id: int, name: str, details: Details) -> bool:
        # Few people hold it: who may not know them is told the department only, as on the list of stakeholders.
        return not details.get("common", True) and not sees_all_names(actor, project_id)

    def subject(self, name: str, details: Details) -> str:
        if not details.get("veiled"):
            return str(details.get("label") or name.partition(":")[2])
        departments = details.get("departments")
        return str(_("a job role in %(department)s", department=departments[0]) if departments else _("a job role"))

    def detail(self, project: Project, details: Details) -> str:
        people, steps = details["people"], None if details.get("veiled") else details["steps"]
        if steps:
            key, count = steps
            told = ngettext("%(num)s step of %(key)s is theirs", "%(num)s steps of %(key)s are theirs", count, key=key)
            return str(told)
        if not people:
            return str(_("planned, and no stakeholder is known"))
        return str(ngettext("%(num)s stakeholder", "%(num)s stakeholders", people))


def _grouped(facts: Facts, field: str) -> list[tuple[str, list[Row[Any]], list[Row[Any]]]]:
    """The departments or job roles that there are: ``(name, its stakeholders, these or else the cells of the plan that name it)``."""
    known: dict[str, list[Row[Any]]] = {}
    planned: dict[str, list[Row[Any]]] = {}
    for rows, groups in ((facts.people, known), (facts.planned, planned)):
        for one in rows:
            groups.setdefault(getattr(one, field), []).append(one)
    names = sorted((known.keys() | planned.keys()) - {""})
    return [(name, known.get(name, []), known.get(name) or planned[name]) for name in names]


def _told(one: Row[Any], holders: Holders) -> bool:
    """Whether everybody may be told somebody's job role."""
    return is_common(one.department, one.job_role, one.region, holders)


def _steps(facts: Facts) -> dict[str, Counter[str]]:
    """Who does it → process → how many of its steps."""
    found: dict[str, Counter[str]] = {}
    for row in facts.live("process"):
        for step in row.steps or ():
            found.setdefault((step.get("actor") or "").casefold(), Counter())[row.key] += 1
    return found


def _details(name: str, here: Sequence[Row[Any]], names: Iterable[str], steps: Mapping[str, Counter[str]]) -> Details:
    """What is known of those who were not heard: how many they are, and the process in which most is theirs."""
    theirs: Counter[str] = Counter()
    for one in names:
        theirs.update(steps.get(one.casefold(), {}))
    most = max(theirs.items(), key=lambda one: one[1], default=None)
    asked = {"stakeholders": [one.id for one in here[:MOST_ASKED]]} if here else {}
    return {"label": name, "people": len(here), "steps": most, "arguments": asked}


@register
class EvidenceFromManagersOnly(Check):
    name, area = "evidence_from_managers_only", "elicitation"
    title = _l("Requirements that only managers asked for")
    meaning = _l(
        "Those who do this work have not said a word about it. Documents and hidden passages count for nobody."
    )
    mending = _l("Hear somebody from the frontline about it, and attach what they say; or find that nobody needs it.")
    text = _l("backed by the words of managers only.")
    verb = _l("Hear the frontline")
    permission, needed = "interview.read", "interview.write"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        levels = facts.evidence
        return {
            row.key: NOTHING
            for row in facts.live("requirement")
            if levels.get(row.id) and "frontline" not in levels[row.id]
        }

    def way(self, names: list[str]) -> Way:
        return PLAN_INTERVIEW


@register
class RequirementWithoutScenario(Check):
    name, area = "requirement_without_scenario", "elicitation"
    title = _l("Requirements without a scenario")
    meaning = _l("A bare list of functions: nobody can say in which work it is needed, so nobody can test it.")
    mending = _l(
        "Open the requirement and link the scenario that it arises from; where there is none, ask who needs it."
    )
    text = _l("without a scenario.")
    verb = _l("Link scenarios")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {row.key: NOTHING for row in facts.live("requirement") if not facts.arises(row.id)}


@register
class RequirementWithoutEvidence(Check):
    name, area = "requirement_without_evidence", "elicitation"
    title = _l("Requirements without evidence")
    meaning = _l("Nothing that anybody said, and no document, shows why it is wanted.")
    mending = _l("Mark the passage in an interview or document, and attach it to the requirement.")
    text = _l("backed by nobody’s words and no document.")
    verb = _l("Find the words")
    permission, needed = "interview.read", "interview.write"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {row.key: NOTHING for row in facts.live("requirement") if row.id not in facts.evidence}

    def way(self, names: list[str]) -> Way:
        return "interviews.discover", {}


@register
class ProcessMainFlowOnly(Check):
    name, area = "process_main_flow_only", "elicitation"
    title = _l("Processes with a main flow only")
    meaning = _l(
        "The customer who is there twice, the return, the colleague on leave: whatever is not asked about breaks later."
    )
    mending = _l("Ask those who do the work what they do when it goes another way, and write that as a scenario.")
    text = _l("with a main flow only: no alternative, no exception.")
    verb = _l("Ask for special flows")
    permission, needed = "interview.read", "scenario.write"
    lead = staticmethod(of_kind("process"))  # type: ignore[assignment]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {row.key: {"title": row.title} for row in facts.live("process") if main_only(facts.scenarios_of(row.id))}

    def way(self, names: list[str]) -> Way | None:
        return _the_one(names)


@register
class InterviewUnconfirmed(Check):
    name, area = "interview_unconfirmed", "elicitation"
    title = _l("Interviews never confirmed")
    meaning = _l("Nobody who was heard has said: yes, this is what I do. What was misheard is built.")
    mending = _l("Send the write-up to those who were heard, or go through it with them.")
    text = _l("not confirmed by those who were heard.")
    verb = _l("Ask to confirm")
    permission, needed, setting = "interview.read", "interview.write", "reply_days"
    lead = staticmethod(of_kind("interview"))  # type: ignore[assignment]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        found, zone = {}, facts.project.zone
        for row in facts.live("interview"):
            if row.stage in ("held", "written"):
                days = (facts.today - (row.held_on or day_in(row.created_at, zone))).days
                if days > facts.project.reply_days:
                    found[row.key] = {"title": row.title, "days": days}
        return found

    def way(self, names: list[str]) -> Way | None:
        return _the_one(names)

    def detail(self, project: Project, details: Details) -> str:
        return str(ngettext("for %(num)s day", "for %(num)s days", details["days"]))


def _the_one(names: list[str]) -> Way | None:
    """The page of the only item."""
    return ("items.show", {"key": names[0]}) if len(names) == 1 else None


@register
class ImportedNotReviewed(Check):
    name, area, early = "imported_not_reviewed", "elicitation", True
    title = _l("Imported, and nobody has looked")
    meaning = _l(
        "A list from somewhere else is not yet anybody’s requirement. What else is the matter with it waits until then."
    )
    mending = _l("Go through the list: keep it, ask somebody, or drop it.")
    text = _l("nobody has looked at yet.")
    verb = _l("Look through")
    needed = "requirement.write"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return dict.fromkeys(facts.imported, NOTHING)

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s imported item", "%(num)s imported items", count))

    def way(self, names: list[str]) -> Way:
        return "requirements.imported", {}
