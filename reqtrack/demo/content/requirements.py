"""Thirty-six requirements. The first 31 stood when the scope was signed; the last five came with the service interview.

Longer than other modules because it is prose, and a requirement split over two places cannot be read.
"""

from __future__ import annotations

from .model import Requirement, SetAside, T

_MOBILE = T("手机", "mobile")
_DATA = T("客户资料", "customer data")
_LEADS = T("线索", "leads")
_QUOTES = T("报价", "quotes")
_APPROVAL = T("审批", "approval")
_SERVICE = T("服务", "service")
_REPORTS = T("报表", "reports")
_LINKED = T("接口", "interfaces")
_TRAINING = T("培训", "training")

_CUSTOMERS = (
    Requirement(
        "r-three-fields",
        T("新建客户只要三项：名称、手机、区域", "A new customer needs three fields: name, mobile, region"),
        T(
            "新建客户在一个页面上完成，必填项只有名称、手机、区域三项；从点“新客户”到保存成功，手机上不超过 40 秒。",
            "A customer is created on one page with three required fields: name, mobile and region. "
            "From tapping “New customer” to the saved record takes at most 40 seconds on a phone.",
        ),
        T(
            "现在要翻八页、填二十三个带星号的项，销售改用本子，或者填 111 蒙混过去，系统里的客户数越多越不能信。",
            "Today it takes eight pages and 23 starred fields. Reps use a notebook, or type 111 to get through; "
            "the more customers the system counts, the less the count can be trusted.",
        ),
        "functional",
        "must",
        "p1",
        "linzhixia",
        "4.0",
        ("sc-new-customer",),
        ("e-eight-pages", "e-stars"),
        (_MOBILE, _DATA),
    ),
    Requirement(
        "r-required-by-stage",
        T("必填项随阶段逐步要求，不挡住保存", "Required fields grow with the stage and never block saving"),
        T(
            "每个阶段新增的必填项不超过 5 个，只在推进到该阶段时要求：报价前要联系人职务与行业，"
            "签合同前要营业执照全称与税号。"
            "缺项时仍可保存，页面列出推进前还差什么。",
            "Each stage adds at most 5 required fields, and asks for them only when a customer moves into it: "
            "position and trade before a "
            "quote, licensed name and tax number before a contract. With fields missing one can still save; the "
            "page lists what is still "
            "needed before the next stage.",
        ),
        T(
            "第一次见面问税号会吓跑人；到签合同时问一次，对方自己会给。",
            "A tax number asked for at the first meeting scares people; at the contract they offer it.",
        ),
        "functional",
        "must",
        "p1",
        "linzhixia",
        "6.0",
        ("sc-new-customer", "sc-quote-to-contract"),
        ("e-stars", "e-tax-number"),
        (_DATA,),
        depends_on=("r-three-fields",),
    ),
    Requirement(
        "r-phone-format",
        T(
            "手机号统一为一种格式，十种写法归为同一客户",
            "One format for mobile numbers; ten ways of writing are one customer",
        ),
        T(
            "保存时把手机号统一为 11 位数字：去掉 86、空格、横杠、点和括号，全角转半角，一格两个号的拆成两条，"
            "号码后的称呼移到联系人。"
            "统一后相同的号码归为同一客户。位数不对的照原样存下并标出，不拦保存。",
            "On saving, a mobile number becomes 11 digits: 86, spaces, dashes, dots and brackets go, full-width "
            "turns half-width, two "
            "numbers in one box become two entries, and a name after the number moves to the contact. Equal "
            "numbers are one customer. A "
            "number with the wrong count of digits is kept as typed and marked; saving is not refused.",
        ),
        T(
            "同一个号有十种写法，查重一个都查不出来，同一家客户建了三回。",
            "One number is written in ten ways, the duplicate check finds none, and one company was created "
            "three times.",
        ),
        "data",
        "must",
        "p1",
        "wuhao",
        "5.5",
        ("sc-new-customer", "sc-contact-moved", "sc-fair-cards"),
        ("e-ten-ways", "e-old-li"),
        (_DATA,),
    ),
    Requirement(
        "r-similar-names",
        T("新建时提示名称相近的客户", "Similar customers are shown while typing a new one"),
        T(
            "输入名称满两个字后 1 秒内，列出最多 5 家名称相近的客户，带区域、归属销售和最近跟进日期；“有限公司”、"
            "地名和括号不算差别。",
            "Within 1 second of the second character, up to 5 customers with similar names are listed with "
            "region, rep and last contact; "
            "“Co., Ltd.”, place names and brackets make no difference.",
        ),
        T(
            "“恒力”“苏州恒力”“恒力（苏州）”是一家，打过去才知道是同事的客户。",
            "“Hengli”, “Suzhou Hengli” and “Hengli (Suzhou)” are one; reps find out by ringing a colleague’s customer.",
        ),
        "functional",
        "must",
        "p1",
        "linzhixia",
        "2.5",
        ("sc-new-customer", "sc-contact-moved"),
        ("e-old-li",),
        (_DATA,),
        depends_on=("r-three-fields",),
    ),
    Requirement(
        "r-merge",
        T("重复客户可以合并，来往记录都不丢", "Duplicate customers can be merged and no record is lost"),
        T(
            "两家客户合并后，双方的联系人、报价、拜访和维修记录全部挂到留下的一家；30 天内可以整体撤回。",
            "After a merge, contacts, quotes, visits and repairs of both hang on the one that stays. The merge "
            "can be undone as a whole for 30 days.",
        ),
        T(
            "老库里估计有 1,100 多家重复，不合并，新规则也救不了旧账。",
            "Some 1,100 duplicates are in the old data; the new rules cannot mend those.",
        ),
        "functional",
        "should",
        "p1",
        "wuhao",
        "5.0",
        ("sc-contact-moved",),
        ("e-ten-ways",),
        (_DATA,),
        depends_on=("r-phone-format",),
    ),
    Requirement(
        "r-ownership",
        T(
            "归属按先登记和最近跟进判断，摆在明面上",
            "Whose customer it is follows from who registered first and who was there last",
        ),
        T(
            "客户页显示登记人、登记日期和最近一次跟进；连续 90 天无跟进的客户自动放回本区公海，提前 7 "
            "天提醒归属销售。"
            "归属变更只有区域经理能做，并留下原因。",
            "The customer’s page shows who registered it, when, and the last contact. After 90 days without "
            "contact it returns to the "
            "region’s pool; the rep is warned 7 days before. Only a regional manager can move a customer, and "
            "gives a reason.",
        ),
        T(
            "为一个跟了半年的客户归谁，去年吵到总监那里两次。",
            "Who owns a customer worked on for half a year went up to the director twice last year.",
        ),
        "permission",
        "should",
        "p1",
        "linzhixia",
        "3.0",
        ("sc-contact-moved",),
        ("e-who-first",),
        (_DATA,),
    ),
    Requirement(
        "r-contact-append",
        T("换了联系人只追加，不新建客户", "A new contact is added to the customer, not a new customer"),
        T(
            "从相近客户提示里两次点击就能追加联系人；旧联系人标为“已离开”，历史拜访仍显示当时的人。",
            "A contact is added in two taps from the list of similar customers. The old one is marked “gone”; "
            "earlier visits still name the person of the time.",
        ),
        T(
            "一半的重复客户是换了联系人以后新建出来的。",
            "Half of the duplicates came from creating a customer because the contact had changed.",
        ),
        "functional",
        "should",
        "p1",
        "linzhixia",
        "2.0",
        ("sc-contact-moved",),
        ("e-old-li",),
        (_DATA,),
        depends_on=("r-similar-names",),
    ),
    Requirement(
        "r-offline",
        T("离线时先存手机，有网再传", "Offline entries stay on the phone and are sent later"),
        T(
            "没有网络时，新客户和拜访记录照常保存在手机上，至少 50 条、7 天；恢复网络后 2 分钟内自动上传，"
            "同一条两边都改过的，并排给本人选。",
            "Without a network, new customers and visit notes are kept on the phone, at least 50 of them for 7 "
            "days. They are sent within 2 "
            "minutes of the network’s return; where both sides changed, the two are shown side by side to the "
            "author.",
        ),
        T(
            "客户车间多在地下室，转圈转半天，退出来全没了，没人会补第二遍。",
            "Many workshops are in basements; the page spins, the text is gone, and nobody types it twice.",
        ),
        "functional",
        "must",
        "p1",
        "wuhao",
        "8.0",
        ("sc-no-signal",),
        ("e-basement",),
        (_MOBILE,),
    ),
)

