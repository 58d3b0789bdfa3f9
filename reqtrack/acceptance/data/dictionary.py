"""The project's data dictionary: what a business field is called, means, looks like, and which values it may have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.acceptance.data.cells import fold, loose, number_text, says_nothing
from reqtrack.acceptance.data.formats import FAMILIES, FORMATS, named
from reqtrack.acceptance.data.hanzi import simplified
from reqtrack.acceptance.data.patterns import PatternError, compiled
from reqtrack.acceptance.data.values import date_of, is_doubtful, number_of, yes_no_of
from reqtrack.errors import Reason
from reqtrack.files.problems import N_

TYPES = {
    "text": _l("Text"),
    "number": _l("Number"),
    "date": _l("Date"),
    "choice": _l("One of a list"),
    "yes_no": _l("Yes or no"),
}
# In which order the parts of a date stand; the only format that dates take.
ORDERS = {"dd/mm/yyyy": "dmy", "mm/dd/yyyy": "mdy", "yyyy-mm-dd": ""}
LONGEST = {"name": 80, "meaning": 500, "format": 120, "unit": 20}
MOST_ALLOWED = 500
MOST_ALIASES = 30
Value = str | Decimal | date | bool | None


@dataclass(frozen=True)
class Entry:
    """One field of the business. ``format``: a pattern (``patterns``), a format by its name, a family of them, or an order of dates.

    ``unit`` is what numbers count (yuan, days, pieces); ``allowed`` the values of a choice, and of a number its least and most.
    """

    name: str
    meaning: str = ""
    type: str = "text"
    format: str = ""
    allowed: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    aliases: tuple[str, ...] = field(default=())
    unit: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What the field is called, its own name first."""
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Checked:
    """A value as the dictionary takes it: ``value`` typed, ``text`` as it is written from now on; or the ``problem``."""

    value: Value
    text: str
    problem: Reason | None = None


def parse_entry(told: Mapping[str, Any], others: Iterable[Entry] = ()) -> tuple[Entry | None, list[Reason]]:
    """An entry from what a form or an API sent, or every reason why it is none.

    Args:
        told: the fields of ``Entry``; lists as lists, or as text with one value a line.
        others: the entries that are there, whose names are taken.
    """
    entry = Entry(
        name=fold(str(told.get("name") or "")),
        meaning=str(told.get("meaning") or "").strip(),
        type=str(told.get("type") or "text"),
        format=str(told.get("format") or "").strip(),
        allowed=_listed(told.get("allowed")),
        required=_ticked(told.get("required")),
        unique=_ticked(told.get("unique")),
        aliases=_listed(told.get("aliases")),
        unit=str(told.get("unit") or "").strip(),
    )
    reasons = [*_lengths(entry), *_taken(entry, others), *_format(entry), *_allowed(entry)]
    return (None, reasons) if reasons else (entry, [])


def _listed(told: Any) -> tuple[str, ...]:
    parts = re.split(r"[\n;；]", told) if isinstance(told, str) else [str(one) for one in told or ()]
    return tuple(dict.fromkeys(fold(part) for part in parts if part.strip()))


def _ticked(told: Any) -> bool:
    return bool(yes_no_of(told)) if isinstance(told, str) else bool(told)


def _lengths(entry: Entry) -> Iterable[Reason]:
    if not entry.name:
        yield Reason("name_missing", N_("Say what the field is called."), {}, "name")
    for name, most in LONGEST.items():
        if len(getattr(entry, name)) > most:
            message = N_("This is longer than %(most)s characters: shorten it.")
            yield Reason("too_long", message, {"most": most}, name)
    if entry.type not in TYPES:
        yield Reason("type_unknown", N_("Choose a type from the list."), {}, "type")
    for name, most in (("allowed", MOST_ALLOWED), ("aliases", MOST_ALIASES)):
        if len(getattr(entry, name)) > most:
            yield Reason("too_many", N_("These are more than %(most)s: leave some out."), {"most": most}, name)


def _taken(entry: Entry, others: Iterable[Entry]) -> Iterable[Reason]:
    taken = {key_of(name): other.name for other in others for name in other.names}
    for place, name in enumerate(entry.names):
        if key_of(name) in taken:
            message = N_("“%(name)s” already stands for the field “%(other)s”: choose another name.")
            field_ = "aliases" if place else "name"
            yield Reason("name_taken", message, {"name": name, "other": taken[key_of(name)]}, field_)


def key_of(name: str) -> str:
    """What two spellings of a field's name share."""
    return simplified(loose(name)) or fold(name)


def _format(entry: Entry) -> Iterable[Reason]:
    if not entry.format:
        return
    if entry.type == "date":
        if entry.format not in ORDERS:
            message = N_("The format of a date is one of %(orders)s.")
            yield Reason("format_date", message, {"orders": tuple(ORDERS)}, "format")
    elif entry.type != "text":
        yield Reason(
            "format_type",
            N_("Only texts and dates have a format: leave it empty, or choose another type."),
            {},
            "format",
        )
    elif entry.format not in FORMATS and entry.format not in FAMILIES:
        try:
            compiled(entry.format)
        except PatternError as error:
            yield error.reason


