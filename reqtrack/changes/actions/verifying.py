"""Verifying a change that is in effect: a round of what is to be tested again, and closing it once that has passed."""

from __future__ import annotations

import re

from reqtrack.acceptance.actions import change_round, create_round
from reqtrack.acceptance.models import Round
from reqtrack.acceptance.queries import round_for
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import policy
from reqtrack.changes.models import Change
from reqtrack.changes.queries import verifying
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid
from reqtrack.items import store
from reqtrack.permissions import SYSTEM, Actor

_HAN = re.compile("[\u3400-\u9fff]")


def plan_verification(actor: Actor, change: Change, into: str = "") -> Round:
    """Plan a round of the acceptance scenarios that a change concerns, that have not passed on the text as it stands and that no
    other round tests yet, with the testers that they had; where all are in a round, of all of them. Those that say nothing to look
    for are left out.

    Args:
        into: the key of a round that is planned or runs: they are added to that one instead.

    Raises:
        Refused: may plan no rounds (403); not in effect, nothing to test, or all has passed (409). Invalid: ``into`` is no such round.
    """
    found = verifying.verification(actor, change)
    where = (actor, change.project_id, change.key, change.stage)
    wanted = found.unplanned if into else found.to_plan
    policy.require(policy.may_verify(*where, len(found.scenarios), len(found.left), len(wanted)))
    project = db.session.get_one(Project, change.project_id)
    kept = _open_round(actor, change.project_id, into) if into else None
    keys = [one.key for one in wanted]
    with recorded(actor, change.project_id, "change.verifying", change.key) as entry:
        if kept is not None:
            made = change_round(actor, kept, add=keys)
        else:
            testers = verifying.testers_for(change.project_id, [one.id for one in wanted])
            made = create_round(actor, project, _name(change), keys, testers)
        entry.after = {"round": made.key, "acceptance": keys}
    return made


def _open_round(actor: Actor, project_id: int, key: str) -> Round:
    try:
        found = round_for(actor, project_id, key)
    except NotFound:
        raise invalid("into", "There is no round %(key)s in this project.", key=key[:40]) from None
    if found.stage == "closed":
        raise invalid("into", "%(round)s is closed: it takes no more results.", "closed", round=found.key)
    return found


def _name(change: Change) -> str:
    return f"{change.key} 复验" if _HAN.search(change.title) else f"Verify {change.key}"


def close_if_passed(change: Change) -> bool:
    """Close a change in effect, as the system, when all that verifies it has passed, something of it since the change; whether it
    was closed. Asked again it changes nothing."""
    if change.stage != "applied" or change.sub_stage is not None:
        return False
    passed = verifying.passed(change)
    if passed is None:
        return False
    store.move(SYSTEM, change, "closed", after={"verified": True, "acceptance": passed})
    return True
