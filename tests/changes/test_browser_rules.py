"""The rules by which changes are decided, as people use them: a table tried out on a desktop, an objection on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reqtrack import clock
from reqtrack.changes import actions
from tests.changes.conftest import Desk
from tests.support.browser import overflow, sign_in, violations


def test_another_table_is_tried_out_and_saved(desk: Desk, req: str, en_desktop: Any) -> None:
    key = desk.deciding(likely=3, edits=[{"item": req, "field": "statement", "new": "Two."}])
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto("/p/CRM/settings")
    page.get_by_role("link", name="Change the table").click()
    page.get_by_label("Up to", exact=True).first.fill("3")
    page.get_by_role("button", name="See what it would bring").click()
    page.get_by_text("1 open change would be decided otherwise:").wait_for()
    row = page.get_by_role("row").filter(has_text=key)
    assert "otherwise" in row.inner_text() and "without password" in row.inner_text()
    assert violations(page) == []
    page.get_by_role("button", name="Decide by this table").click()
    page.get_by_role("cell", name="up to 3 person-days, no must item touched").wait_for()
    assert desk.waiting("project_manager") == [("decide", key)]


def test_somebody_objects_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "两级。"}])
    until = clock.today("Asia/Shanghai") + timedelta(days=14)
    desk.do(key, actions.offer_silence, until.isoformat(), by="contributor")
    page = zh_phone
    sign_in(page, "project_manager")
    page.goto(f"/p/CRM/changes/{key}")
    box = page.locator("#objection-phone")
    box.locator("summary").click()
    box.get_by_role("textbox").fill("再想想。")
    assert violations(page) == [] and overflow(page) <= 0
    box.get_by_role("button").click()
    box.wait_for(state="detached")
    assert desk.read(key).silent_until is None and desk.stage(key) == "deciding"
