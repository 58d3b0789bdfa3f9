"""From the forms of reviews to plain values."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from reqtrack.db import whole_number
from reqtrack.errors import invalid


def planned(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form of a review holds, as the actions take it."""
    told: dict[str, Any] = {
        name: form.get(name, "").strip() for name in ("name", "planned_on", "begins", "minutes", "place")
    }
    return {**told, "people": [one for one in form.getlist("people") if one]}


def weeks(form: MultiDict[str, str]) -> int | None:
    """Every how many weeks it recurs; None: it does not.

    Raises:
        Invalid: it is no number.
    """
    given = form.get("weeks", "").strip()
    if given in ("", "0"):
        return None
    number = whole_number(given)
    if number is None:
        raise invalid("weeks", "Every how many weeks: a number from 1 to 52.")
    return number


def prints(form: MultiDict[str, str]) -> dict[str, str]:
    """What the form of a confirmation showed: subject → fingerprint, from fields ``line:CR-1``."""
    return {name.partition(":")[2]: value.strip() for name, value in form.items() if name.startswith("line:")}
