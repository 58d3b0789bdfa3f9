"""JUnit XML: what counts when a report says several things of one case."""

import pytest

from tests.exchange.parsing.results.support import junit, read


def case(body="", **attributes):
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    found = read(junit(f"<testcase name='n' classname='c'{said}>{body}</testcase>"))
    assert len(found.cases) == 1
    return found.cases[0]


@pytest.mark.parametrize(
    ("body", "outcome", "verdict"),
    [
        ("", "passed", "passed"), ("<system-out>failure</system-out>", "passed", "passed"),
        ("<skipped/>", "skipped", "skipped"), ("<error/>", "error", "failed"), ("<failure/>", "failed", "failed"),
        ("<skipped/><error/>", "error", "failed"), ("<skipped/><failure/>", "failed", "failed"),
        ("<error/><failure/>", "failed", "failed"), ("<skipped/><error/><failure/>", "failed", "failed"),
    ],
)  # fmt: skip
def test_the_worst_child_counts(body, outcome, verdict):
    assert (case(body).outcome, case(body).verdict, case(body).flaky) == (outcome, verdict, False)


@pytest.mark.parametrize(
    ("attributes", "outcome"),
    [
        ({"status": "notrun", "result": "suppressed"}, "skipped"), ({"status": "run", "result": "completed"}, "passed"),
        ({"status": "disabled"}, "skipped"), ({"status": "FAILED"}, "failed"), ({"status": "Passed"}, "passed"),
        ({"result": "error"}, "error"), ({"status": "success"}, "passed"),
    ],
)  # fmt: skip
def test_a_case_that_says_that_it_was_not_run_is_no_pass(attributes, outcome):
    assert case(**attributes).outcome == outcome


def test_an_element_counts_more_than_an_attribute():
    assert case("<failure/>", status="skipped").outcome == "failed"


def test_all_that_one_run_left_behind_is_kept():
    found = case("<error message='after'>stack of after</error><failure message='first'>stack of first</failure>")
    assert found.message == "first"
    assert found.detail == "stack of first\n\nstack of after"


def test_a_pass_after_failures_is_flaky():
    found = case(
        "<flakyFailure message='one'><stackTrace>at one</stackTrace></flakyFailure><flakyError message='two'/>",
        time="3",
    )
    assert (found.verdict, found.flaky, found.duration) == ("passed", True, 3.0)
    assert [(each.outcome, each.message, each.detail) for each in found.attempts] == [
        ("failed", "one", "at one"), ("error", "two", ""), ("passed", "", ""),
    ]  # fmt: skip


def test_reruns_in_vain_are_one_failure():
    found = case("<failure message='first'/><rerunFailure message='second'/><rerunError message='third'/>")
    assert (found.verdict, found.flaky, found.message, len(found.attempts)) == ("failed", False, "first", 3)


def test_suites_in_suites_in_the_order_of_the_file():
    found = read(
        "<testsuites><testsuite name='a'><testcase name='1'/><testsuite name='b'><testcase name='2'/></testsuite>"
        "<testcase name='3'/></testsuite><testcase name='4'/></testsuites>"
    )
    assert [(each.name, each.suites, each.feature) for each in found.cases] == [
        ("1", ("a",), "a"), ("2", ("a", "b"), "b"), ("3", ("a",), "a"), ("4", (), ""),
    ]  # fmt: skip


def test_failures_of_suites_stand_apart_and_keep_the_run_from_passing():
    found = read(junit("<testcase name='a'/><error message='no database' type='T'>at x</error><failure/>"))
    assert found.verdicts == {"failed": 0, "blocked": 0, "skipped": 0, "passed": 1}
    assert [(each.kind, each.name, each.outcome, each.message, each.place.line) for each in found.suite_failures] == [
        ("suite", "S", "error", "no database", 3), ("suite", "S", "failed", "", 3),
    ]  # fmt: skip
    assert not found.all_passed


def test_what_suites_say_is_never_a_result():
    found = read(junit("<testcase name='a'/>", tests=1, failures=0, errors=0))
    assert (found.warnings, found.all_passed) == ((), True)
    found = read(junit("<testcase name='a'/>", tests=173, failures=4))
    assert [each.code for each in found.warnings] == ["counted_otherwise", "failed_otherwise"]
    assert found.verdicts["passed"] == 1 == len(found.cases)


def test_namespaces_and_places():
    found = read(
        '<testsuite xmlns="urn:x">\n<testcase name="a" file="t.py" line="12"/>\n<testcase name="b"/></testsuite>'
    )
    assert [(each.place.line, each.file, each.line) for each in found.cases] == [(2, "t.py", 12), (3, "", None)]


def test_properties_give_tags_and_keys():
    found = case(
        "<properties><property name='tag' value='@smoke'/><property name='requirement'>ACC-7</property>"
        "<property name='tags' value='ACC-8, nightly'/></properties>"
    )
    assert found.tags == ("smoke", "ACC-8", "nightly")
    assert set(found.ids) == {"ACC-7", "ACC-8"}


@pytest.mark.parametrize("time", ["-5", "soon", "nan", "inf", "1e400", "1.2.3"])
def test_a_duration_that_is_none_is_left_out_and_said(time):
    found = read(junit(f"<testcase name='a' time='{time}'/>"))
    assert found.cases[0].duration is None
    assert [each.code for each in found.warnings] == ["durations"]


def test_durations():
    assert [case(time=time).duration for time in ("1,234.5", "0", "")] == [1234.5, 0.0, None]


def test_long_texts_are_cut_and_said():
    found = read(junit(f"<testcase name='a'><failure message='{'m' * 5000}'>{'d' * 90_000}</failure></testcase>"))
    assert (len(found.cases[0].message), len(found.cases[0].detail)) == (1_000, 20_000)
    assert [(each.code, each.params["count"]) for each in found.warnings] == [("cut", 2)]


def test_markup_in_messages_stays_text():
    assert case("<failure message='&lt;script&gt;x'><![CDATA[<b>]]></failure>").message == "<script>x"


@pytest.mark.parametrize(
    ("name", "outline", "row", "among"),
    [
        ("Pay - big ones - Example #1.2", "Pay - big ones", 1, None), ("Pay - Example #2.1", "Pay", None, (0, 1)),
        ("Pay -- @1.3 big ones", "Pay", 2, None), ("Pay - Example #3", "Pay", 2, (0, 1)), ("Pay #2", "Pay", 1, (0, 1)),
        ("Pay", "", None, None), ("Pay [2]", "", None, None), ("Pay #0", "", None, None),
        ("#2", "", None, None), ("Example #2", "", None, None), ("Pay # 2", "", None, None), ("Pay -- @0.1", "", None, None),
        ("test_pay[USD]", "", None, None),
    ],
)  # fmt: skip
def test_rows_by_the_end_of_the_name(name, outline, row, among):
    found = read(junit(f"<testcase name='{name}' classname='F'/>")).cases[0]
    assert (found.name, found.outline, found.row, found.among) == (name, outline, row, among)


def test_rows_of_several_tables_are_put_in_order():
    body = "".join(f"<testcase classname='F' name='Pay - Example #{at}'/>" for at in ("2.2", "1.1", "2.1", "1.2"))
    found = read(junit(body)).cases
    assert [(each.row, each.among) for each in found] == [(None, (3, 4)), (0, None), (None, (2, 4)), (1, None)]