_VISITS_AND_LEADS = (
    Requirement(
        "r-visit-note",
        T("拜访记录一页写完，一分钟以内", "A visit note is one page and takes under a minute"),
        T(
            "拜访记录在一页上完成，必填项为客户、谈了什么、下一步及日期、天气、陪同人；其余由行程带出。"
            "熟手在手机上 60 秒内写完。",
            "A visit note is one page. Required are customer, what was said, next step with date, weather and "
            "companions; the rest comes from "
            "the day’s list. With practice it takes at most 60 seconds on a phone.",
        ),
        T(
            "现在的记录写了也没法用，“晴，无”占了三分之一。",
            "Today’s notes are of no use; a third of them say “sunny, none”.",
        ),
        "functional",
        "should",
        "p1",
        "linzhixia",
        "4.0",
        ("sc-visit-note",),
        ("e-sunny-none",),
        (_MOBILE,),
    ),
    Requirement(
        "r-speech",
        T("拜访记录语音转文字，30 秒内可用", "Visit notes from speech, ready within 30 seconds"),
        T(
            "说完后 30 秒内出文字，产品型号和客户名称的识别正确率不低于 95%；原录音保留 30 天可回听。",
            "Text is there within 30 seconds of speaking; model numbers and customer names are right in 95 % of "
            "cases. The recording is kept for 30 days.",
        ),
        T("刚谈完、开车回去的路上最记得清。", "The drive back is when people remember best."),
        "functional",
        "should",
        "p1",
        "wuhao",
        "4.0",
        ("sc-visit-note",),
        ("e-driving",),
        (_MOBILE,),
        refines=("r-visit-note",),
    ),
    Requirement(
        "r-sources",
        T("线索来源从一张 12 项的表里选", "A lead’s source is chosen from a list of 12"),
        T(
            "来源只能从 12 项以内的字典里选，一次点击；没有“其他”，选不出来时写一句话，由市场专员每周归并一次。",
            "The source comes from a dictionary of at most 12 entries, in one tap. There is no “other”: whoever "
            "finds none writes a line, and "
            "marketing sorts these once a week.",
        ),
        T(
            "原来第四页有七十多个选项，大家都选“其他”。",
            "There were more than seventy entries on page four, and everybody took “other”.",
        ),
        "data",
        "must",
        "p1",
        "wuhao",
        "2.0",
        ("sc-leads",),
        ("e-twenty-spellings",),
        (_LEADS, _DATA),
    ),
    Requirement(
        "r-source-mapping",
        T("历史来源的二十种写法一次归并", "Twenty old spellings of sources are mapped in one go"),
        T(
            "旧库的 20 种来源写法按对照表一次归并到新字典，归并率不低于 98%，原写法保留备查；"
            "对照表可由市场专员改后重跑。",
            "The 20 spellings in the old data are mapped to the new dictionary by one table; at least 98 % of "
            "the leads find a place and the old "
            "spelling is kept. Marketing can correct the table and run it again.",
        ),
        T(
            "不归并历史，就答不出哪个展会值得再去。",
            "Without the past nobody can say which fair is worth going to again.",
        ),
        "data",
        "should",
        "p1",
        "wuhao",
        "3.0",
        ("sc-leads",),
        ("e-twenty-spellings",),
        (_LEADS, _DATA),
        depends_on=("r-sources",),
    ),
    Requirement(
        "r-lead-assign",
        T("新线索按区域自动分给销售", "New leads go to sales by region"),
        T(
            "线索保存后 5 分钟内按区域分给销售并发通知；一个区有几位销售的，按当月已分条数少的优先；"
            "区域认不出的给区域经理。",
            "Within 5 minutes of saving, a lead goes to a rep of its region with a message; where there are "
            "several, to the one with the fewest "
            "this month; where the region is unknown, to the regional manager.",
        ),
        T("现在是一张表，谁有空谁打。", "Today it is a sheet, and whoever has time rings."),
        "functional",
        "should",
        "p1",
        "linzhixia",
        "2.0",
        ("sc-leads",),
        ("e-sixty-leads",),
        (_LEADS,),
    ),
    Requirement(
        "r-lead-waiting",
        T("线索 24 小时没人联系就提醒经理", "A lead nobody contacts in 24 hours is shown to the manager"),
        T(
            "分出后 24 小时没有联系记录的线索，提醒区域经理一次；满 72 小时退回待分。",
            "A lead with no contact after 24 hours is brought to the regional manager once; after 72 hours it is "
            "handed out again.",
        ),
        T(
            "上海展的名单，一个礼拜后还有六十几条没人碰。",
            "A week after the Shanghai fair more than sixty leads had not been touched.",
        ),
        "functional",
        "should",
        "p1",
        "linzhixia",
        "2.0",
        ("sc-leads",),
        ("e-sixty-leads",),
        (_LEADS,),
        depends_on=("r-lead-assign",),
    ),
    Requirement(
        "r-card-import",
        T("展会名片批量导入", "Business cards of a fair are imported in bulk"),
        T(
            "200 行的名片表在 10 分钟内导入完：列自动对上，逐行说明问题，能进的先进，其余留着改。",
            "A sheet of 200 cards is in within 10 minutes: columns are matched, each row’s problem is named, "
            "what is ready goes in and the rest stays to be mended.",
        ),
        T("一年六次展会，现在每次要敲一个礼拜。", "There are six fairs a year, and each takes a week of typing."),
        "functional",
        "later",
        "p2",
        "wuhao",
        "3.5",
        ("sc-fair-cards",),
        ("e-cards",),
        (_LEADS,),
        depends_on=("r-phone-format", "r-sources"),
    ),
    Requirement(
        "r-month-report",
        T("月底报表从拜访记录自动汇总", "The monthly report is summed up from the visit notes"),
        T(
            "每月最后一个工作日 17:00 前自动生成本区拜访、线索、报价三张表，每个数字点得到明细；与明细不符的为零。",
            "By 17:00 on the last working day the region’s tables of visits, leads and quotes are made; each "
            "figure leads to its records, and none disagrees with them.",
        ),
        T("现在靠经理月底对着微信拼一个晚上。", "Today a manager spends an evening going through chat messages."),
        "report",
        "should",
        "p1",
        "zhoulan",
        "3.5",
        ("sc-visit-note",),
        ("e-sunny-none", "e-same-day"),
        (_REPORTS,),
        depends_on=("r-visit-note",),
    ),
)

