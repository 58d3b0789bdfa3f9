"""Rounds and their results."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from flask import Response, g, request
from sqlalchemy import and_, select

from reqtrack import clock
from reqtrack.acceptance import actions, pages, queries
from reqtrack.acceptance.forms import keep_evidence
from reqtrack.acceptance.models import Result, ResultRevocation, Round, RoundScenario
from reqtrack.acceptance.policy import Evidence
from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, limit, listed, paged
from reqtrack.api.resources.items import kind_permission
from reqtrack.api.schemas import (
    AffirmationBody,
    ChoiceBody,
    ResultBody,
    RevocationBody,
    RoundBody,
    RoundPatch,
    read_now,
)
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid
from reqtrack.files.door import open_upload
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for, visible


def _rounds(rows: Sequence[Round]) -> list[dict[str, Any]]:
    """Rounds as the API shows them, in a constant number of queries; of their scenarios those that the reader may see."""
    ids = [row.id for row in rows]
    only = ids[0] if len(ids) == 1 else None
    progress = {one.id: one for one in queries.list_rounds(g.actor, g.project_id, only=only)} if ids else {}
    testers = queries.testers(ids) if ids else {}
    keys: dict[int, list[str]] = {}
    for round_id, key in db.session.execute(
        select(RoundScenario.round_id, Item.key)
        .join(Item, Item.id == RoundScenario.acceptance_id)
        .where(RoundScenario.round_id.in_(ids), visible(g.actor, g.project_id))
        .order_by(RoundScenario.position)
    ):
        keys.setdefault(round_id, []).append(key)
    return [
        {
            "key": found.key, "version": found.version, "number": found.number, "name": found.name,
            "environment": found.environment, "stage": found.stage, "acceptance": keys.get(found.id, []),
            "address": found.address, "account": found.account, "group_name": found.group_name,
            "tester_roles": found.tester_roles.split(), "due_on": found.due_on.isoformat() if found.due_on else None,
            "copied_from": found.copied_from,
            "testers": [user.login for user in testers.get(found.id, [])],
            "counts": dict(progress[found.id].counts), "rows": progress[found.id].rows,
            "created_at": clock.iso(found.created_at), "closed_at": clock.iso(found.closed_at) if found.closed_at else None,
        }
        for found in rows
    ]  # fmt: skip


def shown_round(found: Round) -> dict[str, Any]:
    """A round as the API shows it."""
    return _rounds([found])[0]


@area.listing(f"{PROJECT}/rounds", "project.read")
@area.doc(summary="List rounds", tags=["rounds"])
def list_rounds(project: str) -> Response:
    size = limit()
    wanted = select(Round).where(Round.project_id == g.project_id, Round.number > after_number())
    rows = db.session.execute(wanted.order_by(Round.number).limit(size + 1)).scalars().all()
    return listed(_rounds(rows[:size]), rows[size - 1].number if len(rows) > size else None)


@area.page(f"{PROJECT}/rounds/<key>", "project.read")
@area.doc(summary="Read a round", tags=["rounds"])
def read_round(project: str, key: str) -> Response:
    return answered(shown_round(queries.round_for(g.actor, g.project_id, key)))


def _chosen(keys: list[str], choice: ChoiceBody | None, found: Round | None = None) -> list[str]:
    """The keys named, and those of what a choice finds (beside what a round holds already).

    Raises:
        Invalid: the choice finds nothing.
    """
    if choice is None:
        return keys
    wanted = {name: value.strip() for name, value in choice.model_dump(exclude_none=True).items()}
    rows, count = queries.candidates(g.actor, g.project_id, wanted, limit=None)
    if not count:
        raise invalid("choose", "No acceptance scenario is as this choice wants it.")
    held = set(queries.keys_in(found)) if found is not None else set()
    return [*keys, *(row.key for row in rows if row.key not in held)]


@area.act(f"{PROJECT}/rounds", "round.manage", makes="read_round")
@area.input(RoundBody, location="json", arg_name="body")
@area.doc(summary="Plan a round", tags=["rounds"])
def create_round(project: str, body: RoundBody) -> Response:
    given = body.model_dump(exclude={"choose"})
    made = actions.create_round(g.actor, g.project, **{**given, "acceptance": _chosen(body.acceptance, body.choose)})
    db.session.flush()
    return created(shown_round(made))


@area.act(f"{PROJECT}/rounds/<key>", "round.manage", methods=("PATCH",))
@area.input(RoundPatch, location="json", arg_name="body")
@area.doc(summary="Change a round, or close it (stage: closed)", tags=["rounds"])
def update_round(project: str, key: str, body: RoundPatch) -> Response:
    found = queries.round_for(g.actor, g.project_id, key)
    check_version(found.key, found.version)
    given = body.model_dump(exclude={"stage", "reason", "choose"}, exclude_unset=True)
    given["add"] = _chosen(body.add, body.choose, found)
    found = actions.change_round(g.actor, found, **given, seen=found.version)
    db.session.flush()
    if body.stage == "closed":
        actions.close_round(g.actor, found, body.reason)
        db.session.flush()
    return answered(shown_round(found))


def _shown(row: Any) -> dict[str, Any]:
    result: Result = row[0]
    return {
        "key": str(result.number), "number": result.number, "version": 1, "round": f"RND-{row[2]}", "acceptance": row[1],
        "row": result.row, "verdict": result.verdict, "note": result.note, "steps": result.steps or [],
        "evidence": [{"name": name, "digest": digest} for digest, name in result.evidence or ()],
        "tester": result.tester, "at": clock.iso(result.at), "text_print": result.text_print, "seal": result.seal,
        "missing_from": result.missing_from or "", "affirms": result.affirms, "machine_run": result.machine_run,
        "attempts": result.attempts, "flaky": bool(result.flaky), "revoked": row[3],
    }  # fmt: skip


def _results() -> Any:
    own = and_(ResultRevocation.project_id == Result.project_id, ResultRevocation.number == Result.number)
    return (
        select(Result, Item.key, Round.number, ResultRevocation.reason)
        .join(Item, Item.id == Result.acceptance_id)
        .join(Round, Round.id == Result.round_id)
        .outerjoin(ResultRevocation, own)
        .where(Result.project_id == g.project_id, visible(g.actor, g.project_id))
        .order_by(Result.number)
    )


@area.listing(f"{PROJECT}/rounds/<key>/results", "project.read")
@area.doc(summary="All results of a round", tags=["results"])
def list_round_results(project: str, key: str) -> Response:
    found = queries.round_for(g.actor, g.project_id, key)
    wanted = _results().where(Result.round_id == found.id, Result.number > after_number()).limit(limit() + 1)
    return paged(db.session.execute(wanted).all(), _shown, lambda row: row[0].number)


@area.listing(f"{PROJECT}/results", "project.read")
@area.doc(summary="List results", tags=["results"])
def list_results(project: str) -> Response:
    wanted = _results().where(Result.number > after_number()).limit(limit() + 1)
    return paged(db.session.execute(wanted).all(), _shown, lambda row: row[0].number)


@area.page(f"{PROJECT}/results/<int:number>", "project.read")
@area.doc(summary="Read a result", tags=["results"])
def read_result(project: str, number: int) -> Response:
    row = db.session.execute(_results().where(Result.number == number)).first()
    if row is None:
        raise NotFound(f"result {number}")
    return answered(_shown(row))


def _received() -> list[Evidence]:
    """Check and keep the files of a result before the transaction begins."""
    kept = []
    for at, one in enumerate(read_now(ResultBody).evidence):
        try:
            data = base64.b64decode(one.file, validate=True)
        except ValueError:
            raise invalid(f"evidence.{at}.file", "The file is not base64.") from None
        kept.append(keep_evidence(open_upload(data, one.name)))
    return kept


@area.act(f"{PROJECT}/rounds/<key>/results", "result.record", prepare=_received, makes="read_result")
@area.input(ResultBody, location="json", arg_name="body")
@area.doc(summary="Record what a tester saw", tags=["results"])
def create_result(project: str, key: str, body: ResultBody) -> Response:
    found = queries.round_for(g.actor, g.project_id, key)
    scenario = item_for(g.actor, g.project_id, body.acceptance, "acceptance")
    result = actions.record_result(
        g.actor, found, scenario, body.row, body.verdict, body.note, body.steps, missing_from=body.missing_from,
        evidence=g.prepared, seen=body.seen, once=request.headers.get("Idempotency-Key", ""),
    )  # fmt: skip
    db.session.flush()
    return created(_shown((result, scenario.key, found.number, None)))


@area.act(f"{PROJECT}/rounds/<key>/affirmations", "result.record", makes="read_result")
@area.input(AffirmationBody, location="json", arg_name="body")
@area.doc(
    summary="Let a stale pass stand on the text as it is now: a result that says nothing was run again",
    tags=["results"],
)
def create_affirmation(project: str, key: str, body: AffirmationBody) -> Response:
    found = queries.round_for(g.actor, g.project_id, key)
    scenario = item_for(g.actor, g.project_id, body.acceptance, "acceptance")
    once = request.headers.get("Idempotency-Key", "")
    result = actions.affirm(g.actor, found, scenario, body.row, body.reason, once=once, seen=body.seen)
    db.session.flush()
    return created(_shown((result, scenario.key, found.number, None)))


@area.act(f"{PROJECT}/results/<int:number>/revocation", "project.read", makes="read_result")
@area.input(RevocationBody, location="json", arg_name="body")
@area.doc(summary="Say that a result was a mistake: it stays, and counts no more", tags=["results"])
def create_revocation(project: str, number: int, body: RevocationBody) -> Response:
    found = queries.result_for(g.actor, g.project_id, number)
    actions.revoke(g.actor, found.round, found.result, body.reason)
    db.session.flush()
    return created(_shown(db.session.execute(_results().where(Result.number == number)).one()))


@area.facts(f"{PROJECT}/items/<key>/status-days", kind_permission)
@area.doc(
    summary="How acceptance of a requirement, or one acceptance scenario, stood: the days that ended otherwise than the one before",
    tags=["acceptance"],
)
def item_status_days(project: str, key: str) -> Response:
    told = pages.item_days(g.actor, g.project, key)["days"]
    return answered({"items": [{"day": day.isoformat(), "status": status} for day, status in reversed(told)]})
