"""The facts that the policy judges by, from a dossier and its impact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from reqtrack import clock
from reqtrack.audit.seals import digest
from reqtrack.changes import delegation, policy, standard
from reqtrack.changes.delegation import Line, Person, Seat, Size, Table
from reqtrack.changes.dossier import Dossier, Said, has_file
from reqtrack.changes.filed import Ask
from reqtrack.changes.impact import Impact, must_touched
from reqtrack.changes.load import PhaseLoad
from reqtrack.changes.models import TIERS, Change, Decision
from reqtrack.changes.policy import Aftermath, Facts
from reqtrack.db import canonical, plain_decimal
from reqtrack.errors import YES, Verdict
from reqtrack.items.kinds import KINDS

IN_EFFECT = ("applied", "closed")
SETTLED = (*IN_EFFECT, "rejected", "deferred")


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
    """Whether package or graph have moved since one of the assessments, and since what was agreed elsewhere was estimated."""
    if dossier.typed is not None and current(dossier.typed, dossier, graph_print):
        return False
    return not all(current(one, dossier, graph_print) for one in dossier.heard or dossier.newest_said)


def told_load(phases: Iterable[PhaseLoad]) -> list[dict[str, Any]]:
    """What the event of a decision keeps of the phases, for later they carry something else: what each carries by tier, how much of
    that is must, what the change adds, and its capacity."""
    return [
        {
            "id": one.id,
            "phase": one.name,
            "capacity": None if one.capacity_days is None else plain_decimal(one.capacity_days),
            "carries": {tier: plain_decimal(days) for tier, days in one.by_tier.items() if days},
            "must": plain_decimal(one.must_before),
            "adds": plain_decimal(one.added),
            "adds_must": plain_decimal(one.added_must),
        }
        for one in phases
    ]


def basis(dossier: Dossier, graph_print: str) -> str:
    """What an assessment stands on, package and graph, as one fingerprint: what its form sends back."""
    return digest(canonical({"graph": graph_print, "package": dossier.package_print}))


def still_asked(dossier: Dossier, graph_print: str) -> list[Person]:
    """The assessors whose word is still needed: of package and graph as they are, nobody has given it; none where the estimate of what
    was agreed elsewhere is of them."""
    if dossier.typed is not None and current(dossier.typed, dossier, graph_print):
        return []
    return list({one.id: one for ask in awaited(dossier, graph_print) for one in ask.people}.values())


def awaited(dossier: Dossier, graph_print: str) -> list[Ask]:
    """Whose word is still needed, of package and graph as they are."""
    fresh = [one for one in dossier.heard if current(one, dossier, graph_print)]
    if dossier.asks:
        return dossier.unanswered(fresh)
    return [] if fresh else [Ask((one,)) for one in assessors(dossier)]


def preset(dossier: Dossier, phases: Sequence[PhaseLoad]) -> tuple[str | None, int | None]:
    """Tier and phase as they are chosen before anybody chooses: as the last vote for it as it stands did, else as the change
    proposes, else the highest tier and the commonest phase of what it edits and adds, else the first phase."""
    given = [one for one in dossier.votes if one.package_print == dossier.package_print or not dossier.open]
    vote = next((one for one in reversed(given) if one.outcome == "approved" and not one.option), None)
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
    """How a change is decided: the line of the delegation table, what it was chosen by, who fills its seats."""

    line: Line
    size: Size
    seats: tuple[Seat, ...]
    small: bool = False
    formal: bool = False

    @property
    def must(self) -> bool:
        return self.size.must

    @property
    def over(self) -> bool:
        return self.size.over

    @property
    def proof(self) -> bool:
        """Whether deciding, whatever is decided, needs re-authentication: it is above the first line's limit, or the project asks
        for it each time."""
        return self.formal or not self.small

    @property
    def needed(self) -> int:
        """How many seats an approval takes: all of them, of an emergency any one."""
        return 1 if self.size.kind == "emergency" else len(self.seats)


def rule_of(dossier: Dossier, impact: Impact, tier: str | None = None) -> Rule:
    """The rule for a change as it stands (an unassessed one counts as the smallest)."""
    return rule(dossier, impact.phases, tier)


def rule(
    dossier: Dossier,
    phases: Iterable[PhaseLoad],
    tier: str | None = None,
    table: Table | None = None,
) -> Rule:
    """The same from what bulk loaders know: the phases with the change.

    Args:
        table: another table than the project's own, to see what it would bring.
    """
    must = must_touched(dossier, tier or dossier.change.tier)
    size = size_of(dossier, must, any(one.over for one in phases))
    lines = table or dossier.table
    line = delegation.rule_for(size, lines)
    small = delegation.within_limit(line, size, lines) and not _only_typed(dossier)
    line = delegation.by_two(line) if dossier.preset.two else line
    filled = delegation.seats(line, dossier.people, dossier.origin)
    if dossier.stand_ins:
        filled = delegation.with_deputies(filled, dossier.stand_ins, dossier.people, dossier.origin, size.days)
    return Rule(line, size, filled, small, dossier.preset.proof)


def _only_typed(dossier: Dossier) -> bool:
    """Whether no assessor has said what the change costs as it stands, only who wrote up that it was agreed elsewhere."""
    return dossier.typed is not None and not any(one.package_print == dossier.package_print for one in dossier.heard)


def size_of(dossier: Dossier, must: bool, over: bool) -> Size:
    """What a change is measured by. One that nobody has assessed counts as the smallest, since it is assessed before it is
    decided; an emergency need not be, so it counts as the largest."""
    kind = dossier.change.change_kind or "normal"
    days = dossier.expected if kind == "emergency" else dossier.expected or Decimal(0)
    return Size(days, must, over, money_of(dossier), kind)


def money_of(dossier: Dossier) -> Decimal | None:
    """What a change costs in money, effort and all else; None where nothing of it is known."""
    rate, other = dossier.project.day_rate, dossier.expected_cost
    effort = dossier.expected * rate if dossier.expected is not None and rate is not None else None
    told = [one for one in (effort, other) if one is not None]
    return sum(told, Decimal(0)) if told else None


def facts_of(dossier: Dossier, impact: Impact, rule: Rule, tier: str | None = None) -> Facts:
    """All facts for the policy. ``tier``: what new requirements without one would become."""
    today = clock.today(dossier.project.zone)
    emergency = rule.size.kind == "emergency"
    agreed = dossier.change.agreed_on is not None
    return Facts(
        origin=dossier.origin,
        people=dossier.people,
        assessors=dossier.asked,
        expected=dossier.expected,
        must=rule.must,
        over=rule.over,
        due=due(dossier.change, today, impact.phases),
        conflicts=tuple((key, name, _label(dossier, key, name)) for key, name in dossier.conflicts),
        # An emergency is assessed once it is in effect, if it was not before.
        outdated=not emergency and outdated(dossier, impact.graph_print),
        awaited=() if emergency or agreed else tuple(one.name for one in awaited(dossier, impact.graph_print)),
        has_reason=bool((dossier.change.reason or "").strip()),
        has_content=bool(dossier.edits or dossier.picked),
        seats=rule.seats,
        emergency=emergency,
        standard=within_template(dossier, impact, rule, tier) if rule.size.kind == "standard" else YES,
        flow=dossier.flow,
        step=dossier.step,
        given=given(dossier),
        formal=dossier.preset.proof,
        agreed=agreed,
    )


def given(dossier: Dossier) -> frozenset[str]:
    """What of a change is there that its project's flow may ask for (one statement where it asks for a file)."""
    change, flow = dossier.change, dossier.flow
    asked = {one for asks in (*flow.asks.values(), *(one.asks for one in flow.added)) for one in asks}
    there = {
        "tier": change.tier is not None,
        "phase": change.phase_id is not None,
        "asked_by": bool((change.asked_by or "").strip()),
        "edits": bool(dossier.edits),
        "attachment": "attachment" in asked and has_file(change),
    }
    return frozenset(name for name, is_there in there.items() if is_there)


