"""What the checks look at: a project's rows, loaded once for all of them, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, case, literal, null, select, union_all

from reqtrack import clock
from reqtrack.acceptance import queries as acceptance
from reqtrack.acceptance.queries.off_dictionary import off_dictionary
from reqtrack.acceptance.queries.walks import Along, along
from reqtrack.accounts.models import Project
from reqtrack.db import plain
from reqtrack.errors import Reason
from reqtrack.gates.queries import held
from reqtrack.gates.waiving import Held
from reqtrack.interviews.models import Evidence, Excerpt, Interview, Stakeholder, VoiceTarget
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.radar.checks.changing import Changing
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries import Load, loads
from reqtrack.scenarios.models import Process, Scenario
from reqtrack.scenarios.queries import Telling

HELD = ("held", "written", "confirmed")
KINDS = ("interview", "process", "scenario", "requirement")
_interview, _process, _scenario = Interview.__table__, Process.__table__, Scenario.__table__


class Facts:
    """The facts of one project, as far as its reader may see them; each is loaded when the first check asks for it."""

    def __init__(self, actor: Actor, project: Project) -> None:
        self.actor, self.project = actor, project
        self.today: date = clock.today(project.zone)
        self.now: datetime = clock.now()
        self.changing = Changing(actor, project)

    # -- items ---------------------------------------------------------------------------------------------------------

    @cached_property
    def items(self) -> Mapping[str, Sequence[Row[Any]]]:
        """Interviews, processes, scenarios and requirements that are not retired, by kind, in number order."""
        rows = plain(
            select(
                Item.id, Item.kind, Item.key, Item.title, Item.stage, Item.tier, Item.phase_id, Item.imported,
                case((Item.kind == "interview", Item.created_at)).label("created_at"), _interview.c.held_on,
                _interview.c.stakeholders, _process.c.steps, _scenario.c.scenario_kind, _scenario.c.process_steps,
            )
            .select_from(Item)
            .outerjoin(_interview, _interview.c.id == Item.id)
            .outerjoin(_process, _process.c.id == Item.id)
            .outerjoin(_scenario, _scenario.c.id == Item.id)
            .where(visible(self.actor, self.project.id), Item.kind.in_(KINDS), Item.retired.is_(False))
            .order_by(Item.kind, Item.number)
        )  # fmt: skip
        found: dict[str, list[Row[Any]]] = {kind: [] for kind in KINDS}
        for row in rows:
            found[row.kind].append(row)
        return found

    def live(self, kind: str) -> list[Row[Any]]:
        """Those in use that somebody has looked at: what an import brought waits for that."""
        return [row for row in self.items[kind] if not row.imported and row.stage not in OUT]

    @cached_property
    def imported(self) -> list[str]:
        """The keys of what an import brought and nobody has looked at, requirements first."""
        rows = [row for kind in reversed(KINDS) for row in self.items[kind] if row.imported and row.stage not in OUT]
        return [row.key for row in rows] + [key for key, _status, imported in self.statuses if imported]

    # -- what hangs together -------------------------------------------------------------------------------------------

    @cached_property
    def _links(self) -> Mapping[str, Mapping[int, Collection[int]]]:
        """Kind of link → target → sources: ``gives_rise_to`` and ``part_of``."""
        found: dict[str, dict[int, set[int]]] = {"gives_rise_to": {}, "part_of": {}}
        for row in plain(
            select(Link.kind, Link.source_id, Link.target_id).where(
                Link.project_id == self.project.id, Link.kind.in_(tuple(found)), Link.until.is_(None)
            )
        ):
            found[row.kind].setdefault(row.target_id, set()).add(row.source_id)
        return found

    @cached_property
    def _scenarios(self) -> Mapping[int, Row[Any]]:
        return {row.id: row for row in self.items["scenario"]}

    def arises(self, requirement_id: int) -> bool:
        """Whether a scenario in use gives rise to a requirement."""
        sources = self._links["gives_rise_to"].get(requirement_id, ())
        return any(source in self._scenarios for source in sources)

    def scenarios_of(self, process_id: int) -> list[Telling]:
        """The scenarios in use that are part of a process."""
        parts = (self._scenarios.get(one) for one in sorted(self._links["part_of"].get(process_id, ())))
        return [
            Telling(row.id, row.key, row.title, row.scenario_kind, tuple(row.process_steps or ()))
            for row in parts
            if row is not None
        ]

    # -- voices --------------------------------------------------------------------------------------------------------

    @cached_property
    def _people(self) -> Sequence[Row[Any]]:
        here = self.project.id
        known = select(
            Stakeholder.id, Stakeholder.department, Stakeholder.job_role, Stakeholder.level, Stakeholder.region
        ).where(Stakeholder.project_id == here, Stakeholder.removed_at.is_(None))
        planned = select(null(), VoiceTarget.department, VoiceTarget.job_role, literal(""), literal("")).where(
            VoiceTarget.project_id == here, VoiceTarget.target > 0
        )
        return plain(union_all(known, planned)).all()

    @cached_property
    def people(self) -> Sequence[Row[Any]]:
        """The stakeholders: ``id department job_role level region``."""
        return sorted((row for row in self._people if row.id is not None), key=lambda row: int(row.id))

    @cached_property
    def planned(self) -> Sequence[Row[Any]]:
        """The cells of the plan of whom to hear: ``department job_role``."""
        return [row for row in self._people if row.id is None]

    @cached_property
    def heard(self) -> Collection[int]:
        """The stakeholders who were heard in an interview that was held."""
        held = (row for row in self.items["interview"] if row.stage in HELD)
        return {person for row in held for person in row.stakeholders or ()}

    @cached_property
    def evidence(self) -> Mapping[int, Collection[str]]:
        """Item → the levels of those whose words back it. A document is no voice, and says none; what an interviewee asked not
        to be shown backs nothing. Where the notes do not tell who spoke, it was anyone of the interview."""
        rows = plain(
            select(Evidence.item_id, Excerpt.interview_id, Excerpt.stakeholder_id)
            .distinct()
            .join(Excerpt, Excerpt.id == Evidence.excerpt_id)
            .where(Evidence.project_id == self.project.id, Evidence.until.is_(None), Excerpt.shown_as != "hidden")
        )
        levels = {row.id: row.level for row in self.people}
        present = {row.id: row.stakeholders or () for row in self.items["interview"]}
        found: dict[int, set[str]] = {}
        for row in rows:
            said = found.setdefault(row.item_id, set())
            speakers = [row.stakeholder_id] if row.stakeholder_id is not None else present.get(row.interview_id, ())
            said.update(levels[one] for one in speakers if one in levels)
        return found

    # -- acceptance and phases -----------------------------------------------------------------------------------------

    @cached_property
    def statuses(self) -> Sequence[tuple[str, str, bool]]:
        """``(key, status, imported)`` of the acceptance scenarios in use, in number order."""
        return acceptance.all_statuses(self.actor, self.project.id)

    @cached_property
    def walks(self) -> Sequence[Along]:
        """The processes with their walks."""
        return along(self.actor, self.project.id)

    @cached_property
    def off_dictionary(self) -> Mapping[str, tuple[str, Reason]]:
        """The acceptance scenarios with an example value off the data dictionary, with their title and why."""
        return off_dictionary(self.actor, self.project.id)

    @cached_property
    def waivers(self) -> Sequence[Held]:
        """The waivers, as they stand today."""
        return held(self.project)

    @cached_property
    def loads(self) -> Sequence[Load]:
        """What the phases carry; none for those from whom something is hidden."""
        return loads(self.project.id) if sees_all(self.actor, self.project.id) else []
