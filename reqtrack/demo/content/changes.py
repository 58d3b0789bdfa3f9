"""Nine change requests, one in nearly every stage; the two on approval want the same sentence.

Longer than other modules because an edit is the whole text as it would stand.
"""

from __future__ import annotations

from .model import Assessment, Change, Decision, Exchange, FieldEdit, LinkEdit, NewItem, Option, Retire, T, Table

_WEATHER = Change(
    "c-weather",
    T(
        "拜访记录去掉“天气”“陪同人”两个必填项",
        "Drop “weather” and “companions” from the required fields of a visit note",
    ),
    T(
        "第 1 轮里 31 条拜访，28 条写的是“晴，无”。没有人看这两栏，去掉以后一条能少写十几秒。",
        "Of 31 visits in round 1, 28 say “sunny, none”. Nobody reads the two fields, and each note is a "
        "dozen seconds shorter without them.",
    ),
    asked_by="s-wang",
    logged_by="linzhixia",
    tier="should",
    phase="p1",
    stage="closed",
    edits=(
        FieldEdit(
            "r-visit-note",
            "statement",
            T(
                "拜访记录在一页上完成，必填项为客户、谈了什么、下一步及日期；其余由行程带出。熟手在手机上 45 "
                "秒内写完。",
                "A visit note is one page. Required are customer, what was said, and next step with date; the rest "
                "comes from the day’s "
                "list. With practice it takes at most 45 seconds on a phone.",
            ),
        ),
        # The one scenario that tested nothing but these two fields.
        Retire("a-visit-weather"),
    ),
    assessors=("zhaolei",),
    assessment=Assessment(
        "zhaolei", "0.8", T("改一个表单和一份导出，旧数据不动。", "One form and one export; old data stay as they are.")
    ),
    decision=Decision(
        "approved",
        ("zhoulan",),
        "should",
        "p1",
        T("少写两栏，没有人会少看到什么。", "Two fields fewer, and nobody sees less."),
    ),
    close_reason=T(
        "11 月 13 日已随 1.3.1 版上线，苹果和安卓各看过一遍；第 2 轮里还会测到。",
        "Live since 13 November with version 1.3.1, looked at on iPhone and Android; round 2 will meet it again.",
    ),
)

_PHOTO = Change(
    "c-door-photo",
    T("每次拜访必须拍门头照", "A photo of the customer’s door with every visit"),
    T(
        "区域经理想知道人到底去了没有。拍一张门头照，带时间和位置。",
        "Regional managers want to know whether people really went. A photo of the door, with time and place.",
    ),
    asked_by="s-liu",
    logged_by="zhoulan",
    tier="should",
    phase="p1",
    stage="rejected",
    edits=(
        FieldEdit(
            "r-visit-note",
            "statement",
            T(
                "拜访记录在一页上完成，必填项为客户、谈了什么、下一步及日期、门头照片（带时间与位置）；"
                "其余由行程带出。",
                "A visit note is one page. Required are customer, what was said, next step with date, and a photo of "
                "the door with time and "
                "place; the rest comes from the day’s list.",
            ),
        ),
    ),
    assessors=("zhaolei",),
    assessment=Assessment(
        "zhaolei",
        "3",
        T(
            "照片要压缩、要离线补传，还要清理。地下车间里拍不了也交不上去。",
            "Photos need shrinking, sending later and clearing out. In a basement it can be neither taken nor sent.",
        ),
        best="2",
        worst="4",
    ),
    decision=Decision(
        "rejected",
        ("chenliqun",),
        "later",
        "p1",
        T(
            "上一套就是这么一项一项加成二十三个的。去没去，看下一步做没做。",
            "This is how the last system got to twenty-three fields, one by one. Whether somebody went shows in "
            "whether the next step was done.",
        ),
    ),
)

