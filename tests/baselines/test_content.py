"""What a baseline holds, its fingerprint, and what leads from one point of the scope to another."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.baselines import actions, compare, content, queries
from reqtrack.baselines.models import Baseline
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions as requirements
from reqtrack.requirements.queries import phase_for
from tests.support.world import Scene, World


@pytest.fixture
def scope(world: World) -> World:
    """Two scenarios, three requirements in phase 1, an acceptance scenario, a link between requirements."""
    world.cast()
    world.scenario("analyst", title="录单", steps=["a", "b"])
    world.scenario("analyst", title="Unused")
    for title in ("新建客户", "Phones", "Offline"):
        world.requirement(
            "analyst", title=title, statement="The system shall.", tier="must", phase="1", scenarios=["SCN-1"]
        )
    world.acceptance("analyst", title="Works", given=["a form"], then=["saved", "shown"], accepts=["REQ-1", "REQ-2"])
    world.item("interview", "analyst")
    with world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", row(scene, "REQ-1"), row(scene, "REQ-2"))
    return world


def row(scene: Scene, key: str) -> Any:
    return item_for(scene.actor, scene.project.id, key)


def take(world: World, name: str = "Scope") -> Baseline:
    with world.write("analyst") as scene:
        return actions.take(scene.actor, scene.project, name)


def edit(world: World, key: str, **values: Any) -> None:
    with world.write("analyst") as scene:
        store.edit(scene.actor, row(scene, key), values)


def stage(world: World, key: str, to: str) -> None:
    with world.write("analyst") as scene:
        store.move(scene.actor, row(scene, key), to)


def test_a_baseline_holds_the_scope_and_its_fingerprint_is_that_of_its_canonical_json(scope: World) -> None:
    stage(scope, "REQ-3", "deferred")
    with scope.write("analyst") as scene:
        store.edit(scene.actor, row(scene, "SCN-2"), {}, retired=True)
    taken = take(scope)
    assert queries.keys_of(taken) == ["SCN-1", "REQ-1", "REQ-2", "ACC-1"]
    assert queries.counts_of(taken) == {"scenario": 1, "requirement": 2, "acceptance": 1, "links": 5}
    with scope.read("analyst") as scene:
        prints = [[key, row(scene, key).scope_print] for key in sorted(queries.keys_of(taken))]
    links = [
        ["accepts", "ACC-1", "REQ-1"], ["accepts", "ACC-1", "REQ-2"], ["depends_on", "REQ-1", "REQ-2"],
        ["gives_rise_to", "SCN-1", "REQ-1"], ["gives_rise_to", "SCN-1", "REQ-2"],
    ]  # fmt: skip
    told = json.dumps({"items": prints, "links": links}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert taken.fingerprint == "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def test_working_facts_change_no_fingerprint_and_scope_content_does(scope: World) -> None:
    first = take(scope).fingerprint
    edit(scope, "REQ-1", rationale="because", tags=["a"])
    edit(scope, "SCN-1", frequency="daily")
    edit(scope, "ACC-1", description="notes")
    assert take(scope).fingerprint == first
    seen = {first}
    for key, values in (
        ("REQ-1", {"statement": "y"}), ("REQ-1", {"tier": "later"}), ("REQ-1", {"phase": None}),
        ("REQ-1", {"scenarios": []}), ("SCN-1", {"steps": ["c"]}), ("ACC-1", {"given": ["z"]}),
    ):  # fmt: skip
        edit(scope, key, **values)
        seen.add(take(scope).fingerprint)
    with scope.write("analyst") as scene:
        store.link(scene.actor, "refines", row(scene, "REQ-3"), row(scene, "REQ-1"))
    seen.add(take(scope).fingerprint)
    assert len(seen) == 8


def test_the_content_of_a_point_stays_what_it_was(scope: World) -> None:
    taken = take(scope)
    edit(scope, "REQ-1", title="Otherwise", scenarios=[])
    edit(scope, "ACC-1", accepts=[])
    with scope.read("analyst") as scene:
        held = content.content_at(scene.project.id, taken.seq, queries.keys_of(taken))
        assert held.items["REQ-1"].title == "新建客户"
        assert ("gives_rise_to", "SCN-1", "REQ-1") in held.links
        assert ("accepts", "ACC-1", "REQ-1") in held.links
        assert list(held.items) == ["SCN-1", "SCN-2", "REQ-1", "REQ-2", "REQ-3", "ACC-1"]
        again = queries.prepare_at(scene.project.id, taken.seq, queries.keys_of(taken))
        assert again.fingerprint == taken.fingerprint


def test_what_was_prepared_is_used_only_while_nothing_was_written(scope: World) -> None:
    with scope.read("analyst") as scene:
        prepared = queries.prepare(scene.project.id)
    with scope.write("analyst") as scene:
        taken = actions.take(scene.actor, scene.project, "as prepared", prepared)
        assert (taken.fingerprint, taken.seq) == (prepared.fingerprint, prepared.seq + 1)
    edit(scope, "REQ-1", title="Moved")
    with scope.write("analyst") as scene:
        late = actions.take(scene.actor, scene.project, "late", prepared)
        assert late.fingerprint != prepared.fingerprint
        assert late.fingerprint == queries.prepare_at(scene.project.id, late.seq, queries.keys_of(late)).fingerprint


def test_who_may_take_a_baseline_and_what_it_needs(scope: World) -> None:
    for role in ("tester", "business_owner", "sponsor", "auditor", "implementer", "contributor"):
        with pytest.raises(Refused), scope.write(role) as scene:
            actions.take(scene.actor, scene.project, "x")
    with pytest.raises(Invalid):
        take(scope, " ")
    scope.project("NEW", "Nothing yet")
    with pytest.raises(Invalid), scope.write("", "NEW") as scene:
        actions.take(scene.actor, scene.project, "x")
    assert take(scope).number == 1


def test_a_baseline_is_found_by_number_and_key_by_members_only(scope: World) -> None:
    take(scope)
    with scope.read("tester") as scene:
        for given in (1, "1", "BL-1", "bl-1"):
            assert queries.baseline_for(scene.actor, scene.project.id, given).number == 1
        for given in (2, "BL-2", "REQ-1", "", "x", "-1", "9" * 20):
            with pytest.raises(NotFound):
                queries.baseline_for(scene.actor, scene.project.id, given)
        told = queries.as_dict(scene.actor, queries.baseline_for(scene.actor, scene.project.id, 1))
        assert told["key"] == "BL-1" and told["fingerprint"].startswith("sha256:")
    with scope.read("outsider") as scene, pytest.raises(NotFound):
        queries.baseline_for(scene.actor, scene.project.id, 1)
    with scope.read("implementer") as scene:
        assert queries.as_dict(scene.actor, queries.baseline_for(scene.actor, scene.project.id, 1))["items"] == []


def compared(world: World, old: Any, new: Any, by: str = "analyst") -> compare.Comparison:
    with world.read(by) as scene:
        points = [
            compare.point_of(one, scene.actor) if isinstance(one, Baseline)
            else compare.point_on(scene.project, one, scene.actor) if isinstance(one, date)
            else compare.point_now(scene.project.id, scene.actor)
            for one in (old, new)
        ]  # fmt: skip
        return compare.compare(scene.project.id, *points)


def test_comparing_tells_what_came_went_changed_and_moved(scope: World) -> None:
    first = take(scope)
    assert compared(scope, first, None).same
    with scope.write("analyst") as scene:
        requirements.add_phase(scene.actor, scene.project, {"name": "二期"})
        second_id = phase_for(scene.project.id, 2).id
    scope.requirement("analyst", title="Added")
    stage(scope, "REQ-3", "rejected")
    edit(scope, "REQ-1", statement="The system shall not.", tier="later", phase=second_id)
    edit(scope, "REQ-2", phase=second_id)
    edit(scope, "ACC-1", then=["saved", "printed"])
    found = compared(scope, first, None)
    assert [one.key for one in found.added] == ["REQ-4"]
    assert [one.key for one in found.removed] == ["REQ-3"]
    assert [one.key for one in found.moved] == ["REQ-1", "REQ-2"]
    assert [one.key for one in found.changed] == ["REQ-1", "ACC-1"]
    statement, tier = found.changed[0].fields
    assert [(one.op, one.text) for one in statement.segments] == [
        ("same", "The system shall"),
        ("ins", " not"),
        ("same", "."),
    ]
    assert (tier.old, tier.new) == ("Must have", "Later")
    assert (found.moved[1].fields[0].old, found.moved[1].fields[0].new) == ("第一阶段", "二期")
    (then,) = found.changed[1].fields
    assert [line.op for line in then.lines] == ["same", "removed", "added"]
    back = compared(scope, None, first)
    assert [one.key for one in back.added] == ["REQ-3"]
    assert [one.key for one in back.removed] == ["REQ-4"]
    second = take(scope)
    assert compared(scope, second, None).same
    assert [one.key for one in compared(scope, first, second).changed] == ["REQ-1", "ACC-1"]


def test_comparing_with_a_day_knows_the_stages_of_that_day(scope: World) -> None:
    with clock.at(datetime(2031, 5, 1, 15, 30, tzinfo=UTC)):  # 23:30 in Shanghai
        stage(scope, "REQ-3", "deferred")
        edit(scope, "REQ-1", title="On the first")
    with clock.at(datetime(2031, 5, 1, 16, 30, tzinfo=UTC)):  # half past midnight
        stage(scope, "REQ-3", "draft")
        edit(scope, "REQ-1", title="On the second")
        scope.requirement("analyst", title="Later")
    found = compared(scope, date(2031, 5, 1), None)
    assert [one.key for one in found.added] == ["REQ-3", "REQ-4"]
    assert [one.key for one in found.changed] == ["REQ-1"]
    assert compared(scope, date(2031, 5, 2), None).same
    assert len(compared(scope, date(2020, 1, 1), None).added) == 7


def test_who_sees_only_some_items_compares_only_those(scope: World) -> None:
    first = take(scope)
    edit(scope, "REQ-1", title="Secret")
    edit(scope, "REQ-2", title="Agreed")
    stage(scope, "REQ-2", "approved")
    assert [one.key for one in compared(scope, first, None, "implementer").changed] == ["REQ-2"]


def test_groups_are_phases_with_must_first(scope: World) -> None:
    scope.requirement("analyst", title="No phase")
    edit(scope, "REQ-1", tier="later")
    taken = take(scope)
    with scope.read() as scene:
        groups = compare.requirement_groups(scene.project.id, taken.seq, queries.keys_of(taken))
    assert [(group.name, [one.key for one in group.items]) for group in groups] == [
        ("第一阶段", ["REQ-2", "REQ-3", "REQ-1"]), ("", ["REQ-4"]),
    ]  # fmt: skip
