"""A change in effect, for its page: what verifies it and how that stands, what undoes it."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.changes import packs, policy
from reqtrack.changes.facts import IN_EFFECT, SETTLED
from reqtrack.changes.queries import ChangePage, undoing, verifying
from reqtrack.changes.queries.verifying import Verification
from reqtrack.errors import Verdict
from reqtrack.items.brought import visible_changes
from reqtrack.permissions import ROLE_PERMISSIONS, ROLES, Actor
from reqtrack.web.problems import sentence
from reqtrack.web.words import listed

# Why something is tested by no round.
WHY = {
    "no_acceptance": _l("no acceptance scenario accepts it"),
    "retired": _l("retired: it is not tested any more"),
    "says_nothing": _l("it does not say what is to be seen: write that first, then add it"),
}


def effects(actor: Actor, project: Project, page: ChangePage) -> dict[str, Any]:
    """``undoes``: the key of the change that this one undoes; and of one in effect ``verify`` and ``undo``."""
    change = page.change
    told: dict[str, Any] = {"undoes": undoing.undone_by(change)}
    if change.stage not in IN_EFFECT:
        return told
    where = (actor, change.project_id, change.key, change.stage)
    undone = undoing.undoing(change)
    may_undo = policy.may_revert(*where, [key for key, _stage in undone], undoing.merged_or_split(page.dossier))
    seen = visible_changes(actor, project.id, [key for key, _stage in undone])
    told["undo"] = {
        "by": [
            (key, stage, url_for("changes.show", project=project.key, key=key)) if key in seen else ("", "", "")
            for key, stage in undone
        ],
        "reasons": [sentence(one) for one in may_undo.reasons],
        "shown": may_undo or any(one.code == "merged" for one in may_undo.reasons),
    }
    if change.stage == "applied":
        after = next((json.loads(one.after) for one in page.events if one.action == "change.applied"), None)
        found = verifying.verification(actor, change, after)
        may = policy.may_verify(*where, len(found.scenarios), len(found.left), len(found.to_plan))
        told["verify"] = {**_verify(project, found), "reasons": _against(may)}
    return told


def papers(actor: Actor, page: ChangePage) -> list[tuple[str, Any, list[str]]]:
    """What is printed of a change: documents by name, what they are called, and why the reader may not have one yet or at all."""
    change = page.change
    may = actor.may("export.make", change.project_id)
    if change.stage == "draft" or not actor.may("project.read", change.project_id):
        return []
    found: list[tuple[str, Any, list[str]]] = [("change-record", _l("Change record"), [])] if may else []
    # Who may have nothing printed is told of what is there, not of what will be.
    if may or change.stage in SETTLED:
        why = [sentence(one) for one in packs.may_pack(actor, page).reasons]
        found.append(("decision-pack", _l("Decision pack"), why))
    return found


def _against(may: Verdict) -> list[str]:
    """Why the reader plans no round; who may not is told who may."""
    roles = [ROLE_NAMES[role] for role in ROLES if "round.manage" in ROLE_PERMISSIONS[role]]
    told = str(_("Rounds are planned by: %(roles)s.", roles=listed(roles)))
    return [told if one.code == "no_permission" else sentence(one) for one in may.reasons]


def _verify(project: Project, found: Verification) -> dict[str, Any]:
    counts = {code: sum(one.status == code for one in found.scenarios) for code in verifying.LEFT}
    number = found.round.removeprefix("RND-")
    return {
        "scenarios": [
            {"key": one.key, "title": one.title, "status": one.status,
             "round": one.round, "href": url_for("items.show", project=project.key, key=one.key)}
            for one in found.scenarios
        ],
        "unplanned": [one.key for one in found.unplanned],
        "hidden": found.hidden,
        "left_out": [
            {"key": one.key, "title": one.title, "why": WHY[one.why],
             "href": url_for("items.show", project=project.key, key=one.key)}
            for one in found.left_out
        ],
        "left": len(found.left),
        "counts": {code: number for code, number in counts.items() if number},
        "summary": _summary(found),
        "round": found.round,
        "round_href": url_for("acceptance.round", project=project.key, number=number) if number else "",
    }  # fmt: skip


def _summary(found: Verification) -> str:
    if not found.scenarios:
        return str(_("No acceptance scenario accepts what it changes: close it with a reason."))
    if not found.left:
        return str(_("All that it concerns has passed on the text as it stands."))
    told = ngettext("%(num)s of %(all)s acceptance scenario is to be tested", "%(num)s of %(all)s acceptance scenarios are to be tested",
                    len(found.left), all=len(found.scenarios))  # fmt: skip
    return str(told)