_WECHAT = Change(
    "c-chat-leads",
    T("公众号留言自动建线索", "Messages to the public account become leads"),
    T(
        "公众号每周有二十来条问价的留言，现在靠市场部抄，常常隔天才回。",
        "Some twenty messages a week ask for prices. Marketing copies them by hand and often answers a day later.",
    ),
    asked_by="s-ma",
    logged_by="linzhixia",
    tier="should",
    phase="p2",
    stage="deferred",
    edits=(
        NewItem(
            "r-chat-leads",
            "requirement",
            {
                "title": T("公众号留言自动建线索", "Messages to the public account become leads"),
                "statement": T(
                    "公众号收到带电话或“价格”“报价”字样的留言，10 分钟内建一条来源为“公众号”的线索，原文附在后面。",
                    "A message with a phone number, or with “price” or “quote”, becomes a lead with source “public "
                    "account” within 10 minutes, the message attached.",
                ),
                "rationale": T("隔天才回，对方已经问过别家。", "A day later they have asked somebody else."),
                "kind": "interface",
                "tier": "should",
                "phase": "p2",
                "owner": "wuhao",
                "scenarios": ("sc-leads",),
            },
        ),
    ),
    assessors=("zhaolei",),
    assessment=Assessment(
        "zhaolei",
        "8",
        T(
            "公众号接口要企业认证和备案，认证周期不在我们手里。",
            "The interface needs a certified company account; how long that takes is not in our hands.",
        ),
        best="6",
        worst="13",
        cost="300",
    ),
    decision=Decision(
        "deferred",
        ("chenliqun",),
        "should",
        "p2",
        T("认证下来再谈。一期的人手不动。", "Let us talk when the account is certified. Nobody is taken off phase 1."),
        until="2027-01-11",
    ),
)

_LANDLINE = Change(
    "c-landline",
    T("座机和分机也统一写法", "Landlines and extensions get one format too"),
    T(
        "老表里三成电话是座机带分机，规则只写了手机。第 1 轮测到这种行，只能按“位数不对”标出，查不了重。",
        "Three in ten phones of the old sheets are landlines with an extension, and the rule knows mobiles "
        "only. Round 1 could do no better "
        "than mark them as wrong in length; duplicates go unseen.",
    ),
    asked_by="wuminfang",
    logged_by="wuminfang",
    tier="must",
    phase="p1",
    stage="applied",
    edits=(
        FieldEdit(
            "r-phone-format",
            "statement",
            T(
                "保存时把手机号统一为 11 位数字：去掉 86、空格、横杠、点和括号，全角转半角，一格两个号的拆成两条，"
                "号码后的称呼移到联系人。"
                "座机统一为“区号-号码-分机”，缺区号的按客户所在城市补。统一后相同的号码归为同一客户。"
                "位数不对的照原样存下并标出，不拦保存。",
                "On saving, a mobile number becomes 11 digits: 86, spaces, dashes, dots and brackets go, full-width "
                "turns half-width, two numbers "
                "in one box become two entries, and a name after the number moves to the contact. A landline becomes "
                "“area-number-extension”; a "
                "missing area code is taken from the customer’s city. Equal numbers are one customer. A number with "
                "the wrong count of digits is "
                "kept as typed and marked; saving is not refused.",
            ),
        ),
        NewItem(
            "a-landline",
            "acceptance",
            {
                "title": T("座机带分机归为同一客户", "Landlines with extensions are one customer"),
                "given": (
                    T(
                        "苏州恒力纺机在苏州，座机 0512-55550188",
                        "Suzhou Hengli Textile Machinery is in Suzhou, landline 0512-55550188",
                    ),
                ),
                "when": (
                    T(
                        "从老表粘进来一行，电话一格是“<座机写法>”",
                        "a row of the old sheet is pasted with “<typed landline>” as its phone",
                    ),
                ),
                "then": (
                    T("座机显示为“<应存为>”", "the landline reads “<stored as>”"),
                    T("与苏州恒力纺机归为同一客户", "it is the same customer as Suzhou Hengli Textile Machinery"),
                ),
                "accepts": ("r-phone-format",),
                "examples": Table(
                    (T("座机写法", "typed landline"), T("应存为", "stored as")),
                    (
                        ("0512-5555 0188", "0512-55550188"),
                        (T("5555 0188 转 802", "5555 0188 ext. 802"), "0512-55550188-802"),
                        ("(0512)55550188-802", "0512-55550188-802"),
                        (
                            T("０５１２ ５５５５０１８８（总机）", "０５１２ ５５５５０１８８ (switchboard)"),
                            "0512-55550188",
                        ),
                    ),
                ),
            },
        ),
        LinkEdit("a-contact", "accepts", add=("r-phone-format",)),
    ),
    assessors=("zhaolei",),
    assessment=Assessment(
        "zhaolei",
        "3",
        T(
            "区号表现成；要补的是没写区号的那一千多行。",
            "The list of area codes exists; the work is in the thousand rows that lack one.",
        ),
        best="2",
        worst="5",
    ),
    decision=Decision(
        "approved",
        ("chenliqun",),
        "must",
        "p1",
        T("一期不做，老库就并不干净。做。", "Without it the old data never come clean. Do it."),
    ),
)

