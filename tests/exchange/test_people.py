"""Stakeholders and surveys from a sheet: by page, API and command line; taken back while nobody has to do with them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from reqtrack import cli as command_line
from reqtrack import commands  # noqa: F401 - registers the commands
from reqtrack.changes import actions as changes
from reqtrack.db import db
from reqtrack.errors import NotFound, Refused
from reqtrack.exchange import actions, drafting, queries
from reqtrack.exchange.parsing.drafts import Sheet
from reqtrack.exchange.parsing.survey import as_plain, guess_survey, read_survey
from reqtrack.files.problems import FileProblem
from reqtrack.interviews import actions as interviews
from reqtrack.interviews.queries import people, stakeholder_for
from reqtrack.items import actions as talk
from reqtrack.items.queries import item_for
from tests.support.world import World

SHEET = (
    "姓名\t部门\t岗位\t层级\t区域\t手机\n王敏\t销售部\t销售内勤\t一线\t华东\t13800000000\n"
    "李强\t销售部\t经理\t中层\t\t13900000000\n\t财务部\t出纳\t\t\t\n\t财务部\t\t\t\t\n"
)


def kept(world: World, rows: str = SHEET, wanted: str = "stakeholders", by: str = "analyst") -> int:
    world.cast()
    draft = drafting.draft_paste(rows, wanted)
    with world.write(by) as scene:
        return actions.keep(scene.actor, scene.project, draft, "").number


def run(world: World, number: int, *, ready_only: bool = True) -> list[Any]:
    with world.write("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        return [one.id for one in actions.run_import(scene.actor, scene.project, found, ready_only=ready_only)]


def undo(world: World, number: int) -> list[str]:
    with world.write("analyst") as scene:
        return actions.undo(scene.actor, scene.project, queries.run_for(scene.actor, scene.project.id, number))


def known(world: World, by: str = "analyst") -> list[tuple[str, str, str, str, str]]:
    with world.read(by) as scene:
        return [
            (one.name, one.department, one.job_role, one.level, one.region)
            for one in sorted(people(scene.actor, scene.project.id), key=lambda one: one.id)
        ]


# -- stakeholders --------------------------------------------------------------------------------------------------------


def test_people_come_in_with_what_they_do(world: World) -> None:
    number = kept(world)
    with world.read("analyst") as scene:
        found = queries.run_for(scene.actor, scene.project.id, number)
        (left_out,) = found.warnings or []
        # Telephone numbers are none of the project's business: they are not kept with the run, and it says so.
        assert left_out["params"]["columns"] == "手机" and not [row for row in queries.rows(found.id) if row.notes]
    assert run(world, number) == [1, 2, 3]
    assert known(world) == [
        ("王敏", "销售部", "销售内勤", "frontline", "华东"),
        ("李强", "销售部", "经理", "manager", ""),
        ("", "财务部", "出纳", "frontline", ""),
    ]
    with world.read("analyst") as scene:
        rows = queries.rows(queries.run_for(scene.actor, scene.project.id, number).id)
        assert [row.waits for row in rows] == [False, False, False, True]
        # The name stands with the person, where it can be erased, and in the row no more.
        assert not [row.fields for row in rows if "name" in row.fields]
        assert "王敏" not in str(queries.run_for(scene.actor, scene.project.id, number).mapping)
        assert [problem.code for problem in queries.problems(rows[3])] == ["no_name"]


def test_nobody_comes_in_twice(world: World) -> None:
    assert run(world, kept(world)) == [1, 2, 3]
    again = kept(
        world, "姓名\t部门\t岗位\n 王敏\t销售部\t内勤\n王敏\t客服部\t客服\n新人\t销售部\t销售\n新人\t销售部\t销售\n"
    )
    assert run(world, again) == [4, 5]
    with world.read("analyst") as scene:
        rows = queries.rows(queries.run_for(scene.actor, scene.project.id, again).id)
        told = {row.place: str(queries.problems(row)[-1]) for row in rows if row.waits}
    assert set(told) == {"2", "5"} and all("stands in this department already" in one for one in told.values())


def test_all_or_none_of_the_people(world: World) -> None:
    with pytest.raises(Refused, match="neither a name nor a job role"):
        run(world, kept(world), ready_only=False)
    assert known(world) == []


def test_who_may_not_know_names_learns_none_from_the_run(world: World) -> None:
    number = kept(world)
    page = world.client("project_manager").get(f"/p/CRM/import/{number}").text
    assert "王敏" not in page and "销售内勤" not in page and "销售部" in page
    run(world, number)
    assert "王敏" not in world.client("project_manager").get(f"/p/CRM/import/{number}").text
    # Who brought them in wrote them.
    own = kept(world, by="project_manager")
    assert "王敏" in world.client("project_manager").get(f"/p/CRM/import/{own}").text
    # Nor whether a name is known: theirs comes in, and is found as a duplicate.
    with world.write("project_manager") as scene:
        found = queries.run_for(scene.actor, scene.project.id, own)
        assert len(actions.run_import(scene.actor, scene.project, found, ready_only=True)) == 3


def test_the_page_takes_people_from_paste_to_undo(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    assert 'value="stakeholders" checked' in browser.get("/p/CRM/import/new?as=stakeholders").text
    sent = browser.send("/p/CRM/import/new", {"text": SHEET, "as": "stakeholders"})
    assert sent.status_code == 303
    page = browser.get(sent.location).text
    assert "3 of 4 rows are ready" in page and "王敏" in page and "销售部 · 销售内勤 · Frontline · 华东" in page
    # Another column is the name.
    columns = {f"column-{at}": "ignore" for at in range(6)} | {"column-2": "name", "column-1": "department"}
    assert browser.send(f"{sent.location}/columns", columns).status_code == 303
    assert "销售内勤" in browser.get(sent.location).text
    assert browser.send(f"{sent.location}/items").status_code == 303
    made = browser.get(sent.location).text
    assert "3 rows are in" in made and "/p/CRM/stakeholders" in made
    assert [one[:3] for one in known(world)] == [
        ("销售内勤", "销售部", ""),
        ("经理", "销售部", ""),
        ("出纳", "财务部", ""),
    ]
    assert "3 rows taken back" in browser.send(f"{sent.location}/undoing", follow_redirects=True).text
    assert known(world) == []
    assert world.client("tester").send("/p/CRM/import/new", {"text": SHEET, "as": "stakeholders"}).status_code == 403


def test_people_who_were_taken_back_are_there_no_more(world: World) -> None:
    number = kept(world)
    run(world, number)
    assert undo(world, number) == ["1", "2", "3"]
    assert known(world) == []
    with pytest.raises(NotFound), world.read("analyst") as scene:
        stakeholder_for(scene.actor, scene.project.id, 1)
    client = world.client("analyst")
    assert client.get("/api/v1/projects/CRM/stakeholders").json["items"] == []
    assert client.get("/api/v1/projects/CRM/stakeholders/1").status_code == 404
    refused = client.send("/p/CRM/interviews/new", {"title": "Late", "stakeholders": ["1"]})
    assert refused.status_code == 422
    # What was recorded stays.
    events = client.get("/api/v1/projects/CRM/events?limit=200").json["items"]
    assert [one["subject"] for one in events if one["action"] == "stakeholder.removed"] == [
        f"stakeholder:{n}" for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("how", ["heard", "changed", "asks", "asked"])
def test_people_whom_somebody_has_to_do_with_stay(world: World, how: str) -> None:
    number = kept(world)
    run(world, number)
    with world.write("analyst") as scene:
        row = stakeholder_for(scene.actor, scene.project.id, 2)
        if how == "changed":
            interviews.change_stakeholder(scene.actor, row, {"region": "华北"})
        elif how == "asks":
            changes.log(scene.actor, scene.project, title="T", reason="R", asked_by=2)
    if how == "heard":
        world.item("interview", "analyst", title="A talk", stakeholders=[2])
    if how == "asked":
        world.requirement("analyst", title="T", statement="S")
        with world.write("analyst") as scene:
            item = item_for(scene.actor, scene.project.id, "REQ-1")
            talk.ask(scene.actor, item, "Is it so?", None)
            db.session.execute(text("UPDATE comments SET asked_stakeholder_id = 2"))
    with pytest.raises(Refused, match=r"rows were heard, asked or changed since: 3\."):
        undo(world, number)
    assert len(known(world)) == 3


def test_the_command_line_and_the_api_bring_people_in(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cast()
    monkeypatch.setattr(command_line, "create_app", lambda: world.app)
    sheet = tmp_path / "people.csv"
    sheet.write_text(
        "Name,Department,Job title,Seniority\nAnn Reed,Sales,Sales rep,staff\nBo Lind,Service,Head,manager\n"
    )
    call = ["import", str(sheet), "--project", "CRM", "--as", "stakeholders", "--json"]
    result = CliRunner().invoke(command_line.cli, call)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["kind"], told["imported"], told["keys"]) == ("stakeholder", 2, ["1", "2"])
    client = world.client("analyst")
    body = {"text": "Name\tDepartment\nCy Dunn\tService", "as": "stakeholders"}
    made = client.post("/api/v1/projects/CRM/imports", json=body, headers={"X-CSRFToken": client.token()})
    assert made.status_code == 201 and (made.json["stakeholders"], made.json["items"]) == ([3], [])
    back = client.post("/api/v1/projects/CRM/imports/IMP-2/undoing", headers={"X-CSRFToken": client.token()})
    assert back.status_code == 201 and len(known(world)) == 2


# -- surveys and notes ---------------------------------------------------------------------------------------------------

SURVEY = "Respondent ID\tDate\tHow do you\u00a0work?\tCountry\tAnything else?\n" + "\n".join(
    f"{1000 + at}\t2026-11-0{at}\t{answer}\tCN\t{more}"
    for at, (answer, more) in enumerate(
        [("- by hand", ""), ("", ""), ("1. copy\u00a0 <b>it</b>", "# no"), ("=SUM(A1)", "  ")], 1
    )
)


def survey(**override: str) -> Any:
    return drafting.draft_paste(SURVEY, "interviews", override or None)


def test_a_survey_is_read_question_by_question() -> None:
    draft = survey()
    assert [(one["header"], one["field"]) for one in draft.columns] == [
        ("Respondent ID", "respondent"), ("Date", "held_on"), ("How do you\u00a0work?", "question"),
        ("Country", "question"), ("Anything else?", "question"),
    ]  # fmt: skip
    draft = survey(Country="ignore")
    assert [row.fields["title"] for row in draft.rows] == [f"Respondent ID {n}" for n in (1001, 1003, 1004)]
    first, third, last = (row.fields for row in draft.rows)
    assert first == {
        "title": "Respondent ID 1001",
        "held_on": "2026-11-01",
        "notes": "**How do you work?**\n\n> \\- by hand",
    }
    assert third["notes"] == "**How do you work?**\n\n> 1\\. copy\u00a0 \\<b>it\\</b>\n\n**Anything else?**\n\n> \\# no"
    assert last["notes"].endswith("> \\=SUM(A1)")
    assert [one["params"] for one in draft.warnings] == [{"count": 1, "rows": "3"}]


def test_answers_are_shown_as_they_were_written(world: World) -> None:
    number = kept(world, SURVEY, "interviews")
    run(world, number)
    page = world.client("analyst").get("/p/CRM/interview/INT-3").text
    assert "1. copy" in page and "<b>it" not in page and "&lt;b" in page and "# no" in page
    assert 'id="offered"' in page
    with world.read("analyst") as scene:
        assert item_for(scene.actor, scene.project.id, "INT-1").stage == "held"


def test_columns_that_hold_no_text_are_no_questions() -> None:
    rows = [[str(at), "yes" if at % 2 else "no", str(at * 3), f"It takes me {at} minutes."] for at in range(1, 41)]
    sheet = Sheet(header=["No.", "Do you use it?", "How often?", "Why?"], rows=rows, numbers=list(range(2, 42)))
    fields = [one.field for one in guess_survey(sheet.header, sheet.rows).columns]
    assert fields == ["respondent", "ignore", "ignore", "question"]
    chosen = guess_survey(sheet.header, sheet.rows, {"Do you use it?": "question", "0": "note"})
    drafts, silent = read_survey(sheet, chosen)
    assert not silent and drafts[0].notes == {"No.": "1"} and drafts[0].fields["title"] == "2"
    assert drafts[0].fields["notes"].startswith("**Do you use it?**\n\n> yes")


@pytest.mark.parametrize(
    "mapping", [{"Nowhere": "question"}, {"Date": "colour"}, {"Date": "respondent", "0": "respondent"}]
)
def test_a_mapping_of_a_survey_that_does_not_fit_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(FileProblem, match=r"There is no column|There is no field|more than one column"):
        drafting.draft_paste(SURVEY, "interviews", mapping)


@pytest.mark.parametrize("header", ["Name", "受访者", "Respondent"])
def test_the_names_of_who_answered_come_to_no_title(header: str) -> None:
    text = f"{header}\tWhat is slow?\n" + "".join(f"{one}\tIt takes {one} long.\n" for one in ("Anna Li", "王芳", "Bo"))
    draft = drafting.draft_paste(text, "interviews")
    assert draft.columns[0]["field"] == "ignore" and "Anna" not in str(draft.rows[0].fields["title"])
    assert [one["params"] for one in draft.warnings] == [{"columns": header}]
    if header != "Respondent":
        return
    # Chosen by hand, they stay out as well.
    draft = drafting.draft_paste(text, "interviews", {header: "respondent"})
    assert [row.fields["title"] for row in draft.rows] == ["2", "3", "4"]
    assert "Anna" not in str(draft.rows[1:])


def test_a_survey_leaves_nothing_of_people_in_its_run(world: World) -> None:
    world.cast()
    text = "ID\tWhy?\tE-mail\n1\tIt is slow, says Bo.\ta@b.cn\n2\tIt is not.\tc@d.cn\n"
    draft = drafting.draft_paste(text, "interviews", {"E-mail": "note"})
    with world.write("analyst") as scene:
        row = actions.keep(scene.actor, scene.project, draft, "a" * 64)
        assert [one.notes for one in queries.rows(row.id)] == [{"E-mail": "a@b.cn"}, {"E-mail": "c@d.cn"}]
        actions.run_import(scene.actor, scene.project, row, ready_only=True)
        assert [(one.fields, one.notes) for one in queries.rows(row.id)] == [({}, {}), ({}, {})]


def test_a_date_that_is_none_is_told() -> None:
    draft = drafting.draft_paste("ID\tDate\tWhy?\n1\tsoon\tIt is slow.\n2\t2026-02-31\tIt is not.\n", "interviews")
    assert [row.fields.get("held_on") for row in draft.rows] == [None, None]
    assert [[one["code"] for one in row.problems] for row in draft.rows] == [["date"], ["date"]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("plain", "plain"), ("a\n- b", "a\n\\- b"), ("  > c", "  \\> c"), ("12) d", "12\\) d"), ("2.5 e", "2\\.5 e"), ("x < y", "x < y"),
     ("</p>", "\\</p>"), ("*bold* - no", "*bold* - no")],
)  # fmt: skip
def test_signs_of_markdown_at_the_beginning_of_a_line_are_told_to_be_none(cell: str, shown: str) -> None:
    assert as_plain(cell) == shown


def test_pasted_notes_are_notes(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    sent = browser.send("/p/CRM/import/new", {"text": "# A day\n\n> It takes an hour.\n", "as": "interviews"})
    assert browser.send(f"{sent.location}/items").status_code == 303
    page = browser.get("/p/CRM/interview/INT-1").text
    assert "It takes an hour." in page.partition('id="offered"')[2]


def test_a_file_of_people_goes_through_the_page(world: World) -> None:
    world.cast()
    file = (io.BytesIO(b"name,department\nAnn,Sales\n"), "people.csv")
    browser = world.client("analyst")
    fields = {"file": file, "as": "stakeholders", "csrf_token": browser.token()}
    sent = browser.post("/p/CRM/import/new", data=fields, content_type="multipart/form-data")
    assert sent.status_code == 303 and "Ann" in browser.get(sent.location).text
