"""A signature is valid if and only if its fingerprint recomputes, its scope is unchanged or carried, the signers' rule holds and none
is withdrawn: whatever people do, against the raw rows."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from reqtrack.audit.verify import verify
from tests.signoff.course import ASKED, RULES, Course, steps
from tests.signoff.raw import Raw
from tests.support.world import World

Standing = dict[str, tuple[str, tuple[str, ...]]]
# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both
SIGNED, CARRIED, FALLEN = ("signed", ()), ("signed", ("CR-1",)), ("superseded", ())
OWNER, OWNERS, OWN, THREE, OUTSIDE, ROLES, ANY_OWNER = ASKED
ALL, ANY, TWO, PER_ROLE, ORDERED, BOTH, PAPER, EITHER = RULES


def walk(world: World, told: list[Any]) -> Standing:
    """Take the steps, and compare after each; how all requests stand at the end."""
    course, shown = Course(world), {}
    for step in told:
        course.do(step)
        shown = course.compare()
    return shown


def sound(world: World) -> None:
    with world.app.app_context():
        report = verify()
    assert report.ok, report.problems


BOTH_OWNERS = ("ask", "BL", OWNERS, ALL)
STALE = ("edit", "REQ-1", 0, False)
NOTED = "With remarks."
# Of each story what is done, and how its request stands at the end. The first in each run; all of them in check-all.
FIRST: dict[str, tuple[list[Any], Any]] = {
    "carried by a change, then moved past the lock": (
        [BOTH_OWNERS, ("all", 0, ""), ("change", "REQ-1", 0), ("edit", "REQ-1", 1, True)],
        FALLEN,
    ),
    "in turn, for one who is away, who leaves then": (
        [("ask", "BL", OWNERS, ORDERED), ("sign", 0, "sponsor", ""), ("away", "owner"), ("sign", 0, "contributor", ""),
         ("sign", 0, "sponsor", ""), ("leave", "owner"), ("change", "ACC-1", 0)],
        CARRIED,
    ),
    "what was stale, with remarks on paper, and moved once more": (
        [STALE, ("ask", "RND", ("owner",), EITHER), ("paper", 0, 1, NOTED), ("edit", "REQ-1", 1, False)], FALLEN,
    ),
    "not their own work alone; a failure since, that is revoked": (
        [("ask", "RND", OWN, ANY), ("sign", 0, "second", ""), ("sign", 0, "sponsor", ""), ("result", 0, "failed", False),
         ("revoke", 1)],
        SIGNED,
    ),
}  # fmt: skip
REST: dict[str, tuple[list[Any], Any]] = {
    "carried by a change": ([BOTH_OWNERS, ("all", 0, ""), ("change", "REQ-1", 0)], CARRIED),
    "another accepts it, by nobody's change": (
        [BOTH_OWNERS, ("all", 0, ""), ("change", "ACC-1", 0), ("edit", "ACC-2", 3, True)], FALLEN,
    ),
    "not their own work alone": ([("ask", "RND", OWN, ANY), ("sign", 0, "second", "")], ("requested", ())),
    "here and on paper": ([("ask", "BL", ("owner",), BOTH), ("sign", 0, "owner", ""), ("paper", 0, 1, "")], SIGNED),
    "somebody outside, with a reservation": (
        [("ask", "BL", OUTSIDE, ALL), ("link", 0, "reserved"), ("sign", 0, "owner", "")], SIGNED,
    ),
    "one of two refuses": ([("ask", "BL", ROLES, PER_ROLE), ("decline", 0, "sponsor")], ("declined", ())),
    "withdrawn": ([("ask", "BL", ("owner",), ALL), ("sign", 0, "owner", ""), ("withdraw", 0, "owner")], ("withdrawn", ())),
    "a result that turned stale": ([("ask", "RND", OWNERS, TWO), ("all", 0, ""), STALE], FALLEN),
    "a result that failed since": ([("ask", "RND", OWNERS, ALL), ("all", 0, ""), ("result", 0, "failed", False)], FALLEN),
    "what was stale, with remarks": ([STALE, ("ask", "RND", OWNERS, ALL), ("all", 0, NOTED)], SIGNED),
    "the same on paper": ([STALE, ("ask", "RND", ("owner",), PAPER), ("paper", 0, 1, NOTED)], SIGNED),
    "one remarked, one signed before": (
        [("ask", "RND", OWNERS, ALL), ("sign", 0, "owner", ""), STALE, ("sign", 0, "sponsor", NOTED)], FALLEN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("stories", [FIRST, pytest.param(REST, marks=pytest.mark.full)], ids=["first", "rest"])
def test_a_signature_is_valid_as_the_raw_rows_say(world: World, stories: dict[str, tuple[list[Any], Any]]) -> None:
    for name, (told, at_the_end) in stories.items():
        assert list(walk(world, told).values()) == [at_the_end], name
    sound(world)


@pytest.mark.sqlite("the rows that were read are altered, not the database")
def test_a_text_altered_afterwards_is_not_what_was_signed(world: World) -> None:
    """The raw rows are looked at for what they say, not for the prints that stand beside them."""
    course = Course(world)
    course.do(("ask", "BL", OWNERS, ALL))
    course.do(("sign", 0, "owner", ""))
    with course.world.read("auditor") as scene:
        raw = Raw(scene.project.id)
        assert raw.wrong_prints() == []
        altered = next(rows for item, rows in raw.versions.items() if raw.items[item]["key"] == "REQ-1")
        altered[0]["content"]["statement"] = "y"
        assert raw.wrong_prints() == ["SIG-1", "SGN-1"]


# In check-all many more, each time others.
@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_signature_is_valid_as_the_raw_rows_say_in_many_orders(world: World) -> None:
    for _time in range(25):
        seed = secrets.randbelow(2**32)
        try:
            walk(world, steps(seed))
        except AssertionError as failed:
            raise AssertionError(f"the course of seed {seed}") from failed
    sound(world)
