"""Feedback as the project's people work it off: new, taken up, closed; what says the same as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, text
from sqlalchemy.orm import aliased

from reqtrack.db import plain
from reqtrack.feedback import policy
from reqtrack.feedback.models import Feedback, FeedbackLink
from reqtrack.feedback.queries.similar import comparable, proposals
from reqtrack.feedback.queries.told import done, with_made
from reqtrack.items import present, search
from reqtrack.items.models import Attachment, Item, PersonalText
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

PAGE = 30
# The newest so many are compared with each other.
COMPARED = 1_000
VIEWS = ("new", "taken_up", "closed")

_own = Feedback.__table__
_made = aliased(Item, flat=True)
_said = and_(PersonalText.digest == _own.c.said, PersonalText.project_id == Item.project_id)


@dataclass(frozen=True)
class Row:
    """One piece of feedback in a list. ``said`` is as the reader may read it; ``alike``: ``(key, of 100)`` of one that says nearly
    the same; ``belonging``: those that were put to it."""

    id: int
    key: str
    title: str
    said: str
    stage: str
    outcome: str | None
    standing: str
    created_at: datetime
    link: str
    pictures: int
    made: str
    made_title: str
    version: int
    belonging: tuple[Row, ...] = ()
    alike: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Found:
    """A page of a list; ``numbers``: how many there are in each view, those that belong to another not counted."""

    rows: tuple[Row, ...]
    numbers: Mapping[str, int]
    next: int | None


def _where(actor: Actor, project_id: int) -> tuple[ColumnElement[bool], ...]:
    return (visible(actor, project_id), Item.kind == "feedback", Item.retired.is_(False))


def _view(name: str) -> ColumnElement[bool]:
    """The clause of a view: what was made of it and is done counts as closed."""
    over = or_(Item.stage == "closed", and_(Item.stage == "taken_up", _made.id.is_not(None), done(_made)))
    return {"new": Item.stage == "new", "taken_up": and_(Item.stage == "taken_up", not_(over))}.get(name, over)


def _rows(project_id: int) -> Select[Any]:
    pictures = (
        select(func.count())
        .where(Attachment.item_id == Item.id, Attachment.removed_at.is_(None))
        .correlate(Item)
        .scalar_subquery()
    )
    wanted = (
        select(
            Item.id, Item.key, Item.title, Item.stage, Item.created_at, Item.version, Item.project_id, _own.c.outcome,
            _own.c.group_id, PersonalText.body, FeedbackLink.name.label("link"), pictures.label("pictures"),
            _made.key.label("made"), _made.kind.label("made_kind"), _made.stage.label("made_stage"),
            _made.title.label("made_title"),
        )
        .select_from(Item)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(PersonalText, _said)
        .outerjoin(FeedbackLink, FeedbackLink.id == _own.c.link_id)
    )  # fmt: skip
    return with_made(wanted, _made, project_id)


def listing(actor: Actor, project_id: int, view: str, words: str = "", before: int | None = None) -> Found:
    """A page of a view, newest first; those that belong to another stand below it (five queries)."""
    wanted = _rows(project_id).where(*_where(actor, project_id), _own.c.group_id.is_(None), _view(view))
    if words:
        match = search.matching(project_id, words)
        if match is None:
            wanted = wanted.where(Item.title.contains(words, autoescape=True))
        else:
            wanted = wanted.where(Item.id.in_(text(match[0]).bindparams(**match[1]).columns(Item.id)))
    if before is not None:
        wanted = wanted.where(Item.id < before)
    found: list[Any] = list(plain(wanted.order_by(Item.id.desc()).limit(PAGE + 1)).all())
    shown, more = found[:PAGE], len(found) > PAGE
    belonging = _belonging(actor, project_id, [row.id for row in shown])
    texts = open_texts(actor, project_id) if view == "new" and policy.may_triage(actor, project_id) else {}
    rows = tuple(_row(actor, row, belonging.get(row.id, ()), texts) for row in shown)
    return Found(rows, _numbers(actor, project_id), shown[-1].id if more else None)


def _row(
    actor: Actor, row: Any, belonging: Sequence[Row] = (), texts: Mapping[int, tuple[str, str]] | None = None
) -> Row:
    made = (row.made_kind, row.made_stage) if row.made else None
    return Row(
        id=row.id, key=row.key, title=row.title, said=present.mask(actor, row.project_id, row.body or ""), stage=row.stage,
        outcome=row.outcome, standing=policy.standing(row.stage, row.outcome, made), created_at=row.created_at,
        link=row.link or "", pictures=row.pictures, made=row.made or "", made_title=row.made_title or "",
        version=row.version, belonging=tuple(belonging), alike=_alike(row.id, row.body or "", texts or {}, 1),
    )  # fmt: skip


def _alike(number: int, body: str, texts: Mapping[int, tuple[str, str]], most: int) -> tuple[tuple[str, int], ...]:
    """Older ones that say nearly the same: of two alike, the later is put to the earlier."""
    others = {other: told for other, (_key, told) in texts.items() if other < number}
    return tuple((texts[other][0], score) for other, score in proposals(comparable(body), others, most))


def _belonging(actor: Actor, project_id: int, heads: Sequence[int]) -> dict[int, list[Row]]:
    if not heads:
        return {}
    wanted = _rows(project_id).where(*_where(actor, project_id), _own.c.group_id.in_(heads)).order_by(Item.id)
    found: dict[int, list[Row]] = {}
    for row in plain(wanted):
        found.setdefault(row.group_id, []).append(_row(actor, row))
    return found


def _numbers(actor: Actor, project_id: int) -> dict[str, int]:
    """How many there are in each view (one query)."""
    counted = [func.sum(case((_view(name), 1), else_=0)).label(name) for name in VIEWS]
    wanted = select(*counted).select_from(Item).join(_own, _own.c.id == Item.id)
    row: Any = plain(
        with_made(wanted, _made, project_id).where(*_where(actor, project_id), _own.c.group_id.is_(None))
    ).one()
    return {name: int(getattr(row, name) or 0) for name in VIEWS}


def open_texts(actor: Actor, project_id: int) -> dict[int, tuple[str, str]]:
    """``id → (key, text as it is compared)`` of the newest that are not closed and belong to no other (one query)."""
    wanted = (
        select(Item.id, Item.key, PersonalText.body)
        .join(_own, _own.c.id == Item.id)
        .join(PersonalText, _said)
        .where(*_where(actor, project_id), _own.c.group_id.is_(None), Item.stage != "closed")
        .order_by(Item.id.desc())
        .limit(COMPARED)
    )
    return {row.id: (row.key, comparable(row.body or "")) for row in plain(wanted)}


@dataclass(frozen=True)
class Around:
    """What stands around one piece of feedback: the one it belongs to, those that belong to it, proposals; its link, and what was
    made of it."""

    head: Row | None
    belonging: tuple[Row, ...]
    alike: tuple[tuple[str, int], ...]
    link: str
    standing: str
    made: tuple[str, str] | None


def around(actor: Actor, item: Feedback) -> Around:
    """What the page of one shows beside its fields (one query, and one for proposals).

    Whoever reads feedback reads the changes and requirements that are made of it.
    """
    ids = [item.id, item.group_id] if item.group_id else [item.id]
    wanted = _rows(item.project_id).where(
        visible(actor, item.project_id), or_(Item.id.in_(ids), _own.c.group_id == item.id)
    )
    found = {row.id: row for row in plain(wanted.order_by(Item.id))}
    own = found[item.id]
    compare = item.group_id is None and item.stage != "closed" and bool(policy.may_triage(actor, item.project_id))
    texts = open_texts(actor, item.project_id) if compare else {}
    head = found.get(item.group_id) if item.group_id else None
    of = head or own
    made = (of.made_kind, of.made_stage) if of.made else None
    return Around(
        head=_row(actor, head) if head is not None else None,
        belonging=tuple(_row(actor, row) for row in found.values() if row.group_id == item.id),
        alike=_alike(item.id, own.body or "", texts, 5),
        link=own.link or "",
        standing=policy.standing(of.stage, of.outcome, made, item.retired),
        made=(of.made, of.made_title) if of.made else None,
    )
