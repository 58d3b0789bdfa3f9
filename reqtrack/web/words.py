"""Names, keys and other short things in a row, as the reader's language parts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reqtrack.web.once import language


def comma() -> str:
    """What stands between two of them."""
    return "、" if language().startswith("zh") else ", "


def listed(parts: Iterable[Any]) -> str:
    """All of them in a row."""
    return comma().join(str(part) for part in parts)
