"""How an answer at a seat is kept, however it came: signed in, by a link, or on paper. Whether it may be given was asked before."""

from __future__ import annotations

from dataclasses import dataclass

from reqtrack.accounts.models import Project
from reqtrack.audit.record import Entry, recorded
from reqtrack.db import clean_text
from reqtrack.errors import Verdict, invalid, no
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.signoff import policy, queries, stamps, subjects
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.seats import Seat, standing

# Codes of reasons that are about who asks (403); all others are about the state of things (409).
PERSONAL = {"no_permission", "not_asked", "separation", "prove_yourself", "not_yours", "own_upload", "own_signature"}
MOST_WORDS = 2_000


@dataclass(frozen=True)
class Given:
    """An answer as somebody gave it.

    ``words``: remarks, a reservation (``reserved``), or why it is declined. ``seen``, ``seen_stale``: the fingerprints that the page
    showed, looked at when given. ``name``, ``login``: of who signed on paper (else the actor's). ``paper``: the day on the sheet, the
    SHA-256 of its scan, who brought it in, who compared it.
    """

    outcome: str
    words: str = ""
    reserved: bool = False
    seen: str = ""
    seen_stale: str | None = None
    address: str = ""
    device: str = ""
    zone: str = ""
    roles: tuple[str, ...] = ()
    method: str = ""
    organisation: str = ""
    login: str = ""
    name: str = ""
    paper: tuple[str, str, str, str] | None = None


def words_of(outcome: str, given: str, *, reserved: bool = False) -> str:
    """What somebody wrote, tidied.

    Raises:
        Invalid: too long; or nothing, where a refusal or a reservation needs words.
    """
    words = clean_text(given).strip()
    if outcome == "declined":
        if not words:
            raise invalid("reason", "Say why you do not sign.", "required")
        return words
    if len(words) > MOST_WORDS:
        field = "reservation" if reserved else "remarks"
        raise invalid(field, "At most %(most)s characters fit.", "too_long", most=MOST_WORDS)
    if reserved and not words:
        raise invalid("reservation", "Write what your reservation is.", "required")
    return words


def require(verdict: Verdict) -> None:
    """Refuse with 403 where it is about who asks, else with 409."""
    verdict.require(403 if any(one.code in PERSONAL for one in verdict.reasons) else 409)


def answer_at(
    actor: Actor, project: Project, signoff: Signoff, facts: policy.Facts, seat: Seat, given: Given
) -> Signature:
    """Keep an answer at a seat, and settle the request where that makes its rule hold, or fail.

    Raises:
        Refused: 409, what is signed moved since, or is not what was seen; 403, it would be one person's word on their own work.
        Invalid: see ``words_of``.
    """
    words = words_of(given.outcome, given.words, reserved=given.reserved)
    if given.outcome == "signed":
        _sound(actor, signoff, facts, seat, given, words)
    with recorded(actor, project.id, f"signoff.{given.outcome}", signoff.key, reason=words) as entry:
        row = _row(actor, project, signoff, facts, seat, given, entry, words)
        stamps.stamp(row)
        entry.seal(row)
        entry.after = {"subject": signoff.subject, **_told(row)}
        _settled(actor, project, signoff, facts, entry, row)
    return row


def _sound(actor: Actor, signoff: Signoff, facts: policy.Facts, seat: Seat, given: Given, words: str) -> None:
    """Whether what is signed is what was asked and seen, by whatever way the signature comes."""
    subject = facts.subject
    assert subject is not None
    way = "paper" if given.paper else "electronic"
    verdict = policy.unmoved(signoff, subject) + policy.separated(facts, given.login or actor.login, seat, way)
    if not words:
        verdict += policy.fresh(subject)
    require(verdict)
    if (given.seen and given.seen != signoff.fingerprint) or given.seen_stale not in (None, subject.stale_print):
        no("moved", "%(key)s is not what you saw. Load the page again.", key=signoff.key).require(409)


def _row(
    actor: Actor, project: Project, signoff: Signoff, facts: policy.Facts, seat: Seat, given: Given, entry: Entry, words: str
) -> Signature:  # fmt: skip
    behalf = facts.behalf if not given.login else None
    signed_on, scan, recorded_by, compared_by = given.paper or (None, None, None, None)
    roles = given.roles or (actor.roles_in(project.id) if behalf is None else behalf.roles)
    return Signature(
        project_id=project.id,
        number=store.next_number(project.id, "SIG"),
        signoff_id=signoff.id,
        signer=given.login or actor.login,
        signer_name=given.name or actor.name,
        roles=" ".join(sorted(roles)),
        outcome=given.outcome,
        # On paper stands what was asked; else the signer read it in their own language.
        meaning=signoff.meaning if given.paper else subjects.meaning_of(signoff.subject, signoff.meaning),
        reason=words,
        fingerprint=signoff.fingerprint,
        at=entry.at,
        zone=given.zone or project.zone,
        # A refusal needs no proof; a signature has been proved (the policy asked).
        method=given.method or (actor.proved_by if actor.reauthenticated else "sign_in"),
        address=clean_text(given.address)[:64],
        device=clean_text(given.device)[:300],
        behalf=behalf.login if behalf is not None else None,
        behalf_name=behalf.name if behalf is not None else None,
        seat=seat.position,
        organisation=given.organisation or None,
        reserved=1 if given.reserved and given.outcome == "signed" else None,
        signed_on=signed_on,
        scan=scan,
        recorded_by=recorded_by,
        compared_by=compared_by,
    )


def _told(row: Signature) -> dict[str, object]:
    """What the event tells beside the seal."""
    told: dict[str, object] = {"fingerprint": row.fingerprint} if row.outcome == "signed" else {}
    told |= {"behalf": row.behalf} if row.behalf else {}
    told |= {"reserved": True} if row.reserved else {}
    return told | ({"paper": row.scan, "signer": row.signer} if row.scan else {})


def _settled(
    actor: Actor, project: Project, signoff: Signoff, facts: policy.Facts, entry: Entry, row: Signature
) -> None:
    """Settle the request where this answer decides it, with what that brings."""
    subject = facts.subject
    if row.outcome == "signed" and subject is not None and subject.stale:
        entry.after["stale"] = [[one.key, one.number] for one in subject.stale]
    state = standing(facts.rule, facts.seats, (*facts.answers, *queries.answers_at([row], facts.seats)))
    if state == "signed":
        settle(signoff, entry, "signed")
        brought = subjects.kind_of(signoff.subject).completed(actor, project, signoff)
        entry.after = {**entry.after, "state": "signed", **brought}
    elif state == "declined":
        settle(signoff, entry, "declined")
    if row.outcome == "declined":
        entry.after = {**entry.after, "state": signoff.state}


def settle(signoff: Signoff, entry: Entry, state: str) -> None:
    """Say what became of a request, with this event."""
    signoff.state = state
    signoff.settled_at, signoff.settled_seq = entry.at, entry.seq
