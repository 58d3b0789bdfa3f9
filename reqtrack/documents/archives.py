"""What the archive of every pack is made of, whatever was signed: docs/sign-off-pack.schema.json. Rows go in as the database holds
them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.audit.seals import LATER, digest, raw_columns
from reqtrack.db import Base, db, once, one_of
from reqtrack.documents.contexts.common import Reader
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Version
from reqtrack.proof.pack import Evidence, attach, build, row
from reqtrack.signoff import stamps

S = TypeVar("S")
H = TypeVar("H")


@dataclass(frozen=True)
class Text:
    """One item as it was signed, tested, or proposed to be changed: the very bytes of its content, and which version they are."""

    key: str
    kind: str
    version: int
    content: str
    text_print: str
    scope_print: str


@dataclass(frozen=True)
class Carried:
    """What travels in a pack's file: the data of its archive, and files of evidence."""

    data: Mapping[str, Any]
    evidence: Sequence[Evidence] = ()

    def into(self, pdf: bytes) -> bytes:
        """The printed pack with them attached, sealed with the installation's key.

        Raises:
            SealError: there is no key to seal with.
        """
        ring = stamps.ring()
        return attach(pdf, build(self.data, ring, alone=False), ring, self.evidence)


def read_once(held_by: Callable[[Reader, S], H], reader: Reader, about: S) -> H:
    """What a pack is made of, read once in a transaction for the paper and for the archive."""
    known: dict[Any, Any] = once("held by a pack")
    key = (held_by, reader.actor.id, about)
    if key not in known:
        known[key] = held_by(reader, about)
    found: H = known[key]
    return found


def archive(
    reader: Reader,
    told: Mapping[str, Any],
    over: str,
    answers: Sequence[Any],
    events: Sequence[Event],
    texts: Sequence[Text],
    **more: Any,
) -> dict[str, Any]:
    """What ``proof.pack.build`` takes.

    Args:
        told: what was asked and who answered (``signoff`` of the schema). over: the canonical JSON that was signed.
        answers: the sealed rows of who signed. events: those that made the rows, in order; others may stand among them.
        more: further parts of the schema, or other values of them.
    """
    seqs = {tuple(seal[:2]): one.seq for one in events for seal in json.loads(one.seals or "[]")}
    return {
        "installation": {"name": "reqtrack", "keys_at": keys_at(reader)},
        "project": {"key": reader.project.key, "name": reader.project.name, "zone": reader.project.zone},
        "signoff": dict(told),
        "fingerprint": f"sha256:{digest(over)}",
        "over": over,
        "kinds": {name: _fields(name) for name in sorted({one.kind for one in texts})},
        "items": [vars(one) for one in texts],
        "redline": None,
        "results": [],
        "signatures": [
            row(columns(one), table=one.__tablename__, event=seqs[one.__tablename__, _key(one)]) for one in answers
        ],
        "events": [row(raw_columns(one)) for one in events],
        **more,
    }  # fmt: skip


def keys_at(reader: Reader) -> str:
    """The address at which the installation shows its keys; "" where it has none."""
    return f"{reader.base_url.rstrip('/')}/V/keys" if reader.base_url else ""


def made_by(answers: Sequence[Any], subject: str) -> list[Event]:
    """The events about a subject that made these sealed rows, in order."""
    wanted = {(one.__tablename__, _key(one)) for one in answers}
    rows = db.session.execute(
        select(Event)
        .where(
            one_of(Event.project_id, {one.project_id for one in answers}), Event.subject == subject, Event.seals != ""
        )
        .order_by(Event.seq)
    ).scalars()
    return [one for one in rows if wanted.intersection(tuple(seal[:2]) for seal in json.loads(one.seals))]


def _key(one: Any) -> str:
    return f"{one.project_id}:{one.number}"


def columns(one: Base) -> dict[str, Any]:
    """The columns of a sealed row as its seal is over them: those that came later are left out where they are empty."""
    later = {column.name for column in one.__table__.columns if column.info.get("sealed") == LATER["sealed"]}
    return {name: value for name, value in raw_columns(one).items() if value is not None or name not in later}


def versions_of(wanted: Iterable[tuple[int, int]]) -> list[Any]:
    """Versions by item id and number, in order, with content and prints."""
    pairs = set(wanted)
    rows = db.session.execute(
        select(Version.item_id, Version.number, Version.content, Version.text_print, Version.scope_print)
        .where(one_of(Version.item_id, {item for item, _number in pairs}))
        .order_by(Version.item_id, Version.number)
    )
    return [one for one in rows if (one.item_id, one.number) in pairs]


def contents_of(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The contents alone of versions."""
    return {(one.item_id, one.number): one.content for one in versions_of(wanted)}


def _fields(kind: str) -> dict[str, list[str]]:
    fields = KINDS[kind].fields
    return {
        "text": [one.name for one in fields if one.text],
        "scope": [one.name for one in fields if one.scope and not one.text],
    }
