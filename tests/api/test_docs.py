"""What the guide to the API says is so: its requests are sent, its addresses are there, its answers are those that come."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.caller import Caller
from tests.support.described import Description
from tests.support.world import World

DOCS = Path(__file__).parents[2] / "docs"
P = "/api/v1/projects/CRM"
REQUEST = re.compile(r"^(curl .*?)  # (\d+)$", re.MULTILINE)
NAMED = re.compile(r"`(GET|POST|PATCH|DELETE) …(/[^`?]+)")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def guide(language: str) -> str:
    return (DOCS / language / "api.md").read_text("utf-8")


@pytest.mark.sqlite  # of what is written, not of databases
@LANGUAGES
def test_each_request_of_the_guide_is_answered_as_it_says(crm: World, language: str) -> None:
    caller = Caller(crm, "analyst")
    caller("POST", "/requirements", {"title": "Find a customer by phone"})
    found = REQUEST.findall(guide(language))
    assert len(found) > 9
    for line, status in found:
        method, url, headers, body = _read(line, caller.headers["Authorization"].removeprefix("Bearer "))
        answer = caller.client.open(url, method=method, headers=headers, data=body)
        assert answer.status_code == int(status), f"{line} → {answer.status_code} {answer.text}"
    assert (
        caller("GET", "/comments").json["items"][0]["item"] == "REQ-1"
        and len(caller("GET", "/comments").json["items"]) == 1
    )


def _read(line: str, token: str) -> tuple[str, str, dict[str, str], Any]:
    words = shlex.split(line.replace("$TOKEN", token))[1:]
    method, url, headers, body = "GET", "", {}, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0).encode()
        else:
            url = word.replace("$P", P)
    return method, url, headers, body


@pytest.mark.sqlite
@LANGUAGES
def test_each_address_of_the_guide_is_there(crm: World, language: str) -> None:
    described = Description(crm.app)
    named = NAMED.findall(guide(language))
    assert len(named) > 9
    for method, path in named:
        assert described.operation(method, P + path) is not None, f"{method} {path}"
    for path in re.findall(r"`…(/[^`]+)`", guide(language)):
        assert described.operation("GET", P + path) is not None, path
    for path in ("/api/v1/users", "/api/v1/docs", "/api/v1/openapi.json"):
        assert path in guide(language)


@pytest.mark.sqlite
@LANGUAGES
def test_the_refusal_that_the_guide_shows(crm: World, language: str) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", guide(language), re.DOTALL)
    answer = Caller(crm, "analyst")(
        "POST", "/requirements", {"title": ""}, Accept_Language="zh-CN" if language == "zh" else "en"
    )
    assert answer.json == json.loads(shown)


def test_both_guides_show_the_same() -> None:
    english, chinese = guide("en"), guide("zh")
    assert [status for _, status in REQUEST.findall(english)] == [status for _, status in REQUEST.findall(chinese)]
    assert NAMED.findall(english) == NAMED.findall(chinese)
    assert re.findall(r"^\| `(\w+)` \|", english, re.MULTILINE) == re.findall(r"^\| `(\w+)` \|", chinese, re.MULTILINE)
