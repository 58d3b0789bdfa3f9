"""Sign-offs as the API shows them."""

from __future__ import annotations

from typing import Any

from reqtrack import clock
from reqtrack.signoff.models import Signature
from reqtrack.signoff.queries.told import Line, Signer


def as_dict(line: Line) -> dict[str, Any]:
    """A sign-off as the API shows it."""
    signoff, outcome = line.signoff, line.outcome
    return {
        "key": signoff.key,
        "version": signoff.version,
        "subject": signoff.subject,
        "meaning": signoff.meaning,
        "rule": signoff.rule,
        "needed": signoff.needed,
        "ordered": signoff.ordered,
        "ways": signoff.ways,
        "due_on": signoff.due_on.isoformat() if signoff.due_on else None,
        "fingerprint": signoff.fingerprint,
        "state": outcome.state,
        "carried_by": list(outcome.carried_by),
        "to_confirm": list(outcome.to_confirm),
        "superseded_by": [{"key": one.key, "why": one.why, "row": one.number} for one in outcome.fallen],
        "moved_since": [one.key for one in outcome.moved_since],
        "stale_results": [{"key": one.key, "row": one.number} for one in outcome.stale],
        "requested_by": signoff.requested_by,
        "requested_at": clock.iso(signoff.requested_at),
        "settled_at": clock.iso(signoff.settled_at) if signoff.settled_at else None,
        "completed_at": clock.iso(line.completed_at) if line.completed_at else None,
        "withdrawn_at": clock.iso(line.withdrawal.at) if line.withdrawal else None,
        "signers": list(dict.fromkeys(one.login for one in line.signers if one.login)),
        "seats": [_seat_dict(one) for one in line.signers],
        "signatures": [signature_dict(one.answer) for one in line.signers if one.answer is not None],
    }


def _seat_dict(one: Signer) -> dict[str, Any]:
    """A seat as the API shows it; twice where it is to be signed in both ways. ``asked``: whether it is its turn."""
    state = one.answer.outcome if one.answer is not None else "waiting"
    return {
        "seat": one.seat.position,
        "login": one.seat.login or None,
        "role": one.seat.role or None,
        "outside": {"name": one.seat.outside, "organisation": one.organisation} if one.seat.outside else None,
        "way": one.way or None,
        "state": state,
        "asked": state == "waiting" and one.asked,
    }


def signature_dict(row: Signature) -> dict[str, Any]:
    """A signature (or refusal) as the API and the certificate show it; not where from: that is for auditors."""
    return {
        "number": row.number,
        "signer": row.signer,
        "signer_name": row.signer_name,
        "behalf": row.behalf,
        "behalf_name": row.behalf_name,
        "roles": row.roles.split(),
        "outcome": row.outcome,
        "meaning": row.meaning,
        "reason": (row.reason or None) if row.outcome == "declined" else None,
        "remarks": (row.reason or None) if row.outcome == "signed" else None,
        "reserved": bool(row.reserved),
        "seat": row.seat,
        "organisation": row.organisation,
        "way": row.way,
        "signed_on": row.signed_on,
        "recorded_by": row.recorded_by,
        "compared_by": row.compared_by,
        "fingerprint": row.fingerprint,
        "at": clock.iso(row.at),
        "zone": row.zone,
        "method": row.method,
        "seal": row.seal,
    }
