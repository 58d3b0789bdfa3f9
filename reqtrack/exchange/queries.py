"""Import runs and their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, exists, func, literal, or_, select

from reqtrack.acceptance.models import Acceptance, RoundScenario
from reqtrack.baselines.models import Baseline
from reqtrack.changes.dossier import STAKEHOLDER
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.db import Base, db
from reqtrack.errors import NotFound, Reason
from reqtrack.exchange.models import ImportRow, ImportRun
from reqtrack.files.problems import Place, Problem
from reqtrack.interviews.models import Evidence, Excerpt, Interview, Stakeholder
from reqtrack.items.models import Attachment, Comment, Item, Link
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Requirement


def run_for(actor: Actor, project_id: int, number: int) -> ImportRun:
    """A run of a project.

    Raises:
        NotFound: none, or not for the actor.
    """
    run = db.session.execute(
        select(ImportRun).where(ImportRun.project_id == project_id, ImportRun.number == number)
    ).scalar()
    if run is None or not actor.holds("import.run", project_id):
        raise NotFound(f"import {number}")
    return run


def imported_before(project_id: int, digest: str, besides: int = 0) -> ImportRun | None:
    """The newest run (besides one) by which the same bytes came in, and were not taken back."""
    wanted = (
        select(ImportRun)
        .where(
            ImportRun.project_id == project_id,
            ImportRun.digest == digest,
            ImportRun.digest != "",
            ImportRun.state == "imported",
            ImportRun.id != besides,
        )
        .order_by(ImportRun.number.desc())
        .limit(1)
    )
    return db.session.execute(wanted).scalar()


def runs(project_id: int, limit: int = 50, after: int = 0) -> Sequence[Any]:
    """The runs of a project, newest first: ``(run, rows, made)``."""
    made = func.count(func.coalesce(ImportRow.item_id, ImportRow.stakeholder_id)).label("made")
    wanted = (
        select(ImportRun, func.count(ImportRow.id).label("rows"), made)
        .outerjoin(ImportRow, ImportRow.run_id == ImportRun.id)
        .where(ImportRun.project_id == project_id, ImportRun.number > after)
        .group_by(*ImportRun.__table__.c)
        .order_by(ImportRun.number.desc())
        .limit(limit)
    )
    return db.session.execute(wanted).all()


def rows(run_id: int) -> Sequence[ImportRow]:
    """All rows of a run, in order."""
    return (
        db.session.execute(select(ImportRow).where(ImportRow.run_id == run_id).order_by(ImportRow.position))
        .scalars()
        .all()
    )


def name_of(thing: Any) -> str:
    """How what a run made is named: an item's key, a stakeholder's id."""
    return str(getattr(thing, "key", None) or thing.id)


def problem_of(row: ImportRow, reason: Reason) -> dict[str, Any]:
    """Why the project refuses a row, as it is kept with the row."""
    last = row.place.split()[-1:]
    place = Place(row=int(last[0]) if last and last[0].isdigit() else None)
    params = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in reason.params.items()
    }
    return Problem(reason.message, params, place, "", "error", reason.code).to_plain()


def problems(row: ImportRow) -> list[Problem]:
    """What is wrong with a row."""
    return [Problem.from_plain(one) for one in row.problems or []]


def is_ready(row: ImportRow) -> bool:
    """Whether nothing keeps the row out."""
    return not any(one.is_error for one in problems(row))


def touched(run: ImportRun) -> list[str]:
    """The keys of what a run made that somebody has worked on since: a newer version, a stage, a comment, evidence, an attachment,
    what a passage of it backs, a round, a change that edits it, a baseline, or a link from outside of the
    run."""
    made = select(ImportRow.item_id).where(ImportRow.run_id == run.id, ImportRow.item_id.is_not(None))
    outside = or_(Link.source_id.not_in(made), Link.target_id.not_in(made))
    backs = (
        select(Evidence.id)
        .join(Excerpt, Excerpt.id == Evidence.excerpt_id)
        .where(Excerpt.interview_id == Item.id, Evidence.until.is_(None), Evidence.item_id.not_in(made))
    )
    worked_on = or_(
        Item.version != ImportRow.item_version,
        backs.exists(),
        exists().where(Attachment.item_id == Item.id, Attachment.removed_at.is_(None)),
        exists().where(RoundScenario.acceptance_id == Item.id),
        exists().where(ProposedEdit.item_id == Item.id),
        exists().where(
            Baseline.project_id == run.project_id, Baseline.keys.contains(literal('"').concat(Item.key).concat('"'))
        ),
        exists().where(Comment.item_id == Item.id),
        exists().where(Evidence.item_id == Item.id, Evidence.until.is_(None)),
        exists().where(or_(Link.source_id == Item.id, Link.target_id == Item.id), Link.until.is_(None), outside),
        Item.stage.not_in(("draft", "planned", "held")),
    )
    return list(
        db.session.execute(
            select(Item.key)
            .join(ImportRow, ImportRow.item_id == Item.id)
            .where(ImportRow.run_id == run.id, worked_on)
            .order_by(Item.number)
        ).scalars()
    )


def made_people(run: ImportRun) -> Sequence[Stakeholder]:
    """The stakeholders that a run made."""
    wanted = (
        select(Stakeholder)
        .join(ImportRow, ImportRow.stakeholder_id == Stakeholder.id)
        .where(ImportRow.run_id == run.id)
        .order_by(Stakeholder.id)
    )
    return db.session.execute(wanted).scalars().all()


def touched_people(run: ImportRun) -> list[str]:
    """Where the people stood in the sheet whom somebody has to do with since: changed, heard, quoted, asked, asking for a change,
    or named by anything else that points at stakeholders."""
    pointing = [
        exists().where(column == Stakeholder.id)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if table.name != ImportRow.__tablename__
        and any(key.column.table.name == Stakeholder.__tablename__ for key in column.foreign_keys)
    ]
    asks = exists().where(Change.asked_by == literal(STAKEHOLDER).concat(cast(Stakeholder.id, String)))
    rows = db.session.execute(
        select(
            ImportRow.place,
            Stakeholder.id,
            or_(Stakeholder.version != ImportRow.item_version, asks, *pointing).label("used"),
        )
        .join(Stakeholder, Stakeholder.id == ImportRow.stakeholder_id)
        .where(ImportRow.run_id == run.id)
        .order_by(ImportRow.position)
    ).all()
    heard = {
        one
        for ids in db.session.execute(
            select(Interview.stakeholders).where(Interview.project_id == run.project_id)
        ).scalars()
        for one in ids or ()
    }
    return [row.place for row in rows if row.used or row.id in heard]


# Asked on the page of each item: put together once.
@cache
def _origin() -> Select[ImportRow, int, str]:
    return (
        select(ImportRow, ImportRun.number, ImportRun.source)
        .join(ImportRun, ImportRun.id == ImportRow.run_id)
        .where(ImportRow.item_id == bindparam("item"))
        .limit(1)
    )


def origin(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """Where an imported item came from, with the columns that no field took."""
    row = db.session.execute(_origin(), {"item": item.id}).first()
    if row is None:
        return None
    return {"row": row[0], "number": row[1], "source": row[2], "notes": row[0].notes or {}}


def languages(project_id: int) -> dict[str, str]:
    """The languages of Gherkin in which a project's acceptance scenarios came in, by key; "" for those written here."""
    rows = db.session.execute(select(Acceptance.key, Acceptance.language).where(Acceptance.project_id == project_id))
    return {row.key: row.language for row in rows}


def made_items(run: ImportRun) -> Sequence[Item]:
    """The items that a run made."""
    return (
        db.session.execute(
            select(Item)
            .join(ImportRow, ImportRow.item_id == Item.id)
            .where(ImportRow.run_id == run.id)
            .order_by(Item.number)
        )
        .scalars()
        .all()
    )


def unconfirmed_tiers(run: ImportRun) -> int:
    """How many requirements of a run still carry a proposed tier that nobody has confirmed."""
    own = Requirement.__table__
    wanted = (
        select(func.count())
        .select_from(ImportRow)
        .join(own, own.c.id == ImportRow.item_id)
        .where(ImportRow.run_id == run.id, own.c.proposed_tier.is_not(None))
    )
    return db.session.execute(wanted).scalar() or 0
