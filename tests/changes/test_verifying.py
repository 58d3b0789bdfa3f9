"""Verifying a change: a ready round of what is to be tested again; it closes itself once that has passed."""

from __future__ import annotations

import pytest

from reqtrack.acceptance import queries as acceptance
from reqtrack.changes import actions, chores
from reqtrack.changes.queries import verifying
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_reverting import apply


@pytest.fixture
def tested(desk: Desk, req: str) -> list[str]:
    """Two acceptance scenarios of the requirement and one of what depends on it: the first and the last passed."""
    other = desk.world.requirement(title="Quotes are printed", tier="later")
    with desk.world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", desk.item(scene, other), desk.item(scene, req))
    keys = [desk.world.acceptance(title=f"A{n}", then=["x"], accepts=[one]) for n, one in enumerate((req, req, other))]
    number = desk.round(*keys)
    desk.passed(keys[0], number)
    desk.passed(keys[2], number)
    return keys


def statement(desk: Desk, req: str) -> str:
    return apply(desk, [{"item": req, "field": "statement", "new": "Two levels approve."}])


def run(desk: Desk) -> None:
    """What the worker does."""
    with desk.world.app.app_context():
        chores.close_passed()


def test_a_ready_round_of_what_is_to_be_tested(desk: Desk, req: str, tested: list[str]) -> None:
    key = statement(desk, req)
    with desk.world.read("auditor") as scene:
        found = verifying.verification(scene.actor, desk.item(scene, key))
        assert [(one.key, one.status) for one in found.scenarios] == [
            (tested[0], "stale"), (tested[1], "untested"), (tested[2], "passed"),
        ]  # fmt: skip
        assert found.round == "RND-1"
    made = desk.do(key, actions.plan_verification, by="project_manager")
    assert made.name == f"Verify {key}"
    with desk.world.read("auditor") as scene:
        planned = acceptance.round_for(scene.actor, scene.project.id, made.number)
        assert acceptance.keys_in(planned) == tested[:2]
        assert [one.login for one in acceptance.testers([planned.id])[planned.id]] == ["tester"]
        assert verifying.verification(scene.actor, desk.item(scene, key)).round == made.key


def test_who_may_not_plan_a_round_is_told_who_may(desk: Desk, req: str) -> None:
    def box(by: str) -> str:
        page = desk.world.client(by).get(f"/p/CRM/changes/{key}").text
        return page.partition('id="close"')[2].partition("</section>")[0]

    desk.world.acceptance(title="A1", then=["x"], accepts=[req])
    key = statement(desk, req)
    for labels in (["Plan the round that verifies it"], ["Plan a round of its own", "Add to RND-1"]):
        told = box("contributor")
        assert "Rounds are planned by: " in told and "aria-disabled" not in told
        assert not any(label in told for label in labels)
        mine = box("project_manager")
        assert all(label in mine for label in labels) and "Rounds are planned by" not in mine
        desk.do(key, actions.plan_verification, by="project_manager")
        desk.world.acceptance(title="A2", then=["x"], accepts=[req])


def test_it_closes_itself_when_all_has_passed(desk: Desk, req: str, tested: list[str]) -> None:
    key = statement(desk, req)
    number = desk.do(key, actions.plan_verification, by="project_manager").number
    run(desk)
    assert desk.stage(key) == "applied"
    desk.passed(tested[0], number)
    desk.passed(tested[1], number, "failed")
    run(desk)
    assert desk.stage(key) == "applied"
    desk.passed(tested[1], number)
    run(desk)
    assert desk.stage(key) == "closed"
    event = desk.events(key)[0]
    assert (event["actor"], event["after"]["verified"]) == ("system", True)
    assert event["after"]["acceptance"] == tested
    # Once more changes nothing.
    seq = desk.seq()
    run(desk)
    desk.world.app.extensions["reqtrack_changes_looked"].clear()
    run(desk)
    assert desk.seq() == seq


