"""Stakeholders, as far as the actor may know them, and texts without the names that they may not see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, event, exists, select
from sqlalchemy.engine import Connection

from reqtrack.accounts.models import Project, User
from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.db import db, mode, once, whole_number
from reqtrack.errors import NotFound
from reqtrack.interviews import policy, talk
from reqtrack.interviews.models import Evidence, Excerpt, Interview, Stakeholder
from reqtrack.interviews.policy import Person
from reqtrack.items import personal
from reqtrack.items.models import PersonalText
from reqtrack.items.values import Unfit
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain

# How somebody is called of whom not even the department may be told.
SOMEBODY = _l("a stakeholder")
SHORTEST_HIDDEN = 6
# What stands in the place of a sentence whose speaker does not want it to be shown.
NOT_SHOWN = _l("[not shown: who said this does not want it to be]")


def people(actor: Actor, project_id: int) -> list[Person]:
    """The stakeholders of a project with what the actor may know (at most two queries)."""
    return _told(actor, project_id, _everybody(project_id))


def people_behind(actor: Actor, project_id: int, item_ids: Sequence[int]) -> tuple[list[Person], set[int]]:
    """As ``people``, in as many queries, and the ids of those whose words back some items."""
    said = (
        select(Excerpt.stakeholder_id)
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .where(Evidence.item_id.in_(item_ids), backs(), Excerpt.stakeholder_id.is_not(None))
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
        login: shown[row.id].label for row, _name, login in _everybody(project_id) if login and not shown[row.id].known
    }


def _everybody(project_id: int) -> Sequence[tuple[Stakeholder, str, str]]:
    """All stakeholders with their names and the logins of their accounts. A page, and an import for each of its rows, asks for
    them many times: they are loaded once, and again after one of them was written."""
    now = mode()
    known: dict[int, Sequence[tuple[Stakeholder, str, str]]] = once("everybody")
    if any(isinstance(row, Stakeholder) for row in (*db.session.new, *db.session.dirty)):
        known.clear()
    if project_id not in known:
        rows = db.session.execute(_stakeholders(project_id).add_columns(_any_hidden(project_id).label("hidden"))).all()
        known[project_id] = [(row[0], row[1] or "", row[2] or "") for row in rows]
        if rows and not rows[0].hidden and now is not None and not now.writing:
            once("hidden sentences").setdefault(project_id, [])
    return known[project_id]


@event.listens_for(Stakeholder, "after_insert")
@event.listens_for(Stakeholder, "after_update")
def _forget(mapper: Any, connection: Connection, target: Stakeholder) -> None:
    connection.info.get("once", {}).pop("everybody", None)


def _any_hidden(project_id: int) -> ColumnElement[bool]:
    return exists().where(Excerpt.project_id == project_id, Excerpt.shown_as == "hidden")


def levels(project_id: int) -> dict[int, str]:
    """The level of each stakeholder, for figures that name nobody."""
    return {row.id: row.level for row, _name, _login in _everybody(project_id)}


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


@dataclass(frozen=True)
class Mask:
    """A function on texts: the names that somebody may not see become how those people are called, hidden sentences a remark."""

    put: Mapping[str, str]
    pattern: re.Pattern[str] | None

    def __call__(self, body: str) -> str:
        return self.pattern.sub(lambda found: self.put[found.group()], body) if self.pattern else body

    def swaps(self, body: str) -> list[tuple[int, int, str]]:
        """What it would replace in a text: ``(from, to, by what)``."""
        if self.pattern is None:
            return []
        return [(found.start(), found.end(), self.put[found.group()]) for found in self.pattern.finditer(body)]


def masker(actor: Actor, project_id: int) -> Mask:
    """What replaces, in a text, the names that the actor may not see by how those people are called for others."""
    put = {} if policy.sees_all_names(actor, project_id) else _hidden(actor, project_id)
    put = {**put, **dict.fromkeys(hidden_sentences(actor, project_id), str(NOT_SHOWN))}
    longest_first = sorted(put, key=len, reverse=True)
    return Mask(put, re.compile("|".join(spelled(one) for one in longest_first)) if put else None)


def hidden_sentences(actor: Actor, project_id: int) -> set[str]:
    """What people who were heard want nobody to see but who interviewed them, as it stands in notes and as it reads."""
    if actor.kind != "user":
        return set()
    rows = _all_hidden(project_id)
    found = {words for words, interviewer in rows if interviewer is None or interviewer != actor.id}
    return found | {plain(one) for one in found} - {""}


def enough(words: str, start: int, notes: str) -> str:
    """Words that can be looked for in any text: a word or two stand everywhere, so that their whole sentence is taken."""
    if len(words) >= SHORTEST_HIDDEN or not notes.startswith(words, start):
        return words
    low, high = talk.sentences_at(notes, start, start + len(words))
    return notes[low:high].strip() or words


def _all_hidden(project_id: int) -> list[tuple[str, int | None]]:
    """The hidden sentences of a project with who interviewed those who said them; few, and asked for by many a page."""
    now = mode()
    known: dict[int, list[tuple[str, int | None]]] = {} if now is None or now.writing else once("hidden sentences")
    if project_id not in known:
        own = Interview.__table__
        its_text = and_(PersonalText.digest == Excerpt.quote, PersonalText.project_id == Excerpt.project_id)
        rows = db.session.execute(
            select(PersonalText.body, own.c.interviewer_id, Excerpt.start, own.c.notes)
            .select_from(Excerpt)
            .join(own, own.c.id == Excerpt.interview_id)
            .join(PersonalText, its_text)
            .where(Excerpt.project_id == project_id, Excerpt.shown_as == "hidden")
        ).all()
        short = [row.notes for row in rows if row.body and len(row.body) < SHORTEST_HIDDEN]
        notes = personal.many(project_id, short) if short else {}
        known[project_id] = [
            (enough(row.body, row.start, notes.get(row.notes, "")), row.interviewer_id) for row in rows if row.body
        ]
    return known[project_id]


def _hidden(actor: Actor, project_id: int) -> dict[str, str]:
    """The spellings of the names that the actor may not see, with how those people are called."""
    everybody = _everybody(project_id)
    known = {one.id: one for one in _told(actor, project_id, everybody)}
    hidden: dict[str, str] = {}
    for row, name, _login in everybody:
        if name and not known[row.id].known:
            for spelling in policy.names_in(name):
                hidden.setdefault(spelling, known[row.id].label)
    return hidden


def masker_for_person(project_id: int, number: int | None) -> Mask:
    """As ``masker``, for one of those who were heard: they may read their own name and nobody else's."""
    everybody = for_everybody(project_id)
    put: dict[str, str] = {}
    for row, name, _login in _everybody(project_id):
        for spelling in policy.names_in(name):
            # Their own name is put back as it stands, also where another's is a part of it.
            if row.id == number:
                put[spelling] = spelling
            else:
                put.setdefault(spelling, everybody[row.id].label)
    longest_first = sorted(put, key=len, reverse=True)
    return Mask(put, re.compile("|".join(spelled(one) for one in longest_first)) if put else None)


