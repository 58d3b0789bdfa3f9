"""What a sign-off pack holds for machines: docs/sign-off-pack.schema.json, read from the database as it lies there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import and_, select

from reqtrack import clock
from reqtrack.acceptance.models import Result, Standing
from reqtrack.acceptance.queries import round_for
from reqtrack.baselines.compare import Comparison, FieldChange, compare, point_of
from reqtrack.baselines.content import in_order, prints_at, visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import baseline_for, keys_of
from reqtrack.db import canonical, db
from reqtrack.documents.archives import Text, archive, columns, contents_of, made_by, versions_of
from reqtrack.documents.contexts.common import Reader, role_words
from reqtrack.errors import no
from reqtrack.files.storage import Storage
from reqtrack.items.models import Item
from reqtrack.proof.pack import Evidence, row
from reqtrack.signoff import queries as signoffs
from reqtrack.signoff import subjects
from reqtrack.signoff.certificates import content_of
from reqtrack.signoff.models import Signoff

SUBJECTS = {"BL": "baseline", "RND": "round", "WVR": "waiver"}


@dataclass(frozen=True)
class Held:
    """All that a pack of a sign-off is made of; ``before``: the sign-off of the scope before, with what changed since."""

    page: signoffs.Page
    texts: Sequence[Text]
    results: Sequence[tuple[Result, str]]
    before: Signoff | None = None
    changed: Comparison | None = None


def held_by(reader: Reader, signoff: Signoff) -> Held:
    """Read what the pack of a sign-off is made of.

    Raises:
        Refused: 403, the reader may not see all that was signed: a pack leaves nothing out.
    """
    page = signoffs.page_of(reader.actor, signoff)
    if signoff.subject.startswith("BL-"):
        return _scope(reader, signoff, page)
    if subjects.kind_of(signoff.subject).content is not None:
        return Held(page, (), ())
    return _round(reader, signoff, page)


def _scope(reader: Reader, signoff: Signoff, page: signoffs.Page) -> Held:
    baseline = baseline_for(reader.actor, reader.project.id, signoff.subject)
    keys = keys_of(baseline)
    _all_seen(reader, keys)
    wanted = set(keys)
    prints = in_order(one for one in prints_at(reader.project.id, baseline.seq).values() if one.key in wanted)
    contents = contents_of((one.item_id, one.version) for one in prints)
    texts = [
        Text(one.key, one.kind, one.version, contents[one.item_id, one.version], one.text_print, one.scope_print)
        for one in prints
    ]
    before, earlier = _before(reader, signoff, baseline)
    changed = None
    if earlier is not None:
        old, new = point_of(earlier, reader.actor), point_of(baseline, reader.actor)
        changed = compare(reader.project.id, old, new)
    return Held(page, texts, (), before, changed)


def _before(reader: Reader, signoff: Signoff, baseline: Baseline) -> tuple[Signoff | None, Baseline | None]:
    """The sign-off of a scope that was completed last before this baseline was taken, with its baseline."""
    rows = db.session.execute(
        select(Signoff)
        .where(
            Signoff.project_id == reader.project.id, Signoff.subject.like("BL-%"), Signoff.subject != baseline.key,
            Signoff.settled_seq < baseline.seq, Signoff.state == "signed", Signoff.id != signoff.id,
        )
        .order_by(Signoff.settled_seq.desc())
        .limit(1)
    ).scalars()  # fmt: skip
    found = next(iter(rows), None)
    return (found, baseline_for(reader.actor, reader.project.id, found.subject)) if found is not None else (None, None)


def _round(reader: Reader, signoff: Signoff, page: signoffs.Page) -> Held:
    found = round_for(reader.actor, reader.project.id, signoff.subject)
    _all_seen(reader, [one[0] for one in content_of(signoff)["results"]])
    stands = and_(Standing.project_id == Result.project_id, Standing.number == Result.number)
    rows = db.session.execute(
        select(Result, Item.key, Item.kind)
        .join(Standing, stands)
        .join(Item, Item.id == Result.acceptance_id)
        .where(Standing.round_id == found.id)
        .order_by(Item.number, Result.row, Result.number)
    ).all()
    versions = sorted({(one.Result.acceptance_id, one.Result.acceptance_version) for one in rows})
    names = {one.Result.acceptance_id: (one.key, one.kind) for one in rows}
    texts = [
        Text(*names[one.item_id], one.number, one.content, one.text_print, one.scope_print)
        for one in versions_of(versions)
    ]
    return Held(page, texts, [(one.Result, one.key) for one in rows])


def _all_seen(reader: Reader, keys: Sequence[str]) -> None:
    hidden = len(set(keys)) - len(set(visible_keys(reader.actor, reader.project.id, keys)))
    if hidden:
        message = "It holds %(count)s items that you may not see, and a pack leaves nothing out: ask somebody who may."
        no("hidden", message, count=hidden).require(403)


def pack_data(reader: Reader, held: Held) -> dict[str, Any]:
    """What ``proof.pack.build`` takes."""
    signoff = held.page.signoff
    answers = sorted((one.answer for one in held.page.signers if one.answer is not None), key=lambda one: one.number)
    return archive(
        reader, _signoff(held.page), canonical(content_of(signoff)), answers, made_by(answers, signoff.key), held.texts,
        redline=_redline(held), results=[_result(one, key) for one, key in held.results],
    )  # fmt: skip


def _signoff(page: signoffs.Page) -> dict[str, Any]:
    signoff = page.signoff
    return {
        "key": signoff.key, "subject": signoff.subject, "subject_kind": SUBJECTS[signoff.subject.partition("-")[0]],
        "title": page.subject.title, "meaning": dict(subjects.meanings_of(signoff.subject, signoff.meaning)), "rule": _rule(page),
        "state": page.outcome.state, "requested_by": signoff.requested_by, "requested_at": clock.iso(signoff.requested_at),
        "completed_at": clock.iso(page.completed_at) if page.completed_at else None,
        "signers": [_signer(one) for one in page.signers],
    }  # fmt: skip


def _rule(page: signoffs.Page) -> dict[str, Any]:
    """The rule as the checker keeps it; what is as it always was is left out, as of packs of before."""
    signoff = page.signoff
    told: dict[str, Any] = {"name": signoff.rule}
    if signoff.needed is not None:
        told["needed"] = signoff.needed
    if signoff.rule == "per_role":
        told["roles"] = sorted({one.seat.role for one in page.signers})
    if signoff.ways != "electronic":
        told["ways"] = signoff.ways
    return told


def _signer(one: signoffs.Signer) -> dict[str, Any]:
    return {**_answer(one), "seat": one.seat.position}


def _answer(one: signoffs.Signer) -> dict[str, Any]:
    given = one.answer
    if given is None:
        return {
            "name": one.name or str(role_words(one.roles)), "login": one.login, "roles": list(one.roles), "state": "waiting",
            "at": None, "zone": None,
            "way": None, "method": None, "on_behalf_of": None, "reservation": None, "reason": None, "signature": None,
        }  # fmt: skip
    signed = given.outcome == "signed"
    return {
        "name": given.signer_name, "login": given.signer, "roles": given.roles.split(), "state": given.outcome,
        "at": clock.iso(given.at), "zone": given.zone, "way": "paper" if given.method == "paper" else "electronic",
        "method": given.method, "on_behalf_of": given.behalf_name, "reservation": (given.reason or None) if signed else None,
        "reason": None if signed else given.reason or None, "signature": given.number,
    }  # fmt: skip


def _result(one: Result, key: str) -> dict[str, Any]:
    files = [{"name": name, "sha256": digest, "size": _size(digest)} for digest, name in one.evidence or ()]
    return row(columns(one), acceptance=key, event=None, evidence=files)


def _redline(held: Held) -> dict[str, Any] | None:
    if held.before is None or held.changed is None:
        return None
    changed = held.changed
    contents = {one.key: json.loads(one.content) for one in held.texts}
    return {
        "since": {
            "signoff": held.before.key, "subject": held.before.subject, "fingerprint": held.before.fingerprint,
        },
        "added": [one.key for one in changed.added],
        "removed": [one.key for one in changed.removed],
        "changes": [
            _change(one.key, field, contents[one.key].get(field.name))
            for one in (*changed.changed, *changed.moved)
            for field in one.fields
        ],
    }  # fmt: skip


def _change(key: str, field: FieldChange, value: Any) -> dict[str, Any]:
    """A field that changed. Tables, steps and choices are told as the value that was signed: their lines are for people."""
    named = {"item": key, "field": field.name}
    if field.segments and isinstance(value, str):
        return {**named, "segments": [list(one) for one in field.segments]}
    if field.lines and isinstance(value, list) and all(isinstance(one, str) for one in value):
        lines = [
            {"op": one.op, "old": one.old, "new": one.new, "segments": [list(part) for part in one.segments]}
            for one in field.lines
        ]
        return {**named, "lines": lines}
    return {**named, "old": field.old, "new": value}


def evidence_of(held: Held) -> list[Evidence]:
    """The files that the results name, as far as they are still in the store."""
    found = {digest: name for one, _key in held.results for digest, name in one.evidence or ()}
    return [Evidence(name, _storage().read(digest)) for digest, name in found.items() if _storage().exists(digest)]


def _size(digest: str) -> int:
    return _storage().size(digest) if _storage().exists(digest) else 0


def _storage() -> Storage:
    return Storage(current_app.config["SETTINGS"].data / "files")
