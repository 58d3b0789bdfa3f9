"""Logging a change, and what the request itself says: content, assessors, the items it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, impact
from reqtrack.changes.actions.again import look_again
from reqtrack.changes.actions.assessing import go_on
from reqtrack.changes.actions.packaging import propose
from reqtrack.changes.actions.rights import may_write, writers
from reqtrack.changes.actions.templates import keep_to
from reqtrack.changes.models import AssessmentRequest, AssessmentRole, Change, ChangeTemplate
from reqtrack.changes.package import editable
from reqtrack.changes.people import known_asker
from reqtrack.changes.policy import ASSESSING
from reqtrack.changes.queries.templates import template_for
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Reason, invalid, no
from reqtrack.items import store, successions, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import items_by_key
from reqtrack.permissions import Actor

CONTENT = ("title", "reason", "asked_by", "kind", "tier", "phase")


def log(
    actor: Actor,
    project: Project,
    *,
    title: str,
    reason: str,
    asked_by: str | int | None = None,
    assessors: Sequence[str] = (),
    assessor_roles: Sequence[str] = (),
    kind: str = "normal",
    tier: str | None = None,
    phase: str | int | None = None,
    affected: Sequence[str] = (),
    edits: Sequence[Mapping[str, Any]] = (),
    template: int | None = None,
) -> Change:
    """Log a change request as a draft; title and reason are enough.

    Args:
        asked_by: who wants it, a login or the id of a stakeholder; nobody given means the actor.
        assessors: logins of those who shall assess it; none means any analyst.
        assessor_roles: roles whose holders shall: of each, any one does.
        affected: keys of items that it is about.
        edits: as the API takes them.
        template: of a standard change, the id of the template that it keeps to.

    Raises:
        Refused: no permission. Invalid: with a reason per field that does not fit.
    """
    raw = {"title": title, "reason": reason, "kind": kind or "normal", "tier": tier, "phase": phase}
    missing = [name for name in ("title", "reason") if not str(raw[name] or "").strip()]
    if missing:
        told = {"title": "It needs a title.", "reason": "Say why: what is wrong today, and for whom?"}
        raise Invalid(Reason("required", told[name], {}, name) for name in missing)
    parsed = values.parse(KINDS["change"], project, raw)
    parsed["asked_by"] = asker(actor, project, asked_by)
    chosen = _template(project.id, template) if kind == "standard" and template is not None else None
    change: Change = store.create(actor, project, KINDS["change"], parsed)  # type: ignore[assignment]
    keep_to(actor, change, chosen)
    if assessors or assessor_roles:
        set_assessors(actor, change, assessors, assessor_roles)
    if affected:
        pick(actor, change, affected)
    if edits:
        propose(actor, change, edits)
    return change


def _template(project_id: int, number: int) -> ChangeTemplate:
    try:
        return template_for(project_id, number)
    except NotFound:
        raise invalid("kind", "There is no such template of standard changes.") from None


def propose_edits(actor: Actor, project: Project, title: str, reason: str, edits: Sequence[Mapping[str, Any]]) -> str:
    """The hook of ``requirements.actions.joining``: the key of a draft that proposes these edits."""
    return str(log(actor, project, title=title, reason=reason, edits=edits).key)


def asker(actor: Actor, project: Project, given: str | int | None) -> str | None:
    """Who asked for it, as it is kept: a member's login, or ``stakeholder:<id>``; None for the one who logs it.

    Raises:
        Invalid: no such member or stakeholder.
    """
    text = str(given if given is not None else "").strip()
    if not text or isinstance(given, bool):
        return None
    found = known_asker(project.id, text)
    if found is None:
        message = "%(given)s is neither a member nor a stakeholder of this project."
        raise invalid("asked_by", message, given=text[:80])
    return found


def edit_content(
    actor: Actor, change: Change, raw: Mapping[str, Any], *, seen: int | None = None, reason: str = ""
) -> Change:
    """Change what the request itself says: title, reason, asked_by, kind, tier, phase (names in ``CONTENT``); and, of a standard
    change, the id of its ``template``.

    Raises:
        Refused: decided already (409), or not theirs (403). Stale: it moved since ``seen``. Invalid: per field.
    """
    project = db.session.get_one(Project, change.project_id)
    given = dict(raw)
    template = given.pop("template", None)
    asked = given.pop("asked_by", None) if "asked_by" in given else change.asked_by
    parsed = values.parse(KINDS["change"], project, given)
    if "asked_by" in raw:
        parsed["asked_by"] = asker(actor, project, asked)
    if "reason" in parsed and not parsed["reason"]:
        raise invalid("reason", "Say why: what is wrong today, and for whom?", "required")
    kind_before = change.change_kind or "normal"
    rewritten = any(name in parsed and parsed[name] != getattr(change, name) for name in ("title", "reason"))
    columns = {"editors": writers(change, actor)} if rewritten else None
    store.edit(actor, change, parsed, seen=seen, reason=reason, columns=columns)
    if (change.change_kind or "normal") != kind_before or "template" in raw:
        _kept(actor, change, kind_before, template)
    return change


def _kept(actor: Actor, change: Change, before: str, template: int | None) -> None:
    """What it is is said while it is a draft; a standard change keeps to a template, and no other does."""
    kind = change.change_kind or "normal"
    if kind != before and change.stage != "draft":
        message = "%(key)s is %(stage)s: what kind of change it is is said while it is a draft."
        no("wrong_stage", message, field="kind", key=change.key, stage=change.stage).require(409)
    wanted = template if kind == "standard" else None
    if wanted != change.template_id:
        keep_to(actor, change, _template(change.project_id, wanted) if wanted is not None else None)


def set_assessors(
    actor: Actor, change: Change, logins: Sequence[str] | None = None, roles: Sequence[str] | None = None
) -> list[str]:
    """Name who shall assess a change, by login and by role (any one holder does), in place of those asked before; None leaves
    that part as it is, and nobody at all leaves it to any analyst.

    Whose word of package and graph as they are counts stays named: nobody makes a change smaller by asking others. If those asked
    have all spoken, it goes on to be decided.

    Returns:
        The names of those who were left out and stay named.

    Raises:
        Refused: not theirs to say. Invalid: one of them is no member, or may not assess.
    """
    found = dossier.load(change)
    may_write(actor, found)
    wanted = set(found.asked) if logins is None else _assessors(found, logins)
    by_role = set(found.asked_roles) if roles is None else _assessing(roles)
    same = (wanted, by_role) == (set(found.asked), set(found.asked_roles))
    if same and (logins is None or not set(logins) & _counted(change)):
        return []
    names = {one.id: one.login for one in found.people}
    before = {"assessors": sorted(names.get(one, str(one)) for one in found.asked), "roles": sorted(found.asked_roles)}
    with recorded(actor, change.project_id, "change.assessors_named", change.key, before=before) as entry:
        graph = impact.graph_of(actor, found)[1]
        after = _asked_instead(found, wanted, by_role)
        spoken = [one for one in found.heard if facts.current(one, found, graph)]
        kept: set[int] = set()
        # Naming one may leave out another, who counted while nobody was named.
        while lost := {one.user_id for one in spoken if one not in after.heard} - kept:
            kept |= lost
            after = _asked_instead(after, wanted | kept, by_role)
        change.expected_effort_days, change.expected_cost = after.expected, after.expected_cost
        entry.after = {
            "assessors": sorted(names.get(one, str(one)) for one in wanted | kept),
            **({"spoken": sorted(names.get(one, str(one)) for one in kept)} if kept else {}),
            "roles": sorted(by_role),
            "expected_of_all": after.expected,
        }
    go_on(actor, after, graph)
    return [one.name for one in found.people if one.id in kept]


def _counted(change: Change) -> set[str]:
    """The logins of those who were left out when assessors were named last, and stay named for what they said (one statement)."""
    wanted = select(Event.after).where(
        Event.project_id == change.project_id, Event.subject == change.key, Event.action == "change.assessors_named"
    )
    told = db.session.execute(wanted.order_by(Event.seq.desc()).limit(1)).scalar()
    return set(json.loads(told).get("spoken", ())) if told else set()


def _assessors(found: dossier.Dossier, logins: Sequence[str]) -> set[int]:
    """The ids of members who may assess."""
    reasons = []
    wanted: set[int] = set()
    able = found.able
    for login in dict.fromkeys(logins):
        person = found.named(login.strip())
        if person is None or not able.get(person.id):
            message = "%(login)s is not a member who may assess changes (analysts and implementers may)."
            reasons.append(Reason("invalid", message, {"login": login[:80]}, "assessors"))
        else:
            wanted.add(person.id)
    if reasons:
        raise Invalid(reasons)
    return wanted


def _assessing(roles: Sequence[str]) -> set[str]:
    """Roles that may assess."""
    wrong = [role for role in roles if role not in ASSESSING]
    if wrong:
        message = "%(given)s is not one of: %(choices)s."
        raise invalid("assessor_roles", message, given=wrong[0][:80], choices=tuple(ASSESSING))
    return set(roles)


def _asked_instead(found: dossier.Dossier, wanted: set[int], by_role: set[str]) -> dossier.Dossier:
    """The change once these are asked."""
    change = found.change
    for request in db.session.scalars(select(AssessmentRequest).where(AssessmentRequest.change_id == change.id)):
        if request.user_id not in wanted:
            db.session.delete(request)
    for user_id in sorted(wanted - found.asked):
        db.session.add(AssessmentRequest(change_id=change.id, user_id=user_id))
    for row in db.session.scalars(select(AssessmentRole).where(AssessmentRole.change_id == change.id)):
        if row.role not in by_role:
            db.session.delete(row)
    for role in sorted(by_role - found.asked_roles):
        db.session.add(AssessmentRole(change_id=change.id, role=role))
    db.session.flush()
    return dossier.load(change)


def pick(actor: Actor, change: Change, keys: Sequence[str]) -> None:
    """Say which items a change is about, before anybody has written what should be different.

    Raises:
        Refused: decided, or not theirs. Invalid: there is no such item, or it is no part of a scope.
    """
    found = dossier.load(change)
    may_write(actor, found)
    wanted = [key.strip().upper() for key in keys if key.strip()]
    items = items_by_key(actor, change.project_id, wanted)
    wrong = [key for key in wanted if key not in items or not editable(KINDS[items[key].kind])]
    if wrong:
        raise invalid("affected", "There is no %(key)s in this project.", key=[one[:80] for one in wrong[:20]])
    new = {one.id: one for one in (successions.now(items[key]) for key in wanted) if one.key not in found.items}
    for item in new.values():
        store.link(actor, "touches", change, item)
    if new:
        look_again(actor, change)


def unpick(actor: Actor, change: Change, key: str) -> None:
    """Take an item off a change that does not edit it.

    Raises:
        Refused: decided, or not theirs; 409, an edit changes it from another end. NotFound: it is not about that.
    """
    found = dossier.load(change)
    may_write(actor, found)
    item = found.items.get(key.upper())
    row = db.session.execute(
        select(Link).where(
            Link.source_id == change.id,
            Link.kind == "touches",
            Link.until.is_(None),
            Link.target_id == (item.id if item else 0),
        )
    ).scalar()
    if row is None:
        raise NotFound(key)
    if item is not None and item.key in found.implied:
        message = "%(key)s is about %(item)s: an edit changes what accepts it or what it arises from. Take that edit out first."
        no("implied", message, key=change.key, item=item.key).require(409)
    store.unlink(actor, row, change, db.session.get_one(Item, row.target_id))
    look_again(actor, change)