def _allowed(entry: Entry) -> Iterable[Reason]:
    if entry.type == "choice" and not entry.allowed:
        yield Reason("allowed_missing", N_("Name the values to choose from, one on each line."), {}, "allowed")
    elif entry.type == "number" and entry.allowed:
        bounds = [number_of(one) for one in entry.allowed]
        low, high = bounds[0], bounds[-1]
        if len(bounds) != 2 or low is None or high is None or low > high:
            message = N_("For a number, name the least and the most that is allowed, one on each line.")
            yield Reason("allowed_bounds", message, {}, "allowed")
    elif entry.type in ("date", "yes_no") and entry.allowed:
        yield Reason(
            "allowed_type", N_("A date or a yes or no has no list of allowed values: leave it empty."), {}, "allowed"
        )


def check(value: str, entry: Entry) -> Checked:
    """A value against an entry, in the writing that the dictionary wants: half width, ISO dates, plain numbers, the listed choice.

    An empty value, or a word for *nothing known*, is a problem only where one is required. ``unique`` is for whoever sees all rows.
    """
    text = fold(value)
    # "无" is a value where it is one of those to choose from, and 否/无 may say no.
    if not text or (says_nothing(text) and not _means_something(text, entry)):
        problem = Reason("required", N_("“%(field)s” is required and nothing stands here."), {"field": entry.name})
        return Checked(None, "", problem if entry.required else None)
    return _CHECKS.get(entry.type, _text)(text, entry)


def _means_something(text: str, entry: Entry) -> bool:
    if entry.type == "yes_no":
        return yes_no_of(text) is not None
    return text in entry.allowed


def _bad(text: str, entry: Entry, code: str, message: str, **params: Any) -> Checked:
    return Checked(None, text, Reason(code, message, {"value": quoted(text), "field": entry.name, **params}))


def quoted(text: str) -> str:
    """A value as a sentence quotes it."""
    return text if len(text) <= 40 else text[:39] + "…"


def _text(text: str, entry: Entry) -> Checked:
    if entry.allowed and text not in entry.allowed:
        return _choice(text, entry)
    if entry.format and not fits(text, entry.format):
        shown = FORMATS[entry.format].label if entry.format in FORMATS else FAMILIES.get(entry.format, entry.format)
        return _bad(
            text, entry, "format", N_("“%(value)s” is not written as “%(field)s” should be: %(format)s."), format=shown
        )
    return Checked(text, text)


def fits(text: str, format_: str) -> bool:
    """Whether a folded text is in a format: one by name, one of a family, or a pattern. A pattern that cannot be read fits nothing."""
    if format_ in FORMATS:
        known = FORMATS[format_]
        return bool(known.form.fullmatch(text)) and known.holds(text)
    if format_ in FAMILIES:
        name = named(text)
        # What has the form of its family and a wrong check digit is of that family and yet not right.
        return bool(name) and FORMATS[name].family == format_ and not name.endswith("_wrong")
    try:
        return bool(compiled(format_).fullmatch(text))
    except PatternError:
        return False


def _choice(text: str, entry: Entry) -> Checked:
    if text in entry.allowed:
        return Checked(text, text)
    key = key_of(text)
    found = next((one for one in entry.allowed if key_of(one) == key), None)
    if found is None:
        message = N_("“%(value)s” is none of the values of “%(field)s”: %(allowed)s.")
        return _bad(text, entry, "not_allowed", message, allowed=entry.allowed[:8])
    return Checked(found, found)


def _number(text: str, entry: Entry) -> Checked:
    bare = text.removesuffix(entry.unit).strip() if entry.unit else text
    number = number_of(bare)
    if number is None:
        return _bad(
            text, entry, "no_number", N_("“%(value)s” is no number that can be read: “%(field)s” takes figures alone.")
        )
    if len(entry.allowed) == 2:
        low, high = (number_of(one) for one in entry.allowed)
        if low is not None and high is not None and not low <= number <= high:
            message = N_("%(value)s is not between %(low)s and %(high)s, as “%(field)s” must be.")
            return _bad(text, entry, "out_of_bounds", message, low=entry.allowed[0], high=entry.allowed[1])
    return Checked(number, number_text(number))


def _date(text: str, entry: Entry) -> Checked:
    day = date_of(text, ORDERS.get(entry.format, ""))
    if day is not None:
        return Checked(day, day.isoformat())
    if is_doubtful(text):
        message = N_(
            "In “%(value)s” the month may be the first number or the second: give “%(field)s” the format dd/mm/yyyy or mm/dd/yyyy."
        )
        return _bad(text, entry, "date_doubtful", message)
    return _bad(text, entry, "no_date", N_("“%(value)s” is no date that can be read: write “%(field)s” as 2026-01-31."))


def _yes_no(text: str, entry: Entry) -> Checked:
    said = yes_no_of(text)
    if said is None:
        return _bad(text, entry, "no_yes_no", N_("“%(value)s” says neither yes nor no, as “%(field)s” must."))
    return Checked(said, "true" if said else "false")


_CHECKS: dict[str, Callable[[str, Entry], Checked]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "date": _date,
    "yes_no": _yes_no,
}
