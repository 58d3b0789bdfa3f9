"""Delegation tables of a project's own: which line takes a change, what no table loosens, who may change it, what it would bring."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.accounts.actions import change_project
from reqtrack.changes import dossier
from reqtrack.changes.delegation import (
    DELEGATION,
    SEATS,
    Line,
    Size,
    check_table,
    covers,
    rule_for,
    takes,
    within_limit,
)
from reqtrack.changes.queries.tables import preview
from reqtrack.errors import Invalid, Refused
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.support.world import PASSWORD

REST = Line(None, True, True, ("business_owner", "sponsor"))
SMALL = Line(Decimal(2), False, False, ("project_manager",))
BASE = "/p/CRM/settings/delegation"


def codes(table: tuple[Line, ...], most: int = 2) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in check_table(table, most).reasons]


# -- the rule itself ---------------------------------------------------------------------------------------------------


def test_the_first_line_that_takes_a_change_decides_it() -> None:
    cheap = Line(None, True, True, ("project_manager",), Decimal(5000))
    urgent = Line(Decimal(5), True, True, ("sponsor",), kind="emergency")
    table = (SMALL, cheap, urgent, REST)
    assert rule_for(Size(Decimal(2)), table) is SMALL
    assert rule_for(Size(Decimal(2), must=True, cost=Decimal(5000)), table) is cheap
    assert rule_for(Size(Decimal(3), cost=Decimal(5001)), table) is REST
    assert rule_for(Size(Decimal(3), cost=Decimal(5001), kind="emergency"), table) is urgent
    # What nobody has assessed is beyond every limit; money that nobody knows holds nothing back.
    assert rule_for(Size(None, cost=Decimal(1), kind="emergency"), table) is REST
    assert rule_for(Size(Decimal(3)), table) is cheap


def test_what_is_wrong_with_a_table_is_told_line_by_line() -> None:
    assert codes(DELEGATION) == [] and codes((REST,)) == []
    assert codes(()) == [("needed", "lines")]
    assert codes((SMALL,)) == [("not_all", "lines.0.most_days")]
    assert codes((replace(SMALL, seats=()), REST)) == [("needed", "lines.0.seats")]
    assert codes((replace(SMALL, seats=("analyst",)), REST)) == [("seat_unknown", "lines.0.seats")]
    assert codes((replace(SMALL, seats=("sponsor", "sponsor")), REST)) == [("seat_unknown", "lines.0.seats")]
    assert codes((replace(SMALL, kind="standard"), REST)) == [("kind_unknown", "lines.0.kind")]
    assert codes((REST, REST)) == [("never_reached", "lines.1.most_days")]
    assert codes((SMALL, replace(SMALL, most_days=Decimal(1)), REST)) == [("never_reached", "lines.1.most_days")]
    assert codes((SMALL,) * 12 + (REST,))[0] == ("too_many", "lines")
    three = replace(REST, seats=SEATS)
    assert codes((SMALL, three)) == [("too_many_deciders", "lines.1.seats")] and codes((SMALL, three), 3) == []
    assert codes(DELEGATION, 0)[0] == codes(DELEGATION, 4)[0] == ("most_deciders", "most_deciders")


days = st.one_of(st.none(), st.integers(0, 30).map(Decimal))
lines = st.builds(
    Line, days, st.booleans(), st.booleans(), st.sampled_from([SEATS[:1], SEATS[1:2], SEATS[1:], SEATS[2:]]), days,
    st.sampled_from(["", "normal", "emergency"]),
)  # fmt: skip
sizes = st.builds(Size, days, st.booleans(), st.booleans(), days, st.sampled_from(["normal", "emergency"]))
tables = st.lists(lines, max_size=6).map(lambda found: (*found, REST))


@settings(deadline=None)
@given(tables, sizes)
def test_a_sound_table_decides_every_change_and_loosens_nothing(table: tuple[Line, ...], size: Size) -> None:
    line = rule_for(size, table)
    assert takes(line, size) and not any(takes(one, size) for one in table[: table.index(line)])
    if within_limit(line, size, table):
        assert line == table[0] and line.most_days is not None
        assert not size.must and not size.over and size.days is not None and size.days <= line.most_days


@settings(deadline=None)
@given(lines, lines, sizes)
def test_a_line_that_covers_another_takes_all_that_it_takes(above: Line, below: Line, size: Size) -> None:
    if covers(above, below) and takes(below, size):
        assert takes(above, size)


def test_no_table_decides_what_is_large_without_a_password() -> None:
    alone = (Line(None, True, True, ("project_manager",)),)
    assert not within_limit(alone[0], Size(Decimal("0.1")), alone)
    wide = (Line(Decimal(99), True, True, ("project_manager",)), REST)
    assert within_limit(wide[0], Size(Decimal(99)), wide)
    assert not within_limit(wide[0], Size(Decimal(1), must=True), wide)
    assert not within_limit(wide[0], Size(Decimal(1), over=True), wide)


# -- in a project ------------------------------------------------------------------------------------------------------

MINE = [
    {"most_days": "3", "seats": ["project_manager"]},
    {"most_days": "", "must": True, "over": True, "seats": ["sponsor"]},
]


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def test_what_waits_is_decided_by_the_new_table(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    assert desk.waiting("business_owner") == [("decide", key)]
    desk.table(MINE)
    assert desk.waiting("business_owner") == [] and desk.waiting("project_manager") == [("decide", key)]
    with pytest.raises(Refused):
        desk.decide(key, by="business_owner")
    desk.decide(key, by="project_manager", proved=False)
    assert desk.stage(key) == "applied"
    larger = desk.deciding(likely=4, edits=edits(req, "One level."))
    with pytest.raises(Refused) as refused:
        desk.decide(larger, by="sponsor", proved=False)
    assert [one.code for one in refused.value.reasons] == ["reauthentication"]
    assert desk.waiting("sponsor") == [("decide", larger)]


def test_money_and_must_items_choose_the_line(desk: Desk, req: str) -> None:
    with desk.world.write() as scene:
        change_project(scene.actor, scene.project, {"day_rate": Decimal(1000)})
    cheap = {"most_days": "10", "most_cost": "2000", "must": True, "over": True, "seats": ["project_manager"]}
    desk.table([cheap, MINE[1]])
    assert desk.page(desk.deciding(likely=2, edits=edits(req))).rule.line.seats == ("project_manager",)
    assert desk.page(desk.deciding(likely=2.01, edits=edits(req, "One."))).rule.line.seats == ("sponsor",)
    must = desk.world.requirement(tier="must", statement="x")
    page = desk.page(desk.deciding(likely=1, edits=edits(must, "y")))
    assert page.rule.line.seats == ("project_manager",) and page.rule.proof


def test_who_may_change_it_and_that_it_is_recorded(desk: Desk) -> None:
    for by in ("business_owner", "analyst", "sponsor"):
        with pytest.raises(Refused) as refused:
            desk.table(MINE, by=by)
        assert [one.code for one in refused.value.reasons] == ["no_permission"]
    with pytest.raises(Refused) as refused:
        desk.table(MINE, proved=False)
    assert [one.code for one in refused.value.reasons] == ["reauthentication"]
    desk.table(MINE)
    (event,) = desk.events("delegation")
    assert event["action"] == "delegation.changed"
    assert [one["seats"] for one in event["after"]["lines"]] == [["project_manager"], ["sponsor"]]
    desk.table(MINE)
    assert len(desk.events("delegation")) == 1, "nothing was changed"
    with pytest.raises(Refused) as refused:
        desk.table([], seen=event["seq"] - 1)
    assert refused.value.status == 409
    desk.table([], seen=event["seq"])
    with desk.world.read("auditor") as scene:
        assert dossier.table_of(scene.project.id) == DELEGATION


def test_a_table_that_decides_nothing_is_refused_with_every_reason(desk: Desk) -> None:
    with pytest.raises(Invalid) as invalid:
        desk.table([{"most_days": "many", "seats": ["project_manager"]}, {"most_cost": "-1", "seats": []}])
    assert [one.field for one in invalid.value.reasons] == ["lines.0.most_days", "lines.1.most_cost"]
    three = [{"must": True, "over": True, "seats": list(SEATS)}]
    with pytest.raises(Invalid):
        desk.table(three)
    desk.table(three, most_deciders=3)
    with pytest.raises(Invalid):
        desk.table(three, most_deciders=2)


def test_three_seats_take_three_people(desk: Desk, req: str) -> None:
    desk.table([{"must": True, "over": True, "seats": list(SEATS)}], most_deciders=3)
    key = desk.deciding(edits=edits(req))
    for by in ("sponsor", "project_manager"):
        desk.decide(key, by=by)
        assert desk.stage(key) == "deciding"
    desk.decide(key, by="business_owner")
    assert desk.stage(key) == "applied"


def test_what_another_table_would_bring(desk: Desk, req: str) -> None:
    small = desk.deciding(edits=edits(req))
    middle = desk.deciding(likely=3, edits=edits(req, "One level."))
    draft = desk.log(edits=edits(req, "None."))
    with desk.world.read("project_manager") as scene:
        lines = (Line(Decimal(3), False, False, ("project_manager",)), replace(REST, seats=("sponsor",)))
        found = {one.key: one for one in preview(scene.actor, scene.project, lines)}
    assert list(found) == [middle, small] and draft not in found
    assert [one.login for one in found[middle].now.seats[0].holders] == ["business_owner"]
    assert [one.login for one in found[middle].then.seats[0].holders] == ["project_manager"]
    assert (found[middle].differs, found[small].differs) == (True, False)
    # An implementer is shown those alone that they may see.
    with desk.world.read("implementer") as scene:
        assert preview(scene.actor, scene.project, lines) == []


@pytest.mark.sqlite
def test_many_changes_are_looked_at_together(desk: Desk, req: str, queries: Any) -> None:
    def cost() -> int:
        with desk.world.read("project_manager") as scene:
            preview(scene.actor, scene.project, DELEGATION)
            queries.clear()
            preview(scene.actor, scene.project, DELEGATION)
            return len(queries)

    desk.deciding(edits=edits(req))
    first = cost()
    for number in range(4):
        desk.deciding(edits=edits(req, f"Version {number}."))
    assert cost() == first <= 8


# -- its page and the API ----------------------------------------------------------------------------------------------


def form(desk: Desk, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"line": [str(at) for at in range(len(lines))], "most_deciders": "2"}
    for at, one in enumerate(lines):
        told |= {f"{name}.{at}": one.get(name, "") for name in ("most_days", "most_cost", "kind")}
        told |= {f"{name}.{at}": "1" for name in ("must", "over") if one.get(name)}
        told[f"seats.{at}"] = one["seats"]
    return {**told, **more}


def test_the_page_says_in_words_what_each_line_means(desk: Desk) -> None:
    page = desk.world.client("auditor").get(BASE).text
    for words in ("up to 1 person-day, no must item touched, no phase over its capacity", "up to 10 person-days",
                  "whatever the lines above leave", "business owner and sponsor", "without password"):  # fmt: skip
        assert words in page
    assert "Change the table" not in page
    settings_page = desk.world.client("project_manager").get("/p/CRM/settings").text
    assert "up to 10 person-days" in settings_page and BASE in settings_page


def test_it_is_tried_out_before_it_is_saved(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    client = desk.world.client("project_manager", proved=False)
    shown = client.send(f"{BASE}/preview", form(desk, MINE, do="look"))
    assert shown.status_code == 200 and key in shown.text
    assert "1 open change would be decided otherwise:" in shown.text
    assert "business owner (陈立群) · with password" in shown.text
    assert "project manager (周岚) · without password" in shown.text
    assert desk.events("delegation") == [], "looking changes nothing"
    sent = form(desk, MINE, seen=re.search(r'name="seen" value="(\d+)"', shown.text)[1])  # type: ignore[index]
    refused = client.send(BASE, sent)
    assert refused.status_code == 403 and "Who decides what is changed with your password." in refused.text
    assert client.send(BASE, {**sent, "password": PASSWORD}).status_code == 303
    assert "up to 3 person-days" in client.get(BASE).text
    assert client.send(BASE, {**sent, "password": PASSWORD}).status_code == 409


def test_lines_are_added_moved_and_taken_out_and_nothing_typed_is_lost(desk: Desk) -> None:
    client = desk.world.client("project_manager")
    page = client.send(f"{BASE}/preview", form(desk, [{**MINE[0], "most_days": "many"}, MINE[1]], do="add"))
    assert page.status_code == 422 and 'value="many"' in page.text and page.text.count('name="line"') == 3
    page = client.send(f"{BASE}/preview", form(desk, MINE, do="down.0"))
    assert re.search(r'name="most_days\.1"[^>]*value="3"', page.text)
    page = client.send(f"{BASE}/preview", form(desk, MINE, do="remove.1"))
    assert page.text.count('name="line"') == 1
    page = client.send(f"{BASE}/preview", form(desk, MINE[:1], do="look"))
    assert page.status_code == 422 and "The last line takes whatever the others leave" in page.text
    for nonsense in ("up.99", "remove.x", "down", "?"):
        assert client.send(f"{BASE}/preview", form(desk, MINE, do=nonsense)).status_code == 200
    assert client.send(BASE, form(desk, MINE, seen="0", most_deciders="x")).status_code == 422


def test_a_third_person_is_warned_of_in_days(desk: Desk) -> None:
    three = [{"must": True, "over": True, "seats": list(SEATS)}]
    client = desk.world.client("project_manager")
    page = client.send(f"{BASE}/preview", form(desk, three, do="look", most_deciders="3")).text
    assert "What that costs is not known yet" in page
    page = client.send(f"{BASE}/preview", form(desk, MINE, do="look")).text
    assert "What that costs" not in page


def test_programs_read_try_and_set_it(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    manager = Caller(desk.world, "project_manager", "admin")
    found = manager("GET", "/delegation").json
    assert (found["default"], found["version"], found["most_deciders"]) == (True, 0, 2)
    assert found["lines"][0] == {
        "most_days": 1, "most_cost": None, "must": False, "over": False, "kind": None, "seats": ["project_manager"],
    }  # fmt: skip
    assert "most_cost" not in Caller(desk.world, "implementer")("GET", "/delegation").json["lines"][0]
    lines = [{"most_days": 3, "must": False, "over": False, "seats": ["project_manager"]}, {"seats": ["sponsor"]}]
    told = manager("POST", "/delegation/preview", {"lines": lines}).json["changes"]
    assert [(one["key"], one["differs"], one["then"]["password"]) for one in told] == [(key, True, False)]
    body = {"lines": lines, "password": PASSWORD}
    assert manager("PATCH", "/delegation", body, If_Match='"4711"').status_code == 412
    saved = manager("PATCH", "/delegation", body, If_Match='"0"')
    assert saved.status_code == 200 and saved.json["default"] is False and saved.json["version"] > 0
    bad = manager("PATCH", "/delegation", {"lines": lines[:1], "password": PASSWORD}, If_Match="*")
    assert bad.status_code == 422 and bad.json["reasons"][0]["code"] == "not_all"
