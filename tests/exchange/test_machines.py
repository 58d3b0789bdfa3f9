"""A machine's results from a file into a round: by the command line, by pages, by the API."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from reqtrack import cli as command_line
from reqtrack import commands  # noqa: F401 - registers the commands
from reqtrack.acceptance import actions, queries
from reqtrack.acceptance.models import Result
from reqtrack.audit.verify import verify
from reqtrack.db import db
from reqtrack.exchange import actions as imports
from reqtrack.exchange import drafting
from reqtrack.exchange.machines.known import known_scenarios
from reqtrack.exchange.machines.reports import read_upload, report_of
from reqtrack.files.door import open_upload
from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.exchange.parsing.conftest import Real, pytest_generate_tests  # noqa: F401 - gives ``real``
from tests.support.world import World

JUNIT = """<testsuite name="Night"><testcase classname="Sign in" name="@ACC-1 signs in"/>
<testcase name="ACC-2 shows work"><failure message="no work &lt;b&gt;shown&lt;/b&gt;">a trace</failure></testcase>
<testcase name="Nobody asked" /></testsuite>"""


def is_refused(name: str) -> bool:
    return name.startswith("results/junit_bad/") or name == "results/cucumber_json/empty_json.json"


def is_report(name: str) -> bool:
    return name.startswith("results/") and not name.endswith(".feature") and not is_refused(name)


CORPUS: dict[str, Any] = {
    "test_every_report_comes_in_by_the_command_line": is_report,
    "test_what_is_no_report_is_refused_and_changes_nothing": is_refused,
}


@pytest.fixture(autouse=True)
def commanded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line works with this test's app."""
    monkeypatch.setattr(command_line, "create_app", lambda: world.app)


def planned(world: World, *keys: str) -> int:
    with world.write("project_manager") as scene:
        return actions.create_round(scene.actor, scene.project, "Night", keys, ["tester"]).number


def two(world: World) -> int:
    """A round of two scenarios without example rows; a third one is in none."""
    world.cast()
    keys = [world.acceptance(title=title, then=["it is seen"]) for title in ("Signs in", "Shows work", "Prints")]
    return planned(world, *keys[:2])


def feature(world: World, path: Path) -> list[str]:
    """The scenarios of a feature file, imported."""
    draft = drafting.draft_file(path.read_bytes(), path.name, "acceptance")
    with world.write("analyst") as scene:
        run = imports.keep(scene.actor, scene.project, draft, "")
        return [item.key for item in imports.run_import(scene.actor, scene.project, run, ready_only=True)]


def said(*call: str) -> tuple[int, Any]:
    """What the command line answers to machines."""
    done = CliRunner().invoke(command_line.cli, ["import", *call, "--project", "CRM", "--json"])
    assert done.stdout, done.output
    return done.exit_code, json.loads(done.stdout)


def recorded(world: World) -> list[tuple[Any, ...]]:
    with world.read("auditor"):
        wanted = select(Result.acceptance_id, Result.row, Result.verdict).order_by(Result.number)
        return [tuple(row) for row in db.session.execute(wanted)]


# -- the command line ----------------------------------------------------------------------------------------------------


def _counts(real: Real) -> dict[str, int]:
    """What independent tools counted, in our verdicts."""
    told = real.expected
    if "cases" in told:
        return {"cases": told["cases"], "passed": told["passed"], "failed": told["failed"] + told["error"],
                "skipped": told["skipped"]}  # fmt: skip
    found = {
        name.lower(): count
        for name, count in told["scenario_status" if "scenario_status" in told else "finished_cases"].items()
    }
    blocked = sum(found.get(name, 0) for name in ("ambiguous", "undefined", "pending"))
    return {
        "cases": sum(found.values()), "passed": found.get("passed", 0), "failed": found.get("failed", 0),
        "skipped": found.get("skipped", 0) + found.get("unknown", 0), "blocked": blocked,
    }  # fmt: skip


@pytest.mark.sqlite  # the action runs on both databases in tests/acceptance; here it is about forty files
def test_every_report_comes_in_by_the_command_line(world: World, real: Real) -> None:
    world.cast()
    source = real.path.with_suffix(".feature")
    keys = feature(world, source) if source.is_file() else []
    planned(world, *keys)
    call = (str(real.path), "--as", "results")
    code, dry = said(*call, "--dry-run")
    assert code == 0 and recorded(world) == []
    code, told = said(*call)
    assert code == 0 and {**told, "run": None} == {"run": None, **dry}
    wanted = _counts(real)
    assert {name: told[name] for name in wanted} == wanted
    # Nothing is lost: every case is recorded, or listed with why.
    assert len(told["not_recorded"]) == told["unmatched"] + told["outside"]
    assert all(one["reason"] for one in told["not_recorded"])
    if keys:
        assert told["unmatched"] == told["outside"] == 0
        assert told["results"] == len(recorded(world)) and (told["results"] > 0 or not told["cases"])
    else:
        assert told["unmatched"] == told["cases"] and told["results"] == 0
    if "exception" in real.name:
        assert "Whoops!" in json.dumps(told["outside_of_cases"]) and not told["all_passed"]
    # Found out by itself, and nothing twice.
    before = recorded(world)
    code, again = said(str(real.path))
    assert code == 0 and again == told and recorded(world) == before
    with world.app.app_context():
        assert verify().problems == []


