"""A change whose base moved waits for its author: My work, board, list and its own page say so."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions, pages, queries
from tests.changes.conftest import Desk
from tests.changes.test_board import cells
from tests.support.world import OPERATOR


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


@pytest.fixture
def second(desk: Desk, req: str) -> str:
    """A change whose field another one, put into effect meanwhile, has changed."""
    first = desk.deciding(edits=edits(req))
    key = desk.deciding(edits=edits(req, "One level."))
    assert desk.waiting("project_manager") == [("decide", first), ("decide", key)]
    assert desk.waiting("contributor") == []
    desk.decide(first)
    return key


def test_its_author_is_to_choose_and_nobody_is_to_decide_it_before(desk: Desk, req: str, second: str) -> None:
    assert desk.waiting("contributor") == [("mend", second)]
    assert desk.waiting("project_manager") == []
    with desk.world.read("contributor") as scene:
        (row,) = queries.waiting_for(scene.actor)
        assert (row.href_endpoint, row.href_args["item"]) == ("changes.edit_item", req)
        assert str(row.note) == f"{req} was changed meanwhile: choose between the two."
    shown = desk.world.client("contributor").get("/").text
    assert "Others wait for it" in shown and f"/p/CRM/changes/{second}/items/{req}" in shown
    assert second in desk.world.client("contributor").get("/?kind=mend").text
    desk.do(second, actions.propose, edits(req, "None."), by="contributor")
    assert desk.waiting("contributor") == [], "chosen"


def test_what_was_retired_meanwhile_leads_to_the_package(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    gone = desk.deciding(edits=[{"retire": req}])
    desk.decide(gone)
    with desk.world.read("contributor") as scene:
        (row,) = queries.waiting_for(scene.actor)
    assert (row.kind, row.key, row.href_endpoint, row.href_args["_anchor"]) == ("mend", key, "changes.show", "package")


def test_where_no_author_is_left_who_decides_keeps_it(desk: Desk, req: str, second: str) -> None:
    with desk.world.write() as scene:
        accounts.end_role(OPERATOR, scene.project, user_by_login("contributor"), "contributor")
    assert desk.waiting("project_manager") == [("decide", second)]


def listed(desk: Desk, login: str = "project_manager") -> dict[str, Any]:
    with desk.world.app.test_request_context("/"), desk.world.read(login) as scene:
        told = pages.board(scene.actor, scene.project, {"view": "list"})
        return {one["key"]: one["row"] for one in told["rows"]}


def test_board_and_list_mark_it(desk: Desk, req: str, second: str) -> None:
    (card,) = cells(desk)["deciding"]
    assert card["key"] == second and ("In conflict", "bad", "alert-triangle") in card["flags"]
    assert card["asked"] == desk.name("contributor"), "it waits for its author"
    assert {key: row.conflict for key, row in listed(desk).items()} == {second: True, "CR-1": False}
    shown = desk.world.client("project_manager").get("/p/CRM/changes?view=list").text
    assert shown.count("In conflict") == 1
    draft = desk.log(edits=edits(req, "Three."))
    desk.world_edit(req, statement="Seven.")
    assert listed(desk)[draft].conflict, "a draft, too"
    assert ("In conflict", "bad", "alert-triangle") in cells(desk)["draft"][0]["flags"]


def test_the_list_knows_of_links_too(desk: Desk, req: str) -> None:
    other = desk.world.requirement(statement="x")
    key = desk.log(edits=[{"item": req, "link": "depends_on", "add": [other]}])
    desk.submit(key)
    assert not listed(desk)[key].conflict
    gone = desk.deciding(edits=[{"retire": other}])
    desk.decide(gone)
    assert listed(desk)[key].conflict
    assert desk.world.client("contributor").get("/p/CRM/changes?view=list").text.count("In conflict") == 1


def test_the_page_has_a_button_for_the_author(desk: Desk, req: str, second: str) -> None:
    href = f'href="/p/CRM/changes/{second}/items/{req}"'
    mine = desk.world.client("contributor").get(f"/p/CRM/changes/{second}").text
    assert "Choose between the two" in mine and href in mine
    theirs = desk.world.client("business_owner").get(f"/p/CRM/changes/{second}").text
    assert "Choose between the two" not in theirs and "the author has to choose" in theirs


def test_a_number_and_a_choice_are_replaced_as_a_whole(desk: Desk) -> None:
    req = desk.world.requirement(statement="x", tier="should", effort_days=4)
    moved = [{"item": req, "field": "effort_days", "new": "6"}, {"item": req, "field": "tier", "new": "must"}]
    key = desk.log(edits=moved)
    shown = desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text
    assert "<del>4</del> → <ins>6</ins>" in shown and "<del>Should have</del> → <ins>Must have</ins>" in shown
    desk.world_edit(req, effort_days="46")
    shown = desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text
    assert "<del>4</del> → <ins>46</ins>" in shown, "what it is meanwhile, too"
    version = desk.world.client("contributor").get(f"/p/CRM/i/{req}/history/2").text
    assert "<del>4</del> → <ins>46</ins>" in version
