"""From a poster to an answer: a sender on a telephone in Chinese, who answers at a desk in English, the sender again."""

from __future__ import annotations

import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.feedback.conftest import made_link
from tests.support.browser import Windows, overflow, sign_in, violations
from tests.support.world import World

SAID = "扫码太慢，每次要等十秒，后面排队。"


def fine(page: Page) -> None:
    assert not violations(page) and overflow(page) == 0


def picture(folder: Path) -> Path:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 120, 40)).save(out, "JPEG")
    path = folder / "photo.jpg"
    path.write_bytes(out.getvalue())
    return path


def test_from_a_poster_to_an_answer(zh_phone: Page, en_desktop: Page, world: World, tmp_path: Path) -> None:
    world.cast()
    first = made_link(world, "Leaflet")
    first.send("扫码很慢，每次都要等十秒，后面的人排队。")
    # Whoever makes the links, at a desk.
    desk = en_desktop
    sign_in(desk, "analyst")
    desk.goto("/p/CRM/feedback/links")
    fine(desk)
    desk.fill("[name=name]", "仓库海报")
    with desk.expect_navigation():
        desk.click("main form button[type=submit] >> nth=0")
    link = desk.locator("#link").inner_text()
    fine(desk)
    # A sender, with a telephone: one field, and two taps.
    phone = zh_phone
    phone.goto(link)
    expect(phone.locator("html")).to_have_attribute("lang", "zh-Hans")
    fine(phone)
    assert phone.locator("main [required]").count() == 1
    # What is too large to be taken is not even sent, so nothing typed is lost.
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(16 * 1024 * 1024))
    phone.set_input_files("[name=photo]", large)
    assert "15 MB" in str(phone.locator("[name=photo]").evaluate("(field) => field.validationMessage"))
    phone.set_input_files("[name=photo]", picture(tmp_path))
    assert phone.locator("[name=photo]").evaluate("(field) => field.validationMessage") == ""
    phone.locator("[name=said]").tap()
    phone.keyboard.insert_text(SAID)
    phone.locator("main button[type=submit]").tap()
    phone.wait_for_url("**/r/**")
    expect(phone.locator("h1")).to_contain_text("谢谢")
    own = phone.locator("#link").inner_text()
    assert phone.locator(".rq-qr img").evaluate("(image) => image.naturalWidth") > 100
    fine(phone)
    phone.goto(own)
    expect(phone.locator("main")).to_contain_text("已收到")
    assert phone.locator("#link").count() == 0
    # At the desk: what says the same is put together in one click, then a change is made of it.
    desk.goto("/p/CRM/feedback")
    fine(desk)
    with desk.expect_navigation():
        desk.click("text=Belongs to FB-1")
    expect(desk.locator("main")).to_contain_text("1 more says so")
    with desk.expect_navigation():
        desk.click("main .rq-said h3 a")
    expect(desk.locator("main")).to_contain_text("Those that say the same")
    desk.click("summary:has-text('Make a change of it')")
    expect(desk.locator("#f-title")).to_have_value(re.compile("扫码很慢"))
    desk.fill("#f-title", "Scan in a second")
    with desk.expect_navigation():
        desk.click("button:has-text('Make a change of it')")
    expect(desk.locator("main")).to_contain_text("CR-1")
    fine(desk)
    desk.goto("/p/CRM/feedback/FB-2")
    assert desk.locator(".rq-thumbs img").evaluate("(image) => image.naturalWidth") == 640
    fine(desk)
    # The sender looks again.
    phone.goto(own)
    expect(phone.locator("main")).to_contain_text("尚未决定")
    world.move("CR-1", "rejected")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("已决定：不做。")
    assert "CR-1" not in phone.locator("main").inner_text()
    fine(phone)


def test_it_works_without_a_script(windows: Windows, world: World) -> None:
    world.cast()
    door = made_link(world)
    context = windows.browser.new_context(java_script_enabled=False, base_url=windows.url, locale="en-US")
    page = context.new_page()
    page.goto(door.path)
    page.fill("[name=said]", "The scanner is slow.")
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("Thank you")
    context.close()


def test_two_taps_from_any_page(zh_phone: Page, world: World) -> None:
    world.cast()
    key = world.requirement("analyst", title="Scan goods")
    sign_in(zh_phone, "tester")
    zh_phone.goto(f"/p/CRM/i/{key}")
    zh_phone.locator(".rq-topbar summary").last.tap()
    with zh_phone.expect_navigation():
        zh_phone.locator(".rq-topbar .rq-menu a", has_text="反馈").tap()
    expect(zh_phone.locator("[name=said]")).to_be_focused()
    expect(zh_phone.locator("main")).to_contain_text("Scan goods")
    fine(zh_phone)
    zh_phone.keyboard.insert_text("慢")
    with zh_phone.expect_navigation():
        zh_phone.locator("main button[type=submit]").tap()
    assert zh_phone.url.endswith(f"/p/CRM/i/{key}")
