"""A list from the workshop that came in at the end: one line says what is there already, and nobody has looked at it yet."""

from __future__ import annotations

from .model import Sheet, T

SHEETS = (
    Sheet(
        "sheet-workshop",
        T("11 月推广会记下的需求", "Wishes from the November workshop"),
        (
            (
                T("新客户录入时提示名称相近的客户", "Show similar customers while a new one is typed"),
                T(
                    "名称输入满两个字后 1 秒内，列出最多 5 家名称相近的客户，带区域、归属销售和最近跟进日期；“有限公司”、"
                    "地名和括号不算差别。",
                    "Within 1 second of the second character, up to 5 customers with similar names are listed with their "
                    "region, rep and last contact; “Co., Ltd.”, place names and brackets make no difference.",
                ),
            ),
            (
                T("出差申请也放进系统", "Travel requests in the system, too"),
                T(
                    "销售出差前在系统里申请，经理当天答复。",
                    "Reps ask in the system before they travel; the manager answers on the same day.",
                ),
            ),
            (
                T("客户生日前三天提醒", "A reminder three days before a customer’s birthday"),
                T("联系人生日前 3 天，提醒归属销售。", "3 days before a contact’s birthday the rep is reminded."),
            ),
        ),
    ),
)
