"""Question sets, and the guide of an interview: asked, covered, carried over."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
import pytest

from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.interviews import actions
from reqtrack.interviews.actions import guide as verbs
from reqtrack.interviews.queries import guide as queries
from reqtrack.interviews.starters import LANGUAGES, starter, starters
from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.support.world import Scene, World

HAN = re.compile("[\u4e00-\u9fff]")


def prepared(world: World, **more: Any) -> str:
    """An interview with one of two people; returns its key."""
    world.cast()
    with world.write("analyst") as scene:
        for name, role in (("张伟", "Sales rep"), ("李娜", "Dispatcher")):
            facts = {"name": name, "job_role": role, "department": "Sales"}
            actions.add_stakeholder(scene.actor, scene.project, facts)
    return world.item("interview", "analyst", title="A day", stakeholders=[1], **more)


def interview(scene: Scene, key: str = "INT-1") -> Any:
    return item_for(scene.actor, scene.project.id, key, "interview")


def ask(world: World, *questions: str, key: str = "INT-1") -> None:
    with world.write("analyst") as scene:
        for question in questions:
            verbs.add_question(scene.actor, interview(scene, key), question)


def make_set(world: World, name: str, *questions: str, process: str = "", **more: Any) -> int:
    with world.write("analyst") as scene:
        about = item_for(scene.actor, scene.project.id, process, "process") if process else None
        values = {"name": name, "questions": list(questions), "process": about, **more}
        return verbs.make_set(scene.actor, scene.project, values).id


def guide(world: World, key: str = "INT-1") -> list[queries.Asked]:
    with world.read("analyst") as scene:
        return queries.guide_of(scene.actor, interview(scene, key))


# -- the starter sets ----------------------------------------------------------------------------------------------------


def test_each_starter_set_is_there_in_both_languages() -> None:
    codes: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for one in starters():
        codes[one.language].add(one.code.partition(".")[0])
        assert 8 <= len(one.questions) <= 12 and len(set(one.questions)) == len(one.questions)
        for text in (one.name, one.about, *one.questions):
            assert bool(HAN.search(text)) == (one.language == "zh"), text
            assert text == text.strip() and not (one.language == "zh" and re.search("[,?;!]", text)), text
        assert starter(one.code) == one
    assert codes["en"] == codes["zh"] and len(codes["en"]) == 6
    pairs = [(starter(f"{code}.en"), starter(f"{code}.zh")) for code in codes["en"]]
    assert all(en and zh and len(en.questions) == len(zh.questions) for en, zh in pairs)


def test_the_readers_language_comes_first() -> None:
    assert [next(starters(one)).language for one in ("zh_Hans_CN", "en", "")] == ["zh", "en", "zh"]


def test_one_press_takes_a_starter_set_over(world: World) -> None:
    world.cast()
    browser = world.client("analyst", language="en")
    page = lxml.html.fromstring(browser.get("/p/CRM/questions-to-ask").text)
    codes = page.xpath("//form[contains(@action, '/starters')]/input[@name='starter']/@value")
    assert len(codes) == 12 and codes[0].endswith(".en")
    assert browser.send("/p/CRM/questions-to-ask/starters", {"starter": "day.zh"}).status_code == 303
    with world.read("analyst") as scene:
        (mine,) = queries.question_sets(scene.actor, scene.project.id)
    assert (mine.starter, mine.name) == ("day.zh", "一天是怎么过的")
    # It is offered no more.
    assert 'value="day.zh"' not in browser.get("/p/CRM/questions-to-ask").text
    assert browser.send("/p/CRM/questions-to-ask/starters", {"starter": "nothing"}).status_code == 422


# -- question sets -------------------------------------------------------------------------------------------------------


def test_a_set_is_written_changed_and_put_away_on_its_pages(world: World) -> None:
    world.cast()
    world.item("process", "analyst", title="Repair")
    browser = world.client("analyst")
    sent = {
        "name": "Repairs",
        "job_role": "Dispatcher",
        "process": "PRC-1",
        "questions": "- What comes in?\n\n* Who goes?",
    }
    assert browser.send("/p/CRM/questions-to-ask", sent).status_code == 303
    form = lxml.html.fromstring(browser.get("/p/CRM/questions-to-ask/1").text).xpath("//form[.//textarea]")[0]
    fields = form.fields
    assert (fields["name"], fields["job_role"], fields["process"]) == ("Repairs", "Dispatcher", "PRC-1")
    assert fields["questions"].strip() == "What comes in?\nWho goes?"
    changed = {**sent, "questions": "Who goes?", "seen": fields["seen"]}
    assert browser.send("/p/CRM/questions-to-ask/1", changed).status_code == 303
    late = browser.send("/p/CRM/questions-to-ask/1", {**changed, "questions": "What else?"})
    assert late.status_code == 409 and "Somebody else changed this question set" in late.text
    assert "What else?" in late.text and 'name="seen" value="2"' in late.text, "what was typed is kept"
    refused = browser.send("/p/CRM/questions-to-ask/1", {**changed, "seen": "2", "name": "", "questions": " "})
    assert refused.status_code == 422 and "Give the question set a name." in refused.text
    assert "A question set needs a question." in refused.text
    assert browser.send("/p/CRM/questions-to-ask/1/archiving", {"seen": "2"}).status_code == 303
    with world.read("analyst") as scene:
        assert queries.question_sets(scene.actor, scene.project.id) == []
        (away,) = queries.question_sets(scene.actor, scene.project.id, archived=True)
    assert away.archived and away.questions == ("Who goes?",)
    assert browser.send("/p/CRM/questions-to-ask/1/archiving", {"seen": "3", "back": "1"}).status_code == 303
    assert world.client("auditor").get("/p/CRM/questions-to-ask").status_code == 200
    for url in ("/p/CRM/questions-to-ask", "/p/CRM/questions-to-ask/1", "/p/CRM/questions-to-ask/starters"):
        assert world.client("auditor").send(url, {**sent, "starter": "day.en", "seen": "4"}).status_code == 403


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "", "questions": ["Why?"]}, "name"),
        ({"name": "x" * 201, "questions": ["Why?"]}, "name"),
        ({"name": "Many", "questions": ["Why?"] * 101}, "questions"),
        ({"name": "Long", "questions": ["x" * 1001]}, "questions"),
        ({"name": "Odd", "questions": 7}, "questions"),
        ({"name": "Odd", "questions": ["Why?"], "colour": "red"}, "colour"),
    ],
)
def test_a_set_that_does_not_fit_is_refused(world: World, values: dict[str, Any], field: str) -> None:
    world.cast()
    with pytest.raises(Invalid) as error, world.write("analyst") as scene:
        verbs.make_set(scene.actor, scene.project, values)
    assert [one.field for one in error.value.reasons] == [field]


def test_no_set_tells_of_the_only_one_who_does_something(world: World) -> None:
    prepared(world)
    make_set(world, "For 张伟", "What does 李娜 say?", job_role="Dispatcher")
    with world.read("auditor") as scene:
        (one,) = queries.question_sets(scene.actor, scene.project.id)
    assert (one.job_role, one.told, one.name, one.questions) == ("", False, "For Sales", ("What does Sales say?",))
    assert "Dispatcher" not in world.client("auditor").get("/p/CRM/questions-to-ask").text
    form = world.client("project_manager").get("/p/CRM/questions-to-ask/1").text
    assert 'name="job_role"' not in form and 'name="questions"' in form


# -- the guide -----------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_once_ticked_and_taken_out(world: World) -> None:
    prepared(world)
    ask(world, "What takes long?", "  What takes  long? ", "Who waits?")
    assert [(one.text, one.covered) for one in guide(world)] == [("What takes long?", False), ("Who waits?", False)]
    browser = world.client("analyst")
    base = "/p/CRM/interview/INT-1/guide"
    assert browser.send(f"{base}/1/coverage", {"covered": "1"}).status_code == 303
    assert [(one.covered, one.covered_by) for one in guide(world)] == [(True, "analyst"), (False, "")]
    assert browser.send(f"{base}/1/coverage", {"covered": ""}).status_code == 303
    assert browser.send(f"{base}/2/removal").status_code == 303
    assert [(one.text, one.covered) for one in guide(world)] == [("What takes long?", False)]
    # What was taken out may be asked again; another interview's question is not this one's.
    ask(world, "Who waits?")
    assert len(guide(world)) == 2
    world.item("interview", "analyst", title="Another")
    for url in ("/p/CRM/interview/INT-2/guide/1/coverage", f"{base}/2/coverage"):
        assert browser.send(url, {"covered": "1"}).status_code == 404
    assert world.client("auditor").send(f"{base}/1/coverage", {"covered": "1"}).status_code == 403


def test_the_page_shows_the_guide_beside_the_notes(world: World) -> None:
    prepared(world, notes="张伟: It takes long.", guide="- Written before")
    make_set(world, "The day", "When do you begin?")
    ask(world, "What takes long?")
    browser = world.client("analyst")
    tree = lxml.html.fromstring(browser.get("/p/CRM/interview/INT-1").text)
    (shown,) = tree.xpath("//*[@id='guide']")
    assert "0 of 1 asked" in shown.text_content() and "Written before" in tree.text_content()
    assert shown.xpath(".//button[@aria-pressed='false']") and shown.xpath(".//option[text()='The day']")
    assert browser.send("/p/CRM/interview/INT-1/guide", {"set": "1"}).status_code == 303
    assert [one.text for one in guide(world)] == ["What takes long?", "When do you begin?"]
    watching = world.client("auditor").get("/p/CRM/interview/INT-1").text
    assert (
        "What takes long?" in watching
        and "/guide" not in watching.partition('id="guide"')[2].partition("</section>")[0]
    )


def test_htmx_gets_the_guide_alone_with_what_was_refused(world: World) -> None:
    prepared(world)
    browser = world.client("analyst")
    base = "/p/CRM/interview/INT-1/guide"
    added = browser.send(base, {"body": "Why?"}, headers={"HX-Request": "true"})
    assert added.status_code == 200 and added.text.lstrip().startswith('<section id="guide"')
    ticked = browser.send(f"{base}/1/coverage", {"covered": "1"}, headers={"HX-Request": "true"})
    assert "1 of 1 asked" in ticked.text and 'aria-pressed="true"' in ticked.text
    long = "x" * 1001
    for headers in ({"HX-Request": "true"}, {}):
        refused = browser.send(base, {"body": long}, headers=headers)
        assert refused.status_code == 422 and f'value="{long}"' in refused.text and "at most 1000 fit" in refused.text


def test_a_guide_names_nobody(world: World) -> None:
    prepared(world)
    ask(world, "What does 李娜 do when 张伟 is away?")
    assert guide(world)[0].text == "What does Sales do when Sales is away?"


def test_what_was_not_covered_is_asked_in_the_next_interview(world: World) -> None:
    prepared(world, notes="张伟: Long.")
    world.item("process", "analyst", title="Repair")
    with world.write("analyst") as scene:
        store.edit(scene.actor, interview(scene), {"processes": [item_for(scene.actor, scene.project.id, "PRC-1")]})
    ask(world, "One?", "Two?", "Three?")
    world.item("interview", "analyst", title="Others", stakeholders=[2])
    world.item("interview", "analyst", title="The same", stakeholders=[1])
    ask(world, "Two?", key="INT-3")
    browser = world.client("analyst")
    browser.send("/p/CRM/interview/INT-1/guide/1/coverage", {"covered": "1"})
    # A planned interview has nothing to carry over yet.
    assert "guide/carrying" not in browser.get("/p/CRM/interview/INT-1").text
    world.move("INT-1", "written")
    page = lxml.html.fromstring(browser.get("/p/CRM/interview/INT-1").text)
    assert page.xpath("//select[@name='to']/option/@value") == ["", "INT-3", "INT-2"]
    sent = browser.send("/p/CRM/interview/INT-1/guide/carrying", {"to": "INT-3"})
    assert sent.status_code == 303 and sent.location.endswith("/interview/INT-3#guide")
    assert [(one.text, one.origin) for one in guide(world, "INT-3")] == [("Two?", ""), ("Three?", "INT-1")]
    assert [(one.text, one.onward) for one in guide(world)] == [("One?", ""), ("Two?", ""), ("Three?", "INT-3")]
    # What is left goes to a new interview with the same people about the same.
    made = browser.send("/p/CRM/interview/INT-1/guide/carrying", {"to": ""})
    assert made.location.endswith("/interview/INT-4#guide")
    with world.read("analyst") as scene:
        item = interview(scene, "INT-4")
        assert (item.stage, item.stakeholders, item.title) == ("planned", [1], "Once more: A day")
        assert [one.key for one in store.linked(item, "covers")] == ["PRC-1"]
    assert [(one.text, one.origin) for one in guide(world, "INT-4")] == [("Two?", "INT-1")]
    assert "left open in INT-1" in browser.get("/p/CRM/interview/INT-4").text
    assert "asked again in INT-4" in browser.get("/p/CRM/interview/INT-1").text
    assert browser.send("/p/CRM/interview/INT-1/guide/carrying", {"to": ""}).status_code == 409


def test_nothing_is_carried_to_what_is_over(world: World) -> None:
    prepared(world)
    ask(world, "One?")
    world.item("interview", "analyst", title="Over")
    world.move("INT-2", "written")
    for to in ("INT-1", "INT-2"):
        with pytest.raises(Refused, match="still planned"), world.write("analyst") as scene:
            verbs.carry_over(scene.actor, scene.project, interview(scene), interview(scene, to))
    with pytest.raises(NotFound), world.write("analyst") as scene:
        interview(scene, "INT-9")


# -- planning ------------------------------------------------------------------------------------------------------------


def test_planning_offers_the_sets_that_fit_ticked(world: World) -> None:
    prepared(world)
    world.item("process", "analyst", title="Repair")
    make_set(world, "Anybody", "Why?")
    make_set(world, "Reps", "Which customer?", job_role="Sales rep")
    make_set(world, "Reps about repairs", "Which repair?", job_role="Sales rep", process="PRC-1")
    make_set(world, "Dispatchers", "Which van?", job_role="Dispatcher")
    browser = world.client("analyst")

    def ticked(query: str) -> list[str]:
        page = lxml.html.fromstring(browser.get(f"/p/CRM/interviews/new{query}").text)
        return page.xpath("//input[@name='sets' and @checked]/@value")

    assert ticked("") == []
    assert ticked("?stakeholders=1") == ["2"]
    assert ticked("?stakeholders=1&processes=PRC-1") == ["2", "3"]
    assert ticked("?stakeholders=1&stakeholders=2") == ["4", "2"]
    # A form that does not fit keeps what was ticked in it.
    refused = browser.send("/p/CRM/interviews/new", {"title": "", "stakeholders": ["1"], "sets": ["1", "4"]})
    kept = lxml.html.fromstring(refused.text)
    assert refused.status_code == 422
    assert set(kept.xpath("//input[@name='sets' and @checked]/@value")) == {"1", "4"}
    assert kept.xpath("//input[@name='stakeholders' and @checked]/@value") == ["1"]
    sent = {"title": "With a rep", "stakeholders": ["1"], "sets": ["2", "1"]}
    assert browser.send("/p/CRM/interviews/new", sent).status_code == 303
    assert [one.text for one in guide(world, "INT-2")] == ["Which customer?", "Why?"]
    assert browser.send("/p/CRM/interviews/new", {**sent, "sets": ["99"]}).status_code == 404
