"""People outside, who sign by a one-time link: who may make one, and who passes its code on. Pure: the facts come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.policy import Facts, may_request
from reqtrack.signoff.seats import ELECTRONIC, Seat, before, missing, ways_of

# A link is good for so many days, unless it is said otherwise; at most.
DAYS, MOST_DAYS = 7, 30
# So many wrong codes shut it.
MOST_WRONG = 5
# Who passes a code on: whoever decides here, or answers for what is written.
TELLERS = frozenset({"project_manager", "business_owner", "sponsor", "analyst"})


def may_make_link(actor: Actor, signoff: Signoff, facts: Facts, seat: Seat | None) -> Verdict:
    """Whether the actor may make a link by which somebody outside signs."""
    verdict = may_request(actor, signoff.project_id)
    if actor.kind != "user":
        verdict += no("no_permission", "A link is made by somebody who is signed in.")
    if seat is None or not seat.outside:
        return verdict + no("not_outside", "A link is for somebody outside: choose one of those.", field="seat")
    return verdict + waits(signoff, facts, seat)


def waits(signoff: Signoff, facts: Facts, seat: Seat) -> Verdict:
    """Whether the electronic answer of a seat is waited for now."""
    if signoff.state != "requested":
        return no("settled", "%(key)s is not waiting for signatures any more.", key=signoff.key)
    if ELECTRONIC not in ways_of(facts.rule):
        return no("on_paper", "%(key)s is signed on paper: print its sheet, and bring it back signed.", key=signoff.key)
    if ELECTRONIC not in missing(facts.rule, seat, facts.answers):
        return no("answered", "%(name)s has answered already.", name=seat.outside)
    first = before(facts.rule, facts.seats, facts.answers, seat)
    if first is not None:
        name = facts.names.get(first.position, "")
        return no("not_your_turn", "It is not their turn yet: %(name)s signs before.", name=name)
    return YES


def tellers(people: Sequence[tuple[Any, tuple[str, ...]]], made_by: str) -> list[Any]:
    """Who may learn the code of a link and pass it on: never who made the link, so that it takes two people to sign in the name of
    somebody outside. ``people``: members with their roles."""
    return [user for user, roles in people if user.login != made_by and TELLERS & set(roles)]


def may_tell(actor: Actor, made_by: str, able: Sequence[Any]) -> Verdict:
    """Whether the actor may learn the code of a link, to pass it on."""
    if actor.kind == "user" and actor.login in {one.login for one in able}:
        return YES
    names = tuple(sorted(one.name for one in able)) or "–"
    if actor.login == made_by:
        return no("own_link", "You made this link: its code is passed on by somebody else: %(who)s.", who=names)
    return no("not_yours", "The code of this link is passed on by: %(who)s.", who=names)


def may_revoke(actor: Actor, project_id: int, made_by: str) -> Verdict:
    """Whether the actor may make a link worthless: who made it, and the project manager."""
    if actor.login == made_by or actor.may("project.manage", project_id):
        return YES
    return no("not_yours", "It is taken back by who made it, and by the project manager.")
