"""Which values are spellings of one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack.acceptance.data.spellings import spellings

# Twenty ways to write where a customer came from: six sources.
SOURCES = {
    "官网": 40, "官 网": 3, "官网 ": 2, "官网。": 1, "官網": 2,
    "转介绍": 30, "轉介紹": 2, "转介绍/": 1,
    "Google Ads": 25, "google ads": 5, "GoogleAds": 3, "Google-Ads": 2, "Ｇｏｏｇｌｅ Ads": 1, "Gogle Ads": 1,
    "展会": 20, "展 会": 1,
    "WeChat": 15, "wechat": 4, "Wechat.": 1,
    "电话": 12,
}  # fmt: skip


def test_twenty_spellings_of_a_source():
    found = {one.proposed: {value for value, _ in one.others} for one in spellings(SOURCES)}
    assert found == {
        "官网": {"官 网", "官网 ", "官网。", "官網"},
        "转介绍": {"轉介紹", "转介绍/"},
        "Google Ads": {"google ads", "GoogleAds", "Google-Ads", "Ｇｏｏｇｌｅ Ads", "Gogle Ads"},
        "展会": {"展 会"},
        "WeChat": {"wechat", "Wechat."},
    }
    assert [one.proposed for one in spellings(SOURCES) if one.by_slip] == ["Google Ads"]


@pytest.mark.parametrize(
    "counts",
    [
        {"华东分公司": 30, "华南分公司": 3},
        {"male": 30, "female": 3},
        {"active": 30, "inactive": 3},
        {"completed": 30, "uncompleted": 3},
        {"已付款项目": 30, "未已付款项目": 2},
        {"Phase 11": 30, "Phase 12": 3},
        {"SN0001": 30, "SN0002": 3},
        {"Iran": 30, "Iraq": 3},
        {"1.5": 30, "15": 3},
        {"-5": 30, "5": 3},
        {"上海": 30, "上饶": 3},
        {"N/A": 30, "n/a": 3},
        {"printing": 5, "painting": 5},
    ],
)
def test_what_is_another_value_stays_apart(counts):
    assert spellings(counts) == ()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("delivered", "delivred"), ("北京市分公司", "北京分公司"), ("Shanghai", "Shanghia"), ("received", "recieved")],
)
def test_slips(right, wrong):
    found = spellings({right: 30, wrong: 1})
    assert (found[0].proposed, found[0].others, found[0].by_slip) == (right, ((wrong, 1),), True)


@given(st.lists(st.text(alphabet="abAB 中國国-1.", max_size=8), max_size=40))
def test_each_value_is_in_one_group_at_most_and_counts_are_kept(values):
    counts = Counter(values)
    groups = [(one.proposed, *(value for value, _ in one.others)) for one in spellings(counts)]
    members = [value for group in groups for value in group]
    assert len(members) == len(set(members)) and set(members) <= set(values)
    for one in spellings(counts):
        assert one.count == counts[one.proposed] >= max(count for _, count in one.others)
