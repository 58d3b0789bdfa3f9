"""What is sent about sign-offs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.signoff.seats import Wanted


def due_on(given: str, field: str = "due_on") -> date | None:
    """A day, or None when none was given.

    Raises:
        Invalid: it is no day.
    """
    if not given.strip():
        return None
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise invalid(field, "%(given)s is not a date such as 2026-11-20.", given=given[:40]) from None


def signed(form: Any) -> dict[str, Any]:
    """What the box to sign in sends, beside the password."""
    reserved = form.get("outcome") == "reserved"
    remarks = form.get("reservation" if reserved else "remarks", "")
    return {"seen": form.get("seen", ""), "seen_stale": form.get("stale"), "remarks": remarks, "reserved": reserved}


def asked(form: Any) -> Mapping[str, Any]:
    """What the form that asks for a signature sends."""
    return {
        "subject": form.get("subject", ""),
        "meaning": form.get("meaning", ""),
        "signers": [login for login in form.getlist("signers") if login],
        "roles": [role for role in form.getlist("roles") if role],
        "outside": [
            (name, organisation)
            for name, organisation in zip(
                form.getlist("outside_name"), form.getlist("outside_organisation"), strict=False
            )
            if name.strip() or organisation.strip()
        ],
        "turns": dict(zip(form.getlist("turn_of"), form.getlist("turn"), strict=False)),
        "rule": form.get("rule", "all"),
        "needed": form.get("needed", ""),
        "ordered": form.get("ordered") == "1",
        "ways": form.get("ways", "electronic"),
        "due_on": form.get("due_on", ""),
    }


def wanted(given: Mapping[str, Any]) -> dict[str, Any]:
    """What ``actions.request`` takes, from what ``asked`` told.

    Raises:
        Invalid: a day, a number or a turn cannot be read; an organisation without a name.
    """
    seats = [(f"login:{one}", Wanted(login=one)) for one in given["signers"]]
    seats += [(f"role:{one}", Wanted(role=one)) for one in given["roles"]]
    for at, (name, organisation) in enumerate(given["outside"], 1):
        if not name.strip():
            raise invalid("outside", "Give the name of who signs for %(organisation)s.", organisation=organisation[:80])
        seats.append((f"outside:{at}", Wanted(name=name, organisation=organisation)))
    if given["ordered"]:
        turns = {name: _whole("turn", value) for name, value in given["turns"].items() if value.strip()}
        # Who was given no turn comes after the others, in the order of the page.
        seats = sorted(seats, key=lambda one: turns.get(one[0], LAST_TURN))
    return {
        "subject": given["subject"],
        "meaning": given["meaning"],
        "signers": [one for _name, one in seats],
        "rule": given["rule"],
        "needed": _whole("needed", given["needed"]) if given["rule"] == "number" else None,
        "ordered": given["ordered"],
        "ways": given["ways"],
        "due_on": due_on(given["due_on"]),
    }


LAST_TURN = 1_000


def _whole(field: str, given: str) -> int:
    if not given.strip().isdecimal() or len(given.strip()) > 3:
        raise invalid(field, "%(given)s is not a number such as 2.", given=given[:40] or "–")
    return int(given)


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
