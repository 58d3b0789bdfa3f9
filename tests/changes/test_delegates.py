"""Those who stand in for somebody who is away: whose seat it is, what they may not decide, what is left when it is over."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions
from reqtrack.changes.delegation import DELEGATION as TABLE
from reqtrack.changes.delegation import Origin, Person, Seat, StandIn, principal, seats, with_deputies
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.signoff import actions as signoffs
from reqtrack.signoff import queries as signed
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.support.world import OPERATOR

NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)
MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def away(desk: Desk, who: str = "business_owner", by: str = "analyst", *, set_by: str = "", **more: Any) -> int:
    """Somebody stands in, from Monday to Friday; the row's number."""
    with desk.world.write(set_by or who) as scene:
        actor = replace(scene.actor, reauthenticated=True)
        given = {"starts_on": MONDAY, "ends_on": FRIDAY, **more}
        if set_by:
            given = {"project": scene.project, "reason": "In hospital.", **given}
        return signoffs.set_away(actor, user_by_login(who), user_by_login(by), **given).id


def end(desk: Desk, number: int, by: str = "business_owner") -> None:
    with desk.world.write(by) as scene:
        signoffs.end_away(scene.actor, signed.absence_for(scene.actor, number))


def refused(desk: Desk, key: str, by: str, **more: Any) -> list[str]:
    with pytest.raises(Refused) as error:
        desk.decide(key, by=by, **more)
    return [one.code for one in error.value.reasons]


