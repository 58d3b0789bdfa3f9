"""What other files walk on a desktop, on a phone in Chinese; and the other way round, in English."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reqtrack import clock
from reqtrack.changes import actions
from tests.changes.conftest import Desk
from tests.changes.test_agreed import written
from tests.changes.test_asking import asked
from tests.changes.test_browser_impact import net
from tests.changes.test_browser_kinds import sound
from tests.changes.test_reverting import apply
from tests.changes.test_stages import QUALITY, set_flows
from tests.support.browser import sign_in

__all__ = ["net"]


def edits(req: str) -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": "两级审批。"}]


def test_somebody_stands_in_and_decides_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    page = zh_phone
    sign_in(page, "business_owner")
    page.goto("/")
    page.get_by_role("link", name="我不在").click()
    sound(page)
    today = clock.today("Asia/Shanghai")
    page.locator("[name=starts_on]").fill(today.isoformat())
    page.locator("[name=ends_on]").fill((today + timedelta(days=5)).isoformat())
    page.locator("[name=delegate]").select_option("tester")
    page.locator("#leave button[type=submit]").click()
    page.get_by_text("何敏").first.wait_for()
    sound(page)
    page.context.clear_cookies()
    sign_in(page, "tester")
    page.goto("/")
    page.locator(f"a.btn[href*='{key}']").first.click()
    sound(page)
    page.locator("#decide-phone input[value=should]").check(force=True)
    page.locator("#decide-phone button[value=approved]").click()
    page.locator("#decide-phone").wait_for(state="detached")
    (vote,) = desk.dossier(key).votes
    assert (vote.decider, vote.behalf) == ("tester", "business_owner") and desk.stage(key) == "applied"


def test_verified_and_undone_on_a_phone(desk: Desk, net: list[str], zh_phone: Any) -> None:
    key = apply(desk, edits(net[0]))
    page = zh_phone
    sign_in(page, "analyst")
    page.goto(f"/p/CRM/changes/{key}")
    sound(page)
    page.locator("main a.btn[href*='/rounds/']").filter(visible=True).first.click()
    page.wait_for_url("**/rounds/**")
    sound(page)
    page.goto(f"/p/CRM/changes/{key}")
    page.get_by_role("button", name="撤销这项变更").filter(visible=True).first.click()
    page.wait_for_url(lambda url: not url.endswith(key))
    sound(page)


def test_rules_are_tried_out_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    page = zh_phone
    sign_in(page, "project_manager")
    page.goto("/p/CRM/settings/delegation")
    sound(page)
    page.get_by_label("不超过", exact=True).first.fill("3")
    page.get_by_role("button", name="看看改了会怎样").click()
    page.get_by_role("button", name="按这张表决定").wait_for()
    sound(page)
    page.get_by_role("button", name="按这张表决定").click()
    page.wait_for_url("**/settings**")
    assert desk.waiting("project_manager") == [("decide", key)]
    page.goto("/p/CRM/settings/stages")
    page.locator("button[name=do][value=preset]").first.click()
    sound(page)


def test_figures_and_what_nobody_objected_to_on_a_desktop(desk: Desk, req: str, en_desktop: Any) -> None:
    desk.decide(desk.deciding(edits=edits(req)))
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Three."}])
    until = clock.today("Asia/Shanghai") + timedelta(days=14)
    desk.do(key, actions.offer_silence, until.isoformat(), by="contributor")
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto("/p/CRM/changes/figures")
    sound(page)
    page.goto(f"/p/CRM/changes/{key}")
    box = page.locator("#objection")
    box.locator("summary").click()
    box.get_by_role("textbox").fill("Not yet.")
    sound(page)
    box.get_by_role("button").click()
    box.wait_for(state="detached")
    assert desk.read(key).silent_until is None


def test_a_link_and_a_passage_on_a_desktop(desk: Desk, req: str, en_desktop: Any) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    url, code = asked(desk, key)
    page = en_desktop
    page.goto(url)
    page.get_by_role("textbox").fill(code)
    page.keyboard.press("Enter")
    page.locator("#answer").wait_for()
    sound(page)
    page.locator("button[name=outcome][value=approved]").click()
    page.locator("#answer").wait_for(state="detached")
    assert desk.stage(key) == "applied"
    set_flows(desk, {"added": [QUALITY]})
    late = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Three."}])
    sign_in(page, "project_manager")
    page.goto(f"/p/CRM/changes/{late}")
    page.locator("#pass").get_by_role("textbox").first.fill("It can be tested.")
    sound(page)
    page.locator("#pass").get_by_role("button").first.click()
    page.locator("#pass").wait_for(state="detached")


def test_two_assess_side_by_side_each_with_what_is_theirs(desk: Desk, req: str, zh_phone: Any, en_desktop: Any) -> None:
    key = desk.log(edits=edits(req), assessors=["analyst", "implementer"])
    desk.submit(key)
    for page, login, suffix in ((zh_phone, "implementer", "-phone"), (en_desktop, "analyst", "")):
        sign_in(page, login)
        page.goto(f"/p/CRM/changes/{key}")
        box = page.locator(f"#assess{suffix}")
        box.locator("input[name=likely]").fill("0.5")
        sound(page)
        box.locator("button[type=submit]").first.click()
        # It may be said anew as long as the other's word is waited for.
        page.wait_for_function(
            "at => document.querySelector(`#assess${at} [name=likely]`)?.value !== '0.5'", arg=suffix
        )
        # Neither decides it, and the implementer is not told what phases carry.
        assert page.locator(f"#decide{suffix} button[value=approved]").count() == 0
    assert zh_phone.locator(".rq-cap").count() == 0
    assert desk.stage(key) == "deciding" and desk.dossier(key).expected == 1


def test_agreed_elsewhere_is_confirmed_on_a_desktop(desk: Desk, req: str, en_desktop: Any) -> None:
    key = written(desk, req)
    page = en_desktop
    sign_in(page, "business_owner")
    page.goto("/")
    page.get_by_role("link", name="Two levels of approval").first.click()
    sound(page)
    page.locator("#agreement button[name=word][value=yes]").click()
    page.locator("#agreement form").wait_for(state="detached")
    assert desk.stage(key) == "applied"
