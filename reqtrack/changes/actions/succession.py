"""An item that a change retires because it goes on in another, or in two new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.changes.package import link_field, linkable
from reqtrack.errors import invalid
from reqtrack.items.models import Item
from reqtrack.requirements.plan import KINDS_JOINED


def heirs(given: Mapping[str, Any], item: Item, items: Mapping[str, Item], refs: Mapping[str, str]) -> dict[str, Any]:
    """What was sent of the heirs of an item, checked; empty where it has none.

    Args:
        refs: the kinds of the items that this change makes, by what stands for them.

    Raises:
        Invalid: per part that does not fit.
    """
    into, parts, links = (given.get(name) for name in ("merged_into", "split_into", "links"))
    if not into and not parts and not links:
        return {}
    if item.kind not in KINDS_JOINED or (into and (parts or links)) or (links and not parts):
        raise invalid("retire", "A requirement or scenario is either merged_into another or split_into two new ones.")
    if into:
        return {"merged_into": _kept(str(into), item, items)}
    told = [str(one).strip().upper() for one in parts] if isinstance(parts, list) else []
    if len(set(told)) != 2 or any(refs.get(one) != item.kind for one in told):
        message = "%(key)s is split into two new items of its kind that this change makes, such as NEW-1 and NEW-2."
        raise invalid("split_into", message, key=item.key)
    joined = [_link(one, told, items) for one in (links if isinstance(links, list) else [links] if links else ())]
    return {"split_into": told, **({"links": joined} if joined else {})}


def _kept(given: str, item: Item, items: Mapping[str, Item]) -> str:
    key = given.strip().upper()
    kept = items.get(key)
    if kept is None:
        raise invalid("merged_into", "There is no %(key)s in this project.", key=key[:40])
    if kept.id == item.id or kept.kind != item.kind or kept.retired:
        message = "%(one)s is merged into another item of its kind that is in force."
        raise invalid("merged_into", message, one=item.key)
    return key


def _link(given: Any, parts: list[str], items: Mapping[str, Item]) -> list[str]:
    """A link of one of the parts, as ``[kind, source, target]``."""
    told = [str(one).strip() for one in given] if isinstance(given, list) and len(given) == 3 else ["", "", ""]
    kind, ends = told[0], [one.upper() for one in told[1:]]
    mine = [one for one in ends if one in parts]
    known = all(one in parts or one in items for one in ends)
    if kind not in linkable() or link_field(kind) is not None or len(mine) != 1 or not known:
        raise invalid("links", "A link of a part is [kind, source, target], one of its ends being the part.")
    return [kind, *ends]


def resolved(told: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """The same with the keys of what was made where ``NEW-n`` stood for it."""
    if "split_into" not in told:
        return dict(told)
    links = [[kind, keys.get(one, one), keys.get(other, other)] for kind, one, other in told.get("links", ())]
    return {"split_into": [keys[one] for one in told["split_into"]], "links": links}
