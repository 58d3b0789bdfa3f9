"""How a project stands, in a handful of queries, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from reqtrack import clock, workdays
from reqtrack.acceptance import queries as acceptance
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.db import db
from reqtrack.items.models import Comment, Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.radar import policy
from reqtrack.radar.checks.facts import HELD
from reqtrack.radar.queries.days import day_in
from reqtrack.radar.queries.findings import Finding, profile, radar
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries import Load
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.subjects import meaning_of

# An open change in its five lean stages, in their order; what is asked back or deferred keeps its own word.
OPEN_CHANGES = ("draft", "submitted", "assessing", "needs_information", "deciding", "deferred", "approved")
WAITING_CHANGES = ("submitted", "assessing", "needs_information", "deciding")
SHOWN = 12


@dataclass(frozen=True)
class Counts:
    """How many items there are that the reader may see, retired ones left out."""

    rows: Sequence[Any]

    def of(self, kind: str, *, stages: Sequence[str] | None = None, but: Sequence[str] = ()) -> int:
        """How many of a kind, in some stages or in all but some."""
        return sum(
            row.number
            for row in self.rows
            if row.kind == kind and row.stage not in but and (stages is None or row.stage in stages)
        )

    @property
    def imported(self) -> int:
        """Requirements that came from a file and that nobody has looked at."""
        return sum(row.number for row in self.rows if row.kind == "requirement" and row.imported)

    @property
    def untiered(self) -> int:
        """Requirements in use without a tier."""
        return sum(
            row.number for row in self.rows if row.kind == "requirement" and row.tier is None and row.stage not in OUT
        )


@dataclass(frozen=True)
class Wait:
    """Something that waits, by item: ``what`` is decision, assessment, answer or signature; ``days`` how long."""

    what: str
    key: str
    title: str
    endpoint: str
    arguments: Mapping[str, Any]
    days: int
    late: bool = False


@dataclass(frozen=True)
class Standing:
    """What the Overview shows."""

    counts: Counts
    facts: policy.Facts
    lines: tuple[str, ...]
    loads: Sequence[Load]
    statuses: Mapping[str, int]
    must: Mapping[str, int]
    changes: Sequence[tuple[str, int]]
    waits: Sequence[Wait]
    waiting: int
    next_end: tuple[str, date, int] | None = None
    findings: Sequence[Finding] = ()


def standing(actor: Actor, project: Project) -> Standing:
    """How the project stands for this reader."""
    reader = profile(actor, project.id)
    counts = kept(f"counts for {reader}", project.id, lambda: _counts(actor, project.id))
    everything = sees_all(actor, project.id)
    signoffs = _signoffs(project.id) if everything else []
    seen = radar(actor, project)
    facts = _facts(counts, signoffs, seen.heard)
    lines = policy.shown(actor, project.id, facts, project.first_week_skipped.split())
    tested = counts.of("acceptance") > 0
    must: Mapping[str, int] = {}
    if tested and not lines:
        must = kept(f"must for {reader}", project.id, lambda: _must(actor, project.id))
    waits = [*_changes(actor, project), *_questions(actor, project), *_requested(project, signoffs)]
    return Standing(
        counts=counts,
        facts=facts,
        lines=lines,
        loads=seen.loads,
        statuses=seen.statuses,
        must=must,
        changes=[(stage, number) for stage in OPEN_CHANGES if (number := counts.of("change", stages=(stage,)))],
        waits=sorted(waits, key=lambda one: (not one.late, -one.days, one.key))[:SHOWN],
        waiting=len(waits),
        next_end=_next_end(project, seen.loads),
        # The first week says by itself what there is to do.
        findings=[one for one in seen.open if one.check.early or not lines],
    )


def _counts(actor: Actor, project_id: int) -> Counts:
    columns = (Item.kind, Item.stage, Item.tier, Item.imported)
    rows = db.session.execute(
        select(*columns, func.count().label("number"))
        .where(visible(actor, project_id), Item.retired.is_(False))
        .group_by(*columns)
    )
    return Counts(rows.all())


def _signoffs(project_id: int) -> Sequence[Any]:
    """Those that were asked for or completed, oldest first."""
    return db.session.execute(
        select(Signoff.number, Signoff.subject, Signoff.meaning, Signoff.state, Signoff.due_on, Signoff.requested_at)
        .where(Signoff.project_id == project_id, Signoff.state.in_(("requested", "signed")))
        .order_by(Signoff.number)
    ).all()


def _facts(counts: Counts, signoffs: Sequence[Any], heard: Mapping[str, int]) -> policy.Facts:
    return policy.Facts(
        requirements=counts.of("requirement"),
        imported=counts.imported,
        untiered=counts.untiered,
        scenarios=counts.of("scenario"),
        held=counts.of("interview", stages=HELD),
        frontline=heard.get("frontline", 0),
        requested=sum(row.state == "requested" for row in signoffs),
        signed=sum(row.state == "signed" for row in signoffs),
    )


def _must(actor: Actor, project_id: int) -> dict[str, int]:
    """How many must requirements have which status."""
    found: dict[str, int] = {}
    for tier, _phase, status, number in acceptance.requirement_tally(actor, project_id):
        if tier == "must":
            found[status] = found.get(status, 0) + number
    return found


def _next_end(project: Project, carried: Sequence[Load]) -> tuple[str, date, int] | None:
    """The phase that ends next: ``(name, day, working days left)``."""
    today = clock.today(project.zone)
    ends = sorted((load.ends_on, load.name) for load in carried if load.ends_on is not None and load.ends_on >= today)
    return (ends[0][1], ends[0][0], workdays.of(project.calendar).after(today, ends[0][0])) if ends else None


# -- who waits, by item ------------------------------------------------------------------------------------------------


def _since(project: Project, instant: datetime) -> int:
    return (clock.today(project.zone) - day_in(instant, project.zone)).days


def _changes(actor: Actor, project: Project) -> list[Wait]:
    rows = db.session.execute(
        select(Item.key, Item.title, Item.stage, Item.updated_at)
        .where(
            visible(actor, project.id), Item.kind == "change", Item.stage.in_(WAITING_CHANGES), Item.retired.is_(False)
        )
        .order_by(Item.updated_at)
    )
    what = {"deciding": "decision", "needs_information": "answer"}
    return [
        Wait(
            what.get(row.stage, "assessment"), row.key, row.title, "items.show",
            {"project": project.key, "key": row.key}, _since(project, row.updated_at),
        )
        for row in rows
    ]  # fmt: skip


def _questions(actor: Actor, project: Project) -> list[Wait]:
    rows = db.session.execute(
        select(Item.key, Item.title, func.min(Comment.at).label("at"))
        .join(Comment, Comment.item_id == Item.id)
        .where(visible(actor, project.id), Comment.kind == "question", Comment.answered_at.is_(None))
        .group_by(Item.key, Item.title)
    )
    return [
        Wait(
            "answer", row.key, row.title, "items.show",
            {"project": project.key, "key": row.key, "_anchor": "timeline"}, _since(project, row.at),
        )
        for row in rows
    ]  # fmt: skip


def _requested(project: Project, signoffs: Sequence[Any]) -> list[Wait]:
    today = clock.today(project.zone)
    return [
        Wait(
            "signature", row.subject, meaning_of(row.subject, row.meaning), "signoff.show",
            {"project": project.key, "number": row.number},
            _since(project, row.requested_at), row.due_on is not None and row.due_on < today,
        )
        for row in signoffs
        if row.state == "requested"
    ]  # fmt: skip
