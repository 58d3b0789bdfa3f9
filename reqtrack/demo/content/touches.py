"""What people knew of a change that no link tells, and what a link tells that does not matter."""

from __future__ import annotations

from .model import T, Touch

TOUCHES = (
    Touch(
        "t-month-report",
        "c-two-levels",
        "r-month-report",
        T(
            "月报里有一栏“审批层级”，少了一级要改。",
            "The monthly report has a column for the level of approval; with one level fewer it changes.",
        ),
    ),
    Touch(
        "t-contract",
        "c-two-levels",
        "r-contract-direct",
        T("合同照报价走，审批几级对它没有影响。", "The contract follows its quote, however many levels approved that."),
        added=False,
    ),
)
