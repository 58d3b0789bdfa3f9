"""Which scenario and row a case is about: by key, by feature and name, by values; and never by a guess."""

import pytest

from reqtrack.exchange.parsing.results.found import Attempt, MachineCase
from reqtrack.exchange.parsing.results.matched import Known
from reqtrack.exchange.parsing.results.matching import match_results
from tests.exchange.parsing.results.support import cucumber, element, junit, read, step

PAY = Known("ACC-1", "Pay an invoice", "Invoices", tags=("smoke",))
LOGIN = Known("ACC-2", "Log in", "Accounts")
OUTLINE = Known(
    "ACC-10",
    "Pay <amount> now",
    "Invoices",
    columns=("amount", "currency"),
    rows=(("5", "EUR"), ("7", "EUR"), ("7", "CNY")),
)
KNOWN = (PAY, LOGIN, OUTLINE)


def case(name="Pay an invoice", feature="Invoices", outcome="passed", **more):
    return MachineCase(name, feature, (Attempt(outcome),), **more)


def found(*cases, known=KNOWN):
    """(key, row, by) of each match, or the code of the reason."""
    matched = match_results(cases, known)
    reasons = [each.reason.code for each in matched.unmatched]
    assert all("%(" not in each.reason.sentence() for each in matched.unmatched)
    return [(each.key, each.row, each.by) for each in matched.matches] + reasons


@pytest.mark.parametrize(
    "more",
    [
        {"tags": ("ACC-2",)}, {"tags": ("slow", "acc-2")}, {"tags": ("TestCaseKey=ACC-2",)}, {"tags": ("ACC_2",)},
        {"ids": ("ACC-2",)},
    ],
)  # fmt: skip
def test_a_key_comes_before_the_name(more):
    assert found(case(**more)) == [("ACC-2", None, "key")]


@pytest.mark.parametrize("tag", ["ACC-20", "XACC-2", "ACC-2-1", "ACC-2.1", "ACC2", "ACC-99"])
def test_what_is_no_key_here_leaves_it_to_the_name(tag):
    assert found(case(tags=(tag,))) == [("ACC-1", None, "name")]
    assert found(case("something", tags=(tag,))) == ["no_scenario"]


def test_several_keys_are_several_matches():
    assert found(case("x", tags=("ACC-1", "ACC-2", "acc-1"))) == [("ACC-1", None, "key"), ("ACC-2", None, "key")]
    # The row of one of them is not known; the other counts all the same.
    assert found(case("x", tags=("ACC-10", "ACC-2"))) == [("ACC-2", None, "key")]


@pytest.mark.parametrize(
    "name", ["ACC-2 lets me in", "test_ACC_2_lets_in", "test_acc_2", "case/ACC-2", "lets in (ACC-2)", "[ACC-2] x"]
)
def test_junit_gives_the_key_in_its_name(name):
    assert found(*read(junit(f"<testcase name='{name}' classname='t'/>")).cases) == [("ACC-2", None, "key")]


def test_junit_gives_the_key_in_a_property_but_never_in_its_log():
    body = "<testcase name='x'>{}</testcase>"
    with_property = body.format("<properties><property name='key' value='ACC-2'/></properties>")
    assert found(*read(junit(with_property)).cases) == [("ACC-2", None, "key")]
    assert found(*read(junit(body.format("<system-out>ACC-2</system-out>"))).cases) == ["no_scenario"]


def test_a_scenario_is_not_found_by_a_key_in_its_name():
    assert found(*read(cucumber(element("Undo what ACC-2 did"))).cases) == ["no_scenario"]


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("pay  AN invoice", "INVOICES"), ("Pay an\u00a0invoice", " Invoices "), ("Invoices - Pay an invoice", "Invoices"),
        ("Pay an invoice", "features.billing.Invoices"),
    ],
)  # fmt: skip
def test_feature_and_name_without_regard_to_capitals_and_blanks(name, feature):
    assert found(case(name, feature)) == [("ACC-1", None, "name")]


