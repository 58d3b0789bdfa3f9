"""Often notes come first, and the people that they name afterwards: what everybody reads loses the names then."""

from __future__ import annotations

import io

import pytest

from reqtrack.interviews import actions
from reqtrack.interviews.actions import guide
from reqtrack.interviews.queries import stakeholder_for
from reqtrack.items.queries import item_for
from tests.interviews.test_stakeholders import person
from tests.support.world import World

WRITTEN = {
    "title": "访谈:赵铁柱",
    "guide": "先问 赵铁柱 怎么做",
    "notes": "赵工：一天八页。\n\n赵铁柱走了。",
    "held_on": "2026-03-02",
}


def found(world: World, words: str, login: str = "auditor") -> list[str]:
    shown = world.client(login).get(f"/api/v1/projects/CRM/search?q={words}").json
    return [one["key"] for one in shown["items"]]


def read(world: World, key: str, login: str = "auditor") -> tuple[str, str, str]:
    shown = world.client(login).get(f"/api/v1/projects/CRM/interviews/{key}").json
    return shown["title"], shown["guide"], shown["notes"]


def test_who_is_added_is_taken_out_of_what_was_written_before(world: World) -> None:
    world.cast()
    key, other = world.item("interview", "analyst", **WRITTEN), world.item("interview", "analyst", title="赵州桥")
    assert found(world, "赵铁柱") == [key]
    person(world, name="赵铁柱", department="销售部")
    assert read(world, key) == ("访谈:销售部", "先问 销售部 怎么做", "销售部：一天八页。\n\n销售部走了。")
    assert read(world, key, "analyst")[2] == WRITTEN["notes"]
    assert found(world, "赵铁柱") == found(world, "赵工") == [] and found(world, "一天八页") == [key]
    with world.read() as scene:
        assert [item_for(scene.actor, scene.project.id, one).version for one in (key, other)] == [2, 1]
    history = world.client("auditor").get(f"/api/v1/projects/CRM/interviews/{key}/history").text
    events = world.client("auditor").get("/api/v1/projects/CRM/events?limit=200").json["items"]
    assert "赵铁柱" not in history and "赵铁柱" not in str(events)


def test_notes_alone_lose_it_in_the_search_without_a_version(world: World) -> None:
    world.cast()
    key = world.item("interview", "analyst", title="Talk", notes="anna schmidt: an hour")
    number = person(world, name="Bo")
    assert found(world, "schmidt") == [key]
    with world.write("analyst") as scene:
        row = stakeholder_for(scene.actor, scene.project.id, number)
        actions.change_stakeholder(scene.actor, row, {"name": "Anna Schmidt"})
    assert found(world, "schmidt") == found(world, "anna") == [] and found(world, "hour") == [key]
    with world.read() as scene:
        assert item_for(scene.actor, scene.project.id, key).version == 1


def test_who_manages_the_project_may_add_who_was_written_of(world: World) -> None:
    """Their names go though whoever adds them may not write interviews."""
    world.cast()
    key = world.item("interview", "analyst", **WRITTEN)
    sent = {"name": "赵铁柱", "department": "销售部", "job_role": "R", "level": "frontline"}
    assert world.client("project_manager").send("/p/CRM/stakeholders", sent).status_code == 303
    assert read(world, key)[0] == "访谈:销售部"


def test_who_comes_from_a_sheet_is_taken_out_as_well(world: World) -> None:
    world.cast()
    key = world.item("interview", "analyst", **WRITTEN)
    browser = world.client("analyst")
    sheet = io.BytesIO("姓名,部门,岗位\n赵铁柱,销售部,销售\n李娜,财务部,会计\n".encode())
    sent = {"csrf_token": browser.token(), "as": "stakeholders", "file": (sheet, "people.csv")}
    run = browser.post("/p/CRM/import/new", data=sent, content_type="multipart/form-data").headers["Location"]
    assert browser.send(f"{run}/items").status_code == 303
    assert read(world, key)[0] == "访谈:销售部" and found(world, "赵铁柱") == []


@pytest.mark.parametrize("late", [False, True])
def test_a_document_names_nobody(world: World, late: bool) -> None:
    world.cast()
    if not late:
        person(world, name="赵铁柱", department="销售部")
    with world.write("analyst") as scene:
        file = actions.StoredFile("a" * 64, "投诉-赵铁柱.pdf", "pdf", 5)
        row = actions.add_document(scene.actor, scene.project, {"title": "投诉 赵铁柱"}, file)
        actions.take(scene.actor, row, "等了三天", "赵铁柱 的投诉,第1页")
    if late:
        person(world, name="赵铁柱", department="销售部")
    for login in ("auditor", "project_manager"):
        api = world.client(login).get("/api/v1/projects/CRM/documents").json["items"][0]
        taken = world.client(login).get("/api/v1/projects/CRM/excerpts").json["items"][0]
        assert (api["title"], api["file_name"], taken["place"]) == (
            "投诉 销售部", "投诉-销售部.pdf", "销售部 的投诉,第1页",
        )  # fmt: skip
        for url in ("/p/CRM/evidence-documents", "/p/CRM/evidence-documents/1", "/p/CRM/excerpts/1"):
            assert "赵铁柱" not in world.client(login).get(url).text


def test_an_import_keeps_no_name_of_a_file_in_the_chain(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    file = (io.BytesIO("# 访谈\n\n赵铁柱：一天八页。\n".encode()), "赵铁柱访谈.md")
    sent = {"csrf_token": browser.token(), "as": "interviews", "file": file}
    run = browser.post("/p/CRM/import/new", data=sent, content_type="multipart/form-data").headers["Location"]
    assert "赵铁柱访谈.md" in browser.get(run).text
    events = world.client("auditor").get("/api/v1/projects/CRM/events?limit=200").json["items"]
    assert "赵铁柱" not in str(events)
    person(world, name="赵铁柱", department="销售部")
    manager = world.client("project_manager")
    assert manager.get("/api/v1/projects/CRM/imports").json["items"][0]["source"] == "销售部访谈.md"
    assert "赵铁柱" not in manager.get("/p/CRM/import").text


def test_what_grows_when_names_are_replaced_still_fits(world: World) -> None:
    world.cast()
    person(world, name="Bo Li", department="A very long department name of the whole northern region")
    long = "x" * 190 + " Bo Li"
    with world.write("analyst") as scene:
        row = guide.make_set(scene.actor, scene.project, {"name": long, "questions": ["q" * 990 + " Bo Li"]})
        document = actions.add_document(scene.actor, scene.project, {"title": "x" * 390 + " Bo Li"})
        taken = actions.take(scene.actor, document, "It tears.", "x" * 390 + " Bo Li")
        figure = actions.add_figure(scene.actor, taken, {"name": long, "value": long, "unit": "x" * 50 + " Bo Li"})
        assert (len(row.name), len(figure.name), len(figure.value), len(figure.unit)) == (200, 200, 200, 60)
        assert (len(document.title), len(taken.place)) == (400, 400)
    key = world.item("interview", "analyst", title="x" * 390 + " Bo Li")
    with world.read("analyst") as scene:
        assert len(item_for(scene.actor, scene.project.id, key).title) == 400
