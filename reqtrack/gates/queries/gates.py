"""What the gates of a project say now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.db import db, whole_number
from reqtrack.errors import NotFound
from reqtrack.gates import kinds, waiving
from reqtrack.gates.facts import Facts
from reqtrack.gates.judging import Answer, Finding, judge
from reqtrack.gates.kinds import GATES, Set
from reqtrack.gates.models import GatePassage, GateRules
from reqtrack.gates.queries import facts as loading
from reqtrack.gates.queries.waivers import held
from reqtrack.gates.rules import find
from reqtrack.gates.waiving import Held
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.requirements.queries import phase_for, phases


@dataclass(frozen=True)
class Gates:
    """The gates of a project for one phase or the whole: what each says, how its rules are set, and the waivers."""

    phase: Phase | None
    sets: Mapping[str, Mapping[str, Set]]
    answers: Mapping[str, Answer]
    waivers: Sequence[Held]
    own: GateRules | None


def gate_named(given: str) -> str:
    """A gate by its name.

    Raises:
        NotFound: there is none.
    """
    if given not in GATES:
        raise NotFound(given[:40])
    return given


def phase_given(project_id: int, given: Any) -> Phase | None:
    """The phase that a gate is asked for: by its name or number; "" the whole project.

    Raises:
        NotFound: there is none such.
    """
    return phase_for(project_id, given) if given not in ("", None) else None


def usual_phase(project: Project) -> Phase | None:
    """The phase that comes next: the first that does not end before today; None, the whole project, where there are not several."""
    known = phases(project.id)
    today = clock.today(project.zone)
    if len(known) < 2:
        return None
    return next((one for one in known if one.ends_on is None or one.ends_on >= today), known[-1])


def own_rules(project_id: int) -> GateRules | None:
    """What a project has set of its gates' rules itself."""
    return db.session.execute(select(GateRules).where(GateRules.project_id == project_id)).scalar()


def sets_of(project: Project, own: GateRules | None) -> dict[str, dict[str, Set]]:
    """The rules of each gate as they are set."""
    return {gate: kinds.rules_of(project.preset, own.own if own is not None else {}, gate) for gate in GATES}


def facts_of(project: Project) -> Facts:
    """The facts of a project, kept until something is written in it (or a day begins: an answered duplicate has its day)."""
    return kept("gate facts", project.id, lambda: loading.load(project), clock.today(project.zone))


def gates_of(project: Project, phase: Phase | None, sets: Mapping[str, Mapping[str, Set]] | None = None) -> Gates:
    """What the gates say of a phase, or of the whole project.

    Args:
        sets: rules to try instead of those that are set.
    """
    own = own_rules(project.id)
    using = sets if sets is not None else sets_of(project, own)
    waivers = held(project)
    facts = facts_of(project).of(phase.id if phase is not None else None)
    answers = {
        gate: judge(gate, using[gate], lambda one: find(facts, one), waiving.covers_of(waivers, gate)) for gate in GATES
    }
    return Gates(phase, using, answers, waivers, own)


def answers_of(project: Project, phase: Phase | None) -> Mapping[str, Answer]:
    """What the gates say, for pages that only mention it: kept until something is written in the project, or a day begins."""
    name = f"gate answers of {phase.id if phase is not None else 'all'}"
    return kept(name, project.id, lambda: gates_of(project, phase).answers, clock.today(project.zone))


def passages(project_id: int, gate: str = "", after: int = 0, limit: int = 0) -> Sequence[GatePassage]:
    """The passages of a project (of one gate), by number."""
    wanted = select(GatePassage).where(GatePassage.project_id == project_id, GatePassage.number > after)
    if gate:
        wanted = wanted.where(GatePassage.gate == gate)
    wanted = wanted.order_by(GatePassage.number)
    return db.session.execute(wanted.limit(limit) if limit else wanted).scalars().all()


def passage_for(actor: Actor, project_id: int, given: int | str) -> GatePassage:
    """A passage by its number.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    number = whole_number(str(given))
    found = None
    if number is not None and actor.may("interview.read", project_id):
        found = db.session.get(GatePassage, (project_id, number))
    if found is None:
        raise NotFound(str(given)[:40])
    return found


def shown_keys(actor: Actor, project_id: int, findings: Sequence[Finding]) -> frozenset[str]:
    """Of the items that findings are about, those that the actor may see."""
    keys = sorted({key for one in findings for key in keys_in(one.subject)})
    if not keys or sees_all(actor, project_id):
        return frozenset(keys)
    wanted = select(Item.key).where(visible(actor, project_id), Item.key.in_(keys))
    return frozenset(db.session.execute(wanted).scalars())


def keys_in(subject: str) -> list[str]:
    """The keys of items in the subject of a finding; those of a phase and of a rule as a whole are none."""
    return [] if not subject or subject.startswith("phase-") else subject.split()