def test_composed_and_decomposed_letters_are_the_same():
    known = (Known("ACC-1", "Zahlung ge\u0301nügt", "Café"),)
    assert found(case("Zahlung g\u00e9nu\u0308gt", "Cafe\u0301"), known=known) == [("ACC-1", None, "name")]


@pytest.mark.parametrize(
    ("name", "feature", "code"),
    [
        ("", "Invoices", "no_name"), ("Pay two invoices", "Invoices", "no_scenario"), ("Invoices", "Invoices", "no_scenario"),
        ("Pay an invoice", "Accounts", "other_feature"), ("Pay an invoice", "", "other_feature"),
        ("Pay an invoice", "MyInvoices", "other_feature"),
    ],
)  # fmt: skip
def test_neither_the_feature_nor_the_name_alone_is_enough(name, feature, code):
    assert found(case(name, feature)) == [code]
    # A scenario without a feature is found by its key alone.
    assert found(case("Solo", feature), known=(Known("ACC-3", "Solo"),))[0] in ("other_feature", "no_scenario")


def test_the_feature_may_be_a_suite_around():
    assert found(case(feature="steps.Runner", suites=("All", "Invoices"))) == [("ACC-1", None, "name")]


def test_names_that_two_scenarios_have_are_matched_to_none():
    twin = Known("ACC-4", "pay an INVOICE", "Invoices")
    matched = match_results([case()], (PAY, twin))
    assert [str(each.reason).partition(":")[0] for each in matched.unmatched] == ["Two scenarios are named so"]
    assert "ACC-1, ACC-4" in str(matched.unmatched[0].reason)
    assert found(case(), known=(PAY, twin, Known("ACC-5", "Pay an invoice", "Invoices"))) == ["ambiguous"]


def test_rule_columns_or_all_tags_tell_twins_apart():
    twin = Known("ACC-4", PAY.title, PAY.feature, rule="Abroad", tags=("slow",), columns=("to",), rows=(("CN",),))
    assert found(case(rule="abroad"), known=(PAY, twin)) == [("ACC-4", 0, "name")]
    assert found(case(columns=("to",), cells=("CN",)), known=(PAY, twin)) == [("ACC-4", 0, "name")]
    assert found(case(tags=("smoke",)), known=(PAY, twin)) == [("ACC-1", None, "name")]
    assert found(case(tags=("smoke", "slow")), known=(PAY, twin)) == ["ambiguous"]


def test_rows_by_their_values_though_the_table_was_sorted_since():
    def row(number, *cells, columns=("amount", "currency")):
        return case("Pay 7 now", outline="Pay <amount> now", row=number, columns=columns, cells=cells)

    assert found(row(0, "7", "CNY")) == [("ACC-10", 2, "name")]
    assert found(row(0, "EUR", "7", columns=("currency", "amount"))) == [("ACC-10", 1, "name")]
    assert found(row(0, "8", "CNY")) == ["row_gone"]
    doubled = Known("ACC-11", "Pay", "Invoices", columns=("a",), rows=(("1",), ("2",), ("1",)))
    same = {"outline": "Pay", "columns": ("a",), "cells": ("1",)}
    assert found(*(case("Pay", row=number, **same) for number in (2, 1)), known=(doubled,)) == [
        ("ACC-11", 2, "name"), ("ACC-11", 0, "name"),
    ]  # fmt: skip


def test_rows_by_the_values_in_the_name():
    assert found(case("Pay 5 now")) == [("ACC-10", 0, "name")]
    # Two rows have this name.
    assert found(case("Pay 7 now")) == ["no_row"]
    assert found(case("Pay 7 now", outline="Pay 7 now", row=1)) == [("ACC-10", 1, "name")]
    assert found(case("Pay 9 now")) == ["no_scenario"]


