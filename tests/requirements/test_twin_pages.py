"""The pages on which one sees what is there twice, merges, splits, and works off an import."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reqtrack.audit.record import recorded
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions, queries
from reqtrack.requirements.queries.imported import progress
from tests.requirements.test_joining import picture, twins
from tests.support.world import Browser, World

# The queries and actions behind them are tested on both databases, and the walks open every page on both.
pytestmark = pytest.mark.sqlite

__all__ = ["twins"]
SCOPE = "/p/CRM/scope"


def seen(page: str) -> dict[str, str]:
    """The hidden fields of a form that say what it shows."""
    return dict(re.findall(r'name="(seen|seen_into)" value="(\d+)"', page.partition("<main")[2]))


def fields(page: str) -> set[str]:
    return set(re.findall(r'name="([^"]+)"', page))


# -- duplicates --------------------------------------------------------------------------------------------------------


@pytest.fixture
def alike(world: World) -> World:
    world.cast()
    world.requirement(
        title="Find customers", statement="The system shall let the user search customers by phone number."
    )
    world.requirement(
        title="Customer search", statement="The system must allow users to search for customers by phone number"
    )
    world.scenario(title="客户退货")
    world.scenario(title="客户 退货")
    return world


def test_report_answers_and_takes_back(alike: World) -> None:
    page = alike.client("analyst").get(f"{SCOPE}/duplicates")
    assert "2 places" in page.text and "says the same" in page.text
    assert f"{SCOPE}/items/REQ-2/merge?into=REQ-1" in page.text
    browser = alike.client("analyst")
    refused = browser.send(f"{SCOPE}/duplicates/answers", {"subject": "REQ-1 REQ-2", "reason": "  "})
    assert refused.status_code == 422 and "Say why these are two" in refused.text
    assert browser.send(f"{SCOPE}/duplicates/answers", {"subject": "REQ-1 SCN-2", "reason": "x"}).status_code == 404
    assert (
        browser.send(f"{SCOPE}/duplicates/answers", {"subject": "req-1 req-2", "reason": "One by phone."}).status_code
        == 303
    )
    again = browser.send(f"{SCOPE}/duplicates/answers", {"subject": "REQ-1 REQ-2", "reason": "One by phone."})
    assert again.status_code == 409
    page = browser.get(f"{SCOPE}/duplicates")
    assert "1 place" in page.text and "1 pair was said to be two" in page.text and "One by phone." in page.text
    assert (
        alike.client("tester")
        .send(f"{SCOPE}/duplicates/answers", {"subject": "SCN-1 SCN-2", "reason": "x"})
        .status_code
        == 403
    )
    # An implementer sees neither the pairs nor the buttons.
    page = alike.client("implementer").get(f"{SCOPE}/duplicates")
    assert "/i/REQ-1" not in page.text and "Nothing stands here twice" in page.text


def test_what_was_typed_is_kept_when_it_was_answered_meanwhile(alike: World) -> None:
    browser = alike.client("analyst")
    with alike.write("project_manager") as scene:
        actions.keep_apart(scene.actor, scene.project, "REQ-1 REQ-2", "One is by phone.")
    told = browser.send(f"{SCOPE}/duplicates/answers", {"subject": "REQ-1 REQ-2", "reason": "One is on the phone."})
    assert told.status_code == 409 and "accepted it until" in told.text and "One is on the phone." in told.text


def test_hints_while_one_writes(alike: World) -> None:
    browser = alike.client("analyst")
    form = browser.get("/p/CRM/requirements/new").text
    assert f'data-hints="{SCOPE}/alike/requirement"' in form
    told = browser.send(
        f"{SCOPE}/alike/requirement", {"title": "", "statement": "Users can search customers by phone number"}
    )
    assert told.status_code == 200 and told.text.count("<li>") == 2 and "/p/CRM/i/REQ-1" in told.text
    assert browser.send(f"{SCOPE}/alike/requirement", {"title": "Something else"}).text.strip() == ""
    assert "SCN-1" in browser.send(f"{SCOPE}/alike/scenario", {"title": "客户退货", "but": "SCN-2"}).text
    assert browser.send(f"{SCOPE}/alike/process", {"title": "x"}).status_code == 404
    # Of people only who may know their names are told.
    with alike.write() as scene:
        from reqtrack.interviews import actions as interviews

        interviews.add_stakeholder(
            scene.actor, scene.project, {"name": "王敏", "department": "销售", "job_role": "销售代表"}
        )
    given = {"name": "王 敏", "department": "销售"}
    assert "王敏" in browser.send(f"{SCOPE}/alike/stakeholder", given).text
    assert alike.client("sponsor").send(f"{SCOPE}/alike/stakeholder", given).text.strip() == ""


# -- merging and splitting ---------------------------------------------------------------------------------------------


def test_merge_on_the_page(twins: World) -> None:
    browser = twins.client("analyst")
    asked = browser.get(f"{SCOPE}/items/REQ-2/merge")
    assert asked.status_code == 200 and 'name="into"' in asked.text
    assert browser.get(f"{SCOPE}/items/REQ-2/merge?into=REQ-99").status_code == 422
    refused = browser.get(f"{SCOPE}/items/REQ-2/merge?into=SCN-1")
    assert "different kinds" in refused.text and "seen_into" not in refused.text
    # A title names it as well as a key.
    with twins.read("analyst") as scene:
        title = item_for(scene.actor, scene.project.id, "REQ-1").title
    named = browser.get(f"{SCOPE}/items/REQ-2/merge", query_string={"into": title}).text
    assert 'name="into" value="REQ-1"' in named and "seen_into" in named
    unknown = browser.get(f"{SCOPE}/items/REQ-2/merge", query_string={"into": "Teleport"})
    assert unknown.status_code == 422 and "No item is called" in unknown.text
    page = browser.get(f"{SCOPE}/items/REQ-2/merge?into=req-1").text
    assert {"field-title", "field-effort_days", "field-tier", "reason"} <= fields(page)
    given = {"into": "REQ-1", **seen(page), "field-title": "gone", "field-effort_days": "both"}
    done = browser.send(f"{SCOPE}/items/REQ-2/merge", given)
    assert done.status_code == 303
    # The old key leads to the survivor, with a word of it; its own page is one question mark away.
    led = browser.get("/p/CRM/i/REQ-2")
    assert led.status_code == 302 and led.headers["Location"] == "/p/CRM/i/REQ-1"
    assert "REQ-2 was merged into REQ-1" in browser.get("/p/CRM/i/REQ-1").text
    itself = browser.get("/p/CRM/i/REQ-2?itself=1")
    assert itself.status_code == 200 and "merged into another" in itself.text
    rail = browser.get("/p/CRM/i/REQ-1").text
    assert "Came from" in rail and "/p/CRM/i/REQ-2?itself=1" in rail
    assert browser.get("/p/CRM/i/REQ-4").text.count("REQ-2") == 0
    assert browser.send(f"{SCOPE}/items/REQ-2/restoration").status_code == 303
    assert browser.get("/p/CRM/i/REQ-2").status_code == 200
    assert not picture(twins)["REQ-2"]["retired"]


def test_merge_loses_nothing_of_what_was_chosen(twins: World) -> None:
    browser = twins.client("analyst")
    page = browser.get(f"{SCOPE}/items/REQ-2/merge?into=REQ-1").text
    twins_edit(twins, "REQ-1", title="Moved meanwhile")
    given = {"into": "REQ-1", **seen(page), "field-title": "gone", "reason": "They are one."}
    stale = browser.send(f"{SCOPE}/items/REQ-2/merge", given)
    assert stale.status_code == 409 and "was changed while you edited it" in stale.text
    assert 'value="They are one."' in stale.text and seen(stale.text)["seen_into"] == "2"
    assert re.search(r'name="field-title" value="gone" checked', stale.text)
    assert not picture(twins)["REQ-2"]["retired"]
    assert browser.send(f"{SCOPE}/items/REQ-2/merge", {"into": "REQ-1"}).status_code == 422
    assert browser.send(f"{SCOPE}/items/REQ-2/merge", {**given, "field-title": "both"}).status_code in (409, 422)
    assert twins.client("tester").get(f"{SCOPE}/items/REQ-2/merge").status_code == 403


def twins_edit(world: World, key: str, **told: Any) -> None:
    with world.write() as scene:
        item = item_for(scene.actor, scene.project.id, key)
        store.edit(scene.actor, item, values.parse(KINDS[item.kind], scene.project, told))


@pytest.mark.parametrize("by", ["analyst", "contributor"])
def test_what_is_signed_or_not_ones_own_to_write_is_proposed(twins: World, by: str) -> None:
    twins.move("REQ-2", "approved")
    browser = twins.client(by)
    page = browser.get(f"{SCOPE}/items/REQ-2/merge?into=REQ-1").text
    assert "This takes a change request" in page and 'name="way" value="change"' in page
    given = {"into": "REQ-1", **seen(page), "way": "change"}
    assert browser.send(f"{SCOPE}/items/REQ-2/merge", given).status_code == 422
    done = browser.send(f"{SCOPE}/items/REQ-2/merge", {**given, "reason": "They are one."})
    assert done.headers["Location"] == "/p/CRM/i/CR-1"
    change = browser.get("/p/CRM/changes/CR-1").text
    assert "Merged into" in change and "Retired by this" in change
    split = browser.get(f"{SCOPE}/items/REQ-2/split").text
    given = {**seen(split), "way": "change", "reason": "Two things.", "part-0-title": "a", "part-1-title": "b"}
    assert browser.send(f"{SCOPE}/items/REQ-2/split", given).headers["Location"] == "/p/CRM/i/CR-2"
    assert "NEW-1" in browser.get("/p/CRM/changes/CR-2").text
    assert not picture(twins)["REQ-2"]["retired"]


def test_split_on_the_page(twins: World) -> None:
    browser = twins.client("analyst")
    page = browser.get(f"{SCOPE}/items/REQ-2/split").text
    assert {"part-0-title", "part-1-statement", "part-0-effort_days", "excerpt-1", "excerpt-2"} <= fields(page)
    assert page.count('value="1.5"') == 2, "the estimate in halves"
    given = {
        **seen(page),
        "part-0-title": "Type once",
        "part-1-title": "Type once",
        "excerpt-1": "first",
        "reason": "Two.",
    }
    refused = browser.send(f"{SCOPE}/items/REQ-2/split", given)
    assert refused.status_code == 422 and "cannot be told apart" in refused.text
    assert re.search(r'name="excerpt-1" value="first" checked', refused.text) and 'value="Two."' in refused.text
    done = browser.send(f"{SCOPE}/items/REQ-2/split", {**given, "part-1-title": "Show it once"})
    assert done.headers["Location"] == "/p/CRM/i/REQ-2"
    parent = browser.get("/p/CRM/i/REQ-2")
    assert parent.status_code == 200 and "This was split in two" in parent.text
    assert "/p/CRM/i/REQ-5" in parent.text and "/p/CRM/i/REQ-6" in parent.text
    assert picture(twins)["REQ-5"]["quotes"] == [1, 2] and picture(twins)["REQ-6"]["quotes"] == [2]
    assert browser.get(f"{SCOPE}/items/REQ-2/split").text.count("is retired already") == 1


# -- imported ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def imported(world: World) -> World:
    world.cast()
    with world.write() as scene:
        for kind, title in [
            ("requirement", "One"),
            ("requirement", "Two"),
            ("scenario", "Three"),
            ("acceptance", "Four"),
        ]:
            store.create(scene.actor, scene.project, KINDS[kind], {"title": title}, imported=True)
    return world


def review(browser: Browser, outcome: str, *ids: str, **more: Any) -> Any:
    return browser.send(f"{SCOPE}/imported/reviews", {"outcome": outcome, "ids": list(ids), **more})


def test_keep_ask_drop(imported: World) -> None:
    browser = imported.client("analyst")
    page = browser.get(f"{SCOPE}/imported?view=one").text
    assert "0 of 4" in page and ">One<" in page and ">Two<" not in page
    for key in "kad":
        assert f'data-hotkey="{key}"' in page
    kept = review(browser, "keep", "REQ-1", view="one")
    assert kept.headers["Location"] == f"{SCOPE}/imported?view=one"
    assert "1 of 4" in browser.get(f"{SCOPE}/imported").text
    # A question leaves it where it is, and goes on with the next.
    assert review(browser, "ask", "REQ-2", reason="Who wants this?").status_code == 422
    assert review(browser, "ask", "REQ-2", asked="tester").status_code == 422
    asked = review(browser, "ask", "REQ-2", view="one", asked="tester", reason="Who wants this?")
    page = browser.get(asked.headers["Location"]).text
    assert ">Three<" in page and "1 of 4" in page
    assert "1 question waits" in browser.get(f"{SCOPE}/imported").text
    assert "Who wants this?" in imported.client("tester").get("/").text
    refused = review(browser, "drop", "SCN-1", "ACC-1", reason=" ")
    assert (
        refused.status_code == 422
        and "Say why it goes" in refused.text
        and 'value="SCN-1" data-bulk-one checked' in refused.text
    )
    assert review(browser, "drop", "SCN-1", "ACC-1", reason="Of the old system.").status_code == 303
    page = browser.get(f"{SCOPE}/imported").text
    assert "3 of 4" in page and "REQ-2" in page and "SCN-1" not in page
    with imported.read("analyst") as scene:
        gone = item_for(scene.actor, scene.project.id, "SCN-1")
        assert (gone.retired, gone.imported) == (True, False)
        assert progress(scene.actor, scene.project.id).by_kind == {"requirement": 1}
    assert review(browser, "keep", "REQ-2").status_code == 303
    assert "has been looked at" in browser.get(f"{SCOPE}/imported").text
    # Once more changes nothing, and counts nothing twice.
    review(browser, "keep", "REQ-2")
    with imported.read("analyst") as scene:
        assert progress(scene.actor, scene.project.id).done == 4


def test_refused_reviews(imported: World) -> None:
    browser = imported.client("analyst")
    assert review(browser, "keep").status_code == 422
    assert review(browser, "burn", "REQ-1").status_code == 422
    assert review(imported.client("tester"), "keep", "REQ-1").status_code == 403
    assert review(imported.client("tester"), "drop", "REQ-1", reason="x").status_code == 403
    imported.move("REQ-1", "approved")
    with imported.write() as scene, recorded(scene.actor, scene.project.id, "planned", "REQ-1"):
        # Approving is looking; one that was approved before that was known still waits.
        item_for(scene.actor, scene.project.id, "REQ-1").imported = True
    assert review(browser, "drop", "REQ-1", "REQ-2", reason="Old.").status_code == 409
    assert review(browser, "keep", "REQ-1").status_code == 303
    with imported.read("analyst") as scene:
        assert not item_for(scene.actor, scene.project.id, "REQ-2").retired


def test_list_is_paged_and_by_kind(imported: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from reqtrack.requirements import twin_pages

    monkeypatch.setattr(twin_pages, "PAGE", 2)
    browser = imported.client("analyst")
    page = browser.get(f"{SCOPE}/imported").text
    assert ">One<" in page and ">Three<" not in page
    following = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert following is not None
    assert ">Three<" in browser.get(following.group(1).replace("&amp;", "&")).text
    only = browser.get(f"{SCOPE}/imported?kind=acceptance").text
    assert ">Four<" in only and ">One<" not in only


def test_verbs_are_the_same_for_programs(imported: World) -> None:
    with imported.write("analyst") as scene:
        items = [item_for(scene.actor, scene.project.id, key) for key in ("REQ-1", "REQ-2")]
        assert [one.key for one in actions.review(scene.actor, items, "keep")] == ["REQ-1", "REQ-2"]
        assert actions.review(scene.actor, items, "keep") == []
    assert queries.duplicate_pairs is not None


def test_what_was_typed_is_kept_when_it_is_locked_meanwhile(twins: World) -> None:
    """Merged and split alike: the form comes back with the reason, and offers the change request."""
    browser = twins.client("analyst")
    merging, splitting = seen(browser.get(f"{SCOPE}/items/REQ-2/merge?into=REQ-1").text), {"seen": "1"}
    twins.move("REQ-2", "approved")
    fields = {**merging, "into": "REQ-1", "reason": "One of them is enough."}
    told = browser.send(f"{SCOPE}/items/REQ-2/merge", fields)
    assert told.status_code == 409 and "One of them is enough." in told.text and "REQ-2 is approved" in told.text
    splitting = {"seen": merging["seen"], "reason": "Two things.", "part-0-title": "One", "part-1-title": "Two"}
    told = browser.send(f"{SCOPE}/items/REQ-2/split", splitting)
    assert told.status_code == 409 and "Two things." in told.text and "REQ-2 is approved" in told.text
