"""What a marked passage becomes: a question to somebody, a figure, one more reason for an item that is there already."""

from __future__ import annotations

import re

import lxml.html
import pytest
from markupsafe import Markup

from reqtrack.errors import Refused
from reqtrack.interviews import actions, notes, queries
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.rendering.markdown import to_html
from tests.interviews.test_following import marked, save, show_as, written
from tests.interviews.test_interviews import NOTES, prepared
from tests.support.caller import Caller
from tests.support.world import World

WORDS = "客户说便宜两个点就签"
WORDS_OF_BOTH = "系统很慢，每天都慢。"


def post(world: World, key: str, what: str, **fields: str) -> str:
    """Send a form of the interview's page; the page that follows."""
    answer = world.client("analyst").send(
        f"/p/CRM/interview/{key}/{what}", {"quote": WORDS, **fields}, follow_redirects=True
    )
    return f"{answer.status_code} {answer.text}"


def test_a_passage_raises_a_question_to_a_member_or_a_stakeholder(world: World) -> None:
    key = prepared(world)
    assert post(world, key, "questions", body="为什么是两个点？", asked="login:business_owner").startswith("200")
    assert post(world, key, "questions", body="客服怎么看？", asked="person:2").startswith("200")
    page = world.client("analyst").get(f"/p/CRM/interview/{key}").text
    assert "为什么是两个点？" in page and "to ask: 陈立群" in page and "to ask: 李娜" in page
    # Who may not know the name is told the department.
    others = world.client("project_manager").get(f"/p/CRM/interview/{key}").text
    assert "to ask: 客服部" in others and "李娜" not in others
    assert "为什么是两个点？" in world.client("business_owner").get("/").text


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("questions", {"body": ""}, "Write something first."),
        ("questions", {"body": "?", "asked": "login:nobody"}, "nobody is not a member of this project."),
        ("questions", {"body": "?", "asked": "person:99"}, "There is no stakeholder"),
        ("figures", {"name": "", "value": "3"}, "Say what the figure is of."),
        ("figures", {"name": "calls", "value": " "}, "Say how much it is."),
        ("figures", {"name": "x" * 201, "value": "3"}, "at most 200"),
        ("backing", {"item": ""}, "Type a key"),
        ("backing", {"item": "REQ-99"}, "No scenario or requirement is called"),
        ("backing", {"item": "INT-1"}, "No scenario or requirement is called"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    world: World, what: str, fields: dict[str, str], said: str
) -> None:
    key = prepared(world)
    page = post(world, key, what, **fields)
    assert page.startswith("422") and said in page and WORDS in page
    with world.read("analyst") as scene:
        assert queries.quotes_of_interview(scene.actor, item_for(scene.actor, scene.project.id, key)) == []


def test_a_passage_tells_a_figure(world: World) -> None:
    key = prepared(world)
    page = post(world, key, "figures", name="Discounts", value="2", unit="points")
    assert "2 points" in page and "Discounts" in page
    with world.read("analyst") as scene:
        (quote,) = queries.quotes_of_interview(scene.actor, item_for(scene.actor, scene.project.id, key))
        (figure,) = queries.figures_of(scene.actor, scene.project.id, [quote.id])
    browser = world.client("analyst")
    assert "2 points" in browser.get(f"/p/CRM/excerpts/{quote.id}").text
    assert browser.send(f"/p/CRM/excerpts/{quote.id}/figures/{figure.id}/removal").status_code == 303
    assert "2 points" not in browser.get(f"/p/CRM/excerpts/{quote.id}").text
    assert browser.send(f"/p/CRM/excerpts/999/figures/{figure.id}/removal").status_code == 404


