"""Stakeholders and excerpts."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from sqlalchemy import select

from reqtrack import clock
from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, limit, listed
from reqtrack.api.schemas import ExcerptBody, StakeholderBody
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.interviews import actions, queries
from reqtrack.interviews.models import Excerpt
from reqtrack.items.queries import item_for
from reqtrack.permissions import SYSTEM


def _person(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "name": one.name or None, "label": one.label, "department": one.department,
        "job_role": one.job_role or None, "level": one.level or None, "region": one.region or None, "user": one.user or None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/stakeholders", "interview.read")
@area.doc(summary="List stakeholders; names only to interviewers and analysts", tags=["stakeholders"])
def list_stakeholders(project: str) -> Response:
    people = sorted(queries.people(g.actor, g.project_id), key=lambda one: one.id)
    rows = [one for one in people if one.id > after_number()]
    size = limit()
    return listed([_person(one) for one in rows[:size]], rows[size - 1].id if len(rows) > size else None)


@area.page(f"{PROJECT}/stakeholders/<int:number>", "interview.read")
@area.doc(summary="Read a stakeholder", tags=["stakeholders"])
def read_stakeholder(project: str, number: int) -> Response:
    row = queries.stakeholder_for(g.actor, g.project_id, number)
    return answered(_person(queries.person_for(g.actor, row)))


@area.act(f"{PROJECT}/stakeholders", "stakeholder.write", makes="read_stakeholder")
@area.input(StakeholderBody, location="json", arg_name="body")
@area.doc(summary="Add a stakeholder", tags=["stakeholders"])
def create_stakeholder(project: str, body: StakeholderBody) -> Response:
    row = actions.add_stakeholder(g.actor, g.project, body.model_dump(exclude_none=True))
    # Who has just typed it is told what was kept.
    return created(_person(queries.person_for(SYSTEM, row)))


@area.act(f"{PROJECT}/stakeholders/<int:number>", "stakeholder.write", methods=("PATCH",))
@area.input(StakeholderBody, location="json", arg_name="body")
@area.doc(summary="Change a stakeholder", tags=["stakeholders"])
def update_stakeholder(project: str, number: int, body: StakeholderBody) -> Response:
    row = queries.stakeholder_for(g.actor, g.project_id, number)
    check_version(str(number), row.version)
    actions.change_stakeholder(g.actor, row, body.model_dump(exclude_unset=True), row.version)
    db.session.flush()
    return answered(_person(queries.person_for(g.actor, row)))


def _quote(one: queries.Quote) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1, "interview": one.interview, "quote": one.text, "who": one.who or None,
        "role": one.role or None, "level": one.level or None, "items": [key for key, _kind, _title in one.items],
    }  # fmt: skip


@area.listing(f"{PROJECT}/excerpts", "interview.read")
@area.doc(summary="List excerpts", tags=["excerpts"])
def list_excerpts(project: str) -> Response:
    size = limit()
    wanted = select(Excerpt.id).where(Excerpt.project_id == g.project_id, Excerpt.id > after_number())
    ids = list(db.session.execute(wanted.order_by(Excerpt.id).limit(size + 1)).scalars())
    quotes = queries.quotes_by_id(g.actor, g.project_id, ids[:size])
    return listed([_quote(one) for one in quotes], ids[size - 1] if len(ids) > size else None)


@area.page(f"{PROJECT}/excerpts/<int:number>", "interview.read")
@area.doc(summary="Read an excerpt", tags=["excerpts"])
def read_excerpt(project: str, number: int) -> Response:
    found = queries.quotes_by_id(g.actor, g.project_id, [number])
    if not found:
        raise NotFound(f"excerpt {number}")
    return answered(_quote(found[0]))


@area.act(f"{PROJECT}/excerpts", "interview.write", makes="read_excerpt")
@area.input(ExcerptBody, location="json", arg_name="body")
@area.doc(summary="Mark words that stand in an interview's notes", tags=["excerpts"])
def create_excerpt(project: str, body: ExcerptBody) -> Response:
    interview = item_for(g.actor, g.project_id, body.interview, "interview")
    row = actions.mark(g.actor, interview, body.quote, stakeholder_id=body.stakeholder)
    return created({**_quote(queries.quotes_by_id(g.actor, g.project_id, [row.id])[0]), "at": clock.iso(row.at)})
