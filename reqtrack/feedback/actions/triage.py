"""Working feedback off: answered, taken up as a defect, a change or a requirement, or not; grouped; moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.audit.record import recorded
from reqtrack.changes import actions as changes
from reqtrack.changes.package import editable
from reqtrack.db import db
from reqtrack.errors import YES, Invalid, NotFound, Stale, Verdict, invalid, no
from reqtrack.feedback import policy
from reqtrack.feedback.models import Feedback
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items import personal, store, successions, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link
from reqtrack.items.moves import Move
from reqtrack.items.queries import items_by_key, visible
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor
from reqtrack.workflow import machine, tables


def settle(
    actor: Actor,
    project: Project,
    item: Feedback,
    outcome: str,
    *,
    reply: str = "",
    title: str = "",
    text: str = "",
    existing: str = "",
    seen: int | None = None,
) -> Item | None:
    """Say what becomes of feedback; answers the defect, change or requirement that stands for it.

    Args:
        outcome: one of ``OUTCOMES``.
        reply: what its sender reads; an answer and a refusal need one.
        title, text: of the defect (what was seen), change (why) or requirement (statement) that is made of it; a defect without
            them says what the feedback says, names taken out.
        existing: the key of one that is there already, in place of a new one.
        seen: the version that was looked at.

    Raises:
        Refused: no permission. Invalid: what is said does not fit. Stale: it moved since ``seen``.
    """
    policy.may_triage(actor, project.id).require()
    if seen is not None and seen != item.version:
        # Before anything is made of it.
        raise Stale(
            item.key,
            seen,
            item.version,
            {"outcome": outcome, "reply": reply},
            {"outcome": item.outcome, "reply": item.reply},
        )
    said = _reply(reply)
    verdict = policy.outcome_fits(outcome, said)
    if not verdict:
        raise Invalid(verdict.reasons)
    wanted: dict[str, Any] = {"outcome": outcome}
    if said:
        wanted["reply"] = said
    made = None
    if outcome in policy.MADE:
        about = _about(item)
        if existing.strip():
            made = _existing(actor, project, outcome, existing)
        else:
            made = _make(actor, project, item, outcome, about, title, text)
        if made.id not in {one.id for one in about}:
            wanted["about"] = [*about, made]
        if item.made_id != made.id:
            with recorded(actor, project.id, "feedback.made", item.key) as entry:
                item.made_id = made.id
                entry.after = {"made": made.key}
    store.edit(actor, item, wanted, seen=seen)
    return made


def _reply(given: str) -> str:
    try:
        return text_of(given, policy.MOST_REPLY).strip()
    except Unfit as unfit:
        raise invalid("reply", unfit.message, **unfit.params) from None


def _about(item: Feedback) -> list[Item]:
    """What it is about: the other ends of its links."""
    linked = select(Item).join(Link, Link.target_id == Item.id)
    live = (Link.source_id == item.id, Link.kind == "about", Link.until.is_(None))
    return list(db.session.execute(linked.where(*live).order_by(Link.id)).scalars())


def _existing(actor: Actor, project: Project, outcome: str, key: str) -> Item:
    found = items_by_key(actor, project.id, [key.strip()]).get(key.strip().upper())
    if found is None or found.kind != outcome:
        raise invalid(
            "existing",
            "There is no %(kind)s %(keys)s in this project.",
            kind=KINDS[outcome].label,
            keys=key.strip()[:40],
        )
    return successions.now(found)


def _make(
    actor: Actor, project: Project, item: Feedback, outcome: str, about: Sequence[Item], title: str, text: str
) -> Item:
    if outcome == "change":
        affected = [one.key for one in about if editable(KINDS[one.kind])]
        asked_by = item.created_by if _is_member(project.id, item.created_by) else None
        return changes.log(actor, project, title=title, reason=text, asked_by=asked_by, affected=affected)
    if outcome == "defect":
        kind = KINDS["defect"]
        seen = text.strip() or for_everybodys_eyes(project.id, personal.get(project.id, item.said))
        given = {"title": title.strip() or for_everybodys_eyes(project.id, item.title), "observed": seen}
        found_in = [one.key for one in about if one.kind == "acceptance"]
        return store.create(actor, project, kind, values.parse(kind, project, {**given, "found_in": found_in}))
    kind = KINDS["requirement"]
    parsed = values.parse(kind, project, {"title": title, "statement": text})
    return store.create(actor, project, kind, parsed)


def _is_member(project_id: int, login: str) -> bool:
    return any(one.login == login and one.active for one in members(project_id))


def reply(actor: Actor, item: Feedback, text: str, *, seen: int | None = None) -> None:
    """Write to the sender what became of it, whatever that is.

    Raises:
        Refused: no permission. Stale: it moved since ``seen``.
    """
    policy.may_triage(actor, item.project_id).require()
    store.edit(actor, item, {"reply": _reply(text) or None}, seen=seen)


def group(actor: Actor, item: Feedback, with_key: str) -> Feedback:
    """Say that one says the same as another: from now on it stands as that one does. Those that belonged to it go along.

    Raises:
        Refused: no permission. Invalid: there is no such feedback, or it is the same one.
    """
    found = db.session.execute(
        select(Feedback).where(Feedback.key == with_key.strip().upper(), visible(actor, item.project_id))
    ).scalar()
    if found is None:
        raise invalid(
            "with",
            "There is no %(kind)s %(keys)s in this project.",
            kind=KINDS["feedback"].label,
            keys=with_key.strip()[:40],
        )
    if found.retired:
        raise invalid("with", "%(key)s is retired.", key=found.key)
    head = db.session.get_one(Feedback, found.group_id) if found.group_id else found
    policy.may_group(actor, item.project_id, item.key, head.key).require()
    if item.group_id == head.id:
        return head
    belonging = db.session.execute(select(Feedback).where(Feedback.group_id == item.id)).scalars().all()
    with recorded(actor, item.project_id, "feedback.grouped", item.key) as entry:
        for one in (item, *belonging):
            one.group_id = head.id
        entry.after = {"group": head.key, **({"along": sorted(one.key for one in belonging)} if belonging else {})}
    return head


def ungroup(actor: Actor, item: Feedback) -> None:
    """Take one out of the group that it belongs to.

    Raises:
        Refused: no permission. NotFound: it belongs to none.
    """
    policy.may_triage(actor, item.project_id).require()
    if item.group_id is None:
        raise NotFound("group")
    head = db.session.get_one(Feedback, item.group_id)
    with recorded(actor, item.project_id, "feedback.parted", item.key, before={"group": head.key}):
        item.group_id = None


def guard(actor: Actor, item: Any, changed: Sequence[str], given: Mapping[str, Any], change: str) -> Verdict:
    """Before each save, whoever brings it: what becomes of feedback is said once it is there, with what its sender reads.

    Raises:
        Invalid: an outcome of what is only being said, or one without the sentence that it needs. No lock: it is asked here because
            a form of an old version is to be told that first.
    """
    if item is None:
        if given.get("outcome") or given.get("reply"):
            raise invalid("outcome", "What becomes of it is said once it is there.")
        return YES
    if {"outcome", "reply"} & set(changed) & set(given):
        outcome, told = (given.get(name, getattr(item, name)) for name in ("outcome", "reply"))
        verdict = policy.outcome_fits(outcome, told or "") if outcome else YES
        if not verdict:
            raise Invalid(verdict.reasons)
    return YES


def _leave(actor: Actor, head: Feedback) -> None:
    """Let those that belonged to one that is retired belong to the first of them: nobody would see them any more."""
    left = (
        db.session.execute(select(Feedback).where(Feedback.group_id == head.id).order_by(Feedback.id)).scalars().all()
    )
    if not left:
        return
    first = next((one for one in left if not one.retired), left[0])
    with recorded(actor, head.project_id, "feedback.parted", first.key, before={"group": head.key}) as entry:
        for one in left:
            one.group_id = None if one is first or one.retired else first.id
        entry.after = {"along": [one.key for one in left if one.group_id is not None]}


# -- stages ------------------------------------------------------------------------------------------------------------


def follow(actor: Actor, item: Feedback, changed: Sequence[str]) -> None:
    """After each save: the stage goes with the outcome, and what was made of it with an outcome that something stands for; and
    nothing stays in the group of one that is retired."""
    if item.retired:
        _leave(actor, item)
    if "outcome" not in changed:
        return
    stage = policy.STAGE_OF[item.outcome] if item.outcome else "new"
    keeps = item.outcome in policy.MADE
    if stage != item.stage or (item.made_id is not None and not keeps):
        store.move(actor, item, stage, columns={} if keeps else {"made_id": None})


def moves(actor: Actor, item: Feedback) -> list[Move]:
    """The moves from where feedback is."""
    return [
        Move(one.name, one.label, one.to, verdict, one.asks)
        for one, verdict in machine.moves(tables.FEEDBACK, actor, item)
    ]


def make_move(actor: Actor, item: Feedback, name: str, given: dict[str, str]) -> None:
    """Move feedback on by hand. Taken up again, it has no outcome any more.

    Raises:
        Refused: with every reason; 409 when it moved meanwhile. NotFound: no such move.
    """
    try:
        transition = tables.FEEDBACK.named(name)
    except KeyError:
        raise NotFound(name) from None
    verdict = machine.may(actor, item, transition)
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)
    seen_stage = given.get("seen_stage") or None
    if seen_stage is not None and seen_stage != item.stage:
        no("moved", "%(key)s has moved to another stage meanwhile.", key=item.key).require(409)
    if name == "reopen" and item.outcome:
        store.edit(actor, item, {"outcome": None})
        return
    store.move(actor, item, transition.to, seen_stage=seen_stage)
