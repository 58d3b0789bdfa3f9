"""Near-duplicates: hints while one writes and pairs over the project, exact after any write, for the actor's eyes only."""

from __future__ import annotations

import random
from datetime import date

import pytest

from reqtrack import clock
from reqtrack.db import db
from reqtrack.errors import NotFound, Refused
from reqtrack.interviews import actions as interviews
from reqtrack.items import likeness, store
from reqtrack.items.queries import item_for
from reqtrack.radar import actions as radar
from reqtrack.requirements import actions, queries
from reqtrack.requirements.queries import compared, duplicates
from tests.support.caller import Caller
from tests.support.meter import Queries
from tests.support.world import World

ASKED = "The system must allow users to search for customers by phone number"
THERE = "The system shall let the user search customers by phone number."


def hints(
    world: World, title: str, body: str = "", by: str = "analyst", kind: str = "requirement", but: str = ""
) -> list[str]:
    with world.read(by) as scene:
        return [one.key for one in queries.like_text(scene.actor, scene.project.id, kind, title, body, but)]


def pairs(world: World, by: str = "analyst") -> list[tuple[str, str]]:
    with world.read(by) as scene:
        return [(one.subject, one.word) for one in queries.duplicates_for(scene.actor, scene.project.id)]


def test_hint_in_both_scripts(world: World) -> None:
    world.cast()
    world.requirement(title="Find customers", statement=THERE)
    world.requirement(title="按手机号查客户", statement="系统应支持按手机号查询客户。")
    world.scenario(title="客户退货")
    assert hints(world, "", ASKED) == ["REQ-1"]
    assert hints(world, "Something", ASKED) == ["REQ-1"]
    assert hints(world, "系统应当支持根据手机号码查询客户") == ["REQ-2"]
    assert hints(world, "客户 退货", kind="scenario") == ["SCN-1"]
    # What is edited is not like itself; another kind and another thing are none.
    assert hints(world, "", ASKED, but="REQ-1") == []
    assert hints(world, "客户退货") == []
    assert hints(world, "", THERE.replace("customers", "orders")) == []
    assert hints(world, "a") == hints(world, "") == []


def test_hints_follow_what_is_written(world: World) -> None:
    """Made, reworded, retired, brought back, rejected; and nothing of what was undone."""
    world.cast()
    assert hints(world, "", ASKED) == []
    key = world.requirement(statement=THERE)
    assert hints(world, "", ASKED) == [key]
    with world.write() as scene:
        store.edit(
            scene.actor, item_for(scene.actor, scene.project.id, key), {"statement": "Orders are counted by day."}
        )
    assert hints(world, "", ASKED) == []
    assert hints(world, "", "The orders are counted by the day") == [key]
    with pytest.raises(RuntimeError):
        _write_and_fail(world, key)
    assert hints(world, "", ASKED) == []
    for retired in (True, False):
        with world.write() as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {}, retired=retired)
        assert hints(world, "", "The orders are counted by the day") == ([] if retired else [key])
    world.move(key, "rejected")
    assert hints(world, "", "The orders are counted by the day") == []


def _write_and_fail(world: World, key: str) -> None:
    with world.write() as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {"statement": THERE})
        # The writer itself sees what it wrote.
        assert [one.key for one in queries.like_text(scene.actor, scene.project.id, "requirement", "", ASKED)] == [key]
        raise RuntimeError


def test_pairs_follow_what_is_written(world: World) -> None:
    world.cast()
    world.requirement(title="Find customers", statement=THERE)
    world.requirement(title="Customer search", statement=ASKED)
    world.scenario(title="Returning goods")
    world.scenario(title="Returning the goods")
    assert pairs(world) == [("REQ-1 REQ-2", "same"), ("SCN-1 SCN-2", "same")]
    world.move("REQ-2", "obsolete")
    with world.write() as scene:
        item = item_for(scene.actor, scene.project.id, "SCN-2")
        store.edit(scene.actor, item, {"title": "Paying for goods"})
    assert pairs(world) == []


