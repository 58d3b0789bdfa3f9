"""The report, hints while one writes, what somebody lets stand: on pages and over the API."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.interviews import actions as interviews
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions, queries, text_pages
from reqtrack.requirements.text import RULES
from tests.support.caller import Caller
from tests.support.meter import Queries
from tests.support.world import World

FAST = "The system shall show the list fast."
CLEAN = "The system shall show the list within 2 seconds."
ZH = "系统应尽快通知相关部门。"


@pytest.fixture
def crm(world: World) -> World:
    world.cast()
    world.requirement(title="Fast", statement=FAST, owner="analyst", phase="第一阶段")
    world.requirement(title="Clean", statement=CLEAN)
    world.requirement(title="尽快", statement=ZH)
    world.requirement(title="Nothing written")
    return world


def found(world: World, by: str = "analyst", **filters: str) -> list[tuple[str, str, str]]:
    with world.read(by) as scene:
        report = queries.report(scene.actor, scene.project.id, filters)
        return [(one.at.key, one.finding.rule, one.finding.words) for one in report.found if one.standing is None]


ALL = [
    ("REQ-1", "unmeasured", "fast"),
    ("REQ-3", "vague_terms", "尽快"),
    ("REQ-3", "vague_terms", "相关"),
]


def stands(
    world: World, rule: str, reason: str = "It is a name", key: str = "", words: str = "", by: str = "analyst"
) -> int:
    with world.write(by) as scene:
        item = item_for(scene.actor, scene.project.id, key) if key else None
        return actions.silence(scene.actor, scene.project, rule, reason, item, words).id


# -- the report --------------------------------------------------------------------------------------------------------


def test_the_report_counts_and_filters(crm: World) -> None:
    assert found(crm) == ALL
    with crm.read("analyst") as scene:
        report = queries.report(scene.actor, scene.project.id)
        assert (report.read, report.clean) == (3, 1)
        assert dict(report.counts) == {"unmeasured": 1, "vague_terms": 2} and not report.silent
    assert found(crm, rule="vague_terms") == ALL[1:]
    assert found(crm, owner="analyst") == found(crm, phase="第一阶段") == ALL[:1]
    assert found(crm, owner="none") == found(crm, phase="none") == ALL[1:]
    assert found(crm, owner="nobody-of-that-name") == []
    with pytest.raises(Invalid):
        found(crm, rule="no_such_rule")


def test_the_report_is_exact_after_each_write(crm: World) -> None:
    assert found(crm) == ALL
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-1"), {"statement": CLEAN + " It is easy."})
    assert found(crm) == [("REQ-1", "vague_terms", "easy"), *ALL[1:]]
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-3"), {}, retired=True)
    assert found(crm) == [("REQ-1", "vague_terms", "easy")]
    crm.move("REQ-1", "rejected")
    assert found(crm) == []


def test_who_sees_less_is_told_less(crm: World) -> None:
    assert found(crm, "implementer") == []
    crm.move("REQ-1", "approved")
    assert found(crm, "implementer") == ALL[:1]
    stands(crm, "vague_terms", key="REQ-3")
    with crm.read("implementer") as scene:
        assert queries.stands_for(scene.actor, scene.project.id) == []
        number = queries.standing(scene.project.id)[0].id
        with pytest.raises(NotFound):
            queries.silence_for(scene.actor, scene.project.id, number)


# -- what somebody lets stand ------------------------------------------------------------------------------------------


def test_words_at_an_item_a_rule_at_an_item_and_a_rule_everywhere(crm: World) -> None:
    stands(crm, "vague_terms", key="REQ-3", words="尽快")
    assert found(crm) == [ALL[0], ALL[2]]
    stands(crm, "vague_terms", key="REQ-3")
    assert found(crm) == ALL[:1]
    number = stands(crm, "unmeasured", "Not in this project")
    assert found(crm) == []
    with crm.read("analyst") as scene:
        report = queries.report(scene.actor, scene.project.id)
        assert report.clean == 3 and dict(report.silent) == {"unmeasured": 1, "vague_terms": 2}
        assert [(one.rule, one.key, one.words, one.author) for one in queries.stands_for(scene.actor, scene.project.id)] == [
            ("unmeasured", "", "", "analyst"), ("vague_terms", "REQ-3", "", "analyst"), ("vague_terms", "REQ-3", "尽快", "analyst"),
        ]  # fmt: skip
    with crm.write("analyst") as scene:
        actions.end_silence(scene.actor, scene.project, queries.silence_for(scene.actor, scene.project.id, number))
    assert found(crm) == ALL[:1]
    with crm.read("analyst") as scene, pytest.raises(NotFound):
        queries.silence_for(scene.actor, scene.project.id, number)


def test_it_stands_for_these_words_alone(crm: World) -> None:
    stands(crm, "unmeasured", key="REQ-1", words="FAST ")
    assert found(crm) == ALL[1:]
    with crm.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-1")
        store.edit(scene.actor, item, {"statement": "The system shall show the list fast and print it quickly."})
    assert ("REQ-1", "unmeasured", "quickly") in found(crm) and ("REQ-1", "unmeasured", "fast") not in found(crm)


@pytest.mark.parametrize(
    ("rule", "reason", "key", "words", "codes"),
    [
        ("no_such", "", "", "", ["unknown", "required"]),
        ("unmeasured", "  ", "REQ-1", "fast", ["required"]),
        ("unmeasured", "x" * 2_001, "", "", ["invalid"]),
        ("unmeasured", "A name", "REQ-1", "slow", ["invalid"]),
        ("negative", "A name", "REQ-1", "", ["invalid"]),
        ("unmeasured", "A name", "", "fast", ["invalid"]),
    ],
)
def test_what_does_not_fit_is_refused_in_sentences(
    crm: World, rule: str, reason: str, key: str, words: str, codes: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        stands(crm, rule, reason, key, words)
    assert [one.code for one in refused.value.reasons] == codes


def test_who_may(crm: World) -> None:
    assert stands(crm, "unmeasured", key="REQ-1", words="fast", by="contributor")
    for by, key in (("contributor", ""), ("tester", "REQ-3"), ("auditor", ""), ("business_owner", "")):
        with pytest.raises(Refused) as refused:
            stands(crm, "vague_terms", key=key, by=by)
        assert refused.value.status == 403
    with pytest.raises(Refused) as twice:
        stands(crm, "unmeasured", key="REQ-1", words="Fast")
    assert twice.value.status == 409 and "It is a name" in str(twice.value)


def test_it_is_recorded_and_told_at_the_item(crm: World) -> None:
    stands(crm, "unmeasured", "Fast is the name of the list", "REQ-1", "fast")
    page = crm.client("analyst").get("/p/CRM/i/REQ-1").text
    assert "lets stand in its text: fast" in page and "Fast is the name of the list" in page


# -- pages -------------------------------------------------------------------------------------------------------------


def test_the_page_of_the_report(crm: World) -> None:
    client = crm.client("analyst")
    page = client.get("/p/CRM/scope/text").text
    assert "1 of 3 statements read well." in page
    assert '<mark class="rq-marked">fast</mark>' in page and '<mark class="rq-marked">尽快</mark>' in page
    assert "Clean" not in page
    filtered = client.get("/p/CRM/scope/text?rule=unmeasured&owner=analyst").text
    assert ">fast</mark>" in filtered and ">尽快</mark>" not in filtered
    answer = client.send(
        "/p/CRM/scope/text/silences",
        {"rule": "unmeasured", "item": "REQ-1", "words": "fast", "reason": "A name", "at_rule": "unmeasured"},
    )
    assert answer.status_code == 303 and answer.location.endswith("/scope/text?rule=unmeasured")
    assert ">fast</mark>" not in client.get("/p/CRM/scope/text").text
    standing = client.get("/p/CRM/scope/text?show=standing").text
    assert "A name" in standing and "林知夏" in standing
    number = re.search(r"silences/(\d+)/ending", standing)
    assert number is not None
    assert client.send(f"/p/CRM/scope/text/silences/{number[1]}/ending", {"at_show": "standing"}).status_code == 303
    assert ">fast</mark>" in client.get("/p/CRM/scope/text").text
    assert client.send(f"/p/CRM/scope/text/silences/{number[1]}/ending").status_code == 404


def test_the_reader_is_told_in_their_language_after_the_texts_own_pattern(crm: World) -> None:
    page = crm.client("analyst").get("/p/CRM/i/REQ-3").text
    assert "means something else to everybody" in page and "&lt;系统&gt;应" in page


def test_who_may_not_is_offered_nothing(crm: World) -> None:
    for url in ("/p/CRM/scope/text", "/p/CRM/scope/text?show=standing", "/p/CRM/i/REQ-1"):
        page = crm.client("auditor").get(url).text
        assert "/text/silences" not in page
    assert ">fast</mark>" in crm.client("auditor").get("/p/CRM/scope/text").text


def test_pages_of_many(crm: World) -> None:
    for number in range(30):
        crm.requirement(title=f"Easy {number}", statement="The system shall be easy.")
    client = crm.client("analyst")
    first = client.get("/p/CRM/scope/text?rule=vague_terms").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None and first.count('class="rq-found-place"') == 2 + 24
    rest = client.get(following[1].replace("&amp;", "&")).text
    assert rest.count('class="rq-found-place"') == 6 and 'rel="next"' not in rest


def test_a_page_costs_the_same_for_many(crm: World, queries: Queries) -> None:
    client = crm.client("analyst")
    queries.clear()
    client.get("/p/CRM/scope/text")
    few = len(queries)
    for number in range(60):
        crm.requirement(title=f"Easy {number}", statement="The system shall be easy.", owner="analyst")
    queries.clear()
    client.get("/p/CRM/scope/text")
    assert len(queries) == few
    assert len([one for one in queries if "requirements" in one]) == 1


# -- while one writes --------------------------------------------------------------------------------------------------


def hinted(world: World, by: str = "analyst", **fields: Any) -> str:
    answer = world.client(by).send("/p/CRM/scope/text/check", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return str(answer.text)


def test_hints_while_one_writes(crm: World) -> None:
    shown = hinted(crm, statement="The system shall be easy, etc.")
    assert "2 places to look at" in shown and ">easy</mark>" in shown and ">etc</mark>" in shown
    assert hinted(crm, statement=CLEAN).strip() == "" and hinted(crm, statement="").strip() == ""
    assert "data-hint-keep" in shown and "data-hint-keep" not in hinted(crm, "auditor", statement=FAST)
    stand = json.dumps({"rule": "vague_terms", "words": "easy", "reason": "A <b>name</b>"})
    kept = hinted(crm, statement="The system shall be easy, etc.", stand=stand)
    assert "1 place to look at" in kept and "A &lt;b&gt;name&lt;/b&gt;" in kept and "data-hint-drop" in kept
    for bad in ("{", "[]", "1", json.dumps({"rule": [1], "words": None})):
        assert "2 places" in hinted(crm, statement="The system shall be easy, etc.", stand=bad)


def test_hints_know_what_stands_at_the_item(crm: World) -> None:
    stands(crm, "unmeasured", "A name", "REQ-1", "fast")
    assert "Nothing to look at" in hinted(crm, statement=FAST, item="REQ-1")
    assert "1 place" in hinted(crm, statement=FAST, item="REQ-2")
    answer = crm.client("analyst").send("/p/CRM/scope/text/check", {"statement": FAST, "item": "REQ-99"})
    assert answer.status_code == 404


def test_what_is_let_stand_while_writing_is_kept_with_the_save(crm: World) -> None:
    stand = json.dumps({"rule": "vague_terms", "words": "easy", "reason": "Easy is our brand"})
    gone = json.dumps({"rule": "negative", "words": "shall not", "reason": "Not there any more"})
    fields = {
        "title": "New",
        "statement": "The system shall print Easy.",
        "stand": [stand, gone],
        "_fields": "title statement",
    }
    client = crm.client("analyst")
    assert client.send("/p/CRM/requirements/new", fields).status_code == 303
    assert "REQ-5" not in {key for key, _rule, _words in found(crm)}
    with crm.read("analyst") as scene:
        assert [(one.key, one.reason) for one in queries.standing(scene.project.id)] == [("REQ-5", "Easy is our brand")]
    fields = {"statement": "The system shall print Easy and be flexible.", "seen": "1", "_fields": "statement",
              "stand": [stand, json.dumps({"rule": "vague_terms", "words": "flexible", "reason": "Rubber"})]}  # fmt: skip
    assert client.send("/p/CRM/i/REQ-5/edit", fields).status_code == 303
    with crm.read("analyst") as scene:
        assert [one.reason for one in queries.standing(scene.project.id)] == ["Rubber", "Easy is our brand"]


def test_nothing_is_refused_for_how_it_reads(crm: World) -> None:
    client = crm.client("analyst")
    fields = {"title": "Bad", "statement": "尽快、适当、友好等，TBD and/or ???", "_fields": "title statement"}
    assert client.send("/p/CRM/requirements/new", fields).status_code == 303
    form = client.get("/p/CRM/i/REQ-5/edit").text
    assert 'data-hints="/p/CRM/scope/text/check"' in form and 'name="item" value="REQ-5"' in form
    assert "/scope/text/check" in client.get("/p/CRM/requirements/new").text
    assert "/scope/text/check" not in client.get("/p/CRM/scenarios/new").text


# -- over the API ------------------------------------------------------------------------------------------------------


def test_over_the_api(crm: World) -> None:
    from reqtrack.accounts import actions as accounts
    from reqtrack.accounts.queries import user_by_login

    with crm.write("", "") as scene:
        token = accounts.create_token(scene.actor, user_by_login("analyst"), "write", "test")
    client, headers = crm.app.test_client(), {"Authorization": f"Bearer {token}", "Accept-Language": "zh-CN"}
    base = "/api/v1/projects/CRM/text"
    report = client.get(base, headers=headers).json
    assert (report["read"], report["clean"], report["findings"]) == (3, 1, 3)
    assert [one["rule"] for one in report["rules"]] == list(RULES)
    page = client.get(f"{base}/findings?limit=2", headers=headers).json
    assert [(one["item"], one["rule"], one["words"]) for one in page["items"]] == ALL[:2]
    rest = client.get(f"{base}/findings?limit=2&after={page['next']}", headers=headers).json
    assert [(one["item"], one["words"]) for one in rest["items"]] == [("REQ-3", "相关")] and rest["next"] is None
    answer = client.post(f"{base}/check", json={"statement": FAST}, headers={**headers, "Idempotency-Key": "1"})
    (one,) = answer.json["findings"]
    assert answer.status_code == 200 and (one["rule"], one["start"], one["end"], one["words"]) == (
        "unmeasured",
        31,
        35,
        "fast",
    )
    made = client.post(
        f"{base}/silences", json={"rule": "unmeasured", "reason": "A name", "item": "REQ-1"}, headers=headers
    )
    assert made.status_code == 201 and made.json["item"] == "REQ-1"
    assert client.get(made.headers["Location"], headers=headers).json == made.json
    assert client.get(f"{base}/silences", headers=headers).json["items"] == [made.json]
    assert client.get(f"{base}/findings", headers=headers).json["items"][0]["stands_because"] == "A name"
    assert client.delete(f"{base}/silences/{made.json['id']}", headers=headers).status_code == 204
    assert client.delete(f"{base}/silences/{made.json['id']}", headers=headers).status_code == 404
    wrong = client.post(f"{base}/silences", json={"rule": "unmeasured", "reason": ""}, headers=headers)
    assert wrong.status_code == 422 and wrong.json["reasons"][0]["field"] == "reason"


def test_the_report_as_a_file(crm: World) -> None:
    from reqtrack.documents.actions import produce_table

    stands(crm, "unmeasured", "=A name", "REQ-1", "fast")
    with crm.read("analyst") as scene:
        actor, project = scene.actor, scene.project
        db.session.expunge_all()
    with crm.app.app_context():
        name, _type, data = produce_table(actor, project, "text", "csv")
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        assert name == "CRM-text.csv"
        assert [(row["key"], row["rule"], row["words"], row["stands_because"]) for row in rows] == [
            ("REQ-1", "unmeasured", "fast", "'=A name"), ("REQ-3", "vague_terms", "尽快", ""), ("REQ-3", "vague_terms", "相关", ""),
        ]  # fmt: skip
        name, _type, data = produce_table(actor, project, "text", "xlsx")
        (head, *sheet) = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        assert name == "CRM-text.xlsx" and head[: len(text_pages.HEADS)] == list(text_pages.HEADS) and len(sheet) == 3
        with pytest.raises(Refused):
            produce_table(actor, project, "text", "gherkin")
    client = crm.client("analyst")
    assert client.send("/p/CRM/documents", {"table": "text xlsx"}).status_code == 303
    assert client.send("/p/CRM/documents", {"table": "text gherkin"}).status_code == 422


def test_nobody_is_named_in_what_lets_a_text_stand(crm: World) -> None:
    """Not by who writes the reason; and where it was there before the person was, it is masked wherever it is shown."""
    stands(crm, "unmeasured", "Quillon says so", key="REQ-1")
    with crm.write("analyst") as scene:
        interviews.add_stakeholder(scene.actor, scene.project, {"name": "Quillon", "job_role": "Rep"})
    with pytest.raises(Invalid) as refused:
        stands(crm, "vague_terms", "Quillon said it", key="REQ-3")
    assert [(one.code, one.field) for one in refused.value.reasons] == [("names", "reason")]
    with pytest.raises(Refused) as again:
        stands(crm, "unmeasured", "so", key="REQ-1", by="contributor")
    assert "Quillon" not in str(again.value)
    reader, caller = crm.client("sponsor"), Caller(crm, "sponsor")
    for page in ("/p/CRM/i/REQ-1", "/p/CRM/scope/text?show=standing"):
        assert "Quillon" not in reader.get(page).text, page
    for path in ("/text", "/text/findings", "/text/silences", "/events?limit=200"):
        answer = caller("GET", path)
        assert answer.status_code == 200 and "Quillon" not in answer.text, path
    assert "Quillon says so" in crm.client("analyst").get("/p/CRM/scope/text?show=standing").text


def test_the_reason_is_kept_when_it_does_not_fit(crm: World) -> None:
    client = crm.client("analyst")
    stands(crm, "unmeasured", "It is a name", "REQ-1", "fast")
    given = {"rule": "unmeasured", "item": "REQ-1", "words": "fast", "back": "REQ-1", "reason": "The list is called so"}
    told = client.send("/p/CRM/scope/text/silences", given)
    assert told.status_code == 409 and "The list is called so" in told.text and "It is a name" in told.text
    assert 'href="/p/CRM/i/REQ-1#text"' in told.text
    told = client.send("/p/CRM/scope/text/silences", {"rule": "unmeasured", "reason": " ", "at_rule": "unmeasured"})
    assert told.status_code == 422 and "Say why this may stand" in told.text and 'name="at_rule"' in told.text
