"""How the statements read: the report of the text checker, a text checked, what somebody lets stand."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request

from reqtrack import clock
from reqtrack.api.area import PROJECT, answered, area, created, limit, listed, short
from reqtrack.api.schemas import SilenceBody, TextBody
from reqtrack.errors import invalid
from reqtrack.items.present import mask
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions, queries, text_pages
from reqtrack.requirements.text import RULES, Finding, check

TOLD = ("rule", "guide", "label", "reason", "better", "start", "end")


def _told(finding: Finding, statement: str) -> dict[str, Any]:
    one = text_pages.told(finding, statement)
    return {**{name: one[name] for name in TOLD}, "words": finding.words, "language": finding.language}


@area.facts(f"{PROJECT}/text", "project.read", "owner", "phase", "stage")
@area.doc(summary="How the statements of the requirements read: how many, and how often each rule fires", tags=["text"])
def read_text(project: str) -> Response:
    found = queries.report(g.actor, g.project_id, {**request.args.to_dict(), "rule": ""})
    off = queries.silenced(g.project_id).rules
    rules = [
        {
            "rule": name,
            "guide": rule.guide,
            "label": str(rule.label),
            "findings": found.counts[name],
            "let_stand": found.silent[name],
            "switched_off": mask(g.actor, g.project_id, off[name].reason) if name in off else None,
        }
        for name, rule in RULES.items()
    ]
    return jsonify(read=found.read, clean=found.clean, findings=found.counts.total(), rules=rules)


@area.listing(f"{PROJECT}/text/findings", "project.read", "rule", "owner", "phase", "stage", shape="Part")
@area.doc(summary="List what is found in the statements, by requirement; with what lets it stand", tags=["text"])
def list_findings(project: str) -> Response:
    found = queries.report(g.actor, g.project_id, request.args).found
    names = [f"{one.at.key}:{one.finding.rule}:{one.finding.start}" for one in found]
    after, size = request.args.get("after", ""), limit()
    if after and after not in names:
        raise invalid("after", "This place in the list is not known any more; begin at its start.")
    start = names.index(after) + 1 if after else 0
    page = [
        {
            "item": one.at.key,
            **_told(one.finding, one.at.statement),
            "stands_because": one.standing and mask(g.actor, g.project_id, one.standing.reason),
        }
        for one in found[start : start + size]
    ]
    return listed(page, names[start + size - 1] if start + size < len(names) else None)


@area.ask(f"{PROJECT}/text/check", "project.read", answers="facts", shape="Part")
@area.input(TextBody, location="json", arg_name="body")
@area.doc(summary="What the text checker finds in a statement", tags=["text"])
def check_text(project: str, body: TextBody) -> Response:
    return jsonify(findings=[_told(one, body.statement) for one in check(body.statement, body.language)])


def _silence(one: queries.Standing) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1, "rule": one.rule, "item": one.key or None, "words": one.words,
        "reason": mask(g.actor, g.project_id, one.reason), "author": one.author, "at": clock.iso(one.at),
    }  # fmt: skip


@area.listing(f"{PROJECT}/text/silences", "project.read")
@area.doc(summary="List what somebody lets stand", tags=["text"])
def list_silences(project: str) -> Response:
    return short([_silence(one) for one in queries.stands_for(g.actor, g.project_id)], "id")


def _read(number: int) -> dict[str, Any]:
    row = queries.silence_for(g.actor, g.project_id, number)
    return next(_silence(one) for one in queries.standing(g.project_id) if one.id == row.id)


@area.page(f"{PROJECT}/text/silences/<int:number>", "project.read")
@area.doc(summary="Read what somebody lets stand", tags=["text"])
def read_silence(project: str, number: int) -> Response:
    return answered(_read(number))


@area.act(f"{PROJECT}/text/silences", "project.read", makes="read_silence")
@area.input(SilenceBody, location="json", arg_name="body")
@area.doc(summary="Let a finding stand, with a reason; without an item the rule, in the whole project", tags=["text"])
def create_silence(project: str, body: SilenceBody) -> Response:
    item = item_for(g.actor, g.project_id, body.item, "requirement") if body.item else None
    row = actions.silence(g.actor, g.project, body.rule, body.reason, item, body.words)
    return created(_read(row.id))


@area.act(f"{PROJECT}/text/silences/<int:number>", "project.read", methods=("DELETE",))
@area.doc(summary="Point out again what somebody let stand; it stays in the history", tags=["text"])
def end_silence(project: str, number: int) -> Response:
    actions.end_silence(g.actor, g.project, queries.silence_for(g.actor, g.project_id, number))
    return Response(status=204)
