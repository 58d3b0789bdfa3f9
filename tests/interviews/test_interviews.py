"""Interviews: passages are found as they read, evidence is kept, and names stay with those who may see them."""

from __future__ import annotations

import json
import re

import lxml.html
import pytest

from reqtrack.errors import Invalid
from reqtrack.interviews import actions, passages, queries
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from tests.support.world import Browser, World

NOTES = "**张伟**：我在客户那儿，客户说便宜两个点就签。\n李娜也说慢，张伟：再等等。"


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("客户说便宜两个点就签", "客户说便宜两个点就签"),
        ("张伟：我在客户那儿", "张伟**：我在客户那儿"),
        ("就签。 李娜也说慢", "就签。\n李娜也说慢"),
        ("没有这句", None),
        ("  ", None),
    ],
)
def test_a_passage_is_found_as_it_reads(quote: str, words: str | None) -> None:
    found = passages.find(NOTES, quote)
    assert (found[1] if found else None) == words


def test_the_occurrence_nearest_to_the_place_is_taken() -> None:
    assert passages.find("慢 慢 慢", "慢", near=4) == (4, "慢")


@pytest.mark.parametrize(
    ("notes", "quote", "occurrence", "found"),
    [
        # The first as it reads has signs within, the second stands there as it was typed.
        ("填 **八**页。又填八页。", "八页", 0, (4, "八**页")),
        ("填 **八**页。又填八页。", "八页", 1, (11, "八页")),
        ("填 **八**页。又填八页。", "八页", 7, (11, "八页")),
        ("**慢**，很慢", "**慢**", 0, (0, "**慢**")),
        ("慢，**很慢**", "**慢", 0, (0, "慢")),
        ("1 + 1", "+", 0, (2, "+")),
        ("慢", "快", 0, None),
    ],
)
def test_which_of_several_is_counted_as_the_notes_read(
    notes: str, quote: str, occurrence: int, found: tuple[int, str] | None
) -> None:
    assert passages.nth(notes, quote, occurrence) == found


def prepared(world: World, interviewer: str = "analyst") -> str:
    """An interview with 张伟, who is one of two stakeholders; returns its key."""
    world.cast()
    with world.write("analyst") as scene:
        for name, role in (("张伟", "销售"), ("李娜", "客服")):
            given = {"name": name, "job_role": role, "department": f"{role}部", "level": "frontline"}
            actions.add_stakeholder(scene.actor, scene.project, given)
    with world.write("analyst") as scene:
        raw = {"title": "张伟的一天", "stakeholders": [1], "notes": NOTES, "interviewer": interviewer}
        parsed = values.parse(KINDS["interview"], scene.project, raw)
        return str(store.create(scene.actor, scene.project, KINDS["interview"], parsed).key)


