"""Asking somebody to decide by a one-time link: by whom, and whom. Pure: everything it needs to know comes in."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.changes.delegation import Origin, Person, excluded
from reqtrack.changes.policy import Facts, is_author, stage_fits
from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor
from reqtrack.signoff.away import OUTSIDE

# A link is good for so many days, unless it is said otherwise; at most.
DAYS, MOST_DAYS = 7, 30
# So many wrong codes shut it.
MOST_WRONG = 5
# Who passes a code on: whoever decides here, or answers for what is written.
TELLERS = frozenset({"project_manager", "business_owner", "sponsor", "analyst"})


def may_ask(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether the actor may ask for a decision by link: who asked for the change or logged it, and the project manager."""
    verdict = stage_fits(key, stage, "approve", facts.due)
    if actor.kind != "user" or not is_author(actor, project_id, facts.origin):
        verdict += no("not_yours", "By a link ask who asked for %(key)s, and the project manager.", key=key)
    return verdict


def askable(actor: Actor, facts: Facts, named: frozenset[int] = frozenset()) -> tuple[Person, ...]:
    """Who may be asked: the members who decide it, and those ``named`` (ids) as having decided it elsewhere; never oneself."""
    voters = {one.id: one for seat in facts.seats for one in seat.voters}
    voters.update((one.id, one) for one in facts.people if one.id in named)
    able = [one for one in voters.values() if one.login != actor.login and one.roles - OUTSIDE]
    return tuple(sorted(able, key=lambda one: (one.name, one.id)))


def may_revoke(actor: Actor, project_id: int, asked_by: str) -> Verdict:
    """Whether the actor may make a link worthless: who made it, and the project manager."""
    if actor.login == asked_by or actor.may("change.manage", project_id):
        return YES
    return no("not_yours", "It is taken back by who made it, and by the project manager.")


# -- the code ----------------------------------------------------------------------------------------------------------


def tellers(people: Sequence[Person], origin: Origin, asked_by: str, decider: str) -> tuple[Person, ...]:
    """Who may learn the code of a link and pass it on: never who made the link, nor who wants the change, so that it takes two
    people beside the decider to answer in that one's name."""
    barred = {*excluded(origin), origin.logged_by, asked_by, decider}
    return tuple(one for one in people if one.login not in barred and one.roles & TELLERS)


def may_tell(actor: Actor, key: str, asked_by: str, able: Sequence[Person]) -> Verdict:
    """Whether the actor may learn the code of a link, to pass it on."""
    if actor.kind == "user" and actor.login in {one.login for one in able}:
        return YES
    if actor.login == asked_by:
        return no("own_link", "You made this link: its code is passed on by somebody else: %(who)s.", who=names(able))
    return no("not_yours", "The code of a link to %(key)s is passed on by: %(who)s.", key=key, who=names(able))


def names(people: Sequence[Person]) -> tuple[str, ...] | str:
    """The names of people for a sentence."""
    return tuple(sorted(one.name for one in people)) or "–"
