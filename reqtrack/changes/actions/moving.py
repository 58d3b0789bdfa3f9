"""From draft to decision and on: submit, assess, ask back and answer, withdraw, take up again, close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from reqtrack import clock
from reqtrack.acceptance.queries import requirement_statuses
from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, policy
from reqtrack.changes import load as loads
from reqtrack.changes.actions.assessing import go_on, not_agreed
from reqtrack.changes.actions.judging import judged
from reqtrack.changes.actions.rights import require_reason, require_seen
from reqtrack.changes.actions.templates import hand_in
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Change
from reqtrack.changes.policy import Facts
from reqtrack.errors import invalid, no
from reqtrack.items import actions as items
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Comment
from reqtrack.items.queries import comments
from reqtrack.permissions import Actor


def submit(actor: Actor, change: Change, *, seen: str | None = None, days: Any = None) -> Impact:
    """Hand a draft in: its impact is computed and returned, the assessors are asked.

    It is *submitted* while nobody may assess it, else *assessing*. An emergency is there to be decided at once; a standard change
    within its template takes effect.

    Args:
        seen: the fingerprint of the package that is handed in.
        days: of a standard change, the person-days that its author estimates.

    Raises:
        Refused: it lacks something, is no draft, was edited since ``seen`` (409), or is not theirs (403).
    """
    found, touched, rule, told = judged(actor, change)
    policy.require(policy.may_submit(actor, change.project_id, change.key, change.stage, told))
    require_seen(found, seen)
    if rule.size.kind == "standard":
        return hand_in(actor, found, days)
    asked = facts.assessors(found)
    at = clock.now()
    to = "deciding" if told.emergency else "assessing" if asked else "submitted"
    sub_stage = found.flow.entry(to)
    store.move(
        actor, change, to, columns={"submitted_at": at, "waiting_since": at, "paused_at": None, "sub_stage": sub_stage},
        after={
            **({"sub_stage": sub_stage} if sub_stage else {}),
            "assessors": [one.login for one in asked],
            "package": found.package_print,
            "impact": {"items": len(touched.affected), "stale_results": touched.stale_results, "conflicts": touched.conflicts},
        },
    )  # fmt: skip
    return touched


def reassess(actor: Actor, change: Change, *, seen_stage: str | None = None) -> None:
    """Send a change whose assessment is outdated back to its assessors; so is one that was agreed elsewhere, which then is not."""
    found, touched, _rule, told = judged(actor, change)
    policy.require(policy.may_reassess(actor, change.project_id, change.key, change.stage, told))
    _not_moved(change, seen_stage)
    _wake(actor, change, told)
    if not told.agreed:
        store.move(actor, change, "assessing", seen_stage="deciding")
        return
    columns, after = {**not_agreed(found), "sub_stage": None}, {"agreed_elsewhere": False}
    store.move(actor, change, "assessing", columns=columns, after=after)
    go_on(actor, dossier.load(change), touched.graph_print)


def ask(actor: Actor, change: Change, question: str) -> Comment:
    """Ask back: the change needs information and waits for its author; the waiting clock stops.

    Raises:
        Refused: neither assessor nor decider (403), or not there to be assessed or decided (409). Invalid: no question.
    """
    found, _touched, _rule, told = judged(actor, change)
    asked = facts.assessors(found)
    policy.require(policy.may_ask(actor, change.project_id, change.key, change.stage, told, asked))
    came_from = change.stage
    # It waits for the author as the change does, so the question itself is nobody's.
    said = items.ask(actor, change, question, None)
    store.move(
        actor, change, "needs_information", columns={"came_from": came_from, "paused_at": said.at},
        after={"question": said.id},
    )  # fmt: skip
    return said


def answer(actor: Actor, change: Change, text: str, *, question: int | None = None) -> Comment:
    """Answer what was asked back: the change goes back to where it was, and the clock goes on.

    Args:
        question: the number of the question that was read.

    Raises:
        Refused: not theirs to answer (403); nothing was asked, or something else than ``question`` (409). Invalid: no answer.
    """
    found, _touched, _rule, told = judged(actor, change)
    policy.require(policy.may_answer(actor, change.project_id, change.key, change.stage, told))
    asked = _open_question(change)
    option = facts.accepted(found)
    if asked is None and option is not None and option.package_print == found.package_print:
        message = "What was accepted of %(key)s is an option: narrow what it proposes to that first, then hand it back."
        no("not_narrowed", message, field="body", key=change.key).require(409)
    if question is not None and question != (asked.id if asked else 0):
        message = "%(key)s was asked something else meanwhile: read that before you answer."
        no("question_moved", message, field="body", key=change.key).require(409)
    said = items.answer(actor, change, asked, text) if asked else items.comment(actor, change, text)
    back = change.came_from or "assessing"
    since = change.waiting_since
    if since is not None and change.paused_at is not None:
        since = since + (said.at - change.paused_at)
    store.move(
        actor, change, back, columns={"came_from": None, "paused_at": None, "waiting_since": since},
        after={"answer": said.id},
    )  # fmt: skip
    return said


def _open_question(change: Change) -> Comment | None:
    waiting = [said for said, _body in comments(change) if said.kind == "question" and said.answered_at is None]
    return waiting[-1] if waiting else None


def withdraw(actor: Actor, change: Change, reason: str = "", *, seen_stage: str | None = None) -> None:
    """Take an open change back.

    Raises:
        Refused: not theirs (403), or decided already (409).
    """
    found = dossier.load(change)
    told = Facts(origin=found.origin, flow=found.flow, given=facts.given(found))
    policy.require(policy.may_withdraw(actor, change.project_id, change.key, change.stage, told))
    require_reason(found, "withdraw", reason)
    store.move(actor, change, "withdrawn", seen_stage=seen_stage, reason=reason.strip(), columns={"paused_at": None})


def resume(actor: Actor, change: Change, *, seen_stage: str | None = None) -> None:
    """Take a deferred change up again before it is due.

    Raises:
        Refused: no decider (403), or it is not deferred (409).
    """
    _found, _touched, _rule, told = judged(actor, change)
    verdict = policy.may_decide(actor, change.project_id, change.key, "deciding", told)
    if change.stage != "deferred":
        verdict += policy.stage_fits(change.key, change.stage, "resume")
    if actor.may("change.manage", change.project_id) and change.stage == "deferred":
        verdict = policy.stage_fits(change.key, change.stage, "resume")
    policy.require(verdict)
    _not_moved(change, seen_stage)
    _up_again(actor, change)


def _not_moved(change: Change, seen_stage: str | None) -> None:
    """For moves that begin with another one: the store asks it of the others."""
    if seen_stage is not None and seen_stage != change.stage:
        no("moved", "%(key)s has moved to another stage meanwhile.", key=change.key).require(409)


def _up_again(actor: Actor, change: Change) -> None:
    store.move(
        actor, change, "deciding", seen_stage="deferred",
        columns={"deferred_until": None, "back_on": None, "back_phase_id": None, "waiting_since": clock.now()},
    )  # fmt: skip


def _wake(actor: Actor, change: Change, told: Facts) -> None:
    """A deferred change that came due is being decided again."""
    if told.due:
        _up_again(actor, change)


def confirm(actor: Actor, change: Change, *, seen: str | None = None) -> None:
    """Say of a change that somebody else typed in: yes, that is what I asked for. Holds for the text as it stands.

    Args:
        seen: the fingerprint of the package that was read.

    Raises:
        Refused: asked for by somebody else (403); decided, or edited since ``seen`` (409).
    """
    found = dossier.load(change)
    if not found.origin.typed or actor.login != found.origin.asked_by:
        no("not_yours", "%(key)s is confirmed by who asked for it.", key=change.key).require()
    if not found.open:
        no(
            "decided", "%(key)s is %(stage)s: what it says stays as it was decided.", key=change.key, stage=change.stage
        ).require(409)
    require_seen(found, seen)
    if found.origin.confirmed:
        return
    with recorded(actor, change.project_id, "change.confirmed", change.key) as entry:
        change.confirmed_print = found.package_print
        entry.after = {"package": found.package_print}


def close(actor: Actor, change: Change, reason: str = "", *, seen_stage: str | None = None) -> None:
    """Close a change that is in effect: its requirements are verified, or a reason says why not.

    Raises:
        Refused: not theirs (403), or not in effect (409). Invalid: not verified and no reason.
    """
    found = dossier.load(change)
    told = Facts(origin=found.origin, flow=found.flow, step=found.step, given=facts.given(found))
    policy.require(policy.may_close(actor, change.project_id, change.key, change.stage, told))
    require_reason(found, "close", reason)
    open_still = unverified(actor, found)
    if (open_still is None or open_still) and not reason.strip():
        message = "Not verified yet: %(keys)s. Say why it is closed all the same."
        raise invalid("reason", message, "required", keys=tuple(open_still or ()) or "–")
    verified = open_still is not None and not open_still
    store.move(actor, change, "closed", seen_stage=seen_stage, reason=reason.strip(), after={"verified": verified})


def unverified(actor: Actor, found: Dossier) -> list[str] | None:
    """The keys of the change's requirements that are not verified; None when it has no requirement to verify."""
    ids = {one.id: one.key for one in found.items.values() if one.kind == "requirement" and not one.retired}
    made = [one.made_key for one in found.edits if one.made_key and one.kind == "requirement"]
    if made:
        from reqtrack.changes.codec import load

        ids.update((item.id, item.key) for item in load(found.change.project_id, made).values())
    if not ids:
        return None
    statuses = requirement_statuses(actor, found.change.project_id, list(ids))
    return sorted(key for item_id, key in ids.items() if statuses.get(item_id, {}).get("status") != "verified")


# What areas above this one know of occasions: the day of one that is named, by project.
OCCASIONS: list[Callable[[int, str], date | None]] = []


def parse_until(change: Change, until: str) -> dict[str, Any]:
    """Until when a change is deferred: a date, a phase or a review (``REV-3``) brings it back by itself, other words only name the
    occasion."""
    text = " ".join(until.split())[:200]
    columns: dict[str, Any] = {"deferred_until": text, "back_on": None, "back_phase_id": None}
    try:
        columns["back_on"] = values.PARSERS["date"](KINDS["interview"].field("held_on"), None, text)  # type: ignore[arg-type]
        return columns
    except values.Unfit:
        pass
    day = next((day for known in OCCASIONS if (day := known(change.project_id, text)) is not None), None)
    if day is not None:
        # By its key as others write it, so that what waits for it is found.
        columns["deferred_until"], columns["back_on"] = text.upper(), day
        return columns
    named: Sequence[loads.PhaseLoad] = loads.phases(change.project_id)
    phase = next((one for one in named if one.name.casefold() == text.casefold()), None)
    if phase is not None:
        columns["back_phase_id"] = phase.id
    return columns
