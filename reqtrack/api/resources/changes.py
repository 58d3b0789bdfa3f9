"""Change requests: what is asked, its edits, submission, assessments, decisions, questions; and impact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Response, g, request

from reqtrack import clock
from reqtrack.api.area import PROJECT, answered, area, created, seen_version, short, stale_is_412
from reqtrack.api.resources.items import SHOW, kind_permission
from reqtrack.api.schemas import (
    AnswerBody,
    AssessmentBody,
    ChangeBody,
    ChangePatch,
    DecisionBody,
    ObjectionBody,
    OfferBody,
    PassageBody,
    QuestionOfChange,
    ReviewOfChange,
    StageReasonBody,
    SubmissionBody,
    SwapBody,
)
from reqtrack.audit.queries import events_about
from reqtrack.changes import actions, consequences, dossier, facts, impact, price, queries, waits
from reqtrack.changes.again import Again
from reqtrack.changes.load import PhaseLoad
from reqtrack.changes.package import Edit, shown
from reqtrack.changes.queries import undoing
from reqtrack.db import db, plain_decimal, whole_number
from reqtrack.errors import Stale, invalid
from reqtrack.items import forms, present
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.web.area import GUESTS


def _days(value: Any) -> float | int | None:
    if value is None:
        return None
    text = plain_decimal(value)
    return float(text) if "." in text else int(text)


def change(actor: Actor, kind: Kind, item: Any) -> dict[str, Any]:
    """A change as the API shows it, with its edits, assessments and decisions."""
    found = dossier.load(item)
    names = {one.id: one.login for one in found.people}
    # Asked only where it is needed.
    phases = {one["id"]: one["name"] for one in forms.phases(item.project_id)} if found.edits else {}
    named = {"phase": phases, "user": names}
    told = present.one(actor, kind, item)
    return {
        **told,
        "asked_by": told["asked_by"] if item.asked_by else item.created_by,
        "logged_by": item.created_by,
        "edits": [{**_edit(one, named), "authors": one.author.split(), "base_version": one.base_version} for one in found.edits],
        "package": f"sha256:{found.package_print}",
        "expected_effort_days": _days(found.expected),
        "assessors": [names[one] for one in sorted(found.asked) if one in names],
        "assessor_roles": sorted(found.asked_roles),
        "assessments": [_assessment(actor, found, one) for one in found.said],
        "decisions": [
            {"number": one.number, "by": one.decider, "seat": one.seat, "outcome": one.outcome, "tier": one.tier,
             "behalf": one.behalf, "behalf_name": one.behalf_name, "method": one.method or None, "option": one.option,
             "reason": one.reason or None, "until": one.until or None, "at": clock.iso(one.at),
             "void": vote.void, "outgrown": vote.outgrown, "seal": one.seal}
            for vote in queries.votes_now(found)
            for one in (vote.decision,)
        ],
        "agreed_on": item.agreed_on.isoformat() if item.agreed_on else None,
        "agreed_where": item.agreed_where,
        "agreements": _agreements(found),
        "silent_until": item.silent_until.isoformat() if item.silent_until else None,
        "review_due_on": item.review_due_on.isoformat() if item.review_due_on else None,
        "reviewed_at": clock.iso(item.reviewed_at) if item.reviewed_at else None,
        "template": item.template_id,
        "made": [one.made_key for one in found.edits if one.made_key],
        "reverts": undoing.undone_by(item) or None,
    }  # fmt: skip


def _edit(one: Edit, named: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    """An edit as it may be sent again: phases and people by name, since a number is that of a phase and no id."""
    told = shown(one)

    def outside(name: str, value: Any) -> Any:
        return named.get(KINDS[one.kind].field(name).type, {}).get(value, value) if isinstance(value, int) else value

    if one.op == "set":
        told["new"] = outside(one.field, one.new)
    elif one.op == "new":
        fields = {
            name: outside(name, value) if name in KINDS[one.kind].names else value for name, value in one.new.items()
        }
        told["new_item"] = {**told["new_item"], "fields": fields}
    return told


def _agreements(found: dossier.Dossier) -> list[dict[str, Any]]:
    """What those who are named as having decided it elsewhere say to that."""
    return [
        {
            "by": one.login,
            "answer": one.answer or None,
            "reason": one.reason or None,
            "method": one.method or None,
            "at": clock.iso(one.answered_at) if one.answered_at else None,
            "void": bool(one.answer) and found.open and not one.stands(found.package_print),
        }
        for one in found.agreed
    ]


def _assessment(actor: Actor, found: dossier.Dossier, one: dossier.Said) -> dict[str, Any]:
    """What an assessor said; money is for those who see costs, and for who said it."""
    names = {person.id: person.login for person in found.people}

    def mine(text: str) -> str:
        return str(present.mask(actor, found.change.project_id, text)) if text else ""

    told = {
        "id": one.id, "by": names.get(one.user_id), "best": _days(one.best), "likely": _days(one.likely),
        "worst": _days(one.worst), "note": mine(one.note), "expected_effort_days": _days(one.expected),
        "variance": _days(one.variance.quantize(Decimal("0.01"))), "schedule_note": mine(one.schedule_note), "risk": mine(one.risk),
        "probability": one.probability, "effect": one.effect,
        "options": [
            {"name": mine(other["name"]), "note": mine(other["note"]), "days": _days(Decimal(other["days"])) if "days" in other else None}
            for other in one.options or ()
        ],
        "counts": one in found.newest_said,
    }  # fmt: skip
    if one.user_id == actor.id or actor.may("cost.read", found.change.project_id):
        told["cost"] = _days(one.cost)
    return told


SHOW["change"] = change


def price_of(actor: Actor, found: dossier.Dossier) -> dict[str, Any]:
    """The price tag of a change, as the API shows it; what is not given yet, or not for the reader, is null or left out."""
    events = events_about(found.change.project_id, found.change.key)
    tag, touched = queries.price_tag(actor, found, events)
    gone = queries.moved(actor, found, touched, events)
    budget = {"days": _budget(tag.days)}
    told: dict[str, Any] = {
        "key": found.change.key,
        "expected_effort_days": _days(tag.expected),
        "variance": _days(tag.variance),
        "most_must": tag.most_must,
        "phases": [_phase(one) for one in tag.phases],
        "budget": budget,
        "swaps": [_offer(one) for one in tag.offers],
        "outdated": gone is not None,
        "moved": _moved(gone) if gone is not None else None,
    }
    if tag.money is not None:
        told |= {"cost": _days(tag.cost), "cost_beside_effort": _days(tag.beside), "currency": found.project.currency}
        budget["cost"] = _budget(tag.money)
    return told


def _phase(one: PhaseLoad) -> dict[str, Any]:
    return {
        "phase": one.name, "capacity_days": _days(one.capacity_days), "before": _days(one.before), "after": _days(one.after),
        "over": one.over, "end_before": _date(one.end_before), "end_after": _date(one.end_after),
        "working_days_later": one.days_late, "must_share_before": _share(one.must_share_before),
        "must_share_after": _share(one.must_share_after),
    }  # fmt: skip


def _date(value: Any) -> str | None:
    return value.isoformat() if value else None


def _share(value: Decimal | None) -> float | None:
    """In per cent."""
    return None if value is None else round(float(value) * 100, 1)


def _budget(one: price.Budget) -> dict[str, Any]:
    return {"whole": _days(one.whole), "spent": _days(one.spent), "this": _days(one.own), "left": _days(one.left)}


def _offer(one: price.Offer) -> dict[str, Any]:
    return {
        "phase": one.phase.name, "excess_days": _days(one.phase.excess), "items": one.keys, "days": _days(one.days),
        "into": one.into.name if one.into else None, "more_than_fewest": one.more,
    }  # fmt: skip


def _moved(gone: queries.Moved) -> dict[str, Any]:
    return {
        "package": gone.package,
        "items": [key for key, _title in gone.items],
        "links": [
            {"kind": one.kind, "source": one.source, "target": one.target, "came": one.came} for one in gone.links
        ],
        "by_hand": [{"item": key, "added": put_in} for key, put_in in gone.by_hand],
        "hidden": gone.hidden,
    }


def impact_of(found: dossier.Dossier, touched: impact.Impact) -> dict[str, Any]:
    """What is touched, as the API shows it. ``basis``: what an assessment made now stands on; it may be sent along as ``seen``.
    Of a change in effect, what turned stale and fell is what did when it took effect."""
    done = found.change.stage in facts.IN_EFFECT
    fell = consequences.fell(undoing.applied(found.change)) if done else None
    return {
        "basis": f"sha256:{facts.basis(found, touched.graph_print)}",
        "items": [
            {
                "key": one.key,
                "kind": one.kind,
                "title": one.title,
                "path": list(touched.path(one.id)),
                "by_hand": not one.parent,
            }
            for one in touched.touched
        ],
        "left_out": sorted(one.key for one in touched.reached.values() if one.id in touched.out and one.seen),
        "hidden": touched.hidden,
        "stale_results": touched.stale_results if fell is None else fell.stale,
        "superseded_signoffs": len(touched.superseded if fell is None else fell.superseded),
        "conflicts": touched.conflicts,
    }


def _asked_again(told: Again) -> dict[str, Any]:
    """What an edit would make asked for again; ``back_to``: the added stage it would go back to."""
    return {
        "assessments": told.assessments,
        "estimates": told.estimates,
        "approvals": told.approvals,
        "confirmations": told.confirmations,
        "silence": told.silence,
        "back_to": told.back.code if told.back is not None else None,
    }


def _change(key: str) -> Any:
    return item_for(g.actor, g.project_id, key, "change")


def _shown(item: Any) -> dict[str, Any]:
    db.session.flush()
    return change(g.actor, KINDS["change"], item)


@area.act(f"{PROJECT}/changes", "change.create", makes="read_changes", shape="Change")
@area.input(ChangeBody, location="json", arg_name="body")
@area.doc(summary="Log a change request; title and reason are enough", tags=["changes"])
def create_change(project: str, body: ChangeBody) -> Response:
    made = actions.log(
        g.actor, g.project, title=body.title, reason=body.reason, asked_by=body.asked_by, assessors=body.assessors,
        assessor_roles=body.assessor_roles,
        kind=body.kind, template=body.template, tier=body.tier, phase=body.phase, affected=body.affected, edits=body.edits,
    )  # fmt: skip
    return created(_shown(made))


@area.act(f"{PROJECT}/changes/<key>", "change.create", methods=("PATCH",))
@area.input(ChangePatch, location="json", arg_name="body")
@area.doc(summary="Change what a request says, or its edits", tags=["changes"])
def update_change(project: str, key: str, body: ChangePatch) -> Response:
    item = _change(key)
    seen = seen_version(item.version)
    if seen != item.version:
        raise stale_is_412(Stale(item.key, seen, item.version, {}, {}))
    given = body.model_dump(exclude_unset=True)
    edits, assessors = given.pop("edits", None), given.pop("assessors", None)
    roles = given.pop("assessor_roles", None)
    if given:
        actions.edit_content(g.actor, item, given, seen=seen)
    if edits is not None:
        actions.replace_edits(g.actor, item, edits)
    if assessors is not None or roles is not None:
        actions.set_assessors(g.actor, item, assessors, roles)
    return answered(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/submission", "change.create")
@area.input(SubmissionBody, location="json", arg_name="body")
@area.doc(summary="Hand a change in: its impact is computed; a standard one takes effect", tags=["changes"])
def submit_change(project: str, key: str, body: SubmissionBody) -> Response:
    item = _change(key)
    touched = actions.submit(g.actor, item, seen=body.seen, days=body.days)
    return created({**_shown(item), "impact": impact_of(dossier.load(item), touched)})


@area.act(f"{PROJECT}/changes/<key>/assessments", "change.assess")
@area.input(AssessmentBody, location="json", arg_name="body")
@area.doc(summary="Say what a change costs: one number, or three", tags=["changes"])
def assess_change(project: str, key: str, body: AssessmentBody) -> Response:
    item = _change(key)
    said = actions.assess(g.actor, item, **body.model_dump())
    expected = dossier.expected(said.likely, said.best, said.worst)
    return created({**_shown(item), "id": said.id, "expected_effort_days": _days(expected)})


@area.act(f"{PROJECT}/changes/<key>/decisions", "project.read", proof=True)
@area.input(DecisionBody, location="json", arg_name="body")
@area.doc(summary="Vote: approved, rejected with a reason, deferred until", tags=["changes"])
def decide_change(project: str, key: str, body: DecisionBody) -> Response:
    item = _change(key)
    given = body.model_dump(exclude={"password", "outcome"})
    done = actions.decide(g.actor, item, body.outcome, **given, address=request.remote_addr or "")
    waiting = [one.login for one in done.waiting_for]
    return created({**_shown(item), "stage": done.stage, "waiting_for": waiting})


@area.act(f"{PROJECT}/changes/<key>/questions", "comment.write")
@area.input(QuestionOfChange, location="json", arg_name="body")
@area.doc(summary="Ask back: the waiting clock stops", tags=["changes"])
def ask_back(project: str, key: str, body: QuestionOfChange) -> Response:
    item = _change(key)
    actions.ask(g.actor, item, body.body)
    return created(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/answers", "comment.write")
@area.input(AnswerBody, location="json", arg_name="body")
@area.doc(summary="Answer what was asked back", tags=["changes"])
def answer_back(project: str, key: str, body: AnswerBody) -> Response:
    item = _change(key)
    actions.answer(g.actor, item, body.body)
    return created(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/silence", "project.read")
@area.input(OfferBody, location="json", arg_name="body")
@area.doc(summary="Let a small change take effect after a day unless somebody objects", tags=["changes"])
def offer_silence(project: str, key: str, body: OfferBody) -> Response:
    item = _change(key)
    actions.offer_silence(g.actor, item, body.until.isoformat(), seen=body.seen)
    return created(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/objection", "project.read")
@area.input(ObjectionBody, location="json", arg_name="body")
@area.doc(summary="Object: it is decided as any other then", tags=["changes"])
def object_to_change(project: str, key: str, body: ObjectionBody) -> Response:
    item = _change(key)
    actions.object_to(g.actor, item, body.reason, seen=body.seen)
    return created(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/review", "project.read")
@area.input(ReviewOfChange, location="json", arg_name="body")
@area.doc(summary="Record the review of an emergency that is in effect", tags=["changes"])
def review_change(project: str, key: str, body: ReviewOfChange) -> Response:
    item = _change(key)
    actions.review(g.actor, item, body.note)
    return created(_shown(item))


@area.facts(f"{PROJECT}/changes/<key>/waits", "project.read")
@area.doc(
    summary="How long each step of a change waited, without the time in which it was asked back", tags=["changes"]
)
def read_waits(project: str, key: str) -> Response:
    item = _change(key)
    told = [
        {"stage": one.stage, "began_at": clock.iso(one.began_at), "ended_at": clock.iso(one.ended_at) if one.ended_at else None,
         "asked_back_seconds": one.paused, "seconds": one.seconds(None if one.ended_at else item.paused_at)}
        for one in waits.steps_of(item)
    ]  # fmt: skip
    return answered({"key": item.key, "steps": told})


@area.act(f"{PROJECT}/changes/<key>/passage", "comment.write")
@area.input(PassageBody, location="json", arg_name="body")
@area.doc(summary="Pass a change on from the added stage in which it stands", tags=["changes"])
def pass_change_on(project: str, key: str, body: PassageBody) -> Response:
    item = _change(key)
    actions.pass_on(g.actor, item, body.reason, seen=body.seen, package=body.package)
    return created(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/withdrawal", "project.read")
@area.input(StageReasonBody, location="json", arg_name="body")
@area.doc(summary="Take an open change back", tags=["changes"])
def withdraw_change(project: str, key: str, body: StageReasonBody) -> Response:
    item = _change(key)
    actions.withdraw(g.actor, item, body.reason, seen_stage=body.seen)
    return created(_shown(item))


@area.act(f"{PROJECT}/changes/<key>/closing", "project.read")
@area.input(StageReasonBody, location="json", arg_name="body")
@area.doc(summary="Close a change that is in effect", tags=["changes"])
def close_change(project: str, key: str, body: StageReasonBody) -> Response:
    item = _change(key)
    actions.close(g.actor, item, body.reason, seen_stage=body.seen)
    return created(_shown(item))


@area.facts(f"{PROJECT}/changes/<key>/impact", "project.read")
@area.doc(
    summary="What a change touches, what an edit would make asked for again, and the basis on which it is assessed",
    tags=["changes"],
)
def read_impact_of_change(project: str, key: str) -> Response:
    found = dossier.load(_change(key))
    touched = impact.of_dossier(g.actor, found)
    told = _asked_again(queries.again_of(g.actor, found, touched))
    return answered({"key": found.change.key, **impact_of(found, touched), "asked_again": told})


@area.facts(f"{PROJECT}/changes/<key>/price", "project.read")
@area.doc(
    summary="What a change costs: effort, money, each phase before and after, the budget, what to move out",
    tags=["changes"],
)
def read_price_of_change(project: str, key: str) -> Response:
    return answered(price_of(g.actor, dossier.load(_change(key))))


@area.act(f"{PROJECT}/changes/<key>/swap", "change.create")
@area.input(SwapBody, location="json", arg_name="body")
@area.doc(summary="Move out what the price tag offers, by edits in the package", tags=["changes"])
def swap_for_change(project: str, key: str, body: SwapBody) -> Response:
    item = _change(key)
    actions.swap(g.actor, item, **body.model_dump())
    return created(_shown(item))


@area.listing(f"{PROJECT}/changes/<key>/assessments", "project.read", shape="Part")
@area.doc(summary="What assessors said", tags=["changes"])
def list_assessments(project: str, key: str) -> Response:
    return short(_shown_read(key)["assessments"], "id")


@area.listing(f"{PROJECT}/changes/<key>/decisions", "project.read", shape="Part")
@area.doc(summary="The votes", tags=["changes"])
def list_decisions(project: str, key: str) -> Response:
    return short(_shown_read(key)["decisions"], "number")


def _shown_read(key: str) -> dict[str, Any]:
    return change(g.actor, KINDS["change"], _change(key))


@area.facts(f"{PROJECT}/items/<key>/impact", kind_permission, "depth")
@area.doc(summary="What an item's change would touch", tags=["items"])
def item_impact(project: str, key: str) -> Response:
    depth = whole_number(request.args.get("depth", "6"))
    if depth is None or not 1 <= depth <= 20:
        raise invalid("depth", "depth is a number from 1 to 20.")
    return answered(queries.impact_of_item(g.actor, g.project_id, key, depth))


# The last to whom a decision falls need not be a member.
for _name in (
    "read_changes", "read_impact_of_change", "read_price_of_change", "list_assessments", "list_decisions",
    "decide_change", "ask_back", "reassess_change", "object_to_change",
):  # fmt: skip
    GUESTS[f"{area.name}.{_name}"] = queries.as_decider
