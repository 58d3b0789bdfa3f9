"""The steps of a process, as its content holds them: a list of objects in their order.

``id`` is the step's number in its process, given once and never used again, so that scenarios can name it; a step without
one is new and gets its number when the process is kept. ``pages``, ``required_fields`` and ``approvals`` are what the step
asks of the person today, ``…_planned`` what it shall ask; ``by`` is ``system`` or ``hand``; ``data`` what it touches. Empty
parts are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

FIGURES = ("pages", "required_fields", "approvals")
PLANNED = tuple(f"{name}_planned" for name in FIGURES)
TEXTS = ("name", "actor", "data")
BY = ("system", "hand")
# As people call them.
WORDS = {
    "pages": _l("Pages"),
    "required_fields": _l("Required fields"),
    "approvals": _l("Approvals"),
    "system": _l("In the system"),
    "hand": _l("By hand"),
}
# The columns of a table of steps, in their order, as its first line names them.
COLUMNS = {
    "id": _l("No."),
    "name": _l("What is done"),
    "actor": _l("Actor"),
    "by": _l("How"),
    "data": _l("Data touched"),
    "pages": _l("Pages"),
    "pages_planned": _l("Pages, planned"),
    "required_fields": _l("Required fields"),
    "required_fields_planned": _l("Required fields, planned"),
    "approvals": _l("Approvals"),
    "approvals_planned": _l("Approvals, planned"),
}
PARTS = frozenset(COLUMNS)
MOST_STEPS = 100
LARGEST_FIGURE = 999


def numbered(steps: Iterable[Mapping[str, Any]], used: int = 0) -> list[dict[str, Any]]:
    """The steps with a number each: those without one, and those that repeat one, get the next that was never used.

    Args:
        used: the largest number that the process has ever given.
    """
    taken: set[int] = set()
    found = [dict(step) for step in steps]
    top = max([used, *(step["id"] for step in found if step.get("id"))])
    for step in found:
        if not step.get("id") or step["id"] in taken:
            top += 1
            step["id"] = top
        taken.add(step["id"])
    return found


def figure(step: Mapping[str, Any], name: str) -> int | None:
    """What a step will ask of the person: the planned figure, else today's; None where neither is known."""
    planned: int | None = step.get(f"{name}_planned")
    return step.get(name) if planned is None else planned


def told(step: Mapping[str, Any], name: str) -> int | None:
    """A figure of a step by its name (``pages``, ``pages_planned``, …). Without a plan a step stays as it is."""
    if name.endswith("_planned"):
        return figure(step, name.removesuffix("_planned"))
    found: int | None = step.get(name)
    return found


def total(steps: Sequence[Mapping[str, Any]], name: str) -> int | None:
    """A figure (``pages``, ``pages_planned``, …) over all steps, None where none is known."""
    known = [one for step in steps if (one := told(step, name)) is not None]
    return sum(known) if known else None


def most(steps: Sequence[Mapping[str, Any]], name: str) -> int | None:
    """The largest of a figure among the steps, None where none is known."""
    return max((one for step in steps if (one := told(step, name)) is not None), default=None)


def as_line(step: Mapping[str, Any]) -> str:
    """A step in one line, for comparisons and paper: ``2. Enter the customer · Sales rep · Pages 8 → 1``."""
    name = step.get("name", "")
    parts = [f"{step['id']}. {name}" if "id" in step else name]
    parts += [step[part] for part in ("actor", "data") if part in step]
    if "by" in step:
        parts.append(str(WORDS[step["by"]]))
    for name in FIGURES:
        shown = [str(step[one]) for one in (name, f"{name}_planned") if one in step]
        if shown:
            parts.append(f"{WORDS[name]} {' → '.join(dict.fromkeys(shown))}")
    return " · ".join(parts)


def as_table(steps: Sequence[Mapping[str, Any]]) -> str:
    """Steps as tab-parted lines under a line of column names in the reader's words: what a sheet takes, and ``from_text`` reads."""
    names = [name for name in COLUMNS if name in ("id", "name", "actor") or any(name in step for step in steps)]
    rows = [[_cell(step, name) for name in names] for step in steps]
    return "\n".join("\t".join(cells) for cells in [[str(COLUMNS[name]) for name in names], *rows])


def _cell(step: Mapping[str, Any], name: str) -> str:
    value = step.get(name, "")
    return str(WORDS[value]) if name == "by" and value in WORDS else str(value)


def from_text(text: str) -> list[dict[str, Any]]:
    """Raw steps from typed or pasted text: a table as ``as_table`` writes it (column names in the reader's words, or those of
    the API), else one step a line: its name, and after a tab who does it."""
    lines = [line.split("\t") for line in text.split("\n") if line.strip()]
    if not lines:
        return []
    names = {str(word).casefold(): name for name, word in COLUMNS.items()} | {name: name for name in COLUMNS}
    head = [names.get(cell.strip().casefold()) for cell in lines[0]]
    if "name" not in head:
        return [dict(zip(("name", "actor"), line, strict=False)) for line in lines]
    ways = {str(WORDS[name]).casefold(): name for name in BY}
    found = []
    for line in lines[1:]:
        step = {name: cell.strip() for name, cell in zip(head, line, strict=False) if name is not None}
        if "by" in step:
            step["by"] = ways.get(step["by"].casefold(), step["by"])
        found.append(step)
    return found
