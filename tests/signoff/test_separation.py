"""Nobody signs alone what they alone wrote, or tested: on the page, by the API, on paper, by link, and for somebody who is away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reqtrack.baselines import actions as baselines
from reqtrack.errors import Invalid, Refused
from reqtrack.signoff import actions, queries
from reqtrack.signoff.seats import Wanted
from tests.signoff.test_seats import ask
from tests.signoff.test_signing import sign, told
from tests.support.caller import Caller
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.sqlite


@pytest.fixture
def own(world: World) -> World:
    """A scope that *owner*, who may sign, wrote alone."""
    world.cast()
    world.member("owner", "business_owner", "analyst")
    world.requirement("owner", title="One", statement="x", tier="must", stage="in_review")
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
    return world


def test_who_alone_wrote_it_is_not_asked_alone(own: World) -> None:
    with pytest.raises(Invalid) as found:
        ask(own, "owner")
    assert "alone wrote this" in found.value.reasons[0].message


@pytest.mark.parametrize("rule", ["any", "number"])
def test_and_does_not_complete_it_alone_by_any_rule(own: World, rule: str) -> None:
    ask(own, "owner", "sponsor", rule=rule, needed=1 if rule == "number" else None)
    with pytest.raises(Refused) as found:
        sign(own, "owner")
    assert found.value.status == 403 and found.value.reasons[0].code == "separation"
    sign(own, "sponsor")
    assert told(own)["state"] == "signed"


def test_at_the_seat_of_a_role_neither_by_page_nor_by_api(own: World) -> None:
    ask(own, Wanted(role="business_owner"))
    client = own.client("owner")
    page = client.send("/p/CRM/signoffs/1", {"outcome": "signed"})
    assert page.status_code == 403 and "You alone wrote this" in page.text
    with own.write("owner") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        with pytest.raises(Refused):
            actions.sign(replace(scene.actor, reauthenticated=True), scene.project, signoff)


def test_with_others_they_may(own: World) -> None:
    ask(own, "owner", "sponsor")
    sign(own, "owner")
    sign(own, "sponsor")
    assert told(own)["state"] == "signed"


def test_a_program_signs_nothing_alone_that_its_owner_alone_wrote(own: World) -> None:
    """The very calls: asked for, signed, and declined by another, so that one's own word would be the only one."""
    manager, program, sponsor = Caller(own, "project_manager"), Caller(own, "owner"), Caller(own, "sponsor")
    wanted = {"subject": "BL-1", "meaning": "I approve"}
    refused = manager("POST", "/signoffs", {**wanted, "signers": ["owner"]})
    assert refused.status_code == 422 and "alone wrote this" in refused.text
    seats = [{"role": "business_owner"}, "sponsor"]
    for number, more in enumerate(({"rule": "any"}, {"rule": "number", "needed": 1}), 1):
        assert manager("POST", "/signoffs", {**wanted, "signers": seats, **more}).status_code == 201
        assert sponsor("POST", f"/signoffs/{number}/signature", {"decline": True, "reason": "No."}).status_code == 201
        answer = program("POST", f"/signoffs/{number}/signature", {"password": PASSWORD})
        assert answer.status_code == 403 and answer.json["reasons"][0]["code"] == "separation"
        assert program("GET", f"/signoffs/{number}").json["state"] == "requested"


def test_a_program_signs_nothing_alone_that_its_owner_alone_tested(own: World) -> None:
    own.member("owner", "tester")
    manager, program = Caller(own, "project_manager"), Caller(own, "owner")
    key = own.acceptance("analyst", given=["a"], then=["b"], accepts=["REQ-1"])
    body = {"name": "Round 1", "acceptance": [key], "testers": ["owner"]}
    assert manager("POST", "/rounds", body).status_code == 201
    assert program("POST", "/rounds/1/results", {"acceptance": key, "verdict": "passed"}).status_code == 201
    version = manager("GET", "/rounds/1").json["version"]
    assert manager("PATCH", "/rounds/1", {"stage": "closed"}, If_Match=f'"{version}"').status_code == 200
    wanted = {"subject": "RND-1", "meaning": "I accept", "signers": ["owner", "sponsor"], "rule": "any"}
    assert manager("POST", "/signoffs", wanted).status_code == 201
    answer = program("POST", "/signoffs/1/signature", {"password": PASSWORD})
    assert answer.status_code == 403 and "You alone tested this" in answer.text
    assert Caller(own, "sponsor")("POST", "/signoffs/1/signature", {"password": PASSWORD}).json["state"] == "signed"
