"""The matrix: what leads to what, what has a hole, a window at a time, of what the reader may see."""

from __future__ import annotations

import io
from typing import Any

import pytest
import python_calamine

from reqtrack.acceptance.actions import create_round, record_result
from reqtrack.acceptance.queries import round_for
from reqtrack.exchange import exporting
from reqtrack.items.queries import item_for
from reqtrack.requirements.actions.joining import retire
from reqtrack.trace import pages, queries
from reqtrack.trace.forms import wanted
from tests.support.meter import Queries
from tests.support.world import World

EXAMPLES = {"header": ["phone"], "rows": [["138"], ["139"]]}


@pytest.fixture
def traced(world: World) -> World:
    """Process ← scenario → REQ-1 ← ACC-1 (one row passed, one failed); REQ-2 (must) without anything; ACC-2 accepts nothing."""
    world.cast()
    process = world.item("process", title="Selling")
    scenario = world.item("scenario", title="A call", process=process)
    one = world.requirement(title="Kept once", tier="should", scenarios=[scenario])
    world.requirement(title="Kept for ever", tier="must")
    kept = world.acceptance(title="Two ways", when=["I enter <phone>"], examples=EXAMPLES, accepts=[one])
    world.acceptance(title="Signing in", when=["I sign in"])
    with world.write("project_manager") as scene:
        number = create_round(scene.actor, scene.project, "", [kept], ["tester"]).number
    for row, verdict in enumerate(("passed", "failed")):
        with world.write("tester") as scene:
            found = round_for(scene.actor, scene.project.id, number)
            record_result(scene.actor, found, item_for(scene.actor, scene.project.id, kept), row, verdict, "seen")
    return world


def told(world: World, by: str = "auditor", **given: str) -> dict[str, Any]:
    with world.read(by) as scene:
        asked = wanted(scene.actor, scene.project, given, strict=True)
        return pages.as_facts(scene.actor, scene.project, asked, queries.ROWS_AT_ONCE)


def test_holes_come_first_and_cells_tell_how_it_stands(traced: World) -> None:
    found = told(traced)
    assert [(row["key"], row["cells"]) for row in found["items"]] == [("REQ-2", {}), ("REQ-1", {"ACC-1": "failed"})]
    assert (found["total"], found["holes"], found["column_holes"]) == (2, 1, 1)
    assert [row["key"] for row in told(traced, order="key")["items"]] == ["REQ-1", "REQ-2"]


def test_what_is_out_of_use_fills_no_hole(traced: World) -> None:
    """Neither a retired scenario that of its requirement, nor an obsolete requirement that of its scenario."""
    kept = traced.acceptance(title="Kept", when=["I look"], accepts=["REQ-2"])
    assert told(traced)["holes"] == 0
    with traced.write("analyst") as scene:
        retire(scene.actor, item_for(scene.actor, scene.project.id, kept))
    assert [row["key"] for row in told(traced)["items"]] == ["REQ-2", "REQ-1"] and told(traced)["holes"] == 1
    traced.move("REQ-1", "obsolete")
    gone = told(traced)
    assert (gone["total"], gone["holes"], gone["column_holes"]) == (1, 1, 2)
    assert told(traced, rows="acceptance", columns="requirements")["holes"] == 2


@pytest.mark.parametrize(
    ("rows", "columns", "cells"),
    [
        ("processes", "acceptance", {"PRC-1": {"ACC-1": "failed"}}),
        ("acceptance", "processes", {"ACC-2": {}, "ACC-1": {"PRC-1": "failed"}}),
        ("processes", "requirements", {"PRC-1": {"REQ-1": "linked"}}),
        ("requirements", "scenarios", {"REQ-2": {}, "REQ-1": {"SCN-1": "linked"}}),
        ("scenarios", "acceptance", {"SCN-1": {"ACC-1": "failed"}}),
        ("processes", "scenarios", {"PRC-1": {"SCN-1": "linked"}}),
        ("interviews", "requirements", {}),
        ("interviews", "processes", {}),
    ],
)
def test_any_two_kinds(traced: World, rows: str, columns: str, cells: dict[str, Any]) -> None:
    found = told(traced, rows=rows, columns=columns)
    assert {row["key"]: row["cells"] for row in found["items"]} == cells


def test_filters(traced: World) -> None:
    def keys(**given: str) -> list[str]:
        return [row["key"] for row in told(traced, **given)["items"]]

    assert keys(tier="must") == ["REQ-2"]
    assert keys(process="PRC-1") == ["REQ-1"]
    assert keys(status="failed") == ["REQ-1"]
    assert keys(status="untested") == ["REQ-2"]
    assert keys(rows="acceptance", columns="requirements", tier="should") == ["ACC-1"]
    assert keys(rows="acceptance", columns="requirements", status="untested") == ["ACC-2"]
    assert keys(rows="processes", columns="acceptance", tier="must") == []


