"""Bytes into text: every usual encoding, told or guessed, and broken bytes with their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.files.limits import Limits
from reqtrack.files.problems import FileProblem, Place
from reqtrack.files.text import check_text, read_text

CHINESE = "客户登录后，系统应在两秒内显示订单列表。\n销售员可以录入新的客户。\n"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (CHINESE, "utf-8", True),
        (CHINESE, "utf-8-sig", True),
        (CHINESE, "utf-16", True),
        (CHINESE, "utf-16-le", False),
        (CHINESE, "utf-16-be", False),
        ("plain,text\n1,2\n", "utf-16-le", False),
        (CHINESE, "gbk", False),
        (CHINESE, "gb18030", False),
        ("编号,标题\nR1,登录\n", "gbk", False),
        ("客戶登入後，系統應在兩秒內顯示訂單列表。", "big5", False),
        ("受注一覧を表示する。検索もできる。", "cp932", False),
        ("Der Käufer prüft die Öffnungszeiten für Zubehör", "latin-1", False),
        ("été à la crème, señor Müller naïve", "cp1252", False),
        ("Price: 5 € – “quoted”", "cp1252", False),
        ("4,5,©", "latin-1", False),
    ],
)
def test_usual_encodings_are_read(text, encoding, told):
    decoded = read_text(text.encode(encoding))
    assert decoded.text == text
    assert [problem.code for problem in decoded.warnings] == ([] if told else ["encoding"])


def test_a_guess_says_what_it_was():
    (warned,) = read_text(CHINESE.encode("gbk"), Place(file="a.csv")).warnings
    assert "GB18030" in str(warned)
    assert str(warned).startswith("a.csv: ")
    assert not warned.is_error


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"a,b,c\n\x00,2,3\n", 2, "1"),
        ("客户登录\x00后".encode(), 1, "13"),
        ("客户登录\x00客户登录后，系统".encode("gbk"), 1, "9"),
        (b"a\r\nb\rc\x00", 3, "2"),
    ],
)
def test_a_nul_is_refused_with_its_place(data, line, column):
    with pytest.raises(FileProblem) as caught:
        read_text(data, Place(file="a.csv"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("nul", Place(file="a.csv", line=line, column=column))


def test_a_file_that_is_not_what_its_mark_says_is_refused():
    with pytest.raises(FileProblem) as caught:
        read_text(b"\xef\xbb\xbfabc\nd\xff")
    assert caught.value.problems[0].place.line == 2


def test_line_ends_stay_and_can_be_made_alike():
    decoded = read_text(b"a\r\nb\rc\n")
    assert decoded.text == "a\r\nb\rc\n"
    assert decoded.unix == "a\nb\nc\n"


def test_half_characters_are_refused():
    with pytest.raises(FileProblem) as caught:
        check_text("a\nb\ud83d")
    assert (caught.value.problems[0].code, caught.value.problems[0].place.line) == ("surrogate", 2)


def test_lost_characters_are_counted():
    (warned,) = read_text("37�36'N 121�2'W".encode()).warnings
    assert warned.params["count"] == 2


def test_too_long_a_text_is_refused():
    with pytest.raises(FileProblem) as caught:
        read_text(b"x" * 101, limits=Limits(text_chars=100))
    assert caught.value.problems[0].code == "text_size"


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_utf8_is_never_mistaken(text):
    assert read_text(text.encode("utf-8-sig")).text == text


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data):
    try:
        text = read_text(data).text
    except FileProblem:
        return
    assert check_text(text) == text
