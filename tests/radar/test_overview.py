"""The Overview: how a project stands, for each reader within what they may see; the first week."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.interviews.models import Stakeholder
from reqtrack.permissions import ROLES, Actor
from reqtrack.radar import policy
from reqtrack.radar.policy import Facts
from reqtrack.requirements import actions as planning
from reqtrack.requirements.queries import phases
from tests.support.meter import Queries
from tests.support.world import World

# All checks of the radar together take two dozen, those of change half of them, the gates a dozen; the next reader is told from memory.
ANEW = 50


def filled(world: World) -> None:
    """A project a few days old."""
    world.cast()
    with world.write("project_manager") as scene:
        first = phases(scene.project.id)[0]
        ends = clock.today("Asia/Shanghai") + timedelta(days=30)
        planning.change_phase(
            scene.actor, scene.project, first, {"name": "一期", "capacity_days": Decimal(10), "ends_on": ends}
        )
        planning.add_phase(scene.actor, scene.project, {"name": "二期"})
    agreed = world.item("requirement", title="已定的需求", tier="must", phase="一期", effort_days="8")
    world.requirement("analyst", title="草拟的需求", tier="should", phase="一期", effort_days="4")
    world.requirement("analyst", title="未排的需求")
    world.scenario("analyst")
    world.acceptance("analyst", title="验收已定的", accepts=[agreed])
    world.move(agreed, "approved")
    world.item("change", "contributor", title="要决定的变更", reason="x", stage="deciding")
    world.item("change", "contributor", title="草稿变更", reason="x")


def test_every_role_sees_it_and_nobody_else(world: World) -> None:
    filled(world)
    for login in ROLES:
        for language in ("en", "zh"):
            assert world.client(login, language=language).get("/p/CRM/").status_code == 200, login
    assert world.client("outsider").get("/p/CRM/").status_code == 404
    assert world.client().get("/p/CRM/").location == "/sign-in?next=/p/CRM/"


def test_figures_link_to_what_they_count(world: World) -> None:
    filled(world)
    shown = world.client("project_manager").get("/p/CRM/").text
    for href, value in (
        ("/p/CRM/requirements", 3), ("/p/CRM/scenarios", 1), ("/p/CRM/acceptance", 1), ("/p/CRM/interviews", 0),
    ):  # fmt: skip
        assert f'<a href="{href}"><b>{value}</b>' in shown, href
    assert "12 of 10 person-days" in shown, "一期 carries more than it can"
    assert "capacity not given yet" in shown, "never 0 or red"
    assert "要决定的变更" in shown and "waits for a decision" in shown
    assert 'href="/p/CRM/changes?stage=deciding"' in shown


def test_an_implementer_learns_nothing_of_the_rest(world: World) -> None:
    """A2: counts, loads and waits are within what is visible."""
    filled(world)
    shown = world.client("implementer").get("/p/CRM/").text
    assert '<a href="/p/CRM/requirements"><b>1</b>' in shown
    assert "person-days" not in shown and "要决定的变更" not in shown and "interviews" not in shown


def test_an_auditor_reads_and_changes_nothing(world: World) -> None:
    filled(world)
    browser = world.client("auditor")
    shown = browser.get("/p/CRM/").text
    assert "要决定的变更" in shown and "/skip" not in shown
    assert browser.send("/p/CRM/first-week/list/skip").status_code == 403


def test_the_title_says_how_long_it_is_until_the_next_phase_ends(world: World) -> None:
    filled(world)
    with world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"first_week_skipped": " ".join(policy.LINES)})
    with clock.at(clock.parse("2026-11-25T02:00:00Z")):
        with world.write("project_manager") as scene:
            first = phases(scene.project.id)[0]
            planning.change_phase(scene.actor, scene.project, first, {"ends_on": date(2026, 12, 2)})
        shown = world.client("project_manager").get("/p/CRM/").text
    assert "一期 ends in 5 working days" in shown
    assert "Of 1 must-haves, 0 are verified." in shown
    assert "1 requirement" in shown and 'href="/p/CRM/requirements?tier=none"' in shown


# -- the first week ----------------------------------------------------------------------------------------------------


def test_a_new_project_begins_with_five_lines(world: World) -> None:
    world.cast()
    shown = world.client("project_manager").get("/p/CRM/").text
    assert shown.count("rq-first-n") == 5 and shown.count("/skip") == 5
    assert "rq-first-done" not in shown
    analyst = world.client("analyst").get("/p/CRM/").text
    assert "rq-first" in analyst and "/skip" not in analyst, "skipping is the manager's"
    assert "rq-first" not in world.client("tester").get("/p/CRM/").text


def test_a_line_can_be_skipped(world: World) -> None:
    world.cast()
    browser = world.client("project_manager")
    assert browser.send("/p/CRM/first-week/hear/skip").location == "/p/CRM/"
    assert browser.get("/p/CRM/").text.count("/skip") == 4
    assert browser.send("/p/CRM/first-week/hear/skip").status_code == 303
    assert browser.send("/p/CRM/first-week/nothing/skip").status_code == 404
    for line in policy.LINES:
        browser.send(f"/p/CRM/first-week/{line}/skip")
    assert "rq-first" not in browser.get("/p/CRM/").text


def test_lines_are_ticked_off_by_what_is_there(world: World) -> None:
    world.cast()
    browser = world.client("project_manager")
    for number in range(10):
        world.requirement("analyst", title=f"Requirement {number}", tier="must")
    world.scenario("analyst")
    shown = browser.get("/p/CRM/").text
    assert shown.count("rq-first-done") == 3, "the list, the words, sorted"
    with world.write("analyst") as scene:
        from reqtrack.audit.record import recorded
        from reqtrack.db import db

        made = []
        with recorded(scene.actor, scene.project.id, "stakeholder.added", "people") as entry:
            for level in ("frontline", "frontline", "manager"):
                row = Stakeholder(
                    project_id=scene.project.id, level=level, job_role=level, created_at=entry.at, updated_at=entry.at
                )
                db.session.add(row)
                made.append(row)
        numbers = [row.id for row in made]
    for number in numbers:
        world.item("interview", "analyst", stage="held", stakeholders=[number])
    assert browser.get("/p/CRM/").text.count("rq-first-done") == 4, "three heard, two from the frontline"


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        (Facts(), set()),
        (Facts(requirements=9, untiered=9), set()),
        (Facts(requirements=10, untiered=1), {"list"}),
        (Facts(requirements=1, imported=1, untiered=1), {"list"}),
        (Facts(requirements=3), {"sort"}),
        (Facts(requirements=3, untiered=1, scenarios=1), {"words"}),
        (Facts(held=3, frontline=1), set()),
        (Facts(held=2, frontline=2), set()),
        (Facts(held=3, frontline=2), {"hear"}),
        (Facts(requested=1), {"sign"}),
    ],
)
def test_what_makes_a_line_done(facts: Facts, lines: set[str]) -> None:
    assert policy.done(facts) == lines


def test_the_first_week_ends_with_the_first_signature() -> None:
    manager = Actor(1, "pm", "PM", {7: frozenset({"project_manager"})})
    assert policy.shown(manager, 7, Facts(), ()) == policy.LINES
    assert policy.shown(manager, 7, Facts(requested=1), ("hear",)) == ("list", "words", "sort", "sign")
    assert policy.shown(manager, 7, Facts(signed=1), ()) == ()
    tester = Actor(1, "t", "T", {7: frozenset({"tester"})})
    assert policy.shown(tester, 7, Facts(), ()) == ()


# -- cost --------------------------------------------------------------------------------------------------------------


def test_it_costs_the_same_for_few_and_for_many(world: World, queries: Queries) -> None:
    """Rule 10, in the first week and after it: at most 14 once the radar is known, which is asked anew after each write."""
    filled(world)
    world.item("interview", "analyst", stage="held")
    manager, tester = world.client("project_manager"), world.client("tester")
    for browser in (manager, tester):
        browser.get("/p/CRM/")
        numbers = []
        for more in (1, 5):
            for number in range(more):
                world.requirement(
                    "analyst", title=f"More {len(numbers)} of {number} for {browser is tester}", phase="一期"
                )
                world.item("change", "contributor", title=f"Change {number}", reason="x", stage="deciding")
            queries.clear()
            browser.get("/p/CRM/")
            numbers.append(len(queries))
        assert numbers[0] == numbers[1] <= ANEW, queries
        kept = len(queries)
        browser.get("/p/CRM/")
        assert len(queries) - kept <= 14, queries[kept:]
    with world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"first_week_skipped": " ".join(policy.LINES)})
    queries.clear()
    manager.get("/p/CRM/")
    assert len(queries) <= ANEW, queries
