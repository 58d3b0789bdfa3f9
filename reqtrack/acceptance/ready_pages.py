"""What pages show of how ready a scenario is: while it is written, on its page, and to who reviews several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash
from flask_babel import gettext as _

from reqtrack.acceptance.concrete import Finding
from reqtrack.acceptance.data.cells import fold
from reqtrack.acceptance.models import Acceptance
from reqtrack.acceptance.queries import readiness
from reqtrack.acceptance.queries import steps as used
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence

# Fewer words are quoted of a step.
MOST_WORDS = 80
# So many steps are listed; the others are found by their words.
MOST_STEPS = 300


def told(found: Sequence[Finding]) -> list[dict[str, str]]:
    """Findings in the reader's language: where, which words, why and what to do."""
    return [
        {
            "code": one.code,
            "place": _place(one),
            "words": one.words if len(one.words) <= MOST_WORDS else one.words[: MOST_WORDS - 1] + "…",
            "why": sentence(Reason(one.code, one.message, one.params)),
        }
        for one in found
    ]


def _place(one: Finding) -> str:
    parts = {"given": _("Given"), "when": _("When"), "then": _("Then"), "rows": _("Examples"), "header": _("Examples")}
    name = str(parts[one.field])
    return f"{name} {one.index + 1}" if one.index >= 0 and one.field in ("given", "when", "then") else name


def hints(project: Project, form: Any) -> dict[str, Any]:
    """What is found in what is being typed."""
    steps = {name: [part for part in form.getlist(name) if part.strip()] for name in ("given", "when", "then")}
    lines = [line.split("\t") for line in form.get("examples", "").replace("\r", "").split("\n") if line.strip()]
    examples = {"header": lines[0], "rows": lines[1:]} if lines else None
    return {"found": told(readiness.found_in(project.id, steps["given"], steps["when"], steps["then"], examples))}


def panel(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """What keeps a scenario from being ready; None where it was put away."""
    assert isinstance(item, Acceptance)
    if item.retired:
        return None
    found = told(readiness.found_at(item)) if item.stage != "ready" else []
    return {
        "found": found,
        "stage": item.stage,
        "may_send": actor.may("acceptance.write", item.project_id),
        "may_review": actor.may("acceptance.review", item.project_id),
    }


def say_so(actor: Actor, item: Any, form: Any) -> None:
    """The hook of ``items.pages``: who edits what was ready is told that it is a draft again."""
    if item.sent_back:
        flash(_("%(key)s was ready. It was edited, so it is a draft again and waits for another review.", key=item.key))


def reviewing(actor: Actor, project: Project, refused: Sequence[str] = ()) -> dict[str, Any]:
    """All scenarios that wait for a review, as they read, each with what keeps it from being ready."""
    return {
        "lines": [
            {"item": one, "found": told(readiness.found_at(one)), "rows": (one.examples or {}).get("rows", ())[:5],
             "header": (one.examples or {}).get("header", ()), "count": one.row_count}
            for one in readiness.in_review(actor, project.id)
        ],
        "refused": refused,
    }  # fmt: skip


def steps(actor: Actor, project: Project, wanted: str = "") -> dict[str, Any]:
    """The steps of a project, with those that say nearly the same; ``wanted``: words that they hold."""
    found = used.steps(actor, project.id)
    words = fold(wanted).casefold().split()
    fitting = [one for one in found if all(word in one.folded for word in words)]
    return {"steps": fitting[:MOST_STEPS], "count": len(fitting), "alike": used.alike(found), "q": wanted}
