"""What was agreed elsewhere, on the page of its change: who is named, what they said, whose word counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reqtrack import clock
from reqtrack.changes.agreed import (
    Agreed,
    counts,
    may_answer,
    may_confirm,
    may_record,
    may_replace,
    replacements,
    why_not,
)
from reqtrack.changes.delegation import excluded
from reqtrack.changes.queries import ChangePage, lines_of_delegation
from reqtrack.db import plain_decimal
from reqtrack.items.pages import attachments
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence
from reqtrack.web.words import person_days


def agreed(actor: Actor, page: ChangePage, typed: Sequence[str] = ()) -> dict[str, Any]:
    """Both days, the named and their answers; what the reader may say to it; the form that writes it up (``typed``: whom it names)."""
    change, found, told = page.change, page.dossier, page.facts
    where = (actor, change.project_id, change.key)
    may = may_record(*where, change.stage, change.change_kind or "normal", told)
    asked = may_answer(actor, change.key, change.agreed_on, change.stage, found.package_print, found.agreed)
    confirm = may_confirm(*where, told, proof=page.rule.proof, proved=True)
    counted = bool(asked) and counts(actor, change.key, told)
    return {
        "on": change.agreed_on,
        "where": change.agreed_where,
        "rows": [_row(actor, one, page) for one in found.agreed],
        "able": [(one.login, one.name) for one in replacements(told)],
        "files": [(one.id, one.name) for one in attachments(change)] if change.agreed_on is not None else [],
        "may_answer": bool(asked),
        "refused": [sentence(one) for one in confirm.reasons] if asked else [],
        "counts": counted,
        "password": counted and page.rule.proof and not actor.reauthenticated,
        "may_record": bool(may),
        **_nameable(page, list(typed) or [one.login for one in found.agreed]),
        "today": clock.today(page.project.zone).isoformat(),
        "assessed": bool(found.heard) and not told.outdated,
        # What was estimated with it is proposed again, while it is of the package as it stands.
        "typed": plain_decimal(found.typed.likely) if found.typed is not None and not told.outdated else "",
        "days": person_days(found.expected) if found.expected is not None else "",
    }


def _nameable(page: ChangePage, named: Sequence[str]) -> dict[str, Any]:
    """Who can be named: first those who may decide it by the delegation table (by any of its lines, before it is assessed), then the
    others, whose word is kept and does not count; ``beyond``: one of these is named already."""
    found = page.dossier
    seats = page.rule.seats
    if found.expected is None:
        seats = tuple(seat for _line, mine in lines_of_delegation(found) for seat in mine)
    able = {one.login for seat in seats for one in seat.voters} - excluded(found.origin)
    people = [(one.login, one.name) for one in found.people if one.roles - {"administrator"}]
    others = [one for one in people if one[0] not in able]
    return {
        "people": [one for one in people if one[0] in able],
        "others": others,
        "named": list(named),
        "beyond": any(login in named for login, _name in others),
    }


def _row(actor: Actor, one: Agreed, page: ChangePage) -> dict[str, Any]:
    stands = one.stands(page.dossier.package_print)
    reasons = why_not(one.login, page.change.key, page.facts).reasons if page.dossier.open else ()
    kept = stands or not page.dossier.open
    change, package = page.change, page.dossier.package_print
    return {
        "login": one.login,
        "may_replace": bool(
            may_replace(
                actor,
                change,
                page.facts,
                package,
                page.dossier.agreed,
                one.login,
                {one.login for one in page.dossier.people},
            )
        ),
        "gone": page.dossier.open and page.dossier.named(one.login) is None,
        "name": one.name,
        "state": (one.answer if kept else "void") if one.answer else "",
        "at": one.answered_at,
        "by_link": one.method == "link",
        "reason": one.reason,
        "why_not": " ".join(sentence(reason) for reason in reasons),
    }
