"""Rows of data sets in example tables: chosen, added by the normal save, and said to come from where they came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reqtrack.acceptance import actions
from reqtrack.acceptance.data.covering import _features, cover
from reqtrack.acceptance.data.taking import take
from reqtrack.acceptance.queries import data_sets
from reqtrack.acceptance.queries.sources import by_row
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from tests.acceptance.conftest import Stage

ROWS = [["138 1234 5678", "展会"], ["13912345679", "展 会"], ["+86 137-1234-5670", "官网"], ["13512345671", "官网"]]


def keep(stage: Stage, rows: list[list[str]] | None = None) -> None:
    taken = take(["phone", "source"], rows or ROWS, {}, {})
    with stage.world.write("analyst") as scene:
        from datetime import date

        facts = {"name": "Customers", "system": "Kingdee", "taken_on": date(2026, 11, 20)}
        actions.take_in(scene.actor, scene.project, taken, facts)


def add(stage: Stage, key: str, columns: dict[str, str], rows: list[int], by: str = "analyst", **more: Any) -> int:
    with stage.world.write(by) as scene:
        item = item_for(scene.actor, scene.project.id, key, "acceptance")
        found = data_sets.set_for(scene.actor, scene.project.id, 1)
        return actions.take_rows(scene.actor, scene.project, item, found, columns, rows, **more)


def sources(stage: Stage, key: str) -> list[int | None]:
    """The row of the set of each example row, counted from 1."""
    with stage.world.read("analyst") as scene:
        item: Any = item_for(scene.actor, scene.project.id, key, "acceptance")
        return [one and one.row for one in by_row(item.id, item.examples)]


def examples(stage: Stage, key: str) -> Any:
    with stage.world.read("analyst") as scene:
        return item_for(scene.actor, scene.project.id, key, "acceptance").examples  # type: ignore[attr-defined]


def reword(stage: Stage, key: str, table: Any) -> None:
    with stage.world.write("analyst") as scene:
        kind = KINDS["acceptance"]
        item = item_for(scene.actor, scene.project.id, key)
        store.edit(scene.actor, item, values.parse(kind, scene.project, {"examples": table}))


def test_rows_are_added_with_where_they_came_from_until_somebody_rewords_them(stage: Stage) -> None:
    keep(stage)
    key = stage.world.acceptance(when=["I enter <phone>"], then=["<kept as> is shown"])
    assert add(stage, key, {"phone": "phone"}, [2, 0]) == 2
    assert examples(stage, key) == {"header": ["phone"], "rows": [["138 1234 5678"], ["+86 137-1234-5670"]]}
    assert sources(stage, key) == [1, 3]
    # A new column is filled for the new rows; the others still come from where they came.
    assert add(stage, key, {"phone": "phone", "source": "source"}, [1]) == 1
    assert sources(stage, key) == [1, 3, 2]
    assert add(stage, key, {"phone": "phone", "source": "source"}, [1]) == 0
    table = examples(stage, key)
    moved = [table["rows"][2], [*table["rows"][0][:1], "elsewhere"], table["rows"][1]]
    reword(stage, key, {"header": table["header"], "rows": moved})
    assert sources(stage, key) == [2, None, 3]


def test_what_cannot_be_taken_says_why_and_changes_nothing(stage: Stage) -> None:
    keep(stage)
    key = stage.world.acceptance(when=["I enter <phone>"], then=["it is shown"])
    for columns, rows, code in (({}, [0], "required"), ({"a": "nowhere"}, [0], "no_column"), ({"a": "phone"}, [], "required"),
                                ({"a": "phone"}, [9], "no_row")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            add(stage, key, columns, rows)
        assert refused.value.reasons[0].code == code
    with pytest.raises(Stale):
        add(stage, key, {"phone": "phone"}, [0], seen=7)
    with pytest.raises(Refused):
        add(stage, key, {"phone": "phone"}, [0], by="tester")
    assert examples(stage, key) is None


def test_approved_scope_is_locked_against_rows_too(stage: Stage, phones: str) -> None:
    keep(stage)
    stage.world.move("REQ-1", "approved")
    with pytest.raises(Refused, match="takes a change request") as refused:
        add(stage, phones, {"phone": "phone"}, [0])
    assert refused.value.status == 409
    assert sources(stage, phones) == [None, None]


def test_the_pages_say_where_each_row_came_from(stage: Stage) -> None:
    keep(stage)
    key = stage.world.acceptance(when=["I enter <phone>"], then=["it is shown"])
    client = stage.world.client("analyst")
    assert "Take rows from a data set" in client.get(f"/p/CRM/i/{key}").text
    page = client.get(f"/p/CRM/data/into/{key}?set=1&each=1&column-0=phone&column-1=").text
    assert "3 rows show every way of writing" in page and page.count('name="rows"') == 3 and "checked" in page
    filtered = client.get(f"/p/CRM/data/into/{key}?set=1&q=官网&column-0=phone").text
    assert filtered.count('name="rows"') == 2
    sent = {"set": "1", "seen": "1", "column-0": "phone", "rows": ["0", "2"]}
    assert client.send(f"/p/CRM/data/into/{key}", {**sent, "rows": []}).status_code == 422
    twice = client.send(f"/p/CRM/data/into/{key}", {**sent, "column-1": "phone"})
    assert twice.status_code == 422 and "chosen for two columns" in twice.text
    assert client.send(f"/p/CRM/data/into/{key}", sent).status_code == 303
    assert client.send(f"/p/CRM/data/into/{key}", {**sent, "rows": ["1"]}).status_code == 409
    words = "from DAT-1 · row 3 (Kingdee, taken "
    assert words in client.get(f"/p/CRM/i/{key}").text and key in client.get("/p/CRM/data/sets/1").text
    number = stage.round(key)
    assert words in stage.world.client("tester").get(f"/p/CRM/rounds/{number}/run").text
    result = stage.record(number, key, 1, "passed")
    assert words in client.get(f"/p/CRM/results/{result}").text
    assert "took rows of DAT-1 into its examples" in client.get(f"/p/CRM/i/{key}").text
    tester = stage.world.client("tester").get(f"/p/CRM/data/into/{key}")
    assert tester.status_code == 403


def test_the_api_takes_rows(stage: Stage) -> None:
    keep(stage)
    key = stage.world.acceptance(when=["I enter <phone>"], then=["it is shown"])
    client = stage.world.client("analyst")
    url, headers = f"/api/v1/projects/CRM/acceptance/{key}/rows", {"X-CSRFToken": client.token()}
    body = {"data_set": "DAT-1", "rows": [3], "columns": {"phone": "phone"}, "seen": 1}
    made = client.post(url, json=body, headers=headers)
    assert made.status_code == 201 and made.json["examples"]["rows"] == [["13512345671"]] and made.json["version"] == 2
    assert client.post(url, json={**body, "data_set": "DAT-9"}, headers=headers).status_code == 404


# -- a few rows that show all ------------------------------------------------------------------------------------------

cells = st.sampled_from(
    ["138 1234 5678", "13812345678", "+86 13812345678", "", "展会", "展 会", "官网", "2026-01-01", "1 Jan 2026", "x"]
)
tables = st.lists(st.tuples(cells, cells, cells), min_size=0, max_size=40)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, st.sets(st.integers(0, 2), min_size=1))
def test_cover_shows_every_way_of_writing_and_every_spelling(table: list[tuple[str, ...]], columns: set[int]) -> None:
    chosen = cover(table, sorted(columns))
    features = _features(table, sorted(columns))
    assert chosen == sorted(set(chosen))
    assert set().union(*(features[at] for at in chosen)) == set().union(*features)
    assert len(chosen) <= max(len(set().union(*features)), 1)


def test_cover_takes_one_row_where_one_shows_all() -> None:
    assert cover([["13812345678"], ["13912345678"], ["13712345678"]], [0]) == [0]
    assert cover([["13812345678", ""], ["139 1234 5678", "a"], ["13712345678", "b"]], [0, 1]) == [0, 1]
    assert len(cover([[f"{'x' * n}1"] for n in range(1, 300)], [0], most=10)) <= 10
