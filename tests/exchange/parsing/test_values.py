"""What cells mean."""

import pytest

from reqtrack.exchange.parsing import values


@pytest.mark.parametrize(
    ("cell", "tier"),
    [
        ("Must", "must"), ("must have", "must"), ("M", "must"), ("高", "must"), ("P0", "must"), ("P1", "must"),
        ("必须有", "must"), ("High (1)", "must"), ("HIGHEST", "must"), ("should", "should"), ("Should-have", "should"),
        ("中", "should"), ("P2", "should"), ("期望有", "should"), ("Medium", "should"), ("could", "later"), ("低", "later"),
        ("P3", "later"), ("以后加", "later"), ("Won’t have", "later"), ("nice to have", "later"), ("很急", None), ("1", None),
        ("", None), ("highly unusual", None),
    ],
)  # fmt: skip
def test_tiers(cell, tier):
    assert values.tier_of(cell) == tier


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("3", "3"), ("2.5", "2.5"), ("2,5", "2.5"), ("3 人天", "3"), ("约5天", "5"), ("0.50", "0.5"), ("10 days", "10"),
        ("１２", "12"), ("1,200", "1200"), ("100", "100"), ("3-5", None), ("abc", None), ("-1", None), ("8小时", None),
        ("1e9", None), ("", None), ("1,2,3", None), ("999999999", None),
    ],
)  # fmt: skip
def test_days(cell, days):
    assert values.days_of(cell) == days


@pytest.mark.parametrize(
    ("cell", "level"),
    [("一线", "frontline"), ("Manager", "manager"), ("总监", "executive"), ("C-level", "executive"), ("外包", None)],
)
def test_levels(cell, level):
    assert values.level_of(cell) == level


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        ("打开首页", ["打开首页"]),
        ("1. 打开\n2. 点\n", ["打开", "点"]),
        ("(1) 打开\r\n（2）点", ["打开", "点"]),
        ("- open\n- click", ["open", "click"]),
        ("Step 1: open\nStep 2: click", ["open", "click"]),
        ("打开\n\n点", ["打开", "点"]),
        ("1. 打开\n再点", ["1. 打开", "再点"]),
    ],
)
def test_steps(cell, steps):
    assert values.steps_of(cell) == steps


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("系统应显示订单。然后……", "系统应显示订单"),
        ("The system shall show v1.2 of it. More.", "The system shall show v1.2 of it"),
        ("first line\nsecond line", "first line"),
        ("word " * 60, ("word " * 23).strip() + "…"),
        ("长" * 200, "长" * 119 + "…"),
        ("  ", ""),
    ],
)
def test_first_sentence(text, title):
    assert values.first_sentence(text) == title
    assert len(title) <= 120
