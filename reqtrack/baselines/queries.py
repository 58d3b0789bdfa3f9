"""Baselines and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import newest_seq
from reqtrack.baselines.content import fingerprint, keys_now, prints_at, told_at, visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.db import db, whole_number
from reqtrack.errors import NotFound
from reqtrack.permissions import Actor

# How areas above show themselves on a baseline's page: (query(actor, baseline) → context or None, template).
PANELS: list[tuple[Callable[[Actor, Baseline], Mapping[str, Any] | None], str]] = []
# The same for the list of baselines: query(actor, project) → context or None, template.
LIST_PANELS: list[tuple[Callable[[Actor, Project], Mapping[str, Any] | None], str]] = []
# Set by areas above: (project id, baseline numbers) → the state of the newest sign-off of each that has one.
SIGNED: list[Callable[[int, Sequence[int]], Mapping[int, str]]] = []


@dataclass(frozen=True)
class Prepared:
    """What a baseline taken at ``seq`` would hold; computed before the write lock, good while nothing is written."""

    seq: int
    keys: Sequence[str]
    counts: Mapping[str, int]
    fingerprint: str
    drafts: bool = True


def prepare(project_id: int, *, drafts: bool = True) -> Prepared:
    """Compute what a baseline taken now would hold, with or without the requirements that nobody has reviewed."""
    return prepare_at(project_id, newest_seq(project_id), drafts=drafts)


def prepare_at(project_id: int, seq: int, keys: Sequence[str] | None = None, *, drafts: bool = True) -> Prepared:
    """Compute what a baseline of these keys (None: of the scope now) holds at a point. ``counts`` maps kinds to numbers, and
    ``links``."""
    keys = keys_now(project_id, drafts=drafts) if keys is None else keys
    wanted = set(keys)
    prints = [one for one in prints_at(project_id, seq).values() if one.key in wanted]
    items, links = told_at(project_id, seq, keys, prints)
    counts: dict[str, int] = {}
    for one in prints:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    counts["links"] = len(links)
    return Prepared(seq, list(keys), counts, fingerprint(items, links), drafts)


def baseline_for(actor: Actor, project_id: int, number: int | str) -> Baseline:
    """A baseline by its number or key (``1`` or ``BL-1``), for who may read the project.

    Raises:
        NotFound: none, or not for the actor.
    """
    wanted = number_of(number)
    found = None
    if wanted is not None and (actor.kind != "user" or actor.may("project.read", project_id)):
        found = db.session.get(Baseline, (project_id, wanted))
    if found is None:
        raise NotFound(str(number)[:40])
    return found


def before(project_id: int, number: int) -> Baseline | None:
    """The baseline taken before one, or None."""
    return db.session.execute(
        select(Baseline)
        .where(Baseline.project_id == project_id, Baseline.number < number)
        .order_by(Baseline.number.desc())
        .limit(1)
    ).scalar()


def number_of(given: int | str, prefix: str = "BL") -> int | None:
    """The number in ``1``, ``"1"`` or ``"BL-1"``; None when it is none of these."""
    return whole_number(str(given).strip().upper().removeprefix(f"{prefix}-"))


def keys_of(baseline: Baseline) -> list[str]:
    """The keys that a baseline holds."""
    return list(json.loads(baseline.keys))


def counts_of(baseline: Any) -> dict[str, int]:
    """How many items of each kind, and how many ``links``, a baseline holds."""
    return dict(json.loads(baseline.counts))


def listing(project_id: int) -> Sequence[Any]:
    """Rows ``(number, name, counts, fingerprint, author_name, at)`` of a project's baselines, newest first."""
    return db.session.execute(
        select(Baseline.number, Baseline.name, Baseline.counts, Baseline.fingerprint, Baseline.author_name, Baseline.at)
        .where(Baseline.project_id == project_id)
        .order_by(Baseline.number.desc())
        .limit(200)
    ).all()


def states(project_id: int, numbers: Sequence[int]) -> dict[int, str]:
    """The sign-off states of baselines, as far as an area above tells them."""
    told: dict[int, str] = {}
    for source in SIGNED:
        told.update(source(project_id, numbers))
    return told


def as_dict(actor: Actor, baseline: Baseline) -> dict[str, Any]:
    """A baseline as the API shows it; of its items those that the actor may see."""
    return {
        "key": baseline.key,
        "version": 1,
        "name": baseline.name,
        "seq": baseline.seq,
        "counts": counts_of(baseline),
        "items": visible_keys(actor, baseline.project_id, keys_of(baseline)),
        "fingerprint": baseline.fingerprint,
        "author": baseline.author,
        "author_name": baseline.author_name,
        "at": clock.iso(baseline.at),
    }
