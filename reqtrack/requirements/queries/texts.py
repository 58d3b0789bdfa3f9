"""What the text checker finds in a project's statements, and what somebody lets stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from reqtrack.accounts.models import User
from reqtrack.audit.kept import kept
from reqtrack.db import db, plain
from reqtrack.errors import NotFound, invalid
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase, Requirement, Silence
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.text import RULES, Finding, check

# As much of the words as a silence holds.
LONGEST = 400


class Told(NamedTuple):
    """A requirement whose statement was read, with what was found in it."""

    id: int
    key: str
    number: int
    title: str
    statement: str
    stage: str
    phase: str
    owner_id: int | None
    findings: tuple[Finding, ...]


class Standing(NamedTuple):
    """Something that somebody lets stand. ``item_id`` None: the rule, wherever it finds something; ``words`` "": all it finds there."""

    id: int
    rule: str
    item_id: int | None
    key: str
    title: str
    words: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Silenced:
    """What is let stand in a project, to be asked for each finding."""

    rules: Mapping[str, Standing] = field(default_factory=dict)
    places: Mapping[tuple[int, str, str], Standing] = field(default_factory=dict)

    def of(self, item_id: int | None, finding: Finding) -> Standing | None:
        """What lets a finding stand; None when it counts."""
        everywhere = self.rules.get(finding.rule)
        if everywhere is not None or item_id is None:
            return everywhere
        words = folded(finding.words)
        return self.places.get((item_id, finding.rule, words)) or self.places.get((item_id, finding.rule, ""))


class Found(NamedTuple):
    """One finding of the report."""

    at: Told
    finding: Finding
    standing: Standing | None


@dataclass(frozen=True)
class Report:
    """``read``: statements read; ``clean``: those in which nothing counts; ``counts`` and ``silent``: findings by rule that count,
    and that somebody lets stand; ``found``: those asked for, in the order of the items."""

    read: int
    clean: int
    counts: Counter[str]
    silent: Counter[str]
    found: list[Found]


def folded(words: str) -> str:
    """Words as a silence holds them: letter case and blanks do not matter."""
    return " ".join(words.split()).casefold()[:LONGEST]


def told(project_id: int) -> Sequence[Told]:
    """The live requirements of a project with what is found in their statements, in number order (kept until something is written)."""
    return kept("texts", project_id, lambda: _told(project_id))


def _told(project_id: int) -> list[Told]:
    own = Requirement.__table__.c
    wanted = (
        select(
            Item.id,
            Item.key,
            Item.number,
            Item.title,
            own.statement,
            Item.stage,
            Phase.name.label("phase"),
            Item.owner_id,
        )
        .select_from(Item.__table__.join(Requirement.__table__, own.id == Item.id))
        .outerjoin(Phase, Phase.id == Item.phase_id)
        .where(Item.project_id == project_id, Item.kind == "requirement")
        .where(Item.retired.is_(False), Item.stage.not_in(OUT), own.statement.is_not(None))
        .order_by(Item.number)
    )
    return [
        Told(row.id, row.key, row.number, row.title, row.statement, row.stage, row.phase or "", row.owner_id,
             tuple(check(row.statement)))
        for row in plain(wanted)
        if row.statement.strip()
    ]  # fmt: skip


def silenced(project_id: int) -> Silenced:
    """What somebody lets stand in a project (kept until something is written)."""
    rows = _kept_standing(project_id)
    return Silenced(
        {row.rule: row for row in rows if row.item_id is None},
        {(row.item_id, row.rule, folded(row.words)): row for row in rows if row.item_id is not None},
    )


def _kept_standing(project_id: int) -> list[Standing]:
    return kept("text_silences", project_id, lambda: standing(project_id))


def standing(project_id: int) -> list[Standing]:
    """All that is let stand in a project, the newest first."""
    wanted = (
        select(Silence.id, Silence.rule, Silence.item_id, Item.key, Item.title, Silence.words, Silence.reason,
               Silence.author, Silence.at)
        .outerjoin(Item, Item.id == Silence.item_id)
        .where(Silence.project_id == project_id, Silence.until.is_(None))
        .order_by(Silence.id.desc())
    )  # fmt: skip
    return [
        Standing(
            row.id, row.rule, row.item_id, row.key or "", row.title or "", row.words, row.reason, row.author, row.at
        )
        for row in db.session.execute(wanted)
    ]


def stands_for(actor: Actor, project_id: int) -> list[Standing]:
    """What is let stand, as far as the actor sees the items."""
    seen = _seen(actor, project_id)
    return [one for one in _kept_standing(project_id) if one.item_id is None or seen is None or one.item_id in seen]


def silence_for(actor: Actor, project_id: int, number: int) -> Silence:
    """One that still holds, at an item that the actor sees.

    Raises:
        NotFound: none.
    """
    found = db.session.get(Silence, number)
    seen = _seen(actor, project_id)
    known = found is not None and found.project_id == project_id and found.until is None
    if found is None or not known or (found.item_id is not None and seen is not None and found.item_id not in seen):
        raise NotFound(f"silence {number}")
    return found


def _seen(actor: Actor, project_id: int) -> set[int] | None:
    """The requirements that the actor sees; None for all."""
    if sees_all(actor, project_id):
        return None
    wanted = select(Item.id).where(visible(actor, project_id), Item.kind == "requirement")
    return set(db.session.execute(wanted).scalars())


FILTERS = ("rule", "owner", "phase", "stage")


def report(actor: Actor, project_id: int, filters: Mapping[str, str] | None = None) -> Report:
    """What is found in the statements that the actor sees.

    Args:
        filters: by ``rule``, ``owner`` (login), ``phase`` (name), ``stage``; for owner and phase ``none`` is none. They choose what
            is in ``found`` and, but for the rule, what is counted.

    Raises:
        Invalid: there is no such rule.
    """
    asked: dict[str, Any] = {name: value for name, value in (filters or {}).items() if name in FILTERS and value}
    rule = asked.pop("rule", "")
    if "owner" in asked:
        logins = {one.login: one.id for one in owners(project_id)}
        asked["owner_id"] = None if asked["owner"] == "none" else logins.get(asked["owner"], 0)
        del asked["owner"]
    if asked.get("phase") == "none":
        asked["phase"] = ""
    if rule and rule not in RULES:
        raise invalid("rule", "There is no rule %(name)s.", name=rule[:40])
    seen = _seen(actor, project_id)
    whole = judged(project_id)
    if seen is None and not asked:
        report = whole
    else:
        rows = (one for one in whole.rows if (seen is None or one.at.id in seen) and _fits(one.at, asked))
        report = _counted(list(rows))
    found = [one for row in report.rows for one in row.found if not rule or one.finding.rule == rule]
    return Report(len(report.rows), report.clean, report.counts, report.silent, found)


@dataclass(frozen=True)
class Judged:
    """All that is found in some requirements, and how it counts."""

    rows: Sequence[Row]
    clean: int
    counts: Counter[str]
    silent: Counter[str]


class Row(NamedTuple):
    """One requirement with what is found in it; ``loud``: whether anything counts."""

    at: Told
    found: tuple[Found, ...]
    loud: bool


def judged(project_id: int) -> Judged:
    """The statements of a whole project, with what is let stand (kept until something is written)."""
    return kept("texts_judged", project_id, lambda: _judged(project_id))


def _judged(project_id: int) -> Judged:
    stands, rows = silenced(project_id), []
    for one in told(project_id):
        found = tuple(Found(one, finding, stands.of(one.id, finding)) for finding in one.findings)
        rows.append(Row(one, found, any(each.standing is None for each in found)))
    return _counted(rows)


def _counted(rows: Sequence[Row]) -> Judged:
    counts: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for row in rows:
        for one in row.found:
            (counts if one.standing is None else silent)[one.finding.rule] += 1
    return Judged(rows, sum(not row.loud for row in rows), counts, silent)


def _fits(one: Told, asked: Mapping[str, Any]) -> bool:
    return all(getattr(one, name) == value for name, value in asked.items())


def owners(project_id: int) -> Sequence[Any]:
    """Rows ``(id, login, name)`` of those who own requirements of a project, by name."""
    held = select(Item.owner_id).where(
        Item.project_id == project_id, Item.kind == "requirement", Item.owner_id.is_not(None)
    )
    return db.session.execute(select(User.id, User.login, User.name).where(User.id.in_(held)).order_by(User.name)).all()


def found_at(project_id: int, item: Any) -> list[tuple[Finding, Standing | None]]:
    """What is found in one requirement's statement, each with what lets it stand."""
    findings = check(item.statement or "")
    stands = silenced(project_id) if findings else Silenced()
    return [(finding, stands.of(item.id, finding)) for finding in findings]
