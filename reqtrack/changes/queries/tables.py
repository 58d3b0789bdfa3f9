"""The delegation table of a project: its version, what another one would bring, and what one more who decides would cost."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.changes import dossier, facts, impact
from reqtrack.changes import load as loads
from reqtrack.changes.delegation import Table
from reqtrack.changes.facts import Rule
from reqtrack.changes.models import Change, Wait
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

# What events about the table have as their subject.
SUBJECT = "delegation"
UNDER_WAY = ("submitted", "assessing", "needs_information", "deciding", "deferred")
MOST = 200


def version_of(project_id: int) -> int:
    """The version of a project's table: the number of the event that made it, 0 while it is the default."""
    wanted = select(func.max(Event.seq)).where(Event.project_id == project_id, Event.subject == SUBJECT)
    return db.session.execute(wanted).scalar() or 0


@dataclass(frozen=True)
class Meant:
    """An open change, how it is decided now and how it would be."""

    key: str
    title: str
    stage: str
    now: Rule
    then: Rule

    @property
    def differs(self) -> bool:
        """Whether other people would decide it, or with another proof."""
        return (_who(self.now), self.now.proof, self.now.needed) != (_who(self.then), self.then.proof, self.then.needed)


def _who(rule: Rule) -> list[tuple[str, list[str]]]:
    return [(seat.acting, [one.login for one in seat.holders]) for seat in rule.seats]


def preview(actor: Actor, project: Project, table: Table) -> list[Meant]:
    """The newest open changes that the actor may see, with who decides them and who would by another table: those that differ
    first (as many statements for two hundred as for one)."""
    rows = db.session.execute(
        select(Change)
        .where(visible(actor, project.id), Item.kind == "change", Item.stage.in_(UNDER_WAY), Item.retired.is_(False))
        .order_by(Item.number.desc())
        .limit(MOST)
    ).scalars()
    found = dossier.load_many(list(rows))
    carried = loads.phases(project.id)
    told = []
    for one in found:
        tier, phase_id = facts.preset(one, carried)
        phases = impact.phases_with(one, carried, phase_id, tier)
        now, then = (facts.rule(one, phases, tier, lines) for lines in (None, table))
        told.append(Meant(one.change.key, one.change.title, one.change.stage, now, then))
    return sorted(told, key=lambda one: not one.differs)


def decided_in(project_id: int) -> tuple[int, float] | None:
    """How many changes were decided lately, and how many days each waited for that on average, without the time in which it was
    asked back; None where there is none."""
    wanted = (
        select(Wait.began_at, Wait.ended_at, Wait.paused)
        .where(Wait.project_id == project_id, Wait.stage == "deciding", Wait.ended_at.is_not(None))
        .order_by(Wait.id.desc())
        .limit(MOST)
    )
    rows = db.session.execute(wanted).all()
    # What came back by itself and is decided in the same breath was waited for by nobody.
    whole = [((row.ended_at - row.began_at).total_seconds(), row.paused) for row in rows]
    seconds = [max(one - paused, 0.0) for one, paused in whole if one >= 1]
    return (len(seconds), sum(seconds) / len(seconds) / 86_400) if seconds else None
