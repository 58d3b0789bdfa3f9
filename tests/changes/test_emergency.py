"""Emergencies: one approval, in effect at once; assessed and reviewed within the days that the project agreed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.changes import actions
from reqtrack.changes.delegation import Origin, Person, reviewers
from reqtrack.errors import Invalid, Refused
from reqtrack.radar.queries import my_work
from reqtrack.reviews import actions as reviews
from reqtrack.reviews.queries import lines_of, review_for
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk

MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def emergency(desk: Desk, req: str, by: str = "contributor") -> str:
    key = desk.log(by, kind="emergency", edits=edits(req))
    desk.submit(key, by)
    return key


def in_effect(desk: Desk, req: str) -> str:
    key = emergency(desk, req)
    desk.decide(key, by="business_owner")
    return key


def test_one_approval_puts_it_into_effect_unassessed(desk: Desk, req: str) -> None:
    with clock.at(MONDAY):
        key = emergency(desk, req)
        assert desk.stage(key) == "deciding"
        assert desk.waiting("business_owner") == desk.waiting("sponsor") == [("decide", key)]
        # What nobody has assessed is beyond the manager's limit, and takes a password.
        with pytest.raises(Refused):
            desk.decide(key, by="project_manager")
        with pytest.raises(Refused) as refused:
            desk.decide(key, by="sponsor", proved=False)
        assert [one.code for one in refused.value.reasons] == ["reauthentication"]
        done = desk.decide(key, by="sponsor")
        assert (done.stage, done.waiting_for) == ("applied", ())
        assert desk.read(key).review_due_on == date(2026, 12, 7)
        assert desk.content(req)["statement"] == "Two levels."


def test_who_wants_it_does_not_approve_it(desk: Desk, req: str) -> None:
    key = emergency(desk, req, by="business_owner")
    with pytest.raises(Refused) as refused:
        desk.decide(key, by="business_owner")
    assert [one.code for one in refused.value.reasons] == ["own_request"]
    desk.decide(key, by="sponsor")
    assert desk.stage(key) == "applied"


def test_it_is_assessed_and_reviewed_afterwards_and_nags_until_then(desk: Desk, req: str) -> None:
    with clock.at(MONDAY):
        key = in_effect(desk, req)
        assert desk.waiting("analyst") == [("assess", key)] and desk.waiting("sponsor") == []
        with pytest.raises(Refused) as refused:
            desk.do(key, actions.review, "Right.", by="sponsor")
        assert [one.code for one in refused.value.reasons] == ["assessment_missing"]
        desk.assess(key, 2)
        assert desk.loads() == {"Phase 1": 2.0}
        assert desk.waiting("analyst") == []
        assert desk.waiting("sponsor") == desk.waiting("project_manager") == [("review", key)]
        assert desk.waiting("business_owner") == [], "who approved it does not review it"
        for by, code in (("business_owner", "not_your_seat"), ("contributor", "not_your_seat")):
            with pytest.raises(Refused) as refused:
                desk.do(key, actions.review, "Right.", by=by)
            assert [one.code for one in refused.value.reasons] == [code]
        with pytest.raises(Invalid):
            desk.do(key, actions.review, "  ", by="sponsor")
    with clock.at(MONDAY + timedelta(days=9)):
        page = desk.world.client("sponsor").get("/").text
        assert "2 days late" in page and "An emergency, in effect already." in page
        desk.do(key, actions.review, "It was right; the form is kept.", by="sponsor")
    assert desk.waiting("sponsor") == [] and desk.read(key).reviewed_at is not None
    (event,) = [one for one in desk.events(key) if one["action"] == "change.reviewed"]
    assert event["reason"] == "It was right; the form is kept."
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.review, "Again.", by="sponsor")
    assert [one.code for one in refused.value.reasons] == ["reviewed", "not_your_seat"]
    with pytest.raises(Refused):
        desk.assess(key, 3)


def test_one_that_is_closed_is_reviewed_all_the_same(desk: Desk, req: str) -> None:
    key = in_effect(desk, req)
    desk.do(key, actions.close, "Nothing to verify.", by="contributor")
    desk.assess(key, 2)
    assert ("review", key) in desk.waiting("sponsor")


def test_one_that_was_assessed_is_decided_by_its_size(desk: Desk, req: str) -> None:
    key = emergency(desk, req)
    desk.assess(key, 0.5)
    desk.decide(key, by="project_manager", proved=False)
    assert desk.stage(key) == "applied"
    assert desk.waiting("sponsor") == [("review", key)]


def test_a_normal_change_has_no_review(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    desk.decide(key)
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.review, "Right.", by="sponsor")
    assert [one.code for one in refused.value.reasons] == ["no_emergency", "not_your_seat"]


def test_who_reviews() -> None:
    def person(login: str, *roles: str) -> Person:
        return Person(1, login, login, frozenset(roles))

    people = [
        person("m", "project_manager"),
        person("o", "business_owner"),
        person("a", "administrator"),
        person("t", "tester"),
    ]
    who = lambda origin, *voted: [one.login for one in reviewers(people, Origin(origin), voted)]  # noqa: E731
    assert who("x", "o") == ["m"] and who("m", "o") == ["o"] and who("x") == ["m", "o"]
    assert [one.login for one in reviewers(people[2:], Origin("x"), ())] == ["a"]


def test_on_its_page_and_over_the_api(desk: Desk, req: str) -> None:
    client = desk.world.client("contributor")
    made = client.send("/p/CRM/changes/new", {"title": "Now", "reason": "It stands.", "kind": "emergency", "item": req})
    key = made.location.rpartition("/")[2]
    desk.do(key, actions.propose, edits(req), by="contributor")
    assert "An emergency: one approval puts it into effect" in client.get(f"/p/CRM/changes/{key}").text
    assert client.send(f"/p/CRM/changes/{key}/submission", {"seen": desk.dossier(key).package_print}).status_code == 303
    page = desk.world.client("sponsor").get(f"/p/CRM/changes/{key}").text
    assert "business owner (陈立群) or sponsor (方文)" in page and "Emergency" in page
    desk.decide(key, by="business_owner")
    analyst = desk.world.client("analyst")
    page = analyst.get(f"/p/CRM/changes/{key}").text
    assert "Assessment and review are due by" in page and "Save the assessment" in page
    assert Caller(desk.world, "analyst")("POST", f"/changes/{key}/assessments", {"likely": 1}).status_code == 201
    sponsor = desk.world.client("sponsor")
    assert sponsor.send(f"/p/CRM/changes/{key}/review", {"review": ""}).status_code == 422
    assert "Record the review" in sponsor.get(f"/p/CRM/changes/{key}").text
    told = Caller(desk.world, "sponsor")("POST", f"/changes/{key}/review", {"note": "Right."})
    assert told.status_code == 201 and told.json["reviewed_at"] and told.json["review_due_on"]
    assert "recorded the review of this emergency" in sponsor.get(f"/p/CRM/changes/{key}").text


def test_the_days_are_settings(desk: Desk, req: str) -> None:
    manager = desk.world.client("project_manager")
    page = manager.get("/p/CRM/settings").text
    assert 'name="waiting_days"' in page
    version = desk.read_project().version
    bad = manager.send("/p/CRM/settings/days", {"waiting_days": "0", "emergency_days": "3", "seen": version})
    assert bad.status_code == 422 and "This is a whole number of working days" in bad.text
    assert (
        manager.send("/p/CRM/settings/days", {"waiting_days": "2", "emergency_days": "3", "seen": version}).status_code
        == 303
    )
    assert (
        manager.send("/p/CRM/settings/days", {"waiting_days": "9", "emergency_days": "9", "seen": version}).status_code
        == 409
    )
    with clock.at(MONDAY):
        key = in_effect(desk, req)
        assert desk.read(key).review_due_on == date(2026, 12, 3)


FLAG = "rq-flag--bad"


def test_it_looks_like_one_and_comes_first(desk: Desk, req: str) -> None:
    """In My work, on board and list, on an agenda, in the box where it is decided."""
    other = desk.world.requirement(tier="must", statement="x")
    usual = [desk.deciding(edits=edits(other, f"Version {number}.")) for number in range(2)]
    with clock.at(clock.now() + timedelta(days=3)):
        planned = datetime.now(UTC).date() + timedelta(days=30)
        with desk.world.write("project_manager") as scene:
            given = {"name": "Weekly", "planned_on": planned.isoformat(), "begins": "10:00", "minutes": 60}
            review = reviews.plan(scene.actor, scene.project, given).key
        key = emergency(desk, req)
        with desk.world.read("business_owner") as scene:
            queue = my_work.queue(scene.actor, [scene.project])
        assert [one.waiting.key for one in queue if one.waiting.kind == "decide"] == [key, *usual]
        client = desk.world.client("business_owner")
        assert client.get("/").text.count(FLAG) == 1
        for view in ("", "?view=list", "?by=tier"):
            shown = client.get(f"/p/CRM/changes{view}").text
            assert shown.count(FLAG) == 1 and "Emergency" in shown
        assert "An emergency: one approval puts it into effect at once." in client.get(f"/p/CRM/changes/{key}").text
        assert "one approval puts it" not in client.get(f"/p/CRM/changes/{usual[0]}").text
        with desk.world.write("project_manager") as scene:
            found = review_for(scene.actor, scene.project.id, review)
            reviews.fill(scene.actor, scene.project, found)
        with desk.world.read("project_manager") as scene:
            found = review_for(scene.actor, scene.project.id, review)
            assert [one.subject for one in lines_of(found)][:3] == [key, *usual]
        assert desk.world.client("project_manager").get(f"/p/CRM/reviews/{review}").text.count(FLAG) == 1
        with desk.world.write("project_manager") as scene:
            given = {"name": "Next", "planned_on": planned.isoformat(), "begins": "10:00", "minutes": 60}
            fresh = reviews.plan(scene.actor, scene.project, given)
            assert [one.subject for one in lines_of(fresh)][:3] == [key, *usual]
