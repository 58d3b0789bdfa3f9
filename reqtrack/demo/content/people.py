"""The company, the project, its members, and the people whose work it is about."""

from __future__ import annotations

from .model import Phase, Project, Stakeholder, T, User

PROJECT = Project(
    keys={"zh": "CRM", "en": "CRMEN"},
    name=T("CRM 推广", "CRM roll-out"),
    company=T("恒岳机电", "Hengyue Machinery"),
    about=T(
        "恒岳机电做减速机和伺服电机，四百来人，销售和服务一百四十人。前年上过一套 CRM：新建一个客户要翻八页、"
        "填二十三个必填项，"
        "报价和合同各批三级，培训半天。半年后只剩十九个人还登录。这一次先把主流程做顺，其余分期往后放。",
        "Hengyue Machinery makes gear reducers and servo motors: some 400 people, 140 of them in sales and "
        "service. The CRM of two "
        "years ago took eight pages and 23 required fields for a new customer, three approvals for each "
        "quote and three more for "
        "the contract, and came with half a day of training. Six months on, nineteen people still signed in. "
        "This time the main "
        "flows come first, and the rest follows by phase.",
    ),
    timezone="Asia/Shanghai",
    currency="CNY",
    day_rate="1800",
    phases=(
        Phase("p1", T("一期 · 主流程", "Phase 1 · Main flows"), "2026-09-07", "2026-12-18", "105"),
        Phase("p2", T("二期 · 服务与回款", "Phase 2 · Service and payments"), "2026-12-21", "2027-03-12", "60"),
    ),
    # Mid-autumn, National Day and New Year; two weekend days are worked for the long week in October.
    days_off=(
        "2026-09-25",
        "2026-10-01",
        "2026-10-02",
        "2026-10-03",
        "2026-10-04",
        "2026-10-05",
        "2026-10-06",
        "2026-10-07",
        "2027-01-01",
    ),
    days_on=("2026-09-20", "2026-10-10"),
    change_budget_days="20",
    change_budget_cost="36000",
)

USERS = (
    User("zhoulan", T("周岚", "Zhou Lan"), T("项目经理", "Project manager"), ("project_manager",)),
    User("chenliqun", T("陈立群", "Chen Liqun"), T("销售总监", "Sales director"), ("business_owner",)),
    User("guoyumei", T("郭玉梅", "Guo Yumei"), T("售后服务部经理", "After-sales service manager"), ("business_owner",)),
    User("linzhixia", T("林知夏", "Lin Zhixia"), T("需求分析师", "Analyst"), ("analyst",)),
    User("wuhao", T("吴昊", "Wu Hao"), T("信息部需求分析师", "Analyst, IT"), ("analyst",)),
    User("hemin", T("何敏", "He Min"), T("华东区关键用户", "Key user, East China"), ("tester",)),
    User("lixiaomei", T("李晓梅", "Li Xiaomei"), T("客服组长", "Service desk lead"), ("tester",)),
    User("wuminfang", T("吴敏芳", "Wu Minfang"), T("销售内勤", "Sales administrator"), ("contributor",)),
    User("sunqian", T("孙倩", "Sun Qian"), T("客服", "Service desk agent"), ("contributor",)),
    User("zhaolei", T("赵磊", "Zhao Lei"), T("实施顾问", "Implementation consultant"), ("implementer",)),
    User("fangwen", T("方文", "Fang Wen"), T("副总经理", "Deputy general manager"), ("sponsor",)),
    User("xujing", T("徐静", "Xu Jing"), T("内审专员", "Internal auditor"), ("auditor",)),
)

_SALES = T("销售部", "Sales")
_SERVICE = T("售后服务部", "After-sales service")
_MARKETING = T("市场部", "Marketing")
_FINANCE = T("财务部", "Finance")
_MANAGEMENT = T("总经办", "General management")
_EAST = T("华东区", "East China")
_NORTH = T("华北区", "North China")
_SOUTH = T("华南区", "South China")
_HEAD = T("总部", "Head office")
_REP = T("一线销售", "Sales rep")
_ENGINEER = T("服务工程师", "Service engineer")

STAKEHOLDERS = (
    Stakeholder("s-wang", T("王海涛", "Wang Haitao"), _SALES, _REP, "frontline", _EAST),
    Stakeholder("s-liqiang", T("李强", "Li Qiang"), _SALES, _REP, "frontline", _NORTH),
    Stakeholder("s-zhang", T("张晓峰", "Zhang Xiaofeng"), _SALES, _REP, "frontline", _SOUTH),
    Stakeholder("s-liu", T("刘建国", "Liu Jianguo"), _SALES, T("区域经理", "Regional manager"), "manager", _EAST),
    Stakeholder(
        "s-chen", T("陈立群", "Chen Liqun"), _SALES, T("销售总监", "Sales director"), "executive", _HEAD, "chenliqun"
    ),
    Stakeholder(
        "s-wu", T("吴敏芳", "Wu Minfang"), _SALES, T("销售内勤", "Sales administrator"), "frontline", _EAST, "wuminfang"
    ),
    Stakeholder(
        "s-ma", T("马丽娟", "Ma Lijuan"), _MARKETING, T("市场专员", "Marketing specialist"), "frontline", _HEAD
    ),
    Stakeholder("s-qian", T("钱慧", "Qian Hui"), _FINANCE, T("往来会计", "Receivables accountant"), "frontline", _HEAD),
    Stakeholder(
        "s-fang",
        T("方文", "Fang Wen"),
        _MANAGEMENT,
        T("副总经理", "Deputy general manager"),
        "executive",
        _HEAD,
        "fangwen",
    ),
    Stakeholder(
        "s-guo", T("郭玉梅", "Guo Yumei"), _SERVICE, T("服务部经理", "Service manager"), "manager", _HEAD, "guoyumei"
    ),
    Stakeholder(
        "s-sun", T("孙倩", "Sun Qian"), _SERVICE, T("客服", "Service desk agent"), "frontline", _HEAD, "sunqian"
    ),
    Stakeholder("s-feng", T("冯志刚", "Feng Zhigang"), _SERVICE, _ENGINEER, "frontline", _EAST),
    Stakeholder("s-heweidong", T("何卫东", "He Weidong"), _SERVICE, _ENGINEER, "frontline", _NORTH),
)
