"""The formats that have a name: what people write telephone numbers, days, money and the like as."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.acceptance.data.cells import NOTHING, fold
from reqtrack.acceptance.data.numbers import is_card_number, is_credit_code, is_id_card
from reqtrack.acceptance.data.shapes import shape
from reqtrack.acceptance.data.values import NO, YES, date_of

_SHORTEST_PHONE = 7
LONGEST = 60


@dataclass(frozen=True)
class Format:
    """A named format. ``form`` is looked for in the folded value, ``holds`` says whether it keeps its own rules (a check digit, a
    day that exists); ``family`` is what such values mean: phone, date, number … By how many ``digits``
    its values have, and which other ``signs`` their shapes (none: any), most values are told to be of another format.
    """

    name: str
    label: Any
    family: str
    form: re.Pattern[str]
    holds: Callable[[str], bool]
    digits: tuple[int, int] = (0, 99)
    signs: frozenset[str] = frozenset()


def _is_day(value: str) -> bool:
    return date_of(value) is not None or date_of(value, "dmy") is not None or date_of(value, "mdy") is not None


def _is_doubtful_day(value: str) -> bool:
    return date_of(value) is None and _is_day(value)


def _day_first(value: str) -> bool:
    return int(re.split("[-/.]", value)[0]) > 12 and _is_day(value)


def _month_first(value: str) -> bool:
    return int(re.split("[-/.]", value)[1]) > 12 and _is_day(value)


def _closed_up(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda value: check(re.sub("[ -]", "", value))


def _is_one_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(re.escape(word) for word in sorted(words) if len(word) > 1 or not word.isdigit()), re.IGNORECASE
    )


def _always(value: str) -> bool:
    return True


def _made(
    name: str,
    label: Any,
    family: str,
    digits: tuple[int, int],
    signs: str,
    form: str,
    holds: Callable[[str], bool] = _always,
) -> Format:
    made = re.compile(form, re.IGNORECASE if family in ("email", "date", "number") else 0)
    return Format(name, label, family, made, holds, digits, frozenset(signs))


_SLASHED = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
_MONEY = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?"
# The first that fits names the value.
FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("nothing", _l("a word for “nothing”"), "nothing", _is_one_of(NOTHING), _always, (0, 0)),
        Format("yes_no", _l("yes or no"), "yes_no", _is_one_of((YES | NO) - NOTHING), _always, (0, 0)),
        _made("mobile_cn", _l("mobile number (China)"), "phone", (11, 11), " -", r"1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4}|\d[ -]\d{3}[ -]\d{4})"),
        _made("mobile_cn_86", _l("mobile number with +86"), "phone", (13, 15), " -+()", r"(?:\(\+86\)|\+86|0086|86(?=[ -]))[ -]?1[3-9]\d(?:[ -]?\d{4}){2}"),
        _made("landline_cn", _l("landline number (China)"), "phone", (10, 22), " -+().a中", r"(?:0\d{2,3}[ -]?|\(0\d{2,3}\) ?|(?:\+86|0086)[ -]?\d{2,3}[ -])[2-8]\d{3}[ -]?\d{3,4}(?:(?:-|转| ?ext\.? ?)\d{1,6})?"),
        _made("hotline_cn", _l("400 or 800 number (China)"), "phone", (9, 11), " -", r"[48]00[ -]?\d{3,4}[ -]?\d{3,4}"),
        _made("phone_international", _l("telephone number with country code"), "phone", (7, 17), " -+().", r"(?:\+|00)[1-9]\d{0,2}(?:[ .()-]*\d){6,12}"),
        _made("id_card_cn", _l("identity card number (China)"), "id", (17, 18), "Aa", r"[1-9]\d{16}[\dXx]", is_id_card),
        _made("credit_code_cn", _l("unified social credit code"), "company", (6, 18), "…A", r"[0-9A-Z]{18}", is_credit_code),
        _made("bank_card", _l("bank card number"), "bank_card", (13, 19), " -", r"[3-69]\d{3}(?:[ -]?\d{4}){2,3}[ -]?\d{1,4}", _closed_up(is_card_number)),
        _made("id_card_wrong", _l("like an identity card number, but its check digit is wrong"), "id", (17, 18), "Aa", r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]"),
        _made("email", _l("e-mail address"), "email", (0, 60), "", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
        _made("date_iso", _l("day as 2026-01-03"), "date", (8, 8), "-", r"\d{4}-\d{2}-\d{2}", _is_day),
        _made("time_iso", _l("day and time as 2026-01-03 08:30"), "date", (11, 30), "-+:. aA", r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}.{0,16}", _is_day),
        _made("date_zh", _l("day as 2026年1月3日"), "date", (6, 8), " 中", r"\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号]?", _is_day),
        _made("date_year_first", _l("day as 2026/1/3"), "date", (6, 8), "-/.", r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", _is_day),
        _made("date_compact", _l("day as 20260103"), "date", (8, 8), "-", r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])", _is_day),
        _made("date_dmy", _l("day as dd/mm/yyyy"), "date", (6, 8), "-/.", _SLASHED, _day_first),
        _made("date_mdy", _l("day as mm/dd/yyyy"), "date", (6, 8), "-/.", _SLASHED, _month_first),
        _made("date_doubtful", _l("day of which the month is not clear (03/04/2026)"), "date", (6, 8), "-/.", _SLASHED, _is_doubtful_day),
        _made("date_slashed", _l("day as 3.4.2026"), "date", (6, 8), "-/.", _SLASHED, _is_day),
        _made("date_worded", _l("day as 3 January 2026"), "date", (5, 6), "… -.,aA", r"(?:\d{1,2}(?:st|nd|rd|th)?[ -][a-z]{3,9}\.?,?|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,?)[ -]\d{4}", _is_day),
        _made("percent", _l("percentage"), "number", (1, 20), "+-. %", r"[-+]?\d+(?:\.\d+)? ?%"),
        _made("money_signed", _l("amount with its currency"), "number", (1, 20), "-(). ,¥$€£aA中", rf"[-(]?(?:(?:¥|\$|€|£|CNY|RMB|USD|EUR|GBP|HKD) ?-?{_MONEY}|{_MONEY} ?(?:元整?|万元?|亿元?|CNY|RMB|USD|EUR|GBP|HKD|¥|€|£))\)?"),
        _made("number_parted", _l("number with separators (1,234.50)"), "number", (4, 20), "-+(),.", r"[-+(]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\)?"),
        _made("number_european", _l("number with a decimal comma (1.234,5)"), "number", (2, 20), "-,.", r"-?(?:\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+,\d{1,2})"),
        _made("integer", _l("whole number"), "number", (1, 15), "+-", r"[-+]?\d{1,15}"),
        _made("decimal", _l("decimal number"), "number", (1, 30), "+-.", r"[-+]?\d*\.\d+"),
        _made("address", _l("web address"), "web", (0, 60), "", r"(?:https?://|www\.)\S{3,}"),
    )
}  # fmt: skip


# What a dictionary may ask for instead of one format: any way to write it.
FAMILIES: dict[str, Any] = {
    "phone": _l("telephone number"),
    "id": FORMATS["id_card_cn"].label,
    "company": FORMATS["credit_code_cn"].label,
    "bank_card": FORMATS["bank_card"].label,
    "email": FORMATS["email"].label,
    "web": FORMATS["address"].label,
}


def named(value: str, of_shape: str | None = None) -> str:
    """The name of the format in which a value is written, or the empty string.

    Args:
        of_shape: the value's shape, where it is known already.
    """
    if len(value) > LONGEST:
        return ""
    if of_shape is not None and value.isascii() and not _candidates(of_shape):
        return ""
    folded = fold(value)
    if of_shape is None or folded is not value:
        of_shape = shape(folded)
    for one in _candidates(of_shape):
        if one.form.fullmatch(folded) and one.holds(folded):
            return one.name
    return ""


_COUNTED = re.compile(r"d×(\d+)")


@lru_cache(maxsize=20_000)
def _candidates(of_shape: str) -> tuple[Format, ...]:
    """The formats that values of a shape can be in, by how many digits there are and which signs: most shapes have none.

    ``…`` is a sign, too: five letters in a row are in a month, in no currency.
    """
    if of_shape.endswith("*"):
        return ()
    digits = sum(int(found[1]) - 1 for found in _COUNTED.finditer(of_shape)) + of_shape.count("d")
    signs = set(_COUNTED.sub("", of_shape)) - set('d"')
    return tuple(
        one for one in FORMATS.values() if one.digits[0] <= digits <= one.digits[1] and signs <= (one.signs or signs)
    )


def is_phone(value: str) -> bool:
    """Whether a value is written as a telephone number is, in one of the ways that have a name."""
    name = named(value)
    return bool(name) and FORMATS[name].family == "phone" and sum(map(str.isdigit, value)) >= _SHORTEST_PHONE
