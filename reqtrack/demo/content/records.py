"""What acceptance is tested on: the data dictionary, real customers with what is personal masked, the defects that they showed; and
the branch of the scope that the pilot runs on."""

from __future__ import annotations

from .model import Branch, DataSet, Defect, Field, T

_NAME, _CONTACT, _PHONE = T("客户名称", "customer"), T("联系人", "contact"), T("手机", "mobile")
_SOURCE, _REGION = T("来源", "source"), T("区域", "region")
_FAIR, _REFERRAL, _WEB, _CALL = (
    T("展会", "Trade fair"),
    T("客户介绍", "Referral"),
    T("官网", "Web site"),
    T("来电", "Call"),
)
_EAST, _SOUTH, _NORTH = T("华东区", "East China"), T("华南区", "South China"), T("华北区", "North China")

FIELDS = (
    Field("fd-customer", _NAME, T("与合同、发票上的全称一致", "As on contract and invoice"), required=True, unique=True),
    Field("fd-mobile", _PHONE, T("联系人的手机，只存一种写法", "Of the contact, kept in one way of writing"), format="phone", required=True),
    Field(
        "fd-source", _SOURCE, T("线索从哪里来，六项里选一项", "Where the lead came from, one of six"), type="choice",
        allowed=(_FAIR, _REFERRAL, _WEB, _CALL, T("自主开发", "Own effort"), T("经销商", "Dealer")),
    ),
    Field("fd-region", _REGION, T("按它分线索", "Leads are handed out by it"), type="choice", allowed=(_EAST, _SOUTH, _NORTH)),
)  # fmt: skip

DATA_SETS = (
    DataSet(
        "ds-customers",
        T("旧 CRM 客户抽样", "Customers of the old CRM, a sample"),
        T("旧 CRM", "Old CRM"),
        "2026-10-28",
        T("吴昊", "Wu Hao"),
        T("每十五家抽一家，手机和来源照旧表的写法。", "One in fifteen; mobiles and sources as the old sheet has them."),
        (_NAME, _CONTACT, _PHONE, _SOURCE, _REGION),
        ("fd-customer", "", "fd-mobile", "fd-source", "fd-region"),
        ("", "name", "phone", "", ""),
        (
            (T("苏州恒力纺机", "Suzhou Hengli Textile Machinery"), T("钱卫东", "Qian Weidong"), "13812345678", T("展会", "Trade fair"), _EAST),
            (T("无锡宏盛传动", "Wuxi Hongsheng Drives"), T("沈建平", "Shen Jianping"), "138 2345 6789", T("上海展", "Shanghai fair"), _EAST),
            (T("昆山泰丰机械", "Kunshan Taifeng Machinery"), T("陆敏", "Lu Min"), "139-3456-7890", T("工博会", "CIIF"), _EAST),
            (T("佛山锦利包装", "Foshan Jinli Packaging"), T("何志强", "He Zhiqiang"), "+86 136 4567 8901", T("转介绍", "referral"), _SOUTH),
            (T("天津东易输送", "Tianjin Dongyi Conveyors"), T("孟祥", "Meng Xiang"), "8613756789012", T("官网", "Web site"), _NORTH),
            (T("常州百川轴承", "Changzhou Baichuan Bearings"), T("顾海峰", "Gu Haifeng"), "(0519) 8567 1234", T("来电", "Call"), _EAST),
            (T("南通远航起重", "Nantong Yuanhang Cranes"), T("徐丽华", "Xu Lihua"), "0513-8123 4567", T("400 电话", "hotline"), _EAST),
            (T("中山志成五金", "Zhongshan Zhicheng Hardware"), T("梁伟", "Liang Wei"), "137 6789 0123", T("老客户介绍", "old customer"), _SOUTH),
            (T("东莞启明自动化", "Dongguan Qiming Automation"), T("黄晓东", "Huang Xiaodong"), "135.7890.1234", T("百度", "search"), _SOUTH),
            (T("石家庄冀中泵业", "Shijiazhuang Jizhong Pumps"), T("赵国强", "Zhao Guoqiang"), "13478901235", T("陌拜", "cold call"), _NORTH),
            (T("济南鲁信锻压", "Jinan Luxin Forging"), T("宋立新", "Song Lixin"), "+86-133-8901-2346", T("经销商", "Dealer"), _NORTH),
            (T("宁波甬江模具", "Ningbo Yongjiang Moulds"), T("周平", "Zhou Ping"), "", "", _EAST),
        ),
    ),
)  # fmt: skip

DEFECTS = (
    Defect(
        "bug-large-quote",
        "round-2",
        "a-approve-large",
        2,
        T("大额报价区域经理批完就生效", "A large quote counts as approved after the regional manager alone"),
        "blocking",
        "zhaolei",
        "2026-11-27",
    ),
    Defect(
        "bug-white-screen",
        "round-2",
        "a-approve-message",
        2,
        T("安卓 9 上打开审批通知是白屏", "On Android 9 the approval message opens to a white screen"),
        "normal",
        "zhaolei",
        "2026-12-05",
    ),
)

BRANCHES = (
    Branch(
        "br-pilot",
        T("华东试点范围", "Scope of the East China pilot"),
        T("华东区 9 位销售", "Nine reps in East China"),
        "scope-1",
        "linzhixia",
        T("试点只跑主流程，先不带旧数据归并。", "The pilot runs the main flows alone, without merging the old data."),
        ("r-source-mapping",),
        T("旧来源的归并放到全面上线前做。", "Old sources are merged before everybody goes live."),
    ),
)
