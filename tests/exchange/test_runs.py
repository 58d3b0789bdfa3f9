"""Import runs: what was read stays with the run, ready rows come in together, undone while nobody touched them."""

from __future__ import annotations

import io

import pytest

from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions as changes
from reqtrack.errors import Refused
from reqtrack.exchange import actions, drafting, queries
from reqtrack.items import actions as items
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions as requirements
from tests.support.world import World

ROWS = "编号\t需求名称\t需求描述\t优先级\t备注\nA-1\t登录\t系统应当记住\t高\t老王说的\nA-2\t\t\t中\tx\nA-3\t导出\t导出客户\t低\t"


def kept(world: World, rows: str = ROWS) -> int:
    world.cast()
    draft = drafting.draft_paste(rows)
    with world.write("analyst") as scene:
        return actions.keep(scene.actor, scene.project, draft, "").number


def run(world: World, number: int, ready_only: bool = True) -> list[str]:
    with world.write("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        return [item.key for item in actions.run_import(scene.actor, scene.project, found, ready_only=ready_only)]


def test_ready_rows_come_in_and_the_rest_stay(world: World) -> None:
    number = kept(world)
    assert run(world, number) == ["REQ-1", "REQ-2"]
    with world.read("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        rows = queries.rows(found.id)
        assert [row.item_id is None for row in rows] == [False, True, False]
        first = item_for(scene.actor, scene.project.id, "REQ-1")
        assert (first.tier, first.proposed_tier, first.imported) == (None, "must", True)
        origin = queries.origin(scene.actor, first)
        assert origin is not None and origin["notes"] == {"备注": "老王说的"}


def test_all_or_none_refuses_with_every_rows_problem(world: World) -> None:
    number = kept(world)
    with pytest.raises(Refused, match="neither a title nor a text"):
        run(world, number, ready_only=False)
    with world.read("analyst") as scene:
        assert not queries.made_items(queries.run_for(scene.actor, scene.project.id, number))


def test_tiers_are_confirmed_once_for_all(world: World) -> None:
    run(world, kept(world))
    with world.write("analyst") as scene:
        assert requirements.confirm_tiers(scene.actor, scene.project) == ["REQ-1", "REQ-2"]
    with world.read("analyst") as scene:
        tiers = [item_for(scene.actor, scene.project.id, key).tier for key in ("REQ-1", "REQ-2")]
    assert tiers == ["must", "later"]


def test_undone_while_nobody_touched_it(world: World) -> None:
    number = kept(world)
    run(world, number)
    with world.write("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        assert actions.undo(scene.actor, scene.project, found) == ["REQ-1", "REQ-2"]
    with world.read("analyst") as scene:
        assert item_for(scene.actor, scene.project.id, "REQ-1").retired


def test_undo_names_what_was_touched(world: World) -> None:
    number = kept(world)
    run(world, number)
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-2"), {"title": "导出名单"}, seen=1)
    with pytest.raises(Refused, match="REQ-2"), world.write("analyst") as scene:
        actions.undo(scene.actor, scene.project, queries.run_for(scene.actor, scene.project.id, number))


@pytest.mark.parametrize("used", ["baseline", "edit", "attachment"])
def test_undo_is_refused_where_something_else_leans_on_it(world: World, used: str) -> None:
    number = kept(world)
    run(world, number)
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-2")
        if used == "edit":
            change = changes.log(scene.actor, scene.project, title="Shorter", reason="Nobody reads it.")
            changes.propose(scene.actor, change, [{"item": "REQ-2", "field": "statement", "new": "short"}])
        elif used == "attachment":
            items.attach(scene.actor, item, "0" * 64, "note.txt", "text/plain", 6)
    if used == "baseline":
        with world.write("project_manager") as scene:
            baselines.take(scene.actor, scene.project, "First")
    with pytest.raises(Refused, match="REQ-2"), world.write("analyst") as scene:
        actions.undo(scene.actor, scene.project, queries.run_for(scene.actor, scene.project.id, number))


def test_parents_named_in_the_sheet_become_links(world: World) -> None:
    rows = "id\ttitle\tparent\nR1\tTop\t\nR2\tBelow\tR1\nR3\tLost\tR9\n"
    number = kept(world, rows)
    run(world, number)
    with world.read("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        told = [str(one) for row in queries.rows(found.id) for one in queries.problems(row)]
        assert any("R9" in sentence for sentence in told)
        assert item_for(scene.actor, scene.project.id, "REQ-2").title == "Below"


def test_the_pages_from_pasting_to_undoing(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    read = browser.send("/p/CRM/import/new", {"text": ROWS, "as": "requirements"})
    assert read.status_code == 303
    here = read.headers["Location"]
    assert "备注" in browser.get(here).get_data(as_text=True)
    columns = {
        "column-0": "id",
        "column-1": "title",
        "column-2": "statement",
        "column-3": "tier",
        "column-4": "rationale",
    }
    assert browser.send(f"{here}/columns", columns).status_code == 303
    assert browser.send(f"{here}/items").status_code == 303
    assert "老王说的" in browser.get("/p/CRM/i/REQ-1").get_data(as_text=True)
    assert browser.send(f"{here}/undoing").status_code == 303
    assert world.client("tester").get("/p/CRM/import").status_code == 403


def test_a_file_that_cannot_be_read_says_why(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    answer = browser.send(
        "/p/CRM/import/new",
        {"file": (io.BytesIO(b"%PDF-1.7 ..."), "list.pdf"), "as": "requirements"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "PDF" in answer.get_data(as_text=True)
