"""A measured project with all that the radar looks at: 2 000 interviews with the people heard in them, excerpts that back every
second requirement, processes and scenarios. Loaded in bulk, straight into the tables: what is measured here is reading alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import column, table, text

from reqtrack import clock
from reqtrack.db import canonical, db

INTERVIEWS, PEOPLE, SCENARIOS, PROCESSES, EXCERPTS = 2_000, 800, 3_000, 200, 20_000
LEVELS = ("manager", "frontline", "manager", "executive")
FIRST = 1_000_000  # beyond the ids of what was loaded before
AT_ONCE = 2_000


def hear(project_id: int) -> None:
    """Fill the tables of the open writing transaction."""
    requirements = _column("SELECT id FROM items WHERE kind = 'requirement' ORDER BY id")
    _insert("stakeholders", _people(project_id))
    _insert("items", _items(project_id))
    _insert("interviews", _interviews())
    _insert("scenarios", _scenarios())
    _insert("processes", _processes())
    _insert("links", _links(project_id, requirements))
    _insert("excerpts", _excerpts(project_id))
    _insert("evidence", _evidence(project_id, requirements))


def _column(statement: str) -> list[int]:
    return [row[0] for row in db.session.execute(text(statement))]


def _insert(name: str, rows: Iterator[dict[str, Any]]) -> None:
    made = list(rows)
    for at in range(0, len(made), AT_ONCE):
        db.session.connection().execute(table(name, *map(column, made[0])).insert(), made[at : at + AT_ONCE])


def _people(project_id: int) -> Iterator[dict[str, Any]]:
    now = clock.iso(clock.now())
    for at in range(PEOPLE):
        yield {"id": at + 1 + FIRST, "project_id": project_id, "name": "", "department": f"Department {at % 25}",
               "job_role": f"Role {at % 90}", "level": LEVELS[at % 4], "region": ("", "East")[at % 2], "created_at": now,
               "updated_at": now, "version": 1}  # fmt: skip


KINDS = (
    ("interview", "INT", INTERVIEWS, FIRST),
    ("scenario", "SCN", SCENARIOS, 2 * FIRST),
    ("process", "PRC", PROCESSES, 3 * FIRST),
)


def _items(project_id: int) -> Iterator[dict[str, Any]]:
    now = clock.iso(clock.now())
    for kind, prefix, number, first in KINDS:
        for at in range(number):
            stage = ("held", "written", "confirmed", "planned")[at % 4] if kind == "interview" else "draft"
            yield {"id": first + at, "project_id": project_id, "kind": kind, "number": at + 1000, "key": f"{prefix}-{at + 1000}",
                   "title": f"Some {kind} {at}", "stage": stage, "retired": False, "imported": False, "version": 1,
                   "text_print": "", "scope_print": "", "text_seq": 0, "created_at": now, "created_by": "x",
                   "updated_at": now, "row": 1}  # fmt: skip


def _interviews() -> Iterator[dict[str, Any]]:
    for at in range(INTERVIEWS):
        heard = canonical([FIRST + 1 + (at * 7) % PEOPLE, FIRST + 1 + (at * 13 + 1) % PEOPLE])
        yield {"id": FIRST + at, "held_on": f"2026-0{at % 9 + 1}-15", "stakeholders": heard}


def _scenarios() -> Iterator[dict[str, Any]]:
    for at in range(SCENARIOS):
        yield {"id": 2 * FIRST + at, "scenario_kind": ("main", "alternative", "exception")[at % 3],
               "process_steps": canonical([at % 8 + 1])}  # fmt: skip


def _processes() -> Iterator[dict[str, Any]]:
    steps = [{"id": at + 1, "name": f"Step {at}", "actor": f"Role {at}", "pages": at % 4, "required_fields": 2 * at,
              "approvals": at % 2} for at in range(8)]  # fmt: skip
    for at in range(PROCESSES):
        yield {"id": 3 * FIRST + at, "process_kind": "main", "steps": canonical(steps)}


def _links(project_id: int, requirements: list[int]) -> Iterator[dict[str, Any]]:
    for at in range(SCENARIOS):
        ends = [("part_of", 2 * FIRST + at, 3 * FIRST + at % PROCESSES)]
        ends += [
            ("gives_rise_to", 2 * FIRST + at, requirements[(at * 3 + one) % len(requirements)]) for one in range(2)
        ]
        for kind, source, target in ends:
            yield {
                "project_id": project_id,
                "kind": kind,
                "source_id": source,
                "target_id": target,
                "since": 1,
                "looked": 1,
            }


def _excerpts(project_id: int) -> Iterator[dict[str, Any]]:
    now = clock.iso(clock.now())
    for at in range(EXCERPTS):
        speaker = FIRST + 1 + (at * 7) % PEOPLE if at % 3 else None
        yield {"id": FIRST + at, "project_id": project_id, "interview_id": FIRST + at % INTERVIEWS, "stakeholder_id": speaker,
               "quote": "", "start": 0, "notes_version": 1, "author": "x", "at": now, "shown_as": "role", "place": ""}  # fmt: skip


def _evidence(project_id: int, requirements: list[int]) -> Iterator[dict[str, Any]]:
    for at in range(EXCERPTS):
        backed = requirements[(at * 2) % len(requirements)]
        yield {"project_id": project_id, "excerpt_id": FIRST + at, "item_id": backed, "since": 1}
