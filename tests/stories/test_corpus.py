"""The main job on real files that nobody here wrote, over REST, on both databases: from four sets of files to a signed
acceptance, with a change decided on the way."""

from __future__ import annotations

import base64
import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.audit.verify import verify
from reqtrack.exchange import drafting
from tests.support.corpus import NOT_RUN, ROOT
from tests.support.world import OPERATOR, PASSWORD, World

P = "/api/v1/projects/CRM"

pytestmark = [
    pytest.mark.story,
    pytest.mark.skipif(not ROOT.is_dir(), reason=NOT_RUN),
]


class Caller:
    """Somebody with a token: each call must answer as told."""

    def __init__(self, app: Flask, world: World, login: str) -> None:
        self.client = app.test_client()
        with world.write(project="") as _:
            secret = accounts.create_token(OPERATOR, user_by_login(login), "write")
        self.headers = {"Authorization": f"Bearer {secret}"}

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(P + path, method=method, json=body, headers={**self.headers, **named})
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.get_data(as_text=True)}"
        return answer.get_json()

    def post(self, path: str, body: Any, status: int = 201) -> Any:
        return self("POST", path, body, status)

    def all(self, path: str) -> list[Any]:
        """All pages of a list."""
        found, after = [], ""
        while True:
            answer = self("GET", f"{path}{'&' if '?' in path else '?'}limit=200{f'&after={after}' if after else ''}")
            found += answer["items"]
            after = answer["next"]
            if not after:
                return found


def expected(prefix: str) -> dict[str, dict[str, Any]]:
    facts = json.loads((ROOT / "expected.json").read_text("utf-8"))
    return {name: fact for name, fact in facts.items() if name.startswith(prefix)}


def bring_in(call: Caller, name: str, kind: str) -> Any:
    data = base64.b64encode((ROOT / name).read_bytes()).decode()
    return call.post("/imports", {"file": data, "name": Path(name).name, "as": kind})


@pytest.fixture
def callers(app: Flask, world: World) -> Callable[[str], Caller]:
    world.cast()
    made: dict[str, Caller] = {}
    return lambda role: made.setdefault(role, Caller(app, world, role))


def imported(call: Caller) -> None:
    """All four sets are in, with the counts that are known of them."""
    cases = 0
    features = {**expected("gherkin/fineract_loans/"), **expected("gherkin/zh_CN/")}
    assert len(features) == 9
    for name, fact in features.items():
        run = bring_in(call, name, "acceptance")
        shown = [call("GET", f"/acceptance/{key}") for key in run["items"]]
        found = sum(len(one["examples"]["rows"]) if one["examples"] else 1 for one in shown)
        assert found == fact["expanded_cases"], name
        cases += found
    assert cases == sum(fact["expanded_cases"] for fact in features.values())
    name = "requirements/nasa_cf_functional_requirements.csv"
    run = bring_in(call, name, "requirements")
    assert run["imported"] == expected(name)[name]["requirements"] == len(call.all("/requirements"))
    for name, fact in expected("interviews/pip_ux/").items():
        run = bring_in(call, name, "interviews")
        assert run["imported"] == 1
        (key,) = run["items"]
        notes = call("GET", f"/interviews/{key}")["notes"]
        assert sum(line.lstrip().startswith(">") for line in notes.splitlines()) == fact["blockquote_lines"]
        # What the notes quote is offered as excerpts: one of them, then all that are left.
        offered = call.all(f"/interviews/{key}/quotations")
        assert len(offered) == fact["blockquote_lines"] and not any(one["marked"] for one in offered)
        assert len(call.post(f"/interviews/{key}/quotations", {"starts": [offered[0]["start"]]})["excerpts"]) == 1
        left = call.post(f"/interviews/{key}/quotations", {})["excerpts"]
        assert len(left) == fact["blockquote_lines"] - 1
        assert all(one["marked"] for one in call.all(f"/interviews/{key}/quotations"))


@pytest.mark.costly
def test_a_survey_becomes_the_notes_of_those_who_answered(
    app: Flask, world: World, callers: Callable[[str], Caller]
) -> None:
    """Each free-text answer stands under its question; who answered nothing is told, and no interview is made of them."""
    call = callers("analyst")
    name = "interviews/jupyter_2020_text_fields.csv"
    fact = expected(name)[name]
    run = bring_in(call, name, "interviews")
    silent = fact["respondents"] - fact["respondents_with_any_text"]
    assert run["imported"] == fact["respondents_with_any_text"] == len(call.all("/interviews"))
    assert any(f"{silent} rows answer none of these questions" in one for one in run["warnings"])
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    by_title = {one["title"]: one for one in call.all("/interviews")}
    checked = 0
    for row in rows:
        answers = [(header[at], cell) for at, cell in enumerate(row) if at and cell.strip()]
        if not answers:
            continue
        notes = by_title[f"Respondent ID {row[0]}"]["notes"]
        assert notes.count("**\n\n>") == len(answers)
        for question, answer in answers:
            assert " ".join(question.split()) in notes and "\xa0" not in notes.partition("\n")[0]
            # As it was written: Markdown's signs at the beginning of a line are told to be none.
            words = re.sub(
                r"\s+", " ", re.sub(r"\\(?=[-+>#=~|<.)])", "", notes.replace("\n> ", "\n").replace("\n>", "\n"))
            )
            assert re.sub(r"\s+", " ", answer.strip()) in words, (row[0], question)
            checked += 1
    assert checked == sum(bool(cell.strip()) for row in rows for cell in row[1:])