_TWO_LEVELS = Change(
    "c-two-levels",
    T("报价审批由三级改为两级", "Two levels of approval for quotes, not three"),
    T(
        "三成报价等批期间丢了单。副总这一级两个月里 214 单全部通过，没有改过一个数字。",
        "Three quotes in ten are lost while they wait. The deputy general manager’s level passed 214 in two "
        "months and changed not one figure.",
    ),
    asked_by="s-liu",
    logged_by="linzhixia",
    tier="must",
    phase="p1",
    stage="deciding",
    edits=(
        FieldEdit(
            "r-approval",
            "statement",
            T(
                "折扣在 5% 以内、金额在 30 万元以内的报价，由区域经理一人审批；超出任一项的，再由销售总监审批，"
                "毛利低于 15% 的抄送副总。",
                "A quote with a discount of 5 % or less and an amount of 300,000 yuan or less is approved by the "
                "regional manager alone. Beyond "
                "either, the sales director approves as well; below a margin of 15 % the deputy general manager gets "
                "a copy.",
            ),
        ),
        FieldEdit(
            "r-approval",
            "title",
            T("报价按折扣和金额两级审批", "Quotes are approved in two levels, by discount and amount"),
        ),
        FieldEdit(
            "a-approve-large",
            "examples",
            Table(
                (T("金额", "amount"), T("折扣", "discount"), T("审批人", "approvers")),
                (
                    ("150,000", "5%", T("刘建国", "Liu Jianguo")),
                    ("300,001", "3%", T("刘建国、陈立群", "Liu Jianguo, Chen Liqun")),
                    ("80,000", "6%", T("刘建国、陈立群", "Liu Jianguo, Chen Liqun")),
                    ("460,000", "9%", T("刘建国、陈立群", "Liu Jianguo, Chen Liqun")),
                ),
            ),
        ),
        LinkEdit("r-approval", "depends_on", add=("r-margin",)),
    ),
    assessors=("zhaolei",),
    exchange=Exchange(
        "zhaolei",
        T("毛利从哪儿取？报价里没有成本。", "Where does the margin come from? A quote holds no cost."),
        T(
            "取 ERP 成本价，每晚一次，“报价发出前看得到毛利”那条里已经有。",
            "From the cost in the ERP, nightly; the requirement on the margin already brings it.",
        ),
    ),
    assessment=Assessment(
        "zhaolei",
        "6",
        T(
            "审批路线、手机通知、报价单版式都要改；在途的单子要按旧路线走完。",
            "Route, message and printed quote all change; quotes under way have to finish on the old route.",
        ),
        best="4",
        worst="11",
        risk=T(
            "在途的两百来张单子走到一半换路线，最容易漏批。",
            "Some two hundred quotes under way would change route half-way: that is where one slips through.",
        ),
        probability=3,
        effect=4,
        schedule=T("要和 12 月 5 日的移动端版本一起发。", "It has to go out with the mobile version of 5 December."),
        options=(
            Option(
                "do_nothing",
                T(
                    "三成报价照旧等批，丢单的那几家等不到二期。",
                    "Three quotes in ten go on waiting; the customers we lose will not wait for phase 2.",
                ),
            ),
            Option(
                "smaller",
                T(
                    "先只把副总那一级去掉，金额和折扣的线以后再调。",
                    "Only take the vice president’s level out; limits can be moved later.",
                ),
                "2.5",
            ),
        ),
    ),
)

_BY_LINE = Change(
    "c-discount-by-line",
    T("折扣上限按产品线分开", "A discount limit for each product line"),
    T(
        "备件毛利高，客户习惯要 10% 上下；现在超过 5% 就得走到副总，备件单全堵在那里。",
        "Spare parts carry a high margin and customers expect some 10 % off. Anything beyond 5 % goes all "
        "the way up, so the spares are stuck.",
    ),
    asked_by="s-liqiang",
    logged_by="wuhao",
    tier="should",
    phase="p1",
    stage="deciding",
    edits=(
        FieldEdit(
            "r-approval",
            "statement",
            T(
                "折扣在 5% 以内（备件在 12% 以内）、金额在 20 万元以内的报价，由区域经理一人审批；超出任一项的，"
                "再由销售总监审批。"
                "销售总监批准后，由副总终审。",
                "A quote with a discount of 5 % or less (12 % for spare parts) and an amount of 200,000 yuan or less "
                "is approved by the regional "
                "manager alone. Beyond either, the sales director approves as well. After the sales director, the "
                "deputy general manager gives "
                "the final approval.",
            ),
        ),
    ),
    assessors=("zhaolei",),
    assessment=Assessment(
        "zhaolei",
        "2.5",
        T(
            "上限放进参数表，以后改数不用再找我们。",
            "The limits go into a table; changing a figure later needs nobody from us.",
        ),
        best="1.5",
        worst="3.5",
    ),
)

