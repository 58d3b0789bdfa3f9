"""The last to whom a decision falls: an administrator of the site opens and decides that one change, member or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.audit.models import AccessEvent
from reqtrack.changes import actions
from reqtrack.db import db
from reqtrack.web.area import GUESTS, ROUTES
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_pages import BASE, Pages, value
from tests.support.world import PASSWORD

API = "/api/v1/projects/CRM/changes"


@pytest.fixture
def alone(desk: Desk) -> Pages:
    """A project whose manager is the only one who decides, and an administrator who is in no project."""
    with desk.world.write() as scene:
        for role in ("business_owner", "sponsor"):
            accounts.end_role(scene.actor, scene.project, desk.world.user_row(role), role)
    desk.world.user("root", "Rita Ortiz", admin=True)
    return Pages(desk)


def edits(req: str, new: str = "Two levels approve.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def entered(pages: Pages) -> list[str]:
    with pages.desk.world.read() as _scene:
        rows = db.session.execute(select(AccessEvent).where(AccessEvent.action == "entered").order_by(AccessEvent.seq))
        return [f"{row.actor} {row.subject}" for row in rows.scalars()]


def test_the_decision_that_nobody_else_may_make_is_made_on_the_page(alone: Pages, req: str) -> None:
    desk, root = alone.desk, "root"
    key = desk.log("project_manager", edits=edits(req))
    other = desk.deciding(edits=edits(req, "One level approves."))
    assert "administrator (Rita Ortiz)" in alone.get("project_manager", f"{BASE}/{key}")
    # Before it is with them, and at what falls to others, they are nobody here.
    desk.submit(key, "project_manager")
    for path in (f"{BASE}/{key}", f"{BASE}/{other}", BASE, f"/p/CRM/i/{req}", "/p/CRM/", f"{API}/{key}"):
        alone.get(root, path, 404)
    alone.send(root, f"{BASE}/{other}/decisions", 404, outcome="rejected", reason="No.")
    assert desk.waiting(root) == [] and key not in alone.get(root, "/")
    desk.assess(key, 3)
    assert desk.waiting(root) == [("decide", key)]
    assert f"{BASE}/{key}" in alone.get(root, "/")
    page = alone.get(root, f"{BASE}/{key}")
    assert "Your decision" in page and "<ins>Two</ins>" in page
    # Nothing leads on from there: to the rest of the project they are still nobody.
    for path in (BASE, "/p/CRM/scope", f"/p/CRM/i/{req}"):
        assert f'href="{path}"' not in page
        alone.get(root, path, 404)
    sent = {"outcome": "approved", "tier": "should", "phase": "Phase 1", "seen": value(page, "seen")}
    alone.send(root, f"{BASE}/{key}/decisions", 303, **sent)
    assert desk.stage(key) == "applied" and desk.content(req)["statement"] == "Two levels approve."
    (decided,) = [one for one in desk.events(key) if one["action"] == "change.decided"]
    assert (decided["actor"], decided["after"]["seat"], decided["after"]["stands_in_for"]) == (
        root, "administrator", "business_owner",
    )  # fmt: skip
    # What they decided they may look at again; each time they come in is in the access log.
    assert "as administrator, since nobody else may" in alone.get(root, f"{BASE}/{key}")
    assert entered(alone) == [f"root {BASE}/{key}", f"root {BASE}/{key}/decisions", f"root {BASE}/{key}"]


def test_the_same_over_the_api(alone: Pages, req: str) -> None:
    desk = alone.desk
    key = desk.deciding("project_manager", likely=3, edits=edits(req))
    root, outsider = Caller(desk.world, "root"), Caller(desk.world, "outsider")
    assert outsider("GET", f"/changes/{key}").status_code == 404
    assert root("GET", "/changes").status_code == 404 and root("GET", f"/requirements/{req}").status_code == 404
    assert root("GET", f"/changes/{key}").json["edits"][0]["new"] == "Two levels approve."
    assert root("GET", f"/changes/{key}/impact").json["basis"].startswith("sha256:")
    assert root("POST", f"/changes/{key}/questions", {"body": "Since when?"}).json["stage"] == "needs_information"
    manager = Caller(desk.world, "project_manager")
    assert manager("POST", f"/changes/{key}/answers", {"body": "Since May."}).status_code == 201
    vote = {"outcome": "approved", "tier": "should", "phase": "Phase 1"}
    assert manager("POST", f"/changes/{key}/decisions", vote).status_code == 403
    assert outsider("POST", f"/changes/{key}/decisions", vote).status_code == 404
    answer = root("POST", f"/changes/{key}/decisions", {**vote, "password": PASSWORD})
    assert answer.status_code == 201 and answer.json["decisions"][-1]["seat"] == "administrator"
    assert desk.stage(key) == "applied"


def test_an_administrator_who_is_a_member_decides_whatever_their_role(alone: Pages, req: str) -> None:
    desk = alone.desk
    desk.world.member("root", "tester")
    key = desk.deciding("project_manager", edits=edits(req))
    assert "Your decision" in alone.get("root", f"{BASE}/{key}")
    vote = {"outcome": "rejected", "reason": "Not now.", "password": PASSWORD}
    assert Caller(desk.world, "root")("POST", f"/changes/{key}/decisions", vote).status_code == 201
    assert entered(alone) == []


def test_an_administrator_who_wrote_it_or_is_not_needed_stays_outside(alone: Pages, req: str) -> None:
    desk = alone.desk
    mine = desk.deciding("project_manager", edits=edits(req))
    desk.world.member("sponsor", "sponsor")
    alone.get("root", f"{BASE}/{mine}", 404)
    assert desk.waiting("root") == [] and desk.waiting("sponsor") == [("decide", mine)]


def test_a_guest_objects_as_who_decides(alone: Pages, req: str) -> None:
    """A small change of the manager, in a project with nobody above: it falls to the administrator, who may object."""
    desk = alone.desk
    key = desk.deciding("project_manager", edits=edits(req))
    until = (clock.today("Asia/Shanghai") + timedelta(days=14)).isoformat()
    desk.do(key, actions.offer_silence, until, by="project_manager")
    assert ("decide", key) in desk.waiting("root")
    seen = desk.dossier(key).package_print
    alone.send("root", f"{BASE}/{key}/objection", 303, objection="Not in silence.", seen=seen)
    assert desk.read(key).silent_until is None


def test_no_door_but_those_of_the_decision_lets_a_guest_in(alone: Pages) -> None:
    assert set(GUESTS) <= set(ROUTES)
    assert {name.rpartition(".")[2] for name in GUESTS if not name.startswith("api.")} == {
        "show",
        "decide",
        "ask",
        "reassess",
        "object",
    }
    assert {name for name in GUESTS if ROUTES[name].writes and name.startswith("api.")} == {
        "api.decide_change", "api.ask_back", "api.reassess_change", "api.object_to_change",
    }  # fmt: skip
