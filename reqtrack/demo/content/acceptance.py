"""Twenty-five acceptance scenarios with rows of invented business data.

Phones stand in ten formats, sources in twenty spellings.

Longer than other modules because the rows are the point of it.
"""

from __future__ import annotations

from .model import Acceptance, T, Table

_CUSTOMER = T("客户名称", "customer")
_TYPED = T("手机写法", "typed number")
_STORED = T("应存为", "stored as")
_AMOUNT = T("金额", "amount")
_DISCOUNT = T("折扣", "discount")
_APPROVERS = T("审批人", "approvers")
_REGION = T("区域", "region")
_REP = T("销售", "rep")

_HENGLI = T("苏州恒力纺机", "Suzhou Hengli Textile Machinery")
_HONGSHENG = T("无锡宏盛传动", "Wuxi Hongsheng Drives")
_TAIFENG = T("昆山泰丰机械", "Kunshan Taifeng Machinery")
_JINLI = T("佛山锦利包装", "Foshan Jinli Packaging")
_DONGYI = T("天津东易输送", "Tianjin Dongyi Conveyors")

_EAST, _SOUTH, _NORTH = T("华东区", "East China"), T("华南区", "South China"), T("华北区", "North China")
_WANG, _LIQIANG, _ZHANG = T("王海涛", "Wang Haitao"), T("李强", "Li Qiang"), T("张晓峰", "Zhang Xiaofeng")
_LIU = T("刘建国", "Liu Jianguo")
_ALL_THREE = T("刘建国、陈立群、方文", "Liu Jianguo, Chen Liqun, Fang Wen")

