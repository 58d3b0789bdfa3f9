"""Cucumber JSON and messages: backgrounds, hooks, rows of outlines, attempts, and runs that did not end well."""

import json

import pytest

from reqtrack.files.problems import FileProblem
from tests.exchange.parsing.results.support import cucumber, element, lines, read, run, step


def one(data):
    found = read(data)
    assert len(found.cases) == 1
    return found.cases[0]


@pytest.mark.parametrize(
    ("statuses", "outcome", "verdict"),
    [
        (("passed", "passed"), "passed", "passed"), (("passed", "skipped"), "skipped", "skipped"),
        (("skipped", "pending"), "pending", "blocked"), (("pending", "undefined"), "undefined", "blocked"),
        (("undefined", "ambiguous"), "ambiguous", "blocked"), (("ambiguous", "failed", "skipped"), "failed", "failed"),
        (("passed", "sunny"), "unknown", "skipped"), (("passed", "PASSED"), "passed", "passed"),
    ],
)  # fmt: skip
def test_the_worst_step_counts_in_both_formats(statuses, outcome, verdict):
    in_json = one(cucumber(element("S", *map(step, statuses))))
    in_messages = one(lines(*run(statuses)))
    assert [(each.outcome, each.verdict) for each in (in_json, in_messages)] == [(outcome, verdict)] * 2


def test_what_has_no_steps_or_no_results_is_no_pass():
    assert one(cucumber({**element(), "steps": []})).verdict == "skipped"
    assert one(cucumber({**element(), "steps": None})).verdict == "skipped"
    assert one(cucumber(element("S", {"keyword": "Given ", "name": "a"}))).verdict == "skipped"
    assert one(lines(*run(()))).verdict == "skipped"


@pytest.mark.parametrize(
    "background", [{"type": "background"}, {"keyword": "Background"}, {"keyword": "背景"}, {"keyword": "Grundlage"}]
)
def test_a_background_belongs_to_the_scenario_after_it(background):
    failing = {**background, "name": "", "steps": [step("failed", name="log in")]}
    found = read(cucumber(failing, element("A", step("skipped")), element("B")))
    assert (found.backgrounds, [(each.name, each.verdict, each.steps) for each in found.cases]) == (
        1, [("A", "failed", 2), ("B", "passed", 1)],
    )  # fmt: skip


def test_a_failing_background_without_any_scenario_is_told_apart():
    found = read(cucumber({"type": "background", "name": "", "steps": [step("failed", name="log in")]}))
    assert (found.cases, [(each.name, each.outcome, each.message) for each in found.suite_failures]) == (
        (), [("F", "failed", "log in")],
    )  # fmt: skip


@pytest.mark.parametrize(
    "hooked",
    [
        {"before": [step("failed")]}, {"after": [step("failed")]}, {"steps": [step(), step("failed", keyword="After", name=None)]},
        {"steps": [step(after=[step("failed")])]}, {"steps": [step(before=[step("failed")])]},
    ],
)  # fmt: skip
def test_hooks_count_wherever_they_stand(hooked):
    assert one(cucumber({**element(), **hooked})).verdict == "failed"


def test_durations_and_messages_of_json():
    failing = step("failed")
    failing["result"]["error_message"] = "\x1b[31mboom\x1b[0m\n  at x"
    found = one(cucumber(element("S", step(), failing), tags=[{"name": "@a"}]))
    assert (found.duration, found.message, found.detail, found.tags) == (4.0, "boom", "boom\n  at x", ("a",))


def test_rows_by_the_id_or_by_the_line():
    def row(number, line, table=""):
        return element("O", id=f"f;o;{table};{number}", keyword="Scenario Outline", line=line)

    found = read(cucumber(row(2, 10), row(4, 12))).cases
    assert [(each.row, each.among) for each in found] == [(0, (0, 2)), (2, (1, 2))]
    # Two tables: each counts anew, so only the order of all rows tells.
    for table in ("", "more"):
        found = read(cucumber(row(2, 20, table), row(2, 10), row(3, 11))).cases
        assert [(each.row, each.among) for each in found] == [(None, (2, 3)), (None, (0, 3)), (None, (1, 3))]
    # No number at all, in whatever language.
    by_line = [element("O", id="f;o", keyword="场景大纲", line=line) for line in (12, 11)]
    assert [(each.row, each.among) for each in read(cucumber(*by_line)).cases] == [(None, (1, 2)), (None, (0, 2))]
    plain = read(cucumber(element("S", id="f;s;2"), element("T", id="f;t"))).cases
    assert [(each.row, each.among) for each in plain] == [(None, None)] * 2