def test_rows_by_number():
    plain = Known("ACC-11", "Pay", "Invoices", rows=((), (), ()))
    tables = Known("ACC-11", "Pay", "Invoices", rows=((), (), ()), tables=2)

    def numbered(known, **more):
        return found(case("Pay - Example", outline="Pay", **more), known=(known,))[0]

    assert numbered(plain, row=2) == ("ACC-11", 2, "name")
    assert numbered(plain, row=3) == "row_gone"
    assert numbered(plain) == "no_row"
    # An order tells in one table, and in several only if every row was run.
    assert numbered(plain, row=1, among=(0, 1)) == ("ACC-11", 1, "name")
    assert numbered(tables, row=1, among=(0, 1)) == "no_row"
    assert numbered(tables, among=(1, 3)) == ("ACC-11", 1, "name")
    assert numbered(plain, among=(1, 3)) == ("ACC-11", 1, "name")
    assert numbered(plain, among=(1, 2)) == "no_row"
    assert numbered(tables, row=1) == ("ACC-11", 1, "name")
    assert numbered(Known("ACC-11", "Pay", "Invoices", rows=(("x",),))) == ("ACC-11", 0, "name")
    assert numbered(Known("ACC-11", "Pay", "Invoices"), row=1) == ("ACC-11", None, "name")


def test_a_scenario_whose_own_name_ends_like_a_row():
    body = "<testcase classname='Invoices' name='Pay #2'/>"
    own = Known("ACC-12", "Pay #2", "Invoices")
    assert found(*read(junit(body)).cases, known=(own, Known("ACC-11", "Pay", "Invoices", rows=((), ())))) == [
        ("ACC-12", None, "name")
    ]
    assert found(*read(junit(body)).cases, known=(Known("ACC-11", "Pay", "Invoices", rows=((), ())),)) == [
        ("ACC-11", 1, "name")
    ]


def test_the_name_of_a_table_may_stand_behind_that_of_the_outline():
    body = "".join(
        f"<testcase classname='Invoices' name='Pay - fast - {table}Example #{number}'/>"
        for table, number in (("", "1.2"), ("big ones - ", "1.1"), ("big ones - ", "2.1"))
    )
    known = Known("ACC-11", "Pay - fast", "Invoices", rows=((), (), ()), tables=2)
    assert found(*read(junit(body)).cases, known=(known,)) == [("ACC-11", 1, "name"), ("ACC-11", 0, "name"), "no_row"]


def test_rows_of_a_json_report_by_their_ids():
    rows = [element("Pay", step(), id=f"invoices;pay;;{at}", keyword="Scenario Outline", line=8 + at) for at in (2, 3)]
    known = Known("ACC-11", "Pay", "F", rows=((), ()))
    assert found(*read(cucumber(*rows)).cases, known=(known,)) == [("ACC-11", 0, "name"), ("ACC-11", 1, "name")]


def test_the_worst_case_of_a_row_counts():
    flaky = MachineCase("Pay an invoice", "Invoices", (Attempt("failed"), Attempt("passed")))
    order = ["passed", "skipped", "undefined", "error"]
    for last, verdict in zip(range(1, 5), ["passed", "skipped", "blocked", "failed"], strict=True):
        results = match_results([flaky, *(case(outcome=each) for each in order[:last])], KNOWN).by_row
        assert list(results) == [("ACC-1", None)]
        row = results["ACC-1", None]
        assert (row.verdict, row.flaky, len(row.cases), row.deciding.verdict) == (verdict, True, last + 1, verdict)


def test_rows_are_kept_apart_and_every_case_is_somewhere():
    cases = [
        case("Pay 5 now"),
        case("Pay 7 now", outline="Pay 7 now", row=1, outcome="failed"),
        case("x"),
        case(tags=("ACC-1", "ACC-2")),
    ]
    matched = match_results(cases, KNOWN)
    assert {place: row.verdict for place, row in matched.by_row.items()} == {
        ("ACC-10", 0): "passed", ("ACC-10", 1): "failed", ("ACC-1", None): "passed", ("ACC-2", None): "passed",
    }  # fmt: skip
    everywhere = [each.case for each in (*matched.matches, *matched.unmatched)]
    assert all(one in everywhere for one in cases)
