"""Two processes, from end to end, with what each step asks of people today and as planned; and what is known of days that are
not as usual."""

from __future__ import annotations

from .model import FlowAnswers, Process, ProcessStep, T

_REP = T("一线销售", "Sales rep")
_MANAGER = T("区域经理", "Regional manager")
_ADMIN = T("销售内勤", "Sales administrator")
_MARKETING = T("市场专员", "Marketing specialist")
_DESK = T("客服", "Service desk agent")
_ENGINEER = T("服务工程师", "Service engineer")
_STOCK = T("仓管员", "Storekeeper")
_ACCOUNTS = T("财务", "Accounts clerk")
_CUSTOMER, _QUOTE = T("客户", "customer"), T("报价单", "quote")

PROCESSES = (
    Process(
        "p-lead-to-order",
        T("从线索到回款", "From lead to payment"),
        T(
            "从展会、网站或电话来的一条线索开始，到货款到账为止。",
            "From a lead at a fair, on the website or by phone until the money has arrived.",
        ),
        (
            ProcessStep(T("记下线索", "Note the lead"), _MARKETING, "system", T("线索", "lead"), (1, 1), (6, 3)),
            ProcessStep(T("分给销售", "Hand it to a rep"), _MARKETING, "system", T("线索", "lead"), (1, 0)),
            ProcessStep(T("建客户", "Create the customer"), _REP, "system", _CUSTOMER, (8, 1), (23, 3)),
            ProcessStep(T("记一次拜访", "Note a visit"), _REP, "hand", T("拜访记录", "visit note")),
            ProcessStep(T("报价", "Quote"), _REP, "system", _QUOTE, (2, 1), (14, 9)),
            ProcessStep(T("批价格", "Approve the price"), _MANAGER, "system", _QUOTE, approvals=(3, 2)),
            ProcessStep(T("转成合同", "Make it a contract"), _ADMIN, "system", T("合同", "contract"), (1, 0), approvals=(3, 0)),
            ProcessStep(T("录入 ERP 订单", "Enter the order in the ERP"), _ADMIN, "hand", T("订单", "order"), (4, 0)),
            ProcessStep(T("收款对账", "Match the payment"), _ACCOUNTS, "hand", T("回款", "payment")),
        ),
        (
            ("sc-fair-cards", (1,)), ("sc-leads", (2,)), ("sc-new-customer", (3,)), ("sc-contact-moved", (3,)),
            ("sc-visit-note", (4,)), ("sc-no-signal", (3, 4)), ("sc-quote-on-spot", (5, 6)), ("sc-repeat-order", (5,)),
            ("sc-small-discount", (6,)), ("sc-approver-away", (6,)), ("sc-quote-to-contract", (7, 8)),
        ),
    ),
    Process(
        "p-repair",
        T("从报修到回访", "From repair call to follow-up"),
        T("从客户打来电话开始，到确认设备已经修好为止。", "From the customer’s call until it is certain that the machine runs."),
        (
            ProcessStep(T("认出客户和设备", "Recognise customer and machine"), _DESK, "system", _CUSTOMER, (3, 1), (9, 2)),
            ProcessStep(T("看保修和以往维修", "See warranty and earlier repairs"), _DESK, "system", T("设备", "machine"), (1, 0)),
            ProcessStep(T("派给工程师", "Send an engineer"), _DESK, "system", T("派工单", "service order"), (1, 1), (5, 3)),
            ProcessStep(T("备好备件", "Have the parts ready"), _STOCK, "hand", T("备件", "spare parts")),
            ProcessStep(T("上门维修", "Repair on site"), _ENGINEER, "hand", T("设备", "machine")),
            ProcessStep(T("当场关单", "Close the order there"), _ENGINEER, "system", T("派工单", "service order"), (2, 1), (12, 4)),
            ProcessStep(T("电话回访", "Ring the customer again"), _DESK, "hand"),
        ),
        (("sc-repair-call", (1, 2, 3)), ("sc-no-serial", (1,)), ("sc-repair-visit", (5, 6))),
    ),
)  # fmt: skip

FLOW_ANSWERS = (
    FlowAnswers(
        "f-new-customer",
        "sc-new-customer",
        (("offline", "sc-no-signal"), ("correction", "sc-contact-moved")),
        (("partial", "s-wang", "2026-09-16"),),
    ),
    FlowAnswers(
        "f-quote-on-spot",
        "sc-quote-on-spot",
        (("absence", "sc-approver-away"), ("exception", "sc-small-discount"), ("duplicate", "sc-repeat-order")),
        (("offline", "s-liu", "2026-09-18"),),
    ),
    FlowAnswers("f-repair-call", "sc-repair-call", (("wrong_data", "sc-no-serial"),), ()),
)
