"""What each check finds, and what it lets be: the cases that decide, one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.interviews import actions as interviews
from reqtrack.interviews.models import Excerpt
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.radar import actions, lines
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.checks.elicitation import InterviewUnconfirmed
from reqtrack.radar.queries.findings import Radar, radar
from tests.support.caller import Caller
from tests.support.world import World

# 5-contracts.md: elicitation, process, and what was told before there was a radar.
NAMES = {
    "imported_not_reviewed", "requirement_without_scenario", "requirement_without_evidence", "evidence_from_managers_only",
    "role_not_heard", "process_main_flow_only", "interview_unconfirmed", "too_many_approvals", "too_many_required_fields",
    "too_many_pages", "step_without_scenario", "acceptance_failed", "phase_over_capacity", "must_share", "result_stale",
    "requirement_untiered", "duplicate_items", "value_off_dictionary", "process_never_walked",
    "edited_outside_change", "decided_without_assessment", "assessment_outdated",
    "conflicting_changes", "change_waiting", "volatility_rising", "review_overdue",
}  # fmt: skip
Seen = Callable[..., Radar]


@pytest.fixture
def seen(world: World) -> Seen:
    """Asks the radar as somebody (else as one who sees all)."""
    world.cast()

    def ask(login: str = "") -> Radar:
        with world.read(login) as scene:
            return radar(scene.actor, scene.project)

    return ask


def person(world: World, level: str = "frontline", **facts: Any) -> int:
    with world.write("analyst") as scene:
        given = {"name": "", "job_role": "Rep", "department": "Sales", "level": level, **facts}
        return interviews.add_stakeholder(scene.actor, scene.project, given).id


def interview(world: World, *heard: int, stage: str = "confirmed", **fields: Any) -> str:
    fields = {"notes": "\n".join(f"we type it twice for REQ-{number}." for number in range(1, 6)), **fields}
    return world.item("interview", "analyst", stage=stage, stakeholders=list(heard), **fields)


def back(world: World, key: str, source: str, speaker: int | None = None, shown_as: str = "name") -> None:
    """Back a requirement with what was said in an interview."""
    with world.write("analyst") as scene:
        talked = item_for(scene.actor, scene.project.id, source, "interview")
        excerpt = interviews.mark(scene.actor, talked, f"twice for {key}.", stakeholder_id=speaker)
        interviews.back(scene.actor, item_for(scene.actor, scene.project.id, key), [excerpt])
        excerpt_id = excerpt.id
    with world.write("analyst") as scene, recorded(scene.actor, scene.project.id, "excerpt.shown", "x"):
        db.session.get_one(Excerpt, excerpt_id).shown_as = shown_as


def tell(world: World, process: str, kind: str) -> None:
    """A scenario of a kind that is part of a process."""
    with world.write("analyst") as scene:
        given = values.parse(KINDS["scenario"], scene.project, {"title": "Told", "kind": kind, "process": [process]})
        store.create(scene.actor, scene.project, KINDS["scenario"], given)


def test_every_check_is_told_whole() -> None:
    assert set(CHECKS) >= NAMES
    for check in CHECKS.values():
        assert check.severity in ("serious", "attention", "note"), check.name
        for words in (check.title, check.meaning, check.mending, check.text, check.verb):
            assert str(words), check.name


def test_a_requirement_needs_a_scenario_that_is_in_use(world: World, seen: Seen) -> None:
    scenario = world.scenario("analyst")
    one = world.requirement("analyst", scenarios=[scenario])
    two = world.requirement("analyst")
    world.requirement("analyst", stage="rejected")
    assert seen().of("requirement_without_scenario").names == [two]
    with world.write() as scene, recorded(scene.actor, scene.project.id, "planned", scenario):
        item_for(scene.actor, scene.project.id, scenario).retired = True
    assert seen().of("requirement_without_scenario").names == [one, two]


def test_managers_speak_for_nobody_but_themselves(world: World, seen: Seen) -> None:
    manager, rep = person(world, "manager", job_role="Head"), person(world)
    both, alone = interview(world, manager, rep), interview(world, manager)
    keys = [world.requirement("analyst") for _ in range(5)]
    back(world, keys[0], both)  # anyone of the two may have said it
    back(world, keys[1], both, manager)
    back(world, keys[2], alone)
    back(world, keys[3], alone, shown_as="hidden")
    found = seen()
    assert found.of("evidence_from_managers_only").names == [keys[1], keys[2]]
    assert found.of("requirement_without_evidence").names == [keys[3], keys[4]], "what is hidden backs nothing"


def test_who_was_not_heard(world: World, seen: Seen) -> None:
    reps = [person(world) for _ in range(3)]
    clerks = [person(world, job_role="Clerk") for _ in range(3)]
    person(world, "manager", job_role="Head of sales")
    person(world, department="Store", job_role="Keeper")
    interview(world, clerks[0], stage="planned")
    interview(world, clerks[1], stage="cancelled")
    assert seen().of("role_not_heard").names == ["department:Sales", "department:Store"], "roles are told with them"
    interview(world, reps[0], stage="held")
    assert seen("analyst").of("role_not_heard").names == ["department:Store", "role:Clerk", "role:Head of sales"]


def test_a_job_role_that_few_hold_gives_nobody_away(world: World, seen: Seen) -> None:
    person(world, "manager", job_role="Head of sales")
    interview(world, person(world))
    found = seen("project_manager").of("role_not_heard")
    assert found.count == 1 and found.names == []
    browser = world.client("project_manager")
    for url in ("/p/CRM/", "/p/CRM/radar", "/p/CRM/radar/role_not_heard", "/api/v1/projects/CRM/radar"):
        shown = browser.get(url).text
        assert "Head of sales" not in shown, url
    assert "a job role in Sales" in browser.get("/p/CRM/radar/role_not_heard").text
    assert "Head of sales" in world.client("analyst").get("/p/CRM/radar/role_not_heard").text


def test_an_interview_is_waited_for_as_long_as_the_project_says(world: World, seen: Seen) -> None:
    today = clock.today("Asia/Shanghai")
    late = interview(world, stage="written", held_on=(today - timedelta(days=8)).isoformat())
    interview(world, stage="written", held_on=(today - timedelta(days=7)).isoformat())
    interview(world, stage="confirmed", held_on="2026-01-01")
    undated = interview(world, stage="held")
    assert seen().of("interview_unconfirmed").names == [late]
    with clock.at(clock.now() + timedelta(days=8)):
        assert undated in seen().of("interview_unconfirmed").names, "a day that passes is no write"
    with world.write("project_manager") as scene, recorded(scene.actor, scene.project.id, "project.changed", "CRM"):
        scene.project.reply_days = 30
        assert CHECKS["interview_unconfirmed"].threshold(scene.project) == 30
    assert seen().of("interview_unconfirmed").names == []
    assert isinstance(CHECKS["interview_unconfirmed"], InterviewUnconfirmed)


@pytest.mark.parametrize(
    ("check", "steps"),
    [
        ("too_many_pages", [
            [{"pages": 2}, {"pages": 2, "pages_planned": 1}], [{"pages": 1, "pages_planned": 4}], [{"pages": 2}, {"pages": 1}],
        ]),
        ("too_many_required_fields", [
            [{"required_fields": 23, "required_fields_planned": 3}], [{"required_fields_planned": 9}],
            [{"required_fields": 8}], [{}],
        ]),
        ("too_many_approvals", [
            [{"approvals": 2}, {"approvals": 1}], [{"approvals": 2, "approvals_planned": 3}], [{"approvals": 2}],
        ]),
    ],
)  # fmt: skip
def test_what_a_process_asks(world: World, seen: Seen, check: str, steps: list[list[dict[str, int]]]) -> None:
    """The first asks too much today, the second as it is planned; the others keep to what was agreed."""
    keys = [
        world.item("process", "analyst", steps=[{"name": "Enter", **step} for step in process]) for process in steps
    ]
    found = seen().of(check)
    assert found.names == keys[:2]
    assert str(CHECKS[check].title) in world.client("analyst").get(f"/p/CRM/radar/{check}").text
    assert all(one.details["number"] > one.details["limit"] for one in found.subjects)


def test_steps_that_nobody_told_of(world: World, seen: Seen) -> None:
    key = world.item("process", "analyst", steps=[{"name": name} for name in "abcd"])
    assert seen().of("step_without_scenario").subjects[0].details["steps"] == (1, 2, 3, 4)
    world.scenario("analyst", process=[key], process_steps=[2])
    assert seen().of("step_without_scenario").subjects[0].details["steps"] == (3, 4)
    world.scenario("analyst", process=[key], process_steps=[3])
    assert seen().of("step_without_scenario").names == []


def test_a_process_goes_another_way_sometimes(world: World, seen: Seen) -> None:
    key = world.item("process", "analyst", steps=[{"name": "a"}])
    assert seen().of("process_main_flow_only").names == [], "no scenario at all is another matter"
    tell(world, key, "main")
    assert seen().of("process_main_flow_only").names == [key]
    tell(world, key, "exception")
    assert seen().of("process_main_flow_only").names == []


def test_the_same_said_twice(world: World, seen: Seen) -> None:
    title = "Export the quote of a customer as a PDF file"
    one, two = (
        world.requirement("analyst", title=title, statement=f"The system shall {title.lower()}.") for _ in range(2)
    )
    for name in ("Quillon Zarathustra", "Quillon Zarathustra"):
        person(world, name=name)
    found = seen("analyst").of("duplicate_items")
    assert found.names == [f"{one} {two}", "stakeholder:1 stakeholder:2"]
    told = seen("project_manager").of("duplicate_items")
    assert (told.names, told.count) == ([f"{one} {two}"], 2), "whom one may not know stays unnamed"
    shown = world.client("project_manager").get("/p/CRM/radar/duplicate_items").text
    assert f">{one}<" in shown and "two stakeholders" in shown and "stakeholder:" not in shown
    answer = {found["check"]: found for found in Caller(world, "analyst")("GET", "/radar").json["findings"]}[
        "duplicate_items"
    ]
    assert (answer["count"], answer["items"]) == (2, [one, two])
    with world.write("analyst") as scene:
        actions.accept(
            scene.actor, scene.project, "duplicate_items", f"{one} {two}", "One is for the phone.", date(2099, 1, 1)
        )
    assert seen().of("duplicate_items").count == 1
    with world.write() as scene, recorded(scene.actor, scene.project.id, "planned", two):
        item_for(scene.actor, scene.project.id, two).imported = True
    assert not seen().of("duplicate_items").accepted, "it waits until somebody has looked"


def test_what_is_imported_waits(world: World, seen: Seen) -> None:
    key = world.requirement("analyst")
    with world.write() as scene, recorded(scene.actor, scene.project.id, "planned", key):
        item_for(scene.actor, scene.project.id, key).imported = True
    assert {found.check.name: found.names for found in seen().findings} == {"imported_not_reviewed": [key]}


def test_the_first_week_keeps_the_overview_quiet(world: World, seen: Seen) -> None:
    """The radar's page and the API tell all."""
    world.requirement("analyst")
    browser = world.client("project_manager")
    assert "Link scenarios" not in browser.get("/p/CRM/").text
    assert "Link scenarios" in browser.get("/p/CRM/radar").text
    assert "requirement_without_scenario" in browser.get("/api/v1/projects/CRM/radar").text
    with world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"first_week_skipped": "list hear words sort sign"})
    assert "Link scenarios" in browser.get("/p/CRM/").text


