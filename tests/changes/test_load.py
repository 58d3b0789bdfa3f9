"""What the phases carry, and by how much they end later. Without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reqtrack.changes.load import (
    PhaseLoad,
    Weight,
    estimated,
    in_phases,
    moves,
    weighed,
    with_change,
    with_moves,
)
from reqtrack.changes.package import Edit
from reqtrack.workdays import Calendar

D = Decimal


def phase(capacity: str | None = "20", load: str = "18", **more: object) -> PhaseLoad:
    told = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27)} | more
    limit = D(capacity) if capacity else None
    return PhaseLoad(1, 1, "Phase 1", told["starts_on"], told["ends_on"], limit, {"must": D(load)})  # type: ignore[arg-type]


def edit(item: str, field: str, new: object, op: str = "set", kind: str = "requirement") -> Edit:
    return Edit(1, 1, op, item, kind, field, 1, None, new, "x")


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


def test_days_off_and_days_worked_instead_count() -> None:
    # A week off makes the same capacity fewer days, so that what is too much takes longer.
    off = frozenset(date(2026, 11, day) for day in (9, 10, 11, 12, 13))
    rest = replace(phase(), calendar=Calendar(off | {date(2026, 11, 30)}, frozenset({date(2026, 11, 28)})))
    late = with_change([rest], {1: D("4.5")})[0]
    # 15 working days carry 20 days: 2.5 too many are two days, the Saturday worked instead and the Tuesday after the day off.
    assert late.days_late == 2 and late.end_before == date(2026, 11, 27) and late.end_after == date(2026, 12, 1)


def test_no_calendar_goes_that_far() -> None:
    far = with_change([phase(capacity="0.01")], {1: D(10_000_000)})[0]
    assert far.end_after is None and (far.days_late or 0) > 10_000


def test_how_much_of_a_phase_is_must() -> None:
    loaded = PhaseLoad(
        1, 1, "Phase 1", None, None, None, {"must": D(6), "should": D(3), "change": D(3)}, must_changes=D(1)
    )
    assert loaded.must_share_before == D(7) / 12
    weights = {"REQ-1": Weight(1, D(2), True, "should"), "REQ-2": Weight(1, D(1), True, "must")}
    told = moves([edit("REQ-1", "tier", "must"), edit("REQ-2", "phase", 2)], weights, D(4), 1, "must")
    assert told == {(1, "should"): D(-2), (1, "must"): D(5), (2, "must"): D(1)}
    after = with_moves([loaded], told)[0]
    assert (after.added, after.added_must) == (D(3), D(5)) and after.must_share_after == D(12) / 15
    assert PhaseLoad(1, 1, "x", None, None, None).must_share_after is None


def added(
    edits: list[Edit], weights: dict[str, Weight], expected: Decimal | None, phase_id: int | None
) -> dict[int, Decimal]:
    return in_phases(moves(edits, weights, expected, phase_id))


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
    # What was retired and comes back is work again.
    assert added([edit("REQ-3", "", {"restored": True}, "retire")], weights, None, None) == {1: D(3)}


def test_work_that_a_requirement_is_estimated_at_is_not_counted_beside_it() -> None:
    weights = {"REQ-1": Weight(1, D(5), True), "REQ-2": Weight(1, D(3), True)}
    fresh = edit("", "", {"title": "t", "effort_days": "4"}, "new")
    # Assessed at six days, of which the new requirement says four.
    assert added([fresh], {}, D(6), 2) == {2: D(6)}
    assert estimated(weighed([fresh], {}, 2, "")) == D(4)
    # Whoever assesses less than the requirements say has not made them smaller; nobody assessed makes them no smaller either.
    assert added([fresh], {}, D(1), 2) == added([fresh], {}, None, 2) == {2: D(4)}
    # A new requirement elsewhere takes its part of the effort there.
    there = edit("", "", {"title": "t", "effort_days": "4", "phase": 3}, "new")
    assert added([there], {}, D(6), 2) == {2: D(2), 3: D(4)}
    # Raised by two days: two of three count with it. Moved, made smaller or retired, nothing of the effort does.
    assert added([edit("REQ-1", "effort_days", "7")], weights, D(3), 1) == {1: D(3)}
    assert added([edit("REQ-1", "phase", 2)], weights, D(3), 1) == {1: D(-2), 2: D(5)}
    assert added([edit("REQ-1", "effort_days", "4")], weights, D(3), 1) == {1: D(2)}
    assert added([edit("REQ-1", "", None, "retire"), edit("REQ-2", "effort_days", "4")], weights, D(3), 1) == {1: D(-2)}


def test_what_goes_into_no_phase_takes_nothing_off_the_change() -> None:
    """An estimate that no phase carries must not hide what the change costs."""
    weights = {"REQ-1": Weight(None, D(1), True)}
    fresh = edit("", "", {"title": "t", "effort_days": "4"}, "new")
    raised = edit("REQ-1", "effort_days", "9")
    assert added([raised], weights, D(9), 1) == {1: D(9)} and estimated(weighed([raised], weights, 1, "")) == 0
    assert added([raised, edit("REQ-1", "phase", 2)], weights, D(9), 1) == {1: D(1), 2: D(9)}
    assert estimated(weighed([fresh], {}, None, "")) == 0
