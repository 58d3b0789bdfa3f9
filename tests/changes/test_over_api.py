"""Changes over REST: what a program saw, it may say; what moved since is refused."""

from __future__ import annotations

from typing import Any

from reqtrack.changes import actions
from reqtrack.requirements.actions import add_phase, change_phase
from reqtrack.requirements.queries import phases
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.support.world import World


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json["reasons"]]


def test_an_assessment_and_a_vote_may_name_what_they_were_made_on(desk: Desk, req: str) -> None:
    owner, analyst = Caller(desk.world, "contributor"), Caller(desk.world, "analyst")
    body = {"title": "T", "reason": "R", "edits": [{"item": req, "field": "statement", "new": "Two."}]}
    key = owner("POST", "/changes", body).json["key"]
    basis = owner("POST", f"/changes/{key}/submission", {}).json["impact"]["basis"]
    assert analyst("GET", f"/changes/{key}/impact").json["basis"] == basis
    desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "later"}], by="contributor")
    refused = analyst("POST", f"/changes/{key}/assessments", {"likely": 0.5, "seen": basis})
    assert refused.status_code == 409 and codes(refused) == ["basis_moved"]
    basis = analyst("GET", f"/changes/{key}/impact").json["basis"]
    assert analyst("POST", f"/changes/{key}/assessments", {"likely": 0.5, "seen": basis}).status_code == 201
    # A vote likewise, by the package as the API shows it.
    package = analyst("GET", f"/changes/{key}").json["package"]
    desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "should"}], by="contributor")
    vote = {"outcome": "rejected", "reason": "No.", "seen": package}
    manager = Caller(desk.world, "project_manager")
    assert codes(manager("POST", f"/changes/{key}/decisions", vote)) == ["package_moved"]
    package = manager("GET", f"/changes/{key}").json["package"]
    assert manager("POST", f"/changes/{key}/decisions", {**vote, "seen": package}).status_code == 201


def test_verbs_may_name_what_was_seen(desk: Desk, req: str) -> None:
    contributor, manager = Caller(desk.world, "contributor"), Caller(desk.world, "project_manager")
    body = {"title": "T", "reason": "R", "edits": [{"item": req, "field": "statement", "new": "Two."}]}
    made = contributor("POST", "/changes", body).json
    at = f"/changes/{made['key']}"
    desk.do(made["key"], actions.propose, [{"item": req, "field": "tier", "new": "later"}], by="contributor")
    assert codes(contributor("POST", f"{at}/submission", {"seen": made["package"]})) == ["package_moved"]
    assert contributor("POST", f"{at}/submission").status_code == 201
    assert codes(contributor("POST", f"{at}/withdrawal", {"seen": "draft"})) == ["moved"]
    desk.assess(made["key"])
    desk.decide(made["key"], "deferred", until="the next review")
    assert codes(manager("POST", f"{at}/resumption", {"seen": "deciding"})) == ["moved"]
    assert manager("POST", f"{at}/resumption").json["stage"] == "deciding"
    assert contributor("POST", f"{at}/withdrawal", {"seen": "deciding"}).json["stage"] == "withdrawn"


def test_edits_may_be_sent_again_as_they_are_shown(world: World) -> None:
    """A phase is shown by its name: its row is called by the number of another one."""
    world.project("ONE", "first")
    world.cast()
    with world.write() as scene:
        change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "Pilot"})
        add_phase(scene.actor, scene.project, {"name": "Rollout"})
    req = world.requirement(title="Quotes", statement="Three levels approve.", tier="should", phase="Rollout")
    new = {
        "new_item": {
            "kind": "requirement",
            "fields": {"title": "N", "tier": "later", "phase": "Pilot", "owner": "analyst"},
        }
    }
    key = Desk(world).log(edits=[{"item": req, "field": "phase", "new": "Pilot"}, new])
    caller = Caller(world, "contributor")
    told = caller("GET", f"/changes/{key}").json["edits"]
    assert told[0]["new"] == "Pilot"
    assert (told[1]["new_item"]["fields"]["phase"], told[1]["new_item"]["fields"]["owner"]) == ("Pilot", "analyst")
    sent = [{name: one[name] for name in ("item", "field", "new", "new_item") if name in one} for one in told]
    etag = caller("GET", f"/changes/{key}").headers["ETag"]
    again = caller("PATCH", f"/changes/{key}", {"edits": sent}, If_Match=etag)
    assert again.status_code == 200, again.text
    assert [one.get("new") or one["new_item"]["fields"]["phase"] for one in again.json["edits"]] == ["Pilot", "Pilot"]
