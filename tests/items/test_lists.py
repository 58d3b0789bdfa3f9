"""Lists and search: filters, sorts, pages by place, words; on both databases the same."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from reqtrack import clock
from reqtrack.errors import Invalid
from reqtrack.items import lists, search, store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.lists import wanted
from reqtrack.items.queries import item_for
from tests.support.world import Scene, World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def crm(world: World) -> World:
    world.project()
    for login in ("analyst", "wang"):
        world.member(login, "analyst")
    return world


def make(world: World, name: str, **fields: object) -> str:
    """An item with a field that is named ``kind``."""
    with world.write("analyst") as scene:
        parsed = values.parse(KINDS[name], scene.project, fields)
        return str(store.create(scene.actor, scene.project, KINDS[name], parsed).key)


def keys(scene: Scene, query: str = "", kind: str = "requirement", **more: object) -> list[str]:
    asked = wanted(query, **more)
    return [row.key for row in lists.page(scene.actor, scene.project.id, KINDS[kind], asked).rows]


def paged(scene: Scene, size: int, **more: object) -> list[str]:
    """All pages of a list, one after the other; no page may be empty or too long."""
    found: list[str] = []
    after = ""
    while True:
        page = lists.page(scene.actor, scene.project.id, KINDS["requirement"], wanted(after=after, limit=size, **more))
        assert 0 < len(page.rows) <= size
        found += [row.key for row in page.rows]
        after = page.next or ""
        if not after:
            return found


def many(world: World) -> None:
    """Eleven requirements: titles and times that tie, in an order that is not the number's."""
    titles = ["b", "a", "登录", "b", "客户", "B", "a", "b", "报表", "10", "9"]
    for number, title in enumerate(titles):
        with clock.at(NOON + timedelta(minutes=(number * 7) % 3)):
            world.requirement("analyst", title=title)


@pytest.mark.parametrize("sort", ["number", "-number", "title", "-title", "updated", "-updated"])
def test_pages_give_each_row_once_in_the_order_of_the_whole_list(crm: World, sort: str) -> None:
    many(crm)
    with crm.read("analyst") as scene:
        whole = keys(scene, sort=sort, limit=200)
        assert sorted(whole) == sorted(f"REQ-{number}" for number in range(1, 12))
        for size in (1, 3, 11, 12):
            assert paged(scene, size, sort=sort) == whole
        rows = lists.page(scene.actor, scene.project.id, KINDS["requirement"], wanted(sort=sort)).rows
        shown = [
            (getattr(row, {"updated": "updated_at"}.get(sort.strip("-"), sort.strip("-"))), row.id) for row in rows
        ]
        assert shown == sorted(shown, reverse=sort.startswith("-"))
        assert keys(scene, sort=sort.strip("-")) == keys(scene, sort=f"-{sort.strip('-')}")[::-1]


def test_a_page_goes_on_where_it_was_though_rows_come_and_go(crm: World) -> None:
    many(crm)
    with crm.read("analyst") as scene:
        first = lists.page(scene.actor, scene.project.id, KINDS["requirement"], wanted(sort="title", limit=4))
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, first.rows[3].key), {}, retired=True)
    crm.requirement("analyst", title="0 comes before all")
    with crm.read("analyst") as scene:
        whole = keys(scene, sort="title", limit=200)
        rest = keys(scene, sort="title", limit=200, after=first.next)
    assert rest == whole[-len(rest) :]
    assert set(rest) | {row.key for row in first.rows} == {f"REQ-{number}" for number in range(1, 12)}


def test_a_place_that_nobody_gave_is_refused(crm: World) -> None:
    crm.requirement("analyst")
    odd = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in (1, [1], {"a": 1}, ["x", "y"], None)]
    with crm.read("analyst") as scene:
        for after in ("x", "%%%", "=====", *odd):
            with pytest.raises(Invalid):
                keys(scene, after=after)


def test_filters(crm: World) -> None:
    make(crm, "scenario", title="Kinds", kind="exception")
    make(crm, "requirement", title="One", tier="must", kind="data", owner="wang", phase="1")
    make(crm, "requirement", title="Two", tier="should", kind="functional")
    crm.requirement("analyst", title="Three", tier="must", owner="analyst")
    crm.requirement("analyst", title="Four", stage="in_review")
    crm.requirement("analyst", title="Five")
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-5"), {}, retired=True)
        store.create(scene.actor, scene.project, KINDS["requirement"], {"title": "Six"}, imported=True)
        phase = lists.page(scene.actor, scene.project.id, KINDS["requirement"], wanted("One")).rows[0].phase
    with crm.read("analyst") as scene:
        for query, found in {
            "": [1, 2, 3, 4, 6], "tier:must": [1, 3], "tier:must,should": [1, 2, 3], "tier:none": [4, 6],
            "stage:in_review": [4], "stage:draft": [1, 2, 3, 6], "owner:wang": [1], "owner:none": [2, 4, 6],
            "kind:data": [1], "retired:yes": [5], "retired:all": [1, 2, 3, 4, 5, 6], "imported:yes": [6],
            "imported:no": [1, 2, 3, 4], f'phase:"{phase}"': [1], "phase:none": [2, 3, 4, 6],
            "tier:must owner:wang": [1], "tier:must three": [3], "stage:nowhere": [], "two": [2], "t": [2, 3],
        }.items():  # fmt: skip
            assert keys(scene, query) == [f"REQ-{number}" for number in found], query
        assert keys(scene, "kind:exception", "scenario") == ["SCN-1"]
        assert keys(scene, tier="must", owner="wang", stage="") == ["REQ-1"]
    for query, more in (("colour:red", {}), ("", {"sort": "colour"}), ("", {"sort": "--title"})):
        with pytest.raises(Invalid):
            wanted(query, **more)


