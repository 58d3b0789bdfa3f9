"""The deeds of the demo story that are about feedback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reqtrack.demo.content import model as told
from reqtrack.feedback import actions
from reqtrack.feedback.queries import open_link, sent_by
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def hang_link(telling: Telling, actor: Actor, one: told.FeedbackLink) -> None:
    """Make the link; its secret is all that is left of it."""
    telling.keys[one.ref] = actions.make_link(actor, telling.here(), telling.text(one.name))[1]


def give_feedback(telling: Telling, actor: Actor, one: told.Feedback) -> None:
    """Say it: by the link, or signed in."""
    if one.link:
        link, project = open_link(telling.keys[one.link])
        secret = actions.send(link, project, telling.text(one.said), one.contact)
        telling.keys[one.ref] = sent_by(secret)[0].key
        return
    about = [telling.item(actor, ref) for ref in one.about]
    telling.keys[one.ref] = actions.say(actor, telling.here(), telling.text(one.said), about).key


def settle_feedback(telling: Telling, actor: Actor, one: told.Feedback) -> None:
    """Say what becomes of it."""
    item = item_for(actor, telling.here().id, telling.keys[one.ref], "feedback")
    reply = telling.text(one.reply) if one.reply is not None else ""
    actions.settle(actor, telling.here(), item, one.outcome, reply=reply)


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {
    "hang_link": hang_link,
    "give_feedback": give_feedback,
    "settle_feedback": settle_feedback,
}
