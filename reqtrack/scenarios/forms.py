"""What is typed about special flows, parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reqtrack.db import whole_number
from reqtrack.errors import invalid


@dataclass(frozen=True)
class Answer:
    """One answer as it was typed: a scenario's key, or who was asked and when."""

    scenario: str
    stakeholder: int | None
    asked: str
    asked_on: date | None


def answer(form: Mapping[str, str]) -> Answer:
    """Read ``scenario``, or ``stakeholder`` (an id), ``asked`` (a name) and ``asked_on``.

    Raises:
        Invalid: neither, or a day or number that is none.
    """
    scenario = form.get("scenario", "").strip().upper()
    given, asked = form.get("stakeholder", "").strip(), " ".join(form.get("asked", "").split())
    stakeholder = whole_number(given) if given else None
    if given and stakeholder is None:
        raise invalid("stakeholder", "%(given)s is not the id of a stakeholder.", given=given[:40])
    if not scenario and stakeholder is None and not asked:
        raise invalid("scenario", "Choose the scenario that tells it, or say who was asked.", "required")
    text = form.get("asked_on", "").strip()
    try:
        return Answer(scenario, stakeholder, asked, date.fromisoformat(text) if text else None)
    except ValueError:
        raise invalid("asked_on", "A date reads 2026-11-25.") from None
