"""What became of a baseline's requirements: whose scope content is no longer the baseline's, and by which versions.

The scope content of a requirement is its scope_print and the sorted (key, text_print) of what accepts it. The cost
follows what was written since the baseline, not its size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from reqtrack.db import db, mode, once
from reqtrack.items.models import Item, Link, Version

# Parameters of one statement that both databases take.
MANY = 5_000


@dataclass(frozen=True)
class Touch:
    """A version that changed scope content: of which item, when (event sequence), by which change ("": none)."""

    key: str
    version: int
    since: int
    change: str


@dataclass(frozen=True)
class Drifted:
    """A requirement that no longer is what the baseline holds, and the versions since that made it so."""

    key: str
    title: str
    stage: str
    touches: tuple[Touch, ...]


def drift(project_id: int, seq: int, keys: Collection[str]) -> dict[str, Drifted]:
    """The requirements among ``keys`` whose scope content differs from that at ``seq``, by key, in order."""
    return drifts(project_id, {0: (seq, keys)})[0]


def drifts(project_id: int, points: Mapping[int, tuple[int, Collection[str]]]) -> dict[int, dict[str, Drifted]]:
    """The same for several points ``(seq, keys)``, by whatever names them, in as many statements as for one."""
    if not points:
        return {}
    history = _known_history(project_id, min(seq for seq, _keys in points.values()))
    return {name: _drifted(history, seq, set(keys)) for name, (seq, keys) in points.items()}


@dataclass(frozen=True)
class _History:
    """What happened to the scope content of requirements since a point: which versions touched it, all versions of the
    requirements touched and of what ever accepted them, and when it did."""

    touches: Mapping[int, list[Touch]]
    rows: Mapping[int, Any]
    scopes: Mapping[int, list[tuple[int, str]]]
    accepts: Mapping[int, list[Any]]
    texts: Mapping[int, list[Any]]

    def content(self, item_id: int, seq: int | None) -> tuple[str, list[tuple[str, str]]]:
        """The scope content of a requirement at a point (None: now)."""
        scope = _at(self.scopes[item_id], seq)
        accepted = []
        for link in self.accepts.get(item_id, ()):
            live = link.until is None if seq is None else link.since <= seq and (link.until is None or link.until > seq)
            text = _at(self.texts[link.source_id], seq) if live else None
            if text is not None and not text.retired:
                accepted.append((text.key, text.text_print))
        return (scope[1] if scope is not None else "", sorted(accepted))


def _at(versions: Sequence[Any], seq: int | None) -> Any:
    """The newest of some versions (rows that begin with ``since``, in order) that there was at a point; None where there was none."""
    known = [one for one in versions if seq is None or one[0] <= seq]
    return known[-1] if known else None


def _known_history(project_id: int, seq: int) -> _History:
    """The history since a point; a reading transaction, in which nothing moves, asks for it once: from further back holds as well."""
    now = mode()
    if now is None or now.writing:
        return _history(project_id, seq)
    known: dict[int, list[tuple[int, _History]]] = once("drift")
    mine = known.setdefault(project_id, [])
    found = next((history for since, history in mine if since <= seq), None)
    if found is None:
        found = _history(project_id, seq)
        mine.append((seq, found))
    return found


def _history(project_id: int, seq: int) -> _History:
    touches = _touches(project_id, seq)
    scopes: dict[int, list[tuple[int, str]]] = {}
    rows: dict[int, Any] = {}
    for row in _versions(Version.scope_print, touches):
        scopes.setdefault(row.item_id, []).append((row.since, row.scope_print))
        rows[row.item_id] = row
    accepts: dict[int, list[Any]] = {}
    for link in _links(Link.target_id, touches):
        accepts.setdefault(link.target_id, []).append(link)
    texts: dict[int, list[Any]] = {}
    for row in _versions(Version.text_print, {link.source_id for links in accepts.values() for link in links}):
        texts.setdefault(row.item_id, []).append(row)
    return _History(touches, rows, scopes, accepts, texts)


def _versions(print_: Any, item_ids: Collection[int]) -> list[Any]:
    """All versions of items, oldest first: ``(since, item_id, that print, retired, key, number, title, stage)``."""
    gone = Version.content.like('%"retired":true%').label("retired")
    found: list[Any] = []
    for chunk in _chunks(item_ids):
        found += db.session.execute(
            select(Version.since, Version.item_id, print_, gone, Item.key, Item.number, Item.title, Item.stage)
            .join(Item, Item.id == Version.item_id)
            .where(Version.item_id.in_(chunk))
            .order_by(Version.item_id, Version.number)
        ).all()
    return found


def _drifted(history: _History, seq: int, keys: Collection[str]) -> dict[str, Drifted]:
    found = {}
    for item_id, row in sorted(history.rows.items(), key=lambda one: one[1].number):
        since = [touch for touch in history.touches[item_id] if touch.since > seq]
        if row.key in keys and since and history.content(item_id, seq) != history.content(item_id, None):
            found[row.key] = Drifted(row.key, row.title, row.stage, tuple(_in_order(since)))
    return found


def touches_of(item: Item, seq: int) -> list[Touch]:
    """The versions since a point that changed one requirement's scope content, in order (two queries at most)."""
    return _in_order(_touches(item.project_id, seq, item.id).get(item.id, []))


