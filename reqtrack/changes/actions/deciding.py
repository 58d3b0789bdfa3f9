"""The vote, and what an approval brings with it: all edits applied at once, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from reqtrack import clock, workdays
from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, impact, policy, votes
from reqtrack.changes.actions.applying import apply
from reqtrack.changes.actions.judging import Placed
from reqtrack.changes.actions.moving import _wake, parse_until
from reqtrack.changes.actions.rights import require_reason, require_seen
from reqtrack.changes.delegation import Person, Seat, principal, seated
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import Rule
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import TIERS, Change, Decision
from reqtrack.changes.policy import Facts
from reqtrack.errors import Invalid, NotFound, Reason, Verdict, invalid, no
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.requirements.queries import phase_for
from reqtrack.signoff import stamps

OUTCOMES = {"approved": "approve", "rejected": "reject", "deferred": "defer"}


@dataclass(frozen=True)
class Decided:
    """What came of a vote: its row, the stage now, and whom the decision still waits for (empty when it is made)."""

    decision: Decision
    stage: str
    waiting_for: tuple[Person, ...]


def decide(
    actor: Actor,
    change: Change,
    outcome: str,
    *,
    tier: str | None = None,
    phase: str | int | None = None,
    phase_id: int | None = None,
    reason: str = "",
    until: str = "",
    option: str = "",
    seen: str | None = None,
    address: str = "",
    method: str = "",
    agreed: bool = False,
) -> Decided:
    """Vote on a change: ``approved`` (with tier and phase), ``rejected`` (with a reason) or ``deferred`` (until).

    With the last vote that the delegation rule asks for, an approval puts the change into effect at once; that of an ``option``
    instead of the whole sends it back to its author, who narrows it to that.

    Args:
        option: the name of one that an assessment offers.
        tier, phase: those of the change itself when not given; ``phase`` is what a person named it by.
        phase_id: the phase by its id, where it is known; it is asked no more what was named.
        seen: the fingerprint of the package that the voter saw.
        method: how it was proved that it is the actor, where not as they proved it last: ``link``.
        agreed: it is the confirmation of what was agreed elsewhere.

    Raises:
        Refused: 403 no seat, separation, or the password is needed; 409 decided already, edited since ``seen``, in conflict,
            outdated.
        Invalid: what the outcome asks for is missing.
    """
    if outcome not in OUTCOMES:
        raise invalid(
            "outcome", "%(given)s is not one of: %(choices)s.", given=str(outcome)[:40], choices=tuple(OUTCOMES)
        )
    found = dossier.load(change)
    require_seen(found, seen)
    phase_id = phase_id or _phase(change, phase)
    tier = tier or change.tier
    touched = impact.of_dossier(actor, found, phase_id)
    # Who takes it nowhere has seen it where its page puts it.
    whole = outcome == "approved" and not option
    where = (tier, phase_id) if whole else facts.preset(found, touched.phases)
    touched.phases = impact.phases_with(found, touched.phases, where[1], where[0])
    rule = facts.rule_of(found, touched, where[0])
    told = facts.facts_of(found, touched, rule)
    told = replace(told, agreed=told.agreed and not agreed)
    _may(actor, change, OUTCOMES[outcome], told)
    if outcome == "approved" and option:
        _offered(found, option)
        tier, phase_id = None, None
    else:
        option = ""
        _complete(outcome, tier, phase_id, reason, until)
    if outcome != "rejected":
        require_reason(found, OUTCOMES[outcome], reason)
    if rule.proof and not (actor.reauthenticated or method == "link"):
        message = "Deciding this is above the project manager's limit: give your password."
        no("reauthentication", message, field="password").require()
    _wake(actor, change, told)
    given = (outcome, tier, phase_id, reason.strip(), " ".join(until.split())[:200], option)
    vote = _vote(actor, found, touched, rule, *given, address, method or (actor.proved_by if rule.proof else ""))
    return _follow(actor, found, touched, rule, vote)


def _phase(change: Change, given: str | int | None) -> int | None:
    if given is None or given == "":
        return change.phase_id
    try:
        return phase_for(change.project_id, given).id
    except NotFound:
        raise invalid("phase", "There is no phase %(given)s in this project.", given=str(given)[:80]) from None


def _may(actor: Actor, change: Change, move: str, told: Facts) -> None:
    """Judge before anything is asked for: who may not decide learns that, not what they left out."""
    if move == "approve":
        verdict = policy.may_approve(actor, change.project_id, change.key, change.stage, told)
    else:
        verdict = policy.may_decide(actor, change.project_id, change.key, change.stage, told, move)
    policy.require(verdict)


def _complete(outcome: str, tier: str | None, phase_id: int | None, reason: str, until: str) -> None:
    """Raises Invalid, naming everything that the outcome asks for and that is missing."""
    reasons = []
    if outcome == "approved" and tier not in TIERS:
        reasons.append(Reason("required", "Choose its priority: %(choices)s.", {"choices": tuple(TIERS)}, "tier"))
    if outcome == "approved" and phase_id is None:
        reasons.append(Reason("required", "Choose the phase that it goes into.", {}, "phase"))
    if outcome == "rejected" and not reason.strip():
        reasons.append(Reason("required", "Say why.", {}, "reason"))
    if outcome == "deferred" and not until.strip():
        reasons.append(Reason("required", "Say until when: a phase, a date or a review.", {}, "until"))
    if reasons:
        raise Invalid(reasons)


def _offered(found: Dossier, option: str) -> None:
    """Raises Invalid where no assessment that counts offers the option."""
    known = facts.options(found)
    if option == "do_nothing":
        raise invalid("option", "To do nothing is to reject it: say why.")
    if option not in known:
        raise invalid("option", "No assessment offers this option: %(given)s.", given=option[:80])


def _vote(
    actor: Actor,
    found: Dossier,
    touched: Impact,
    rule: Rule,
    outcome: str,
    tier: str | None,
    phase_id: int | None,
    reason: str,
    until: str,
    option: str,
    address: str,
    method: str,
) -> Decision:
    change = found.change
    approving = outcome == "approved"
    before = votes.standing(found, rule, tier, phase_id, option or None) if approving else []
    voice = principal(rule.seats, actor.login, before)
    assert voice is not None  # the policy has asked
    behalf = voice if voice.login != actor.login else None
    seat = _seat(voice.login, rule, before)
    with recorded(actor, change.project_id, "change.decided", change.key, reason=reason) as entry:
        vote = Decision(
            project_id=change.project_id,
            number=store.next_number(change.project_id, "DEC"),
            change_id=change.id,
            decider=actor.login,
            decider_name=actor.name,
            seat=seat.acting,
            outcome=outcome,
            tier=tier if approving else None,
            phase_id=phase_id if approving else None,
            reason=reason,
            until=until if outcome == "deferred" else "",
            package_print=found.package_print,
            expected_effort_days=found.expected,
            at=entry.at,
            method=method,
            address=address[:64],
            behalf=behalf.login if behalf else None,
            behalf_name=behalf.name if behalf else None,
            option=option or None,
        )
        stamps.stamp(vote)
        entry.seal(vote)
        entry.after = {
            "outcome": outcome,
            "seat": vote.seat,
            "tier": vote.tier,
            "phase": vote.phase_id,
            "until": vote.until or None,
            "package": vote.package_print,
            "number": vote.number,
            "load": facts.told_load(touched.phases),
            **({"method": method} if method == "link" else {}),
            **({"option": option} if option else {}),
            **({"behalf": behalf.login} if behalf else {}),
            # Whose seat it is by the rule, where nobody may fill it.
            **({"stands_in_for": seat.role} if seat.role != seat.acting else {}),
        }
    return vote


def unsay(actor: Actor, one: Placed, reason: str) -> None:
    """Who approved what they now say is not so: their newest word is against it. It brings nothing about by itself."""
    mine = [
        vote
        for vote in votes.approvals(one.found, one.rule, one.tier, one.phase_id)
        if vote.decision.decider == actor.login
    ]
    if mine:
        _vote(actor, one.found, one.touched, one.rule, "rejected", None, None, reason, "", "", "", "")


def _seat(voice: str, rule: Rule, before: list[str]) -> Seat:
    """The seat which a voice fills beside those given before: a vote is given in its acting role."""
    taken = seated(rule.seats, [*(one for one in before if one != voice), voice])
    mine = [at for at, login in taken.items() if login == voice]
    able = [at for at, seat in enumerate(rule.seats) if voice in {one.login for one in seat.holders}]
    return rule.seats[(mine or able)[0]]


def _follow(actor: Actor, found: Dossier, touched: Impact, rule: Rule, vote: Decision) -> Decided:
    """What the vote brings about."""
    change = found.change
    if vote.outcome == "rejected":
        store.move(actor, change, "rejected", reason=vote.reason, columns={"decided_at": vote.at}, after=_by(vote))
        return Decided(vote, change.stage, ())
    if vote.outcome == "deferred":
        columns = {**parse_until(change, vote.until), "waiting_since": None}
        after = {**_by(vote), "until": vote.until}
        store.move(actor, change, "deferred", reason=vote.reason, columns=columns, after=after)
        return Decided(vote, change.stage, ())
    # What the voter gave before in another's seat does not count beside this vote: one person fills one seat.
    mine = {one.behalf for one in found.votes if one.decider == actor.login}
    stand = [
        one
        for one in votes.approvals(found, rule, vote.tier, vote.phase_id, vote.option)
        if one.principal not in mine and one.principal != (vote.behalf or actor.login)
    ]
    voters = [*(one.principal for one in stand), vote.behalf or actor.login]
    open_seats = votes.missing(rule, voters)
    # What was agreed elsewhere waits for each who is named, besides.
    named = [one for one in found.people if one.id in found.named_still]
    if open_seats or found.named_still:
        done = {*voters, actor.login}
        asked = [*(one for seat in open_seats for one in seat.voters if one.login not in done), *named]
        return Decided(vote, change.stage, tuple({one.login: one for one in asked}.values()))
    if vote.option:
        _send_back(actor, change, vote)
        return Decided(vote, change.stage, ())
    _take_effect(actor, found, touched, vote, [*(one.decision.number for one in stand), vote.number])
    return Decided(vote, change.stage, ())


def _take_effect(actor: Actor, found: Dossier, touched: Impact, vote: Decision, counted: list[int]) -> None:
    change = found.change
    columns = {"decided_at": vote.at, "counted": counted, **_emergency(found)}
    store.move(actor, change, "approved", reason=vote.reason, columns=columns, after=_by(vote))
    apply(actor, found, touched, vote.tier, vote.phase_id)


def settle(actor: Actor, one: Placed) -> Decided | None:
    """Put into effect what was agreed elsewhere, once the last of those named has confirmed it whose word is no vote; None while
    votes are lacking.

    Raises:
        Refused: 409 outdated, in conflict.
    """
    found, change = one.found, one.found.change
    stand = votes.approvals(found, one.rule, one.tier, one.phase_id)
    if found.named_still or not stand or votes.missing(one.rule, [given.principal for given in stand]):
        return None
    told = replace(one.told, agreed=False)
    verdict = policy.may_approve(actor, change.project_id, change.key, change.stage, told)
    # It is judged as it is, not who speaks last.
    policy.require(Verdict(tuple(reason for reason in verdict.reasons if reason.code not in policy.PERSONAL)))
    vote = stand[-1].decision
    _take_effect(actor, found, one.touched, vote, [given.decision.number for given in stand])
    return Decided(vote, change.stage, ())


def _send_back(actor: Actor, change: Change, vote: Decision) -> None:
    """To its author, with the option as what was accepted; what they make of it is assessed and decided as it stands then."""
    back = "deciding" if change.change_kind == "emergency" else "assessing"
    columns = {"came_from": back, "paused_at": vote.at, "sub_stage": None}
    after = {**_by(vote), "option": vote.option}
    store.move(actor, change, "needs_information", reason=vote.reason, columns=columns, after=after)


def _emergency(found: Dossier) -> dict[str, Any]:
    """An emergency is assessed and reviewed within so many working days of its effect."""
    if found.change.change_kind != "emergency":
        return {}
    project = found.project
    return {"review_due_on": workdays.of(project.calendar).later(clock.today(project.zone), project.emergency_days)}


def _by(vote: Decision) -> dict[str, Any]:
    return {"decision": vote.number}
