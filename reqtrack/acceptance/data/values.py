"""What a text means: a day, a number, yes or no. Nothing is guessed that a person would doubt."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from reqtrack.acceptance.data.cells import fold

_YES = "yes y true t on 1 ✓ √ ☑ 是 对 有 真 已 启用 是的"
_NO = "no n false f off 0 ✗ × ☐ 否 不 无 假 未 停用 不是 没有"
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}|[AaPp][Mm]))?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}}) ?([-/.年]) ?(\d{{1,2}}) ?[-/.月] ?(\d{{1,2}}) ?[日号]?{_TIME}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_WORDED_US = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_NUMBER = re.compile(
    r"(?P<minus>[-−(]?) ?(?P<money>(?:CNY|RMB|USD|EUR|GBP|HKD|HK\$|US\$|[¥￥$€£]) ?)?(?P<sign>[-+−]?)"
    r"(?P<digits>\d{1,3}(?:(?P<part>[, '])\d{3})+(?:\.\d+)?|\d{1,3}(?:,\d{4})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<unit> ?(?:%|‰|元整?|万元?|亿元?|块|CNY|RMB|USD|EUR|GBP|HKD|[¥€£$]))?(?P<close>\)?)",
    re.IGNORECASE,
)
_EUROPEAN = re.compile(r"[-−]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d{1,2}")
_TIMES = {"万": 10_000, "亿": 100_000_000}


def date_of(text: str, order: str = "") -> date | None:
    """The day that a text names, or None; a time behind it is dropped.

    Args:
        order: ``dmy`` or ``mdy`` where it is known. Without, ``03/04/2026`` names no day, while ``13/04/2026`` can only be one.
    """
    folded = fold(text)
    try:
        return _year_first(folded) or _year_last(folded, order) or _worded(folded)
    except ValueError:
        return None


def is_doubtful(text: str) -> bool:
    """Whether a text is a day of which nobody can say which of its numbers is the month."""
    found = _YEAR_LAST.fullmatch(fold(text))
    return bool(found) and date_of(text) is None and date_of(text, "dmy") is not None


def _year_first(text: str) -> date | None:
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return date(int(found[1]), int(found[3]), int(found[4]))
    found = _COMPACT.fullmatch(text)
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _year_last(text: str, order: str) -> date | None:
    found = _YEAR_LAST.fullmatch(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if order:
        return date(year, second, first) if order == "dmy" else date(year, first, second)
    if first > 12 or first == second or found[2] == ".":  # 3.4.2026 is written where the day comes first
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


def _worded(text: str) -> date | None:
    found = _WORDED.fullmatch(text)
    if found:
        day, word, year = found[1], found[2], found[3]
    else:
        found = _WORDED_US.fullmatch(text)
        if not found:
            return None
        word, day, year = found[1], found[2], found[3]
    month = _MONTHS.get(word[:3].lower())
    return date(int(year), month, int(day)) if month else None


def number_of(text: str) -> Decimal | None:
    """The number in a text: with separators of thousands, signs of money, ``%`` (10 % is 0.1), 万 and 亿, ``(5)`` for −5; or None."""
    folded = fold(text)
    if _EUROPEAN.fullmatch(folded):
        return _decimal(folded.replace(".", "").replace(",", ".").replace("−", "-"))
    found = _NUMBER.fullmatch(folded)
    if not found or (found["minus"] == "(") != bool(found["close"]):
        return None
    value = _decimal(re.sub(r"[, ']", "", found["digits"]))
    if value is None:
        return None
    unit = (found["unit"] or "").strip()
    if unit in ("%", "‰"):
        value = value.scaleb(-2 if unit == "%" else -3)
    value *= _TIMES.get(unit[:1], 1)
    return -value if found["minus"] or found["sign"] in set("-−") else value


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if len(text) <= 40 else None
    except InvalidOperation:
        return None


def yes_no_of(text: str) -> bool | None:
    """Whether a text says yes, in English or Chinese; None when it says neither."""
    word = fold(text).casefold() if text != "×" else text
    return True if word in YES else False if word in NO else None
