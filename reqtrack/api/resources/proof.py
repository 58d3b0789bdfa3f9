"""Baselines, sign-offs and signatures."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request
from sqlalchemy import select

from reqtrack.api.area import PROJECT, after_number, answered, area, created, limit, listed, paged
from reqtrack.api.schemas import BaselineBody, ReasonBody, SignatureBody, SignoffBody
from reqtrack.baselines import actions as baseline_actions
from reqtrack.baselines import forms, pages
from reqtrack.baselines import queries as baselines
from reqtrack.baselines.compare import compare
from reqtrack.baselines.models import Baseline
from reqtrack.db import db
from reqtrack.errors import invalid
from reqtrack.signoff import actions, queries
from reqtrack.signoff.seats import Wanted


@area.listing(f"{PROJECT}/baselines", "project.read")
@area.doc(summary="List baselines", tags=["baselines"])
def list_baselines(project: str) -> Response:
    wanted = select(Baseline).where(Baseline.project_id == g.project_id, Baseline.number > after_number())
    rows = db.session.execute(wanted.order_by(Baseline.number).limit(limit() + 1)).scalars().all()
    return paged(rows, lambda row: baselines.as_dict(g.actor, row), lambda row: row.number)


@area.page(f"{PROJECT}/baselines/<key>", "project.read")
@area.doc(summary="Read a baseline", tags=["baselines"])
def read_baseline(project: str, key: str) -> Response:
    return answered(baselines.as_dict(g.actor, baselines.baseline_for(g.actor, g.project_id, key)))


@area.act(f"{PROJECT}/baselines", "baseline.take", makes="read_baseline")
@area.input(BaselineBody, location="json", arg_name="body")
@area.doc(summary="Take a baseline", tags=["baselines"])
def create_baseline(project: str, body: BaselineBody) -> Response:
    made = baseline_actions.take(g.actor, g.project, body.name, drafts=body.drafts)
    return created(baselines.as_dict(g.actor, made))


@area.facts(f"{PROJECT}/comparison", "project.read", "from", "to")
@area.doc(
    summary="Two points of the scope side by side, the newest baseline and now where none are named", tags=["baselines"]
)
def read_comparison(project: str) -> Response:
    old, new = forms.names(request.args)
    newest = [] if old else baselines.listing(g.project_id)
    old = old or (f"BL-{newest[0].number}" if newest else "")
    if not old:
        raise invalid("from", "Say which two points of the scope, as in from=BL-1&to=now.", "required")
    return answered(pages.as_facts(compare(g.project_id, *forms.points(g.actor, g.project, old, new))))


@area.facts(f"{PROJECT}/scope-in-force", "project.read")
@area.doc(summary="The signed baseline with the changes that carry it, and what no signature covers", tags=["signoffs"])
def read_scope_in_force(project: str) -> Response:
    return jsonify(queries.in_force_dict(g.actor, g.project_id))


@area.listing(f"{PROJECT}/signoffs", "project.read")
@area.doc(summary="List sign-offs, newest first", tags=["signoffs"])
def list_signoffs(project: str) -> Response:
    size = limit()
    rows = queries.listing(g.project_id, after_number(), size + 1, reader=g.actor)
    shown = [queries.as_dict(one) for one in queries.lines(g.actor, g.project_id, rows[:size])]
    return listed(shown, rows[size - 1].number if len(rows) > size else None)


@area.page(f"{PROJECT}/signoffs/<key>", "project.read")
@area.doc(summary="Read a sign-off", tags=["signoffs"])
def read_signoff(project: str, key: str) -> Response:
    return answered(_signoff(key))


def _signoff(key: str) -> dict[str, Any]:
    return queries.as_dict(queries.page_of(g.actor, queries.signoff_for(g.actor, g.project_id, key)))


@area.act(f"{PROJECT}/signoffs", "signoff.request", makes="read_signoff")
@area.input(SignoffBody, location="json", arg_name="body")
@area.doc(summary="Ask people to sign", tags=["signoffs"])
def create_signoff(project: str, body: SignoffBody) -> Response:
    signers = [
        one if isinstance(one, str) else Wanted(role=one.role, name=one.name, organisation=one.organisation)
        for one in body.signers
    ]
    made = actions.request(
        g.actor, g.project, body.subject, body.meaning, signers, body.rule, body.due_on,
        needed=body.needed, ordered=body.ordered, ways=body.ways,
    )  # fmt: skip
    db.session.flush()
    return created(_signoff(made.key))


@area.act(f"{PROJECT}/signoffs/<key>/signature", "project.read", proof=True)
@area.input(SignatureBody, location="json", arg_name="body")
@area.doc(summary="Sign, or decline with a reason", tags=["signoffs"])
def create_signature(project: str, key: str, body: SignatureBody) -> Response:
    signoff = queries.signoff_for(g.actor, g.project_id, key)
    where = {"address": request.remote_addr or "", "device": request.user_agent.string[:300]}
    if body.decline:
        actions.decline(g.actor, g.project, signoff, body.reason, **where)
    else:
        actions.sign(
            g.actor, g.project, signoff, seen=body.fingerprint, remarks=body.remarks, reserved=body.reserved, **where
        )
    db.session.flush()
    return created(_signoff(key))


@area.act(f"{PROJECT}/signoffs/<key>/withdrawal", "project.read")
@area.input(ReasonBody, location="json", arg_name="body")
@area.doc(summary="Take back a request, or one's own signature", tags=["signoffs"])
def withdraw_signoff(project: str, key: str, body: ReasonBody) -> Response:
    actions.withdraw(g.actor, g.project, queries.signoff_for(g.actor, g.project_id, key), body.reason)
    db.session.flush()
    return created(_signoff(key))
