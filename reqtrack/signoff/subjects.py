"""What can be signed. Each kind of subject says how it is found, what its fingerprint is over, and what makes a signature fall.

The kinds here are the scope (a baseline) and the result of acceptance (a closed round); areas above register theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from reqtrack.audit.seals import digest
from reqtrack.db import canonical, whole_number
from reqtrack.errors import YES, NotFound, Verdict
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Told:
    """An item that is not what it was when it was signed, or put to signature; ``number`` is its row of data."""

    key: str
    title: str
    why: str
    number: int | None = None


@dataclass(frozen=True)
class Subject:
    """One thing to be signed: ``at`` is when it came to be what it is, ``counts`` how much it holds, by word."""

    key: str
    kind: str
    title: str
    at: datetime
    fingerprint: str
    counts: Mapping[str, int] = field(default_factory=dict)
    # Whether it is in a state to be signed, with every reason why not.
    ready: Verdict = YES
    # Logins of those whose work it is, where that bears on who may sign it alone (the testers of a round).
    made_by: frozenset[str] = frozenset()
    # What of it turned stale since it came to be (results of a round): signed with remarks only.
    stale: tuple[Told, ...] = ()

    @property
    def stale_print(self) -> str:
        """What turned stale as one fingerprint, "" where nothing did: what a signature with remarks was given on."""
        return digest(canonical([[one.key, one.number] for one in self.stale])) if self.stale else ""


@dataclass(frozen=True)
class Outcome:
    """What became of a sign-off: its state, and why.

    ``carried_by``: applied changes that carry it, in the order of their application; ``to_confirm``: those of them that nobody
    in a signer's role decided; ``fallen``: what supersedes it; ``moved_since``: what had moved when it was completed, and so
    was not approved; ``stale``: what turned stale since a result was closed, signed or not. The latter three are rows
    ``(key, title, why)``, ``why`` one of: changed, stale, failed.
    """

    state: str
    carried_by: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    fallen: tuple[Any, ...] = ()
    moved_since: tuple[Any, ...] = ()
    stale: tuple[Any, ...] = ()

    @property
    def fallen_items(self) -> list[tuple[Any, list[int]]]:
        """What supersedes it, once for each item and reason: the first of its rows, and the numbers of all, counted from 1."""
        runs = (list(rows) for _same, rows in groupby(self.fallen, key=lambda one: (one.key, one.why)))
        return [(rows[0], [one.number + 1 for one in rows if one.number is not None]) for rows in runs]

    @property
    def told(self) -> tuple[Told, ...]:
        """All rows."""
        return (*self.fallen, *self.moved_since, *self.stale)


# Which subject of a kind: project id, number.
Place = tuple[int, int]


@dataclass(frozen=True)
class SubjectKind:
    """A kind of subject.

    ``load(project id, number)`` raises NotFound. ``titles(places)`` names those of the subjects ``(project id, number)`` that there
    are, in one statement. ``outcomes(project id, asked)`` judges sign-offs with their signatures, by the sign-off's id, in as many
    statements for many as for one. ``completed(actor, project, signoff)`` does what a completed signature brings with it
    and returns what the event tells. ``meaning`` is proposed to who asks; ``holds`` tells who
    signs for what the signature holds, where that is not said of every one.
    """

    prefix: str
    name: str
    label: Any
    meaning: Any
    load: Callable[[int, int], Subject]
    titles: Callable[[Collection[Place]], Mapping[Place, str]]
    outcomes: Callable[[int, Sequence[tuple[Any, Sequence[Any]]]], Mapping[int, Outcome]]
    completed: Callable[[Actor, Any, Any], Mapping[str, Any]]
    # What a page shows of it: a template, and what it needs, from (actor, project, signoff); and where its own page is.
    endpoint: str
    template: str
    shown: Callable[[Actor, Any, Any], Mapping[str, Any]]
    # The content that the fingerprint is over, from (project id, number), for kinds of areas above.
    content: Callable[[int, int], Mapping[str, Any]] | None = None
    holds: Any = ""
    # The words of ``meaning`` in each language. What was once signed stays here: ``verify`` holds signatures against it.
    said: Mapping[str, str] = field(default_factory=dict)
    # Who reads the subject reads the requests to sign it, and nobody else.
    read: str = "project.read"


# What areas above ask before anybody is asked to sign: (project, subject) → why not.
CONDITIONS: list[Callable[[Any, Subject], Verdict]] = []

KINDS: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    """Make a kind of subject known."""
    KINDS[kind.prefix] = kind


def kind_of(key: str) -> SubjectKind:
    """The kind of subject of a key such as ``BL-1``.

    Raises:
        NotFound: nothing of that kind can be signed.
    """
    found = KINDS.get(key.partition("-")[0].upper())
    if found is None:
        raise NotFound(key[:40])
    return found


def hidden_from(actor: Actor, project_id: int) -> list[str]:
    """The prefixes of the kinds of subject that somebody does not read in a project: requests to sign them are not shown."""
    if actor.kind != "user":
        return []
    return [prefix for prefix, kind in KINDS.items() if not actor.may(kind.read, project_id)]


def load(project_id: int, key: str) -> Subject:
    """The subject of a key.

    Raises:
        NotFound: there is none.
    """
    return kind_of(key).load(project_id, number_in(key))


def meaning_of(key: str, asked: str) -> str:
    """What a signature on a subject means, in the reader's language where the words are those that were proposed; else as typed."""
    kind = kind_of(key)
    return str(kind.meaning) if asked in kind.said.values() else asked


def meanings_of(key: str, asked: str) -> Mapping[str, str]:
    """The words in which a signature may have been given, by language."""
    said = kind_of(key).said
    return said if asked in said.values() else {"as_signed": asked}


def titles(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """How subjects ``(project id, key)`` are called, as far as there are such (a statement for each kind among them)."""
    by_kind: dict[str, dict[Place, tuple[int, str]]] = {}
    for project_id, key in wanted:
        by_kind.setdefault(kind_of(key).prefix, {})[project_id, number_in(key)] = (project_id, key)
    return {
        places[place]: name
        for prefix, places in by_kind.items()
        for place, name in KINDS[prefix].titles(places).items()
    }


def number_in(key: str) -> int:
    """The number in a key such as ``BL-1``.

    Raises:
        NotFound: it has none.
    """
    number = whole_number(key.partition("-")[2])
    if number is None:
        raise NotFound(key[:40])
    return number
