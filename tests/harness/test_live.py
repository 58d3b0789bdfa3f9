"""The app, served to a real browser: the first page everybody sees, and the way in."""

from tests.support.browser import overflow, violations
from tests.support.screenshots import sign_in
from tests.support.world import PASSWORD


def test_a_phone_in_chinese_signs_in(world, zh_phone):
    world.user("anna", "安娜")
    zh_phone.goto("/")
    assert zh_phone.evaluate("document.documentElement.lang") == "zh-Hans"
    assert (violations(zh_phone), overflow(zh_phone)) == ([], 0)
    sign_in(zh_phone, "anna", PASSWORD)
    assert "安娜" in zh_phone.content()


def test_two_people_at_their_desktops_do_not_see_each_other(world, windows):
    for login in ("anna", "otto"):
        world.user(login, login.title())
    pages = {}
    for login in ("anna", "otto"):
        pages[login] = windows.open()
        sign_in(pages[login], login, PASSWORD)
    assert "Otto" not in pages["anna"].content() and "Anna" not in pages["otto"].content()


def test_a_wrong_password_is_said_and_lets_nobody_in(world, en_desktop):
    world.user("anna", "Anna")
    en_desktop.goto("/sign-in")
    en_desktop.fill("input[name=login]", "anna")
    en_desktop.fill("input[name=password]", "not it")
    en_desktop.click("form button[type=submit]")
    assert en_desktop.locator("[role=alert]").is_visible()
    en_desktop.goto("/")
    assert "/sign-in" in en_desktop.url
