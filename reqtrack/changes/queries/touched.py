"""All that a change touches, for the page, the paper and the API that show nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reqtrack.accounts.models import Project
from reqtrack.changes import consequences, dossier, facts, impact, policy, reach
from reqtrack.changes.again import NOTHING, Again
from reqtrack.changes.consequences import Fell
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Change
from reqtrack.changes.queries.again import again_by_hand
from reqtrack.changes.queries.page import Told, told_of
from reqtrack.changes.queries.undoing import applied
from reqtrack.changes.stakes import Behind, behind
from reqtrack.errors import Verdict
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class TouchedPage:
    """``testers``: by name, how many acceptance scenarios they would test again; ``behind``: baselines; ``may_touch``: whether the
    reader may put items in and take them out, ``again`` what that would make asked for again; ``fell``: of a change in effect, what
    was so when it took effect: of such a one ``testers`` are those who were told, and ``behind`` the baselines that were there."""

    change: Change
    project: Project
    dossier: Dossier
    impact: Impact
    told: Told
    testers: Mapping[str, int]
    behind: Sequence[Behind]
    may_touch: Verdict
    depth: int
    fell: Fell | None = None
    again: Again = NOTHING


def touched_page(actor: Actor, change: Change, depth: int = reach.DEPTH) -> TouchedPage:
    """What a change touches, ``depth`` links away (at most fourteen statements)."""
    found = dossier.load(change)
    fell = consequences.fell(applied(change)) if change.stage in facts.IN_EFFECT else None
    asked = facts.assessors(found)
    may_touch = policy.may_touch(actor, change.project_id, change.key, change.stage, found.origin, asked)
    # The fingerprint is of the usual depth, and only what was said goes by it.
    graph = bool(may_touch and found.said) and depth == reach.DEPTH
    touched = impact.of_dossier(actor, found, phases=False, graph=graph, depth=depth)
    stale = {item_id: key for item_id, key in consequences.acceptance_ids(touched).items() if item_id in touched.stale}
    names = {one.login: one.name for one in found.people}
    tested = consequences.testers(stale) if fell is None else fell.testers
    testers = {names[login]: len(keys) for login, keys in tested.items() if login in names}
    held = behind(change.project_id, found.moved)
    if fell is not None:
        held = [one for one in held if change.applied_at is None or one.at < change.applied_at]
    return TouchedPage(
        change=change,
        project=found.project,
        dossier=found,
        impact=touched,
        told=told_of(actor, found, touched),
        testers=testers,
        behind=held,
        may_touch=may_touch,
        depth=depth,
        fell=fell,
        again=again_by_hand(actor, found, touched.graph_print) if may_touch else NOTHING,
    )
