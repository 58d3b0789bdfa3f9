"""Submit, assess, ask back and answer, defer and come back, withdraw, close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.changes import actions
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from reqtrack.requirements.actions import add_phase
from tests.changes.conftest import Desk

DAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def codes(error: pytest.ExceptionInfo[Any]) -> list[str]:
    return [reason.code for reason in error.value.reasons]


def tier(req: str) -> list[dict[str, Any]]:
    return [{"item": req, "field": "tier", "new": "later"}]


def test_submitting_needs_something_to_be_about(desk: Desk, req: str) -> None:
    key = desk.log()
    with pytest.raises(Refused) as error:
        desk.submit(key)
    assert (codes(error), error.value.reasons[0].field, error.value.status) == (["needed"], "edits", 409)
    desk.do(key, actions.pick, [req], by="contributor")
    desk.submit(key)
    assert desk.stage(key) == "assessing"
    with pytest.raises(Refused) as error:
        desk.submit(key)
    assert "wrong_stage" in codes(error)


def test_only_its_author_submits(desk: Desk, req: str) -> None:
    desk.world.member("contributor2", "contributor")
    key = desk.log(affected=[req])
    with pytest.raises(Refused) as error:
        desk.submit(key, by="contributor2")
    assert error.value.status == 403


def test_it_is_submitted_while_nobody_may_assess_it(desk: Desk, req: str) -> None:
    with desk.world.write() as scene:
        accounts.end_role(scene.actor, scene.project, desk.world.user_row("analyst"), "analyst")
    key = desk.log(edits=tier(req))
    desk.submit(key)
    assert desk.stage(key) == "submitted"
    desk.world.member("analyst", "analyst")
    desk.assess(key)
    assert desk.stage(key) == "deciding"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"likely": 2}, "2"),
        ({"likely": "2,5"}, None),
        ({"best": 1, "likely": 2, "worst": 5}, "2.33"),
        ({"likely": 6, "best": 4, "worst": 11}, "6.5"),
        ({"likely": 0}, "0"),
    ],
)
def test_expected_effort(desk: Desk, req: str, given: dict[str, Any], expected: str | None) -> None:
    key = desk.log(edits=tier(req))
    desk.submit(key)
    if expected is None:
        with pytest.raises(Invalid):
            desk.assess(key, **given)
        return
    desk.assess(key, **given)
    assert desk.dossier(key).expected == Decimal(expected)
    assert desk.read(key).expected_effort_days == Decimal(expected)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"likely": ""}, "likely"),
        ({"likely": -1}, "likely"),
        ({"likely": 2, "best": 3}, "best"),
        ({"likely": 2, "worst": 1}, "worst"),
    ],
)
def test_numbers_that_make_no_sense(desk: Desk, req: str, given: dict[str, Any], field: str) -> None:
    key = desk.log(edits=tier(req))
    desk.submit(key)
    with pytest.raises(Invalid) as error:
        desk.assess(key, **given)
    assert [reason.field for reason in error.value.reasons] == [field]


def test_those_named_assess_and_nobody_else(desk: Desk, req: str) -> None:
    key = desk.log(edits=tier(req), assessors=["implementer"])
    desk.submit(key)
    for login in ("analyst", "project_manager", "contributor"):
        with pytest.raises(Refused) as error:
            desk.assess(key, by=login)
        assert error.value.status == 403
    desk.assess(key, by="implementer")
    assert desk.stage(key) == "deciding"


def test_it_goes_on_with_the_last_needed_word(desk: Desk, req: str) -> None:
    key = desk.log(edits=tier(req), assessors=["implementer", "analyst"])
    desk.submit(key)
    desk.assess(key, 2, by="implementer")
    assert desk.stage(key) == "assessing"
    desk.assess(key, 3, by="implementer")
    assert desk.stage(key) == "assessing"
    desk.assess(key, 1, by="analyst")
    assert desk.stage(key) == "deciding"
    # What each said last, together.
    assert desk.dossier(key).expected == Decimal(4)


def test_those_named_are_added_up_and_who_has_spoken_stays_named(desk: Desk, req: str) -> None:
    """Naming others takes no word out that is of the change as it stands."""
    desk.world.member("analyst2", "analyst")
    key = desk.log(edits=tier(req), assessors=["implementer", "analyst"])
    desk.submit(key)
    desk.assess(key, 2, by="implementer")
    desk.do(key, actions.set_assessors, ["analyst"], by="contributor")
    assert desk.dossier(key).expected == Decimal(2) == desk.read(key).expected_effort_days
    assert desk.stage(key) == "assessing"
    desk.assess(key, 3, by="analyst")
    assert desk.dossier(key).expected == Decimal(5) == desk.read(key).expected_effort_days
    desk.do(key, actions.set_assessors, [], by="contributor")
    assert desk.dossier(key).expected == Decimal(5)
    # What was said of another package is taken out with who said it; where nobody is named, the newest word alone counts.
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "One."}], by="contributor")
    desk.do(key, actions.reassess, by="contributor")
    desk.do(key, actions.set_assessors, [], by="contributor")
    assert desk.dossier(key).expected == Decimal(3)
    desk.assess(key, 8, by="analyst2")
    assert desk.dossier(key).expected == Decimal(8) and not desk.page(key).outdated


def test_naming_away_the_last_one_asked_lets_it_go_on(desk: Desk, req: str) -> None:
    key = desk.log(edits=tier(req), assessors=["implementer", "analyst"])
    desk.do(key, actions.set_assessors, ["implementer", "analyst"], by="contributor")
    desk.submit(key)
    desk.assess(key, 2, by="implementer")
    desk.do(key, actions.set_assessors, ["implementer"], by="contributor")
    assert desk.stage(key) == "deciding" and desk.dossier(key).expected == Decimal(2)


def test_a_named_assessor_who_left_still_counts(desk: Desk, req: str) -> None:
    key = desk.log(edits=tier(req), assessors=["implementer", "analyst"])
    desk.submit(key)
    desk.assess(key, 5, by="implementer")
    desk.assess(key, 1, by="analyst")
    with desk.world.write() as scene:
        accounts.end_role(scene.actor, scene.project, desk.world.user_row("implementer"), "implementer")
    assert desk.dossier(key).expected == Decimal(6)
    desk.do(key, actions.set_assessors, ["analyst"], by="contributor")
    assert desk.dossier(key).expected == Decimal(6)
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "One."}], by="contributor")
    desk.do(key, actions.set_assessors, ["analyst"], by="contributor")
    assert desk.dossier(key).expected == Decimal(1), "their word was of another package"


def test_an_edit_of_the_package_makes_what_was_said_outdated(desk: Desk, req: str) -> None:
    """Who has spoken is asked again, before and after it came to the deciders; whose word is of the new package is not."""
    key = desk.log(edits=tier(req), assessors=["implementer", "analyst"])
    desk.submit(key)
    desk.assess(key, 2, by="implementer")
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "One."}], by="contributor")
    assert desk.waiting("implementer") == [("assess", key)]
    desk.assess(key, 1, by="analyst")
    assert desk.stage(key) == "assessing"
    assert [one.login for one in desk.page(key).still_asked] == ["implementer"]
    desk.assess(key, 3, by="implementer")
    assert desk.stage(key) == "deciding" and not desk.page(key).outdated
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "None."}], by="contributor")
    assert desk.page(key).outdated
    desk.do(key, actions.reassess, by="contributor")
    assert {one.login for one in desk.page(key).still_asked} == {"implementer", "analyst"}


def test_an_implementer_sees_the_changes_they_are_asked_about_with_their_items(desk: Desk, req: str) -> None:
    mine = desk.log(edits=tier(req), assessors=["implementer"])
    other = desk.log(edits=tier(req))
    taken_back = desk.log(edits=tier(req), assessors=["implementer"])
    desk.do(taken_back, actions.withdraw, by="contributor")
    # A draft is its author's, whoever will be asked, and so is one that was never handed in.
    assert desk.seen("implementer", mine, req, other, taken_back) == []
    desk.submit(mine)
    desk.submit(other)
    assert desk.seen("implementer", mine, req, other, taken_back) == [mine, req]


def test_asking_back_stops_the_clock(desk: Desk, req: str) -> None:
    key = desk.log(edits=tier(req))
    with clock.at(DAY):
        desk.submit(key)
    with clock.at(DAY + timedelta(days=2)):
        desk.do(key, actions.ask, "Where does the margin come from?", by="analyst")
    assert desk.stage(key) == "needs_information"
    with clock.at(DAY + timedelta(days=6)):
        with pytest.raises(Refused):
            desk.do(key, actions.answer, "I guess", by="tester")
        desk.do(key, actions.answer, "From the ERP.", by="contributor")
    change = desk.read(key)
    assert change.stage == "assessing" and change.came_from is None and change.paused_at is None
    assert change.waiting_since == DAY + timedelta(days=4)
    with pytest.raises(Refused):
        desk.do(key, actions.answer, "Again", by="contributor")


def test_a_decider_asks_back_and_it_comes_back_to_be_decided(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=tier(req))
    with pytest.raises(Refused):
        desk.do(key, actions.ask, "Why?", by="tester")
    with pytest.raises(Invalid):
        desk.do(key, actions.ask, " ", by="project_manager")
    desk.do(key, actions.ask, "Why?", by="project_manager")
    with pytest.raises(Refused):
        desk.decide(key)
    desk.do(key, actions.answer, "Because.", by="contributor")
    assert desk.decide(key).stage == "applied"


def test_a_deferred_change_comes_back_on_its_day(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=tier(req))
    with clock.at(DAY):
        desk.decide(key, "deferred", until="2026-12-01")
    assert desk.stage(key) == "deferred"
    with clock.at(DAY + timedelta(days=3)), pytest.raises(Refused) as error:
        desk.decide(key)
    assert "wrong_stage" in codes(error)
    with clock.at(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        assert desk.decide(key).stage == "applied"
    moves = [one["after"]["stage"] for one in desk.events(key) if one["action"] == "change.moved"]
    assert moves[:2] == ["approved", "deciding"]


def test_a_phase_brings_it_back_when_it_begins(desk: Desk, req: str) -> None:
    with desk.world.write("project_manager") as scene:
        add_phase(scene.actor, scene.project, {"name": "Phase 2", "starts_on": DAY.date() + timedelta(days=10)})
    key = desk.deciding(edits=tier(req))
    with clock.at(DAY):
        desk.decide(key, "deferred", until="phase 2")
        assert desk.read(key).back_phase_id == desk.phases()["Phase 2"]
        assert desk.waiting("project_manager") == []
    with clock.at(DAY + timedelta(days=11)):
        assert desk.waiting("project_manager") == [("decide", key)]
        assert desk.decide(key, "rejected", reason="Not any more.").stage == "rejected"


def test_words_bring_nothing_back_by_themselves(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=tier(req))
    desk.decide(key, "deferred", until="the next review")
    change = desk.read(key)
    assert (change.deferred_until, change.back_on, change.back_phase_id) == ("the next review", None, None)
    with pytest.raises(Refused):
        desk.do(key, actions.resume, by="tester")
    desk.do(key, actions.resume, by="project_manager")
    assert desk.stage(key) == "deciding"


def test_withdrawing(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=tier(req))
    for login in ("analyst", "business_owner"):
        with pytest.raises(Refused) as error:
            desk.do(key, actions.withdraw, by=login)
        assert error.value.status == 403
    desk.do(key, actions.withdraw, "Settled otherwise.", by="contributor")
    assert desk.stage(key) == "withdrawn"
    with pytest.raises(Refused):
        desk.do(key, actions.withdraw, by="contributor")


def test_closing_needs_it_verified_or_a_reason(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=tier(req))
    with pytest.raises(Refused):
        desk.do(key, actions.close, "Done", by="contributor")
    desk.decide(key)
    with pytest.raises(Invalid) as error:
        desk.do(key, actions.close, by="contributor")
    assert [reason.field for reason in error.value.reasons] == ["reason"]
    with pytest.raises(Refused):
        desk.do(key, actions.close, "Done", by="tester")
    desk.do(key, actions.close, "Live since Monday.", by="contributor")
    assert desk.stage(key) == "closed"


def test_a_verified_change_closes_without_a_word(desk: Desk) -> None:
    req = desk.world.requirement(statement="Three levels.", tier="should")
    acc = desk.world.acceptance(when=["I send it"], then=["it is approved"], accepts=[req])
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}])
    desk.decide(key)
    with desk.world.write("analyst") as scene:
        store.move(scene.actor, desk.item(scene, req), "implemented")
    desk.passed(acc)
    desk.do(key, actions.close, by="contributor")
    assert desk.stage(key) == "closed"
    assert desk.events(key)[0]["after"]["verified"] is True
