"""Verbs on stakeholders, interviews, excerpts and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.names import normal_login
from reqtrack.accounts.queries import members
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Reason, Verdict, invalid, no
from reqtrack.interviews import passages, policy, queries
from reqtrack.interviews.models import LEVELS, Evidence, Excerpt, Interview, Stakeholder
from reqtrack.items import personal, store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.moves import Move
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor
from reqtrack.workflow import machine, tables

FIELDS = ("name", "department", "job_role", "level", "region", "user")
KEPT = ("name", "department", "job_role", "level", "region", "user_id")


def add_stakeholder(actor: Actor, project: Project, values: Mapping[str, Any]) -> Stakeholder:
    """Add a person with a job. ``values``: name, department, job_role, level, region (texts); user (login of a member).

    Raises:
        Invalid: neither name nor job role, a level that does not exist, or an account that is no member's.
    """
    _may(actor, project.id, "stakeholder.write")
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
    return row


def change_stakeholder(
    actor: Actor, stakeholder: Stakeholder, values: Mapping[str, Any], seen: int | None = None
) -> Stakeholder:
    """Change a stakeholder's facts; fields left out stay, an empty ``user`` parts them from their account.

    Raises:
        Refused: no permission, or the actor may not know what they would change (403); somebody else was first (409).
        Invalid: per field.
    """
    _may(actor, stakeholder.project_id, "stakeholder.write")
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
    return stakeholder


def remove_stakeholder(actor: Actor, stakeholder: Stakeholder) -> None:
    """Take somebody off the list whom nobody has to do with yet (the caller has looked); what was recorded stays."""
    _may(actor, stakeholder.project_id, "stakeholder.write")
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


def mark(
    actor: Actor, interview: Interview, quote: str, *, near: int = 0, stakeholder_id: int | None = None
) -> Excerpt:
    """Mark a passage of an interview's notes. The same passage marked twice is one excerpt.

    Raises:
        Invalid: the words do not stand in the notes, or the speaker was not in the interview.
    """
    _may(actor, interview.project_id, "interview.write")
    notes = personal.get(interview.project_id, interview.notes)
    try:
        found = passages.find(notes, text_of(quote), near)
    except Unfit as unfit:
        raise invalid("quote", unfit.message, **unfit.params) from None
    if found is None:
        raise invalid("quote", "These words do not stand in the notes of %(key)s.", key=interview.key)
    if stakeholder_id is not None and stakeholder_id not in (interview.stakeholders or []):
        raise invalid("stakeholder", "This person was not heard in %(key)s.", key=interview.key)
    start, words = found
    known = _marked(interview, start, words)
    if known is not None:
        return known
    with recorded(actor, interview.project_id, "excerpt.marked", interview.key) as entry:
        row = Excerpt(
            project_id=interview.project_id,
            interview_id=interview.id,
            stakeholder_id=stakeholder_id or _speaker(interview, notes, start),
            quote=personal.put(interview.project_id, words),
            start=start,
            notes_version=interview.version,
            author=actor.login,
            at=entry.at,
        )
        db.session.add(row)
        # Whoever reads the interview sees more than before.
        interview.updated_at = entry.at
        db.session.flush()
        entry.after = {"excerpt": row.id, "quote": row.quote, "start": start}
    _reopen(actor, interview, "A passage was marked after they had been confirmed.")
    return row


def _marked(interview: Interview, start: int, words: str) -> Excerpt | None:
    rows = db.session.execute(
        select(Excerpt).where(Excerpt.interview_id == interview.id, Excerpt.start == start)
    ).scalars()
    texts = {row: personal.get(interview.project_id, row.quote) for row in rows}
    return next((row for row, text in texts.items() if text == words), None)


def _speaker(interview: Interview, notes: str, start: int) -> int | None:
    """Who speaks at a place: the line's beginning names them (``Wang: …``), else the only one who was heard."""
    ids = interview.stakeholders or []
    line = notes[notes.rfind("\n", 0, start) + 1 :].lstrip("*_>- ")
    rows = db.session.execute(select(Stakeholder).where(Stakeholder.id.in_(ids))).scalars().all()
    names = personal.many(interview.project_id, [row.name for row in rows])
    for row in rows:
        name = names.get(row.name, "")
        if name and any(line.startswith(part) for part in {name, name.split()[0]}):
            return row.id
    return ids[0] if len(ids) == 1 else None