# Words for what a template may not be for.
ACTS = {"new": _l("add an item"), "retire": _l("retire an item"), "link": _l("change links")}


def within_template(dossier: Dossier, impact: Impact, rule: Rule, tier: str | None) -> Verdict:
    """Whether a standard change keeps within its template."""
    now = [one.tier for one in dossier.moved.values()]
    over = [one.name for one in impact.phases if one.over]
    who = delegation.excluded(dossier.origin)
    found = standard.extent(dossier.edits, now, rule.must, tier, over, who, bool(dossier.conflicts))
    return standard.fits(dossier.change.key, _limits(dossier), found, _word)


def _limits(dossier: Dossier) -> standard.Limits | None:
    """The limits of its template; an approval holds as long as who gave it is an owner."""
    limits = dossier.limits
    if limits is None or not limits.approved_by:
        return limits
    owner = dossier.named(limits.approved_by)
    return replace(limits, lapsed=owner is None or not owner.holds("business_owner"))


def _word(name: str) -> Any:
    if name in ACTS or name in TIERS:
        return ACTS.get(name) or TIERS[name]
    return next((kind.field(name).label for kind in KINDS.values() if name in kind.names), name)


def options(dossier: Dossier) -> list[str]:
    """The names of the options that may be approved instead of the whole: what assessors offered, but to do nothing, which is to
    reject it."""
    told = [str(option["name"]) for one in dossier.newest_said for option in one.options or ()]
    return [one for one in dict.fromkeys(told) if one != "do_nothing"]


def accepted(dossier: Dossier) -> Decision | None:
    """The option that was approved instead of the whole, while nothing was decided since."""
    last = dossier.votes[-1] if dossier.votes else None
    return last if last is not None and last.option and dossier.open else None


def silent_print(dossier: Dossier, tier: str | None, phase_id: int | None) -> str:
    """What nobody objects to: the package with the tier and the phase that it would get."""
    return digest(canonical({"package": dossier.package_print, "tier": tier, "phase": phase_id}))


def aftermath(dossier: Dossier) -> Aftermath:
    """What is left of an emergency that is in effect: its assessment and its review."""
    change = dossier.change
    due = change.review_due_on is not None and change.reviewed_at is None and change.stage in IN_EFFECT
    # Who acted for somebody gave that one's approval.
    votes = [one for one in dossier.votes if one.outcome == "approved"]
    approved = {login for one in votes for login in (one.decider, one.behalf) if login}
    return Aftermath(
        due=due,
        reviewed=change.reviewed_at is not None,
        assessed=bool(dossier.said),
        reviewers=delegation.reviewers(dossier.people, dossier.origin, approved) if due else (),
    )


def to_assess(change: Change) -> str:
    """The stage of a change as its assessors see it: an emergency is assessed in effect, too, until it is reviewed."""
    late = change.review_due_on is not None and change.reviewed_at is None and change.stage in IN_EFFECT
    return "deciding" if late else change.stage


def _label(dossier: Dossier, key: str, name: str) -> Any:
    return KINDS[dossier.items[key].kind].field(name).label if name else ""


def waited(change: Any, zone: str) -> int | None:
    """How many calendar days a change (or a row with its instants) has waited since it was submitted; the clock stands while
    it is asked back, and when it is decided."""
    if change.waiting_since is None:
        return None
    local = ZoneInfo(zone)
    until = change.paused_at or change.decided_at or clock.now()
    since = change.waiting_since.astimezone(local).date()
    return max(int((until.astimezone(local).date() - since).days), 0)