def for_others(actor: Actor, project_id: int, text: str) -> list[tuple[str, str]]:
    """The names in a text that the actor sees and not everybody does, with what others read in their place; the longest first."""
    hidden = _hidden(policy.NOBODY, project_id)
    for spelling in () if policy.sees_all_names(actor, project_id) else _hidden(actor, project_id):
        hidden.pop(spelling, None)
    return sorted(
        ((one, label) for one, label in hidden.items() if one in text), key=lambda pair: (-len(pair[0]), pair)
    )


def for_everybodys_eyes(project_id: int, text: str) -> str:
    """A text as it may stand where everybody reads it."""
    return masker(policy.NOBODY, project_id)(text)


def tells_names(project_id: int, values: Iterable[Any]) -> bool:
    """Whether one of some field values (texts, lists of texts) names somebody whose name not everybody may read."""
    texts = [
        text for value in values for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]
    mask = masker(policy.NOBODY, project_id)
    return any(mask(text) != text for text in texts)


def joined_accounts(project_id: int, ids: Iterable[int]) -> set[int]:
    """The accounts of some stakeholders."""
    wanted = set(ids)
    return {row.user_id for row, _name, _login in _everybody(project_id) if row.id in wanted and row.user_id}


def spelled(name: str) -> str:
    """The pattern that finds a name, or a sentence: Latin ones as whole words."""
    word = re.escape(name)
    return rf"\b{word}\b" if name.isascii() and name[0].isalnum() and name[-1].isalnum() else word
