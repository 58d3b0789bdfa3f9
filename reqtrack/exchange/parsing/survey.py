"""A survey: one row a respondent, some columns free text. Each becomes the notes of an interview, question by question."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from reqtrack.exchange.parsing import values
from reqtrack.exchange.parsing.columns import named_columns
from reqtrack.exchange.parsing.drafts import Guess, Mapping, RowDraft, Sheet
from reqtrack.exchange.parsing.vocabulary import COLUMNS, readings
from reqtrack.files.problems import N_, Problem, warning

KIND = "interviews"
# A column that many rows fill with few different words was chosen from a list.
_CHOICES, _MANY = 12, 30
_NAMED_ROWS = 20
_CHOSEN = N_("Chosen by you.")
_HEADER = N_("The header says “%(word)s”.")
_UNIQUE = N_("Every row has another one.")
_TEXT = N_("The cells are free text.")
_NOT_TEXT = N_("The cells are numbers, dates, or chosen from a few words.")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
# What Markdown would take for a list, a heading, a quotation, or a tag: the cells are plain text.
_LINE = re.compile(r"^(\s*)([-+>#=~|]|\d{1,9}(?=[.)]))", re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def guess_survey(
    header: Sequence[str], rows: Sequence[Sequence[str]], override: MappingType[str, str] | None = None
) -> Mapping:
    """What each column is taken for: ``respondent`` (who answered), ``held_on``, ``question``, ``note`` or ``ignore``.

    Raises:
        FileProblem: the override names a column or field that does not exist, or the respondent twice.
    """
    chosen = named_columns(header, KIND, override or {}, several=("question",))
    columns = [[row[index].strip() for row in rows if row[index].strip()] for index in range(len(header))]
    guesses: list[Guess] = []
    taken = set(chosen.values())
    for index, title in enumerate(header):
        if index in chosen:
            guesses.append(Guess(index, title, chosen[index], 1.0, _CHOSEN))
            continue
        guess = _guess(index, title, columns[index], len(rows), taken)
        taken.add(guess.field)
        guesses.append(guess)
    return Mapping(KIND, tuple(guesses))


def _guess(index: int, title: str, cells: list[str], rows: int, taken: set[str]) -> Guess:
    if "held_on" not in taken and cells and (word := _word(title, KIND, "held_on")):
        return Guess(index, title, "held_on", 0.95, _HEADER, {"word": word})
    if word := _who(title):
        codes = "respondent" not in taken and cells and all(map(_is_code, cells))
        return Guess(index, title, "respondent" if codes else "ignore", 0.95, _HEADER, {"word": word})
    if index == 0 and "respondent" not in taken and len(set(cells)) == rows > 1 and all(map(_short, cells)):
        return Guess(index, title, "respondent" if all(map(_is_code, cells)) else "ignore", 0.8, _UNIQUE)
    if not cells or sum(map(_is_value, cells)) * 2 > len(cells):
        return Guess(index, title, "ignore", 0.8, _NOT_TEXT)
    if len(cells) > _MANY and len(set(cells)) <= _CHOICES:
        return Guess(index, title, "ignore", 0.8, _NOT_TEXT)
    return Guess(index, title, "question", 0.8, _TEXT)


def _word(title: str, kind: str, field: str) -> str:
    """The word by which a header says a field."""
    return next((one for one in readings(title) if one in COLUMNS[kind][field]), "")


def _who(title: str) -> str:
    """The word by which a header says that its cells tell who answered."""
    return _word(title, KIND, "respondent") or _word(title, "stakeholders", "name")


def _short(cell: str) -> bool:
    return len(cell) <= 40 and len(cell.split()) <= 3


def _is_code(cell: str) -> bool:
    """Whether a cell can say who answered where everybody reads it: a number or a code, and no name."""
    return _short(cell) and any(char.isdigit() for char in cell)


def _is_value(cell: str) -> bool:
    return values.days_of(cell) is not None or bool(_DATE.match(cell))


def read_survey(sheet: Sheet, mapping: Mapping) -> tuple[list[RowDraft], list[Problem]]:
    """The interviews of a survey, and what is said of the rows that hold no answer: no interview is made of them."""
    drafts, silent = [], []
    for index, cells in enumerate(sheet.rows):
        draft = _interview(sheet, mapping, index, cells)
        if draft.fields["notes"]:
            drafts.append(draft)
        else:
            silent.append(sheet.numbers[index])
    return drafts, [*_left_out(sheet, mapping), *_silence(sheet, silent)]


def _left_out(sheet: Sheet, mapping: Mapping) -> list[Problem]:
    """Names of who answered stay outside: nobody has said yet that they are stakeholders, whose names are kept from others."""
    named = [
        title
        for column, title in enumerate(sheet.header)
        if mapping.field_of(column) == "ignore"
        and _who(title)
        and any(not _is_code(row[column]) for row in sheet.rows if row[column].strip())
    ]
    if not named:
        return []
    message = N_("These columns are left out, since they hold more about people than is needed: %(columns)s")
    return [warning("left_out", message, sheet.place(), columns=", ".join(named)[:500])]


def _silence(sheet: Sheet, rows: list[int]) -> list[Problem]:
    if not rows:
        return []
    named = ", ".join(str(row) for row in rows[:_NAMED_ROWS]) + (" …" if len(rows) > _NAMED_ROWS else "")
    message = N_("%(count)s rows answer none of these questions; no interview is made of them: %(rows)s")
    return [warning("no_answer", message, sheet.place(), count=len(rows), rows=named)]


def _interview(sheet: Sheet, mapping: Mapping, index: int, cells: list[str]) -> RowDraft:
    draft = RowDraft(sheet.numbers[index], line=sheet.lines[index] if sheet.lines else None)
    who, answers = "", []
    for column, cell in enumerate(cells):
        field, text = mapping.field_of(column), values.unix(cell)
        title = " ".join(sheet.header[column].split())
        if not text:
            continue
        if field == "question":
            answers.append(f"**{as_plain(title)}**\n\n{quoted(text)}")
        elif field == "respondent" and _is_code(text):
            who = f"{title} {' '.join(text.split())}".strip()
        elif field == "held_on":
            _held_on(sheet, draft, index, title, text)
        elif field == "note":
            draft.notes[title or str(column)] = text
    draft.fields["title"] = (who or f"{sheet.name or _stem(sheet.file)} {draft.row_number}".strip())[:200]
    draft.fields["notes"] = "\n\n".join(answers)
    return draft


def _held_on(sheet: Sheet, draft: RowDraft, index: int, title: str, text: str) -> None:
    found = _DATE.match(text)
    try:
        draft.fields["held_on"] = datetime.date(*(int(part) for part in found.groups())).isoformat() if found else None
    except ValueError:
        found = None
    if not found:
        message = N_("“%(text)s” is no date such as 2026-11-20; the row comes in without one.")
        draft.problems.append(warning("date", message, sheet.place(index, title), text=text[:80]))


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def quoted(text: str) -> str:
    """An answer as a quotation of the notes, its words as they were written."""
    return "\n".join(f"> {line}".rstrip() for line in as_plain(text).split("\n"))


def as_plain(text: str) -> str:
    """A text that Markdown does not make a list, a heading or a tag of."""
    return _LINE.sub(_escaped, _TAG.sub(r"\\<", text))


def _escaped(found: re.Match[str]) -> str:
    blank, sign = found.groups()
    return f"{blank}{sign}\\" if sign.isdigit() else f"{blank}\\{sign}"
