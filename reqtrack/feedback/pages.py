"""What the pages of feedback show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from reqtrack.accounts.models import Project
from reqtrack.feedback import policy, queries
from reqtrack.feedback.models import OUTCOMES, Feedback
from reqtrack.files.pictures import PICTURES
from reqtrack.interviews.panels import NAMES_REPLACED
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items import pages, personal, store
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence

LONGEST_TITLE = 80


def index(actor: Actor, project: Project, view: str, words: str, before: int | None) -> dict[str, Any]:
    """The list: one view of three, with the numbers of all."""
    view = view if view in queries.VIEWS else "new"
    found = queries.listing(actor, project.id, view, words, before)
    here: dict[str, Any] = {
        "endpoint": "feedback.index",
        "project": project.key,
        "view": view,
        **({"q": words} if words else {}),
    }
    return {
        "found": found,
        "view": view,
        "words": words,
        "next_href": url_for(**here, before=found.next) if found.next else "",
        "first_href": url_for(**here) if before is not None else "",
        "standings": policy.STANDINGS,
        "may_triage": bool(policy.may_triage(actor, project.id)),
        "may_say": bool(policy.may_say(actor, project.id)),
        "nothing_yet": not sum(found.numbers.values()),
    }


def room(actor: Actor, project: Project, item: Feedback, given: Mapping[str, str]) -> dict[str, Any]:
    """The page of one: what was said, what stands around it, and what may be made of it; ``given`` was typed before."""
    shown = pages.show(actor, project, item)
    said = next((str(part["text"]) for part in shown["main"] if part["field"].name == "said"), "")
    triage = policy.may_triage(actor, project.id)
    filled, replaced = prefilled(project.id, item) if triage else ({}, False)
    return {
        **shown,
        "said": said,
        "reply": next((part["value"] for part in shown["main"] if part["field"].name == "reply"), ""),
        "contact": next((part["text"] for part in shown["main"] if part["field"].name == "contact"), ""),
        "around": queries.around(actor, item),
        "outcomes": OUTCOMES,
        "standings": policy.STANDINGS,
        "pictures": [one for one in shown["attachments"] if one.media_type in PICTURES],
        "triage_reasons": [sentence(reason) for reason in triage.reasons],
        "may_triage": bool(triage),
        "refused": {
            name: [sentence(reason) for reason in store.may_create(actor, project, KINDS[name]).reasons]
            for name in policy.MADE
        },
        "given": {**filled, **given},
        "names_replaced": NAMES_REPLACED if replaced else "",
    }


def prefilled(project_id: int, item: Feedback) -> tuple[dict[str, str], bool]:
    """What a defect, change or requirement begins with that is made from what was said, and whether names were taken out: what stands
    there everybody reads."""
    said = personal.get(project_id, item.said)
    fit = for_everybodys_eyes(project_id, said)
    return {"title": _shortened(" ".join(fit.split())), "text": fit}, fit != said


def _shortened(text: str) -> str:
    """The beginning of a text, ending with a whole word where its words are parted by blanks."""
    if len(text) <= LONGEST_TITLE:
        return text
    cut = text[: LONGEST_TITLE - 1]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank > LONGEST_TITLE // 2 else cut).rstrip(" ,;，；、") + "…"