_QUOTES_AND_CONTRACTS = (
    Requirement(
        "r-one-day",
        T("报价到签约不超过一天", "From quote to contract within a day"),
        T(
            "从提交报价到可以签合同，九成的单子不超过 1 个工作日；每周一给出上周各级的等待时间。",
            "Nine quotes in ten can be signed within 1 working day of being submitted. Each Monday shows last "
            "week’s waiting time at each level.",
        ),
        T(
            "现在平均 2.6 天，三成报价在批下来之前客户已经另选了厂家。",
            "The average is 2.6 days; in three cases of ten the customer has chosen somebody else by then.",
        ),
        "quality",
        "must",
        "p1",
        "chenliqun",
        "1.0",
        ("sc-quote-on-spot", "sc-quote-to-contract"),
        ("e-same-day", "e-on-a-plane"),
        (_QUOTES, _APPROVAL),
    ),
    Requirement(
        "r-approval",
        T("报价按折扣和金额分级审批", "Quotes are approved by discount and amount"),
        T(
            "折扣在 5% 以内、金额在 20 万元以内的报价，由区域经理一人审批；超出任一项的，再由销售总监审批。"
            "销售总监批准后，由副总终审。",
            "A quote with a discount of 5 % or less and an amount of 200,000 yuan or less is approved by the "
            "regional manager alone. Beyond "
            "either, the sales director approves as well. After the sales director, the deputy general manager "
            "gives the final approval.",
        ),
        T(
            "大单要有人把关，小单不该等。现在不分大小都走三级。",
            "Large orders need a second look, small ones should not wait. Today all go through three levels.",
        ),
        "functional",
        "must",
        "p1",
        "chenliqun",
        "4.5",
        ("sc-small-discount", "sc-quote-on-spot"),
        ("e-sits-with-me", "e-glance", "e-on-a-plane"),
        (_QUOTES, _APPROVAL),
        refines=("r-one-day",),
    ),
    Requirement(
        "r-approve-message",
        T("审批在手机通知里一步完成", "One tap to approve, in the message itself"),
        T(
            "通知里显示客户、金额、折扣和毛利，点一次即可批准或退回，不用 VPN、不用再登录；从点开到完成不超过 15 秒。",
            "The message shows customer, amount, discount and margin, and one tap approves or returns it, "
            "without VPN and without signing in again. It takes at most 15 seconds.",
        ),
        T(
            "VPN、登录、找单子，三步走完电话里早答应人家了。",
            "VPN, sign in, find the quote: by then the answer has been given on the phone.",
        ),
        "interface",
        "must",
        "p1",
        "wuhao",
        "3.0",
        ("sc-small-discount",),
        ("e-vpn",),
        (_APPROVAL, _MOBILE),
        depends_on=("r-approval",),
    ),
    Requirement(
        "r-deputy",
        T("审批人 8 小时未处理，自动转给代理人", "After 8 hours a quote passes to the approver’s deputy"),
        T(
            "审批人在 4 个工作小时内未处理的，提醒一次；满 8 个工作小时自动转给其代理人。已转交的报价，"
            "原审批人仍可查看，不可再批。",
            "After 4 working hours the approver is reminded once; after 8 the quote passes to the deputy. The "
            "first approver can still see it but no longer approve it.",
        ),
        T(
            "两位经理同时去参展，两个区的单子停了三天，最后是借密码点的。",
            "Two managers at one fair stopped two regions for three days, until a password was lent.",
        ),
        "functional",
        "must",
        "p1",
        "chenliqun",
        "3.5",
        ("sc-approver-away",),
        ("e-three-days",),
        (_APPROVAL,),
        refines=("r-approval",),
    ),
    Requirement(
        "r-margin",
        T("报价发出前看得到毛利", "A quote shows its margin before it is sent"),
        T(
            "报价每改一行，1 秒内显示整单毛利率；低于 15% 的标红，并随审批通知一起给审批人。成本价每晚取自 ERP。",
            "On each change of a line the quote’s margin is shown within 1 second. Below 15 % it is marked and "
            "travels with the approval. Costs come from the ERP every night.",
        ),
        T("总监真正想看的只有毛利掉到 15% 以下的。", "What the director wants to see is the margin below 15 %."),
        "functional",
        "should",
        "p1",
        "wuhao",
        "4.0",
        ("sc-quote-on-spot",),
        ("e-glance",),
        (_QUOTES,),
    ),
    Requirement(
        "r-cost-hidden",
        T("成本价只对区域经理以上可见", "Cost prices are seen by regional managers and above only"),
        T(
            "销售和内勤在页面、导出和接口里都看不到成本价；经理每看一次都留下记录，保存 24 个月。",
            "Reps and administrators see no cost price on any page, in any export or interface. Each look at one "
            "is recorded, and the record kept for 24 months.",
        ),
        T(
            "去年一张带成本的表被转到了客户群里。",
            "Last year a sheet with cost prices ended up in a customer’s chat group.",
        ),
        "permission",
        "must",
        "p1",
        "wuhao",
        "2.0",
        ("sc-quote-on-spot",),
        ("e-glance",),
        (_QUOTES,),
        conflicts_with=("r-margin",),
    ),
    Requirement(
        "r-quote-phone",
        T("在客户面前用手机改报价", "A quote can be changed on the phone, in front of the customer"),
        T(
            "手机上改折扣、数量、交期，总价 1 秒内刷新，并写明要谁批、通常多久；提交后的状态不用刷新就能看到。",
            "Discount, quantity and delivery can be changed on the phone; the total follows within 1 second, "
            "with who must approve and how long "
            "that usually takes. The state after submitting is seen without reloading.",
        ),
        T("客户说便宜两个点就签，要的是当场的答复。", "“Two points less and I sign” wants an answer there and then."),
        "functional",
        "must",
        "p1",
        "linzhixia",
        "6.5",
        ("sc-quote-on-spot",),
        ("e-on-a-plane",),
        (_QUOTES, _MOBILE),
        depends_on=("r-approval",),
    ),
    Requirement(
        "r-quote-export",
        T("报价单导出带审批人与有效期", "The exported quote names its approver and its last day"),
        T(
            "导出的报价单印有审批人、批准时间、有效期（默认 30 天）和编号；过期后打开原链接显示“已过期”。",
            "The exported quote carries approver, time of approval, last day (30 days by default) and number. "
            "After that day its link says “expired”.",
        ),
        T(
            "对账时客户拿三月的报价来，财务没法说不是。",
            "At reconciliation customers show a quote from March, and finance cannot contradict.",
        ),
        "report",
        "should",
        "p1",
        "wuhao",
        "1.5",
        ("sc-quote-on-spot",),
        ("e-march-quote",),
        (_QUOTES,),
        depends_on=("r-approval",),
    ),
    Requirement(
        "r-quote-copy",
        T("从旧报价开始，标出调过价的行", "A quote starts from an earlier one, with changed prices marked"),
        T(
            "可复制本客户三年内的任一旧报价，按现行价重算，价格变动超过 2% 的行标出旧价和新价。",
            "Any quote to the customer of the last three years can be copied at present prices; lines that moved "
            "by more than 2 % show both.",
        ),
        T("七月调价以后，照抄旧价抄错过五次。", "Since the price change in July an old price has gone out five times."),
        "functional",
        "should",
        "p1",
        "linzhixia",
        "3.0",
        ("sc-repeat-order",),
        ("e-old-price",),
        (_QUOTES,),
    ),
    Requirement(
        "r-erp-order",
        T("批完的报价一键转成 ERP 订单", "An approved quote becomes an ERP order in one step"),
        T(
            "内勤点一次，2 分钟内拿到 ERP 订单号；型号、后缀、数量、交期、税号逐项带过去，手工重录的项为零。ERP "
            "拒收时说明是哪一项。",
            "One click by the administrator brings the ERP order number within 2 minutes. Model, suffix, "
            "quantity, delivery and tax number are "
            "carried over, none typed again. When the ERP refuses, the field is named.",
        ),
        T(
            "一张单子录二十分钟，一天十五张；上个月少打一个后缀，货拉回来了。",
            "Twenty minutes an order, fifteen a day; last month one missing suffix brought the goods back.",
        ),
        "interface",
        "should",
        "p1",
        "wuhao",
        "7.0",
        ("sc-quote-to-contract",),
        ("e-retype",),
        (_LINKED,),
        depends_on=("r-required-by-stage",),
    ),
    Requirement(
        "r-contract-direct",
        T("与报价一致的合同不再另批", "A contract that matches its quote needs no second approval"),
        T(
            "由已批准且在有效期内的报价生成的合同，价格、数量、付款条件一字未改的，直接盖章；改过任一项的，"
            "只批改过的那一项。",
            "A contract made from an approved quote that still holds is sealed at once when price, quantity and "
            "payment terms are unchanged. "
            "Where one has changed, only that is approved.",
        ),
        T(
            "同样一个价，报价批三级，合同又批三级，两个月 214 单没有改过一个数字。",
            "The same price is approved three times as a quote and three times as a contract: 214 in two months, "
            "not one figure changed.",
        ),
        "functional",
        "must",
        "p1",
        "chenliqun",
        "3.0",
        ("sc-quote-to-contract",),
        ("e-contract-again",),
        (_APPROVAL,),
        refines=("r-one-day",),
        depends_on=("r-approval",),
    ),
    Requirement(
        "r-payment",
        T("逾期回款提醒签单的销售", "Overdue payments reach the rep who signed"),
        T(
            "发票逾期次日提醒签单销售，满 15 天提醒区域经理；提醒里有金额、天数和上次联系。",
            "On the day after an invoice is due its rep is told, after 15 days the regional manager, with "
            "amount, days and last contact.",
        ),
        T(
            "签单的人是最后一个知道钱没回来的。",
            "Whoever signed the order is the last to know that the money is missing.",
        ),
        "functional",
        "should",
        "p2",
        "zhoulan",
        "3.5",
        (),
        ("e-overdue",),
        (_LINKED,),
    ),
    Requirement(
        "r-practice",
        T("有一个点坏了也不要紧的练习区", "A place to practise where nothing can break"),
        T(
            "每个岗位有 5 个 30 分钟内做得完的练习，用本人名下客户的副本；练习区每晚复原，不产生真实通知和订单。"
            "上线前每个岗位九成的人做完。",
            "Each job role has 5 exercises of 30 minutes in all, on copies of one’s own customers. The practice "
            "area is reset every night and "
            "sends no real message or order. Before going live nine people in ten of each role have done them.",
        ),
        T(
            "上回培训半天、讲完所有菜单，回去第一步就卡住。",
            "Last time it was half a day through all menus, and people got stuck at step one.",
        ),
        "quality",
        "should",
        "p1",
        "zhoulan",
        "2.5",
        ("sc-new-customer",),
        ("e-half-day", "e-nineteen"),
        (_TRAINING,),
    ),
    Requirement(
        "r-gps",
        T("拜访须到场定位打卡", "A visit must be proved by location"),
        T(
            "拜访记录须在客户地址 500 米内提交，否则不计入拜访数。",
            "A visit note must be sent from within 500 metres of the customer’s address, or it does not count.",
        ),
        T("有经理希望用定位核实拜访。", "Some managers want visits confirmed by location."),
        "functional",
        "later",
        "p2",
        "zhoulan",
        "3.0",
        ("sc-visit-note",),
        (),
        (_MOBILE,),
    ),
    Requirement(
        "r-dealers",
        T("经销商自己下复购单", "Dealers place repeat orders themselves"),
        T(
            "签约经销商可按上次订单复购，10 分钟内收到交期答复。",
            "A dealer under contract can repeat an earlier order and has an answer on delivery within 10 minutes.",
        ),
        T(
            "经销商的复购占销售内勤三成来电。",
            "Repeat orders of dealers are three in ten of the sales administrators’ calls.",
        ),
        "functional",
        "later",
        "p2",
        "chenliqun",
        "9.0",
        ("sc-repeat-order",),
        (),
        (_QUOTES,),
    ),
)

