"""A signature is valid if and only if its fingerprint recomputes, its scope is unchanged or carried, the signers' rule holds and none
is withdrawn: whatever people do, against the raw rows."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from reqtrack.audit.verify import verify
from tests.signoff.course import ASKED, RULES, Course, steps
from tests.support.world import World

# What must hold whatever the order of things is shown on each database.
Standing = dict[str, tuple[str, tuple[str, ...]]]
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


# Of each story what is done, and how its request stands at the end.
STORIES: dict[str, tuple[list[Any], Any]] = {
    "carried by a change": ([("ask", "BL", OWNERS, ALL), ("all", 0, ""), ("change", "REQ-1", 0)], CARRIED),
    "then moved past the lock": (
        [("ask", "BL", OWNERS, ALL), ("all", 0, ""), ("change", "REQ-1", 0), ("edit", "REQ-1", 1, True)],
        FALLEN,
    ),
    "another accepts it, by nobody's change": (
        [("ask", "BL", OWNERS, ALL), ("all", 0, ""), ("change", "ACC-1", 0), ("edit", "ACC-2", 3, True)],
        FALLEN,
    ),
    "who signed has left": ([("ask", "BL", OWNERS, ALL), ("all", 0, ""), ("leave", "owner"), ("leave", "sponsor")], SIGNED),
    "not their own work alone": ([("ask", "RND", OWN, ANY), ("sign", 0, "second", "")], ("requested", ())),
    "then another's word": ([("ask", "RND", OWN, ANY), ("sign", 0, "second", ""), ("sign", 0, "sponsor", "")], SIGNED),
    "in turn, for one who is away": (
        [("ask", "BL", OWNERS, ORDERED), ("sign", 0, "sponsor", ""), ("away", "owner"), ("sign", 0, "contributor", ""),
         ("sign", 0, "sponsor", "")],
        SIGNED,
    ),
    "here and on paper": ([("ask", "BL", ("owner",), BOTH), ("sign", 0, "owner", ""), ("paper", 0, 1, "")], SIGNED),
    "somebody outside, with a reservation": (
        [("ask", "BL", OUTSIDE, ALL), ("link", 0, "reserved"), ("sign", 0, "owner", "")], SIGNED,
    ),
    "one of two refuses": ([("ask", "BL", ROLES, PER_ROLE), ("decline", 0, "sponsor")], ("declined", ())),
    "withdrawn": ([("ask", "BL", ("owner",), ALL), ("sign", 0, "owner", ""), ("withdraw", 0, "owner")], ("withdrawn", ())),
    "a result that turned stale": ([("ask", "RND", OWNERS, TWO), ("all", 0, ""), ("edit", "REQ-1", 0, False)], FALLEN),
    "a result that failed since": (
        [("ask", "RND", OWNERS, ALL), ("all", 0, ""), ("result", 0, "failed", False)], FALLEN,
    ),
    "until that is revoked": (
        [("ask", "RND", OWNERS, ALL), ("all", 0, ""), ("result", 0, "failed", False), ("revoke", 1)], SIGNED,
    ),
    "what was stale, with remarks": (
        [("edit", "REQ-1", 0, False), ("ask", "RND", OWNERS, ALL), ("all", 0, "With remarks.")], SIGNED,
    ),
    "the same on paper": (
        [("edit", "REQ-1", 0, False), ("ask", "RND", ("owner",), PAPER), ("paper", 0, 1, "With remarks.")], SIGNED,
    ),
    "and moved once more": (
        [("edit", "REQ-1", 0, False), ("ask", "RND", ("owner",), EITHER), ("paper", 0, 1, "With remarks."),
         ("edit", "REQ-1", 1, False)],
        FALLEN,
    ),
}  # fmt: skip


def test_a_signature_is_valid_as_the_raw_rows_say(world: World) -> None:
    for name, (told, at_the_end) in STORIES.items():
        assert list(walk(world, told).values()) == [at_the_end], name
    sound(world)


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