_CUSTOMERS = (
    Acceptance(
        "a-three-fields",
        T("现场三项建客户", "Create a customer with three fields"),
        (
            T("王海涛已在手机上登录", "Wang Haitao is signed in on the phone"),
            T("客户“<客户名称>”不在系统里", "“<customer>” is not in the system"),
        ),
        (
            T(
                "他填“<客户名称>”“<手机写法>”“<区域>”三项并保存",
                "he fills in “<customer>”, “<typed number>” and “<region>”, and saves",
            ),
        ),
        (
            T("40 秒内保存成功，归属是王海涛", "it is saved within 40 seconds and belongs to Wang Haitao"),
            T(
                "页面列出报价前还差的项，不要求现在填",
                "the page lists what a quote will need and asks for none of it now",
            ),
        ),
        ("r-three-fields",),
        Table(
            (_CUSTOMER, _TYPED, _REGION),
            (
                (_HENGLI, "13812345678", _EAST),
                (_JINLI, "136-0000-2211", _SOUTH),
                (_DONGYI, "139 0000 3322", _NORTH),
            ),
        ),
    ),
    Acceptance(
        "a-required-stage",
        T("到哪一步才要哪几项", "Each stage asks for its own fields"),
        (T("昆山泰丰机械只有名称、手机、区域三项", "Kunshan Taifeng Machinery has name, mobile and region only"),),
        (T("把它推进到“<阶段>”", "it is moved to “<stage>”"),),
        (
            T("页面要求补“<要补的项>”", "the page asks for “<fields asked>”"),
            T("不补也能保存，阶段留在原处", "without them it can be saved, and the stage stays"),
        ),
        ("r-required-by-stage",),
        Table(
            (T("阶段", "stage"), T("要补的项", "fields asked")),
            (
                (T("已接触", "contacted"), T("无", "none")),
                (T("报价", "quote"), T("联系人职务、行业", "position, trade")),
                (T("签合同", "contract"), T("营业执照全称、税号", "licensed name, tax number")),
                (T("发货", "delivery"), T("收货地址、收货人", "delivery address, consignee")),
            ),
        ),
    ),
    Acceptance(
        "a-phone-usual",
        T("手机号常见的六种写法", "Mobile numbers in six common ways of writing"),
        (T("苏州恒力纺机已存在，手机 13812345678", "Suzhou Hengli Textile Machinery exists with mobile 13812345678"),),
        (T("新建客户，手机填“<手机写法>”", "a new customer is entered with “<typed number>”"),),
        (
            T("号码显示为“<应存为>”", "the number reads “<stored as>”"),
            T(
                "提示“已有同一手机号的客户”，带区域和归属销售",
                "“there is a customer with this number” is shown, with region and rep",
            ),
            T("可以一键改为追加联系人", "one tap turns it into an added contact"),
        ),
        ("r-phone-format",),
        Table(
            (_TYPED, _STORED),
            (
                ("13812345678", "13812345678"),
                ("138-1234-5678", "13812345678"),
                ("138 1234 5678", "13812345678"),
                ("+86 138-1234-5678", "13812345678"),
                ("8613812345678", "13812345678"),
                ("138.1234.5678", "13812345678"),
            ),
        ),
    ),
    Acceptance(
        "a-phone-odd",
        T("手机号少见的四种写法", "Mobile numbers in four odd ways of writing"),
        (T("苏州恒力纺机已存在，手机 13812345678", "Suzhou Hengli Textile Machinery exists with mobile 13812345678"),),
        (
            T(
                "从老表粘进来一行，电话一格是“<手机写法>”",
                "a row of the old sheet is pasted with “<typed number>” as its phone",
            ),
        ),
        (
            T("手机显示为“<应存为>”", "the mobile reads “<stored as>”"),
            T("其余内容“<另存>”不丢", "the rest, “<also kept>”, is not lost"),
            T("与苏州恒力纺机归为同一客户", "it is the same customer as Suzhou Hengli Textile Machinery"),
        ),
        ("r-phone-format",),
        Table(
            (_TYPED, _STORED, T("另存", "also kept")),
            (
                ("１３８１２３４５６７８", "13812345678", T("无", "nothing")),
                ("(0)138 1234 5678", "13812345678", T("无", "nothing")),
                ("13812345678/13900001122", "13812345678", T("第二个号 13900001122", "second number 13900001122")),
                (T("13812345678（王工）", "13812345678 (Mr Wang)"), "13812345678", T("联系人王工", "contact Mr Wang")),
            ),
        ),
    ),
    Acceptance(
        "a-phone-wrong",
        T("位数不对的号码照存并标出", "A number of the wrong length is kept and marked"),
        (T("销售在客户现场，号码是口头报的", "a rep at the customer’s was told the number"),),
        (T("手机填“<手机写法>”并保存", "“<typed number>” is entered and saved"),),
        (
            T("保存成功，号码照原样显示", "it is saved and the number is shown as typed"),
            T("号码旁标“<标记>”", "“<mark>” stands beside it"),
        ),
        ("r-phone-format", "r-three-fields"),
        Table(
            (_TYPED, T("标记", "mark")),
            (
                ("1371234567", T("少一位，待核", "one digit short, to check")),
                ("138123456789", T("多一位，待核", "one digit over, to check")),
                ("13800000000", T("像是随手填的，待核", "looks made up, to check")),
            ),
        ),
    ),
    Acceptance(
        "a-similar",
        T("输入时看到名称相近的客户", "Similar names appear while typing"),
        (
            T(
                "库里有苏州恒力纺机、无锡宏盛传动、昆山泰丰机械",
                "Suzhou Hengli Textile Machinery, Wuxi Hongsheng Drives and Kunshan Taifeng Machinery exist",
            ),
        ),
        (T("在新客户名称里输入“<输入>”", "“<typed>” is typed as the name of a new customer"),),
        (
            T("1 秒内列出“<应提示>”", "“<shown>” is listed within 1 second"),
            T("带区域、归属销售和最近跟进日期", "with region, rep and last contact"),
        ),
        ("r-similar-names",),
        Table(
            (T("输入", "typed"), T("应提示", "shown")),
            (
                (T("恒力", "Hengli"), _HENGLI),
                (T("恒力（苏州）", "Hengli (Suzhou)"), _HENGLI),
                (T("宏盛传动有限公司", "Hongsheng Drives Co., Ltd."), _HONGSHENG),
                (T("泰丰", "Taifeng"), _TAIFENG),
            ),
        ),
    ),
    Acceptance(
        "a-merge",
        T("两家合并，记录都在，还能撤回", "Two become one, with all records, and can be parted again"),
        (
            T("“<留下>”与“<并入>”是同一家", "“<stays>” and “<goes>” are one company"),
            T("两边共有 <记录数> 条来往", "together they have <records> records"),
        ),
        (T("把“<并入>”合并到“<留下>”", "“<goes>” is merged into “<stays>”"),),
        (
            T("“<留下>”下面有 <记录数> 条来往", "“<stays>” has <records> records"),
            T("次日撤回，两家各自的记录回到原处", "undone the next day, each has its own again"),
        ),
        ("r-merge",),
        Table(
            (T("留下", "stays"), T("并入", "goes"), T("记录数", "records")),
            (
                (_HENGLI, T("恒力（苏州）", "Hengli (Suzhou)"), "37"),
                (_HONGSHENG, T("宏盛", "Hongsheng"), "12"),
            ),
        ),
    ),
    Acceptance(
        "a-ownership",
        T("九十天没跟进，回到公海", "Ninety days without contact, back to the pool"),
        (T("客户归王海涛，最近跟进在 <天数> 天前", "the customer is Wang Haitao’s, last contact <days> days ago"),),
        (T("夜间任务跑过", "the nightly run is over"),),
        (
            T("客户状态是“<状态>”", "the customer is “<state>”"),
            T("登记人和登记日期不变", "who registered it, and when, has not changed"),
        ),
        ("r-ownership",),
        Table(
            (T("天数", "days"), T("状态", "state")),
            (
                ("82", T("归王海涛", "Wang Haitao’s")),
                ("83", T("归王海涛，已提醒", "Wang Haitao’s, warned")),
                ("90", T("华东公海", "in the East China pool")),
            ),
        ),
    ),
    Acceptance(
        "a-contact",
        T("接电话的换了人", "Somebody else answers the phone"),
        (T("<客户名称>的联系人是<旧联系人>", "the contact of <customer> is <old contact>"),),
        (T("销售从提示里追加联系人<新联系人>", "a rep adds <new contact> from the list shown"),),
        (
            T("两次点击完成，没有新建客户", "it takes two taps and no customer is created"),
            T("<旧联系人>标为“已离开”，旧拜访仍显示原名", "<old contact> is marked “gone”; old visits keep the name"),
        ),
        ("r-contact-append",),
        Table(
            (_CUSTOMER, T("旧联系人", "old contact"), T("新联系人", "new contact")),
            (
                (_HENGLI, T("王工", "Mr Wang"), T("沈经理", "Ms Shen")),
                (_JINLI, T("梁小姐", "Ms Liang"), T("何先生", "Mr He")),
            ),
        ),
    ),
)

