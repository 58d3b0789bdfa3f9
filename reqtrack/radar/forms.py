"""What is sent about findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reqtrack.errors import invalid


def acceptance(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed to let a finding stand."""
    return {name: form.get(name, "").strip() for name in ("subject", "reason", "expires_on")}


def a_day(given: str) -> date | None:
    """The day that was chosen; None where none was.

    Raises:
        Invalid: it is no day.
    """
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise invalid("expires_on", "%(given)s is not a date such as 2026-11-20.", given=given[:40]) from None
