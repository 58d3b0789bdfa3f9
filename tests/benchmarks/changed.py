"""A measured project with 2 000 change requests in all stages, their edits, assessments and waits. Loaded in bulk, straight into the
tables: what is measured here is reading alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from reqtrack import clock
from reqtrack.db import canonical, db
from tests.benchmarks.heard import _column, _insert

CHANGES, FIRST = 2_000, 5_000_000
# Of a hundred.
STAGES = (
    *["draft"] * 8, *["assessing"] * 10, *["needs_information"] * 2, *["deciding"] * 12, *["deferred"] * 3, *["applied"] * 25,
    *["closed"] * 33, *["rejected"] * 7,
)  # fmt: skip
DECIDED = ("applied", "closed", "rejected")
HANDED_IN = ("assessing", "deciding", "deferred", *DECIDED)


def change(project_id: int) -> None:
    """Fill the tables of the open writing transaction."""
    requirements = _column("SELECT id FROM items WHERE kind = 'requirement' ORDER BY id")
    phases = _column(f"SELECT id FROM phases WHERE project_id = {project_id} ORDER BY id")
    assessor = int(db.session.execute(text("SELECT id FROM users WHERE login = 'polymath'")).scalar_one())
    _insert("items", _items(project_id, phases))
    _insert("changes", _changes())
    _insert("proposed_edits", _edits(project_id, requirements))
    _insert("change_waits", _waits(project_id))
    _insert("assessments", _assessments(project_id, assessor))


def stage(at: int) -> str:
    return STAGES[at * 37 % len(STAGES)]


def _ago(days: float) -> str:
    return clock.iso(clock.now() - timedelta(days=days))


def _items(project_id: int, phases: list[int]) -> Iterator[dict[str, Any]]:
    for at in range(CHANGES):
        yield {"id": FIRST + at, "project_id": project_id, "kind": "change", "number": 100 + at, "key": f"CR-{100 + at}",
               "title": f"Change number {at} of what was agreed", "stage": stage(at), "tier": ("must", "should", "later", None)[at % 4],
               "phase_id": phases[at % len(phases)] if at % 5 else None, "retired": False, "imported": False, "version": 1,
               "text_print": "", "scope_print": "", "text_seq": 0, "created_at": _ago(CHANGES / 6 - at / 6), "created_by": "wang",
               "updated_at": _ago(1), "row": 1}  # fmt: skip


def _changes() -> Iterator[dict[str, Any]]:
    for at in range(CHANGES):
        told, days = stage(at), CHANGES / 6 - at / 6
        yield {"id": FIRST + at, "reason": "measured", "change_kind": "emergency" if at % 40 == 0 else "normal",
               "submitted_at": _ago(days) if told in HANDED_IN else None, "waiting_since": _ago(days) if told in HANDED_IN else None,
               "decided_at": _ago(days - 0.5) if told in DECIDED else None,
               "applied_at": _ago(days - 0.5) if told in ("applied", "closed") else None,
               "came_from": "deciding" if told == "needs_information" else None,
               "expected_effort_days": 50 + at % 900 if told in ("deciding", *DECIDED) else None}  # fmt: skip


def _edits(project_id: int, requirements: list[int]) -> Iterator[dict[str, Any]]:
    for at in range(2 * CHANGES):
        yield {"id": FIRST + at, "project_id": project_id, "change_id": FIRST + at // 2, "position": at % 2, "op": "set",
               "item_id": requirements[at * 3 % len(requirements)], "kind": "requirement", "field": "statement", "base_version": 1,
               "old": canonical("before"), "new": canonical("after"), "author": "wang"}  # fmt: skip


def _waits(project_id: int) -> Iterator[dict[str, Any]]:
    for at in range(CHANGES):
        days = CHANGES / 6 - at / 6
        for step, name in enumerate(("assessing", "deciding")):
            if stage(at) in HANDED_IN and (step == 0 or stage(at) != "assessing"):
                over = (step == 0 and stage(at) != "assessing") or stage(at) not in ("assessing", "deciding")
                yield {"id": FIRST + 2 * at + step, "project_id": project_id, "change_id": FIRST + at, "stage": name,
                       "began_at": _ago(days - step / 4), "paused": 0,
                       "ended_at": _ago(days - step / 4 - 0.25) if over else None}  # fmt: skip


def _assessments(project_id: int, assessor: int) -> Iterator[dict[str, Any]]:
    for at in range(CHANGES):
        if stage(at) in ("deciding", "deferred", *DECIDED):
            yield {"id": FIRST + at, "project_id": project_id, "change_id": FIRST + at, "assessor_id": assessor,
                   "likely": 50 + at % 900, "note": "", "schedule_note": "", "risk": "", "graph_print": "", "package_print": "",
                   "at": _ago(2)}  # fmt: skip
