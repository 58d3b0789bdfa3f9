"""Sample data for the gallery page: one believable project in both languages, every state once."""

from __future__ import annotations

from datetime import date
from typing import Any


def _same(text: str) -> dict[str, str]:
    return {"op": "same", "text": text}


def _ins(text: str) -> dict[str, str]:
    return {"op": "ins", "text": text}


def _del(text: str) -> dict[str, str]:
    return {"op": "del", "text": text}


CHANGE_TEXT = [
    _same("折扣在 5% 以内、金额在 "),
    _del("20"),
    _ins("30"),
    _same(" 万元以内的报价，由区域经理一人审批；超出任一项的，再由销售总监审批"),
    _ins("，毛利低于 15% 的抄送副总"),
    _same("。"),
    _del("销售总监批准后，由副总终审。"),
]
ENGLISH_TEXT = [
    _same("New leads go to the "),
    _del("nearest"),
    _ins("responsible"),
    _same(" salesperson within "),
    _ins("one hour"),
    _same("."),
]
FINGERPRINT = "sha256:7c1e09af5b22d481e0379a1cc0d14f6b2a5e8830c9d7f4411b6e72a0d35f90c8"

TREE = [
    {
        "key": "REQ-21",
        "href": "#tree",
        "title": "报价按折扣和金额分级审批",
        "flags": [("被修改", "accent")],
        "children": [
            {
                "key": "ACC-12",
                "href": "#tree",
                "title": "折扣 5% 以内由区域经理直接批准",
                "relation": "验收于",
                "flags": [("3 行结果过期", "warn", "history")],
            },
            {
                "key": "REQ-47",
                "href": "#tree",
                "title": "报价单导出带审批人",
                "relation": "影响",
                "why": "版式里有“副总”签字栏",
                "children": [
                    {
                        "key": "ACC-15",
                        "href": "#tree",
                        "title": "Approve straight from the message",
                        "relation": "accepted by",
                    }
                ],
            },
        ],
    }
]
AFFECTED = [
    {
        "key": "ACC-12",
        "href": "#tree",
        "title": "折扣 5% 以内由区域经理直接批准",
        "path": ["REQ-21", "ACC-12"],
        "why": "3 行结果过期",
    },
    {
        "key": "REQ-47",
        "href": "#tree",
        "title": "报价单导出带审批人",
        "path": ["REQ-21", "REQ-47"],
        "why": "版式里有“副总”签字栏",
    },
    {
        "key": "ACC-15",
        "href": "#tree",
        "title": "Approve straight from the message",
        "path": ["REQ-21", "REQ-47", "ACC-15"],
    },
]
BARS = [
    {"name": "一期", "note": "现在", "load": 96, "limit": 100, "parts": [("must", 56), ("should", 29), ("later", 11)]},
    {
        "name": "Phase 1",
        "note": "after it",
        "load": 102.5,
        "limit": 100,
        "parts": [("must", 50), ("should", 29), ("later", 9), ("", 2), ("change", 6), ("add", 6.5)],
    },
    {"name": "Phase 3", "note": "", "load": 22, "limit": None, "parts": [("should", 6), ("later", 16)]},
    {"name": "Phase 4", "note": "", "load": 0, "limit": 60, "parts": []},
]
COLUMNS = [
    {"key": "key", "label": "Key", "sort": "#table", "sorted": "asc"},
    {"key": "title", "label": "Title", "title": True, "sort": "#table"},
    {"key": "tier", "label": "Priority"},
    {"key": "stage", "label": "Stage"},
    {"key": "cover", "label": "Covered", "desk": True},
    {"key": "days", "label": "Days", "align": "right"},
]
ROWS = [
    {
        "id": 12,
        "key": "REQ-12",
        "title": "新建客户只要三项：名称、手机、区域，标题再长也换行而不截断，因为断了的标题等于没有标题",
        "tier": "must",
        "stage": "approved",
        "cover": ("full", "full", "full", "pass"),
        "days": "4.0",
        "group": ("必须有", "2 条，9.5 人日"),
    },
    {
        "id": 15,
        "key": "REQ-15",
        "title": "One format for mobile numbers; ten ways of writing are one customer",
        "tier": "must",
        "stage": "verified",
        "cover": ("full", "half", "none", ""),
        "days": "5.5",
        "selected": True,
    },
    {
        "id": 18,
        "key": "REQ-18",
        "title": "拜访记录语音转文字，30 秒内可用",
        "tier": "should",
        "stage": "deferred",
        "cover": ("full", "full", "full", "fail"),
        "days": "4.0",
        "group": ("Should", "1"),
    },
    {
        "id": 44,
        "key": "REQ-44",
        "title": "Dealers place repeat orders themselves",
        "tier": "later",
        "stage": "rejected",
        "cover": ("half", "none", "none", "stale"),
        "days": "9.0",
        "group": ("Later", "1"),
    },
]
TIMELINE = [
    {
        "kind": "decision",
        "who": "陈立群",
        "text": "作了决定",
        "at": "2026-11-06T14:10",
        "when": "11 月 6 日 14:10",
        "note": "代理人也不在时转给销售内勤代收。",
    },
    {
        "kind": "signature",
        "who": "陈立群",
        "text": "签署了 BL-2",
        "at": "2026-10-28T17:35",
        "when": "10 月 28 日",
        "to": "approved",
        "from": "in_review",
    },
    {
        "kind": "revision",
        "who": "林知夏",
        "text": "改了正文",
        "at": "2026-10-26T11:02",
        "when": "10 月 26 日",
        "segments": CHANGE_TEXT,
    },
    {
        "kind": "revision",
        "who": "Anna Keller",
        "text": "edited",
        "at": "2026-10-25T09:00",
        "when": "25 Oct",
        "fields": [("Statement", ENGLISH_TEXT)],
    },
    {
        "kind": "question",
        "who": "Anna Keller",
        "text": "asked",
        "at": "2026-10-20T08:00",
        "when": "20 Oct",
        "note": "Who takes over when both managers travel?",
    },
    {
        "kind": "comment",
        "who": "吴敏芳",
        "text": "留言",
        "at": "2026-10-19T09:41",
        "when": "10 月 19 日",
        "note": "上个月两位区域经理同时去参展，单子停了三天。",
    },
    {
        "kind": "created",
        "who": "林知夏",
        "text": "由 INT-7 的摘录建立",
        "at": "2026-10-14T15:30",
        "when": "10 月 14 日",
    },
]
CARD = {
    "acceptance": "ACC-9",
    "title": "十种写法的手机号归为同一客户",
    "row": 3,
    "rows": 10,
    "data": [("客户名称", "苏州恒力纺机"), ("手机写法", "+86 138-1234-5678"), ("应归为", "13812345678")],
    "steps": [
        {"part": "given", "text": "客户“苏州恒力纺机”已存在", "mark": "passed"},
        {"part": "when", "text": "新建客户，手机填这一行的写法", "mark": "failed"},
        {"part": "then", "text": "提示“已有同一手机号的客户”", "hint": "应显示名称、区域和负责销售"},
    ],
    "href": "#run",
    "rows_href": "#run",
    "last": {"verdict": "stale", "words": "何敏 11-12"},
    "redline": ENGLISH_TEXT,
    "position": "31 of 54",
}
PHASES = [("1", "一期"), ("2", "二期"), ("3", "Phase 3")]
TIERS = [("must", "必须有", "t3"), ("should", "Should", "t2"), ("later", "以后加", "t1")]
NOTES = [
    ("王", "填一个客户要翻八页，我站在人家车间门口，哪有这个时间。先记本子上，回头想起来再补，一般就忘了。"),
    ("林", "不填完能存吗？"),
    ("王", "存不了，二十三个带星号的。后来我就填 111，反正能过。月底主管拉报表，客户数是上去了。"),
]
HITS = [
    {
        "label": "Items",
        "hits": [
            {
                "href": "#palette",
                "icon": "list-details",
                "key": "REQ-21",
                "parts": [("报价按折扣和金额分级", False), ("审批", True)],
                "stage": "approved",
            },
            {
                "href": "#palette",
                "icon": "git-pull-request",
                "key": "CR-11",
                "parts": [("报价", False), ("审批", True), ("由三级改为两级", False)],
                "stage": "deciding",
            },
        ],
    },
    {"label": "Do", "hits": [{"href": "#palette", "icon": "plus", "title": "Propose a change: “审批”", "keys": "C"}]},
]

SAMPLES: dict[str, Any] = {
    "change_text": CHANGE_TEXT,
    "english_text": ENGLISH_TEXT,
    "fingerprint": FINGERPRINT,
    "day": date(2026, 12, 5),
    "tree": TREE,
    "affected": AFFECTED,
    "bars": BARS,
    "columns": COLUMNS,
    "rows": ROWS,
    "timeline": TIMELINE,
    "card": CARD,
    "phases": PHASES,
    "tiers": TIERS,
    "notes": NOTES,
    "hits": HITS,
}