def test_every_reader_opens_every_check_that_is_theirs(world: World, seen: Seen) -> None:
    world.requirement("analyst")
    world.item("process", "analyst", title="Enter a customer", steps=[{"name": "a", "pages": 9}, {"name": "b"}])
    interview(world, person(world, department="Store"), stage="planned")
    with world.read() as scene:
        actors = {login: world.actor(login) for login in ROLES}
        here = scene.project.id
    for login in ROLES:
        for language in ("en", "zh") if login == "project_manager" else ("en",):
            browser = world.client(login, language=language)
            assert browser.get("/p/CRM/radar").status_code == 200
            for check in CHECKS.values():
                wanted = 200 if actors[login].may(check.permission, here) else 404
                assert browser.get(f"/p/CRM/radar/{check.name}?days=90").status_code == wanted, (login, check.name)
    assert world.client("outsider").get("/p/CRM/radar").status_code == 404
    assert world.client("auditor").get("/p/CRM/radar/nothing").status_code == 404
    shown = world.client("project_manager").get("/p/CRM/radar").text
    assert "PRC-1 Enter a customer" in shown and "9 pages, no more than 3 agreed" in shown


def test_a_long_list_is_read_page_by_page(world: World, seen: Seen) -> None:
    keys = [world.requirement("analyst", title=f"Wanted {number}") for number in range(60)]
    browser = world.client("analyst")
    first = browser.get("/p/CRM/radar/requirement_without_scenario").text
    assert keys[49] in first and f">{keys[50]}<" not in first
    after = "/p/CRM/radar/requirement_without_scenario?after=50"
    assert f'href="{after}"' in first
    second = browser.get(after).text
    assert f">{keys[50]}<" in second and f">{keys[59]}<" in second and f">{keys[49]}<" not in second


