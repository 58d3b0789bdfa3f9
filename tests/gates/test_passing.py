"""Passing gates, setting their rules, and what a gate that says no keeps from being signed."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.audit.verify import verify
from reqtrack.baselines import actions as baselines
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.gates import queries
from reqtrack.signoff import actions as signoff
from tests.gates.conftest import Door
from tests.support.caller import Caller


def ready(door: Door) -> None:
    """A project whose one must requirement is tested, and that has nothing else."""
    requirement = door.world.requirement(title="Phones in one form", tier="must")
    key = door.world.acceptance(when=["I look"], then=["it is there"], accepts=[requirement])
    door.stage.record(door.stage.round(key), key, None, "passed")


def test_a_passage_is_for_good(door: Door) -> None:
    ready(door)
    number = door.pass_gate("pilot", pilot="East China", note="As agreed.")
    with door.world.read("auditor") as scene:
        row = queries.passage_for(scene.actor, scene.project.id, number)
        kept = list(row.told)
        told = {one["rule"]: one["state"] for one in kept}
        assert told["must_passed"] == "met" and row.pilot == "East China" and row.roles == "business_owner"
        assert row.fingerprint == queries.gates_of(scene.project, None).answers["pilot"].fingerprint
        assert verify().ok
    # The pilot went live: the rule of the next gate is met by that.
    assert door.state("everybody", "pilot_passed")[0] == "met"
    door.world.requirement(title="One more", tier="must")
    with door.world.read("auditor") as scene:
        assert queries.passage_for(scene.actor, scene.project.id, number).told == kept


@pytest.mark.sqlite
def test_lean_warns_and_the_others_stop(door: Door) -> None:
    door.world.requirement(title="Phones", tier="must")
    door.pass_gate("pilot")
    door.preset("standard")
    with pytest.raises(Refused) as refused:
        door.pass_gate("pilot")
    assert [one.code for one in refused.value.reasons] == ["not_met"] and refused.value.status == 409
    door.set({"pilot": {"must_passed": {"mode": "warn"}, "should_passed": {"mode": "off"}}})
    door.pass_gate("pilot")
    with door.world.read("auditor") as scene:
        told = {one["rule"]: one["state"] for one in queries.passage_for(scene.actor, scene.project.id, 2).told}
    assert told["must_passed"] == "not_met" and "should_passed" not in told


@pytest.mark.sqlite
def test_who_passes_and_proves_it(door: Door) -> None:
    ready(door)
    for by, proved, codes in (("analyst", True, ["no_permission"]), ("sponsor", False, ["prove_yourself"])):
        with pytest.raises(Refused) as refused:
            door.pass_gate("pilot", by=by, proved=proved)
        assert refused.value.status == 403 and [one.code for one in refused.value.reasons] == codes
    seen = door.answer("pilot").fingerprint
    door.world.requirement(title="One more", tier="must")
    with pytest.raises(Refused) as refused:
        door.pass_gate("pilot", seen=seen)
    assert [one.code for one in refused.value.reasons] == ["moved"]
    with pytest.raises(Invalid) as long:
        door.pass_gate("pilot", note="x" * 2_001, pilot="x" * 201)
    assert [one.field for one in long.value.reasons] == ["pilot", "note"]


@pytest.mark.sqlite
def test_a_scope_is_not_signed_while_its_gate_says_no(door: Door) -> None:
    door.world.requirement("analyst", title="Phones", tier="must", stage="in_review")

    def ask() -> Any:
        with door.world.write("project_manager") as scene:
            taken = baselines.take(scene.actor, scene.project, "Scope")
            return signoff.request(scene.actor, scene.project, taken.key, "Yes.", ["business_owner"])

    assert ask().state == "requested"
    door.preset("standard")
    door.world.requirement("analyst", title="Mobile phones", tier="must", stage="in_review")
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.status == 409 and [one.code for one in refused.value.reasons] == ["gate"]
    rules = ("must_evidence", "must_scenario", "must_acceptance", "must_owner", "no_duplicate")
    door.waive([(rule, "", None) for rule in rules], gates=["scope"])
    assert ask().state == "requested"


@pytest.mark.sqlite
def test_rules_are_set_and_follow_the_preset_where_they_are_not(door: Door) -> None:
    ready(door)
    door.set({"pilot": {"should_passed": {"least": "90%"}}}, seen=0)
    with pytest.raises(Stale):
        door.set({"pilot": {"should_passed": {"least": 70}}}, seen=0)
    with pytest.raises(Refused):
        door.set({"pilot": {"should_passed": {"least": 70}}}, by="analyst")
    for rule, options in (
        ("should_passed", {"least": 0}), ("should_passed", {"least": "most"}), ("must_passed", {"least": 50}),
        ("must_passed", {"mode": "sometimes"}), ("no_such_rule", {}), ("phase_fits", {"mode": "off"}),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            door.set({"pilot": {rule: options}})
    with door.world.read("auditor") as scene:
        own = queries.own_rules(scene.project.id)
        assert own is not None and own.own == {"pilot": {"should_passed": {"least": 90}}}
    door.preset("regulated")
    sets = {one.name: one.set for one in door.answer("pilot").outcomes}
    assert (sets["should_passed"].mode, sets["should_passed"].least) == ("stop", 90)
    assert not sets["must_passed"].affirmed


@pytest.mark.sqlite
def test_over_rest(door: Door) -> None:
    ready(door)
    call = Caller(door.world, "project_manager", "admin")
    gates = {one["key"]: one for one in call("GET", "/gates").json["items"]}
    assert gates["pilot"]["answer"] == "yes" and gates["scope"]["answer"] == "warned"
    wrong = next(one for one in gates["scope"]["rules"] if one["rule"] == "must_owner")
    assert wrong["findings"] == [
        {"subject": "REQ-1", "items": ["REQ-1"], "what": "no_owner", "rows": [], "waivers": []}
    ]
    assert call("GET", "/gates/nowhere").status_code == 404
    assert call("GET", "/gates/pilot?phase=nowhere").status_code == 404
    body = {"rules": {"should_passed": {"least": 95, "mode": "stop"}}}
    assert call("PATCH", "/gates/pilot", body).status_code == 428
    assert call("PATCH", "/gates/pilot", body, If_Match='"0"').json["version"] == 1
    assert call("PATCH", "/gates/pilot", body, If_Match='"0"').status_code == 412
    assert call("POST", "/gates/pilot/passages", {}).status_code == 403
    made = call("POST", "/gates/pilot/passages", {"password": "wrong", "pilot": "East"})
    assert made.status_code == 403
    assert call("GET", "/passages").json["items"] == []


@pytest.mark.sqlite
def test_pages(door: Door) -> None:
    ready(door)
    owner, manager = door.world.client("business_owner"), door.world.client("project_manager")
    seen = door.answer("pilot").fingerprint
    stale = owner.send(
        "/p/CRM/gates/pilot/passages", {"phase": "all", "print": "sha256:" + "0" * 64, "note": "Kept words."}
    )
    assert stale.status_code == 409 and "Kept words." in stale.text and "has moved since you looked" in stale.text
    answer = owner.send("/p/CRM/gates/pilot/passages", {"phase": "all", "print": seen, "pilot": "East China"})
    assert answer.status_code == 303
    assert "East China" in owner.get(answer.location).text
    form = {"pilot.should_passed.mode": "stop", "pilot.should_passed.least": "0", "seen": "0"}
    assert "a number from 1 to 100" in manager.send("/p/CRM/gates/rules/preview", form).text
    form = {"scope.must_owner.mode": "stop", "seen": "0"}
    preview = manager.send("/p/CRM/gates/rules/preview", form)
    assert "What it would change" in preview.text and "No, because 1 rule is not met" in preview.text
    assert manager.send("/p/CRM/gates/rules", form).status_code == 303
    assert manager.send("/p/CRM/gates/rules", form).status_code == 409
    assert "No, because 1 rule is not met" in manager.get("/p/CRM/gates").text
    assert "Gates" in manager.get("/p/CRM/").text and "Gate before signing" in manager.get("/p/CRM/baselines").text
