"""Small changes that take effect after a day if nobody who may decide them objects."""

from __future__ import annotations

from datetime import date
from typing import Any

from reqtrack import clock, workdays
from reqtrack.audit.record import recorded
from reqtrack.changes import policy
from reqtrack.changes.actions.judging import Placed, judged, placed
from reqtrack.changes.actions.rights import require_seen
from reqtrack.changes.actions.unvoted import put_into_effect
from reqtrack.changes.facts import silent_print
from reqtrack.changes.models import Change
from reqtrack.errors import YES, Invalid, Verdict, invalid, no
from reqtrack.items import values
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor

# Everybody who may object has so many working days for it at least, and nobody is kept waiting longer than that.
LEAST, MOST = 2, 60


def offer_silence(actor: Actor, change: Change, until: Any, *, seen: str | None = None) -> date:
    """Let a small change take effect after a day, if nobody who may decide it objects.

    Args:
        until: the last day on which one may object.
        seen: the fingerprint of the package that was seen.

    Raises:
        Refused: not theirs to offer (403); above the first line's limit, not assessed, in conflict, edited since ``seen`` (409).
        Invalid: no day, or one that is too near or too far.
    """
    one = placed(actor, change)
    require_seen(one.found, seen)
    policy.require(
        policy.may_offer_silence(actor, change.project_id, change.key, change.stage, one.told, small=one.rule.small)
    )
    place = policy.may_place(one.tier, one.phase_id)
    if not place:
        raise Invalid(place.reasons)
    day = _day(one, until)
    with recorded(actor, change.project_id, "change.silence_offered", change.key) as entry:
        change.silent_until, change.silent_print = day, silent_print(one.found, one.tier, one.phase_id)
        entry.after = {
            "until": day.isoformat(), "package": one.found.package_print, "tier": one.tier, "phase": one.phase_id,
            "could_object": deciders(one),
        }  # fmt: skip
    return day


def _day(one: Placed, until: Any) -> date:
    try:
        field = KINDS["interview"].field("held_on")
        day: date | None = values.PARSERS["date"](field, None, until) if until else None  # type: ignore[arg-type]
    except values.Unfit as unfit:
        raise invalid("silent_until", unfit.message, **unfit.params) from None
    project = one.found.project
    calendar, today = workdays.of(project.calendar), clock.today(project.zone)
    first, last = calendar.later(today, LEAST), calendar.later(today, MOST)
    assert first is not None and last is not None
    if day is None or not first <= day <= last:
        message = (
            "Until which day may one object? From %(first)s on, so that everybody has two working days, to %(last)s."
        )
        raise invalid("silent_until", message, first=first.isoformat(), last=last.isoformat())
    return day


def deciders(one: Placed) -> list[str]:
    """The logins of those who could object."""
    return sorted({who.login for seat in one.rule.seats for who in seat.voters})


def object_to(actor: Actor, change: Change, reason: str, *, seen: str | None = None) -> None:
    """Object: it is decided as every other then.

    Raises:
        Refused: neither decider nor author (403); nobody waits for objections, or edited since ``seen`` (409). Invalid: no reason.
    """
    found, _touched, _rule, told = judged(actor, change)
    policy.require(policy.may_object(actor, change.project_id, change.key, change.silent_until is not None, told))
    require_seen(found, seen)
    if not reason.strip():
        raise invalid("reason", "Say why.", "required")
    _end(actor, change, "change.objected", reason.strip()[:2_000])


def _end(actor: Actor, change: Change, action: str, reason: str, after: dict[str, Any] | None = None) -> None:
    assert change.silent_until is not None
    before = {"until": change.silent_until.isoformat()}
    with recorded(actor, change.project_id, action, change.key, reason=reason, before=before) as entry:
        entry.after = after
        change.silent_until = change.silent_print = None


def pass_by_silence(actor: Actor, change: Change) -> bool:
    """Put a change into effect to which nobody has objected in time; what has become larger, or was edited since, waits for its
    deciders instead. Whether it is in effect.

    Does nothing while one may still object.
    """
    day = change.silent_until
    one = placed(actor, change)
    if day is None or clock.today(one.found.project.zone) <= day:
        return False
    verdict = _still(change, one)
    if not verdict:
        why = [[one.message, {name: str(value) for name, value in one.params.items()}] for one in verdict.reasons]
        _end(actor, change, "change.silence_ended", "", {"why": why})
        return False
    told = {"until": day.isoformat(), "could_object": deciders(one)}
    put_into_effect(
        actor, one.found, one.touched, one.tier, one.phase_id, method="silence", reason="", told=told
    )  # fmt: skip
    return True


def _still(change: Change, one: Placed) -> Verdict:
    """Whether it is still what nobody objected to, and small."""
    verdict = policy.may_pass(change.key, change.stage, one.told, small=one.rule.small)
    if change.silent_print != silent_print(one.found, one.tier, one.phase_id):
        verdict += no("package_moved", "What %(key)s proposes was edited since you opened it.", key=change.key)
    return verdict + (YES if one.tier and one.phase_id else policy.may_place(one.tier, one.phase_id))
