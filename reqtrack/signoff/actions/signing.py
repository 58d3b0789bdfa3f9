"""Signing, declining, withdrawing."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import clean_text
from reqtrack.errors import invalid
from reqtrack.permissions import Actor
from reqtrack.signoff import policy, queries
from reqtrack.signoff.actions.answering import Given, answer_at, require, settle, words_of
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.seats import Seat


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
    words = words_of("signed", remarks, reserved=reserved)
    require(policy.may_sign(actor, signoff, facts, remarks=words))
    given = Given("signed", words, reserved, seen, seen_stale, address, device, zone)
    return answer_at(actor, project, signoff, facts, _seat(actor, signoff, facts), given)


def _seat(actor: Actor, signoff: Signoff, facts: policy.Facts) -> Seat:
    """At which seat the actor answers; the policy has seen to it that there is one."""
    seat = facts.seat_for(actor.login, actor.roles_in(signoff.project_id))
    assert seat is not None
    return seat


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
    given = Given("declined", reason, address=address, device=device, zone=zone)
    return answer_at(actor, project, signoff, facts, _seat(actor, signoff, facts), given)


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