def test_looking_is_saving_or_moving(world: World, seen: Seen) -> None:
    """What somebody wrote in, or approved, waits no more: the other checks see it."""
    keys = [world.requirement("analyst") for _ in range(2)]
    with world.write() as scene, recorded(scene.actor, scene.project.id, "planned", "REQ"):
        for key in keys:
            item_for(scene.actor, scene.project.id, key).imported = True
    assert seen().of("imported_not_reviewed").names == keys
    assert 'href="/p/CRM/scope/imported"' in world.client("analyst").get("/p/CRM/radar").text
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, keys[0]), {"statement": "Orders are counted."})
    world.move(keys[1], "approved")
    found = seen()
    assert not found.of("imported_not_reviewed").names and found.of("requirement_without_scenario").names == keys


def test_an_interview_is_planned_with_those_who_were_not_heard(world: World, seen: Seen) -> None:
    interview(world, person(world))
    keeper = person(world, department="Store", job_role="Keeper")
    browser = world.client("analyst")
    one = f"/p/CRM/interviews/new?title=Interview:+Store&amp;stakeholders={keeper}"
    assert one.replace("&amp;", "&") in browser.get("/p/CRM/radar").text.replace("&amp;", "&").replace("%20", "+")
    person(world, department="Sales", job_role="Clerk")
    page = browser.get("/p/CRM/radar/role_not_heard").text
    assert f"stakeholders={keeper}" in page and page.count("/p/CRM/interviews/new?") == 2
    assert 'href="/p/CRM/radar/role_not_heard">Plan an interview' in browser.get("/p/CRM/radar").text


