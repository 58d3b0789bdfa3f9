"""What the pages of sign-offs show, and what they show of themselves on the pages of requirements and baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, url_for
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, and_, bindparam, cast, literal, select

from reqtrack.accounts.models import Project, User
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.baselines.drift import touches_of
from reqtrack.baselines.models import Baseline
from reqtrack.db import db
from reqtrack.errors import Reason
from reqtrack.items.brought import visible_changes
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import LOCKED
from reqtrack.signoff import inviting, policy, queries, scope, sheets, subjects
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.proved import proved_by
from reqtrack.signoff.seats import ELECTRONIC, OUTSIDE_ROLE, PAPER, missing
from reqtrack.web.context import day
from reqtrack.web.words import acting, listed

PAGE = 50
SIGNING_AS = {**ROLE_NAMES, OUTSIDE_ROLE: _l("Outside")}


def index(actor: Actor, project: Project, after: int) -> dict[str, Any]:
    """The list of sign-offs."""
    rows = queries.listing(project.id, after, PAGE + 1, reader=actor)
    shown = rows[:PAGE]
    judged = queries.as_seen(actor, project.id, queries.outcomes(shown, queries.answers([one.id for one in shown])))
    titles = subjects.titles((project.id, one.subject) for one in shown)
    return {
        "rows": [
            {
                "signoff": one,
                "outcome": judged[one.id],
                "title": titles.get((project.id, one.subject), ""),
                "meaning": _meaning(one),
                "href": subject_place(one.subject),
            }
            for one in shown
        ],
        "waiting": sum(one.state == "requested" for one in shown),
        "next_after": shown[-1].number if len(rows) > PAGE else None,
        "may_request": policy.may_request(actor, project.id),
        "first": not after,
    }


def _meaning(signoff: Signoff) -> str:
    return subjects.meaning_of(signoff.subject, signoff.meaning)


def subject_place(key: str) -> tuple[str, int]:
    """The endpoint and the number by which a subject's page is found."""
    return subjects.kind_of(key).endpoint, subjects.number_in(key)


