"""Branches of scope, and what of their items is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.baselines.content import Print, visible_keys
from reqtrack.baselines.queries import number_of
from reqtrack.branches import content
from reqtrack.branches.models import BranchChoice, BranchClosing, ScopeBranch
from reqtrack.changes.models import ProposedEdit
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.workflow.tables import CHANGE_OPEN

# What one may read of branches is what one may read of a project's content: people write freely why they decide something.
READ = "interview.read"


@dataclass(frozen=True)
class Standing:
    """A branch with all that was said of it, oldest first; ``closing`` None: it is open."""

    branch: ScopeBranch
    choices: Sequence[BranchChoice]
    closing: BranchClosing | None

    @property
    def closed(self) -> bool:
        return self.closing is not None

    @property
    def version(self) -> int:
        """Rises with all that is said of the branch."""
        return 1 + len(self.choices) + (1 if self.closed else 0)

    @cached_property
    def held(self) -> dict[str, Print]:
        """What it holds now, by key."""
        return content.held(self.branch, self.choices)

    @property
    def left_out(self) -> dict[str, BranchChoice]:
        """By key, what was left out of it."""
        return {key: one for key, one in content.newest(self.choices).items() if one.version is None}


def branch_for(actor: Actor, project_id: int, given: int | str) -> Standing:
    """A branch by its number or key (``1`` or ``BR-1``), for who may read branches.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    number = number_of(given, "BR")
    branch = None
    if number is not None and actor.may(READ, project_id):
        branch = db.session.get(ScopeBranch, (project_id, number))
    if branch is None:
        raise NotFound(str(given)[:40])
    return standing(branch)


def standing(branch: ScopeBranch) -> Standing:
    """A branch with what was said of it."""
    mine = (BranchChoice.project_id == branch.project_id, BranchChoice.branch == branch.number)
    choices = db.session.execute(select(BranchChoice).where(*mine).order_by(BranchChoice.number)).scalars().all()
    return Standing(branch, choices, db.session.get(BranchClosing, (branch.project_id, branch.number)))


def listing(project_id: int, *, after: int = 0, limit: int = 200, baseline: int | None = None) -> Sequence[Any]:
    """Rows ``(branch, outcome or None, number of choices, name of its phase)`` of a project's branches, by number (one statement).

    Args:
        baseline: only those made from it.
    """
    number = (
        select(func.count())
        .where(BranchChoice.project_id == ScopeBranch.project_id, BranchChoice.branch == ScopeBranch.number)
        .scalar_subquery()
    )
    closing = and_(BranchClosing.project_id == ScopeBranch.project_id, BranchClosing.branch == ScopeBranch.number)
    told = (ScopeBranch, BranchClosing.outcome, number.label("choices"), Phase.name.label("phase"))
    wanted = select(*told).outerjoin(BranchClosing, closing).outerjoin(Phase, Phase.id == ScopeBranch.phase_id)
    wanted = wanted.where(ScopeBranch.project_id == project_id, ScopeBranch.number > after)
    if baseline is not None:
        wanted = wanted.where(ScopeBranch.baseline == baseline)
    return db.session.execute(wanted.order_by(ScopeBranch.number).limit(limit)).all()


def short(branch: ScopeBranch, outcome: str | None, version: int) -> dict[str, Any]:
    """A branch as lists of the API show it."""
    return {
        "key": branch.key, "version": version, "name": branch.name, "purpose": branch.purpose, "phase_id": branch.phase_id,
        "pilot": branch.pilot, "baseline": f"BL-{branch.baseline}" if branch.baseline is not None else None,
        "seq": branch.seq, "owner": branch.owner, "reason": branch.reason, "fingerprint": branch.fingerprint,
        "state": outcome or "open", "author": branch.author, "author_name": branch.author_name, "at": clock.iso(branch.at),
    }  # fmt: skip


def as_dict(actor: Actor, found: Standing) -> dict[str, Any]:
    """A branch as the API shows it: which version of which item it holds, as far as the actor may see them."""
    branch, closing = found.branch, found.closing
    seen = set(visible_keys(actor, branch.project_id, sorted({*found.held, *(one.item for one in found.choices)})))
    return {
        **short(branch, closing.outcome if closing is not None else None, found.version),
        "items": [{"key": key, "version": one.version} for key, one in found.held.items() if key in seen],
        "left_out": [key for key in found.left_out if key in seen],
        "decisions": [choice(one) for one in found.choices if one.item in seen],
        "content_print": content.print_of(found.held),
        "closed": None
        if closing is None
        else {"outcome": closing.outcome, "reason": closing.reason, "by": closing.by, "at": clock.iso(closing.at),
              "fingerprint": closing.fingerprint},
    }  # fmt: skip


def choice(one: BranchChoice) -> dict[str, Any]:
    """A decision as the API shows it."""
    return {
        "id": one.number, "item": one.item, "decision": "left_out" if one.version is None else "taken",
        "item_version": one.version, "reason": one.reason, "by": one.by, "name": one.by_name, "at": clock.iso(one.at),
    }  # fmt: skip


def proposed(actor: Actor, project_id: int, keys: Collection[str]) -> dict[str, list[str]]:
    """The open changes that the actor sees and that would change these items: their keys, by the item's (one statement)."""
    wanted = aliased(Item)
    rows = db.session.execute(
        select(wanted.key, Item.key)
        .distinct()
        .join_from(ProposedEdit, Item, Item.id == ProposedEdit.change_id)
        .join(wanted, wanted.id == ProposedEdit.item_id)
        .where(
            visible(actor, project_id),
            Item.stage.in_(CHANGE_OPEN),
            wanted.project_id == project_id,
            wanted.key.in_(keys),
        )
    )
    found: dict[str, list[str]] = {}
    for item, change in sorted(rows.all(), key=lambda row: int(row[1].partition("-")[2])):
        found.setdefault(item, []).append(change)
    return found