def back(actor: Actor, item: Item, excerpts: Sequence[Excerpt]) -> list[Evidence]:
    """Attach excerpts to a scenario or requirement as evidence (a working fact: open also when the item is locked)."""
    if item.kind not in ("scenario", "requirement"):
        raise invalid("item", "Evidence backs scenarios and requirements.")
    if not any(actor.may(name, item.project_id) for name in ("requirement.write", "scenario.write", "interview.write")):
        _may(actor, item.project_id, "requirement.draft")
    there = set(
        db.session.execute(
            select(Evidence.excerpt_id).where(Evidence.item_id == item.id, Evidence.until.is_(None))
        ).scalars()
    )
    made = []
    for excerpt in excerpts:
        if excerpt.id in there:
            continue
        with recorded(actor, item.project_id, "evidence.added", item.key) as entry:
            row = Evidence(project_id=item.project_id, excerpt_id=excerpt.id, item_id=item.id, since=entry.seq)
            db.session.add(row)
            entry.after = {"excerpt": excerpt.id}
        made.append(row)
    return made


def unback(actor: Actor, item: Item, excerpt_id: int) -> None:
    """Take evidence off an item; it stays in the history."""
    _may(actor, item.project_id, "requirement.write" if item.kind == "requirement" else "scenario.write")
    row = db.session.execute(
        select(Evidence).where(Evidence.item_id == item.id, Evidence.excerpt_id == excerpt_id, Evidence.until.is_(None))
    ).scalar()
    if row is None:
        raise NotFound(f"excerpt {excerpt_id}")
    with recorded(actor, item.project_id, "evidence.ended", item.key, before={"excerpt": excerpt_id}) as entry:
        row.until = entry.seq


def make_from(
    actor: Actor,
    project: Project,
    interview: Interview,
    kind: str,
    quote: str,
    values: Mapping[str, Any],
    near: int = 0,
) -> Item:
    """From a passage to a scenario or requirement in one act: mark it, make the item, attach the evidence.

    What is not given is pre-filled: see ``queries.prefilled``.
    """
    excerpt = mark(actor, interview, quote, near=near)
    given = {"kind": "main"} if kind == "scenario" else {}
    given |= queries.prefilled(project.id, kind, quote, excerpt.stakeholder_id)
    given |= {name: value for name, value in values.items() if value not in (None, "", [])}
    item = store.create(actor, project, KINDS[kind], given)
    back(actor, item, [excerpt])
    return item


def defaults(actor: Actor, project_id: int, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who writes an interview down is its interviewer, unless somebody else is named."""
    if values.get("interviewer") or actor.kind != "user" or not actor.roles_in(project_id):
        return values
    return {**values, "interviewer": actor.id}


def clean(actor: Actor, project_id: int, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A title is read by everybody: interviewees' names in it become what they are called for everybody."""
    if not values.get("title"):
        return values
    return {**values, "title": queries.for_everybodys_eyes(project_id, values["title"])}


def reopened(actor: Actor, item: Interview, changed: Sequence[str]) -> None:
    """After a save: notes that were confirmed and are edited stand unconfirmed again, visibly."""
    if "notes" in changed:
        _reopen(actor, item, "The notes were edited after they had been confirmed.")


def _reopen(actor: Actor, item: Interview, why: str) -> None:
    """What was confirmed was the text as it was seen."""
    if item.stage == "confirmed":
        store.move(actor, item, "written", reason=why)


def moves(actor: Actor, item: Interview) -> list[Move]:
    """The moves of an interview, with why not. A confirmation is of the notes and passages that were seen."""
    facts = {"confirm": _may_confirm(actor, item)}
    return [
        Move(one.name, one.label, one.to, verdict, one.asks, _seen(item) if one.name == "confirm" else "")
        for one, verdict in machine.moves(tables.INTERVIEW, actor, item, facts)
    ]


def _seen(item: Interview) -> str:
    """What somebody sees who reads an interview now: its text, and what was marked in it until when."""
    return f"{item.version}-{clock.iso(item.updated_at)}"


def _may_confirm(actor: Actor, item: Interview) -> Verdict:
    """The interviewee's own word, signed in, or given face to face on the interviewer's device."""
    heard = queries.joined_accounts(item.project_id, item.stakeholders or [])
    if actor.id == item.interviewer_id or actor.id in heard:
        return Verdict()
    return no("not_interviewee", "Only who was heard can confirm it, or the interviewer face to face with them.")


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
    store.move(actor, item, chosen.to, seen_stage=given.get("seen_stage") or None, reason=given.get("reason", ""))


def _may(actor: Actor, project_id: int, permission: str) -> Verdict:
    verdict = Verdict()
    if not actor.may(permission, project_id):
        verdict = no("no_permission", "Your roles in this project do not let you do this.")
    verdict.require()
    return verdict
