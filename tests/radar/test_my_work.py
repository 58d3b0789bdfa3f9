"""My work: one queue over all projects, for each what waits on them and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from reqtrack import clock
from reqtrack.interviews import actions as interviews
from reqtrack.items import actions
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.radar.queries import my_work
from reqtrack.workflow.waiting import Waiting
from tests.support.meter import Queries
from tests.support.world import World


def ask(world: World, key: str, asked: str, body: str, by: str = "analyst", project: str = "CRM") -> None:
    with world.write(by, project) as scene:
        actions.ask(scene.actor, item_for(scene.actor, scene.project.id, key), body, world.user_row(asked))


def test_every_role_has_a_page(world: World) -> None:
    world.cast()
    for login in (*ROLES, "outsider"):
        for language in ("en", "zh"):
            answer = world.client(login, language=language).get("/")
            assert answer.status_code == 200, login
    assert world.client().get("/").location == "/sign-in?next=/"


def test_an_empty_place_teaches(world: World) -> None:
    world.cast()
    alone = world.client("outsider").get("/").text
    assert 'action="/projects"' in alone and "Example" in alone
    member = world.client("tester").get("/").text
    assert "All done" in member and "Example" in member and 'href="/p/CRM/"' in member


def test_a_question_waits_on_whom_it_was_put_to_and_is_answered_in_place(world: World) -> None:
    world.cast()
    key = world.requirement("analyst", title="扫名片")
    ask(world, key, "contributor", "扫名片以后能不能自动填公司？\n\n第二行")
    browser = world.client("contributor")
    shown = browser.get("/").text
    assert "扫名片以后能不能自动填公司？" in shown and "林知夏" in shown
    assert "自动填公司" not in world.client("business_owner").get("/").text
    number = shown[shown.index('name="answers" value="') + 22 :].partition('"')[0]
    assert browser.send(f"/p/CRM/i/{key}/comments", {"answers": number, "body": "能"}).status_code == 303
    assert "自动填公司" not in browser.get("/").text


def test_a_question_about_what_i_may_not_see_does_not_wait_on_me(world: World) -> None:
    """A2: an implementer sees agreed requirements only."""
    world.cast()
    key = world.requirement("analyst", title="秘密的需求")
    ask(world, key, "implementer", "多久能做完？")
    shown = world.client("implementer").get("/").text
    assert "秘密" not in shown and "多久能做完" not in shown
    agreed = world.item("requirement", title="已定的需求", stage="approved")
    ask(world, agreed, "implementer", "多久能做完？")
    assert "多久能做完" in world.client("implementer").get("/").text


def test_questions_of_all_projects_come_together(world: World) -> None:
    world.cast()
    world.project("ERP", "ERP 升级")
    world.member("analyst", "analyst", "project_manager", project="ERP")
    world.member("tester", "tester", project="ERP")
    ask(world, world.requirement("analyst"), "tester", "第一问")
    ask(world, world.item("requirement", "analyst", "ERP"), "tester", "第二问", project="ERP")
    shown = world.client("tester").get("/").text
    assert "第一问" in shown and "第二问" in shown and "ERP 升级" in shown
    assert "2 things wait for you" in shown


def test_a_question_keeps_names_from_who_may_not_see_them(world: World) -> None:
    """A5: what was said names people; most see how they are called instead."""
    world.cast()
    key = world.requirement("analyst", title="扫名片")
    with world.write("analyst") as scene:
        interviews.add_stakeholder(
            scene.actor, scene.project, {"name": "王海涛", "department": "销售部", "level": "frontline"}
        )
    for login in ("business_owner", "analyst"):
        ask(world, key, login, "王海涛说要扫名片，对吗？", by="project_manager")
    assert "王海涛" not in world.client("business_owner").get("/").text
    assert "销售部说要扫名片" in world.client("business_owner").get("/").text
    assert "王海涛说要扫名片" in world.client("analyst").get("/").text


def test_what_i_started_is_a_view_of_its_own(world: World) -> None:
    world.cast()
    world.item("change", "contributor", title="少填两项", reason="没人填")
    world.item("change", "contributor", title="早就做完的", reason="x", stage="closed")
    browser = world.client("contributor")
    assert "Started by me" in browser.get("/").text
    mine = browser.get("/?kind=mine").text
    assert "少填两项" in mine and "早就做完的" not in mine
    assert "少填两项" not in world.client("tester").get("/?kind=mine").text


def waiting(kind: str, key: str, since: int = 0, due: int | None = None) -> Waiting:
    today = clock.now()
    return Waiting(
        project_key="CRM",
        kind=kind,
        key=key,
        title=f"title of {key}",
        href_endpoint="items.show",
        href_args={"project": "CRM", "key": key},
        since=today - timedelta(days=since),
        due_on=None if due is None else today.date() + timedelta(days=due),
        action="Go",
    )


@pytest.mark.sqlite  # only the order of rows that areas hand over
def test_the_order_is_what_holds_others_up_then_what_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cast()
    with clock.at(clock.now().replace(hour=4)):
        rows = [
            waiting("test", "RND-1", since=9),
            waiting("answer", "REQ-1", since=1, due=3),
            waiting("assess", "CR-2", since=2, due=-1),
            waiting("sign", "SGN-1", since=5, due=1),
            waiting("decide", "CR-1", since=3),
        ]
        monkeypatch.setattr(my_work.signoff, "waiting_for", lambda actor: rows)
        shown = world.client("project_manager").get("/").text
        places = [shown.index(f"title of {key}") for key in ("CR-2", "SGN-1", "CR-1", "REQ-1", "RND-1")]
        assert places == sorted(places)
        parts = [
            shown.index(one) for one in ("Others wait for it", "title of CR-1", "It is time for it", "title of REQ-1")
        ]
        assert parts == sorted(parts) and "When you come to it" not in shown, "a day is named, or a round is open"
        rows.append(waiting("answer", "REQ-9", since=1))
        again = world.client("project_manager").get("/").text
        assert again.index("title of RND-1") < again.index("When you come to it") < again.index("title of REQ-9")
        rows.pop()
        assert "1 day late" in shown and "waits for 9 days" in shown and "5 things wait for you" in shown
        only = world.client("project_manager").get("/?kind=decide").text
        assert "title of CR-1" in only and "title of REQ-1" not in only
        assert "Begin with the first 3" in shown


def test_dates_are_counted_where_the_project_is(world: World) -> None:
    """D9."""
    assert my_work.day_in(clock.parse("2026-11-24T17:00:00Z"), "Asia/Shanghai") == date(2026, 11, 25)
    assert my_work.day_in(clock.parse("2026-11-24T17:00:00Z"), "America/New_York") == date(2026, 11, 24)


def test_the_frame_keeps_the_project_one_was_in(world: World) -> None:
    world.cast()
    world.project("ERP", "ERP 升级")
    world.member("analyst", "analyst", project="ERP")
    browser = world.client("analyst")
    assert 'href="/p/ERP/settings"' not in browser.get("/").text
    browser.get("/p/ERP/")
    assert 'href="/p/ERP/settings"' in browser.get("/").text
    browser.set_cookie("project", "OTHER")
    assert 'href="/p/ERP/settings"' not in browser.get("/").text


def test_it_costs_the_same_for_few_and_for_many(world: World, queries: Queries) -> None:
    """Rule 10: at most 16 (each area asks once), however many wait."""
    world.cast()
    key = world.requirement("analyst")
    browser = world.client("project_manager")
    ask(world, key, "project_manager", "Question 0")
    browser.get("/")
    queries.clear()
    browser.get("/")
    few = len(queries)
    for number in range(1, 12):
        ask(world, key, "project_manager", f"Question {number}")
    queries.clear()
    shown = browser.get("/").text
    assert "12 things wait for you" in shown
    assert len(queries) == few <= 16, queries
