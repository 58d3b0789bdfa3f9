"""Accepting a finding: with a reason, until a day, by those who may, on the pages and over the API."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.audit.verify import verify
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import actions as interviews
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import ROLES
from reqtrack.radar import actions, policy
from reqtrack.radar.queries.findings import acceptance_for, radar
from tests.support.caller import Caller
from tests.support.world import World

CHECK = "requirement_without_scenario"
SOON = date(2027, 1, 31)
NOON = clock.parse("2026-11-25T04:00:00Z")


@pytest.fixture
def keys(world: World) -> list[str]:
    """Three requirements without a scenario."""
    world.cast()
    return [world.requirement("analyst", title=f"Wanted {number}") for number in range(3)]


def counted(world: World, login: str = "") -> list[str]:
    with world.read(login) as scene:
        return radar(scene.actor, scene.project).of(CHECK).names


def accept(world: World, subject: str, reason: str = "The old system goes in May.", until: date | None = SOON) -> int:
    with world.write("project_manager") as scene, clock.at(NOON):
        row = actions.accept(scene.actor, scene.project, CHECK, subject, reason, until)
        db.session.flush()
        return row.id


def test_what_is_accepted_does_not_count_until_its_day_is_past(world: World, keys: list[str]) -> None:
    accept(world, keys[1])
    with clock.at(NOON):
        assert counted(world) == [keys[0], keys[2]]
    with clock.at(clock.parse("2027-01-31T15:00:00Z")):
        assert counted(world) == [keys[0], keys[2]], "its last day, in the project's zone"
    with clock.at(clock.parse("2027-01-31T17:00:00Z")):
        assert counted(world) == keys, "no write was needed"
        with world.write("analyst") as scene:
            actions.accept(scene.actor, scene.project, CHECK, keys[1], "Once more.", date(2027, 3, 1))
        assert counted(world) == [keys[0], keys[2]], "a past one is in nobody's way"
    with world.app.app_context():
        assert verify().problems == []


def test_all_of_a_check_is_accepted_with_what_comes_later(world: World, keys: list[str]) -> None:
    accept(world, "")
    world.requirement("analyst")
    with clock.at(NOON):
        assert counted(world) == []
        with world.read() as scene:
            assert len(radar(scene.actor, scene.project).of(CHECK).accepted) == 4


def test_it_is_taken_back_by_hand(world: World, keys: list[str]) -> None:
    number = accept(world, keys[0])
    with world.write("analyst") as scene:
        actions.end_acceptance(scene.actor, scene.project, acceptance_for(scene.actor, scene.project.id, number))
    assert counted(world) == keys
    with world.read() as scene:
        told = db.session.execute(
            select(Event.action, Event.reason).where(Event.subject == f"check:{CHECK}").order_by(Event.seq)
        ).all()
    assert [tuple(one) for one in told] == [
        ("finding.accepted", "The old system goes in May."), ("finding.counts_again", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "subject", "reason", "until", "field"),
    [
        (CHECK, "REQ-1", "  ", SOON, "reason"),
        (CHECK, "REQ-1", "x" * 2001, SOON, "reason"),
        (CHECK, "REQ-1", "Quillon is on leave", SOON, "reason"),
        (CHECK, "REQ-1", "so", None, "expires_on"),
        (CHECK, "REQ-1", "so", date(2026, 11, 24), "expires_on"),
        (CHECK, "REQ-9", "so", SOON, "subject"),
        ("step_without_scenario", "", "so", SOON, "subject"),
        ("nothing", "", "so", SOON, "check"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    world: World, keys: list[str], check: str, subject: str, reason: str, until: date | None, field: str
) -> None:
    with world.write("analyst") as scene:
        interviews.add_stakeholder(scene.actor, scene.project, {"name": "Quillon", "job_role": "Rep"})
    with world.write("analyst") as scene, clock.at(NOON), pytest.raises(Invalid) as refused:
        actions.accept(scene.actor, scene.project, check, subject, reason, until)
    assert [one.field for one in refused.value.reasons] == [field]


def test_what_is_accepted_already_is_not_accepted_twice(world: World, keys: list[str]) -> None:
    accept(world, keys[0])
    with pytest.raises(Refused) as refused:
        accept(world, keys[0])
    assert refused.value.status == 409 and "2027-01-31" in str(refused.value)


def test_who_may_accept(world: World, keys: list[str]) -> None:
    may = set()
    for login in ROLES:
        with world.read(login) as scene:
            if policy.may_accept(scene.actor, scene.project.id):
                may.add(login)
        browser = world.client(login)
        form = f"/p/CRM/radar/{CHECK}/acceptances/new?subject={keys[0]}"
        assert browser.get(form).status_code == (200 if login in may else 403), login
        if login not in may:
            assert browser.send(f"/p/CRM/radar/{CHECK}/acceptances", {"reason": "so"}).status_code == 403
            with world.write(login) as scene, pytest.raises(Refused):
                actions.accept(scene.actor, scene.project, CHECK, keys[0], "so", SOON)
    assert may == {"project_manager", "business_owner", "analyst"}


# -- the pages ---------------------------------------------------------------------------------------------------------


def test_a_finding_is_accepted_and_taken_back_on_its_page(world: World, keys: list[str]) -> None:
    browser, reader = world.client("project_manager"), world.client("auditor")
    page = f"/p/CRM/radar/{CHECK}"
    assert f'href="{page}/acceptances/new?subject={keys[0]}"' in browser.get(page).text
    assert "acceptances/new" not in reader.get(page).text
    until = (clock.today("Asia/Shanghai") + timedelta(days=30)).isoformat()
    form = browser.get(f"{page}/acceptances/new?subject={keys[0]}").text
    assert "Wanted 0" in form and f'value="{until}"' in form
    given = {"subject": keys[0], "reason": "The old system goes in May.", "expires_on": until}
    assert browser.send(f"{page}/acceptances", given).location == page
    for url in (page, "/p/CRM/radar"):
        shown = reader.get(url).text
        assert "1 accepted for now" in shown and "The old system goes in May." in shown and "周岚, until" in shown
        assert "Take back" not in shown
    shown = browser.get(page).text
    assert "Take back" in shown
    number = shown.partition("/radar/acceptances/")[2].partition("/")[0]
    assert browser.send(f"/p/CRM/radar/acceptances/{number}/end").location == page
    assert "accepted for now" not in browser.get(page).text
    assert browser.send(f"/p/CRM/radar/acceptances/{number}/end").status_code == 404, "it is over"


def test_what_was_typed_is_not_lost(world: World, keys: list[str]) -> None:
    browser = world.client("project_manager")
    page = f"/p/CRM/radar/{CHECK}/acceptances"
    answer = browser.send(page, {"subject": keys[0], "reason": "Because of May", "expires_on": "2020-01-01"})
    assert answer.status_code == 422 and "Because of May" in answer.text and "This day is past." in answer.text
    answer = browser.send(page, {"subject": keys[0], "reason": "Because of May", "expires_on": "soon"})
    assert answer.status_code == 422 and "Because of May" in answer.text and "soon is not a date" in answer.text
    answer = browser.send(page, {"subject": "", "reason": "", "expires_on": ""})
    assert answer.status_code == 422 and "Say why it is acceptable." in answer.text
    accept(world, keys[0])
    answer = browser.send(page, {"subject": keys[0], "reason": "Because of May", "expires_on": "2099-01-01"})
    assert answer.status_code == 409 and "Because of May" in answer.text
    assert browser.send("/p/CRM/radar/nothing/acceptances", {"reason": "so"}).status_code == 404
    assert browser.get(f"{page}/new?subject=REQ-99").status_code == 404


# -- the API -----------------------------------------------------------------------------------------------------------


def test_a_program_accepts_lists_and_ends(world: World, keys: list[str]) -> None:
    manager, auditor = Caller(world, "project_manager"), Caller(world, "auditor")
    body = {"check": CHECK, "subject": keys[0], "reason": "The old system goes in May.", "expires_on": "2099-01-31"}
    made = manager("POST", "/radar/acceptances", body)
    assert made.status_code == 201
    shown = {**body, "id": made.json["id"], "version": 1, "author": "project_manager", "at": made.json["at"]}
    assert made.json == shown
    assert auditor("GET", "/radar/acceptances").json == {"items": [shown], "next": None}
    found = {one["check"]: one for one in auditor("GET", "/radar").json["findings"]}
    assert (found[CHECK]["count"], found[CHECK]["items"]) == (2, keys[1:])
    assert manager("POST", "/radar/acceptances", body).status_code == 409
    assert (
        manager("POST", "/radar/acceptances", {**body, "subject": keys[1], "expires_on": "2020-01-01"}).status_code
        == 422
    )
    whole = {"check": "requirement_without_evidence", "reason": "Later.", "expires_on": "2099-01-31"}
    assert manager("POST", "/radar/acceptances", whole).json["subject"] is None
    assert "requirement_without_evidence" not in {one["check"] for one in auditor("GET", "/radar").json["findings"]}
    assert auditor("POST", "/radar/acceptances", body).status_code == 403
    assert auditor("DELETE", f"/radar/acceptances/{shown['id']}").status_code == 403
    assert manager("DELETE", f"/radar/acceptances/{shown['id']}").status_code == 204
    assert manager("DELETE", f"/radar/acceptances/{shown['id']}").status_code == 404
    assert [one["check"] for one in auditor("GET", "/radar/acceptances").json["items"]] == [whole["check"]]


def test_an_acceptance_of_another_project_is_not_there(world: World, keys: list[str]) -> None:
    number = accept(world, keys[0])
    world.project("OPS", "Operations")
    world.member("outsider", "project_manager", project="OPS")
    browser = world.client("outsider")
    assert browser.send(f"/p/OPS/radar/acceptances/{number}/end").status_code == 404
    assert browser.send(f"/p/CRM/radar/acceptances/{number}/end").status_code == 404
    with clock.at(NOON):
        assert counted(world) == keys[1:]


def test_a_job_role_that_few_hold_is_not_told_by_what_was_accepted(world: World, keys: list[str]) -> None:
    with world.write("analyst") as scene:
        for role in ("Rep", "Head of sales"):
            given = {"name": "", "job_role": role, "department": "Sales"}
            number = interviews.add_stakeholder(scene.actor, scene.project, given).id
            if role == "Rep":
                rep = number
    world.item("interview", "analyst", stage="held", stakeholders=[rep])
    with world.write("analyst") as scene:
        actions.accept(
            scene.actor, scene.project, "role_not_heard", "role:Head of sales", "On leave.", date(2099, 1, 1)
        )
    manager = Caller(world, "project_manager")
    (told,) = manager("GET", "/radar/acceptances").json["items"]
    assert told["subject"] == "" and told["reason"] == "On leave."
    for url in ("/p/CRM/radar", "/p/CRM/radar/role_not_heard"):
        shown = world.client("project_manager").get(url).text
        assert "On leave." in shown and "Head of sales" not in shown and "a job role in Sales" in shown


def test_the_chain_tells_no_job_role_that_few_people_hold(world: World) -> None:
    world.cast()
    with world.write("analyst") as scene:
        person = {"name": "Quillon", "job_role": "Falconer", "department": "Sales"}
        interviews.add_stakeholder(scene.actor, scene.project, person)
        interviews.add_stakeholder(scene.actor, scene.project, {"job_role": "Clerk", "department": "Sales"})
        made = store.create(scene.actor, scene.project, KINDS["interview"], {"title": "Clerk", "stakeholders": [2]})
        store.move(scene.actor, made, "held")
    with world.write("analyst") as scene, clock.at(NOON):
        row = actions.accept(scene.actor, scene.project, "role_not_heard", "role:Falconer", "He is away.", SOON)
        db.session.flush()
        number = row.id
    with world.write("analyst") as scene:
        actions.end_acceptance(scene.actor, scene.project, acceptance_for(scene.actor, scene.project.id, number))
    told = Caller(world, "sponsor")("GET", "/events?limit=200").text
    assert "finding.counts_again" in told and "Falconer" not in told
