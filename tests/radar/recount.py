"""The radar counted again, by somebody else: plain loops over all rows of a project, without its queries and checks."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from reqtrack import clock
from reqtrack.acceptance.models import Acceptance as Accepting
from reqtrack.acceptance.models import Result
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.gates.models import Waiver, WaiverWithdrawal
from reqtrack.interviews.models import Evidence, Excerpt, Interview, Stakeholder, VoiceTarget
from reqtrack.items.models import Item, Link
from reqtrack.radar.models import Acceptance
from reqtrack.requirements.models import Requirement
from reqtrack.scenarios.models import Process, Scenario
from reqtrack.signoff.models import Signoff

HELD = {"held", "written", "confirmed"}
GONE = {"rejected", "obsolete", "deferred"}
# Read with what everybody who reads interviews sees; an implementer is told of the others only.
OF_INTERVIEWS = {
    "role_not_heard", "requirement_without_evidence", "evidence_from_managers_only", "process_main_flow_only",
    "interview_unconfirmed", "too_many_approvals", "too_many_required_fields", "too_many_pages", "step_without_scenario",
    "process_never_walked",
}  # fmt: skip


class Recount:
    """All rows of a project, and every check over them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.today = clock.today(project.zone)
        self.requirements = self._all(Requirement)
        self.scenarios = self._all(Scenario)
        self.processes = self._all(Process)
        self.interviews = self._all(Interview)
        self.accepting = self._all(Accepting)
        self.people = [one for one in self._all(Stakeholder) if one.removed_at is None]
        self.links = [one for one in self._all(Link) if one.until is None]
        self.evidence = [one for one in self._all(Evidence) if one.until is None]
        self.excerpts = {one.id: one for one in self._all(Excerpt)}
        self.targets = [one for one in self._all(VoiceTarget) if one.target > 0]

    def _all(self, model: Any) -> list[Any]:
        found: list[Any] = db.session.query(model).filter(model.project_id == self.project.id).all()
        return found

    def of(self, name: str) -> set[str]:
        """The subjects of a check."""
        return set(getattr(self, name)())

    def counted(self, name: str) -> set[str]:
        """Those that nobody lets stand today."""
        let = {
            one.subject
            for one in self._all(Acceptance)
            if one.name == name and one.until is None and one.expires_on >= self.today
        }
        return set() if "" in let else self.of(name) - let

    def waiver_expired(self) -> set[str]:
        """Signed, not withdrawn, and its last day is past."""
        signed = {one.subject for one in self._all(Signoff) if one.state == "signed"}
        gone = {one.number for one in self._all(WaiverWithdrawal)}
        return {
            f"waiver:{one.number}"
            for one in self._all(Waiver)
            if one.key in signed and one.number not in gone and one.expires_on < self.today
        }

    # -- what is looked at ---------------------------------------------------------------------------------------------

    def _live(self, items: Iterable[Item]) -> list[Any]:
        return [one for one in items if not one.retired and not one.imported and one.stage not in GONE]

    def _sources(self, kind: str, target: Item) -> list[Scenario]:
        ids = {one.source_id for one in self.links if one.kind == kind and one.target_id == target.id}
        return [one for one in self.scenarios if one.id in ids and not one.retired]

    def _heard(self, person: Stakeholder) -> bool:
        return any(
            one.stage in HELD and not one.retired and person.id in (one.stakeholders or []) for one in self.interviews
        )

    def _backing(self, item: Item) -> list[Excerpt]:
        found = [self.excerpts[one.excerpt_id] for one in self.evidence if one.item_id == item.id]
        return [one for one in found if one.shown_as != "hidden"]

    def _levels(self, excerpt: Excerpt) -> set[str]:
        """Of whoever may have said it."""
        if excerpt.stakeholder_id is not None:
            ids = {excerpt.stakeholder_id}
        else:
            ids = {
                person
                for one in self.interviews
                if one.id == excerpt.interview_id and not one.retired
                for person in one.stakeholders or []
            }
        return {one.level for one in self.people if one.id in ids}

    # -- the checks ----------------------------------------------------------------------------------------------------

    def imported_not_reviewed(self) -> Iterable[str]:
        everything = [*self.requirements, *self.scenarios, *self.processes, *self.interviews, *self.accepting]
        return [one.key for one in everything if one.imported and not one.retired and one.stage not in GONE]

    def requirement_without_scenario(self) -> Iterable[str]:
        return [one.key for one in self._live(self.requirements) if not self._sources("gives_rise_to", one)]

    def requirement_without_evidence(self) -> Iterable[str]:
        return [one.key for one in self._live(self.requirements) if not self._backing(one)]

    def requirement_untiered(self) -> Iterable[str]:
        return [one.key for one in self._live(self.requirements) if one.tier is None]

    def evidence_from_managers_only(self) -> Iterable[str]:
        for one in self._live(self.requirements):
            levels = {level for excerpt in self._backing(one) for level in self._levels(excerpt)}
            if levels and "frontline" not in levels:
                yield one.key

    def role_not_heard(self) -> Iterable[str]:
        silent = set()
        for department in {one.department for one in (*self.people, *self.targets)} - {""}:
            if not any(self._heard(one) for one in self.people if one.department == department):
                silent.add(department)
                yield f"department:{department}"
        for role in {one.job_role for one in (*self.people, *self.targets)} - {""}:
            holders = [one for one in self.people if one.job_role == role]
            cells = holders or [one for one in self.targets if one.job_role == role]
            elsewhere = [one for one in cells if one.department not in silent]
            if elsewhere and not any(self._heard(one) for one in holders):
                yield f"role:{role}"

    def process_main_flow_only(self) -> Iterable[str]:
        for one in self._live(self.processes):
            kinds = [part.scenario_kind for part in self._sources("part_of", one)]
            if "main" in kinds and "alternative" not in kinds and "exception" not in kinds:
                yield one.key

    def interview_unconfirmed(self) -> Iterable[str]:
        for one in self._live(self.interviews):
            since = one.held_on or self.today  # all of them were written today
            if one.stage in ("held", "written") and (self.today - since).days > self.project.reply_days:
                yield one.key

    def _asks_more(self, process: Process, figure: str, limit: int, of_all: Any) -> bool:
        """Whether today, or as planned, it asks more than was agreed."""
        steps = process.steps or []
        today = [step.get(figure) or 0 for step in steps]
        later = [step.get(f"{figure}_planned", step.get(figure)) or 0 for step in steps]
        return any(of_all(figures) > limit for figures in (today, later) if figures)

    def too_many_approvals(self) -> Iterable[str]:
        limit = self.project.most_approvals
        return [one.key for one in self._live(self.processes) if self._asks_more(one, "approvals", limit, sum)]

    def too_many_required_fields(self) -> Iterable[str]:
        limit = self.project.most_required_fields
        return [one.key for one in self._live(self.processes) if self._asks_more(one, "required_fields", limit, max)]

    def too_many_pages(self) -> Iterable[str]:
        limit = self.project.most_pages
        return [one.key for one in self._live(self.processes) if self._asks_more(one, "pages", limit, sum)]

    def step_without_scenario(self) -> Iterable[str]:
        for one in self._live(self.processes):
            told = {number for part in self._sources("part_of", one) for number in part.process_steps or []}
            ids = [step["id"] for step in one.steps or []]
            if any(first not in told and then not in told for first, then in pairwise(ids)):
                yield one.key

    def process_never_walked(self) -> Iterable[str]:
        """Nothing has been tried in these projects (what a walk takes is in tests/acceptance/test_walks.py): each process counts at
        whose steps something is to be accepted."""
        assert not self._all(Result)
        sources = {(one.kind, one.source_id, one.target_id) for one in self.links}
        for one in self._live(self.processes):
            ids = {step["id"] for step in one.steps or []}
            told = [part for part in self._sources("part_of", one) if ids.intersection(part.process_steps or [])]
            risen = [
                more
                for more in self.requirements
                if not more.retired
                and more.stage not in GONE
                and any(("gives_rise_to", part.id, more.id) in sources for part in told)
            ]
            if any(
                ("accepts", each.id, more.id) in sources
                for each in self.accepting
                if not each.retired
                for more in risen
            ):
                yield one.key
