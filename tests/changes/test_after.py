"""What is told of a change in effect is what was so when it was decided and took effect, on each page and on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from reqtrack.acceptance.actions import close_round
from reqtrack.acceptance.queries import round_for
from reqtrack.accounts import actions as accounts
from reqtrack.api.resources.changes import impact_of
from reqtrack.audit.queries import NEWEST
from reqtrack.changes import dossier, impact, pages
from reqtrack.documents.contexts import change_record
from reqtrack.documents.contexts import impact as impact_paper
from reqtrack.documents.contexts.common import Reader
from reqtrack.items.actions import comment
from reqtrack.requirements import actions as planning
from reqtrack.requirements.queries import phases
from tests.changes.conftest import Desk


def paper(desk: Desk, key: str, build: Callable[..., Any]) -> dict[str, Any]:
    with desk.world.app.test_request_context(), desk.world.read("project_manager") as scene:
        found: dict[str, Any] = build(Reader(scene.actor, scene.project, "en"), desk.item(scene, key))
        return found


@pytest.fixture
def applied(desk: Desk, req: str) -> tuple[str, str, str]:
    """A change in effect that made a tested result stale and a signed round's signature fall; then tested again."""
    acc = desk.world.acceptance(title="Approve a quote", accepts=[req])
    number = desk.passed(acc)
    with desk.world.write("project_manager") as scene:
        close_round(scene.actor, round_for(scene.actor, scene.project.id, number))
    name = f"SGN-{desk.sign(f'RND-{number}')}"
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}])
    assert desk.decide(key).stage == "applied"
    desk.passed(acc)
    return key, acc, name


def test_impact_paper_and_record_say_what_the_page_says(desk: Desk, applied: tuple[str, str, str]) -> None:
    key, _acc, name = applied
    client = desk.world.client("project_manager")
    shown = client.get(f"/p/CRM/changes/{key}").text
    assert "1 result turned stale" in shown and name in shown and "nothing to test again" not in shown
    for view in ("", "?view=list"):
        touched = client.get(f"/p/CRM/changes/{key}/impact{view}").text
        assert "1 result turned stale" in touched and name in touched and "Signatures that fell" in touched
        assert "No result turns stale" not in touched and "1 result turns stale" not in touched, "tested again since"
    for build in (impact_paper.build, change_record.build):
        falls = [(one["key"], one["was"], one["becomes"]) for one in paper(desk, key, build)["falls"]]
        assert (name, "a signature", "superseded") in falls and ("", "1 result", "turned stale") in falls
    with desk.world.read("project_manager") as scene:
        mine = dossier.load(desk.item(scene, key))
        told = impact_of(mine, impact.of_dossier(scene.actor, mine))
        assert (told["stale_results"], told["superseded_signoffs"]) == (1, 1), "over the API, too"
    told = paper(desk, key, impact_paper.build)
    assert "1 result turned stale" in told["lead"] and "again" not in told["lead"]
    assert told["tree"][0]["effect"] == "got a new version"
    assert all("stale" not in one["effect"] for one in told["tree"])


def test_what_is_told_of_today_says_so_once_it_is_in_effect(desk: Desk) -> None:
    """The must share is kept by the decision; the budget, and the other changes on its items, are those of today."""
    with desk.world.write() as scene:
        told = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27), "capacity_days": D(20)}
        planning.change_phase(scene.actor, scene.project, phases(scene.project.id)[0], told)
        accounts.change_project(scene.actor, scene.project, {"change_budget_days": 5})
    req = desk.world.requirement(statement="x", tier="must", effort_days=8, phase="Phase 1")
    desk.world.requirement(statement="y", tier="should", effort_days=8, phase="Phase 1")
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Other words."}])
    other = desk.log("analyst", edits=[{"item": req, "field": "tier", "new": "should"}])

    def notes() -> tuple[str, str]:
        with desk.world.app.test_request_context("/"), desk.world.read("project_manager") as scene:
            must, budget = pages.show(scene.actor, scene.project, desk.item(scene, key))["costs"]["checks"]
            return must["note"], budget["note"]

    def impact() -> str:
        return desk.world.client("auditor").get(f"/p/CRM/changes/{key}/impact").text

    assert [note.partition(" · ")[2] for note in notes()] == ["", ""]
    assert "Other open changes on the same items" in impact() and other in impact()
    desk.decide(key, by="business_owner", tier="must")
    must, budget = notes()
    assert must.partition(" · ")[2].startswith("at the decision, ") and budget == "4.5 person-days left · today"
    assert "Other changes on the same items that are open today" in impact() and other in impact()
    assert "Other open changes" not in impact()
    assert paper(desk, key, impact_paper.build)["rivals_head"] == "Other changes on the same items that are open today"


