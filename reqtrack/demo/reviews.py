"""The deeds of the demo story that are about reviews."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reqtrack.demo.content import model as told
from reqtrack.permissions import Actor
from reqtrack.reviews import actions
from reqtrack.reviews.queries import lines_of

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def hold_review(telling: Telling, actor: Actor, one: told.HeldReview) -> None:
    """Plan a series, go through the agenda of the first review, and close it."""
    people = [telling.login(login) for login in one.people]
    given = {"name": telling.text(one.name), "planned_on": one.on, "begins": one.begins, "minutes": one.minutes,
             "place": telling.text(one.place), "people": people}  # fmt: skip
    _series, review = actions.plan_series(actor, telling.here(), given, one.weeks)
    lines = {line.subject: line for line in lines_of(review)}
    for said in one.said:
        actions.say(actor, review, lines[telling.keys[said.change]], said.outcome, telling.text(said.note))
    actions.hold(actor, telling.here(), review, people, telling.text(one.note))
    telling.keys[one.ref] = review.key


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {"hold_review": hold_review}
