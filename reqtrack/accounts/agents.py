"""What a browser calls itself, in words that its owner knows it by."""

from __future__ import annotations

# The first that is found counts: many call themselves by the names of others too.
BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Lark/", "Feishu"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def known_as(agent: str) -> str:
    """``Chrome · Windows``; what is not known is shown as it calls itself, shortened."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in names if name) or agent[:60]


def is_phone(agent: str) -> bool:
    """Whether it is held in a hand."""
    return "Mobi" in agent or "Android" in agent or "iPhone" in agent