def new(actor: Actor, project: Project, given: Mapping[str, Any], reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The form that asks for a signature; business owners are chosen beforehand.

    Raises:
        NotFound: there is no such subject.
    """
    subject = subjects.load(project.id, given["subject"])
    people = queries.possible_signers(project.id)
    return {
        "subject": subject,
        "kind": subjects.kind_of(subject.key),
        "place": subject_place(subject.key),
        "people": people_words(people),
        "roles": signing_roles(people),
        "chosen": given.get("signers", owners_of(people)),
        "chosen_roles": given.get("roles", ()),
        "outside": [*given.get("outside", ()), ("", ""), ("", "")][: max(2, len(given.get("outside", ())) + 1)],
        "turns": given.get("turns", {}),
        "ordered": given.get("ordered", False),
        "needed": given.get("needed", ""),
        "ways": given.get("ways", "electronic"),
        "meaning": given.get("meaning") or str(subjects.kind_of(subject.key).meaning),
        "rule": given.get("rule", "all"),
        "due_on": given.get("due_on", ""),
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": reasons,
    }


def people_words(people: Sequence[tuple[Any, tuple[str, ...]]]) -> list[tuple[str, str, str]]:
    """Possible signers as check boxes take them: ``(login, name, roles in words)``."""
    return [(user.login, user.name, role_words(roles)) for user, roles in people]


def signing_roles(people: Sequence[tuple[Any, tuple[str, ...]]]) -> list[tuple[str, str]]:
    """The roles that may be asked as such: those that let somebody sign, and that somebody here holds."""
    held = {role for _user, roles in people for role in roles}
    return [
        (role, str(name))
        for role, name in ROLE_NAMES.items()
        if role in held and policy.may_sign_at_all(frozenset((role,)))
    ]


def owners_of(people: Sequence[tuple[Any, tuple[str, ...]]]) -> list[str]:
    """Those who are asked unless somebody else is chosen: the business owners' logins."""
    return [user.login for user, roles in people if "business_owner" in roles]


def show(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    given: Mapping[str, str] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """One sign-off: what is signed, who signed, what became of it, and, for who is asked, the box to sign in."""
    told = queries.page_of(actor, signoff)
    taken = queries.seats_of([signoff.id])[signoff.id]
    given_ = [one.answer for one in told.signers if one.answer is not None]
    facts = queries.facts_from(actor, project, signoff, taken, given_, told.subject)
    kind = subjects.kind_of(signoff.subject)
    signed = frozenset(login for row in told.signatures for login in (row.signer, row.principal))
    # Who asked, and who brought in what was signed on paper.
    by_paper = {login for one in given_ for login in (one.recorded_by, one.compared_by) if login}
    people = queries.people({signoff.requested_by, *by_paper})
    asker = people.get(signoff.requested_by)
    mine = _mine(actor, signoff, facts)
    return {
        "told": told,
        "signoff": signoff,
        "outcome": told.outcome,
        "kind": kind,
        "meaning": _meaning(signoff),
        "place": subject_place(signoff.subject),
        "shown": kind.shown(actor, project, signoff),
        "subject_template": kind.template,
        "mine": mine,
        "needed": needed(signoff, taken),
        "paper": sheets.panel(actor, signoff, taken, facts),
        "inviting": inviting.panel(actor, signoff, taken, facts),
        "absent": facts.behalf,
        "signer": acting(actor.name, facts.behalf.name if facts.behalf else None),
        "refusal": policy.may_sign(actor, signoff, facts, typed=False) if mine else None,
        "may_withdraw": policy.may_withdraw(actor, signoff, signed),
        "roles": role_words(facts.behalf.roles if facts.behalf else actor.roles_in(project.id)),
        "signatures": [signature(one, told, people) for one in told.signers],
        "asked_by": asker.name if asker is not None else "",
        "where": actor.may("audit.read", project.id),
        "waive": _waive(actor, project, signoff),
        "given": given or {},
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": reasons,
    }


def _waive(actor: Actor, project: Project, signoff: Signoff) -> str:
    """Where a reservation becomes a waiver (an area above this one); "" for whoever may not ask for one."""
    if "gates.waiver_new" not in current_app.view_functions or not actor.may("signoff.request", project.id):
        return ""
    return url_for("gates.waiver_new", project=project.key, signoff=signoff.number)


def _mine(actor: Actor, signoff: Signoff, facts: policy.Facts) -> bool:
    """Whether the actor's electronic answer is waited for, be it their turn or not."""
    seat = facts.seat_for(actor.login, actor.roles_in(signoff.project_id))
    if seat is None or signoff.state != "requested":
        return False
    gave = any(actor.login in one.people and one.way == ELECTRONIC for one in facts.answers)
    return not gave and ELECTRONIC in missing(facts.rule, seat, facts.answers)


def needed(signoff: Signoff, taken: Sequence[queries.Taken]) -> str:
    """Whose signatures a request needs, and how, as a part of a sentence."""
    count = len(taken)
    rule = {
        "all": lambda: _("all of them"),
        "any": lambda: _("any one of them"),
        "number": lambda: _("%(needed)s of %(count)s", needed=signoff.needed, count=count),
        "per_role": lambda: _("one of each role"),
    }[signoff.rule]()
    more = [_("one after another")] if signoff.ordered else []
    ways = {
        "paper": lambda: _("on paper"),
        "both": lambda: _("here and on paper"),
        "either": lambda: _("here or on paper"),
    }
    if signoff.ways in ways:
        more.append(ways[signoff.ways]())
    return " · ".join(str(part) for part in (rule, *more))


def role_words(roles: Any) -> str:
    """Roles as people read them."""
    return listed(str(SIGNING_AS[role]) for role in sorted(roles) if role in SIGNING_AS)


def seat_name(one: queries.Signer) -> str:
    """Whose seat it is: a name, or who holds its role."""
    return one.name or str(_("somebody who is %(role)s", role=role_words([one.seat.role])))


def signature(
    one: queries.Signer, told: queries.Line | queries.InForce, people: Mapping[str, User] | None = None
) -> dict[str, Any]:
    """One of those asked, as ``components/sign.html`` draws a signature. ``people``: accounts by login, where they are named."""
    row = one.answer
    if row is None:
        return {
            "state": "requested", "name": seat_name(one), "meaning": _meaning(told.signoff),
            "role": " · ".join(part for part in (role_words(one.roles), one.organisation) if part),
            "when": "" if one.asked else str(_("after the others")), "paper": one.way == PAPER, "login": one.login,
        }  # fmt: skip
    state = row.outcome if row.outcome == "declined" else _state(told.outcome)
    return {
        "state": state,
        "name": row.signer_name,
        "meaning": row.meaning,
        "role": " · ".join(part for part in (role_words(row.roles.split()), row.organisation or "") if part),
        "login": row.principal,
        "paper": row.way == PAPER,
        "when": when(row.at, row.zone),
        "on_behalf": row.behalf_name or "",
        "note": note(row),
        "fingerprint": row.fingerprint,
        "proved": proved_by(row, people, day(date.fromisoformat(row.signed_on)) if row.signed_on else ""),
        "row": row,
    }


def note(row: Signature) -> str:
    """What somebody wrote while signing: a reservation, remarks; or why they declined."""
    if not row.reason or row.outcome != "signed":
        return row.reason
    if row.reserved:
        return str(_("Signed with reservation: %(reservation)s", reservation=row.reason))
    return str(_("Remarks: %(remarks)s", remarks=row.reason))


def _state(outcome: subjects.Outcome) -> str:
    if outcome.state == "signed":
        return "carried" if outcome.carried_by else "valid"
    return "valid" if outcome.state == "requested" else outcome.state


def when(at: datetime, zone: str) -> str:
    """A signature's time as the signer's clock showed it, with the zone."""
    local = at.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    shown = format_datetime(
        local, "d MMM y HH:mm:ss" if str(get_locale()) == "en" else "y-MM-dd HH:mm:ss", rebase=False
    )
    minutes = "" if offset.endswith("00") else f":{offset[3:]}"
    return f"{shown} (UTC{offset[0]}{int(offset[1:3])}{minutes})"


# -- on other pages ------------------------------------------------------------------------------------------------------


def on_baseline(actor: Actor, baseline: Baseline) -> dict[str, Any]:
    """The panel on a baseline's page: its sign-offs, and the way to ask for one.

    While nobody was asked, one asks here: business owners are chosen beforehand; where there is none, one is invited.
    """
    rows = queries.of_subjects(baseline.project_id, [baseline.key])[baseline.key]
    first = not rows and bool(policy.may_request(actor, baseline.project_id))
    people = queries.possible_signers(baseline.project_id) if first else []
    return {
        "first": first,
        "people": people_words(people),
        "chosen": owners_of(people),
        "meaning": str(subjects.kind_of(baseline.key).meaning),
        "may_invite": first and not owners_of(people) and actor.may("member.manage", baseline.project_id),
        "rows": [
            {
                "signoff": signoff,
                "outcome": outcome,
                "names": [acting(row.signer_name, row.behalf_name) for row in given],
            }
            for signoff, outcome, given in rows
        ],
        "subject": baseline.key,
        "may_request": policy.may_request(actor, baseline.project_id),
    }


def in_force(actor: Actor, project: Project) -> dict[str, Any] | None:
    """The panel on top of the list of baselines: the scope in force, as one chain."""
    found = queries.scope_in_force(actor, project.id)
    if found is None:
        return None
    return {
        "baseline": found.baseline,
        "signoff": found.signoff,
        "outcome": found.outcome,
        "chain": found.chain,
        "unsigned": found.unsigned,
    }


def on_requirement(actor: Actor, item: Item) -> dict[str, Any] | None:
    """The panel in a requirement's rail: who signed the newest baseline that holds it, and whether that still stands for it.

    ``state``: valid, carried (``changes`` tells by which), superseded, moved (edited before the signature was completed, so
    that it does not cover it), or unsigned (agreed by ``changes`` after the newest signed baseline).
    """
    # A key is letters, digits and a hyphen: nothing in it means anything to LIKE.
    rows = db.session.execute(_signed_with(), {"project": item.project_id, "key": f'%"{item.key}"%'}).all()
    if not rows:
        if item.stage not in LOCKED:
            return None
        return {"state": "unsigned", "rows": [], "changes": scope.came_by(actor, item)}
    newest = [row for row in rows if row.number == rows[0].number]
    touches = touches_of(item, rows[0].seq)
    applied = scope.applied_changes(item.project_id, {touch.change for touch in touches}) if touches else {}
    seen = visible_changes(actor, item.project_id, applied)
    state = "valid"
    if touches:
        open_ = item.stage not in LOCKED
        state = "carried" if all(touch.change in applied for touch in touches) else "moved" if open_ else "superseded"
    return {
        "state": state,
        "changes": sorted(seen, key=lambda key: (applied[key].seq, key)),
        "baseline": f"BL-{rows[0].number}",
        "number": rows[0].number,
        "rows": [
            {"signoff": row.Signoff, "name": acting(row.Signature.signer_name, row.Signature.behalf_name),
             "meaning": row.Signature.meaning,
             "when": when(row.Signature.at, row.Signature.zone)}
            for row in newest
        ],
    }  # fmt: skip


# Asked on the page of every requirement: put together once.
@cache
def _signed_with() -> Any:
    return (
        select(Signoff, Signature, Baseline.number, Baseline.seq)
        .join(Baseline, and_(Baseline.project_id == Signoff.project_id, Signoff.subject == _key_of_baseline()))
        .join(Signature, and_(Signature.signoff_id == Signoff.id, Signature.outcome == "signed"))
        .where(
            Signoff.project_id == bindparam("project"),
            Signoff.state == "signed",
            Baseline.keys.like(bindparam("key")),
        )
        .order_by(Baseline.number.desc(), Signoff.number.desc(), Signature.number)
        .limit(10)
    )


def _key_of_baseline() -> Any:
    return literal("BL-", String).concat(cast(Baseline.number, String))
