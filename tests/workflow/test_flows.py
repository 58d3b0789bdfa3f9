"""Flows: what they may say, and that whatever they say narrows what is hard."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reqtrack.changes import policy
from reqtrack.changes.delegation import Origin, Person, Seat
from reqtrack.changes.policy import Facts
from reqtrack.errors import Verdict
from reqtrack.permissions import ROLES, Actor
from reqtrack.workflow.flow_rules import check
from reqtrack.workflow.flows import ASKS, CATEGORIES, KINDS, NAMES, Flow, Name, as_body, as_flow, coded
from reqtrack.workflow.presets import PRESETS, flows_of
from reqtrack.workflow.tables import CHANGE, LEAN, folded

STEP: dict[str, Any] = {
    "code": "quality",
    "category": "assessing",
    "names": {"en": "Quality"},
    "roles": ["analyst"],
    "asks": [],
}


def codes(verdict: Verdict) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in verdict.reasons]


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("normal", {}, []),
        ("normal", {"added": [STEP]}, []),
        ("normal", {"names": {"deciding": {"en": "Board", "zh": "评审会"}}}, []),
        ("normal", [], [("invalid", None)]),
        ("normal", {"stages": []}, [("invalid", None)]),
        ("normal", {"asks": {"submit": "tier"}}, [("invalid", None)]),
        ("normal", {"names": {"deciding": {"fr": "Comité"}}}, [("invalid", None)]),
        ("normal", {"names": {"voting": {"en": "Voting"}}}, [("unknown_stage", "names.voting")]),
        ("normal", {"names": {"deciding": {"en": "x" * 41}}}, [("too_long", "names.deciding.en")]),
        ("normal", {"added": [{**STEP, "names": {"en": " "}}]}, [("required", "added.0.names.en")]),
        ("normal", {"added": [{**STEP, "code": "Quality!"}]}, [("code", "added.0.code")]),
        ("normal", {"added": [{**STEP, "code": "deciding"}]}, [("code", "added.0.code")]),
        ("normal", {"added": [STEP, {**STEP, "names": {"en": "B"}}]}, [("code", "added.0.code"), ("code", "added.1.code")]),
        ("normal", {"added": [{**STEP, "category": "draft"}]}, [("category", "added.0.category")]),
        ("normal", {"added": [{**STEP, "category": ""}]}, [("category", "added.0.category")]),
        ("standard", {"added": [STEP]}, [("category", "added.0.category")]),
        ("standard", {"added": [{**STEP, "category": "applied"}]}, []),
        ("standard", {"asks": {"approve": ["reason"]}}, [("unknown_move", "asks.approve")]),
        ("emergency", {"added": [STEP]}, [("category", "added.0.category")]),
        ("emergency", {"added": [{**STEP, "category": "deciding"}]}, []),
        ("normal", {"added": [{**STEP, "roles": []}]}, [("nobody", "added.0.roles")]),
        ("normal", {"added": [{**STEP, "roles": ["auditor"]}]}, [("loosens", "added.0.roles")]),
        ("normal", {"added": [{**STEP, "roles": ["boss"]}]}, [("loosens", "added.0.roles")]),
        ("normal", {"added": [{**STEP, "asks": ["tier"]}]}, [("unknown_field", "added.0.asks")]),
        ("normal", {"asks": {"submit": ["reason"]}}, [("unknown_field", "asks.submit")]),
        ("normal", {"asks": {"pass_on": ["reason"]}}, [("unknown_move", "asks.pass_on")]),
        ("normal", {"asks": {"ask": ["reason"]}}, [("unknown_move", "asks.ask")]),
        ("normal", {"roles": {"approve": ["sponsor"]}}, [("hard", "roles.approve")]),
        ("normal", {"roles": {"assess": ["analyst"]}}, [("hard", "roles.assess")]),
        ("normal", {"roles": {"apply": ["analyst"]}}, [("unknown_move", "roles.apply")]),
        ("normal", {"roles": {"submit": ["implementer"]}}, [("loosens", "roles.submit")]),
        ("normal", {"roles": {"submit": ["analyst"]}}, []),
        (
            "normal",
            {"added": [STEP], "names": {"assessing": {"en": "quality"}}},
            [("twice", "added.0.names.en")],
        ),
    ],
)  # fmt: skip
def test_what_a_flow_may_not_say_is_told(kind: str, body: Any, why: list[tuple[str, str | None]]) -> None:
    assert codes(check(kind, body)) == why


def test_too_many_stages_are_told() -> None:
    many = [{**STEP, "code": f"s{n}", "names": {"en": f"S{n}"}} for n in range(7)]
    assert codes(check("normal", {"added": many})) == [("too_many", "added")]


def test_each_sentence_names_what_it_is_about() -> None:
    for body in ({"roles": {"submit": ["implementer"]}}, {"added": [{**STEP, "asks": ["tier"]}]}, {"names": {"x": {}}}):
        for reason in check("normal", body).reasons:
            assert "%(" not in str(reason) and str(reason).endswith("."), reason


def test_presets_keep_to_their_own_rules_and_show_every_stage() -> None:
    for name, preset in PRESETS.items():
        assert preset.name == name
        for kind, flow in preset.flows.items():
            assert codes(check(kind, as_body(flow))) == [], (name, kind)
            assert as_flow(as_body(flow)) == flow
        for stage in CHANGE.stages:
            assert preset.folded(stage, "deciding") in dict(preset.shown)
    assert PRESETS["lean"].shown == LEAN and all(PRESETS["lean"].folded(one) == folded(one) for one in CHANGE.stages)
    assert flows_of("lean", {}).plain and not flows_of("regulated", {}).plain


def test_a_name_in_one_language_does_for_both() -> None:
    assert Name({"en": "Board"}).of("zh") == "Board" and Name({"zh": "评审会"}).of("en") == "评审会"
    assert Name({"en": "Board", "zh": "评审会"}).of("zh") == "评审会"


def test_new_stages_get_codes_of_their_own() -> None:
    found = coded([{"names": {}}, {"code": "stage_1"}, {"code": ""}])
    assert [one["code"] for one in found] == ["stage_2", "stage_1", "stage_3"]


# -- whatever a flow says, it narrows ----------------------------------------------------------------------------------

roles_of = st.lists(st.sampled_from(ROLES), max_size=3, unique=True)
steps = st.builds(
    lambda n, category, roles, asks: {
        "code": f"s{n}", "category": category, "names": {"en": f"Step {n}"}, "roles": roles, "asks": asks,
    },
    st.integers(0, 30), st.sampled_from(CATEGORIES), roles_of, st.lists(st.sampled_from(ASKS["pass_on"]), unique=True),
)  # fmt: skip
ASKABLE = sorted({what for asks in ASKS.values() for what in asks})
names = st.dictionaries(st.sampled_from(sorted(NAMES)), st.just({"en": "Called", "zh": "叫法"}), max_size=1)
anything = st.fixed_dictionaries(
    {
        "names": names,
        "added": st.lists(steps, max_size=4, unique_by=lambda one: one["code"]),
        "asks": st.dictionaries(
            st.sampled_from(sorted(ASKS)), st.lists(st.sampled_from(ASKABLE), max_size=2, unique=True), max_size=3
        ),
        "roles": st.dictionaries(
            st.sampled_from(("submit", "withdraw", "close", "ask", "approve", "assess")), roles_of, max_size=2
        ),
    }
)
# Such as are accepted mostly.
speaking = st.lists(st.sampled_from(("project_manager", "analyst", "contributor")), min_size=1, max_size=2, unique=True)
likely = st.fixed_dictionaries(
    {
        "names": names,
        "added": st.lists(
            st.tuples(steps, speaking).map(lambda one: {**one[0], "roles": one[1]}), max_size=4, unique_by=lambda one: one["code"]
        ),
        "asks": st.fixed_dictionaries(
            {},
            optional={
                move: st.lists(st.sampled_from(asks), max_size=2, unique=True) for move, asks in ASKS.items() if move != "pass_on"
            },
        ),
        "roles": st.dictionaries(st.sampled_from(("submit", "withdraw", "close", "ask")), speaking, max_size=3),
    }
)  # fmt: skip
bodies = st.one_of(likely, likely, anything)
ME = Person(1, "me", "Me", frozenset())
OTHER = Person(2, "other", "Other", frozenset({"project_manager", "analyst"}))


@st.composite
def situations(draw: Any) -> tuple[Actor, str, Facts]:
    """Somebody, a stage, and the facts as the hard machine knows them."""
    held = frozenset(draw(roles_of))
    actor = Actor(1, "me", "Me", {7: held}, reauthenticated=draw(st.booleans()))
    me = replace(ME, roles=held)
    seats = (Seat("project_manager", "project_manager", draw(st.sampled_from(((me,), (OTHER,), (me, OTHER), ())))),)
    facts = Facts(
        origin=Origin(draw(st.sampled_from(("me", "other"))), editors=frozenset(draw(st.sampled_from(((), ("me",)))))),
        people=(me, OTHER),
        expected=draw(st.sampled_from((None, Decimal(1)))),
        due=draw(st.booleans()),
        conflicts=draw(st.sampled_from(((), (("REQ-1", "", ""),)))),
        outdated=draw(st.booleans()),
        awaited=draw(st.sampled_from(((), ("Other",)))),
        has_reason=draw(st.booleans()),
        has_content=draw(st.booleans()),
        seats=seats,
        emergency=draw(st.booleans()),
    )
    return actor, draw(st.sampled_from(CHANGE.stages)), facts


def verdicts(actor: Actor, stage: str, facts: Facts) -> dict[str, Verdict]:
    """What somebody may do."""
    where = (actor, 7, "CR-1", stage)
    return {
        "submit": policy.may_submit(*where, facts),
        "decide": policy.may_decide(*where, facts),
        "reject": policy.may_decide(*where, facts, "reject"),
        "approve": policy.may_approve(*where, facts),
        "ask": policy.may_ask(*where, facts, ()),
        "withdraw": policy.may_withdraw(*where, facts),
        "close": policy.may_close(*where, facts),
        "silence": policy.may_offer_silence(*where, facts, small=True),
        "pass": policy.may_pass("CR-1", stage, facts, small=True),
    }


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    situations(),
    st.sampled_from(KINDS),
    bodies,
    st.integers(-1, 3),
    st.frozensets(st.sampled_from(ASKS["submit"])),
    st.booleans(),
)
def test_what_is_allowed_under_a_flow_is_allowed_by_what_is_hard(
    situation: tuple[Actor, str, Facts], kind: str, body: dict[str, Any], at: int, has: frozenset[str], formal: bool
) -> None:
    assume(check(kind, body))
    actor, stage, facts = situation
    flow = as_flow(body)
    inside = flow.of(stage)
    step = inside[at] if 0 <= at < len(inside) else None
    hard, told = verdicts(actor, stage, facts), verdicts(
        actor, stage, replace(facts, flow=flow, step=step, given=has, formal=formal)
    )  # fmt: skip
    for move, verdict in told.items():
        # Who passes a change on asks back, too: that moves nothing on.
        if move == "ask" and step is not None:
            continue
        assert hard[move] or not verdict, (move, verdict.reasons)
        assert set(codes(hard[move])) <= set(codes(verdict)), move
    if step is not None:
        assert not told["approve"] and not told["decide"] and not told["pass"]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(situations(), st.sampled_from(KINDS), bodies, st.integers(-1, 3))
def test_passing_on_leads_to_a_vote_and_never_past_one(
    situation: tuple[Actor, str, Facts], kind: str, body: dict[str, Any], at: int
) -> None:
    assume(check(kind, body))
    actor, stage, facts = situation
    flow = as_flow(body)
    for category in CATEGORIES:
        place: tuple[str, str | None] | None = (category, flow.entry(category))
        been = []
        while place is not None:
            assert place not in been
            been.append(place)
            place = flow.after(*place)
        assert {one for one, _step in been} <= ({"assessing", "deciding"} if category == "assessing" else {category})
        assert been[-1] == ("deciding" if category == "assessing" else category, None)
        assert {step for one, step in been if one == category} >= {one.code for one in flow.of(category)}
    inside = flow.of(stage)
    step = inside[at] if 0 <= at < len(inside) else None
    may = policy.may_pass_on(actor, 7, "CR-1", stage, replace(facts, flow=flow, step=step))
    if may and stage == "assessing":
        # As the machine: on to the decision only with every word that is needed, on what it is now.
        assert facts.expected is not None and not facts.outdated and not facts.awaited
    if may:
        assert stage in CATEGORIES and (step is not None or stage == "assessing")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(bodies, bodies, st.sampled_from(CATEGORIES), st.integers(0, 3))
def test_what_stood_in_a_stage_that_goes_stands_where_it_may(
    before: dict[str, Any], after: dict[str, Any], category: str, at: int
) -> None:
    old, new = as_flow(before), as_flow(after)
    inside = old.of(category)
    sub_stage = inside[at].code if at < len(inside) else None
    stage, then = new.placed(category, sub_stage, old)
    assert then is None or new.at(stage, then) is not None
    assert stage == category or (category, stage) == ("assessing", "deciding")
    if stage != category:
        assert then == new.entry("deciding")


def test_every_move_that_flows_know_is_one_of_the_machine() -> None:
    for move in ASKS:
        assert move == "pass_on" or CHANGE.named(move)
    assert Flow().after("deciding", None) is None and re.fullmatch("deciding", Flow().after("assessing", None)[0])  # type: ignore[index]
