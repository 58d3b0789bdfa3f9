"""Voices heard: the plan against who was heard, exact after any write, and telling nobody who the only one of a job role is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import lxml.html
import pytest
from sqlalchemy import text

from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.interviews import actions
from reqtrack.interviews.actions.plan import set_target
from reqtrack.interviews.queries import excerpts_for, stakeholder_for
from reqtrack.interviews.queries.plan import Cell, Plan, plan, together
from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.architecture.recorder import recording
from tests.support.world import World

PEOPLE = [
    ("王海涛", "Sales", "Sales rep", "frontline"),
    ("李娜", "Sales", "Sales rep", "frontline"),
    ("张伟", "Sales", "Sales rep", "frontline"),
    ("陈立群", "Sales", "Sales manager", "manager"),
    ("郭玉梅", "Service", "Dispatcher", "frontline"),
    ("方文", "Board", "Director", "executive"),
]


def prepared(world: World) -> list[int]:
    """Six people, none of them heard; returns their ids."""
    world.cast()
    ids = []
    for name, department, role, level in PEOPLE:
        with world.write("analyst") as scene:
            facts = {"name": name, "department": department, "job_role": role, "level": level}
            ids.append(actions.add_stakeholder(scene.actor, scene.project, facts).id)
    return ids


def heard(world: World, *people: int, stage: str = "written", **more: Any) -> str:
    key = world.item("interview", "analyst", title="A talk", stakeholders=list(people), **more)
    if stage != "planned":
        world.move(key, stage)
    return key


def seen(world: World, login: str = "analyst", processes: tuple[str, ...] = ("",)) -> Plan:
    with world.read(login) as scene:
        return plan(scene.actor, scene.project.id, processes)


def cells(found: Plan) -> dict[tuple[str, str], Cell]:
    return {(one.department, one.job_role): one for one in found.cells}


def target(world: World, number: int, job_role: str, department: str, process: str = "", **more: Any) -> int:
    with world.write("analyst") as scene:
        about = item_for(scene.actor, scene.project.id, process, "process") if process else None
        given: Mapping[str, Any] = {"job_role": job_role, "department": department, "target": number, **more}
        return set_target(scene.actor, scene.project, process=about, **given).version


def test_a_cell_says_heard_planned_or_nobody(world: World) -> None:
    rep1, rep2, rep3, manager, _dispatcher, _director = prepared(world)
    heard(world, rep1, rep2)
    heard(world, rep2, rep3, stage="planned")
    heard(world, manager, stage="planned")
    target(world, 2, "Sales rep", "Sales")
    found = cells(seen(world))
    reps = found["Sales", "Sales rep"]
    # Who was heard already is not planned once more.
    assert (reps.heard, reps.planned, reps.target, reps.state) == (2, 1, 2, "met")
    assert found["Sales", "Sales manager"].state == "planned"
    assert found["Service", "Dispatcher"].state == "nobody"
    target(world, 3, "Sales rep", "Sales", seen=1)
    assert cells(seen(world))["Sales", "Sales rep"].state == "heard"


@pytest.mark.parametrize("stage", ["held", "written", "confirmed", "cancelled"])
def test_only_a_talk_that_took_place_counts(world: World, stage: str) -> None:
    rep, *_ = prepared(world)
    heard(world, rep, stage=stage)
    assert cells(seen(world))["Sales", "Sales rep"].heard == (stage != "cancelled")


def test_a_retired_talk_counts_for_nothing(world: World) -> None:
    rep, *_ = prepared(world)
    key = heard(world, rep)
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {}, retired=True)
    assert cells(seen(world))["Sales", "Sales rep"].heard == 0


def test_a_process_counts_those_heard_about_it(world: World) -> None:
    rep1, rep2, *_ = prepared(world)
    world.item("process", "analyst", title="Quote to order", steps=[{"name": "Quote", "actor": "Dispatcher"}])
    world.item("process", "analyst", title="Repair")
    heard(world, rep1, processes=["PRC-1"])
    heard(world, rep2)
    assert cells(seen(world))["Sales", "Sales rep"].heard == 2
    of_quotes = cells(seen(world, processes=("PRC-1",)))
    assert of_quotes["Sales", "Sales rep"].heard == 1
    # Whom a step names has a part in it; others need not be heard about it.
    assert of_quotes["Service", "Dispatcher"].state == "nobody"
    assert of_quotes["Board", "Director"].state == "apart"
    # Of the other one nothing is known yet: it may be anybody's.
    assert cells(seen(world, processes=("PRC-2",)))["Board", "Director"].state == "nobody"
    with pytest.raises(NotFound):
        seen(world, processes=("PRC-9",))


def test_a_target_is_of_one_cell_and_one_process(world: World) -> None:
    prepared(world)
    world.item("process", "analyst", title="Repair")
    target(world, 1, "Dispatcher", "Service", "PRC-1")
    target(world, 4, "Dispatcher", "Service")
    target(world, 2, "Mechanic", "Service", "PRC-1")
    assert cells(seen(world))["Service", "Dispatcher"].target == 4
    of_repair = cells(seen(world, processes=("PRC-1",)))
    assert of_repair["Service", "Dispatcher"].target == 1
    # Wanted, though nobody of them is known.
    assert (of_repair["Service", "Mechanic"].people, of_repair["Service", "Mechanic"].state) == ((), "nobody")
    every = seen(world, processes=("", "PRC-1"))
    both = together(one for one in every.cells if one.process == "PRC-1" and one.department == "Service")
    assert (both.target, len(both.people)) == (3, 1)


def test_a_target_that_somebody_else_set_is_not_overwritten(world: World) -> None:
    prepared(world)
    assert target(world, 2, "Sales rep", "Sales") == 1
    with pytest.raises(Refused, match="meanwhile"):
        target(world, 3, "Sales rep", "Sales", seen=0)
    target(world, 0, "Sales rep", "Sales", seen=1)
    assert cells(seen(world))["Sales", "Sales rep"].state == "apart"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"target": "many"}, "target"),
        ({"target": "-1"}, "target"),
        ({"target": "10000"}, "target"),
        ({"job_role": " ", "department": ""}, "job_role"),
        ({"department": "x" * 201}, "department"),
    ],
)
def test_a_target_that_is_none_is_refused_with_a_sentence(world: World, given: dict[str, str], field: str) -> None:
    world.cast()
    sent = {"job_role": "Clerk", "department": "Office", "target": "2", **given}
    answer = world.client("analyst").send("/p/CRM/voices/targets", sent)
    tree = lxml.html.fromstring(answer.text)
    assert answer.status_code == 422
    (wrong,) = tree.xpath(f"//*[@name='{field}' and contains(@class, 'is-invalid')]")
    # Nothing typed is lost.
    assert (wrong.get("value") or "") == given[field].strip("\n")
    with pytest.raises(Invalid):
        target(world, **{"number": sent["target"], "job_role": sent["job_role"], "department": sent["department"]})  # type: ignore[arg-type]


# -- whose voices --------------------------------------------------------------------------------------------------------


def back(world: World, interview: str, quote: str, item: str, **more: Any) -> int:
    with world.write("analyst") as scene:
        talked = item_for(scene.actor, scene.project.id, interview, "interview")
        excerpt = actions.mark(scene.actor, talked, quote, **more)
        actions.back(
            scene.actor, item_for(scene.actor, scene.project.id, item), excerpts_for(scene.project.id, [excerpt.id])
        )
        return excerpt.id


def test_the_share_of_each_level_behind_the_scope(world: World) -> None:
    rep1, rep2, _rep3, manager, *_ = prepared(world)
    both = heard(world, rep1, rep2, notes="One. Two. Three. Four.")
    alone = heard(world, manager, notes="Five. Six.")
    for number in range(4):
        world.requirement("analyst", title=f"Shall {number}", statement="It shall.")
    back(world, both, "One.", "REQ-1", stakeholder_id=rep1)
    back(world, both, "Two.", "REQ-2", stakeholder_id=rep2)
    back(world, alone, "Five.", "REQ-2")
    back(world, both, "Three.", "REQ-3")  # nobody said which of the two
    kept_back = back(world, both, "Four.", "REQ-3", stakeholder_id=rep1)
    found = seen(world)
    levels = {one.name: (one.heard, one.behind, one.share, one.items) for one in found.levels}
    assert levels == {"frontline": (2, 2, 67, 3), "manager": (1, 1, 33, 1), "executive": (0, 0, 0, 0)}
    assert found.unknown == 1
    # A sentence that its speaker keeps back backs nothing; nor does what backs a requirement that is no more.
    with world.write("analyst") as scene:
        db.session.execute(text("UPDATE excerpts SET shown_as = 'hidden' WHERE id = :id"), {"id": kept_back})
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-2"), {}, retired=True)
    levels = {one.name: (one.behind, one.share, one.items) for one in seen(world).levels}
    assert levels == {"frontline": (1, 100, 1), "manager": (0, 0, 0), "executive": (0, 0, 0)}


def test_what_is_kept_is_exact_after_each_write(world: World) -> None:
    rep, *_ = prepared(world)
    assert cells(seen(world))["Sales", "Sales rep"].heard == 0
    key = heard(world, rep, stage="planned", notes="It is slow.")
    assert cells(seen(world))["Sales", "Sales rep"].planned == 1
    with world.write("analyst") as scene:
        actions.make_move(scene.actor, item_for(scene.actor, scene.project.id, key, "interview"), "write", {})
    assert cells(seen(world))["Sales", "Sales rep"].heard == 1
    world.requirement("analyst", title="Fast", statement="It shall be fast.")
    back(world, key, "It is slow.", "REQ-1")
    assert seen(world).levels[0].behind == 1
    with world.write("analyst") as scene:
        row = stakeholder_for(scene.actor, scene.project.id, rep)
        actions.change_stakeholder(scene.actor, row, {"level": "manager"})
    assert [one.behind for one in seen(world).levels] == [0, 1, 0]


# -- who may know --------------------------------------------------------------------------------------------------------


def test_a_job_role_that_few_hold_is_counted_with_its_department(world: World) -> None:
    _rep, _rep2, _rep3, manager, *_ = prepared(world)
    heard(world, manager)
    target(world, 2, "Sales manager", "Sales")
    target(world, 1, "Sales director", "Sales")
    found = cells(seen(world, "auditor"))
    assert set(found) == {("Sales", "Sales rep"), ("Sales", ""), ("Service", ""), ("Board", "")}
    folded = found["Sales", ""]
    assert (folded.told, folded.heard, folded.target, folded.version) == (False, 1, 3, None)
    for login in ("auditor", "project_manager"):
        for by in ("", "?by=process"):
            page = world.client(login).get(f"/p/CRM/voices{by}").text
            assert "Sales rep" in page
            assert not [word for word in ("Sales manager", "Sales director", "Dispatcher", "陈立群") if word in page]
    assert "Sales director" in world.client("analyst").get("/p/CRM/voices").text
    events = world.client("auditor").get("/api/v1/projects/CRM/events?limit=200").text
    assert "voice_target.set" in events and "Sales director" not in events


def test_who_may_not_plan_is_offered_nothing(world: World) -> None:
    prepared(world)
    page = world.client("auditor").get("/p/CRM/voices").text
    assert "interviews/new" not in page and "/voices/targets" not in page
    sent = {"job_role": "Sales rep", "department": "Sales", "target": "2"}
    assert world.client("auditor").send("/p/CRM/voices/targets", sent).status_code == 403
    assert world.client("implementer").get("/p/CRM/voices").status_code in (403, 404)


# -- the page ------------------------------------------------------------------------------------------------------------


def test_a_blank_cell_leads_to_a_form_that_is_filled_in(world: World) -> None:
    ids = prepared(world)
    heard(world, ids[3])
    browser = world.client("analyst")
    world.item("process", "analyst", title="Quote to order")
    tree = lxml.html.fromstring(browser.get("/p/CRM/voices?process=PRC-1").text)
    links = {one.get("aria-label"): one.get("href") for one in tree.xpath("//table[contains(@class, 'rq-heat')]//a")}
    (href,) = [
        href for label, href in links.items() if label and label.startswith("Plan an interview: Sales rep, Sales")
    ]
    form = lxml.html.fromstring(browser.get(href).text)
    ticked = form.xpath("//input[@name='stakeholders' and @checked]/@value")
    assert ticked == [str(one) for one in ids[:3]]
    assert form.xpath("//input[@name='processes']/@value") == ["PRC-1"]
    assert form.xpath("//input[@name='title']/@value") == ["Interview: Sales rep"]
    sent = {"title": "With the reps", "processes": "PRC-1", "stakeholders": ticked}
    assert browser.send("/p/CRM/interviews/new", sent).status_code == 303
    assert cells(seen(world, processes=("PRC-1",)))["Sales", "Sales rep"].planned == 3


def test_discover_counts_the_same_voices(world: World) -> None:
    """Who was taken off the list of stakeholders is nobody's voice any more."""
    rep, _rep, gone, *_ = prepared(world)
    heard(world, rep, gone)
    with world.write("analyst") as scene:
        actions.remove_stakeholder(scene.actor, stakeholder_for(scene.actor, scene.project.id, gone))
    assert [one.heard for one in seen(world).levels] == [1, 0, 0]
    page = lxml.html.fromstring(world.client("analyst").get("/p/CRM/discover").text)
    assert page.xpath("//dl[@class='rq-facts']/dd/text()") == ["1", "0", "0"]


