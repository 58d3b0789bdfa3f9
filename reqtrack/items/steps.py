"""The steps of a process, as its content holds them: a list of objects in their order.

``id`` is the step's number in its process, given once and never used again, so that scenarios can name it. ``pages``,
``required_fields`` and ``approvals`` are what the step asks of the person today, ``…_planned`` what it shall ask; ``by`` is
``system`` or ``hand``; ``data`` what it touches. Empty parts are left out.
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
PARTS = frozenset({"id", "by", *TEXTS, *FIGURES, *PLANNED})
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


def total(steps: Sequence[Mapping[str, Any]], name: str) -> int | None:
    """A figure (``pages``, ``pages_planned``, …) over all steps, None where none is known. Without a plan a step stays as it is."""
    known = [
        figure(step, name.removesuffix("_planned")) if name.endswith("_planned") else step.get(name) for step in steps
    ]
    told = [one for one in known if one is not None]
    return sum(told) if told else None


def as_line(step: Mapping[str, Any]) -> str:
    """A step in one line, for comparisons and paper: ``2. Enter the customer · Sales rep · Pages 8 → 1``."""
    parts = [f"{step['id']}. {step.get('name', '')}", *(step[name] for name in ("actor", "data") if name in step)]
    if "by" in step:
        parts.append(str(WORDS[step["by"]]))
    for name in FIGURES:
        told = [str(step[one]) for one in (name, f"{name}_planned") if one in step]
        if told:
            parts.append(f"{WORDS[name]} {' → '.join(dict.fromkeys(told))}")
    return " · ".join(parts)
