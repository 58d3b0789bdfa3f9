"""Asking for a waiver, and withdrawing it. It is signed as everything else is (``signoff``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance.models import Result
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.audit.record import recorded
from reqtrack.db import clean_text, db
from reqtrack.errors import Invalid, Reason, Refused
from reqtrack.gates import policy
from reqtrack.gates.kinds import GATES, LIVE, RULES
from reqtrack.gates.models import Waiver, WaiverWithdrawal
from reqtrack.gates.queries.gates import keys_in
from reqtrack.gates.waiving import MOST_COVERED, Held, content_of, print_of
from reqtrack.items import store
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.signoff import actions as signoff
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.queries import signoff_for

MOST_TEXT = 5_000
# What a signature on a waiver says, in the words of who asks; English is what is kept where nobody said it otherwise.
MEANING = "I approve this exception until its day."

Cover = tuple[str, str, int | None]


def ask(
    actor: Actor,
    project: Project,
    reason: str,
    *,
    owner: str,
    expires_on: date | None,
    covers: Collection[Cover],
    signers: Sequence[str],
    workaround: str = "",
    gates: Collection[str] = LIVE,
    results: Collection[int] = (),
    meaning: str = "",
    rule: str = "all",
) -> tuple[Waiver, Signoff]:
    """Ask people to sign a waiver; it excuses nothing before they have.

    Args:
        owner: login of the member who sees to it that what is excused is mended before ``expires_on``, its last day.
        covers: ``(rule, subject, row)``: rule "" any, subject "" the rule as a whole, row None all example rows.
        signers: logins, not the actor's: nobody approves their own exception.
        gates: at which it holds. results: numbers of the results that it is asked for.

    Raises:
        Refused: 403 no permission. Invalid: with a reason per field.
    """
    policy.require(policy.may_ask(actor, project.id))
    reason, workaround = clean_text(reason).strip(), clean_text(workaround).strip()
    covered = sorted({(rule, subject.strip(), row) for rule, subject, row in covers}, key=_order)
    where = [gate for gate in GATES if gate in set(gates)]
    names = {one.login: one.name for one in members(project.id) if one.active}
    reasons = [
        *_texts(reason, workaround),
        *_when(project, expires_on),
        *_who(actor, names, owner.strip(), signers),
        *_covered(project, covered, where, set(gates) - set(GATES)),
        *_results(project, results),
    ]
    if reasons:
        raise Invalid(reasons)
    assert expires_on is not None
    number = store.next_number(project.id, "WVR")
    with recorded(actor, project.id, "waiver.asked", f"WVR-{number}", reason=reason) as entry:
        waiver = Waiver(
            project_id=project.id, number=number, reason=reason, workaround=workaround, owner=owner.strip(),
            owner_name=names[owner.strip()], expires=expires_on.isoformat(), gates=where, covers=[list(one) for one in covered],
            results=sorted(set(results)), asked_by=actor.login, asked_by_name=actor.name, at=entry.at,
        )  # fmt: skip
        waiver.fingerprint = print_of(waiver)
        entry.seal(waiver)
        entry.after = {**content_of(waiver), "fingerprint": waiver.fingerprint}
    asked = signoff.request(actor, project, waiver.key, meaning.strip() or MEANING, signers, rule, expires_on)
    return waiver, asked


def withdraw(actor: Actor, project: Project, held: Held, reason: str) -> None:
    """End a waiver before its day; a request to sign it that still waits is withdrawn with it.

    Raises:
        Refused: 403 somebody else's; 409 it excuses nothing any more. Invalid: no reason.
    """
    policy.require(policy.may_withdraw(actor, held))
    reason = clean_text(reason).strip()
    if not reason or len(reason) > MOST_TEXT:
        raise Invalid(_texts(reason, ""))
    waiver = held.waiver
    if held.signoff is not None and held.state in ("asked", "expired"):
        _withdraw_request(actor, project, held.signoff, reason)
    with recorded(
        actor, project.id, "waiver.withdrawn", waiver.key, reason=reason, before={"state": held.state}
    ) as entry:
        entry.seal(
            WaiverWithdrawal(
                project_id=project.id,
                number=waiver.number,
                reason=reason,
                by=actor.login,
                by_name=actor.name,
                at=entry.at,
            )
        )
        entry.after = {"state": "withdrawn"}


def _withdraw_request(actor: Actor, project: Project, number: int, reason: str) -> None:
    """Whoever was asked finds nothing to sign any more; where the actor may not take the request back, it refuses by itself."""
    request = signoff_for(actor, project.id, number)
    if request.state == "requested":
        try:
            signoff.withdraw(actor, project, request, reason)
        except Refused:
            return


# -- what is wrong with it -----------------------------------------------------------------------------------------------


def _order(cover: Cover) -> tuple[Any, ...]:
    return (cover[0], cover[1], -1 if cover[2] is None else cover[2])


def _texts(reason: str, workaround: str) -> list[Reason]:
    found = []
    if not reason:
        found.append(Reason("required", "Say why this may be so for now.", {}, "reason"))
    for name, text in (("reason", reason), ("workaround", workaround)):
        if len(text) > MOST_TEXT:
            found.append(Reason("too_long", "At most %(most)s characters fit.", {"most": MOST_TEXT}, name))
    return found


def _when(project: Project, expires_on: date | None) -> list[Reason]:
    if expires_on is None:
        return [Reason("required", "Say until which day it holds: a waiver ends.", {}, "expires_on")]
    if expires_on < clock.today(project.zone):
        return [Reason("past", "This day is past: choose one that is to come.", {}, "expires_on")]
    return []


def _who(actor: Actor, names: Collection[str], owner: str, signers: Sequence[str]) -> list[Reason]:
    found = []
    if owner not in names:
        found.append(
            Reason("unknown", "Choose who sees to it that this is mended: a member of the project.", {}, "owner")
        )
    if not [one for one in signers if one.strip()]:
        found.append(Reason("required", "Choose who is to sign.", {}, "signers"))
    if actor.login in {one.strip() for one in signers}:
        found.append(Reason("own", "You ask for it: somebody else has to sign it.", {}, "signers"))
    return found


def _covered(project: Project, covers: Sequence[Cover], gates: Sequence[str], strange: Collection[str]) -> list[Reason]:
    found = []
    if strange or not gates:
        found.append(Reason("invalid", "Choose the gates at which it holds.", {}, "gates"))
    if not covers:
        found.append(Reason("required", "Say what it covers: at least one item or rule.", {}, "covers"))
    if len(covers) > MOST_COVERED:
        found.append(Reason("too_many", "At most %(most)s parts fit.", {"most": MOST_COVERED}, "covers"))
        return found
    wanted = {key for _rule, subject, _row in covers for key in keys_in(subject)}
    there = set()
    if wanted:
        keys = select(Item.key).where(Item.project_id == project.id, Item.key.in_(wanted))
        there = set(db.session.execute(keys).scalars())
    for rule, subject, row in covers:
        if rule and rule not in RULES:
            found.append(Reason("unknown", "There is no rule %(rule)s.", {"rule": rule[:40]}, "covers"))
        elif not rule and not subject:
            found.append(Reason("empty", "A part of it names neither an item nor a rule.", {}, "covers"))
        elif missing := [key for key in keys_in(subject) if key not in there]:
            found.append(Reason("unknown", "There is no %(key)s in this project.", {"key": missing[0][:40]}, "covers"))
        elif row is not None and row < 0:
            found.append(Reason("invalid", "Rows count from 1.", {}, "covers"))
    return found


def _results(project: Project, results: Collection[int]) -> list[Reason]:
    wanted = set(results)
    if not wanted:
        return []
    rows = select(Result.number).where(Result.project_id == project.id, Result.number.in_(wanted))
    missing = wanted - set(db.session.execute(rows).scalars())
    return (
        [Reason("unknown", "There is no result %(number)s here.", {"number": min(missing)}, "results")]
        if missing
        else []
    )