# -- words -------------------------------------------------------------------------------------------------------------

TEXTS = {
    "REQ-1": ("客户登录失败三次后锁定", "Lock the account for 30 minutes."),
    "REQ-2": ("客户资料,登录日志", "ＣＲＭ２ full-width, ﬁne ligature"),
    "REQ-3": ("Ten formats of phone numbers", "0086-21-5555 or (021) 5555；座机"),
    "REQ-4": ("報價單 折扣", "Über-discount, café, naïve O'Brien"),
    "REQ-5": ("Export_to_CSV file.name v2.10", "同意。日期 2026年3月2日"),
    "REQ-6": ("失败录失登录", "Its pairs are those of the first, but mixed."),
}


@pytest.fixture
def library(crm: World) -> World:
    for title, statement in TEXTS.values():
        crm.requirement("analyst", title=title, statement=statement)
    return crm


def found(scene: Scene, query: str) -> list[str]:
    return sorted(row.key for row in lists.find(scene.actor, scene.project.id, query))


def test_search_finds_any_two_characters_and_nothing_else(library: World) -> None:
    """Every pair of neighbouring Chinese characters, against a plain look through all texts."""
    pairs = {
        text[at : at + 2]
        for parts in TEXTS.values()
        for text in parts
        for at in range(len(text) - 1)
        if all("\u4e00" <= sign <= "\u9fff" for sign in text[at : at + 2])
    }
    assert len(pairs) == 22
    with library.read("analyst") as scene:
        for pair in sorted(pairs | {"户登", "录客", "失三", "料登"}):
            holding = sorted(key for key, parts in TEXTS.items() if any(pair in text for text in parts))
            assert found(scene, pair) == holding, pair


def test_search_of_words(library: World) -> None:
    with library.read("analyst") as scene:
        for query, numbers in {
            "登录失败": [1], "登录": [1, 2, 6], "登 录": [1, 2, 6], "户": [1, 2], "lock": [1], "LOCK account": [1], "ock": [],
            "crm2": [2], "ＣＲＭ": [2], "fine": [2], "phon": [3], "5555": [3], "021": [3], "座机 phone": [3], "折扣": [4],
            "uber": [], "über": [4], "cafe": [], "café": [4], "o'brien": [4], "export": [5], "csv": [5], "2.10": [5],
            "3月2日": [5], "30": [1], "phone lock": [], "登录 日志": [2], "nowhere": [],
            '"; DROP': [], "NOT": [], "* OR": [3], "AND NEAR(": [], "p1": [], ":*": [], "": [],
        }.items():  # fmt: skip
            assert found(scene, query) == [f"REQ-{number}" for number in numbers], query
            if search.terms(query) and query != "p1":  # the index of a list knows its project by such a word
                assert keys(scene, query) == [f"REQ-{number}" for number in numbers], query


def test_a_key_gives_its_item_first(library: World) -> None:
    with library.read("analyst") as scene:
        for query in ("REQ-3", "req-3", "req3", " REQ-3 "):
            assert next(row.key for row in lists.find(scene.actor, scene.project.id, query)) == "REQ-3", query
        assert lists.find(scene.actor, scene.project.id, "REQ-99") == []


def test_search_follows_an_edit_and_the_project(library: World) -> None:
    with library.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-3"), {"title": "Fax only"})
    library.project("ERP")
    library.item("requirement", project="ERP", title="登录 of another project")
    with library.read("analyst") as scene:
        assert found(scene, "phone") == [] and found(scene, "fax") == ["REQ-3"]
        assert found(scene, "登录") == ["REQ-1", "REQ-2", "REQ-6"]


def test_the_word_by_which_the_index_knows_a_project_is_nobodys(library: World) -> None:
    with library.read("analyst") as scene:
        number = scene.project.id
        for query in ("p", f"p{number}", f"ｐ{number}"):
            shown = lists.page(scene.actor, scene.project.id, KINDS["requirement"], wanted(query)).rows
            assert sorted(row.key for row in shown) == found(scene, query), query


def test_search_goes_on_from_where_it_was(crm: World) -> None:
    for number in range(7):
        crm.requirement("analyst", title=f"登录 {number}")
    with crm.read("analyst") as scene:
        rows, before = [], None
        while page := lists.find(scene.actor, scene.project.id, "登录", before=before, limit=3):
            rows += [row.key for row in page]
            before = page[-1].id
    assert rows == [f"REQ-{number}" for number in range(7, 0, -1)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("登录失败", ["登录", "录失", "失败", "败"]), ("登录,失败", ["登录", "录", "失败", "败"]), ("Ａｂ1 登", ["ab1", "登"]),
     ("a_b-c", ["a", "b", "c"]), ("", [])],
)  # fmt: skip
def test_tokens(text: str, tokens: list[str]) -> None:
    assert list(search.tokens(text)) == tokens


def test_a_list_proposes_only_what_it_takes(world: World) -> None:
    world.cast()
    client = world.client("analyst")
    for plural, sample in (
        ("requirements", "tier:must stage:approved"), ("changes", "tier:must stage:deciding"), ("scenarios", "stage:draft"),
    ):  # fmt: skip
        shown = client.get(f"/p/CRM/{plural}?view=list").text
        assert f'placeholder="Words, or {sample}"' in shown, plural
        assert client.get(f"/p/CRM/{plural}", query_string={"q": sample}).status_code == 200
    assert "Keys, such as SCN-1 SCN-2" in client.get("/p/CRM/requirements/new").text
