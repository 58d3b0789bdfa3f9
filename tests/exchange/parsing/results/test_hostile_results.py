"""Reports made to hurt, and files that are none: each is one sentence with file and place, soon."""

import json
import random
import time
from contextlib import suppress

import pytest

from reqtrack.exchange.parsing.results.reading import read_results
from reqtrack.files.door import open_upload
from reqtrack.files.problems import FileProblem
from tests.exchange.parsing.results.support import cucumber, element, junit, lines, read, run, step

DTD = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&e;"/></testsuite>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % d SYSTEM "x.dtd">%d;]><testsuite/>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><testsuite><testcase name='&a9;'/></testsuite>"
)
NESTED = "<testsuite>" * 5_000 + "<testcase name='a'/>" + "</testsuite>" * 5_000


def refused(data, name="a.xml", through=read_results):
    """The one problem of a file, through the child as a real one goes."""
    started = time.monotonic()
    with pytest.raises(FileProblem) as caught:
        through(open_upload(data.encode() if isinstance(data, str) else data, name))
    assert time.monotonic() - started < 20
    (problem,) = caught.value.problems
    assert problem.place.file == name
    assert "%(" not in problem.sentence()
    return problem


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (DTD, "xml_dtd"), (PARAMETER, "xml_dtd"), (LAUGHS, "xml_dtd"), (NESTED, "xml_depth"),
        ("[" * 100_000, "json_depth"), ('[{"elements":' * 50_000, "json_depth"), ('{"meta":' * 100_000, "json_depth"),
        ('{"meta": {}}\n' + "[" * 100_000, "json_depth"), ("[" + "9" * 10_000 + "]", "json"),
    ],
    ids=["dtd", "parameter", "laughs", "suites", "array", "objects", "message", "line", "number"],
)  # fmt: skip
def test_hostile_files_are_refused_by_the_child(data, code):
    assert refused(data).code == code


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        ("", "empty", 1), (" \n\n", "empty", 1), ("\ufeff", "empty", 1), ("hello", "not_results", 1), ("\n\n1", "not_results", 3),
        ("<a>", "xml", 1), ("<testsuite>\n<testcase", "xml", 2), ("\n<html/>", "not_results", None), ("<suites/>", "not_results", 1),
        ("{}", "not_results", None), ("{", "json", 1), ("[1, 2]", "not_results", None), ('{"a": [\n}', "json", 2),
        ('[{"elements": [\n{"name": "a",]}]', "json", 2), ('{"reqtrack": 1}', "not_results", None), ("null", "not_results", 1),
        (lines(*run(("PASSED",))) + '{"testCaseFin', "json", 9), ('{"meta": {"a": 1}, \n', "json", 1),
        (b"%PDF-1.7 x", "not_results", None), (b"\x89PNG\r\n\x1a\n\x00\x00", "not_results", None), (b"[\x00\x00", "nul", 1),
    ],
)  # fmt: skip
def test_what_is_no_report_is_one_sentence(data, code, line):
    def here(upload):
        return read(upload.data, upload.name)

    problem = refused(data, through=here)
    assert (problem.code, problem.place.line) == (code, line)


@pytest.mark.parametrize(
    ("report", "pointer"),
    [
        ([1, {"elements": []}], "/0"), ([{"elements": {}}], "/0/elements"), ([{"elements": ["x"]}], "/0/elements/0"),
        ([{"elements": [{"steps": "x"}]}], "/0/elements/0/steps"), ([{"elements": [{"steps": [None]}]}], "/0/elements/0/steps/0"),
        ([{"elements": [{"steps": [{"result": "passed"}]}]}], "/0/elements/0/steps/0/result"),
        ([{"elements": [{"before": [[]]}]}], "/0/elements/0/before/0"),
    ],
)  # fmt: skip
def test_json_of_another_shape_is_refused_with_its_place(report, pointer):
    with pytest.raises(FileProblem) as caught:
        read(json.dumps(report), "a.json")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.member) == ("not_results", pointer)


def test_characters_that_no_text_may_hold_are_replaced_and_said():
    found = read(cucumber(element("a\x00b\ud800", step())))
    assert found.cases[0].name == "a\ufffdb\ufffd"
    assert [(each.code, each.params["count"]) for each in found.warnings] == [("lost_characters", 1)]
    found.cases[0].name.encode()


def test_what_the_child_hands_over_comes_back_whole():
    suite_error = "<error message='m'>d</error>"
    cases = "<testcase name='A - Example #2.1' time='1'><flakyFailure message='x'/></testcase><testcase name='b' time='-1'/>"
    for data in (
        junit(cases + suite_error, tests=9),
        cucumber(element(tags=[{"name": "@a"}])),
        lines(*run(("FAILED",), ("PASSED",), retried=(0,))),
    ):
        assert read_results(open_upload(data.encode(), "a.xml")) == read(data)


def values(node, path=()):
    """The places of all values in parsed JSON."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*path, key)
        yield from values(value, (*path, key))


ODD = [None, 0, -1, 1e308, True, "", "x", "\x00", [], {}, [[]], [None], {"a": None}, [{"name": 3}]]


def scenarios():
    return json.loads(cucumber(element("S", step(), id="f;s;;2", tags=[{"name": "@a"}], before=[step()])))


def messages():
    pickle = {"id": "p", "name": "S", "astNodeIds": ["1", "2"], "tags": [{"name": "@a"}], "location": {"line": 3}}
    table = {"tableHeader": {"cells": [{"value": "a"}]}, "tableBody": [{"id": "2", "cells": [{"value": "1"}]}]}
    scenario = {"id": "1", "name": "S", "examples": [table]}
    document = {"feature": {"name": "F", "children": [{"scenario": scenario}, {"rule": {"name": "R", "children": []}}]}}
    return [{"gherkinDocument": document}, *run(("FAILED",), ("PASSED",), retried=(0,), pickle=pickle)]


@pytest.mark.parametrize(("make", "write"), [(scenarios, json.dumps), (messages, lambda report: lines(*report))])
def test_any_value_may_be_anything(make, write):
    """Each value of a sound report in turn replaced by something odd: read or refused, never an accident."""
    chance, tried = random.Random(5), 0
    for path in list(values(make())):
        for odd in chance.sample(ODD, 6):
            report = make()
            inner = report
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = odd
            with suppress(FileProblem):
                read(write(report))
            tried += 1
    assert tried > 150
