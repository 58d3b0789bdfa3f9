"""Over random graphs: the affected set is what a walk by hand finds, and undoing a change restores the content exactly."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from reqtrack.changes import actions, reach
from reqtrack.db import db
from reqtrack.items import store
from reqtrack.items.kinds import LINKS
from reqtrack.items.models import Item, Link
from tests.changes.conftest import Desk
from tests.changes.test_reverting import content, undo

# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both

# One world for all examples of a test: each draws its own graph in it.
OPTIONS = {
    "max_examples": 12,
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "derandomize": True,
}
SIZE = 7
KINDS = ("depends_on", "refines", "conflicts_with")
edges = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=14, unique=True
)


def build(desk: Desk, joins: list[tuple[str, int, int]], retired: set[int]) -> list[str]:
    """Requirements, each accepted by a scenario, joined so; the keys of the requirements, then of the scenarios."""
    world = desk.world
    keys = [world.requirement(title=f"R{n}", statement=f"It does {n}.", tags=["a"]) for n in range(SIZE)]
    accepting = [world.acceptance(title=f"A{n}", then=["x"], accepts=[key]) for n, key in enumerate(keys)]
    for kind, one, other in joins:
        # Upwards only, where a circle is refused.
        source, target = (max(one, other), min(one, other)) if LINKS[kind].acyclic else (one, other)
        if source == target:
            continue
        with world.write("analyst") as scene:
            ends = (desk.item(scene, keys[source]), desk.item(scene, keys[target]))
            live = select(Link.id).where(
                Link.source_id == ends[0].id, Link.target_id == ends[1].id, Link.kind == kind, Link.until.is_(None)
            )
            if db.session.execute(live).first() is None:
                store.link(scene.actor, kind, *ends)
    for number in retired:
        with world.write("analyst") as scene:
            store.edit(scene.actor, desk.item(scene, keys[number]), {}, retired=True)
    return [*keys, *accepting]


def by_hand(project_id: int, starts: set[int], depth: int) -> dict[int, int]:
    """How far away each affected item is: every link looked at, again and again, from driver to driven."""
    live = select(Link.kind, Link.source_id, Link.target_id).where(Link.project_id == project_id, Link.until.is_(None))
    driven: dict[int, set[int]] = {}
    for kind, source, target in db.session.execute(live):
        drives = LINKS[kind].drives
        if drives in ("source", "both"):
            driven.setdefault(source, set()).add(target)
        if drives in ("target", "both"):
            driven.setdefault(target, set()).add(source)
    gone = set(db.session.execute(select(Item.id).where(Item.project_id == project_id, Item.retired)).scalars())
    found: dict[int, int] = {}
    queue = deque((start, 0) for start in starts)
    while queue:
        at, far = queue.popleft()
        for other in driven.get(at, ()) if far < depth else ():
            if other not in found and other not in starts and other not in gone:
                found[other] = far + 1
                queue.append((other, far + 1))
    return found


@settings(**OPTIONS)
@given(
    joins=edges,
    starts=st.sets(st.integers(0, 2 * SIZE - 1), min_size=1, max_size=3),
    retired=st.sets(st.integers(0, SIZE - 1), max_size=2),
    depth=st.integers(1, 6),
)
def test_the_affected_set_is_what_a_walk_by_hand_finds(
    desk: Desk, joins: list[tuple[str, int, int]], starts: set[int], retired: set[int], depth: int
) -> None:
    keys = build(desk, joins, retired)
    with desk.world.read("auditor") as scene:
        ids = {desk.item(scene, keys[number]).id for number in starts}
        found = reach.downstream(scene.actor, scene.project.id, ids, depth)
        assert {item_id: one.depth for item_id, one in found.items()} == by_hand(scene.project.id, ids, depth)
        for item_id, one in found.items():
            way = reach.path(found, item_id)
            assert way[0] in ids and way[-1] == item_id and len(way) == one.depth + 1


number = st.integers(0, SIZE - 1)
edit = st.one_of(
    st.tuples(st.just("statement"), number, st.sampled_from(["It does nothing.", "它什么也不做。", "a\n\nb"])),
    st.tuples(st.just("tier"), number, st.sampled_from(["must", "should", "later", None])),
    st.tuples(st.just("effort_days"), number, st.sampled_from([None, 1, 2.5])),
    st.tuples(st.just("tags"), number, st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3)),
    st.tuples(st.just("accepts"), number, st.lists(number, max_size=3, unique=True)),
    st.tuples(st.just("retire"), number, st.none()),
    st.tuples(st.just("depends_on"), number, st.tuples(number, st.booleans())),
    st.tuples(st.just("new"), number, st.booleans()),
)


def package(keys: list[str], drawn: list[Any]) -> list[dict[str, Any]]:
    """The edits drawn, as the API takes them: one a field, nothing of what is retired, no link of a thing to itself."""
    gone = {at for what, at, _value in drawn if what == "retire"}
    told: dict[tuple[str, int], dict[str, Any]] = {}
    for what, at, value in drawn:
        key, place = keys[at], (what, at)
        if what == "retire":
            told[place] = {"retire": key}
        elif at in gone:
            continue
        elif what == "accepts":
            told[place] = {"item": keys[SIZE + at], "field": "accepts", "new": [keys[n] for n in value]}
        elif what == "depends_on" and value[0] != at and value[0] not in gone:
            ends = {"add": [keys[value[0]]], "remove": []} if value[1] else {"add": [], "remove": [keys[value[0]]]}
            told[place] = {"item": key, "link": "depends_on", **ends}
        elif what == "new":
            kind = "acceptance" if value else "requirement"
            fields = {"title": f"New {at}", **({"then": ["y"], "accepts": [key]} if value else {})}
            told[place] = {"new_item": {"kind": kind, "fields": fields}}
        elif what in ("statement", "tier", "effort_days", "tags"):
            told[place] = {"item": key, "field": what, "new": value}
    return list(told.values())


@settings(**OPTIONS)
@given(joins=edges, drawn=st.lists(edit, min_size=1, max_size=8))
@pytest.mark.costly
def test_undoing_restores_the_content_exactly(desk: Desk, joins: list[tuple[str, int, int]], drawn: list[Any]) -> None:
    keys = build(desk, joins, set())
    key = desk.log()
    desk.do(key, actions.replace_edits, package(keys, drawn), by="contributor")
    if not desk.dossier(key).edits:
        return
    before = content(desk)
    desk.submit(key)
    desk.assess(key)
    desk.decide(key, by="business_owner" if desk.page(key).rule.proof else "project_manager")
    assert desk.stage(key) == "applied"
    after = content(desk)
    if after == before:  # links that were so already
        return
    made = undo(desk, key)
    assert desk.stage(made) == "applied" and content(desk) == before
    # And what undoes that brings it all again.
    undo(desk, made)
    again = content(desk)
    assert again["items"] == after["items"] and again["links"] == after["links"]
