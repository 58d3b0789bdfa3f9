"""Asking for a decision by a one-time link: on the page of the change, and what the link shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.changes.asking import DAYS, TELLERS, askable, may_ask, may_revoke, may_tell, tellers
from reqtrack.changes.models import Change
from reqtrack.changes.queries import ChangePage
from reqtrack.changes.queries.asking import asks
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence


def asking(actor: Actor, page: ChangePage) -> dict[str, Any] | None:
    """Whom the reader may ask by link, who was asked, and of which links they may pass the code on; None where it is not theirs."""
    if page.stage != "deciding":
        return None
    change = page.change
    may = bool(may_ask(actor, change.project_id, change.key, page.stage, page.facts))
    passes = bool(actor.roles_in(change.project_id) & TELLERS)
    if not (may or passes):
        return None
    given = {one.principal for one in page.votes if one.newest and not one.void}
    people = [one for one in askable(actor, page.facts, page.named) if one.login not in given] if may else []
    rows = asks(change)
    found = page.dossier
    able = {one.id: tellers(found.people, found.origin, one.asked_by, one.login) for one in rows}
    told = {one.id: bool(may_tell(actor, change.key, one.asked_by, able[one.id])) for one in rows}
    if not may:
        rows = [one for one in rows if one.state == "open" and told[one.id]]
    return {
        "people": [(one.login, one.name) for one in people],
        "days": DAYS,
        "rows": [
            {
                "ask": one,
                "may_end": bool(may_revoke(actor, change.project_id, one.asked_by)),
                "may_tell": told[one.id],
                "tellers": [person.name for person in able[one.id]],
            }
            for one in rows
        ],
        "to_tell": any(one.state == "open" and told[one.id] for one in rows),
    }


def asked(actor: Actor, project: Project, change: Change, reasons: Iterable[Reason] = ()) -> dict[str, Any]:
    """What somebody who came by a link sees of the change, as they may see it signed in; nothing leads on."""
    from reqtrack.changes.pages.show import show, unlinked

    shown = unlinked(show(actor, project, change))
    told = list(reasons)
    return {
        **shown,
        "cards": [{**one, "edit_href": "", "drop": None} for one in shown["cards"]],
        "errors": {one.field: sentence(one) for one in told if one.field == "reason"},
        "problems": [sentence(one) for one in told if one.field != "reason"],
        # Who is named as having decided it elsewhere is asked for that word, whether it counts or not.
        "refused": [] if shown["agreed"]["may_answer"] else shown["may"]["decide"],
        "approve_refused": shown["box"]["approve_reasons"],
    }
