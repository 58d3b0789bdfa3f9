"""What says nearly the same: requirements, scenarios and stakeholders, while one is written and over the whole project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.db import Base, plain
from reqtrack.interviews.policy import Person
from reqtrack.interviews.queries import people
from reqtrack.items.likeness import MUCH, NEARLY, SAME, Likeness, Thing, name_of, names_alike, things_alike
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, titles, visible
from reqtrack.permissions import SYSTEM, Actor
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries.compared import KINDS, compared, pairs_of, things_of

# The check of the radar that these pairs are findings of, and by which an answer *not a duplicate* is kept.
CHECK = "duplicate_items"
STAKEHOLDER = "stakeholder"
# No part of the scope any more: nobody is told that a new one is like them.
GONE = ("rejected", "obsolete")
CHUNK = 5_000  # values that each database takes in one statement
WORDS = {
    SAME: _l("says the same"),
    NEARLY: _l("says nearly the same"),
    MUCH: _l("says much the same"),
    "name": _l("the same name"),
    "nearly_name": _l("almost the same name"),
    "account": _l("the same account"),
}


@dataclass(frozen=True)
class Twin:
    """Two that may be one. ``first`` and ``second`` are keys in number order (``stakeholder:3`` for people); ``subject`` is
    both, parted by a blank; ``word`` is a key of ``WORDS``; ``aside``: one of them is not counted by the radar, for it came by import
    and nobody looked at it yet, or it was deferred."""

    kind: str
    first: str
    second: str
    degree: int
    word: str
    aside: bool = False

    @property
    def subject(self) -> str:
        return f"{self.first} {self.second}"


@dataclass(frozen=True)
class Hint:
    """Something that is there already and reads like what is being written. ``title`` is fit for the actor's eyes."""

    key: str
    title: str
    stage: str
    degree: int
    word: str


# -- while one writes --------------------------------------------------------------------------------------------------


def like_text(
    actor: Actor, project_id: int, kind: str, title: str, body: str = "", but: str = "", most: int = 3
) -> list[Hint]:
    """What the actor may see of what is there already and says nearly the same as what is being written.

    Args:
        body: the statement of a requirement, what a scenario tells.
        but: the key of the item that is being edited.
    """
    if kind not in KINDS or len((title + body).strip()) < 2:
        return []
    with compared(project_id) as index:
        wanted = Thing(0, kind, title, body, by_title=kind == "scenario")
        near = index.near(wanted, most + 12)
    rows = titles(actor, project_id, [number for number, _how in near])
    hints = []
    for number, how in near:
        row = rows.get(number)
        if row is not None and row.stage not in GONE and row.key != but:
            hints.append(Hint(row.key, row.title, row.stage, round(how.degree), how.word))
    return hints[:most]


def like_person(
    actor: Actor, project_id: int, name: str, department: str = "", job_role: str = "", but: int = 0
) -> list[tuple[Person, str]]:
    """The stakeholders whom the actor knows and who may be the person that is being written down, each with a key of ``WORDS``."""
    asked = Person(0, name, "", department.strip(), job_role.strip(), "", "", 0)
    found = []
    for one in people(actor, project_id):
        how = _one_person(asked, one) if one.known and one.id != but else None
        if how is not None:
            found.append((one, how.word))
    return sorted(found, key=lambda pair: pair[0].id)[:3]


# -- over the whole project --------------------------------------------------------------------------------------------


def duplicate_pairs(project_id: int) -> list[Twin]:
    """All pairs of a project that may be one, of items and of stakeholders, whatever was answered to them: plain rows, kept until
    something is written."""
    return kept("duplicates", project_id, lambda: [*_items(project_id), *_persons(project_id)])


def duplicates_for(actor: Actor, project_id: int) -> list[Twin]:
    """Those of which the actor may see both ends."""
    pairs = duplicate_pairs(project_id)
    keys = {key for pair in pairs if pair.kind != STAKEHOLDER for key in (pair.first, pair.second)}
    seen = set(keys)
    if keys and not sees_all(actor, project_id):
        seen = {row.key for row in rows_in(select(Item.key).where(visible(actor, project_id)), Item.key, sorted(keys))}
    if any(pair.kind == STAKEHOLDER for pair in pairs) and actor.may("interview.read", project_id):
        seen.update(f"{STAKEHOLDER}:{one.id}" for one in people(actor, project_id) if one.known)
    return [pair for pair in pairs if pair.first in seen and pair.second in seen]


