"""What hangs on items: links, comments, questions."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.models import User
from reqtrack.api.area import PROJECT, after_number, answered, area, created, limit, paged
from reqtrack.api.schemas import AnswerBody, CommentBody, LinkBody, QuestionBody
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid
from reqtrack.interviews import forms, queries
from reqtrack.items import actions, present, store, successions
from reqtrack.items.models import Comment, Item, Link, PersonalText
from reqtrack.items.pages import asked_of
from reqtrack.items.queries import item_for, items_by_key, visible


def _links() -> Any:
    source, target = aliased(Item, flat=True), aliased(Item, flat=True)
    shown = select(Item.id).where(visible(g.actor, g.project_id))
    columns = (Link.id, Link.kind, Link.since, Link.looked, source.key.label("source"), target.key.label("target"))
    return (
        select(*columns)
        .join(source, source.id == Link.source_id)
        .join(target, target.id == Link.target_id)
        .where(Link.project_id == g.project_id, Link.until.is_(None), source.id.in_(shown), target.id.in_(shown))
    )


def _link(row: Any) -> dict[str, Any]:
    return {"id": row.id, "version": 1, "kind": row.kind, "source": row.source, "target": row.target}


@area.listing(f"{PROJECT}/links", "project.read", "kind")
@area.doc(summary="List live links", tags=["links"])
def list_links(project: str) -> Response:
    wanted = _links().where(Link.id > after_number())
    if "kind" in request.args:
        wanted = wanted.where(Link.kind == request.args["kind"])
    rows = db.session.execute(wanted.order_by(Link.id).limit(limit() + 1)).all()
    return paged(rows, _link, lambda row: row.id)


@area.page(f"{PROJECT}/links/<int:number>", "project.read")
@area.doc(summary="Read a link", tags=["links"])
def read_link(project: str, number: int) -> Response:
    row = db.session.execute(_links().where(Link.id == number)).first()
    if row is None:
        raise NotFound(f"link {number}")
    return answered(_link(row))


@area.act(f"{PROJECT}/links", "project.read", makes="read_link")
@area.input(LinkBody, location="json", arg_name="body")
@area.doc(summary="Join two items", tags=["links"])
def create_link(project: str, body: LinkBody) -> Response:
    found = items_by_key(g.actor, g.project_id, [body.source, body.target])
    for key in (body.source, body.target):
        if key.upper() not in found:
            raise NotFound(key)
    source, target = (successions.now(found[key.upper()]) for key in (body.source, body.target))
    row = store.link(g.actor, body.kind, source, target)
    db.session.flush()
    return created({"id": row.id, "version": 1, "kind": row.kind, "source": source.key, "target": target.key})


@area.act(f"{PROJECT}/links/<int:number>", "project.read", methods=("DELETE",))
@area.doc(summary="End a link; it stays in the history", tags=["links"])
def end_link(project: str, number: int) -> Response:
    store.unlink(g.actor, *_link_at(number))
    return Response(status=204)


@area.act(f"{PROJECT}/links/<int:number>/looks", "project.read")
@area.doc(summary="Say that a suspect link was looked at", tags=["links"])
def look_at_link(project: str, number: int) -> Response:
    row, source, target = _link_at(number)
    store.look(g.actor, row, source)
    return created({"id": row.id, "version": 1, "kind": row.kind, "source": source.key, "target": target.key})


def _link_at(number: int) -> tuple[Link, Item, Item]:
    """A live link of an address, with its source and target, which the reader sees both (one query)."""
    source, target = aliased(Item, flat=True), aliased(Item, flat=True)
    shown = select(Item.id).where(visible(g.actor, g.project_id))
    row = db.session.execute(
        select(Link, source, target)
        .join(source, source.id == Link.source_id)
        .join(target, target.id == Link.target_id)
        .where(Link.id == number, Link.project_id == g.project_id, Link.until.is_(None))
        .where(source.id.in_(shown), target.id.in_(shown))
    ).first()
    if row is None:
        raise NotFound(f"link {number}")
    found, begins, ends = row
    return found, begins, ends


def _comments(*kinds: str) -> Any:
    return (
        select(Comment, Item.key, User.login, PersonalText.body)
        .join(Item, Item.id == Comment.item_id)
        .outerjoin(User, User.id == Comment.asked_id)
        .outerjoin(
            PersonalText, and_(PersonalText.digest == Comment.body, PersonalText.project_id == Comment.project_id)
        )
        .where(Comment.project_id == g.project_id, Comment.kind.in_(kinds), visible(g.actor, g.project_id))
    )


def _comment(row: Any) -> dict[str, Any]:
    said: Comment = row[0]
    body = present.mask(g.actor, g.project_id, row[3] or "")
    shown = {
        "id": said.id, "version": 1, "item": row[1], "kind": said.kind, "author": said.author, "at": clock.iso(said.at),
        "body": body,
    }  # fmt: skip
    if said.kind == "question":
        reads = g.actor.may("interview.read", g.project_id)
        shown |= {
            "asked": row[2], "stakeholder": said.asked_stakeholder_id if reads else None,
            "asked_role": asked_of(g.actor, g.project_id, said) if said.asked_stakeholder_id is not None else None,
            "excerpt": said.excerpt_id if reads else None,
            "answered_at": clock.iso(said.answered_at) if said.answered_at else None,
        }  # fmt: skip
    if said.kind == "answer":
        shown["answers"] = said.answers
    return shown


def _declare_comments(name: str, *kinds: str) -> None:
    arguments = ("item", "state") if "question" in kinds else ("item",)

    @area.listing(f"{PROJECT}/{name}", "project.read", *arguments, endpoint=f"list_{name}")
    @area.doc(summary=f"List {name}", tags=[name])
    def list_them(project: str) -> Response:
        wanted = _comments(*kinds).where(Comment.id > after_number()).order_by(Comment.id).limit(limit() + 1)
        if "item" in request.args:
            wanted = wanted.where(Item.key == request.args["item"].upper())
        if "state" in arguments and "state" in request.args:
            wanted = wanted.where(_in_state(request.args["state"]))
        return paged(db.session.execute(wanted).all(), _comment, lambda row: row[0].id)

    @area.page(f"{PROJECT}/{name}/<int:number>", "project.read", endpoint=f"read_{name}")
    @area.doc(summary=f"Read one of {name}", tags=[name])
    def read_one(project: str, number: int) -> Response:
        return answered(_comment(_found(number, *kinds)))


def _in_state(state: str) -> ColumnElement[bool]:
    if state not in ("open", "answered"):
        raise invalid("state", "%(given)s is not one of: %(choices)s.", given=state[:20], choices=("open", "answered"))
    return Comment.answered_at.is_(None) if state == "open" else Comment.answered_at.is_not(None)


def _found(number: int, *kinds: str) -> Any:
    row = db.session.execute(_comments(*kinds).where(Comment.id == number)).first()
    if row is None:
        raise NotFound(str(number))
    return row


_declare_comments("comments", "comment", "answer")
_declare_comments("questions", "question")


@area.act(f"{PROJECT}/comments", "comment.write", makes="read_comments")
@area.input(CommentBody, location="json", arg_name="body")
@area.doc(summary="Comment on an item", tags=["comments"])
def create_comment(project: str, body: CommentBody) -> Response:
    said = actions.comment(g.actor, item_for(g.actor, g.project_id, body.item), body.body)
    return created(_comment(_found(said.id, "comment")))


@area.act(f"{PROJECT}/questions", "comment.write", makes="read_questions")
@area.input(QuestionBody, location="json", arg_name="body")
@area.doc(summary="Ask a question at an item", tags=["questions"])
def create_question(project: str, body: QuestionBody) -> Response:
    item = item_for(g.actor, g.project_id, body.item)
    asked, person = forms.whom(g.actor, g.project_id, f"{forms.LOGIN}{body.asked}" if body.asked else "")
    if body.stakeholder is not None:
        _nobody, person = forms.whom(g.actor, g.project_id, f"{forms.PERSON}{body.stakeholder}")
    quotes = queries.quotes_by_id(g.actor, g.project_id, [body.excerpt]) if body.excerpt is not None else []
    if body.excerpt is not None and not (quotes and g.actor.may("interview.read", g.project_id)):
        raise invalid("excerpt", "There is no excerpt %(ids)s in this project.", ids=(str(body.excerpt),))
    said = actions.ask(g.actor, item, body.body, asked, stakeholder_id=person, excerpt_id=body.excerpt)
    return created(_comment(_found(said.id, "question")))


@area.act(f"{PROJECT}/questions/<int:number>/answers", "comment.write", makes="read_comments")
@area.input(AnswerBody, location="json", arg_name="body")
@area.doc(summary="Answer a question", tags=["questions"])
def answer_question(project: str, number: int, body: AnswerBody) -> Response:
    row = _found(number, "question")
    said = actions.answer(g.actor, item_for(g.actor, g.project_id, row[1]), row[0], body.body)
    return created(_comment(_found(said.id, "answer")))
