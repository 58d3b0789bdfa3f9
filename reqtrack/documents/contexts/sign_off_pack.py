"""The sign-off pack on paper: who signed what, what changed since the signature before, the texts, the results with evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from reqtrack.baselines.compare import FieldChange, phase_names
from reqtrack.documents import packs
from reqtrack.documents.archives import Carried, Text, keys_at, read_once
from reqtrack.documents.contexts import certificate
from reqtrack.documents.contexts.common import Context, Reader
from reqtrack.gates.pages import waiver_words
from reqtrack.gates.queries import waiver_for
from reqtrack.gates.subject import WAIVER, called
from reqtrack.items.kinds import KINDS, Field
from reqtrack.items.steps import as_line
from reqtrack.signoff import stamps
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.narrow import CLAUSES
from reqtrack.web.words import listed


def build(reader: Reader, signoff: Signoff) -> Context:
    """The context of ``exports/sign-off-pack``."""
    held = read_once(packs.held_by, reader, signoff)
    phases = phase_names(reader.project.id)
    texts = [_text(one, phases) for one in held.texts] or _waiver(reader, signoff)
    titles = {one["key"]: one["title"] for one in texts}
    return {
        **certificate.build(reader, signoff),
        **_changes(held, titles),
        "texts": texts,
        "results": [
            {"key": key, "title": titles[key], "rows": [_result(reader, result) for result, _key in rows]}
            for key, rows in groupby(held.results, key=lambda one: one[1])
        ],
        **keys_of(reader),
    }


def carried(reader: Reader, signoff: Signoff) -> Carried:
    """What travels in the file: the archive's data and the files of evidence."""
    held = read_once(packs.held_by, reader, signoff)
    return Carried(packs.pack_data(reader, held), packs.evidence_of(held))


def _changes(held: packs.Held, titles: Mapping[str, str]) -> Context:
    """What the scope that was signed before says otherwise."""
    if held.before is None or held.changed is None:
        return {"since": "", "added": [], "removed": [], "changed": []}
    found = held.changed
    rows = [(one.key, one.title, one.fields) for one in (*found.changed, *found.moved)]
    return {
        "since": f"{held.before.key}, {held.before.subject}",
        "added": [{"key": one.key, "title": one.title} for one in found.added],
        "removed": [{"key": one.key, "title": one.title} for one in found.removed],
        "changed": [
            {"key": key, "title": titles.get(key, title), "fields": [_field_change(one) for one in fields]}
            for key, title, fields in rows
        ],
    }


def _field_change(one: FieldChange) -> Context:
    segments = [[part.op, part.text] for part in one.segments]
    lines = [{"op": line.op, "segments": [[part.op, part.text] for part in line.segments]} for line in one.lines]
    return {"label": str(one.label), "old": one.old, "new": one.new, "segments": segments, "lines": lines}


def _text(one: Text, phases: Mapping[int, str]) -> Context:
    """An item with the fields that were signed, in the order of its form."""
    content, kind = json.loads(one.content), KINDS[one.kind]
    signed = [
        field
        for field in kind.fields
        if (field.text or field.scope) and field.name != "title" and content.get(field.name) not in (None, "", [])
    ]
    # What is one word stands beside the kind: on a line of its own each, a thousand requirements take twice the paper.
    beside = [field for field in signed if field.type in ("choice", "phase")]
    words = [_value(field, content[field.name], phases)["text"] for field in beside if field.name != "tier"]
    # So do the requirements that a scenario accepts; its steps are read as the sentence that they are, which takes half as long to print.
    steps = [field for field in signed if field.name in CLAUSES]
    if steps:
        told = [field for field in signed if field.name == "accepts"]
        words += [_labelled(field.label, _value(field, content[field.name], phases)["text"]) for field in told]
        beside += [*told, *steps]
    fields = [
        {"label": str(field.label), **_value(field, content[field.name], phases)}
        for field in signed
        if field not in beside
    ]
    retired = bool(content.get("retired"))
    return {
        "key": one.key, "kind": str(kind.label), "title": str(content.get("title", "")), "version": one.version,
        "tier": content.get("tier") or "", "words": words,
        "clauses": [line for field in steps for line in _clause(field, content[field.name])], "fields": fields,
        "retired": retired, "print": one.scope_print,
    }  # fmt: skip


def _clause(field: Field, lines: Sequence[str]) -> list[str]:
    """A clause of Given, When, Then, a line each: what follows on the first is an *and*."""
    return [_labelled(_("And") if at else field.label, line) for at, line in enumerate(lines)]


def _labelled(label: Any, value: str) -> str:
    return str(_("%(label)s: %(value)s", label=label, value=value))


def _waiver(reader: Reader, signoff: Signoff) -> list[Context]:
    """The text of a waiver, as an item's; none where something else was signed."""
    kind, _dash, number = signoff.subject.partition("-")
    if kind != "WVR":
        return []
    waiver = waiver_for(reader.actor, reader.project, int(number)).waiver
    told = waiver_words(reader.actor, reader.project, waiver)
    covers = [" ".join(part for part in (one["key"], str(one["text"])) if part) for one in told["covers"]]
    texts = {
        _("Why this may be so for now"): waiver.reason,
        _("What is done meanwhile"): waiver.workaround,
        _("Owner"): waiver.owner_name,
        _("Holds until"): reader.day(waiver.expires_on),
        _("At the gates"): str(told["gates"]),
    }
    fields: list[Context] = [
        {"label": label, "text": text, "lines": [], "table": None} for label, text in texts.items() if text
    ]
    fields.append({"label": _("What it covers"), "text": "", "lines": covers, "table": None})
    return [
        {
            "key": waiver.key, "kind": str(WAIVER.label), "title": called(waiver.reason), "version": 0, "tier": "", "words": [],
            "clauses": [], "fields": fields, "retired": False, "print": waiver.fingerprint,
        }
    ]  # fmt: skip


def _value(field: Field, value: Any, phases: Mapping[int, str]) -> Context:
    """A field's value as ``text``, ``lines`` or a ``table``."""
    told: Context = {"text": "", "lines": [], "table": None}
    if field.type == "examples":
        return {**told, "table": {"header": value["header"], "rows": value["rows"]}}
    if field.type == "steps":
        return {**told, "lines": [as_line(step) for step in value]}
    if field.type == "lines":
        return {**told, "lines": list(value)}
    if isinstance(value, list):
        return {**told, "text": listed(str(part) for part in value)}
    words = {"phase": lambda: phases.get(value, str(value)), "choice": lambda: str(field.choices.get(value, value))}
    return {**told, "text": words[field.type]() if field.type in words else str(value)}


def _result(reader: Reader, result: Any) -> Context:
    return {
        "row": "–" if result.row is None else str(result.row + 1), "verdict": result.verdict, "tester": result.tester_name,
        "at": reader.moment(result.at), "note": result.note, "affirmed": result.affirms is not None,
        "files": [{"name": name, "fingerprint": digest} for digest, name in result.evidence or ()],
    }  # fmt: skip


def keys_of(reader: Reader) -> Context:
    """How a pack is checked: the public keys of the installation, the one in use first, and where they are shown."""
    ring = stamps.ring()
    keys = [
        {"id": one.id, "public": one.public.hex(), "until": reader.day(one.until), "current": one is ring.current}
        for one in reversed(ring.keys)
    ]
    return {"keys": keys, "keys_at": keys_at(reader)}
