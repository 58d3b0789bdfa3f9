"""Phases, what they carry, and tiers that an import proposed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reqtrack.accounts import actions as accounts
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.requirements import actions, forms, queries
from tests.support.world import World


@pytest.mark.parametrize(
    ("locale", "name", "phase"),
    [
        ("en", "推广", "Phase 1"),
        ("zh_Hans_CN", "CRM", "第一阶段"),
        ("", "客户管理", "第一阶段"),
        ("", "CRM", "Phase 1"),
    ],
)
def test_a_new_project_has_one_phase_in_the_language_of_its_maker(
    world: World, locale: str, name: str, phase: str
) -> None:
    world.user("maker", locale=locale)
    with world.write("maker", "NEW") as scene:
        made = accounts.create_project(scene.actor, name, "NEW")
        assert [one.name for one in queries.phases(made.id)] == [phase]


def test_the_phase_that_came_with_the_project_is_filled_in_not_doubled(world: World) -> None:
    world.cast()
    world.project("ENG", "English")
    raw = {"name": "phase 1", "starts_on": "2027-01-04", "ends_on": "2027-03-26", "capacity_days": 60}
    with world.write("", "ENG") as scene:
        made = actions.add_phase(scene.actor, scene.project, forms.phase_values(scene.project, raw))
    with world.read("", "ENG") as scene:
        (phase,) = queries.phases(scene.project.id)
        assert (phase.id, phase.number, phase.capacity_days) == (made.id, 1, Decimal(60))
        assert (phase.starts_on, phase.ends_on) == (date(2027, 1, 4), date(2027, 3, 26))
    with pytest.raises(Invalid), world.write("", "ENG") as scene:
        actions.add_phase(scene.actor, scene.project, forms.phase_values(scene.project, raw))


def test_a_phase_is_found_by_name_number_and_id(world: World) -> None:
    world.project("AAA", "First")
    world.project("BBB", "Second")
    with world.write("", "BBB") as scene:
        second = actions.add_phase(scene.actor, scene.project, {"name": "二期"})
        first = queries.phase_for(scene.project.id, 1)
        assert first.id != 1  # the ids of the two projects differ from the numbers
        kind = KINDS["requirement"]
        for given, wanted in (("二期", second), (" 二期 ", second), (2, second), ("2", second), (first.id + 10**6, None),
                              (second.id, second), ("phase 1", first), (True, None), ("", "none")):  # fmt: skip
            if wanted is None:
                with pytest.raises(Invalid) as refused:
                    values.parse(kind, scene.project, {"phase": given})
                assert refused.value.reasons[0].field == "phase"
            else:
                found = values.parse(kind, scene.project, {"phase": given})["phase"]
                assert found == (None if wanted == "none" else wanted.id)


def test_who_may_plan_and_what_must_hold(world: World) -> None:
    world.cast()
    for role in ("tester", "business_owner", "contributor", "implementer", "auditor", "sponsor"):
        with pytest.raises(Refused), world.write(role) as scene:
            actions.add_phase(scene.actor, scene.project, {"name": "二期"})
    with world.write("project_manager") as scene:
        phase = actions.add_phase(scene.actor, scene.project, {"name": "二期"})
        for bad in ({"name": ""}, {"name": "第一阶段"}, {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 1, 1)}):
            with pytest.raises(Invalid):
                actions.change_phase(scene.actor, scene.project, phase, bad)
        actions.change_phase(scene.actor, scene.project, phase, {"capacity_days": Decimal("40.5")}, seen=1)
        with pytest.raises(Refused) as refused:
            actions.change_phase(scene.actor, scene.project, phase, {"name": "x"}, seen=1)
        assert refused.value.status == 409
    with pytest.raises(Invalid) as wrong, world.read() as scene:
        forms.phase_values(scene.project, {"name": "x", "starts_on": "soon", "colour": "red"})
    assert {reason.field for reason in wrong.value.reasons} == {"starts_on", "colour"}


def test_what_phases_carry(world: World) -> None:
    world.cast()
    with world.write("project_manager") as scene:
        actions.change_phase(
            scene.actor, scene.project, queries.phase_for(scene.project.id, 1), {"capacity_days": Decimal(10)}
        )
        actions.add_phase(scene.actor, scene.project, {"name": "二期"})
    for tier, days, phase, stage in (
        ("must", 6, "1", "draft"), ("should", "2.5", "1", "approved"), (None, 1, "1", "implemented"),
        ("must", None, "1", "in_review"), ("must", 100, "1", "rejected"), ("must", 100, "1", "deferred"),
        ("must", 100, "1", "obsolete"), ("later", 3, None, "draft"),
    ):  # fmt: skip
        world.requirement("analyst", tier=tier, effort_days=days, phase=phase, stage=stage)
    with world.write("analyst") as scene:
        retired = world_row(scene, "REQ-1")
        assert retired.tier == "must"
        store.create(scene.actor, scene.project, KINDS["requirement"], {"title": "x", "phase": retired.phase_id, "tier": "must",
                     "effort_days": Decimal(100)})  # fmt: skip
        store.edit(scene.actor, world_row(scene, "REQ-9"), {}, retired=True)
    with world.read() as scene:
        first, second, none = queries.loads(scene.project.id)
        assert (first.number, first.requirements, first.unestimated) == (1, 4, 1)
        assert first.effort_days == Decimal("9.5")
        assert first.by_tier == {"must": 6, "should": Decimal("2.5"), "": 1}
        assert first.must_share == Decimal(6) / Decimal("9.5")
        assert not first.over
        assert (second.requirements, second.effort_days, second.must_share, second.over) == (0, 0, None, False)
        assert (none.phase_id, none.effort_days) == (None, 3)
        queries.MORE_LOAD.append(lambda project_id: {first.phase_id: Decimal(1)})  # type: ignore[dict-item]
        try:
            loaded = queries.loads(scene.project.id)[0]
            assert (loaded.total_days, loaded.over) == (Decimal("10.5"), True)
        finally:
            queries.MORE_LOAD.pop()


def world_row(scene: object, key: str) -> object:
    return queries.by_keys(scene.project.id, [key])[0]  # type: ignore[attr-defined]


def test_proposed_tiers_are_confirmed_together(world: World) -> None:
    world.cast()
    for title, tier in (("a", "must"), ("b", "later"), ("c", "should"), ("d", None)):
        with world.write("analyst") as scene:
            store.create(
                scene.actor,
                scene.project,
                KINDS["requirement"],
                {"title": title},
                extra={"proposed_tier": tier},
                imported=True,
            )
    with world.write("analyst") as scene:
        store.edit(scene.actor, world_row(scene, "REQ-3"), {"tier": "must"})  # somebody was faster
    with pytest.raises(Refused), world.write("tester") as scene:
        actions.confirm_tiers(scene.actor, scene.project)
    with pytest.raises(NotFound), world.write("analyst") as scene:
        actions.confirm_tiers(scene.actor, scene.project, ["REQ-1", "REQ-77"])
    with world.write("analyst") as scene:
        assert actions.confirm_tiers(scene.actor, scene.project, ["REQ-1"]) == ["REQ-1"]
    with world.write("analyst") as scene:
        assert [row.key for row in queries.with_proposed_tiers(scene.actor, scene.project.id)] == ["REQ-2", "REQ-3"]
        assert actions.confirm_tiers(scene.actor, scene.project) == ["REQ-2", "REQ-3"]
    with world.write("analyst") as scene:
        assert actions.confirm_tiers(scene.actor, scene.project) == []
        rows = queries.by_keys(scene.project.id, ["REQ-1", "REQ-2", "REQ-3", "REQ-4"])
        assert [(row.tier, row.proposed_tier) for row in rows] == [
            ("must", None), ("later", None), ("must", None), (None, None),
        ]  # fmt: skip
        assert [row.version for row in rows] == [2, 2, 2, 1]


def test_what_phases_carry_is_not_added_up_for_who_may_not_see_it_all(world: World) -> None:
    """An implementer sees what is agreed; the sum of the drafts beside it would tell of them."""
    world.cast()
    with world.write() as scene:
        phase = queries.phases(scene.project.id)[0].name
    world.requirement("analyst", title="A draft", phase=phase, effort_days=Decimal("4711"))
    for path in ("/p/CRM/scope", "/p/CRM/scope/board"):
        assert "4711" in world.client("tester").get(path).text
        page = world.client("implementer").get(path)
        assert page.status_code == 200 and "4711" not in page.text and 'class="rq-cap"' not in page.text


def test_what_is_in_no_phase_has_no_figure_until_something_is_estimated(world: World) -> None:
    world.cast()
    world.requirement("analyst", title="Loose")
    row = _loose(world)
    assert "1 requirement, not estimated" in row and "person-day" not in row and "not given yet" not in row
    world.requirement("analyst", title="Loose, too", effort_days=Decimal(3))
    row = _loose(world)
    assert "2 requirements" in row and ">3 person-days<" in row and "not given yet" not in row


def _loose(world: World) -> str:
    shown = world.client("analyst").get("/p/CRM/scope").text
    return shown.partition("<b>Not in a phase yet</b>")[2].partition("</div>")[0]