_VISITS_AND_LEADS = (
    Acceptance(
        "a-visit-note",
        T("一分钟写完一条拜访", "A visit note in a minute"),
        (T("今天的行程里有<客户名称>", "<customer> is in today’s list"),),
        (T("销售写下“<谈了什么>”，下一步“<下一步>”", "the rep writes “<said>” with next step “<next step>”"),),
        (
            T("60 秒内保存", "it is saved within 60 seconds"),
            T("“<下一步>”出现在本人待办", "“<next step>” is in the rep’s own list"),
        ),
        ("r-visit-note",),
        Table(
            (_CUSTOMER, T("谈了什么", "said"), T("下一步", "next step")),
            (
                (
                    _HENGLI,
                    T("新线要 12 台 90 减速机", "12 size 90 reducers for the new line"),
                    T("周四前报价", "quote by Thursday"),
                ),
                (_HONGSHENG, T("嫌交期长", "finds delivery too slow"), T("问能否分两批", "ask for two lots")),
                (_TAIFENG, T("采购换人了", "the buyer has changed"), T("下周二再去", "go again next Tuesday")),
            ),
        ),
    ),
    Acceptance(
        "a-visit-weather",
        T("天气与陪同人必填", "Weather and companions are required"),
        (T("拜访记录其余各项已填", "the rest of the visit note is filled in"),),
        (T("天气填“<天气>”，陪同人填“<陪同人>”", "weather is “<weather>” and companions “<companions>”"),),
        (T("保存结果是“<结果>”", "saving ends with “<result>”"),),
        ("r-visit-note",),
        Table(
            (T("天气", "weather"), T("陪同人", "companions"), T("结果", "result")),
            (
                (T("晴", "sunny"), T("无", "none"), T("已保存", "saved")),
                (
                    T("（空）", "(empty)"),
                    T("（空）", "(empty)"),
                    T("请补天气与陪同人", "weather and companions are needed"),
                ),
            ),
        ),
    ),
    Acceptance(
        "a-offline",
        T("没有信号也不丢", "Nothing is lost without a signal"),
        (T("手机开着飞行模式", "the phone is in flight mode"),),
        (
            T(
                "写 <条数> 条拜访，<多久>以后恢复网络",
                "<notes> visit notes are written and the network returns after <how long>",
            ),
        ),
        (
            T("每条写完都显示“已存在手机”", "each says “kept on the phone”"),
            T("2 分钟内传完，服务器上有 <条数> 条", "within 2 minutes the server has <notes>"),
        ),
        ("r-offline",),
        Table(
            (T("条数", "notes"), T("多久", "how long")),
            (("1", T("10 分钟", "10 minutes")), ("12", T("半天", "half a day")), ("50", T("6 天", "6 days"))),
        ),
    ),
    Acceptance(
        "a-sources",
        T("二十种来源写法归到六项", "Twenty spellings of a source become six"),
        (T("旧库里有来源写成“<旧写法>”的线索", "the old data has leads with the sources “<old spellings>”"),),
        (T("按对照表归并一次", "the table of spellings is applied"),),
        (
            T("它们的来源都是“<归为>”", "the source of all of them is “<becomes>”"),
            T("原写法仍查得到", "the old spelling can still be found"),
        ),
        ("r-sources", "r-source-mapping"),
        Table(
            (T("旧写法", "old spellings"), T("归为", "becomes")),
            (
                (
                    T("展会；上海展；工博会；19年展会；展", "Fair; Shanghai fair; CIIF; 2019 fair; exhib."),
                    T("展会", "Trade fair"),
                ),
                (
                    T("老客户介绍；转介绍；朋友；介绍", "old customer; referral; a friend; recommended"),
                    T("客户介绍", "Referral"),
                ),
                (T("网站；官网；百度", "Web; website; search"), T("官网", "Web site")),
                (T("400；来电；电话", "hotline; call in; phone"), T("来电", "Call")),
                (T("陌拜；扫街；自己跑的", "cold call; door to door; own"), T("自主开发", "Own effort")),
                (T("经销商；代理", "dealer; agent"), T("经销商", "Dealer")),
            ),
        ),
    ),
    Acceptance(
        "a-lead-assign",
        T("新线索五分钟内有人接", "A new lead has somebody within five minutes"),
        (T("本月王海涛已分 14 条，顾明已分 11 条", "Wang Haitao has had 14 leads this month, Gu Ming 11"),),
        (T("录入一条区域为“<区域>”的线索", "a lead with region “<region>” is entered"),),
        (T("5 分钟内分给<分给>，并收到通知", "within 5 minutes <goes to> has it, and a message"),),
        ("r-lead-assign",),
        Table(
            (_REGION, T("分给", "goes to")),
            (
                (_EAST, T("顾明", "Gu Ming")),
                (_SOUTH, _ZHANG),
                (T("华东二区", "East China 2"), _WANG),
                (T("（认不出）", "(unknown)"), T("刘建国，由他转", "Liu Jianguo, who passes it on")),
            ),
        ),
    ),
    Acceptance(
        "a-lead-waiting",
        T("没人联系的线索不会沉底", "A lead nobody rings does not sink"),
        (
            T(
                "线索分给李强已 <小时> 小时，没有联系记录",
                "Li Qiang has had the lead for <hours> hours without a contact",
            ),
        ),
        (T("到整点检查", "the hourly check runs"),),
        (T("发生的是：<发生>", "what happens: <happens>"),),
        ("r-lead-waiting",),
        Table(
            (T("小时", "hours"), T("发生", "happens")),
            (
                ("23", T("什么也不发", "nothing is sent")),
                ("24", T("提醒区域经理一次", "the regional manager is told once")),
                ("72", T("退回待分", "it is handed out again")),
            ),
        ),
    ),
)