def test_several_excerpts_of_several_people_back_one_requirement(world: World) -> None:
    key = prepared(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        store.edit(scene.actor, interview, {"notes": NOTES + "\n李娜：我也这么说。", "stakeholders": [1, 2]})
        made = actions.make_from(
            scene.actor, scene.project, interview, "requirement", "便宜两个点", {"title": "报价当天能出"}
        )
    assert "The quote backs" in post(world, key, "backing", item=made.key.lower())
    browser = world.client("analyst")
    number = marked(world, key, "我也这么说")
    assert browser.send(f"/p/CRM/excerpts/{number}/items", {"item": "报价当天"}).status_code == 303
    page = browser.get(f"/p/CRM/i/{made.key}").text
    quotes = lxml.html.fromstring(page).xpath("//section[@id='evidence']//blockquote/p/text()")
    assert quotes == ["“便宜两个点”", f"“{WORDS}”", "“我也这么说”"]
    assert "李娜" in page and "Frontline" in page
    others = world.client("business_owner").get(f"/p/CRM/i/{made.key}").text
    assert "我也这么说" in others and "客服部" in others and "李娜" not in others and "张伟" not in others


def test_words_that_fit_several_items_ask_which(world: World) -> None:
    key = prepared(world)
    for title in ("报价当天能出", "报价三天能出"):
        world.requirement("analyst", title=title, statement=title)
    page = post(world, key, "backing", item="报价")
    assert page.startswith("422") and "fits several" in page
    offered = re.findall(r'name="item" value="(REQ-\d)"', page)
    assert sorted(offered) == ["REQ-1", "REQ-2"]


def test_an_excerpt_that_moved_says_so_wherever_it_is_shown(world: World) -> None:
    key = written(world)
    number = marked(world, key, "系统很慢，每天都慢。")
    with world.write("analyst") as scene:
        made = actions.make_from(
            scene.actor,
            scene.project,
            item_for(scene.actor, scene.project.id, key),
            "requirement",
            "系统很慢，每天都慢。",
            {},
        )
    save(world, key, "王芳：系统真是慢，每天都慢。\n")
    browser = world.client("analyst")
    room = browser.get(f"/p/CRM/interview/{key}").text
    assert "Moved from its words" in room and "“系统很慢，每天都慢。”" in room and "系统真是慢，每天都慢" in room
    assert "Moved from its words" in browser.get(f"/p/CRM/i/{made.key}").text
    assert "Moved from its words" in browser.get(f"/p/CRM/excerpts/{number}").text
    told = browser.get(f"/api/v1/projects/CRM/excerpts/{number}", headers=Caller(world, "analyst").headers).json
    assert told["moved"] is True and told["quote"] == "系统很慢，每天都慢。"


def test_a_hidden_passage_is_nowhere_for_others(world: World) -> None:
    key = written(world)
    number = marked(world, key, "还有呢？")
    show_as(world, number, "hidden")
    for login, status in (("analyst", 200), ("project_manager", 404), ("auditor", 404)):
        assert world.client(login).get(f"/p/CRM/excerpts/{number}").status_code == status
        listed = (
            world.client(login).get("/api/v1/projects/CRM/excerpts", headers=Caller(world, login).headers).json["items"]
        )
        assert [one["id"] for one in listed] == ([number] if status == 200 else [])
    world.requirement("analyst", title="慢", statement="慢")
    with pytest.raises(Refused), world.write("analyst") as scene:
        actions.back(
            scene.actor,
            item_for(scene.actor, scene.project.id, "REQ-1"),
            queries.excerpts_for(scene.project.id, [number]),
        )


def test_marking_tells_nothing_that_the_marker_may_not_read(world: World) -> None:
    """Whoever guesses a name, or a part of a hidden sentence, is answered as one who guesses wrong."""
    key = prepared(world)
    save(world, key, NOTES + "\n\n系统很慢，每天都慢。")
    show_as(world, marked(world, key, "系统很慢，每天都慢。"), "hidden")
    world.user("second")
    world.member("second", "analyst")
    for login, guesses in (
        ("project_manager", ("李娜", "王娜")),
        ("second", ("每天都慢", "每天都快", "系统很慢，每天都慢。")),
    ):
        caller = Caller(world, login, "write")
        answers = [caller("POST", "/excerpts", {"interview": key, "quote": one}) for one in guesses]
        assert [one.status_code for one in answers] == [422] * len(guesses)
        told = [one.text.replace(guess, "") for one, guess in zip(answers, guesses, strict=True)]
        assert len({re.sub(r'"(trace|instance|id)":"[^"]*",?', "", one) for one in told}) == 1
    with world.read("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key)
        assert len(queries.quotes_of_interview(scene.actor, interview)) == 1


# -- notes as they are shown -------------------------------------------------------------------------------------------


def shown(text: str, *words: str, known: tuple[str, ...] = ()) -> Markup:
    marks = [notes.Mark(n, n, text.find(one), text.find(one) + len(one)) for n, one in enumerate(words, 1)]
    return notes.decorated(to_html(text), text, marks, known)


def test_marks_stand_around_their_words_and_nothing_else(world: World) -> None:
    text = (
        "# 早上\n\n**王芳**：填一个客户要翻八页，**哪有**时间。\n林：然后呢 <b> & 走？\n\n- [a](https://a.b/然后) 一页"
    )
    made = shown(text, "要翻八页，**哪有**时间。\n林：然后", "<b> & 走")
    tree = lxml.html.fragment_fromstring(str(made), create_parent="div")
    told = ["".join(one.itertext()) for one in tree.iter("mark")]
    assert "".join(told[:-1]).replace("\n", "") == "要翻八页，哪有时间。林：然后" and told[-1] == "<b> & 走"
    assert [one.get("href") for one in tree.iter("a")] == ["#q1", "#q2", "https://a.b/然后"]
    # Without the numbers, it reads as before.
    for one in tree.xpath("//sup"):
        one.drop_tree()
    plain = lxml.html.fragment_fromstring(str(to_html(text)), create_parent="div")
    assert tree.text_content() == plain.text_content()


@pytest.mark.parametrize(
    ("text", "names", "times"),
    [
        ("王芳：慢。\n\n原因：不明", ["王芳"], []),
        ("Wang Fang 10:05: slow.\nNote: x", ["Wang Fang"], ["10:05"]),
        ("林：问？\n王：答。\n林：再问？\n王：再答。", ["林", "王", "林", "王"], []),
        ("王芳 2026/11/20 10:05\n慢。", ["王芳"], ["2026/11/20 10:05"]),
        ("# 王芳：标题\n\n`王芳：代码`", [], []),
        ("[00:12:30] **王芳**：慢。", ["王芳"], ["00:12:30"]),
    ],
)
def test_speakers_and_times_are_set_off(text: str, names: list[str], times: list[str]) -> None:
    tree = lxml.html.fragment_fromstring(str(shown(text, known=("王芳",))), create_parent="div")
    assert ["".join(one.itertext()) for one in tree.xpath("//b[@class='rq-says']")] == names
    assert ["".join(one.itertext()) for one in tree.xpath("//span[@class='rq-when']")] == times


def test_marks_stand_where_names_were_replaced(world: World) -> None:
    key = prepared(world, interviewer="project_manager")
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        for words in ("张伟：再等等", "便宜两个点", "李娜也说慢"):
            actions.mark(scene.actor, interview, words)
    tree = lxml.html.fromstring(world.client("auditor").get(f"/p/CRM/interview/{key}").text)
    told = ["".join(one.itertext()) for one in tree.xpath("//article[@id='notes']//mark")]
    assert told == ["便宜两个点", "客服部也说慢", "销售部：再等等"]


def test_the_second_of_two_same_passages_is_marked_where_it_was_selected(world: World) -> None:
    key = written(world)
    browser = world.client("analyst")
    for number in ("1", "0"):
        sent = {"quote": "系统很慢，每天都慢。", "occurrence": number}
        assert browser.send(f"/p/CRM/interview/{key}/excerpts", sent).status_code == 303
    with world.read("analyst") as scene:
        starts = [
            one.start for one in queries.quotes_of_interview(scene.actor, item_for(scene.actor, scene.project.id, key))
        ]
    assert len(starts) == 2 and starts[0] < starts[1]
