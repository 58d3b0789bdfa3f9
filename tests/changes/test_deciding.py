"""From a draft to versions of the items: the delegation rule, separation, votes, and applying in one transaction."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reqtrack.errors import Refused
from tests.changes.conftest import Desk


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in error.value.reasons]


def statement(req: str, new: str = "Two levels approve.") -> dict[str, object]:
    return {"item": req, "field": "statement", "new": new}


def test_a_small_change_goes_all_the_way(desk: Desk, req: str) -> None:
    key = desk.log(edits=[statement(req)])
    assert desk.stage(key) == "draft"
    touched = desk.submit(key)
    assert touched.conflicts == []
    assert desk.stage(key) == "assessing"
    said = desk.assess(key, "0.8")
    assert said.likely == Decimal("0.8")
    assert desk.stage(key) == "deciding"
    made = desk.decide(key, proved=False)
    assert (made.stage, made.waiting_for, made.decision.seat) == ("applied", (), "project_manager")
    change = desk.read(key)
    assert change.tier == "should" and change.applied_seq and change.expected_effort_days == Decimal("0.8")
    assert desk.read(req).version == 2
    assert desk.content(req)["statement"] == "Two levels approve."
