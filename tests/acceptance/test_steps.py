"""Steps to be used again, and example values that the data dictionary does not know."""

from __future__ import annotations

from reqtrack.acceptance import actions
from reqtrack.acceptance.queries.off_dictionary import off_dictionary
from reqtrack.acceptance.queries.steps import alike, steps, suggest
from tests.acceptance.conftest import Stage


def write(stage: Stage) -> list[str]:
    return [
        stage.world.acceptance(given=["the customer is known"], when=["I enter <phone>"], then=["“Saved” is shown"]),
        stage.world.acceptance(given=["The customer is known"], when=["I enter <mail>"], then=["“Saved” is shown"]),
        stage.world.acceptance(given=["客户已经登记"], when=["输入 <手机号> 并保存"], then=["“Saved” is shown!"]),
    ]


def test_steps_are_counted_and_offered_the_most_used_first(stage: Stage) -> None:
    write(stage)
    with stage.world.read("analyst") as scene:
        found = steps(scene.actor, scene.project.id)
        assert [(one.text, one.uses) for one in found[:2]] == [("the customer is known", 2), ("“Saved” is shown", 2)]
        offered = suggest(scene.actor, scene.project.id, "when", "ENTER i")
        assert [one.text for one in offered] == ["I enter <mail>", "I enter <phone>"]
        assert [one.text for one in suggest(scene.actor, scene.project.id, "when", "保存")] == ["输入 <手机号> 并保存"]
        assert [one.text for one in suggest(scene.actor, scene.project.id, "given", "登记")] == ["客户已经登记"]
        # What is typed already is not offered, nor anything for nothing.
        assert suggest(scene.actor, scene.project.id, "then", "“Saved” is shown")[0].text == "“Saved” is shown!"
        assert suggest(scene.actor, scene.project.id, "then", "  ") == []
        assert alike(found)["“Saved” is shown"] == ["“Saved” is shown!"]


def test_a_step_is_offered_as_it_was_written(stage: Stage) -> None:
    """Compared without regard to how wide a character is written, but never rewritten: Chinese keeps its punctuation."""
    for text in ("保存，不要求再登录：“好”", "保存,不要求再登录:“好”"):
        stage.world.acceptance(then=[text])
    with stage.world.read("analyst") as scene:
        (found,) = suggest(scene.actor, scene.project.id, "then", "保存,不")
        assert (found.text, found.uses) == ("保存，不要求再登录：“好”", 2)


def test_the_pages_of_steps(stage: Stage) -> None:
    write(stage)
    client = stage.world.client("analyst")
    page = client.get("/p/CRM/accept/steps").text
    assert "the customer is known" in page and "nearly the same" in page
    assert "客户已经登记" in client.get("/p/CRM/accept/steps?q=登记").text
    assert "No step yet." in client.get("/p/CRM/accept/steps?q=nowhere").text
    offered = client.get("/p/CRM/accept/steps/offer?part=when&q=enter", headers={"HX-Request": "true"}).text
    assert offered.count('role="option"') == 2 and "&lt;mail&gt;" in offered
    assert "data-steps-from" in client.get("/p/CRM/acceptance/new").text


def test_steps_of_what_is_not_agreed_are_not_offered_to_those_who_build(stage: Stage) -> None:
    write(stage)
    with stage.world.read("implementer") as scene:
        assert steps(scene.actor, scene.project.id) == []


def test_example_values_off_the_dictionary_are_found(stage: Stage) -> None:
    table = {
        "header": ["Phone", "state", "free"],
        "rows": [["138****8000", "open", "x"], ["13812345678", "opened", "y"]],
    }
    key = stage.world.acceptance(title="Two customers", examples=table)
    stage.world.acceptance(examples={"header": ["free"], "rows": [["opened"]]})
    with stage.world.read("analyst") as scene:
        assert off_dictionary(scene.actor, scene.project.id) == {}
    with stage.world.write("analyst") as scene:
        told = [
            {"name": "手机", "aliases": ["phone"], "format": "mobile_cn"},
            {"name": "state", "type": "choice", "allowed": ["open", "closed"]},
        ]
        actions.add_entries(scene.actor, scene.project, told)
    with stage.world.read("analyst") as scene:
        found = off_dictionary(scene.actor, scene.project.id)
        assert {name: (title, reason.code) for name, (title, reason) in found.items()} == {
            key: ("Two customers", "not_allowed")
        }
    client = stage.world.client("analyst")
    page = client.get("/p/CRM/radar/value_off_dictionary").text
    assert key in page and "“opened” is none of the values of “state”" in page
    listed = client.get("/api/v1/projects/CRM/radar").json["findings"]
    assert [one["items"] for one in listed if one["check"] == "value_off_dictionary"] == [[key]]
