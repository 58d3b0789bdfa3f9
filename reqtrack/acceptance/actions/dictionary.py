"""Verbs on the data dictionary: add, change, move, retire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reqtrack.acceptance import policy
from reqtrack.acceptance.data.dictionary import Entry, parse_entry
from reqtrack.acceptance.models import DictionaryEntry
from reqtrack.acceptance.queries import dictionary as queries
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db, is_text
from reqtrack.errors import Invalid, Reason, Stale, invalid, no
from reqtrack.permissions import Actor

# What an entry is made of, as forms and the API call it.
ENTRY_FIELDS = ("name", "meaning", "type", "format", "unit", "allowed", "required", "unique", "aliases")
MOST_AT_ONCE = 500


def add_entries(actor: Actor, project: Project, told: Sequence[Mapping[str, Any]]) -> list[DictionaryEntry]:
    """Add entries, all of them or none.

    Args:
        told: the fields of each, as ``parse_entry`` takes them.

    Raises:
        Refused: no permission. Invalid: what does not fit; of several entries the field says of which: ``3.name`` is the name of
            the third.
    """
    policy.may_write_data(actor, project.id).require()
    if len(told) > MOST_AT_ONCE:
        raise invalid(None, "These are more than %(most)s fields: bring them in parts.", most=MOST_AT_ONCE)
    known = [queries.as_rule(row) for row in queries.entries(project.id)]
    made: list[Entry] = []
    reasons: list[Reason] = []
    for at, one in enumerate(told, 1):
        entry, wrong = _parsed(one, [*known, *made])
        reasons += [replace(reason, field=f"{at}.{reason.field}") for reason in wrong] if len(told) > 1 else wrong
        made += [entry] if entry else []
    if reasons:
        raise Invalid(reasons)
    return [_add(actor, project, entry) for entry in made]


def _parsed(told: Mapping[str, Any], others: Sequence[Entry]) -> tuple[Entry | None, list[Reason]]:
    texts = [value for one in told.values() for value in (one if isinstance(one, list | tuple) else [one])]
    if not all(is_text(value) for value in texts if isinstance(value, str)):
        return None, [Reason("no_text", "This holds characters that cannot be kept.", {}, "name")]
    return parse_entry(told, others)


def _add(actor: Actor, project: Project, entry: Entry) -> DictionaryEntry:
    with recorded(actor, project.id, "dictionary.added", entry.name) as record:
        row = DictionaryEntry(project_id=project.id, position=queries.last_position(project.id) + 1)
        _fill(row, entry)
        db.session.add(row)
        record.after = as_told(entry)
    return row


def _fill(row: DictionaryEntry, entry: Entry) -> None:
    row.name, row.meaning, row.type, row.format = entry.name, entry.meaning, entry.type, entry.format
    row.unit = entry.unit
    row.allowed, row.aliases = list(entry.allowed) or None, list(entry.aliases) or None
    row.required, row.is_unique = entry.required, entry.unique


def as_told(entry: Entry) -> dict[str, Any]:
    """An entry by the names of its fields, lists as lists."""
    return {name: list(value) if isinstance(value := getattr(entry, name), tuple) else value for name in ENTRY_FIELDS}


def change_entry(
    actor: Actor, row: DictionaryEntry, told: Mapping[str, Any], *, seen: int | None = None
) -> DictionaryEntry:
    """Change an entry; what is left out stays. Data sets keep what they were when they were taken in.

    Raises:
        Refused: no permission. Invalid: it does not fit. Stale: somebody else was first.
    """
    policy.may_write_data(actor, row.project_id).require()
    old = queries.as_rule(row)
    before = as_told(old)
    others = [queries.as_rule(other) for other in queries.entries(row.project_id) if other.id != row.id]
    entry, reasons = _parsed({**before, **{name: told[name] for name in ENTRY_FIELDS if name in told}}, others)
    if entry is None:
        raise Invalid(reasons)
    after = as_told(entry)
    changed = [name for name in ENTRY_FIELDS if after[name] != before[name]]
    if changed and seen is not None and seen != row.version:
        raise Stale(row.name, seen, row.version, {n: after[n] for n in changed}, {n: before[n] for n in changed})
    if changed:
        was = {name: before[name] for name in changed}
        with recorded(actor, row.project_id, "dictionary.changed", row.name, before=was) as record:
            _fill(row, entry)
            record.after = {name: after[name] for name in changed}
    return row


def retire_entry(actor: Actor, row: DictionaryEntry, *, back: bool = False, seen: int | None = None) -> DictionaryEntry:
    """Take an entry out of use, or into it again.

    Raises:
        Refused: no permission; 409 where it was changed meanwhile, or another entry in use has its name by now.
    """
    policy.may_write_data(actor, row.project_id).require()
    if (row.archived_at is None) == back:
        return row
    if seen is not None and seen != row.version:
        no("stale", "Somebody else changed “%(name)s” meanwhile.", name=row.name).require(409)
    if back:
        others = [queries.as_rule(other) for other in queries.entries(row.project_id)]
        _entry, reasons = parse_entry(as_told(queries.as_rule(row)), others)
        if reasons:
            raise Invalid(reasons)
    action = "dictionary.restored" if back else "dictionary.retired"
    with recorded(actor, row.project_id, action, row.name) as record:
        row.archived_at = None if back else record.at
    return row


def place_entry(actor: Actor, row: DictionaryEntry, place: int) -> DictionaryEntry:
    """Put an entry at a place of the list, counted from 1; those behind it move down.

    Raises:
        Refused: no permission. Invalid: it is not in use.
    """
    policy.may_write_data(actor, row.project_id).require()
    rows = list(queries.entries(row.project_id))
    if row not in rows:
        raise invalid("place", "“%(name)s” is not in use: it has no place.", name=row.name)
    was = rows.index(row) + 1
    rows.remove(row)
    rows.insert(max(place, 1) - 1, row)
    now = rows.index(row) + 1
    if now != was:
        with recorded(actor, row.project_id, "dictionary.moved", row.name, before={"place": was}) as record:
            for at, other in enumerate(rows, 1):
                other.position = at
            record.after = {"place": now}
    return row
