"""Opening a branch of scope."""

from __future__ import annotations

from collections.abc import Collection

from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.audit.record import recorded
from reqtrack.baselines.content import keys_now
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import keys_of
from reqtrack.branches import content, policy
from reqtrack.branches.actions.telling import MOST_TEXT
from reqtrack.branches.models import ScopeBranch
from reqtrack.db import clean_text
from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.items import store
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.requirements.models import Phase

PURPOSES = ("phase", "pilot")


def open_branch(
    actor: Actor,
    project: Project,
    *,
    name: str,
    purpose: str,
    owner: str,
    reason: str,
    phase: Phase | None = None,
    pilot: str = "",
    baseline: Baseline | None = None,
) -> ScopeBranch:
    """Open a branch: it pins the texts as a baseline, or the scope now, has them.

    Args:
        purpose: for a ``phase``, or for a ``pilot`` group (``pilot`` names it).
        owner: login of the member who decides what it holds.
        phase: it holds and follows what belongs to that phase only: its requirements, their scenarios and processes, and what
            accepts them.
        baseline: None: made from the scope as it is now.

    Raises:
        Refused: no permission. Invalid: with a reason per field.
    """
    policy.require(policy.may_open(actor, project.id))
    name, reason, pilot = (clean_text(one) for one in (" ".join(name.split()), reason.strip(), " ".join(pilot.split())))
    owners = owners_of(project.id)
    reasons = [*_words(name, reason), *_whose(purpose, phase, pilot, owner, owners)]
    if reasons:
        raise Invalid(reasons)
    number = store.next_number(project.id, "BR")
    with recorded(actor, project.id, "branch.opened", f"BR-{number}", reason=reason) as entry:
        seq, keys = _begins(project.id, entry.seq, baseline, phase)
        if not keys:
            raise invalid(
                "phase" if phase is not None else "from", "There is nothing in the scope for it yet.", "empty"
            )
        branch = ScopeBranch(
            project_id=project.id, number=number, name=name, purpose=purpose, phase_id=phase.id if phase is not None else None,
            pilot=pilot, baseline=baseline.number if baseline is not None else None, seq=seq, keys=keys, owner=owner,
            owner_name=owners[owner], reason=reason, author=actor.login, author_name=actor.name, at=entry.at,
        )  # fmt: skip
        branch.fingerprint = content.print_of(content.held(branch, ()))
        entry.seal(branch)
        entry.after = {
            "name": name, "purpose": purpose, "phase": phase.name if phase is not None else None, "pilot": pilot, "owner": owner,
            "from": baseline.key if baseline is not None else None, "items": len(keys), "fingerprint": branch.fingerprint,
        }  # fmt: skip
    return branch


def owners_of(project_id: int) -> dict[str, str]:
    """Who may own a branch, login → name: the members who do more than read."""
    return {
        one.login: one.name
        for one in members(project_id)
        if one.active
        and any(ROLE_PERMISSIONS[role] >= {"interview.read", "comment.write"} for role in one.roles)
    }  # fmt: skip


def _begins(project_id: int, seq: int, baseline: Baseline | None, phase: Phase | None) -> tuple[int, list[str]]:
    """The point and the keys that a branch begins with."""
    keys, point = (keys_now(project_id), seq) if baseline is None else (keys_of(baseline), baseline.seq)
    if phase is None:
        return point, keys
    of_phase: Collection[str] = content.phase_at(project_id, point, keys, phase.id)
    return point, [key for key in keys if key in of_phase]


def _words(name: str, reason: str) -> list[Reason]:
    found = []
    if not name:
        found.append(Reason("required", "A branch needs a name.", {}, "name"))
    if len(name) > 200:
        found.append(Reason("too_long", "At most %(most)s characters fit.", {"most": 200}, "name"))
    if not reason:
        found.append(
            Reason("required", "Say what the branch is for: why the main line alone does not do.", {}, "reason")
        )
    if len(reason) > MOST_TEXT:
        found.append(Reason("too_long", "At most %(most)s characters fit.", {"most": MOST_TEXT}, "reason"))
    return found


def _whose(purpose: str, phase: Phase | None, pilot: str, owner: str, owners: Collection[str]) -> list[Reason]:
    found = []
    if purpose not in PURPOSES:
        found.append(Reason("invalid", "A branch is for a phase or for a pilot.", {}, "purpose"))
    if purpose == "phase" and phase is None:
        found.append(Reason("required", "Choose the phase that it is for.", {}, "phase"))
    if purpose == "pilot" and not pilot:
        found.append(Reason("required", "Say which group gets it first.", {}, "pilot"))
    if len(pilot) > 200:
        found.append(Reason("too_long", "At most %(most)s characters fit.", {"most": 200}, "pilot"))
    if owner not in owners:
        message = "Choose who decides what it holds: a member of the project who may write in it."
        found.append(Reason("unknown", message, {}, "owner"))
    return found
