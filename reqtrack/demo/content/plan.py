"""Whom the project wants to hear, what it asks, and the talk that comes next."""

from __future__ import annotations

from .model import AskedOf, PlannedTalk, T, TakenSet, Wanted

_SALES = T("销售部", "Sales")
_SERVICE = T("售后服务部", "After-sales service")
_REP = T("一线销售", "Sales rep")
_ENGINEER = T("服务工程师", "Service engineer")
_DISPATCHER = T("派工员", "Dispatcher")

WANTED = (
    Wanted("w-reps", _REP, _SALES, 3),
    Wanted("w-engineers", _ENGINEER, _SERVICE, 2),
    # Nobody has named one yet.
    Wanted("w-dispatcher", _DISPATCHER, _SERVICE, 1),
    Wanted("w-engineers-repair", _ENGINEER, _SERVICE, 2, "p-repair"),
)

TAKEN_SETS = (
    TakenSet("qs-last-time", "last-time"),
    TakenSet("qs-hand-overs", "hand-overs"),
)

_WAITING = T("派出去以后，客户那边多久能等到人？", "Once sent, how long does the customer wait for somebody to come?")
_PARTS = T("到了现场缺零件，您怎么办？", "What do you do when a part is missing on site?")
_SIGNED = T("修好以后，谁在哪里签字？", "Who signs where when it is repaired?")

ASKED_OF = (
    AskedOf("ask-service", "i-service", ("p-repair",), (_WAITING, _PARTS, _SIGNED), covered=1),
    AskedOf("ask-wang-sales", "i-wang", ("p-lead-to-order",)),
    AskedOf("ask-liu-sales", "i-liu", ("p-lead-to-order",)),
)

PLANNED_TALKS = (
    PlannedTalk(
        "i-planned-engineer",
        T("何卫东：没有信号的地方怎么修", "He Weidong: repairing where there is no network"),
        ("s-heweidong",),
        ("p-repair",),
        "i-service",
        ("qs-last-time",),
    ),
)