def test_random_writes(world: World) -> None:
    """After each of many writes the answers are those of an index that was read anew."""
    world.cast()
    dice = random.Random(5)
    texts = [
        "Orders are counted by day",
        "Orders are counted by the day",
        "订单按天统计",
        "系统应将订单按天统计",
        "Nothing of that",
    ]
    keys: list[str] = []
    for _ in range(25):
        if not keys or dice.random() < 0.4:
            keys.append(world.requirement(title=dice.choice(texts)))
        else:
            with world.write() as scene:
                item = item_for(scene.actor, scene.project.id, dice.choice(keys))
                store.edit(scene.actor, item, {"title": dice.choice(texts)}, retired=dice.random() < 0.3)
        with world.read() as scene, compared.compared(scene.project.id) as index:
            fresh = compared._read(scene.project.id)
            assert sorted(index.things) == sorted(fresh.things)
            assert index.pairs() == fresh.pairs()


def test_another_chain_is_read_anew(world: World) -> None:
    """A database that was put in the place of another is not answered for from memory."""
    world.cast()
    world.requirement(statement=THERE)
    assert hints(world, "", ASKED) == ["REQ-1"]
    held = world.app.extensions["reqtrack_compared"].held[world.sites["CRM"].id]
    held.hash, held.seq = "another", held.seq - 1
    held.passed = ()
    held.index.drop(next(iter(held.index.things)))
    assert hints(world, "", ASKED) == ["REQ-1"]


def test_one_statement_while_nothing_is_written(world: World, queries: Queries) -> None:
    world.cast()
    world.requirement(statement=THERE)
    hints(world, "", ASKED)
    with world.read("analyst") as scene:
        queries.clear()
        duplicates.like_text(scene.actor, scene.project.id, "requirement", "", ASKED)
        assert len(queries) == 2, list(queries)  # the chain's head, and the titles of what was found


def test_memory_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cast()
    world.project("OPS", "Operations")
    monkeypatch.setattr(compared, "MOST", 3)
    monkeypatch.setattr(compared, "MOST_OF_ALL", 4)
    for number in range(5):
        world.requirement(title=f"Requirement of the {number} kind")
        assert hints(world, f"requirement of the {number} kind") == [f"REQ-{number + 1}"]
    world.item("requirement", project="OPS")
    world.item("requirement", project="OPS")
    for key in ("CRM", "OPS", "CRM"):
        with world.read(project=key) as scene, compared.compared(scene.project.id) as index:
            assert len(index.things) <= 3
    shelf = world.app.extensions["reqtrack_compared"]
    assert list(shelf.held) == [world.sites["CRM"].id]


def test_nobody_is_told_of_what_they_may_not_see(world: World) -> None:
    """An implementer sees agreed requirements only: no hint, no pair tells of another."""
    world.cast()
    world.requirement(statement=THERE)
    world.requirement(statement=ASKED)
    world.move("REQ-1", "approved")
    assert hints(world, "", ASKED, by="implementer") == ["REQ-1"]
    assert set(hints(world, "", ASKED)) == {"REQ-1", "REQ-2"}
    assert pairs(world, "implementer") == []
    assert [one[0] for one in pairs(world)] == ["REQ-1 REQ-2"]


def test_stakeholders(world: World) -> None:
    world.cast()
    with world.write() as scene:
        for name, department, role in [
            ("王敏", "销售", "销售代表"),
            ("王 敏", "销售", "销售主管"),
            ("王敏", "仓库", "仓管员"),
            ("王明", "销售", "销售代表"),
            ("Jonathan Smith", "Sales", "Sales rep"),
            ("Jonathon Smith", "Sales", ""),
            ("", "Sales", "Sales rep"),
            ("", "Sales", "Sales rep"),
        ]:
            interviews.add_stakeholder(
                scene.actor, scene.project, {"name": name, "department": department, "job_role": role}
            )
        db.session.flush()
    assert pairs(world) == [("stakeholder:1 stakeholder:2", "name"), ("stakeholder:5 stakeholder:6", "nearly_name")]
    # Who may not know the names is not told that two are the same.
    assert pairs(world, "sponsor") == pairs(world, "implementer") == []
    with world.read("analyst") as scene:
        found = queries.like_person(scene.actor, scene.project.id, "王敏", "销售")
        assert [(one.id, word) for one, word in found] == [(1, "name"), (2, "name"), (3, "name")]
        assert queries.like_person(scene.actor, scene.project.id, "王敏", "销售", but=1)
    with world.read("sponsor") as scene:
        assert queries.like_person(scene.actor, scene.project.id, "王敏", "销售") == []


