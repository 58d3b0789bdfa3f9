"""Excerpts follow the notes on each save, say so when their words are gone, and heal when these come back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import actions, queries, talk
from reqtrack.interviews.models import Excerpt
from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.interviews.test_interviews import prepared
from tests.support.world import World

NOTES = "王芳：系统很慢，每天都慢。\n\n林：还有呢？\n\n李娜：系统很慢，每天都慢。\n"
WORDS = "系统很慢，每天都慢。"


def interview_in(scene: Any, key: str) -> Any:
    return item_for(scene.actor, scene.project.id, key, "interview")


def written(world: World, notes: str = NOTES) -> str:
    key = prepared(world)
    save(world, key, notes)
    return key


def save(world: World, key: str, notes: str, login: str = "analyst") -> None:
    with world.write(login) as scene:
        store.edit(scene.actor, interview_in(scene, key), {"notes": notes})


def marked(world: World, key: str, words: str, near: int = 0) -> int:
    with world.write("analyst") as scene:
        return actions.mark(scene.actor, interview_in(scene, key), words, near=near).id


def row(world: World, number: int) -> tuple[int, int, int | None]:
    with world.read("analyst"):
        one = db.session.get_one(Excerpt, number)
        return one.start, one.notes_version, one.moved_at


def show_as(world: World, number: int, shown: str) -> None:
    with world.write("analyst") as scene, recorded(scene.actor, scene.project.id, "excerpt.shown", "INT-1"):
        db.session.get_one(Excerpt, number).shown_as = shown


def test_both_of_two_same_passages_keep_their_own_place(world: World) -> None:
    key = written(world)
    first, second = marked(world, key, WORDS), marked(world, key, WORDS, near=len(NOTES))
    assert first != second
    new = "开头加一段。\n\n" + NOTES.replace("还有呢", "你们组呢")
    save(world, key, new)
    assert row(world, first) == (new.find(WORDS), 3, None)
    assert row(world, second) == (new.rfind(WORDS), 3, None)


def test_words_that_are_gone_say_so_and_heal_when_they_come_back(world: World) -> None:
    key = written(world)
    first, second = marked(world, key, WORDS), marked(world, key, WORDS, near=len(NOTES))
    changed = NOTES.replace(WORDS, "系统很快，每天都快。", 1)
    save(world, key, changed)
    start, version, moved = row(world, first)
    assert (start, version) == (NOTES.find(WORDS), 2) and moved is not None
    assert row(world, second)[2] is None
    with world.read("analyst") as scene:
        interview = interview_in(scene, key)
        shown = queries.quotes_of_interview(scene.actor, interview, changed)
        assert [(one.text, one.moved, one.now) for one in shown] == [
            (WORDS, False, ""), (WORDS, True, "系统很快，每天都快。"),
        ]  # fmt: skip
    save(world, key, "加一行。\n" + changed)
    assert row(world, first)[2] == moved  # still gone, still said once
    save(world, key, "加一行。\n" + NOTES)
    assert row(world, first) == (5 + NOTES.find(WORDS), 5, None)
    assert row(world, second) == (5 + NOTES.rfind(WORDS), 5, None)
    with world.read("analyst") as scene:
        told = select(Event.action).where(Event.subject == key, Event.action.startswith("excerpt.")).order_by(Event.seq)
        assert list(db.session.execute(told).scalars())[2:] == [
            "excerpt.moved", "excerpt.followed", "excerpt.moved",
        ]  # fmt: skip


def test_what_was_marked_before_anything_followed_is_found_from_its_own_version(world: World) -> None:
    """A project that comes from an earlier program: the places of its excerpts are those of earlier notes."""
    key = written(world)
    number = marked(world, key, WORDS, near=len(NOTES))
    save(world, key, "开头。\n" + NOTES)
    with world.write("analyst") as scene, recorded(scene.actor, scene.project.id, "excerpt.marked", key):
        one = db.session.get_one(Excerpt, number)
        one.start, one.notes_version = NOTES.rfind(WORDS), 2
    with world.read("analyst") as scene:
        stands = queries.stands_of(interview_in(scene, key))
        assert stands[number].start == 4 + NOTES.rfind(WORDS)
    assert marked(world, key, WORDS, near=len(NOTES)) == number  # the same passage: the same excerpt
    save(world, key, "再一行。\n开头。\n" + NOTES)
    assert row(world, number) == (9 + NOTES.rfind(WORDS), 4, None)


def test_a_save_without_notes_moves_nothing(world: World, queries: Any) -> None:
    key = written(world)
    number = marked(world, key, WORDS)
    with world.write("analyst") as scene:
        store.edit(scene.actor, interview_in(scene, key), {"title": "另一个题目"})
    assert row(world, number) == (NOTES.find(WORDS), 2, None)


@pytest.mark.parametrize(
    ("notes", "quote", "who"),
    [
        ("[00:12:30] 张伟：太慢。\n\n李娜 10:05：还行。", "太慢", "张伟"),
        ("[00:12:30] 张伟：太慢。\n\n李娜 10:05：还行。", "还行", "李娜"),
        ("张伟 2026/11/20 10:05\n太慢。\n\n接着说。\n李娜 2026/11/20 10:06\n还行。", "接着说", "张伟"),
        ("张伟 2026/11/20 10:05\n太慢。\n\n接着说。\n李娜 2026/11/20 10:06\n还行。", "还行", "李娜"),
        ("- **张**：太慢。", "太慢", "张伟"),
        ("张伟：太慢。\n接着说。", "接着说", "张伟"),
        ("张伟：太慢。\n\n谁说的？", "谁说的", None),
        ("Ann：怎么样？", "怎么样", None),
    ],
)
def test_who_speaks_is_told_by_the_notes(world: World, notes: str, quote: str, who: str | None) -> None:
    key = prepared(world)
    with world.write("analyst") as scene:
        store.edit(scene.actor, interview_in(scene, key), {"notes": notes, "stakeholders": [1, 2]})
        one = actions.mark(scene.actor, interview_in(scene, key), quote)
        assert one.stakeholder_id == {"张伟": 1, "李娜": 2, None: None}[who]


@pytest.mark.parametrize(
    ("line", "name", "time", "own_line"),
    [
        ("Wang Fang 10:05: hello", "Wang Fang", "10:05", False),
        ("[00:12:30] 王芳：你好", "王芳", "00:12:30", False),
        ("王芳 2026/11/20 10:05", "王芳", "2026/11/20 10:05", True),
        ("2026-11-20 10:05:33 王芳", "王芳", "2026-11-20 10:05:33", True),
        ("**张伟**：我在", "张伟", "", False),
        ("> 王芳（10:05）：好", "王芳", "10:05", False),
        ("王芳 下午3:20", "王芳", "下午3:20", True),
        ("[00:01] 嗯", "", "00:01", False),
    ],
)
def test_lines_that_begin_a_turn(line: str, name: str, time: str, own_line: bool) -> None:
    (turn,) = talk.turns(line)
    assert (turn.name, turn.time, turn.own_line) == (name, time, own_line)
    assert line[slice(*turn.name_span)] == name and line[slice(*turn.time_span)] == time


@pytest.mark.parametrize(
    "line", ["https://a.b/c", "# 标题：一", "Note to self, this: no", "| a: | b |", "", "We had three of them by 10:05"]
)
def test_lines_that_do_not(line: str) -> None:
    assert talk.turns(line) == []


def test_a_hidden_sentence_is_read_by_the_interviewer_alone_and_backs_nothing(world: World) -> None:
    key = written(world)
    number = marked(world, key, WORDS, near=len(NOTES))
    with world.write("analyst") as scene:
        made = actions.make_from(scene.actor, scene.project, interview_in(scene, key), "requirement", "还有呢？", {})
        actions.back(scene.actor, made, queries.excerpts_for(scene.project.id, [number]))
    show_as(world, number, "hidden")
    for login, sees in (("analyst", True), ("project_manager", False), ("business_owner", False)):
        with world.read(login) as scene:
            interview = interview_in(scene, key)
            texts = [one.text for one in queries.quotes_of_interview(scene.actor, interview)]
            assert (WORDS in texts) is sees, login
            assert [
                one.text
                for one in queries.quotes_of_item(scene.actor, item_for(scene.actor, scene.project.id, made.key))
            ] == ["还有呢？"]
            assert (WORDS in queries.masker(scene.actor, scene.project.id)(NOTES)) is sees
        page = world.client(login).get(f"/p/CRM/interview/{key}").text
        assert (WORDS in page) is sees, login
    with pytest.raises(Refused), world.write("analyst") as scene:
        actions.back(
            scene.actor,
            item_for(scene.actor, scene.project.id, made.key),
            queries.excerpts_for(scene.project.id, [number]),
        )


def test_a_hidden_sentence_that_is_rewritten_stays_hidden(world: World) -> None:
    key = written(world, "王芳：系统很慢，每天都慢。\n\n林：还有呢？\n")
    show_as(world, marked(world, key, WORDS), "hidden")
    save(world, key, "王芳：系统真慢，每天都慢。\n\n林：还有呢？\n")
    page = world.client("business_owner").get(f"/p/CRM/interview/{key}").text
    assert "真慢" not in page and "还有呢" in page
    for word, found in (("真慢", False), ("还有呢", True)):
        assert (f"/i/{key}" in world.client("business_owner").get(f"/p/CRM/search?q={word}&fragment=1").text) is found
    assert "真慢" in world.client("analyst").get(f"/p/CRM/interview/{key}").text


def test_by_role_only_holds_for_everybody(world: World) -> None:
    key = prepared(world, interviewer="project_manager")
    with world.write("analyst") as scene:
        number = actions.mark(scene.actor, interview_in(scene, key), "便宜两个点").id
    seen = {}
    for shown in ("name", "role"):
        show_as(world, number, shown)
        for login in ("analyst", "project_manager", "auditor"):
            with world.read(login) as scene:
                (one,) = queries.quotes_of_interview(scene.actor, interview_in(scene, key))
                seen[shown, login] = (one.who, one.role)
    assert seen == {
        ("name", "analyst"): ("张伟", "销售部"), ("name", "project_manager"): ("张伟", "销售部"), ("name", "auditor"): ("", "销售部"),
        ("role", "analyst"): ("", "销售部"), ("role", "project_manager"): ("", "销售部"), ("role", "auditor"): ("", "销售部"),
    }  # fmt: skip


def test_words_of_two_people_are_not_found_as_one(world: World) -> None:
    key = written(world)
    with pytest.raises(Invalid):
        marked(world, key, "每天都慢。系统很慢")
