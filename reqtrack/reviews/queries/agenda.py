"""What an agenda shall hold: whatever waits; and what its lines are about, as they stand now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, case, or_, select, union

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.changes import clashes
from reqtrack.changes.models import Change
from reqtrack.db import db, plain
from reqtrack.items.kinds import LINKS
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import visible
from reqtrack.permissions import SYSTEM, Actor
from reqtrack.requirements.models import Phase
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.workflow.tables import CHANGE_OPEN

# Of suspect links and of findings so many at most: an agenda is gone through in an hour.
MOST = 20
# What areas above this one have to bring up, as subjects ("check:…").
MORE: list[Callable[[Project], Iterable[str]]] = []
Wanted = list[tuple[str, str]]


def computed(project: Project) -> Wanted:
    """What ``_computed`` finds, kept until something is written in the project."""
    return kept("agenda", project.id, lambda: _computed(project), clock.today(project.zone))


def _computed(project: Project) -> Wanted:
    """``(subject, why)`` of all that waits now, each once: changes to decide, those that came due again, those in conflict, what was
    not reached before, items with suspect links, findings."""
    found: dict[str, str] = {}
    for why, subjects in (
        ("decide", _deciding(project)),
        ("due", _due(project)),
        ("conflict", _contested(project)),
        ("carried", _left(project)),
        ("suspect", _suspect(project)),
        ("radar", [one for more in MORE for one in more(project)][:MOST]),
    ):
        for subject in subjects:
            found.setdefault(subject, why)
    return list(found.items())


def _left(project: Project) -> list[str]:
    """What held reviews did not reach, and that no review has taken over."""
    rows = db.session.execute(_unreached(project.id).with_only_columns(AgendaLine.subject).order_by(AgendaLine.id))
    return list(rows.scalars())


def unreached(project_id: int) -> Sequence[AgendaLine]:
    """The lines of held reviews of which nothing was said, and that no review has taken over."""
    return db.session.execute(_unreached(project_id)).scalars().all()


def _unreached(project_id: int) -> Any:
    return (
        select(AgendaLine)
        .join(Review, Review.id == AgendaLine.review_id)
        .where(AgendaLine.project_id == project_id, Review.state == "held", AgendaLine.outcome == "")
        .where(AgendaLine.carried_id.is_(None), AgendaLine.position > 0)
    )


def _changes(project: Project, *clauses: Any) -> list[str]:
    own = Change.__table__
    rows = plain(
        select(Item.key)
        .join(own, own.c.id == Item.id)
        .outerjoin(Phase, Phase.id == own.c.back_phase_id)
        .where(Item.project_id == project.id, Item.kind == "change", Item.retired.is_(False), *clauses)
        .order_by(case((own.c.change_kind == "emergency", 0), else_=1), own.c.waiting_since, Item.number)
    )
    return [row.key for row in rows]


def _deciding(project: Project) -> list[str]:
    return _changes(project, Item.stage == "deciding")


def emergencies(project: Project) -> list[str]:
    """The emergencies that wait for their approval: they go before everything else."""
    return _changes(project, Item.stage == "deciding", Change.__table__.c.change_kind == "emergency")


def _due(project: Project) -> list[str]:
    own, today = Change.__table__, clock.today(project.zone)
    return _changes(project, Item.stage == "deferred", or_(own.c.back_on <= today, Phase.starts_on <= today))


def _contested(project: Project) -> list[str]:
    under_way = [one for one in CHANGE_OPEN if one != "draft"]
    met = clashes.meeting(project.id, stages=under_way)
    return _changes(project, Item.stage.in_(under_way), Item.id.in_(list(met))) if met else []


def _suspect(project: Project) -> list[str]:
    """The items at the driven end of a link whose driving end has moved since somebody looked."""
    found = union(*(_driven(project.id, drives) for drives in ("source", "target"))).subquery()
    return list(plain(select(found.c.key).order_by(found.c.key).limit(MOST)).scalars())


def _driven(project_id: int, drives: str) -> Select[str]:
    driver, driven = Item.__table__.alias("driver"), Item.__table__.alias("driven")
    ends = (Link.source_id, Link.target_id) if drives == "source" else (Link.target_id, Link.source_id)
    kinds = [kind.name for kind in LINKS.values() if kind.drives in (drives, "both")]
    return (
        select(driven.c.key)
        .select_from(Link)
        .join(driver, driver.c.id == ends[0])
        .join(driven, driven.c.id == ends[1])
        .where(Link.project_id == project_id, Link.until.is_(None), Link.kind.in_(kinds))
        .where(driver.c.text_seq > Link.looked, driver.c.retired.is_(False), driven.c.retired.is_(False))
    )


def subjects_of(actor: Actor, project_id: int, lines: Iterable[AgendaLine]) -> dict[str, Any]:
    """``key title stage kind change_kind`` of the items that lines are about, by key, as far as the reader may see them (one
    statement)."""
    keys = [one.subject for one in lines if ":" not in one.subject]
    if not keys:
        return {}
    own = Change.__table__
    wanted = (
        select(Item.id, Item.key, Item.title, Item.stage, Item.kind, own.c.change_kind)
        .outerjoin(own, own.c.id == Item.id)
        .where(visible(actor, project_id), Item.key.in_(keys))
    )
    return {row.key: row for row in plain(wanted)}


def hidden(line: AgendaLine, subjects: Mapping[str, Any]) -> bool:
    """Whether a line is about an item that the reader may not see (``subjects``: what ``subjects_of`` found)."""
    return ":" not in line.subject and line.subject not in subjects


def exists(project_id: int, key: str) -> bool:
    """Whether there is such an item."""
    return bool(subjects_of(SYSTEM, project_id, [AgendaLine(subject=key)]))


# What a change's stage says of what was said of it.
SETTLED = {
    "approved": ("applied", "closed"), "rejected": ("rejected",), "deferred": ("deferred",),
    "asked_back": ("needs_information",),
}  # fmt: skip


def outcome_of(line: AgendaLine, stage: str) -> str:
    """How a line stands: ``open`` nothing was said, ``noted``, ``holds`` what was said is decided, ``waits`` it is to be confirmed,
    ``otherwise`` the change went another way since."""
    if not line.outcome:
        return "open"
    if line.outcome == "noted":
        return "noted"
    if stage in SETTLED[line.outcome]:
        return "holds"
    return "waits" if stage in ("deciding", "deferred", "assessing", "submitted") else "otherwise"
