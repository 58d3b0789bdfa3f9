"""The price tag: money, each phase before and after, the must share, the budget of all changes, and what to move out."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reqtrack.accounts.actions import change_project
from reqtrack.changes import actions, queries
from reqtrack.changes.pages.cost import _less
from reqtrack.changes.queries import Price
from reqtrack.documents.contexts import change_record
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import Refused
from reqtrack.requirements import actions as planning
from reqtrack.requirements.queries import phases
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_impact import link

D = Decimal
BASE = "/p/CRM/changes"


def settings(desk: Desk, **values: Any) -> None:
    with desk.world.write("project_manager") as scene:
        change_project(scene.actor, scene.project, values)


@pytest.fixture
def plan(desk: Desk) -> dict[str, str]:
    """Phase 1 of twenty working days and twenty person-days, full; Phase 2, empty; the keys of what is in the first."""
    with desk.world.write() as scene:
        first = phases(scene.project.id)[0]
        told = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27), "capacity_days": D(20)}
        planning.change_phase(scene.actor, scene.project, first, told)
        planning.add_phase(scene.actor, scene.project, {"name": "Phase 2", "capacity_days": D(10)})
    given = {"must": ("must", 10), "should": ("should", 4), "light": ("later", 3), "heavy": ("later", 2.5)}
    return {
        name: desk.world.requirement(title=name, statement="x", tier=tier, effort_days=days, phase="Phase 1")
        for name, (tier, days) in given.items()
    }


def price(desk: Desk, key: str, by: str = "project_manager") -> Price:
    with desk.world.read(by) as scene:
        return queries.change_page(scene.actor, desk.item(scene, key)).price


def dear(desk: Desk, plan: dict[str, str], days: Any = 3, **more: Any) -> str:
    """A change about the must item, assessed, that goes into the first phase."""
    key = desk.log(affected=[plan["must"]], **more)
    desk.submit(key)
    desk.assess(key, days)
    return key


def test_what_a_change_costs_in_all(desk: Desk, plan: dict[str, str]) -> None:
    key = desk.log(affected=[plan["must"]], assessors=["analyst", "implementer"])
    desk.submit(key)
    desk.assess(key, 1, cost=500)
    desk.assess(key, 1, by="implementer")
    assert price(desk, key).cost is None, "no day rate is not given yet, and no 0"
    settings(desk, day_rate=D(1800))
    told = price(desk, key)
    assert (told.cost, told.beside) == (4100, 500)
    # Money is not the implementer's to see, nor are the phases.
    hidden = price(desk, key, "implementer")
    assert hidden.cost is None and hidden.money is None and not hidden.phases and not hidden.offers


def test_days_off_move_the_end_of_a_phase(desk: Desk, plan: dict[str, str]) -> None:
    # 19.5 of 20 days carried: three more are 2.5 too many, three working days after Friday the 27th.
    key = dear(desk, plan)
    one = price(desk, key).phases[0]
    assert (one.before, one.after, one.days_late) == (D("19.5"), D("22.5"), 3)
    assert (one.end_before, one.end_after) == (date(2026, 11, 27), date(2026, 12, 2))
    settings(desk, calendar={"off": ["2026-11-30", "2026-12-01"], "on": ["2026-11-28"]})
    one = price(desk, key).phases[0]
    assert one.days_late == 3 and one.end_after == date(2026, 12, 3)


def test_the_budget_of_all_changes_and_what_is_left(desk: Desk, plan: dict[str, str]) -> None:
    assert price(desk, desk.log(affected=[plan["must"]])).days.left is None
    settings(desk, day_rate=D(1000), change_budget_days=D(5), change_budget_cost=D(4000))
    first = desk.log(affected=[plan["should"]])
    desk.submit(first)
    desk.assess(first, 0.5, cost=250)
    desk.decide(first)
    second = dear(desk, plan)
    told = price(desk, second)
    assert (told.days.spent, told.days.own, told.days.left) == (D("0.5"), 3, D("1.5"))
    assert told.money is not None and (told.money.spent, told.money.own, told.money.left) == (750, 3000, 250)
    # Of a change in effect the others are told: it is not counted twice.
    assert price(desk, first).days.left == D("4.5")


def test_work_on_a_new_requirement_is_counted_once(desk: Desk, plan: dict[str, str]) -> None:
    """Its estimate and the assessment speak of the same days: before it is in effect, after, and once it is undone."""
    fresh = {"title": "Margin", "effort_days": 4, "tier": "should"}
    new = {"new_item": {"kind": "requirement", "fields": fresh}}
    out = [{"item": plan[name], "field": "phase", "new": "Phase 2"} for name in ("light", "should")]
    key = desk.deciding(edits=[new, *out], affected=[plan["must"]], likely=6)
    promised = {one.name: (one.before, one.after) for one in price(desk, key).phases}
    assert promised == {"Phase 1": (D("19.5"), D("18.5")), "Phase 2": (0, 7)}, "4 with it, 2 beside it, 7 moved out"
    desk.decide(key, by="business_owner")
    assert desk.loads() == {"Phase 1": 18.5, "Phase 2": 7}
    assert {one.name: (one.before, one.after) for one in price(desk, key).phases} == promised
    # Undone, the requirement's days go with it; what was done beside it was done.
    undo = desk.do(key, actions.revert, by="contributor").key
    desk.submit(undo)
    desk.assess(undo, 1)
    back = price(desk, undo).phases
    assert [(one.before, one.after) for one in back] == [(D("18.5"), D("22.5")), (7, 0)]


def test_the_fewest_are_offered_to_be_moved_out_and_one_press_does_it(desk: Desk, plan: dict[str, str]) -> None:
    key = dear(desk, plan, 3)
    (offer,) = price(desk, key).offers
    assert offer.phase.excess == D("2.5") and offer.keys == [plan["heavy"]] and offer.days == D("2.5")
    assert offer.into is not None and offer.into.name == "Phase 2" and offer.after.after == 20
    desk.do(key, actions.swap, by="contributor")
    edit = desk.dossier(key).edits[0]
    assert (edit.op, edit.item, edit.field, edit.author) == ("set", plan["heavy"], "phase", "contributor")
    told = price(desk, key)
    assert not told.offers and not told.phases[0].over and told.phases[1].after == D("2.5")
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.swap, by="contributor")
    assert refused.value.status == 409 and refused.value.reasons[0].code == "fits"
    # It is priced anew, decided, and then it is so.
    desk.assess(key, 3)
    desk.decide(key, tier="must", by="business_owner")
    assert desk.content(plan["heavy"])["phase"] == desk.phases()["Phase 2"]


def test_what_the_phase_needs_stays(desk: Desk, plan: dict[str, str]) -> None:
    link(desk, "depends_on", plan["must"], plan["heavy"])
    link(desk, "depends_on", plan["should"], plan["light"])
    key = dear(desk, plan, 3)
    (offer,) = price(desk, key).offers
    assert offer.keys == [plan["should"]], "a must item depends on one, and the other would take it along"
    # What the change itself edits stays where the change wants it.
    desk.do(key, actions.propose, [{"item": plan["should"], "field": "statement", "new": "y"}], by="contributor")
    (offer,) = price(desk, key).offers
    assert not offer.items
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.swap, by="contributor")
    assert [one.code for one in refused.value.reasons] == ["no_room"]


def test_what_is_built_is_not_moved(desk: Desk, plan: dict[str, str]) -> None:
    for name in ("heavy", "light", "should"):
        desk.world.move(plan[name], "implemented")
    (offer,) = price(desk, dear(desk, plan, 3)).offers
    assert not offer.items


def test_no_later_phase_has_room(desk: Desk, plan: dict[str, str]) -> None:
    desk.world.requirement(title="full", statement="x", tier="should", effort_days=9, phase="Phase 2")
    key = dear(desk, plan, 3)
    (offer,) = price(desk, key).offers
    assert offer.items and offer.into is None
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.swap, by="contributor")
    assert [one.code for one in refused.value.reasons] == ["no_later_phase"]


def test_an_offer_that_moved_is_not_taken(desk: Desk, plan: dict[str, str]) -> None:
    key = dear(desk, plan, 3)
    for wrong, code in (
        ({"items": [plan["light"]]}, "offer_moved"),
        ({"seen": "abc"}, "package_moved"),
        ({"phase": "Phase 2"}, "fits"),
    ):
        with pytest.raises(Refused) as refused:
            desk.do(key, actions.swap, by="contributor", **wrong)
        assert refused.value.status == 409 and refused.value.reasons[0].code == code
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.swap, by="business_owner")
    assert refused.value.status == 403, "who decides it does not write it"


def test_what_was_over_before_is_not_this_changes_doing(desk: Desk, plan: dict[str, str]) -> None:
    desk.world.requirement(title="more", statement="x", tier="must", effort_days=30, phase="Phase 1")
    (offer,) = price(desk, dear(desk, plan, 3)).offers
    assert offer.phase.excess == 3, "only what it adds"


def test_the_price_tag_on_its_page(desk: Desk, plan: dict[str, str]) -> None:
    settings(desk, day_rate=D(1800), change_budget_days=D(5), change_budget_cost=D(4000))
    key = desk.log(affected=[plan["must"]], tier="must")
    desk.submit(key)
    options = [
        {"name": "do_nothing", "note": "Quotes go on waiting."},
        {"name": "smaller", "days": 1, "note": "One form."},
    ]
    desk.assess(key, 3, best=2, worst=4, cost=500, probability=4, effect=4, options=options, risk="Two teams.")
    shown = desk.world.client("contributor").get(f"{BASE}/{key}").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    for words in (
        "best 2 · likely 3 · worst 4", "+3 working days", "Phase 1 ends 3 working days later",
        "Must share of Phase 1: 51 % → 58 %", "at most 60 %",
        "Of the 5 person-days for changes: 0 spent, 3 for this one", "2 person-days left",
        "Phase 1 would carry 2.5 person-days too much with this change.", "It fits when these move to Phase 2:",
        f"with this change, {plan['heavy']} moved out", "Do nothing Quotes go on waiting.", "Smaller 1 person-day · One form.",
        "risk 16 of 25", "probability 4 × effect 4",
    ):  # fmt: skip
        assert words.replace("\u00a0", " ") in text.replace("\u00a0", " "), words
    assert re.search(r"Phase 1: [^→]*27[^→]* → [^→]*2", text)
    assert "5,900" not in text, "money is not a contributor's"
    owner = desk.world.client("business_owner").get(f"{BASE}/{key}").text
    assert "¥5,900" in owner or "CN¥5,900" in owner
    assert "1,900 too much" in owner and "500 beside effort" in owner
    assert "/swap" not in owner and "/swap" in shown
    form = re.split(r'action="[^"]*/swap"', shown)[1].partition("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    hidden.pop("csrf_token", None)
    assert desk.world.client("contributor").send(f"{BASE}/{key}/swap", hidden).status_code == 303
    assert desk.dossier(key).edits[0].item == plan["heavy"]


def test_what_is_not_given_yet_is_said_so(desk: Desk, req: str) -> None:
    key = desk.deciding(affected=[req], likely=1)
    shown = desk.world.client("project_manager").get(f"{BASE}/{key}").text
    assert "cost: the project has no day rate" in shown and "end of Phase 1: it has no dates or no capacity" in shown
    assert shown.count("not given yet") >= 3


def test_the_form_of_an_assessment_loses_nothing(desk: Desk, plan: dict[str, str]) -> None:
    key = desk.log(affected=[plan["must"]])
    desk.submit(key)
    browser = desk.world.client("analyst")
    seen = re.split(r'action="[^"]*/assessments"', browser.get(f"{BASE}/{key}").text)[1]
    basis = re.search(r'name="seen" value="([^"]*)"', seen)
    assert basis is not None
    sent = {
        "likely": "2", "cost": "1,5", "probability": "3", "effect": "", "smaller_days": "few", "smaller_note": "One form.",
        "do_nothing_note": "It stays slow.", "seen": basis.group(1),
    }  # fmt: skip
    answer = browser.send(f"{BASE}/{key}/assessments", sent)
    assert answer.status_code == 422
    for kept in ("One form.", "It stays slow.", 'value="few"'):
        assert kept in answer.text
    answer = browser.send(f"{BASE}/{key}/assessments", {**sent, "cost": "15", "effect": "2", "smaller_days": "0.5"})
    assert answer.status_code == 303
    one = desk.dossier(key).said[0]
    assert (one.cost, one.risk_level) == (15, 6)
    assert one.options == [
        {"name": "do_nothing", "note": "It stays slow."}, {"name": "smaller", "note": "One form.", "days": "0.5"},
    ]  # fmt: skip


def test_the_price_over_the_api(desk: Desk, plan: dict[str, str]) -> None:
    settings(desk, day_rate=D(1800), change_budget_days=D(5))
    author, analyst = Caller(desk.world, "contributor"), Caller(desk.world, "analyst")
    body = {"title": "T", "reason": "R", "affected": [plan["must"]], "assessor_roles": ["analyst"]}
    made = author("POST", "/changes", body).json
    assert made["assessor_roles"] == ["analyst"]
    key = made["key"]
    author("POST", f"/changes/{key}/submission", {})
    said = {
        "best": 2,
        "likely": 3,
        "worst": 4,
        "cost": 500,
        "probability": 2,
        "effect": 3,
        "options": [{"name": "smaller", "days": 1}],
    }
    answer = analyst("POST", f"/changes/{key}/assessments", said)
    assert answer.status_code == 201 and answer.json["expected_effort_days"] == 3
    one = answer.json["assessments"][0]
    assert (one["cost"], one["variance"], one["counts"]) == (500, 0.11, True)
    assert one["options"] == [{"name": "smaller", "note": "", "days": 1}]
    assert "cost" not in author("GET", f"/changes/{key}/assessments").json["items"][0]
    told = analyst("GET", f"/changes/{key}/price").json
    assert told["cost"] == 5900 and told["budget"]["days"] == {"whole": 5, "spent": 0, "this": 3, "left": 2}
    assert told["phases"][0]["working_days_later"] == 3 and told["phases"][0]["end_after"] == "2026-12-02"
    assert told["swaps"] == [
        {
            "phase": "Phase 1",
            "excess_days": 2.5,
            "items": [plan["heavy"]],
            "days": 2.5,
            "into": "Phase 2",
            "more_than_fewest": 0,
        }
    ]
    assert "cost" not in author("GET", f"/changes/{key}/price").json
    answer = author(
        "POST",
        f"/changes/{key}/swap",
        {"phase": "Phase 1", "items": told["swaps"][0]["items"], "seen": made["package"]},
    )
    assert answer.status_code == 201 and answer.json["edits"][0]["field"] == "phase"
    assert author("POST", f"/changes/{key}/swap", {}).status_code == 409
    version = author("GET", f"/changes/{key}").json["version"]
    patched = author("PATCH", f"/changes/{key}", {"assessor_roles": ["implementer"]}, If_Match=f'"{version}"')
    assert patched.json["assessor_roles"] == ["implementer"] and patched.json["expected_effort_days"] is None


def test_the_record_on_paper_tells_the_price(desk: Desk, plan: dict[str, str]) -> None:
    settings(desk, day_rate=D(1000))
    key = desk.log(affected=[plan["must"]])
    desk.submit(key)
    desk.assess(key, 3, cost=500, probability=4, effect=4, risk="Two teams.")
    with desk.world.app.test_request_context(), desk.world.read("project_manager") as scene:
        told = change_record.build(Reader(scene.actor, scene.project, "en"), desk.item(scene, key))
    assert told["assessments"][0]["cost"] == told["total"]["cost"] and "3,500" in told["total"]["cost"]
    assert told["risk"] == "Two teams. (4 × 4 = 16 / 25)"
    assert told["swap"] == f"Phase 1: {plan['heavy']} → Phase 2 (2.5)"
    with desk.world.app.test_request_context(), desk.world.read("contributor") as scene:
        told = change_record.build(Reader(scene.actor, scene.project, "en"), desk.item(scene, key))
    assert told["total"]["cost"] == told["assessments"][0]["cost"] == ""


def test_the_page_asks_little_more_where_it_does_not_fit(
    desk: Desk, plan: dict[str, str], request: pytest.FixtureRequest
) -> None:
    ran = request.getfixturevalue("queries")
    key = dear(desk, plan, 1)
    browser = desk.world.client("project_manager")
    asked = {}
    for state in ("fits", "does not", "does not, with a budget, and is out of date"):
        if state == "does not":
            key = dear(desk, plan, 3)
        elif state != "fits":
            settings(desk, change_budget_days=D(5))
            desk.world_edit(plan["must"], statement="z")
        ran.clear()
        assert browser.get(f"{BASE}/{key}").status_code == 200
        asked[state] = len(ran)
    least, more, most = asked.values()
    assert more <= least + 2 and most <= least + 5, asked


def _bars(page: str) -> dict[str, Any]:
    """What the bars of a page are made of, by the name of the row: part → days, from the table below them."""
    table = page.partition('class="rq-legend"')[2].partition("<table")[2].partition("</table")[0]
    heads = re.findall(r"<th[^>]*>([^<]+)</th>", table)[1:]
    rows = {}
    for row in table.split("<tr>")[2:]:
        name, *cells = (re.sub(r"<[^>]*>", "", one).strip() for one in re.findall(r"<td[^>]*>(.*?)</td>", row))
        rows[name] = dict(zip(heads, cells, strict=True))
    return rows


def test_every_page_draws_the_same_load_of_the_same_parts(desk: Desk, plan: dict[str, str]) -> None:
    """What approved changes add is one part, called and placed alike; the change that is looked at another, and last."""
    desk.decide(desk.deciding(affected=[plan["should"]]))
    desk.world.requirement(title="unsorted", statement="x", effort_days=1, phase="Phase 1")
    key = dear(desk, plan, 1)
    client = desk.world.client("project_manager")
    change, scope = client.get(f"{BASE}/{key}").text, client.get("/p/CRM/scope").text
    overview = client.get("/p/CRM/").text
    parts = {"Must": "10", "Should": "4", "Later": "5.5", "Not sorted yet": "1", "Approved changes": "0.5"}
    carried = parts | {"Load": "21", "Capacity": "20", "over": "1"}
    assert list(_bars(scope)["Phase 1"].items()) == list(carried.items())
    assert next(row for name, row in _bars(overview).items() if name.startswith("Phase 1 until")) == carried
    now, then = _bars(change)["Phase 1 now"], _bars(change)["Phase 1 with this change"]
    assert list(now) == [*parts, "this change", "Load", "Capacity", "over"]
    assert {**now, "this change": None} == {**carried, "this change": None} and now["this change"] == "–"
    assert then == {**parts, "this change": "1", "Load": "22", "Capacity": "20", "over": "2"}
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", change))
    assert "Phase 1 would carry 2 person-days too much in all, 1 of that by this change." in text


def test_work_that_goes_goes_from_what_can_wait_first() -> None:
    days = _less({"must": D(4), "later": D(1), "change": D(2)}, D(3))
    assert (days["must"], days["later"], days["change"]) == (2, 0, 2)
    assert _less({"must": D(1), "change": D(2)}, D(2))["change"] == 1
