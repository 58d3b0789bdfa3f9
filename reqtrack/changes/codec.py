"""Between what people send for an edit, what a package keeps (encoded as content holds it), and what the store wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from reqtrack.accounts.models import Project
from reqtrack.changes.package import NEW
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason
from reqtrack.items import values
from reqtrack.items.kinds import KINDS, Field, Kind, by_key
from reqtrack.items.models import Item, Version


def encoded(
    kind: Kind, project: Project, raw: Mapping[str, Any], refs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Sent values by field name, checked, as content holds them (None: empty).

    Args:
        refs: what ``NEW-n`` may stand for in this package, with the kind of that item.

    Raises:
        Invalid: with a reason per field that does not fit.
    """
    plain, fresh = _parted(kind, raw, refs or {})
    parsed = values.parse(kind, project, plain)
    found: dict[str, Any] = {}
    for name, value in parsed.items():
        told = values.encode(kind.field(name), value)
        found[name] = sorted([*(told or ()), *fresh[name]]) if fresh.get(name) else told
    return found


def _parted(kind: Kind, raw: Mapping[str, Any], refs: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Take the ``NEW-n`` out of the lists of keys, where they fit."""
    plain: dict[str, Any] = dict(raw)
    fresh: dict[str, list[str]] = {}
    for field in kind.fields:
        given = raw.get(field.name)
        if field.type != "links" or not isinstance(given, list):
            continue
        told = [str(one).strip().upper() for one in given]
        mine = [one for one in told if one.startswith(NEW)]
        wrong = [one for one in mine if field.linked not in ("*", refs.get(one))]
        if wrong:
            message = "There is no %(kind)s %(keys)s in this change."
            word = str(KINDS[field.linked].label if field.linked in KINDS else "")
            raise Invalid((Reason("invalid", message, {"kind": word, "keys": tuple(wrong)}, field.name),))
        fresh[field.name] = mine
        plain[field.name] = [one for one in told if not one.startswith(NEW)]
    return plain, fresh


def keys_in(kind: Kind, told: Mapping[str, Any]) -> set[str]:
    """The keys that encoded values name."""
    return {key for field in kind.fields if field.type == "links" for key in told.get(field.name) or ()}


def decoded(kind: Kind, told: Mapping[str, Any], items: Mapping[str, Item]) -> dict[str, Any]:
    """Encoded values as the store wants them; ``items`` holds those that their lists of keys name."""
    return {name: _decoded(kind.field(name), value, items) for name, value in told.items()}


def _decoded(field: Field, value: Any, items: Mapping[str, Item]) -> Any:
    if field.type == "links":
        return [items[key] for key in value or ()]
    if value is None:
        return [] if field.type in values.LISTS else None
    if field.type == "decimal":
        return Decimal(value)
    if field.type == "date":
        return date.fromisoformat(value)
    return value


def load(project_id: int, keys: Iterable[str]) -> dict[str, Item]:
    """Items by key, whoever asks: for what has been decided."""
    wanted: Sequence[str] = sorted(set(keys))
    found: dict[str, Item] = {}
    for at in range(0, len(wanted), 500):
        rows = db.session.execute(
            select(Item).where(Item.project_id == project_id, Item.key.in_(wanted[at : at + 500]))
        ).scalars()
        found.update((item.key, item) for item in rows)
    return found


def load_whole(project_id: int, keys: Iterable[str]) -> dict[str, Any]:
    """The same with all columns of their kinds and the newest content; a statement for each kind (and 500 items)."""
    found: dict[str, Any] = {}
    wanted: dict[str, list[str]] = {}
    for key in sorted(set(keys)):
        if kind := by_key(key):
            wanted.setdefault(kind.name, []).append(key)
    for kind_name, mine in wanted.items():
        for at in range(0, len(mine), 500):
            model = KINDS[kind_name].model
            newest = and_(Version.item_id == model.id, Version.number == model.version)
            rows = select(model, Version.content).outerjoin(Version, newest)
            for item, content in db.session.execute(
                rows.where(Item.project_id == project_id, Item.key.in_(mine[at : at + 500]))
            ):
                item.loaded = (item.version, content)
                found[item.key] = item
    return found
