"""The deeds of the demo story that are about whom to hear and what to ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reqtrack.demo.content import model as told
from reqtrack.interviews.actions import guide, plan
from reqtrack.interviews.queries.guide import set_for
from reqtrack.items import store
from reqtrack.permissions import Actor

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def want_heard(telling: Telling, actor: Actor, one: told.Wanted) -> None:
    """Set a target of the plan."""
    process = telling.item(actor, one.process) if one.process else None
    where = {"job_role": telling.text(one.job_role), "department": telling.text(one.department)}
    plan.set_target(actor, telling.here(), target=one.number, process=process, **where)


def take_set(telling: Telling, actor: Actor, one: told.TakenSet) -> None:
    """Take a starter set over, in the language of the telling."""
    telling.ids[one.ref] = guide.adopt(actor, telling.here(), f"{one.code}.{telling.language}").id


def ask_of(telling: Telling, actor: Actor, one: told.AskedOf) -> None:
    """Say what an interview was about, and put questions into its guide."""
    interview = telling.item(actor, one.interview)
    store.edit(actor, interview, {"processes": [telling.item(actor, ref) for ref in one.processes]})
    made = [row for text in one.questions for row in guide.add_question(actor, interview, telling.text(text))]
    for row in made[: one.covered]:
        guide.cover(actor, interview, row, True)


def plan_talk(telling: Telling, actor: Actor, one: told.PlannedTalk) -> None:
    """Plan an interview that asks what another left open, and the questions of sets."""
    about = [telling.keys[ref] for ref in one.processes]
    people = [telling.ids[ref] for ref in one.stakeholders]
    raw = {"title": telling.text(one.title), "stakeholders": people, "processes": about}
    item = telling.make(actor, "interview", raw)
    telling.keys[one.ref] = item.key
    guide.carry_over(actor, telling.here(), telling.item(actor, one.carries_from), item)
    guide.add_sets(actor, item, [set_for(actor, telling.here().id, telling.ids[ref]) for ref in one.sets])


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {
    "want_heard": want_heard,
    "take_set": take_set,
    "ask_of": ask_of,
    "plan_talk": plan_talk,
}
