"""What a waiver says, and whether it holds: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.audit.seals import digest
from reqtrack.db import canonical
from reqtrack.gates.judging import Cover
from reqtrack.gates.models import Waiver

STATES = {
    "asked": _l("waits for signatures"),
    "in_force": _l("in force"),
    "expired": _l("expired"),
    "declined": _l("declined"),
    "withdrawn": _l("withdrawn"),
}
# Its owner is reminded so many days before it expires.
REMIND_DAYS = 14
MOST_COVERED = 500


@dataclass(frozen=True)
class Held:
    """A waiver with how it stands: ``state`` one of ``STATES``; ``signoff`` the number of the request to sign it that
    tells so."""

    waiver: Waiver
    state: str
    signoff: int | None = None
    withdrawn: Any = None


def state_of(signed: str | None, withdrawn: bool, expires_on: date, today: date) -> str:
    """How a waiver stands; its day is the last on which it holds, and then it turns by itself.

    Args:
        signed: the state of the request to sign it that counts (None: nobody was asked).
    """
    if withdrawn:
        return "withdrawn"
    if signed in ("declined", "withdrawn"):
        return "declined" if signed == "declined" else "withdrawn"
    if expires_on < today:
        return "expired"
    return "in_force" if signed == "signed" else "asked"


def covers_of(held: Sequence[Held], gate: str) -> list[Cover]:
    """What the waivers in force excuse at a gate."""
    return [
        Cover(one.waiver.key, rule, subject, row)
        for one in held
        if one.state == "in_force" and gate in one.waiver.gates
        for rule, subject, row in one.waiver.covers
    ]


def content_of(waiver: Waiver) -> dict[str, Any]:
    """The content that a signature is given for."""
    return {
        "reason": waiver.reason,
        "workaround": waiver.workaround,
        "owner": waiver.owner,
        "expires_on": waiver.expires,
        "gates": list(waiver.gates),
        "covers": [list(one) for one in waiver.covers],
        "results": list(waiver.results),
    }


def print_of(waiver: Waiver) -> str:
    """The fingerprint of that content."""
    return "sha256:" + digest(canonical(content_of(waiver)))


def spelled(cover: Sequence[Any]) -> str:
    """A part of what is covered as forms and the API write it: ``must_passed:ACC-13:3`` (rows from 1), ``BUG-2``, ``must_owner:``."""
    rule, subject, row = cover
    return f"{rule}:{subject}" + ("" if row is None else f":{row + 1}") if rule or row is not None else subject
