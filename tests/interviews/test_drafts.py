"""Notes that were typed are never lost: a reload, no network, a server that does not answer, somebody who saved first, and whose
draft it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.support.browser import Windows, sign_in
from tests.support.world import World

TYPED = "王芳：系统又卡了，我先记本子上。\n\n林：哪一步？"
EDIT = "/p/CRM/i/INT-1/edit"


def notes(page: Page) -> str:
    return page.input_value("textarea[name=notes]")


def type_notes(page: Page, text: str = TYPED, whole: bool = True) -> None:
    # The window's own goto waits until all scripts are there.
    page.goto(EDIT) if whole else Page.goto(page, EDIT)
    page.fill("textarea[name=notes]", text)
    expect(page.locator("[data-draft-note]")).to_contain_text("Kept on this device")


def bring_back(page: Page) -> None:
    page.goto(EDIT)
    page.get_by_role("button", name="Bring it back").click()
    assert notes(page) == TYPED


def saved(world: World) -> str:
    return str(world.client("analyst").get("/p/CRM/i/INT-1/edit").text)


@pytest.fixture
def page(en_desktop: Page, world: World) -> Page:
    world.cast()
    world.item("interview", "analyst", title="A day", notes="x")
    sign_in(en_desktop, "analyst")
    return en_desktop


def test_a_reload_and_a_dead_network(page: Page, windows: Windows, world: World) -> None:
    type_notes(page)
    page.reload()
    expect(page.get_by_role("button", name="Bring it back")).to_be_visible()
    page.get_by_role("button", name="Bring it back").click()
    assert notes(page) == TYPED
    # No network: the form stays where it is, with what was typed, and says why.
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".rq-toast--bad")).to_contain_text("The server could not be reached")
    assert notes(page) == TYPED and page.url.endswith(EDIT)
    # It is back: the same press saves, and nothing is offered any more.
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/p/CRM/interview/INT-1")
    assert "哪一步？" in page.locator("#notes").inner_text()
    page.goto(EDIT)
    expect(page.locator("textarea[name=notes]")).to_have_value(TYPED)
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)
    windows.complaints = [one for one in windows.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


@pytest.mark.parametrize("fault", ["timedout", "connectionreset"])
def test_a_server_that_does_not_answer(page: Page, windows: Windows, fault: str) -> None:
    type_notes(page)
    page.route(f"**{EDIT}", lambda route: route.abort(fault) if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Save").click(no_wait_after=True)
    page.wait_for_timeout(500)
    page.unroute(f"**{EDIT}")
    bring_back(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/p/CRM/interview/INT-1")
    windows.complaints = [one for one in windows.complaints if "ERR_" not in one]


def test_somebody_else_saved_first(page: Page, windows: Windows, world: World) -> None:
    type_notes(page)
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "INT-1", "interview"), {"notes": "Theirs."})
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("INT-1 was changed while you edited it")
    assert page.input_value("#f-mine-notes") == TYPED and "Theirs." in page.locator("[data-theirs]").inner_text()
    # Left alone, the draft is there still; and after it was decided it is gone.
    bring_back(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Save as shown on the right").click()
    page.wait_for_url("**/p/CRM/interview/INT-1")
    page.goto(EDIT)
    expect(page.locator("textarea[name=notes]")).to_have_value(TYPED)
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)
    windows.complaints = [one for one in windows.complaints if "409" not in one]


def test_another_on_the_same_machine_is_not_offered_it(page: Page, world: World) -> None:
    type_notes(page)
    page.context.clear_cookies()
    sign_in(page, "project_manager")
    page.goto(EDIT)
    page.locator("textarea[name=notes]").wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)
    assert notes(page) == "x"
    # Its author finds it again.
    page.context.clear_cookies()
    sign_in(page, "analyst")
    bring_back(page)


def test_what_is_typed_before_the_page_is_whole_is_kept_too(page: Page) -> None:
    held: list[Route] = []
    page.route("**/js/paste.js", lambda route: held.append(route))
    type_notes(page, whole=False)
    page.fill("textarea[name=notes]", "x")
    expect(page.locator("[data-draft-note]")).to_be_visible()
    page.fill("textarea[name=notes]", TYPED)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/p/CRM/interview/INT-1")
    page.unroute("**/js/paste.js")
    page.goto(EDIT)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)
    assert held and notes(page) == TYPED


def test_a_browser_that_keeps_nothing_says_so(page: Page) -> None:
    page.goto(EDIT)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    page.fill("textarea[name=notes]", TYPED)
    expect(page.locator("[data-draft-note]")).to_contain_text("This browser keeps no drafts")
