"""From open notes to a form: the words are filled in as everybody may read them, and what somebody wrote stays."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from reqtrack.interviews import actions
from tests.interviews.test_recordings import WAV
from tests.support.browser import overflow, sign_in, violations
from tests.support.world import World

NOTES = "Wang Hai: The form is eleven pages.\n\nWang waits, and nobody calls.\n\n张伟说算了。"
MARK = """(quote) => {
    const walk = document.createTreeWalker(document.querySelector("[data-notes]"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const at = walk.currentNode.data.indexOf(quote);
        if (at >= 0) return getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + quote.length);
    }
    throw new Error(quote);
}"""


def choose(page: Page, quote: str, form: str) -> None:
    """Select words and say what they become."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate(MARK, quote)
    expect(page.locator("[data-quote-bar]")).to_be_visible()
    page.click(f'[data-quote-to="{form}"]')
    expect(page.locator(f"#{form}-quote")).to_have_value(quote)


def test_names_are_replaced_where_words_are_filled_in(en_desktop: Page, world: World) -> None:
    world.cast()
    with world.write("analyst") as scene:
        for name, department in (("Wang Hai", "Sales"), ("张伟", "Service")):
            actions.add_stakeholder(scene.actor, scene.project, {"name": name, "department": department})
    world.item("interview", "analyst", title="A day", notes=NOTES, interviewer="analyst")
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/interview/INT-1")
    choose(page, "The form is eleven pages.", "q-requirement")
    statement, note = page.locator("#q-r-statement"), page.locator("#q-requirement [data-quote-masked]")
    expect(statement).to_have_value("The form is eleven pages.")
    expect(page.locator("#q-r-title")).to_have_value("The form is eleven pages.")
    expect(note).to_be_hidden()
    # Other words, while nobody has written there: they take the place of the first.
    choose(page, "Wang waits, and nobody calls.", "q-requirement")
    expect(statement).to_have_value("Sales waits, and nobody calls.")
    expect(note).to_be_visible()
    assert not violations(page) and overflow(page) == 0
    # What somebody wrote stays; a name without blanks is found inside of words.
    statement.fill("It shall be one page.")
    choose(page, "张伟说算了。", "q-requirement")
    expect(statement).to_have_value("It shall be one page.")
    expect(page.locator("#q-r-title")).to_have_value("Service说算了。")
    page.locator("#q-requirement summary").click()
    page.select_option("#q-r-owner", "analyst")
    assert not violations(page)
    with page.expect_navigation():
        page.click("#q-requirement button[type=submit]")
    page.goto("/p/CRM/i/REQ-1")
    expect(page.locator("main")).to_contain_text("It shall be one page.")


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["y"]


def test_a_phone_shows_who_and_when_before_what_happened(zh_phone: Page, world: World) -> None:
    world.cast()
    with world.write("analyst") as scene:
        number = actions.add_stakeholder(scene.actor, scene.project, {"name": "张伟", "department": "Service"}).id
    told = {"notes": NOTES, "guide": "- What takes long?", "held_on": "2026-03-02", "stakeholders": [number]}
    world.item("interview", "analyst", title="A day", **told)
    sign_in(zh_phone, "analyst")
    zh_phone.goto("/p/CRM/interview/INT-1")
    heard, guide, facts, history = (
        top(zh_phone, one)
        for one in (".rq-rail .rq-links", ".rq-content .rq-text:last-of-type", ".rq-rail .rq-facts", "#timeline")
    )
    assert guide < heard < facts < history
    assert not violations(zh_phone) and overflow(zh_phone) == 0


def test_a_desktop_keeps_the_history_under_the_content(en_desktop: Page, world: World) -> None:
    world.cast()
    world.requirement("analyst", title="Short", statement="Short.")
    world.item("interview", "analyst", title="A day", notes=NOTES)
    sign_in(en_desktop, "analyst")
    for url, content in (("/p/CRM/i/REQ-1", "#evidence"), ("/p/CRM/interview/INT-1", "#notes")):
        en_desktop.goto(url)
        boxes = {one: en_desktop.locator(one).first.bounding_box() for one in (content, "#timeline", ".rq-rail")}
        assert boxes["#timeline"]["x"] == boxes[content]["x"] < boxes[".rq-rail"]["x"]
        assert boxes["#timeline"]["y"] - boxes[content]["y"] - boxes[content]["height"] < 700


