"""Ready: only what is concrete, said by who may say it, and a draft again once it is edited."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.acceptance import actions, queries
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.items.queries import item_for
from tests.acceptance.conftest import EXAMPLES, Stage

GOOD: dict[str, Any] = {
    "given": ["the customer is known"], "when": ["I enter <phone>"], "then": ["<kept as> is shown in the field “Phone”"],
    "examples": EXAMPLES,
}  # fmt: skip


def move(stage: Stage, key: str, name: str, by: str = "analyst", **given: str) -> None:
    with stage.world.write(by) as scene:
        actions.make_move(scene.actor, item_for(scene.actor, scene.project.id, key, "acceptance"), name, given)


def at(stage: Stage, key: str) -> str:
    with stage.world.read("auditor") as scene:
        return str(item_for(scene.actor, scene.project.id, key).stage)


def test_a_business_owner_says_ready_and_an_edit_makes_it_a_draft_again(stage: Stage) -> None:
    key = stage.world.acceptance(**GOOD)
    with pytest.raises(NotFound):
        move(stage, key, "ready")
    move(stage, key, "review")
    move(stage, key, "ready", by="business_owner", seen="1")
    assert at(stage, key) == "ready"
    stage.edit(key, description="only told")
    assert at(stage, key) == "ready"
    stage.edit(key, then=["<kept as> is shown at once"])
    assert at(stage, key) == "draft"
    page = stage.world.client("analyst").get(f"/p/CRM/i/{key}").text
    assert "It was edited after it was ready." in page


def test_vague_is_not_ready_and_every_reason_is_told(stage: Stage) -> None:
    key = stage.world.acceptance(when=["I sign in"], then=["everything works as expected"])
    move(stage, key, "review")
    with pytest.raises(Refused) as refused:
        move(stage, key, "ready", by="business_owner")
    assert refused.value.status == 409
    assert {one.code for one in refused.value.reasons} == {"vague", "no_data"}
    page = stage.world.client("business_owner").get(f"/p/CRM/i/{key}").text
    assert "What keeps it from being ready" in page and "Two people may disagree whether" in page
    move(stage, key, "back", by="business_owner", reason="Say what is seen.")
    assert at(stage, key) == "draft"


def test_who_may_not_and_what_was_read(stage: Stage) -> None:
    key = stage.world.acceptance(**GOOD)
    for login in ("tester", "contributor", "business_owner"):
        with pytest.raises(Refused) as refused:
            move(stage, key, "review", by=login)
        assert refused.value.status == 403
    move(stage, key, "review")
    with pytest.raises(Refused) as refused:
        move(stage, key, "ready", by="tester")
    assert refused.value.status == 403
    with pytest.raises(Refused, match="changed after you opened it"):
        move(stage, key, "ready", seen="7")
    with pytest.raises((Refused, Invalid)):
        move(stage, key, "back", reason=" ")
    with pytest.raises(NotFound):
        move(stage, key, "edited")
    stage.retire(key)
    with pytest.raises(NotFound):
        move(stage, key, "ready")


def test_what_the_dictionary_requires_is_required_of_the_examples(stage: Stage) -> None:
    with stage.world.write("analyst") as scene:
        actions.add_entries(scene.actor, scene.project, [{"name": "phone", "required": True}])
    rows = {"header": ["phone", "kept as"], "rows": [["", "1"]]}
    key = stage.world.acceptance(**{**GOOD, "examples": rows})
    move(stage, key, "review")
    with pytest.raises(Refused) as refused:
        move(stage, key, "ready")
    assert [one.code for one in refused.value.reasons] == ["required_empty"]


def test_a_business_owner_reviews_several_in_one_list(stage: Stage) -> None:
    good, other, bad = (stage.world.acceptance(**GOOD), stage.world.acceptance(**GOOD),
                        stage.world.acceptance(title="Vague", when=["I sign in"], then=["it works fine"]))  # fmt: skip
    for key in (good, other, bad):
        move(stage, key, "review")
    with stage.world.read("business_owner") as scene:
        (waiting,) = [one for one in queries.waiting_for(scene.actor) if one.kind == "review"]
    assert (waiting.key, waiting.project_key, str(waiting.title)) == (good, "CRM", "3 acceptance scenarios to review")
    client = stage.world.client("business_owner")
    assert "3 acceptance scenarios to review" in client.get("/").text or "to review" in client.get("/my-work").text
    page = client.get("/p/CRM/accept/review").text
    assert "Two people may disagree" in page and page.count('checked><span id="title-') == 2
    sent = {"move": "ready", "keys": [good, bad], f"seen-{good}": "1", f"seen-{bad}": "1"}
    assert client.send("/p/CRM/accept/review", sent).status_code == 303
    assert (at(stage, good), at(stage, bad), at(stage, other)) == ("ready", "in_review", "in_review")
    alone = client.send("/p/CRM/accept/review", {"move": "ready", "keys": [bad], f"seen-{bad}": "1"})
    assert alone.status_code == 422 and f"{bad}: " in alone.text
    nothing = client.send("/p/CRM/accept/review", {"move": "ready"})
    assert nothing.status_code == 422 and "Choose at least one." in nothing.text
    silent = client.send("/p/CRM/accept/review", {"move": "back", "keys": [bad]})
    assert silent.status_code == 422 and "Say why." in silent.text
    assert client.send("/p/CRM/accept/review", {"move": "back", "keys": [bad], "reason": "vague"}).status_code == 303
    assert at(stage, bad) == "draft"
    assert stage.world.client("tester").get("/p/CRM/accept/review").status_code == 403


def test_the_checker_reads_along(stage: Stage) -> None:
    client = stage.world.client("contributor")
    sent = {"when": ["I enter <phone>", ""], "then": ["it works as expected"], "examples": "mail\na@example.com"}
    found = client.send("/p/CRM/accept/check", sent).text
    assert "Then 1" in found and "as expected" in found and "&lt;phone&gt;" in found
    good = {"when": "I enter <phone>", "then": "“Saved” is shown for <phone>", "examples": "phone\n138"}
    assert "Nothing keeps it from being ready" in client.send("/p/CRM/accept/check", good).text
    assert "data-hints=" in client.get("/p/CRM/acceptance/new").text


def test_an_edit_on_the_page_says_that_it_is_a_draft_again_and_rounds_warn(stage: Stage) -> None:
    key = stage.world.acceptance(**GOOD)
    number = stage.round(key)
    client = stage.world.client("analyst")
    assert "1 scenario in it is not ready" in client.get(f"/p/CRM/rounds/{number}").text
    move(stage, key, "review")
    move(stage, key, "ready")
    assert "is not ready" not in client.get(f"/p/CRM/rounds/{number}").text
    form = {"seen": "1", "_fields": "then", "then": "<kept as> is shown at the top"}
    saved = client.post(f"/p/CRM/i/{key}/edit", data={"csrf_token": client.token(), **form}, follow_redirects=True)
    assert "was ready. It was edited" in saved.text and at(stage, key) == "draft"
