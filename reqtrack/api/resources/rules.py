"""By which rules a project decides its changes."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack.api.area import PROJECT, answered, area, check_version
from reqtrack.api.schemas import DelegationBody, DelegationPatch
from reqtrack.changes import actions, dossier, tables
from reqtrack.changes.delegation import DELEGATION, Line, check_table
from reqtrack.changes.facts import Rule
from reqtrack.changes.queries import tables as queries
from reqtrack.db import plain_decimal
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
        "seats": [{"role": one.acting, "deciders": [who.login for who in one.holders]} for one in rule.seats],
        "needed": rule.needed,
        "password": rule.proof,
    }
