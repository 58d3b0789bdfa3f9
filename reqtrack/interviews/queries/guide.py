"""Question sets, and the guide of an interview: what is asked, what was covered, where it came from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import aliased

from reqtrack.audit.kept import kept
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.interviews.models import GuideQuestion, Interview, QuestionSet
from reqtrack.interviews.policy import sees_all_names
from reqtrack.interviews.queries.masks import masker
from reqtrack.interviews.queries.people import people
from reqtrack.items.models import Item
from reqtrack.permissions import Actor

# Of the interviews that what was not covered can be carried over to.
MOST_PLANNED = 100


@dataclass(frozen=True)
class Questions:
    """A question set. ``job_role`` is "" for any, and where few people hold it (``told`` is False) for who may not know them."""

    id: int
    name: str
    job_role: str
    process: str  # the key, "" for any
    questions: tuple[str, ...]
    starter: str
    archived: bool
    version: int
    told: bool = True

    def fits(self, job_roles: Collection[str], processes: Collection[str]) -> bool:
        """Whether it is meant for one of these job roles or processes, and for no others."""
        role = not self.job_role or self.job_role in job_roles
        process = not self.process or self.process in processes
        return role and process and bool(self.job_role or self.process)


@dataclass(frozen=True)
class Asked:
    """A question of an interview's guide. ``origin``: the interview from which it was carried over; ``onward``: the one to which."""

    id: int
    text: str
    covered: bool
    covered_by: str
    origin: str
    onward: str


def question_sets(actor: Actor, project_id: int, *, archived: bool = False) -> list[Questions]:
    """The question sets of a project by name; with ``archived`` those that were put away, too."""
    found = [
        one for one in kept("question_sets", project_id, lambda: _sets(project_id)) if archived or not one.archived
    ]
    told = _told_roles(actor, project_id, {one.job_role for one in found} - {""})
    mask = masker(actor, project_id)
    read = [replace(one, name=mask(one.name), questions=tuple(map(mask, one.questions))) for one in found]
    return [one if one.job_role in {"", *told} else replace(one, job_role="", told=False) for one in read]


def _told_roles(actor: Actor, project_id: int, wanted: set[str]) -> set[str]:
    """Those of some job roles that the actor may be told of: a question set must not tell of the only one who does something."""
    if not wanted or sees_all_names(actor, project_id):
        return wanted
    return {one.job_role for one in people(actor, project_id) if one.job_role} & wanted


def _sets(project_id: int) -> list[Questions]:
    rows = db.session.execute(
        select(QuestionSet, Item.key)
        .outerjoin(Item, Item.id == QuestionSet.process_id)
        .where(QuestionSet.project_id == project_id)
        .order_by(QuestionSet.name, QuestionSet.id)
    )
    return [_set(row[0], row.key or "") for row in rows]


def _set(row: QuestionSet, process: str) -> Questions:
    return Questions(
        id=row.id,
        name=row.name,
        job_role=row.job_role,
        process=process,
        questions=tuple(row.questions or ()),
        starter=row.starter,
        archived=row.archived_at is not None,
        version=row.version,
    )


def set_for(actor: Actor, project_id: int, number: int) -> QuestionSet:
    """One question set of a project.

    Raises:
        NotFound: none, or of another project.
    """
    row = db.session.get(QuestionSet, number)
    if row is None or row.project_id != project_id or not actor.may("interview.read", project_id):
        raise NotFound(f"question set {number}")
    return row


def shown_set(actor: Actor, row: QuestionSet) -> Questions:
    """One question set as the actor may know it."""
    return next(one for one in question_sets(actor, row.project_id, archived=True) if one.id == row.id)


def guide_of(actor: Actor, interview: Interview) -> list[Asked]:
    """The questions of an interview in their order, with where they came from and went to."""
    first, onward = aliased(GuideQuestion), aliased(GuideQuestion)
    came, went = aliased(Item, flat=True), aliased(Item, flat=True)
    rows = db.session.execute(
        select(GuideQuestion, came.key.label("origin"), went.key.label("onward"))
        .outerjoin(first, first.id == GuideQuestion.carried_from)
        .outerjoin(came, came.id == first.interview_id)
        .outerjoin(onward, (onward.carried_from == GuideQuestion.id) & onward.removed_at.is_(None))
        .outerjoin(went, went.id == onward.interview_id)
        .where(GuideQuestion.interview_id == interview.id, GuideQuestion.removed_at.is_(None))
        .order_by(GuideQuestion.position, onward.id)
    )
    mask = masker(actor, interview.project_id)
    found: dict[int, Asked] = {}
    for row in rows:
        one = row[0]
        shown = Asked(
            one.id, mask(one.body), one.covered_at is not None, one.covered_by, row.origin or "", row.onward or ""
        )
        found.setdefault(one.id, shown)
    return list(found.values())


def question_of(interview: Interview, number: int) -> GuideQuestion:
    """One question of an interview's guide.

    Raises:
        NotFound: none, another interview's, or it was taken out.
    """
    row = db.session.get(GuideQuestion, number)
    if row is None or row.interview_id != interview.id or row.removed_at is not None:
        raise NotFound(f"question {number}")
    return row


def every_question(interview: Interview) -> Sequence[GuideQuestion]:
    """All questions that an interview's guide ever had, in their order."""
    wanted = select(GuideQuestion).where(GuideQuestion.interview_id == interview.id).order_by(GuideQuestion.position)
    return db.session.execute(wanted).scalars().all()


def planned_after(interview: Interview) -> list[tuple[str, str]]:
    """The planned interviews that may take what was not covered, as ``(key, title)``: those with the same people first."""
    mine = set(interview.stakeholders or ())
    found = kept("planned_interviews", interview.project_id, lambda: _planned(interview.project_id))
    others = [one for one in found if one[0] != interview.key]
    return [(key, title) for key, title, ids in sorted(others, key=lambda one: not mine & set(one[2]))]


def _planned(project_id: int) -> list[tuple[str, str, tuple[int, ...]]]:
    own = Interview.__table__
    rows = db.session.execute(
        select(Item.key, Item.title, own.c.stakeholders)
        .join(own, own.c.id == Item.id)
        .where(
            Item.project_id == project_id, Item.kind == "interview", Item.stage == "planned", Item.retired.is_(False)
        )
        .order_by(Item.number.desc())
        .limit(MOST_PLANNED)
    )  # fmt: skip
    return [(row.key, row.title, tuple(row.stakeholders or ())) for row in rows]