def pair_for(actor: Actor, project_id: int, subject: str) -> Twin | None:
    """The pair of a subject, where the actor may see both and they are alike. Only these two are compared: it is asked for by who is
    about to write."""
    names = [part if part.startswith(STAKEHOLDER) else part.upper() for part in subject.split()[:3]]
    if len(names) != 2:
        return None
    if all(name.startswith(f"{STAKEHOLDER}:") for name in names):
        known = {f"{STAKEHOLDER}:{one.id}": one for one in people(actor, project_id) if one.known}
        ends = [known[name] for name in names if name in known]
        how = _one_person(*ends) if len(ends) == 2 and ends[0].id < ends[1].id else None
        return Twin(STAKEHOLDER, names[0], names[1], *_told(how)) if how is not None else None
    facts = select(Item.id, Item.kind, Item.number, Item.key).where(
        visible(actor, project_id), Item.key.in_(names), Item.kind.in_(KINDS), Item.stage.not_in(GONE)
    )
    rows = sorted(plain(facts), key=lambda row: int(row.number))
    things = things_of(project_id, [row.id for row in rows])
    if [row.key for row in rows] != names or rows[0].kind != rows[1].kind or len(things) != 2:
        return None
    how = things_alike(*things)
    return Twin(rows[0].kind, names[0], names[1], *_told(how)) if how is not None else None


def answered(project: Project) -> dict[str, tuple[str, str]]:
    """What somebody said is no duplicate, and until a day that is not past: by subject, ``(why, who)``."""
    table = Base.metadata.tables["accepted_findings"]
    wanted = select(table.c.subject, table.c.reason, table.c.author).where(
        table.c.project_id == project.id, table.c.name == CHECK, table.c.until.is_(None),
        table.c.expires_on >= clock.today(project.zone),
    )  # fmt: skip
    return {row.subject: (row.reason, row.author) for row in plain(wanted)}


def _items(project_id: int) -> list[Twin]:
    found = pairs_of(project_id)
    numbers = sorted({number for pair in found for number in pair[:2]})
    facts = select(Item.id, Item.key, Item.kind, Item.number, Item.stage, Item.imported)
    rows = {row.id: row for row in rows_in(facts, Item.id, numbers)}
    pairs = []
    for first, second, how in found:
        ends = [rows[number] for number in (first, second) if number in rows and rows[number].stage not in GONE]
        if len(ends) == 2:
            low, high = sorted(ends, key=lambda row: row.number)
            aside = any(row.imported or row.stage in OUT for row in ends)
            pairs.append((low.kind, low.number, high.number, Twin(low.kind, low.key, high.key, *_told(how), aside)))
    return [pair[-1] for pair in sorted(pairs, key=lambda pair: pair[:3])]


def rows_in(wanted: Any, column: Any, values: Sequence[Any]) -> list[Any]:
    """The rows of a statement whose column has one of some values: in one statement for any but the largest projects."""
    found: list[Any] = []
    for at in range(0, len(values), CHUNK):
        found += plain(wanted.where(column.in_(values[at : at + CHUNK]))).all()
    return found


def _told(how: Likeness) -> tuple[int, str]:
    return round(how.degree), how.word


def _persons(project_id: int) -> list[Twin]:
    found: dict[tuple[int, int], Likeness] = {}
    for one, other in _namesakes(people(SYSTEM, project_id)):
        pair = (min(one.id, other.id), max(one.id, other.id))
        how = _one_person(one, other)
        if how is not None:
            found[pair] = how
    return [
        Twin(STAKEHOLDER, f"{STAKEHOLDER}:{low}", f"{STAKEHOLDER}:{high}", *_told(found[low, high]))
        for low, high in sorted(found)
    ]


def _namesakes(everybody: Sequence[Person]) -> Iterable[tuple[Person, Person]]:
    """Pairs of people worth a look: who share an account, or the beginning of a part of their names."""
    shared: dict[str, list[Person]] = {}
    for one in everybody:
        parts = {part if not part.isascii() else part[:3] for part in name_of(one.name).split()}
        for part in parts | ({f"@{one.user}"} if one.user else set()):
            shared.setdefault(part, []).append(one)
    for group in shared.values():
        for at, one in enumerate(group):
            yield from ((one, other) for other in group[at + 1 : at + 60])


def _one_person(one: Person, other: Person) -> Likeness | None:
    """Whether two entries may be one person: by account, or by name where nothing else says that they are two."""
    if one.user and one.user == other.user:
        return Likeness(100.0, "account")
    how = names_alike(one.name, other.name)
    if how is None:
        return None
    differ = [_differ(one.department, other.department), _differ(one.job_role, other.job_role)]
    if all(differ) or (how.word != SAME and any(differ)):
        return None
    return Likeness(how.degree, "name" if how.word == SAME else "nearly_name")


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and re.sub(r"\s", "", one).casefold() != re.sub(r"\s", "", other).casefold()
