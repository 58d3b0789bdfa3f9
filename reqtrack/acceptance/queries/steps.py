"""The steps that a project's acceptance scenarios are made of: to be used again in the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import select

from reqtrack.acceptance.data.cells import fold
from reqtrack.acceptance.models import Acceptance
from reqtrack.audit.kept import kept
from reqtrack.db import plain
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor

PARTS = ("given", "when", "then")
OFFERED = 8
LONGEST = 300
# Two steps that share so much are likely one in two wordings; more of them than that are not compared with each other.
ALIKE, MOST_COMPARED = 88, 1_000
_own = Acceptance.__table__


@dataclass(frozen=True)
class Step:
    """A step as it was first written: how often it is used in each part, and by which scenarios. ``folded``: how it is compared."""

    text: str
    parts: Mapping[str, int]
    keys: tuple[str, ...]
    folded: str

    @property
    def uses(self) -> int:
        """In how many scenarios it stands."""
        return len(self.keys)


def steps(actor: Actor, project_id: int) -> Sequence[Step]:
    """The steps of the scenarios that an actor sees, the most used first (one query). Computed once for all who see everything."""
    if not sees_all(actor, project_id):
        return _steps(actor, project_id)
    return kept("steps", project_id, lambda: _steps(actor, project_id))


def _steps(actor: Actor, project_id: int) -> list[Step]:
    rows = plain(
        select(Item.key, _own.c.given, _own.c.when, _own.c.then)
        .join(_own, _own.c.id == Item.id)
        .where(visible(actor, project_id), Item.retired.is_(False))
        .order_by(Item.number)
    )
    texts: dict[str, str] = {}
    parts: dict[str, dict[str, int]] = {}
    keys: dict[str, dict[str, None]] = {}
    for row in rows:
        for part in PARTS:
            for text in getattr(row, part) or ():
                line = text.partition("\n")[0]
                known = fold(line).casefold()
                if not known or len(known) > LONGEST:
                    continue
                texts.setdefault(known, " ".join(line.split()))
                counts = parts.setdefault(known, {})
                counts[part] = counts.get(part, 0) + 1
                keys.setdefault(known, {})[row.key] = None
    found = [Step(text, parts[known], tuple(keys[known]), known) for known, text in texts.items()]
    return sorted(found, key=lambda one: (-one.uses, one.text))


def suggest(actor: Actor, project_id: int, part: str, typed: str) -> list[Step]:
    """Steps to offer while a line is typed: all of its words stand in them somewhere (Chinese is not parted into words: the
    characters as they stand), those used in this part before others, then the most used."""
    known = fold(typed).casefold()
    words = known.split()
    if not words:
        return []
    fitting = [
        one for one in steps(actor, project_id)
        if one.folded != known and all(word in one.folded for word in words)
    ]  # fmt: skip
    fitting.sort(key=lambda one: (part not in one.parts, -one.uses))
    return fitting[:OFFERED]


def alike(found: Sequence[Step]) -> Mapping[str, Sequence[str]]:
    """For each step the others that say nearly the same, by their texts, the nearest first."""
    texts = {one.folded: one.text for one in found[:MOST_COMPARED]}
    near: dict[str, list[str]] = {}
    for folded, text in texts.items():
        hits = process.extract(folded, texts.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=6)
        others = [texts[hit[0]] for hit in hits if hit[0] != folded]
        if others:
            near[text] = others
    return near