_QUOTES_AND_CONTRACTS = (
    Acceptance(
        "a-approve-small",
        T("折扣 5% 以内由区域经理直接批准", "A discount of up to 5 % is approved by the regional manager"),
        (
            T(
                "王海涛给<客户名称>的报价是 <金额>，折扣 <折扣>",
                "Wang Haitao’s quote to <customer> is <amount> at <discount> off",
            ),
        ),
        (T("刘建国批准", "Liu Jianguo approves"),),
        (
            T("报价变为“已批准”，没有下一级", "the quote is approved and no further level is asked"),
            T("审批人只有刘建国", "the only approver is Liu Jianguo"),
        ),
        ("r-approval",),
        Table(
            (_CUSTOMER, _AMOUNT, _DISCOUNT),
            (
                (_HENGLI, "20,000", "2%"),
                (_HONGSHENG, "186,500", "4.5%"),
                (_TAIFENG, "200,000", "5%"),
            ),
        ),
    ),
    Acceptance(
        "a-approve-large",
        T("折扣或金额超限时逐级往上", "Beyond a limit, the next levels are asked"),
        (T("一张报价金额 <金额>，折扣 <折扣>", "a quote of <amount> at <discount> off"),),
        (T("刘建国批准之后", "Liu Jianguo has approved"),),
        (
            T("审批人依次是<审批人>", "the approvers are <approvers>, in this order"),
            T("最后一级批准前不能发给客户", "it cannot be sent before the last has approved"),
        ),
        ("r-approval",),
        Table(
            (_AMOUNT, _DISCOUNT, _APPROVERS),
            (
                ("150,000", "5%", _LIU),
                ("200,001", "3%", _ALL_THREE),
                ("80,000", "6%", _ALL_THREE),
                ("460,000", "9%", _ALL_THREE),
            ),
        ),
    ),
    Acceptance(
        "a-approve-message",
        T("通知里直接批准", "Approve in the message"),
        (T("刘建国在外面，手机是<手机>，没有连 VPN", "Liu Jianguo is out with <phone>, without VPN"),),
        (T("收到审批通知，点一次“批准”", "the message comes and he taps “approve” once"),),
        (
            T("15 秒内完成，不要求再登录", "it is done within 15 seconds without signing in again"),
            T("销售看到“已批准”", "the rep sees “approved”"),
        ),
        ("r-approve-message",),
        Table(
            (T("手机", "phone"),),
            (("iPhone 13",), (T("华为 Mate 40", "Huawei Mate 40"),), (T("红米（安卓 9）", "Redmi (Android 9)"),)),
        ),
    ),
    Acceptance(
        "a-deputy",
        T("8 小时未处理时转给代理人", "After 8 hours the deputy has it"),
        (
            T("刘建国的代理人是<代理人>", "Liu Jianguo’s deputy is <deputy>"),
            T("一张报价在他那里等了 8 个工作小时", "a quote has waited 8 working hours with him"),
        ),
        (T("到整点检查", "the hourly check runs"),),
        (
            T("报价在<到谁>手里", "the quote is with <with>"),
            T("刘建国看得到，不能再批", "Liu Jianguo can see it and no longer approve it"),
        ),
        ("r-deputy",),
        Table(
            (T("代理人", "deputy"), T("到谁", "with")),
            (
                (T("郑海（在岗）", "Zheng Hai (at work)"), T("郑海", "Zheng Hai")),
                (T("郑海（休假）", "Zheng Hai (on leave)"), T("吴敏芳，由她打电话问", "Wu Minfang, who rings")),
            ),
        ),
    ),
    Acceptance(
        "a-margin",
        T("销售看得到毛利，看不到成本", "The rep sees the margin and not the cost"),
        (T("以<岗位>的身份打开一张毛利 <毛利> 的报价", "a quote with a margin of <margin> is opened as <job role>"),),
        (T("改一行的折扣", "the discount of one line is changed"),),
        (
            T("1 秒内看到新的毛利率，显示为“<显示>”", "the new margin is there within 1 second, shown “<shown>”"),
            T("成本价<成本>", "the cost price is <cost>"),
        ),
        ("r-margin", "r-cost-hidden"),
        Table(
            (T("岗位", "job role"), T("毛利", "margin"), T("显示", "shown"), T("成本", "cost")),
            (
                (T("一线销售", "sales rep"), "22%", T("正常", "plain"), T("看不到", "not shown")),
                (T("一线销售", "sales rep"), "14.9%", T("标红", "marked"), T("看不到", "not shown")),
                (
                    T("区域经理", "regional manager"),
                    "14.9%",
                    T("标红", "marked"),
                    T("看得到，并留下记录", "shown, and the look is recorded"),
                ),
            ),
        ),
    ),
    Acceptance(
        "a-quote-phone",
        T("客户面前改折扣", "Change the discount in front of the customer"),
        (T("<客户名称>的报价总价 <原价>", "the quote to <customer> totals <old total>"),),
        (T("在手机上把折扣改成 <折扣>", "the discount is set to <discount> on the phone"),),
        (
            T("1 秒内总价变为 <新价>", "within 1 second the total is <new total>"),
            T("写明要谁批：<审批人>", "it says who must approve: <approvers>"),
        ),
        ("r-quote-phone",),
        Table(
            (_CUSTOMER, T("原价", "old total"), _DISCOUNT, T("新价", "new total"), _APPROVERS),
            (
                (_HENGLI, "100,000", "2%", "98,000", _LIU),
                (_HONGSHENG, "186,500", "5%", "177,175", _LIU),
                (_DONGYI, "240,000", "7%", "223,200", _ALL_THREE),
            ),
        ),
    ),
    Acceptance(
        "a-quote-export",
        T("导出的报价单写明谁批的、到哪天", "The exported quote says who approved it and until when"),
        (
            T(
                "<客户名称>的报价由<审批人>在 <批准日> 批准",
                "the quote to <customer> was approved by <approvers> on <approved on>",
            ),
        ),
        (T("导出 PDF", "it is exported as PDF"),),
        (
            T("上面有<审批人>和有效期 <有效至>", "it carries <approvers> and the last day <last day>"),
            T("过了这天，链接显示“已过期”", "after that day its link says “expired”"),
        ),
        ("r-quote-export",),
        Table(
            (_CUSTOMER, _APPROVERS, T("批准日", "approved on"), T("有效至", "last day")),
            (
                (_HENGLI, _LIU, "2026-11-02", "2026-12-02"),
                (_DONGYI, _ALL_THREE, "2026-11-16", "2026-12-16"),
            ),
        ),
    ),
    Acceptance(
        "a-erp",
        T("一键进 ERP，一项不重录", "Into the ERP in one step, nothing typed again"),
        (T("已批准的报价里有型号 <型号>，数量 <数量>", "an approved quote has <quantity> of model <model>"),),
        (T("吴敏芳点“转订单”", "Wu Minfang clicks “make the order”"),),
        (
            T("2 分钟内显示：<显示>", "within 2 minutes it shows: <shown>"),
            T("ERP 里的型号、后缀、数量与报价相同", "model, suffix and quantity in the ERP equal the quote"),
        ),
        ("r-erp-order",),
        Table(
            (T("型号", "model"), T("数量", "quantity"), T("显示", "shown")),
            (
                ("HY90-20-L", "12", T("订单号 SO-261130", "order SO-261130")),
                ("HY90-20-R", "2", T("订单号 SO-261131", "order SO-261131")),
                ("HY90-20", "5", T("被拒：缺法兰方向后缀", "refused: the flange suffix is missing")),
            ),
        ),
    ),
    Acceptance(
        "a-contract",
        T("没改过的合同直接盖章", "An unchanged contract is sealed at once"),
        (T("合同由已批准的报价生成", "a contract was made from an approved quote"),),
        (T("改动了：<改动>", "changed in it: <change>"),),
        (T("下一步是：<下一步>", "what comes next: <next>"),),
        ("r-contract-direct",),
        Table(
            (T("改动", "change"), T("下一步", "next")),
            (
                (T("什么也没改", "nothing"), T("直接盖章", "it is sealed")),
                (
                    T("付款由 30 天改为 60 天", "payment from 30 to 60 days"),
                    T("只批付款条件", "only the payment term is approved"),
                ),
                (T("只改收货地址", "the delivery address only"), T("直接盖章", "it is sealed")),
            ),
        ),
    ),
)

