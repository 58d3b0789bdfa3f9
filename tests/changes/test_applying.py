"""What an approval does, in one transaction."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.baselines.actions import take
from reqtrack.changes import actions
from reqtrack.db import db
from reqtrack.errors import Refused
from reqtrack.interviews import actions as interviews
from reqtrack.interviews.models import Evidence
from reqtrack.items import store
from reqtrack.items.models import Version
from reqtrack.items.queries import neighbours
from tests.changes.conftest import Desk
from tests.support.meter import Queries


def stage(desk: Desk, key: str, to: str) -> None:
    with desk.world.write("analyst") as scene:
        store.move(scene.actor, desk.item(scene, key), to)


def test_locked_scope_changes_by_a_change_alone(desk: Desk, req: str) -> None:
    stage(desk, req, "approved")
    with pytest.raises(Refused):
        desk.world_edit(req, statement="Two levels.")
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}])
    desk.decide(key)
    assert desk.read(req).stage == "approved"
    with desk.world.read("auditor") as scene:
        row = db.session.get(Version, (desk.item(scene, req).id, 2))
        assert (row.change, row.author) == (key, "project_manager")


def test_what_was_built_is_to_be_built_again(desk: Desk, req: str) -> None:
    other = desk.world.requirement(statement="Stays.", tier="should")
    for one in (req, other):
        stage(desk, one, "implemented")
    desk.decide(desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}]))
    assert (desk.stage(req), desk.stage(other)) == ("approved", "implemented")


def test_a_requirement_it_adds_is_approved_with_the_chosen_tier_and_phase(desk: Desk) -> None:
    with desk.world.write("analyst") as scene:
        values = {"title": "A day", "notes": "Wang: nobody reads it."}
        interview = store.create(scene.actor, scene.project, desk.kind("interview"), values)
        excerpt = interviews.mark(scene.actor, interview, "nobody reads it").id
    scenario = desk.world.scenario(title="Approving a quote")
    key = desk.deciding(
        edits=[
            {"new_item": {"kind": "requirement", "fields": {"title": "Margin is shown", "scenarios": [scenario], "evidence": [excerpt]}}},
            {"new_item": {"kind": "acceptance", "fields": {"title": "Margin is seen", "then": ["15 %"], "accepts": ["NEW-1"]}}},
        ]
    )  # fmt: skip
    desk.decide(key, tier="should", phase="Phase 1")
    made = desk.read("REQ-1")
    assert (made.stage, made.tier, made.phase_id) == ("approved", "should", desk.phases()["Phase 1"])
    assert desk.content("REQ-1")["scenarios"] == [scenario]
    assert desk.content("ACC-1")["accepts"] == ["REQ-1"]
    assert [one.made_key for one in desk.dossier(key).edits] == ["REQ-1", "ACC-1"]
    with desk.world.read("auditor") as scene:
        backing = db.session.execute(select(Evidence.excerpt_id).where(Evidence.item_id == made.id)).scalars().all()
        assert backing == [excerpt]


def test_one_it_retires_is_obsolete(desk: Desk, req: str) -> None:
    acc = desk.world.acceptance(then=["x"], accepts=[req])
    desk.decide(desk.deciding(edits=[{"retire": req}, {"retire": acc}]))
    gone = desk.read(req)
    assert (gone.stage, gone.retired) == ("obsolete", True)
    assert desk.read(acc).retired and desk.content(acc)["retired"] is True


def test_links_come_and_go(desk: Desk, req: str) -> None:
    other = desk.world.requirement(title="Margin", tier="should")
    acc = desk.world.acceptance(then=["x"], accepts=[other])
    second = desk.world.acceptance(title="second", then=["y"])
    scenario = desk.world.scenario()
    key = desk.deciding(
        edits=[
            {"item": req, "link": "depends_on", "add": [other]},
            {"item": acc, "link": "accepts", "add": [req], "remove": [other]},
            {"item": req, "link": "accepts", "add": [second]},
            {"item": scenario, "link": "gives_rise_to", "add": [req]},
        ]
    )
    desk.decide(key)
    assert desk.content(acc)["accepts"] == [req] and desk.content(second)["accepts"] == [req]
    assert desk.content(req)["scenarios"] == [scenario]
    with desk.world.read("auditor") as scene:
        found = {(one.link, one.key) for one in neighbours(scene.actor, desk.item(scene, req)) if one.link != "touches"}
    assert found == {("depends_on", other), ("accepts", acc), ("accepts", second), ("gives_rise_to", scenario)}


def test_the_scope_signature_goes_on(desk: Desk) -> None:
    req = desk.world.requirement(statement="Three levels.", tier="should")
    acc = desk.world.acceptance(then=["it is approved"], accepts=[req])
    with desk.world.write("analyst") as scene:
        take(scene.actor, scene.project, "Scope 1")
    signed = desk.sign("BL-1")
    assert desk.stage(req) == "approved"
    key = desk.deciding(
        likely=2,
        edits=[
            {"item": req, "field": "statement", "new": "Two levels."},
            {"item": acc, "field": "then", "new": ["two approve it"]},
        ],
    )
    page = desk.page(key, by="business_owner")
    assert [(one.subject, one.state) for one in page.impact.signatures] == [("BL-1", "carried")]
    desk.decide(key, by="sponsor") if page.rule.seats[0].acting == "sponsor" else desk.decide(key, by="business_owner")
    outcome = desk.outcome(signed)
    assert (outcome.state, outcome.carried_by) == ("signed", (key,))


def test_all_or_nothing(desk: Desk, req: str) -> None:
    other = desk.world.requirement(title="Other", tier="should")
    with desk.world.write("analyst") as scene:
        store.link(scene.actor, "refines", desk.item(scene, other), desk.item(scene, req))
    # Refining in a circle is refused by the store, long after the first edit was applied.
    key = desk.deciding(
        edits=[{"item": req, "field": "statement", "new": "Two."}, {"item": req, "link": "refines", "add": [other]}]
    )
    before = desk.seq()
    with pytest.raises(Exception, match="circle"):
        desk.decide(key)
    assert desk.stage(key) == "deciding" and desk.read(req).version == 1
    assert desk.dossier(key).votes == [] and desk.seq() == before


def test_the_decision_is_sealed_and_stands_for_the_package(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two."}])
    stands_for = desk.dossier(key).package_print
    desk.decide(key, reason="Do it.")
    vote = desk.dossier(key).votes[0]
    assert (vote.package_print, vote.outcome, vote.reason, vote.tier) == (stands_for, "approved", "Do it.", "should")
    decided = next(one for one in desk.events(key) if one["action"] == "change.decided")
    assert [seal[0] for seal in decided["seals"]] == ["decisions"] and decided["seals"][0][2] == vote.seal
    applied = next(one for one in desk.events(key) if one["action"] == "change.applied")
    assert applied["after"]["versions"] == [[req, 2]] and applied["seq"] == desk.read(key).applied_seq


def test_load_of_the_phase_has_the_applied_change(desk: Desk, req: str) -> None:
    key = desk.deciding(likely="0.5", edits=[{"item": req, "field": "statement", "new": "Two."}])
    assert [(one.before, one.after) for one in desk.page(key).impact.phases] == [(0, 0.5)]
    desk.decide(key)
    assert desk.loads() == {"Phase 1": 0.5}


def test_every_step_leaves_an_event(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two."}])
    desk.decide(key)
    desk.do(key, actions.close, "Live.", by="contributor")
    with desk.world.read("auditor") as scene:
        rows = db.session.execute(
            select(Event.action, Event.subject).where(Event.project_id == scene.project.id).order_by(Event.seq)
        ).all()
    told: list[Any] = [tuple(row) for row in rows if row.subject in (key, req)]
    assert told[1:] == [
        ("change.created", key), ("change.package_edited", key), ("change.moved", key), ("change.assessed", key),
        ("change.moved", key), ("change.decided", key), ("change.moved", key), ("change.applied", key),
        ("change.edited", key), ("requirement.edited", req), ("change.moved", key),
    ]  # fmt: skip


def test_a_large_change_takes_effect_in_few_statements(desk: Desk, queries: Queries) -> None:
    """About one for each edit, whatever accepts what it edits."""
    reqs = [desk.world.requirement(statement="x", tier="should") for _ in range(30)]
    for req in reqs:
        desk.world.acceptance(then=["y"], accepts=[req])

    def taken(keys: list[str]) -> int:
        key = desk.deciding(edits=[{"item": one, "field": "statement", "new": "z"} for one in keys])
        queries.clear()
        desk.decide(key)
        return len(queries)

    few, many = taken(reqs[:5]), taken(reqs[5:])
    assert many - few <= 2 * 20