def test_a_requirement_made_of_a_passage_carries_its_evidence(world: World) -> None:
    key = prepared(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        made = actions.make_from(scene.actor, scene.project, interview, "requirement", "客户说便宜两个点就签", {})
        assert made.title == "客户说便宜两个点就签"
    with world.read("analyst") as scene:
        quotes = queries.quotes_of_item(scene.actor, item_for(scene.actor, scene.project.id, made.key))
        assert [(one.text, one.interview, one.who) for one in quotes] == [("客户说便宜两个点就签", key, "张伟")]
        backed = queries.quotes_of_interview(scene.actor, item_for(scene.actor, scene.project.id, key))
        assert [one.items[0][0] for one in backed] == [made.key]


def test_the_same_passage_marked_twice_is_one_excerpt(world: World) -> None:
    key = prepared(world)
    ids = set()
    for _ in range(2):
        with world.write("analyst") as scene:
            interview = item_for(scene.actor, scene.project.id, key, "interview")
            ids.add(actions.mark(scene.actor, interview, "便宜两个点").id)
    assert len(ids) == 1


def test_words_that_do_not_stand_in_the_notes_are_refused(world: World) -> None:
    key = prepared(world)
    with pytest.raises(Invalid, match="do not stand"), world.write("analyst") as scene:
        actions.mark(scene.actor, item_for(scene.actor, scene.project.id, key, "interview"), "没有这句")


@pytest.mark.parametrize(
    ("login", "sees"),
    [("analyst", {"张伟", "李娜"}), ("project_manager", {"张伟"}), ("auditor", set()), ("tester", set())],
)
def test_names_are_for_analysts_and_for_who_held_the_interview(world: World, login: str, sees: set[str]) -> None:
    prepared(world, interviewer="project_manager")
    with world.read(login) as scene:
        people = queries.people(scene.actor, scene.project.id)
        assert {one.name for one in people if one.name} == sees
        masked = queries.masker(scene.actor, scene.project.id)("张伟和李娜")
        assert {name for name in ("张伟", "李娜") if name in masked} == sees
        assert "销售部" in masked or "张伟" in sees


def test_an_interviewee_is_shown_by_role_only_where_three_hold_it(world: World) -> None:
    prepared(world)
    with world.write("analyst") as scene:
        for number in range(3):
            given = {"name": f"客服{number}", "job_role": "电话客服", "department": "客服部", "region": "华东"}
            actions.add_stakeholder(scene.actor, scene.project, given)
    with world.read("auditor") as scene:
        labels = {one.label for one in queries.people(scene.actor, scene.project.id)}
    assert labels == {"销售部", "客服部", "电话客服 · 华东"}


def test_a_name_in_a_title_becomes_the_department(world: World) -> None:
    key = prepared(world)
    with world.read("analyst") as scene:
        assert item_for(scene.actor, scene.project.id, key).title == "销售部的一天"


def test_notes_edited_after_the_confirmation_stand_unconfirmed(world: World) -> None:
    key = prepared(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        for name in ("write", "confirm"):
            actions.make_move(scene.actor, interview, name, {})
        assert interview.stage == "confirmed"
        store.edit(scene.actor, interview, {"notes": NOTES + "\n补一句。"}, seen=1)
        assert interview.stage == "written"


def test_a_passage_marked_after_the_confirmation_takes_it_back(world: World) -> None:
    """What was confirmed was the notes with what was marked in them; the same passage again is nothing new."""
    key = prepared(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        actions.mark(scene.actor, interview, "客户说便宜两个点就签")
        for name in ("write", "confirm"):
            actions.make_move(scene.actor, interview, name, {})
        actions.mark(scene.actor, interview, "客户说便宜两个点就签")
        assert interview.stage == "confirmed"
        actions.mark(scene.actor, interview, "两个点")
        assert interview.stage == "written"
    browser = world.client("analyst")
    assert browser.send(f"/p/CRM/i/{key}/moves/confirm", shown(browser, key)).status_code == 303
    browser.send(f"/p/CRM/interview/{key}/excerpts", {"quote": "便宜"})
    page = browser.get(f"/p/CRM/interview/{key}").text
    assert f"{key} waits to be confirmed again" in page
    assert "A passage was marked after they had been confirmed." in page


def shown(browser: Browser, key: str) -> dict[str, str]:
    """What the form of the confirmation sends back, as the interview's page shows it now."""
    form = browser.get(f"/p/CRM/interview/{key}").text.split("/moves/confirm")[1].partition("</form>")[0]
    return {name: value for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form) if name != "csrf_token"}


@pytest.mark.parametrize("moved", ["notes", "passage"])
def test_what_is_confirmed_is_what_was_seen(world: World, moved: str) -> None:
    key = prepared(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        actions.make_move(scene.actor, interview, "write", {})
    browser = world.client("analyst")
    seen = shown(browser, key)
    assert set(seen) == {"seen_stage", "seen"}
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        if moved == "notes":
            store.edit(scene.actor, interview, {"notes": NOTES + "\n补一句。"}, seen=1)
        else:
            actions.mark(scene.actor, interview, "客户说便宜两个点就签")
    for sent in (seen, {"seen_stage": "written"}):
        answer = browser.send(f"/p/CRM/i/{key}/moves/confirm", sent)
        assert answer.status_code == 409 and "changed since you opened it: read them again." in answer.text
    assert browser.send(f"/p/CRM/i/{key}/moves/confirm", shown(browser, key)).status_code == 303


def test_the_page_marks_and_makes(world: World) -> None:
    key = prepared(world)
    browser = world.client("analyst")
    made = browser.send(
        f"/p/CRM/interview/{key}/scenarios", {"quote": "客户说便宜两个点就签", "_fields": "title kind", "kind": "main"}
    )
    assert made.status_code == 303
    refused = browser.send(f"/p/CRM/interview/{key}/excerpts", {"quote": "没有这句"})
    assert refused.status_code == 422
    assert "客户说便宜两个点就签" in browser.get(f"/p/CRM/interview/{key}").get_data(as_text=True)
    assert world.client("tester").send(f"/p/CRM/interview/{key}/excerpts", {"quote": "慢"}).status_code == 403
    assert world.client("implementer").get(f"/p/CRM/interview/{key}").status_code in (403, 404)


# -- what a passage becomes --------------------------------------------------------------------------------------------

LONG = "便宜两个点的事，张伟说了算"


def talked(world: World) -> str:
    """An interview with 张伟 in which somebody says his name."""
    key = prepared(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, key, "interview")
        store.edit(scene.actor, interview, {"notes": f"{NOTES}\n{LONG}。"}, seen=1)
    return key


def test_a_name_in_a_passage_is_not_filled_in(world: World) -> None:
    key = talked(world)
    browser = world.client("analyst")
    for kind in ("scenarios", "requirements"):
        made = browser.send(
            f"/p/CRM/interview/{key}/{kind}", {"quote": LONG, "_fields": "title"}, follow_redirects=True
        )
        assert made.status_code == 200 and "names somebody who was heard" not in made.text
    with world.read("analyst") as scene:
        scenario = store.content_of(item_for(scene.actor, scene.project.id, "SCN-1"))
        requirement = store.content_of(item_for(scene.actor, scene.project.id, "REQ-1"))
        (quote,) = queries.quotes_of_item(scene.actor, item_for(scene.actor, scene.project.id, "REQ-1"))
    words = "便宜两个点的事，销售部说了算"
    assert (scenario["title"], requirement["title"], requirement["statement"]) == (words, words, words)
    assert quote.text == LONG  # the evidence is what was said


def test_a_name_that_was_typed_is_pointed_out(world: World) -> None:
    key = talked(world)
    sent = {"quote": LONG, "_fields": "title statement", "title": "Two points", "statement": "Ask 张伟."}
    made = world.client("analyst").send(f"/p/CRM/interview/{key}/requirements", sent, follow_redirects=True)
    assert "REQ-1 names somebody who was heard" in made.text


def test_the_page_says_what_others_read_in_place_of_the_names(world: World) -> None:
    key = talked(world)
    page = lxml.html.fromstring(world.client("analyst").get(f"/p/CRM/interview/{key}").text)
    (notes,) = page.xpath("//*[@data-notes and @data-masks]")
    assert json.loads(notes.get("data-masks")) == [["张伟", "销售部"], ["李娜", "客服部"]]
    filled = {field.get("id"): field.get("data-quote-fill") for field in page.xpath("//*[@data-quote-fill]")}
    assert filled == {"q-s-title": "120", "q-r-title": "120", "q-r-statement": ""}
    # Who may not know the names is not told them here.
    assert "张伟" not in world.client("auditor").get(f"/p/CRM/interview/{key}").text


def test_a_form_opened_from_an_excerpt_begins_with_its_words(world: World) -> None:
    key = talked(world)
    with world.write("analyst") as scene:
        number = actions.mark(scene.actor, item_for(scene.actor, scene.project.id, key, "interview"), LONG).id
    page = world.client("analyst").get(f"/p/CRM/requirements/new?evidence={number}").text
    assert "便宜两个点的事，销售部说了算" in page and "filled in without the name" in page and "张伟" not in page
    assert "filled in without" not in world.client("analyst").get("/p/CRM/requirements/new").text


def test_the_forms_hold_all_that_a_scenario_and_a_requirement_are(world: World) -> None:
    """Rarely used fields stand folded; all are kept."""
    key = talked(world)
    browser = world.client("analyst")
    page = lxml.html.fromstring(browser.get(f"/p/CRM/interview/{key}").text)
    folded = {
        form: {one.get("name") for one in page.xpath(f"//form[@id='{form}']//details//*[@name]")}
        for form in ("q-scenario", "q-requirement")
    }
    assert folded == {
        "q-scenario": {"preconditions", "frequency"},
        "q-requirement": {"kind", "phase", "owner", "effort_days"},
    }
    scenario = {"title": "A call", "kind": "exception", "actor": "Rep", "trigger": "It rings", "steps": "Take it\nWrite",
                "outcome": "It is known", "preconditions": "Signed in\nOn call", "frequency": "Daily"}  # fmt: skip
    requirement = {"title": "Know", "statement": "It shall know.", "rationale": "They forget.", "tier": "must", "scenarios": "SCN-1",
                   "kind": "functional", "phase": "1", "owner": "analyst", "effort_days": "2.5"}  # fmt: skip
    for kind, fields in (("scenario", scenario), ("requirement", requirement)):
        form = page.get_element_by_id(f"q-{kind}")
        held = next(one.get("value") for one in form.xpath(".//input[@name='_fields']"))
        assert set(held.split()) == set(fields)
        assert browser.send(form.get("action"), {**fields, "_fields": held, "quote": LONG}).status_code == 303
    with world.read("analyst") as scene:
        kept = store.content_of(item_for(scene.actor, scene.project.id, "SCN-1"))
        assert (kept["preconditions"], kept["frequency"]) == (["Signed in", "On call"], "Daily")
        kept = store.content_of(item_for(scene.actor, scene.project.id, "REQ-1"))
        assert (kept["kind"], kept["effort_days"], kept["statement"]) == ("functional", "2.5", "It shall know.")
        assert {"phase", "owner"} <= set(kept)


def test_a_refused_form_keeps_what_was_typed_where_it_was_typed(world: World) -> None:
    key = talked(world)
    sent = {"quote": LONG, "_fields": "title effort_days", "title": "Two points", "effort_days": "many"}
    refused = world.client("analyst").send(f"/p/CRM/interview/{key}/requirements", sent)
    assert refused.status_code == 422
    page = lxml.html.fromstring(refused.text)
    field = page.get_element_by_id("q-r-effort")
    assert "is-invalid" in field.get("class") and field.xpath("ancestor::details[@open]")
    assert page.get_element_by_id("q-requirement-quote").text.strip() == LONG
    assert page.get_element_by_id("q-r-title").get("value") == "Two points"
    assert page.get_element_by_id("q-s-title").get("value") == ""
