"""Rows into drafts, each with everything that is wrong with it: row, column, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reqtrack.exchange.parsing import values
from reqtrack.exchange.parsing.drafts import Mapping, RowDraft, Sheet
from reqtrack.exchange.parsing.header import column_letter
from reqtrack.exchange.parsing.vocabulary import normal
from reqtrack.files.problems import N_, Problem, warning

LONGEST_TITLE = 300
_STEPS = ("given", "when", "then")
_LISTS = ("parent", "accepts", "tags")
_ONE_LINE = ("id", "title", "phase", "owner", "name", "department", "job_role", "region", "feature", "kind")


def parse_rows(sheet: Sheet, mapping: Mapping, kind: str | None = None) -> list[RowDraft]:
    """One draft for every row of the sheet that holds anything; nothing is skipped without a problem that says so.

    Errors keep a row out (no title and no text, a doubled id, a number that is none); warnings let it in. Tiers are
    only proposals. What no field takes is in ``notes``, under the header or, where there is none, the column's letter.
    """
    reader = _Reader(sheet, mapping, kind or mapping.kind)
    return [draft for index in range(len(sheet.rows)) if (draft := reader.row(index)) is not None]


class _Reader:
    """What is the same for all rows of one sheet: labels of notes, how tiers are written, ids seen before."""

    def __init__(self, sheet: Sheet, mapping: Mapping, kind: str) -> None:
        self._sheet, self._mapping, self._kind = sheet, mapping, kind
        self._labels = _labels(sheet)
        self._seen: dict[tuple[str, str], int] = {}
        tier = mapping.index_of("tier")
        tiers = [row[tier] for row in sheet.rows if row[tier].strip()] if tier is not None else []
        self._special: dict[str, Callable[[RowDraft, int, int, str], None]] = {
            "tier": self._tier,
            "effort_days": self._effort,
            "level": self._level,
            "key": self._key,
        }
        self._tiers_are_numbers = all(values.tier_of(cell, numbers=True) for cell in tiers) if tiers else False

    def row(self, index: int) -> RowDraft | None:
        cells = self._sheet.rows[index]
        draft = RowDraft(self._sheet.numbers[index], line=self._sheet.lines[index] if self._sheet.lines else None)
        used = False
        for column, cell in enumerate(cells):
            field = self._mapping.field_of(column)
            text = values.unix(cell)
            if not text or field == "ignore":
                continue
            used = True
            if field == "note":
                draft.notes[self._labels[column]] = text
            else:
                self._take(draft, index, column, field, text)
        if not used:
            return None
        self._finish(draft, index)
        return draft

    def _take(self, draft: RowDraft, index: int, column: int, field: str, text: str) -> None:
        if field in self._special:
            self._special[field](draft, index, column, text)
        elif field in _STEPS:
            draft.fields[field] = values.steps_of(text)
        elif field in _LISTS:
            draft.fields[field] = values.keys_of(text)
        elif field in _ONE_LINE:
            draft.fields[field] = " ".join(text.split())
        else:
            draft.fields[field] = text

    def _tier(self, draft: RowDraft, index: int, column: int, text: str) -> None:
        tier = values.tier_of(text, numbers=self._tiers_are_numbers)
        if tier is not None:
            draft.proposals["tier"] = tier
            return
        if values.is_untiered(text):
            return
        draft.notes[self._labels[column]] = text
        message = N_("Tier “%(text)s” is not one of must, should, later; the row comes in without a tier.")
        self._warn(draft, index, column, "tier", message, N_("Choose a tier for it."), text=text[:80])

    def _effort(self, draft: RowDraft, index: int, column: int, text: str) -> None:
        days = values.days_of(text)
        if days is not None:
            draft.fields["effort_days"] = days
            return
        if values.is_untiered(text):
            return
        draft.notes[self._labels[column]] = text
        message = N_("“%(text)s” is no number of person-days.")
        mend = N_("Write a number such as 2.5, or keep the column as notes.")
        self._fail(draft, index, column, "effort", message, mend, text=text[:80])

    def _level(self, draft: RowDraft, index: int, column: int, text: str) -> None:
        level = values.level_of(text)
        if level is not None:
            draft.fields["level"] = level
            return
        draft.notes[self._labels[column]] = text
        message = N_("Level “%(text)s” is not one of frontline, manager, executive; the row comes in without a level.")
        self._warn(draft, index, column, "level", message, N_("Choose a level for the person."), text=text[:80])

    def _key(self, draft: RowDraft, index: int, column: int, text: str) -> None:
        """The hidden column of our own sheets: ``REQ-12@3`` is key and version."""
        key, _, version = text.partition("@")
        if not version.isdecimal() or len(version) > 9:
            message = N_("“%(text)s” in the hidden column is not what reqtrack wrote there.")
            mend = N_("Take the row from a fresh export, or empty that cell to make it a new row.")
            self._fail(draft, index, column, "key", message, mend, text=text[:80])
            return
        draft.fields["key"], draft.fields["version"] = key, int(version)

    def _finish(self, draft: RowDraft, index: int) -> None:
        for field in ("key", "id"):
            self._refuse_twice(draft, index, field)
        if self._kind == "requirements":
            self._requirement(draft, index)
        elif self._kind == "acceptance":
            self._acceptance(draft, index)
        elif not draft.fields.get("name") and not draft.fields.get("job_role"):
            column = self._mapping.index_of("name")
            message = N_("The row has neither a name nor a job role.")
            self._fail(draft, index, column, "no_name", message, N_("Write who it is, or delete the row."))
        self._check_title(draft, index)

    def _requirement(self, draft: RowDraft, index: int) -> None:
        fields = draft.fields
        statement, title = fields.get("statement", ""), fields.get("title", "")
        if title and statement and title == fields.get("id"):
            # Jira exports repeat the key as the summary; the text says more.
            title = ""
        if not title and statement:
            fields["title"] = values.first_sentence(statement)
            draft.derived.append("title")
        elif not title:
            message = N_("The row has neither a title nor a text.")
            mend = N_("Join it to the row it belongs to, give it a title, or leave it out.")
            self._fail(draft, index, self._mapping.index_of("title"), "no_title", message, mend)
            return
        if not statement and self._mapping.index_of("statement") is not None:
            column = self._mapping.index_of("statement")
            message = N_("The row has a title but no text.")
            self._warn(draft, index, column, "no_statement", message, N_("Write what the system shall do."))

    def _acceptance(self, draft: RowDraft, index: int) -> None:
        fields = draft.fields
        if not fields.get("title"):
            first = next((fields[name][0] for name in ("then", "when", "given") if fields.get(name)), "")
            source = first or fields.get("description", "")
            if not source:
                message = N_("The row has neither a title nor a step.")
                mend = N_("Join it to the row it belongs to, give it a title, or leave it out.")
                self._fail(draft, index, self._mapping.index_of("title"), "no_title", message, mend)
                return
            fields["title"] = values.first_sentence(source)
            draft.derived.append("title")
        if not any(fields.get(name) for name in _STEPS):
            message = N_("The row has a title but no steps.")
            column = self._mapping.index_of("when")
            self._warn(draft, index, column, "no_steps", message, N_("Write what to do and what should be seen."))

    def _check_title(self, draft: RowDraft, index: int) -> None:
        title = draft.fields.get("title", "")
        if len(title) > LONGEST_TITLE:
            message = N_("The title is longer than %(limit)s characters.")
            mend = N_("Shorten it, or choose the column as text instead of title.")
            self._fail(
                draft, index, self._mapping.index_of("title"), "title_length", message, mend, limit=LONGEST_TITLE
            )

    def _refuse_twice(self, draft: RowDraft, index: int, field: str) -> None:
        value = draft.fields.get(field)
        if not value:
            return
        # Width and case do not make another id: REQ-1 and ｒｅｑ-1 are one to every reader.
        first = self._seen.setdefault((field, normal(value)), draft.row_number)
        if first != draft.row_number:
            message = N_("The id “%(id)s” stands in row %(first)s already.")
            mend = N_("Give one of them another id, or leave one of the rows out.")
            self._fail(draft, index, self._mapping.index_of(field), "same_id", message, mend, id=value, first=first)

    def _fail(
        self, draft: RowDraft, index: int, column: int | None, code: str, message: str, mend: str, **params: Any
    ) -> None:
        place = self._sheet.place(index, self._labels[column] if column is not None else "")
        draft.problems.append(Problem(message, params, place, mend, "error", code))

    def _warn(
        self, draft: RowDraft, index: int, column: int | None, code: str, message: str, mend: str, **params: Any
    ) -> None:
        place = self._sheet.place(index, self._labels[column] if column is not None else "")
        draft.problems.append(warning(code, message, place, mend, **params))


def _labels(sheet: Sheet) -> list[str]:
    """A name for every column, each one only once: the header on one line, or the letter of the column."""
    labels: list[str] = []
    for index, title in enumerate(sheet.header):
        name = " ".join(title.split()) or column_letter(index)
        labels.append(name if name not in labels else f"{name} ({column_letter(index)})")
    return labels
