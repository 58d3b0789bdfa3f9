"""What is written down already and backs requirements; figures that somebody told; what a marked passage left open."""

from __future__ import annotations

from .model import EvidenceDocument, Figure, Passage, PassageQuestion, T

DOCUMENTS = (
    EvidenceDocument(
        "d-service-contract",
        T("华东机床 2025 年度维修合同", "Service contract 2025 with Huadong Machine Tools"),
        "contract",
        "2025-03-01",
        T("原件在客服部档案柜，扫描件由孙倩提供。", "The original is in the service archive; Sun Qian gave the scan."),
        (
            Passage(
                "d-same-day",
                T(
                    "乙方应在接到报修电话后两个工作小时内答复上门时间。",
                    "Within two working hours of the call the contractor names the time of the visit.",
                ),
                T("第 4 页，7.2 条", "page 4, clause 7.2"),
                ("r-call-warranty",),
            ),
        ),
    ),
    EvidenceDocument(
        "d-old-sheet",
        T("内勤自己记的报价台账", "The quote list that the office keeps by hand"),
        "sheet",
        "2026-09-25",
        T(
            "每月二十五号合一次，谁记的行谁负责。",
            "Put together on the 25th of each month; whoever wrote a row answers for it.",
        ),
        (
            Passage(
                "d-cell",
                T("三级签，等副总，9 天", "Three signatures, waits for the VP, 9 days"),
                T("“三季度”表 F118 格", "sheet Q3, cell F118"),
                ("r-approval",),
            ),
        ),
    ),
)

FIGURES = (
    Figure(
        "n-accounts",
        "e-nineteen",
        T("上个月登录过的账号", "Accounts that signed in last month"),
        "19",
        T("个，共 140 个", "of 140"),
    ),
    Figure(
        "n-leads",
        "e-sixty-leads",
        T("展会后一周还没人碰的线索", "Leads of a fair untouched after a week"),
        "60+",
        T("条", "leads"),
    ),
)

PASSAGE_QUESTIONS = (
    PassageQuestion(
        "pq-basement",
        "i-wang",
        "e-basement",
        T(
            "车间地下室没信号时，手机里最多要存几条？",
            "Without a signal in the basement, how many records must the phone hold?",
        ),
        "s-ma",
    ),
)
