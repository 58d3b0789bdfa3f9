"""A signed requirement is merged or split inside a change: proposed as edits, voted on, applied at once, the signature goes on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import actions as interviews
from reqtrack.items import actions as talk
from reqtrack.items import store, successions
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for, neighbours
from reqtrack.requirements import actions as requirements
from reqtrack.requirements.queries.joining import excerpts_of, ties
from tests.changes.conftest import Desk
from tests.signoff.test_signing import ask, sign, told

NOTES = "We type each order twice. Nobody reads the remarks."


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """REQ-1 and REQ-2 are signed scope that says the same, each with a scenario, an acceptance scenario and a quote."""
    world = desk.world
    world.cast()
    for number in (1, 2):
        world.scenario("analyst", title=f"Scene {number}")
        world.requirement("analyst", title=f"Orders {number}", statement=f"Said {number}.", tier="must", effort_days=number,
                          scenarios=[f"SCN-{number}"], stage="draft")  # fmt: skip
        world.acceptance("analyst", title=f"Walk {number}", given=["a"], accepts=[f"REQ-{number}"])
    world.requirement("analyst", title="Another")
    with world.write("analyst") as scene:
        made = store.create(scene.actor, scene.project, KINDS["interview"], {"title": "Wang", "notes": NOTES})
        quotes = [interviews.mark(scene.actor, made, one) for one in NOTES.split(". ")]
        items = {key: item_for(scene.actor, scene.project.id, key) for key in ("REQ-1", "REQ-2", "REQ-3")}
        interviews.back(scene.actor, items["REQ-2"], quotes)
        store.link(scene.actor, "refines", items["REQ-3"], items["REQ-2"])
        talk.comment(scene.actor, items["REQ-2"], "I hear this often.")
        baselines.take(scene.actor, scene.project, "Scope 1")
    ask(world)
    sign(world, "business_owner")
    assert desk.stage("REQ-1") == desk.stage("REQ-2") == "approved"
    return desk


def propose(desk: Desk, verb: Any, *keys: str, by: str = "analyst", **more: Any) -> str:
    with desk.world.write(by) as scene:
        items = [item_for(scene.actor, scene.project.id, key) for key in keys]
        told = {"seen": {}, "reason": "They are one.", **more}
        return str(verb(scene.actor, scene.project, *items, **told))


def apply(desk: Desk, key: str) -> None:
    desk.submit(key, "analyst")
    desk.assess(key, by="analyst")
    desk.decide(key, by="business_owner", tier="must")
    assert desk.stage(key) == "applied"


def links(desk: Desk, key: str) -> list[tuple[str, str]]:
    with desk.world.read("analyst") as scene:
        found = neighbours(scene.actor, item_for(scene.actor, scene.project.id, key))
        return sorted((one.link, one.key) for one in found if one.link != "touches")


def quotes(desk: Desk, key: str) -> list[int]:
    with desk.world.read("analyst") as scene:
        return sorted(excerpts_of(item_for(scene.actor, scene.project.id, key)))


def test_merge_in_a_change(signed: Desk) -> None:
    with pytest.raises(Refused):
        propose(signed, requirements.merge, "REQ-2", "REQ-1", choices={})
    key = propose(
        signed, requirements.propose_merge, "REQ-2", "REQ-1", choices={"statement": "both", "effort_days": "both"}
    )
    found = signed.dossier(key)
    shown = {(one.op, one.item, one.field): one.new for one in found.edits}
    assert shown["retire", "REQ-2", ""] == {"merged_into": "REQ-1"}
    assert shown["set", "REQ-1", "statement"] == "Said 1.\n\nSaid 2."
    assert shown["set", "ACC-2", "accepts"] == ["REQ-1"]
    assert {"retire": "REQ-2", "merged_into": "REQ-1"} in found.package["edits"]
    assert signed.stage("REQ-2") == "approved", "nothing is done before it is decided"
    assert quotes(signed, "REQ-2") == [1, 2]
    apply(signed, key)
    assert (
        signed.content("REQ-1")["statement"] == "Said 1.\n\nSaid 2." and signed.content("REQ-1")["effort_days"] == "3"
    )
    assert links(signed, "REQ-1") == [
        ("accepts", "ACC-1"), ("accepts", "ACC-2"), ("gives_rise_to", "SCN-1"), ("gives_rise_to", "SCN-2"), ("refines", "REQ-3"),
    ]  # fmt: skip
    assert links(signed, "REQ-2") == []
    assert (quotes(signed, "REQ-1"), quotes(signed, "REQ-2")) == ([1, 2], [])
    assert (signed.stage("REQ-1"), signed.stage("REQ-2")) == ("approved", "obsolete")
    with signed.world.read("analyst") as scene:
        gone = item_for(scene.actor, scene.project.id, "REQ-2")
        assert gone.retired and successions.at_last(scene.actor, gone) == "REQ-1"
        event = db.session.execute(select(Event).where(Event.action == "requirement.merged")).scalar_one()
        assert (event.subject, event.reason, event.actor) == ("REQ-2", key, "business_owner")
    page = told(signed.world)
    assert (page["state"], page["carried_by"], page["to_confirm"]) == ("signed", [key], [])
    # What a change brought, a change takes back.
    with pytest.raises(Refused) as refused, signed.world.write("analyst") as scene:
        requirements.undo(scene.actor, scene.project, item_for(scene.actor, scene.project.id, "REQ-2"))
    assert [one.code for one in refused.value.reasons] == ["by_change"]


def test_split_in_a_change(signed: Desk) -> None:
    with signed.world.read("analyst") as scene:
        held = {tie.other.key: tie.id for tie in ties(item_for(scene.actor, scene.project.id, "REQ-2"))}
    places = {
        "links": {held["SCN-2"]: "first", held["ACC-2"]: "both", held["REQ-3"]: "second"},
        "evidence": {1: "first", 2: "second"},
    }
    parts = [{"title": "First", "effort_days": 1}, {"title": "Second", "statement": "Its own."}]
    key = propose(signed, requirements.propose_split, "REQ-2", parts=parts, places=places)
    shown = {(one.op, one.item or one.position): one for one in signed.dossier(key).edits}
    assert shown["retire", "REQ-2"].new == {"split_into": ["NEW-1", "NEW-2"], "links": [["refines", "REQ-3", "NEW-2"]]}
    apply(signed, key)
    assert signed.content("REQ-4") == {
        "title": "First", "statement": "Said 2.", "effort_days": "1", "tier": "must", "scenarios": ["SCN-2"],
    } | {"phase": signed.content("REQ-4")["phase"]}  # fmt: skip
    assert signed.content("REQ-5")["statement"] == "Its own."
    assert links(signed, "REQ-4") == [("accepts", "ACC-2"), ("gives_rise_to", "SCN-2")]
    assert links(signed, "REQ-5") == [("accepts", "ACC-2"), ("refines", "REQ-3")]
    assert links(signed, "REQ-2") == []
    assert (quotes(signed, "REQ-4"), quotes(signed, "REQ-5"), quotes(signed, "REQ-2")) == ([1], [2], [])
    assert [signed.stage(one) for one in ("REQ-2", "REQ-4", "REQ-5")] == ["obsolete", "approved", "approved"]
    with signed.world.read("analyst") as scene:
        old = item_for(scene.actor, scene.project.id, "REQ-2")
        led = successions.heirs(scene.actor, scene.project.id, [old.id])[old.id]
        assert [(one.way, one.key) for one in led] == [("split", "REQ-4"), ("split", "REQ-5")]
    assert told(signed.world)["carried_by"] == [key]


def test_a_conflict_keeps_everything_as_it_is(signed: Desk) -> None:
    """What moved since it was proposed: nothing is applied, nothing follows."""
    key = propose(signed, requirements.propose_merge, "REQ-2", "REQ-1", choices={"statement": "both"})
    other = signed.deciding("analyst", edits=[{"item": "REQ-1", "field": "statement", "new": "Moved."}])
    signed.decide(other, by="business_owner", tier="must")
    signed.submit(key, "analyst")
    signed.assess(key, by="analyst")
    with pytest.raises(Refused):
        signed.decide(key, by="business_owner", tier="must")
    assert (signed.stage("REQ-2"), quotes(signed, "REQ-2")) == ("approved", [1, 2])
    assert ("accepts", "ACC-2") in links(signed, "REQ-2")


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"retire": "REQ-2", "merged_into": "REQ-99"}, "merged_into"),
        ({"retire": "REQ-2", "merged_into": "REQ-2"}, "merged_into"),
        ({"retire": "REQ-2", "merged_into": "SCN-1"}, "merged_into"),
        ({"retire": "ACC-2", "merged_into": "ACC-1"}, "retire"),
        ({"retire": "REQ-2", "split_into": ["NEW-1"]}, "split_into"),
        ({"retire": "REQ-2", "split_into": ["NEW-1", "REQ-1"]}, "split_into"),
        ({"retire": "REQ-2", "split_into": "x"}, "split_into"),
        ({"retire": "REQ-2", "links": [["refines", "NEW-1", "REQ-1"]]}, "retire"),
        ({"retire": "REQ-2", "merged_into": "REQ-1", "split_into": ["NEW-1", "NEW-2"]}, "retire"),
    ],
)
def test_heirs_that_do_not_fit(signed: Desk, edit: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told_:
        signed.log("analyst", edits=[edit])
    assert [one.field for one in told_.value.reasons] == [f"edits.0.{field}"]


def test_links_of_parts_that_do_not_fit(signed: Desk) -> None:
    made = [{"new_item": {"kind": "requirement", "fields": {"title": name}}} for name in "ab"]
    for links_ in (
        ["refines"],
        [["accepts", "ACC-1", "NEW-1"]],
        [["refines", "REQ-1", "REQ-3"]],
        [["refines", "NEW-1", "REQ-99"]],
        7,
    ):
        retire = {"retire": "REQ-2", "split_into": ["NEW-1", "NEW-2"], "links": links_}
        with pytest.raises(Invalid) as told_:
            signed.log("analyst", edits=[*made, retire])
        assert [one.field for one in told_.value.reasons] == ["edits.2.links"]
    key = signed.log("analyst", edits=[*made, {"retire": "REQ-2", "split_into": ["NEW-1", "NEW-2"]}])
    edits = signed.dossier(key).edits
    # A part that is named by the split is not taken out before it.
    with pytest.raises(Invalid):
        signed.do(key, actions.drop, edits[0].id, by="analyst")
