"""Waivers: what they excuse, when they hold, who asks, signs and withdraws."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.audit.verify import verify
from reqtrack.errors import Invalid, Refused
from reqtrack.gates import queries
from reqtrack.gates.waiving import state_of
from tests.gates.conftest import Door
from tests.support.caller import Caller

BODY: dict[str, Any] = {
    "reason": "Two people use other phones.", "owner": "implementer", "expires_on": "2099-01-01",
    "covers": [{"item": "ACC-1"}], "signers": ["business_owner"],
}  # fmt: skip


def failed(door: Door) -> str:
    """An acceptance scenario of a must requirement whose first row failed and whose second passed."""
    requirement = door.world.requirement(title="Phones in one form", tier="must")
    examples = {"header": ["phone"], "rows": [["138"], ["139"]]}
    key = door.world.acceptance(when=["<phone>"], then=["it is kept"], examples=examples, accepts=[requirement])
    number = door.stage.round(key)
    door.stage.record(number, key, 0, "failed", "A white screen.")
    door.stage.record(number, key, 1, "passed")
    return key


def test_a_waiver_excuses_once_signed_until_its_day(door: Door) -> None:
    key = failed(door)
    assert door.state("pilot", "must_passed") == ("not_met", 0, 1, [(key, "failed")])
    waiver, asked = door.ask([("must_passed", key, 0)], gates=["pilot"], expires_on=date(2099, 1, 1))
    assert door.waiver(waiver) == "asked"
    assert door.state("pilot", "must_passed")[0] == "not_met"
    door.sign(asked)
    assert door.waiver(waiver) == "in_force"
    assert door.state("pilot", "must_passed")[0] == "waived"
    # It was asked for at the gate of the pilot alone, and for one row alone.
    assert door.state("everybody", "must_passed")[0] == "not_met"
    with door.world.read("implementer") as scene:
        assert queries.waiting_for(scene.actor) == []
    with clock.at(datetime(2099, 1, 1, 12, tzinfo=UTC)):
        assert door.waiver(waiver) == "in_force"
    with clock.at(datetime(2099, 1, 2, 12, tzinfo=UTC)):
        assert door.waiver(waiver) == "expired"
        assert door.state("pilot", "must_passed")[0] == "not_met"
    door.withdraw(waiver)
    assert door.waiver(waiver) == "withdrawn"
    assert door.state("pilot", "must_passed")[0] == "not_met"
    with door.world.read():
        assert verify().ok


@pytest.mark.sqlite
def test_its_owner_is_reminded_and_the_radar_finds_it(door: Door) -> None:
    key = failed(door)
    door.waive([("", key, None)], owner="tester", expires_on=date(2099, 1, 1))
    with clock.at(datetime(2098, 12, 25, 12, tzinfo=UTC)), door.world.read("tester") as scene:
        (one,) = queries.waiting_for(scene.actor)
        assert (one.key, one.kind, one.due_on) == ("WVR-1", "fix", date(2099, 1, 1))
    with clock.at(datetime(2098, 12, 1, 12, tzinfo=UTC)), door.world.read("tester") as scene:
        assert queries.waiting_for(scene.actor) == []
    with clock.at(datetime(2099, 1, 5, 12, tzinfo=UTC)):
        found = Caller(door.world, "analyst")("GET", "/radar").json["findings"]
    told = {one["check"]: one["items"] for one in found}
    assert told["waiver_expired"] == [key]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("covers", [], "covers"),
        ("covers", [("", "ACC-99", None)], "covers"),
        ("covers", [("", "", None)], "covers"),
        ("covers", [("no_such_rule", "", None)], "covers"),
        ("covers", [("must_passed", "REQ-1", -1)], "covers"),
        ("owner", "nobody", "owner"),
        ("expires_on", None, "expires_on"),
        ("expires_on", date(2020, 1, 1), "expires_on"),
        ("signers", [], "signers"),
        ("signers", ["project_manager"], "signers"),
        ("gates", [], "gates"),
        ("gates", ["nowhere"], "gates"),
        ("results", [7], "results"),
        ("reason", " ", "reason"),
        ("workaround", "x" * 5_001, "workaround"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(door: Door, field: str, value: Any, where: str) -> None:
    door.world.requirement(title="Phones")
    given = {"covers": [("", "REQ-1", None)], field: value}
    with pytest.raises(Invalid) as refused:
        door.ask(given.pop("covers"), **given)
    assert [one.field for one in refused.value.reasons] == [where]


@pytest.mark.sqlite
def test_who_may(door: Door) -> None:
    door.world.requirement(title="Phones")
    for login in ("tester", "contributor", "sponsor"):
        with pytest.raises(Refused) as refused:
            door.ask([("", "REQ-1", None)], by=login)
        assert refused.value.status == 403
    key, asked = door.ask([("", "REQ-1", None)], by="analyst", owner="tester", signers=["business_owner", "sponsor"])
    with pytest.raises(Refused) as refused:
        door.withdraw(key, by="contributor")
    assert refused.value.status == 403
    door.withdraw(key, by="tester", reason="Mended already.")
    # What was asked of the signers is refused by itself: there is nothing to sign.
    with pytest.raises(Refused) as refused:
        door.sign(asked)
    assert refused.value.status == 409
    with pytest.raises(Refused):
        door.withdraw(key)


@pytest.mark.parametrize(
    ("signed", "withdrawn", "day", "state"),
    [
        (None, False, 5, "asked"),
        ("requested", False, 5, "asked"),
        ("requested", False, 4, "expired"),
        ("signed", False, 5, "in_force"),
        ("signed", False, 4, "expired"),
        ("signed", True, 5, "withdrawn"),
        ("withdrawn", False, 5, "withdrawn"),
        ("declined", False, 4, "declined"),
    ],
)
def test_it_turns_by_itself(signed: str | None, withdrawn: bool, day: int, state: str) -> None:
    assert state_of(signed, withdrawn, date(2026, 12, day), date(2026, 12, 5)) == state


@pytest.mark.sqlite
def test_over_rest_and_by_page(door: Door) -> None:
    key = failed(door)
    call = Caller(door.world, "project_manager")
    made = call("POST", "/waivers", BODY)
    assert made.status_code == 201 and made.json["state"] == "asked" and made.json["signoff"] == "SGN-1"
    assert call("POST", "/waivers", {**BODY, "signers": []}).status_code == 422
    assert [one["key"] for one in call("GET", "/waivers").json["items"]] == ["WVR-1"]
    assert call("GET", "/waivers/1").json["covers"] == [{"rule": None, "item": key, "row": None}]
    signer = Caller(door.world, "business_owner")
    assert signer("POST", "/signoffs/1/signature", {"password": "correct horse battery"}).status_code in (200, 201, 403)
    assert call("POST", "/waivers/WVR-1/withdrawal", {"reason": ""}).status_code == 422
    assert call("POST", "/waivers/WVR-1/withdrawal", {"reason": "Mended."}).json["state"] == "withdrawn"
    manager = door.world.client("project_manager")
    form = manager.get(f"/p/CRM/gates/waivers/new?item={key}&result=1").text
    assert "A white screen." in form and "Row 1" in form
    sent = {
        "covers": f":{key}:1", "offered": f":{key}:1", "results": "1", "reason": "Known.", "owner": "tester",
        "expires_on": "2099-01-01", "gates": "pilot", "signers": "business_owner", "rule": "all", "more": "REQ-1",
    }  # fmt: skip
    assert "not a date" in manager.send("/p/CRM/gates/waivers", {**sent, "expires_on": "soon"}).text
    answer = manager.send("/p/CRM/gates/waivers", sent)
    assert answer.status_code == 303, answer.text
    shown = manager.get(answer.location).text
    assert "REQ-1" in shown and "waits for signatures" in shown
    assert "Known." in door.world.client("business_owner").get("/p/CRM/signoffs/2").text
    assert "Known." in manager.get(f"/p/CRM/i/{key}").text
    assert manager.send("/p/CRM/gates/waivers/2/withdrawal", {"reason": ""}).status_code == 422
    assert manager.send("/p/CRM/gates/waivers/2/withdrawal", {"reason": "Mended."}).status_code == 303


@pytest.mark.sqlite
def test_the_request_to_sign_one_is_read_by_who_reads_waivers(door: Door) -> None:
    """Reason and workaround are not for implementers, whichever page tells them."""
    key = failed(door)
    _waiver, number = door.ask([("must_passed", key, 0)], reason="The bank does not know yet.")
    for login, status in (("implementer", 404), ("auditor", 200)):
        client, program = door.world.client(login), Caller(door.world, login)
        assert client.get(f"/p/CRM/signoffs/{number}").status_code == status
        told = [client.get("/p/CRM/signoffs").text, program("GET", "/signoffs").text]
        assert ["WVR-1" in one for one in told] == [status == 200] * 2
        for path in (f"/signoffs/{number}", f"/signoffs/{number}/history", f"/signoffs/{number}/links"):
            assert program("GET", path).status_code == status


@pytest.mark.sqlite
@pytest.mark.parametrize("first", [True, False])
def test_one_that_is_signed_holds_whoever_else_is_asked(door: Door, first: bool) -> None:
    """Another request to sign it, open or declined, takes nothing from a signature that stands."""
    key = failed(door)
    waiver, number = door.ask([("must_passed", key, 0)])
    program = Caller(door.world, "project_manager")
    body = {"subject": waiver, "meaning": "Seen.", "signers": ["sponsor"]}
    if first:
        door.sign(number)
    assert program("POST", "/signoffs", body).status_code == 201
    if not first:
        door.sign(number)
    assert door.waiver(waiver) == "in_force"
    answer = Caller(door.world, "sponsor")("POST", "/signoffs/2/signature", {"decline": True, "reason": "No."})
    assert answer.json["state"] == "declined"
    assert door.waiver(waiver) == "in_force" and program("GET", f"/waivers/{waiver}").json["signoff"] == f"SGN-{number}"
    taken = Caller(door.world, "business_owner")("POST", f"/signoffs/{number}/withdrawal", {"reason": "I was wrong."})
    assert taken.json["state"] == "withdrawn"
    assert door.waiver(waiver) != "in_force"
