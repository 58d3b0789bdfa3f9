"""The delegation rule and separation, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reqtrack.changes.delegation import (
    DELEGATION,
    Origin,
    Person,
    Size,
    excluded,
    rule_for,
    seated,
    seats,
    within_limit,
)

ROLES = ("project_manager", "business_owner", "sponsor", "administrator", "analyst")


def person(login: str, *roles: str) -> Person:
    return Person(hash(login), login, login, frozenset(roles))


PM, BO, SP, AD = (person(role, role) for role in ROLES[:4])
SMALL, MIDDLE, LARGE = DELEGATION


@pytest.mark.parametrize(
    ("days", "must", "over", "line"),
    [
        ("0", False, False, SMALL),
        ("1", False, False, SMALL),
        ("1.01", False, False, MIDDLE),
        ("0.5", True, False, MIDDLE),
        ("10", True, False, MIDDLE),
        ("10.01", False, False, LARGE),
        ("0.5", False, True, LARGE),
        ("0.5", True, True, LARGE),
    ],
)
def test_the_default_rule(days: str, must: bool, over: bool, line: object) -> None:
    assert rule_for(Size(Decimal(days), must, over)) is line


def test_only_the_first_line_goes_without_proof() -> None:
    small = Size(Decimal(1))
    assert [within_limit(line, small) for line in DELEGATION] == [True, False, False]


def test_a_seat_that_its_role_cannot_fill_goes_to_the_next_line() -> None:
    filled = seats(SMALL, [PM, BO, SP], Origin("project_manager", "project_manager"))
    assert [(one.role, one.acting) for one in filled] == [("project_manager", "business_owner")]
    filled = seats(MIDDLE, [PM, SP, AD], Origin("someone", "someone"))
    assert [(one.role, one.acting) for one in filled] == [("business_owner", "sponsor")]
    filled = seats(MIDDLE, [PM, AD], Origin("someone", "someone"))
    assert filled[0].acting == "administrator"


def test_one_person_fills_one_seat() -> None:
    both = person("both", "business_owner", "sponsor")
    filled = seats(LARGE, [both, AD], Origin("someone", "someone"))
    assert [one.acting for one in filled] == ["business_owner", "administrator"]
    filled = seats(LARGE, [both, SP], Origin("someone", "someone"))
    assert [one.acting for one in filled] == ["business_owner", "sponsor"]
    assert seated(filled, ["both"]) in ({0: "both"}, {1: "both"})
    assert sorted(seated(filled, ["both", "sponsor"]).values()) == ["both", "sponsor"]


def test_nobody_left_is_said() -> None:
    assert seats(SMALL, [PM], Origin("project_manager", "project_manager"))[0].holders == ()


def test_separation() -> None:
    own = Origin("a", "a", frozenset({"a", "b"}))
    assert excluded(own) == {"a", "b"}
    typed = Origin("a", "c", frozenset({"a"}), typed=True)
    assert excluded(typed) == {"a", "c"}
    assert excluded(Origin("a", "c", frozenset({"a"}), typed=True, confirmed=True)) == {"c"}
    assert excluded(Origin("a", "", frozenset(), typed=True)) == {"a"}
    # Who wrote edits for them stays out, confirmed or not.
    assert excluded(Origin("a", "c", frozenset({"a", "d"}), typed=True, confirmed=True)) == {"c", "d"}


people = st.lists(
    st.builds(lambda n, roles: person(f"p{n}", *roles), st.integers(0, 6), st.sets(st.sampled_from(ROLES), min_size=1)),
    unique_by=lambda one: one.login,
    max_size=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(people, st.sampled_from(DELEGATION), st.sampled_from([f"p{n}" for n in range(7)]))
def test_filled_seats_can_all_be_taken_by_people_of_their_own(members, line, author) -> None:
    filled = seats(line, members, Origin(author, author))
    assert [one.role for one in filled] == list(line.seats)
    able = [one for one in filled if one.holders]
    for seat in able:
        assert all(one.holds(seat.acting) and one.login != author for one in seat.holders)
    voters = {one.login for seat in able for one in seat.holders}
    assert len(seated(filled, sorted(voters))) == len(able)
    taken = seated(filled, sorted(voters))
    assert len(set(taken.values())) == len(taken)
    assert len(filled) <= 2
