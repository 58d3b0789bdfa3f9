"""Saying something: by a link, without an account; or signed in, from any page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from reqtrack.accounts.links import new_secret
from reqtrack.accounts.models import Project
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db, lock_project
from reqtrack.errors import invalid
from reqtrack.feedback import policy
from reqtrack.feedback.models import Feedback, FeedbackLink
from reqtrack.items import actions as talk
from reqtrack.items import personal, store, successions
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Attachment, Item
from reqtrack.permissions import Actor


def sender(link: FeedbackLink) -> Actor:
    """Who writes down what came by a link: nobody with an account. The link itself is the permission, for this alone."""
    return Actor(id=0, login=f"feedback-link:{link.id}", name=link.name, kind="system")


def send(
    link: FeedbackLink,
    project: Project,
    said: str,
    contact: str = "",
    picture: policy.Picture | None = None,
    once: str = "",
) -> str:
    """Keep what somebody sent by a link; answers the secret of the link by which they see what became of it.

    Args:
        once: the secret that the form was given. The same sent again with it is one piece of feedback.

    Raises:
        Invalid: nothing was said.
    """
    if not said.strip():
        raise invalid("said", "Write what you saw, in a few words.", "required")
    # The page's address does not name the project, so its lock is taken here, after the site's.
    lock_project(db.session.connection(), project.key)
    secret = once or new_secret()
    known = db.session.execute(select(Feedback).where(Feedback.receipt == digest_of(secret))).scalar()
    if known is not None:
        if known.link_id == link.id and _says(known, said, contact):
            return secret
        # The same form, written anew (a browser's way back): another piece.
        secret = new_secret()
    number = select(func.count()).select_from(Feedback.__table__).where(Feedback.__table__.c.link_id == link.id)
    # The title stands in lists and in the history, so it repeats nothing of what was said.
    title = f"{link.name} · {db.session.execute(number).scalar_one() + 1}"
    values = {"title": title[:400], "said": said, "contact": contact}
    actor = sender(link)
    extra = {"link_id": link.id, "receipt": digest_of(secret)}
    item = store.create(actor, project, KINDS["feedback"], values, extra=extra)
    if picture is not None:
        _attach(actor, item, picture)
    return secret


def _says(known: Feedback, said: str, contact: str) -> bool:
    kept = [personal.get(known.project_id, one) for one in (known.said, known.contact)]
    return kept == [said, contact]


def say(
    actor: Actor,
    project: Project,
    said: str,
    about: Sequence[Item] = (),
    picture: policy.Picture | None = None,
    title: str = "",
) -> Item:
    """Keep what somebody says who is signed in.

    Args:
        about: the items that it is about.
        title: in short; without it, what it is about.

    Raises:
        Refused: no permission. Invalid: nothing was said.
    """
    policy.may_say(actor, project.id).require()
    if not said.strip():
        raise invalid("said", "Write what you saw, in a few words.", "required")
    about = [successions.now(one) for one in about]
    short = title.strip() or (f"{about[0].key} {about[0].title}" if about else str(_("From inside the project")))
    values: dict[str, Any] = {"title": short[:400], "said": said, "about": list(about)}
    item = store.create(actor, project, KINDS["feedback"], values)
    if picture is not None:
        _attach(actor, item, picture)
    return item


def _attach(actor: Actor, item: Item, picture: policy.Picture) -> Attachment:
    # A camera's name for it may tell when it was taken, so it gets one of ours.
    return talk.attach(actor, item, picture.digest, f"{item.key}.{picture.kind}", picture.kind, picture.size)
