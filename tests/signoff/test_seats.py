"""Seats: named people, roles, people outside; all, N of M, one per role; in an order. Complete if and only if the rule holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.audit.verify import verify
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.proof import check_pack
from reqtrack.signoff import actions, queries
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.seats import Answer, Rule, Seat, Wanted, missing, standing, turn
from tests.signoff.test_signing import scope, sign, told
from tests.support.world import World

__all__ = ["scope"]
ROLES = ("business_owner", "sponsor")


@st.composite
def requests(draw: st.DrawFn) -> tuple[Rule, list[Seat], list[Answer]]:
    count = draw(st.integers(1, 5))
    name = draw(st.sampled_from(("all", "any", "number", "per_role")))
    needed = draw(st.integers(1, count)) if name == "number" else None
    rule = Rule(name, needed, draw(st.booleans()), draw(st.sampled_from(("electronic", "paper", "both", "either"))))
    seats = [Seat(at, role=draw(st.sampled_from(ROLES))) for at in range(1, count + 1)]
    answers: list[Answer] = []
    for at in range(draw(st.integers(0, count * 2))):
        asked = turn(rule, seats, answers)
        if not asked:
            break
        seat = draw(st.sampled_from(asked))
        way = draw(st.sampled_from(missing(rule, seat, answers)))
        outcome = draw(st.sampled_from(("signed", "signed", "declined")))
        answers.append(Answer(seat.position, outcome, way, frozenset({f"p{at}"})))
    return rule, seats, answers


def by_hand(rule: Rule, seats: list[Seat], answers: list[Answer]) -> bool:
    """The rule, said once more in the plainest way."""
    full = []
    for seat in seats:
        mine = [one for one in answers if one.seat == seat.position]
        ways = {one.way for one in mine if one.outcome == "signed"}
        wanted = {"both": {"electronic", "paper"}}.get(rule.ways, ways)
        if ways and ways == wanted and not any(one.outcome == "declined" for one in mine):
            full.append(seat)
    if rule.name == "per_role":
        return {one.role for one in full} == {one.role for one in seats}
    return len(full) >= {"all": len(seats), "any": 1, "number": rule.needed or 0}[rule.name]


@given(requests())
@settings(max_examples=300, deadline=None)
def test_complete_if_and_only_if_the_rule_over_the_seats_holds(made: tuple[Rule, list[Seat], list[Answer]]) -> None:
    rule, seats, answers = made
    state = standing(rule, seats, answers)
    assert (state == "signed") == by_hand(rule, seats, answers)
    # Declined says that nothing which may come still completes it.
    declined = {one.seat for one in answers if one.outcome == "declined"}
    ways = ("electronic", "paper") if rule.ways == "both" else ("electronic" if rule.ways == "either" else rule.ways,)
    best = [Answer(one.position, "signed", way) for one in seats if one.position not in declined for way in ways]
    kept = [one for one in answers if one.outcome == "declined"]
    assert (state == "declined") == (not by_hand(rule, seats, kept + best))


@given(requests())
@settings(max_examples=200, deadline=None)
def test_the_checker_of_packs_keeps_the_same_rule(made: tuple[Rule, list[Seat], list[Answer]]) -> None:
    rule, seats, answers = made
    told_rule = {
        "name": rule.name,
        "needed": rule.needed or 0,
        "roles": sorted({one.role for one in seats}),
        "ways": rule.ways,
    }
    signers: list[dict[str, Any]] = []
    for seat in seats:
        mine = [one for one in answers if one.seat == seat.position]
        rows = [(one.outcome, one.way) for one in mine] + [("waiting", way) for way in missing(rule, seat, answers)]
        signers += [{"seat": seat.position, "state": state, "way": way, "roles": [seat.role]} for state, way in rows]
    signed = [one for one in signers if one["state"] == "signed"]
    assert check_pack.complete(told_rule, signers, signed) == (standing(rule, seats, answers) == "signed")


def ask(world: World, *signers: Any, **more: Any) -> int:
    with world.write("project_manager") as scene:
        return actions.request(scene.actor, scene.project, "BL-1", "I approve", signers, **more).number


def refused(world: World, by: str, number: int = 1) -> str:
    with pytest.raises(Refused) as found:
        sign(world, by, number)
    return found.value.reasons[0].code


def test_any_holder_of_a_role_may_take_its_seat_once(scope: World) -> None:
    ask(scope, Wanted(role="business_owner"), Wanted(role="sponsor"))
    assert refused(scope, "tester") == "not_asked"
    sign(scope, "sponsor")
    assert refused(scope, "sponsor") == "answered"
    page = told(scope)
    assert page["state"] == "requested" and page["signers"] == []
    assert [(one["role"], one["state"]) for one in page["seats"]] == [
        ("business_owner", "waiting"),
        ("sponsor", "signed"),
    ]
    sign(scope, "business_owner")
    assert told(scope)["state"] == "signed"
    with scope.app.app_context():
        assert verify().ok


def test_in_an_order_the_next_is_asked_when_the_one_before_has_signed(scope: World) -> None:
    ask(scope, "sponsor", "business_owner", ordered=True)
    with pytest.raises(Refused) as found:
        sign(scope, "business_owner")
    (reason,) = found.value.reasons
    assert reason.code == "not_your_turn" and "signs before you" in reason.message and reason.params["name"]
    assert waiting(scope) == {"sponsor": ["SGN-1"], "business_owner": []}
    sign(scope, "sponsor")
    assert waiting(scope) == {"sponsor": [], "business_owner": ["SGN-1"]}
    sign(scope, "business_owner")
    assert told(scope)["state"] == "signed"


def waiting(world: World) -> dict[str, list[str]]:
    found = {}
    for who in ("sponsor", "business_owner"):
        with world.read(who) as scene:
            found[who] = [one.key for one in queries.waiting_for(scene.actor)]
    return found


def test_a_number_of_them_is_enough_and_too_many_refusals_end_it(scope: World) -> None:
    for number, answers in enumerate((("sponsor", "business_owner"), ("business_owner", "sponsor")), 1):
        ask(scope, "sponsor", "business_owner", rule="number", needed=1 if number == 1 else 2)
        with scope.write(answers[0]) as scene:
            signoff = queries.signoff_for(scene.actor, scene.project.id, number)
            actions.decline(scene.actor, scene.project, signoff, "not yet")
        assert told(scope, number)["state"] == ("requested" if number == 1 else "declined")
    sign(scope, "business_owner", 1)
    assert told(scope, 1)["state"] == "signed" and told(scope, 1)["needed"] == 1


def test_one_per_role_and_in_which_role(scope: World) -> None:
    scope.member("second", "business_owner")
    ask(scope, "business_owner", "second", "sponsor", rule="per_role")
    sign(scope, "second")
    assert told(scope)["state"] == "requested"
    sign(scope, "sponsor")
    assert told(scope)["state"] == "signed"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rule": "number", "needed": 3}, "needed"), ({"rule": "number"}, "needed"), ({"rule": "most"}, "rule"),
        ({"ways": "fax"}, "ways"), ({"signers": [Wanted(role="tester")]}, "signers"),
        ({"signers": [Wanted(role="nobody")]}, "signers"), ({"signers": []}, "signers"),
    ],
)  # fmt: skip
@pytest.mark.sqlite
def test_what_cannot_be_asked(scope: World, more: dict[str, Any], field: str) -> None:
    signers = more.pop("signers", ["sponsor", "business_owner"])
    with pytest.raises(Invalid) as found:
        ask(scope, *signers, **more)
    assert {one.field for one in found.value.reasons} == {field}


@pytest.mark.sqlite
def test_a_reservation_stands_on_the_signature(scope: World) -> None:
    ask(scope, "business_owner")
    with pytest.raises(Invalid):
        sign(scope, "business_owner", reserved=True)
    sign(scope, "business_owner", reserved=True, remarks="The phone field is still missing.")
    (row,) = told(scope)["signatures"]
    assert (row["reserved"], row["remarks"]) == (True, "The phone field is still missing.")
    page = scope.client("analyst").get("/p/CRM/signoffs/1").get_data(as_text=True)
    assert "Signed with reservation: The phone field is still missing." in page
    with scope.app.app_context():
        assert verify().ok


@pytest.mark.sqlite
def test_the_form_asks_people_roles_and_people_outside_in_their_turn(scope: World) -> None:
    manager = scope.client("project_manager")
    form = {
        "subject": "BL-1", "meaning": "m", "signers": ["sponsor"], "roles": ["business_owner"], "outside_name": ["Ada", ""],
        "outside_organisation": ["Acme", ""], "ordered": "1", "ways": "either", "rule": "number", "needed": "2",
        "turn_of": ["login:sponsor", "role:business_owner", "outside:1"], "turn": ["2", "", "1"],
    }  # fmt: skip
    manager.send("/p/CRM/signoffs", form)
    page = told(scope)
    assert [one["outside"] or one["login"] or one["role"] for one in page["seats"]] == [
        {"name": "Ada", "organisation": "Acme"}, "sponsor", "business_owner",
    ]  # fmt: skip
    assert (page["needed"], page["ordered"], page["ways"]) == (2, True, "either")
    again = manager.get("/p/CRM/signoffs/1").get_data(as_text=True)
    assert "Ada" in again and "2 of 3" in again and "one after another" in again


def test_a_request_that_stands_otherwise_than_its_answers_is_noticed(scope: World) -> None:
    ask(scope, "sponsor", "business_owner")
    sign(scope, "sponsor")
    with scope.app.app_context():
        assert verify().ok
        db.session.rollback()
    with scope.write("project_manager") as scene:
        from reqtrack.audit.record import recorded

        with recorded(scene.actor, scene.project.id, "x.x", "SGN-1"):
            row = db.session.execute(db.select(Signoff)).scalar_one()
            row.state, row.settled_at = "declined", row.requested_at
    with scope.app.app_context():
        assert "other_state" in {one.reason.code for one in verify().problems}
