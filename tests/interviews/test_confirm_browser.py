"""A frontline worker with a phone and a link: one page, no field, one tap; and a word at the place that is not right."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.interviews.test_confirming import EIGHT, PHONE, Talk
from tests.support.browser import ZH_DESKTOP, Windows, overflow, sign_in, violations
from tests.support.world import World

MARK = """(quote) => {
    const walk = document.createTreeWalker(document.querySelector("#write-up"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const at = walk.currentNode.data.indexOf(quote);
        if (at >= 0) return getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + quote.length);
    }
    throw new Error(quote);
}"""


def looked_at(page: Page) -> None:
    """Nothing is cut off, nothing keeps anybody out, in light and in dark."""
    assert overflow(page) == 0
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert not violations(page), theme


def test_a_link_is_answered_by_one_tap(zh_phone: Page, world: World) -> None:
    talk = Talk(world, heard=1)
    path = talk.ask(locale="zh_Hans_CN")
    asked: list[str] = []
    zh_phone.on("request", lambda request: asked.append(request.method) if request.is_navigation_request() else None)
    zh_phone.goto(path)
    expect(zh_phone.locator("h1")).to_have_text("这样写对吗？")
    assert zh_phone.locator("[required]").count() == 0
    looked_at(zh_phone)
    with zh_phone.expect_navigation():
        zh_phone.locator("button[value=confirm]").tap()
    expect(zh_phone.locator("h1")).to_contain_text("谢谢")
    assert asked.count("POST") == 1 and len(asked) <= 3
    assert talk.stage() == "confirmed"
    looked_at(zh_phone)


def test_what_is_not_right_is_said_where_it_stands(windows: Windows, zh_phone: Page, world: World) -> None:
    """By the place's own field, and by marking the words; the interviewer finds it beside them, and asks no second time."""
    talk = Talk(world)
    path = talk.ask()
    phone = zh_phone
    phone.goto(path)
    with phone.expect_navigation():
        phone.get_by_text("中文").tap()
    phone.locator(f"input[name=shown-{talk.quotes[PHONE]}][value=hidden]").check(force=True)
    place = phone.locator(".rq-paragraph", has_text=EIGHT)
    place.locator("summary").tap()
    place.locator("textarea").fill("不是八页，是十一页。")
    looked_at(phone)
    with phone.expect_navigation():
        place.get_by_role("button", name="提交更正").tap()
    expect(phone.locator("#sent")).to_contain_text("不是八页，是十一页。")
    phone.evaluate(MARK, "报价要等三天")
    phone.locator("[data-quote-to=words]").tap()
    expect(phone.locator("#f-quote")).to_have_value("报价要等三天")
    expect(phone.locator("#f-words")).to_be_focused()
    phone.keyboard.type("两天。")
    with phone.expect_navigation():
        phone.locator(".rq-elsewhere button").tap()
    assert talk.shown_as()[PHONE] == "hidden" and talk.stage() == "written"
    desk = windows.open(ZH_DESKTOP)
    sign_in(desk, "analyst")
    desk.goto("/")
    with desk.expect_navigation():
        desk.get_by_role("link", name="去看看").click()
    said = desk.locator("#corrections")
    expect(said.locator("li")).to_have_count(2)
    expect(said).to_contain_text("报价要等三天")
    looked_at(desk)
    for left in (1, 0):
        with desk.expect_navigation():
            said.get_by_role("button", name="标为已处理").first.click()
        expect(said.get_by_role("button", name="标为已处理")).to_have_count(left)


def test_the_interviewer_asks_and_hands_the_device_over(en_desktop: Page, world: World) -> None:
    talk = Talk(world)
    sign_in(en_desktop, "analyst")
    en_desktop.goto(f"/p/CRM/interview/{talk.key}")
    with en_desktop.expect_navigation():
        en_desktop.locator("#ask button[type=submit]").click()
    expect(en_desktop.locator("#message")).to_contain_text(re.compile(r"/confirm/\w{32}"))
    looked_at(en_desktop)
    with en_desktop.expect_navigation():
        en_desktop.get_by_role("link", name="Back to the interview").click()
    with en_desktop.expect_navigation():
        en_desktop.get_by_role("link", name="Hand the device to 李娜").click()
    expect(en_desktop.locator("nav")).to_have_count(0)
    with en_desktop.expect_navigation():
        en_desktop.locator("button[value=confirm]").click()
    expect(en_desktop.locator("main")).to_contain_text("Please give the device back.")
    with en_desktop.expect_navigation():
        en_desktop.get_by_role("link", name="Back to the interview").click()
    expect(en_desktop.locator("#confirmations")).to_contain_text("face to face")
    looked_at(en_desktop)
