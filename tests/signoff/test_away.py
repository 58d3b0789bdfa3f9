"""Saying who stands in for somebody: whose word that is, which days and people fit; and what they sign then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.baselines.actions import take
from reqtrack.errors import Invalid, Refused
from reqtrack.permissions import Actor
from reqtrack.signoff import actions, forms, queries
from reqtrack.signoff.away import Signing, Span, Who, may_end, may_set, signs_for
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk, desk  # noqa: F401
from tests.support.world import OPERATOR, PASSWORD, World

TODAY = date(2026, 11, 30)
NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)
WEEK = Span(TODAY, TODAY + timedelta(days=4))
OWNER = Who(1, "owner", "O", True, frozenset({7}))
DAVE = Who(2, "dave", "D", True, frozenset({7}))


def actor(login: str, *roles: str, **more: Any) -> Actor:
    return Actor(9, login, login, {7: frozenset(roles)}, reauthenticated=True, **more)


HERE = replace(WEEK, project_id=7)


@pytest.mark.parametrize(
    ("who", "absent", "delegate", "span", "reason", "codes"),
    [
        (actor("owner"), OWNER, DAVE, WEEK, "", []),
        (actor("owner"), OWNER, DAVE, HERE, "", []),
        (replace(actor("owner"), reauthenticated=False), OWNER, DAVE, WEEK, "", ["reauthentication"]),
        (actor("sam", "sponsor"), OWNER, DAVE, HERE, "In hospital.", []),
        (actor("sam", "sponsor"), OWNER, DAVE, HERE, " ", ["required"]),
        (actor("sam", "sponsor"), OWNER, DAVE, WEEK, "In hospital.", ["no_permission"]),
        (actor("dave", "sponsor"), OWNER, DAVE, HERE, "In hospital.", ["own_gain"]),
        (actor("sam", "project_manager"), OWNER, DAVE, HERE, "In hospital.", ["no_permission"]),
        (actor("root", "sponsor", is_admin=True), OWNER, DAVE, HERE, "In hospital.", ["administrator"]),
        (actor("operator", kind="operator"), OWNER, DAVE, HERE, "In hospital.", ["administrator"]),
        (actor("owner"), OWNER, OWNER, WEEK, "", ["same_person"]),
        (actor("owner"), OWNER, replace(DAVE, active=False), WEEK, "", ["not_member"]),
        (actor("owner"), OWNER, replace(DAVE, projects=frozenset({8})), WEEK, "", ["not_member"]),
        (actor("owner"), OWNER, DAVE, replace(WEEK, project_id=8), "", ["not_member"]),
        (actor("owner"), OWNER, DAVE, Span(TODAY, TODAY - timedelta(days=1)), "", ["wrong_order"]),
        (actor("owner"), OWNER, DAVE, Span(TODAY - timedelta(days=9), TODAY - timedelta(days=1)), "", ["past"]),
        (actor("owner"), OWNER, DAVE, Span(TODAY, TODAY + timedelta(days=366)), "", ["too_long"]),
        (actor("owner"), OWNER, OWNER, Span(TODAY, TODAY - timedelta(days=1)), "", ["same_person", "wrong_order"]),
    ],
)  # fmt: skip
def test_whose_word_it_is(who: Actor, absent: Who, delegate: Who, span: Span, reason: str, codes: list[str]) -> None:
    assert [one.code for one in may_set(who, absent, delegate, span, TODAY, reason=reason).reasons] == codes


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (WEEK, True),
        (replace(WEEK, starts_on=WEEK.ends_on, ends_on=WEEK.ends_on + timedelta(days=3)), True),
        (replace(WEEK, starts_on=WEEK.ends_on + timedelta(days=1), ends_on=WEEK.ends_on + timedelta(days=3)), False),
        (replace(WEEK, project_id=8), True),
        (replace(WEEK, scope="sign"), True),
    ],
)
def test_two_at_once_are_refused(other: Span, meets: bool) -> None:
    told = may_set(actor("owner"), OWNER, DAVE, WEEK, TODAY, known=[other])
    assert [one.code for one in told.reasons] == (["overlaps"] if meets else [])
    assert not replace(WEEK, scope="sign").meets(replace(WEEK, scope="decide"))
    assert not replace(WEEK, project_id=7).meets(replace(WEEK, project_id=8))


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        (actor("owner"), []),
        (actor("dave"), []),
        (actor("sam", "sponsor"), []),
        (actor("sam", "project_manager"), ["no_permission"]),
        (actor("root", is_admin=True), ["no_permission"]),
    ],
)
def test_who_ends_it(who: Actor, codes: list[str]) -> None:
    assert [one.code for one in may_end(who, "owner", "dave", 7, ended=False).reasons] == codes
    assert [one.code for one in may_end(who, "owner", "dave", 7, ended=True).reasons] == [*codes, "ended"]


def test_for_whom_somebody_signs() -> None:
    owner, sponsor = Signing("owner", "O", frozenset()), Signing("sponsor", "S", frozenset())
    assert signs_for("dave", ["owner"], [], []) is None
    assert signs_for("dave", ["owner", "dave"], [], [owner]) is None, "asked themselves"
    assert signs_for("dave", ["owner", "sponsor"], ["owner"], [owner, sponsor]) == sponsor
    assert signs_for("dave", ["sponsor"], [], [owner, sponsor]) == sponsor


# -- signing -----------------------------------------------------------------------------------------------------------


def away(world: World, who: str, by: str, **more: Any) -> int:
    with world.write(who) as scene:
        given = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=4), **more}
        found = replace(scene.actor, reauthenticated=True)
        return actions.set_away(found, user_by_login(who), user_by_login(by), **given).id


def asked(world: World, *signers: str, rule: str = "all") -> int:
    world.requirement(title="Quotes are approved", statement="Three levels.", tier="must")
    with world.write("analyst") as scene:
        subject = take(scene.actor, scene.project, "Scope 1").key
        return actions.request(scene.actor, scene.project, subject, "I approve.", signers, rule).number


def sign(world: World, number: int, by: str) -> Any:
    with world.write(by) as scene:
        found = replace(scene.actor, reauthenticated=True)
        return actions.sign(found, scene.project, queries.signoff_for(found, scene.project.id, number))


def waiting(world: World, login: str) -> list[str]:
    with world.read(login) as scene:
        return [one.key for one in queries.waiting_for(scene.actor)]


def test_who_stands_in_signs_for_them(desk: Desk) -> None:  # noqa: F811
    world = desk.world
    with clock.at(NOON):
        number = asked(world, "business_owner", "sponsor")
        assert waiting(world, "business_owner") == ["SGN-1"] and waiting(world, "tester") == []
        with pytest.raises(Refused) as error:
            sign(world, number, "tester")
        assert [one.code for one in error.value.reasons] == ["not_asked", "no_permission"]
        row = away(world, "business_owner", "tester")
        assert waiting(world, "business_owner") == [] and waiting(world, "tester") == ["SGN-1"]
        given = sign(world, number, "tester")
        assert (given.signer, given.behalf, given.behalf_name, given.roles) == (
            "tester", "business_owner", "陈立群", "business_owner",
        )  # fmt: skip
        assert waiting(world, "tester") == []
        for login in ("tester", "business_owner"):
            with pytest.raises(Refused) as error:
                sign(world, number, login)
            assert "answered" in [one.code for one in error.value.reasons]
        sign(world, number, "sponsor")
        shown = world.client("auditor").get("/p/CRM/signoffs/1").text
        assert "何敏" in shown and "for 陈立群" in shown
        with world.read("auditor") as scene:
            page = queries.page_of(scene.actor, queries.signoff_for(scene.actor, scene.project.id, number))
            assert page.outcome.state == "signed" and {
                one["behalf"] for one in queries.as_dict(page)["signatures"]
            } == {"business_owner", None}
        with world.write("business_owner") as scene:
            actions.end_away(scene.actor, queries.absence_for(scene.actor, row))
        with world.read("business_owner") as scene:
            (told,) = [one for one in queries.given_for(scene.actor) if one.kind != "away"]
            assert (told.kind, told.by, told.outcome) == ("signature", "何敏", "signed")
    with clock.at(NOON + timedelta(minutes=1)), world.write("business_owner") as scene:
        actions.see_given(scene.actor)
    with world.read("business_owner") as scene:
        assert queries.given_for(scene.actor) == []


@pytest.mark.parametrize("more", [{"scope": "decide"}, {"most_days": 5}, {"starts_on": TODAY + timedelta(days=1)}])
def test_not_what_they_were_not_given(desk: Desk, more: dict[str, Any]) -> None:  # noqa: F811
    with clock.at(NOON):
        number = asked(desk.world, "business_owner")
        away(desk.world, "business_owner", "tester", **more)
        assert waiting(desk.world, "tester") == [] and waiting(desk.world, "business_owner") == ["SGN-1"]
        with pytest.raises(Refused):
            sign(desk.world, number, "tester")


def test_who_is_asked_too_signs_once_in_their_own_name(desk: Desk) -> None:  # noqa: F811
    with clock.at(NOON):
        number = asked(desk.world, "business_owner", "sponsor")
        away(desk.world, "business_owner", "sponsor")
        assert waiting(desk.world, "business_owner") == ["SGN-1"] and waiting(desk.world, "sponsor") == ["SGN-1"]
        assert sign(desk.world, number, "sponsor").behalf is None
        with pytest.raises(Refused):
            sign(desk.world, number, "sponsor")
        sign(desk.world, number, "business_owner")


# -- the pages ---------------------------------------------------------------------------------------------------------


def test_who_became_an_auditor_signs_for_nobody(desk: Desk) -> None:  # noqa: F811
    world = desk.world
    with clock.at(NOON):
        number = asked(world, "business_owner")
        away(world, "business_owner", "analyst")
        with world.write() as scene:
            user = user_by_login("analyst")
            accounts.set_role(OPERATOR, scene.project, user, "auditor")
            accounts.end_role(OPERATOR, scene.project, user, "analyst")
        with pytest.raises(Refused) as error:
            sign(world, number, "analyst")
        assert [one.code for one in error.value.reasons] == ["no_permission"]
        assert waiting(world, "analyst") == []


def test_it_is_said_in_my_work(desk: Desk) -> None:  # noqa: F811
    world = desk.world
    owner = world.client("business_owner", proved=False)
    until = clock.now().date() + timedelta(days=9)
    fields = {"starts_on": clock.now().date().isoformat(), "ends_on": until.isoformat(), "delegate": "tester"}
    shown = owner.send("/away", fields)
    assert shown.status_code == 403 and "give your password" in shown.text and until.isoformat() in shown.text
    wrong = owner.send("/away", {**fields, "delegate": "outsider", "password": "correct horse 电池"})
    assert wrong.status_code == 422 and "Otto" not in wrong.text, "who is no member is not told of"
    assert owner.send("/away", {**fields, "password": "correct horse 电池"}).status_code == 303
    assert "何敏 acts for you" in owner.get("/").text
    assert "何敏, for 陈立群" in world.client("auditor").get("/p/CRM/away").text
    assert world.client("sponsor").send("/p/CRM/away", {**fields, "absent": "business_owner"}).status_code == 422
    assert world.client("project_manager").send("/p/CRM/away", {**fields, "absent": "sponsor"}).status_code == 403
    ended = world.client("tester").send("/away/1/end")
    assert ended.status_code == 303 and "acts for you" not in owner.get("/").text
    assert world.client("auditor").send("/away/1/end").status_code == 404
    sponsor = world.client("sponsor")
    assert sponsor.send("/p/CRM/away", {**fields, "absent": "business_owner"}).status_code == 422
    more = {**fields, "absent": "business_owner", "reason": "In hospital."}
    assert sponsor.send("/p/CRM/away", more).status_code == 303
    assert "In hospital." in owner.get("/away").text


def test_bad_days_are_told_by_their_field(desk: Desk) -> None:  # noqa: F811
    page = desk.world.client("business_owner").send(
        "/away", {"starts_on": "soon", "most_days": "x", "delegate": "tester"}
    )
    assert page.status_code == 422 and page.text.count("Give a day, such as") >= 2 and "x is not a number" in page.text
    with pytest.raises(Invalid):
        forms.away({"starts_on": "2026-01-01", "ends_on": "2026-01-02", "most_days": "NaN"})


@pytest.mark.parametrize("given", ["0", "0.001"])
def test_a_limit_of_nothing_is_no_limit_of_any_size(desk: Desk, given: str) -> None:  # noqa: F811
    days = {"starts_on": TODAY.isoformat(), "ends_on": TODAY.isoformat()}
    sent = {**days, "delegate": "tester", "most_days": given, "password": PASSWORD}
    with clock.at(NOON):
        answer = Caller(desk.world, "business_owner")("POST", "/api/v1/delegates", sent)
        assert answer.status_code == 422 and "most_days" in answer.text
        assert desk.world.client("business_owner").send("/away", sent).status_code == 422
        with pytest.raises(Invalid) as told:
            away(desk.world, "business_owner", "tester", most_days=Decimal(given))
        assert [one.field for one in told.value.reasons] == ["most_days"]
        with desk.world.read("business_owner") as scene:
            assert queries.absences(scene.actor) == []
