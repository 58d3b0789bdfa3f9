"""What people type about accounts and projects, parsed and checked; passwords are hashed here, before any lock is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from reqtrack import workdays
from reqtrack.accounts import names, sessions
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Reason, invalid

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "TWD", "SGD", "JPY", "GBP")
ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Kolkata", "Europe/Berlin",
    "Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles", "UTC",
)  # fmt: skip


@dataclass(frozen=True)
class NewAccount:
    """An account as it was typed; ``reasons`` say what does not fit, ``password_hash`` is there when nothing is wrong."""

    login: str
    name: str
    email: str
    password_hash: str
    reasons: tuple[Reason, ...]


def collected(*checks: Callable[[], object]) -> tuple[Reason, ...]:
    """The reasons of all checks that raise ``Invalid``: what does not fit is said at once."""
    reasons: list[Reason] = []
    for check in checks:
        try:
            check()
        except Invalid as problem:
            reasons += problem.reasons
    return tuple(reasons)


def new_account(form: Mapping[str, str]) -> NewAccount:
    """Read ``login``, ``name``, ``email`` and ``password``; takes as long as hashing a password when all fits."""
    login, name, email, password = (form.get(part, "") for part in ("login", "name", "email", "password"))
    reasons = collected(
        lambda: names.new_login(login),
        lambda: names.new_name(name),
        lambda: check_email(email),
        lambda: names.check_password(password, login),
    )
    return NewAccount(login, name, email, "" if reasons else sessions.hashed(password), reasons)


def check_email(email: str) -> None:
    """An address is optional; whether mail arrives there is not ours to know.

    Raises:
        Invalid: it cannot be an address.
    """
    part = email.strip()
    if part and (part.count("@") != 1 or len(part) > 254 or any(one.isspace() or ord(one) < 32 for one in part)):
        raise invalid("email", "This is not an e-mail address. It may stay empty.")


@dataclass(frozen=True)
class NewPassword:
    """A password as it was typed twice over the wire: hashed when it fits."""

    password_hash: str
    reasons: tuple[Reason, ...]


def new_password(password: str, login: str) -> NewPassword:
    """Check and hash a new password."""
    reasons = collected(lambda: names.check_password(password, login))
    return NewPassword("" if reasons else sessions.hashed(password), reasons)


def project_settings(form: Mapping[str, str]) -> dict[str, Any]:
    """Read those settings of a project that the form holds: ``name zone currency day_rate starts_on ends_on most_pages
    most_required_fields most_approvals reply_days machine_counts most_must change_budget_days change_budget_cost``; and the
    calendar, from ``days_off`` and ``days_on``.

    Raises:
        Invalid: with a reason for each that does not fit.
    """
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    for name, parse in _SETTINGS.items():
        if name not in form:
            continue
        try:
            values[name] = parse(form[name].strip())
        except Invalid as problem:
            reasons += problem.reasons
    if "days_off" in form or "days_on" in form:
        off, on = (_days(name, form.get(name, ""), reasons) for name in ("days_off", "days_on"))
        values["calendar"] = workdays.kept(off, on)
    if reasons:
        raise Invalid(reasons)
    return values


def _days(name: str, text: str, reasons: list[Reason]) -> list[date]:
    """The days that a list names; where lines of it cannot be read, a reason that tells them by number."""
    days, bad = workdays.read(text)
    if bad:
        message = "Not read: line %(lines)s. Each line is a date such as 2026-10-01, or a range such as 2026-10-01 – 2026-10-07."
        reasons.append(Reason("invalid", message, {"lines": tuple(bad[:20])}, name))
    return days


def _name(text: str) -> str:
    if not text or len(text) > 200:
        raise invalid("name", "A project needs a name.", "required")
    return " ".join(text.split())


def _amount(name: str, message: str, most: int = 10_000_000) -> Callable[[str], Decimal | None]:
    def parse(text: str) -> Decimal | None:
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", "").replace("，", ""))
        except InvalidOperation:
            raise invalid(name, message) from None
        if not value.is_finite() or value < 0 or value >= most:
            raise invalid(name, message)
        return value.quantize(Decimal("0.01"))

    return parse


def _share(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise invalid("most_must", "This is a share from 0 to 100 per cent.")
    return int(text)


def _reply_days(text: str) -> int:
    number = whole_number(text)
    if not number:
        raise invalid("reply_days", "Days to reply are a whole number, such as 7.")
    return number


def _date(name: str) -> Callable[[str], date | None]:
    def parse(text: str) -> date | None:
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise invalid(name, "A date reads 2026-11-25.") from None

    return parse


def _budget(name: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise invalid(name, "This is a whole number up to %(largest)s.", largest=999)
        return int(text)

    return parse


_SETTINGS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "zone": names.check_zone,
    "currency": names.check_currency,
    "day_rate": _amount("day_rate", "A day rate is a number."),
    "starts_on": _date("starts_on"),
    "ends_on": _date("ends_on"),
    "reply_days": _reply_days,
    "machine_counts": str,
    "most_pages": _budget("most_pages"),
    "most_required_fields": _budget("most_required_fields"),
    "most_approvals": _budget("most_approvals"),
    "most_must": _share,
    "change_budget_days": _amount("change_budget_days", "A budget is a number of person-days."),
    "change_budget_cost": _amount("change_budget_cost", "A budget is an amount of money."),
}
