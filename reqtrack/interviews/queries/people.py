"""Stakeholders, as far as the actor may know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, event, exists, select
from sqlalchemy.engine import Connection

from reqtrack.accounts.models import Project, User
from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.db import db, mode, once, whole_number
from reqtrack.errors import NotFound
from reqtrack.interviews import policy
from reqtrack.interviews.models import Evidence, Excerpt, Interview, Stakeholder
from reqtrack.interviews.policy import Person
from reqtrack.items.models import PersonalText
from reqtrack.items.values import Unfit
from reqtrack.permissions import Actor

# How somebody is called of whom not even the department may be told.
SOMEBODY = _l("a stakeholder")


def people(actor: Actor, project_id: int) -> list[Person]:
    """The stakeholders of a project with what the actor may know (at most two queries)."""
    return told(actor, project_id, everybody(project_id))


def people_behind(actor: Actor, project_id: int, item_ids: Sequence[int]) -> tuple[list[Person], set[int]]:
    """As ``people``, in as many queries, and the ids of those whose words back some items."""
    said = (
        select(Excerpt.stakeholder_id)
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .where(Evidence.item_id.in_(item_ids), backs(), Excerpt.stakeholder_id.is_not(None))
    )
    rows = db.session.execute(_stakeholders(project_id).add_columns(Stakeholder.id.in_(said).label("behind"))).all()
    found = [(row[0], row[1] or "", row[2] or "") for row in rows]
    return told(actor, project_id, found), {row[0].id for row in rows if row.behind}


def told(actor: Actor, project_id: int, found: Sequence[tuple[Stakeholder, str, str]]) -> list[Person]:
    """Stakeholders (of ``everybody``) as far as the actor may know them."""
    holders = policy.held_by(row for row, _name, _login in found)
    known = known_to(actor, project_id, found)
    persons = [_person(row, name, login, holders) for row, name, login in found]
    return [one if one.id in known else policy.as_told(one, holders) for one in persons]


def known_to(actor: Actor, project_id: int, found: Sequence[tuple[Stakeholder, str, str]]) -> frozenset[int]:
    """The ids of those stakeholders (of ``everybody``) whom the actor may know, and maybe of some who are none any more."""
    if policy.sees_all_names(actor, project_id):
        return frozenset(row.id for row, _name, _login in found)
    own = (row.id for row, _name, _login in found if row.user_id == actor.id)
    return _interviewed_by(actor, project_id).union(own)


def _person(row: Stakeholder, name: str, login: str, holders: policy.Holders) -> Person:
    """All that is known of a stakeholder."""
    label = policy.label(row.department, row.job_role, row.region, holders) or str(SOMEBODY)
    facts = (row.department, row.job_role, row.level, row.region)
    return Person(row.id, name, label, *facts, row.version, login, known=True)


def backs() -> ColumnElement[bool]:
    """The clause for evidence (joined with its excerpt) that counts: not ended, and not of a sentence that nobody is to see."""
    return and_(Evidence.until.is_(None), Excerpt.shown_as != "hidden")


def for_everybody(project_id: int) -> dict[int, Person]:
    """The stakeholders by id, as what everybody reads may tell of them."""
    return {one.id: one for one in people(policy.NOBODY, project_id)}


def who_does_it(project_id: int, number: int) -> str:
    """Whose work a stakeholder tells of, as a scenario may say it: the job role where enough people hold it, or the department."""
    one = for_everybody(project_id)[number]
    return one.job_role or one.department


def person_for(actor: Actor, stakeholder: Stakeholder) -> Person:
    """A stakeholder as far as the actor may know them."""
    return next(one for one in people(actor, stakeholder.project_id) if one.id == stakeholder.id)


def unknown_accounts(actor: Actor, project_id: int) -> dict[str, str]:
    """The logins of stakeholders whom the actor may not know, with how these are called."""
    shown = {one.id: one for one in people(actor, project_id)}
    return {
        login: shown[row.id].label for row, _name, login in everybody(project_id) if login and not shown[row.id].known
    }


def everybody(project_id: int) -> Sequence[tuple[Stakeholder, str, str]]:
    """All stakeholders with their names and the logins of their accounts. A page, and an import for each of its rows, asks for
    them many times: they are loaded once, and again after one of them was written."""
    now = mode()
    known: dict[int, Sequence[tuple[Stakeholder, str, str]]] = once("everybody")
    if any(isinstance(row, Stakeholder) for row in (*db.session.new, *db.session.dirty)):
        known.clear()
        once("names").clear()
    if project_id not in known:
        rows = db.session.execute(_stakeholders(project_id).add_columns(_any_hidden(project_id).label("hidden"))).all()
        known[project_id] = [(row[0], row[1] or "", row[2] or "") for row in rows]
        if rows and not rows[0].hidden and now is not None and not now.writing:
            once("hidden sentences").setdefault(project_id, [])
    return known[project_id]


@event.listens_for(Stakeholder, "after_insert")
@event.listens_for(Stakeholder, "after_update")
def _forget(mapper: Any, connection: Connection, target: Stakeholder) -> None:
    for name in ("everybody", "names"):
        connection.info.get("once", {}).pop(name, None)


def _any_hidden(project_id: int) -> ColumnElement[bool]:
    return exists().where(Excerpt.project_id == project_id, Excerpt.shown_as == "hidden")


def levels(project_id: int) -> dict[int, str]:
    """The level of each stakeholder, for figures that name nobody."""
    return {row.id: row.level for row, _name, _login in everybody(project_id)}


def _stakeholders(project_id: int) -> Select[Stakeholder, str | None, str]:
    return (
        select(Stakeholder, PersonalText.body, User.login)
        .outerjoin(
            PersonalText,
            and_(PersonalText.digest == Stakeholder.name, PersonalText.project_id == Stakeholder.project_id),
        )
        .outerjoin(User, User.id == Stakeholder.user_id)
        .where(Stakeholder.project_id == project_id, Stakeholder.removed_at.is_(None))
        .order_by(Stakeholder.department, Stakeholder.id)
    )


def _interviewed_by(actor: Actor, project_id: int) -> frozenset[int]:
    """Whom the actor has interviewed; asked on many pages, so it is kept until something is written."""
    if actor.id <= 0:
        return frozenset()
    return kept(f"interviewed:{actor.id}", project_id, lambda: _heard_by(actor, project_id))


def _heard_by(actor: Actor, project_id: int) -> frozenset[int]:
    rows = db.session.execute(
        select(Interview.stakeholders).where(Interview.project_id == project_id, Interview.interviewer_id == actor.id)
    ).scalars()
    return frozenset(one for row in rows for one in row or ())


def accounts_for(project_id: int, person: Person | None = None) -> list[tuple[str, str]]:
    """``(login, name)`` of the accounts that a stakeholder can be joined to: the members, and the one they are joined to now."""
    found = [(one.login, one.name) for one in members(project_id) if one.active]
    if person is not None and person.user and person.user not in dict(found):
        found.append((person.user, person.user))
    return found


def stakeholder_for(actor: Actor, project_id: int, number: int) -> Stakeholder:
    """One stakeholder of a project.

    Raises:
        NotFound: none, or of another project.
    """
    row = db.session.get(Stakeholder, number)
    if (
        row is None
        or row.project_id != project_id
        or row.removed_at is not None
        or not actor.may("interview.read", project_id)
    ):
        raise NotFound(f"stakeholder {number}")
    return row


def resolve_stakeholders(project: Project, given: Any) -> list[int]:
    """The ids of stakeholders sent as ids, for ``items.values``."""
    parts = given if isinstance(given, list) else [given]
    ids = []
    for part in parts:
        number = whole_number(part)
        if number is None:
            raise Unfit("%(given)s is not the id of a stakeholder.", given=str(part)[:40])
        ids.append(number)
    known = set(
        db.session.execute(
            select(Stakeholder.id).where(
                Stakeholder.project_id == project.id, Stakeholder.id.in_(ids), Stakeholder.removed_at.is_(None)
            )
        ).scalars()
    )
    missing = [str(one) for one in ids if one not in known]
    if missing:
        raise Unfit("There is no stakeholder %(ids)s in this project.", ids=missing)
    return sorted(set(ids))


def joined_accounts(project_id: int, ids: Iterable[int]) -> set[int]:
    """The accounts of some stakeholders."""
    wanted = set(ids)
    return {row.user_id for row, _name, _login in everybody(project_id) if row.id in wanted and row.user_id}
