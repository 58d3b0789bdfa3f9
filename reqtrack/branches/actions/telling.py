"""What all acts on a branch ask for: a reason, keys, and that nothing was said of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reqtrack.branches.queries import Standing
from reqtrack.db import clean_text
from reqtrack.errors import Invalid, Reason, Stale, invalid

MOST_TEXT = 5_000
MOST_ITEMS = 500


def reason_of(given: str) -> str:
    """The reason that was given.

    Raises:
        Invalid: none, or it is too long.
    """
    reason = clean_text(given).strip()
    if not reason:
        raise invalid("reason", "Say why: whoever reads this branch later wants to know.", "required")
    if len(reason) > MOST_TEXT:
        raise invalid("reason", "At most %(most)s characters fit.", "too_long", most=MOST_TEXT)
    return reason


def keys_of(given: Iterable[str]) -> list[str]:
    """The keys that were named, each once.

    Raises:
        Invalid: none, or too many.
    """
    keys = list(dict.fromkeys(one.strip().upper() for one in given if one.strip()))
    if not keys:
        raise invalid("items", "Choose at least one item.", "required")
    if len(keys) > MOST_ITEMS:
        raise invalid("items", "At most %(most)s items at once.", "too_many", most=MOST_ITEMS)
    return keys


def unknown(keys: Sequence[str]) -> Invalid:
    """What is said where keys name nothing that a scope is made of."""
    message = "There is no %(key)s in this project that could be part of its scope."
    return Invalid(Reason("unknown", message, {"key": key[:40]}, "items") for key in keys)


def not_moved(found: Standing, seen: int | None) -> None:
    """Refuse what was begun before something else was said of the branch.

    Raises:
        Stale: ``seen`` is not its version any more.
    """
    if seen is not None and seen != found.version:
        raise Stale(found.branch.key, seen, found.version, {}, {})
