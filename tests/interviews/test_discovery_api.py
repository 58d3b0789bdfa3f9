"""What the pages of plan and guide do, programs do over REST."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.interviews import actions
from tests.support.world import Browser, World

P = "/api/v1/projects/CRM"


class Caller:
    """Somebody who calls: each answer must be as told."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200, version: int | None = None) -> Any:
        headers = {"X-CSRFToken": self.browser.token()} | ({"If-Match": f'"{version}"'} if version else {})
        answer = self.browser.open(P + path, method=method, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def call(world: World) -> Caller:
    world.cast()
    with world.write("analyst") as scene:
        for name, role in (("Ann", "Sales rep"), ("Bo", "Dispatcher")):
            facts = {"name": name, "job_role": role, "department": "Sales"}
            actions.add_stakeholder(scene.actor, scene.project, facts)
    world.item("process", "analyst", title="Repair")
    world.item("interview", "analyst", title="A day", stakeholders=[1], processes=["PRC-1"], notes="> One.\n\n> Two.")
    world.move("INT-1", "written")
    return Caller(world.client("analyst"))


def test_voices_and_their_targets(world: World, call: Caller) -> None:
    made = call("POST", "/voice-targets", {"job_role": "Sales rep", "department": "Sales", "target": 2}, 201)
    assert (made["id"], made["version"], made["process"], made["target"]) == (1, 1, None, 2)
    of_repair = {"job_role": "Dispatcher", "department": "Sales", "process": "PRC-1", "target": 1}
    assert call("POST", "/voice-targets", of_repair, 201)["process"] == "PRC-1"
    assert call("POST", "/voice-targets", {**of_repair, "target": 3, "seen": 7}, 409)
    assert call("POST", "/voice-targets", {**of_repair, "target": 3}, 409)["reasons"][0]["field"] == "target"
    assert call("POST", "/voice-targets", {**of_repair, "target": 3, "seen": 1}, 201)["version"] == 2
    assert call("POST", "/voice-targets", {"target": 1}, 422)["reasons"][0]["field"] == "job_role"
    assert [one["target"] for one in call("GET", "/voice-targets")["items"]] == [2, 3]
    voices = call("GET", "/voices?process=PRC-1")
    assert [(one["job_role"], one["heard"], one["target"], one["state"]) for one in voices["cells"]] == [
        ("Dispatcher", 0, 3, "nobody"), ("Sales rep", 1, None, "met"),
    ]  # fmt: skip
    assert len(call("GET", "/voices")["cells"]) == 4
    assert [one["level"] for one in voices["levels"]] == ["frontline", "manager", "executive"]
    call("GET", "/voices?process=PRC-9", status=404)
    # Who may not know the people is told of no job role that so few hold.
    shown = Caller(world.client("auditor"))("GET", "/voices?process=PRC-1")
    assert [(one["job_role"], one["heard"], one["target"]) for one in shown["cells"]] == [(None, 1, 3)]
    assert {one["job_role"] for one in Caller(world.client("auditor"))("GET", "/voice-targets")["items"]} == {None}


def test_question_sets_and_guides(world: World, call: Caller) -> None:
    starters = call("GET", "/starter-sets?limit=200")["items"]
    assert len(starters) == 12 and {one["language"] for one in starters} == {"en", "zh"}
    taken = call("POST", "/question-sets", {"starter": "day.en"}, 201)
    assert (taken["starter"], len(taken["questions"])) == ("day.en", 10)
    call("POST", "/question-sets", {"starter": "day.en", "name": "Mine"}, 422)
    own = {"name": "Repairs", "job_role": "Dispatcher", "process": "PRC-1", "questions": ["What breaks?"]}
    made = call("POST", "/question-sets", own, 201)
    changed = call("PATCH", f"/question-sets/{made['id']}", {"questions": ["What breaks?", "Who goes?"]}, version=1)
    assert (changed["version"], changed["questions"]) == (2, ["What breaks?", "Who goes?"])
    call("PATCH", f"/question-sets/{made['id']}", {"name": "Late"}, 412, version=1)
    assert call("PATCH", f"/question-sets/{made['id']}", {"archived": True}, version=2)["archived"]
    history = call("GET", f"/question-sets/{made['id']}/history")["items"]
    assert [one["action"] for one in history] == ["question_set.changed", "question_set.changed", "question_set.made"]
    # The only dispatcher is told of to nobody who may not know them, nor written over by them.
    manager = Caller(world.client("project_manager"))
    assert manager("GET", f"/question-sets/{made['id']}")["job_role"] is None
    manager("PATCH", f"/question-sets/{made['id']}", {"job_role": "Anybody"}, 403, version=3)

    call("POST", "/interviews/INT-1/guide", {"question_set": made["id"]}, 201)
    asked = call("POST", "/interviews/INT-1/guide", {"body": "And then?"}, 201)["questions"]
    assert [(one["question"], one["covered"]) for one in asked] == [("And then?", False)]
    call("POST", "/interviews/INT-1/guide", {"body": " "}, 422)
    first, *_ = call("GET", "/interviews/INT-1/guide")["items"]
    covered = call("POST", f"/interviews/INT-1/guide/{first['id']}/coverage", {}, 201)["questions"]
    assert (covered[0]["covered"], covered[0]["covered_by"]) == (True, "analyst")
    call("POST", f"/interviews/INT-1/guide/{asked[0]['id']}/removal", {}, 201)
    carried = call("POST", "/interviews/INT-1/guide/carrying", {}, 201)
    assert carried["key"] == "INT-2" and [one["carried_from"] for one in carried["questions"]] == ["INT-1"]
    told = {one["question"]: one["carried_to"] for one in call("GET", "/interviews/INT-1/guide")["items"]}
    assert told == {"What breaks?": None, "Who goes?": "INT-2"}
    call("POST", "/interviews/INT-1/guide/carrying", {"to": "INT-2"}, 409)


def test_quotations(world: World, call: Caller) -> None:
    offered = call("GET", "/interviews/INT-1/quotations")["items"]
    assert [(one["quote"], one["marked"]) for one in offered] == [("One.", False), ("Two.", False)]
    call("POST", "/interviews/INT-1/quotations", {"starts": [1]}, 422)
    assert len(call("POST", "/interviews/INT-1/quotations", {"starts": [offered[1]["start"]]}, 201)["excerpts"]) == 1
    assert len(call("POST", "/interviews/INT-1/quotations", {}, 201)["excerpts"]) == 1
    assert all(one["marked"] for one in call("GET", "/interviews/INT-1/quotations")["items"])
    Caller(world.client("auditor"))("POST", "/interviews/INT-1/quotations", {}, 403)
