"""A comparison as a workbook and as a document: what is gone is there, too."""

from __future__ import annotations

import io

import pytest
import python_calamine

from reqtrack.baselines import actions
from reqtrack.documents.contexts import comparison
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import Invalid, NotFound
from reqtrack.exchange import exporting
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from tests.support.world import World


@pytest.fixture
def moved(world: World) -> World:
    world.cast()
    kept, gone = world.requirement(title="Kept", statement="It is kept."), world.requirement(title="Gone")
    with world.write("analyst") as scene:
        actions.take(scene.actor, scene.project, "One")
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, kept)
        store.edit(
            scene.actor, item, values.parse(KINDS["requirement"], scene.project, {"statement": "It is kept once."})
        )
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, gone), {}, retired=True)
    world.requirement(title="New", tier="must")
    return world


def test_as_a_workbook(moved: World) -> None:
    with moved.read("auditor") as scene:
        data = exporting.export_book(scene.actor, scene.project, "comparison", "xlsx", "BL-1..now")
        with pytest.raises(Invalid):
            exporting.export_book(scene.actor, scene.project, "comparison", "xlsx", "")
        with pytest.raises(NotFound):
            exporting.export_book(scene.actor, scene.project, "comparison", "xlsx", "BL-9..now")
    rows = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1:]
    assert rows == [
        ["added", "REQ-3", "New", "must", "", "", ""], ["removed", "REQ-2", "Gone", "", "", "", ""],
        ["changed", "REQ-1", "Kept", "", "statement", "It is kept.", "It is kept once."],
    ]  # fmt: skip


def test_on_paper(moved: World) -> None:
    with moved.read("auditor") as scene:
        wanted = comparison.points(scene.actor, scene.project, "BL-1..now")
        context = comparison.build(Reader(scene.actor, scene.project, "en"), wanted)
    assert [one["key"] for one in context["removed"]] == ["REQ-2"] and [one["key"] for one in context["added"]] == [
        "REQ-3"
    ]
    assert context["changed"][0]["fields"][0]["segments"] and context["fingerprint"].startswith("sha256:")
