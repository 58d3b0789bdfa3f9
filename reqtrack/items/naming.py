"""Which items a person means: by key, or by title, since people know what a thing is called and not its number."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.db import db
from reqtrack.errors import Invalid, invalid
from reqtrack.items import lists, search
from reqtrack.items.kinds import by_key
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

_KEY = re.compile(r"([A-Za-z]{2,4})-?(\d{1,9})")
_PARTS = re.compile(r"[,，、;；\r\n]+")
# So many are offered, out of so many that hold the words.
OFFERED = 8
LOOKED_AT = 60


def offered(actor: Actor, project_id: int, words: str, kinds: Collection[str] = ()) -> list[Any]:
    """Items to choose from while words are typed (rows with key, kind, title, stage): first those whose title holds the words."""
    wanted = search.fold(words.strip())
    found = lists.find(actor, project_id, words, limit=LOOKED_AT, kinds=kinds)
    # The order within each stays: the one of that key, then the newest.
    return sorted(found, key=lambda row: row.key != words.strip().upper() and wanted not in search.fold(row.title))[
        :OFFERED
    ]


def meant(actor: Actor, project_id: int, typed: str, kinds: Collection[str] = (), field: str = "item") -> list[str]:
    """The keys of the items that a text names: keys parted by blanks or commas, or whole titles parted by commas. A key is taken as
    it is: whether there is such an item, whoever uses it says.

    Raises:
        Invalid: at ``field``; no item is called so, or several are. It lists those that come near.
    """
    text = typed.strip()
    if not text:
        return []
    if not _keys(text) and len(named := _called(actor, project_id, text, kinds)) == 1:
        # Titles may hold commas themselves.
        return [named[0].key]
    found: list[str] = []
    for part in filter(None, (one.strip() for one in _PARTS.split(text))):
        found += _keys(part) or [_titled(actor, project_id, part, kinds, field)]
    return list(dict.fromkeys(found))


def _keys(part: str) -> list[str]:
    """The keys of a text that holds nothing else; else none."""
    tokens = [one for one in re.split(r"[\s,，、;；]+", part) if one]
    found = [_KEY.fullmatch(one) for one in tokens]
    keys = [f"{one[1].upper()}-{int(one[2])}" for one in found if one] if all(found) else []
    # ISO9001 may be what something is called.
    return keys if all(map(by_key, keys)) else []


def _titled(actor: Actor, project_id: int, part: str, kinds: Collection[str], field: str) -> str:
    first, _blank, rest = part.partition(" ")
    if (key := _keys(first)) and any(row.key == key[0] for row in _called(actor, project_id, rest.strip(), kinds)):
        # As lists write an item: its key and its title.
        return key[0]
    called = _called(actor, project_id, part, kinds)
    if len(called) == 1:
        return str(called[0].key)
    raise _unclear(field, part, called or offered(actor, project_id, part, kinds), bool(called))


def _called(actor: Actor, project_id: int, title: str, kinds: Collection[str]) -> list[Any]:
    """The items of exactly that title; of another case or width too, where there are none."""
    columns = (Item.id, Item.key, Item.kind, Item.title, Item.stage)
    wanted = select(*columns).where(Item.title == title, visible(actor, project_id), Item.retired.is_(False))
    if kinds:
        wanted = wanted.where(Item.kind.in_(kinds))
    found = list(db.session.execute(wanted.order_by(Item.id).limit(OFFERED)).all())
    if found or not title:
        return found
    like = lists.find(actor, project_id, title, limit=LOOKED_AT, kinds=kinds)
    return [row for row in like if search.fold(row.title) == search.fold(title)]


def _unclear(field: str, typed: str, near: Sequence[Any], same: bool) -> Invalid:
    choices = tuple(f"{row.key} {row.title}" for row in near[:OFFERED])
    if not choices:
        message = "No item is called “%(given)s”: type its key or its title."
    elif same:
        message = "Several are called “%(given)s”: %(choices)s. Type the key of the one you mean."
    else:
        message = "No item is called “%(given)s”. These come near: %(choices)s. Type the key of the one you mean."
    return invalid(field, message, "unclear", given=typed[:80], choices=choices)
