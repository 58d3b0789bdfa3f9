"""Acceptance on real data: features that nobody here wrote, over rows of a loan book; and a machine's results for those of a shop.

What each requirement comes to is counted here a second time, from the verdicts that were sent alone.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from reqtrack.acceptance import queries as acceptance
from reqtrack.acceptance.queries import data_sets
from reqtrack.accounts import actions as accounts
from reqtrack.audit.verify import verify
from tests.acceptance.test_data_sets import everything
from tests.stories import loans
from tests.stories.test_corpus import Caller, bring_in, callers, expected, rows_of
from tests.support.corpus import NOT_RUN, ROOT
from tests.support.world import World

__all__ = ["callers"]
pytestmark = [pytest.mark.story, pytest.mark.skipif(not ROOT.is_dir(), reason=NOT_RUN)]
# As STATUSES of 2-workflows.md, worst first.
WORST = ("failed", "blocked", "stale", "untested", "skipped", "passed")
SIZES = [pytest.param(240, 3, id="a-share"), pytest.param(5_000, 60, id="all", marks=pytest.mark.full)]
FEATURES, SHOP = "gherkin/fineract_loans/", "gherkin/sylius_shop/"


def worst(statuses: list[str]) -> str:
    return min(statuses, key=WORST.index) if statuses else "untested"


def dictionary(analyst: Caller) -> None:
    for entry in (
        {"name": "loan no.", "unique": True, "required": True, "aliases": ["Loan no."]},
        {"name": "principal", "type": "number", "allowed": ["1000", "500000"], "aliases": ["Principal"]},
        {"name": "disbursed on", "type": "date", "aliases": ["Disbursed on"]},
        {"name": "status", "type": "choice", "allowed": ["Active", "In arrears", "Closed"], "aliases": ["Status"]},
    ):
        analyst.post("/dictionary", entry)


def taken_in(world: World, analyst: Caller, book: list[list[str]]) -> None:
    """The file comes in by the page, names and phones masked, columns mapped to the dictionary: nothing clear is left anywhere."""
    data = loans.as_csv(book)
    entries = {one["name"]: one["number"] if "number" in one else one["id"] for one in analyst.all("/dictionary")}
    columns = {"loan no.": 0, "principal": 4, "disbursed on": 6, "status": 7}
    fields = {
        "file": (io.BytesIO(data), "loans.csv"), "digest": hashlib.sha256(data).hexdigest(), "name": "Loan book", "system": "Old core",
        "taken_on": "2026-11-20", "mask-1": "1", "kind-1": "name", "mask-2": "1", "kind-2": "phone",
        **{f"entry-{at}": str(entries[name]) for name, at in columns.items()},
    }  # fmt: skip
    answer = world.client("analyst").send("/p/CRM/data/sets", fields, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    with world.read("tester") as scene:
        found = data_sets.set_for(scene.actor, scene.project.id, "DAT-1")
        rows, header = data_sets.all_rows(found), list(found.header)
        told = dict(found.applied or {})
    assert len(rows) == len(book) and header[:4] == ["loan no.", "principal", "disbursed on", "status"]
    assert [row[0] for row in rows] == [row[0] for row in book]
    # What the dictionary makes of a date and of ten spellings of a status.
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[2]) for row in rows)
    odd = [row[3] for row in rows if row[3] not in ("Active", "In arrears", "Closed")]
    assert set(odd) <= {"Closed - obligations met"} and len(odd) < len(rows) / 5
    assert told["told"], "what does not fit the dictionary is said"


def nothing_clear(stage: Any, book: list[list[str]]) -> None:
    kept = everything(stage)
    assert not [row for row in book[:: 1 + len(book) // 300] if row[2] in kept or (len(row[1]) > 4 and row[1] in kept)]


def from_features(analyst: Caller, features: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Features as acceptance scenarios, each with a requirement of its own: requirement → scenarios."""
    made: dict[str, list[str]] = {}
    for name, fact in features.items():
        run = bring_in(analyst, name, "acceptance")
        assert len(run["items"]) == fact["scenarios"], name
        title = f"{fact['feature_name']} ({Path(name).stem})"
        key = analyst.post("/requirements", {"title": title, "statement": title, "tier": "must"})["key"]
        for scenario in run["items"]:
            version = analyst("GET", f"/acceptance/{scenario}")["version"]
            analyst("PATCH", f"/acceptance/{scenario}", {"accepts": [key]}, If_Match=f'"{version}"')
        made[key] = run["items"]
    return made


def bound(analyst: Caller, scenarios: list[str], count: int) -> int:
    """Rows of the loan book go into the example tables that the features have: each column is filled by one of the book's."""
    book = ("Client", "loan no.", "principal", "status")
    tables = 0
    for key in scenarios:
        shown = analyst("GET", f"/acceptance/{key}")
        if not shown["examples"]:
            continue
        header = shown["examples"]["header"]
        # The number is among them: of rows that say the same, one is taken.
        columns = dict(zip(header, book if len(header) > 1 else ("loan no.",), strict=False))
        before = len(shown["examples"]["rows"])
        made = analyst.post(
            f"/acceptance/{key}/rows",
            {"data_set": "DAT-1", "rows": list(range(count)), "columns": columns, "seen": shown["version"]},
        )
        assert len(made["examples"]["rows"]) == before + count, key
        tables += 1
    return tables


