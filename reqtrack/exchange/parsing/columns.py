"""Which column is which field: by the words of the header, by what stands in the cells, or by what a person said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from reqtrack.exchange.parsing import values
from reqtrack.exchange.parsing.drafts import SURE_ENOUGH, Guess, Mapping
from reqtrack.exchange.parsing.vocabulary import COLUMNS, TIER_NUMBERS, WEAK, fields_of, normal, readings
from reqtrack.files.problems import N_, Place, refuse

# What only the cells tell is offered, but somebody must confirm it.
_OFFERED = 0.5
_ALIKE = 86
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}")
_SAMPLE = 200

_EXACT = N_("The header says “%(word)s”.")
_PART = N_("The header contains “%(word)s”.")
_TYPO = N_("The header is nearly “%(word)s”.")
_CELLS = N_("The cells look like it.")
_CHOSEN = N_("Chosen by you.")
_NONE = N_("No field fits; the cells are kept as notes.")
_EMPTY = N_("The column is empty.")


@dataclass(frozen=True)
class _Candidate:
    score: float
    field: str
    why: str
    word: str = ""


def guess_columns(
    header: Sequence[str],
    sample_rows: Sequence[Sequence[str]],
    kind: str = "requirements",
    override: MappingType[str, str] | None = None,
) -> Mapping:
    """What every column is taken for; ``kind`` is ``requirements``, ``acceptance`` or ``stakeholders``.

    ``override`` is what a person said: {header, or index from 0 as text: field, ``note`` or ``ignore``}; the other
    columns are guessed.

    Raises:
        FileProblem: the override names a column or field that does not exist, or one field twice.
    """
    columns = [[row[index] for row in sample_rows[:_SAMPLE] if index < len(row)] for index in range(len(header))]
    chosen = named_columns(header, kind, override or {})
    taken = set(chosen.values()) - {"note", "ignore"}
    found: dict[int, _Candidate] = {index: _Candidate(1.0, name, _CHOSEN) for index, name in chosen.items()}
    candidates = [
        (candidate, index)
        for index, cells in enumerate(columns)
        if index not in chosen
        for candidate in _by_header(header[index], kind)
    ]
    candidates = [(_weighed(candidate, columns[index]), index) for candidate, index in candidates]
    for candidate, index in sorted(candidates, key=lambda each: (-each[0].score, each[1])):
        if candidate.score >= SURE_ENOUGH and index not in found and candidate.field not in taken:
            found[index] = candidate
            taken.add(candidate.field)
    _by_content(kind, columns, found, taken)
    return Mapping(kind, tuple(_guess(index, header[index], columns[index], found) for index in range(len(header))))


def _guess(index: int, name: str, cells: list[str], found: dict[int, _Candidate]) -> Guess:
    best = found.get(index)
    if best is not None:
        return Guess(index, name, best.field, round(best.score, 2), best.why, {"word": best.word})
    if not any(cell.strip() for cell in cells):
        return Guess(index, name, "ignore" if not name.strip() else "note", 1.0, _EMPTY)
    return Guess(index, name, "note", 1.0, _NONE)


def named_columns(
    header: Sequence[str], kind: str, override: MappingType[str, str], several: Sequence[str] = ()
) -> dict[int, str]:
    """The fields of the columns that a person named, by index. ``several``: fields that more than one column may fill.

    Raises:
        FileProblem: there is no such column or field, or one field is named twice.
    """
    allowed = {*fields_of(kind), "note", "ignore"}
    chosen: dict[int, str] = {}
    for name, field in override.items():
        if field not in allowed:
            message = N_("There is no field “%(field)s” here. The fields are: %(fields)s.")
            raise refuse("mapping", message, Place(), field=str(field)[:80], fields=", ".join(sorted(allowed)))
        for index in _indexes(header, str(name)):
            if field in chosen.values() and field not in ("note", "ignore", *several):
                message = N_("The field “%(field)s” is chosen for more than one column.")
                raise refuse("mapping", message, Place(), N_("Choose one column for it."), field=field)
            chosen[index] = field
    return chosen


def _indexes(header: Sequence[str], name: str) -> list[int]:
    """The columns that a person named: by the header, else by number from 0."""
    exact = [index for index, title in enumerate(header) if title == name]
    alike = exact or [index for index, title in enumerate(header) if normal(title) == normal(name) and normal(name)]
    if alike:
        return alike[:1]
    if name.isdecimal() and int(name) < len(header):
        return [int(name)]
    message = N_("There is no column “%(column)s” in the table. The columns are: %(columns)s.")
    names = ", ".join(title.strip() or str(index) for index, title in enumerate(header))
    raise refuse("mapping", message, Place(), column=name[:80], columns=names[:500])


def _by_header(title: str, kind: str) -> list[_Candidate]:
    """Every field that the header may mean, each with its best score."""
    best: dict[str, _Candidate] = {}
    for nth, reading in enumerate(readings(title)):
        for table, weight in ((COLUMNS[kind], 1.0), (WEAK[kind], 0.85)):
            for field, words in table.items():
                candidate = _compared(reading, field, words, weight - (0.05 if nth else 0.0))
                if candidate and candidate.score > best.get(field, _Candidate(0.0, field, "")).score:
                    best[field] = candidate
    return list(best.values())


def _compared(reading: str, field: str, words: Sequence[str], weight: float) -> _Candidate | None:
    if not reading:
        return None
    if reading in words:
        # The usual words come first; of two columns that both name a field, the plainer name has it.
        return _Candidate(weight - words.index(reading) * 0.001, field, _EXACT, reading)
    best: _Candidate | None = None
    for word in words:
        score, why = 0.0, _PART
        if _contains(reading, word):
            score = weight * (0.55 + 0.35 * len(word) / len(reading))
        elif len(word) > 4 and len(reading) > 4 and (alike := fuzz.ratio(reading, word)) >= _ALIKE:
            score, why = weight * alike / 110, _TYPO
        if score and (best is None or score > best.score):
            best = _Candidate(score, field, why, word)
    return best


def _contains(reading: str, word: str) -> bool:
    """Chinese words inside longer ones; Latin words only as whole words, and not the shortest, which mean anything."""
    if word.isascii():
        return len(word) > 2 and f" {word} " in f" {reading} "
    return len(word) > 1 and word in reading


def _weighed(candidate: _Candidate, cells: list[str]) -> _Candidate:
    """The score after a look at the cells: a tier column without a tier in it is none."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        # An empty column "No" stands as likely between "Yes" and "Notes" as it counts rows.
        return replace(candidate, score=0.0 if candidate.word == "no" else candidate.score * 0.95)
    if candidate.field == "title" and candidate.word == "name" and _share(filled, values.is_identifier) > 0.9:
        # A column "Name" full of keys is how some documents call the key.
        return replace(candidate, field="id", score=candidate.score * 0.97, why=_CELLS)
    if _fits(candidate.field, filled):
        return candidate
    # A header that says it plainly keeps the column, and its rows say what is wrong; one that only hints at it does not.
    return replace(candidate, score=candidate.score * (0.7 if candidate.why == _EXACT else 0.5))


