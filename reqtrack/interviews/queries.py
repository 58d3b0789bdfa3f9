"""Stakeholders, excerpts and evidence, as far as the actor may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, func, select

from reqtrack.accounts.models import Project, User
from reqtrack.accounts.queries import members
from reqtrack.db import db, mode, whole_number
from reqtrack.errors import NotFound, invalid
from reqtrack.interviews import policy
from reqtrack.interviews.models import Evidence, Excerpt, Interview, Stakeholder
from reqtrack.interviews.policy import Person
from reqtrack.items.models import Item, PersonalText
from reqtrack.items.queries import visible
from reqtrack.items.values import Unfit
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain


@dataclass(frozen=True)
class Quote:
    """An excerpt as the actor may see it: ``who`` is "" or the name, ``role`` the label, ``items`` the keys it backs."""

    id: int
    number: int
    text: str
    interview: str
    interview_id: int
    start: int
    who: str
    role: str
    level: str  # "" where it would give the speaker away
    items: tuple[tuple[str, str, str], ...] = ()  # (key, kind, title)


# How somebody is called of whom not even the department may be told.
SOMEBODY = _l("a stakeholder")


def people(actor: Actor, project_id: int) -> list[Person]:
    """The stakeholders of a project with what the actor may know (at most two queries)."""
    return _told(actor, project_id, _everybody(project_id))


def people_behind(actor: Actor, project_id: int, item_ids: Sequence[int]) -> tuple[list[Person], set[int]]:
    """As ``people``, in as many queries, and the ids of those whose words back some items."""
    said = (
        select(Excerpt.stakeholder_id)
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .where(Evidence.item_id.in_(item_ids), Evidence.until.is_(None), Excerpt.stakeholder_id.is_not(None))
    )
    rows = db.session.execute(_stakeholders(project_id).add_columns(Stakeholder.id.in_(said).label("behind"))).all()
    found = [(row[0], row[1] or "", row[2] or "") for row in rows]
    return _told(actor, project_id, found), {row[0].id for row in rows if row.behind}


def _told(actor: Actor, project_id: int, found: Sequence[tuple[Stakeholder, str, str]]) -> list[Person]:
    holders: dict[tuple[str, str], int] = {}
    for row, _name, _login in found:
        holders[row.job_role, row.region] = holders.get((row.job_role, row.region), 0) + 1
    known = (
        {row.id for row, _name, _login in found}
        if policy.sees_all_names(actor, project_id)
        else _interviewed_by(actor, project_id) | {row.id for row, _name, _login in found if row.user_id == actor.id}
    )
    persons = [_person(row, name, login, holders) for row, name, login in found]
    return [one if one.id in known else policy.as_told(one, holders) for one in persons]


def _person(row: Stakeholder, name: str, login: str, holders: policy.Holders) -> Person:
    """All that is known of a stakeholder."""
    label = policy.label(row.department, row.job_role, row.region, holders) or str(SOMEBODY)
    facts = (row.department, row.job_role, row.level, row.region)
    return Person(row.id, name, label, *facts, row.version, login, known=True)


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
        login: shown[row.id].label for row, _name, login in _everybody(project_id) if login and not shown[row.id].known
    }


def _everybody(project_id: int) -> Sequence[tuple[Stakeholder, str, str]]:
    """All stakeholders with their names and the logins of their accounts. A page asks for them many times: a transaction that
    only reads loads them once."""
    session = db.session()
    kept = session.info.get("everybody", {})
    key = (session.get_transaction(), project_id)
    if key[0] is not None and key in kept:
        return kept[key]  # type: ignore[no-any-return]
    rows = session.execute(_stakeholders(project_id))
    found = [(row[0], row[1] or "", row[2] or "") for row in rows]
    now = mode()
    if now is not None and not now.writing:
        session.info["everybody"] = {(session.get_transaction(), project_id): found}
    return found


def _stakeholders(project_id: int) -> Select[Stakeholder, str | None, str]:
    return (
        select(Stakeholder, PersonalText.body, User.login)
        .outerjoin(
            PersonalText,
            and_(PersonalText.digest == Stakeholder.name, PersonalText.project_id == Stakeholder.project_id),
        )
        .outerjoin(User, User.id == Stakeholder.user_id)
        .where(Stakeholder.project_id == project_id)
        .order_by(Stakeholder.department, Stakeholder.id)
    )


def _interviewed_by(actor: Actor, project_id: int) -> set[int]:
    rows = db.session.execute(
        select(Interview.stakeholders).where(Interview.project_id == project_id, Interview.interviewer_id == actor.id)
    ).scalars()
    return {one for row in rows for one in row or ()}


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
    if row is None or row.project_id != project_id or not actor.may("interview.read", project_id):
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
            select(Stakeholder.id).where(Stakeholder.project_id == project.id, Stakeholder.id.in_(ids))
        ).scalars()
    )
    missing = [str(one) for one in ids if one not in known]
    if missing:
        raise Unfit("There is no stakeholder %(ids)s in this project.", ids=", ".join(missing))
    return sorted(set(ids))


def masker(actor: Actor, project_id: int) -> Callable[[str], str]:
    """A function that replaces, in a text, the names that the actor may not see by how those people are called for others."""
    if policy.sees_all_names(actor, project_id):
        return lambda body: body
    known = {one.id: one for one in people(actor, project_id)}
    hidden: dict[str, str] = {}
    for row, name, _login in _everybody(project_id):
        if name and not known[row.id].name:
            for spelling in policy.names_in(name):
                hidden.setdefault(spelling, known[row.id].label)
    if not hidden:
        return lambda body: body
    longest_first = sorted(hidden, key=len, reverse=True)
    pattern = re.compile("|".join(_spelled(name) for name in longest_first))
    return lambda body: pattern.sub(lambda found: hidden[found.group()], body)


def _spelled(name: str) -> str:
    word = re.escape(name)
    return rf"\b{word}\b" if name.isascii() else word


def _excerpts() -> Any:
    """Excerpts with ``key`` and ``stakeholders`` of their interviews, and their words (``body``)."""
    own = Interview.__table__
    return (
        select(Excerpt, Item.key, own.c.stakeholders, PersonalText.body)
        .select_from(Excerpt)
        .join(Item, Item.id == Excerpt.interview_id)
        .join(own, own.c.id == Excerpt.interview_id)
        .outerjoin(
            PersonalText, and_(PersonalText.digest == Excerpt.quote, PersonalText.project_id == Excerpt.project_id)
        )
    )


def quotes_of_interview(actor: Actor, interview: Interview) -> list[Quote]:
    """The excerpts of an interview in the order of the notes."""
    rows = db.session.execute(
        _excerpts().where(Excerpt.interview_id == interview.id).order_by(Excerpt.start, Excerpt.id)
    ).all()
    return _quotes(actor, interview.project_id, rows)


def quotes_of_item(actor: Actor, item: Item) -> list[Quote]:
    """The excerpts that back an item."""
    rows = db.session.execute(
        _excerpts()
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .where(Evidence.item_id == item.id, Evidence.until.is_(None))
        .order_by(Evidence.id)
    ).all()
    return _quotes(actor, item.project_id, rows)


def quotes_by_id(actor: Actor, project_id: int, ids: Sequence[int]) -> list[Quote]:
    """Excerpts of a project by id, those that exist."""
    rows = db.session.execute(
        _excerpts().where(Excerpt.project_id == project_id, Excerpt.id.in_(ids)).order_by(Excerpt.id)
    ).all()
    return _quotes(actor, project_id, rows)


def _quotes(actor: Actor, project_id: int, rows: Sequence[Any]) -> list[Quote]:
    if not rows:
        return []
    mask = masker(actor, project_id)
    known = {one.id: one for one in people(actor, project_id)}
    backed = _backed(actor, project_id, [row.Excerpt.id for row in rows])
    quotes = []
    for number, row in enumerate(rows, 1):
        excerpt = row.Excerpt
        person = _speaker(excerpt, row.stakeholders or [], known)
        quotes.append(
            Quote(
                id=excerpt.id,
                number=number,
                text=mask(plain(row.body or "")),
                interview=row.key,
                interview_id=excerpt.interview_id,
                start=excerpt.start,
                who=person.name if person else "",
                role=person.label if person else "",
                level=person.level if person else "",
                items=tuple(backed.get(excerpt.id, ())),
            )
        )
    return quotes


def _speaker(excerpt: Excerpt, heard: Sequence[int], known: dict[int, Person]) -> Person | None:
    if excerpt.stakeholder_id:
        return known.get(excerpt.stakeholder_id)
    return known.get(heard[0]) if len(heard) == 1 else None


def _backed(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
    # An outer join, so that SQLite begins at the evidence: it would begin at all items of the project.
    rows = db.session.execute(
        select(Evidence.excerpt_id, Item.key, Item.kind, Item.title)
        .outerjoin(Item, and_(Item.id == Evidence.item_id, visible(actor, project_id)))
        .where(Evidence.excerpt_id.in_(ids), Evidence.until.is_(None))
        .order_by(Item.kind, Item.number)
    )
    found: dict[int, list[tuple[str, str, str]]] = {}
    for row in rows:
        if row.key is not None:
            found.setdefault(row.excerpt_id, []).append((row.key, row.kind, row.title))
    return found


def excerpts_for(project_id: int, ids: Sequence[int]) -> list[Excerpt]:
    """Excerpts by id.

    Raises:
        Invalid: one of them is not of this project.
    """
    rows = (
        db.session.execute(select(Excerpt).where(Excerpt.project_id == project_id, Excerpt.id.in_(ids))).scalars().all()
    )
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise invalid(
            "evidence", "There is no excerpt %(ids)s in this project.", ids=", ".join(map(str, sorted(missing)))
        )
    return list(rows)


def evidence_ids(actor: Actor, project_id: int, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``{item id: {"evidence": [excerpt ids]}}``, for the API (implementers see no excerpts)."""
    if not actor.may("interview.read", project_id):
        return {}
    rows = db.session.execute(
        select(Evidence.item_id, Evidence.excerpt_id)
        .where(Evidence.item_id.in_(item_ids), Evidence.until.is_(None))
        .order_by(Evidence.id)
    )
    found: dict[int, dict[str, Any]] = {item_id: {"evidence": []} for item_id in item_ids}
    for row in rows:
        found[row.item_id]["evidence"].append(row.excerpt_id)
    return found


def voices(actor: Actor, project_id: int) -> dict[str, int]:
    """How many stakeholders of each level were heard in an interview that was held."""
    rows = db.session.execute(
        select(Interview.stakeholders).where(
            visible(actor, project_id), Interview.stage.in_(("held", "written", "confirmed"))
        )
    ).scalars()
    heard = {one for row in rows for one in row or ()}
    levels = db.session.execute(
        select(Stakeholder.level, func.count().label("number"))
        .where(Stakeholder.project_id == project_id, Stakeholder.id.in_(heard))
        .group_by(Stakeholder.level)
    )
    return {row.level: row.number for row in levels}
