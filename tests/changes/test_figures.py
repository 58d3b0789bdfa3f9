"""Changes in figures, counted again by plain loops; as a page, a table and over the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.baselines.actions import take
from reqtrack.changes import queries
from reqtrack.changes.pages.figures import HEADS
from reqtrack.exchange.exporting import export_report
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_delegates import NOON, away
from tests.support.browser import overflow, sign_in, violations

JULY = datetime(2026, 7, 6, 2, tzinfo=UTC)


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def told(desk: Desk, by: str = "auditor") -> Any:
    with desk.world.read(by) as scene:
        return queries.figures(scene.actor, scene.project)


def agreed(desk: Desk) -> None:
    """All that is there is signed."""
    with desk.world.write("analyst") as scene:
        key = take(scene.actor, scene.project, "Scope 1").key
    desk.sign(key)


def year(desk: Desk) -> list[str]:
    """Four agreed requirements; two changes in July, one (an emergency) in August; the keys of the changes."""
    with clock.at(JULY):
        reqs = [desk.world.requirement(title=f"R{n}", statement="Three levels.", tier="should") for n in range(4)]
        agreed(desk)
        first = desk.deciding(edits=edits(reqs[0]), likely=0.5)
        second = desk.deciding(edits=[*edits(reqs[0], "One."), *edits(reqs[1], "One.")], likely=1)
    with clock.at(JULY + timedelta(days=2)):
        desk.decide(first)
    with clock.at(JULY + timedelta(days=4)):
        desk.decide(second, "rejected", reason="no")
        third = desk.deciding(edits=edits(reqs[1], "One."), likely=1)
        desk.decide(third)
    with clock.at(JULY + timedelta(days=40)):
        fourth = desk.log(kind="emergency", edits=edits(reqs[2]))
        desk.submit(fourth)
        desk.decide(fourth, by="business_owner")
    return [first, second, third, fourth]


def test_the_figures_are_what_one_counts(desk: Desk) -> None:
    first, second, _third, _fourth = year(desk)
    with clock.at(JULY + timedelta(days=50)):
        found = told(desk)
    by_month = {one.first.strftime("%Y-%m"): one for one in found.months}
    july, august = by_month["2026-07"], by_month["2026-08"]
    assert (july.changed, july.agreed, july.volatility) == (2, 4, 50.0)
    assert (august.changed, august.agreed, august.volatility) == (1, 4, 25.0)
    assert (float(july.effort), float(august.effort), float(found.effort)) == (1.5, 0, 1.5)
    assert (dict(july.kinds), dict(august.kinds)) == ({"normal": 2}, {"emergency": 1})
    deciding = next(one for one in found.waits if one.stage == "deciding")
    # Two days, four days, and two that were decided at once.
    assert (deciding.number, deciding.median, deciding.worst, deciding.worst_key) == (4, 86400, 4 * 86400, second)
    votes = {(one.seat, one.name): dict(one.outcomes) for one in found.votes}
    assert votes["project_manager", "周岚"] == {"approved": 2, "rejected": 1}
    assert first != second


def test_the_page_the_table_and_the_api_say_the_same(desk: Desk) -> None:
    client = desk.world.client("auditor")
    assert "No figures yet" in client.get("/p/CRM/changes/figures").text
    year(desk)
    with desk.world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"change_budget_days": 20})
    with clock.at(JULY + timedelta(days=50)):
        page = client.get("/p/CRM/changes/figures").text
        assert "1.5 of 20 person-days are approved" in page and "1 of 3 (33 %)" in page
        with desk.world.read("auditor") as scene:
            text = export_report(scene.actor, scene.project, "change-figures", "csv").decode("utf-8-sig")
        rows = text.replace('"', "").splitlines()
        assert rows[0] == ",".join(HEADS)
        assert "volatility,2026-07,2,4,requirements" in rows and "approved_effort,2026-07,1.5,20,days" in rows
        body = Caller(desk.world, "auditor")("GET", "/change-figures").json
    assert [one["volatility"] for one in body["months"]] == [50.0, 25.0]
    assert body["budget_days"] == {"whole": 20.0, "spent": 1.5}


def test_a_delegate_is_named_with_whom_they_stood_in_for(desk: Desk) -> None:
    req = desk.world.requirement(title="R", statement="Three levels.", tier="should")
    with clock.at(NOON):
        away(desk, by="tester")
        desk.decide(desk.deciding(edits=edits(req), likely=3), by="tester")
        second = desk.deciding(edits=edits(req, "One."), likely=3)
        desk.decide(second, "rejected", by="tester", reason="no")
        vote = next(one for one in told(desk).votes if one.seat == "business_owner")
        assert (vote.name, vote.behalf, dict(vote.outcomes)) == ("何敏", "陈立群", {"approved": 1, "rejected": 1})
        assert "何敏, for 陈立群 · business owner" in desk.world.client("auditor").get("/p/CRM/changes/figures").text
        with desk.world.read("auditor") as scene:
            text = export_report(scene.actor, scene.project, "change-figures", "csv").decode("utf-8-sig")
        assert "votes,何敏 for 陈立群 (business_owner) approved,1,2,votes" in text.replace('"', "").splitlines()
        (row,) = Caller(desk.world, "auditor")("GET", "/change-figures").json["votes"]
        assert (row["name"], row["behalf_name"]) == ("何敏", "陈立群")


def test_an_implementer_sees_figures_of_what_they_see(desk: Desk) -> None:
    year(desk)
    with clock.at(JULY + timedelta(days=50)):
        assert not told(desk, "implementer").votes


def test_figures_on_a_phone(desk: Desk, zh_phone: Any) -> None:
    desk.decide(desk.deciding(edits=edits(desk.world.requirement(statement="Three."))))
    sign_in(zh_phone, "auditor")
    zh_phone.goto("/p/CRM/changes/figures")
    assert violations(zh_phone) == [] and overflow(zh_phone) <= 0
