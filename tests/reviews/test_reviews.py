"""Reviews: the agenda fills from what waits, lines are decided in place, one confirmation counts, the rest carries over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions as changes
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.reviews import actions, queries
from tests.changes.test_stages import set_flows
from tests.reviews.conftest import Table
from tests.support.world import OPERATOR

MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def subjects(found: list[tuple[str, str, str]]) -> list[str]:
    return [one[0] for one in found]


def codes(error: Any) -> list[str]:
    return [reason.code for reason in error.value.reasons]


# -- planning ----------------------------------------------------------------------------------------------------------


def test_a_review_is_planned_with_what_waits(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    two = table.desk.deciding(edits=edits(req, "One."))
    key = table.plan(people=["business_owner"])
    assert key == "REV-1"
    assert table.agenda(key)[:2] == [(one, "decide", ""), (two, "decide", "")]
    assert table.read(key).present == "business_owner"
    for wrong, field in (
        ({"name": " "}, "name"), ({"planned_on": "soon"}, "planned_on"), ({"begins": "25:00"}, "begins"),
        ({"minutes": 2}, "minutes"), ({"people": ["nobody"]}, "people"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as error:
            table.plan(**wrong)
        assert [reason.field for reason in error.value.reasons] == [field]
    for login in ("business_owner", "tester", "contributor", "implementer", "sponsor", "auditor"):
        with pytest.raises(Refused) as refused:
            table.plan(by=login)
        assert codes(refused) == ["no_permission"]


def test_the_agenda_follows_what_waits_until_it_is_held(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    key = table.plan()
    table.desk.decide(one, "rejected", reason="no")
    two = table.desk.deciding(edits=edits(req, "One."))
    table.do(key, actions.fill)
    assert one not in subjects(table.agenda(key)) and two in subjects(table.agenda(key))
    table.do(key, actions.hold, [])
    with pytest.raises(Refused) as error:
        table.do(key, actions.fill)
    assert codes(error) == ["not_planned"]


def test_deferred_conflicts_suspects_and_findings_come_up(table: Table, req: str) -> None:
    with clock.at(MONDAY):
        late = table.desk.deciding(edits=edits(req))
        table.desk.decide(late, "deferred", until="2026-12-05")
        first = table.desk.log(edits=edits(req, "A."))
        second = table.desk.log(edits=edits(req, "B."))
        table.desk.submit(first)
        table.desk.submit(second)
        acc = table.world.item("acceptance", "analyst", title="ACC", given=["x"], when=["y"], then=["z"], accepts=[req])
        table.desk.world_edit(req, statement="Moved.")
    with clock.at(MONDAY + timedelta(days=7)):
        key = table.plan(planned_on="2026-12-08")
    why = {subject: reason for subject, reason, _outcome in table.agenda(key)}
    assert why[late] == "due" and why[first] == why[second] == "conflict" and why[acc] == "suspect"
    assert why["check:requirement_without_scenario"] == "radar" or any(one.startswith("check:") for one in why)


def test_lines_are_added_removed_and_put_in_order_by_hand(table: Table, req: str) -> None:
    one, two = table.desk.deciding(edits=edits(req)), table.desk.deciding(edits=edits(req, "One."))
    key = table.plan()
    table.do(key, actions.add_line, req.lower())
    with pytest.raises(Invalid):
        table.do(key, actions.add_line, "REQ-99")
    with table.world.write("project_manager") as scene:
        review = queries.review_for(scene.actor, scene.project.id, key)
        lines = {line.subject: line for line in queries.lines_of(review)}
        actions.put_line(scene.actor, review, lines[req], 1)
        actions.put_line(scene.actor, review, lines[two], 2)
        actions.take_off(scene.actor, review, lines[one])
    assert subjects(table.agenda(key))[:2] == [req, two]
    table.do(key, actions.fill)
    assert one not in subjects(table.agenda(key)), "what was taken off stays off"
    assert req in subjects(table.agenda(key)), "what was put on stays on"
    table.do(key, actions.add_line, one)
    assert [subject for subject in subjects(table.agenda(key)) if ":" not in subject][-1] == one, "last of the changes"


def test_what_is_said_of_a_line_has_to_be_whole(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    key = table.plan()
    table.do(key, actions.add_line, req)
    for subject, outcome, note, code in (
        (one, "rejected", "", "required"), (one, "deferred", " ", "required"), (one, "asked_back", "", "required"),
        (one, "huge", "", "invalid"), (req, "approved", "", "not_a_change"),
    ):  # fmt: skip
        with pytest.raises(Refused) as error:
            table.say(key, subject, outcome, note)
        assert (codes(error), error.value.status) == ([code], 422)
    table.say(key, one, "approved")
    assert table.desk.stage(one) == "deciding", "it is no decision yet"
    with table.world.write("project_manager") as scene:
        review = queries.review_for(scene.actor, scene.project.id, key)
        line = next(found for found in queries.lines_of(review) if found.subject == one)
        with pytest.raises(Refused) as error:
            actions.say(scene.actor, review, line, "noted", "x", seen=line.version - 1)
        assert codes(error) == ["line_moved"]


# -- confirming --------------------------------------------------------------------------------------------------------


def test_one_confirmation_makes_votes_of_the_whole_agenda(table: Table, req: str) -> None:
    desk = table.desk
    other = desk.world.requirement(statement="Else.", tier="should")
    yes, no_, later, back = (
        desk.deciding(edits=edits(req)), desk.deciding(edits=edits(other)),
        desk.deciding(edits=edits(other, "B.")), desk.deciding(edits=edits(other, "C.")),
    )  # fmt: skip
    key = table.plan()
    table.say(key, yes, "approved")
    table.say(key, no_, "rejected", "Too dear.")
    table.say(key, later, "deferred", "2027-01-11")
    table.say(key, back, "asked_back", "Why C?")
    with pytest.raises(Refused) as error:
        table.do(key, actions.confirm)
    assert codes(error) == ["not_held"]
    table.do(key, actions.hold, ["project_manager"])
    assert {desk.stage(one) for one in (yes, no_, later, back)} == {"deciding"}
    assert ("confirm", key) in table.waiting("project_manager") and table.waiting("business_owner") == []
    done = table.do(key, actions.confirm)
    assert [subject for subject, _stage in done.given] == [yes, no_, later, back]
    assert [desk.stage(one) for one in (yes, no_, later, back)] == [
        "applied",
        "rejected",
        "deferred",
        "needs_information",
    ]
    assert desk.read(later).back_on.isoformat() == "2027-01-11"
    vote = desk.dossier(yes).votes[-1]
    assert (vote.decider, vote.outcome, vote.tier) == ("project_manager", "approved", "should")
    assert ("confirm", key) not in table.waiting("project_manager")
    with pytest.raises(Refused) as error:
        table.do(key, actions.confirm)
    assert (codes(error), error.value.status) == (["nothing_to_confirm"], 403)


def test_separation_and_the_rule_hold_at_a_review_too(table: Table, req: str) -> None:
    desk = table.desk
    own = desk.deciding(by="project_manager", edits=edits(req))
    big = desk.deciding(edits=edits(req, "One."), likely=5)
    key = table.plan()
    table.say(key, own, "approved")
    table.say(key, big, "approved")
    table.do(key, actions.hold, [])
    told = table.pending(key, "project_manager")
    assert told[own] == ["own_request"] and told[big] == ["not_your_seat"]
    with pytest.raises(Refused) as error:
        table.do(key, actions.confirm, by="business_owner")
    assert codes(error) == ["reauthentication"]
    assert desk.stage(big) == "deciding"
    done = table.do(key, actions.confirm, by="business_owner", proved=True)
    # Its own base moved with the first: what is in conflict now stays, and says why.
    assert len(done.given) + len(done.left) == 2 and len(done.given) == 1
    left = done.left[0]
    assert "in_conflict" in [reason.code for reason in left.verdict.reasons] or "assessment_outdated" in [
        reason.code for reason in left.verdict.reasons
    ]


def test_two_seats_take_two_confirmations(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req), likely=12)
    key = table.plan()
    table.say(key, one, "approved")
    table.do(key, actions.hold, [])
    table.do(key, actions.confirm, by="business_owner", proved=True)
    assert table.desk.stage(one) == "deciding"
    assert table.waiting("business_owner") == [] and table.waiting("sponsor") == [("confirm", key)]
    table.do(key, actions.confirm, by="sponsor", proved=True)
    assert table.desk.stage(one) == "applied"


def test_what_was_edited_since_the_review_is_decided_anew(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    key = table.plan()
    table.say(key, one, "rejected", "No.")
    table.do(key, actions.hold, [])
    table.desk.do(one, changes.propose, edits(req, "Half a level."), by="contributor")
    assert "package_moved" in table.pending(key, "project_manager")[one]
    with pytest.raises(Refused):
        table.do(key, actions.confirm)
    assert table.desk.stage(one) != "rejected"


def test_only_what_was_shown_is_confirmed(table: Table, req: str) -> None:
    one, two = table.desk.deciding(edits=edits(req)), table.desk.deciding(edits=edits(req, "One."))
    key = table.plan()
    table.say(key, one, "rejected", "No.")
    table.say(key, two, "rejected", "No.")
    table.do(key, actions.hold, [])
    seen = {one: table.desk.dossier(one).package_print[:16], two: "0" * 16}
    done = table.do(key, actions.confirm, seen=seen)
    assert [subject for subject, _stage in done.given] == [one]
    assert table.desk.stage(two) == "deciding"


# -- what comes next ---------------------------------------------------------------------------------------------------


def test_what_was_not_reached_carries_over(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    with clock.at(MONDAY):
        _number, key = table.series()
        table.do(key, actions.add_line, req)
        table.say(key, one, "noted", "Talked about.")
        following = table.do(key, actions.hold, ["analyst"])
    assert following == "REV-2" and table.read("REV-2").planned_on.isoformat() == "2026-12-15"
    told = {subject: why for subject, why, _outcome in table.agenda("REV-2")}
    assert told[req] == "carried" and told[one] == "decide"
    with table.world.read("auditor") as scene:
        first = queries.review_for(scene.actor, scene.project.id, key)
        line = next(found for found in queries.lines_of(first) if found.subject == req)
        assert line.carried_id == queries.review_for(scene.actor, scene.project.id, "REV-2").id


def test_a_single_review_hands_over_once_another_is_planned(table: Table, req: str) -> None:
    key = table.plan()
    table.do(key, actions.add_line, req)
    assert table.do(key, actions.hold, []) is None
    assert (req, "carried", "") in table.agenda(table.plan(planned_on="2026-12-20"))


def test_an_ended_series_plans_no_more(table: Table) -> None:
    number, key = table.series()
    with table.world.write("project_manager") as scene:
        series = queries.series_for(scene.actor, scene.project.id, number)
        actions.end_series(scene.actor, scene.project, series)
        with pytest.raises(Refused):
            actions.end_series(scene.actor, scene.project, series)
    assert table.do(key, actions.cancel) is None
    assert table.read(key).state == "cancelled"


def test_a_change_put_off_until_a_review_comes_back_with_it(table: Table, req: str) -> None:
    with clock.at(MONDAY):
        key = table.plan(planned_on="2026-12-10")
        one = table.desk.deciding(edits=edits(req))
        table.desk.decide(one, "deferred", until=key.lower())
        found = table.desk.read(one)
        assert (found.deferred_until, found.back_on.isoformat()) == (key, "2026-12-10")
        table.do(key, actions.change_review, {"planned_on": "2026-12-03"})
        assert table.desk.read(one).back_on.isoformat() == "2026-12-03"
    with clock.at(MONDAY + timedelta(days=3)):
        table.do(key, actions.fill)
        assert (one, "due", "") in table.agenda(key)


def test_a_moved_review_is_not_overwritten(table: Table) -> None:
    key = table.plan()
    seen = table.read(key).version
    table.do(key, actions.change_review, {"place": "Room 2"}, seen=seen)
    with pytest.raises(Stale):
        table.do(key, actions.change_review, {"place": "Room 3"}, seen=seen)
    assert table.read(key).place == "Room 2"


def test_the_review_of_today_waits_for_those_asked_to_it(table: Table) -> None:
    with clock.at(MONDAY):
        key = table.plan(planned_on="2026-12-01", people=["sponsor"])
        assert table.waiting("sponsor") == []
    with clock.at(MONDAY + timedelta(days=1)):
        assert table.waiting("sponsor") == [("review", key)]
        assert table.waiting("project_manager") == [("review", key)] and table.waiting("tester") == []


def test_where_approving_asks_for_a_reason_it_is_written_down_at_the_review(table: Table, req: str) -> None:
    one, two, three = (
        table.desk.deciding(edits=edits(table.world.requirement(title=name, tier="should"))) for name in ("A", "B", "C")
    )
    key = table.plan()
    table.say(key, three, "approved")
    set_flows(table.desk, {"asks": {"approve": ["reason"], "defer": ["reason"]}})
    with pytest.raises(Refused) as refused:
        table.say(key, one, "approved")
    assert (codes(refused), refused.value.reasons[0].field) == (["required"], "note")
    table.say(key, one, "approved", "The law asks for it.")
    table.say(key, two, "deferred", "2027-03-01")
    table.do(key, actions.hold)
    # What was said before the project asked for a reason is left, and nothing else.
    assert table.pending(key, "project_manager") == {one: [], two: [], three: ["reason_missing"]}
    done = table.do(key, actions.confirm, by="project_manager", proved=True)
    assert dict(done.given) == {one: "applied", two: "deferred"} and [left.line.subject for left in done.left] == [
        three
    ]
    assert table.desk.stage(three) == "deciding"


def test_only_what_was_said_last_waits_for_a_word(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    with clock.at(MONDAY):
        first = table.plan()
        table.say(first, one, "approved")
        table.do(first, actions.hold)
    with clock.at(MONDAY + timedelta(days=1)):
        second = table.plan(planned_on="2026-12-08")
        table.say(second, one, "rejected", "It does not fit any more.")
        assert table.pending(first, "project_manager") == {one: []}
        table.do(second, actions.hold)
        assert table.pending(first, "project_manager") == {}
        assert table.waiting("project_manager") == [("confirm", second)]
        with pytest.raises(Refused) as refused:
            table.do(first, actions.confirm, by="project_manager", proved=True)
        assert codes(refused) == ["nothing_to_confirm"]
        table.do(second, actions.confirm, by="project_manager", proved=True)
    assert table.desk.stage(one) == "rejected"


def test_a_series_goes_on_beside_a_single_review(table: Table, req: str) -> None:
    with clock.at(MONDAY):
        number, key = table.series()
        single = table.plan(planned_on="2026-12-03")
        table.do(key, actions.add_line, req)
        assert table.do(key, actions.hold) == single
        assert (req, "carried", "") in table.agenda(single)
        following = table.read("REV-3")
        assert (following.series_id, following.planned_on.isoformat()) == (number, "2026-12-15")
        # Of the series one is planned: no second one is.
        assert table.do(single, actions.hold) == "REV-3"
        with table.world.read("auditor") as scene:
            assert len(queries.listing(scene.project.id)) == 3


def test_a_change_put_off_until_a_review_that_is_cancelled_comes_back_with_the_next(table: Table, req: str) -> None:
    with clock.at(MONDAY):
        first, second = table.plan(planned_on="2026-12-10"), table.plan(planned_on="2026-12-24")
        one = table.desk.deciding(edits=edits(req))
        table.desk.decide(one, "deferred", until=first)
        table.do(first, actions.cancel)
        found = table.desk.read(one)
        assert (found.deferred_until, found.back_on.isoformat()) == (second, "2026-12-24")
        page = table.world.client("auditor").get(f"/p/CRM/changes/{one}").text
        assert (
            'cancelled the review that it was put off until: it comes back with <span class="rq-nowrap">REV-2</span>'
            in page
        )
        table.do(second, actions.cancel)
        found = table.desk.read(one)
        assert (found.deferred_until, found.back_on.isoformat()) == ("2026-11-30", "2026-11-30")
        assert table.desk.waiting("project_manager") == [("decide", one)]


def test_who_has_left_does_not_stand_against_a_change_of_place(table: Table) -> None:
    key = table.plan(people=["tester"])
    with table.world.write() as scene:
        accounts.end_role(OPERATOR, scene.project, user_by_login("tester"), "tester")
    table.do(key, actions.change_review, {"place": "Room 2"})
    assert (table.read(key).place, table.read(key).present) == ("Room 2", "tester")
    with pytest.raises(Invalid):
        table.do(key, actions.change_review, {"people": ["tester", "nobody"]})


def test_who_approved_it_otherwise_than_the_last_vote_confirms_again(table: Table, req: str) -> None:
    one = table.desk.deciding(likely=12, edits=edits(req))
    table.desk.decide(one, by="business_owner", tier="should")
    table.desk.decide(one, by="sponsor", tier="later")
    key = table.plan()
    table.say(key, one, "approved")
    table.do(key, actions.hold)
    assert table.pending(key, "business_owner") == {one: []} and table.pending(key, "sponsor") == {}
    done = table.do(key, actions.confirm, by="business_owner", proved=True)
    assert done.given == ((one, "applied"),)
