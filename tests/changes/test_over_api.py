"""Changes over REST: what a program saw, it may say; what moved since is refused."""

from __future__ import annotations

from typing import Any

from reqtrack.changes import actions
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk


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
