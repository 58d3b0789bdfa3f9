"""Logging a change and writing its package."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.changes import actions, package
from reqtrack.errors import Invalid, NotFound, Refused, Stale
from reqtrack.interviews.actions import add_stakeholder
from reqtrack.items import store
from tests.changes.conftest import Desk


def fields(error: pytest.ExceptionInfo[Invalid]) -> list[str | None]:
    return [reason.field for reason in error.value.reasons]


def test_title_and_reason_are_enough(desk: Desk) -> None:
    key = desk.log(by="contributor")
    content = desk.content(key)
    assert (key, content["title"], content["kind"]) == ("CR-1", "Two levels of approval", "normal")
    found = desk.dossier(key)
    assert (found.origin.logged_by, found.origin.asked_by, found.origin.typed) == ("contributor", "contributor", False)
    assert found.edits == [] and desk.stage(key) == "draft"


@pytest.mark.parametrize("missing", ["title", "reason"])
def test_without_them_it_is_none(desk: Desk, missing: str) -> None:
    with pytest.raises(Invalid) as error:
        desk.log(**{missing: "  "})
    assert fields(error) == [missing]


@pytest.mark.parametrize("role", ["tester", "implementer", "auditor", "sponsor"])
def test_who_may_not_create_changes(desk: Desk, role: str) -> None:
    with pytest.raises(Refused):
        desk.log(by=role)


def test_asked_by_is_a_member_or_a_stakeholder(desk: Desk) -> None:
    with desk.world.write("analyst") as scene:
        person = add_stakeholder(scene.actor, scene.project, {"name": "王海涛", "job_role": "Sales rep"})
        number = person.id
    assert desk.dossier(desk.log(asked_by="business_owner")).origin.asked_by == "business_owner"
    found = desk.dossier(desk.log(asked_by=number))
    assert (found.change.asked_by, found.origin.asked_by, found.origin.typed) == (f"stakeholder:{number}", "", True)
    with pytest.raises(Invalid) as error:
        desk.log(asked_by="outsider")
    assert fields(error) == ["asked_by"]


def test_assessors_may_assess(desk: Desk) -> None:
    key = desk.log(assessors=["implementer", "analyst"])
    assert len(desk.dossier(key).asked) == 2
    with pytest.raises(Invalid) as error:
        desk.do(key, actions.set_assessors, ["tester", "nobody"], by="contributor")
    assert fields(error) == ["assessors", "assessors"]
    desk.do(key, actions.set_assessors, [], by="contributor")
    assert desk.dossier(key).asked == frozenset()


def test_every_edit_that_does_not_fit_is_named(desk: Desk, req: str) -> None:
    given: list[dict[str, Any]] = [
        {"item": req, "field": "tier", "new": "sometimes"},
        {"item": "REQ-99", "field": "title", "new": "x"},
        {"item": req, "field": "colour", "new": "x"},
        {"item": req, "field": "title", "new": ""},
        {"item": req, "field": "statement", "new": "x", "base_version": 7},
        {"new_item": {"kind": "interview", "fields": {"title": "x"}}},
        {"new_item": {"kind": "requirement", "fields": {"title": "", "effort_days": "many"}}},
        {"retire": "CR-1"},
        {"item": req, "link": "touches", "add": ["REQ-1"]},
        {"item": req, "link": "depends_on", "add": [req]},
        {"item": req, "link": "depends_on"},
        {"item": req, "new": "x"},
        {"item": req, "field": "statement", "new": "Three levels approve."},
    ]
    key = desk.log()
    with pytest.raises(Invalid) as error:
        desk.do(key, actions.propose, given, by="contributor")
    # The last one fits, though it would change nothing.
    assert {str(name).split(".")[1] for name in fields(error)} == {str(n) for n in range(12)}
    assert "edits.6.effort_days" in fields(error) and "edits.4.base_version" in fields(error)
    with pytest.raises(Invalid) as error:
        desk.do(key, actions.propose, given[-1:], by="contributor")
    assert [one.code for one in error.value.reasons] == ["no_effect"]
    assert desk.dossier(key).edits == []


def test_an_edit_of_the_same_field_takes_the_place_of_the_one_before(desk: Desk, req: str) -> None:
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    edits = desk.do(
        key, actions.propose, [{"item": req.lower(), "field": "statement", "new": "One."}], by="contributor"
    )
    assert [(one.field, one.old, one.new, one.base_version) for one in edits] == [
        ("statement", "Three levels approve.", "One.", 1)
    ]
    # Back to what it says: there is nothing to propose any more.
    edits = desk.do(
        key, actions.propose, [{"item": req, "field": "statement", "new": "Three levels approve."}], by="contributor"
    )
    assert edits == []


def test_one_field_is_edited_once_in_a_call(desk: Desk, req: str) -> None:
    said = {"item": req, "field": "statement"}
    with pytest.raises(Invalid) as error:
        desk.log(edits=[{**said, "new": "One."}, {"retire": req}, {**said, "new": "Two."}, {"retire": req}])
    assert fields(error) == ["edits.2", "edits.3"]
    assert error.value.reasons[0].code == "twice"


def test_links_go_to_those_that_are_said_already(desk: Desk, req: str) -> None:
    others = [desk.world.requirement(title=f"Other {at}", statement=f"Does {at}.") for at in range(3)]

    def links(*told: tuple[str, str]) -> list[dict[str, Any]]:
        return [{"item": req, "link": "refines", part: [key]} for part, key in told]

    def standing(key: str) -> list[tuple[list[str], list[str]]]:
        return [(one.new["add"], one.new["remove"]) for one in desk.dossier(key).edits if one.op == "link"]

    # Within one call, and by somebody else in another.
    key = desk.log(edits=links(("add", others[0]), ("add", others[1])))
    assert standing(key) == [(others[:2], [])]
    desk.do(key, actions.propose, links(("add", others[2])), by="analyst")
    assert standing(key) == [(others, [])] and desk.dossier(key).edits[0].author == "contributor analyst"
    # The later word holds; what is said no more is no edit.
    desk.do(key, actions.propose, links(("remove", others[0])), by="contributor")
    assert standing(key) == [(others[1:], [])]
    desk.do(key, actions.propose, links(*(("remove", one) for one in others[1:])), by="contributor")
    assert standing(key) == []


def test_an_edit_may_begin_from_an_earlier_version(desk: Desk, req: str) -> None:
    desk.world_edit(req, statement="Four levels.")
    given = {"item": req, "field": "statement", "new": "Two.", "base_version": 1}
    edits = desk.do(desk.log(), actions.propose, [given], by="contributor")
    assert (edits[0].old, edits[0].base_version) == ("Three levels approve.", 1)


def test_an_items_form_is_a_proposal(desk: Desk, req: str) -> None:
    key = desk.log()
    given = {"title": "Quotes are approved", "statement": "Two.", "tier": "must", "tags": "", "effort_days": ""}
    edits = desk.do(key, actions.save_item, req, given, by="contributor", base_version=1)
    assert {one.field: one.new for one in edits} == {"statement": "Two.", "tier": "must"}
    edits = desk.do(
        key, actions.save_item, req, {"statement": "Two.", "tier": "should"}, by="contributor", base_version=1
    )
    assert {one.field: one.new for one in edits} == {"statement": "Two."}
    assert desk.content(req)["statement"] == "Three levels approve."


def test_a_form_made_before_somebody_elses_edit_is_refused(desk: Desk, req: str) -> None:
    key = desk.log()
    seen = desk.dossier(key).package_print
    desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "must"}], by="analyst")
    with pytest.raises(Refused) as error:
        desk.do(key, actions.save_item, req, {"statement": "Two."}, by="contributor", base_version=1, seen=seen[:16])
    assert (error.value.status, error.value.reasons[0].code) == (409, "package_moved")


def test_new_items_may_name_each_other(desk: Desk) -> None:
    edits = desk.do(
        desk.log(),
        actions.propose,
        [
            {"new_item": {"kind": "acceptance", "fields": {"title": "A quote is approved", "accepts": ["NEW-2"]}}},
            {"new_item": {"kind": "requirement", "fields": {"title": "Two levels"}}},
        ],
        by="contributor",
    )
    assert edits[0].new["accepts"] == ["NEW-2"]
    with pytest.raises(Invalid):
        desk.do("CR-1", actions.drop, edits[1].id, by="contributor")
    edits = desk.do("CR-1", actions.drop, edits[0].id, by="contributor")
    assert [one.kind for one in edits] == ["requirement"]
    edits = desk.do("CR-1", actions.rewrite, edits[0].id, {"title": "One level", "tier": "must"}, by="contributor")
    assert edits[0].new == {"title": "One level", "tier": "must"}
    given = {"new_item": {"kind": "acceptance", "fields": {"title": "x", "accepts": ["NEW-9"]}}}
    with pytest.raises(Invalid):
        desk.do("CR-1", actions.propose, [given], by="contributor")


def test_a_new_acceptance_scenario_makes_the_change_about_what_it_accepts(desk: Desk, req: str) -> None:
    key = desk.log(edits=[{"new_item": {"kind": "acceptance", "fields": {"title": "x", "accepts": [req]}}}])
    assert [one.key for one in desk.dossier(key).picked] == [req]


def test_replacing_all_edits(desk: Desk, req: str) -> None:
    key = desk.log(
        edits=[{"item": req, "field": "statement", "new": "Two."}, {"item": req, "field": "tier", "new": "must"}]
    )
    before = {one.field: one.id for one in desk.dossier(key).edits}
    edits = desk.do(key, actions.replace_edits, [{"item": req, "field": "tier", "new": "later"}], by="contributor")
    assert [(one.id, one.field, one.new) for one in edits] == [(before["tier"], "tier", "later")]
    assert desk.do(key, actions.replace_edits, [], by="contributor") == []


def test_retiring_twice_or_what_is_gone_makes_no_sense(desk: Desk, req: str) -> None:
    key = desk.log(edits=[{"retire": req}])
    assert [one.op for one in desk.do(key, actions.propose, [{"retire": req}], by="contributor")] == ["retire"]
    with desk.world.write("analyst") as scene:
        store.edit(scene.actor, desk.item(scene, req), {}, retired=True)
    with pytest.raises(Invalid):
        desk.do(desk.log(), actions.propose, [{"retire": req}], by="contributor")


@pytest.mark.parametrize(("by", "may"), [("analyst", True), ("project_manager", True), ("contributor2", False)])
def test_whose_the_package_is(desk: Desk, req: str, by: str, may: bool) -> None:
    desk.world.member("contributor2", "contributor")
    key = desk.log(by="contributor")
    given = [{"item": req, "field": "tier", "new": "must"}]
    if may:
        assert desk.do(key, actions.propose, given, by=by)[0].author == by
        return
    with pytest.raises(Refused) as error:
        desk.do(key, actions.propose, given, by=by)
    assert error.value.status == 403


def test_whoever_wrote_an_edit_stays_its_author_when_another_mends_it(desk: Desk, req: str) -> None:
    """Separation: else a decider would approve their own text after somebody put a full stop to it."""
    key = desk.log(by="contributor")
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "mine"}], by="project_manager")
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "mine."}], by="analyst")
    assert desk.dossier(key).origin.editors == {"project_manager", "analyst"}
    desk.submit(key)
    desk.assess(key)
    with pytest.raises(Refused) as error:
        desk.decide(key, by="project_manager")
    assert error.value.status == 403


def test_who_asked_is_said_by_who_logged_it_while_it_is_a_draft(desk: Desk, req: str) -> None:
    """Separation: else whoever asked names another and decides."""
    key = desk.log(by="analyst", asked_by="project_manager", affected=[req])
    for by in ("project_manager", "analyst"):
        if by == "analyst":
            desk.do(key, actions.edit_content, {"asked_by": "contributor"}, by=by)
            desk.submit(key, by="analyst")
        with pytest.raises(Refused) as error:
            desk.do(key, actions.edit_content, {"asked_by": "tester"}, by=by)
        assert [reason.code for reason in error.value.reasons] == ["asker_stands"]


def test_a_change_is_withdrawn_never_retired(desk: Desk, req: str) -> None:
    key = desk.deciding(affected=[req])
    with pytest.raises(Refused, match="withdraw"), desk.world.write("project_manager") as scene:
        store.edit(scene.actor, desk.item(scene, key), {}, retired=True)


def test_content_is_edited_while_it_is_open_by_those_it_belongs_to(desk: Desk, req: str) -> None:
    desk.world.member("contributor2", "contributor")
    key = desk.deciding(edits=[{"item": req, "field": "tier", "new": "later"}])
    desk.do(key, actions.edit_content, {"title": "Two levels"}, by="contributor", seen=1)
    with pytest.raises(Stale):
        desk.do(key, actions.edit_content, {"title": "One level"}, by="contributor", seen=1)
    with pytest.raises(Refused) as error:
        desk.world_edit(key, by="contributor2", title="Mine")
    assert error.value.reasons[0].code == "not_yours"
    desk.decide(key, "rejected", reason="Not now.")
    with pytest.raises(Refused) as error:
        desk.world_edit(key, by="contributor", title="Too late")
    assert error.value.reasons[0].code == "decided"
    with pytest.raises(Refused):
        desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "must"}], by="contributor")


def test_picking_says_what_it_is_about(desk: Desk, req: str) -> None:
    key = desk.log(affected=[req])
    assert [one.key for one in desk.dossier(key).picked] == [req]
    desk.do(key, actions.pick, [req, "req-1"], by="contributor")
    desk.do(key, actions.unpick, req, by="contributor")
    assert desk.dossier(key).picked == []
    with pytest.raises(NotFound):
        desk.do(key, actions.unpick, req, by="contributor")
    with pytest.raises(Invalid):
        desk.do(key, actions.pick, ["REQ-77"], by="contributor")


def test_the_event_tells_the_package_before_and_after_and_whose_votes_fell(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=[{"item": req, "field": "statement", "new": "Two."}])
    desk.decide(key, by="sponsor")
    before = desk.dossier(key).package_print
    desk.do(key, actions.propose, [{"item": req, "field": "statement", "new": "One."}], by="contributor")
    event = desk.events(key)[0]
    assert event["action"] == "change.package_edited" and event["actor"] == "contributor"
    assert event["before"]["package"] == before and event["after"]["voided"] == ["sponsor"]
    assert event["after"]["package"] == desk.dossier(key).package_print
    assert event["after"]["edits"] == [package.shown(one) for one in desk.dossier(key).edits]
