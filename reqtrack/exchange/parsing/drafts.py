"""What the readers hand over: plain data, with a problem for everything that somebody should look at."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import asdict, dataclass
from dataclasses import field as made
from typing import Any

from reqtrack.files.problems import Place, Problem

# Below this a guess is offered, or the column stays a note: a wrong field does more harm than a missing one.
SURE_ENOUGH = 0.6


@dataclass
class Sheet:
    """One table: its header and its rows as text, empty rows left out. Every row is as long as the header.

    ``numbers`` are the rows' numbers as a spreadsheet program shows them, from 1; ``lines`` those of a text file (empty
    for workbooks). ``header_row`` is 0 when there is no header: then the names are the column letters. ``problems`` are
    warnings about the sheet as a whole. A ``hidden`` sheet is handed over, and said to be hidden.
    """

    name: str = ""
    header: list[str] = made(default_factory=list)
    rows: list[list[str]] = made(default_factory=list)
    numbers: list[int] = made(default_factory=list)
    lines: list[int] = made(default_factory=list)
    header_row: int = 0
    hidden: bool = False
    warnings: list[Problem] = made(default_factory=list)
    file: str = ""

    @property
    def first_row_number(self) -> int:
        """The number of the first row of data, or of the row after the header when there is none."""
        return self.numbers[0] if self.numbers else self.header_row + 1

    def place(self, index: int | None = None, column: str = "") -> Place:
        """Where the sheet, or its row of this index, is."""
        if index is None:
            return Place(file=self.file, sheet=self.name, column=column)
        line = self.lines[index] if self.lines else None
        return Place(self.file, sheet=self.name, row=self.numbers[index], line=line, column=column)

    def to_plain(self) -> dict[str, Any]:
        return {**vars(self), "warnings": [problem.to_plain() for problem in self.warnings]}

    @classmethod
    def from_plain(cls, plain: MappingType[str, Any]) -> Sheet:
        return cls(**{**plain, "warnings": [Problem.from_plain(each) for each in plain["warnings"]]})


@dataclass(frozen=True)
class Guess:
    """What one column is taken for: a field, ``note`` or ``ignore``; how sure (0 to 1), and why (a message id)."""

    index: int
    header: str
    field: str
    confidence: float
    why: str
    params: MappingType[str, Any] = made(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """What every column of a table is taken for, left to right."""

    kind: str
    columns: tuple[Guess, ...]

    def field_of(self, index: int) -> str:
        """The field of the column of this index."""
        return self.columns[index].field if index < len(self.columns) else "note"

    def index_of(self, field_name: str) -> int | None:
        """The index of the column taken for this field, or None."""
        return next((guess.index for guess in self.columns if guess.field == field_name), None)

    @property
    def fields(self) -> set[str]:
        """The fields that some column fills."""
        return {guess.field for guess in self.columns} - {"note", "ignore"}

    @property
    def is_sure(self) -> bool:
        """Whether headers (or a person) say where the text is. If not, ask before anything is imported."""
        main = {"title", "statement", "name", "key"}
        return any(guess.field in main and guess.confidence >= SURE_ENOUGH for guess in self.columns)

    def to_json(self) -> dict[str, str]:
        """The mapping as a person may keep and send again: index as text → field."""
        return {str(guess.index): guess.field for guess in self.columns}


@dataclass
class RowDraft:
    """One row as an item to be. ``fields`` are read values; ``proposals`` those that a person must confirm first
    (``tier``); ``notes`` what no field takes, under the column's name; ``derived`` names fields made up from others.
    """

    row_number: int
    fields: dict[str, Any] = made(default_factory=dict)
    notes: dict[str, str] = made(default_factory=dict)
    problems: list[Problem] = made(default_factory=list)
    proposals: dict[str, Any] = made(default_factory=dict)
    derived: list[str] = made(default_factory=list)
    line: int | None = None

    @property
    def is_ready(self) -> bool:
        """Whether nothing keeps the row out: no problem, or warnings only."""
        return not any(problem.is_error for problem in self.problems)

    def to_plain(self) -> dict[str, Any]:
        return {**vars(self), "problems": [problem.to_plain() for problem in self.problems]}

    @classmethod
    def from_plain(cls, plain: MappingType[str, Any]) -> RowDraft:
        return cls(**{**plain, "problems": [Problem.from_plain(each) for each in plain["problems"]]})


@dataclass
class ExampleBlock:
    """One Examples block of an outline, with what a plain table cannot hold, and its rows there."""

    name: str = ""
    description: str = ""
    tags: list[str] = made(default_factory=list)
    start: int = 0
    count: int = 0


@dataclass
class AcceptanceDraft:
    """One scenario of a feature file. ``examples`` is None, or ``{"header": […], "rows": [[…]]}`` for an outline.

    Steps are texts without their keyword; a data table or a doc string stands below the step, line by line, as in the
    file. ``given`` begins with the steps of the background (``background`` says which those are). Tags are written
    without ``@`` and hold those of the feature and rule too. ``line`` is that of the scenario in its file.
    """

    title: str
    given: list[str] = made(default_factory=list)
    when: list[str] = made(default_factory=list)
    then: list[str] = made(default_factory=list)
    examples: dict[str, Any] | None = None
    tags: list[str] = made(default_factory=list)
    background: list[str] = made(default_factory=list)
    feature: str = ""
    feature_description: str = ""
    rule: str = ""
    rule_description: str = ""
    description: str = ""
    language: str = "en"
    line: int | None = None
    file: str = ""
    example_blocks: list[ExampleBlock] = made(default_factory=list)
    problems: list[Problem] = made(default_factory=list)

    @property
    def cases(self) -> int:
        """How many cases there are to walk through: the example rows, or one."""
        return len(self.examples["rows"]) if self.examples is not None else 1

    @property
    def place(self) -> Place:
        return Place(file=self.file, line=self.line)

    @property
    def is_ready(self) -> bool:
        return not any(problem.is_error for problem in self.problems)

    def to_plain(self) -> dict[str, Any]:
        plain = {**vars(self), "problems": [problem.to_plain() for problem in self.problems]}
        return {**plain, "example_blocks": [asdict(block) for block in self.example_blocks]}

    @classmethod
    def from_plain(cls, plain: MappingType[str, Any]) -> AcceptanceDraft:
        blocks = [ExampleBlock(**block) for block in plain["example_blocks"]]
        problems = [Problem.from_plain(each) for each in plain["problems"]]
        return cls(**{**plain, "example_blocks": blocks, "problems": problems})


@dataclass
class FeatureFile:
    """What a feature file holds. ``warnings`` say what is odd, also that there is no feature in it at all."""

    drafts: list[AcceptanceDraft] = made(default_factory=list)
    warnings: list[Problem] = made(default_factory=list)
    feature: str = ""
    language: str = "en"

    def to_plain(self) -> dict[str, Any]:
        drafts = [draft.to_plain() for draft in self.drafts]
        return {**vars(self), "drafts": drafts, "warnings": [problem.to_plain() for problem in self.warnings]}

    @classmethod
    def from_plain(cls, plain: MappingType[str, Any]) -> FeatureFile:
        drafts = [AcceptanceDraft.from_plain(each) for each in plain["drafts"]]
        return cls(**{**plain, "drafts": drafts, "warnings": [Problem.from_plain(each) for each in plain["warnings"]]})


@dataclass
class Quote:
    """One quotation in interview notes. ``raw`` stands in the notes letter by letter; ``text`` is it without marks."""

    text: str
    raw: str
    line: int
    lines: int = 1
    participant: str = ""
    job_role: str = ""


@dataclass
class NotesDraft:
    """Interview notes: the Markdown as it stands, and what can be told from it. ``held_on`` is an ISO date or empty."""

    title: str
    notes: str
    quotes: list[Quote] = made(default_factory=list)
    participants: list[str] = made(default_factory=list)
    held_on: str = ""
    headings: dict[int, int] = made(default_factory=dict)
    warnings: list[Problem] = made(default_factory=list)
    file: str = ""

    def to_plain(self) -> dict[str, Any]:
        plain = {**vars(self), "warnings": [problem.to_plain() for problem in self.warnings]}
        return {**plain, "quotes": [asdict(quote) for quote in self.quotes]}

    @classmethod
    def from_plain(cls, plain: MappingType[str, Any]) -> NotesDraft:
        quotes = [Quote(**quote) for quote in plain["quotes"]]
        return cls(**{**plain, "quotes": quotes, "warnings": [Problem.from_plain(each) for each in plain["warnings"]]})