def test_the_form_names_nobody_but_those_who_may_be_told(world: World, seen: Seen) -> None:
    """Two are found, one of them veiled: the way leads to the other alone."""
    interview(world, person(world))
    hidden = person(world, "manager", job_role="Head of sales")
    clerks = [person(world, job_role="Clerk") for _ in range(3)]
    page = world.client("project_manager").get("/p/CRM/radar").text
    assert all(f"stakeholders={number}" in page for number in clerks) and f"stakeholders={hidden}" not in page


def test_a_page_goes_on_also_after_one_that_is_not_named(
    world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PAGE", 1)
    interview(world, person(world))
    for number in range(2):
        person(world, "manager", job_role=f"Head {number}")
    page = world.client("project_manager").get("/p/CRM/radar/role_not_heard").text
    assert "/p/CRM/radar/role_not_heard?after=1" in page and "Head" not in page.partition("<main")[2]


def test_who_accepted_is_called_as_now(world: World, seen: Seen) -> None:
    key = world.requirement("analyst")
    with world.write("analyst") as scene:
        actions.accept(scene.actor, scene.project, "requirement_without_scenario", key, "So.", date(2099, 1, 1))
    assert "林知夏, until" in world.client("auditor").get("/p/CRM/radar").text
    with world.write(project="") as scene, recorded(scene.actor, 0, "user.changed", "analyst"):
        world.user_row("analyst").name = "Lin Zhixia"
    assert "Lin Zhixia, until" in world.client("auditor").get("/p/CRM/radar").text
