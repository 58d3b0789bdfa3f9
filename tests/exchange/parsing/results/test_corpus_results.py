"""Reports that nobody here wrote: counted by independent tools, read by ours, matched to the features they came from."""

from collections import Counter

import pytest

from reqtrack.exchange.parsing.features import read_gherkin
from reqtrack.exchange.parsing.results.found import ResultsFile
from reqtrack.exchange.parsing.results.matched import Known
from reqtrack.exchange.parsing.results.matching import match_results
from reqtrack.exchange.parsing.results.reading import read_results
from reqtrack.files.problems import FileProblem
from reqtrack.files.text import read_text
from tests.exchange.parsing.results.support import read


def of(folder, ending):
    return lambda name: name.startswith(f"results/{folder}/") and name.endswith(ending)


def refused(name):
    return name.startswith("results/junit_bad/") or name == "results/cucumber_json/empty_json.json"


def reports(name):
    return name.startswith("results/") and not name.endswith(".feature") and not refused(name)


CORPUS = {
    "test_junit_is_counted": of("junit", ".xml"),
    "test_cucumber_json_is_counted": lambda name: of("cucumber_json", ".json")(name) and not refused(name),
    "test_cucumber_messages_are_counted": of("cucumber_messages", ".ndjson"),
    "test_what_is_no_report_is_refused": refused,
    "test_results_find_their_scenarios": of("cucumber_messages", ".ndjson"),
    "test_the_child_says_the_same": reports,
}


def ours(real) -> ResultsFile:
    return read(real.data, real.name)


def test_junit_is_counted(real):
    found = ours(real)
    outcomes = Counter(found.outcomes)
    names = Counter((case.feature if case.feature != _suite(case) else "", case.name) for case in found.cases)
    counted = {
        "cases": len(found.cases),
        "passed": outcomes["passed"],
        "failed": outcomes["failed"],
        "error": outcomes["error"],
        "skipped": outcomes["skipped"],
        "cases_without_name": sum(not case.name for case in found.cases),
    }
    assert counted == {key: real.expected[key] for key in counted}
    assert sum(count > 1 for count in names.values()) == real.expected["duplicate_class_and_name"]
    assert all(case.place.line for case in found.cases)
    if not found.cases:
        assert not found.all_passed
        assert found.suite_failures or {"counted_otherwise", "no_cases"} <= {each.code for each in found.warnings}


def _suite(case):
    return case.suites[-1] if case.suites else ""


def test_cucumber_json_is_counted(real):
    found = ours(real)
    counted = {
        "features": found.features,
        "scenarios": len(found.cases),
        "background_elements": found.backgrounds,
        "scenario_status": found.outcomes,
        "steps_incl_hooks": found.steps,
    }
    assert counted == {key: real.expected[key] for key in counted}


def test_cucumber_messages_are_counted(real):
    found = ours(real)
    counted = {
        "pickles": found.pickles,
        "finished_cases": {outcome.upper(): count for outcome, count in found.outcomes.items()},
        "retried_attempts_to_ignore": found.retried,
        "run_success": found.run_success,
    }
    assert counted == {key: real.expected[key] for key in counted}
    # What did not run to its end is said.
    assert len(found.cases) == found.pickles or "no_result" in {each.code for each in found.warnings}
    if "exception" in real.name:
        assert [(each.kind, each.message) for each in found.suite_failures] == [("run", "Whoops!")]
        assert "Error: Whoops!" in found.suite_failures[0].detail


def test_what_is_no_report_is_refused(real):
    with pytest.raises(FileProblem) as caught:
        read_results(real.upload())
    (problem,) = caught.value.problems
    assert real.expected["outcome"] == "reject"
    assert (problem.place.file, bool(problem.place.line)) == (real.path.name, True)


def test_results_find_their_scenarios(real):
    source = real.path.with_suffix(".feature")
    drafts = read_gherkin(read_text(source.read_bytes()).unix, source.name).drafts
    known = [Known.from_draft(f"ACC-{number}", draft) for number, draft in enumerate(drafts, start=1)]
    found = ours(real)
    matched = match_results(found.cases, known)
    assert matched.unmatched == ()
    assert {match.by for match in matched.matches} <= {"name"}
    ran = {(one.key, row) for one in known for row in (range(len(one.rows)) if one.rows else (None,))}
    assert set(matched.by_row) == (ran if found.cases else set())
    # Each came to where its feature file has it: the row's values stand in the same line.
    titles = {one.key: one for one in known}
    for match in matched.matches:
        draft = drafts[int(match.key[4:]) - 1]
        assert match.case.rule == draft.rule
        if match.row is None:
            assert match.case.line == draft.line
        else:
            assert match.case.cells == titles[match.key].rows[match.row]


def test_the_child_says_the_same(real):
    assert read_results(real.upload()) == read(real.data, real.path.name)
