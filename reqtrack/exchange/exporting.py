"""Items out: as a table (CSV, Excel) or as a feature file, in the reader's rights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import Project
from reqtrack.baselines import pages as baselines
from reqtrack.changes.pages.figures import HEADS as FIGURES
from reqtrack.changes.pages.figures import table as change_figures
from reqtrack.errors import NotFound, invalid, no
from reqtrack.exchange import queries
from reqtrack.exchange.parsing.cells import write_csv
from reqtrack.exchange.parsing.drafts import AcceptanceDraft
from reqtrack.exchange.parsing.features_out import write_gherkin
from reqtrack.exchange.parsing.workbook_out import Column, SheetOut, write_xlsx
from reqtrack.items import lists, present
from reqtrack.items.kinds import Kind
from reqtrack.items.steps import as_line
from reqtrack.permissions import Actor
from reqtrack.requirements import text_pages
from reqtrack.trace import forms as matrix_forms
from reqtrack.trace import pages as matrix_pages
from reqtrack.web.context import text_lang

# Format → (how its files' names end, their media type).
FORMATS = {
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv"),
    "gherkin": ("feature", "text/plain"),
}

LONGEST_ABOUT = 400


@dataclass(frozen=True)
class Report:
    """A list that is no list of items: who may read it, its heads and, of what the actor sees, its rows."""

    label: Any
    permission: str
    heads: tuple[str, ...]
    rows: Callable[[Actor, Project], list[list[Any]]]


@dataclass(frozen=True)
class Book:
    """What is written as a workbook of several tables: who may read it, its tables ``(name, heads, rows)``, about what it is (``""``
    for all; what a page or the command line names)."""

    label: Any
    permission: str
    tables: Callable[[Actor, Project, str], Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]]
    needs: bool = False  # there is none without saying about what


def _matrix(actor: Actor, project: Project, about: str) -> list[matrix_pages.Table]:
    wanted = matrix_forms.wanted(actor, project, dict(parse_qsl(about)))
    return matrix_pages.tables(actor, project, wanted)


def _comparison(actor: Actor, project: Project, about: str) -> list[matrix_pages.Table]:
    return [("comparison", baselines.HEADS, baselines.table(actor, project, baselines.between(about)))]


BOOKS = {
    "comparison": Book(_l("Comparison of two points of the scope"), "project.read", _comparison, needs=True),
    "matrix": Book(_l("Matrix"), "project.read", _matrix),
}

REPORTS = {
    "text": Report(_l("Good text"), "project.read", text_pages.HEADS, text_pages.table),
    "change-figures": Report(_l("Changes in figures"), "project.read", FIGURES, change_figures),
}


def items(actor: Actor, project: Project, kind: Kind) -> list[dict[str, Any]]:
    """All live items of a kind as the API shows them, in number order (needs a reading transaction)."""
    shown: list[dict[str, Any]] = []
    after = ""
    while True:
        found = lists.page(actor, project.id, kind, lists.wanted(limit=200, after=after))
        shown += present.many(actor, project.id, kind, found.rows)
        if found.next is None:
            return shown
        after = found.next


# The languages of texts by Gherkin's names for them, for what was not imported.
SPOKEN = {"en": "en", "zh-Hans": "zh-CN"}


def check_format(kind: Kind, wanted: str) -> None:
    """Whether the items of a kind are written in a format.

    Raises:
        Refused: 422, the format is not there yet, or does not fit the kind.
    """
    if wanted not in FORMATS:
        no("unsupported", "%(what)s cannot be exported yet.", field="format", what=wanted[:40]).require(422)
    if wanted == "gherkin" and kind.name != "acceptance":
        message = "Only acceptance scenarios are exported as a feature file."
        no("unsupported", message, field="format").require(422)


def export(actor: Actor, project: Project, kind: Kind, wanted: str) -> bytes:
    """The items of a kind in a format.

    Raises:
        Refused: 422, the format is not there yet, or does not fit the kind.
    """
    check_format(kind, wanted)
    held = items(actor, project, kind)
    if wanted == "gherkin":
        spoken = queries.languages(project.id)
        return write_gherkin([_draft(one, spoken[one["key"]]) for one in held], feature=project.name).encode()
    names = ["key", *kind.names, "stage", "version"]
    rows = [[_cell(one.get(name)) for name in names] for one in held]
    if wanted == "csv":
        return write_csv([names, *rows])
    columns = [Column(name, 60 if name in ("statement", "title") else 20, _choices(kind, name)) for name in names]
    sheet = SheetOut(kind.plural, columns, rows, [(one["key"], one["version"]) for one in held])
    return write_xlsx([sheet])


def check_report(wanted: str) -> None:
    """Whether reports are written in a format.

    Raises:
        Refused: 422, they are not.
    """
    if wanted not in ("xlsx", "csv"):
        no("unsupported", "%(what)s cannot be exported yet.", field="format", what=wanted[:40]).require(422)


def export_report(actor: Actor, project: Project, name: str, wanted: str) -> bytes:
    """A report as a table.

    Raises:
        NotFound: not for the actor. Refused: 422, not in this format.
    """
    check_report(wanted)
    report = REPORTS[name]
    if not actor.may(report.permission, project.id):
        raise NotFound(name)
    rows = report.rows(actor, project)
    if wanted == "csv":
        return write_csv([report.heads, *rows])
    wide = ("title", "words", "reason", "better", "stands_because")
    return write_xlsx([SheetOut(name, [Column(one, 50 if one in wide else 16) for one in report.heads], rows)])


def check_book(actor: Actor, project: Project, name: str, wanted: str, about: str) -> None:
    """Whether a workbook is there, in this format, for the actor.

    Raises:
        NotFound: not for the actor. Refused: 422, not in this format. Invalid: what it is to be about makes no sense.
    """
    if wanted != "xlsx":
        no("unsupported", "%(what)s cannot be exported yet.", field="format", what=wanted[:40]).require(422)
    if not actor.may(BOOKS[name].permission, project.id):
        raise NotFound(name)
    if BOOKS[name].needs and not about:
        raise invalid("about", "Say which two points of the scope, as in BL-1..now.", "required")
    if len(about) > LONGEST_ABOUT:
        raise invalid("about", "This must be a text of at most %(longest)s characters.", longest=LONGEST_ABOUT)


def export_book(actor: Actor, project: Project, name: str, wanted: str, about: str) -> bytes:
    """A workbook of several tables.

    Raises:
        NotFound, Refused, Invalid: as ``check_book``.
    """
    check_book(actor, project, name, wanted, about)
    wide = ("title", "column_title", "old", "new")
    return write_xlsx(
        [
            SheetOut(title, [Column(head, 50 if head in wide else 14) for head in heads], rows)
            for title, heads, rows in BOOKS[name].tables(actor, project, about)
        ]
    )


def _choices(kind: Kind, name: str) -> tuple[str, ...]:
    return next((tuple(field.choices) for field in kind.fields if field.name == name), ())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "\n".join("\t".join(row) for row in [value["header"], *value["rows"]])
    if isinstance(value, list | tuple):
        return "\n".join(as_line(part) if isinstance(part, dict) else str(part) for part in value)
    return str(value)


def _draft(one: dict[str, Any], language: str) -> AcceptanceDraft:
    tags: Sequence[str] = [one["key"], *one["accepts"], *one["tags"]]
    return AcceptanceDraft(
        title=one["title"],
        given=one["given"],
        when=one["when"],
        then=one["then"],
        examples=one["examples"],
        tags=list(tags),
        description=one["description"] or "",
        language=language or SPOKEN[text_lang(" ".join((one["title"], *one["given"], *one["when"], *one["then"])))],
    )
