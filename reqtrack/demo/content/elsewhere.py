"""Who is away soon, and what was agreed in a meeting and waits for its confirmation."""

from __future__ import annotations

from .model import Absence, Meeting, NewItem, T

ABSENCES = (
    Absence(
        "aw-chen",
        delegate="zhoulan",
        starts_on="2026-12-07",
        ends_on="2026-12-11",
        scope="decide",
        reason=T("去苏州参加经销商会。", "At the dealers’ meeting in Suzhou."),
    ),
)

MEETINGS = (
    Meeting(
        "cr-visit-photo",
        T("拜访记录可以附一张照片", "A visit note may carry one photo"),
        T(
            "维修工程师说现场拍一张比写十句清楚；11 月 23 日周会上已经定了。",
            "A photo on site says more than ten sentences, the engineers say; it was agreed in the weekly meeting of 23 November.",
        ),
        days="1.5",
        agreed_on="2026-11-23",
        where=T("11 月 23 日周会，纪要第 4 条", "Weekly meeting of 23 November, item 4 of the minutes"),
        deciders=("chenliqun",),
        edits=(
            NewItem(
                "r-visit-photo",
                "requirement",
                {
                    "title": T("拜访记录附一张照片", "One photo with a visit note"),
                    "statement": T(
                        "写拜访记录时可以当场拍照附上，最多 1 张；没有网络时先存在手机上，有网后 1 分钟内补传。",
                        "A visit note takes 1 photo, taken on the spot; without a network it is kept on the phone and sent within "
                        "1 minute of coming back.",
                    ),
                    "tier": "later",
                    "effort_days": "1.5",
                },
            ),
        ),
    ),
)