def test_what_nobody_tested_since_stays_open(desk: Desk, req: str, tested: list[str]) -> None:
    desk.passed(tested[1], 1)
    key = apply(desk, [{"item": req, "field": "tier", "new": "later"}])
    run(desk)
    assert desk.stage(key) == "applied"
    desk.passed(tested[0], 1)
    run(desk)
    assert desk.stage(key) == "closed"


def test_what_accepts_it_later_verifies_it_too(desk: Desk, req: str) -> None:
    key = statement(desk, req)
    later = desk.world.acceptance(title="Late", then=["x"])
    other = apply(desk, [{"item": later, "field": "accepts", "new": [req]}])
    desk.passed(later)
    run(desk)
    assert desk.stage(key) == desk.stage(other) == "closed"


def test_what_was_taken_out_by_hand_does_not_hold_it_up(desk: Desk, req: str, tested: list[str]) -> None:
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two levels approve."}])
    desk.do(key, actions.leave_out, tested[2], "It is about paper.", by="contributor")
    desk.submit(key)
    desk.assess(key)
    desk.decide(key)
    with desk.world.read("auditor") as scene:
        found = verifying.verification(scene.actor, desk.item(scene, key))
        assert [one.key for one in found.scenarios] == tested[:2]


def test_it_is_refused_with_every_reason(desk: Desk, req: str) -> None:
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.plan_verification, by="contributor")
    assert [one.code for one in refused.value.reasons] == ["wrong_stage", "no_permission"]
    key = statement(desk, req)
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.plan_verification, by="project_manager")
    assert (refused.value.status, refused.value.reasons[0].code) == (409, "nothing_to_test")


def test_over_the_api_and_on_the_page(desk: Desk, req: str, tested: list[str]) -> None:
    key = statement(desk, req)
    client = desk.world.client("project_manager")
    page = client.get(f"/p/CRM/changes/{key}").text
    assert "2 of 3 acceptance scenarios are to be tested" in page and "Open the round that tests it" in page
    answer = Caller(desk.world, "project_manager")("POST", f"/changes/{key}/verification", {})
    assert answer.status_code == 201 and answer.json["acceptance"] == tested[:2]
    assert answer.json["testers"] == ["tester"]
    for one in tested[:2]:
        desk.passed(one, answer.json["number"])
    assert Caller(desk.world, "project_manager")("POST", f"/changes/{key}/verification", {}).status_code == 409
    assert "has passed on the text as it stands" in client.get(f"/p/CRM/changes/{key}").text


def test_what_is_in_no_round_yet_is_added_or_planned(desk: Desk, req: str, tested: list[str]) -> None:
    """A round that tests some of it hides what none tests."""
    fresh = {"title": "Three levels", "then": ["x"], "accepts": [req]}
    key = apply(
        desk,
        [
            {"item": req, "field": "statement", "new": "Two levels approve."},
            {"new_item": {"kind": "acceptance", "fields": fresh}},
        ],
    )
    with desk.world.read("auditor") as scene:
        found = verifying.verification(scene.actor, desk.item(scene, key))
    new = found.scenarios[-1].key
    assert (found.round, [one.key for one in found.unplanned]) == ("RND-1", [new])
    page = desk.world.client("project_manager").get(f"/p/CRM/changes/{key}").text
    assert "In no round yet" in page and "Add to RND-1" in page and "Plan a round of its own" in page
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.plan_verification, into="RND-1", by="contributor")
    assert refused.value.status == 403
    with pytest.raises(Invalid):
        desk.do(key, actions.plan_verification, into="RND-9", by="project_manager")
    desk.do(key, actions.plan_verification, into="RND-1", by="project_manager")
    with desk.world.read("auditor") as scene:
        kept = acceptance.round_for(scene.actor, scene.project.id, 1)
        assert acceptance.keys_in(kept) == [*tested, new]
        assert verifying.verification(scene.actor, desk.item(scene, key)).unplanned == []
    assert desk.events(key)[0]["after"] == {"round": "RND-1", "acceptance": [new]}


