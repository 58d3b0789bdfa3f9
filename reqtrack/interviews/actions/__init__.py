"""Verbs on stakeholders, interviews, excerpts and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.names import normal_login
from reqtrack.accounts.queries import members
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Reason, invalid, no
from reqtrack.interviews import policy, queries
from reqtrack.interviews.actions import confirming
from reqtrack.interviews.actions.documents import DOCUMENT_FIELDS, StoredFile, add_document, change_document, take
from reqtrack.interviews.actions.excerpts import back, make_from, mark, unback
from reqtrack.interviews.actions.figures import add_figure, remove_figure
from reqtrack.interviews.actions.following import follow_notes
from reqtrack.interviews.actions.naming import take_out
from reqtrack.interviews.actions.rights import may, reopen
from reqtrack.interviews.models import LEVELS, Interview, Stakeholder
from reqtrack.items import personal, store
from reqtrack.items.moves import Move
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor
from reqtrack.workflow import machine, tables

__all__ = [
    "DOCUMENT_FIELDS",
    "FIELDS",
    "KEPT",
    "StoredFile",
    "add_document",
    "add_figure",
    "add_stakeholder",
    "back",
    "change_document",
    "change_stakeholder",
    "clean",
    "defaults",
    "make_from",
    "make_move",
    "mark",
    "moves",
    "remove_figure",
    "reopened",
    "take",
    "take_out",
    "unback",
]

FIELDS = ("name", "department", "job_role", "level", "region", "user")
LONGEST_TITLE = 400
KEPT = ("name", "department", "job_role", "level", "region", "user_id")


def add_stakeholder(actor: Actor, project: Project, values: Mapping[str, Any], *, look: bool = True) -> Stakeholder:
    """Add a person with a job. ``values``: name, department, job_role, level, region (texts); user (login of a member).

    Args:
        look: for interviews that name them; who adds many does so once, at the end (``take_out``).

    Raises:
        Invalid: neither name nor job role, a level that does not exist, or an account that is no member's.
    """
    may(actor, project.id, "stakeholder.write")
    given = _checked(project.id, values)
    if not given.get("name") and not given.get("job_role"):
        raise invalid("name", "A stakeholder needs a name or a job role.", "required")
    with recorded(actor, project.id, "stakeholder.added", given.get("job_role") or "–") as entry:
        row = Stakeholder(project_id=project.id, created_at=entry.at, updated_at=entry.at)
        _fill(row, project.id, {"level": "frontline", **given})
        db.session.add(row)
        db.session.flush()
        entry.subject = f"stakeholder:{row.id}"
        entry.after = {name: getattr(row, name) for name in KEPT}
    if look:
        take_out(project.id, [given.get("name", "")])
    return row


def change_stakeholder(
    actor: Actor, stakeholder: Stakeholder, values: Mapping[str, Any], seen: int | None = None
) -> Stakeholder:
    """Change a stakeholder's facts; fields left out stay, an empty ``user`` parts them from their account.

    Raises:
        Refused: no permission, or the actor may not know what they would change (403); somebody else was first (409).
        Invalid: per field.
    """
    may(actor, stakeholder.project_id, "stakeholder.write")
    policy.may_change(queries.person_for(actor, stakeholder), values).require()
    if seen is not None and seen != stakeholder.version:
        no("stale", "Somebody else changed this stakeholder meanwhile.").require(409)
    given = _checked(stakeholder.project_id, values, stakeholder.user_id)
    if "name" in given and personal.get(stakeholder.project_id, stakeholder.name) == given["name"]:
        given.pop("name")
    given = {name: value for name, value in given.items() if name == "name" or getattr(stakeholder, name) != value}
    if not given:
        return stakeholder
    before = {name: getattr(stakeholder, name) for name in given}
    subject = f"stakeholder:{stakeholder.id}"
    with recorded(actor, stakeholder.project_id, "stakeholder.changed", subject, before=before) as entry:
        _fill(stakeholder, stakeholder.project_id, given)
        stakeholder.updated_at = entry.at
        entry.after = {name: getattr(stakeholder, name) for name in given}
    if look_for := given.get("name"):
        take_out(stakeholder.project_id, [look_for])
    return stakeholder


def remove_stakeholder(actor: Actor, stakeholder: Stakeholder) -> None:
    """Take somebody off the list whom nobody has to do with yet (the caller has looked); what was recorded stays."""
    may(actor, stakeholder.project_id, "stakeholder.write")
    with recorded(actor, stakeholder.project_id, "stakeholder.removed", f"stakeholder:{stakeholder.id}") as entry:
        stakeholder.removed_at = stakeholder.updated_at = entry.at


def _checked(project_id: int, values: Mapping[str, Any], joined: int | None = None) -> dict[str, Any]:
    """What was given, fit to be kept (by the names in ``KEPT``). ``joined``: the account that they are joined to now."""
    given: dict[str, Any] = {}
    reasons = []
    for name, value in values.items():
        if name not in FIELDS:
            message = "%(kind)s has no field %(name)s."
            reasons.append(Reason("unknown_field", message, {"kind": "stakeholder", "name": name}, name))
            continue
        try:
            given[name] = " ".join(text_of(value or "", 200).split())
        except Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, name))
    if given.get("level", "frontline") not in LEVELS:
        message = "%(given)s is not one of: %(choices)s."
        reasons.append(Reason("invalid", message, {"given": given["level"], "choices": tuple(LEVELS)}, "level"))
    if "user" in given:
        login = given.pop("user")
        given["user_id"] = _account(project_id, login, joined) if login else None
        if login and given["user_id"] is None:
            reasons.append(Reason("invalid", "%(login)s is not a member of this project.", {"login": login}, "user"))
    if reasons:
        raise Invalid(reasons)
    return given


def _account(project_id: int, login: str, joined: int | None) -> int | None:
    """The account of a member; who has left the project meanwhile stays joined."""
    found = next((one.id for one in members(project_id) if one.active and one.login == normal_login(login)), None)
    if found is None and joined is not None:
        known = db.session.get_one(User, joined)
        return joined if known.login == normal_login(login) else None
    return found


def _fill(row: Stakeholder, project_id: int, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, personal.put(project_id, value) if name == "name" else value)


def defaults(actor: Actor, project_id: int, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who writes an interview down is its interviewer, unless somebody else is named."""
    if values.get("interviewer") or actor.kind != "user" or not actor.roles_in(project_id):
        return values
    return {**values, "interviewer": actor.id}


