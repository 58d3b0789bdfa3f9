"""What the pages of branches show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from reqtrack.accounts.models import Project
from reqtrack.baselines import queries as baselines
from reqtrack.baselines.compare import Changed, groups_of, phase_names
from reqtrack.baselines.content import visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.pages import MOST, shortened
from reqtrack.branches import policy, queries
from reqtrack.branches.actions import Brought
from reqtrack.branches.actions.opening import owners_of
from reqtrack.branches.drift import Drift, drift
from reqtrack.branches.models import ScopeBranch
from reqtrack.branches.queries import Standing
from reqtrack.db import db
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.requirements.queries import phases
from reqtrack.web.problems import sentence

# How a branch stands, with tone and icon.
STATES = {
    "open": (_l("open now"), "", "git-branch"),
    "merged": (_l("merged back"), "ok", "circle-check"),
    "given_up": (_l("given up"), "", "circle-x"),
}


def lines(project: Project, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Branches in a list: what each is for, who decides in it, how it stands."""
    found = []
    for row in rows:
        branch = row.ScopeBranch
        word, tone, icon = STATES[row.outcome or "open"]
        href = url_for("branches.show", project=project.key, number=branch.number)
        state = {"state": word, "tone": tone, "icon": icon}
        found.append(
            {"branch": branch, "href": href, "what": purpose(branch, row.phase or ""), "choices": row.choices, **state}
        )
    return found


def purpose(branch: ScopeBranch, phase: str) -> str:
    """What a branch is for, in words; ``phase``: the name of its phase."""
    if branch.purpose == "phase":
        return str(_("for %(phase)s", phase=phase))
    return str(_("pilot: %(group)s", group=branch.pilot)) + (str(_(", ")) + phase if phase else "")


def index(actor: Actor, project: Project) -> dict[str, Any]:
    """The branches of a project, the newest first."""
    rows = lines(project, queries.listing(project.id))
    return {"rows": rows[::-1], "may_open": policy.may_open(actor, project.id)}


def on_scope(actor: Actor, project: Project) -> Mapping[str, Any] | None:
    """The open branches, beside the list of baselines; None for those who read no branches."""
    if not actor.may(queries.READ, project.id):
        return None
    rows = lines(project, [row for row in queries.listing(project.id) if row.outcome is None])
    return {"rows": rows, "from": "", "may_open": bool(policy.may_open(actor, project.id))}


def on_baseline(actor: Actor, baseline: Baseline) -> Mapping[str, Any] | None:
    """The branches that were made from a baseline."""
    project = db.session.get(Project, baseline.project_id)
    if project is None or not actor.may(queries.READ, project.id):
        return None
    rows = lines(project, queries.listing(project.id, baseline=baseline.number))
    return {"rows": rows, "from": baseline.key, "may_open": bool(policy.may_open(actor, project.id))}


def usual(actor: Actor, project: Project, arrived: Mapping[str, str]) -> dict[str, str]:
    """What an empty form begins with."""
    points = baselines.listing(project.id)
    newest = f"BL-{points[0].number}" if points else "now"
    owner = actor.login if actor.login in owners_of(project.id) else ""
    known = {"now", *(f"BL-{row.number}" for row in points)}
    start = arrived.get("from", "").upper()
    return {
        "name": "", "purpose": "pilot", "phase": "", "pilot": "", "from": start if start in known else newest, "owner": owner,
        "reason": "",
    }  # fmt: skip


def new(
    actor: Actor, project: Project, given: Mapping[str, str], reasons: Sequence[Reason] = ()
) -> dict[str, Any]:  # fmt: skip
    """The form that opens a branch."""
    points = [(f"BL-{row.number}", f"BL-{row.number} {row.name}") for row in baselines.listing(project.id)]
    return {
        "given": given,
        "points": [*points, ("now", _("the scope as it is now"))],
        "phases": [(str(one.number), one.name) for one in phases(project.id)],
        "owners": list(owners_of(project.id).items()),
        **_told(reasons),
    }


def _told(reasons: Sequence[Reason]) -> dict[str, Any]:
    return {
        "errors": {one.field: sentence(one) for one in reasons if one.field},
        "summary": [{"field": one.field or "", "sentence": sentence(one)} for one in reasons],
    }


def show(
    actor: Actor,
    project: Project,
    found: Standing,
    given: Mapping[str, str] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """One branch: how it and the main line have come apart, what was decided in it, what it holds."""
    branch = found.branch
    told = drift(found, actor)
    word, tone, icon = STATES[found.closing.outcome if found.closing is not None else "open"]
    seen = set(visible_keys(actor, project.id, sorted({*found.held, *(one.item for one in found.choices)})))
    return {
        "found": found,
        "branch": branch,
        "purpose": purpose(branch, phase_names(project.id).get(branch.phase_id, "") if branch.phase_id else ""),
        "state": word, "tone": tone, "state_icon": icon,
        "drift": told,
        "changed": _joined(told),
        "moved": [one for one in told.comparison.moved if one.key not in {each.key for each in told.comparison.changed}],
        "proposed": {} if found.closed else queries.proposed(actor, project.id, _apart(told)),
        "choices": [one for one in reversed(found.choices) if one.item in seen],
        "counts": _counts(found, seen),
        "groups": shortened(groups_of(project.id, [one for key, one in found.held.items() if key in seen])),
        "unseen": len(found.held.keys() - seen),
        "most": MOST,
        "subject": f"{branch.key}..now",
        "may_export": actor.may("export.make", project.id),
        "may": policy.may_work(actor, branch, closed=found.closed),
        "given": given if given is not None else {},
        "ticked": given.getlist("items") if isinstance(given, MultiDict) else [],
        **_told(reasons),
    }  # fmt: skip


def _counts(found: Standing, seen: set[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, one in found.held.items():
        if key in seen:
            counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts


def _apart(told: Drift) -> set[str]:
    """The keys of the items that the page tells apart."""
    found = told.comparison
    states = (*found.added[:MOST], *found.removed[:MOST], *(one.state for one in told.left_out[:MOST]))
    return {one.key for one in states} | {one.key for one in (*found.changed[:MOST], *found.moved[:MOST])}


def _joined(told: Drift) -> list[Changed]:
    """What says something else, its phase among it where that moved as well."""
    moved = {one.key: one.fields for one in told.comparison.moved}
    return [replace(one, fields=[*one.fields, *moved.get(one.key, ())]) for one in told.comparison.changed]


def brought(done: Brought) -> str:
    """What became of what was brought to the main line, in words."""
    said = []
    if done.saved:
        said.append(
            ngettext("%(num)s text saved on the main line.", "%(num)s texts saved on the main line.", len(done.saved))
        )
    if done.change:
        said.append(_("Proposed as %(key)s: hand it in, so that it is decided.", key=done.change))
    return " ".join(str(one) for one in said)
