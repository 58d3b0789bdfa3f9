"""The scripts and the looks, in a real Chromium under the strict policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.frontend.served import Sent, serve
from tests.support import browser as browsers
from tests.support.reader import complaints


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, Sent]]:
    """The small app, once: compiling the templates takes longer than any test."""
    sent = Sent()
    with serve(sent) as url:
        urlopen(f"{url}/gallery", timeout=120).close()
        yield url, sent


@pytest.fixture
def sent(served: tuple[str, Sent]) -> Sent:
    served[1].__dict__.update(Sent().__dict__)
    return served[1]


@pytest.fixture
def windows(browser: Any, sent: Sent, served: tuple[str, Sent]) -> Iterator[browsers.Windows]:
    """Windows on the small app; whatever a console complains of fails the test."""
    opened = browsers.Windows(browser, served[0])
    yield opened
    opened.close()
    assert not opened.complaints, "\n".join(opened.complaints)


@pytest.fixture
def page(windows: browsers.Windows) -> Page:
    return windows.open()


def store(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate("({...localStorage})")
    return found


def waiting(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(store(page).get("rq:run:anna:queue", "[]"))
    return found


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for something that no element shows; the policy forbids to have it waited for inside the page."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to hold")


def fill_form(page: Page) -> None:
    page.goto("/form")
    page.fill("#f-title", "客户")
    rows = page.locator("[data-rows]")
    rows.locator("input").first.fill("one")
    rows.get_by_role("button", name="Add a line").click()
    page.keyboard.type("two")
    until(page, lambda: "two" in store(page).get("rq:draft:anna:CRM:new", ""))


@pytest.mark.parametrize(
    ("device", "theme"),
    [
        pytest.param(browsers.ZH_PHONE, "light", id="zh_phone-light"),
        pytest.param(browsers.EN_DESKTOP, "dark", id="en_desktop-dark"),
        pytest.param(browsers.ZH_PHONE, "dark", id="zh_phone-dark", marks=pytest.mark.full),
        pytest.param(browsers.EN_DESKTOP, "light", id="en_desktop-light", marks=pytest.mark.full),
    ],
)
def test_the_gallery_is_accessible_and_fits(
    windows: browsers.Windows, sent: Sent, device: browsers.Device, theme: str
) -> None:
    sent.lang = "zh-Hans" if device.phone else "en"
    page = windows.open(device, theme)
    page.goto("/gallery")
    page.locator(".rq-grid").wait_for()
    page.evaluate("scrollTo(0, 0)")  # a bar that lies over part of a button makes it small for axe
    assert browsers.overflow(page) == 0
    assert browsers.violations(page) == []
    # auto follows the system without a script
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == theme


def test_the_pages_are_sound_html(page: Page) -> None:
    for path in ("/gallery", "/form", "/run", "/palette?q=x", "/job"):
        assert complaints(page.request.get(path).text()) == [], path


def test_the_palette_finds_walks_and_closes(page: Page) -> None:
    page.goto("/gallery")
    page.keyboard.press("Control+k")
    page.keyboard.type("审批")
    chosen = page.locator("#rq-palette [aria-selected=true]")
    expect(chosen).to_contain_text("REQ-21")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("CR-11")
    field = page.locator("#rq-palette input")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    # Enter that ends a composition opens nothing.
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    assert page.url.endswith("/gallery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery#palette")


def test_enter_before_the_answer_opens_what_was_asked_for(page: Page) -> None:
    """Who types a key and Enter in one go meets a list that still answers what was typed before."""
    page.goto("/gallery")
    held: list[Route] = []
    page.route(lambda url: url.endswith("q=CR-11"), lambda route: held.append(route))
    page.keyboard.press("Control+k")
    page.keyboard.type("审批")
    expect(page.locator("#rq-palette [aria-selected=true]")).to_be_visible()
    page.locator("#rq-palette input").fill("CR-11")
    page.keyboard.press("Enter")
    while not held:
        page.wait_for_timeout(20)
    assert page.url.endswith("/gallery")
    held[-1].continue_()
    page.wait_for_url("**/gallery#palette")


def test_single_keys_work_outside_of_fields_and_can_be_turned_off(page: Page) -> None:
    page.goto("/gallery")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.closest('[data-item]').textContent")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('[data-item]').textContent") != first
    page.keyboard.press("/")
    expect(page.locator("[data-search]").first).to_be_focused()
    page.keyboard.type("?c")
    expect(page.locator("#rq-keys")).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#rq-keys")).to_contain_text("Move on")
    page.get_by_text("Single keys work").click()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#rq-keys")).to_be_hidden()


def test_the_theme_is_kept_in_a_cookie_for_the_server(page: Page) -> None:
    page.goto("/form")
    page.locator(".rq-side .rq-person").click()
    page.locator(".rq-side").get_by_role("button", name="Dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert {one["name"]: one["value"] for one in page.context.cookies()}["theme"] == "dark"


def test_a_draft_survives_a_reload_and_ends_with_the_save(page: Page, sent: Sent) -> None:
    fill_form(page)
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    assert page.input_value("#f-title") == "客户"
    assert page.locator("[name=given]").evaluate_all("fields => fields.map(one => one.value)") == ["one", "two"]
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/form?saved=1")
    expect(page.locator(".rq-toast")).to_contain_text("Saved")
    assert "rq:draft:anna:CRM:new" not in store(page)
    assert [(form["title"], form["given"], form["seen"]) for form in sent.forms] == [(["客户"], ["one", "two"], ["2"])]


@pytest.mark.parametrize("status", [401, 409, 422, 500])
def test_a_draft_outlives_a_refusal(windows: browsers.Windows, page: Page, sent: Sent, status: int) -> None:
    fill_form(page)
    sent.answer = status
    sent.signed_in = status != 401
    page.get_by_role("button", name="Save").click()
    expect(page.locator("body")).to_have_attribute("data-status", str(status))
    sent.signed_in = True
    page.goto("/form?after=1")
    expect(page.get_by_role("button", name="Bring it back")).to_be_visible()
    windows.complaints = [one for one in windows.complaints if "→ 500" not in one]


def test_a_draft_is_never_shown_to_another(page: Page, sent: Sent) -> None:
    fill_form(page)
    sent.signed_in = False
    page.goto("/form")
    page.locator("[data-rows]").wait_for()
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


def test_a_form_is_sent_once_however_often_it_is_pressed(page: Page, sent: Sent) -> None:
    page.goto("/form")
    page.fill("#f-title", "Once")
    page.evaluate(
        "const press = document.querySelector('.rq-form [type=submit]'); press.click(); press.click(); press.click();"
    )
    page.wait_for_url("**/form?saved=1")
    assert len(sent.forms) == 1


def test_rows_move_go_and_come_back(page: Page) -> None:
    page.goto("/gallery")
    rows = page.locator("[data-rows=g_given]")
    values = "fields => fields.map(one => one.value)"
    rows.get_by_role("button", name="Move up").nth(1).click()
    assert rows.locator("input").evaluate_all(values) == ["手机号有十种写法", "客户已存在"]
    rows.get_by_role("button", name="Remove").first.click()
    assert rows.locator("input").evaluate_all(values) == ["客户已存在"]
    page.locator(".rq-toast", has_text="手机号").get_by_role("button", name="Undo").click()
    assert rows.locator("input").evaluate_all(values) == ["手机号有十种写法", "客户已存在"]
    rows.locator("input").last.press("Enter")
    page.keyboard.type("third")
    assert rows.locator("input").evaluate_all(values)[-1] == "third"


def test_the_grid_writes_the_textarea_and_takes_a_pasted_block(page: Page) -> None:
    page.goto("/gallery")
    grid, area = page.locator(".rq-grid"), page.locator("[name=g_examples]")
    grid.locator("input").nth(2).fill("x\ty")
    assert area.input_value().split("\n")[1] == "x y\t13812345678"
    grid.locator("input").first.focus()
    page.evaluate("""() => {
        const carried = new DataTransfer();
        carried.setData("text/plain", "a\\tb\\tc\\n1\\t2\\t3\\n");
        const paste = new ClipboardEvent("paste", {clipboardData: carried, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(paste);
    }""")
    assert area.input_value().split("\n")[:2] == ["a\tb\tc", "1\t2\t3"]
    grid.get_by_role("button", name="Remove column 2").click()
    assert area.input_value().split("\n")[:2] == ["a\tc", "1\t3"]


def test_words_are_marked_by_keyboard_alone(page: Page) -> None:
    page.goto("/gallery")
    page.locator("[data-notes]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-quote-bar]")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("#make-scenario-title")).to_be_focused()
    assert page.input_value("#make-scenario-quote") == "先记本子上，回头想起来再补，一般就忘了。"
    expect(page.locator("#make-excerpt-section")).to_be_hidden()


def test_small_numbers_are_no_part_of_the_words(page: Page) -> None:
    page.goto("/gallery")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-notes] p'))")
    page.locator("[data-quote-to=make-excerpt]").click()
    assert "，哪有这个时间" in page.input_value("#make-excerpt-quote") and "1" not in page.input_value(
        "#make-excerpt-quote"
    )


def test_htmx_carries_the_token_is_sent_once_and_toasts(page: Page, sent: Sent) -> None:
    page.goto("/form")
    page.evaluate("""() => {
        const form = document.querySelector(".rq-form");
        form.setAttribute("hx-post", "/echo");
        form.setAttribute("hx-target", "#f-title-box");
        form.insertAdjacentHTML("afterend", "<div id='f-title-box'></div>");
        form.querySelector("#f-title").removeAttribute("required");
        htmx.process(form);
        const press = form.querySelector("[type=submit]");
        press.click();
        press.click();
    }""")
    expect(page.locator("#f-title-box")).to_have_text("Echoed")
    expect(page.locator(".rq-toast")).to_contain_text("From the server")
    assert sent.tokens == [page.locator("meta[name=csrf-token]").get_attribute("content")]
    assert page.locator("meta[name=csrf-token]").get_attribute("content")


def test_a_job_is_asked_for_until_it_is_done(page: Page, sent: Sent) -> None:
    page.goto("/form")
    page.evaluate("""async () => {
        const main = document.querySelector("main");
        main.insertAdjacentHTML("beforeend", await (await fetch("/job")).text());
        main.dispatchEvent(new CustomEvent("rq:new", {bubbles: true}));
    }""")
    expect(page.locator(".rq-prog .rq-ok")).to_be_visible(timeout=8000)
    assert sent.asked == 2


def open_run(page: Page) -> None:
    """Run mode, once its script is there: one scenario at a time."""
    page.goto("/run")
    expect(page.locator("[data-run-card]:visible")).to_have_count(1)


def test_a_pass_is_one_tap_and_can_be_undone(page: Page, sent: Sent) -> None:
    open_run(page)
    expect(page.locator(".rq-run-title:visible")).to_have_text("Scenario 1")
    page.get_by_role("button", name="Passed, next").locator("visible=true").click()
    expect(page.locator(".rq-run-title:visible")).to_have_text("Scenario 2")
    assert [entry["title"] for entry in waiting(page)] == ["Scenario 1"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".rq-run-title:visible")).to_have_text("Scenario 1")
    assert waiting(page) == [] and sent.results == []


def pass_until(page: Page, shown: Locator) -> None:
    """Let the page's clock run until something shows: what was sent is sent again ever more rarely, and a busy machine answers late."""
    for _ in range(60):
        page.clock.run_for(15_100)
        page.wait_for_timeout(150)
        if shown.is_visible():
            return


def test_results_wait_for_the_network_and_count_once(page: Page, sent: Sent) -> None:
    page.clock.install()
    open_run(page)
    page.context.set_offline(True)
    page.locator("[data-run-tick]:visible").nth(1).click()
    page.locator("[data-run-tick]:visible").nth(1).click()
    page.get_by_role("button", name="Failed").locator("visible=true").click()
    expect(page.locator("[data-run-error]:visible")).to_be_visible()
    page.locator("textarea[name=note]:visible").fill("白屏")
    page.get_by_role("button", name="Failed").locator("visible=true").click()
    page.get_by_role("button", name="Passed, next").locator("visible=true").click()
    expect(page.locator("[data-run-queue]")).to_contain_text("2")
    page.clock.run_for(12_000)
    assert sent.results == [] and len(waiting(page)) == 2
    page.context.set_offline(False)
    page.clock.run_for(20_000)
    until(page, lambda: not waiting(page))
    assert len({key for key, _ in sent.results}) == 2
    assert sent.results[0][1]["mark"] == ["", "failed", ""] and sent.results[0][1]["note"] == ["白屏"]
    assert sent.results[1][1]["verdict"] == ["passed"] and set(sent.results[1][1]["mark"]) == {"passed"}


def test_what_the_server_refuses_is_shown_and_kept(page: Page, sent: Sent) -> None:
    page.clock.install()
    open_run(page)
    sent.answer = 403
    page.get_by_role("button", name="Passed, next").locator("visible=true").click()
    pass_until(page, page.locator("[data-refused]"))
    expect(page.locator("[data-refused]")).to_contain_text("The round is closed.")
    assert len(waiting(page)) == 1
    page.get_by_role("button", name="Look at it again").click()
    expect(page.locator(".rq-run-title:visible")).to_have_text("Scenario 1")


def test_a_text_that_moved_is_shown_by_the_server(page: Page, sent: Sent) -> None:
    page.clock.install()
    open_run(page)
    sent.answer = 409
    page.get_by_role("button", name="Passed, next").locator("visible=true").click()
    again = page.get_by_role("button", name="Look at it again")
    pass_until(page, again)
    again.click()
    expect(page.locator("body")).to_have_attribute("data-status", "409")
    assert waiting(page) == []


def test_another_never_sends_what_somebody_recorded(page: Page, sent: Sent) -> None:
    open_run(page)
    page.evaluate(
        "localStorage['rq:run:berta:queue'] = JSON.stringify([{id: 'x', url: '/results', fields: [], after: 0, tries: 0, refused: ''}])"
    )
    page.reload()
    page.wait_for_timeout(1200)
    assert sent.results == []
    expect(page.locator("[data-run-queue]")).to_be_hidden()


def test_everything_stands_without_scripts(windows: browsers.Windows, sent: Sent) -> None:
    context = windows.browser.new_context(base_url=windows.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/form")
    expect(page.locator("[name=given]")).to_have_count(2)
    expect(page.locator("[data-row-add]")).to_be_hidden()
    page.fill("#f-title", "Plain")
    page.locator("[name=given]").nth(1).fill("one")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/form?saved=1")
    assert sent.forms[0]["given"] == ["", "one"] and sent.forms[0]["csrf_token"]
    page.goto("/run")
    expect(page.locator("[data-run-card]:visible")).to_have_count(3)
    page.goto("/gallery")
    page.get_by_role("button", name="Drop the draft…").click()
    expect(page.locator("#gallery-dialog")).to_be_visible()
    context.close()
