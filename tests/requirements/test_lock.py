"""From approval on, scope content changes by a change request only; working facts stay open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Link
from reqtrack.items.queries import item_for
from tests.support.world import Scene, World


@pytest.fixture
def agreed(world: World) -> World:
    """REQ-1 approved and accepted by ACC-1; REQ-2 a draft accepted by ACC-2; two scenarios."""
    world.cast()
    world.scenario("analyst", title="One")
    world.scenario("analyst", title="Two")
    world.requirement(
        "analyst", title="Agreed", statement="x", tier="must", phase="1", scenarios=["SCN-1"], stage="approved"
    )
    world.requirement("analyst", title="Open")
    world.acceptance("analyst", title="Of the agreed", given=["a"])
    world.acceptance("analyst", title="Of the open", given=["a"], accepts=["REQ-2"])
    edit(world, "ACC-1", change="CR-1", accepts=["REQ-1"])
    return world


def edit(world: World, key: str, change: str = "", **values: Any) -> Any:
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        return store.edit(
            scene.actor, item, {name: found(scene, value) for name, value in values.items()}, change=change
        )


def found(scene: Scene, value: Any) -> Any:
    keys = isinstance(value, list) and value and all(str(one)[3:4] == "-" for one in value)
    return [item_for(scene.actor, scene.project.id, key) for key in value] if keys else value


SCOPE = {
    "title": "Other", "statement": "y", "kind": "data", "tier": "later", "phase": None, "scenarios": ["SCN-2"],
}  # fmt: skip
FACTS = {"owner": None, "effort_days": Decimal(3), "tags": ["a"], "rationale": "because"}


def says(world: World, key: str) -> tuple[int, dict[str, Any]]:
    """The version of an item, and its content."""
    with world.read("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        return item.version, store.content_of(item)


def put(world: World, stage: str) -> None:
    with world.write("analyst") as scene:
        store.move(scene.actor, item_for(scene.actor, scene.project.id, "REQ-1"), stage)


def test_scope_content_is_locked_and_working_facts_stay_open(agreed: World) -> None:
    for stage in ("approved", "implemented", "obsolete"):
        put(agreed, stage)
        for field, value in SCOPE.items():
            with pytest.raises(Refused) as refused:
                edit(agreed, "REQ-1", **{field: value})
            assert refused.value.status == 409
            (reason,) = refused.value.reasons
            assert (reason.code, reason.field) == ("locked", field)
            assert "change request" in str(reason)
    for field, value in FACTS.items():
        edit(agreed, "REQ-1", **{field: value})


def test_before_approval_all_is_open(agreed: World) -> None:
    for number, stage in enumerate(("draft", "in_review", "deferred", "rejected")):
        put(agreed, stage)
        for field, value in SCOPE.items():
            edit(agreed, "REQ-1", **{field: f"{value} {number}" if field in ("title", "statement") else value})
        said = says(agreed, "REQ-1")[1]
        assert (said["title"], said["statement"]) == (f"Other {number}", f"y {number}")
    assert (said["tier"], said["scenarios"], "phase" in said) == ("later", ["SCN-2"], False)


def test_a_change_opens_the_lock(agreed: World) -> None:
    for field, value in SCOPE.items():
        before = says(agreed, "REQ-1")[0]
        edit(agreed, "REQ-1", change="CR-1", **{field: value})
        assert says(agreed, "REQ-1")[0] == before + 1, field


def test_a_save_that_changes_nothing_is_no_matter(agreed: World) -> None:
    before = says(agreed, "REQ-1")
    edit(agreed, "REQ-1", title="Agreed", scenarios=["SCN-1"])
    assert says(agreed, "REQ-1") == before


def test_retiring_takes_a_change(agreed: World) -> None:
    for key in ("REQ-1", "ACC-1"):
        with pytest.raises(Refused), agreed.write("analyst") as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {}, retired=True)
        with agreed.write("analyst") as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {}, retired=True, change="CR-1")


ACCEPTANCE = {
     "given": ["b"], "when": ["b"], "then": ["b"], "examples": {"header": ["a"], "rows": [["1"]]},
    "accepts": ["REQ-2"],
}  # fmt: skip


def test_what_accepts_approved_scope_is_locked_with_it(agreed: World) -> None:
    for field, value in ACCEPTANCE.items():
        with pytest.raises(Refused) as refused:
            edit(agreed, "ACC-1", **{field: value})
        assert refused.value.status == 409
        assert "REQ-1" in str(refused.value)
    edit(agreed, "ACC-1", title="It is not tested", description="notes", tags=["b"])
    for field, value in ACCEPTANCE.items():
        edit(agreed, "ACC-1", change="CR-1", **{field: value})


def test_what_accepts_open_scope_is_open_until_it_accepts_approved_scope(agreed: World) -> None:
    for field in set(ACCEPTANCE) - {"accepts"}:
        edit(agreed, "ACC-2", **{field: ACCEPTANCE[field]})
    with pytest.raises(Refused):
        edit(agreed, "ACC-2", accepts=["REQ-1", "REQ-2"])


def test_a_new_acceptance_scenario_for_approved_scope_takes_a_change(agreed: World) -> None:
    with pytest.raises(Refused) as refused:
        agreed.acceptance("analyst", accepts=["REQ-1"])
    assert "a new acceptance scenario for it takes a change request" in str(refused.value)


def test_a_scenario_of_approved_scope_may_say_something_else(agreed: World) -> None:
    edit(agreed, "SCN-1", title="Otherwise", steps=["a", "b"])
    assert says(agreed, "SCN-1")[1]["steps"] == ["a", "b"]


def test_the_page_the_form_and_the_api_refuse_alike(agreed: World) -> None:
    analyst = agreed.client("analyst")
    refused = analyst.send("/p/CRM/i/REQ-1/edit", {"title": "Sneaky", "_fields": "title", "seen": "1"})
    assert refused.status_code in (303, 409)
    with agreed.read("analyst") as scene:
        assert item_for(scene.actor, scene.project.id, "REQ-1").title == "Agreed"


def test_every_field_of_the_two_kinds_is_either_locked_or_told_here_to_be_open() -> None:
    """A field that is added must be thought of."""
    requirement = {field.name for field in KINDS["requirement"].fields}
    assert requirement == set(SCOPE) | set(FACTS)
    acceptance = {field.name for field in KINDS["acceptance"].fields}
    assert acceptance == set(ACCEPTANCE) | {"title", "description", "tags"}


def test_a_link_that_is_a_field_is_locked_however_it_is_made(agreed: World) -> None:
    """Links of a requirement or an acceptance scenario made past the fields, as the links of the API and the pages are."""
    with agreed.read() as scene:
        ends = {key: item_for(scene.actor, scene.project.id, key).id for key in ("ACC-1", "REQ-1", "SCN-1")}
        live = select(Link.id).where(
            Link.source_id == ends["ACC-1"], Link.target_id == ends["REQ-1"], Link.until.is_(None)
        )
        accepts = db.session.execute(live).scalar_one()
    for kind, source, target in (("accepts", "ACC-2", "REQ-1"), ("gives_rise_to", "SCN-2", "REQ-1")):
        with pytest.raises(Refused) as refused, agreed.write("analyst") as scene:
            store.link(scene.actor, kind, *(item_for(scene.actor, scene.project.id, key) for key in (source, target)))
        assert refused.value.status == 409
        analyst = agreed.client("analyst")
        assert analyst.send(f"/p/CRM/i/{source}/links", {"kind": kind, "other": target}).status_code == 409
    assert agreed.client("analyst").send(f"/p/CRM/i/ACC-1/links/{accepts}/end").status_code == 409
    with agreed.write("analyst") as scene:
        made = store.link(
            scene.actor, "gives_rise_to", *(item_for(scene.actor, scene.project.id, key) for key in ("SCN-2", "REQ-2"))
        )
        requirement = item_for(scene.actor, scene.project.id, "REQ-2")
        assert store.content_of(requirement)["scenarios"] == ["SCN-2"]
        with pytest.raises(Invalid):
            store.link(scene.actor, "gives_rise_to", item_for(scene.actor, scene.project.id, "SCN-2"), requirement)
        store.unlink(scene.actor, made, item_for(scene.actor, scene.project.id, "SCN-2"), requirement)
        assert "scenarios" not in store.content_of(requirement)
        assert (made.until, requirement.version) == (made.until, 3)
        assert made.until is not None
