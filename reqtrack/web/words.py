"""Names, keys and other short things in a row, as the reader's language parts them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.web.once import language


def acting(name: str, absent: str | None) -> str:
    """Who did something, and for whom where a delegate did it."""
    return str(_("%(name)s, for %(absent)s", name=name, absent=absent)) if absent else name


# Chinese, Japanese and Korean letters come after this one.
_FIRST_HAN = "⺀"


def initials(name: str) -> str:
    """The one or two characters that stand for somebody: of a Chinese name the last two, else the initials of first and last name;
    "–" where the name holds no letter. What stands in brackets (a department), or behind a Chinese name, is none of it."""
    bare = re.sub(r"\([^()]*\)", " ", unicodedata.normalize("NFKC", name))
    words = _letters(bare.partition("(")[0]) or _letters(bare)
    if not words:
        return "–"
    if words[0] > _FIRST_HAN:
        return words[0][-2:]
    return (words[0][0] + words[-1][0]).upper()[:2] if len(words) > 1 else words[0][:2]


def _letters(text: str) -> list[str]:
    """The words of a text, of each its letters and figures."""
    words = ("".join(one for one in word if one.isalnum()) for word in text.split())
    return [word for word in words if word]


def comma() -> str:
    """What stands between two of them."""
    return "、" if language().startswith("zh") else ", "


def listed(parts: Iterable[Any]) -> str:
    """All of them in a row."""
    return comma().join(str(part) for part in parts)


def together(parts: Iterable[Any]) -> str:
    """All of them in a sentence: ``a, b and c``."""
    *first, last = (str(part) for part in parts)
    return str(_("%(some)s and %(last)s", some=listed(first), last=last)) if first else last


def _chinese() -> bool:
    return language().startswith("zh")


def pair(label: Any, value: Any) -> str:
    """``label: value``, with the reader's colon."""
    return f"{label}：{value}" if _chinese() else f"{label}: {value}"


def beside(value: Any, note: Any) -> str:
    """``value (note)``, with the reader's brackets."""
    return f"{value}（{note}）" if _chinese() else f"{value} ({note})"


def person_days(days: Any) -> str:
    """An effort: ``1 person-day``, ``2.5 person-days``."""
    shown = format_decimal(days, locale=language())
    return str(ngettext("%(days)s person-day", "%(days)s person-days", 1 if days == 1 else 2, days=shown))


def clauses(parts: Iterable[Any]) -> str:
    """Sentences or longer things in a row."""
    return ("；" if _chinese() else "; ").join(str(part) for part in parts)


def sentences(parts: Iterable[Any]) -> str:
    """Whole sentences one after another: in Chinese nothing stands between them."""
    return ("" if _chinese() else " ").join(str(part) for part in parts if part)


def some(names: Iterable[str], shown: int = 2) -> str:
    """The first of some names, and how many they are where there are more."""
    found = list(names)
    if len(found) <= shown:
        return listed(found)
    return str(_("%(who)s and others (%(all)s)", who=listed(found[:shown]), all=len(found)))
