"""Verbs on what hangs on items: comments, questions, attachments. Items themselves are written by ``store``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reqtrack.accounts.models import User
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import YES, Verdict, invalid, no
from reqtrack.items import personal
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Attachment, Comment, Item
from reqtrack.permissions import Actor


def comment(actor: Actor, item: Item, body: str) -> Comment:
    """Say something about an item."""
    return _say(actor, item, body, "comment")


def ask(
    actor: Actor,
    item: Item,
    body: str,
    asked: User | None,
    *,
    stakeholder_id: int | None = None,
    excerpt_id: int | None = None,
) -> Comment:
    """Ask a question at an item; it waits for ``asked`` in their My work.

    Args:
        stakeholder_id: of the project: whom it is for, with an account or without one.
        excerpt_id: the passage that raised it.
    """
    told = {"asked": asked.login if asked else None, "stakeholder": stakeholder_id, "excerpt": excerpt_id}
    return _say(
        actor, item, body, "question", {name: value for name, value in told.items() if value is not None},
        asked_id=asked.id if asked else None, asked_stakeholder_id=stakeholder_id, excerpt_id=excerpt_id,
    )  # fmt: skip


def answer(actor: Actor, item: Item, question: Comment, body: str) -> Comment:
    """Answer a question; it waits no more."""
    if question.answered_at is not None:
        no("answered", "This question has been answered already.").require(409)
    said = _say(actor, item, body, "answer", answers=question.id)
    with recorded(actor, item.project_id, "question.answered", item.key) as entry:
        question.answered_at = entry.at
        entry.after = {"question": question.id}
    return said


def _say(
    actor: Actor, item: Item, body: str, kind: str, told: Mapping[str, Any] | None = None, **columns: Any
) -> Comment:
    if not actor.may("comment.write", item.project_id):
        no("no_permission", "Your roles in this project do not let you comment.").require()
    if not body.strip():
        raise invalid("body", "Write something first.", "required")
    with recorded(actor, item.project_id, f"{kind}.written", item.key) as entry:
        said = Comment(
            project_id=item.project_id, item_id=item.id, kind=kind, author=actor.login, author_name=actor.name,
            at=entry.at, body=personal.put(item.project_id, body), **columns,
        )  # fmt: skip
        db.session.add(said)
        db.session.flush()
        entry.after = {"body": said.body, **(told or {})}
    return said


# Set by the interviews area: (project id, name) → the name of a file as everybody may read it.
fit_name: Callable[[int, str], str] = lambda project_id, name: name  # noqa: E731


def attach(actor: Actor, item: Item, digest: str, name: str, media_type: str, size: int) -> Attachment:
    """Hang a file (already in the store under ``digest``) on an item."""
    if not actor.may("comment.write", item.project_id):
        no("no_permission", "Your roles in this project do not let you attach files.").require()
    name = fit_name(item.project_id, name)[:255]
    with recorded(actor, item.project_id, "attachment.added", item.key) as entry:
        attached = Attachment(
            project_id=item.project_id, item_id=item.id, digest=digest, name=name, media_type=media_type, size=size,
            author=actor.login, at=entry.at,
        )  # fmt: skip
        db.session.add(attached)
        entry.after = {"name": name, "digest": digest}
    return attached


def may_remove_attachment(actor: Actor, item: Item, attachment: Attachment) -> Verdict:
    """Whether the actor may take a file off an item: one of their own, or any where they may write such items."""
    if not actor.may("comment.write", item.project_id):
        return no("no_permission", "Your roles in this project do not let you remove files.")
    if actor.login == attachment.author or actor.may(KINDS[item.kind].write, item.project_id):
        return YES
    message = "A file is taken off %(key)s by who attached it, or by who may write such items."
    return no("not_yours", message, key=item.key)


def remove_attachment(actor: Actor, item: Item, attachment: Attachment) -> None:
    """Take a file off an item; its bytes stay for the history.

    Raises:
        Refused: somebody else attached it, and the actor may not write such items.
    """
    may_remove_attachment(actor, item, attachment).require()
    with recorded(actor, item.project_id, "attachment.removed", item.key, before={"name": attachment.name}) as entry:
        attachment.removed_at = entry.at
