"""Proposing in a browser: a contributor who may edit nothing writes a change with all that belongs to it, an analyst helps, and the
redline says what of it is whose."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reqtrack.items.queries import item_for
from tests.changes.conftest import Desk
from tests.support.browser import overflow, sign_in, violations


@pytest.fixture
def others(desk: Desk) -> list[str]:
    """Two more requirements."""
    return [desk.world.requirement(title=title, statement="It prints.") for title in ("Print", "Fax")]


def write(page: Any, address: str, **fields: str) -> None:
    """Open a form inside a change, fill in, propose."""
    page.goto(address)
    for name, text in fields.items():
        page.locator(f"main form [name={name}]").first.fill(text)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url(lambda url: url.rstrip("/") != address and "/changes/CR-" in url)


def test_a_contributor_proposes_on_a_phone_and_an_analyst_helps(
    desk: Desk, req: str, others: list[str], zh_phone: Any, windows: Any
) -> None:
    page = zh_phone
    sign_in(page, "contributor")
    began = time.monotonic()
    page.goto("/p/CRM/changes/new")
    page.locator("[name=title]").fill("报价两级审批")
    page.locator("[name=reason]").fill("报价要等三天。")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/changes/CR-1")
    # Two fields and one button: what a machine does in seconds, nobody needs a minute for.
    assert time.monotonic() - began < 20
    base = page.url
    write(page, f"{base}/items/{req}", statement="报价由两级审批，一天内答复。")
    write(page, f"{base}/new/requirement", title="过期报价不能下单", statement="系统不让人按过期的报价下单。")
    write(page, f"{base}/new/acceptance", title="过期报价下不了单", accepts=req)
    page.goto(f"{base}/items/{others[1]}")
    page.locator(f"form[action$='/items/{others[1]}/retirement'] button").click()
    page.wait_for_url(base)
    page.locator("details:has(#f-link-item) > summary").click()
    page.locator("#f-link-item").fill(req)
    page.locator("#f-link-other").fill(others[0])
    page.locator("[name=how][value=add]").click()
    page.locator("article.rq-redline dd", has_text=others[0]).wait_for()
    cards = page.locator("article.rq-redline")
    assert cards.count() == 4 and cards.locator("footer").count() == 0
    assert violations(page) == [] and overflow(page) <= 0

    helper = windows.open()
    sign_in(helper, "analyst")
    write(helper, f"{base}/items/{others[0]}", statement="It prints in colour.")
    helper.goto(f"{base}/items/{others[0]}")
    helper.locator("select[name=phase]").select_option(label="Phase 1")
    helper.locator("main form [type=submit]").first.click()
    helper.wait_for_url(base)
    moved = helper.locator("article.rq-redline").filter(has=helper.locator(f"header:has-text('{others[0]}')"))
    assert "Moved" in moved.locator("header").inner_text()
    # By word where it is Latin: what stays is not struck.
    assert moved.locator("ins").first.inner_text().strip() == "in colour"
    analyst, contributor = desk.name("analyst"), desk.name("contributor")
    assert moved.locator("footer").inner_text() == f"written by {analyst}"
    first = helper.locator("article.rq-redline").filter(has=helper.locator(f"header:has-text('{req}')"))
    assert first.locator("footer").inner_text() == f"written by {contributor}"
    assert "Retired by this" in helper.locator("article.rq-redline").filter(has_text=others[1]).last.inner_text()
    assert violations(helper) == [] and overflow(helper) <= 0
    # Nobody who wrote a part of it decides it.
    assert desk.dossier("CR-1").origin.editors == {"analyst", "contributor"}
    # Nothing of it is in force.
    with desk.world.read("auditor") as scene:
        assert item_for(scene.actor, scene.project.id, others[0]).version == 1
