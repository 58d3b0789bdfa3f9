"""From a file or pasted cells to rows of an import run: plain dicts, before any transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reqtrack.errors import Reason, Refused
from reqtrack.exchange.parsing.columns import guess_columns
from reqtrack.exchange.parsing.drafts import AcceptanceDraft, FeatureFile, NotesDraft, RowDraft, Sheet
from reqtrack.exchange.parsing.features_out import tagged_keys
from reqtrack.exchange.parsing.notes import read_notes
from reqtrack.exchange.parsing.reading import read_table, read_upload
from reqtrack.exchange.parsing.rows import parse_rows
from reqtrack.exchange.parsing.survey import guess_survey, read_survey
from reqtrack.files.door import open_upload
from reqtrack.files.problems import N_, Problem, warning
from reqtrack.files.text import check_text

# What --as names, and the parsers' kinds.
KINDS = {
    "requirements": "requirement", "acceptance": "acceptance", "interviews": "interview", "stakeholders": "stakeholder",
}  # fmt: skip
SAMPLE = 3


@dataclass(frozen=True)
class Row:
    """One row to be: ``place`` says where it stood, ``problems`` are plain ``Problem``s, ``fields`` raw field values."""

    place: str
    fields: dict[str, Any]
    notes: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """What an import would bring: the kind of item, the rows, for tables what each column was taken for (with samples)."""

    kind: str
    source: str
    data: bytes
    rows: list[Row]
    columns: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The name of its bytes in the store."""
        return hashlib.sha256(self.data).hexdigest()


def draft_file(data: bytes, name: str, wanted: str = "auto", mapping: Mapping[str, str] | None = None) -> Draft:
    """Read a file (through the one door, in a killable child).

    Args:
        wanted: requirements, acceptance, interviews, stakeholders or auto.
        mapping: column (header, or index as text) → field, ``note`` or ``ignore``; the rest is guessed.

    Raises:
        FileProblem: it cannot be read. Refused: it is not what ``wanted`` says, or not importable yet.
    """
    if wanted not in ("auto", *KINDS):
        reason = Reason("unsupported", "%(what)s cannot be imported yet.", {"what": wanted})
        raise Refused((reason,), 422)
    upload = open_upload(data, name)
    _, parsed = read_upload(upload)
    if isinstance(parsed, FeatureFile):
        return _features(parsed, upload.name, data)
    if isinstance(parsed, NotesDraft):
        return _notes(parsed, upload.name, data)
    return draft_sheets(parsed, upload.name, data, "requirements" if wanted == "auto" else wanted, mapping)


def draft_paste(text: str, wanted: str = "requirements", mapping: Mapping[str, str] | None = None) -> Draft:
    """Read cells pasted from a sheet (or one line each), or (interviews, where no tab parts cells) notes."""
    if wanted == "interviews" and "\t" not in text.strip().partition("\n")[0]:
        return _notes(read_notes(check_text(text)), "", text.encode())
    return draft_sheets(read_table(text), "", text.encode(), wanted, mapping)


def draft_sheets(
    sheets: list[Sheet], source: str, data: bytes, wanted: str, mapping: Mapping[str, str] | None
) -> Draft:
    """The rows of all sheets that hold any."""
    rows: list[Row] = []
    columns: list[dict[str, Any]] = []
    warnings: list[Problem] = []
    for sheet in (one for one in sheets if one.rows):
        given = mapping if not columns else None
        if wanted == "interviews":
            guessed = guess_survey(sheet.header, sheet.rows, given)
            drafts, told = read_survey(sheet, guessed)
        else:
            guessed = guess_columns(sheet.header, sheet.rows, wanted, given)
            drafts, told = parse_rows(sheet, guessed), []
        if not columns:
            columns = [_column(sheet, guess) for guess in guessed.columns]
        if wanted == "stakeholders":
            told = _left_out(sheet, drafts)
        warnings += [*sheet.warnings, *told]
        rows += [_row(sheet, draft) for draft in drafts]
    plain = [problem.to_plain() for problem in warnings]
    return Draft(KINDS[wanted], source, data, rows, columns, _texts(plain))


def _left_out(sheet: Sheet, drafts: list[RowDraft]) -> list[Problem]:
    """What a sheet of people says beside the fields (telephone numbers, birthdays) is none of a project's business."""
    names = sorted({name for draft in drafts for name in draft.notes})
    for draft in drafts:
        draft.notes.clear()
    if not names:
        return []
    message = N_("These columns are left out, since they hold more about people than is needed: %(columns)s")
    return [warning("left_out", message, sheet.place(), columns=", ".join(names)[:500])]


def _column(sheet: Sheet, guess: Any) -> dict[str, Any]:
    cells = [row[guess.index] for row in sheet.rows if guess.index < len(row) and row[guess.index].strip()]
    return {
        "index": str(guess.index),
        "header": guess.header,
        "field": guess.field,
        "sure": guess.confidence >= 0.7,
        "samples": [" ".join(cell.split())[:80] for cell in cells[:SAMPLE]],
    }


def _row(sheet: Sheet, draft: RowDraft) -> Row:
    place = f"{sheet.name} {draft.row_number}".strip()
    plain = draft.to_plain()
    return Row(place, _texts(draft.fields), draft.notes, _texts(draft.proposals), _texts(plain["problems"]))


def _features(parsed: FeatureFile, source: str, data: bytes) -> Draft:
    rows = [_scenario(one) for one in parsed.drafts]
    return Draft("acceptance", source, data, rows, [], _texts([one.to_plain() for one in parsed.warnings]))


def _scenario(one: AcceptanceDraft) -> Row:
    accepts = [tag for tag in one.tags if tag.upper().startswith("REQ-")]
    # The tag that an export puts on says which scenario it was; it is none of the scenario's own.
    keys = tagged_keys(one.tags, "ACC")
    about = "\n\n".join(part for part in (one.feature_description, one.rule_description, one.description) if part)
    fields: dict[str, Any] = {
        "title": one.title or one.feature,
        "given": one.given,
        "when": one.when,
        "then": one.then,
        "description": about,
        "tags": [tag for tag in one.tags if tag not in accepts and tag not in keys],
        "accepts": accepts,
        "language": one.language,
        "key": keys[0] if keys else "",
        # By these its results are found again, where the name alone does not tell.
        "rule": one.rule,
        "tables": max(1, len(one.example_blocks)),
    }
    if one.examples is not None and one.examples["rows"]:
        fields["examples"] = one.examples
    notes = {"Feature": one.feature} if one.feature else {}
    return Row(str(one.line or ""), _texts(fields), notes, {}, _texts([each.to_plain() for each in one.problems]))


def _notes(parsed: NotesDraft, source: str, data: bytes) -> Draft:
    fields = {
        "title": parsed.title,
        "notes": parsed.notes,
        "held_on": parsed.held_on or None,
    }
    warnings = _texts([one.to_plain() for one in parsed.warnings])
    return Draft("interview", source, data, [Row("1", _texts(fields))], [], warnings)


def _texts(value: Any) -> Any:
    """Plain data without floats, which canonical JSON does not know."""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _texts(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(part) for part in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)
