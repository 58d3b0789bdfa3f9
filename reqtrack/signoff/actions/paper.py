"""Bringing a signed sheet in, and comparing it: only a second person's word makes it a signature."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import clean_text, db
from reqtrack.errors import invalid, no
from reqtrack.permissions import Actor
from reqtrack.signoff import paper, policy, queries
from reqtrack.signoff.actions.answering import MOST_WORDS, Given, answer_at, require
from reqtrack.signoff.models import PaperSheet, Signature, Signoff
from reqtrack.signoff.queries.seating import Taken
from reqtrack.signoff.scans import Scan
from reqtrack.signoff.seats import OUTSIDE_ROLE, PAPER


def bring_in(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    scan: Scan,
    position: int,
    signed_on: date | None,
    *,
    signer: str = "",
    code: str = "",
    remarks: str = "",
) -> PaperSheet:
    """Bring in the scan of a signed sheet, and state who signed it and when.

    Args:
        position: at which seat.
        signer: the login of who signed, at a seat that is open to a role.
        code: the 校验码 as typed, where no QR code can be read.
        remarks: what was written beside the signature.

    Raises:
        Refused: 403 not the actor's to bring in, 409 no signature on paper is waited for there. Invalid: by field.
    """
    require(paper.may_bring(actor, project.id))
    matched, verdict = paper.belongs(signoff, scan.texts, code)
    if not verdict:
        raise invalid(verdict.reasons[0].field, verdict.reasons[0].message, **verdict.reasons[0].params)
    facts = queries.facts_of(actor, project, signoff, with_subject=False)
    taken = {one.seat.position: one for one in queries.seats_of([signoff.id])[signoff.id]}.get(position)
    if taken is None:
        raise invalid("seat", "Choose whose signature it is.", "required")
    login, name = _who(project, taken, signer)
    _waits(signoff, facts, taken, login)
    day = _day(project, signoff, signed_on)
    remarks = clean_text(remarks).strip()
    if len(remarks) > MOST_WORDS:
        raise invalid("remarks", "At most %(most)s characters fit.", "too_long", most=MOST_WORDS)
    with recorded(actor, project.id, "paper.brought_in", signoff.key) as entry:
        row = PaperSheet(
            project_id=project.id, signoff_id=signoff.id, position=position, signer=login, signer_name=name, signed_on=day,
            remarks=remarks, scan=scan.digest, file_name=scan.name, kind=scan.kind, matched=matched, uploaded_by=actor.login,
            uploaded_at=entry.at, state="offered", reason="",
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.after = {
            "sheet": row.id, "seat": position, "signer": login, "signed_on": day.isoformat(), "scan": scan.digest, "matched": matched,
        }  # fmt: skip
    return row


def _waits(signoff: Signoff, facts: policy.Facts, taken: Taken, login: str) -> None:
    verdict = policy.may_answer_at(signoff, facts, taken.seat, login, PAPER)
    if signoff.state != "requested":
        no("settled", "%(key)s is not waiting for signatures any more.", key=signoff.key).require(409)
    require(verdict)


def _who(project: Project, taken: Taken, signer: str) -> tuple[str, str]:
    """Who signed: whose seat it is; at that of a role, one of its holders."""
    seat = taken.seat
    if not seat.open_to_role:
        return seat.login or seat.outsider, taken.name
    able = {user.login: user for user, roles in queries.possible_signers(project.id) if seat.role in roles}
    if signer.strip() not in able:
        raise invalid("signer", "Say who signed: somebody who holds the role.", "required")
    return signer.strip(), able[signer.strip()].name


def _day(project: Project, signoff: Signoff, given: date | None) -> date:
    """The day on the sheet: no earlier than it was asked for, no later than today."""
    if given is None:
        raise invalid("signed_on", "Give the day that is written on the sheet, such as 2026-12-24.", "required")
    asked = signoff.requested_at.astimezone(ZoneInfo(project.zone)).date()
    if not asked <= given <= clock.today(project.zone):
        message = "It was signed between %(first)s, when it was asked for, and today."
        raise invalid("signed_on", message, first=asked.isoformat())
    return given


def confirm(actor: Actor, project: Project, signoff: Signoff, sheet: PaperSheet, *, seen: str = "") -> Signature:
    """Say that a sheet shows what was asked, signed by who it is said: that makes it their signature, on paper.

    Args:
        seen: the fingerprint of what the scan was compared with; when given it must be that of the request.

    Raises:
        Refused: 403 not the actor's to compare, or one person's word on their own work; 409 compared already, not waited for any
            more, or what is signed moved since.
    """
    require(paper.may_compare(actor, sheet))
    facts = queries.facts_of(actor, project, signoff)
    taken = next(one for one in queries.seats_of([signoff.id])[signoff.id] if one.seat.position == sheet.position)
    _waits(signoff, facts, taken, sheet.signer)
    given = Given(
        outcome="signed", words=sheet.remarks, seen=seen, roles=_roles(project, sheet, taken), method=PAPER,
        organisation=taken.organisation, login=sheet.signer, name=sheet.signer_name,
        paper=(sheet.signed_on.isoformat(), sheet.scan, sheet.uploaded_by, actor.login),
    )  # fmt: skip
    with recorded(actor, project.id, "paper.confirmed", signoff.key) as entry:
        sheet.state, sheet.compared_by, sheet.compared_at = "confirmed", actor.login, entry.at
        entry.after = {"sheet": sheet.id}
    return answer_at(actor, project, signoff, policy.in_own_name(facts), taken.seat, given)


def _roles(project: Project, sheet: PaperSheet, taken: Taken) -> tuple[str, ...]:
    if taken.seat.outside:
        return (OUTSIDE_ROLE,)
    held = {user.login: roles for user, roles in queries.possible_signers(project.id)}
    roles = held.get(sheet.signer, ())
    if not roles or (taken.seat.role and taken.seat.role not in roles):
        message = "%(name)s holds no role in this project that may sign."
        no("cannot_sign", message, name=sheet.signer_name).require(409)
    return roles


def refuse(actor: Actor, project: Project, signoff: Signoff, sheet: PaperSheet, reason: str) -> None:
    """Say that a sheet does not show what was asked; it can be brought in anew.

    Raises:
        Refused: as ``confirm``. Invalid: no reason.
    """
    require(paper.may_compare(actor, sheet))
    reason = clean_text(reason).strip()
    if not reason:
        raise invalid("reason", "Say what is not right with it.", "required")
    with recorded(actor, project.id, "paper.refused", signoff.key, reason=reason) as entry:
        sheet.state, sheet.reason = "refused", reason
        sheet.compared_by, sheet.compared_at = actor.login, entry.at
        entry.after = {"sheet": sheet.id}
