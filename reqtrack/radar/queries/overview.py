"""How a project stands, in a handful of queries, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from reqtrack import clock
from reqtrack.acceptance import queries as acceptance
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.interviews.queries import voices
from reqtrack.items.models import Comment, Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.radar import policy
from reqtrack.radar.queries.days import day_in, working_days
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries import Load, loads
from reqtrack.signoff.models import Signoff

HELD = ("held", "written", "confirmed")
# An open change in its five lean stages, in their order; what is asked back or deferred keeps its own word.
OPEN_CHANGES = ("draft", "submitted", "assessing", "needs_information", "deciding", "deferred", "approved")
WAITING_CHANGES = ("submitted", "assessing", "needs_information", "deciding")
SHOWN = 12
MUST_SHARE = Decimal("0.6")


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
    findings: Sequence[tuple[str, str, Mapping[str, Any]]] = field(default_factory=tuple)


def standing(actor: Actor, project: Project) -> Standing:
    """How the project stands for this reader."""
    counts = _counts(actor, project.id)
    everything = sees_all(actor, project.id)
    signoffs = _signoffs(project.id) if everything else []
    facts = _facts(actor, project, counts, signoffs)
    lines = policy.shown(actor, project.id, facts, project.first_week_skipped.split())
    carried = loads(project.id) if everything else []
    tested = counts.of("acceptance") > 0
    statuses = acceptance.tally(actor, project.id) if tested else {}
    must = _must(actor, project.id) if tested and not lines else {}
    waits = [*_changes(actor, project), *_questions(actor, project), *_requested(project, signoffs)]
    return Standing(
        counts=counts,
        facts=facts,
        lines=lines,
        loads=carried,
        statuses=statuses,
        must=must,
        changes=[(stage, number) for stage in OPEN_CHANGES if (number := counts.of("change", stages=(stage,)))],
        waits=sorted(waits, key=lambda one: (not one.late, -one.days, one.key))[:SHOWN],
        waiting=len(waits),
        next_end=_next_end(project, carried),
        findings=findings(counts, carried, statuses, bool(lines)),
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


def _facts(actor: Actor, project: Project, counts: Counts, signoffs: Sequence[Any]) -> policy.Facts:
    signed = sum(row.state == "signed" for row in signoffs)
    held = counts.of("interview", stages=HELD)
    judged = not signed and held and actor.may("requirement.write", project.id)
    return policy.Facts(
        requirements=counts.of("requirement"),
        imported=counts.imported,
        untiered=counts.untiered,
        scenarios=counts.of("scenario"),
        held=held,
        frontline=voices(actor, project.id).get("frontline", 0) if judged else 0,
        requested=sum(row.state == "requested" for row in signoffs),
        signed=signed,
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
    return (ends[0][1], ends[0][0], working_days(today, ends[0][0])) if ends else None


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
            "signature", row.subject, row.meaning, "signoff.show", {"project": project.key, "number": row.number},
            _since(project, row.requested_at), row.due_on is not None and row.due_on < today,
        )
        for row in signoffs
        if row.state == "requested"
    ]  # fmt: skip


# -- what to look at ---------------------------------------------------------------------------------------------------

# The status of the acceptance scenarios that a check is about.
OF_STATUS = {"acceptance_failed": "failed", "result_stale": "stale"}


def findings(
    counts: Counts, carried: Sequence[Load], statuses: Mapping[str, int], beginning: bool
) -> list[tuple[str, str, Mapping[str, Any]]]:
    """``(severity, check, facts)`` of what the figures above show already, under the names that the API tells; the first week
    says the rest itself."""
    found: list[tuple[str, str, Mapping[str, Any]]] = []
    if statuses.get("failed"):
        found.append(("serious", "acceptance_failed", {"number": statuses["failed"]}))
    for load in carried:
        if load.over and load.capacity_days is not None:
            over = load.total_days - load.capacity_days
            found.append(("serious", "phase_over_capacity", {"name": load.name, "days": over, "phase": load.phase_id}))
        elif load.phase_id and not beginning and (load.must_share or 0) > MUST_SHARE:
            percent = round((load.must_share or 0) * 100)
            found.append(("attention", "must_share", {"name": load.name, "percent": percent, "phase": load.phase_id}))
    if statuses.get("stale"):
        found.append(("attention", "result_stale", {"number": statuses["stale"]}))
    if counts.imported:
        found.append(("attention", "imported_not_reviewed", {"number": counts.imported}))
    if counts.untiered and not beginning:
        found.append(("note", "requirement_untiered", {"number": counts.untiered}))
    return found


def concerned(actor: Actor, project_id: int, check: str, facts: Mapping[str, Any]) -> list[str]:
    """The keys of the items that a finding is about, those that the reader may see, in number order."""
    if check in OF_STATUS:
        return acceptance.keys_with_status(actor, project_id, OF_STATUS[check])
    wanted = select(Item.key).where(visible(actor, project_id), Item.kind == "requirement", Item.retired.is_(False))
    if check == "imported_not_reviewed":
        wanted = wanted.where(Item.imported)
    elif check == "requirement_untiered":
        wanted = wanted.where(Item.tier.is_(None), Item.stage.not_in(OUT))
    else:
        wanted = wanted.where(Item.phase_id == facts["phase"], Item.stage.not_in(OUT))
        if check == "must_share":
            wanted = wanted.where(Item.tier == "must")
    return list(db.session.execute(wanted.order_by(Item.number)).scalars())
