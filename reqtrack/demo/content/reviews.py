"""A review that was held, with what was said at it, and the next of its series."""

from __future__ import annotations

from .model import HeldReview, SaidLine, T

REVIEWS = (
    HeldReview(
        "rv-first",
        T("变更评审会", "Review of changes"),
        "2026-11-24",
        "17:00",
        45,
        2,
        T("二楼小会议室", "Small meeting room, second floor"),
        ("zhoulan", "chenliqun", "linzhixia"),
        (
            SaidLine(
                "c-two-levels",
                "noted",
                T(
                    "方文出差，周五回来再定；先把折扣上限那项看清楚，两项改的是同一句话。",
                    "Fang Wen is travelling and decides on Friday. Look at the discount limits first: both change the same sentence.",
                ),
            ),
            SaidLine(
                "c-discount-by-line", "approved", T("同意，按产品线分开。", "Yes, a limit for each product line.")
            ),
        ),
        T("下次先过没有业务场景的需求。", "Next time begin with the requirements that no scenario leads to."),
    ),
)
