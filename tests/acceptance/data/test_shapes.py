"""Shapes, the patterns that they are, the formats with a name, and what texts mean."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack.acceptance.data.cells import fold, text_of
from reqtrack.acceptance.data.formats import FORMATS, named
from reqtrack.acceptance.data.numbers import is_card_number, is_credit_code, is_id_card
from reqtrack.acceptance.data.patterns import PatternError, compiled
from reqtrack.acceptance.data.shapes import LONGEST, shape
from reqtrack.acceptance.data.values import date_of, is_doubtful, number_of, yes_no_of

# Ten ways to write one number, as they stand in real customer lists.
PHONES = {
    "13800138000": "d×11",
    "138 0013 8000": "ddd dddd dddd",
    "138-0013-8000": "ddd-dddd-dddd",
    "+8613800138000": "+d×13",
    "+86 138 0013 8000": "+dd ddd dddd dddd",
    "+86-13800138000": "+dd-d×11",
    "(+86)13800138000": "(+dd)d×11",
    "008613800138000": "d×15",
    "86-138-0013-8000": "dd-ddd-dddd-dddd",
    "１３８００１３８０００": "ｄ×11",
}


def test_ten_shapes_of_a_phone_number():
    assert {phone: shape(phone) for phone in PHONES} == PHONES
    assert len(set(PHONES.values())) == 10
    assert {FORMATS[named(phone)].family for phone in PHONES} == {"phone"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("SN001", "AAddd"),
        ("张三", "中中"),
        ("上海市长宁区", "中…"),
        ("2026年1月3日", "dddd中d中d中"),
        ("iPhone 15", "aAaaaa dd"),
        ("a*b", 'a"*"a'),
        ("买买提·艾力", "中中中·中中"),
        ("", ""),
    ],
)
def test_shapes(value, expected):
    assert shape(value) == expected


@given(st.text(max_size=120))
def test_what_has_a_shape_fits_it(value):
    found = shape(value)
    assert len(found) <= LONGEST + 1
    try:
        pattern = compiled(found)
    except PatternError as error:  # a shape is made of signs alone, so no word of it can mix them with letters
        pytest.fail(str(error.reason))
    assert pattern.fullmatch(value)


@given(st.text(alphabet="0123456789aAzZ中文-[]*\"×… ·'", max_size=90))
def test_what_has_a_shape_fits_it_with_signs(value):
    assert compiled(shape(value)).fullmatch(value)


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ('"SN"-dddd', ["SN-0001"], ["SN-001", "sn-0001", "SN0001"]),
        ("C-d×1-3", ["C-1", "C-123"], ["C-", "C-1234"]),
        ("ddd[-]dddd", ["1234567", "123-4567"], ["123--4567"]),
        ("中…", ["上海市长宁"], ["上海"]),
        ('"order"*', ["order 5", "order"], ["Order"]),
        ("d.d", ["1.5"], ["1x5"]),
        ("11位", ["13812345678"], ["1381234567", "11位"]),
        ("11 digits", ["13812345678"], ["138123456789"]),
    ],
)
def test_patterns(pattern, fits, does_not):
    assert all(compiled(pattern).fullmatch(value) for value in fits)
    assert not any(compiled(pattern).fullmatch(value) for value in does_not)


@pytest.mark.parametrize(
    ("pattern", "code", "says"),
    [
        ("order-ddd", "pattern_word", "quotation marks"),
        ("dd[d", "pattern_open", "close"),
        ("dd]", "pattern_unread", "]"),
        ("d×5-2", "pattern_count", "×5-2"),
        ("×3", "pattern_unread", "×3"),
        ('"SN', "pattern_unread", '"SN'),
        ("d" * 121, "pattern_long", "120"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_where(pattern, code, says):
    with pytest.raises(PatternError) as caught:
        compiled(pattern)
    assert caught.value.reason.code == code
    assert says in str(caught.value.reason)


NAMED = {
    "010-62345678": "landline_cn",
    "(020)87654321": "landline_cn",
    "021-62345678转801": "landline_cn",
    "400-800-1234": "hotline_cn",
    "+1 (415) 555-2671": "phone_international",
    "2026-01-03": "date_iso",
    "2026-01-03 08:30:00": "time_iso",
    "2026年1月3日": "date_zh",
    "2026/1/3": "date_year_first",
    "20260103": "date_compact",
    "13/04/2026": "date_dmy",
    "04/13/2026": "date_mdy",
    "03/04/2026": "date_doubtful",
    "12 December 2021": "date_worded",
    "c@x.com": "email",
    "11010519491231002X": "id_card_cn",
    "110105194912310021": "id_card_wrong",
    "91350100M000100Y43": "credit_code_cn",
    "4111 1111 1111 1111": "bank_card",
    "¥1,234.50": "money_signed",
    "￥19.99": "money_signed",
    "1,234.5元": "money_signed",
    "1,234": "number_parted",
    "1.234,5": "number_european",
    "10%": "percent",
    "12": "integer",
    "-1.5": "decimal",
    "是": "yes_no",
    "Yes": "yes_no",
    "N/A": "nothing",
    "无": "nothing",
    "https://example.org/a": "address",
    "2026-02-30": "",
    "张三": "",
    "12800138000": "integer",
}


@pytest.mark.parametrize(("value", "name"), NAMED.items())
def test_formats_with_a_name(value, name):
    assert named(value) == name


@given(st.text(max_size=80))
def test_whatever_is_named_keeps_the_form(value):
    name = named(value)
    assert name == named(value, shape(value))
    assert not name or (FORMATS[name].form.fullmatch(fold(value)) and FORMATS[name].holds(fold(value)))


def test_check_digits_find_every_single_slip():
    for good, holds in (
        ("11010519491231002X", is_id_card),
        ("91350100M000100Y43", is_credit_code),
        ("4111111111111111", is_card_number),
    ):
        assert holds(good)
        for place, char in enumerate(good):
            for other in set("0123456789") - {char}:
                assert not holds(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"),
        ("￥19.99", "19.99"),
        ("１２３", "123"),
        ("3.5万元", "35000.0"),
        ("12%", "0.12"),
        ("(5)", "-5"),
        ("-5", "-5"),
        ("¥-5", "-5"),
        ("1.234,5", "1234.5"),
        ("12,5", "12.5"),
        ("5元", "5"),
    ],
)
def test_numbers(text, value):
    assert number_of(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1 2 3", "12-13", "(5", "5)", "1,23", "1.2.3", "九", "1e5"])
def test_what_is_no_number(text):
    assert number_of(text) in (None, Decimal("1.23"))
    assert (number_of(text) is None) == (text != "1,23")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_number_in_any_writing_is_itself(number):
    assert number_of(f"{number:,}") == number
    assert number_of(str(number)) == number
    assert number_of(f"{number}元") == number


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_a_day_in_any_writing_is_itself(day):
    for written in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%d %B %Y}",
    ):
        assert date_of(written) == day
    assert date_of(f"{day:%d/%m/%Y}", "dmy") == day == date_of(f"{day:%m/%d/%Y}", "mdy")
    guessed = date_of(f"{day:%d/%m/%Y}")
    assert guessed in (day, None)
    assert (guessed is None) == is_doubtful(f"{day:%d/%m/%Y}") == (day.day <= 12 and day.day != day.month)


def test_yes_and_no():
    assert [yes_no_of(word) for word in ("是", "Ｙｅｓ", "1", "否", "no", "×", "也许", "")] == [True] * 3 + [
        False
    ] * 3 + [None] * 2


def test_cells_of_any_kind_are_text():
    cells = [
        None,
        5,
        5.0,
        1e20,
        0.1,
        True,
        date(2026, 1, 3),
        datetime(2026, 1, 3),  # noqa: DTZ001 as readers of workbooks give it
        datetime(2026, 1, 3, 8, 30),  # noqa: DTZ001
        " x ",
        Decimal("2.50"),
    ]
    texts = [
        "",
        "5",
        "5",
        "100000000000000000000",
        "0.1",
        "true",
        "2026-01-03",
        "2026-01-03",
        "2026-01-03 08:30:00",
        "x",
        "2.5",
    ]
    assert [text_of(cell) for cell in cells] == texts
    assert text_of(float("nan")) == "NaN"
