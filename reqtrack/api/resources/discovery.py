"""Whom to hear and who was heard; question sets, the guide of an interview, the quotations of its notes."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request

from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, paged, short
from reqtrack.api.schemas import (
    CarryBody,
    CoverageBody,
    GuideBody,
    QuestionSetBody,
    QuestionSetPatch,
    QuotationsBody,
    VoiceTargetBody,
)
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid
from reqtrack.interviews import starters
from reqtrack.interviews.actions import guide as actions
from reqtrack.interviews.actions import plan as planning
from reqtrack.interviews.actions import quotations as marking
from reqtrack.interviews.queries import guide, plan
from reqtrack.interviews.queries.quotations import quotations
from reqtrack.items.queries import item_for

INTERVIEW = f"{PROJECT}/interviews/<key>"


@area.facts(f"{PROJECT}/voices", "interview.read", "process")
@area.doc(summary="Who was heard against the plan, by department, job role and process; whose voices back the scope",
          tags=["voices"])  # fmt: skip
def read_voices(project: str) -> Response:
    key = request.args.get("process", "").upper()
    found = plan.plan(g.actor, g.project_id, (key,) if key else plan.every_process(g.project_id))
    cells = [
        {
            "department": one.department, "job_role": one.job_role or None, "process": one.process or None,
            "stakeholders": list(one.people), "heard": one.heard, "planned": one.planned, "target": one.target,
            "state": one.state,
        }
        for one in found.cells
    ]  # fmt: skip
    levels = [
        {"level": one.name, "heard": one.heard, "behind": one.behind, "share": one.share, "items": one.items}
        for one in found.levels
    ]
    return jsonify(cells=cells, levels=levels, quotes_of_unknown_speakers=found.unknown)


def _target(one: plan.Target) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "job_role": one.job_role or None, "department": one.department or None,
        "process": one.process or None, "target": one.target,
    }  # fmt: skip


@area.listing(f"{PROJECT}/voice-targets", "interview.read")
@area.doc(summary="List the targets of the plan of whom to hear", tags=["voices"])
def list_voice_targets(project: str) -> Response:
    rows = [one for one in plan.targets_for(g.actor, g.project_id) if one.id > after_number()]
    return paged(rows, _target, lambda row: row.id)


@area.page(f"{PROJECT}/voice-targets/<int:number>", "interview.read")
@area.doc(summary="Read a target", tags=["voices"])
def read_voice_target(project: str, number: int) -> Response:
    return answered(_target(_target_at(number)))


def _target_at(number: int) -> plan.Target:
    found = next((one for one in plan.targets_for(g.actor, g.project_id) if one.id == number), None)
    if found is None:
        raise NotFound(f"target {number}")
    return found


@area.act(f"{PROJECT}/voice-targets", "interview.write", makes="read_voice_target")
@area.input(VoiceTargetBody, location="json", arg_name="body")
@area.doc(summary="Say how many people of a job role in a department to hear, about a process or any", tags=["voices"])
def create_voice_target(project: str, body: VoiceTargetBody) -> Response:
    process = item_for(g.actor, g.project_id, body.process, "process") if body.process else None
    row = planning.set_target(
        g.actor, g.project, job_role=body.job_role or "", department=body.department or "", target=body.target,
        process=process, seen=body.seen,
    )  # fmt: skip
    return created(_target(_target_at(row.id)))


# -- question sets -------------------------------------------------------------------------------------------------------


def _set(one: guide.Questions) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "name": one.name, "job_role": one.job_role or None,
        "process": one.process or None, "questions": list(one.questions), "starter": one.starter or None,
        "archived": one.archived,
    }  # fmt: skip


@area.listing(f"{PROJECT}/question-sets", "interview.read")
@area.doc(summary="List question sets, those that were put away, too", tags=["question-sets"])
def list_question_sets(project: str) -> Response:
    found = guide.question_sets(g.actor, g.project_id, archived=True)
    rows = sorted((one for one in found if one.id > after_number()), key=lambda one: one.id)
    return paged(rows, _set, lambda row: row.id)


@area.page(f"{PROJECT}/question-sets/<int:number>", "interview.read")
@area.doc(summary="Read a question set", tags=["question-sets"])
def read_question_set(project: str, number: int) -> Response:
    return answered(_set(guide.shown_set(g.actor, guide.set_for(g.actor, g.project_id, number))))


@area.listing(f"{PROJECT}/starter-sets", "interview.read", shape="Part")
@area.doc(summary="List the question sets to begin with, in both languages", tags=["question-sets"])
def list_starter_sets(project: str) -> Response:
    shown = [
        {"code": one.code, "language": one.language, "name": one.name, "about": one.about, "questions": list(one.questions)}
        for one in starters.starters("en")
    ]  # fmt: skip
    return short(shown, "code")


def _values(body: QuestionSetBody | QuestionSetPatch) -> dict[str, Any]:
    given = body.model_dump(exclude_unset=True, exclude={"starter", "archived"})
    if "process" in given:
        key = given["process"]
        given["process"] = item_for(g.actor, g.project_id, key, "process") if key else None
    return given


@area.act(f"{PROJECT}/question-sets", "interview.write", makes="read_question_set")
@area.input(QuestionSetBody, location="json", arg_name="body")
@area.doc(summary="Make a question set, or take a starter set over", tags=["question-sets"])
def create_question_set(project: str, body: QuestionSetBody) -> Response:
    if body.starter and _values(body):
        raise invalid("starter", "A starter set is taken over as it is; change it then.")
    row = (
        actions.adopt(g.actor, g.project, body.starter)
        if body.starter
        else actions.make_set(g.actor, g.project, _values(body))
    )
    return created(_set(guide.shown_set(g.actor, row)))


@area.act(f"{PROJECT}/question-sets/<int:number>", "interview.write", methods=("PATCH",))
@area.input(QuestionSetPatch, location="json", arg_name="body")
@area.doc(summary="Change a question set, put it away or take it out again", tags=["question-sets"])
def update_question_set(project: str, number: int, body: QuestionSetPatch) -> Response:
    row = guide.set_for(g.actor, g.project_id, number)
    check_version(str(number), row.version)
    actions.change_set(g.actor, row, _values(body), row.version, archived=body.archived)
    db.session.flush()
    return answered(_set(guide.shown_set(g.actor, row)))


# -- the guide of an interview -------------------------------------------------------------------------------------------


def _asked(one: guide.Asked) -> dict[str, Any]:
    return {
        "id": one.id, "question": one.text, "covered": one.covered, "covered_by": one.covered_by or None,
        "carried_from": one.origin or None, "carried_to": one.onward or None,
    }  # fmt: skip


def _interview(key: str) -> Any:
    return item_for(g.actor, g.project_id, key, "interview")


@area.listing(f"{INTERVIEW}/guide", "interview.read", shape="Part")
@area.doc(summary="What is asked in an interview, and what was covered", tags=["interviews"])
def list_guide(project: str, key: str) -> Response:
    return short([_asked(one) for one in guide.guide_of(g.actor, _interview(key))], "id")


def _told(interview: Any, ids: set[int]) -> Response:
    return created({"questions": [_asked(one) for one in guide.guide_of(g.actor, interview) if one.id in ids]})


@area.act(f"{INTERVIEW}/guide", "interview.write", answers="facts", shape="Part")
@area.input(GuideBody, location="json", arg_name="body")
@area.doc(summary="Ask one thing more in an interview, or the questions of a set", tags=["interviews"])
def create_guide(project: str, key: str, body: GuideBody) -> Response:
    interview = _interview(key)
    if body.question_set is not None:
        rows = [guide.set_for(g.actor, g.project_id, body.question_set)]
        made = actions.add_sets(g.actor, interview, rows)
    else:
        made = actions.add_question(g.actor, interview, body.body or "")
    return _told(interview, {one.id for one in made})


@area.act(f"{INTERVIEW}/guide/<int:number>/coverage", "interview.write", answers="facts", shape="Part")
@area.input(CoverageBody, location="json", arg_name="body")
@area.doc(summary="Say that a question was covered, or that it was not", tags=["interviews"])
def create_coverage(project: str, key: str, number: int, body: CoverageBody) -> Response:
    interview = _interview(key)
    actions.cover(g.actor, interview, guide.question_of(interview, number), body.covered)
    db.session.flush()
    return _told(interview, {number})


@area.act(f"{INTERVIEW}/guide/<int:number>/removal", "interview.write", answers="facts", shape="Part")
@area.doc(summary="Take a question out of a guide", tags=["interviews"])
def create_removal(project: str, key: str, number: int) -> Response:
    interview = _interview(key)
    actions.remove_question(g.actor, interview, guide.question_of(interview, number))
    return created({"id": number, "removed": True})


@area.act(f"{INTERVIEW}/guide/carrying", "interview.write", answers="facts", shape="Part")
@area.input(CarryBody, location="json", arg_name="body")
@area.doc(
    summary="Ask in a planned interview (a new one where none is named) what was not covered", tags=["interviews"]
)
def create_carrying(project: str, key: str, body: CarryBody) -> Response:
    to = _interview(body.to) if body.to else None
    found = actions.carry_over(g.actor, g.project, _interview(key), to)
    questions = [_asked(one) for one in guide.guide_of(g.actor, found) if one.origin == key.upper()]
    return created({"key": found.key, "questions": questions})


# -- the quotations of the notes -----------------------------------------------------------------------------------------


@area.listing(f"{INTERVIEW}/quotations", "interview.read", shape="Part")
@area.doc(
    summary="What the notes of an interview quote (> before the line), and what of it is marked", tags=["interviews"]
)
def list_quotations(project: str, key: str) -> Response:
    found = quotations(g.actor, _interview(key))
    return short([{"start": one.start, "quote": one.text, "marked": one.marked} for one in found], "start")


@area.act(f"{INTERVIEW}/quotations", "interview.write", answers="facts", shape="Part")
@area.input(QuotationsBody, location="json", arg_name="body")
@area.doc(summary="Mark quotations of the notes: those that begin at these places, or all", tags=["interviews"])
def create_quotations(project: str, key: str, body: QuotationsBody) -> Response:
    made = marking.mark_quoted(g.actor, _interview(key), body.starts)
    return created({"excerpts": [row.id for row in made]})