def test_what_is_no_matrix_is_said_in_a_sentence(traced: World) -> None:
    client = traced.client("auditor")
    for query in ("rows=cats", "tier=P0", "phase=nowhere", "after=1.x", "order=backwards"):
        assert client.get(f"/p/CRM/matrix?{query}").status_code == 422, query
    assert client.get("/p/CRM/matrix?rows=acceptance&columns=acceptance&status=verified").status_code == 200


def test_an_implementer_sees_only_what_is_agreed_and_no_interviews(traced: World) -> None:
    assert told(traced, by="implementer")["items"] == []
    assert traced.client("implementer").get("/p/CRM/matrix?rows=interviews&columns=requirements").status_code == 404


def test_the_page_in_windows(traced: World) -> None:
    body = traced.client("analyst").get("/p/CRM/matrix").get_data(as_text=True)
    assert "1 requirement has nothing that accepts it" in body and "1 of them is must." in body
    assert "REQ-1 ACC-1 failed" in body and "accepts=REQ-2" in body
    with traced.read("auditor") as scene:
        first = queries.window(scene.actor, scene.project.id, wanted(scene.actor, scene.project, {}), 1, 1)
        assert [row.key for row in first.rows] == ["REQ-2"] and first.more_rows
        at = f"{first.rows[-1].linked}.{first.rows[-1].place}.{first.rows[-1].number}"
        second = queries.window(scene.actor, scene.project.id, wanted(scene.actor, scene.project, {"after": at}), 1, 1)
        assert [row.key for row in second.rows] == ["REQ-1"] and not second.more_rows


def test_the_workbook_holds_all(traced: World) -> None:
    with traced.read("auditor") as scene:
        data = exporting.export_book(
            scene.actor, scene.project, "matrix", "xlsx", "rows=requirements&columns=acceptance"
        )
    book = python_calamine.load_workbook(io.BytesIO(data))
    assert book.sheet_names == ["matrix", "links", "holes", "column holes"]
    assert book.get_sheet_by_name("matrix").to_python()[1:] == [
        ["REQ-2", "Kept for ever", "must", ""], ["REQ-1", "Kept once", "should", "failed"],
    ]  # fmt: skip
    assert [row[0] for row in book.get_sheet_by_name("holes").to_python()[1:]] == ["REQ-2"]
    assert [row[0] for row in book.get_sheet_by_name("column holes").to_python()[1:]] == ["ACC-2"]


def test_the_same_over_rest(traced: World) -> None:
    client = traced.client("auditor")
    found = client.get("/api/v1/projects/CRM/matrix?rows=processes&columns=acceptance").get_json()
    assert found["items"][0]["cells"] == {"ACC-1": "failed"} and found["column_holes"] == 1
    assert client.get("/api/v1/projects/CRM/matrix?rows=acceptance&columns=acceptance").status_code == 422
    told = client.get("/api/v1/projects/CRM/status").get_json()
    assert told["processes"] == [{"key": "PRC-1", "title": "Selling", "status": "failed"}]
    assert told["acceptance"]["failed"] == 1 and told["days"][-1]["failed"] == 1
    assert {(one["tier"], one["status"]) for one in told["requirements"]} == {
        ("must", "untested"),
        ("should", "failed"),
    }


def test_the_workbook_is_asked_for_from_the_page(traced: World) -> None:
    client = traced.client("analyst")
    answer = client.send("/p/CRM/documents", {"table": "matrix xlsx", "about": "tier=must"})
    assert answer.status_code in (200, 303)


@pytest.mark.sqlite("the statements are the same on both")
@pytest.mark.parametrize(("by", "most"), [("auditor", 10), ("implementer", 10)])
def test_the_matrix_asks_as_often_for_many_rows_as_for_a_few(
    traced: World, queries: Queries, by: str, most: int
) -> None:
    """Rows, columns, cells, statuses, the lists to choose from, and who asks: each in one statement."""

    def asked(url: str) -> int:
        queries.clear()
        assert browser.get(url).status_code == 200
        return len(queries)

    browser = traced.client(by)
    urls = ("/p/CRM/matrix", "/p/CRM/matrix?rows=acceptance&columns=requirements", "/api/v1/projects/CRM/matrix")
    few = {url: asked(url) for url in urls}
    for at in range(30):
        traced.requirement(title=f"More {at}", tier="must", stage="approved")
        if at % 2:
            traced.acceptance(title=f"Case {at}", when=["x"], then=["y"], examples=EXAMPLES, accepts=["REQ-2"])
    assert {url: asked(url) for url in urls} == few
    assert max(few.values()) <= most, few
