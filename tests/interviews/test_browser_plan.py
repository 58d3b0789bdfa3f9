"""From a blank cell of Voices heard to a planned interview with its guide; the guide ticked and carried over; quotations marked."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from reqtrack.interviews import actions
from reqtrack.interviews.actions import guide
from tests.support.browser import overflow, sign_in, violations
from tests.support.world import World

NOTES = "王敏：先看单子。\n\n> 一天二十单，没人看备注。\n\n> 打印机一坏就停。\n"


def prepared(world: World) -> None:
    world.cast()
    with world.write("analyst") as scene:
        for name, role in (("王敏", "销售内勤"), ("冯志刚", "服务工程师")):
            facts = {"name": name, "job_role": role, "department": "销售部" if name == "王敏" else "服务部"}
            actions.add_stakeholder(scene.actor, scene.project, facts)
        guide.adopt(scene.actor, scene.project, "last-time.zh")
        values = {"name": "工程师", "job_role": "服务工程师", "questions": ["缺零件怎么办？", "谁签字？"]}
        guide.make_set(scene.actor, scene.project, values)
    world.item("interview", "analyst", title="一天", stakeholders=[1], notes=NOTES)
    world.move("INT-1", "written")


def test_on_a_phone_a_blank_cell_becomes_an_interview_with_its_guide(zh_phone: Page, world: World) -> None:
    prepared(world)
    page = zh_phone
    sign_in(page, "analyst")
    page.goto("/p/CRM/voices")
    assert not violations(page) and overflow(page) == 0
    page.locator(".rq-heat a", has_text="没人").click()
    expect(page.get_by_label("冯志刚")).to_be_checked()
    expect(page.get_by_label("王敏")).not_to_be_checked()
    expect(page.get_by_label("工程师", exact=False).and_(page.locator("[name=sets]"))).to_be_checked()
    assert not violations(page) and overflow(page) == 0
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#guide")).to_contain_text("缺零件怎么办？")
    # Ticked without another page: what is being typed stays.
    page.locator("#guide [name=body]").fill("还没写完的问题")
    page.locator("#guide .rq-covered", has_text="缺零件怎么办？").click()
    expect(page.locator("#guide .rq-count")).to_contain_text("问了 1 / 2")
    expect(page.locator("#guide [aria-pressed=true]")).to_contain_text("缺零件怎么办？")
    expect(page.locator("#guide [name=body]")).to_have_value("还没写完的问题")
    assert not violations(page) and overflow(page) == 0
    page.goto("/p/CRM/voices")
    expect(page.locator(".rq-heat")).to_contain_text("计划 1")


def test_the_guide_is_kept_beside_the_notes_by_keyboard(en_desktop: Page, world: World) -> None:
    prepared(world)
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/interview/INT-1")
    box = page.locator("#guide [name=body]")
    for question in ("What comes first?", "Who waits?"):
        box.fill(question)
        box.press("Enter")
        expect(page.locator("#guide")).to_contain_text(question)
    page.locator("#guide .rq-covered").first.press("Enter")
    expect(page.locator("#guide .rq-count")).to_contain_text("1 of 2 asked")
    assert not violations(page) and overflow(page) == 0
    # The guide stands beside the notes.
    notes, shown = page.locator("#notes").bounding_box(), page.locator("#guide").bounding_box()
    assert notes and shown and shown["x"] > notes["x"] + notes["width"] - 1
    page.locator("#guide").get_by_role("button", name="Carry over").click()
    expect(page.locator("h1")).to_contain_text("Once more")
    expect(page.locator("#guide")).to_contain_text("left open in INT-1")
    # What the notes quote: one by its button, then all that are left.
    page.goto("/p/CRM/interview/INT-1")
    offered = page.locator("#offered")
    expect(offered.locator("blockquote")).to_have_count(2)
    offered.locator("li").first.get_by_role("button", name="Mark").click()
    expect(page.locator("#made")).to_contain_text("一天二十单，没人看备注。")
    expect(page.locator("#offered blockquote")).to_have_count(1)
    page.locator("#offered").get_by_role("button", name="Mark").click()
    expect(page.locator("#offered")).to_have_count(0)
    assert not violations(page)
