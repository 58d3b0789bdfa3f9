"""Data sets: looked at, masked, kept; and no clear value of what was masked is anywhere afterwards."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from reqtrack.acceptance import actions
from reqtrack.acceptance.data.dictionary import Entry
from reqtrack.acceptance.data.finding import tight
from reqtrack.acceptance.data.taking import Leaking, take
from reqtrack.acceptance.models import DataRow, DataSet
from reqtrack.acceptance.queries import data_sets
from reqtrack.audit.models import Event
from reqtrack.db import Base, db
from reqtrack.errors import Invalid, NotFound, Refused
from tests.acceptance.conftest import Stage

NAMES = ("张伟民", "欧阳建国", "李晓燕", "Quentin Vandermolen")
PHONES = ("138 1234 5678", "13912345679", "+86 137-1234-5670", "0755-26871234")
HEADER = ("客户姓名", "电话", "来源", "备注", "签约日期")
ROWS = [
    [NAMES[0], PHONES[0], "展会", f"{NAMES[0]}的朋友", "2026/3/1"],
    [NAMES[1], PHONES[1], "展 会", "回访 13912345679", "1 Mar 2026"],
    [NAMES[2], PHONES[2], "官网", "ok", "somewhen"],
    [NAMES[3], PHONES[3], "官网", "", ""],
]
PASTED = "\n".join("\t".join(row) for row in [list(HEADER), *ROWS])
MASKED = {"mask-0": "1", "kind-0": "name", "mask-1": "1", "kind-1": "phone"}
NEW, LOOK, SETS = "/p/CRM/data/sets/new", "/p/CRM/data/sets/look", "/p/CRM/data/sets"


def digest(of: str | bytes) -> str:
    return hashlib.sha256(of.encode() if isinstance(of, str) else of).hexdigest()


def dictionary(stage: Stage) -> None:
    with stage.world.write("analyst") as scene:
        told = [
            {"name": "手机", "format": "phone", "required": True, "aliases": ["电话"]},
            {"name": "签约日", "type": "date", "aliases": ["签约日期"]},
        ]
        actions.add_entries(scene.actor, scene.project, told)


def send(stage: Stage, pasted: str = PASTED, by: str = "analyst", **fields: str) -> Any:
    sent = {
        "text": pasted,
        "digest": digest(pasted),
        "name": "Old customers",
        "system": "Kingdee",
        "taken_on": "2026-11-20",
    }
    return stage.world.client(by).send(SETS, {**sent, **fields})


def everything(stage: Stage) -> str:
    """All that is kept: every text of every table, and every file beside the database."""
    said = []
    with stage.world.read("auditor") as scene:
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
                said += [str(value) for value in row]
        assert scene.project is not None
    kept = Path(stage.world.app.config["SETTINGS"].data) / "files"
    said += [path.read_bytes().decode("utf-8", "replace") for path in kept.glob("**/*") if path.is_file()]
    return "\n".join(said)


def test_a_sheet_is_looked_at_without_anything_being_kept(stage: Stage) -> None:
    dictionary(stage)
    client = stage.world.client("analyst")
    assert "Look at it" in client.get(NEW).text
    before = everything(stage)
    shown = client.send(LOOK, {"text": PASTED})
    assert shown.status_code == 200
    # What is personal is ticked, with the reason; the dictionary's field is proposed, by its other name.
    assert 'name="mask-0" value="1" checked' in shown.text and "The header “客户姓名” says so." in shown.text
    assert 'name="mask-2" value="1" checked' not in shown.text
    assert "“电话” is another name of “手机”." in shown.text and digest(PASTED) in shown.text
    assert "2 ways of writing" in shown.text and "spelt in several ways" in shown.text
    part = client.send(LOOK, {"text": PASTED}, headers={"HX-Request": "true"})
    assert "<html" not in part.text and "mask-1" in part.text
    after = everything(stage)
    assert not [word for word in (*NAMES, *PHONES) if word in after]
    assert len(after.splitlines()) - len(before.splitlines()) < 5  # signing in alone


def test_what_is_taken_in_is_masked_mapped_and_says_where_it_came_from(stage: Stage) -> None:
    dictionary(stage)
    with stage.world.read("analyst") as scene:
        phone, signed = (row.id for row in actions_rows(scene))
    sent = send(stage, **MASKED, **{"entry-1": str(phone), "entry-4": str(signed)})
    assert sent.status_code == 303, sent.text
    with stage.world.read("tester") as scene:
        found = data_sets.set_for(scene.actor, scene.project.id, "DAT-1")
        assert (found.name, found.system, str(found.taken_on), found.created_by) == (
            "Old customers", "Kingdee", "2026-11-20", "analyst",
        )  # fmt: skip
        assert found.header == ["手机", "签约日", "客户姓名", "来源", "备注"]
        assert found.masked == ["phone", "", "name", "", ""] and found.mapped == ["手机", "签约日", "", "", ""]
        rows = data_sets.all_rows(found)
        assert rows[0] == ["138 **** 5678", "2026-03-01", "张**", "展会", "张**的朋友"]
        assert rows[1][4] == "回访 139****5679" and rows[2][1] == "somewhen"
        assert found.applied is not None and found.applied["elsewhere"] == {"备注": 2}
        assert [(one["row"], one["column"], one["code"]) for one in found.applied["told"]] == [(2, 1, "no_date")]
    page = stage.world.client("tester").get("/p/CRM/data/sets/1").text
    for words in (
        "Kingdee",
        "138 **** 5678",
        "masked: Names of persons",
        "“somewhen” is no date that can be read",
        "in 2 cells",
    ):
        assert words in page
    kept = everything(stage)
    assert not [word for word in (*NAMES, *PHONES) if word in kept or tight(word) in tight(kept)]
    with stage.world.read("auditor"):
        told = db.session.execute(select(Event.after).where(Event.action == "data_set.taken")).scalar_one()
    assert json.loads(told)["masked"] == {"手机": "phone", "客户姓名": "name"} and json.loads(told)["rows"] == 4


def actions_rows(scene: Any) -> Any:
    from reqtrack.acceptance.queries import dictionary as queries

    return queries.entries(scene.project.id)


def test_a_file_is_taken_in_and_nothing_of_it_stays(stage: Stage) -> None:
    data = ("\n".join(",".join(row) for row in [list(HEADER), *ROWS])).encode()
    client = stage.world.client("analyst")
    name = f"{NAMES[0]}.csv"
    shown = client.send(LOOK, {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    assert shown.status_code == 200 and "Choose the same file once more" in shown.text
    fields = {"file": (io.BytesIO(data), name), "digest": digest(data), "name": "From a file", **MASKED}
    assert client.send(SETS, fields, content_type="multipart/form-data").status_code == 303
    kept = everything(stage)
    assert not [word for word in (*NAMES, *PHONES) if word in kept]
    with stage.world.read("analyst") as scene:
        assert data_sets.set_for(scene.actor, scene.project.id, 1).file_name == ""  # it told a name


def test_another_table_than_the_one_looked_at_is_refused_and_shown(stage: Stage) -> None:
    sent = send(stage, digest="0" * 64, **MASKED)
    assert sent.status_code == 422 and "not the table that you looked at" in sent.text
    assert 'name="mask-0" value="1" checked' in sent.text
    with stage.world.read("analyst") as scene:
        assert not data_sets.list_sets(scene.project.id)


def test_a_clear_value_in_what_is_said_of_the_set_is_refused_and_what_was_typed_is_kept(stage: Stage) -> None:
    sent = send(stage, **MASKED, owner=f"Ask {NAMES[2]}")
    assert sent.status_code == 422 and "A value that is masked in the rows stands here" in sent.text
    assert 'value="Kingdee"' in sent.text and 'name="mask-1" value="1" checked' in sent.text
    assert NAMES[2] not in everything(stage)


def test_what_lacks_a_name_or_a_day_keeps_the_choices(stage: Stage) -> None:
    sent = send(stage, name=" ", **MASKED)
    assert sent.status_code == 422 and "Give the data set a name." in sent.text
    day = send(stage, taken_on="tomorrow", **MASKED)
    assert day.status_code == 422 and "Write the day as 2026-01-31." in day.text
    nothing = stage.world.client("analyst").send(SETS, {"name": "x"})
    assert nothing.status_code == 422 and "Paste rows from a sheet, or choose a file." in nothing.text
    odd = stage.world.client("analyst").send(LOOK, {"text": "only\n"})
    assert odd.status_code in (200, 422)


def test_one_field_of_the_dictionary_is_one_column(stage: Stage) -> None:
    dictionary(stage)
    with stage.world.read("analyst") as scene:
        phone, _signed = (row.id for row in actions_rows(scene))
    sent = send(stage, **MASKED, **{"entry-1": str(phone), "entry-3": str(phone)})
    assert sent.status_code == 422 and "“手机” is chosen for two columns" in sent.text


def test_who_reads_business_data(stage: Stage) -> None:
    assert send(stage, **MASKED).status_code == 303
    for login in ("tester", "business_owner", "contributor", "sponsor", "auditor", "project_manager"):
        assert stage.world.client(login).get("/p/CRM/data/sets/1").status_code == 200, login
    builder = stage.world.client("implementer")
    for url in (
        "/p/CRM/data",
        "/p/CRM/data/sets/1",
        "/p/CRM/data/sets/1/file",
        "/api/v1/projects/CRM/datasets/DAT-1/rows",
    ):
        assert builder.get(url).status_code in (403, 404), url
    with stage.world.read("implementer") as scene, pytest.raises(NotFound):
        data_sets.set_for(scene.actor, scene.project.id, 1)
    for login in ("tester", "contributor", "business_owner"):
        assert send(stage, by=login, **MASKED).status_code == 403
    with pytest.raises(Refused), stage.world.write("tester") as scene:
        actions.archive_data_set(scene.actor, data_sets.set_for(scene.actor, scene.project.id, 1))


def test_a_set_is_corrected_put_away_and_written_out(stage: Stage) -> None:
    send(stage, PASTED.replace("ok", "=1+1"), **MASKED)
    client = stage.world.client("analyst")
    facts = {"seen": "1", "name": "Customers", "system": "CRM", "owner": "Sales"}
    assert client.send("/p/CRM/data/sets/1/edit", facts).status_code == 303
    assert client.send("/p/CRM/data/sets/1/edit", {**facts, "name": "Other"}).status_code == 409
    assert (
        "Give the data set a name." in client.send("/p/CRM/data/sets/1/edit", {**facts, "seen": "2", "name": ""}).text
    )
    assert client.send("/p/CRM/data/sets/1/archiving").status_code == 303
    assert "Put away" in client.get("/p/CRM/data").text
    assert client.send("/p/CRM/data/sets/1/archiving", {"back": "1"}).status_code == 303
    table = client.get("/p/CRM/data/sets/1/file?format=csv")
    assert "'=1+1" in table.get_data(as_text=True) and "张**" in table.get_data(as_text=True)
    assert client.get("/p/CRM/data/sets/1/file?format=xlsx").get_data()[:2] == b"PK"
    assert client.get("/p/CRM/data/sets/1/file?format=exe").status_code == 404


def test_the_rows_come_in_pages_of_a_hundred(stage: Stage) -> None:
    pasted = "ID\tStatus\n" + "\n".join(f"A{n}\topen" for n in range(250))
    assert send(stage, pasted).status_code == 303
    client = stage.world.client("tester")
    first = client.get("/p/CRM/data/sets/1").text
    assert "<td>A99</td>" in first and "<td>A100</td>" not in first and "after=99" in first
    last = client.get("/p/CRM/data/sets/1?after=199").text
    assert "<td>A249</td>" in last and "<td>A199</td>" not in last
    rows = client.get("/api/v1/projects/CRM/datasets/DAT-1/rows?limit=200").json
    again = client.get(f"/api/v1/projects/CRM/datasets/DAT-1/rows?limit=200&after={rows['next']}").json
    assert [one["row"] for one in rows["items"] + again["items"]] == list(range(250)) and again["next"] is None


def test_the_api_takes_a_set_in_and_asks_about_what_looks_personal(stage: Stage) -> None:
    client = stage.world.client("analyst")
    headers, base = {"X-CSRFToken": client.token()}, "/api/v1/projects/CRM/datasets"
    body = {"name": "By a program", "header": list(HEADER), "rows": ROWS}
    silent = client.post(base, json=body, headers=headers)
    assert silent.status_code == 422 and {one["code"] for one in silent.json["reasons"]} == {"not_said"}
    said = {"客户姓名": "name", "电话": "phone", "备注": "text"}
    once = {**headers, "Idempotency-Key": "taken-once"}
    made = client.post(base, json={**body, "masked": said}, headers=once)
    assert made.status_code == 201 and made.json["rows"] == 4 and made.json["masked"]["电话"] == "phone"
    assert client.post(base, json={**body, "masked": said}, headers=once).json == made.json
    with stage.world.read("auditor"):
        assert db.session.execute(select(func.count()).select_from(DataSet)).scalar() == 1
        assert db.session.execute(select(func.count()).select_from(DataRow)).scalar() == 4
    kept = everything(stage)
    assert not [word for word in (*NAMES, *PHONES) if word in kept]
    # Nor anything computed from them, with whatever key.
    from reqtrack.api.models import IdempotencyKey

    with stage.world.app.test_request_context(base, method="POST", data=json.dumps(body)):
        from reqtrack.api.area import _digest

        same = _digest()
    with stage.world.app.test_request_context(base, method="POST", data=b"other"):
        assert _digest() == same
    with stage.world.read("auditor"):
        assert db.session.execute(select(IdempotencyKey.request)).scalar() == same
    wrong = {"masked": {"nowhere": "name"}, "mapped": {"来源": "nothing"}}
    refused = client.post(base, json={**body, **wrong}, headers=headers)
    assert {one["code"] for one in refused.json["reasons"]} == {"no_column", "no_entry", "not_said"}
    at = {**headers, "If-Match": '"1"'}
    patched = client.patch(f"{base}/DAT-1", json={"owner": "Sales", "archived": True}, headers=at)
    assert patched.json["owner"] == "Sales" and patched.json["archived"] is True
    assert client.patch(f"{base}/DAT-1", json={"owner": "x"}, headers=at).status_code == 412
    told = client.get(f"{base}/DAT-1/history").json["items"]
    assert [one["action"] for one in told] == ["data_set.archived", "data_set.changed", "data_set.taken"]
    assert stage.world.client("implementer").get(f"{base}/DAT-1/history").status_code == 403


# -- nothing clear is anywhere -----------------------------------------------------------------------------------------

SURNAMES = "王李张刘陈欧阳司马".replace("欧阳", "").replace("司马", "")
names = st.builds(
    lambda family, given: family + given,
    st.sampled_from(list(SURNAMES)),
    st.text("伟芳娜敏静丽强磊军洋勇艳杰涛明超", min_size=2, max_size=2),
)
numbers = st.builds(
    lambda head, tail, style: {0: f"{head}{tail}", 1: f"{head[:3]} {tail[:4]} {tail[4:]}", 2: f"+86 {head}{tail}"}[
        style
    ],
    st.sampled_from(["138", "139", "177"]),
    st.text("0123456789", min_size=8, max_size=8),
    st.integers(0, 2),
)
notes = st.sampled_from(["ok", "", "call back", "{name}", "by {phone}", "{name}/{phone}", "x{phone}"])
tables = st.lists(st.tuples(names, numbers, notes), min_size=1, max_size=8)


def rows_of(table: list[tuple[str, str, str]]) -> list[list[str]]:
    others = table[1:] + table[:1]
    return [
        [name, phone, note.format(name=other[0], phone=other[1])]
        for (name, phone, note), other in zip(table, others, strict=True)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables)
def test_no_clear_value_of_a_masked_column_is_kept_anywhere(stage: Stage, table: list[tuple[str, str, str]]) -> None:
    rows = rows_of(table)
    pasted = "\n".join("\t".join(row) for row in [["姓名", "手机", "跟进"], *rows])
    assert send(stage, pasted, **MASKED).status_code == 303
    kept = tight(everything(stage))
    for name, phone, _note in rows:
        assert tight(name) not in kept
        assert tight(phone)[-11:] not in kept


@settings(max_examples=60, deadline=None)
@given(tables)
def test_what_take_lets_through_holds_nothing_clear_and_equal_values_stay_equal(
    table: list[tuple[str, str, str]],
) -> None:
    rows = rows_of(table)
    taken = take(
        ["姓名", "手机", "跟进"], rows, {0: "name", 1: "phone"}, {1: Entry("手机", format="mobile_cn")}, {"name": "set"}
    )
    stored = tight(json.dumps([taken.rows, taken.profile, taken.applied, taken.header], ensure_ascii=False))
    assert not [row for row in rows if tight(row[0]) in stored or tight(row[1])[-11:] in stored]
    for one, other in zip(rows, taken.rows, strict=True):
        same = [kept[1] for row, kept in zip(rows, taken.rows, strict=True) if row[0] == one[0]]
        assert set(same) == {other[1]}


def test_what_cannot_be_hidden_is_not_taken() -> None:
    with pytest.raises(Leaking) as left:
        take(["姓名", "张伟民 2026"], [["张伟民", "1"]], {0: "name"}, {})
    assert left.value.columns == ("姓名",)
    # A header that stands again among the rows is nobody's name.
    again = take(["姓名", "n"], [["张伟民", "1"], ["姓名", "n"]], {0: "name"}, {})
    assert again.rows[0][0] == "张**"
    with pytest.raises(Leaking, match="clear"):
        take(["name"], [["Quentin Vandermolen"]], {0: "name"}, {}, {"note": "of quentin  vandermolen"})


def test_columns_without_a_name_or_of_one_name_are_told_apart() -> None:
    taken = take(["a", "", "a"], [["1", "2", "3"]], {}, {})
    assert taken.header == ("a", "#2", "a (2)")


def test_facts_are_held_to_their_length(stage: Stage) -> None:
    taken = take(["a"], [["1"]], {}, {})
    with pytest.raises(Invalid) as refused, stage.world.write("analyst") as scene:
        actions.take_in(scene.actor, scene.project, taken, {"name": "x" * 201, "taken_on": "2026"})
    assert {one.code for one in refused.value.reasons} == {"too_long", "no_date"}
