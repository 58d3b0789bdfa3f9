"""The facts that the policy judges by, from a dossier and its impact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from reqtrack import clock
from reqtrack.audit.seals import digest
from reqtrack.changes import delegation, policy
from reqtrack.changes.delegation import Line, Person, Seat
from reqtrack.changes.dossier import Dossier, Said
from reqtrack.changes.filed import Ask
from reqtrack.changes.impact import Impact, accepting_must, must_touched
from reqtrack.changes.load import PhaseLoad
from reqtrack.changes.models import Change, Decision
from reqtrack.changes.policy import Facts
from reqtrack.db import canonical
from reqtrack.items.kinds import KINDS


def due(change: Change, today: date, phases: Iterable[PhaseLoad]) -> bool:
    """Whether a deferred change has come back: its day has come, or its phase has begun."""
    if change.stage != "deferred":
        return False
    if change.back_phase_id is not None:
        begins = next((one.starts_on for one in phases if one.id == change.back_phase_id), None)
        return begins is not None and begins <= today
    return change.back_on is not None and change.back_on <= today


def assessors(dossier: Dossier) -> list[Person]:
    """Who is asked to assess: those named and the holders of the roles asked, as far as they still can; else every analyst."""
    asked = {one.id for ask in dossier.asks for one in ask.people}
    return policy.able_assessors(dossier.people, frozenset(asked), dossier.able)


def current(said: Said, dossier: Dossier, graph_print: str) -> bool:
    """Whether an assessment is of the package and the graph as they are now."""
    return (said.package_print, said.graph_print) == (dossier.package_print, graph_print)


def outdated(dossier: Dossier, graph_print: str) -> bool:
    """Whether package or graph have moved since one of the assessments."""
    return not all(current(one, dossier, graph_print) for one in dossier.newest_said)


def basis(dossier: Dossier, graph_print: str) -> str:
    """What an assessment stands on, package and graph, as one fingerprint: what its form sends back."""
    return digest(canonical({"graph": graph_print, "package": dossier.package_print}))


def still_asked(dossier: Dossier, graph_print: str) -> list[Person]:
    """The assessors whose word is still needed: of package and graph as they are, nobody has given it."""
    return list({one.id: one for ask in awaited(dossier, graph_print) for one in ask.people}.values())


def awaited(dossier: Dossier, graph_print: str) -> list[Ask]:
    """Whose word is still needed, of package and graph as they are."""
    fresh = [one for one in dossier.newest_said if current(one, dossier, graph_print)]
    if dossier.asks:
        return dossier.unanswered(fresh)
    return [] if fresh else [Ask((one,)) for one in assessors(dossier)]


def preset(dossier: Dossier, phases: Sequence[PhaseLoad]) -> tuple[str | None, int | None]:
    """Tier and phase as they are chosen before anybody chooses: as the last vote for it did, else as the change proposes, else
    the highest tier and the commonest phase of what it edits and adds, else the first phase."""
    vote = next((one for one in reversed(dossier.votes) if one.outcome == "approved"), None)
    if vote is not None:
        return vote.tier, vote.phase_id
    added = [one.new for one in dossier.edits if one.op == "new"]
    tiers = {one.tier for one in dossier.items.values()} | {one.get("tier") for one in added}
    tier = dossier.change.tier or next((one for one in ("must", "should", "later") if one in tiers), None)
    told = [*(one.phase_id for one in dossier.items.values()), *(one.get("phase") for one in added)]
    counts = {phase: told.count(phase) for phase in told if phase is not None}
    common = max(counts, key=lambda phase: (counts[phase], -phase)) if counts else None
    first = phases[0].id if phases else None
    return tier, dossier.change.phase_id or common or first


@dataclass(frozen=True)
class Rule:
    """How a change is decided: the line of the delegation rule, what it was chosen by, who fills its seats."""

    line: Line
    must: bool
    over: bool
    seats: tuple[Seat, ...]

    @property
    def proof(self) -> bool:
        """Whether deciding, whatever is decided, needs re-authentication."""
        return delegation.above_manager(self.line)


def rule_of(dossier: Dossier, impact: Impact, tier: str | None = None) -> Rule:
    """The rule for a change as it stands (an unassessed one counts as the smallest)."""
    return rule(dossier, accepting_must(impact.why), impact.phases, tier)


def rule(dossier: Dossier, musts: Collection[int], phases: Iterable[PhaseLoad], tier: str | None = None) -> Rule:
    """The same from what bulk loaders know: acceptance scenarios that accept a must item, and the phases with the change."""
    must = must_touched(dossier, musts, tier or dossier.change.tier)
    over = any(one.over for one in phases)
    line = delegation.rule_for(dossier.expected or Decimal(0), must, over)
    return Rule(line, must, over, delegation.seats(line, dossier.people, dossier.origin))


def facts_of(dossier: Dossier, impact: Impact, rule: Rule) -> Facts:
    """All facts for the policy."""
    today = clock.today(dossier.project.zone)
    return Facts(
        origin=dossier.origin,
        people=dossier.people,
        assessors=dossier.asked,
        expected=dossier.expected,
        must=rule.must,
        over=rule.over,
        due=due(dossier.change, today, impact.phases),
        conflicts=tuple((key, name, _label(dossier, key, name)) for key, name in dossier.conflicts),
        outdated=outdated(dossier, impact.graph_print),
        awaited=tuple(one.name for one in awaited(dossier, impact.graph_print)),
        has_reason=bool((dossier.change.reason or "").strip()),
        has_content=bool(dossier.edits or dossier.picked),
        seats=rule.seats,
    )


def _label(dossier: Dossier, key: str, name: str) -> Any:
    return KINDS[dossier.items[key].kind].field(name).label if name else ""


@dataclass(frozen=True)
class Vote:
    """One vote; ``void`` where the package was edited since, or its voter has no seat any more."""

    decision: Decision
    void: bool
    newest: bool


def votes_of(dossier: Dossier, rule: Rule) -> list[Vote]:
    """All votes in order. Of each voter the newest counts, if it is for the package as it stands."""
    holders = {one.login for seat in rule.seats for one in seat.holders}
    newest = {one.decider: one.number for one in dossier.votes}
    open_still = dossier.open
    return [
        Vote(
            one,
            void=open_still and (one.package_print != dossier.package_print or one.decider not in holders),
            newest=newest[one.decider] == one.number,
        )
        for one in dossier.votes
    ]


def standing(dossier: Dossier, rule: Rule, tier: str | None, phase_id: int | None) -> list[str]:
    """The logins whose approval for this tier and phase stands."""
    return [
        vote.decision.decider
        for vote in votes_of(dossier, rule)
        if not vote.void
        and vote.newest
        and vote.decision.outcome == "approved"
        and (vote.decision.tier, vote.decision.phase_id) == (tier, phase_id)
    ]


def missing(rule: Rule, voters: Iterable[str]) -> list[Seat]:
    """The seats that these voters leave open."""
    taken = delegation.seated(rule.seats, voters)
    return [seat for at, seat in enumerate(rule.seats) if at not in taken]


def waited(change: Any, zone: str) -> int | None:
    """How many calendar days a change (or a row with its instants) has waited since it was submitted; the clock stands while
    it is asked back, and when it is decided."""
    if change.waiting_since is None:
        return None
    local = ZoneInfo(zone)
    until = change.paused_at or change.decided_at or clock.now()
    since = change.waiting_since.astimezone(local).date()
    return max(int((until.astimezone(local).date() - since).days), 0)
