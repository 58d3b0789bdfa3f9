"""Agreed elsewhere: written up, confirmed by each who decided it, never in effect on the typist's word."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions
from reqtrack.changes.agreed import check_day
from reqtrack.errors import Invalid, Refused
from reqtrack.radar.checks import CHECKS, Facts
from reqtrack.requirements.actions import add_phase, change_phase
from reqtrack.requirements.queries import phases
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_asking import asked, seen, send, visitor
from tests.changes.test_stages import QUALITY, STEERING, set_flows, where
from tests.support.world import OPERATOR, World

NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)
DAY = "2026-11-27"


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def written(desk: Desk, req: str, *deciders: str, days: Any = 3, by: str = "contributor", **more: Any) -> str:
    with clock.at(NOON):
        key = desk.log(edits=edits(req), **more)
        desk.do(
            key, actions.agree_elsewhere, DAY, "Steering, minutes 12", deciders or ("business_owner",), days=days, by=by
        )
    return key


def word(desk: Desk, key: str, by: str = "business_owner", yes: bool = True, reason: str = "", **more: Any) -> Any:
    proved = more.pop("proved", True)
    return desk.do(key, actions.answer_agreement, yes, reason, by=by, proved=proved, **more)


def refused(desk: Desk, key: str, by: str, **more: Any) -> list[str]:
    with pytest.raises(Refused) as error:
        word(desk, key, by, **more)
    return [one.code for one in error.value.reasons]


def test_it_takes_effect_by_the_word_of_who_decided(desk: Desk, req: str) -> None:
    key = written(desk, req)
    assert desk.stage(key) == "deciding" and desk.content(req)["statement"] == "Three levels approve."
    assert desk.waiting("business_owner") == [("confirm", key)]
    assert refused(desk, key, "contributor") == ["not_asked"], "never on the typist's word"
    assert refused(desk, key, "sponsor") == ["not_asked"]
    assert refused(desk, key, "business_owner", proved=False) == ["reauthentication"]
    assert word(desk, key).stage == "applied"
    assert desk.content(req)["statement"] == "Two levels."
    (vote,) = desk.dossier(key).votes
    assert (vote.decider, vote.seat, vote.method) == ("business_owner", "business_owner", "password")
    (said,) = desk.dossier(key).agreed
    assert said.answer == "yes" and said.package_print == vote.package_print
    page = desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert "Steering, minutes 12" in page and "27 Nov" in page and "in effect" in page
    assert desk.waiting("business_owner") == []


def test_each_needed_word_is_waited_for(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "sponsor", days=12)
    done = word(desk, key)
    assert done.stage == "deciding" and [one.login for one in done.waiting_for] == ["sponsor"]
    assert refused(desk, key, "business_owner") == ["answered"]
    assert desk.waiting("business_owner") == []
    assert word(desk, key, "sponsor").stage == "applied"


def test_it_waits_for_each_who_is_named(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "sponsor", "tester")
    done = word(desk, key)
    assert done.stage == "deciding" and {one.login for one in done.waiting_for} == {"sponsor", "tester"}
    assert word(desk, key, "sponsor", proved=False) is None and desk.stage(key) == "deciding"
    assert word(desk, key, "tester", proved=False).stage == "applied"
    assert desk.content(req)["statement"] == "Two levels."
    (vote,) = desk.dossier(key).votes
    assert desk.read(key).counted == [vote.number] and vote.decider == "business_owner"


def test_one_of_them_may_still_say_not_so(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "sponsor")
    word(desk, key)
    word(desk, key, "sponsor", yes=False, reason="Never agreed.", proved=False)
    assert desk.stage(key) == "needs_information" and desk.content(req)["statement"] == "Three levels approve."


def test_the_last_word_does_not_pass_over_a_conflict(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "tester")
    word(desk, key)
    desk.world_edit(req, statement="Four levels approve.")
    assert "in_conflict" in refused(desk, key, "tester", proved=False)
    assert desk.stage(key) == "deciding" and desk.content(req)["statement"] == "Four levels approve."


def test_where_it_was_agreed_is_the_reason(desk: Desk, req: str) -> None:
    set_flows(desk, preset="regulated")
    key = written(desk, req, "business_owner", "sponsor", tier="should", phase="Phase 1")
    desk.do(key, actions.pass_on, "It is testable.", by="project_manager")
    word(desk, key)
    assert word(desk, key, "sponsor", reason="As the minutes say.").stage == "applied"
    reasons = [one.reason for one in desk.dossier(key).votes]
    assert reasons == ["2026-11-27: Steering, minutes 12", "As the minutes say."]


def test_a_word_that_does_not_count_is_kept_and_said(desk: Desk, req: str) -> None:
    key = written(desk, req, "tester", "contributor", "business_owner")
    page = desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert page.count("Does not count: by the delegation rule") == 2  # for the desk and for the phone
    assert page.count("Does not count: they asked for") == 2
    assert word(desk, key, "tester", proved=False) is None and word(desk, key, "contributor") is None
    assert desk.stage(key) == "deciding" and not desk.dossier(key).votes
    assert word(desk, key).stage == "applied"


def test_not_so_goes_back_as_a_question(desk: Desk, req: str) -> None:
    key = written(desk, req)
    with pytest.raises(Invalid):
        word(desk, key, yes=False)
    word(desk, key, yes=False, reason="We said three.", proved=False)
    assert desk.stage(key) == "needs_information" and desk.read(key).agreed_on is None
    assert desk.waiting("contributor") == [("answer", key)]
    assert "We said three." in desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text
    desk.do(key, actions.answer, "You are right.", by="contributor")
    assert desk.stage(key) == "assessing", "nobody but its author has said what it costs"
    assert desk.dossier(key).expected is None and desk.read(key).expected_effort_days is None
    assert desk.waiting("analyst") == [("assess", key)]
    desk.assess(key)
    assert desk.stage(key) == "deciding"
    assert refused(desk, key, "business_owner") == ["not_agreed"]


def codes(desk: Desk, key: str, verb: Any, *more: Any, by: str, **named: Any) -> list[str]:
    with pytest.raises(Refused) as error:
        desk.do(key, verb, *more, by=by, **named)
    return [one.code for one in error.value.reasons]


def test_nobody_but_those_named_puts_it_into_effect(desk: Desk, req: str) -> None:
    key = written(desk, req, "tester", days="0.1")
    with clock.at(NOON):
        assert codes(desk, key, actions.offer_silence, "2026-12-04", by="contributor") == ["agreed", "not_small"]
    vote = {"tier": "should", "phase": "Phase 1"}
    assert codes(desk, key, actions.decide, "approved", by="project_manager", proved=True, **vote) == ["agreed"]
    assert word(desk, key, "tester", proved=False) is None and desk.stage(key) == "deciding"
    page = desk.world.client("project_manager").get(f"/p/CRM/changes/{key}").text
    assert "those named confirm it, or it is sent back to be assessed" in page
    desk.do(key, actions.decide, "rejected", by="project_manager", proved=True, reason="Nobody agreed to that.")
    assert desk.stage(key) == "rejected"


def test_an_estimate_alone_takes_the_password(desk: Desk, req: str) -> None:
    key = written(desk, req, "project_manager", days="0.1")
    assert refused(desk, key, "project_manager", proved=False) == ["reauthentication"]
    assert word(desk, key, "project_manager").stage == "applied"


def test_an_estimate_never_makes_less_of_what_assessors_said(desk: Desk, req: str) -> None:
    desk.table(
        [
            {"most_days": "1", "most_cost": "1000", "seats": ["project_manager"]},
            {"must": True, "over": True, "seats": ["business_owner", "sponsor"]},
        ]
    )
    key = desk.deciding(likely=2, edits=edits(req))
    desk.assess(key, "0.5", cost=50_000)
    said = [actions.agree_elsewhere, DAY, "Steering", ["tester"]]
    with clock.at(NOON):
        desk.do(key, *said, days="0.1", by="contributor")
    found = desk.dossier(key)
    assert (found.expected, found.expected_cost) == (desk.read(key).expected_effort_days, 50_000)
    assert found.expected == Decimal("0.5")
    assert [one.role for one in desk.page(key).rule.seats] == ["business_owner", "sponsor"]
    with clock.at(NOON):
        desk.do(key, *said, days=40, by="contributor")
    assert desk.dossier(key).expected == desk.read(key).expected_effort_days == 40, "the larger one counts"
    desk.do(key, actions.reassess, by="sponsor")
    assert desk.read(key).agreed_on is None and desk.dossier(key).expected == Decimal("0.5")
    assert desk.stage(key) == "deciding", "it is assessed as it stands"


def test_it_is_sent_back_to_be_assessed(desk: Desk, req: str) -> None:
    key = written(desk, req, "tester", days="0.1")
    desk.do(key, actions.reassess, by="project_manager")
    assert (desk.stage(key), desk.read(key).agreed_on) == ("assessing", None)
    assert desk.waiting("analyst") == [("assess", key)]


def test_an_edit_voids_what_was_confirmed(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "sponsor", days=12)
    word(desk, key)
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    assert "void: edited since" in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert refused(desk, key, "sponsor") == ["assessment_outdated"], "the estimate was of another text"
    with clock.at(NOON):
        desk.do(key, actions.agree_elsewhere, DAY, "Steering", ["business_owner", "sponsor"], days=12, by="contributor")
    assert desk.waiting("business_owner") == [("confirm", key)]
    word(desk, key, "sponsor")
    assert word(desk, key).stage == "applied" and desk.content(req)["statement"] == "One level."


def test_by_link_as_well(desk: Desk, req: str) -> None:
    key = written(desk, req)
    url, code = asked(desk, key)
    client = visitor(desk)
    page = send(client, url, code)
    assert "Confirm: it was decided so" in page.text and "Steering, minutes 12" in page.text
    assert send(client, url, code, outcome="no", seen=seen(page)).status_code == 422
    done = send(client, url, code, outcome="yes", seen=seen(page))
    assert done.status_code == 200 and desk.stage(key) == "applied"
    (vote,) = desk.dossier(key).votes
    assert vote.method == "link" and desk.dossier(key).agreed[0].method == "link"


def test_somebody_without_a_seat_is_asked_by_link(desk: Desk, req: str) -> None:
    key = written(desk, req, "tester", "business_owner")
    url, code = asked(desk, key, "tester")
    client = visitor(desk)
    mark = seen(send(client, url, code))
    assert send(client, url, code, outcome="yes", seen=mark).status_code == 200
    assert desk.stage(key) == "deciding" and not desk.dossier(key).votes


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"agreed_on": "soon"}, {"agreed_on"}),
        ({"agreed_on": "2026-12-01"}, {"agreed_on"}),
        ({"agreed_on": "2024-01-01"}, {"agreed_on"}),
        ({"where": " "}, {"where"}),
        ({"deciders": []}, {"deciders"}),
        ({"deciders": ["outsider"]}, {"deciders"}),
        ({"days": ""}, {"days"}),
        ({"days": "many"}, {"days"}),
        ({"agreed_on": "", "where": "", "deciders": []}, {"agreed_on", "where", "deciders"}),
    ],
)
def test_what_does_not_fit_is_told_by_field(desk: Desk, req: str, given: dict[str, Any], fields: set[str]) -> None:
    key = desk.log(edits=edits(req))
    told = {"agreed_on": DAY, "where": "Steering", "deciders": ["business_owner"], "days": 3, **given}
    days = told.pop("days")
    with clock.at(NOON), pytest.raises(Invalid) as error:
        desk.do(key, actions.agree_elsewhere, *told.values(), days=days, by="contributor")
    assert {one.field for one in error.value.reasons} == fields and desk.stage(key) == "draft"


def test_whose_it_is_to_write_up(desk: Desk, req: str) -> None:
    with pytest.raises(Refused) as error:
        written(desk, req, by="sponsor")
    assert error.value.status == 403
    with pytest.raises(Refused) as error:
        written(desk, req, kind="emergency")
    assert [one.code for one in error.value.reasons] == ["wrong_kind"]
    assessed = desk.deciding(edits=edits(req))
    with clock.at(NOON):
        desk.do(assessed, actions.agree_elsewhere, date(2026, 11, 27), "Call", ["project_manager"], by="contributor")
    assert word(desk, assessed, "project_manager", proved=False).stage == "applied", "within the limit no password"


def test_the_radar_counts_what_nobody_confirms(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "sponsor")
    check = CHECKS["agreed_elsewhere_unconfirmed"]
    for day, found in ((NOON + timedelta(days=4), []), (NOON + timedelta(days=9), [key])):
        with clock.at(day), desk.world.read("auditor") as scene:
            assert list(check.find(Facts(scene.actor, scene.project))) == found
    word(desk, key)
    word(desk, key, "sponsor")
    with clock.at(NOON + timedelta(days=9)), desk.world.read("auditor") as scene:
        assert check.find(Facts(scene.actor, scene.project)) == {}


def test_the_radar_counts_words_on_what_it_is_now(desk: Desk, req: str) -> None:
    key = written(desk, req, "business_owner", "tester", days=12)
    check = CHECKS["agreed_elsewhere_unconfirmed"]

    def waits() -> list[int]:
        with clock.at(NOON + timedelta(days=9)), desk.world.read("auditor") as scene:
            return [one["waits"] for one in check.find(Facts(scene.actor, scene.project)).values()]

    assert waits() == [2]
    word(desk, key)
    assert waits() == [1]
    word(desk, key, "tester")
    assert desk.stage(key) == "deciding" and waits() == [], "it waits for the sponsor, and for nobody's confirmation"
    desk.do(key, actions.propose, edits(req, "Something else."), by="contributor")
    assert waits() == [2]


def test_over_the_page_with_minutes(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    author = desk.world.client("contributor")
    page = author.get(f"/p/CRM/changes/{key}")
    fields = {"agreed_on": clock.now().date().isoformat(), "where": "Steering", "deciders": "business_owner",
              "agreed_days": "", "seen": seen(page)}  # fmt: skip
    wrong = author.send(f"/p/CRM/changes/{key}/agreements", fields)
    assert wrong.status_code == 422 and "Steering" in wrong.text and "Say how many person-days" in wrong.text
    minutes = {**fields, "agreed_days": "2", "minutes": (io.BytesIO(b"We agreed."), "minutes.txt")}
    made = author.send(f"/p/CRM/changes/{key}/agreements", minutes, content_type="multipart/form-data")
    assert made.status_code == 303
    again = author.get(f"/p/CRM/changes/{key}").text
    assert "minutes.txt" in again
    assert "Write up anew" in again and re.search(r'name="agreed_days"[^>]*value="2"', again), "it was said once"
    owner = desk.world.client("business_owner", proved=False)
    shown = owner.get(f"/p/CRM/changes/{key}")
    asked_again = owner.send(f"/p/CRM/changes/{key}/agreement", {"word": "yes", "seen": seen(shown)})
    assert asked_again.status_code == 403 and desk.stage(key) == "deciding"
    proof = {"word": "yes", "seen": seen(shown), "password": "correct horse 电池"}
    assert owner.send(f"/p/CRM/changes/{key}/agreement", proof).status_code == 303
    assert desk.stage(key) == "applied"


@pytest.mark.sqlite  # what a page shows of rules that are tested on both
def test_what_is_assessed_as_it_stands_is_not_asked_again(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req), likely=2)
    author, at = desk.world.client("contributor"), f"/p/CRM/changes/{key}"
    page = author.get(at)
    assert "It is assessed as it stands: 2 person-days." in page.text and 'name="agreed_days"' not in page.text
    fields = {"agreed_on": clock.now().date().isoformat(), "where": "Steering", "deciders": "business_owner"}
    assert author.send(f"{at}/agreements", {**fields, "seen": seen(page)}).status_code == 303
    assert desk.dossier(key).expected == 2
    desk.do(key, actions.propose, edits(req, "Something else."), by="contributor")
    edited = author.get(at).text
    assert "It is assessed as it stands" not in edited and re.search(r'name="agreed_days"[^>]*value=""', edited)


@pytest.mark.sqlite  # what a page shows of rules that are tested on both
def test_one_button_stands_out_and_deciders_stand_first(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    form = desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text.partition('id="agree"')[2]
    first, others = form.split("Somebody else decided it, too", 1)
    for login in ("project_manager", "business_owner", "sponsor"):
        assert f'value="{login}"' in first and f'value="{login}"' not in others
    assert 'value="tester"' not in first and 'value="tester"' in others
    assert 'value="contributor"' not in first, "nobody decides what they asked for"
    key = written(desk, req)
    shown = desk.world.client("business_owner").get(f"/p/CRM/changes/{key}").text
    # The box stands twice, at the side and for phones.
    assert shown.count("btn-primary") == 2
    assert shown.count("Decide it otherwise than it was agreed") == 2
    # Once assessed, those by whose line it is decided are first.
    again = desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text.partition('id="agree"')[2]
    first = again.split("Somebody else decided it, too", 1)[0]
    assert 'value="business_owner"' in first and 'value="sponsor"' not in first


def test_days() -> None:
    today = date(2026, 11, 30)
    assert check_day(today, today) and check_day(today - timedelta(days=366), today)
    assert not check_day(today + timedelta(days=1), today) and not check_day(today - timedelta(days=367), today)


def test_it_passes_the_stages_that_the_project_added(desk: Desk, req: str) -> None:
    """A hard rule of the project is not loosened by writing up that it was decided elsewhere."""
    set_flows(desk, {"added": [QUALITY, STEERING]})
    key = written(desk, req)
    assert where(desk, key) == ("assessing", "quality")
    assert desk.waiting("project_manager") == [("review", key)] and desk.waiting("analyst") == []
    assert desk.waiting("business_owner") == [], "it waits for the check first"
    assert refused(desk, key, "business_owner") == ["not_agreed"]
    desk.do(key, actions.pass_on, "It is testable.", by="project_manager")
    assert where(desk, key) == ("deciding", "steering")
    assert refused(desk, key, "business_owner") == ["in_step"]
    desk.do(key, actions.pass_on, by="sponsor")
    assert word(desk, key).stage == "applied"


def test_what_was_checked_already_is_not_sent_back(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [QUALITY, {**QUALITY, "code": "second", "names": {"en": "Second look"}}]})
    key = desk.deciding(edits=edits(req))
    desk.do(key, actions.pass_on, "Fine.", by="project_manager")
    said = [actions.agree_elsewhere, DAY, "Steering", ["business_owner"]]
    with clock.at(NOON):
        desk.do(key, *said, days=2, by="contributor")
    assert where(desk, key) == ("assessing", "second")
    desk.do(key, actions.pass_on, "Fine.", by="project_manager")
    with clock.at(NOON):
        desk.do(key, *said, days=3, by="contributor")
    assert where(desk, key) == ("deciding", None)


def replace(desk: Desk, key: str, *who: str, by: str = "project_manager", reason: str = "She left.") -> Any:
    return desk.do(key, actions.replace_decider, *who, reason, by=by)


def leave(desk: Desk, login: str) -> None:
    with desk.world.write():
        accounts.disable_user(OPERATOR, user_by_login(login))


def test_who_left_is_replaced_and_the_others_keep_their_word(desk: Desk, req: str) -> None:
    desk.world.member("owner2", "business_owner")
    key = written(desk, req, "business_owner", "sponsor", days=12)
    word(desk, key, "sponsor")
    with pytest.raises(Refused) as error:
        replace(desk, key, "business_owner", "owner2")
    assert [one.code for one in error.value.reasons] == ["still_decides"]
    with pytest.raises(Refused) as error:
        replace(desk, key, "sponsor", "owner2", by="contributor")
    assert [one.code for one in error.value.reasons] == ["no_permission", "answered"]
    leave(desk, "business_owner")
    page = desk.world.client("project_manager").get(f"/p/CRM/changes/{key}").text
    assert "has left the project" in page and "Who decides it now" in page
    for wrong in ("tester", "contributor", ""):
        with pytest.raises(Invalid):
            replace(desk, key, "business_owner", wrong)
    with pytest.raises(Invalid):
        replace(desk, key, "business_owner", "owner2", reason=" ")
    client = desk.world.client("project_manager")
    sent = {"decider": "business_owner", "replacement": "owner2", "why_replaced": ""}
    assert client.send(f"/p/CRM/changes/{key}/replacements", sent).status_code == 422
    assert client.send(f"/p/CRM/changes/{key}/replacements", sent | {"why_replaced": "She left."}).status_code == 303
    assert {(one.login, one.answer) for one in desk.dossier(key).agreed} == {("owner2", ""), ("sponsor", "yes")}
    event = desk.events(key)[0]
    assert (event["action"], event["reason"]) == ("change.decider_replaced", "She left.")
    assert (event["before"]["decider"], event["after"]["decider"]) == ("business_owner", "owner2")
    assert "confirm it instead of" in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert word(desk, key, "owner2").stage == "applied", "the sponsor is not asked again"


def test_who_lost_the_role_is_replaced_over_the_api(desk: Desk, req: str) -> None:
    desk.world.member("owner2", "business_owner")
    key = written(desk, req, "business_owner", "owner2")
    word(desk, key, "owner2")
    assert desk.stage(key) == "deciding"
    with desk.world.write() as scene:
        accounts.set_role(OPERATOR, scene.project, user_by_login("business_owner"), "tester")
        accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
    body = {"decider": "business_owner", "replacement": "owner2", "reason": "He tests now."}
    answer = Caller(desk.world, "project_manager")("POST", f"/changes/{key}/replacements", body)
    assert answer.status_code == 201
    assert desk.stage(key) == "deciding", "who takes the place is asked again, for both"
    assert word(desk, key, "owner2").stage == "applied"


def test_it_goes_into_the_phase_that_was_shown_in_every_project(world: World) -> None:
    """Phases are told by their names and numbers; what the code passes on is the phase itself, whatever its row is called."""
    world.project("ONE", "first")
    world.cast()
    with world.write() as scene:
        change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "Pilot"})
        add_phase(scene.actor, scene.project, {"name": "Rollout"})
        pilot = phases(scene.project.id)[0]
        assert pilot.id == 2, "the id of the first is the number of the second"
    desk = Desk(world)
    req = world.requirement(title="Quotes", statement="Three levels approve.", tier="should")
    key = written(desk, req, tier="should", phase="Pilot")
    word(desk, key)
    assert desk.stage(key) == "applied" and desk.read(key).phase_id == 2
    linked = desk.deciding(edits=edits(req, "One level."), tier="should", phase="Pilot", likely=3)
    url, code = asked(desk, linked)
    page = send(visitor(desk), url, code)
    send(visitor(desk), url, code, outcome="approved", seen=seen(page))
    assert desk.stage(linked) == "applied" and desk.read(linked).phase_id == 2


def test_whose_word_is_waited_for_is_not_written_off(desk: Desk, req: str) -> None:
    """Not even by who manages the project: somebody named who is here says their word; and a replacement says theirs."""
    desk.world.member("second", "business_owner")
    key = written(desk, req, "business_owner", "sponsor")
    word(desk, key)
    with pytest.raises(Refused) as error:
        desk.do(key, actions.replace_decider, "sponsor", "second", "No need.", by="project_manager")
    assert [one.code for one in error.value.reasons] == ["still_here"]
    # The owner who confirmed has left the role: nothing of their word counts, and who takes the place is asked.
    with desk.world.write() as scene:
        accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
    word(desk, key, "sponsor", proved=False)
    assert desk.stage(key) == "deciding"
    desk.do(key, actions.replace_decider, "business_owner", "second", "She does it now.", by="project_manager")
    assert desk.stage(key) == "deciding", "never on the word of who typed it"
    assert word(desk, key, "second").stage == "applied"


def test_what_has_no_priority_is_not_put_to_anybody(desk: Desk) -> None:
    """Who confirms it chooses none: it would be a word that cannot be kept."""
    req = desk.world.requirement(title="Quotes", statement="Three levels approve.")
    with pytest.raises(Invalid) as error:
        written(desk, req)
    assert [one.field for one in error.value.reasons] == ["where"]
    assert desk.stage("CR-1") == "draft" and not desk.dossier("CR-1").agreed


def test_who_says_not_so_has_not_approved_it_either(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req), likely=12)
    desk.decide(key, by="business_owner")
    desk.do(key, actions.agree_elsewhere, DAY, "Minutes 12", ("business_owner", "sponsor"), by="contributor")
    word(desk, key, yes=False, reason="I never agreed to that.", proved=False)
    desk.do(key, actions.answer, "Sorry.", by="contributor")
    if desk.stage(key) == "assessing":
        desk.assess(key, 12)
    desk.decide(key, by="sponsor")
    assert desk.stage(key) == "deciding", "the owner has taken the word back"
    desk.decide(key, by="business_owner")
    assert desk.stage(key) == "applied"


def test_its_author_takes_it_back_from_an_added_stage(desk: Desk, req: str) -> None:
    set_flows(desk, preset="regulated")
    key = written(desk, req, tier="should", phase="Phase 1")
    assert where(desk, key)[0] == "assessing"
    desk.do(key, actions.reassess, by="contributor")
    assert desk.stage(key) == "assessing" and desk.read(key).agreed_on is None and desk.read(key).sub_stage is None