def _in_order(touches: Iterable[Touch]) -> list[Touch]:
    return sorted(set(touches), key=lambda one: (one.since, one.key))


def _touches(project_id: int, seq: int, only: int | None = None) -> dict[int, list[Touch]]:
    """Versions since a point that changed scope content, by the requirement whose scope content they changed."""
    previous = aliased(Version, flat=True)
    wanted = (
        select(Version.item_id, Version.number, Version.since, Version.change, Item.kind, Item.key)
        .select_from(Version)
        .join(Item, Item.id == Version.item_id)
        .outerjoin(previous, and_(previous.item_id == Version.item_id, previous.number == Version.number - 1))
        .where(
            Version.project_id == project_id,
            Version.since > seq,
            Item.kind.in_(("requirement", "acceptance")),
            or_(previous.number.is_(None), previous.scope_print != Version.scope_print),
        )
    )
    if only is not None:
        accepting_it = select(Link.source_id).where(Link.target_id == only, Link.kind == "accepts")
        wanted = wanted.where(or_(Version.item_id == only, Version.item_id.in_(accepting_it)))
    touches: dict[int, list[Touch]] = {}
    accepting: dict[int, list[Touch]] = {}
    for row in db.session.execute(wanted):
        kept = touches if row.kind == "requirement" else accepting
        kept.setdefault(row.item_id, []).append(Touch(row.key, row.number, row.since, row.change))
    for link in _accepts(set(accepting), seq):
        for touch in accepting[link.source_id]:
            # Only what the scenario said while it accepted the requirement; what made or ended the link counts.
            if link.since <= touch.since and (link.until is None or touch.since <= link.until):
                touches.setdefault(link.target_id, []).append(touch)
    return touches


def _accepts(acceptance_ids: Collection[int], seq: int) -> list[Any]:
    return [link for link in _links(Link.source_id, acceptance_ids) if link.until is None or link.until > seq]


def _links(end: Any, item_ids: Collection[int]) -> list[Any]:
    """The links *accepts*, also those that ended, with one of the items at that end."""
    found: list[Any] = []
    for chunk in _chunks(item_ids):
        found += db.session.execute(
            select(Link.source_id, Link.target_id, Link.since, Link.until).where(end.in_(chunk), Link.kind == "accepts")
        ).all()
    return found


def _chunks(item_ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(item_ids)
    return (ordered[at : at + MANY] for at in range(0, len(ordered), MANY))
