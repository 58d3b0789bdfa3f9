"""The steps of a process: parsed, numbered once and for all, kept in words wherever they are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from reqtrack.changes import actions as changes
from reqtrack.documents.contexts import specification
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import Invalid, Stale
from reqtrack.exchange import exporting
from reqtrack.items import forms, store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.items.steps import as_line, as_table, from_text, numbered, total
from reqtrack.rendering.paper import compose
from tests.architecture.prepared import proved
from tests.rendering.samples import exports_folder
from tests.support.world import World

THREE: list[dict[str, Any]] = [
    {"name": "Enter the customer", "actor": "Sales rep", "by": "system", "data": "customer", "pages": 8, "pages_planned": 1,
     "required_fields": 23, "required_fields_planned": 3},
    {"name": "Approve", "actor": "Director", "by": "hand", "approvals": 3},
    {"name": "Send", "actor": "Sales rep"},
]  # fmt: skip


def ids(world: World, key: str = "PRC-1") -> list[int]:
    with world.read() as scene:
        return [step["id"] for step in item_for(scene.actor, scene.project.id, key).steps]


def save(world: World, steps: Any, key: str = "PRC-1") -> None:
    with world.write() as scene:
        item = item_for(scene.actor, scene.project.id, key)
        store.edit(scene.actor, item, values.parse(KINDS["process"], scene.project, {"steps": steps}))


def held(world: World, key: str = "PRC-1") -> list[dict[str, Any]]:
    with world.read() as scene:
        return list(item_for(scene.actor, scene.project.id, key).steps or ())


def test_a_number_is_given_once_and_never_again(world: World) -> None:
    """Scenarios name steps by number: the last one removed and another added in the same save must not be mistaken for it."""
    world.cast()
    world.item("process", steps=THREE)
    assert ids(world) == [1, 2, 3]
    first, second, third = held(world)
    save(world, [first, second, {"name": "Print"}])
    assert ids(world) == [1, 2, 4]
    save(world, [first, second])
    save(world, [first, second, {"name": "Sign"}])
    assert ids(world) == [1, 2, 5], "neither 3 nor 4, though no step has them now"
    save(world, [])
    save(world, [{"name": "All anew"}])
    assert ids(world) == [6]
    # Brought back (somebody else had taken it out meanwhile), a step is the one that it was.
    save(world, [third, {"name": "Ship"}, held(world)[0]])
    assert ids(world) == [3, 7, 6]


def test_a_number_that_was_never_given_is_refused(world: World) -> None:
    world.cast()
    world.item("process", steps=THREE)
    with pytest.raises(Invalid) as caught:
        save(world, [*held(world), {"id": 9, "name": "Ship"}])
    assert caught.value.reasons[0].field == "steps" and "PRC-1 never had the steps 9" in str(caught.value)
    assert ids(world) == [1, 2, 3]


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([{"actor": "Rep"}], "Step 1 needs a name"),
        ([{"name": "x", "pages": -1}], "whole number up to 999"),
        ([{"name": "x", "pages": "eight"}], "whole number up to 999"),
        ([{"name": "x", "pages": 1000}], "whole number up to 999"),
        ([{"name": "x", "by": "post"}], "it is done by"),
        ([{"name": "x", "colour": "red"}], "has no colour"),
        ([{"name": "x", "id": 1}, {"name": "y", "id": 1}], "Two steps have the number 1"),
        ([{"name": "x", "id": 0}], "numbered from 1"),
        ([{"name": "x"}] * 101, "at most 100 steps"),
        (["x"], "a list of objects"),
        ({"name": "x"}, "a list of objects"),
    ],
)
@pytest.mark.sqlite
def test_steps_that_do_not_fit_are_told(world: World, steps: Any, why: str) -> None:
    world.cast()
    with world.read() as scene, pytest.raises(Invalid) as caught:
        values.parse(KINDS["process"], scene.project, {"steps": steps})
    assert why in str(caught.value)


def test_numbering_keeps_what_is_there() -> None:
    assert [one["id"] for one in numbered([{"id": 4}, {}, {"id": 4}, {}], used=7)] == [4, 8, 9, 10]


def test_a_form_sends_rows() -> None:
    """Blank rows are skipped; a reader without scripts moves a row by its place."""
    sent = MultiDict(
        [("_fields", "title steps"), ("title", "Order"),
         *[("steps.id", one) for one in ("1", "2", "", "")], *[("steps.name", one) for one in ("a", "b", "c", "")],
         *[("steps.actor", one) for one in ("Rep", "", "", "")], *[("steps.pages", one) for one in ("8", "", "", "")],
         *[("steps.place", one) for one in ("1", "0.5", "", "")]]
    )  # fmt: skip
    raw = forms.raw(KINDS["process"], sent)
    assert raw["steps"] == [
        {"id": "2", "name": "b"}, {"id": "1", "name": "a", "actor": "Rep", "pages": "8"}, {"name": "c"},
    ]  # fmt: skip
    nothing = MultiDict([("_fields", "steps"), ("steps.id", "3"), ("steps.name", " "), ("steps.by", "hand")])
    assert forms.raw(KINDS["process"], nothing) == {"steps": []}
    emptied = forms.raw(KINDS["process"], MultiDict([("_fields", "steps"), ("steps.name", "")]))
    assert emptied == {"steps": []}
    pasted = forms.raw(KINDS["process"], MultiDict([("_fields", "steps"), ("steps", "One\tRep\nTwo")]))
    assert pasted == {"steps": "One\tRep\nTwo"}


@pytest.mark.sqlite
def test_a_table_of_steps_reads_back(app: Any) -> None:
    with app.test_request_context():
        steps = numbered(THREE)
        table = as_table(steps)
        assert table.splitlines()[0].split("\t")[:3] == ["No.", "What is done", "Actor"]
        back = [{k: v for k, v in step.items() if v != ""} for step in from_text(table)]
        assert [{name: str(value) for name, value in step.items()} for step in steps] == back
        assert from_text("name\tpages\nEnter\t8") == [{"name": "Enter", "pages": "8"}]
        assert from_text("Enter\tRep\n\nSend") == [{"name": "Enter", "actor": "Rep"}, {"name": "Send"}]


def test_a_line_tells_a_step(app: Any) -> None:
    with app.test_request_context():
        assert as_line(numbered(THREE)[0]) == (
            "1. Enter the customer · Sales rep · customer · In the system · Pages 8 → 1 · Required fields 23 → 3"
        )
        assert as_line({"name": "New"}) == "New"
    assert (total(THREE, "pages"), total(THREE, "pages_planned"), total(THREE, "approvals_planned")) == (8, 1, 3)
    assert total([{"name": "x"}], "pages") is None


# -- where they are told -----------------------------------------------------------------------------------------------


def test_the_history_tells_steps_as_lines(world: World) -> None:
    world.cast()
    world.item("process", "analyst", steps=THREE)
    first, second, third = held(world)
    save(world, [{**first, "pages": 3}, third, second])
    page = world.client("analyst").get("/p/CRM/i/PRC-1/history/2").get_data(as_text=True)
    assert "Enter the customer" in page and "<del>" in page and "{" not in page.split("<main")[1].split("</main>")[0]


def test_a_table_holds_steps_in_words(world: World) -> None:
    world.cast()
    world.item("process", "analyst", title="Order", steps=THREE)
    with world.read("analyst") as scene:
        told = exporting.export(scene.actor, scene.project, KINDS["process"], "csv").decode("utf-8-sig")
    assert "1. Enter the customer · Sales rep" in told and "'name'" not in told


def test_two_who_edit_meet_as_tables(world: World) -> None:
    """409: both are shown as tables that can be edited, and what is sent back from there keeps figures and numbers."""
    world.cast()
    world.item("process", "analyst", steps=THREE)
    client = world.client("analyst")
    save(world, [*held(world), {"name": "Print"}])
    mine = {"seen": "1", "_fields": "steps", "steps.id": ["1"], "steps.name": ["Enter them"], "steps.pages": ["8"]}
    answer = client.send("/p/CRM/i/PRC-1/edit", mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "No.\tWhat is done\tActor\tPages\n1\tEnter them\t\t8" in page
    merged = "No.\tWhat is done\tPages\n1\tEnter them\t8\n3\tSend\t\n\tShip\t2"
    assert client.send("/p/CRM/i/PRC-1/edit", {"seen": "2", "_fields": "steps", "steps": merged}).status_code == 303
    assert [(step["id"], step["name"], step.get("pages")) for step in held(world)] == [
        (1, "Enter them", 8), (3, "Send", None), (5, "Ship", 2),
    ]  # fmt: skip
    with world.write() as scene:
        item = item_for(scene.actor, scene.project.id, "PRC-1")
        with pytest.raises(Stale):
            store.edit(scene.actor, item, {"steps": []}, seen=1)


def test_a_refused_form_keeps_its_rows(world: World) -> None:
    world.cast()
    typed = {"_fields": "title steps", "title": "", "steps.name": ["Enter", ""], "steps.pages": ["many", "4"]}
    answer = world.client("analyst").send("/p/CRM/processes/new", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'name="steps.name" value="Enter"' in page and 'name="steps.pages" value="4"' in page
    assert "Step 1: a figure is a whole number" in page


def test_a_change_proposes_steps_line_by_line(world: World) -> None:
    """Proposed, shown as a redline, decided: the new step gets its number when it comes to be."""
    world.cast()
    world.item("process", "analyst", title="Order", steps=THREE)
    save(world, held(world)[:2])
    first, second = held(world)
    client = world.client("contributor")
    client.send("/p/CRM/changes/new", {"title": "Fewer pages", "reason": "They give up.", "item": "PRC-1"})
    form = client.get("/p/CRM/changes/CR-1/items/PRC-1").get_data(as_text=True)
    assert 'name="steps.name" value="Enter the customer"' in form
    seen = form.split('name="seen" value="')[1].split('"')[0]
    rows = [{**first, "pages": 3, "pages_planned": ""}, {**second, "approvals_planned": 2}, {"name": "Tell them"}]
    parts = ("id", "name", "actor", "by", "data", "pages", "pages_planned", "required_fields", "approvals",
             "approvals_planned")  # fmt: skip
    sent = {f"steps.{part}": [str(row.get(part, "")) for row in rows] for part in parts}
    answer = client.send(
        "/p/CRM/changes/CR-1/items/PRC-1", {"seen": seen, "base_version": "2", "_fields": "steps", **sent}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get("/p/CRM/changes/CR-1").get_data(as_text=True)
    assert "<ins>Tell them</ins>" in page and "rq-lines" in page
    # The process's own page shows what it would do to its friction.
    shown = client.get("/p/CRM/i/PRC-1").get_data(as_text=True)
    assert "CR-1" in shown and "1 → " in shown
    with world.write("contributor") as scene:
        changes.submit(scene.actor, item_for(scene.actor, scene.project.id, "CR-1", "change"))
    with world.write("analyst") as scene:
        changes.assess(scene.actor, item_for(scene.actor, scene.project.id, "CR-1", "change"), likely=Decimal(3))
    with world.write("business_owner") as scene:
        change = item_for(scene.actor, scene.project.id, "CR-1", "change")
        done = changes.decide(proved(scene).actor, change, "approved", tier="must", phase="1")
        assert done.stage == "applied"
    assert [(step["id"], step["name"]) for step in held(world)] == [
        (1, "Enter the customer"), (2, "Approve"), (4, "Tell them"),
    ]  # fmt: skip


def test_a_change_brings_a_new_process(world: World) -> None:
    world.cast()
    with world.write("analyst") as scene:
        change = changes.log(
            scene.actor, scene.project, title="One more", reason="It is done already.", edits=[
                {"new_item": {"kind": "process", "fields": {"title": "Returns", "steps": [{"name": "Take it back"}]}}},
                {"new_item": {"kind": "scenario", "fields": {"title": "At the door", "process": ["NEW-1"]}}},
            ], tier="must", phase="1",
        )  # fmt: skip
        changes.submit(scene.actor, change)
    world.member("second", "analyst")
    with world.write("second") as scene:
        changes.assess(scene.actor, item_for(scene.actor, scene.project.id, "CR-1", "change"), likely=Decimal(1))
    with world.write("project_manager") as scene:
        change = item_for(scene.actor, scene.project.id, "CR-1", "change")
        assert changes.decide(proved(scene).actor, change, "approved", tier="must", phase="1").stage == "applied"
    assert held(world) == [{"id": 1, "name": "Take it back"}]
    assert "At the door" in world.client("analyst").get("/p/CRM/i/PRC-1").get_data(as_text=True)


def test_the_specification_has_a_chapter_for_each_process(app: Any, world: World) -> None:
    """Steps with what they ask today and as planned, and the scenarios that tell them; on paper, too."""
    world.cast()
    world.item("process", "analyst", title="Order", purpose="From call to payment.", steps=THREE)
    world.scenario("analyst", title="At the counter", process=["PRC-1"], process_steps=[1])
    world.requirement("analyst", title="One page", scenarios=["SCN-1"])
    with app.test_request_context(), world.read("analyst") as scene:
        context = specification.build(Reader(scene.actor, scene.project, "en"), None)
    chapter = context["chapters"][0]
    assert (chapter["title"], chapter["text"], chapter["requirements"]) == ("PRC-1  Order", "From call to payment.", [])
    first, second, _third = chapter["steps"]
    assert (first["number"], first["pages"], first["pages_planned"]) == (1, 8, 1)
    assert first["note"] == "customer  In the system  SCN-1" and "no scenario" in second["note"]
    html = compose(exports_folder() / "specification", context, locale="en").html
    assert "8 → 1" in html and "Enter the customer" in html and "Approvals" in html