@pytest.mark.sqlite  # as above
def test_what_is_no_report_is_refused_and_changes_nothing(world: World, real: Real) -> None:
    world.cast()
    planned(world)
    code, told = said(str(real.path), "--as", "results")
    assert code == 1 and len(told["error"]) == 1 and recorded(world) == []
    with world.read("auditor") as scene:
        assert not queries.runs_of(queries.round_for(scene.actor, scene.project.id, 1))


@pytest.fixture
def night(tmp_path: Path) -> str:
    file = tmp_path / "night.xml"
    file.write_text(JUNIT)
    return str(file)


def test_which_round_is_meant(world: World, night: str) -> None:
    world.cast()
    code, told = said(night, "--as", "results")
    assert code == 1 and "plan one first" in told["error"][0]
    keys = [world.acceptance(title="Signs in", then=["x"]), world.acceptance(title="Shows work", then=["x"])]
    first, second = planned(world, *keys), planned(world, *keys)
    assert said(night, "--as", "results", "--dry-run")[1]["round"] == f"RND-{second}"
    assert said(night, "--as", "results", "--round", str(first))[1]["round"] == f"RND-{first}"
    # Now it runs, and is meant before one that is planned.
    assert said(night, "--as", "results", "--dry-run")[1]["round"] == f"RND-{first}"
    assert said(night, "--as", "results", "--round", "RND-2")[1]["results"] == 2
    code, told = said(night, "--as", "results", "--round", "77")
    assert code == 1 and told["error"]


def test_people_read_what_did_not_come_in(world: World, night: str) -> None:
    two(world)
    done = CliRunner().invoke(command_line.cli, ["import", night, "--project", "CRM"])
    assert done.exit_code == 0
    assert done.stdout.strip() == (
        "2 of 3 cases recorded in RND-1 as run 1 (2 passed, 1 failed, 0 blocked, 0 skipped), 1 not."
    )
    assert "Nobody asked: " in done.stderr and "No acceptance scenario is named so." in done.stderr


# -- what it is matched to -----------------------------------------------------------------------------------------------


def test_scenarios_are_known_by_their_feature_and_by_that_of_the_export(world: World, tmp_path: Path) -> None:
    world.cast()
    path = tmp_path / "a.feature"
    path.write_text(
        "Feature: Signing in\n Rule: Twice\n  @slow\n  Scenario Outline: With <x>\n   When <x>\n   Then y\n"
        "   Examples:\n    | x |\n    | 1 |\n   Examples:\n    | x |\n    | 2 |\n"
    )
    (key,) = feature(world, path)
    own = world.acceptance(title="By hand", then=["x"])
    with world.read("analyst") as scene:
        found = known_scenarios(scene.actor, scene.project)
        name = scene.project.name
    assert [(one.key, one.feature) for one in found] == [(key, "Signing in"), (key, name), (own, name)]
    assert (found[0].rule, found[0].tables, found[0].rows, found[0].tags) == ("Twice", 2, (("1",), ("2",)), ("slow",))
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, own), {}, retired=True)
    with world.read("analyst") as scene:
        assert {one.key for one in known_scenarios(scene.actor, scene.project)} == {key}
    # Who only implements sees none that accepts nothing agreed.
    with world.read("implementer") as scene:
        assert known_scenarios(scene.actor, scene.project) == []


def test_a_note_is_never_empty_where_something_did_not_pass(world: World) -> None:
    two(world)
    body = (
        '<testsuite name="S"><testcase name="ACC-1 a"><failure/></testcase><testcase name="ACC-2 b"><skipped/></testcase>'
        '<testcase name="ACC-3 c"><flakyFailure message="slow"/></testcase></testsuite>'
    )
    read = read_upload(open_upload(body.encode(), "a.xml"))
    with world.read("tester") as scene:
        told = report_of(scene.actor, scene.project, read)
    assert [(one.key, one.verdict, one.flaky, bool(one.note)) for one in told.results] == [
        ("ACC-1", "failed", False, True), ("ACC-2", "skipped", False, True), ("ACC-3", "passed", True, True),
    ]  # fmt: skip
    assert told.results[2].note == "slow" and told.counts["flaky"] == 1


# -- pages ---------------------------------------------------------------------------------------------------------------


