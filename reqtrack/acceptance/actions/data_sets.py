"""Verbs on data sets: take in what was masked, say where it came from, put away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert

from reqtrack.acceptance import policy
from reqtrack.acceptance.data.taking import Taken
from reqtrack.acceptance.models import DataRow, DataSet
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db, is_text, learn
from reqtrack.errors import Invalid, Reason, no
from reqtrack.items import store
from reqtrack.permissions import Actor

FACTS = ("name", "system", "owner", "note", "taken_on")
LONGEST = {"name": 200, "system": 200, "owner": 200, "note": 5_000}
# From so many rows on a database counts its tables anew.
MANY = 5_000


def take_in(actor: Actor, project: Project, taken: Taken, facts: Mapping[str, Any], file_name: str = "") -> DataSet:
    """Keep a table that was masked before: nothing else of it is ever written down.

    Args:
        taken: what ``acceptance.data.taking.take`` let through.
        facts: name, and what is known of system, owner, taken_on (a date) and note.

    Raises:
        Refused: no permission. Invalid: per fact.
    """
    policy.may_write_data(actor, project.id).require()
    said = _checked(facts)
    number = store.next_number(project.id, "DAT")
    with recorded(actor, project.id, "data_set.taken", f"DAT-{number}") as entry:
        found = DataSet(
            project_id=project.id, number=number, file_name=file_name[:255], header=list(taken.header),
            masked=list(taken.masked), mapped=list(taken.mapped), profile=taken.profile, applied=taken.applied,
            row_count=len(taken.rows), digest=taken.digest, created_by=actor.login, created_by_name=actor.name,
            created_at=entry.at, **said,
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
        if taken.rows:
            rows = [{"data_set_id": found.id, "position": at, "cells": list(row)} for at, row in enumerate(taken.rows)]
            db.session.execute(insert(DataRow), rows, execution_options={"spine": True})
        entry.after = {
            **_told(said), "rows": len(taken.rows), "digest": taken.digest, "columns": list(taken.header),
            "masked": {name: kind for name, kind in zip(taken.header, taken.masked, strict=True) if kind},
            "applied": {name: taken.applied[name] for name in ("mapping", "normalised", "problems", "elsewhere")},
        }  # fmt: skip
    if len(taken.rows) >= MANY:
        learn(DataRow)
    return found


def _checked(facts: Mapping[str, Any], names: tuple[str, ...] = FACTS) -> dict[str, Any]:
    reasons: list[Reason] = []
    said: dict[str, Any] = {}
    for name in names:
        value = facts.get(name)
        if name == "taken_on":
            if value is not None and not isinstance(value, date):
                reasons.append(Reason("no_date", "Write the day as 2026-01-31.", {}, name))
            said[name] = value
            continue
        said[name] = str(value or "").strip()
        if not is_text(said[name]) or len(said[name]) > LONGEST[name]:
            message = "This is longer than %(most)s characters: shorten it."
            reasons.append(Reason("too_long", message, {"most": LONGEST[name]}, name))
    if "name" in said and not said["name"]:
        reasons.append(Reason("required", "Give the data set a name.", {}, "name"))
    if reasons:
        raise Invalid(reasons)
    return said


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


def change_data_set(actor: Actor, found: DataSet, facts: Mapping[str, Any], *, seen: int | None = None) -> DataSet:
    """Say otherwise where a set came from; what is left out stays. Its rows never change.

    Raises:
        Refused: no permission; 409 where somebody else was first. Invalid: per fact.
    """
    policy.may_write_data(actor, found.project_id).require()
    said = _checked(facts, tuple(name for name in FACTS if name in facts))
    changed = {name: value for name, value in said.items() if getattr(found, name) != value}
    if not changed:
        return found
    if seen is not None and seen != found.version:
        no("stale", "Somebody else changed %(key)s meanwhile.", key=found.key).require(409)
    before = _told({name: getattr(found, name) for name in changed})
    with recorded(actor, found.project_id, "data_set.changed", found.key, before=before) as entry:
        for name, value in changed.items():
            setattr(found, name, value)
        entry.after = _told(changed)
    return found


def archive_data_set(actor: Actor, found: DataSet, *, back: bool = False) -> DataSet:
    """Put a set away, or take it out again. The examples that rows of it became stay, and say where they came from."""
    policy.may_write_data(actor, found.project_id).require()
    if (found.archived_at is None) != back:
        action = "data_set.restored" if back else "data_set.archived"
        with recorded(actor, found.project_id, action, found.key) as entry:
            found.archived_at = None if back else entry.at
    return found
