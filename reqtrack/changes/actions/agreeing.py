"""What was agreed elsewhere: written up, then confirmed by each who decided it. It takes effect once all of them have, those whom the
delegation rule needs among them, never on the word of who typed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.record import recorded
from reqtrack.changes import agreed, facts, impact, policy
from reqtrack.changes.actions.assessing import estimate, not_agreed
from reqtrack.changes.actions.deciding import Decided, decide, settle, unsay
from reqtrack.changes.actions.judging import Placed, judged, placed
from reqtrack.changes.actions.rights import require_seen
from reqtrack.changes.dossier import Dossier, load
from reqtrack.changes.models import Agreement, Assessment, Change
from reqtrack.db import clean_text, db
from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.items import actions as items
from reqtrack.items import store
from reqtrack.permissions import Actor

LONGEST = 2_000
MOST_PEOPLE = 12


def agree_elsewhere(
    actor: Actor,
    change: Change,
    agreed_on: Any,
    where: str,
    deciders: Sequence[str],
    *,
    days: Any = None,
    seen: str | None = None,
) -> None:
    """Write up that a change was decided elsewhere; each of those named is asked to confirm it. Written up anew, all are asked anew.

    Args:
        agreed_on: the day, as a date or as text. where: the meeting, its minutes. deciders: logins of members.
        days: the estimate, in person-days; may be left out where it is assessed as it stands.

    Raises:
        Refused: not theirs to write, or not in this stage (403, 409); edited since ``seen`` (409). Invalid: by field.
    """
    found, touched, _rule, told = judged(actor, change)
    kind = change.change_kind or "normal"
    policy.require(agreed.may_record(actor, change.project_id, change.key, change.stage, kind, told))
    require_seen(found, seen)
    day, text, people = _fit(found, agreed_on, where, deciders)
    likely = None if days is None or str(days).strip() == "" else estimate(days)
    if likely is None and (not found.heard or told.outdated):
        raise invalid("days", "Say how many person-days it will likely take.", "required")
    if not policy.may_place(*facts.preset(found, touched.phases)):
        # Who confirms it chooses neither.
        message = "Say first which priority and which phase it gets: edit the request."
        raise invalid("where", message, "required")
    with recorded(actor, change.project_id, "change.agreed_elsewhere", change.key) as entry:
        change.agreed_on, change.agreed_where = day, text
        _name(change, [one.id for one in people])
        if likely is not None:
            _reached, graph = impact.graph_of(actor, found)
            db.session.add(
                Assessment(
                    project_id=change.project_id, change_id=change.id, assessor_id=actor.id, likely=likely, note="",
                    schedule_note="", risk="", graph_print=graph, package_print=found.package_print, at=entry.at,
                    source="agreed",
                )
            )  # fmt: skip
        db.session.flush()
        after = load(change)
        change.expected_effort_days, change.expected_cost = after.expected, after.expected_cost
        _seat(actor, change)
        entry.after = {
            "agreed_on": day.isoformat(), "where": text, "deciders": sorted(one.login for one in people), "days": likely,
            "package": found.package_print, "impact": {"items": len(touched.affected), "stale_results": touched.stale_results},
        }  # fmt: skip
    if change.stage != "deciding":
        at = clock.now()
        handed_in = {"submitted_at": at, "waiting_since": at, "paused_at": None}
        stage, sub_stage = _goes_to(found)
        columns = {"sub_stage": sub_stage, **({} if change.submitted_at is not None else handed_in)}
        store.move(actor, change, stage, columns=columns, after={"agreed_elsewhere": True})


def _goes_to(found: Dossier) -> tuple[str, str | None]:
    """Where what was agreed elsewhere waits: it is estimated, so in the first of the stages that the project added once it is
    assessed, or where it stands among them; what was agreed elsewhere passes these as all else does. Where there is none, it is
    confirmed next."""
    if found.change.stage == "assessing" and found.step is not None:
        return "assessing", found.step.code
    return found.flow.after("assessing", None) or ("deciding", None)


def _fit(found: Dossier, agreed_on: Any, where: str, deciders: Sequence[str]) -> tuple[date, str, list[Any]]:
    reasons: list[Reason] = []
    try:
        day = agreed_on if isinstance(agreed_on, date) else date.fromisoformat(str(agreed_on or "").strip())
        reasons += agreed.check_day(day, clock.today(found.project.zone)).reasons
    except ValueError:
        day = date.min
        reasons.append(Reason("invalid", "Give a day, such as 2026-12-24.", {}, "agreed_on"))
    text = clean_text(where).strip()
    if not text:
        reasons.append(Reason("required", "Say where: the meeting or call, and its minutes.", {}, "where"))
    elif len(text) > LONGEST:
        reasons.append(Reason("too_long", "At most %(most)s characters fit.", {"most": LONGEST}, "where"))
    wanted = list(dict.fromkeys(one.strip() for one in deciders if one.strip()))
    known = {one.login: one for one in found.people}
    if not wanted or len(wanted) > MOST_PEOPLE:
        reasons.append(Reason("required", "Choose who decided it.", {}, "deciders"))
    for login in (one for one in wanted if one not in known):
        reasons.append(Reason("invalid", "%(login)s is no member of this project.", {"login": login[:80]}, "deciders"))
    if reasons:
        raise Invalid(reasons)
    return day, text, [known[login] for login in wanted]


def _name(change: Change, user_ids: Sequence[int]) -> None:
    """Exactly these are asked, none has answered."""
    rows = db.session.execute(select(Agreement).where(Agreement.change_id == change.id)).scalars()
    kept = {row.user_id: row for row in rows}
    for user_id, row in kept.items():
        if user_id not in user_ids:
            db.session.delete(row)
    for user_id in user_ids:
        row = kept.get(user_id) or Agreement(project_id=change.project_id, change_id=change.id, user_id=user_id)
        row.answer = row.reason = row.package_print = row.method = ""
        row.answered_at, row.seated = None, False
        db.session.add(row)


def _seat(actor: Actor, change: Change) -> None:
    """Keep who of those named has a seat by the delegation rule, as the change is estimated now."""
    told = placed(actor, change).told
    logins = {one.id: one.login for seat in told.seats for one in seat.voters}
    for row in db.session.execute(select(Agreement).where(Agreement.change_id == change.id)).scalars():
        row.seated = row.user_id in logins and bool(agreed.why_not(logins[row.user_id], change.key, told))


def replace_decider(actor: Actor, change: Change, decider: str, replacement: str, reason: str = "") -> None:
    """Ask somebody who decides it now instead of one who is named and does so no more. What the others confirmed stays, as long as
    what it proposes does; nothing takes effect before who takes the place has said their word.

    Args:
        decider: the login of who is named. replacement: that of who takes their place; may be named already, and is asked anew then.

    Raises:
        Refused: not theirs to say (403); answered, still decides it, not there to be confirmed (409). Invalid: by field.
    """
    chosen = placed(actor, change)
    found = chosen.found
    members = {one.login for one in found.people}
    verdict = agreed.may_replace(actor, change, chosen.told, found.package_print, found.agreed, decider, members)
    verdict.require(policy.status_of(verdict))
    able = {one.login: one for one in agreed.replacements(chosen.told)}
    person, why = able.get(replacement.strip()), clean_text(reason).strip()
    reasons = []
    if person is None:
        message = "Choose somebody who decides %(key)s by the delegation rule, and neither asked for it nor wrote it."
        reasons.append(Reason("invalid", message, {"key": change.key}, "replacement"))
    if not why or len(why) > LONGEST:
        reasons.append(Reason("required", "Say why somebody else confirms it.", {}, "reason"))
    if person is None or reasons:
        raise Invalid(reasons)
    gone = next(one for one in found.agreed if one.login == decider)
    with recorded(actor, change.project_id, "change.decider_replaced", change.key, reason=why) as entry:
        rows = db.session.execute(select(Agreement).where(Agreement.change_id == change.id)).scalars()
        kept = {row.user_id: row for row in rows}
        db.session.delete(kept[gone.user_id])
        db.session.flush()
        row = kept.get(person.id) or Agreement(project_id=change.project_id, change_id=change.id, user_id=person.id)
        row.answer = row.reason = row.package_print = row.method = ""
        row.answered_at, row.seated = None, True
        db.session.add(row)
        entry.before = {"decider": gone.login, "name": gone.name, "answer": gone.answer or None}
        entry.after = {"decider": person.login, "name": person.name, "package": found.package_print}


def answer_agreement(
    actor: Actor,
    change: Change,
    yes: bool,
    reason: str = "",
    *,
    seen: str | None = None,
    address: str = "",
    method: str = "",
) -> Decided | None:
    """Say of what was agreed elsewhere: so it is (with a reason, else with where it was agreed), or not so (with a reason, which goes
    back to the author as a question).

    Args:
        method: ``link`` where it is proved by a link and its code.

    Returns:
        What came of the vote; None where the word counts as none, and nothing came of it.

    Raises:
        Refused: not asked, or the password is needed (403); answered, outdated, in conflict, edited since ``seen`` (409).
        Invalid: no reason.
    """
    chosen = placed(actor, change)
    found = chosen.found
    policy.require(
        agreed.may_answer(actor, change.key, change.agreed_on, change.stage, found.package_print, found.agreed)
    )
    require_seen(found, seen)
    if not yes:
        _deny(actor, change, chosen, reason, method)
        return None
    where = (actor, change.project_id, change.key, chosen.told)
    proved = actor.reauthenticated or method == "link"
    policy.require(agreed.may_confirm(*where, proof=chosen.rule.proof, proved=proved))
    votes = agreed.counts(actor, change.key, chosen.told)
    place = policy.may_place(chosen.tier, chosen.phase_id)
    if votes and not place:
        # Before anything is written: nobody is shown a word that is not kept.
        raise Invalid(place.reasons)
    with recorded(actor, change.project_id, "change.agreement_confirmed", change.key) as entry:
        _write(
            actor,
            change,
            found,
            "yes",
            "",
            method or (actor.proved_by if votes and chosen.rule.proof else "signed_in"),
            entry.at,
        )
        entry.after = {"package": found.package_print, "counts": votes, "agreed_on": str(change.agreed_on)}
    if not votes:
        db.session.flush()
        return settle(actor, placed(actor, change))
    # Where it was decided is the reason of who confirms that.
    why = reason.strip() or f"{change.agreed_on}: {change.agreed_where}"
    return decide(
        actor, change, "approved", tier=chosen.tier, phase_id=chosen.phase_id, reason=why, seen=seen, address=address, method=method,
        agreed=True,
    )  # fmt: skip


def _deny(actor: Actor, change: Change, chosen: Placed, reason: str, method: str) -> None:
    text, found, graph = reason.strip(), chosen.found, chosen.touched.graph_print
    if not text:
        raise invalid("reason", "Say what is not so.", "required")
    unsay(actor, chosen, text[:LONGEST])
    with recorded(actor, change.project_id, "change.agreement_denied", change.key, reason=text[:LONGEST]) as entry:
        entry.before = {"agreed_on": str(change.agreed_on), "where": change.agreed_where}
        _write(actor, change, found, "no", text[:LONGEST], method or "signed_in", entry.at)
        for name, value in not_agreed(found).items():
            setattr(change, name, value)
    said = items.ask(actor, change, text, None)
    # What only its author estimated is assessed first.
    unheard = facts.awaited(found, graph)
    store.move(
        actor, change, "needs_information",
        columns={"came_from": "assessing" if unheard else "deciding", "paused_at": said.at}, after={"question": said.id},
    )  # fmt: skip


def _write(actor: Actor, change: Change, found: Dossier, answer: str, reason: str, method: str, at: Any) -> None:
    row = db.session.execute(
        select(Agreement).where(Agreement.change_id == change.id, Agreement.user_id == actor.id)
    ).scalar_one()
    row.answer, row.reason, row.package_print, row.method, row.answered_at = (
        answer,
        reason,
        found.package_print,
        method,
        at,
    )
