"""What is sent about sign-offs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from reqtrack.errors import invalid


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
    }