TALK = (
    "**张伟：** 系统很慢，每天都慢。\n\n**林知夏 10:05：** 还有呢？\n\n**张伟：** 系统很慢，每天都慢。我就填 111。\n\n"
    "张伟 2026/11/20 10:06\n客户说便宜两个点就签。"
)


def talked(world: World) -> None:
    world.cast()
    with world.write("analyst") as scene:
        given = {"name": "张伟", "department": "Service", "job_role": "Engineer"}
        number = actions.add_stakeholder(scene.actor, scene.project, given).id
    world.item("interview", "analyst", title="A day", notes=TALK, stakeholders=[number], held_on="2026-03-02")
    world.requirement("analyst", title="Quote the same day", statement="It shall.")


def test_a_passage_becomes_a_question_a_figure_and_evidence(zh_phone: Page, world: World) -> None:
    """On a phone: each from the bar over the words, each on the same page."""
    talked(world)
    page = zh_phone
    sign_in(page, "analyst")
    page.goto("/p/CRM/interview/INT-1")
    assert page.locator("#notes .rq-says").all_inner_texts() == ["张伟", "林知夏", "张伟", "张伟"]
    assert page.locator("#notes .rq-when").all_inner_texts() == ["10:05", "2026/11/20 10:06"]
    choose(page, "客户说便宜两个点就签。", "q-question")
    page.fill("#q-q-body", "谁批的？")
    page.select_option("#q-q-asked", "login:business_owner")
    assert not violations(page) and overflow(page) == 0
    with page.expect_navigation():
        page.click("#q-question button[type=submit]")
    expect(page.locator("#questions")).to_contain_text("谁批的？")
    choose(page, "我就填 111。", "q-figure")
    page.fill("#q-f-name", "假电话")
    page.fill("#q-f-value", "111")
    with page.expect_navigation():
        page.click("#q-figure button[type=submit]")
    choose(page, "我就填 111。", "q-backing")
    page.fill("#q-b-item", "same day")
    with page.expect_navigation():
        page.click("#q-backing button[type=submit]")
    made = page.locator("#made")
    expect(made).to_contain_text("假电话")
    expect(made.get_by_role("link", name="REQ-1")).to_be_visible()
    assert page.locator("#notes mark").all_inner_texts() == ["我就填 111。", "客户说便宜两个点就签。"]
    assert not violations(page) and overflow(page) == 0


def test_the_passage_that_was_selected_is_marked_and_not_its_twin(en_desktop: Page, world: World) -> None:
    talked(world)
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/interview/INT-1")
    page.locator("#notes").focus()
    # The third thing said, by keyboard: its words without who says them.
    page.evaluate(
        """() => {
            const block = document.querySelectorAll("#notes p")[2];
            getSelection().setBaseAndExtent(block, 0, block.lastChild, block.lastChild.data.indexOf("我"));
        }"""
    )
    expect(page.locator("[data-quote-bar]")).to_be_visible()
    with page.expect_navigation():
        page.click('[data-quote-to="q-excerpt"]')
    assert page.locator("#notes p").nth(2).locator("mark").all_inner_texts() == ["系统很慢，每天都慢。"]
    assert page.locator("#notes p").nth(0).locator("mark").count() == 0
    expect(page.locator("#made")).to_contain_text("“系统很慢，每天都慢。”")
    # The number beside the words leads to what was made of them, and back.
    page.click("#notes sup a")
    assert page.url.endswith("#q1")


def test_recordings_are_heard_on_the_page(en_desktop: Page, world: World) -> None:
    talked(world)
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/interview/INT-1")
    page.get_by_text("Add a recording, a photo, a file").click()
    page.set_input_files("#f-file", {"name": "talk.wav", "mimeType": "audio/wav", "buffer": WAV})
    with page.expect_navigation():
        page.get_by_role("button", name="Attach").click()
    audio = page.locator("#files audio")
    expect(audio).to_be_visible()
    for _ in range(100):
        if audio.evaluate("audio => audio.readyState >= 1"):
            break
        page.wait_for_timeout(50)
    assert 0.09 < audio.evaluate("audio => audio.duration") < 0.11  # the policy let it through, and it is sound
    assert not violations(page)