def _fits(field: str, filled: list[str]) -> bool:
    """Whether the cells may be what the header promises."""
    if field == "tier":
        return _share(filled, lambda cell: bool(values.tier_of(cell, numbers=True)) or values.is_untiered(cell)) > 0.3
    if field == "effort_days":
        return _share(filled, lambda cell: any(char.isdigit() for char in cell)) > 0.5
    if field == "level":
        return _share(filled, lambda cell: values.level_of(cell) is not None) > 0.3
    if field in ("id", "parent", "accepts"):
        return sum(map(len, filled)) / len(filled) <= 60
    if field in ("title", "statement", "name"):
        return _share(filled, _is_value) < 0.8
    if field == "kind":
        return len(set(filled)) <= max(12, len(filled) // 4)
    return True


def _by_content(kind: str, columns: list[list[str]], found: dict[int, _Candidate], taken: set[str]) -> None:
    """Where no header names them: keys, tiers, and the text itself, by what the cells look like."""
    for index, cells in enumerate(columns):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if index in found or len(filled) < 2:
            continue
        unique = len(set(filled)) == len(filled)
        if "id" not in taken and kind != "stakeholders" and unique and _share(filled, _is_key) > 0.9:
            found[index] = _Candidate(_OFFERED, "id", _CELLS)
            taken.add("id")
        elif kind == "requirements" and "tier" not in taken and _tiered(filled):
            found[index] = _Candidate(_OFFERED, "tier", _CELLS)
            taken.add("tier")
    _text_columns(kind, columns, found, taken)


def _text_columns(kind: str, columns: list[list[str]], found: dict[int, _Candidate], taken: set[str]) -> None:
    main = {"requirements": ("statement", "title"), "acceptance": ("title",), "stakeholders": ("name",)}[kind]
    if taken & set(main):
        return
    lengths = {}
    for index, cells in enumerate(columns):
        filled = [cell.strip() for cell in cells if cell.strip() and not _is_value(cell)]
        if index not in found and filled:
            lengths[index] = sum(map(len, filled)) / len(filled)
    if not lengths:
        return
    longest = max(lengths, key=lambda index: (lengths[index], -index))
    # One column of short phrases is a list of titles; one of sentences is a list of statements.
    field = "title" if len(main) == 1 or lengths[longest] < 25 else "statement"
    field = main[0] if kind == "stakeholders" else field
    found[longest] = _Candidate(_OFFERED, field, _CELLS)
    shorter = [index for index in lengths if index < longest and 2 <= lengths[index] <= 40]
    if field == "statement" and shorter and lengths[longest] > 2 * lengths[shorter[-1]]:
        found[shorter[-1]] = _Candidate(_OFFERED, "title", _CELLS)


def _tiered(filled: list[str]) -> bool:
    named = [cell for cell in filled if values.tier_of(cell) is not None and normal(cell) not in TIER_NUMBERS]
    return len(named) >= 0.8 * len(filled) and len(set(map(normal, filled))) <= 6


def _is_key(cell: str) -> bool:
    return values.is_identifier(cell) and cell.isascii() and cell[0].isalpha() and not _is_value(cell)


def _is_value(cell: str) -> bool:
    """Whether a cell holds a number or a date, which no text is."""
    return values.days_of(cell) is not None or bool(_DATE.match(cell.strip()))


def _share(filled: list[str], holds: Callable[[str], bool]) -> float:
    return sum(bool(holds(cell)) for cell in filled) / len(filled)
