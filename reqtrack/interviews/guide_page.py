"""What the guide shows beside an interview's notes, and what a new interview is offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from reqtrack.db import whole_number
from reqtrack.interviews.actions import guide as actions
from reqtrack.interviews.models import Interview
from reqtrack.interviews.queries import guide as queries
from reqtrack.interviews.queries.people import people
from reqtrack.items import store
from reqtrack.items.models import Item
from reqtrack.permissions import Actor


def guide(actor: Actor, interview: Interview, processes: list[str] | None = None) -> dict[str, Any]:
    """The guide's part of an interview's page.

    Args:
        processes: the keys of those that it is about, if they were read already.
    """
    if processes is None:
        processes = [one.key for one in store.linked(interview, "covers")]
    asked = queries.guide_of(actor, interview)
    may_guide = actor.may("interview.write", interview.project_id)
    left = [one for one in asked if not one.covered and not one.onward]
    done = interview.stage not in ("planned", "cancelled")
    return {
        "asked": asked,
        "covered": sum(one.covered for one in asked),
        "may_guide": may_guide,
        "left": left if done else [],
        "planned": queries.planned_after(interview) if may_guide and left and done else [],
        "sets": offered(actor, interview.project_id, interview.stakeholders or (), processes) if may_guide else [],
    }


def offered(actor: Actor, project_id: int, stakeholders: Any, processes: Any) -> list[dict[str, Any]]:
    """The question sets, those meant for these people's job roles or these processes first."""
    sets = queries.question_sets(actor, project_id)
    if not sets:
        return []
    ids = {whole_number(one) for one in stakeholders}
    roles = {one.job_role for one in people(actor, project_id) if one.id in ids}
    shown = [{"set": one, "fits": one.fits(roles, set(processes))} for one in sets]
    return sorted(shown, key=lambda one: not one["fits"])


def new_interview(
    actor: Actor, project_id: int, given: Mapping[str, Any], form: MultiDict[str, str] | None
) -> Mapping[str, Any]:
    """What the form of a new interview offers beside its fields: the question sets, those that fit ticked.

    Args:
        given: what the form's fields hold. form: what was sent, where the form did not fit.
    """
    about = given.get("processes") or ()
    processes = about.replace(",", " ").split() if isinstance(about, str) else list(about)
    sets = offered(actor, project_id, given.get("stakeholders") or (), processes)
    chosen = {whole_number(one) for one in form.getlist("sets")} if form is not None else None
    for one in sets:
        one["chosen"] = one["set"].id in chosen if chosen is not None else one["fits"]
    return {"sets": sets}


def after_create(actor: Actor, item: Item, form: MultiDict[str, str]) -> None:
    """A new interview gets the questions of the sets that were chosen in its form."""
    ids = [number for one in form.getlist("sets") if (number := whole_number(one)) is not None]
    rows = [queries.set_for(actor, item.project_id, number) for number in dict.fromkeys(ids)]
    if rows:
        actions.add_sets(actor, item, rows)  # type: ignore[arg-type]
