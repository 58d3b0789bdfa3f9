"""The profile of a table: column by column what stands there, how it is written, and what it may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from reqtrack.acceptance.data.cells import NOTHING, columns_of, says_nothing
from reqtrack.acceptance.data.finding import Finder
from reqtrack.acceptance.data.formats import FORMATS, named
from reqtrack.acceptance.data.masks import INSIDE, masked
from reqtrack.acceptance.data.personal import Personal, guess
from reqtrack.acceptance.data.shapes import shape
from reqtrack.acceptance.data.spellings import Spelling, spellings

# What a person looks through; the rest is counted as one.
MOST_SHAPES = 40
LONGEST_EXAMPLE = 80
_TYPES = {"date": "date", "number": "number", "yes_no": "yes_no"}
MOST_CHOICES = 30


@dataclass(frozen=True)
class Seen:
    """One way in which values of a column are written: the shape, the name of the format if it has one, how many, one of them."""

    shape: str
    name: str
    count: int
    example: str


@dataclass(frozen=True)
class Column:
    """What stands in a column. ``type`` is proposed: text, number, date, choice or yes_no; ``choices`` only for those.

    ``shapes`` is how many there are, of which ``seen`` holds the most frequent.
    """

    index: int
    name: str
    filled: int
    blank: int
    distinct: int
    longest: int
    type: str
    shapes: int
    seen: tuple[Seen, ...]
    spellings: tuple[Spelling, ...]
    choices: tuple[tuple[str, int], ...]
    personal: Personal | None
    values: Mapping[str, int] = field(repr=False, compare=False, default_factory=dict)

    @property
    def families(self) -> Mapping[str, int]:
        """How many values are of each family of formats (phone, date …), of those in ``seen``."""
        found: Counter[str] = Counter()
        for one in self.seen:
            found[FORMATS[one.name].family if one.name else ""] += one.count
        return found


@dataclass(frozen=True)
class Profile:
    """The profile of a table **with clear values in it**: for the eyes of who brings the data, in memory only. What may be stored is
    ``hidden``.
    """

    rows: int
    columns: tuple[Column, ...]

    def hidden(self, masked_columns: Mapping[int, str]) -> HiddenProfile:
        """The profile without any clear value of the masked columns, nor one of theirs in what is told of the others.

        Args:
            masked_columns: the index of each masked column with its kind.
        """
        finder = Finder(
            value
            for column in self.columns
            if column.index in masked_columns
            for value in _clear(column, masked_columns[column.index])
        )
        columns = tuple(
            _masked(column, masked_columns[column.index], finder)
            if column.index in masked_columns
            else _scrubbed(column, finder)
            for column in self.columns
        )
        return HiddenProfile(self.rows, columns, tuple(sorted(masked_columns)))


@dataclass(frozen=True)
class HiddenProfile:
    """The only form of a profile that may be stored."""

    rows: int
    columns: tuple[Column, ...]
    masked: tuple[int, ...]

    def stored(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {"rows": self.rows, "masked": list(self.masked), "columns": [_plain(column) for column in self.columns]}


def _clear(column: Column, kind: str) -> Iterable[str]:
    """The clear values of a masked column; of texts, the numbers and addresses in them."""
    if kind != "text":
        return column.values
    return (found[0] for value in column.values for found in INSIDE.finditer(value))


def _plain(column: Column) -> dict[str, Any]:
    plain = asdict(replace(column, values={}, personal=None))
    del plain["values"]
    personal = column.personal
    plain["personal"] = personal and {"kind": personal.kind, "sure": personal.sure, "reason": personal.reason.code}
    return plain


def profile(header: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Profile:
    """Look at a table. Linear in its cells; each distinct value of a column is looked at once."""
    found = []
    for index, (name, cells) in enumerate(columns_of(header, rows)):
        counts = Counter(cells)
        blank = counts.pop("", 0)
        found.append(_column(index, name, counts, blank))
    return Profile(len(rows), tuple(found))


def _column(index: int, name: str, counts: Counter[str], blank: int) -> Column:
    filled = counts.total()
    every = _seen(counts)
    kind = _type(every, filled, counts)
    return Column(
        index=index,
        name=name,
        filled=filled,
        blank=blank,
        distinct=len(counts),
        longest=max(map(len, counts), default=0),
        type=kind,
        shapes=len(every),
        seen=tuple(every[:MOST_SHAPES]),
        spellings=spellings(counts),
        choices=tuple(counts.most_common(MOST_CHOICES)) if kind == "choice" else (),
        personal=guess(name, counts),
        values=counts,
    )


def _seen(counts: Mapping[str, int]) -> list[Seen]:
    """The ways of writing, the most frequent first. Values of one shape may be in several formats: a wrong check digit is one."""
    totals: dict[tuple[str, str], int] = {}
    examples: dict[tuple[str, str], str] = {}
    for value, count in counts.items():
        written = shape(value)
        key = written, named(value, written)
        totals[key] = totals.get(key, 0) + count
        examples.setdefault(key, value)
    ways = sorted(totals.items(), key=lambda one: (-one[1], one[0]))
    return [Seen(*key, count, examples[key]) for key, count in ways]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"


def _type(seen: list[Seen], filled: int, counts: Mapping[str, int]) -> str:
    """The type that nine in ten values have; a few values that come again and again are a choice."""
    families: Counter[str] = Counter()
    for one in seen:
        families[FORMATS[one.name].family if one.name else ""] += one.count
    said = filled - families.pop("nothing", 0)
    for family, kind in _TYPES.items():
        if said and families[family] >= 0.9 * said and not (kind == "number" and _is_code(counts)):
            return kind
    if len(counts) > MOST_CHOICES + len(NOTHING):
        return "text"
    words = [value for value in counts if not says_nothing(value)]
    few = len(words) <= MOST_CHOICES and said >= 3 * len(words)
    return "choice" if words and few and max(map(len, words)) <= 40 else "text"


def _is_code(counts: Mapping[str, int]) -> bool:
    """Whether digits are no number to reckon with: a zero in front, or all of one great length."""
    digits = [value for value in counts if value.isdecimal()]
    return bool(digits) and (
        any(len(value) > 1 and value[0] == "0" for value in digits) or min(len(value) for value in digits) > 10
    )


def _masked(column: Column, kind: str, finder: Finder) -> Column:
    """A masked column: how often, how written; of the values only masks, of their spellings only that there are some."""

    def shown(value: str) -> str:
        mask = "***" if kind == "text" else masked(value, kind)
        return "***" if finder.hits(mask) else _short(mask)

    return replace(
        column,
        seen=tuple(replace(one, example=shown(one.example), shape=_safe(one.shape, finder)) for one in column.seen),
        spellings=(),
        choices=(),
        values={},
    )


def _scrubbed(column: Column, finder: Finder) -> Column:
    """Another column: what holds a clear value of a masked one is shown as stars."""

    def shown(text: str) -> str:
        return "***" if finder.hits(text) else _short(text)  # cut only now: a value cut in two is not found

    def spelt(one: Spelling) -> Spelling:
        others = tuple((shown(value), count) for value, count in one.others)
        return replace(one, proposed=shown(one.proposed), others=others)

    return replace(
        column,
        seen=tuple(replace(one, example=shown(one.example), shape=_safe(one.shape, finder)) for one in column.seen),
        spellings=tuple(map(spelt, column.spellings)),
        choices=tuple((shown(value), count) for value, count in column.choices),
        values={},
    )


def _safe(of_shape: str, finder: Finder) -> str:
    """A shape; where by chance it spells a clear value (somebody is called “Aa”), nothing."""
    return "*" if finder.hits(of_shape) else of_shape
