"""By which rules a project decides its changes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, g

from reqtrack import clock
from reqtrack.api.area import PROJECT, answered, area, check_version, created, short
from reqtrack.api.schemas import DelegationBody, DelegationPatch, TemplateApproval, TemplateBody, TemplatePatch
from reqtrack.changes import actions, dossier, tables
from reqtrack.changes.delegation import DELEGATION, Line, check_table
from reqtrack.changes.facts import Rule
from reqtrack.changes.models import ChangeTemplate
from reqtrack.changes.queries import tables as queries
from reqtrack.changes.queries.templates import standing as standing_of
from reqtrack.changes.queries.templates import template_for, templates
from reqtrack.db import db, plain_decimal
from reqtrack.errors import Invalid


def _amount(value: Any) -> float | int | None:
    if value is None:
        return None
    text = plain_decimal(value)
    return float(text) if "." in text else int(text)


def _line(line: Line) -> dict[str, Any]:
    (told,) = tables.shown([line])
    told["most_days"] = _amount(line.most_days)
    if g.actor.may("cost.read", g.project_id):
        told["most_cost"] = _amount(line.most_cost)
    else:
        del told["most_cost"]
    return {**told, "kind": line.kind or None}


def _delegation() -> dict[str, Any]:
    table = dossier.table_of(g.project_id)
    return {
        "key": queries.SUBJECT,
        "version": queries.version_of(g.project_id),
        "default": table == DELEGATION,
        "most_deciders": g.project.most_deciders,
        "lines": [_line(one) for one in table],
    }


@area.page(f"{PROJECT}/delegation", "project.read")
@area.doc(summary="The delegation table: who decides which change", tags=["changes"])
def read_delegation(project: str) -> Response:
    return answered(_delegation())


@area.act(f"{PROJECT}/delegation", "project.manage", methods=("PATCH",), proof=True)
@area.input(DelegationPatch, location="json", arg_name="body")
@area.doc(summary="Decide by another table; no lines means the default one", tags=["changes"])
def update_delegation(project: str, body: DelegationPatch) -> Response:
    check_version(queries.SUBJECT, queries.version_of(g.project_id))
    lines = [one.model_dump() for one in body.lines]
    actions.set_delegation(g.actor, g.project, lines, most_deciders=body.most_deciders)
    return answered(_delegation())


@area.ask(f"{PROJECT}/delegation/preview", "project.manage", answers="facts", shape="Part")
@area.input(DelegationBody, location="json", arg_name="body")
@area.doc(summary="Which open changes another table would have decided by whom", tags=["changes"])
def preview_delegation(project: str, body: DelegationBody) -> Response:
    table = tables.parse([one.model_dump() for one in body.lines]) or DELEGATION
    verdict = check_table(table, body.most_deciders or g.project.most_deciders)
    if not verdict:
        raise Invalid(verdict.reasons)
    told = [
        {"key": one.key, "title": one.title, "stage": one.stage, "differs": one.differs, "now": _rule(one.now),
         "then": _rule(one.then)}
        for one in queries.preview(g.actor, g.project, table)
    ]  # fmt: skip
    return answered({"key": queries.SUBJECT, "changes": told})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "seats": [{"role": one.acting, "deciders": [who.login for who in one.voters]} for one in rule.seats],
        "needed": rule.needed,
        "password": rule.proof,
    }


# -- standard changes --------------------------------------------------------------------------------------------------


def _template(row: ChangeTemplate, standing: Collection[int] | None = None) -> dict[str, Any]:
    """``standing``: the ids of those whose approval holds, where that is known; ``lapsed``: who approved it is no owner any more."""
    holds = standing_of(row.project_id) if standing is None else standing
    return {
        "id": row.id, "version": row.version, "name": row.name, "reason": row.reason, "most_days": _amount(row.most_days),
        "most_items": row.most_items, "fields": row.fields.split(), "tiers": row.tiers.split(),
        "written_by": row.written_by.split(), "approved_by": row.approved_by or None,
        "approved_at": clock.iso(row.approved_at) if row.approved_at else None,
        "lapsed": bool(row.approved_by) and row.id not in holds,
        "archived_at": clock.iso(row.archived_at) if row.archived_at else None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/change-templates", "project.read")
@area.doc(summary="The templates of standard changes", tags=["changes"])
def list_change_templates(project: str) -> Response:
    holds = standing_of(g.project_id)
    return short([_template(one, holds) for one in templates(g.project_id)], "id")


@area.page(f"{PROJECT}/change-templates/<int:number>", "project.read")
@area.doc(summary="A template of standard changes", tags=["changes"])
def read_change_template(project: str, number: int) -> Response:
    return answered(_template(template_for(g.project_id, number)))


@area.act(f"{PROJECT}/change-templates", "change.manage", makes="read_change_template")
@area.input(TemplateBody, location="json", arg_name="body")
@area.doc(summary="Write a template; an owner approves it before anything passes by it", tags=["changes"])
def create_change_template(project: str, body: TemplateBody) -> Response:
    row = actions.write_template(g.actor, g.project, body.model_dump())
    return created(_template(row))


@area.act(f"{PROJECT}/change-templates/<int:number>", "change.manage", methods=("PATCH",))
@area.input(TemplatePatch, location="json", arg_name="body")
@area.doc(summary="Write a template anew: an approval given before is void", tags=["changes"])
def update_change_template(project: str, number: int, body: TemplatePatch) -> Response:
    row = template_for(g.project_id, number)
    check_version(f"template {number}", row.version)
    actions.change_template(g.actor, row, body.model_dump(exclude_unset=True))
    db.session.flush()
    return answered(_template(row))


@area.act(f"{PROJECT}/change-templates/<int:number>/approval", "change.decide", proof=True)
@area.input(TemplateApproval, location="json", arg_name="body")
@area.doc(summary="Approve a template beforehand, as an owner who did not write it", tags=["changes"])
def approve_change_template(project: str, number: int, body: TemplateApproval) -> Response:
    row = template_for(g.project_id, number)
    actions.approve_template(g.actor, row, seen=body.seen)
    db.session.flush()
    return created(_template(row))


@area.act(f"{PROJECT}/change-templates/<int:number>/withdrawal", "change.manage")
@area.doc(summary="Use a template no more", tags=["changes"])
def archive_change_template(project: str, number: int) -> Response:
    row = template_for(g.project_id, number)
    actions.archive_template(g.actor, row)
    db.session.flush()
    return created(_template(row))