_COUNTY = Change(
    "c-county-regions",
    T("客户区域细到县级市", "Customer regions down to the county"),
    T(
        "广东一个区七个人，线索只分到“华南区”，还得经理再分一遍。",
        "Seven people share Guangdong. Leads reach “South China” and the manager hands them out again.",
    ),
    asked_by="s-zhang",
    logged_by="wuminfang",
    tier="should",
    phase="p1",
    stage="needs_information",
    edits=(
        FieldEdit(
            "r-lead-assign",
            "statement",
            T(
                "线索保存后 5 分钟内按县级市分给销售并发通知；一地有几位销售的，按当月已分条数少的优先；"
                "地址认不出的给区域经理。",
                "Within 5 minutes of saving, a lead goes to a rep of its county with a message; where there are "
                "several, to the one with the "
                "fewest this month; where the address is unknown, to the regional manager.",
            ),
        ),
    ),
    assessors=("zhaolei",),
    exchange=Exchange(
        "zhaolei",
        T(
            "一共多少个县级市？跨市的客户算谁的？这张表以后谁来维护？",
            "How many counties are there? Who gets a customer with sites in two? And who keeps the list from then on?",
        ),
    ),
)

_CALL_OWNER = Change(
    "c-call-owner",
    T("来电时看到负责销售和未结的报价", "A repair call shows the rep and the open quotes"),
    T(
        "报修的客户常常顺口问“上次那个报价呢”。我们不知道是谁的客户，只能说帮你问问，多半没有下文。",
        "Callers often add “and what about that quote?”. We don’t know whose customer it is, say we’ll ask, "
        "and mostly nothing comes of it.",
    ),
    asked_by="sunqian",
    logged_by="sunqian",
    tier="should",
    phase="p1",
    stage="assessing",
    edits=(
        NewItem(
            "r-call-owner",
            "requirement",
            {
                "title": T("来电时看到负责销售和未结的报价", "A repair call shows the rep and the open quotes"),
                "statement": T(
                    "来电页在 3 秒内显示归属销售和未结报价的编号、金额、日期，一次点击给该销售留一句话；"
                    "不显示折扣和毛利。",
                    "Within 3 seconds the page of a call shows the rep and number, amount and date of open quotes; one "
                    "tap leaves the rep a line. "
                    "Discount and margin are not shown.",
                ),
                "rationale": T(
                    "客户不分销售和服务，问谁都是问恒岳。", "To a customer, sales and service are one Hengyue."
                ),
                "kind": "functional",
                "tier": "should",
                "phase": "p1",
                "owner": "linzhixia",
                "scenarios": ("sc-repair-call",),
                "evidence": ("e-never-asked",),
            },
        ),
    ),
    assessors=("zhaolei",),
)

_INVOICE_HEAD = Change(
    "c-invoice-name",
    T("报价单上印开票抬头", "Print the invoice name on the quote"),
    T(
        "客户拿报价去走内部流程，要全称。现在我导出来再手工改一遍。",
        "Customers take the quote through their own approval and need the full name. I export it and type it "
        "in by hand.",
    ),
    asked_by="wuminfang",
    logged_by="wuminfang",
    tier="later",
    phase="p1",
    stage="draft",
    edits=(
        FieldEdit(
            "r-quote-export",
            "statement",
            T(
                "导出的报价单印有客户开票全称（没有时印简称）、审批人、批准时间、有效期（默认 30 天）和编号；"
                "过期后打开原链接显示“已过期”。",
                "The exported quote carries the customer’s licensed name (the short one where it is missing), "
                "approver, time of approval, last "
                "day (30 days by default) and number. After that day its link says “expired”.",
            ),
        ),
    ),
)

CHANGES = (
    _WEATHER,
    _PHOTO,
    _WECHAT,
    _LANDLINE,
    _TWO_LEVELS,
    _BY_LINE,
    _COUNTY,
    _CALL_OWNER,
    _INVOICE_HEAD,
)
