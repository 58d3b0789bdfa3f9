"""Asking for a signature, signing, declining, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reqtrack.accounts.models import Project, User
from reqtrack.audit.record import Entry, recorded
from reqtrack.baselines.actions import take
from reqtrack.baselines.queries import Prepared
from reqtrack.db import clean_text, db
from reqtrack.errors import Invalid, NotFound, Reason, Verdict, every, invalid, no
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.signoff import policy, queries, stamps, subjects
from reqtrack.signoff.away import Signing
from reqtrack.signoff.models import Signature, Signoff, SignoffSigner

# Codes of reasons that are about who asks (403); all others are about the state of things (409).
PERSONAL = {"no_permission", "not_asked", "separation", "prove_yourself", "not_yours"}


def request(
    actor: Actor,
    project: Project,
    subject: str,
    meaning: str,
    signers: Sequence[str],
    rule: str = "all",
    due_on: date | None = None,
) -> Signoff:
    """Ask people to sign a baseline or a closed round.

    Args:
        subject: its key (``BL-1``, ``RND-1``).
        meaning: what a signature says, in words.
        signers: logins; each must hold a role that may sign.
        rule: ``all`` of them, or ``any`` one.

    Raises:
        Refused: 403 no permission, 409 the subject is not ready to be signed. Invalid: with a reason per field.
    """
    policy.may_request(actor, project.id).require()
    meaning = clean_text(meaning).strip()
    reasons = _missing(subject, meaning, signers, rule)
    people, unable = _signers(project, signers)
    reasons += unable
    if reasons:
        raise Invalid(reasons)
    try:
        found = subjects.load(project.id, subject.strip())
    except NotFound:
        raise invalid(
            "subject", "There is nothing to be signed named %(subject)s here.", subject=subject[:40]
        ) from None
    found.ready.require(409)
    every(condition(project, found) for condition in subjects.CONDITIONS).require(409)
    logins = frozenset(user.login for user in people)
    if any(policy.alone(login, rule, logins, found.made_by) for login in logins) and len(logins) == 1:
        raise invalid("signers", "%(login)s alone tested this: ask somebody else to sign as well.", login=min(logins))
    number = store.next_number(project.id, "SGN")
    with recorded(actor, project.id, "signoff.requested", f"SGN-{number}") as entry:
        signoff = Signoff(
            project_id=project.id, number=number, subject=found.key, meaning=meaning, rule=rule, due_on=due_on,
            fingerprint=found.fingerprint, requested_by=actor.login, requested_at=entry.at, state="requested",
        )  # fmt: skip
        db.session.add(signoff)
        db.session.flush()
        db.session.add_all(SignoffSigner(signoff_id=signoff.id, user_id=user.id) for user in people)
        entry.after = {
            "subject": found.key, "meaning": meaning, "signers": sorted(logins), "rule": rule,
            "due_on": due_on.isoformat() if due_on else None, "fingerprint": found.fingerprint,
        }  # fmt: skip
    return signoff


def send_next(
    actor: Actor,
    project: Project,
    name: str,
    meaning: str,
    signers: Sequence[str],
    prepared: Prepared | None = None,
    *,
    drafts: bool = False,
) -> Signoff:
    """Take the next baseline of the scope and ask all of these people to sign it.

    Args:
        drafts: also the requirements that nobody has reviewed: whoever signs would approve them unseen.
        prepared: its fingerprint, computed before the lock.

    Raises:
        As ``baselines.actions.take`` and ``request``; then nothing was taken.
    """
    policy.may_request(actor, project.id).require()
    told = queries.next_scope(actor, project.id)
    if not drafts and told.drafts and not told.taken:
        message = "All requirements are drafts: have them reviewed first, or take the drafts knowingly."
        raise invalid("drafts", message, "required")
    taken = take(actor, project, name, prepared, drafts=drafts)
    return request(actor, project, taken.key, meaning, signers)


def _missing(subject: str, meaning: str, signers: Sequence[str], rule: str) -> list[Reason]:
    reasons = []
    if not subject.strip():
        reasons.append(Reason("required", "Say what is to be signed.", {}, "subject"))
    if not meaning:
        reasons.append(Reason("required", "Say in words what a signature means.", {}, "meaning"))
    elif len(meaning) > 2_000:
        reasons.append(Reason("too_long", "At most %(most)s characters fit.", {"most": 2_000}, "meaning"))
    if not signers:
        reasons.append(Reason("required", "Choose who is to sign.", {}, "signers"))
    if rule not in policy.RULES:
        reasons.append(Reason("invalid", "The rule is: all, or any.", {}, "rule"))
    return reasons


def _signers(project: Project, logins: Sequence[str]) -> tuple[list[User], list[Reason]]:
    """The accounts of the logins, and a reason for each that cannot sign in this project."""
    wanted = list(dict.fromkeys(login.strip() for login in logins))
    able = {user.login: user for user, _roles in queries.possible_signers(project.id)}
    unable = [
        Reason(
            "cannot_sign", "%(login)s holds no role in this project that may sign.", {"login": login[:80]}, "signers"
        )
        for login in wanted
        if login not in able
    ]
    return [able[login] for login in wanted if login in able], unable


def sign(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    *,
    remarks: str = "",
    seen: str = "",
    seen_stale: str | None = None,
    address: str = "",
    device: str = "",
    zone: str = "",
) -> Signature:
    """Sign, in one's own name; the last signature needed completes the sign-off and brings with it what it means.

    Args:
        remarks: under which it is signed; needed where results turned stale since the round was closed.
        seen: the fingerprint that the page showed; when given it must be that of the sign-off.
        seen_stale: what the page showed as stale (``Subject.stale_print``); when given it must be that still.
        zone: IANA zone in which the signer's time is told; the project's when not given.

    Raises:
        Refused: 403 not asked, no permission, not proved again, separation; 409 settled, answered, the content moved, or stale
            results without remarks.
        Invalid: the remarks are too long.
    """
    facts = queries.facts_of(actor, project, signoff)
    assert facts.subject is not None
    remarks = _remarks(remarks)
    _require(policy.may_sign(actor, signoff, facts, remarks=remarks))
    if (seen and seen != signoff.fingerprint) or seen_stale not in (None, facts.subject.stale_print):
        no("moved", "%(key)s is not what you saw. Load the page again.", key=signoff.key).require(409)
    with recorded(actor, project.id, "signoff.signed", signoff.key, reason=remarks) as entry:
        given = _answer(actor, project, signoff, entry, "signed", remarks, (address, device, zone), facts.behalf)
        left = facts.signers - facts.answered - {given.principal}
        entry.after = {"subject": signoff.subject, "fingerprint": signoff.fingerprint, **_behalf(given)}
        if facts.subject.stale:
            entry.after["stale"] = [[one.key, one.number] for one in facts.subject.stale]
        if signoff.rule == "any" or not left:
            _settle(signoff, entry, "signed")
            brought = subjects.kind_of(signoff.subject).completed(actor, project, signoff)
            entry.after = {**entry.after, "state": "signed", **brought}
    return given


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
    """Refuse to sign, and say why. It ends the request, unless any one signature will do and others may still give it.

    Raises:
        Refused: not asked, or settled, or answered already. Invalid: no reason.
    """
    facts = queries.facts_of(actor, project, signoff, with_subject=False)
    _require(policy.may_answer(actor, signoff, facts))
    reason = clean_text(reason).strip()
    if not reason:
        raise invalid("reason", "Say why you do not sign.", "required")
    with recorded(actor, project.id, "signoff.declined", signoff.key, reason=reason) as entry:
        given = _answer(actor, project, signoff, entry, "declined", reason, (address, device, zone), facts.behalf)
        left = facts.signers - facts.answered - {given.principal}
        if signoff.rule == "all" or not left:
            _settle(signoff, entry, "declined")
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
    _require(policy.may_withdraw(actor, signoff, signed))
    reason = clean_text(reason).strip()
    if not reason:
        raise invalid("reason", "Say why you withdraw it.", "required")
    before = {"state": signoff.state}
    with recorded(actor, project.id, "signoff.withdrawn", signoff.key, reason=reason, before=before) as entry:
        if signoff.state == "signed":
            signoff.state = "withdrawn"
        else:
            _settle(signoff, entry, "withdrawn")
        entry.after = {"state": "withdrawn"}


def _require(verdict: Verdict) -> None:
    verdict.require(403 if any(one.code in PERSONAL for one in verdict.reasons) else 409)


def _settle(signoff: Signoff, entry: Entry, state: str) -> None:
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
    stamps.stamp(row)
    entry.seal(row)
    return row
