"""What the pages of defects show: the board, one defect, figures, the hook in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance import defect_policy
from reqtrack.acceptance.actions import hook
from reqtrack.acceptance.models import NO_ROW, SEVERITIES, Acceptance, Defect
from reqtrack.acceptance.queries import defect_lists, defects
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.items import lists, moves
from reqtrack.items.kinds import KINDS
from reqtrack.jobs.models import Job
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence
from reqtrack.workflow.tables import DEFECT

OUTSIDE = ("http://", "https://")
FAILED_SHOWN = 5


# -- one defect ----------------------------------------------------------------------------------------------------------


def on_defect(actor: Actor, item: Defect) -> Mapping[str, Any]:
    """On a defect's page: the rows in which it shows and what is seen there since the fix; a change where it is no defect."""
    places = defects.places(actor, item)
    outside = (item.outside or "").strip()
    return {
        "places": places,
        "hidden": not places and defects.row_count(item) > 0,
        "retested": item.stage in defect_policy.RETESTED,
        "outside": outside if outside.lower().startswith(OUTSIDE) else "",
        "change_href": _change_about(actor, item, places) if item.stage == "not_a_defect" else "",
    }


def _change_about(actor: Actor, item: Defect, places: list[defects.Place]) -> str:
    """Where a change is begun in place of a defect; "" where the actor logs none."""
    if "changes.new" not in current_app.view_functions or not actor.may("change.create", item.project_id):
        return ""
    project = db.session.get_one(Project, item.project_id)
    about: dict[str, Any] = {"item": " ".join(dict.fromkeys(one.key for one in places))} if places else {}
    return url_for("changes.new", project=project.key, title=item.title, reason=item.seen or "", **about)


def on_acceptance(actor: Actor, item: Acceptance) -> Mapping[str, Any] | None:
    """On an acceptance scenario's page: the defects found in it, open ones first."""
    found = defects.of_scenario_page(actor, item)
    return {"defects": found, "no_row": NO_ROW} if found else None


# -- the board -----------------------------------------------------------------------------------------------------------