def test_an_interview_is_planned_with_those_who_are_next(world: World) -> None:
    """At most three, nobody who was heard, those with whom none is planned first."""
    ids = prepared(world)
    with world.write("analyst") as scene:
        facts = {"department": "Sales", "job_role": "Sales rep"}
        more = [actions.add_stakeholder(scene.actor, scene.project, facts).id for _ in range(4)]
    heard(world, ids[0])
    heard(world, ids[1], stage="planned")
    assert cells(seen(world))["Sales", "Sales rep"].next == (ids[2], *more[:2])
    heard(world, ids[2], *more[1:])
    assert cells(seen(world))["Sales", "Sales rep"].next == (more[0], ids[1])
    page = lxml.html.fromstring(world.client("analyst").get("/p/CRM/voices").text)
    hrefs = page.xpath("//section[@id='plan']//a[contains(@href, 'interviews/new')]/@href")
    assert any(re.findall(r"stakeholders=(\d+)", one) == [str(more[0]), str(ids[1])] for one in hrefs)
    assert all(one.count("stakeholders=") <= 3 for one in hrefs)


def test_the_heat_map_and_the_table_say_the_same(world: World) -> None:
    ids = prepared(world)
    heard(world, *ids[:2])
    target(world, 3, "Sales rep", "Sales")
    tree = lxml.html.fromstring(world.client("analyst").get("/p/CRM/voices").text)
    (words,) = tree.xpath("//tr[th='Sales rep']/td[contains(@class, 'rq-h2')]//text()")
    assert words == "2/3"
    (row,) = tree.xpath("//section[@id='plan']//tr[td[contains(@class, 'rq-c-title')]='Sales rep']")
    told = [re.sub(r"\s+", " ", one.text_content()).strip() for one in row.xpath("td")]
    assert told[:2] == ["Sales rep", "Sales"] and [one.split()[-1] for one in told[2:5]] == ["3", "2", "0"]
    assert row.xpath(".//input[@name='target']/@value") == ["3"] and "fewer than wanted" in told[6]
    # The cell leads to its row.
    (href,) = tree.xpath("//tr[th='Sales rep']//a[text()='2/3']/@href")
    assert href == "#" + row.get("id")


