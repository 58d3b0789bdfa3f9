"""What stays with somebody who is away, in words: what who stands in for them may not do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from reqtrack.permissions import Actor
from reqtrack.signoff.queries import Away, Given
from reqtrack.web.context import day
from reqtrack.web.words import clauses, person_days

# Who stands in is the reader, or somebody else.
ME, OTHERS = "me", "others"


def stays(*, of_project: bool = False) -> str:
    """Where somebody is chosen: before it is said how far they may go."""
    what = _parts(OTHERS, "", None)
    if of_project:
        return str(_("Stays with who is away: %(what)s.", what=what))
    return str(_("Stays with you: %(what)s.", what=what))


def stays_of(actor: Actor, one: Away) -> str:
    """Of one absence, for whoever reads it."""
    if actor.login == one.absent:
        return str(_("Stays with you: %(what)s.", what=_parts(OTHERS, one.scope, one.most_days)))
    acts = ME if actor.login == one.delegate else OTHERS
    return _with(one.absent_name, _parts(acts, one.scope, one.most_days))


def standing(one: Given) -> dict[str, Any]:
    """An absence that runs, as *My work* tells it to either of the two."""
    until = day(date.fromisoformat(one.outcome))
    limit = Decimal(int(one.title)) / 100 if one.title else None
    if one.kind == "away":
        what = _parts(OTHERS, one.key, limit)
        return {
            "says": _("You are away until %(day)s; %(name)s acts for you.", day=until, name=one.by),
            "stays": _("Stays with you: %(what)s.", what=what),
        }
    return {
        "says": _("%(name)s is away until %(day)s; you act for them.", day=until, name=one.by),
        "stays": _with(one.by, _parts(ME, one.key, limit)),
    }


def _with(name: str, what: str) -> str:
    return str(_("Stays with %(name)s: %(what)s.", name=name, what=what))


def _parts(acts: str, scope: str, most_days: Decimal | None) -> str:
    """What stays: ``acts`` says whether who stands in is the reader."""
    parts: list[Any] = []
    if scope == "sign":
        parts.append(_("decisions"))
    elif acts == ME:
        parts.append(_("changes that you asked for, wrote or decide in your own role"))
    else:
        parts.append(_("changes that the person standing in asked for, wrote or decides in their own role"))
    if most_days is not None and scope != "sign":
        parts.append(_("changes above %(days)s", days=person_days(most_days)))
    if scope == "decide" or most_days is not None:
        parts.append(_("signatures"))
    parts.append(_("everything that is neither a decision nor a signature"))
    return clauses(parts)