def test_a_round_of_its_own_leaves_out_what_another_tests(desk: Desk, req: str, tested: list[str]) -> None:
    fresh = {"title": "Three levels", "then": ["x"], "accepts": [req]}
    key = apply(
        desk,
        [
            {"item": req, "field": "statement", "new": "Two levels approve."},
            {"new_item": {"kind": "acceptance", "fields": fresh}},
        ],
    )
    wrong = Caller(desk.world, "project_manager")("POST", f"/changes/{key}/verification", {"into": "RND-7"})
    assert wrong.status_code == 422
    answer = Caller(desk.world, "project_manager")("POST", f"/changes/{key}/verification", {})
    assert answer.status_code == 201 and answer.json["key"] == "RND-2"
    assert len(answer.json["acceptance"]) == 1 and answer.json["acceptance"][0] not in tested
    again = Caller(desk.world, "project_manager")("POST", f"/changes/{key}/verification", {"into": "RND-2"})
    assert again.status_code == 409 and again.json["reasons"][0]["code"] == "nothing_ready"


def test_what_no_round_can_test_is_named_with_why(desk: Desk, req: str, tested: list[str]) -> None:
    """A requirement that nothing accepts, and an acceptance scenario that says nothing to look for or was retired."""
    bare = desk.world.requirement(title="Nobody checks this", tier="should")
    empty = desk.world.acceptance(title="Says nothing", accepts=[req])
    key = apply(
        desk,
        [
            {"item": req, "field": "statement", "new": "Two levels approve."},
            {"item": bare, "field": "statement", "new": "Still nobody."},
            {"retire": tested[1]},
        ],
    )
    with desk.world.read("auditor") as scene:
        found = verifying.verification(scene.actor, desk.item(scene, key))
    assert {(one.key, one.why) for one in found.left_out} == {
        (bare, "no_acceptance"), (tested[1], "retired"), (empty, "says_nothing"),
    }  # fmt: skip
    page = desk.world.client("project_manager").get(f"/p/CRM/changes/{key}").text
    assert "no acceptance scenario accepts it" in page and "retired: it is not tested any more" in page
    assert "it does not say what is to be seen" in page
    made = desk.do(key, actions.plan_verification, by="project_manager")
    assert made.number == 2


def test_what_was_skipped_is_still_to_be_tested(desk: Desk, req: str, tested: list[str]) -> None:
    desk.passed(tested[1], 1)
    key = statement(desk, req)
    number = desk.do(key, actions.plan_verification, by="project_manager").number
    desk.passed(tested[0], number)
    desk.passed(tested[1], number, "skipped")
    with desk.world.read("auditor") as scene:
        assert [one.key for one in verifying.verification(scene.actor, desk.item(scene, key)).left] == [tested[1]]
    page = desk.world.client("project_manager").get(f"/p/CRM/changes/{key}").text
    assert "1 of 3 acceptance scenario" in page


def test_what_nothing_accepts_keeps_it_open(desk: Desk, req: str) -> None:
    """It closes itself as verified only where all that it changed was tested."""
    acc = desk.world.acceptance(title="Seen", accepts=[req], then=["seen"])
    bare = desk.world.requirement(title="Nothing accepts it", statement="x", tier="should")
    edits = [{"item": key, "field": "statement", "new": "Two levels."} for key in (req, bare)]
    key = desk.deciding(edits=edits)
    desk.decide(key)
    desk.passed(acc)
    with desk.world.write() as scene:
        actions.close_if_passed(desk.item(scene, key))
    assert desk.stage(key) == "applied"
    late = desk.world.acceptance(title="Late", accepts=[bare], then=["seen"])
    desk.passed(late)
    with desk.world.write() as scene:
        actions.close_if_passed(desk.item(scene, key))
    assert desk.stage(key) == "closed"
