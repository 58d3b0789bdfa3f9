"""What a round is made of: its facts, who tests by role, what a filter finds, what is repeated; and its course by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reqtrack.acceptance import actions, queries
from reqtrack.acceptance.queries.course import Day, course
from reqtrack.acceptance.queries.waiting import left_for, waiting_for
from reqtrack.changes.actions import log, submit
from reqtrack.errors import Invalid, Refused
from tests.acceptance.conftest import Stage
from tests.acceptance.test_pages import get, text_of

FACTS = {
    "address": " https://test.example/crm ", "account": "t1", "group_name": "East region", "due_on": date(2027, 1, 29),
    "environment": "no mail there",
}  # fmt: skip


def found(stage: Stage, **wanted: str) -> list[str]:
    with stage.world.read("project_manager") as scene:
        rows, number = queries.candidates(scene.actor, scene.project.id, wanted)
        assert len(rows) == number
        return [row.key for row in rows]


def test_its_facts_are_kept_and_changed(stage: Stage, phones: str) -> None:
    number = stage.round(phones, **FACTS)
    with stage.world.read("auditor") as scene:
        one = queries.round_for(scene.actor, scene.project.id, number)
        assert (one.address, one.account, one.group_name) == ("https://test.example/crm", "t1", "East region")
        assert (one.due_on, one.environment) == (date(2027, 1, 29), "no mail there")
    stage.change(number, account="t2", due_on=None)
    with stage.world.read("auditor") as scene:
        one = queries.round_for(scene.actor, scene.project.id, number)
        assert (one.account, one.due_on, one.address) == ("t2", None, "https://test.example/crm")
        version = one.version
    stage.change(number, account="t2")
    with stage.world.read("auditor") as scene:
        assert queries.round_for(scene.actor, scene.project.id, number).version == version
    with pytest.raises(Invalid, match="may not record results"):
        stage.change(number, tester_roles=["sponsor"])


def test_who_holds_the_role_tests_also_who_gets_it_later(stage: Stage, phones: str) -> None:
    number = stage.round(phones, testers=(), tester_roles=["tester"])
    stage.record(number, phones, 0, "passed")
    stage.world.member("later", "tester", name="Later")
    stage.record(number, phones, 1, "passed", by="later")
    with stage.world.read("later") as scene:
        (one,) = queries.list_rounds(scene.actor, scene.project.id)
        assert [user.login for user in queries.testers([one.id])[one.id]] == ["later", "tester"]
    stage.edit(phones, then=["One customer is shown"])
    with stage.world.read("later") as scene:
        assert left_for(scene.actor, scene.project.id) == 2
        assert [one.key for one in waiting_for(scene.actor)] == ["RND-1"]
    with pytest.raises(Refused):
        stage.record(number, phones, 0, "passed", by="project_manager")


def test_without_the_role_only_who_is_named_tests(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.world.member("later", "tester", name="Later")
    with pytest.raises(Refused, match="not one of them"):
        stage.record(number, phones, 0, "passed", by="later")
    with stage.world.read("later") as scene:
        assert left_for(scene.actor, scene.project.id) == 0


def test_a_filter_finds_what_a_process_needs(stage: Stage, phones: str, plain: str) -> None:
    process = stage.world.item("process", title="From lead to customer")
    scenario = stage.world.scenario(title="Taking a call", process=[process])
    requirement = stage.world.requirement(title="One customer for each phone", scenarios=[scenario])
    stage.edit(phones, accepts=[requirement])
    assert found(stage, process=process) == [phones]
    assert found(stage, process="PRC-99") == []


def test_a_filter_finds_what_a_change_concerns(stage: Stage, phones: str, plain: str) -> None:
    requirement = stage.world.requirement(title="One customer for each phone")
    stage.edit(phones, accepts=[requirement])
    edit = {"item": requirement, "field": "statement", "new": "The system shows one customer."}
    with stage.world.write("analyst") as scene:
        change = log(scene.actor, scene.project, title="Less", reason="they asked", edits=[edit])
        submit(scene.actor, change)
        key = change.key
    assert found(stage, change=key) == [phones]
    assert found(stage, change="CR-99") == []


def test_a_filter_finds_what_is_to_be_tested_again(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    assert found(stage, only="retest") == []
    stage.record(number, phones, 0, "failed", "two customers")
    stage.record(number, plain, None, "passed")
    assert found(stage, only="retest") == [phones]
    stage.edit(plain, then=["otherwise"])
    assert found(stage, only="retest") == [phones, plain]
    other = stage.round(plain)
    assert found(stage, round=str(other)) == [plain] and found(stage, round="RND-1") == [phones, plain]
    assert found(stage, round="x") == []


@pytest.mark.sqlite  # the actions behind it run on both
def test_a_round_is_repeated_from_its_page(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain, tester_roles=["tester"], **FACTS)
    stage.record(number, phones, 0, "failed", "two customers")
    stage.record(number, plain, None, "passed")
    manager = stage.world.client("project_manager")
    assert f"/p/CRM/rounds/new?round={number}&amp;only=retest" in get(manager, f"/rounds/{number}")
    page = get(manager, f"/rounds/new?round={number}&only=retest")
    assert f'value="{phones}" checked' in page and f'value="{plain}"' not in page
    assert 'value="https://test.example/crm"' in page and 'value="2027-01-29"' not in page
    sent = {"acceptance": phones, "round": str(number), "only": "retest", "testers": "tester", "address": "https://x"}
    done = manager.send("/p/CRM/rounds", sent)
    assert done.status_code == 303
    with stage.world.read("auditor") as scene:
        made = queries.round_for(scene.actor, scene.project.id, 2)
        assert (made.copied_from, queries.keys_in(made)) == (number, [phones])
    assert "It repeats RND-1" in text_of(get(manager, "/rounds/2"))
    bad = manager.send("/p/CRM/rounds", {**sent, "due_on": "soon"})
    assert bad.status_code == 422 and "soon is not a day" in bad.text


@pytest.mark.sqlite
def test_the_course_of_a_round_as_a_page(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    tester = stage.world.client("tester")
    assert "Nothing recorded in this round yet." in get(tester, f"/rounds/{number}/course")
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "two customers")
    page = get(tester, f"/rounds/{number}/course")
    assert "1 of 3 rows have passed" in text_of(page) and "rq-chart" in page and phones in page and plain in page


# -- by day --------------------------------------------------------------------------------------------------------------

VERDICTS = st.sampled_from(["passed", "failed", "blocked", "skipped"])
FIRST = date(2026, 11, 20)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 3), VERDICTS, st.integers(0, 2)), max_size=30))
def test_each_day_counts_the_newest_result_of_each_row(steps: list[tuple[int, str, int]]) -> None:
    day, results = FIRST, []
    for place, verdict, later in steps:
        day += timedelta(days=later)
        results.append(((1, place), verdict, day))
    days = course(results)
    if not results:
        assert days == []
        return
    assert [one.day for one in days] == [
        results[0][2] + timedelta(days=at) for at in range((results[-1][2] - results[0][2]).days + 1)
    ]
    for one in days:
        newest = {place: verdict for place, verdict, at in results if at <= one.day}
        passed = sum(verdict == "passed" for verdict in newest.values())
        assert one == Day(one.day, passed, len(newest))


def test_a_copy_names_an_earlier_round(stage: Stage, phones: str) -> None:
    with stage.world.write("project_manager") as scene, pytest.raises(Invalid, match="no earlier round"):
        actions.create_round(scene.actor, scene.project, "", [phones], copied_from=7)
