"""From a draft to versions of the items: the delegation rule, separation, votes, and applying in one transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.baselines.actions import take
from reqtrack.changes import actions
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.requirements.actions import add_phase, change_phase
from reqtrack.requirements.queries import phases
from tests.changes.conftest import Desk
from tests.support.world import OPERATOR


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in error.value.reasons]


def statement(req: str, new: str = "Two levels approve.") -> dict[str, object]:
    return {"item": req, "field": "statement", "new": new}


def test_a_small_change_goes_all_the_way(desk: Desk, req: str) -> None:
    key = desk.log(edits=[statement(req)])
    assert desk.stage(key) == "draft"
    touched = desk.submit(key)
    assert touched.conflicts == []
    assert desk.stage(key) == "assessing"
    said = desk.assess(key, "0.8")
    assert said.likely == Decimal("0.8")
    assert desk.stage(key) == "deciding"
    made = desk.decide(key, proved=False)
    assert (made.stage, made.waiting_for, made.decision.seat) == ("applied", (), "project_manager")
    change = desk.read(key)
    assert change.tier == "should" and change.applied_seq and change.expected_effort_days == Decimal("0.8")
    assert desk.read(req).version == 2
    assert desk.content(req)["statement"] == "Two levels approve."


# -- who decides -------------------------------------------------------------------------------------------------------


def test_more_than_a_day_is_the_owners_and_needs_the_password(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=3, edits=[statement(req)])
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["not_your_seat"] and error.value.status == 403
    with pytest.raises(Refused) as error:
        desk.decide(key, by="business_owner", proved=False)
    assert codes(error) == ["reauthentication"] and error.value.status == 403
    assert desk.stage(key) == "deciding"
    made = desk.decide(key, by="business_owner")
    assert (made.stage, made.decision.seat, made.decision.method) == ("applied", "business_owner", "password")


def test_a_small_change_of_a_must_item_is_the_owners(desk: Desk) -> None:
    req = desk.world.requirement(statement="Three levels.", tier="must")
    key = desk.deciding(edits=[statement(req)])
    with pytest.raises(Refused):
        desk.decide(key, by="project_manager")
    assert desk.decide(key, by="business_owner", tier="must").stage == "applied"


def test_an_acceptance_scenario_of_a_must_item_touches_it(desk: Desk) -> None:
    req = desk.world.requirement(statement="Three levels.", tier="must")
    acc = desk.world.acceptance(when=["I send it"], then=["it is approved"], accepts=[req])
    key = desk.deciding(edits=[{"item": acc, "field": "then", "new": ["two people approve it"]}])
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["not_your_seat"]


def test_a_large_change_takes_two_people(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=[statement(req)])
    first = desk.decide(key, by="sponsor")
    assert first.stage == "deciding" and [one.login for one in first.waiting_for] == ["business_owner"]
    assert desk.read(req).version == 1
    second = desk.decide(key, by="business_owner")
    assert second.stage == "applied" and second.decision.seat == "business_owner"
    assert first.decision.seat == "sponsor"


def test_votes_for_different_phases_do_not_meet(desk: Desk, req: str) -> None:
    with desk.world.write("project_manager") as scene:
        add_phase(scene.actor, scene.project, {"name": "Phase 2"})
    key = desk.deciding(likely=12, edits=[statement(req)])
    desk.decide(key, by="sponsor", phase="Phase 2")
    made = desk.decide(key, by="business_owner", phase="Phase 1")
    assert made.stage == "deciding" and [one.login for one in made.waiting_for] == ["sponsor"]
    assert desk.decide(key, by="sponsor", phase="Phase 1").stage == "applied"


def test_over_capacity_counts_when_the_change_raises_the_load(desk: Desk) -> None:
    with desk.world.write("project_manager") as scene:
        change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"capacity_days": Decimal(10)})
    req = desk.world.requirement(statement="Three levels.", tier="should", phase="Phase 1", effort_days="9.5")
    key = desk.deciding(likely=1, edits=[statement(req)])
    with pytest.raises(Refused):
        desk.decide(key, by="project_manager")
    assert desk.decide(key, by="business_owner").stage == "deciding"
    assert desk.decide(key, by="sponsor").stage == "applied"


def test_nobody_decides_what_they_asked_for(desk: Desk, req: str) -> None:
    key = desk.deciding(by="project_manager", edits=[statement(req)])
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["own_request"] and error.value.status == 403
    # The next line steps in, without the password: the change is a small one.
    made = desk.decide(key, by="business_owner", proved=False)
    assert (made.stage, made.decision.seat) == ("applied", "business_owner")


def test_nobody_decides_edits_that_they_wrote(desk: Desk, req: str) -> None:
    key = desk.log(edits=[])
    desk.do(key, actions.propose, [statement(req)], by="project_manager")
    desk.submit(key)
    desk.assess(key)
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["own_edits"]


def test_who_only_typed_it_in_decides_once_it_was_confirmed(desk: Desk, req: str) -> None:
    key = desk.deciding(by="project_manager", asked_by="contributor", edits=[statement(req)])
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["typed_in"]
    desk.do(key, actions.confirm, by="contributor")
    assert desk.decide(key, by="project_manager").stage == "applied"


def test_a_confirmation_holds_for_the_text_as_it_was(desk: Desk, req: str) -> None:
    key = desk.deciding(by="project_manager", asked_by="contributor", edits=[statement(req)])
    desk.do(key, actions.confirm, by="contributor")
    desk.do(key, actions.propose, [statement(req, "One level.")], by="project_manager")
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["typed_in", "assessment_outdated"]


def test_asked_by_decides_nothing_even_when_somebody_else_logged_it(desk: Desk, req: str) -> None:
    key = desk.deciding(by="analyst", asked_by="business_owner", likely=2, edits=[statement(req)])
    with pytest.raises(Refused) as error:
        desk.decide(key, by="business_owner")
    assert codes(error) == ["own_request"]
    assert desk.decide(key, by="sponsor").decision.seat == "sponsor"


@pytest.mark.parametrize(("outcome", "more"), [("rejected", {"reason": "No."}), ("deferred", {"until": "2027-01-04"})])
def test_whatever_is_decided_above_the_limit_needs_the_password(
    desk: Desk, req: str, outcome: str, more: dict[str, str]
) -> None:
    small, large = (desk.deciding(likely=days, edits=[statement(req)]) for days in ("0.5", 3))
    assert desk.decide(small, outcome, proved=False, **more).decision.method == ""
    with pytest.raises(Refused) as error:
        desk.decide(large, outcome, by="business_owner", proved=False, **more)
    assert codes(error) == ["reauthentication"] and error.value.status == 403
    assert desk.stage(large) == "deciding"
    assert desk.decide(large, outcome, by="business_owner", **more).decision.method == "password"
    assert desk.stage(large) == outcome


@pytest.mark.parametrize("by", ["contributor", "analyst", "tester", "implementer", "auditor", "sponsor"])
def test_who_has_no_seat_does_not_decide(desk: Desk, req: str, by: str) -> None:
    key = desk.deciding(edits=[statement(req)], assessors=["implementer"] if by == "implementer" else [])
    for outcome, more in (("approved", {}), ("rejected", {"reason": "No."}), ("deferred", {"until": "2027-01-04"})):
        with pytest.raises(Refused) as error:
            desk.decide(key, outcome, by=by, **more)
        assert error.value.status == 403
    assert desk.stage(key) == "deciding"


def test_reject_needs_a_reason_and_defer_an_until(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[statement(req)])
    with pytest.raises(Invalid) as error:
        desk.decide(key, "rejected")
    assert [one.field for one in error.value.reasons] == ["reason"]
    with pytest.raises(Invalid) as error:
        desk.decide(key, "deferred")
    assert [one.field for one in error.value.reasons] == ["until"]
    assert desk.decide(key, "rejected", reason="We tried it.").stage == "rejected"
    with pytest.raises(Refused) as error:
        desk.decide(key)
    assert "wrong_stage" in codes(error) and error.value.status == 409


def test_tier_and_phase_are_chosen_or_named_as_missing(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[statement(req)])
    with pytest.raises(Invalid) as error:
        desk.decide(key, tier=None, phase=None)
    assert {one.field for one in error.value.reasons} == {"tier", "phase"}


# -- votes stand for content -------------------------------------------------------------------------------------------


def test_an_edit_voids_the_votes_given(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=[statement(req)])
    desk.decide(key, by="sponsor")
    desk.do(key, actions.propose, [statement(req, "One level approves.")], by="contributor")
    with pytest.raises(Refused) as error:
        desk.decide(key, by="business_owner")
    assert codes(error) == ["assessment_outdated"] and error.value.status == 409
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 12)
    made = desk.decide(key, by="business_owner")
    assert made.stage == "deciding" and [one.login for one in made.waiting_for] == ["sponsor"]
    assert desk.decide(key, by="sponsor").stage == "applied"
    assert desk.content(req)["statement"] == "One level approves."


def test_a_clean_rebase_voids_nothing(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=[statement(req)])
    desk.decide(key, by="sponsor")
    desk.world_edit(req, rationale="Three in ten quotes are lost.")
    assert desk.decide(key, by="business_owner").stage == "applied"
    content = desk.content(req)
    assert (content["statement"], content["rationale"]) == ("Two levels approve.", "Three in ten quotes are lost.")


def test_a_vote_is_for_what_the_voter_saw(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[statement(req)])
    seen = desk.dossier(key).package_print
    desk.do(key, actions.propose, [statement(req, "One level approves.")], by="contributor")
    with pytest.raises(Refused) as error:
        desk.decide(key, seen=seen)
    assert codes(error) == ["package_moved"] and error.value.status == 409


def test_the_same_field_moved_is_a_conflict_and_the_stage_stays(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[statement(req)])
    desk.world_edit(req, statement="Four levels approve.")
    with pytest.raises(Refused) as error:
        desk.decide(key)
    assert set(codes(error)) == {"in_conflict", "assessment_outdated"} and error.value.status == 409
    assert desk.stage(key) == "deciding" and desk.read(req).version == 2
    # The author chooses again, on the text as it is now.
    desk.do(key, actions.propose, [statement(req, "Two of four levels approve.")], by="contributor")
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key)
    assert desk.decide(key).stage == "applied"
    assert desk.content(req)["statement"] == "Two of four levels approve."


def test_two_changes_of_one_field_the_second_is_in_conflict(desk: Desk, req: str) -> None:
    first = desk.deciding(edits=[statement(req)])
    second = desk.deciding(edits=[statement(req, "One level approves.")])
    assert desk.submit_conflicts(second) == [first]
    desk.decide(first)
    with pytest.raises(Refused) as error:
        desk.decide(second)
    assert "in_conflict" in codes(error)


def test_who_was_named_anew_is_heard_before_it_is_approved(desk: Desk, req: str) -> None:
    """Naming others takes no estimate away: the change does not become a small one by that."""
    key = desk.deciding(likely=20, edits=[statement(req)])
    desk.do(key, actions.set_assessors, ["implementer"], by="contributor")
    with pytest.raises(Refused) as error:
        desk.decide(key, by="sponsor")
    assert codes(error) == ["assessment_missing"] and error.value.status == 409
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["not_your_seat", "assessment_missing"]
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 0.5, by="implementer")
    assert desk.dossier(key).expected == Decimal("20.5")
    assert desk.decide(key, by="sponsor").stage == "deciding"


def test_who_rewrote_it_or_took_edits_out_of_it_does_not_decide_it(desk: Desk, req: str) -> None:
    own = desk.deciding(edits=[statement(req)])
    desk.do(own, actions.edit_content, {"title": "Something else", "reason": "I want it."}, by="project_manager")
    desk.assess(own, 0.5)
    with pytest.raises(Refused) as error:
        desk.decide(own)
    assert codes(error) == ["own_edits"]
    other = desk.world.requirement(title="Other", statement="Other.", tier="should")
    less = desk.log(edits=[statement(req), statement(other)])
    desk.submit(less)
    desk.do(less, actions.drop, desk.dossier(less).edits[1].id, by="project_manager")
    desk.assess(less, 0.5)
    with pytest.raises(Refused) as error:
        desk.decide(less)
    assert codes(error) == ["own_edits"]
    assert desk.decide(less, by="business_owner").stage == "applied"


def test_who_places_it_or_takes_out_their_own_edit_may_decide(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[statement(req)])
    desk.do(key, actions.edit_content, {"tier": "later"}, by="project_manager")
    desk.do(key, actions.edit_content, {"title": desk.read(key).title}, by="project_manager")
    desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "later"}], by="project_manager")
    desk.do(key, actions.drop, desk.dossier(key).edits[1].id, by="project_manager")
    desk.assess(key, 0.5)
    assert desk.decide(key).stage == "applied"


def test_a_vote_without_a_password_falls_when_one_is_asked_for(desk: Desk, req: str) -> None:
    small = {"most_days": "1", "seats": ["project_manager", "business_owner"]}
    desk.table([small, {"must": True, "over": True, "seats": ["business_owner", "sponsor"]}])
    key = desk.deciding(likely=0.5, edits=[statement(req)])
    desk.decide(key, by="business_owner", proved=False)
    desk.assess(key, 50)
    assert [one.outgrown for one in desk.page(key).votes] == [True]
    assert desk.decide(key, by="sponsor").stage == "deciding"
    assert desk.decide(key, by="business_owner").stage == "applied"


def test_an_outdated_assessment_stands_in_the_way(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[statement(req)])
    desk.world.requirement(title="The printed quote names its approver", by="")
    with desk.world.write("analyst") as scene:
        source, target = (item_for(scene.actor, scene.project.id, one) for one in ("REQ-2", req))
        store.link(scene.actor, "depends_on", source, target)
    with pytest.raises(Refused) as error:
        desk.decide(key)
    assert codes(error) == ["assessment_outdated"] and error.value.status == 409
    desk.do(key, actions.reassess, by="contributor")
    assert desk.stage(key) == "assessing"
    desk.assess(key)
    assert desk.decide(key).stage == "applied"


def test_the_votes_that_counted_are_kept(desk: Desk, req: str) -> None:
    """One whose seat was gone when it took effect is not among them, nor in what the scope in force says."""
    desk.world.member("second", "sponsor")
    with desk.world.write("analyst") as scene:
        scope = f"BL-{take(scene.actor, scene.project, 'Scope').number}"
    number = desk.sign(scope)
    key = desk.deciding(likely=20, edits=[{"item": req, "field": "statement", "new": "Two levels."}])
    desk.decide(key, by="business_owner")
    with desk.world.write("project_manager") as scene:
        accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
    desk.assess(key, 20)
    desk.decide(key, by="sponsor")
    desk.decide(key, by="second")
    assert desk.stage(key) == "applied" and desk.read(key).counted == [2, 3]
    assert desk.outcome(number).to_confirm == (key,)


# -- what is changed from another end -----------------------------------------------------------------------------------


def must_of(desk: Desk) -> str:
    return desk.world.requirement(title="Quotes are kept", statement="Ten years.", tier="must")


FROM_ANOTHER_END = (
    "a link of a scenario",
    "a link of an acceptance scenario",
    "the field",
    "a new one",
    "a new one, unlinked",
)


@pytest.mark.parametrize("way", FROM_ANOTHER_END)
def test_a_must_item_changed_from_another_end_is_the_owners(desk: Desk, req: str, way: str) -> None:
    must = must_of(desk)
    scn = desk.world.scenario(title="A quote is looked up")
    acc = desk.world.acceptance(title="It is kept", then=["it is there"], accepts=[req])
    fields = {"title": "It is found", "then": ["it is there"], "accepts": [must]}
    edit: dict[str, Any] = {
        "a link of a scenario": {"item": scn, "link": "gives_rise_to", "add": [must]},
        "a link of an acceptance scenario": {"item": acc, "link": "accepts", "add": [must]},
        "the field": {"item": acc, "field": "accepts", "new": [req, must]},
        "a new one": {"new_item": {"kind": "acceptance", "fields": fields}},
        "a new one, unlinked": {"new_item": {"kind": "acceptance", "fields": fields}},
    }[way]
    key = desk.log(edits=[edit])
    if way == "a new one, unlinked":
        with pytest.raises(Refused) as kept:
            desk.do(key, actions.unpick, must, by="contributor")
        assert codes(kept) == ["implied"] and kept.value.status == 409
    assert must in desk.dossier(key).moved
    desk.submit(key)
    desk.assess(key)
    assert desk.page(key).rule.must and not desk.waiting("project_manager")
    assert desk.waiting("business_owner") == [("decide", key)]
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert codes(error) == ["not_your_seat"]
    assert desk.decide(key, by="business_owner").stage == "applied"


def test_the_form_of_an_acceptance_scenario_touches_what_it_would_accept(desk: Desk, req: str) -> None:
    must = must_of(desk)
    acc = desk.world.acceptance(title="It is kept", then=["it is there"], accepts=[req, must])
    key = desk.log()
    desk.do(key, actions.save_item, acc, {"accepts": [req]}, base_version=1, by="contributor")
    assert set(desk.dossier(key).items) == {acc, req, must} and desk.page(key, by="business_owner").rule.must
    assert "unpick" not in desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text
    # Where the edit goes, it may be taken off.
    edit = desk.dossier(key).edits[0]
    desk.do(key, actions.drop, edit.id, by="contributor")
    desk.do(key, actions.unpick, must, by="contributor")
    assert must not in desk.dossier(key).items


def test_what_is_edited_from_two_ends_is_told_as_a_conflict(desk: Desk, req: str) -> None:
    scn = desk.world.scenario(title="A quote is looked up")
    one = desk.log(edits=[{"item": scn, "link": "gives_rise_to", "add": [req]}])
    other = desk.log(edits=[statement(req)])
    fields = {"title": "It is found", "then": ["it is there"], "accepts": [req]}
    third = desk.log(edits=[{"new_item": {"kind": "acceptance", "fields": fields}}])
    assert desk.submit_conflicts(one) == [other, third]
    assert desk.submit_conflicts(other) == [one, third]
    assert desk.submit_conflicts(third) == [one, other]


def test_what_was_retired_meanwhile_is_not_written_from_another_end(desk: Desk, req: str) -> None:
    scn = desk.world.scenario(title="A quote is looked up")
    fields = {"title": "It is found", "then": ["it is there"], "accepts": [req]}
    keys = [
        desk.deciding(edits=[edit])
        for edit in (
            {"item": scn, "link": "gives_rise_to", "add": [req]},
            {"new_item": {"kind": "acceptance", "fields": fields}},
        )
    ]
    desk.decide(desk.deciding(edits=[{"retire": req}]))
    before = desk.read(req).version
    for key in keys:
        assert desk.dossier(key).conflicts == [(req, "")]
        desk.assess(key)
        with pytest.raises(Refused) as error:
            desk.decide(key)
        assert "in_conflict" in codes(error)
    assert (desk.read(req).stage, desk.read(req).version) == ("obsolete", before)


def test_an_item_to_be_linked_to_that_was_retired_is_a_conflict(desk: Desk, req: str) -> None:
    scn = desk.world.scenario(title="A quote is looked up")
    key = desk.log(edits=[{"item": req, "link": "gives_rise_to", "add": [scn]}])
    assert set(desk.dossier(key).items) == {req}
    desk.decide(desk.deciding(edits=[{"retire": scn}]))
    assert desk.dossier(key).conflicts == [(scn, "")]


def test_a_vote_is_for_the_price_that_was_seen(desk: Desk, req: str) -> None:
    """Approved at twelve days, then somebody else is asked and says three hundred: who voted is asked again."""
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}], likely=12)
    desk.decide(key, by="business_owner")
    desk.do(key, actions.set_assessors, ["analyst", "implementer"], None, by="contributor")
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 12)
    desk.assess(key, 300, by="implementer")
    assert [(one.void, one.outgrown) for one in desk.page(key).votes] == [(True, True)]
    desk.decide(key, by="sponsor")
    assert desk.stage(key) == "deciding"
    desk.decide(key, by="business_owner")
    assert desk.stage(key) == "applied"