def test_one_feature_alone_and_no_feature():
    assert len(read(json.dumps(json.loads(cucumber(element()))[0], indent=1)).cases) == 1
    for empty in ("[]", cucumber(), json.dumps([{"keyword": "Feature", "name": "F", "elements": None}])):
        found = read(empty)
        assert (found.cases, found.all_passed, [each.code for each in found.warnings]) == ((), False, ["no_cases"])


def test_attempts_before_the_last_do_not_count():
    found = read(lines(*run(("FAILED",), ("FAILED",), ("PASSED",), retried=(0, 1))))
    case = found.cases[0]
    assert (case.verdict, case.flaky, case.duration, found.retried) == ("passed", True, 1.5, 2)
    assert [(each.outcome, each.message) for each in case.attempts] == [
        ("failed", "FAILED 0"), ("failed", "FAILED 1"), ("passed", "PASSED 2"),
    ]  # fmt: skip
    always = read(lines(*run(("FAILED",), ("FAILED",), retried=(0,)))).cases[0]
    assert (always.verdict, always.flaky, len(always.attempts)) == ("failed", False, 2)


def test_attempts_by_their_number_where_the_protocol_says_no_more():
    messages = [each for each in run(("FAILED",), ("PASSED",)) if "meta" not in each]
    for each in messages:
        each.get("testCaseFinished", {}).pop("willBeRetried", None)
    found = read(lines(*messages))
    assert [(each.verdict, each.flaky) for each in found.cases] == [("passed", True)]


def test_a_case_that_was_not_run_to_its_end_has_no_result():
    cut = run(("PASSED",), end=False)[:-1]
    found = read(lines(*cut))
    assert (found.cases, found.all_passed) == ((), False)
    assert [each.code for each in found.warnings] == ["no_result", "run_cut_off", "no_cases"]
    assert "S" in found.warnings[0].sentence()
    retry_lost = run(("FAILED",), retried=(0,))
    assert [each.code for each in read(lines(*retry_lost)).warnings] == ["no_result", "no_cases"]


def test_a_run_that_was_cut_off_did_not_pass():
    found = read(lines(*run(("PASSED",), end=False)))
    assert (found.verdicts["passed"], found.all_passed, found.complete) == (1, False, False)
    # Left out by a filter, a scenario has a pickle and no case: that is said, and no fault of the run.
    found = read(lines({"pickle": {"id": "q", "name": "Other"}}, *run(("PASSED",))))
    assert ([each.code for each in found.warnings], found.all_passed) == (["no_result"], True)


def test_failures_around_the_cases_are_told():
    around = [
        {"parseError": {"source": {"uri": "broken.feature"}, "message": "(3:1): expected"}},
        {"hook": {"id": "h", "type": "BEFORE_TEST_RUN", "name": "start the shop"}},
        {"testRunHookStarted": {"id": "hs", "hookId": "h"}},
        {"testRunHookFinished": {"testRunHookStartedId": "hs", "result": {"status": "FAILED", "message": "no shop"}}},
    ]
    found = read(
        lines(*run(("PASSED",), end=False), *around, {"testRunFinished": {"success": False, "message": "stopped"}})
    )
    assert [(each.kind, each.name, each.message, each.place.line) for each in found.suite_failures] == [
        ("parse", "broken.feature", "(3:1): expected", 8), ("hook", "start the shop", "no shop", 11), ("run", "", "stopped", 12),
    ]  # fmt: skip
    assert not found.all_passed


def test_a_run_that_failed_for_no_reason_that_is_told():
    found = read(lines(*run(("PASSED",), end=False), {"testRunFinished": {"success": False}}))
    assert ([each.code for each in found.warnings], found.all_passed) == (["run_failed"], False)


def test_messages_of_the_future_are_passed_over():
    found = read(lines(*run(("PASSED",)), {"somethingNew": {"x": 1}}, {"testRunStarted": None}))
    assert (found.all_passed, found.warnings) == (True, ())


def test_messages_by_content_whatever_the_file_is_called():
    data = "\ufeff" + "\r\n\r\n".join(lines(*run(("PASSED",))).splitlines())
    assert read(data, "a.xml").format == "cucumber_messages"
    assert read(cucumber(element()), "a.ndjson").format == "cucumber_json"
    assert read("\ufeff" + cucumber(element())).format == "cucumber_json"
    assert read(cucumber(element()).encode("utf-16")).format == "cucumber_json"


@pytest.mark.parametrize("broken", ["[]", "1", '"x"', "null"])
def test_a_line_that_is_no_message_is_refused_with_its_number(broken):
    with pytest.raises(FileProblem) as caught:
        read(lines(*run(("PASSED",))) + broken + "\n", "run.ndjson")
    assert caught.value.problems[0].place.line == 9
