"""Small changes that take effect after a day if nobody objects: who may offer that, what ends it, what never passes by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.changes import actions
from reqtrack.changes.policy import Facts, may_pass
from reqtrack.changes.unobjected import pass_unobjected
from reqtrack.errors import Invalid, Refused
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk

MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)
FRIDAY = date(2026, 12, 4)


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def offered(desk: Desk, req: str, until: str = "2026-12-04", by: str = "contributor", **more: Any) -> str:
    key = desk.deciding(edits=edits(req), **more)
    desk.do(key, actions.offer_silence, until, by=by)
    return key


def work(desk: Desk, day: date) -> None:
    """What the worker does at noon of a day."""
    with desk.world.app.app_context(), clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        pass_unobjected()


def test_it_takes_effect_on_the_day_after(desk: Desk, req: str) -> None:
    with clock.at(MONDAY):
        key = offered(desk, req)
        (row,) = desk.waiting("project_manager")
        assert row == ("decide", key)
    work(desk, FRIDAY)
    assert desk.stage(key) == "deciding", "one may object on that day still"
    work(desk, FRIDAY + timedelta(days=1))
    assert desk.stage(key) == "applied" and desk.content(req)["statement"] == "Two levels."
    (vote,) = desk.dossier(key).votes
    assert (vote.decider, vote.seat, vote.method, vote.outcome) == ("system", "", "silence", "approved")
    assert vote.package_print == desk.dossier(key).package_print
    decided = next(one for one in desk.events(key) if one["action"] == "change.decided")
    assert decided["after"]["could_object"] == ["project_manager"] and decided["after"]["until"] == "2026-12-04"
    assert decided["actor"] == "system"
    work(desk, FRIDAY + timedelta(days=2))  # once more changes nothing
    assert len(desk.dossier(key).votes) == 1


def test_an_objection_leaves_it_to_be_decided(desk: Desk, req: str) -> None:
    with clock.at(MONDAY):
        key = offered(desk, req)
        with pytest.raises(Refused) as refused:
            desk.do(key, actions.object_to, "No.", by="tester")
        assert [one.code for one in refused.value.reasons] == ["not_your_seat"]
        with pytest.raises(Invalid):
            desk.do(key, actions.object_to, " ", by="project_manager")
        desk.do(key, actions.object_to, "Not yet.", by="project_manager")
        with pytest.raises(Refused) as refused:
            desk.do(key, actions.object_to, "Again.", by="project_manager")
        assert [one.code for one in refused.value.reasons] == ["not_offered"]
    work(desk, FRIDAY + timedelta(days=9))
    assert desk.stage(key) == "deciding"
    desk.decide(key)
    assert desk.stage(key) == "applied"


@pytest.mark.parametrize("what", ["edited", "asked back", "larger"])
def test_what_is_not_the_same_any_more_does_not_pass(desk: Desk, req: str, what: str) -> None:
    with clock.at(MONDAY):
        key = offered(desk, req)
        if what == "edited":
            desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
            desk.do(key, actions.reassess, by="contributor")
            desk.assess(key)
        elif what == "asked back":
            desk.do(key, actions.ask, "Why?", by="project_manager")
            desk.do(key, actions.answer, "Because.", by="contributor")
        else:
            lines = [
                {"most_days": "0.1", "seats": ["project_manager"]},
                {"must": True, "over": True, "seats": ["business_owner"]},
            ]
            desk.table(lines)
    work(desk, FRIDAY + timedelta(days=9))
    assert desk.stage(key) == "deciding" and desk.read(key).silent_until is None
    if what == "larger":
        ended = next(one for one in desk.events(key) if one["action"] == "change.silence_ended")
        assert "above the limit of the first line" in ended["after"]["why"][0][0]
        assert (
            "CR-1 is above the limit of the first line"
            in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
        )
        assert desk.waiting("business_owner") == [("decide", key)]


def test_what_is_large_never_passes_in_silence(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=2, edits=edits(req))
    with pytest.raises(Refused) as refused, clock.at(MONDAY):
        desk.do(key, actions.offer_silence, "2026-12-04", by="contributor")
    assert [one.code for one in refused.value.reasons] == ["not_small"] and refused.value.status == 409
    must = desk.deciding(edits=edits(desk.world.requirement(tier="must", statement="x")))
    with pytest.raises(Refused):
        desk.do(must, actions.offer_silence, "2026-12-04", by="contributor")


def test_whose_offer_it_is_and_which_day(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    with clock.at(MONDAY):
        with pytest.raises(Refused) as refused:
            desk.do(key, actions.offer_silence, "2026-12-04", by="analyst")
        assert refused.value.status == 403
        for day in ("", "soon", "2026-12-01", "2025-01-01", "2027-06-01"):
            with pytest.raises(Invalid) as invalid:
                desk.do(key, actions.offer_silence, day, by="project_manager")
            assert [one.field for one in invalid.value.reasons] == ["silent_until"]
        desk.do(key, actions.offer_silence, "2026-12-02", by="project_manager")
    assert desk.read(key).silent_until == date(2026, 12, 2)


def test_all_reasons_against_it_are_told() -> None:
    from reqtrack.changes.delegation import Origin, Seat

    facts = Facts(
        Origin("a"), outdated=True, conflicts=(("REQ-1", "title", "Title"),), seats=(Seat("sponsor", "sponsor", ()),)
    )
    codes = [one.code for one in may_pass("CR-1", "draft", facts, small=False).reasons]
    assert codes == ["wrong_stage", "not_small", "in_conflict", "assessment_missing", "seat_empty"]


def test_on_the_page_and_over_the_api(desk: Desk, req: str) -> None:
    with clock.at(MONDAY):
        key = desk.deciding(edits=edits(req))
        seen = f"sha256:{desk.dossier(key).package_print}"
        author, manager = desk.world.client("contributor"), desk.world.client("project_manager")
        page = author.get(f"/p/CRM/changes/{key}").text
        assert "Let it pass if nobody objects" in page and 'value="2026-12-07"' in page
        bad = author.send(f"/p/CRM/changes/{key}/silence", {"silent_until": "2026-12-01", "seen": seen})
        assert (
            bad.status_code == 422
            and 'value="2026-12-01"' in bad.text
            and "Until which day may one object?" in bad.text
        )
        assert (
            author.send(f"/p/CRM/changes/{key}/silence", {"silent_until": "2026-12-04", "seen": seen}).status_code
            == 303
        )
        work_ = manager.get("/").text
        assert "It takes effect after that day, unless you object." in work_ and "due 4 Dec" in work_
        page = manager.get(f"/p/CRM/changes/{key}").text
        assert "In effect after 4 Dec, unless somebody who may decide it objects: 周岚." in page
        assert manager.send(f"/p/CRM/changes/{key}/objection", {"objection": "", "seen": seen}).status_code == 422
        assert manager.send(f"/p/CRM/changes/{key}/objection", {"objection": "No.", "seen": seen}).status_code == 303
        assert "objected: it waits for a decision" in manager.get(f"/p/CRM/changes/{key}").text
        program = Caller(desk.world, "contributor")
        told = program("POST", f"/changes/{key}/silence", {"until": "2026-12-04"})
        assert told.status_code == 201 and told.json["silent_until"] == "2026-12-04"
        told = Caller(desk.world, "project_manager")("POST", f"/changes/{key}/objection", {"reason": "No."})
        assert told.status_code == 201 and told.json["silent_until"] is None
    desk.do(
        key, actions.offer_silence, (clock.today("Asia/Shanghai") + timedelta(days=9)).isoformat(), by="contributor"
    )


def test_silence_gives_nothing_that_the_flow_asks_for(desk: Desk, req: str) -> None:
    with clock.at(MONDAY):
        key = offered(desk, req)
        waits = desk.deciding(edits=edits(req, "One level."))
    with desk.world.write("project_manager") as scene:
        actor = replace(scene.actor, reauthenticated=True)
        actions.set_flows(actor, scene.project, {"normal": {"asks": {"approve": ["attachment"]}}})
    with clock.at(MONDAY), pytest.raises(Refused) as told:
        desk.do(waits, actions.offer_silence, "2026-12-04", by="contributor")
    assert [one.field for one in told.value.reasons] == ["attachment"]
    work(desk, date(2026, 12, 5))
    assert desk.stage(key) == "deciding" and desk.read(key).silent_until is None