@pytest.mark.parametrize(("size", "taken"), SIZES)
@pytest.mark.sqlite
def test_loans_through_the_features_of_a_bank(
    world: World, callers: Callable[[str], Caller], size: int, taken: int
) -> None:
    """Two databases would tell nothing new: what stands below is tried on both by tests/acceptance."""
    from tests.acceptance.conftest import Stage

    analyst, manager, tester, builder = (
        callers(who) for who in ("analyst", "project_manager", "tester", "implementer")
    )
    stage, book = Stage(world), loans.book(size)
    dictionary(analyst)
    taken_in(world, analyst, book)
    nothing_clear(stage, book)
    # In `make test` those features alone that take rows.
    features = {name: fact for name, fact in expected(FEATURES).items() if fact["of_which_outlines"] or size > 1_000}
    made = from_features(analyst, features)
    scenarios = [key for keys in made.values() for key in keys]
    outlines = sum(fact["of_which_outlines"] for fact in features.values())
    assert bound(analyst, scenarios, taken) == outlines
    cases = [(key, row) for key in scenarios for row in rows_of(analyst("GET", f"/acceptance/{key}"))]
    written = sum(fact["expanded_cases"] for fact in features.values())
    assert len(cases) == written + outlines * taken

    # A round on all of it: one row fails, one is blocked, one requirement is left half tested.
    manager.post("/rounds", {"name": "Loans", "acceptance": scenarios, "testers": ["tester"]})
    failed, blocked, left = cases[0], cases[len(cases) // 2], cases[-1]
    ledger: dict[tuple[str, int | None], str] = {}
    numbers: dict[tuple[str, int | None], Any] = {}
    for case in cases:
        if case == left:
            continue
        verdict = "failed" if case == failed else "blocked" if case == blocked else "passed"
        body = {
            "acceptance": case[0],
            "row": case[1],
            "verdict": verdict,
            "note": "" if verdict == "passed" else "No loan came up",
        }
        numbers[case] = tester.post("/rounds/1/results", body)
        ledger[case] = verdict
    counted(stage, made, cases, ledger)

    # The failure is a defect, is mended, tested again, and closed by that.
    number = numbers[failed].get("number") or numbers[failed]["key"]
    key = tester.post(f"/results/{number}/defect", {"title": "No loan comes up", "severity": "blocking"})["key"]
    assert builder("GET", f"/defects/{key}")["stage"] == "open"
    builder.post(f"/items/{key}/moves", {"to": "fixed"})
    assert builder("GET", f"/defects/{key}")["stage"] in ("fixed", "retest")
    for case in (failed, blocked, left):
        tester.post("/rounds/1/results", {"acceptance": case[0], "row": case[1], "verdict": "passed"})
        ledger[case] = "passed"
        counted(stage, made, cases, ledger)
    assert builder("GET", f"/defects/{key}")["stage"] == "closed"
    with world.app.app_context():
        assert verify().problems == []


def counted(stage: Any, made: dict[str, list[str]], cases: list[Any], ledger: dict[Any, str]) -> None:
    """The status of each requirement is the worst over all rows of its scenarios."""
    for requirement, scenarios in made.items():
        told = [ledger.get(case, "untested") for case in cases if case[0] in scenarios]
        assert stage.status(requirement)["status"] == worst(told), requirement
    assert stage.ask(lambda _actor, project: acceptance.standing_faults(project)) == []


@pytest.mark.sqlite
@pytest.mark.parametrize("share", [pytest.param(5, id="a-share"), pytest.param(1, id="all", marks=pytest.mark.full)])
def test_a_machines_results_for_the_features_of_a_shop(
    world: World, callers: Callable[[str], Caller], share: int
) -> None:
    """93 scenarios, two pairs of features of the same name: each result finds its scenario, or is listed."""
    from tests.acceptance.conftest import Stage

    analyst, manager, tester = (callers(who) for who in ("analyst", "project_manager", "tester"))
    stage, whole = Stage(world), expected(SHOP)
    facts = dict(list(whole.items())[::share])
    count = sum(fact["scenarios"] for fact in facts.values())
    made = from_features(analyst, facts)
    assert sum(map(len, made.values())) == count and sum(fact["scenarios"] for fact in whole.values()) == 93
    with world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"machine_counts": "alone"})
    manager.post(
        "/rounds",
        {"name": "Night", "acceptance": [key for keys in made.values() for key in keys], "testers": ["tester"]},
    )
    cases, verdicts, at = [], {}, 0
    for (name, fact), keys in zip(facts.items(), made.values(), strict=True):
        titles = re.findall(r"^\s*Scenario(?: Outline)?:\s*(.+?)\s*$", (ROOT / name).read_text("utf-8"), re.M)
        assert len(titles) == len(keys), name
        for key, title in zip(keys, titles, strict=True):
            at += 1
            verdicts[key] = "failed" if at % 10 == 0 else "skipped" if at % 17 == 0 else "passed"
            inner = {"failed": '<failure message="It broke"/>', "skipped": "<skipped/>", "passed": ""}[verdicts[key]]
            cases.append(
                f"<testcase classname={quoteattr(fact['feature_name'])} name={quoteattr(title)}>{inner}</testcase>"
            )
    report = f'<testsuite name="behat">{"".join(cases)}</testsuite>'
    sent = {"file": base64.b64encode(report.encode()).decode(), "name": "behat.xml"}
    run = tester.post("/rounds/RND-1/machine-runs", sent)
    assert run["counts"]["results"] + run["counts"]["unmatched"] == count
    assert run["counts"]["unmatched"] == len(run["unmatched"]) == 0, run["unmatched"]
    for requirement, keys in made.items():
        assert stage.status(requirement)["status"] == worst([verdicts[key] for key in keys]), requirement
    # The same file once more changes nothing.
    assert tester.post("/rounds/RND-1/machine-runs", sent)["key"] == run["key"]
    with world.app.app_context():
        assert verify().problems == []
