"""The board of changes, by the five stages of the lean preset, and their list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes import queries
from reqtrack.changes.queries import Row
from reqtrack.permissions import Actor
from reqtrack.web.context import number
from reqtrack.workflow.tables import CHANGE, LEAN, folded

COLUMNS = {
    "draft": _l("Draft"),
    "assessing": _l("Assessing"),
    "deciding": _l("Deciding"),
    "applied": _l("In effect"),
    "closed": _l("Closed"),
}
CARDS = 12


def board(actor: Actor, project: Project, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The changes of a project by stage (the five of the lean preset), or as a list where a filter asks for one."""
    stage, words = arguments.get("stage", ""), arguments.get("q", "")
    as_list = arguments.get("view") == "list" or bool(stage or words)
    found = queries.board(actor, project, stages=_stages(stage), words=words)
    by_column: dict[str, list[Row]] = {code: [] for code in COLUMNS}
    for one in found:
        by_column[folded(one.stage, one.came_from)].append(one)
    here = url_for("changes.board", project=project.key)
    return {
        "as_list": as_list,
        "rows": [_listed(project, one) for one in found] if as_list else [],
        "columns": [
            {"id": code, "title": label, "note": len(by_column[code]) or ""} for code, label in COLUMNS.items()
        ],
        "lane": {
            "title": "",
            "cells": [[_card(project, one) for one in mine[:CARDS]] for mine in by_column.values()],
            "more": [_more(here, code, len(mine)) for code, mine in by_column.items()],
            "empty": _("Nothing here."),
        },
        "number": len(found),
        "stage": stage,
        "words": words,
        "filtered": bool(stage or words),
        "stages": list(COLUMNS.items()),
        "may_create": actor.may("change.create", project.id),
        "here": here,
    }


def _stages(stage: str) -> tuple[str, ...]:
    """The stages that a filter asks for: one of the five stands for those folded into it."""
    lean = dict(LEAN)
    if stage in lean:
        more = ("needs_information",) if stage in ("assessing", "deciding") else ()
        return (*lean[stage], *more)
    return (stage,) if stage in CHANGE.stages else ()


def _more(here: str, code: str, number_of: int) -> tuple[str, str] | None:
    return (_("All %(number)s", number=number_of), f"{here}?stage={code}") if number_of > CARDS else None


def _card(project: Project, one: Row) -> dict[str, Any]:
    return {
        "key": one.key,
        "href": url_for("changes.show", project=project.key, key=one.key),
        "title": one.title,
        "person": one.logged_by,
        "flags": _flags(one),
        "foot": " · ".join(str(part) for part in _foot(one)),
    }


def _flags(one: Row) -> list[tuple[Any, str, str]]:
    flags: list[tuple[Any, str, str]] = []
    if one.stage == "deferred":
        flags.append((_("Deferred until %(until)s", until=one.until or "–"), "warn", ""))
    elif one.stage == "needs_information":
        flags.append((_("Needs information"), "warn", "help-circle"))
    elif one.stage in ("rejected", "withdrawn"):
        flags.append((_("Rejected") if one.stage == "rejected" else _("Withdrawn"), "", ""))
    if one.clash:
        flags.append((_("contested"), "warn", "alert-triangle"))
    return flags


def _foot(one: Row) -> list[Any]:
    parts: list[Any] = []
    if one.expected is not None:
        parts.append(_("%(days)s d", days=number(one.expected)))
    if one.phase:
        parts.append(one.phase)
    if one.waited and one.stage in ("submitted", "assessing", "deciding"):
        parts.append(ngettext("waited %(num)s day", "waited %(num)s days", one.waited))
    return parts


def _listed(project: Project, one: Row) -> dict[str, Any]:
    return {
        "row": one,
        "key": one.key,
        "href": url_for("changes.show", project=project.key, key=one.key),
        "flags": _flags(one),
    }
