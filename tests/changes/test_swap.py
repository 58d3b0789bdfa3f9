"""Which items are moved out of a phase: the fewest, proved against trying all; without a database."""

from __future__ import annotations

import random
import time
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.changes import swap
from reqtrack.changes.swap import Candidate, choose

D = Decimal


def closed(chosen: frozenset[str], by_key: dict[str, Candidate]) -> bool:
    """Whether what depends on something moved out moves out, too."""
    return all(by_key[key].needed_by <= chosen for key in chosen)


def days(chosen: frozenset[str], by_key: dict[str, Candidate]) -> Decimal:
    return sum((by_key[key].days for key in chosen), D(0))


def rank(chosen: frozenset[str], by_key: dict[str, Candidate]) -> tuple[int, int]:
    return len(chosen), sum(by_key[key].should for key in chosen)


def brute(candidates: list[Candidate], excess: Decimal) -> tuple[int, int] | None:
    """The best that any of all sets can do."""
    by_key = {one.key: one for one in candidates}
    sets = (frozenset(some) for number in range(len(by_key) + 1) for some in combinations(by_key, number))
    fit = [rank(some, by_key) for some in sets if days(some, by_key) >= excess and closed(some, by_key)]
    return min(fit, default=None)


@st.composite
def phases(draw: st.DrawFn, most: int = 9) -> list[Candidate]:
    """Candidates that depend on each other, and some on what may not move."""
    number = draw(st.integers(0, most))
    keys = [f"REQ-{one}" for one in range(number)]
    others = (
        st.frozensets(st.sampled_from([*keys, "REQ-99"]), max_size=2)
        if draw(st.booleans()) and keys
        else st.just(frozenset())
    )
    size = st.integers(1, 1200).map(lambda one: D(one) / 100) if draw(st.booleans()) else st.integers(1, 4).map(D)
    return [
        Candidate(
            key, draw(size), draw(st.booleans()), draw(others) - {key} - ({"REQ-99"} if draw(st.booleans()) else set())
        )
        for key in keys
    ]


@settings(max_examples=400, deadline=None)
@given(phases(), st.integers(1, 4000).map(lambda one: D(one) / 100))
def test_the_set_is_the_best_of_all_sets(candidates: list[Candidate], excess: Decimal) -> None:
    found, best = choose(candidates, excess), brute(candidates, excess)
    assert (found is None) == (best is None)
    if found is not None:
        by_key = {one.key: one for one in candidates}
        chosen = frozenset(found.keys)
        assert closed(chosen, by_key) and found.days == days(chosen, by_key) >= excess
        assert rank(chosen, by_key) == best and found.more == 0


@settings(max_examples=300, deadline=None)
@given(phases(), st.integers(1, 4000).map(lambda one: D(one) / 100))
def test_beyond_the_bound_tells_how_far_off_it_may_be(candidates: list[Candidate], excess: Decimal) -> None:
    found, best = choose(candidates, excess, exact=0), brute(candidates, excess)
    assert (found is None) == (best is None)
    if found is not None and best is not None:
        by_key = {one.key: one for one in candidates}
        chosen = frozenset(found.keys)
        assert closed(chosen, by_key) and found.days == days(chosen, by_key) >= excess
        assert best[0] <= len(chosen) <= best[0] + found.more


@settings(max_examples=100, deadline=None)
@given(phases(), st.integers(1, 4000).map(lambda one: D(one) / 100))
def test_a_search_that_was_given_up_tells_so(candidates: list[Candidate], excess: Decimal) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(swap, "MOST_STEPS", 1)
        found, best = choose(candidates, excess), brute(candidates, excess)
    assert (found is None) == (best is None)
    assert found is None or best is None or best[0] <= len(found.keys) <= best[0] + found.more


def test_among_as_many_the_later_ones_go_first_and_then_the_lightest() -> None:
    candidates = [
        Candidate("REQ-1", D(5), True), Candidate("REQ-2", D(4)), Candidate("REQ-3", D("3.5")), Candidate("REQ-4", D(1)),
    ]  # fmt: skip
    found = choose(candidates, D(3))
    assert found is not None and found.keys == ("REQ-3",) and found.days == D("3.5")
    found = choose(candidates, D("4.5"))
    assert found is not None and found.keys == ("REQ-1",), "one should item rather than two later ones"


def test_what_depends_on_it_goes_along_and_what_cannot_go_keeps_it() -> None:
    leant_on = Candidate("REQ-1", D(5), False, frozenset({"REQ-2"}))
    found = choose([leant_on, Candidate("REQ-2", D(1))], D(4))
    assert found is not None and found.keys == ("REQ-1", "REQ-2")
    assert choose([leant_on], D(4)) is None, "REQ-2 is not there to be moved"


def test_forty_are_searched_through_in_no_time() -> None:
    rng = random.Random(7)
    worst = 0.0
    for _ in range(40):
        keys = [f"REQ-{one}" for one in range(40)]
        candidates = [
            Candidate(
                key,
                D(rng.randint(1, 60)) / 4,
                rng.random() < 0.5,
                frozenset(rng.sample(keys[at + 1 :], min(len(keys) - at - 1, rng.randint(0, 1)))),
            )
            for at, key in enumerate(keys)
        ]
        begun = time.perf_counter()
        found = choose(candidates, D(rng.randint(1, 150)))
        worst = max(worst, time.perf_counter() - begun)
        assert found is not None and found.more == 0
    assert worst < 2
