"""Signing, declining, withdrawing."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import Entry, recorded
from reqtrack.db import clean_text
from reqtrack.errors import Verdict, invalid, no
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.signoff import policy, queries, reservations, stamps, subjects
from reqtrack.signoff.away import Signing
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.seats import Seat, standing

# Codes of reasons that are about who asks (403); all others are about the state of things (409).
PERSONAL = {"no_permission", "not_asked", "separation", "prove_yourself", "not_yours"}


def sign(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    *,
    remarks: str = "",
    reserved: bool = False,
    seen: str = "",
    seen_stale: str | None = None,
    address: str = "",
    device: str = "",
    zone: str = "",
) -> Signature:
    """Sign, in one's own name; the last signature needed completes the sign-off and brings with it what it means.

    Args:
        remarks: under which it is signed; needed where results turned stale since the round was closed.
        reserved: the remarks are a reservation: they say what still has to be mended, and become the proposal of a waiver.
        seen: the fingerprint that the page showed; when given it must be that of the sign-off.
        seen_stale: what the page showed as stale (``Subject.stale_print``); when given it must be that still.
        zone: IANA zone in which the signer's time is told; the project's when not given.

    Raises:
        Refused: 403 not asked, no permission, not proved again, separation; 409 settled, answered, the content moved, or stale
            results without remarks.
        Invalid: the remarks are too long, or a reservation is not written.
    """
    facts = queries.facts_of(actor, project, signoff)
    assert facts.subject is not None
    remarks = _remarks(remarks)
    if reserved and not remarks:
        raise invalid("reservation", "Write what your reservation is.", "required")
    require(policy.may_sign(actor, signoff, facts, remarks=remarks))
    if (seen and seen != signoff.fingerprint) or seen_stale not in (None, facts.subject.stale_print):
        no("moved", "%(key)s is not what you saw. Load the page again.", key=signoff.key).require(409)
    seat = _seat(actor, signoff, facts)
    with recorded(actor, project.id, "signoff.signed", signoff.key, reason=remarks) as entry:
        given = _answer(actor, project, signoff, entry, "signed", remarks, (address, device, zone), facts.behalf)
        given.seat, given.reserved = seat.position, 1 if reserved else None
        put(entry, given)
        entry.after = {"subject": signoff.subject, "fingerprint": signoff.fingerprint, **_behalf(given)}
        _completed(actor, project, signoff, facts, entry, given)
    if given.reserved:
        reservations.hand_over(actor, project, signoff, given)
    return given


def _seat(actor: Actor, signoff: Signoff, facts: policy.Facts) -> Seat:
    """At which seat the actor answers; the policy has seen to it that there is one."""
    seat = facts.seat_for(actor.login, actor.roles_in(signoff.project_id))
    assert seat is not None
    return seat


def _completed(
    actor: Actor, project: Project, signoff: Signoff, facts: policy.Facts, entry: Entry, given: Signature
) -> None:
    """Settle the request where this signature makes the rule hold, with what that brings."""
    subject = facts.subject
    if subject is not None and subject.stale:
        entry.after["stale"] = [[one.key, one.number] for one in subject.stale]
    if _standing(facts, given) == "signed":
        settle(signoff, entry, "signed")
        brought = subjects.kind_of(signoff.subject).completed(actor, project, signoff)
        entry.after = {**entry.after, "state": "signed", **brought}


def _standing(facts: policy.Facts, given: Signature) -> str:
    answers = (*facts.answers, *queries.answers_at([given], facts.seats))
    return standing(facts.rule, facts.seats, answers)


def _remarks(given: str) -> str:
    remarks = clean_text(given).strip()
    if len(remarks) > 2_000:
        raise invalid("remarks", "At most %(most)s characters fit.", "too_long", most=2_000)
    return remarks


def decline(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    reason: str,
    *,
    address: str = "",
    device: str = "",
    zone: str = "",
) -> Signature:
    """Refuse to sign, and say why. It ends the request, unless the others can still fulfil its rule.

    Raises:
        Refused: not asked, or settled, or answered already. Invalid: no reason.
    """
    facts = queries.facts_of(actor, project, signoff, with_subject=False)
    require(policy.may_answer(actor, signoff, facts))
    reason = clean_text(reason).strip()
    if not reason:
        raise invalid("reason", "Say why you do not sign.", "required")
    with recorded(actor, project.id, "signoff.declined", signoff.key, reason=reason) as entry:
        given = _answer(actor, project, signoff, entry, "declined", reason, (address, device, zone), facts.behalf)
        given.seat = _seat(actor, signoff, facts).position
        put(entry, given)
        if _standing(facts, given) == "declined":
            settle(signoff, entry, "declined")
        entry.after = {"subject": signoff.subject, "state": signoff.state, **_behalf(given)}
    return given


def _behalf(given: Signature) -> dict[str, str]:
    return {"behalf": given.behalf} if given.behalf else {}


def withdraw(actor: Actor, project: Project, signoff: Signoff, reason: str) -> None:
    """Take back a request, or (its signer) a signature. What the signature locked stays locked, and when it was complete stays known.

    Raises:
        Refused: it is somebody else's, or there is nothing to withdraw. Invalid: no reason.
    """
    given = queries.answers([signoff.id])[signoff.id]
    signed = frozenset(login for row in given if row.outcome == "signed" for login in (row.signer, row.principal))
    require(policy.may_withdraw(actor, signoff, signed))
    reason = clean_text(reason).strip()
    if not reason:
        raise invalid("reason", "Say why you withdraw it.", "required")
    before = {"state": signoff.state}
    with recorded(actor, project.id, "signoff.withdrawn", signoff.key, reason=reason, before=before) as entry:
        if signoff.state == "signed":
            signoff.state = "withdrawn"
        else:
            settle(signoff, entry, "withdrawn")
        entry.after = {"state": "withdrawn"}


def require(verdict: Verdict) -> None:
    """Refuse with 403 where it is about who asks, else with 409."""
    verdict.require(403 if any(one.code in PERSONAL for one in verdict.reasons) else 409)


def settle(signoff: Signoff, entry: Entry, state: str) -> None:
    """Say what became of a request, with this event."""
    signoff.state = state
    signoff.settled_at, signoff.settled_seq = entry.at, entry.seq


def _answer(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    entry: Entry,
    outcome: str,
    reason: str,
    where: tuple[str, str, str],
    behalf: Signing | None = None,
) -> Signature:
    address, device, zone = where
    row = Signature(
        project_id=project.id,
        number=store.next_number(project.id, "SIG"),
        signoff_id=signoff.id,
        signer=actor.login,
        signer_name=actor.name,
        roles=" ".join(sorted(actor.roles_in(project.id) if behalf is None else behalf.roles)),
        outcome=outcome,
        meaning=signoff.meaning,
        reason=reason,
        fingerprint=signoff.fingerprint,
        at=entry.at,
        zone=zone or project.zone,
        # A refusal needs no proof; a signature has been proved (the policy asked).
        method="password" if actor.reauthenticated else "sign_in",
        address=clean_text(address)[:64],
        device=clean_text(device)[:300],
        behalf=behalf.login if behalf is not None else None,
        behalf_name=behalf.name if behalf is not None else None,
    )
    return row


def put(entry: Entry, row: Signature) -> None:
    """Seal a signature, all of whose columns are set: with the installation's key, and in the event."""
    stamps.stamp(row)
    entry.seal(row)
