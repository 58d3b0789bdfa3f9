"""Texts without the names, and without the sentences, that their reader may not see: the gate that every text of people passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select

from reqtrack.audit.kept import kept
from reqtrack.db import db, mode, once
from reqtrack.interviews import policy, talk
from reqtrack.interviews.models import Excerpt, Interview, Stakeholder
from reqtrack.interviews.queries.people import SOMEBODY, everybody, for_everybody, known_to
from reqtrack.items import personal
from reqtrack.items.models import PersonalText
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain

SHORTEST_HIDDEN = 6
BEGIN = 4  # characters of a name that are looked for first
# What stands in the place of a sentence whose speaker does not want it to be shown.
NOT_SHOWN = _l("[not shown: who said this does not want it to be]")
# Of words of these letters a name is a whole one; scripts without blanks between words have no such end.
_LETTER = re.compile("[A-Za-z0-9\u00c0-\u024f\u0370-\u052f\u1e00-\u1eff]")


def _folded(body: str) -> str:
    """A text in small letters, each where it stood."""
    low = body.lower()
    return low if len(low) == len(body) else "".join(one if len(one.lower()) > 1 else one.lower() for one in body)


def _places(folded: str, words: str) -> Iterator[tuple[int, int]]:
    """Where a name, or a sentence, stands in a folded text."""
    start = folded.find(words)
    while start >= 0:
        end = start + len(words)
        longer = (_LETTER.match(words) and _LETTER.match(folded[start - 1 : start])) or (
            _LETTER.match(words[-1]) and _LETTER.match(folded[end : end + 1])
        )
        if not longer:
            yield start, end
        start = folded.find(words, start + 1)


@dataclass(frozen=True)
class Names:
    """Names that are not to be told.

    ``called``: each name with how its person is called instead; ``own``: one that may be told, also where another's is a part of
    it.
    """

    called: Sequence[tuple[str, str]] = ()
    own: str = ""

    @cached_property
    def put(self) -> Mapping[str, str]:
        """What stands in the place of each spelling (folded)."""
        return self._by(policy.names_in)

    @cached_property
    def leads(self) -> Mapping[str, str]:
        """The same for what a line may begin with that one of them speaks."""
        return self._by(talk.spoken)

    def _by(self, spellings: Callable[[str], Iterable[str]]) -> Mapping[str, str]:
        own = {_folded(one) for one in spellings(self.own)}
        found: dict[str, str] = {}
        for name, instead in self.called:
            for one in spellings(name):
                found.setdefault(_folded(one), instead)
        return {one: instead for one, instead in found.items() if one not in own} | dict.fromkeys(own, "")

    @cached_property
    def _begun(self) -> Mapping[str, list[str]]:
        """The spellings by how they begin: a text of one page holds few of those of thousands of names."""
        found: dict[str, list[str]] = {}
        for one in self.put:
            found.setdefault(one[:BEGIN], []).append(one)
        return found

    def among(self, folded: str, turns: Sequence[talk.Turn]) -> dict[str, str]:
        """The spellings that stand in a folded text, or may: those of the names, and what else its lines begin with that one of
        them speaks. A single character stands elsewhere for anything."""
        if not self.called:
            return {}
        sizes = {len(begin) for begin in self._begun}
        begins = {folded[at : at + size] for size in sizes for at in range(len(folded) - size + 1)}
        near = [one for begin in self._begun.keys() & begins for one in self._begun[begin] if one in folded]
        led = {turn.name for turn in turns if len(turn.name) > 1}
        spoken = {_folded(one): instead for one in led if (instead := self.leads.get(one.casefold()))}
        return {**spoken, **{one: self.put[one] for one in near}}

    def swaps(self, body: str) -> Iterator[tuple[int, int, str]]:
        """Where they stand in a text, with what stands there instead ("": they may stand)."""
        folded, turns = _folded(body), talk.turns(body) if self.called else []
        for one, instead in self.among(folded, turns).items():
            yield from ((start, end, instead) for start, end in _places(folded, one))
        for turn in turns:
            if len(turn.name) == 1 and turn.name.casefold() in self.leads:
                yield (*turn.name_span, self.leads[turn.name.casefold()])


@dataclass(frozen=True)
class Mask:
    """A function on texts: the names that somebody may not see become how those people are called, hidden sentences a remark."""

    names: Names
    hidden: Collection[str] = ()

    def __call__(self, body: str) -> str:
        pieces, at = [], 0
        for start, end, instead in self.swaps(body):
            pieces += [body[at:start], instead]
            at = end
        return "".join([*pieces, body[at:]]) if pieces else body

    def swaps(self, body: str) -> list[tuple[int, int, str]]:
        """What it would replace in a text: ``(from, to, by what)``. Of places that overlap it is one that covers them all, and a
        sentence counts more than a name."""
        found, folded = list(self.names.swaps(body)), _folded(body) if self.hidden else ""
        for one in self.hidden:
            found += [(start, end, str(NOT_SHOWN)) for start, end in _places(folded, _folded(one))]
        apart: list[tuple[int, int, str]] = []
        for start, end, instead in sorted(found, key=lambda one: (one[0], -one[1])):
            if apart and start < apart[-1][1]:
                low, high, before = apart.pop()
                start, end, instead = low, max(high, end), instead if instead == str(NOT_SHOWN) else before
            apart.append((start, end, instead))
        return [one for one in apart if one[2]]


# -- whose mask --------------------------------------------------------------------------------------------------------


def masker(actor: Actor, project_id: int) -> Mask:
    """What replaces, in a text, the names that the actor may not see by how those people are called for others."""
    return Mask(_unknown(actor, project_id), hidden_sentences(actor, project_id))


def _unknown(actor: Actor, project_id: int) -> Names:
    """The names that the actor may not see: most see the same, so they are kept by whom one knows, until something is written."""
    if policy.sees_all_names(actor, project_id):
        return Names()
    rows = everybody(project_id)
    known = known_to(actor, project_id, rows)
    locale = str(get_locale())
    now = mode()
    if now is None or not now.writing:
        name = f"names:{locale}:{' '.join(map(str, sorted(known)))}"
        return kept(name, project_id, lambda: _names(rows, known))
    held: dict[Any, Names] = once("names")
    if (project_id, locale, known) not in held:
        held[project_id, locale, known] = _names(rows, known)
    return held[project_id, locale, known]


def _names(rows: Sequence[tuple[Stakeholder, str, str]], known: Collection[int]) -> Names:
    holders = policy.held_by(row for row, _name, _login in rows)
    return Names(
        [
            (name, policy.label(row.department, row.job_role, row.region, holders) or str(SOMEBODY))
            for row, name, _login in rows
            if name and row.id not in known
        ]
    )


def masker_for_person(project_id: int, number: int | None) -> Mask:
    """As ``masker``, for one of those who were heard: they may read their own name and nobody else's."""
    called = for_everybody(project_id)
    rows = everybody(project_id)
    own = next((name for row, name, _login in rows if row.id == number), "")
    return Mask(Names([(name, called[row.id].label) for row, name, _login in rows if name and row.id != number], own))


def for_others(actor: Actor, project_id: int, text: str) -> list[tuple[str, str]]:
    """The names in a text that the actor sees and not everybody does, with what others read in their place; the longest first."""
    folded, turns = _folded(text), talk.turns(text)
    put, own = (_unknown(one, project_id).among(folded, turns) for one in (policy.NOBODY, actor))
    found = {
        (text[start:end], instead)
        for one, instead in put.items()
        if one not in own
        for start, end in _places(folded, one)
    }
    return sorted(found, key=lambda pair: (-len(pair[0]), pair))


def for_everybodys_eyes(project_id: int, text: str, longest: int | None = None) -> str:
    """A text as it may stand where everybody reads it, cut to what fits there."""
    return masker(policy.NOBODY, project_id)(text)[:longest]


def tells_names(project_id: int, values: Iterable[Any]) -> bool:
    """Whether one of some field values (texts, lists of texts) names somebody whose name not everybody may read."""
    texts = [
        text for value in values for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]
    mask = masker(policy.NOBODY, project_id)
    return any(mask.swaps(text) for text in texts)


# -- what nobody is to see ---------------------------------------------------------------------------------------------


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