def test_the_load_is_that_of_the_decision(desk: Desk) -> None:
    with desk.world.write() as scene:
        first = phases(scene.project.id)[0]
        told = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27), "capacity_days": D(10)}
        planning.change_phase(scene.actor, scene.project, first, told)
    req = desk.world.requirement(statement="x", tier="should", effort_days=8, phase="Phase 1")
    fits = desk.deciding(affected=[req])
    desk.decide(fits)
    desk.world.requirement(statement="y", tier="should", effort_days=9, phase="Phase 1")

    def bars() -> list[tuple[str, Any, Any]]:
        with desk.world.app.test_request_context("/"), desk.world.read("project_manager") as scene:
            shown = pages.show(scene.actor, scene.project, desk.item(scene, fits))
            assert "later" not in shown["summary"] and not shown["costs"]["over"]
            return [(one["note"], one["load"], one["limit"]) for one in shown["bars"]]

    before, after = bars()
    shown = desk.world.client("project_manager").get(f"/p/CRM/changes/{fits}").text
    assert ">Should<" in shown and "Not sorted yet" not in shown
    assert before[0].startswith("without this change · at the decision, ") and before[1:] == (D(8), D(10))
    assert after[0].startswith("with this change · at the decision, ") and after[1:] == (D("8.5"), D(10))


def planned(desk: Desk) -> None:
    """Six days of *must* in a phase of ten."""
    with desk.world.write() as scene:
        first = phases(scene.project.id)[0]
        told = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27), "capacity_days": D(10)}
        planning.change_phase(scene.actor, scene.project, first, told)


def kept(desk: Desk, key: str) -> list[tuple[Any, ...]]:
    """What the decision kept of the phases."""
    found = desk.page(key, by="project_manager").price.decided
    assert found is not None
    return [(one.name, one.before, one.after, one.must_share_after, one.days_late) for one in found[1]]


def test_what_is_decided_is_kept_in_the_tier_and_phase_it_is_decided_for(desk: Desk) -> None:
    planned(desk)
    req = desk.world.requirement(statement="x", tier="must", effort_days=6, phase="Phase 1")
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "y"}], likely=2)
    desk.decide(key, tier="must", by="business_owner")
    assert kept(desk, key) == [("Phase 1", 6, 8, 1, 0)]
    assert desk.page(key).price.phases[0].must_share_after == 1


@pytest.mark.parametrize("outcome", ["rejected", "deferred"])
def test_who_says_no_has_seen_it_where_it_would_go(desk: Desk, outcome: str) -> None:
    planned(desk)
    req = desk.world.requirement(statement="x", tier="must", effort_days=6, phase="Phase 1")
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "y"}], likely=6)
    desk.decide(key, outcome, by="business_owner", reason="no", until="later")
    assert kept(desk, key) == [("Phase 1", 6, 12, 1, 4)]
    (told,) = paper(desk, key, change_record.build)["load"]
    assert (told["before"], told["after"]) == (6, 12)


def test_what_was_decided_outlives_talk_and_names(desk: Desk) -> None:
    planned(desk)
    req = desk.world.requirement(statement="x", tier="must", effort_days=6, phase="Phase 1")
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "y"}], likely=2)
    desk.decide(key, tier="must", by="business_owner")
    before = kept(desk, key)
    with desk.world.write() as scene:
        planning.change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "First"})
        planning.add_phase(scene.actor, scene.project, {"name": "Phase 1"})
        for number in range(NEWEST + 1):
            comment(scene.actor, desk.item(scene, key), f"{number}")
    assert kept(desk, key) == [("First", *before[0][1:])]
    page = desk.page(key)
    assert page.fell is not None and page.price.phases[0].before == 6
