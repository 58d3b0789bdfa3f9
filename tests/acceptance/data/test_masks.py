"""Masks: what they show, that equal stays equal, that nothing clear is left and nothing can be tried out."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack.acceptance.data.finding import Finder
from reqtrack.acceptance.data.hiding import hide, leaks
from reqtrack.acceptance.data.masks import Masks, masked
from reqtrack.acceptance.data.personal import KINDS


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("张三丰", "name", "张**"),
        ("张三", "name", "张*"),
        ("张", "name", "*"),
        ("欧阳锋", "name", "欧阳*"),
        ("欧阳", "name", "欧*"),
        ("张 三", "name", "张*"),
        ("诸葛孔明", "name", "诸葛**"),
        ("买买提·艾力", "name", "买*****"),
        ("John Smith", "name", "J*** S****"),
        ("J. Li", "name", "*. L*"),
        ("13800138000", "phone", "138****8000"),
        ("138 0013 8000", "phone", "138 **** 8000"),
        ("+86 138-0013-8000", "phone", "+86 138-****-8000"),
        ("021-62345678", "phone", "021-****5678"),
        ("12345", "phone", "1***5"),
        ("420106198001011234", "id", "4201**********1234"),
        ("E12345678", "id", "E1*****78"),
        ("6222 0200 0000 1234", "bank_card", "6222 **** **** 1234"),
        ("carol@x.com", "email", "c***@x.com"),
        ("c@x.com", "email", "***@x.com"),
        ("湖北省武汉市江岸区八一路5号", "address", "湖北省武汉市****"),
        ("5 Main Street, Springfield", "address", "****"),
        ("anything", "all", "***"),
    ],
)
def test_what_a_mask_shows(value, kind, shown):
    assert masked(value, kind) == shown


def test_equal_values_stay_equal_and_others_are_told_apart():
    with Masks() as masks:
        first, again, other = masks.mask("张三", "name"), masks.mask("张 三", "name"), masks.mask("张四", "name")
        assert masks.mask("138-0013-8000", "phone").replace("-", "") == masks.mask("13800138000", "phone")
        assert masks.mask("无", "name") == "无" and masks.mask("", "phone") == ""
    assert first == again == "张*" and other == "张*(2)"
    with pytest.raises(ValueError):
        masks.mask("张三", "name")


def test_nothing_of_what_is_hidden_is_in_the_masks():
    """The masks of numbers that differ only in what is hidden are the same in whatever set: there is nothing to try out."""
    for number in range(0, 10_000, 97):
        with Masks() as masks:
            assert masks.mask(f"138{number:04}8000", "phone") == "138****8000"
    with Masks() as one, Masks() as two:
        assert one._salt != two._salt and len(one._salt) == 32
        one.mask("13800138000", "phone")
        assert b"13800138000" not in json.dumps(repr(one._seen)).encode()
    assert one._salt is None and not one._seen


def test_numbers_inside_texts():
    with Masks() as masks:
        text = masks.mask("请回电１３８００１３８０００或 carol@x.com，证件420106198001011234。", "text")
    assert text == "请回电138****8000或 c***@x.com，证件4201**********1234。"


TABLE = [
    ["张三", "13800138000", "张三来电 138-0013-8000，改约周五"],
    ["李 四", "139 0013 9000", "与李四确认；抄送张三"],
    ["Li", "021-62345678", "Live demo for LI, then lunch"],
    ["无", "", "无"],
]


def test_hide_a_table():
    with Masks() as masks:
        hidden = hide(TABLE, {0: "name", 1: "phone"}, masks)
    assert hidden.rows == (
        ("张*", "138****8000", "张*来电 138****8000，改约周五"),
        ("李*", "139 **** 9000", "与李*确认；抄送张*"),
        ("L*", "021-****5678", "Live demo for L*, then lunch"),
        ("无", "", "无"),
    )
    assert (hidden.masked, hidden.elsewhere) == ({0: 3, 1: 3}, {2: 3})
    assert leaks({"姓名": [row[0] for row in TABLE], "电话": [row[1] for row in TABLE]}, hidden.rows) == []


def test_leaks_are_found_in_any_spelling_and_do_not_repeat_the_value():
    clear = {"姓名": ["张三"], "电话": ["13800138000"], "name": ["Li"]}
    stored = {
        "rows": [["ok", "致电 138 0013-8000"], ["１３８００１３８０００"]],
        "note": {"张三": 5},
        "n": 13800138000,
        "free": "Live, LI",
    }
    found = leaks(clear, stored)
    assert sorted(one.column for one in found) == ["name", "姓名", "电话", "电话", "电话"]
    assert not re.search("张三|13800138000|138 0013", repr(found))
    assert leaks(["5"], ["15", "a5"]) == [] and len(leaks(["5"], ["5"])) == 1


WORDS = st.sampled_from(
    ["张三", "李四", "13800138000", "c@x.com", "Li Ming", "上海市长宁区5号", "12345", "a", "无", "欧阳", "欧阳锋"]
)
CELLS = st.one_of(
    WORDS,
    st.text(max_size=12),
    st.lists(WORDS | st.text(max_size=3), max_size=4).map(" ".join),
    st.lists(WORDS, max_size=3).map("".join),
)


@given(
    st.lists(st.lists(CELLS, max_size=4), max_size=8),
    st.dictionaries(st.integers(0, 3), st.sampled_from([*KINDS, "all"]), max_size=3),
)
def test_nothing_clear_is_left(rows, columns):
    with Masks() as masks:
        hidden = hide(rows, columns, masks)
    clear = [
        row[index].strip() for index, kind in columns.items() if kind != "text" for row in rows if index < len(row)
    ]
    # One letter or digit that a mask shows, or that counts, is nobody's value.
    assert leaks([value for value in clear if len(value) > 2], hidden.rows) == []
    assert [len(row) for row in hidden.rows] == [len(row) for row in rows]


@given(st.lists(CELLS, min_size=1, max_size=8), st.text(max_size=10), st.text(max_size=10))
def test_what_is_found_stands_there(values, before, after):
    finder = Finder(values)
    text = before + values[0] + after
    at = 0
    for hit in finder.hits(text):
        assert at <= hit.start < hit.end <= len(text) and hit.value in values
        at = hit.end