_AFTER_SALES = (
    Requirement(
        "r-call-warranty",
        T("客服接电话时看到保修期和最近三次维修", "A repair call shows warranty and the last three repairs"),
        T(
            "按来电号码 3 秒内在一个页面上显示客户、设备清单、每台的保修截止日和最近三次维修；不用切换窗口。",
            "Within 3 seconds of a call one page shows the customer, the machines, the last day of each warranty "
            "and the last three repairs; no other window is needed.",
        ),
        T(
            "现在开三个窗口，客户听四五分钟敲键盘。",
            "Today it takes three windows and four or five minutes of typing while the customer listens.",
        ),
        "interface",
        "must",
        "p2",
        "linzhixia",
        "5.0",
        ("sc-repair-call",),
        ("e-three-windows",),
        (_SERVICE,),
        depends_on=("r-serial",),
    ),
    Requirement(
        "r-serial",
        T("说不出序列号也找得到设备", "A machine is found without its serial number"),
        T(
            "按客户加出厂年份、出厂单号、铭牌照片三种方式都能找到设备，九成电话在 30 秒内认出；认不出时可先派单。",
            "A machine is found by customer and year, by delivery note, or by a photo of its plate; nine calls "
            "in ten within 30 seconds. Where it is not, an order can still go out.",
        ),
        T("十个电话里六个说不出序列号。", "Six callers out of ten cannot tell the serial number."),
        "data",
        "must",
        "p2",
        "wuhao",
        "5.0",
        ("sc-no-serial", "sc-repair-call"),
        ("e-blue-one",),
        (_SERVICE, _DATA),
    ),
    Requirement(
        "r-close-on-site",
        T("上门维修在手机上当场关单", "A repair is closed on the phone, on site"),
        T(
            "工程师在手机上选换下的零件、拍铭牌、请客户签字，3 分钟内关单；没有网络也能关，回来再传。",
            "The engineer picks the parts changed, photographs the plate, has the customer sign, and closes the "
            "order within 3 minutes; without a network too, to be sent later.",
        ),
        T(
            "现在一周补一次单，礼拜五已经想不起礼拜二换的是几号轴承。",
            "Orders are written up once a week; on Friday nobody remembers Tuesday’s bearing.",
        ),
        "functional",
        "must",
        "p2",
        "linzhixia",
        "7.0",
        ("sc-repair-visit",),
        ("e-third-time",),
        (_SERVICE, _MOBILE),
        depends_on=("r-serial", "r-offline"),
    ),
    Requirement(
        "r-third-fault",
        T("同一台一年内第三次报修时提醒", "The third fault of a machine within a year is pointed out"),
        T(
            "同一序列号 12 个月内第三次报修时，派单页提醒客服，并列出三次的现象和更换件。",
            "When a serial number is reported for the third time in 12 months, the order page says so and lists "
            "what was seen and changed each time.",
        ),
        T(
            "第三次还按第一次的备件去，白跑三百公里。",
            "Going with the parts of the first time costs three hundred kilometres for nothing.",
        ),
        "functional",
        "later",
        "p2",
        "linzhixia",
        "2.0",
        ("sc-repair-call", "sc-repair-visit"),
        ("e-third-time",),
        (_SERVICE,),
        depends_on=("r-serial",),
    ),
    Requirement(
        "r-open-repairs",
        T("销售出门前看得到客户的未结报修", "Open repairs are seen by sales before a visit"),
        T(
            "有未结报修的客户，在销售当天行程和客户页上标出停机天数和负责工程师；报修关闭后 5 分钟内消失。",
            "A customer with an open repair is marked in the rep’s list of the day and on the customer’s page, "
            "with days standing and engineer; the mark goes within 5 minutes of closing.",
        ),
        T(
            "上个月无锡一家停机九天，销售拎着样本去被轰了出来。",
            "Last month a plant in Wuxi had stood for nine days when a rep walked in with a catalogue and was "
            "thrown out.",
        ),
        "functional",
        "should",
        "p2",
        "sunqian",
        "2.5",
        ("sc-repair-call",),
        ("e-nine-days",),
        (_SERVICE,),
    ),
)

REQUIREMENTS = _CUSTOMERS + _VISITS_AND_LEADS + _QUOTES_AND_CONTRACTS + _AFTER_SALES

SET_ASIDE = (
    SetAside(
        "aside-gps",
        "r-gps",
        "rejected",
        T(
            "这是拿系统管人，不是帮人干活。上一套就是这么把人赶走的。要核实拜访，看下一步有没有做。",
            "That uses the system to police people instead of helping them; it is how the last one drove them "
            "away. "
            "To check a visit, look whether its next step was done.",
        ),
    ),
    SetAside(
        "aside-dealers",
        "r-dealers",
        "deferred",
        T(
            "经销商还没人访谈过，价格政策也在改。二期中间再看。",
            "No dealer has been interviewed and the price policy is being rewritten. Look again in the middle of "
            "phase 2.",
        ),
        until="2027-02-01",
    ),
)
