"""The board of changes, by the stages that the project's preset shows, by tier or by phase, and their list."""

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
from reqtrack.items.kinds import KINDS
from reqtrack.items.list_page import sample
from reqtrack.permissions import Actor
from reqtrack.web.context import number
from reqtrack.web.words import some
from reqtrack.workflow.flows import Flows
from reqtrack.workflow.presets import PRESETS
from reqtrack.workflow.tables import CHANGE, CHANGE_OPEN

CARDS = queries.OF_EACH


def columns_of(project: Project, by: str) -> dict[str, Any]:
    """The columns of the board: id → how it is called."""
    if by == "tier":
        return {**TIERS, queries.NONE: _("No priority yet")}
    if by == "phase":
        named = {str(one["id"]): one["name"] for one in forms.phases(project.id)}
        return {**named, queries.NONE: _("In no phase yet")}
    return shown_stages(flows_for(project))


def board(actor: Actor, project: Project, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The changes of a project by stage (those that its preset shows), tier or phase, or as a list where a filter asks for one."""
    by = arguments.get("by", "")
    by = by if by in queries.GROUPS else "stage"
    asked_for = {
        name: arguments[name] for name in ("q", "stage", "tier", "phase", "sort", "after") if arguments.get(name)
    }
    common: dict[str, Any] = {
        "here": url_for("changes.board", project=project.key),
        "may_create": actor.may("change.create", project.id),
        "sample": sample(KINDS["change"]),
        "as_list": arguments.get("view") == "list" or bool(asked_for),
    }
    common["groups"] = _groups(common["here"], by)
    return {**common, **(_list(actor, project, asked_for) if common["as_list"] else _columns(actor, project, by))}


def _groups(here: str, by: str) -> list[dict[str, Any]]:
    words = {"stage": _("By stage"), "tier": _("By priority"), "phase": _("By phase")}
    return [
        {"label": label, "href": here if one == "stage" else f"{here}?by={one}", "current": one == by}
        for one, label in words.items()
    ]


def _columns(actor: Actor, project: Project, by: str) -> dict[str, Any]:
    rows, counts = queries.board(actor, project, by)
    flows = flows_for(project)
    folded = PRESETS[flows.preset].folded
    columns = columns_of(project, by)
    cells: dict[str, list[Row]] = {code: [] for code in columns}
    for one in rows:
        cells[_column(flows, one, by)].append(one)
    totals = dict.fromkeys(columns, 0)
    for place, number_of in counts.items():
        totals[folded(*place) if by == "stage" else str(place or queries.NONE)] += number_of
    here = url_for("changes.board", project=project.key)
    may_write = actor.may("change.create", project.id)
    moves = {one.key: _moves(project, flows, one, by, columns) for one in rows} if may_write else {}
    return {
        "number": len(rows),
        "by": by,
        "columns": [{"id": code, "title": label, "note": totals[code] or ""} for code, label in columns.items()],
        "lane": {
            "title": "",
            "cells": [
                [_card(project, flows, one, by, moves.get(one.key, [])) for one in mine[:CARDS]]
                for mine in cells.values()
            ],
            "more": [_more(here, by, code, label, totals[code]) for code, label in columns.items()],
            "empty": _("Nothing here."),
        },
    }


def _column(flows: Flows, one: Row, by: str) -> str:
    """The column in which a change stands."""
    if by == "stage":
        return PRESETS[flows.preset].folded(one.stage, one.came_from)
    return str((one.tier if by == "tier" else one.phase_id) or queries.NONE)


def _moves(project: Project, flows: Flows, one: Row, by: str, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line of the card's menu for each other column."""
    at = url_for("changes.placing", project=project.key, key=one.key, by=by)
    here = _column(flows, one, by)
    return [{"label": label, "href": f"{at}&to={code}"} for code, label in columns.items() if code != here]


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


def _more(here: str, by: str, code: str, label: Any, number_of: int) -> tuple[str, str] | None:
    if number_of <= CARDS:
        return None
    wanted = (
        {"stage": code}
        if by == "stage"
        else {"stage": ",".join(CHANGE_OPEN), by: str(label) if by == "phase" else code}
    )
    if code == queries.NONE:
        wanted[by] = queries.NONE
    return ngettext("and %(num)s more", "and %(num)s more", number_of - CARDS), f"{here}?{urlencode(wanted)}"


def _card(project: Project, flows: Flows, one: Row, by: str, moves: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "key": one.key,
        "href": url_for("changes.show", project=project.key, key=one.key),
        "title": one.title,
        "person": one.logged_by,
        "flags": _flags(flows, one, by == "stage"),
        "stage": "" if by == "stage" else one.stage,
        "stage_name": flows.name(one.stage, one.sub_stage, one.kind),
        "foot": " · ".join(str(part) for part in _foot(one, by)),
        "asked": _asked(one),
        "moves": moves,
        "move": url_for("changes.placing", project=project.key, key=one.key, by=by) if moves else "",
    }


def _asked(one: Row) -> str:
    """With whom it is: two by name, and how many they are."""
    return some(one.asked)


def _flags(flows: Flows, one: Row, folded: bool = True) -> list[tuple[Any, str, str]]:
    """``folded``: nothing else on the card says in which stage it is."""
    flags: list[tuple[Any, str, str]] = []
    if _emergency(one):
        flags.append((_("Emergency"), "bad", "alert-triangle"))
    if one.conflict:
        flags.append((_("In conflict"), "bad", "alert-triangle"))
    # What folds in, or was added, says so by its name.
    if folded and one.sub_stage and one.stage != "needs_information":
        flags.append((flows.name(one.stage, one.sub_stage, one.kind), "accent", ""))
    if one.stage == "deferred":
        flags.append((_("Deferred until %(until)s", until=one.until or "–"), "warn", ""))
    elif not folded or PRESETS[flows.preset].folded(one.stage, one.came_from) == one.stage:
        pass  # the stage beside it says so, or its column
    elif one.stage == "needs_information":
        flags.append((flows.name(one.stage, None, one.kind), "warn", "help-circle"))
    elif one.stage in ("rejected", "withdrawn"):
        flags.append((flows.name(one.stage, None, one.kind), "", ""))
    if one.clash:
        flags.append((_("contested"), "warn", "alert-triangle"))
    return flags


def _emergency(one: Row) -> bool:
    """Whether it is one that still has to be decided, or to be looked at afterwards."""
    return one.kind == "emergency" and one.stage in (*CHANGE_OPEN, "applied")


def _foot(one: Row, by: str) -> list[Any]:
    parts: list[Any] = []
    if one.expected is not None:
        parts.append(_("%(days)s d", days=number(one.expected)))
    if one.phase and by != "phase":
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
        "emergency": _emergency(one),
    }