_AFTER_SALES = (
    Acceptance(
        "a-call-warranty",
        T("来电三秒内看到保修与维修", "Warranty and repairs within three seconds of a call"),
        (
            T(
                "<客户名称>有一台 <序列号>，保修到 <保修到>",
                "<customer> has machine <serial number>, under warranty until <warranty until>",
            ),
            T("今天是 2026-11-25", "today is 2026-11-25"),
        ),
        (T("客户来电，孙倩接起", "the customer rings and Sun Qian answers"),),
        (
            T("3 秒内在一个页面上看到设备和“<应显示>”", "within 3 seconds one page shows the machine and “<shown>”"),
            T("下面是最近三次维修", "with the last three repairs below"),
        ),
        ("r-call-warranty",),
        Table(
            (_CUSTOMER, T("序列号", "serial number"), T("保修到", "warranty until"), T("应显示", "shown")),
            (
                (_HONGSHENG, "HY90-2403-0117", "2027-03-18", T("在保", "under warranty")),
                (_TAIFENG, "HY70-2210-0042", "2025-10-30", T("已过保", "out of warranty")),
                (_JINLI, "HY90-2409-0233", "2026-12-05", T("在保，10 天后到期", "under warranty, 10 days left")),
            ),
        ),
    ),
)

ACCEPTANCE = _CUSTOMERS + _VISITS_AND_LEADS + _QUOTES_AND_CONTRACTS + _AFTER_SALES
