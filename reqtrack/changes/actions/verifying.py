"""Verifying a change that is in effect: a round of what is to be tested again, and closing it once that has passed."""

from __future__ import annotations

import re

from reqtrack.acceptance.actions import create_round
from reqtrack.acceptance.models import Round
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import policy
from reqtrack.changes.models import Change
from reqtrack.changes.queries import verifying
from reqtrack.db import db
from reqtrack.items import store
from reqtrack.permissions import SYSTEM, Actor

_HAN = re.compile("[\u3400-\u9fff]")


def plan_verification(actor: Actor, change: Change) -> Round:
    """Plan a round of the acceptance scenarios that a change concerns and that have not passed on the text as it stands, with the
    testers that they had.

    Raises:
        Refused: may plan no rounds (403); not in effect, nothing to test, or all has passed (409).
    """
    found = verifying.verification(actor, change)
    where = (actor, change.project_id, change.key, change.stage)
    policy.require(policy.may_verify(*where, len(found.scenarios), len(found.left)))
    project = db.session.get_one(Project, change.project_id)
    keys = [one.key for one in found.left]
    testers = verifying.testers_for(change.project_id, [one.id for one in found.left])
    with recorded(actor, change.project_id, "change.verifying", change.key) as entry:
        made = create_round(actor, project, _name(change), keys, testers)
        entry.after = {"round": made.key, "acceptance": keys}
    return made


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
