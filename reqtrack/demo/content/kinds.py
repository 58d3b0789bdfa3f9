"""Changes that go another way than most: one that an owner approved beforehand, and one that could not wait."""

from __future__ import annotations

from .model import FieldEdit, NewItem, Rush, T, Template

TEMPLATES = (
    Template(
        "ct-words",
        T("改界面上的叫法", "Other words on a screen"),
        T(
            "只改一句话或一个标题的叫法，不改系统做什么；一线提出来当天就能改好。",
            "Other words for a title or a sentence; what the system does stays. What the frontline asks for is done the same day.",
        ),
        most_days="0.5",
        most_items=2,
        fields=("title", "statement"),
        tiers=("should", "later"),
    ),
)

RUSHED = (
    Rush(
        "cr-copy-words",
        T("“从旧报价开始”改叫“照旧报价另做一份”", "Call it “copy an earlier quote”"),
        T(
            "大家口头都说“照着旧的另做一份”，按钮上写“从旧报价开始”没人认得。",
            "Everybody says “copy the old one”; nobody finds it under “start from an earlier quote”.",
        ),
        template="ct-words",
        days="0.25",
        edits=(
            FieldEdit(
                "r-quote-copy",
                "title",
                T("照旧报价另做一份，标出调过价的行", "An earlier quote is copied, with changed prices marked"),
            ),
        ),
    ),
    Rush(
        "cr-print-orders",
        T("断网时能打印当天的派工单", "The day’s orders can be printed while the network is down"),
        T(
            "11 月 23 日城西机房断网三小时，调度只能打电话报地址，两台车跑错了地方。",
            "On 23 November the west office had no network for three hours; addresses went by phone, and two vans drove to the wrong place.",
        ),
        days="",
        edits=(
            NewItem(
                "r-print-orders",
                "requirement",
                {
                    "title": T("断网时能打印当天的派工单", "The day’s orders can be printed while the network is down"),
                    "statement": T(
                        "每天早上 6 点，系统把当天的派工单存成一份可打印的文件放在调度员的电脑上；断网时调度员在 1 分钟内打印出来。",
                        "Every day at 6 a.m. the system keeps the day’s orders as a printable file on the dispatcher’s computer; "
                        "without a network the dispatcher prints them within 1 minute.",
                    ),
                    "effort_days": "1",
                },
            ),
        ),
    ),
)
