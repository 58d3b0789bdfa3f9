"""Names, keys and other short things in a row, as the reader's language parts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from reqtrack.web.once import language


def acting(name: str, absent: str | None) -> str:
    """Who did something, and for whom where a delegate did it."""
    return str(_("%(name)s, for %(absent)s", name=name, absent=absent)) if absent else name


def comma() -> str:
    """What stands between two of them."""
    return "、" if language().startswith("zh") else ", "


def listed(parts: Iterable[Any]) -> str:
    """All of them in a row."""
    return comma().join(str(part) for part in parts)
