"""Somebody outside signs by a one-time link with a code sent apart: against guessing, reuse, expiry, another subject."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.audit.verify import verify
from reqtrack.baselines import actions as baselines
from reqtrack.errors import Refused
from reqtrack.signoff import actions, queries
from reqtrack.signoff.queries.outside import link_for
from reqtrack.signoff.seats import Wanted
from tests.signoff.test_seats import ask
from tests.signoff.test_signing import edit, scope, sign, told
from tests.support.caller import Caller
from tests.support.world import World

__all__ = ["scope"]
pytestmark = pytest.mark.sqlite
ADA = Wanted(name="Ada Byron", organisation="Acme")


def link(world: World, number: int = 1, seat: int = 1, by: str = "project_manager", **more: Any) -> tuple[str, str]:
    """The address, and the code that the analyst passes on."""
    with world.write(by) as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, number)
        row, secret = actions.make_link(scene.actor, scene.project, signoff, seat, **more)
        made = row.id
    with world.write("analyst") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, number)
        return f"/sign/{secret}", actions.tell_code(scene.actor, signoff, link_for(signoff, made))


def wrong(code: str) -> str:
    return str((int(code) + 1) % 1_000_000).zfill(6)


def shown(world: World, url: str, code: str) -> tuple[str, dict[str, str]]:
    page = world.client().send(url, {"code": code}).get_data(as_text=True)
    fields = {name: re.search(f'name="{name}" value="([^"]*)"', page) for name in ("seen", "stale")}
    return page, {name: found.group(1) for name, found in fields.items() if found} | {"code": code}


def test_one_button_signs_names_who_is_outside_and_uses_the_link_up(scope: World) -> None:
    ask(scope, ADA, "business_owner")
    url, code = link(scope)
    for _again in range(3):
        door = scope.client().get(url)
        assert door.status_code == 200 and "Scope 1" not in door.text and "Ada" not in door.text
    page, fields = shown(scope, url, code)
    assert "I approve" in page and "Requirement 1" in page and "Ada Byron" in page
    assert "/p/CRM" not in page, "nothing leads on"
    assert told(scope)["state"] == "requested", "looking is not signing"
    done = scope.client().send(url, {**fields, "outcome": "signed"})
    assert done.status_code == 200 and "Your signature is recorded" in done.text
    (row,) = told(scope)["signatures"]
    assert (row["signer"], row["signer_name"], row["organisation"]) == ("outside:1", "Ada Byron", "Acme")
    assert (row["method"], row["roles"], row["seat"]) == ("link", ["outside"], 1)
    inside = scope.client("analyst").get("/p/CRM/signoffs/1").text
    assert "Outside · Acme" in inside
    assert scope.client().get(url).status_code == 404
    assert scope.client().send(url, {**fields, "outcome": "signed"}).status_code == 404
    sign(scope, "business_owner")
    assert told(scope)["state"] == "signed"
    with scope.app.app_context():
        assert verify().ok


def test_declining_and_reserving_take_words_and_what_does_not_fit_uses_nothing_up(scope: World) -> None:
    ask(scope, ADA)
    url, code = link(scope)
    _page, fields = shown(scope, url, code)
    for outcome in ("declined", "reserved"):
        assert scope.client().send(url, {**fields, "outcome": outcome}).status_code == 422
    assert scope.client().send(url, {**fields, "outcome": "approved"}).status_code == 422
    done = scope.client().send(url, {**fields, "outcome": "reserved", "reservation": "Fix the phone field."})
    assert done.status_code == 200
    (row,) = told(scope)["signatures"]
    assert (row["reserved"], row["remarks"]) == (True, "Fix the phone field.")


def test_guessing_reuse_expiry_and_revocation_all_look_the_same(scope: World) -> None:
    ask(scope, ADA)
    found = {"guessed": ("/sign/" + "a" * 32, "123456"), "replaced": link(scope), "shut": link(scope)}
    for _once in range(5):
        scope.client().send(found["shut"][0], {"code": wrong(found["shut"][1])})
    with clock.at(clock.now() - timedelta(days=8)):
        found["expired"] = link(scope)
    found["revoked"] = link(scope)
    scope.client("project_manager").send("/p/CRM/signoffs/1/links/4/revoke", {})
    bodies = set()
    for url, code in found.values():
        for answer in (scope.client().get(url), scope.client().send(url, {"code": code, "outcome": "signed"})):
            assert answer.status_code == 404
            bodies.add(re.sub(r'(nonce|value|content)="[^"]*"', "", answer.text).replace(url.rpartition("/")[2], ""))
    assert len(bodies) == 1
    assert told(scope)["signatures"] == []


def test_a_link_is_for_one_seat_of_one_request_and_its_code_for_no_other_link(scope: World) -> None:
    ask(scope, ADA, Wanted(name="Bo", organisation="Acme"))
    ask(scope, ADA)
    first, code = link(scope, 1, 1)
    second, other = link(scope, 2, 1)
    if code != other:
        assert scope.client().send(first, {"code": other, "outcome": "signed"}).status_code == 303
    _page, fields = shown(scope, second, other)
    scope.client().send(second, {**fields, "outcome": "signed"})
    assert [told(scope, number)["state"] for number in (1, 2)] == ["requested", "signed"]
    assert scope.client().get(first).status_code == 200, "the other one is good still"


def test_it_takes_two_people_and_what_moved_is_not_signed(scope: World) -> None:
    ask(scope, "business_owner", ADA, ordered=True)
    with pytest.raises(Refused) as early:
        link(scope, seat=2)
    assert early.value.reasons[0].code == "not_your_turn"
    sign(scope, "business_owner")
    with pytest.raises(Refused):
        link(scope, seat=1)
    url, code = link(scope, seat=2)
    with scope.write("project_manager") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        with pytest.raises(Refused) as own:
            actions.tell_code(scene.actor, signoff, link_for(signoff, 1))
        assert own.value.status == 403
    _page, fields = shown(scope, url, code)
    stale = scope.client().send(url, {**fields, "seen": "sha256:" + "0" * 64, "outcome": "signed"})
    assert stale.status_code == 409 and "Load the page again" in stale.text
    edit(scope, "REQ-1", statement="moved")
    assert scope.client().send(url, {**fields, "outcome": "signed"}).status_code == 200


def test_many_tries_from_one_address_rest(scope: World) -> None:
    for _once in range(60):
        assert scope.client().get("/sign/" + "b" * 32).status_code == 404
    assert scope.client().get("/sign/" + "b" * 32).status_code == 429


def test_the_page_makes_the_link_and_another_shows_its_code(scope: World) -> None:
    ask(scope, ADA)
    manager, analyst = scope.client("project_manager"), scope.client("analyst")
    assert 'name="seat"' in manager.get("/p/CRM/signoffs/1").text
    made = manager.send("/p/CRM/signoffs/1/links", {"seat": "1", "days": "3"})
    assert made.status_code == 201 and "/sign/" in made.text
    assert "/links/1/code" not in manager.get("/p/CRM/signoffs/1").text
    assert "/links/1/code" in analyst.get("/p/CRM/signoffs/1").text
    told_ = analyst.send("/p/CRM/signoffs/1/links/1/code", {})
    assert re.search(r'id="link-code">\d{3} \d{3}<', told_.text)
    assert manager.send("/p/CRM/signoffs/1/links/1/code", {}).status_code == 403


def test_a_scope_is_read_whole_before_it_is_signed(scope: World) -> None:
    """What an acceptance scenario says is signed with the scope, so it stands there, with its rows; drafts are told."""
    scope.requirement("analyst", title="Not reviewed", tier="later")
    said = {"given": ["the customer is known"], "when": ["<phone> is typed"], "then": ["it is kept as 138"]}
    scope.acceptance(title="One form", accepts=["REQ-1"], examples={"header": ["phone"], "rows": [["+86 139"]]}, **said)
    with scope.write("analyst") as scene:
        taken = baselines.take(scene.actor, scene.project, "Scope 2").key
    wanted = {"subject": taken, "meaning": "I approve", "signers": [{"name": "Ada", "organisation": "Acme"}]}
    assert Caller(scope, "project_manager")("POST", "/signoffs", wanted).status_code == 201
    page, _fields = shown(scope, *link(scope))
    for words in ("Given", "the customer is known", "it is kept as 138", "+86 139", "Later", "Draft, not reviewed"):
        assert words in page, words
    assert "/p/CRM" not in page


def test_a_waiver_is_read_whole_before_it_is_signed(scope: World) -> None:
    body = {
        "reason": "Two people use other phones.", "workaround": "They call the desk.", "owner": "analyst",
        "expires_on": "2099-01-01", "covers": [{"rule": "must_passed", "item": "REQ-1"}], "signers": ["business_owner"],
    }  # fmt: skip
    program = Caller(scope, "project_manager")
    assert program("POST", "/waivers", body).status_code == 201
    wanted = {"subject": "WVR-1", "meaning": "I approve", "signers": [{"name": "Ada", "organisation": "Acme"}]}
    assert program("POST", "/signoffs", wanted).status_code == 201
    page, _fields = shown(scope, *link(scope, 2))
    for words in ("They call the desk.", "2099", "林知夏", "REQ-1", "Requirement 1"):
        assert words in page, words
    assert "/p/CRM" not in page
