"""Standard changes: a template is written, approved by an owner who did not write it, and is the decision of what keeps within it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions
from reqtrack.changes.queries.templates import template_for
from reqtrack.changes.standard import Extent, Limits, fits, fits_days
from reqtrack.errors import Invalid, Refused
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.support.world import OPERATOR, PASSWORD

GIVEN = {
    "name": "A word on a screen", "reason": "Words are put right at once.", "most_days": "0.5", "most_items": "2",
    "fields": ["statement", "title"], "tiers": ["should", "later"],
}  # fmt: skip


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def written(desk: Desk, by: str = "project_manager", **more: Any) -> int:
    with desk.world.write(by) as scene:
        return actions.write_template(scene.actor, scene.project, {**GIVEN, **more}).id


def approve(desk: Desk, number: int, by: str = "business_owner", proved: bool = True) -> None:
    with desk.world.write(by) as scene:
        actions.approve_template(replace(scene.actor, reauthenticated=proved), template_for(scene.project.id, number))


def template(desk: Desk, **more: Any) -> int:
    """A template that is approved."""
    number = written(desk, **more)
    approve(desk, number)
    return number


def standard(desk: Desk, number: int | None, given: list[dict[str, Any]], by: str = "contributor", **more: Any) -> str:
    return desk.log(by, kind="standard", template=number, edits=given, **more)


def refused(desk: Desk, key: str, days: Any = "0.5", by: str = "contributor") -> list[str]:
    with pytest.raises(Refused) as told:
        desk.do(key, actions.submit, by=by, days=days)
    assert desk.stage(key) == "draft"
    return [one.code for one in told.value.reasons]


# -- the limits, without a database ------------------------------------------------------------------------------------

LIMITS = Limits("Words", "owner", False, Decimal("0.5"), 2, frozenset({"title"}), frozenset({"later"}))
SMALL = Extent(1, frozenset({"title"}), frozenset(), frozenset({"later"}))


def test_every_reason_against_it_is_told() -> None:
    def codes(limits: Limits | None, found: Extent) -> list[str]:
        return [one.code for one in fits("CR-1", limits, found).reasons]

    assert codes(LIMITS, SMALL) == []
    assert codes(None, SMALL) == ["no_template"]
    assert codes(replace(LIMITS, archived=True), SMALL) == ["template_archived"]
    assert codes(replace(LIMITS, approved_by=""), SMALL) == ["template_open"]
    large = Extent(
        3, frozenset({"title", "phase"}), frozenset({"retire"}), frozenset({"later", "must"}), ("Phase 1",),
        frozenset({"owner"}), True,
    )  # fmt: skip
    assert codes(LIMITS, large) == [
        "own_template", "too_many_items", "other_fields", "other_tiers", "over_capacity", "in_conflict",
    ]  # fmt: skip
    assert fits("CR-1", LIMITS, large).reasons[2].params["what"] == ("phase", "retire")
    assert codes(LIMITS, replace(SMALL, items=0)) == ["needed"]
    assert fits_days(LIMITS, Decimal("0.5")) and not fits_days(LIMITS, Decimal("0.51"))


some = st.frozensets(st.sampled_from("abcd"))


@settings(deadline=None)
@given(st.integers(1, 5), some, some, some, st.integers(1, 5), some, some)
def test_whatever_passes_is_within_all_limits(
    items: int, fields: Any, acts: Any, tiers: Any, most: int, allowed: Any, allowed_tiers: Any
) -> None:
    limits = Limits("L", "owner", False, Decimal(1), most, allowed, allowed_tiers)
    verdict = fits("CR-1", limits, Extent(items, fields, acts, tiers))
    within = (
        items <= most
        and (not allowed or (fields <= allowed and not acts))
        and (not allowed_tiers or tiers <= allowed_tiers)
    )
    assert bool(verdict) is within


# -- templates ---------------------------------------------------------------------------------------------------------


def test_a_template_is_written_and_approved_by_two(desk: Desk) -> None:
    with pytest.raises(Refused):
        written(desk, by="analyst")
    number = written(desk)
    for by in ("project_manager", "sponsor"):
        with pytest.raises(Refused) as told:
            approve(desk, number, by)
        assert [one.code for one in told.value.reasons] == ["no_permission"]
    with pytest.raises(Refused) as told:
        approve(desk, number, proved=False)
    assert [one.code for one in told.value.reasons] == ["reauthentication"]
    approve(desk, number)
    with pytest.raises(Refused) as told:
        approve(desk, number)
    assert [one.code for one in told.value.reasons] == ["template_approved"] and told.value.status == 409
    desk.world.member("project_manager", "business_owner")
    with desk.world.write("project_manager") as scene:
        actions.change_template(scene.actor, template_for(scene.project.id, number), {"most_items": 3})
        assert template_for(scene.project.id, number).approved_by == "", "what was approved reads otherwise now"
    with pytest.raises(Refused) as told:
        approve(desk, number, "project_manager")
    assert [one.code for one in told.value.reasons] == ["own_template"]
    assert [one["action"] for one in desk.events(f"template:{number}")] == [
        "template.written", "template.approved", "template.written",
    ]  # fmt: skip


def test_what_does_not_fit_is_named(desk: Desk) -> None:
    with pytest.raises(Invalid) as invalid:
        written(desk, name="", reason=" ", most_days="", most_items="0", fields=["colour"], tiers=["urgent"])
    assert [one.field for one in invalid.value.reasons] == [
        "name",
        "reason",
        "most_days",
        "most_items",
        "fields",
        "tiers",
    ]


# -- changes by them ---------------------------------------------------------------------------------------------------


def test_what_keeps_within_it_takes_effect_when_it_is_handed_in(desk: Desk, req: str) -> None:
    number = template(desk)
    key = standard(desk, number, edits(req))
    with pytest.raises(Invalid) as invalid:
        desk.do(key, actions.submit, by="contributor")
    assert [one.field for one in invalid.value.reasons] == ["days"]
    desk.do(key, actions.submit, by="contributor", days="0.25")
    change = desk.read(key)
    assert (change.stage, change.expected_effort_days) == ("applied", Decimal("0.25"))
    assert desk.content(req)["statement"] == "Two levels."
    (vote,) = desk.dossier(key).votes
    assert (vote.decider, vote.seat, vote.method, vote.tier) == ("system", "", "template", "should")
    assert vote.package_print == desk.dossier(key).package_print
    decided = next(one for one in desk.events(key) if one["action"] == "change.decided")
    assert (decided["after"]["template"], decided["after"]["approved_by"]) == (number, "business_owner")
    assert desk.loads() == {"Phase 1": 0.25}


def test_what_does_not_is_refused_with_every_reason(desk: Desk, req: str) -> None:
    number = template(desk)
    must = desk.world.requirement(tier="must", statement="x")
    wide = [*edits(req), *edits(must), {"item": req, "field": "tier", "new": "must"},
            {"new_item": {"kind": "requirement", "fields": {"title": "N", "tier": "later"}}}]  # fmt: skip
    assert refused(desk, standard(desk, number, wide)) == ["too_many_items", "other_fields", "other_tiers"]
    assert refused(desk, standard(desk, number, edits(req)), days="0.51") == ["too_many_days"]
    assert refused(desk, standard(desk, None, edits(req, "No template."))) == ["no_template"]
    own = standard(desk, number, edits(req, "The owner's own."), by="business_owner")
    assert refused(desk, own, by="business_owner") == ["own_template"]
    stale = standard(desk, number, edits(req, "Of old."))
    desk.world_edit(req, statement="Moved.")
    assert refused(desk, stale) == ["in_conflict"]
    open_one = standard(desk, written(desk, name="Open"), edits(req, "Open."))
    assert refused(desk, open_one) == ["template_open"]


def test_a_full_phase_is_decided_by_people(desk: Desk, req: str) -> None:
    with desk.world.write() as scene:
        from reqtrack.requirements.actions import change_phase
        from reqtrack.requirements.queries import phases

        change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"capacity_days": Decimal("0.2")})
    key = standard(desk, template(desk), edits(req))
    assert refused(desk, key) == ["over_capacity"]


def test_what_it_is_is_said_while_it_is_a_draft(desk: Desk, req: str) -> None:
    number = template(desk)
    key = desk.log(edits=edits(req))
    desk.do(key, actions.edit_content, {"kind": "standard", "template": number}, by="contributor")
    assert desk.read(key).template_id == number
    desk.do(key, actions.edit_content, {"kind": "normal", "template": None}, by="contributor")
    assert desk.read(key).template_id is None
    desk.submit(key)
    with pytest.raises(Refused) as told:
        desk.do(key, actions.edit_content, {"kind": "emergency"}, by="contributor")
    assert told.value.status == 409
    with pytest.raises(Invalid):
        standard(desk, 99, edits(req))


def test_on_the_pages(desk: Desk, req: str) -> None:
    manager, owner = desk.world.client("project_manager"), desk.world.client("business_owner", proved=False)
    base = "/p/CRM/settings/templates"
    assert "No template yet" in manager.get(base).text
    bad = manager.send(base, {**GIVEN, "most_days": "many"})
    assert bad.status_code == 422 and 'value="many"' in bad.text and "many is not a number." in bad.text
    assert manager.send(base, GIVEN).status_code == 303
    assert "waits for an owner" in manager.get(base).text and "Write a template" not in owner.get(base).text
    page = owner.get(f"{base}/1").text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]  # type: ignore[index]
    assert owner.send(f"{base}/1/approval", {"seen": seen}).status_code == 403
    assert owner.send(f"{base}/1/approval", {"seen": seen, "password": PASSWORD}).status_code == 303
    client = desk.world.client("contributor")
    assert "Standard: A word on a screen" in client.get("/p/CRM/changes/new").text
    made = client.send("/p/CRM/changes/new", {"title": "Words", "reason": "Clear.", "kind": "template:1", "item": req})
    key = made.location.rpartition("/")[2]
    desk.do(key, actions.propose, edits(req), by="contributor")
    page = client.get(f"/p/CRM/changes/{key}").text
    assert "Hand it in: it takes effect" in page
    seen = desk.dossier(key).package_print
    assert client.send(f"/p/CRM/changes/{key}/submission", {"seen": seen, "days": "x"}).status_code == 422
    large = client.send(f"/p/CRM/changes/{key}/submission", {"seen": seen, "days": "50"})
    assert large.status_code == 409 and "person-days at most" in large.text and "moved meanwhile" not in large.text
    assert client.send(f"/p/CRM/changes/{key}/submission", {"seen": seen, "days": "0.5"}).status_code == 303
    page = client.get(f"/p/CRM/changes/{key}").text
    assert "put it into effect by the template “A word on a screen”" in page and "By its template" in page
    assert manager.send(f"{base}/1", {**GIVEN, "seen": "1"}).status_code == 409
    assert manager.send(f"{base}/1/withdrawal", {"seen": "2"}).status_code == 303
    assert "No template yet" in manager.get(base).text and manager.get(f"{base}/1").status_code == 200


def test_what_fits_its_template_no_more_is_handed_in_as_a_normal_change(desk: Desk, req: str) -> None:
    number = template(desk)
    key = standard(desk, number, [{"item": req, "field": "tier", "new": "must"}])
    client, at = desk.world.client("contributor"), f"/p/CRM/changes/{key}"
    page = client.get(at).text
    assert "is not for this" in page and "Make it a normal change and submit it" in page
    assert "Who decides" not in page and "Who assesses it" not in page, "nobody does while it is a standard change"
    assert "Make it a normal change" not in desk.world.client("tester").get(at).text
    assert client.send(f"{at}/submission", {"seen": "0" * 16, "kind": "normal"}).status_code == 409
    assert (desk.stage(key), desk.read(key).change_kind) == ("draft", "standard"), "nothing of it was done"
    seen = desk.dossier(key).package_print
    assert client.send(f"{at}/submission", {"seen": seen, "kind": "normal"}).status_code == 303
    made = desk.read(key)
    assert (made.stage, made.change_kind, made.template_id) == ("assessing", "normal", None)


def test_the_way_out_is_offered_where_only_the_template_is_in_the_way(desk: Desk, req: str) -> None:
    key = standard(desk, template(desk), edits(req))
    client, at = desk.world.client("contributor"), f"/p/CRM/changes/{key}"
    assert "Make it a normal change" not in client.get(at).text, "it fits"
    seen = desk.dossier(key).package_print
    large = client.send(f"{at}/submission", {"seen": seen, "days": "50"})
    assert large.status_code == 409 and "Make it a normal change and submit it" in large.text
    empty = standard(desk, 1, [])
    shown = client.get(f"/p/CRM/changes/{empty}").text
    assert "write what should be different" in shown and "Make it a normal change" not in shown


def test_over_the_api(desk: Desk, req: str) -> None:
    manager, owner = Caller(desk.world, "project_manager"), Caller(desk.world, "business_owner")
    body = {**GIVEN, "most_days": 0.5, "most_items": 2}
    made = manager("POST", "/change-templates", body)
    assert made.status_code == 201 and made.json["approved_by"] is None
    one = f"/change-templates/{made.json['id']}"
    assert owner("POST", f"{one}/approval", {"password": PASSWORD}).json["approved_by"] == "business_owner"
    assert manager("PATCH", one, {"most_items": 3}, If_Match='"1"').status_code == 412
    assert [row["id"] for row in manager("GET", "/change-templates").json["items"]] == [made.json["id"]]
    author = Caller(desk.world, "contributor")
    body = {"title": "T", "reason": "R", "kind": "standard", "template": made.json["id"], "edits": edits(req)}
    key = author("POST", "/changes", body).json["key"]
    assert author("POST", f"/changes/{key}/submission", {"days": 1}).status_code == 409
    assert author("POST", f"/changes/{key}/submission", {"days": 0.5}).json["stage"] == "applied"
    assert manager("POST", f"{one}/withdrawal").json["archived_at"]


# -- what is changed from another end ----------------------------------------------------------------------------------


def test_a_template_goes_by_the_tier_of_what_an_acceptance_scenario_accepts(desk: Desk, req: str) -> None:
    acc = desk.world.acceptance(title="A quote is approved", then=["it is sent"], accepts=[req])
    words = {"item": acc, "field": "then", "new": ["it is sent by mail"]}
    narrow = template(desk, name="Later alone", fields=["then"], tiers=["later"])
    key = standard(desk, narrow, [words], phase="Phase 1", tier="later")
    assert refused(desk, key) == ["other_tiers"]
    wide = template(desk, name="Should, too", fields=["then"], tiers=["should", "later"])
    key = standard(desk, wide, [words], phase="Phase 1", tier="later")
    desk.do(key, actions.submit, by="contributor", days="0.5")
    assert desk.stage(key) == "applied"


def test_what_an_edit_implies_stays_within_the_template_or_is_refused(desk: Desk, req: str) -> None:
    number = template(desk, fields=[], tiers=["should", "later"], most_items="2")
    must = desk.world.requirement(title="Quotes are kept", statement="Ten years.", tier="must")
    fields = {"title": "It is found", "then": ["it is there"], "accepts": [must]}
    key = standard(
        desk, number, [{"new_item": {"kind": "acceptance", "fields": fields}}], phase="Phase 1", tier="later"
    )
    with pytest.raises(Refused) as told:
        desk.do(key, actions.unpick, must, by="contributor")
    assert [one.code for one in told.value.reasons] == ["implied"]
    assert refused(desk, key) == ["other_tiers"]
    scn = desk.world.scenario(title="A quote is looked up")
    more = [req, *(desk.world.requirement(title=f"R{at}", statement="S.", tier="later") for at in range(2))]
    key = standard(desk, number, [{"item": scn, "link": "gives_rise_to", "add": more}], phase="Phase 1", tier="later")
    assert refused(desk, key) == ["too_many_items"]


def test_an_approval_lapses_with_the_role_of_who_gave_it(desk: Desk, req: str) -> None:
    number = template(desk)
    with desk.world.write() as scene:
        accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
        accounts.set_role(OPERATOR, scene.project, user_by_login("sponsor"), "business_owner")
    key = standard(desk, number, edits(req), phase="Phase 1")
    assert refused(desk, key) == ["template_lapsed"]
    at = "/p/CRM/settings/templates"
    for page in (f"{at}/{number}", at):
        assert "approval lapsed" in desk.world.client("project_manager").get(page).text
    told = Caller(desk.world, "auditor")("GET", f"/change-templates/{number}").json
    assert (told["approved_by"], told["lapsed"]) == ("business_owner", True)
    assert "template:" not in desk.world.client("contributor").get("/p/CRM/changes/new").text
    approve(desk, number, by="sponsor")
    desk.do(key, actions.submit, by="contributor", days="0.5")
    assert desk.stage(key) == "applied"
