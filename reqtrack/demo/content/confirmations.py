"""Who was asked by a link whether the write-up is right, and what they answered."""

from __future__ import annotations

from .model import Asking, T

ASKINGS = (
    Asking("ask-wang", "i-wang", "s-wang", confirms=True, shown_as=(("e-on-a-plane", "role"),)),
    # Never answered.
    Asking("ask-liu", "i-liu", "s-liu"),
    Asking(
        "ask-feng",
        "i-service",
        "s-feng",
        words=(
            (
                T("到了才知道是第三次了，上回换的就是这个轴承。", "I get there and learn it is the third time"),
                T(
                    "那次不是我，是周师傅去的。第三次这个数是对的，派工单能查到。",
                    "That was not me, it was Zhou. Three times is right, the work orders show it.",
                ),
            ),
        ),
    ),
)
