"""Soundness: whatever people do, in whatever order, a change takes effect only by a decision over exactly what it says, wholly,
with nobody's words lost; and a scope signature stands exactly as long as what was signed moved by such changes alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from reqtrack.audit.verify import verify
from reqtrack.db import db
from reqtrack.errors import Refused
from tests.changes.conftest import Desk
from tests.changes.story import ABSENT, DELEGATES, FIELDS, LINE, SELDOM, VOTERS, Story
from tests.support.world import World

# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both

AUTHORS = ("contributor", "analyst", "project_manager", "business_owner")
EFFORTS = (0.5, 5, 20, 20)
few = st.integers(0, 2)
EDIT = st.tuples(few, st.sampled_from(FIELDS), few)
ANY = st.integers(0, SELDOM)
PUT = st.tuples(
    st.just("put"), st.sampled_from(AUTHORS), st.lists(EDIT, min_size=1, max_size=3), st.sampled_from(EFFORTS)
)
VOTE = st.tuples(st.just("vote"), ANY, st.sampled_from(VOTERS), few)
STEPS = (
    *(PUT, PUT, PUT),
    *(VOTE, VOTE),
    *[st.tuples(st.just("push"), ANY, few)] * 4,
    *[st.tuples(st.just("amend"), ANY, st.sampled_from(AUTHORS), EDIT)] * 2,
    *[st.tuples(st.just("between"), ANY, st.sampled_from(AUTHORS), EDIT, few)] * 2,
    st.tuples(st.just("renew"), ANY),
    st.tuples(st.just("roles"), st.sampled_from(("business_owner", "second")), st.sampled_from(LINE)),
    *[st.tuples(st.just("away"), st.sampled_from(ABSENT), st.sampled_from(DELEGATES))] * 2,
    st.tuples(st.just("past"), EDIT),
    st.tuples(st.just("silence"), ANY, st.sampled_from(AUTHORS)),
    st.tuples(st.just("object"), ANY, st.sampled_from(VOTERS)),
    st.just(("weeks",)),
    st.tuples(st.just("template"), st.sampled_from(LINE), st.sampled_from(LINE)),
    st.tuples(st.just("standard"), st.sampled_from(AUTHORS), EDIT),
    *[
        st.tuples(
            st.just("agreed"),
            ANY,
            st.sampled_from(AUTHORS),
            st.lists(st.sampled_from(VOTERS), min_size=1),
            st.booleans(),
        )
    ]
    * 2,
    st.tuples(st.just("word"), ANY, st.sampled_from(VOTERS)),
    st.tuples(st.just("withdraw"), ANY),
    st.just(("sign",)),
)
# Each kind of step as often as it stands above.
STEP = st.integers(0, len(STEPS) - 1).flatmap(STEPS.__getitem__)
PATIENT = settings(
    deadline=None,
    max_examples=4,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a story that fails is short enough to be read
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)
LARGE = ("put", "contributor", [(0, "statement", 1)], 20)
SMALL = ("put", "contributor", [(0, "statement", 1)], 0.5)
OTHER = ("put", "analyst", [(1, "statement", 2)], 5)


@PATIENT
# Edited between two votes; decided by who wrote a part of it; a decider who lost the role between two votes; the same field twice.
@example((LARGE, OTHER, SMALL), [("between", 0, "analyst", (1, "statement", 2), 0)])
@example((SMALL, OTHER, LARGE), [("amend", 0, "project_manager", (1, "tier", 2)), ("push", 0, 1)])
@example(
    (LARGE, OTHER, SMALL),
    [("vote", 0, "business_owner", 1), ("roles", "business_owner", "business_owner"), ("push", 0, 1)],
)
@example(
    (SMALL, LARGE, OTHER), [("sign",), ("push", 0, 1), ("push", 0, 1), ("past", (0, "statement", 2)), ("push", 0, 1)]
)
# Two seats by one who stands in for both; by two; by one who wrote a part; by one whose absent one has lost the role.
@example(
    (LARGE, OTHER, SMALL),
    [
        ("away", "business_owner", "tester"),
        ("away", "sponsor", "tester"),
        ("vote", 0, "tester", 1),
        ("vote", 0, "tester", 1),
    ],
)
@example(
    (LARGE, OTHER, SMALL),
    [
        ("away", "business_owner", "tester"),
        ("sign",),
        ("vote", 0, "tester", 1),
        ("away", "business_owner", "tester"),
        ("vote", 0, "sponsor", 1),
        ("push", 0, 1),
    ],
)
@example(
    (OTHER, LARGE, SMALL),
    [("away", "business_owner", "analyst"), ("vote", 0, "analyst", 1), ("vote", 1, "analyst", 1), ("push", 1, 1)],
)
@example(
    (LARGE, OTHER, SMALL),
    [
        ("away", "business_owner", "tester"),
        ("vote", 0, "tester", 1),
        ("roles", "business_owner", "business_owner"),
        ("vote", 0, "sponsor", 1),
    ],
)
# An owner votes, then it is edited, then the owner's role is taken: what others decide is to be confirmed.
@example(
    (LARGE, OTHER, ("put", "contributor", [(1, "tier", 2)], 20)),
    [
        ("sign",),
        ("vote", 0, "business_owner", 1),
        ("amend", 0, "analyst", (0, "tier", 2)),
        ("roles", "business_owner", "business_owner"),
        ("roles", "second", "sponsor"),
        ("push", 0, 1),
    ],
)
# In nobody's name, after the scope was signed: unless it was objected to, or edited; by a template, until it is written anew.
@example(
    (SMALL, OTHER, ("put", "analyst", [(1, "statement", 2)], 0.5)),
    [
        ("sign",),
        ("silence", 0, "contributor"),
        ("silence", 2, "analyst"),
        ("object", 2, "project_manager"),
        ("weeks",),
        ("silence", 1, "analyst"),
        ("amend", 1, "contributor", (1, "statement", 0)),
        ("weeks",),
    ],
)
@example(
    (LARGE, OTHER, SMALL),
    [
        ("sign",),
        ("template", "project_manager", "business_owner"),
        ("standard", "contributor", (1, "statement", 0)),
        ("standard", "business_owner", (1, "statement", 1)),
        ("template", "project_manager", "sponsor"),
        ("standard", "contributor", (1, "statement", 2)),
    ],
)
# Agreed elsewhere: on each needed word, one of them the typist's; by one who stands in; edited after the first word.
@example(
    (LARGE, OTHER, SMALL),
    [
        ("sign",),
        ("agreed", 0, "contributor", ["business_owner", "sponsor"], True),
        ("agreed", 0, "business_owner", ["business_owner", "project_manager"], True),
    ],
)
@example(
    (LARGE, OTHER, SMALL),
    [
        ("agreed", 0, "project_manager", ["business_owner", "sponsor"], False),
        ("word", 0, "business_owner"),
        ("amend", 0, "analyst", (0, "tier", 2)),
        ("renew", 0),
        ("word", 0, "sponsor"),
        ("push", 0, 1),
    ],
)
@given(st.tuples(PUT, PUT, PUT), st.lists(STEP, min_size=6, max_size=16))
def test_whatever_people_do(world: World, first: tuple[Any, ...], then: list[tuple[Any, ...]]) -> None:
    story = Story(world)
    for step in (*first, *then):
        story.do(step)
        story.compare()
    with world.app.app_context():
        report = verify()
    assert report.ok, report.problems


@PATIENT
@given(st.lists(EDIT, min_size=1, max_size=3), st.lists(EDIT, min_size=1, max_size=3))
def test_changes_that_do_not_meet_may_take_effect_in_either_order(
    world: World, one: list[tuple[int, str, int]], other: list[tuple[int, str, int]]
) -> None:
    said = []
    for order in ((0, 1), (1, 0)):
        story = Story(world)
        taken = {story.place(edit) for edit in one}
        story.do(("put", "contributor", one, 0.5))
        story.do(("put", "analyst", [edit for edit in other if story.place(edit) not in taken], 0.5))
        if len(story.changes) < 2:
            return
        for at in order:
            story.push(story.changes[at], "should")
        story.compare()
        assert {known.stage for known in story.changes} == {"applied"}
        said.append(story.said)
    assert said[0] == said[1]


def test_of_deciders_at_the_same_moment_one_decides(desk: Desk, req: str) -> None:
    desk.world.member("second", "project_manager")
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two people approve."}])
    before = desk.read(req).version
    start = threading.Barrier(4)

    def vote(login: str) -> str:
        start.wait()
        try:
            return str(desk.decide(key, by=login).stage)
        except Refused as refused:
            return refused.reasons[0].code

    with ThreadPoolExecutor(4) as pool:
        # Each in two tabs.
        told = list(pool.map(vote, ("project_manager", "second", "project_manager", "second")))
    assert sorted(told) == ["applied", "wrong_stage", "wrong_stage", "wrong_stage"]
    assert desk.read(req).version == before + 1
    assert [one["action"] for one in desk.events(key)].count("change.decided") == 1


# -- killed half-way ---------------------------------------------------------------------------------------------------


class Killed(Exception):
    """The program ends here."""


@contextmanager
def killed_at(desk: Desk, statement: int) -> Iterator[list[int]]:
    """The program is killed before its nth statement (0: never); how many it came to."""
    with desk.world.app.app_context():
        engine = db.engine
    seen = [0]

    def before(*_all: Any) -> None:
        seen[0] += 1
        if seen[0] == statement:
            raise Killed

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", before)


@pytest.fixture
def large(desk: Desk) -> str:
    """A change that edits, adds, links and retires, and waits for its decision."""
    world = desk.world
    for number in range(3):
        world.requirement("analyst", title=f"Quote {number}", statement="One person approves.", tier="should")
    edits = [
        {"item": "REQ-1", "field": "statement", "new": "Two people approve."},
        {"item": "REQ-2", "field": "tier", "new": "later"},
        {"retire": "REQ-3"},
        {
            "new_item": {
                "kind": "requirement",
                "fields": {"title": "A quote is signed", "statement": "The system shall ask."},
            }
        },
        {"item": "REQ-1", "link": "depends_on", "add": ["REQ-2"], "remove": []},
    ]
    return desk.deciding(edits=edits)


def standing(desk: Desk, key: str) -> Any:
    """All that a decision would move."""
    items = [desk.read(one) for one in ("REQ-1", "REQ-2", "REQ-3", key)]
    return [(one.key, one.stage, one.version, one.retired) for one in items], desk.content("REQ-1"), desk.seq()


def test_killed_between_any_two_statements_it_took_effect_wholly_or_not_at_all(desk: Desk, large: str) -> None:
    before = standing(desk, large)
    at, total = 1, None
    while total is None:
        with killed_at(desk, at) as seen:
            try:
                desk.decide(large)
                total = seen[0]
            except Killed:
                pass
        if total is None:
            assert standing(desk, large) == before, f"killed before statement {at}"
            at += 1
    assert total > 30 and at == total + 1
    assert desk.stage(large) == "applied" and desk.content("REQ-1")["statement"] == "Two people approve."
    with desk.world.app.app_context():
        report = verify()
    assert report.ok, report.problems
