"""What is sent about sign-offs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from reqtrack.errors import Invalid, Reason, invalid


def due_on(given: str) -> date | None:
    """A day, or None when none was given.

    Raises:
        Invalid: it is no day.
    """
    if not given.strip():
        return None
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise invalid("due_on", "%(given)s is not a date such as 2026-11-20.", given=given[:40]) from None


def signed(form: Any) -> dict[str, Any]:
    """What the box to sign in sends, beside the password."""
    return {"seen": form.get("seen", ""), "seen_stale": form.get("stale"), "remarks": form.get("remarks", "")}


def asked(form: Any) -> Mapping[str, Any]:
    """What the form that asks for a signature sends."""
    return {
        "subject": form.get("subject", ""),
        "meaning": form.get("meaning", ""),
        "signers": [login for login in form.getlist("signers") if login],
        "rule": form.get("rule", "all"),
        "due_on": form.get("due_on", ""),
    }


def next_scope(form: Any) -> Mapping[str, Any]:
    """What the form that takes and sends the next baseline sends."""
    return {
        "name": form.get("name", ""),
        "meaning": form.get("meaning", ""),
        "signers": [login for login in form.getlist("signers") if login],
        "drafts": form.get("drafts") == "1",
    }


def away(given: Mapping[str, Any]) -> dict[str, Any]:
    """The days and the limit that were typed.

    Raises:
        Invalid: by field.
    """
    reasons: list[Reason] = []
    told: dict[str, Any] = {}
    for name in ("starts_on", "ends_on"):
        try:
            told[name] = date.fromisoformat(str(given.get(name) or "").strip())
        except ValueError:
            reasons.append(Reason("invalid", "Give a day, such as 2026-12-24.", {}, name))
    text = str(given.get("most_days") or "").strip()
    told["most_days"] = None
    if text:
        try:
            number = Decimal(text)
            if not number.is_finite() or not 0 < number <= 10_000:
                raise ValueError
            told["most_days"] = number.quantize(Decimal("0.01"))
        except (ArithmeticError, ValueError):
            reasons.append(Reason("invalid", "%(given)s is not a number.", {"given": text[:80]}, "most_days"))
    if reasons:
        raise Invalid(reasons)
    return told
