"""The board of changes, by the stages that the project's preset shows, and their list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes import queries
from reqtrack.changes.models import TIERS
from reqtrack.changes.queries import Row
from reqtrack.changes.queries.flows import flows_for
from reqtrack.items import forms, lists
from reqtrack.permissions import Actor
from reqtrack.web.context import number
from reqtrack.workflow.flows import Flows
from reqtrack.workflow.presets import PRESETS
from reqtrack.workflow.tables import CHANGE

CARDS = 12


def board(actor: Actor, project: Project, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The changes of a project by stage (those that its preset shows), or as a list where a filter asks for one."""
    asked_for = {
        name: arguments[name] for name in ("q", "stage", "tier", "phase", "sort", "after") if arguments.get(name)
    }
    common = {
        "here": url_for("changes.board", project=project.key),
        "may_create": actor.may("change.create", project.id),
        "as_list": arguments.get("view") == "list" or bool(asked_for),
    }
    return {**common, **(_list(actor, project, asked_for) if common["as_list"] else _columns(actor, project))}


def _columns(actor: Actor, project: Project) -> dict[str, Any]:
    rows, counts = queries.board(actor, project)
    flows = flows_for(project)
    preset = PRESETS[flows.preset]
    columns = shown_stages(flows)
    by_column: dict[str, list[Row]] = {code: [] for code in columns}
    for one in rows:
        by_column[preset.folded(one.stage, one.came_from)].append(one)
    # What is asked back counts where its cards stand; there are never many of it.
    folded = dict(preset.shown)
    totals = {
        code: max(sum(counts.get(stage, 0) for stage in folded[code]), len(mine)) for code, mine in by_column.items()
    }
    here = url_for("changes.board", project=project.key)
    return {
        "number": len(rows),
        "columns": [{"id": code, "title": label, "note": totals[code] or ""} for code, label in columns.items()],
        "lane": {
            "title": "",
            "cells": [[_card(project, flows, one) for one in mine[:CARDS]] for mine in by_column.values()],
            "more": [_more(here, code, totals[code]) for code in columns],
            "empty": _("Nothing here."),
        },
    }


def shown_stages(flows: Flows) -> dict[str, Any]:
    """The stages that a project's preset shows, by code, as those of the usual kind of change are called."""
    return {code: flows.name(code) for code, _stages in PRESETS[flows.preset].shown}


def _list(actor: Actor, project: Project, asked_for: Mapping[str, str]) -> dict[str, Any]:
    """Filtered and sorted, a page at a time."""
    more = {name: asked_for.get(name) for name in ("tier", "phase", "after")}
    flows = flows_for(project)
    stages = ",".join(_stages(flows, asked_for.get("stage", "")))
    asked = lists.wanted(asked_for.get("q", ""), stage=stages, sort=asked_for.get("sort") or "-number", **more)
    rows, following = queries.listing(actor, project, asked)
    kept = {name: value for name, value in asked_for.items() if name != "after"}
    here = url_for("changes.board", project=project.key)

    def page(**given: str) -> str:
        return f"{here}?{urlencode({'view': 'list', **kept, **given})}"

    return {
        "number": len(rows),
        "rows": [_listed(project, flows, one) for one in rows],
        "filtered": bool(asked_for),
        "words": asked_for.get("q", ""),
        "next": page(after=following) if following else "",
        "first": page() if asked.after else "",
        "filters": [
            {
                "name": "stage",
                "label": _("Stage"),
                "options": [(code, str(name)) for code, name in shown_stages(flows).items()],
                "value": asked_for.get("stage", ""),
            },
            {
                "name": "tier",
                "label": _("Priority"),
                "options": list(TIERS.items()),
                "value": asked_for.get("tier", ""),
            },
            {
                "name": "phase",
                "label": _("Phase"),
                "options": [(one["name"], one["name"]) for one in forms.phases(project.id)],
                "value": asked_for.get("phase", ""),
            },
        ],
    }


def _stages(flows: Flows, stage: str) -> tuple[str, ...]:
    """The stages that a filter asks for: one that is shown stands for those folded into it."""
    folded = dict(PRESETS[flows.preset].shown)
    if stage in folded:
        back = (
            ("needs_information",) if stage in ("assessing", "deciding") and "needs_information" not in folded else ()
        )
        return (*folded[stage], *back)
    return tuple(one for one in stage.split(",") if one in CHANGE.stages)


def _more(here: str, code: str, number_of: int) -> tuple[str, str] | None:
    return (_("All %(number)s", number=number_of), f"{here}?stage={code}") if number_of > CARDS else None


def _card(project: Project, flows: Flows, one: Row) -> dict[str, Any]:
    return {
        "key": one.key,
        "href": url_for("changes.show", project=project.key, key=one.key),
        "title": one.title,
        "person": one.logged_by,
        "flags": _flags(flows, one),
        "foot": " · ".join(str(part) for part in _foot(one)),
    }


def _flags(flows: Flows, one: Row) -> list[tuple[Any, str, str]]:
    flags: list[tuple[Any, str, str]] = []
    # What folds in, or was added, says so by its name.
    if one.sub_stage and one.stage != "needs_information":
        flags.append((flows.name(one.stage, one.sub_stage, one.kind), "accent", ""))
    if one.stage == "deferred":
        flags.append((_("Deferred until %(until)s", until=one.until or "–"), "warn", ""))
    elif PRESETS[flows.preset].folded(one.stage, one.came_from) == one.stage:
        pass  # its column says so
    elif one.stage == "needs_information":
        flags.append((flows.name(one.stage, None, one.kind), "warn", "help-circle"))
    elif one.stage in ("rejected", "withdrawn"):
        flags.append((flows.name(one.stage, None, one.kind), "", ""))
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


def _listed(project: Project, flows: Flows, one: Row) -> dict[str, Any]:
    return {
        "row": one,
        "stage_name": flows.name(one.stage, one.sub_stage, one.kind),
        "key": one.key,
        "href": url_for("changes.show", project=project.key, key=one.key),
        "flags": _flags(flows, one),
    }
