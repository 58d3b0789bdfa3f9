"""Taking a table in: from clear rows in memory to what of them may be stored, with a last look that nothing clear is among it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reqtrack.acceptance.data.applying import Applied, apply_mapping
from reqtrack.acceptance.data.cells import says_nothing
from reqtrack.acceptance.data.dictionary import Entry, quoted
from reqtrack.acceptance.data.finding import tight
from reqtrack.acceptance.data.hiding import Hidden, hide, leaks
from reqtrack.acceptance.data.masks import INSIDE, Masks
from reqtrack.acceptance.data.personal import KINDS
from reqtrack.acceptance.data.profile import Profile, profile
from reqtrack.db import canonical

# What a person may choose a column to be masked as.
MASKS = (*KINDS, "all")
# Told cell by cell on the page of a set; beyond that they are counted.
MOST_PROBLEMS = 500
LONGEST_NAME = 200


class Leaking(ValueError):
    """Something clear is left in what was to be stored. ``said``: in which of the facts that a person typed (name, owner …);
    ``columns``: whose values are left elsewhere. No value is repeated."""

    def __init__(self, said: Sequence[str], columns: Sequence[str]) -> None:
        super().__init__("clear values are left in what was to be stored")
        self.said, self.columns = tuple(said), tuple(columns)


@dataclass(frozen=True)
class Taken:
    """What may be stored of a table: nothing in it is a clear value of a masked column.

    ``masked`` and ``mapped``: for each column of ``header`` its kind of mask, and the name of its entry, or ""; ``profile`` and
    ``applied`` are plain data; ``elsewhere``: in how many cells of other columns a masked value was found and masked.
    """

    header: tuple[str, ...]
    masked: tuple[str, ...]
    mapped: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    profile: dict[str, Any]
    applied: dict[str, Any]
    digest: str

    @property
    def elsewhere(self) -> Mapping[str, int]:
        found: dict[str, int] = self.applied["elsewhere"]
        return found


def take(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    masks: Mapping[int, str],
    mapping: Mapping[int, Entry],
    said: Mapping[str, str] | None = None,
) -> Taken:
    """Profile, map, mask, and look whether anything clear is left.

    Args:
        masks: which columns are masked, each with its kind (``MASKS``).
        mapping: the entry of the columns that have one; each entry once.
        said: what else is stored of the set, by name: it may hold no clear value either.

    Raises:
        Leaking: something clear is left. ValueError: one entry for two columns.
    """
    found = profile(header, rows)
    applied = apply_mapping(header, rows, mapping, masked=list(masks))
    width = len(applied.header)
    order = [*sorted(mapping), *(index for index in range(width) if index not in mapping)]
    place = {old: new for new, old in enumerate(order)}
    with Masks() as making:
        hidden = hide(applied.rows, {place[index]: kind for index, kind in masks.items()}, making)
    names = _named(applied.header)
    taken = Taken(
        header=names,
        masked=tuple(masks.get(index, "") for index in order),
        mapped=tuple(mapping[index].name if index in mapping else "" for index in order),
        rows=hidden.rows,
        profile=_profile(found, masks, place),
        applied=_applied(applied, hidden, place, names, mapping),
        digest=digest_of(hidden.rows),
    )
    _check(found, applied, masks, place, taken, said or {})
    return taken


def digest_of(rows: Iterable[Sequence[str]]) -> str:
    """The SHA-256 of rows as they are kept."""
    return sha256(canonical([list(row) for row in rows]).encode()).hexdigest()


def _named(header: Sequence[str]) -> tuple[str, ...]:
    """Names that tell the columns apart: a doubled one gets a number, one without a name its place."""
    names: list[str] = []
    for place, title in enumerate(header, 1):
        name = " ".join(title.split())[:LONGEST_NAME] or f"#{place}"
        number, free = 1, name
        while free in names:
            number += 1
            free = f"{name} ({number})"
        names.append(free)
    return tuple(names)


def _profile(found: Profile, masks: Mapping[int, str], place: Mapping[int, int]) -> dict[str, Any]:
    stored = found.hidden(masks).stored()
    columns = [{**column, "index": place[column["index"]]} for column in stored["columns"]]
    columns.sort(key=lambda column: int(column["index"]))
    return {"rows": stored["rows"], "columns": columns}


def _applied(
    applied: Applied, hidden: Hidden, place: Mapping[int, int], names: Sequence[str], mapping: Mapping[int, Entry]
) -> dict[str, Any]:
    """What applying did, in names and numbers; a problem quotes its cell as it is kept, never as it came."""
    told = []
    for one in applied.problems[:MOST_PROBLEMS]:
        column, params = place[one.column], {name: _plain(value) for name, value in one.reason.params.items()}
        if "value" in params:
            params["value"] = quoted(hidden.rows[one.row][column])
        if one.reason.code == "format":
            params["format"] = mapping[one.column].format  # by its name: in words it is told to each reader anew
        told.append({"row": one.row, "column": column, "code": one.reason.code, "message": one.reason.message,
                     "params": params})  # fmt: skip
    elsewhere = {names[index]: count for index, count in sorted(hidden.elsewhere.items())}
    return {**applied.summary(), "problem_count": applied.problem_count, "told": told, "elsewhere": elsewhere}


def _plain(value: Any) -> Any:
    """A parameter of a sentence as JSON."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)


# -- the last look -----------------------------------------------------------------------------------------------------


def _check(
    found: Profile, applied: Applied, masks: Mapping[int, str], place: Mapping[int, int], taken: Taken, said: Mapping[str, str]
) -> None:  # fmt: skip
    clear = dict(_clear(found, applied, masks, place))
    texts = [taken.rows, taken.mapped, _words(taken.profile), _quotes(taken.applied), taken.header]
    left = leaks(clear, [list(said.values()), texts])
    names = list(said)
    where = dict.fromkeys(names[int(leak.where.split("/")[2])] for leak in left if leak.where.startswith("/0/"))
    columns = sorted({leak.column for leak in left if not leak.where.startswith("/0/")})
    if where or columns:
        raise Leaking(list(where), columns)


def _clear(
    found: Profile, applied: Applied, masks: Mapping[int, str], place: Mapping[int, int]
) -> Iterator[tuple[str, list[str]]]:
    """The clear values of each masked column, as they came and as the dictionary wrote them. What only repeats the name of a column
    or field (a header that stands again among the rows) says nothing of anybody."""
    titles = {tight(name) for name in (*applied.header, *(column.name for column in found.columns))}
    for index, kind in masks.items():
        column = found.columns[index]
        values = {*column.values, *(row[place[index]] for row in applied.rows)}
        if kind == "text":
            values = {hit[0] for value in values for hit in INSIDE.finditer(value)}
        yield column.name, sorted(value for value in values if not says_nothing(value) and tight(value) not in titles)


def _words(stored: Mapping[str, Any]) -> list[Any]:
    """The texts of a profile that come from cells."""
    return [
        [
            [(one["shape"], one["example"]) for one in column["seen"]],
            [(one["proposed"], [other[0] for other in one["others"]]) for one in column["spellings"]],
            [one[0] for one in column["choices"]],
        ]
        for column in stored["columns"]
    ]


def _quotes(applied: Mapping[str, Any]) -> list[Any]:
    """The texts in what applying tells that come from cells."""
    return [one["params"].get("value", "") for one in applied["told"]]