def test_who_stands_in_decides_in_their_own_name(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        key = desk.deciding(likely=3, edits=edits(req))
        assert desk.waiting("business_owner") == [("decide", key)] and desk.waiting("tester") == []
        assert refused(desk, key, "tester") == ["not_your_seat"]
        away(desk, by="tester")
        assert desk.waiting("tester") == [("decide", key)], "it moved over"
        assert desk.waiting("business_owner") == []
        assert refused(desk, key, "tester", proved=False) == ["reauthentication"]
        made = desk.decide(key, by="tester")
    assert made.stage == "applied"
    (vote,) = desk.dossier(key).votes
    assert (vote.decider, vote.behalf, vote.behalf_name, vote.seat) == (
        "tester",
        "business_owner",
        "陈立群",
        "business_owner",
    )
    decided = next(one for one in desk.events(key) if one["action"] == "change.decided")
    assert decided["actor"] == "tester" and decided["after"]["behalf"] == "business_owner"
    page = desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert "何敏, for 陈立群" in page
    with desk.world.read("business_owner") as scene:
        (given,) = [one for one in signed.given_for(scene.actor) if one.kind != "away"]
        assert (given.key, given.by, given.outcome) == (key, "何敏", "approved")


@pytest.mark.parametrize("when", [NOON - timedelta(days=1), NOON + timedelta(days=5)])
def test_it_holds_from_its_first_day_to_its_last(desk: Desk, req: str, when: datetime) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    with clock.at(NOON):
        away(desk, by="tester")
    with clock.at(when):
        assert refused(desk, key, "tester") == ["not_your_seat"] and desk.waiting("tester") == []
        assert desk.waiting("business_owner") == [("decide", key)]
    with clock.at(datetime(2026, 12, 4, 15, 59, tzinfo=UTC)):  # Friday, a minute before midnight in Shanghai
        assert desk.waiting("tester") == [("decide", key)]
    with clock.at(datetime(2026, 12, 4, 16, 0, tzinfo=UTC)):
        assert desk.waiting("tester") == []


@pytest.mark.parametrize("how", ["ended", "left", "role lost", "disabled", "signs only", "limit", "another project"])
def test_what_leaves_them_without_a_voice(desk: Desk, req: str, how: str) -> None:
    world = desk.world
    with clock.at(NOON):
        key = desk.deciding(likely=3, edits=edits(req))
        world.member("second", "business_owner", name="第二位")
        more: dict[str, Any] = {"signs only": {"scope": "sign"}, "limit": {"most_days": Decimal("2.99")}}.get(how, {})
        number = away(desk, by="tester", **more)
        if how == "ended":
            end(desk, number)
        with world.write("project_manager") as scene:
            if how == "left":
                accounts.end_role(OPERATOR, scene.project, user_by_login("tester"), "tester")
            elif how == "role lost":
                accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
                accounts.set_role(OPERATOR, scene.project, user_by_login("business_owner"), "contributor")
        if how == "disabled":
            with world.write(project="") as scene:
                accounts.disable_user(OPERATOR, user_by_login("tester"))
        if how == "another project":
            end(desk, number)
            world.project("ERP")
            for login in ("tester", "business_owner"):
                world.member(login, "business_owner", project="ERP")
            with world.write("business_owner", project="ERP") as scene:
                actor = replace(scene.actor, reauthenticated=True)
                people = user_by_login("business_owner"), user_by_login("tester")
                signoffs.set_away(actor, *people, MONDAY, FRIDAY, project=scene.project)
        with pytest.raises((Refused, NotFound)) as error:
            desk.decide(key, by="tester")
        assert [one.code for one in error.value.reasons] == ["not_found" if how == "left" else "not_your_seat"]
        assert desk.decide(key, by="second").stage == "applied"


def test_a_vote_that_was_given_stays_when_they_are_back(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        key = desk.deciding(likely=12, edits=edits(req))
        number = away(desk, by="tester")
        assert [one.login for one in desk.decide(key, by="tester").waiting_for] == ["sponsor"]
        assert desk.waiting("business_owner") == [] and desk.waiting("tester") == []
        end(desk, number)
        assert desk.waiting("business_owner") == [], "their voice is given"
        assert desk.decide(key, by="sponsor").stage == "applied"


@pytest.mark.parametrize("who", ["business_owner", "tester"])
def test_a_vote_falls_with_the_one_or_the_other(desk: Desk, req: str, who: str) -> None:
    desk.world.member("second", "business_owner", name="第二位")
    with clock.at(NOON):
        key = desk.deciding(likely=12, edits=edits(req))
        away(desk, by="tester")
        desk.decide(key, by="tester")
        with desk.world.write("project_manager") as scene:
            accounts.end_role(OPERATOR, scene.project, user_by_login(who), who)
        made = desk.decide(key, by="sponsor")
        assert made.stage == "deciding", "the voice of somebody who left does not count"
        assert "second" in [one.login for one in made.waiting_for]


def test_separation_holds_for_both(desk: Desk, req: str) -> None:
    desk.world.member("second", "business_owner", name="第二位")
    with clock.at(NOON):
        away(desk, by="contributor")
        own = desk.deciding(likely=3, edits=edits(req))
        assert refused(desk, own, "contributor") == ["own_request"]
        asked = desk.deciding(by="analyst", likely=3, edits=edits(req, "One."), asked_by="business_owner")
        assert refused(desk, asked, "contributor") == ["not_your_seat"], "the absent one asked for it"
        assert desk.decide(asked, by="second").stage == "applied"


def test_one_person_fills_one_seat(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        key = desk.deciding(likely=12, edits=edits(req))
        away(desk, by="sponsor")
        made = desk.decide(key, by="sponsor")
        assert made.stage == "deciding" and [one.login for one in made.waiting_for] == ["business_owner"]
        (vote,) = desk.dossier(key).votes
        assert vote.behalf is None, "who has a seat of their own votes in it"
        again = desk.decide(key, by="sponsor")
        assert again.stage == "deciding"
        assert desk.waiting("business_owner") == [("decide", key)], "nobody can stand in, so it stays"


def test_one_who_stands_in_for_two_gives_one_of_their_voices(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        key = desk.deciding(likely=12, edits=edits(req))
        away(desk, by="tester")
        away(desk, "sponsor", by="tester")
        first = desk.decide(key, by="tester")
        assert first.stage == "deciding"
        second = desk.decide(key, by="tester")
        assert second.stage == "deciding", "one person fills one seat"
        absent = {one.behalf for one in desk.dossier(key).votes[-1:]}
        (left,) = {"business_owner", "sponsor"} - absent
        assert desk.decide(key, by=left).stage == "applied"


def test_there_are_no_chains(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        key = desk.deciding(likely=3, edits=edits(req))
        away(desk, by="tester")
        away(desk, "tester", by="analyst")
        assert refused(desk, key, "analyst") == ["not_your_seat"]
        assert desk.waiting("analyst") == []
        assert desk.decide(key, by="tester").stage == "applied"


def test_the_absent_one_may_still_speak(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        key = desk.deciding(likely=12, edits=edits(req))
        away(desk, by="tester")
        desk.decide(key, by="tester")
        desk.decide(key, "rejected", by="business_owner", reason="No.")
        assert desk.stage(key) == "rejected"


def test_a_sponsor_says_it_but_never_in_their_own_change(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        away(desk, by="tester", set_by="sponsor")
        other = desk.deciding(likely=3, edits=edits(req))
        own = desk.deciding(by="analyst", likely=3, edits=edits(req, "One."), asked_by="sponsor")
        assert refused(desk, own, "tester") == ["not_your_seat"]
        assert desk.decide(other, by="tester").stage == "applied"


def test_who_stands_in_may_object_and_ask_back(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        away(desk, "project_manager", by="tester")
        key = desk.deciding(edits=edits(req))
        desk.do(key, actions.offer_silence, "2026-12-04", by="contributor")
        desk.do(key, actions.object_to, "Not yet.", by="tester")
        desk.do(key, actions.ask, "Why?", by="tester")
        assert desk.stage(key) == "needs_information"


# -- the rule alone ----------------------------------------------------------------------------------------------------

PEOPLE = (
    Person(1, "owner", "O", frozenset({"business_owner"})),
    Person(2, "sponsor", "S", frozenset({"sponsor"})),
    Person(3, "dave", "D", frozenset({"tester"})),
    Person(4, "erin", "E", frozenset({"contributor"})),
    Person(5, "root", "R", frozenset({"administrator"})),
)


def filled(stand_ins: list[StandIn], origin: Origin, days: Decimal | None = Decimal(12)) -> tuple[Seat, ...]:
    return with_deputies(seats(TABLE[2], PEOPLE, origin), stand_ins, PEOPLE, origin, days)


def test_a_delegates_vote_falls_when_the_change_grows_beyond_their_limit(desk: Desk, req: str) -> None:
    desk.table([{"must": True, "over": True, "seats": ["business_owner", "sponsor"]}])
    with clock.at(NOON):
        away(desk, by="tester", most_days=Decimal(2))
        key = desk.deciding(likely=1, edits=edits(req))
        desk.decide(key, by="tester")
        desk.assess(key, 1)
        assert desk.waiting("business_owner") == [], "at the same price it stands"
        assert not Caller(desk.world, "auditor")("GET", f"/changes/{key}").json["decisions"][0]["void"]
        desk.assess(key, 300)
        (told,) = Caller(desk.world, "auditor")("GET", f"/changes/{key}").json["decisions"]
        assert (told["void"], told["outgrown"]) == (True, True)
        assert "void: it has grown since" in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
        assert desk.waiting("business_owner") == [("decide", key)]
        done = desk.decide(key, by="sponsor")
        assert done.stage == "deciding" and [one.login for one in done.waiting_for] == ["business_owner"]
        assert desk.decide(key, by="business_owner").stage == "applied"


def test_a_delegate_without_a_limit_is_asked_again_at_another_price(desk: Desk, req: str) -> None:
    desk.table([{"must": True, "over": True, "seats": ["business_owner", "sponsor"]}])
    with clock.at(NOON):
        away(desk, by="tester")
        key = desk.deciding(likely=1, edits=edits(req))
        desk.decide(key, by="tester")
        desk.assess(key, 300)
        assert desk.decide(key, by="sponsor").stage == "deciding"
        assert desk.decide(key, by="tester").stage == "applied"


def test_over_all_pairs_nobody_gets_a_seat_that_is_not_theirs_to_give() -> None:
    origins = [
        Origin("zed"),
        Origin("dave"),
        Origin("zed", asked_by="owner"),
        Origin("zed", editors=frozenset({"erin"})),
    ]
    for origin, absent, delegate, set_by, most, days in itertools.product(
        origins, range(1, 7), range(1, 7), ("owner", "dave", "zed", "sponsor"), (None, Decimal(5)),
        (None, Decimal(5), Decimal("5.01")),
    ):  # fmt: skip
        plain = seats(TABLE[2], PEOPLE, origin)
        found = filled([StandIn(absent, delegate, set_by, most)], origin, days)
        assert [one.holders for one in found] == [one.holders for one in plain], "who may vote themselves stays"
        barred = {origin.logged_by, origin.asked_by, *origin.editors}
        holders = {one.id for seat in plain for one in seat.holders}
        for seat in found:
            for deputy in seat.deputies:
                assert deputy.absent in seat.holders and deputy.person.id == delegate and deputy.absent.id == absent
                assert deputy.person.login not in barred and delegate not in holders
                assert deputy.person.roles - {"administrator"}
                assert set_by == deputy.absent.login or set_by not in barred
                assert most is None or (days is not None and days <= most)
        stands = (
            absent in holders and delegate in (3, 4) and PEOPLE[delegate - 1].login not in barred
            and (set_by == PEOPLE[absent - 1].login or set_by not in barred)
            and (most is None or (days is not None and days <= most))
        )  # fmt: skip
        assert any(seat.deputies for seat in found) == stands


def test_whose_voice_it_is() -> None:
    origin = Origin("zed")
    found = filled([StandIn(1, 3, "owner"), StandIn(2, 3, "sponsor")], origin)
    owner, sponsor = PEOPLE[0], PEOPLE[1]
    assert principal(found, "owner") == owner and principal(found, "erin") is None
    assert principal(found, "dave") == owner
    assert principal(found, "dave", ["owner"]) == sponsor
    assert principal(found, "dave", ["owner", "sponsor"]) == owner


# -- whose voice it was, and whose it may not be ------------------------------------------------------------------------


def test_who_was_stood_in_for_does_not_review_the_emergency(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        away(desk, by="tester")
        key = desk.log(kind="emergency", edits=edits(req))
        desk.submit(key)
        assert desk.decide(key, by="tester").stage == "applied"
        desk.assess(key)
        assert desk.waiting("business_owner") == [] and desk.waiting("sponsor") == [("review", key)]
        with pytest.raises(Refused) as told:
            desk.do(key, actions.review, "Right.", by="business_owner")
        assert [one.code for one in told.value.reasons] == ["not_your_seat"]


def become(desk: Desk, login: str, role: str) -> None:
    """Whatever they were, they are this now."""
    with desk.world.write() as scene:
        user = user_by_login(login)
        accounts.set_role(OPERATOR, scene.project, user, role)
        if login != role:
            accounts.end_role(OPERATOR, scene.project, user, login)


def test_an_auditor_writes_nothing_and_stands_in_for_nobody(desk: Desk, req: str) -> None:
    with clock.at(NOON):
        for one in ("auditor", "implementer"):
            with pytest.raises(Invalid) as error:
                away(desk, by=one)
            assert [reason.code for reason in error.value.reasons] == ["outsider"]
        away(desk, by="tester")
        become(desk, "tester", "auditor")
        key = desk.deciding(likely=3, edits=edits(req))
        assert refused(desk, key, "tester") == ["not_your_seat"] and desk.waiting("tester") == []
    with desk.world.read("business_owner") as scene:
        able = [login for login, _name in signed.who_may_act(scene.actor, [scene.project.id])]
    assert "contributor" in able and not {"auditor", "implementer", "tester"} & set(able)


WHOLE = (
    "changes that the person standing in asked for, wrote or decides in their own role; "
    "everything that is neither a decision nor a signature."
)
SAID: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", ""),
    ({"scope": "decide"}, "; signatures; everything", "; signatures; everything"),
    ({"most_days": Decimal(2)}, "changes above 2 person-days; signatures", "changes above 2 person-days; signatures"),
    ({"scope": "sign"}, "Stays with you: decisions; everything", "Stays with 陈立群: decisions; everything"),
]


@pytest.mark.parametrize(("more", "absent", "acts"), SAID)
def test_what_stays_with_who_is_away_is_said_to_both(desk: Desk, more: dict[str, Any], absent: str, acts: str) -> None:
    world = desk.world
    with clock.at(NOON):
        form = world.client("business_owner").get("/away").text
        assert f"Stays with you: {WHOLE}" in form
        away(desk, by="tester", **more)
        for path in ("/", "/away"):
            own = world.client("business_owner").get(path).text
            theirs = world.client("tester").get(path).text
            assert "Stays with you: " in own and absent in own
            assert "Stays with 陈立群: " in theirs and acts in theirs
            if not more:
                assert f"Stays with you: {WHOLE}" in own
                assert (
                    "Stays with 陈立群: changes that you asked for, wrote or decide in your own role; everything"
                    in theirs
                )
        assert "陈立群 is away until 4 Dec; you act for them." in world.client("tester").get("/").text
        assert f"Stays with who is away: {WHOLE}" in world.client("sponsor").get("/p/CRM/away").text
        assert "Stays with 陈立群: " in world.client("auditor").get("/p/CRM/away").text
        assert "you act for them" not in world.client("analyst").get("/").text
        assert world.client("tester").get("/api/v1/delegates/given").json == {"given": []}
    with clock.at(NOON + timedelta(days=6)):
        assert "you act for them" not in world.client("tester").get("/").text


def test_that_somebody_is_away_follows_the_day_of_the_project(desk: Desk) -> None:
    """Monday begins in Shanghai while it is Sunday in UTC, and ends before it does there."""
    with clock.at(NOON):
        away(desk, by="tester")
    said = {}
    for at in (datetime(2026, 11, 29, 15, 59, tzinfo=UTC), datetime(2026, 11, 29, 16, 0, tzinfo=UTC)):
        with clock.at(at):
            said[at.hour] = ["acts for you" in desk.world.client("business_owner").get("/").text,
                             "you act for them" in desk.world.client("tester").get("/").text,
                             "away now" in desk.world.client("tester").get("/away").text]  # fmt: skip
    assert said == {15: [False] * 3, 16: [True] * 3}
    with clock.at(datetime(2026, 12, 4, 16, 0, tzinfo=UTC)):
        assert "acts for you" not in desk.world.client("business_owner").get("/").text
