"""What every document's context holds (``exports/shared/context.md``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.support import NullTranslations
from flask_babel import gettext as _

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.permissions import Actor
from reqtrack.signoff import queries as signoffs
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.pages import note, seat_name
from reqtrack.signoff.proved import proved_by
from reqtrack.web.words import listed

Context = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """For whom a document is made, and in which language."""

    actor: Actor
    project: Project
    locale: str
    base_url: str = ""
    translations: NullTranslations | None = None

    def day(self, value: date | datetime | None) -> str:
        """A date as this language writes it, by the project's calendar."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            value = value.astimezone(ZoneInfo(self.project.zone)).date()
        pattern = "yyyy年M月d日" if self.locale.startswith("zh") else "d MMMM yyyy"
        return str(dates.format_date(value, pattern, locale=self.locale))

    def moment(self, value: datetime | None, zone: str = "") -> str:
        """Date, time and offset: ``2026-10-19 17:35 +08:00``."""
        if value is None:
            return ""
        local = value.astimezone(ZoneInfo(zone or self.project.zone))
        offset = local.strftime("%z")
        return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"

    def money(self, value: Decimal | None) -> str:
        """An amount in the project's currency, without cents."""
        if value is None:
            return ""
        told = numbers.format_currency(
            value, self.project.currency, "¤#,##0", locale=self.locale, currency_digits=False
        )
        return str(told)

    def address(self, fingerprint: str) -> str:
        """The text of the QR code."""
        bare = fingerprint.removeprefix("sha256:")
        if not bare:
            return ""
        return f"{self.base_url.rstrip('/')}/V/{bare[:12]}" if self.base_url else f"SHA256:{bare}"


def number(value: Decimal | None) -> float | int | None:
    """A decimal as a plain number."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def shared(reader: Reader, fingerprint: str, mark: str, answers: Sequence[dict[str, Any]]) -> Context:
    """The keys that all documents have."""
    now = clock.now()
    return {
        "project": {"key": reader.project.key, "name": reader.project.name},
        "organisation": "",
        "date": reader.day(now),
        "created": now.astimezone(ZoneInfo(reader.project.zone)).isoformat(timespec="seconds"),
        "prepared_by": reader.actor.name,
        "mark": mark,
        "fingerprint": fingerprint,
        "address": reader.address(fingerprint),
        "signatures": list(answers),
    }


def signatures(reader: Reader, asked: Sequence[Signoff]) -> list[dict[str, Any]]:
    """One row for each person asked in these sign-offs, signed or not."""
    return [row for signoff in asked for row in _of(reader, signoffs.page_of(reader.actor, signoff))]


def _of(reader: Reader, page: signoffs.Page) -> list[dict[str, Any]]:
    return [_signature(reader, page, signer) for signer in page.signers]


def _signature(reader: Reader, page: signoffs.Page, signer: signoffs.Signer) -> dict[str, Any]:
    given = signer.answer
    state = "requested" if given is None else given.outcome
    if state == "signed" and page.outcome.state in ("superseded", "withdrawn"):
        state = page.outcome.state
    roles = given.roles.split() if given is not None else list(signer.roles)
    return {
        "role": listed(part for part in (role_words(roles), signer.organisation) if part),
        "name": given.signer_name if given is not None else seat_name(signer),
        "meaning": _meaning(page, signer),
        "at": reader.moment(given.at, given.zone) if given is not None else "",
        "fingerprint": given.fingerprint if given is not None else page.signoff.fingerprint,
        "state": state,
        "due": reader.day(page.signoff.due_on),
        "for_name": (given.behalf_name or "") if given is not None else "",
        "carried_by": listed(page.outcome.carried_by),
        "paper": (given.way if given is not None else signer.way) == "paper",
        # What the certificate prints beside.
        "login": given.signer if given is not None else signer.login,
        "address": given.address if given is not None else "",
        "device": given.device if given is not None else "",
        "proof": proved_by(given) if given is not None else "",
    }


def _meaning(page: signoffs.Page, signer: signoffs.Signer) -> str:
    """What was signed in words, with the remarks under which it was."""
    given = signer.answer
    if given is None:
        return page.signoff.meaning
    if given.outcome == "signed" and given.reason:
        remarks = note(given)
        return f"{given.meaning} {remarks}"
    return given.meaning


def role_words(roles: Sequence[str]) -> str:
    """Roles in words, the most telling first."""
    words = {
        "outside": _("Outside"),
        "business_owner": _("Business owner"),
        "sponsor": _("Sponsor"),
        "project_manager": _("Project manager"),
        "analyst": _("Analyst"),
        "tester": _("Tester"),
        "implementer": _("Implementer"),
        "contributor": _("Contributor"),
        "auditor": _("Auditor"),
    }
    return listed(word for role, word in words.items() if role in roles)


def evidence_words(role: str, key: str) -> str:
    """``Service engineer · north, INT-7``."""
    return str(_(", ")).join(part for part in (role, key) if part)
