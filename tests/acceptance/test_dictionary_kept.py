"""The data dictionary as it is kept: actions, pages, the API, and a list that somebody pastes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.acceptance import actions
from reqtrack.acceptance.data.listed import entries_of
from reqtrack.acceptance.queries import dictionary
from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused, Stale
from tests.acceptance.conftest import Stage

PHONE = {
    "name": "手机",
    "meaning": "客户的手机号",
    "format": "mobile_cn",
    "required": True,
    "aliases": ["phone", "mobile"],
}
STATE = {"name": "state", "type": "choice", "allowed": ["open", "closed"]}
SHEET = "字段\t类型\t可选值\t必填\t别名\n手机\t文本\t\t是\tphone、mobile\n状态\t\topen；closed\t否\t\n"


def add(stage: Stage, *told: dict[str, Any], by: str = "analyst") -> list[int]:
    with stage.world.write(by) as scene:
        return [row.id for row in actions.add_entries(scene.actor, scene.project, told)]


def names(stage: Stage) -> list[str]:
    with stage.world.read("auditor") as scene:
        return [row.name for row in dictionary.entries(scene.project.id)]


def events(stage: Stage) -> list[tuple[str, str, Any]]:
    with stage.world.read("auditor"):
        rows = db.session.execute(select(Event).where(Event.action.startswith("dictionary.")).order_by(Event.seq))
        return [(row.action, row.subject, json.loads(row.after) if row.after else None) for row in rows.scalars()]


def test_an_entry_is_added_changed_moved_and_retired_each_with_its_event(stage: Stage) -> None:
    phone, _state = add(stage, PHONE, STATE)
    with stage.world.write("analyst") as scene:
        row = dictionary.entry_for(scene.project.id, phone)
        actions.change_entry(scene.actor, row, {"meaning": "how to reach them"}, seen=row.version)
        actions.place_entry(scene.actor, row, 2)
    assert names(stage) == ["state", "手机"]
    with stage.world.write("analyst") as scene:
        actions.retire_entry(scene.actor, dictionary.entry_for(scene.project.id, phone))
    assert names(stage) == ["state"]
    told = events(stage)
    assert [one[0] for one in told] == [
        "dictionary.added", "dictionary.added", "dictionary.changed", "dictionary.moved", "dictionary.retired",
    ]  # fmt: skip
    assert told[0][1:] == (
        "手机",
        {**PHONE, "unit": "", "type": "text", "allowed": [], "unique": False},
    )
    assert told[2][2] == {"meaning": "how to reach them"}


def test_a_name_is_taken_once_and_free_again_after_its_entry_is_retired(stage: Stage) -> None:
    (first,) = add(stage, PHONE)
    for taken in ("手机", "Phone", " mobile "):
        with pytest.raises(Invalid, match="already stands for"):
            add(stage, {"name": taken})
    with stage.world.write("analyst") as scene:
        actions.retire_entry(scene.actor, dictionary.entry_for(scene.project.id, first))
    add(stage, {"name": "mobile"})
    with pytest.raises(Invalid, match="already stands for"), stage.world.write("analyst") as scene:
        actions.retire_entry(scene.actor, dictionary.entry_for(scene.project.id, first), back=True)
    assert names(stage) == ["mobile"]


def test_of_several_all_are_added_or_none_and_each_reason_names_its_row(stage: Stage) -> None:
    with pytest.raises(Invalid) as refused:
        add(stage, PHONE, {"name": "state", "type": "choice"}, {"name": "phone"})
    assert [(one.field, one.code) for one in refused.value.reasons] == [
        ("2.allowed", "allowed_missing"),
        ("3.name", "name_taken"),
    ]
    assert names(stage) == []


def test_who_may_not_write_acceptance_changes_nothing(stage: Stage) -> None:
    for login in ("tester", "business_owner", "contributor", "implementer"):
        with pytest.raises(Refused):
            add(stage, PHONE, by=login)
    (number,) = add(stage, PHONE)
    for login in ("tester", "business_owner"):
        with pytest.raises(Refused), stage.world.write(login) as scene:
            actions.change_entry(scene.actor, dictionary.entry_for(scene.project.id, number), {"name": "x"})


def test_who_saw_an_older_entry_overwrites_nothing(stage: Stage) -> None:
    (number,) = add(stage, PHONE)
    with stage.world.write("analyst") as scene:
        actions.change_entry(scene.actor, dictionary.entry_for(scene.project.id, number), {"meaning": "one"}, seen=1)
    with pytest.raises(Stale), stage.world.write("analyst") as scene:
        actions.change_entry(scene.actor, dictionary.entry_for(scene.project.id, number), {"meaning": "two"}, seen=1)


def test_a_sheet_that_somebody_keeps_is_understood() -> None:
    lines = [line.split("\t") for line in SHEET.strip("\n").split("\n")]
    assert entries_of(lines[0], lines[1:]) == [
        {"name": "手机", "type": "text", "allowed": [], "required": "是", "aliases": ["phone", "mobile"]},
        {"name": "状态", "type": "choice", "allowed": ["open", "closed"], "required": "否", "aliases": []},
    ]
    english = entries_of(
        ["Field name", "Data type", "Description", "Format"],
        [
            ["Order date", "DATETIME", "when", ""],
            ["", "x", "", ""],
            ["Paid", "boolean", "", ""],
            ["Sum", "decimal(9,2)"],
        ],
    )
    assert [(one["name"], one["type"]) for one in english] == [
        ("Order date", "date"),
        ("Paid", "yes_no"),
        ("Sum", "number"),
    ]


def test_the_pages(stage: Stage) -> None:
    client = stage.world.client("analyst")
    assert "No field yet." in client.get("/p/CRM/data/dictionary").text
    assert client.send("/p/CRM/data/dictionary/sheet", {"text": SHEET}).status_code == 303
    assert names(stage) == ["手机", "状态"]
    again = client.send("/p/CRM/data/dictionary/sheet", {"text": SHEET})
    assert (
        again.status_code == 422 and "Row 1: “手机” already stands for" in again.text and "phone、mobile" in again.text
    )
    refused = client.send("/p/CRM/data/dictionary", {"name": "", "meaning": "kept <b>", "type": "text"})
    assert refused.status_code == 422 and "kept &lt;b&gt;" in refused.text
    with stage.world.read("auditor") as scene:
        number = dictionary.entries(scene.project.id)[0].id
    assert "手机" in client.get(f"/p/CRM/data/dictionary/{number}").text
    sent = {"seen": "1", "name": "手机号", "type": "text", "required": "1", "aliases": "phone\nmobile"}
    assert client.send(f"/p/CRM/data/dictionary/{number}", sent).status_code == 303
    assert client.send(f"/p/CRM/data/dictionary/{number}", {**sent, "name": "other"}).status_code == 409
    assert client.send(f"/p/CRM/data/dictionary/{number}/place", {"place": "2"}).status_code == 303
    assert names(stage) == ["状态", "手机号"]
    assert client.send(f"/p/CRM/data/dictionary/{number}/retirement", {"seen": "3"}).status_code == 303
    assert names(stage) == ["状态"]
    # Everybody reads it, few write it.
    reader = stage.world.client("implementer")
    assert "状态" in reader.get("/p/CRM/data/dictionary").text
    assert reader.send("/p/CRM/data/dictionary", {"name": "x"}).status_code == 403


def test_the_api(stage: Stage) -> None:
    client = stage.world.client("analyst")
    base, headers = "/api/v1/projects/CRM/dictionary", {"X-CSRFToken": client.token()}
    made = client.post(base, json=PHONE, headers=headers)
    assert made.status_code == 201 and made.json["name"] == "手机" and made.json["aliases"] == ["phone", "mobile"]
    at = made.headers["Location"]
    assert client.get(at).json["required"] is True
    assert client.patch(at, json={"name": "x"}, headers=headers).status_code == 428
    changed = client.patch(at, json={"allowed": ["a"], "retired": True}, headers={**headers, "If-Match": '"1"'})
    assert changed.json["retired"] is True and changed.json["allowed"] == ["a"]
    assert client.patch(at, json={"name": "x"}, headers={**headers, "If-Match": '"1"'}).status_code == 412
    assert [one["name"] for one in client.get(base).json["items"]] == ["手机"]
    wrong = client.post(base, json={"name": ""}, headers=headers)
    assert wrong.status_code == 422 and wrong.json["reasons"][0]["code"] == "name_missing"