def test_a_target_is_set_in_place(world: World) -> None:
    prepared(world)
    world.item("process", "analyst", title="Repair")
    browser = world.client("analyst")
    sent = {
        "job_role": "Dispatcher",
        "department": "Service",
        "process": "PRC-1",
        "target": "1",
        "show_process": "PRC-1",
    }
    answer = browser.send("/p/CRM/voices/targets", {**sent, "by": "department"})
    assert answer.status_code == 303 and answer.location.endswith("/voices?process=PRC-1&by=department#plan")
    (form,) = lxml.html.fromstring(browser.get(answer.location).text).xpath(
        "//form[contains(@action, '/targets') and input[@name='job_role' and @value='Dispatcher']]"
    )
    assert form.fields["seen"] == "1" and form.fields["target"] == "1"
    refused = browser.send("/p/CRM/voices/targets", {**sent, "target": "2", "seen": "7"})
    assert refused.status_code == 409 and 'value="2"' in refused.text.split('id="add"')[1]
    assert browser.send("/p/CRM/voices/targets", {**sent, "target": "x", "seen": "1"}).status_code == 422


def test_of_two_who_set_the_first_target_the_second_is_told(world: World) -> None:
    prepared(world)
    sent = {"job_role": "Dispatcher", "department": " Service", "target": "3"}
    first, second = world.client("analyst"), world.client("analyst")
    assert first.send("/p/CRM/voices/targets", sent).status_code == 303
    refused = second.send("/p/CRM/voices/targets", {**sent, "target": "5"})
    assert refused.status_code == 409 and "target of this cell is 3 now" in refused.text
    assert cells(seen(world))["Service", "Dispatcher"].target == 3
    (form,) = lxml.html.fromstring(refused.text).xpath("//section[@id='add']//form")
    assert (form.fields["seen"], form.fields["target"], form.fields["job_role"]) == ("1", "5", "Dispatcher")
    again = {name: value for name, value in form.form_values() if name != "csrf_token"}
    assert second.send("/p/CRM/voices/targets", again).status_code == 303, "who knows of it may set another"
    assert cells(seen(world))["Service", "Dispatcher"].target == 5
    assert first.send("/p/CRM/voices/targets", {**sent, "target": "5"}).status_code == 303, "the same is no other"


def test_nobody_to_hear_yet_says_what_to_do(world: World) -> None:
    world.cast()
    page = world.client("analyst").get("/p/CRM/voices").text
    assert "Nobody to hear yet." in page and "/p/CRM/import/new?as=stakeholders" in page


@pytest.mark.parametrize("url", ["/p/CRM/voices", "/p/CRM/voices?by=process"])
def test_it_asks_no_more_of_the_database_where_there_is_more(world: World, url: str) -> None:
    ids = prepared(world)
    world.item("process", "analyst", title="Repair")
    browser = world.client("project_manager")
    asked = []
    for _ in range(2):
        with recording(world.app) as recorder:
            assert browser.get(url).status_code == 200
        asked.append(sum(len(part.counted) for part in recorder))
        for number, one in enumerate(ids):
            key = heard(world, one, notes=f"It takes {number}.", processes=["PRC-1"])
            world.requirement("analyst", title=f"Shall {number}", statement="It shall.")
            back(world, key, f"It takes {number}.", f"REQ-{number + 1}")
            target(world, 2, f"Role {number}", "Sales")
            world.item("process", "analyst", title=f"Process {number}")
    assert asked[1] <= asked[0] <= 14
