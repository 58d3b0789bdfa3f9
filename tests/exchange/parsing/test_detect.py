"""Which reader a file is for."""

import pytest

from reqtrack.exchange.parsing.detect import detect, refuse_kind
from reqtrack.exchange.parsing.reading import read_upload
from reqtrack.files.door import open_upload
from reqtrack.files.problems import FileProblem, Place

CORPUS = {
    "test_reqif_is_told_apart": lambda name: name.startswith("reqif/") and "bad/" not in name,
    "test_results_are_told_apart": ("results/junit/", "results/cucumber_json/"),
    "test_survey_answers_are_a_table": "interviews/jupyter",
}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.feature", "anything", "gherkin"),
        ("a.feature.md", "# Feature: x", "gherkin"),
        ("a.txt", "# comment\n@tag\nFeature: x\n", "gherkin"),
        ("a.txt", "# language: zh-CN\n功能: 登录\n", "gherkin"),
        ("a", "功能: 登录\n  场景: x\n", "gherkin"),
        ("a.csv", "one column\nx\n", "table"),
        ("a.csv", "[x],{y}\n1,2\n", "table"),
        ("a.csv", "<p>,b\n1,2\n", "table"),
        ("a.txt", "a\tb\n1\t2\n", "table"),
        ("a.txt", "编号;标题;描述\n1;a;b\n2;c;d\n", "table"),
        ("a.md", "# Notes\n> quote\n", "notes"),
        ("a.md", "<p align=center>Notes</p>\n", "notes"),
        ("a.txt", "We met, talked, and agreed.\nThen we left.\nMore, later, perhaps, on.\n", "notes"),
        ("a", "访谈记录\n王敏说每天要翻八页。\n", "notes"),
        ("a.xml", "<?xml version='1.0'?><REQ-IF xmlns='x'/>", "reqif"),
        ("a.xml", "<?xml version='1.0'?><!-- <b> --><testsuites/>", "junit"),
        ("a.json", '[{"keyword": "Feature", "elements": []}]', "cucumber"),
        ("a.ndjson", '{"meta": {"protocolVersion": "1"}}\n{"testRunStarted": {}}', "cucumber"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_kinds(name, text, kind, encoding):
    if encoding == "gb18030" and kind in ("reqif", "junit", "cucumber"):
        text += " "
    assert detect(open_upload(text.encode(encoding), name)) == kind


def test_reqif_is_told_apart(real):
    assert detect(real.upload()) == "reqif"


def test_results_are_told_apart(real):
    # An empty file is no result; features that hold no scenario are some.
    if real.expected.get("outcome") == "reject":
        with pytest.raises(FileProblem):
            detect(real.upload())
    else:
        assert detect(real.upload()) == ("junit" if "/junit/" in real.name else "cucumber")


def test_survey_answers_are_a_table(real):
    assert detect(real.upload()) == "table"


@pytest.mark.parametrize(
    "kind", ["reqif", "junit", "cucumber", "archive", "strictdoc", "zip", "rar", "video", "nonsense"]
)
def test_every_kind_has_a_sentence(kind):
    (problem,) = refuse_kind(kind, Place(file="a")).problems
    assert str(problem).startswith("a: ")
    assert problem.mend


def test_what_cannot_be_taken_is_refused_and_not_counted_as_nothing():
    upload = open_upload(b"<?xml version='1.0'?><REQ-IF/>", "a.reqif")
    with pytest.raises(FileProblem) as caught:
        read_upload(upload)
    assert "ReqIF" in str(caught.value)