def clean(actor: Actor, project_id: int, values: Mapping[str, Any], item: Interview | None) -> Mapping[str, Any]:
    """Title and guide are read by everybody: interviewees' names in them become what they are called for everybody."""
    read = {
        name: queries.for_everybodys_eyes(project_id, values[name], longest)
        for name, longest in (("title", LONGEST_TITLE), ("guide", None))
        if values.get(name)
    }
    return {**values, **read}


def reopened(actor: Actor, item: Interview, changed: Sequence[str]) -> None:
    """After a save: notes that were confirmed and are edited stand unconfirmed again, visibly; whose word is asked for are those
    who were heard."""
    if "notes" in changed:
        follow_notes(actor, item)
        reopen(actor, item, "The notes were edited after they had been confirmed.")
    if "stakeholders" in changed:
        confirming.settle_stage(actor, item, "Who was heard was changed after they had been confirmed.")


def moves(actor: Actor, item: Interview) -> list[Move]:
    """The moves of an interview, with why not. A confirmation is of the notes and passages that were seen."""
    facts = {"confirm": queries.may_answer(actor, item)} if item.stage == "written" else {}
    return [
        Move(one.name, one.label, one.to, verdict, one.asks, _seen(item) if one.name == "confirm" else "")
        for one, verdict in machine.moves(tables.INTERVIEW, actor, item, facts)
    ]


def _seen(item: Interview) -> str:
    """What somebody sees who reads an interview now: its text, and what was marked in it until when."""
    return f"{item.version}-{clock.iso(item.updated_at)}"


def make_move(actor: Actor, item: Interview, name: str, given: Mapping[str, str]) -> None:
    """Make one of them.

    Raises:
        NotFound: no such move. Refused: not now, not by this actor, or not of what was ``seen``.
    """
    chosen = next((one for one in moves(actor, item) if one.name == name), None)
    if chosen is None:
        raise NotFound(name)
    chosen.verdict.require(409)
    if given.get("seen", chosen.seen) != chosen.seen:
        message = "The notes of %(key)s, or what was marked in them, changed since you opened it: read them again."
        no("moved", message, key=item.key).require(409)
    if chosen.asks and not given.get("reason"):
        raise invalid("reason", "Say why.", "required")
    if name == "confirm":
        store.check_stage(item, given.get("seen_stage") or None)
        confirming.answer_as(actor, item, None, confirming.Answer(confirms=True))
        return
    store.move(actor, item, chosen.to, seen_stage=given.get("seen_stage") or None, reason=given.get("reason", ""))
