"""What the checks of change look at: a project's changes, loaded once for all of them, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, case, exists, func, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.changes import clashes, dossier, facts, impact, waits
from reqtrack.changes.models import Assessment, Change, Wait
from reqtrack.changes.queries.figures import AGREED, moved
from reqtrack.db import db, plain
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.reviews.models import Review
from reqtrack.signoff.queries import scope_in_force
from reqtrack.workflow.tables import CHANGE_OPEN

# Handed in, and not decided.
UNDER_WAY = tuple(stage for stage in CHANGE_OPEN if stage != "draft")
IN_EFFECT = facts.IN_EFFECT
_change = Change.__table__


class Changing:
    """The changes of one project, as far as their reader may see them; each part is loaded when the first check asks for it."""

    def __init__(self, actor: Actor, project: Project) -> None:
        self.actor, self.project = actor, project

    @cached_property
    def rows(self) -> Sequence[Row[Any]]:
        """The changes in number order: ``id key stage change_kind submitted_at paused_at review_due_on reviewed_at assessed
        agreed_on``."""
        assessed = exists().where(Assessment.change_id == Item.id)
        return plain(
            select(
                Item.id, Item.key, Item.stage, _change.c.change_kind, _change.c.submitted_at, _change.c.paused_at,
                _change.c.review_due_on, _change.c.reviewed_at, assessed.label("assessed"), _change.c.agreed_on,
            )
            .join(_change, _change.c.id == Item.id)
            .where(visible(self.actor, self.project.id), Item.kind == "change", Item.retired.is_(False))
            .order_by(Item.number)
        ).all()  # fmt: skip

    @cached_property
    def unconfirmed(self) -> Mapping[int, int]:
        """Of those to be decided that were agreed elsewhere: how many of those named have not said so of what it is now."""
        agreed = [row.id for row in self.rows if row.agreed_on is not None and row.stage == "deciding"]
        if not agreed:
            return {}
        rows = db.session.execute(select(Change).where(Change.id.in_(agreed))).scalars().all()
        return {one.change.id: len(one.named_still) for one in dossier.load_many(rows)}

    @cached_property
    def rivals(self) -> Mapping[int, Collection[str]]:
        """Open change → the keys of the open changes that it meets in an item, in number order."""
        known = {row.id: row.key for row in self.rows}
        met = clashes.meeting(self.project.id)
        found = {one: [known[rival] for rival in rivals if rival in known] for one, rivals in met.items()}
        return {one: rivals for one, rivals in found.items() if rivals}

    @cached_property
    def late(self) -> Mapping[int, int]:
        """Change → for how many working days its step waits, where that is longer than was agreed. One asked back waits for
        nobody here."""
        today = clock.today(self.project.zone)
        found: dict[int, int] = {}
        running = plain(
            select(Wait.change_id, Wait.began_at, Wait.paused).where(
                Wait.project_id == self.project.id, Wait.ended_at.is_(None)
            )
        )
        stands = {row.id for row in self.rows if row.paused_at is not None}
        for row in running:
            due = waits.due_on(self.project, row.began_at, row.paused)
            if row.change_id not in stands and due is not None and today > due:
                found[row.change_id] = waits.worked(self.project, row.began_at, row.paused)
        return found

    @cached_property
    def outdated(self) -> list[str]:
        """The keys of those to be decided of which an assessment is older than what they propose or touch; an emergency is not
        decided by its assessment."""
        deciding = {row.id for row in self.rows if row.stage == "deciding" and row.change_kind != "emergency"}
        if not deciding:
            return []
        wanted = select(Change).where(Change.project_id == self.project.id, Change.stage == "deciding")
        rows = db.session.execute(wanted.order_by(Change.number)).scalars().all()
        found = dossier.load_many([one for one in rows if one.id in deciding])
        # Of those whose package moved the graph need not be asked for.
        same = [one for one in found if all(said.package_print == one.package_print for said in one.newest_said)]
        graphs = impact.graph_prints(self.actor, same)
        current = {one.change.id for one in same if not facts.outdated(one, graphs[one.change.id])}
        return [one.change.key for one in found if one.change.id not in current]

    # -- what was agreed -----------------------------------------------------------------------------------------------

    @cached_property
    def edited_outside(self) -> list[str]:
        """The keys of agreed requirements whose scope content moved by no change since they were agreed: since the signature in
        force, or since a change in effect brought or moved them."""
        found = scope_in_force(self.actor, self.project.id)
        fallen = {one.key for one in found.outcome.fallen} if found else set()
        since = found.baseline.seq if found else 0
        change = Item.__table__.alias("change")
        applied = select(change.c.key).where(
            change.c.project_id == self.project.id, change.c.kind == "change", change.c.stage.in_(IN_EFFECT)
        )
        new, old, by = Version.__table__.alias("new"), Version.__table__.alias("old"), Version.__table__.alias("by")
        rows = plain(
            select(Item.key)
            .distinct()
            .join(new, new.c.item_id == Item.id)
            .join(old, and_(old.c.item_id == new.c.item_id, old.c.number == new.c.number - 1))
            .where(visible(self.actor, self.project.id), Item.kind == "requirement", Item.stage.in_(AGREED))
            .where(new.c.project_id == self.project.id, new.c.since > since, new.c.change.not_in(applied))
            .where(new.c.scope_print != old.c.scope_print)
            .where(exists().where(by.c.item_id == new.c.item_id, by.c.number < new.c.number, by.c.change.in_(applied)))
        )
        return sorted(fallen | {row.key for row in rows}, key=lambda key: int(key.partition("-")[2]))

    @cached_property
    def moved(self) -> Sequence[tuple[datetime, int]]:
        """``(when, which)`` of each agreed requirement that a change in effect moved."""
        return moved(self.actor, self.project) if self._whole else ()

    def agreed(self, *instants: datetime) -> list[int]:
        """How many agreed requirements there were at some instants (one statement); see ``figures.in_force``."""
        live = Item.stage.in_(AGREED)
        counts = [
            func.sum(case((and_(Item.created_at < at, or_(live, Item.updated_at >= at)), 1), else_=0))
            for at in instants
        ]
        row = plain(
            select(*counts).where(
                Item.project_id == self.project.id, Item.kind == "requirement", Item.stage.in_((*AGREED, "obsolete"))
            )
        ).one()
        return [int(number or 0) for number in row]

    @property
    def _whole(self) -> bool:
        return sees_all(self.actor, self.project.id)

    @cached_property
    def since_review(self) -> int | None:
        """Days since what waits was last gone through, or since the first of it was handed in where it never was; None where
        nothing waits, and for who does not see all."""
        handed_in = [row.submitted_at for row in self.rows if row.stage in UNDER_WAY and row.submitted_at]
        if not handed_in or not self._whole:
            return None
        last = plain(
            select(func.max(Review.held_at)).where(Review.project_id == self.project.id, Review.state == "held")
        ).scalar()
        since: datetime = max(min(handed_in), last) if last is not None else min(handed_in)
        return (clock.today(self.project.zone) - since.astimezone(ZoneInfo(self.project.zone)).date()).days
