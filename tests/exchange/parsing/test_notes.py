"""Interview notes: title, date, quotes and who said them."""

import pytest

from reqtrack.exchange.parsing.drafts import NotesDraft
from reqtrack.exchange.parsing.notes import read_notes
from reqtrack.files.problems import FileProblem

CHINESE = """# 访谈：销售内勤

日期：2026年3月5日

> “录一个客户要翻八页。”——受访者 3（销售内勤）

> 合同要签三次
> 改一个字也要三次

```
> 这不是原话
# 这不是标题
```
"""


def test_chinese_notes():
    draft = read_notes(CHINESE, "a.md")
    assert (draft.title, draft.held_on, draft.participants) == ("访谈：销售内勤", "2026-03-05", ["3"])
    first, second = draft.quotes
    assert (first.text, first.participant, first.job_role, first.line) == ("录一个客户要翻八页。", "3", "销售内勤", 5)
    assert (second.text, second.lines) == ("合同要签三次\n改一个字也要三次", 2)
    assert all(quote.raw in draft.notes for quote in draft.quotes)
    assert draft.notes == CHINESE
    assert NotesDraft.from_plain(draft.to_plain()) == draft


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("no heading at all", "王敏_访谈-2026.md", "王敏 访谈 2026"),
        ("## second level\n# first level\n", "a.md", "first level"),
        ("\n\nfirst words\nmore", "", "first words"),
    ],
)
def test_there_is_always_a_title(text, name, title):
    assert read_notes(text, name).title == title


@pytest.mark.parametrize("date", ["Date: 2026-02-30", "Date: 2026-13-01", "Date: soon", "updated 2026-01-01"])
def test_a_date_is_not_guessed(date):
    assert read_notes(date).held_on == ""


def test_a_dash_inside_a_quote_is_no_speaker():
    (quote,) = read_notes("> Seven - ten users\n").quotes
    assert (quote.text, quote.participant) == ("Seven - ten users", "")


def test_more_than_one_title_is_said_and_nothing_is_refused():
    assert [problem.code for problem in read_notes("# a\n# b\n").warnings] == ["titles"]
    with pytest.raises(FileProblem):
        read_notes(" \n\n", "a.md")
