"""What the history of an item tells somebody who may not see the change behind it: that there was one, and nothing of it."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from reqtrack.baselines.actions import take
from reqtrack.changes import actions
from reqtrack.interviews.fates import told as fates
from reqtrack.items import store
from reqtrack.requirements import actions as requirements
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_asking import edits
from tests.changes.test_succession import apply, propose, signed
from tests.support.meter import Queries

__all__ = ["signed"]
TITLE = "Mulberry goes first"


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


@pytest.fixture
def agreed(desk: Desk, req: str) -> str:
    """A signed requirement that is built."""
    with desk.world.write("analyst") as scene:
        baseline = take(scene.actor, scene.project, "First").key
    desk.sign(baseline)
    with desk.world.write("implementer") as scene:
        requirements.move(scene.actor, desk.item(scene, req), "implement")
    return req


def applied(desk: Desk, *edits_: dict[str, Any], title: str = TITLE, **more: Any) -> str:
    key = desk.deciding(edits=list(edits_), title=title, **more)
    desk.decide(key)
    assert desk.stage(key) == "applied"
    return key


def test_the_page_of_an_item_tells_that_a_change_brought_it_and_not_which(desk: Desk, agreed: str) -> None:
    key = applied(desk, *edits(agreed))
    with desk.world.read("auditor") as scene:
        number = desk.item(scene, agreed).version
    told = {f"/p/CRM/i/{agreed}": "By a change.", f"/p/CRM/i/{agreed}/history/{number}": "· a change"}
    for path, said in told.items():
        hidden = desk.world.client("implementer").get(path)
        assert hidden.status_code == 200 and key not in hidden.text and TITLE not in hidden.text, path
        assert said in words(hidden.text), path
        shown = words(desk.world.client("auditor").get(path).text)
        assert key in shown and TITLE in shown and said not in shown, path
        assert "reqtrack 0.1.0" in html.unescape(re.sub(r"<[^>]*>", "", hidden.text)), "what stands below every page"
    zh = desk.world.client("implementer", language="zh").get(f"/p/CRM/i/{agreed}")
    assert key not in zh.text and TITLE not in zh.text


def test_who_assesses_the_change_is_told_which_it_was(desk: Desk, agreed: str) -> None:
    key = desk.log(edits=edits(agreed), title=TITLE, assessors=["implementer"])
    desk.submit(key)
    desk.assess(key, by="implementer")
    desk.decide(key)
    shown = words(desk.world.client("implementer").get(f"/p/CRM/i/{agreed}").text)
    assert key in shown and TITLE in shown and "By a change." not in shown
    (newest, *_rest) = Caller(desk.world, "implementer")("GET", f"/requirements/{agreed}/history").json["items"]
    assert (newest["change"], newest["reason"]) == (key, TITLE)


def test_the_history_over_the_api_tells_no_more(desk: Desk, agreed: str) -> None:
    key = applied(desk, *edits(agreed))
    told = Caller(desk.world, "implementer")("GET", f"/requirements/{agreed}/history")
    newest, first = told.json["items"]
    assert (newest["change"], newest["reason"]) == ("…", None)
    assert first["change"] is None and key not in json.dumps(told.json) and TITLE not in json.dumps(told.json)
    newest = Caller(desk.world, "auditor")("GET", f"/requirements/{agreed}/history").json["items"][0]
    assert (newest["change"], newest["reason"]) == (key, TITLE)


def test_a_change_that_moved_an_item_without_a_version_is_not_told_either(desk: Desk, agreed: str) -> None:
    other = desk.world.requirement(title="Quotes are printed", statement="On paper.")
    key = applied(desk, {"item": agreed, "link": "depends_on", "add": [other], "remove": []})
    with desk.world.read("auditor") as scene:
        item = desk.item(scene, agreed)
        assert (item.version, item.stage) == (1, "approved")
    hidden = desk.world.client("implementer").get(f"/p/CRM/i/{agreed}").text
    assert key not in hidden and "By a change." in words(hidden)
    assert key in words(desk.world.client("auditor").get(f"/p/CRM/i/{agreed}").text)


def test_what_a_change_merged_names_it_to_nobody_else(signed: Desk) -> None:
    """The implementer sees the merged one, since they assess another change that is about it."""
    key = propose(signed, requirements.propose_merge, "REQ-2", "REQ-1", choices={})
    other = signed.log(title="Bring it back", affected=["REQ-2"], assessors=["implementer"])
    signed.submit(other)
    apply(signed, key)
    hidden = signed.world.client("implementer").get("/p/CRM/i/REQ-2?itself=1")
    said = words(hidden.text)
    assert hidden.status_code == 200 and key not in hidden.text
    assert "This was merged into another:" in said and "By a change." in said
    assert f"By {key}." in words(signed.world.client("auditor").get("/p/CRM/i/REQ-2?itself=1").text)


def test_that_it_was_undone_is_told_without_saying_by_which(desk: Desk, agreed: str) -> None:
    key = desk.log(edits=edits(agreed), assessors=["implementer"])
    desk.submit(key)
    desk.assess(key, by="implementer")
    desk.decide(key)
    undoing = str(desk.do(key, actions.revert, by="contributor").key)
    shown = words(desk.world.client("implementer").get(f"/p/CRM/changes/{key}").text)
    assert "Undone by: a change" in shown and undoing not in shown
    assert f"Undone by: {undoing}" in words(desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text)


def test_those_whose_words_it_is_made_of_are_told_no_key(desk: Desk, req: str) -> None:
    """They read what became of it without an account; of a change they see nothing."""
    later = desk.world.requirement(title="Quotes are printed", statement="On paper.")
    with desk.world.write("project_manager") as scene:
        store.move(scene.actor, desk.item(scene, later), "deferred", reason="Not this year.")
    applied(desk, {"retire": req})
    with desk.world.read("auditor") as scene:
        ids = [desk.item(scene, one).id for one in (req, later)]
        gone, put_off = fates(scene.project.id, "requirement", ids).values()
    assert (gone.state, gone.why) == ("no", "") and (put_off.state, put_off.why) == ("later", "Not this year.")


def test_a_long_history_of_changes_asks_no_more(desk: Desk, agreed: str, queries: Queries) -> None:
    counts: dict[str, list[int]] = {}
    for _again in range(3):
        for number in range(2):
            applied(desk, {"item": agreed, "field": "statement", "new": f"Said {number}."})
        for path in (
            f"/p/CRM/i/{agreed}",
            f"/p/CRM/i/{agreed}/history/2",
            f"/api/v1/projects/CRM/requirements/{agreed}/history",
        ):
            browser = desk.world.client("implementer")
            queries.clear()
            assert browser.get(path).status_code == 200
            counts.setdefault(path, []).append(len(queries))
    assert all(len(set(one)) == 1 and one[0] <= 22 for one in counts.values()), counts
