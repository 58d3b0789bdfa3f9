"""What was agreed elsewhere, in a meeting or a call, and is written up here: whose word that is, and who confirms it. Pure.

It is never the typist's word: each who is said to have decided it confirms. A confirmation of who decides by the rule is their
vote; that of anybody else is kept and does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from reqtrack.changes.delegation import Person, excluded
from reqtrack.changes.policy import Facts, may_approve, may_write, narrowed
from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor

FROM = ("draft", "submitted", "assessing", "deciding")
MOST_DAYS_AGO = 366


@dataclass(frozen=True)
class Agreed:
    """One who is said to have decided: what they answered, for the package of that fingerprint, by which way."""

    user_id: int
    login: str
    name: str
    answer: str = ""
    reason: str = ""
    package_print: str = ""
    method: str = ""
    answered_at: datetime | None = None
    seated: bool = False

    def stands(self, package_print: str) -> bool:
        """Whether the answer is of the package as it is."""
        return bool(self.answer) and self.package_print == package_print


def may_record(actor: Actor, project_id: int, key: str, stage: str, kind: str, facts: Facts) -> Verdict:
    """Whether the actor may write up that a change was decided elsewhere: who writes it, while it is not decided here."""
    verdict = may_write(actor, project_id, key, stage, facts.origin)
    if stage not in FROM:
        verdict += no("wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=key, stage=stage)
    if kind != "normal":
        verdict += no("wrong_kind", "Only a normal change is decided elsewhere.")
    if not facts.has_reason:
        verdict += no("needed", "It still needs a reason: why should this be different?", field="reason")
    if not facts.has_content:
        message = "It still needs one item: pick what it is about, or write what should be different."
        verdict += no("needed", message, field="edits")
    return verdict + (narrowed(actor, project_id, facts, "submit") if stage == "draft" else YES)


def check_day(day: date, today: date) -> Verdict:
    """Whether it may have been agreed on that day."""
    if day > today:
        return no("future", "That day is still to come.", field="agreed_on")
    if (today - day).days > MOST_DAYS_AGO:
        return no("too_old", "That is more than a year ago: have it decided here.", field="agreed_on")
    return YES


def may_answer(
    actor: Actor, key: str, agreed_on: date | None, stage: str, package_print: str, named: Iterable[Agreed]
) -> Verdict:
    """Whether the actor is asked for their word."""
    if agreed_on is None or stage != "deciding":
        return no("not_agreed", "%(key)s does not wait for your confirmation.", key=key)
    mine = next((one for one in named if one.login == actor.login), None)
    if mine is None or actor.kind != "user":
        return no("not_asked", "You are not named as having decided %(key)s.", key=key)
    if mine.stands(package_print):
        return no("answered", "You have answered %(key)s already.", key=key)
    return YES


def may_replace(
    actor: Actor,
    change: Any,
    facts: Facts,
    package_print: str,
    named: Iterable[Agreed],
    decider: str,
    members: Collection[str],
) -> Verdict:
    """Whether the actor may have somebody else confirm in the place of one who is named: who manages the project may, where that one
    decided it when they were named, and does so no more, or has left without a word. The word of everybody else is waited for."""
    verdict, key = YES, change.key
    if not actor.may("change.manage", change.project_id):
        verdict += no("no_permission", "Who confirms %(key)s is replaced by the project manager.", key=key)
    if change.agreed_on is None or change.stage not in ("assessing", "deciding"):
        return verdict + no("not_agreed", "%(key)s waits for no confirmation.", key=key)
    gone = next((one for one in named if one.login == decider), None)
    if gone is None:
        return verdict + no("not_asked", "%(who)s is not named as having decided %(key)s.", key=key, who=decider[:80])
    if gone.seated and not why_not(decider, key, facts):
        return verdict  # what they said counts no more, either
    if gone.stands(package_print):
        verdict += no("answered", "%(who)s has answered %(key)s already.", key=key, who=gone.name)
    elif why_not(decider, key, facts):
        verdict += no(
            "still_decides", "%(who)s still decides %(key)s: nobody confirms it for them.", key=key, who=gone.name
        )
    elif gone.login in members:
        message = "%(who)s is still here, and named as having decided %(key)s: their word is waited for."
        verdict += no("still_here", message, key=key, who=gone.name)
    return verdict


def replacements(facts: Facts) -> list[Person]:
    """Who may take the place of a decider: those who have a seat now, and neither wanted nor wrote it."""
    barred = excluded(facts.origin)
    voters = {one.id: one for seat in facts.seats for one in seat.voters if one.login not in barred}
    return sorted(voters.values(), key=lambda one: one.name)


def counts(actor: Actor, key: str, facts: Facts) -> bool:
    """Whether a confirmation of the actor is a vote: they have a seat by the rule, and neither wanted nor wrote the change."""
    return actor.kind == "user" and bool(why_not(actor.login, key, facts))


def may_confirm(actor: Actor, project_id: int, key: str, facts: Facts, *, proof: bool, proved: bool) -> Verdict:
    """Whether a confirmation that counts may be given now; above the first line's limit it takes the password, or the link."""
    if not counts(actor, key, facts):
        return YES
    verdict = may_approve(actor, project_id, key, "deciding", replace(facts, agreed=False))
    if proof and not proved:
        message = "Deciding this is above the project manager's limit: give your password."
        verdict += no("reauthentication", message, field="password")
    return verdict


def why_not(login: str, key: str, facts: Facts) -> Verdict:
    """Why somebody's confirmation does not count; YES where it does."""
    if login in excluded(facts.origin):
        return no("own", "Does not count: they asked for %(key)s, or wrote it.", key=key)
    if login not in {one.login for seat in facts.seats for one in seat.voters}:
        return no("no_seat", "Does not count: by the delegation rule somebody else decides %(key)s.", key=key)
    return YES