def test_one_chosen_column_of_a_survey_is_the_only_question() -> None:
    name = "interviews/jupyter_2020_text_fields.csv"
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    # Chosen by what people see: a no-break space is a space to them.
    mapping = {title.replace("\xa0", " "): "ignore" for title in header[1:-1]} | {header[-1]: "question"}
    draft = drafting.draft_file((ROOT / name).read_bytes(), "survey.csv", "interviews", mapping)
    assert len(draft.rows) == expected(name)[name]["non_empty_answers_last_column"]


def test_from_files_to_a_signed_acceptance(app: Flask, world: World, callers: Callable[[str], Caller]) -> None:
    analyst, manager, owner, tester = (
        callers(role) for role in ("analyst", "project_manager", "business_owner", "tester")
    )
    manager.post("/phases", {"name": "Phase 1", "capacity_days": 60})
    imported(analyst)
    # In their words: an excerpt of an imported interview backs a scenario and a requirement.
    excerpts = analyst.all("/excerpts")
    assert len(excerpts) == sum(fact["blockquote_lines"] for fact in expected("interviews/pip_ux/").values())
    scenario = analyst.post(
        "/scenarios",
        {"title": "Somebody installs a package", "actor": "Developer", "kind": "main", "steps": ["pip install"],
         "outcome": "It is there", "evidence": [excerpts[0]["id"]]},
    )  # fmt: skip
    requirement = analyst.all("/requirements")[0]["key"]
    version = analyst("GET", f"/requirements/{requirement}")["version"]
    analyst(
        "PATCH", f"/requirements/{requirement}",
        {"scenarios": [scenario["key"]], "evidence": [excerpts[0]["id"]], "tier": "must", "phase": "Phase 1", "effort_days": 3},
        If_Match=f'"{version}"',
    )  # fmt: skip
    acceptance = [one["key"] for one in analyst.all("/acceptance")]
    first = analyst("GET", f"/acceptance/{acceptance[0]}")
    analyst("PATCH", f"/acceptance/{first['key']}", {"accepts": [requirement]}, If_Match=f'"{first["version"]}"')

    # The scope is signed; what was signed is locked.
    baseline = analyst.post("/baselines", {"name": "Scope 1"})
    assert baseline["fingerprint"].startswith("sha256:")
    ask = {"subject": baseline["key"], "meaning": "I approve this scope", "signers": ["business_owner"], "rule": "all"}
    manager.post("/signoffs", ask)
    tester("POST", "/signoffs/1/signature", {"password": PASSWORD}, 403)
    assert owner.post("/signoffs/1/signature", {"password": PASSWORD})["state"] == "signed"
    version = analyst("GET", f"/requirements/{requirement}")["version"]
    locked = analyst("PATCH", f"/requirements/{requirement}", {"statement": "Other"}, 409, If_Match=f'"{version}"')
    assert locked["reasons"][0]["code"] == "locked"

    # A first round on the text that was signed.
    manager.post("/rounds", {"name": "Round 1", "acceptance": acceptance[:3], "testers": ["tester"]})
    cases = [(key, row) for key in acceptance[:3] for row in rows_of(analyst("GET", f"/acceptance/{key}"))]
    for key, row in cases:
        tester.post("/rounds/1/results", {"acceptance": key, "row": row, "verdict": "passed"})
    assert analyst("GET", f"/acceptance/{first['key']}")["status"] == "passed"

    changed(callers, requirement)
    assert analyst("GET", f"/acceptance/{first['key']}")["status"] == "stale"
    shown = owner("GET", "/signoffs/1")
    assert (shown["state"], shown["carried_by"]) == ("signed", ["CR-1"])

    # Tested again, closed, signed.
    for key, row in cases:
        if key == first["key"]:
            tester.post("/rounds/1/results", {"acceptance": key, "row": row, "verdict": "passed"})
    round_version = manager("GET", "/rounds/1")["version"]
    manager("PATCH", "/rounds/1", {"stage": "closed"}, If_Match=f'"{round_version}"')
    manager.post("/signoffs", {**ask, "subject": "RND-1", "meaning": "I accept this result"})
    assert owner.post("/signoffs/2/signature", {"password": PASSWORD})["state"] == "signed"

    with app.app_context():
        report = verify()
    assert report.ok, report.problems


def rows_of(acceptance: Any) -> list[int | None]:
    return list(range(len(acceptance["examples"]["rows"]))) if acceptance["examples"] else [None]


def changed(callers: Callable[[str], Caller], requirement: str) -> None:
    """A change request from title and reason to in effect: edited in the change, priced, decided by the rule."""
    contributor, analyst, owner = callers("contributor"), callers("analyst"), callers("business_owner")
    change = contributor.post(
        "/changes",
        {"title": "Say it more clearly", "reason": "Testers read it in two ways", "assessors": ["analyst"],
         "edits": [{"item": requirement, "field": "statement", "new": "The system shall do it within one second."}]},
    )  # fmt: skip
    key = change["key"]
    submitted = contributor.post(f"/changes/{key}/submission", {})
    assert submitted["stage"] in ("submitted", "assessing")
    assert submitted["impact"]["stale_results"] >= 1
    assessed = analyst.post(f"/changes/{key}/assessments", {"best": 1, "likely": 2, "worst": 5})
    assert float(assessed["expected_effort_days"]) == pytest.approx(2.33)
    decide = {"outcome": "approved", "tier": "must", "phase": "Phase 1", "password": PASSWORD}
    contributor("POST", f"/changes/{key}/decisions", decide, 403)
    assert owner.post(f"/changes/{key}/decisions", decide)["stage"] == "applied"
    statement = analyst("GET", f"/requirements/{requirement}")["statement"]
    assert statement == "The system shall do it within one second."
