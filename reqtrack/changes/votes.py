"""The votes on a change: which of them stand, for what, and which seats are open still."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reqtrack.changes import delegation
from reqtrack.changes.delegation import Seat
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import IN_EFFECT, Rule
from reqtrack.changes.models import Decision
from reqtrack.signoff.away import OUTSIDE


@dataclass(frozen=True)
class Vote:
    """One vote; ``void`` where the package was edited since, its voter has no seat any more (or who they stood in for), or the
    change has become more than what they could decide as they did (``outgrown``)."""

    decision: Decision
    void: bool
    newest: bool
    outgrown: bool = False

    @property
    def principal(self) -> str:
        """The login of whose voice it is: the voter's, or that of who they stood in for."""
        return self.decision.behalf or self.decision.decider


def votes_of(dossier: Dossier, rule: Rule) -> list[Vote]:
    """All votes in order. Of each voter, and of each who is stood in for, the newest counts, if it is for the package as it stands."""
    holders = {one.login for seat in rule.seats for one in seat.holders}
    newest = {one.decider: one.number for one in dossier.votes}
    voices = {one.behalf or one.decider: one.number for one in dossier.votes}
    open_still = dossier.open
    found = []
    for one in dossier.votes:
        moved = one.package_print != dossier.package_print or not _seated_still(dossier, holders, one)
        outgrown = open_still and not moved and _outgrown(dossier, rule, one)
        last = newest[one.decider] == one.number == voices[one.behalf or one.decider]
        found.append(Vote(one, void=(open_still and moved) or outgrown, newest=last, outgrown=outgrown))
    return found


def _outgrown(dossier: Dossier, rule: Rule, vote: Decision) -> bool:
    """Whether a change has grown beyond an approval: it takes a proof that was not given, or more days than were priced then."""
    if vote.outcome != "approved":
        return False
    if rule.proof and not vote.method:
        return True
    return (dossier.expected or 0) > (vote.expected_effort_days or 0)


def _seated_still(dossier: Dossier, holders: Collection[str], vote: Decision) -> bool:
    """Whether a vote's seat is still there for it. What a delegate gave while they stood in outlasts that, not their leaving."""
    if (vote.behalf or vote.decider) not in holders:
        return False
    person = dossier.named(vote.decider)
    member = person is not None and bool(person.roles - OUTSIDE)
    return vote.behalf is None or (member and vote.decider not in delegation.excluded(dossier.origin))


def standing(
    dossier: Dossier, rule: Rule, tier: str | None, phase_id: int | None, option: str | None = None
) -> list[str]:
    """The logins of those in whose seats an approval stands: for this tier and phase, or of this option instead of the whole."""
    return [vote.principal for vote in approvals(dossier, rule, tier, phase_id, option)]


def approvals(
    dossier: Dossier, rule: Rule, tier: str | None, phase_id: int | None, option: str | None = None
) -> list[Vote]:
    """The votes that stand as an approval: for this tier and phase, or of this option instead of the whole."""
    return [
        vote
        for vote in votes_of(dossier, rule)
        if not vote.void
        and vote.newest
        and vote.decision.outcome == "approved"
        and (vote.decision.tier, vote.decision.phase_id, vote.decision.option) == (tier, phase_id, option)
    ]


def agreeing(votes: Sequence[Vote]) -> list[Vote]:
    """The approvals that stand and are for what the last of them is for: the same tier and phase, or the same option. Who approved
    something else is asked again."""
    given = [one for one in votes if one.newest and not one.void and one.decision.outcome == "approved"]
    wanted = _for(given[-1]) if given else ()
    return [one for one in given if _for(one) == wanted]


def wanted_of(login: str, rule: Rule, votes: Sequence[Vote]) -> bool:
    """Whether the vote of somebody is still to come: there is a seat that they vote in, for themselves or for who is away, and they
    have given no approval that stands and agrees with the last, nor has anybody in that one's name."""
    given = agreeing(votes)
    spoken = {one.principal for one in given}
    voice = delegation.principal(rule.seats, login, spoken)
    return voice is not None and voice.login not in spoken and login not in {one.decision.decider for one in given}


def _for(vote: Vote) -> tuple[Any, ...]:
    return vote.decision.tier, vote.decision.phase_id, vote.decision.option


def differing(votes: Sequence[Vote], login: str) -> Vote | None:
    """The approval of somebody that stands and is for something else than the last one is."""
    together = agreeing(votes)
    return next(
        (
            one
            for one in votes
            if one.newest and not one.void and one.decision.outcome == "approved" and one not in together
            if login in (one.decision.decider, one.principal)
        ),
        None,
    )


def missing(rule: Rule, voters: Iterable[str]) -> list[Seat]:
    """The seats that these voters leave open; none where enough of them are taken."""
    taken = delegation.seated(rule.seats, voters)
    if len(taken) >= rule.needed:
        return []
    return [seat for at, seat in enumerate(rule.seats) if at not in taken]


def that_decided(dossier: Dossier) -> list[Decision]:
    """The votes by which a change was decided as it stands: those counted when it took effect (of one that took effect before they
    were kept, the approvals that agree with the last), or the one that rejected it or put it off. None while it is undecided."""
    change = dossier.change
    if change.stage in ("rejected", "deferred"):
        return [one for one in dossier.votes if one.outcome == change.stage][-1:]
    if change.stage not in IN_EFFECT:
        return []
    if change.counted is not None:
        return [one for one in dossier.votes if one.number in change.counted]
    given = [one for one in dossier.votes if one.package_print == dossier.package_print]
    whole = [one for one in given if one.outcome == "approved" and not one.option]
    last = {one.behalf or one.decider: one for one in whole}
    return [one for one in last.values() if (one.tier, one.phase_id) == (whole[-1].tier, whole[-1].phase_id)]
