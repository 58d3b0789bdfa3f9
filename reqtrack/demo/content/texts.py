"""What the text checker finds in a statement and the project lets stand."""

from __future__ import annotations

from .model import LetStand, T

LET_STAND = (
    LetStand(
        "stands",
        ("r-deputy", "negative", "不可"),
        ("r-quote-phone", "escape_clauses", "usually"),
        T(
            "这是一条禁令：转交后只有代理人能批，验收时就试这一点。",
            "It is the figure that is shown, the median of the last 90 days, and no way out.",
        ),
    ),
)
