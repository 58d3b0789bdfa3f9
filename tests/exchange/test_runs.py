"""Import runs: what was read stays with the run, ready rows come in together, undone while nobody touched them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from reqtrack import cli as command_line
from reqtrack import commands  # noqa: F401 - registers the commands
from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions as changes
from reqtrack.db import db
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


FEATURE = """Feature: Quotes
  @REQ-1
  Scenario: Two levels
    When it is sent
    Then two people see it
  Scenario: One level
    When it is small
    Then one person sees it
"""


def feature(world: World) -> int:
    """A run of two acceptance scenarios, one of them for a requirement that was signed."""
    world.cast()
    world.requirement(title="Quotes are approved", statement="Two levels approve.")
    world.move("REQ-1", "approved")
    draft = drafting.draft_file(FEATURE.encode(), "quotes.feature")
    with world.write("analyst") as scene:
        return actions.keep(scene.actor, scene.project, draft, "").number


def test_a_row_that_meets_a_lock_stays_with_the_run(world: World) -> None:
    number = feature(world)
    page = world.client("analyst").send(f"/p/CRM/import/{number}/items", follow_redirects=True)
    assert page.status_code == 200
    assert "REQ-1 is approved scope" in page.text and "1 row is in" in page.text
    with world.read("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        assert [item.title for item in queries.made_items(found)] == ["One level"]
        (left,) = [row for row in queries.rows(found.id) if row.item_id is None]
        assert [one.code for one in queries.problems(left)] == ["locked"] and not queries.is_ready(left)


def test_all_or_none_is_none_where_a_row_meets_a_lock(world: World) -> None:
    number = feature(world)
    with pytest.raises(Refused, match="approved scope"):
        run(world, number, ready_only=False)
    with world.read("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        assert found.state == "checked" and not queries.made_items(found)


def test_where_every_row_meets_a_lock_the_page_says_so(world: World) -> None:
    world.cast()
    world.requirement()
    world.move("REQ-1", "approved")
    draft = drafting.draft_file(FEATURE.partition("  Scenario: One")[0].encode(), "quotes.feature")
    with world.write("analyst") as scene:
        number = actions.keep(scene.actor, scene.project, draft, "").number
    page = world.client("analyst").send(f"/p/CRM/import/{number}/items", follow_redirects=True)
    assert "No row was imported" in page.text and "REQ-1 is approved scope" in page.text
    with world.read("analyst") as scene:
        assert queries.run_for(scene.actor, scene.project.id, number).state == "checked"


# -- the same again ----------------------------------------------------------------------------------------------------

TWO = "Title\nFirst\nSecond\n"


def test_the_page_says_that_the_same_came_in_before_and_undoes_it(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    first = browser.send("/p/CRM/import/new", {"text": TWO, "as": "requirements"}).headers["Location"]
    assert "came in before" not in browser.get(first).text
    browser.send(f"{first}/items")
    second = browser.send("/p/CRM/import/new", {"text": TWO, "as": "requirements"}).headers["Location"]
    shown = browser.get(second).text
    assert "The same rows came in before" in shown
    assert f'href="{first}">IMP-1</a>' in shown and f'action="{first}/undoing"' in shown
    # Said, not forbidden.
    assert browser.send(f"{second}/items").status_code == 303
    with world.read("analyst") as scene:
        assert item_for(scene.actor, scene.project.id, "REQ-4").title == "Second"


def test_what_was_undone_or_came_in_elsewhere_is_no_before(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    first = browser.send("/p/CRM/import/new", {"text": TWO, "as": "requirements"}).headers["Location"]
    browser.send(f"{first}/items")
    browser.send(f"{first}/undoing")
    second = browser.send("/p/CRM/import/new", {"text": TWO, "as": "requirements"}).headers["Location"]
    assert "came in before" not in browser.get(second).text
    browser.send(f"{second}/items")
    world.project("OPS", "Operations")
    world.member("analyst", "analyst", project="OPS")
    other = browser.send("/p/OPS/import/new", {"text": TWO, "as": "requirements"}).headers["Location"]
    assert "came in before" not in browser.get(other).text


def test_the_api_refuses_the_same_unless_asked_again(world: World) -> None:
    world.cast()
    client = world.client("analyst")
    headers = {"X-CSRFToken": client.token()}
    here = "/api/v1/projects/CRM/imports"
    assert client.post(here, json={"text": TWO}, headers=headers).status_code == 201
    refused = client.post(here, json={"text": TWO}, headers=headers)
    assert (refused.status_code, refused.json["reasons"][0]["code"]) == (409, "twice")
    assert "IMP-1" in refused.json["detail"]
    made = client.post(here, json={"text": TWO, "again": True}, headers=headers)
    assert (made.status_code, made.json["items"]) == (201, ["REQ-3", "REQ-4"])


def test_the_command_refuses_the_same_unless_asked_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cast()
    monkeypatch.setattr(command_line, "create_app", lambda: world.app)
    file = tmp_path / "two.csv"
    file.write_text(TWO, "utf-8")
    call = ["import", str(file), "--project", "CRM", "--as", "requirements"]

    def said(*more: str) -> tuple[int, str]:
        done = CliRunner().invoke(command_line.cli, [*call, *more])
        return done.exit_code, done.output

    assert said() == (0, "2 imported, 0 left with IMP-1.\n")
    assert said("--dry-run")[1].splitlines() == [
        "The same was imported as IMP-1. Undo that first, or say that you want it again.", "2 of 2 rows are ready.",
    ]  # fmt: skip
    code, text = said()
    assert code == 1 and "imported as IMP-1" in text
    assert said("--again") == (0, "2 imported, 0 left with IMP-2.\n")


def test_after_many_rows_the_database_knows_how_many_there_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else PostgreSQL takes long walks for short ones until it has counted by itself."""

    def counted() -> int:
        with world.read("analyst"):
            return int(db.session.execute(text("SELECT reltuples FROM pg_class WHERE relname = 'items'")).scalar_one())

    monkeypatch.setattr(actions, "MANY", 2)
    number = kept(world)
    postgres = world.app.config["SETTINGS"].database_url.startswith("postgres")
    before = counted() if postgres else 0
    assert run(world, number) == ["REQ-1", "REQ-2"]
    assert not postgres or counted() != before