def board(actor: Actor, project: Project, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The defects of a project by stage, or as a list; filtered by severity, by who mends them, by what is late."""
    given = {name: arguments[name] for name in ("q", "severity", "assignee", "overdue", "after") if arguments.get(name)}
    today = clock.today(project.zone)
    here = url_for("defects.board", project=project.key)
    as_list = arguments.get("view") == "list" or "q" in given
    to_place = defect_lists.scenarios_to_place(project.id) if actor.may("round.manage", project.id) else []
    shown: dict[str, Any] = {
        "here": here,
        "as_list": as_list,
        "filtered": bool(given),
        "filters": _filters(project, given),
        "words": given.get("q", ""),
        "may_create": actor.may("defect.raise", project.id),
        "to_place": to_place,
        "today": today,
        "severities": SEVERITIES,
    }
    return {**shown, **(_list(actor, project, given, today) if as_list else _columns(actor, project, given, today))}


def _filters(project: Project, given: Mapping[str, str]) -> list[dict[str, Any]]:
    people = [(one.login, one.name) for one in defects.menders(project.id)]
    offered = (
        ("severity", _("Severity"), list(SEVERITIES.items())),
        ("assignee", _("Who mends it"), [*people, ("none", _("Nobody yet"))]),
        ("overdue", _("Due"), [("1", _("Overdue"))]),
    )
    return [
        {"name": name, "label": label, "options": options, "value": given.get(name, "")}
        for name, label, options in offered
    ]


def _columns(actor: Actor, project: Project, given: Mapping[str, str], today: Any) -> dict[str, Any]:
    wanted = defect_lists.Filter(
        given.get("severity", ""), given.get("assignee", ""), today if given.get("overdue") else None
    )
    rows, counts = defect_lists.board(actor, project.id, wanted)
    cells: dict[str, list[dict[str, Any]]] = {stage: [] for stage in DEFECT.stages}
    for row in rows:
        cells[row.stage].append(_card(actor, project, row, today))
    here = url_for("defects.board", project=project.key, view="list")
    more = [
        (ngettext("and %(num)s more", "and %(num)s more", left), f"{here}&q=stage:{stage}")
        if (left := counts.get(stage, 0) - len(cells[stage])) > 0
        else None
        for stage in DEFECT.stages
    ]
    return {
        "number": len(rows),
        "columns": [
            {"id": stage, "title": _stage(stage), "note": counts.get(stage, 0) or ""} for stage in DEFECT.stages
        ],
        "lane": {"title": "", "cells": list(cells.values()), "more": more, "empty": _("Nothing here.")},
    }


def _stage(code: str) -> str:
    words = {
        "open": _("Open"), "fixed": _("Fixed"), "retest": _("Retest"), "closed": _("Closed"), "not_a_defect": _("Not a defect"),
    }  # fmt: skip
    return str(words[code])


def _card(actor: Actor, project: Project, row: Any, today: Any) -> dict[str, Any]:
    flags: list[tuple[Any, str, str]] = []
    if row.severity != "normal":
        flags.append((SEVERITIES[row.severity], "bad" if row.severity == "blocking" else "", "bug"))
    late = row.due_on is not None and row.due_on < today and row.stage not in defect_policy.OVER
    if late:
        flags.append((_("Overdue"), "bad", "calendar-due"))
    at = url_for("defects.placing", project=project.key, key=row.key)
    write = any(actor.may(one, project.id) for one in ("defect.raise", "defect.mend", "requirement.decide"))
    others = [stage for stage in DEFECT.stages if stage != row.stage]
    return {
        "key": row.key,
        "href": url_for("items.show", project=project.key, key=row.key),
        "title": row.title,
        "person": row.assignee,
        "flags": flags,
        "move": f"{at}?at=board" if write else "",
        "moves": [{"label": _stage(one), "href": f"{at}?at=board&to={one}"} for one in others] if write else [],
    }


def _list(actor: Actor, project: Project, given: Mapping[str, str], today: Any) -> dict[str, Any]:
    late = {"due_before": today.isoformat(), "stage": "open,fixed,retest"} if given.get("overdue") else {}
    asked = lists.wanted(
        given.get("q", ""), sort="-number", severity=given.get("severity"), assignee=given.get("assignee"),
        after=given.get("after"), **late,
    )  # fmt: skip
    found = lists.page(actor, project.id, KINDS["defect"], asked)
    kept = {name: value for name, value in given.items() if name != "after"}
    here: dict[str, Any] = {"endpoint": "defects.board", "project": project.key, "view": "list", **kept}
    names = defects.names([row.assignee_id for row in found.rows])
    return {
        "number": len(found.rows),
        "rows": [{"row": row, "assignee": names.get(row.assignee_id, "–")} for row in found.rows],
        "next": url_for(**here, after=found.next) if found.next else "",
        "first": url_for(**here) if asked.after else "",
    }


def placing(actor: Actor, project: Project, item: Defect, to: str) -> dict[str, Any]:
    """A card moved to another column: the move that this means with what it asks for, or why nobody makes it by hand."""
    move = next((one for one in moves.of(actor, item) if one.to == to), None)
    reasons = [sentence(one) for one in move.verdict.reasons] if move is not None else []
    if move is None and to == item.stage:
        reasons = [_("It is there already.")]
    elif move is None and to in ("retest", "closed"):
        reasons = [_("Nobody moves it there by hand: what is tested after the fix does.")]
    elif move is None:
        reasons = [_("It does not go there from where it is.")]
    return {
        "item": item,
        "column": _stage(to) if to in DEFECT.stages else to,
        "move": move,
        "reasons": reasons,
        "home": url_for("defects.board", project=project.key),
        "href": url_for("items.show", project=project.key, key=item.key),
    }


def figures(actor: Actor, project: Project) -> dict[str, Any]:
    """How long mending takes, and testing again: bars with a table beside."""
    labels = {"mend": _("From raised to fixed"), "retest": _("From fixed to closed")}
    lines = [
        {
            "label": labels[name], "number": took.number, "value": took.median if took.median is not None else 0,
            "median": took.median, "longest": took.longest, "key": took.key,
            "href": url_for("items.show", project=project.key, key=took.key) if took.key else "",
        }
        for name, took in defect_lists.times(actor, project).items()
    ]  # fmt: skip
    return {
        "lines": lines,
        "home": url_for("defects.board", project=project.key),
        "some": any(one["number"] for one in lines),
    }


# -- settings ------------------------------------------------------------------------------------------------------------


def hook_part(actor: Actor, project: Project) -> dict[str, Any] | None:
    """The part of the settings about the other tracker: for who manages the project, with what could not be told lately."""
    if not actor.may("project.manage", project.id):
        return None
    wanted = (
        select(Job)
        .where(Job.project_id == project.id, Job.kind == hook.JOB, Job.error != "")
        .where(Job.state.in_(("failed", "waiting")))
        .order_by(Job.id.desc())
        .limit(FAILED_SHOWN)
    )
    jobs = db.session.execute(wanted).scalars()
    return {
        "address": project.defect_hook or "",
        "failed": [
            {"key": job.payload["body"]["key"], "event": job.payload["body"]["event"], "error": job.error,
             "again": job.state == "waiting", "at": job.made_at}
            for job in jobs
        ],
    }  # fmt: skip
