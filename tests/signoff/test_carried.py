"""What applied changes carry on, what supersedes, what is to be confirmed; the scope in force as one chain."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.baselines import actions as baselines
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.signoff import pages, queries
from tests.audit.rich import applied
from tests.signoff.test_signing import ask, edit, scope, sign, told
from tests.support.world import World

# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both

__all__ = ["scope"]


@pytest.fixture
def signed(scope: World) -> World:
    """The scope of test_signing, signed by the business owner: REQ-1 to REQ-3 are approved."""
    ask(scope)
    sign(scope, "business_owner")
    return scope


def change(world: World, key: str = "REQ-1", seat: str = "business_owner", **values: Any) -> str:
    """Apply a change; returns its key."""
    with world.write("business_owner") as scene:
        made = store.create(scene.actor, scene.project, KINDS["change"], {"title": "Change", "reason": "so"})
    with world.write("project_manager") as scene:
        found = item_for(scene.actor, scene.project.id, made.key)
        if "accepts" in values:
            values["accepts"] = [item_for(scene.actor, scene.project.id, one) for one in values["accepts"]]
        applied(scene, found, values, key, seat)
    return str(made.key)


def test_an_applied_change_carries_the_signature(signed: World) -> None:
    assert change(signed, title="New words") == "CR-1"
    page = told(signed)
    assert (page["state"], page["carried_by"], page["to_confirm"]) == ("signed", ["CR-1"], [])
    change(signed, "REQ-2", tier="later")
    change(signed, title="Newer words")
    assert told(signed)["carried_by"] == ["CR-1", "CR-2", "CR-3"]


def test_a_change_decided_in_no_signers_role_is_to_be_confirmed(signed: World) -> None:
    change(signed, seat="project_manager", title="Small")
    change(signed, "REQ-2", seat="business_owner", title="Large")
    page = told(signed)
    assert (page["carried_by"], page["to_confirm"]) == (["CR-1", "CR-2"], ["CR-1"])


def test_an_edit_without_an_applied_change_supersedes(signed: World) -> None:
    change(signed, title="New words")
    edit(signed, "REQ-2", change="CR-99", statement="past the lock")
    page = told(signed)
    assert page["state"] == "superseded"
    assert page["superseded_by"] == [{"key": "REQ-2", "why": "changed", "row": None}]


def test_one_edit_without_a_change_among_others_supersedes(signed: World) -> None:
    change(signed, title="New words")
    edit(signed, "REQ-1", change="CR-99", statement="past the lock")
    assert told(signed)["state"] == "superseded"


def test_working_facts_and_scenario_texts_void_nothing(signed: World) -> None:
    edit(signed, "REQ-1", rationale="because", tags=["a"])
    edit(signed, "ACC-1", description="notes")
    signed.requirement("analyst", title="New")
    page = told(signed)
    assert (page["state"], page["carried_by"], page["moved_since"]) == ("signed", [], [])


def test_what_accepts_a_requirement_is_part_of_what_was_signed(signed: World) -> None:
    change(signed, "ACC-1", given=["other"])
    assert told(signed)["carried_by"] == ["CR-1"]
    edit(signed, "ACC-1", change="CR-99", then=["past the lock"])
    page = told(signed)
    assert page["state"] == "superseded"
    assert [one["key"] for one in page["superseded_by"]] == ["REQ-1", "REQ-2"]


def test_edits_of_a_scenario_before_it_accepted_the_requirement_do_not_count(signed: World) -> None:
    signed.acceptance("analyst", title="Later")
    edit(signed, "ACC-2", given=["free"])
    change(signed, "ACC-2", accepts=["REQ-1"])
    edit(signed, "ACC-2", description="open")
    assert (told(signed)["state"], told(signed)["carried_by"]) == ("signed", ["CR-1"])
    change(signed, "ACC-2", accepts=[])
    edit(signed, "ACC-2", given=["free again"])
    assert (told(signed)["state"], told(signed)["carried_by"]) == ("signed", [])


def test_what_had_moved_before_the_signature_goes_on_moving(scope: World) -> None:
    ask(scope)
    edit(scope, "REQ-3", statement="moved")
    sign(scope, "business_owner")
    edit(scope, "REQ-3", statement="moved again")
    page = told(scope)
    assert (page["state"], page["moved_since"]) == ("signed", ["REQ-3"])


def test_the_scope_in_force_is_one_chain(signed: World) -> None:
    change(signed, title="New words")
    signed.requirement("analyst", title="Later")
    with signed.read("analyst") as scene:
        found = queries.scope_in_force(scene.actor, scene.project.id)
        assert found is not None
        assert (found.baseline.key, found.outcome.carried_by) == ("BL-1", ("CR-1",))
        assert [one.key for one in found.unsigned] == ["REQ-5"]
    with signed.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 2")
    ask(signed, subject="BL-2")
    with signed.read("analyst") as scene:
        assert queries.scope_in_force(scene.actor, scene.project.id).baseline.key == "BL-1"  # type: ignore[union-attr]
    sign(signed, "business_owner", 2)
    with signed.read("implementer") as scene:
        found = queries.scope_in_force(scene.actor, scene.project.id)
        assert found is not None
        assert (found.baseline.key, found.outcome.carried_by, found.unsigned) == ("BL-2", (), [])


def test_there_is_no_scope_in_force_before_the_first_signature(scope: World) -> None:
    ask(scope)
    with scope.read("analyst") as scene:
        assert queries.scope_in_force(scene.actor, scene.project.id) is None


def test_a_requirement_tells_who_signed_it(signed: World) -> None:
    signed.requirement("analyst", title="Draft")
    signed.requirement("analyst", title="Added by a change", stage="approved")
    change(signed, title="New words")
    edit(signed, "REQ-2", change="CR-99", statement="past the lock")
    states = {}
    with signed.read("analyst") as scene:
        for key in ("REQ-1", "REQ-2", "REQ-3", "REQ-5", "REQ-6"):
            told_ = pages.on_requirement(scene.actor, item_for(scene.actor, scene.project.id, key))
            states[key] = told_ and (told_["state"], told_.get("changes", []))
    assert states == {
        "REQ-1": ("carried", ["CR-1"]), "REQ-2": ("superseded", []), "REQ-3": ("valid", []), "REQ-5": None,
        "REQ-6": ("unsigned", []),
    }  # fmt: skip


def test_states_of_many_are_told_together(signed: World) -> None:
    change(signed, title="New words")
    with signed.read("analyst") as scene:
        assert queries.baseline_states(scene.project.id, [1, 2]) == {1: "carried"}
        (line,) = queries.lines(scene.actor, scene.project.id, queries.listing(scene.project.id))
        assert (line.signoff.key, line.outcome.carried_by) == ("SGN-1", ("CR-1",))
        assert queries.listing(scene.project.id, after=1) == []
