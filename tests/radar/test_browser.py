"""A project manager finds what stands out on the Overview, accepts one of it, and takes that back; on a desktop and on a phone."""

from __future__ import annotations

from typing import Any

from reqtrack.accounts.actions import change_project
from tests.support.browser import overflow, sign_in, violations
from tests.support.world import World


def begun(world: World) -> None:
    """A project past its first week, with something to find."""
    world.cast()
    world.item("process", "analyst", title="录入客户", steps=[{"name": "填表", "pages": 9}, {"name": "提交"}])
    for number in range(2):
        world.requirement("analyst", title=f"第 {number} 条", tier="must")
    with world.write("project_manager") as scene:
        change_project(scene.actor, scene.project, {"first_week_skipped": "list hear words sort sign"})


def test_from_the_overview_to_what_is_accepted(world: World, en_desktop: Any) -> None:
    begun(world)
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto("/p/CRM/")
    radar = page.locator(".rq-radar")
    assert "PRC-1 录入客户" in radar.inner_text() and "9 pages, no more than 3 agreed" in radar.inner_text()
    radar.get_by_role("link", name="2 requirements").first.click()
    page.get_by_role("link", name="Accept REQ-2 for now").click()
    page.get_by_label("Why it is acceptable").fill("The old system goes in May.")
    page.get_by_role("button", name="Accept for now").click()
    page.get_by_text("Accepted: it does not count until then.").wait_for()
    assert page.get_by_role("link", name="Accept REQ-2 for now").count() == 0
    page.get_by_text("1 accepted for now").click()
    page.get_by_text("The old system goes in May.").wait_for()
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("link", name="Accept REQ-2 for now").wait_for()
    assert violations(page) == []


def test_the_radar_on_a_phone(world: World, zh_phone: Any) -> None:
    begun(world)
    page = zh_phone
    sign_in(page, "project_manager")
    for url in (
        "/p/CRM/", "/p/CRM/radar", "/p/CRM/radar/requirement_without_scenario", "/p/CRM/radar/step_without_scenario",
        "/p/CRM/radar/requirement_without_scenario/acceptances/new?subject=REQ-1",
    ):  # fmt: skip
        page.goto(url)
        assert overflow(page) == 0, url
        assert violations(page) == [], url
