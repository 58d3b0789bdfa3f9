"""What the phases carry, and by how much they end later. Without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from reqtrack.changes.load import PhaseLoad, Weight, added, later, with_change, working_days
from reqtrack.changes.package import Edit

D = Decimal


def phase(capacity: str | None = "20", load: str = "18", **more: object) -> PhaseLoad:
    told = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27)} | more
    limit = D(capacity) if capacity else None
    return PhaseLoad(1, 1, "Phase 1", told["starts_on"], told["ends_on"], limit, {"must": D(load)})  # type: ignore[arg-type]


def edit(item: str, field: str, new: object, op: str = "set", kind: str = "requirement") -> Edit:
    return Edit(1, 1, op, item, kind, field, 1, None, new, "x")


def test_working_days() -> None:
    assert working_days(date(2026, 11, 2), date(2026, 11, 27)) == 20
    assert working_days(date(2026, 11, 7), date(2026, 11, 8)) == 0
    assert later(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert later(date(2026, 11, 27), 0) == date(2026, 11, 27)


def test_over_counts_only_what_the_change_adds() -> None:
    assert not with_change([phase(load="25")], {})[0].over
    assert not with_change([phase(load="25")], {1: D(-2)})[0].over
    assert with_change([phase(load="25")], {1: D(1)})[0].over
    assert not with_change([phase(load="18")], {1: D(2)})[0].over
    assert not with_change([phase(capacity=None)], {1: D(200)})[0].over


def test_a_phase_that_carries_too_much_ends_later() -> None:
    # 20 working days carry 20 days: each day too much is a working day.
    loaded = with_change([phase()], {1: D("4.5")})[0]
    assert loaded.days_late == 3 and loaded.end_after == date(2026, 12, 2)
    assert with_change([phase()], {1: D(2)})[0].days_late == 0
    assert with_change([phase(capacity=None)], {1: D(9)})[0].days_late is None
    assert with_change([phase(ends_on=None)], {1: D(9)})[0].days_late is None
    # What was late before is not this change's doing.
    assert with_change([phase(load="22")], {1: D(1)})[0].days_late == 1


def test_what_edits_move_and_take_away() -> None:
    weights = {"REQ-1": Weight(1, D(5), True), "REQ-2": Weight(1, D(3), True), "REQ-3": Weight(1, D(3), False)}
    assert added([], weights, D("2.5"), 1) == {1: D("2.5")}
    assert added([edit("REQ-1", "phase", 2)], weights, None, None) == {1: D(-5), 2: D(5)}
    assert added([edit("REQ-1", "phase", 2), edit("REQ-1", "effort_days", "6")], weights, None, None) == {
        1: D(-5),
        2: D(6),
    }
    assert added([edit("REQ-2", "", None, "retire")], weights, D(1), 1) == {1: D(-2)}
    assert added([edit("REQ-3", "phase", 2)], weights, None, None) == {}
    assert added([edit("REQ-1", "statement", "x")], weights, None, None) == {}
    fresh = edit("", "", {"title": "t", "effort_days": "4"}, "new")
    assert added([fresh], {}, D(1), 2) == {2: D(5)}