def test_a_reader_who_began_before_does_not_cost_what_is_held(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wrote, another reader took the index over both; who began between the two is not answered by reading all anew."""
    world.cast()
    world.requirement(statement=THERE)
    assert hints(world, "", ASKED) == ["REQ-1"]
    site = world.sites["CRM"].id
    world.requirement(title="Of the first writer")
    with world.read() as scene:
        between, _mine = compared._heads(scene.project.id, 0)
    world.requirement(title="Of the second writer")
    assert hints(world, "of the second writer") == ["REQ-3"]
    held = world.app.extensions["reqtrack_compared"].held[site]
    index, newest = held.index, (held.seq, held.hash)
    monkeypatch.setattr(compared, "_heads", lambda project_id, seq: (between, None))
    with world.read() as scene, compared.compared(scene.project.id) as mine:
        assert mine is index and (held.seq, held.hash) == newest


def test_a_hint_does_not_wait_for_the_report(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cast()
    world.requirement(statement=THERE)
    world.requirement(statement=ASKED)
    locked: list[bool] = []
    report = likeness.Index.pairs

    def pairs_of(index: likeness.Index) -> object:
        held = world.app.extensions["reqtrack_compared"].held[world.sites["CRM"].id]
        locked.append(held.lock.locked())
        return report(index)

    monkeypatch.setattr(likeness.Index, "pairs", pairs_of)
    assert [one for one, _word in pairs(world)] == ["REQ-1 REQ-2"]
    assert locked == [False]


def test_who_writes_compares_two_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is kept while others wait: nothing is read or compared for it but the two."""
    world.cast()
    world.requirement(statement=THERE)
    world.requirement(statement=ASKED)
    monkeypatch.setattr(compared, "_read", None)
    with world.write("analyst") as scene:
        for unlike in ("REQ-2 REQ-1", "REQ-1", "REQ-1 REQ-3", "REQ-1 stakeholder:1", ""):
            with pytest.raises(NotFound):
                actions.keep_apart(scene.actor, scene.project, unlike, "so")
        actions.keep_apart(scene.actor, scene.project, "req-1 req-2", "One is by phone.")
        with pytest.raises(Refused):
            actions.keep_apart(scene.actor, scene.project, "REQ-1 REQ-2", "Once more.")


def test_an_answer_whose_day_is_past_hides_nothing(world: World) -> None:
    world.cast()
    world.requirement(statement=THERE)
    world.requirement(statement=ASKED)
    now = clock.parse("2026-11-25T04:00:00Z")
    with world.write("analyst") as scene, clock.at(now):
        radar.accept(scene.actor, scene.project, duplicates.CHECK, "REQ-1 REQ-2", "For now.", date(2026, 12, 1))
    for day, told in (("2026-11-30", {"REQ-1 REQ-2"}), ("2026-12-03", set())):
        with clock.at(clock.parse(f"{day}T04:00:00Z")), world.read("analyst") as scene:
            assert set(duplicates.answered(scene.project)) == told


def test_the_page_counts_as_the_radar_where_it_is_come_from_there(world: World) -> None:
    world.cast()
    world.requirement(statement=THERE)
    world.requirement(statement=ASKED)
    world.move("REQ-2", "deferred")
    browser = world.client("analyst")
    assert "1 place" in browser.get("/p/CRM/scope/duplicates").text
    page = browser.get("/p/CRM/scope/duplicates?counted=yes").text
    assert "1 place" not in page and "1 pair with something deferred" in page


def test_it_is_said_where_not_all_are_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cast()
    world.requirement(statement=THERE)
    world.requirement(statement=ASKED)
    caller = Caller(world, "analyst")
    assert caller("GET", "/duplicates").json.keys() == {"items", "next"}
    for module in ("reqtrack.requirements.twin_pages", "reqtrack.api.resources.twins"):
        monkeypatch.setattr(f"{module}.MOST", 1)
    told = caller("GET", "/duplicates").json
    assert (told["compared"], told["there"]) == (1, 2)
    assert "The 1 newest" in world.client("analyst").get("/p/CRM/scope/duplicates").text


def test_a_number_that_is_none_is_no_stakeholder(world: World) -> None:
    world.cast()
    asked = {"name": "王敏", "but": "²"}
    assert world.client("analyst").send("/p/CRM/scope/alike/stakeholder", asked).status_code == 200