def upload(client: Any, number: int, text: str = JUNIT, name: str = "night.xml") -> Any:
    return client.send(
        f"/p/CRM/rounds/{number}/machine-runs/files", {"file": (io.BytesIO(text.encode()), name)},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_from_a_rounds_page_to_the_run_that_came_in(world: World) -> None:
    number = two(world)
    client = world.client("tester")
    base = f"/p/CRM/rounds/{number}"
    assert f"{base}/machine-runs/new" in client.get(base).text
    assert "file" in client.get(f"{base}/machine-runs/new").text
    looked = upload(client, number, JUNIT.replace("Nobody asked", "ACC-3 prints"))
    assert looked.status_code == 303 and recorded(world) == []
    text = client.get(looked.location).text
    assert "2 results are ready" in text and "not in this round" in text
    assert "no work &lt;b&gt;shown&lt;/b&gt;" in text
    # A tester does not change what is in the round: no button for it.
    assert "machine-runs/scenarios" not in text
    sent = {"file": looked.location.partition("file=")[2].partition("&")[0], "name": "night.xml"}
    done = client.send(f"{base}/machine-runs", sent)
    assert done.status_code == 303 and done.location.endswith("/p/CRM/machine-runs/1")
    shown = client.get(done.location).text
    assert "night.xml" in shown and "What was not recorded" in shown and "by a machine" in shown
    assert "Machine run 1" in client.get(base).text and len(recorded(world)) == 2
    assert client.send(f"{base}/machine-runs", sent).location == done.location and len(recorded(world)) == 2


def test_scenarios_are_added_from_the_preview(world: World) -> None:
    number = two(world)
    client = world.client("project_manager")
    looked = upload(client, number, JUNIT.replace("Nobody asked", "ACC-3 prints"))
    assert "machine-runs/scenarios" in client.get(looked.location).text
    sent = {"file": looked.location.partition("file=")[2].partition("&")[0], "name": "night.xml"}
    added = client.send(f"/p/CRM/rounds/{number}/machine-runs/scenarios", sent)
    assert added.status_code == 303 and added.location == looked.location
    assert "3 results are ready" in client.get(added.location).text
    with world.read("auditor") as scene:
        assert len(queries.keys_in(queries.round_for(scene.actor, scene.project.id, number))) == 3


def test_a_page_shows_suite_failures_and_warnings_always(world: World) -> None:
    number = two(world)
    client = world.client("tester")
    broken = '<testsuite name="Set-up" tests="3" errors="1"><error message="no database"/></testsuite>'
    looked = upload(client, number, broken)
    text = client.get(looked.location).text
    assert "What failed outside of any case" in text and "no database" in text
    sent = {"file": looked.location.partition("file=")[2].partition("&")[0], "name": "night.xml"}
    done = client.send(f"/p/CRM/rounds/{number}/machine-runs", sent)
    assert "no database" in client.get(done.location).text and recorded(world) == []


@pytest.mark.parametrize(
    ("text", "name"), [("", "a.xml"), ("Title\tTier\na\tmust", "a.csv"), ("<html><body>x</body></html>", "a.html"),
                       ("<testsuite><testcase", "a.xml"), ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///x">]><testsuite/>', "a.xml")],
)  # fmt: skip
def test_what_is_no_report_is_told_in_a_sentence(world: World, text: str, name: str) -> None:
    number = two(world)
    answer = upload(world.client("tester"), number, text, name)
    assert answer.status_code == 422 and name in answer.text


def test_who_may_not_and_what_is_gone(world: World) -> None:
    number = two(world)
    base = f"/p/CRM/rounds/{number}/machine-runs"
    for login, status in (("auditor", 403), ("implementer", 403), ("tester", 200), ("analyst", 200)):
        client = world.client(login)
        assert client.get(f"{base}/new").status_code == status
        assert upload(client, number).status_code == (303 if status == 200 else 403)
        assert client.send(base, {"file": "0" * 64, "name": "a.xml"}).status_code == (404 if status == 200 else 403)
    client = world.client("tester")
    assert client.get(f"{base}/new?file={'0' * 64}&name=a.xml").status_code == 404
    assert client.get(f"{base}/new?file=../../secret&name=a.xml").status_code == 404
    assert client.send(f"{base}/files", {}).status_code == 422
    with world.write("tester") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        actions.record_result(scene.actor, found, item_for(scene.actor, scene.project.id, "ACC-1"), None, "passed")  # type: ignore[arg-type]
    with world.write("project_manager") as scene:
        actions.close_round(scene.actor, queries.round_for(scene.actor, scene.project.id, number), "enough")
    assert client.get(f"{base}/new").status_code == 409
    assert "machine-runs/new" not in client.get(f"/p/CRM/rounds/{number}").text


def test_an_import_of_results_says_where_they_go(world: World) -> None:
    two(world)
    client = world.client("analyst")
    sent = {"file": (io.BytesIO(JUNIT.encode()), "night.xml"), "as": "requirements"}
    answer = client.send("/p/CRM/import/new", sent, content_type="multipart/form-data")
    assert answer.status_code == 422 and "Bring in machine results" in answer.text


def test_the_setting_stands_on_the_page_with_what_it_means(world: World) -> None:
    two(world)
    client = world.client("project_manager")
    text = client.get("/p/CRM/settings").text
    assert 'name="machine_counts"' in text and "Beside a person" in text
    with world.read("project_manager") as scene:
        version = scene.project.version
    assert client.send("/p/CRM/settings", {"machine_counts": "alone", "seen": str(version)}).status_code == 303
    with world.read("project_manager") as scene:
        assert scene.project.machine_counts == "alone"


# -- API -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(world: World) -> Callable[..., Any]:
    def send(login: str, verb: str, path: str, body: Any = None, **headers: str) -> Any:
        client = world.client(login)
        headers = {"X-CSRFToken": client.token(), **headers}
        return client.open(f"/api/v1/projects/CRM{path}", method=verb, json=body, headers=headers)

    return send


def body_of(text: str, name: str = "night.xml") -> dict[str, str]:
    return {"file": base64.b64encode(text.encode()).decode(), "name": name}


def test_the_api_brings_lists_and_reads_runs(world: World, call: Callable[..., Any]) -> None:
    number = two(world)
    path = f"/rounds/RND-{number}/machine-runs"
    made = call("tester", "POST", path, body_of(JUNIT))
    assert made.status_code == 201 and made.headers["Location"].endswith("/machine-runs/1")
    assert (made.json["counts"]["results"], made.json["counts"]["unmatched"]) == (2, 1)
    (left,) = made.json["unmatched"]
    assert left["name"] == "Nobody asked" and "No acceptance scenario is named so." in left["reason"]
    again = call("tester", "POST", path, body_of(JUNIT))
    assert again.json == made.json and len(recorded(world)) == 2
    assert call("auditor", "GET", "/machine-runs/1").json == made.json
    assert call("auditor", "GET", "/machine-runs/2").status_code == 404
    assert [one["key"] for one in call("auditor", "GET", path).json["items"]] == ["1"]
    call("tester", "POST", path, body_of(JUNIT.replace("Night", "Day")))
    page = call("auditor", "GET", f"{path}?limit=1").json
    assert page["next"] == "1" and [one["key"] for one in call("auditor", "GET", f"{path}?after=1").json["items"]] == [
        "2"
    ]
    results = call("auditor", "GET", f"/rounds/{number}/results").json["items"]
    assert [one["machine_run"] for one in results] == [1, 1, 2, 2]


def test_the_api_refuses_with_every_reason(world: World, call: Callable[..., Any]) -> None:
    number = two(world)
    path = f"/rounds/{number}/machine-runs"
    refused = call("auditor", "POST", path, body_of(JUNIT))
    assert refused.status_code == 403 and [one["code"] for one in refused.json["reasons"]] == [
        "no_permission",
        "not_tester",
    ]
    assert call("tester", "POST", path, {"file": "§", "name": "a.xml"}).status_code == 422
    assert call("tester", "POST", path, {"name": "a.xml"}).status_code == 422
    assert call("tester", "POST", path, body_of("<html></html>", "a.html")).status_code == 422
    assert call("tester", "POST", path, {**body_of(JUNIT), "more": 1}).status_code == 422
    assert recorded(world) == []


def test_the_api_hides_scenarios_that_a_reader_may_not_see(world: World, call: Callable[..., Any]) -> None:
    number = two(world)
    call("tester", "POST", f"/rounds/{number}/machine-runs", body_of(JUNIT.replace("Nobody asked", "ACC-3 prints")))
    assert [one["acceptance"] for one in call("auditor", "GET", "/machine-runs/1").json["unmatched"]] == ["ACC-3"]
    assert call("implementer", "GET", "/machine-runs/1").json["unmatched"] == []


def test_the_api_reads_and_changes_what_a_machines_pass_is_worth(world: World, call: Callable[..., Any]) -> None:
    number = two(world)
    call("tester", "POST", f"/rounds/{number}/machine-runs", body_of(JUNIT))
    project = call("project_manager", "GET", "").json
    assert project["machine_counts"] == "beside"
    status = lambda: call("auditor", "GET", "/acceptance/ACC-1").json["status"]  # noqa: E731
    assert status() == "untested"
    match = {"If-Match": f'"{project["version"]}"'}
    assert call("project_manager", "PATCH", "", {"machine_counts": "never"}, **match).status_code == 422
    changed = call("project_manager", "PATCH", "", {"machine_counts": "alone"}, **match)
    assert changed.json["machine_counts"] == "alone" and status() == "passed"
