"""A change before and after: what it touches, looked at in every way and mended by hand; verified by a round; undone. On a desktop
and on a phone."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from reqtrack.items import store
from tests.changes.conftest import Desk
from tests.changes.test_reverting import apply
from tests.support.browser import overflow, sign_in, violations


@pytest.fixture
def net(desk: Desk) -> list[str]:
    """REQ-1, on which REQ-2 depends, an acceptance scenario of each, and REQ-3 that stands alone."""
    world = desk.world
    keys = [world.requirement(title=f"第 {n} 条", statement="三级审批。", owner="analyst") for n in range(3)]
    keys += [world.acceptance(title=f"验 {n}", then=["x"], accepts=[keys[n]]) for n in range(2)]
    with world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", desk.item(scene, keys[1]), desk.item(scene, keys[0]))
    desk.passed(keys[3])
    return keys


def test_what_it_touches_is_looked_at_and_mended(desk: Desk, net: list[str], en_desktop: Any) -> None:
    key = desk.log(edits=[{"item": net[0], "field": "statement", "new": "两级审批。"}])
    page = en_desktop
    sign_in(page, "contributor")
    page.goto(f"/p/CRM/changes/{key}")
    page.get_by_role("link", name="Picture").click()
    page.locator("[data-drawn='4']").wait_for()
    # The whole is drawn where a tap of its middle says something; the table beside says the same.
    assert page.locator("#touched-table tr[data-key]").count() == 4
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="All of it").click()
    assert violations(page) == []
    page.get_by_role("link", name="List").click()
    page.get_by_label("This is touched, too").fill(net[2])
    page.get_by_role("button", name="Put it in").click()
    page.locator("tr[data-key='REQ-3']").get_by_text("put in by hand").wait_for()
    row = page.locator("tr[data-key='REQ-2']")
    row.locator("summary").click()
    row.get_by_role("textbox").fill("Another word of it.")
    row.get_by_role("button", name="Take out").click()
    page.locator("#out").get_by_text("Another word of it.").wait_for()
    page.get_by_label("Kind").select_option("acceptance")
    page.wait_for_url("**kind=acceptance**")
    # What only REQ-2 led to went with it.
    assert page.locator("#touched-table tr[data-key]").count() == 1
    assert violations(page) == []


def test_it_is_verified_and_undone(desk: Desk, net: list[str], en_desktop: Any) -> None:
    key = apply(desk, [{"item": net[0], "field": "statement", "new": "两级审批。"}])
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/")
    news = page.locator("#news")
    assert key in news.inner_text()
    news.get_by_role("button", name="Seen it").click()
    page.wait_for_function("!document.querySelector('#news')")
    page.goto(f"/p/CRM/changes/{key}")
    page.locator(".rq-desk").get_by_role("link", name="Open the round that tests").click()
    page.wait_for_url("**/rounds/**")
    page.goto(f"/p/CRM/changes/{key}")
    page.locator(".rq-desk").get_by_role("button", name="Undo this change").click()
    page.get_by_text(f"Undoes {key}", exact=False).wait_for()
    assert violations(page) == []


def test_on_a_phone(desk: Desk, net: list[str], zh_phone: Any) -> None:
    applied = apply(desk, [{"item": net[0], "field": "statement", "new": "两级审批。"}])
    key = desk.log(edits=[{"item": net[0], "field": "statement", "new": "一级审批。"}])
    page = zh_phone
    sign_in(page, "analyst")
    for url in ("/", f"/p/CRM/i/{net[0]}", f"/p/CRM/changes/{applied}", f"/p/CRM/changes/{key}/impact",
                f"/p/CRM/changes/{key}/impact?view=list", f"/p/CRM/changes/{key}/impact?view=picture"):  # fmt: skip
        page.goto(url)
        if "picture" in url:
            page.locator("[data-drawn]").wait_for()
        assert overflow(page) == 0, url
        assert violations(page) == [], url


def test_the_reason_to_take_out_has_the_whole_width_of_a_phone(desk: Desk, net: list[str], zh_phone: Any) -> None:
    key = desk.log(edits=[{"item": net[0], "field": "statement", "new": "两级审批。"}])
    page = zh_phone
    sign_in(page, "contributor")
    page.goto(f"/p/CRM/changes/{key}/impact?view=list")
    row = page.locator("tr[data-key='REQ-2']")
    summary = row.locator("summary")
    assert summary.bounding_box()["height"] < 50, "in one line"
    below = row.locator(".rq-c-title").bounding_box()
    summary.click()
    box = row.get_by_role("textbox").bounding_box()
    assert box["width"] > 300 and box["y"] > below["y"] + below["height"]
    assert (violations(page), overflow(page)) == ([], 0)


def test_fields_keep_their_distance(desk: Desk, net: list[str], en_desktop: Any) -> None:
    key = desk.log(edits=[{"item": net[0], "field": "statement", "new": "两级审批。"}])
    desk.submit(key)
    page = en_desktop
    sign_in(page, "analyst")
    page.goto(f"/p/CRM/changes/{key}")
    page.evaluate("document.querySelectorAll('#assess details').forEach(one => { one.open = true; })")
    fields = page.locator("#assess .rq-field").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.top, box.bottom])"
    )
    rows = sorted({(round(top), round(bottom)) for top, bottom in fields})
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(rows) if after[0] != before[0]]
    assert len(gaps) > 6 and min(gaps) >= 12, gaps
