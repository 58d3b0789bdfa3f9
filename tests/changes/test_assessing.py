"""Parallel assessments: whose word is asked, by name and by role, which of them count, what they say beside person-days."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions
from reqtrack.changes.filed import Said
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews.actions import add_stakeholder
from reqtrack.items import store
from reqtrack.items.models import Link
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_impact import link
from tests.changes.test_stages import set_flows

D = Decimal


def said(best: str | None, likely: str, worst: str | None) -> Said:
    low, high = (None if one is None else D(one) for one in (best, worst))
    return Said(1, 1, "A", low, D(likely), high, "", "", "", "", "", datetime(2026, 11, 25, tzinfo=UTC))


def test_three_points_make_an_expectation_and_a_variance() -> None:
    assert said("1", "2", "5").expected == D("2.33") and said("1", "2", "5").variance == D(4) ** 2 / 36
    assert said(None, "2", None).variance == 0
    assert said(None, "2", "5").variance == D("0.25")


def counted(desk: Desk, key: str) -> list[tuple[str, Decimal]]:
    return [(one.name, one.expected) for one in desk.dossier(key).newest_said]


def test_without_a_name_the_newest_word_counts_alone(desk: Desk, req: str) -> None:
    desk.world.member("second", "analyst")
    key = desk.log(affected=[req])
    desk.submit(key)
    desk.assess(key, 3)
    assert desk.stage(key) == "deciding"
    desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "must"}], by="contributor")
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 5, by="second")
    assert desk.dossier(key).expected == 5, "nobody who ever assessed it is added up"
    assert [one.expected for one in desk.dossier(key).said] == [3, 5]


def test_those_asked_are_added_up_each_with_their_newest_word(desk: Desk, req: str) -> None:
    desk.world.member("second", "analyst")
    key = desk.log(affected=[req], assessors=["analyst", "implementer"])
    desk.submit(key)
    desk.assess(key, 3, best=1, worst=5, cost=100)
    assert desk.stage(key) == "assessing"
    desk.assess(key, 4, cost=250)
    desk.assess(key, 2, by="implementer", best=1, worst=3)
    found = desk.dossier(key)
    assert (found.expected, found.expected_cost, found.variance) == (6, 250, D("0.11"))
    assert (desk.read(key).expected_effort_days, desk.read(key).expected_cost) == (6, 250)
    # Who has spoken of it as it stands counts all the same; who comes instead has to speak.
    desk.do(key, actions.set_assessors, ["analyst", "second"], by="contributor")
    assert desk.dossier(key).expected == 6 and desk.read(key).expected_effort_days == 6
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 1, by="second")
    assert desk.dossier(key).expected == 7


def test_what_was_said_is_not_taken_out_by_asking_others(desk: Desk, req: str) -> None:
    key = desk.log(affected=[req], assessors=["analyst"], assessor_roles=["implementer"])
    desk.submit(key)
    desk.assess(key, 12)
    desk.assess(key, 0.5, by="implementer")
    desk.do(key, actions.set_assessors, [], by="contributor")
    assert desk.dossier(key).expected == D("12.5") and desk.stage(key) == "deciding"
    desk.do(key, actions.set_assessors, ["implementer"], [], by="contributor")
    assert desk.dossier(key).expected == D("12.5") == desk.read(key).expected_effort_days
    assert desk.events(key)[0]["after"]["spoken"] == ["analyst"]
    page = desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert page.count("not asked any more: what was said of it as it stands counts") == 1
    assert "Not asked any more, but counted for what they said:" in page
    client = desk.world.client("contributor")
    told = client.send(f"/p/CRM/changes/{key}/assessors", {"assessors": ["implementer"]}, follow_redirects=True)
    assert "stays named: what they said of it as it stands counts" in told.text
    desk.do(key, actions.set_assessors, ["implementer", "analyst"], [], by="contributor")
    assert "not asked any more" not in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert "analyst" in {one.login for ask in desk.dossier(key).asks for one in ask.people}


def test_of_a_role_any_one_holder_does(desk: Desk, req: str) -> None:
    desk.world.member("second", "implementer")
    key = desk.log(affected=[req], assessors=["analyst"], assessor_roles=["implementer"])
    desk.submit(key)
    assert ("assess", key) in desk.waiting("implementer") and ("assess", key) in desk.waiting("second")
    desk.assess(key, 2, by="second")
    assert ("assess", key) not in desk.waiting("implementer"), "one of them has spoken"
    assert desk.stage(key) == "assessing"
    desk.assess(key, 1)
    assert desk.stage(key) == "deciding" and desk.dossier(key).expected == 3


def test_the_newest_word_of_a_role_counts_and_who_is_named_speaks_for_themselves(desk: Desk, req: str) -> None:
    desk.world.member("second", "implementer")
    key = desk.log(affected=[req], assessors=["implementer"], assessor_roles=["implementer", "analyst"])
    desk.submit(key)
    desk.assess(key, 1, by="implementer")
    desk.assess(key, 2, by="second")
    assert desk.dossier(key).expected == 3
    desk.assess(key, 4, by="second")
    assert desk.dossier(key).expected == 5
    assert desk.stage(key) == "assessing", "no analyst has spoken yet"
    desk.assess(key, 0.5)
    assert desk.dossier(key).expected == D("5.5") and desk.stage(key) == "deciding"


def test_an_implementer_sees_what_their_role_is_asked_for(desk: Desk, req: str) -> None:
    key = desk.log(affected=[req], assessor_roles=["implementer"])
    assert desk.seen("implementer", key, req) == [], "a draft is its author's"
    desk.submit(key)
    assert desk.seen("implementer", key, req) == [key, req]
    desk.do(key, actions.set_assessors, [], ["analyst"], by="contributor")
    assert desk.seen("implementer", key, req) == []
    with pytest.raises(Refused):
        desk.assess(key, 1, by="contributor")


def test_a_role_that_may_not_assess_is_not_asked(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.log(assessor_roles=["tester"])
    assert refused.value.reasons[0].field == "assessor_roles"


def test_what_is_decided_stays_priced_as_it_was(desk: Desk, req: str) -> None:
    key = desk.deciding(affected=[req], assessors=["analyst", "implementer"], likely=0.25)
    desk.decide(key)
    with desk.world.write("project_manager") as scene:
        accounts.end_role(scene.actor, scene.project, user_by_login("implementer"), "implementer")
    assert desk.dossier(key).expected == D("0.5") and len(counted(desk, key)) == 2


def test_risk_options_and_money_are_kept(desk: Desk, req: str) -> None:
    key = desk.log(affected=[req])
    desk.submit(key)
    options = [{"name": "do_nothing", "note": "Quotes wait."}, {"name": "smaller", "days": "0.5", "note": "One form."},
               {"name": "other", "note": ""}, {"name": "do_nothing", "note": "", "days": ""}]  # fmt: skip
    desk.assess(key, 2, cost="1200.50", probability="4", effect=5, options=options)
    one = desk.dossier(key).said[0]
    assert (one.cost, one.risk_level) == (D("1200.50"), 20)
    assert one.options == [
        {"name": "do_nothing", "note": "Quotes wait."}, {"name": "smaller", "note": "One form.", "days": "0.5"},
        {"name": "other", "note": ""},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"cost": "many"}, "cost"), ({"cost": -1}, "cost"), ({"probability": 6, "effect": 1}, "probability"),
        ({"probability": 3}, "effect"), ({"effect": "x", "probability": 1}, "effect"),
        ({"options": [{"name": "", "days": 1}]}, "options.0.name"), ({"options": [{"name": "smaller", "days": "x"}]}, "options.0.days"),
        ({"options": [{"name": str(one), "note": "x"} for one in range(11)]}, "options"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_field(desk: Desk, req: str, given: dict[str, Any], field: str) -> None:
    key = desk.log(affected=[req])
    desk.submit(key)
    with pytest.raises(Invalid) as refused:
        desk.assess(key, 2, **given)
    assert refused.value.reasons[0].field == field


# -- what moved since --------------------------------------------------------------------------------------------------


def unlink(desk: Desk, kind: str, source: str, target: str) -> None:
    with desk.world.write("analyst") as scene:
        ends = [desk.item(scene, one) for one in (source, target)]
        wanted = select(Link).where(
            Link.kind == kind, Link.source_id == ends[0].id, Link.target_id == ends[1].id, Link.until.is_(None)
        )
        store.unlink(scene.actor, db.session.execute(wanted).scalar_one(), *ends)


def test_an_outdated_assessment_shows_what_moved(desk: Desk, req: str) -> None:
    near = desk.world.requirement(title="Discounts", statement="Up to 5 %.", tier="should")
    far = desk.world.requirement(title="Margins", statement="15 %.", tier="should")
    gone = desk.world.requirement(title="Printing", statement="On paper.", tier="later")
    link(desk, "depends_on", near, req)
    link(desk, "depends_on", gone, req)
    key = desk.deciding(affected=[req])
    assert desk.page(key).moved is None
    desk.world_edit(near, statement="Up to 10 %.")
    desk.world_edit(far, statement="12 %.")
    link(desk, "depends_on", far, near)
    unlink(desk, "depends_on", gone, req)
    found = desk.page(key).moved
    assert found is not None and not found.package and found.hidden == 0
    # What is touched only since then has not moved under the assessment by itself; the link that leads there has come.
    assert [key for key, _title in found.items] == [near, far]
    assert [(one.source, one.target, one.came) for one in found.links] == [(gone, req, False), (far, near, True)]
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "Two."}], by="contributor")
    assert desk.page(key).moved.package  # type: ignore[union-attr]
    call = Caller(desk.world, "contributor")
    told = call("GET", f"/changes/{key}/price").json
    assert told["outdated"] and told["moved"]["items"] == [near, far]
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 1)
    assert desk.page(key).moved is None


def test_words_that_are_no_scope_have_not_moved(desk: Desk, req: str) -> None:
    key = desk.deciding(affected=[req])
    desk.world_edit(req, rationale="Because.")
    assert desk.page(key).moved is None


def test_a_name_in_an_assessment_is_for_who_may_know_it(desk: Desk, req: str) -> None:
    with desk.world.write("analyst") as scene:
        person = {"name": "Gu Xiaoyun", "department": "Sales", "job_role": "Sales rep", "level": "frontline"}
        add_stakeholder(scene.actor, scene.project, person)
    key = desk.log(affected=[req], assessors=["analyst", "implementer"])
    desk.submit(key)
    options = [{"name": "smaller", "days": 1, "note": "As Gu Xiaoyun said."}]
    told = {"note": "Gu Xiaoyun said so.", "risk": "Ask Gu Xiaoyun.", "schedule_note": "Gu Xiaoyun is away."}
    desk.assess(key, 2, cost="7770.25", options=options, **told)
    for login in ("contributor", "implementer", "analyst"):
        call = Caller(desk.world, login)
        seen = desk.world.client(login).get(f"/p/CRM/changes/{key}").text + str(call("GET", f"/changes/{key}").json)
        seen += str(call("GET", "/events").json)
        assert ("Gu Xiaoyun" in seen) == (login == "analyst"), login
        assert ("770.25" in seen) == (login == "analyst"), login


def test_what_is_said_to_be_asked_for_is(desk: Desk, req: str) -> None:
    """The form promises no more than the project asks, and whoever decides sees where one number is all there is."""
    key = desk.log(affected=[req])
    desk.submit(key)
    page = desk.world.client("analyst").get(f"/p/CRM/changes/{key}").text
    assert "(optional; helps above 1 person-day)" in page and "asked for above one day" not in page
    desk.assess(key, 1)
    assert "one number only" not in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    desk.assess(key, 5)
    assert "one number only" in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    desk.assess(key, 5, best=2, worst=9)
    assert "one number only" not in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    set_flows(desk, {"asks": {"assess": ["risk"]}})
    other = desk.log(affected=[req])
    desk.submit(other)
    page = desk.world.client("analyst").get(f"/p/CRM/changes/{other}").text
    assert "(this project asks for: the risk)" in page
    with pytest.raises(Invalid):
        desk.assess(other, 1)
