"""Fourteen pieces of real work: seven main flows, four ways round, three things that go wrong.

The last three came with the service interview, after the scope was signed.
"""

from __future__ import annotations

from .model import Scenario, T

_REP = T("一线销售", "Sales rep")
_MANAGER = T("区域经理", "Regional manager")
_ADMIN = T("销售内勤", "Sales administrator")
_MARKETING = T("市场专员", "Marketing specialist")
_DESK = T("客服", "Service desk agent")
_ENGINEER = T("服务工程师", "Service engineer")

SCENARIOS = (
    Scenario(
        "sc-new-customer",
        T("在客户现场新建客户", "Create a customer at the workshop door"),
        "main",
        _REP,
        T(
            "第一次见面，拿到对方名片或口头报的姓名电话",
            "A first meeting; a card or a name and a number have been given",
        ),
        (
            T("手机上已登录", "Signed in on the phone"),
            T("客户不在系统里，或不确定在不在", "The customer is not in the system, or nobody is sure"),
        ),
        (
            T("在手机首页点“新客户”", "Tap “New customer” on the phone’s home page"),
            T("填名称、手机、区域三项", "Fill in name, mobile and region"),
            T("看一眼系统提示的相近客户，都不是就继续", "Glance at the similar customers shown; none of them, go on"),
            T("保存，当场记下谈了什么和下一步", "Save, and note on the spot what was said and what comes next"),
        ),
        T(
            "客户已建好、归到本人名下，其余资料留到用得着时再补",
            "The customer exists and is the rep’s; everything else waits until it is needed",
        ),
        T("每人每周 3 到 5 家", "3 to 5 a week for each rep"),
        ("e-eight-pages", "e-stars"),
    ),
    Scenario(
        "sc-quote-on-spot",
        T("客户当场压价，销售现场报新价", "The customer bargains, the rep quotes anew on the spot"),
        "main",
        _REP,
        T("客户说“便宜两个点就签”", "The customer says “two points less and I sign”"),
        (T("已有一张报给该客户的报价", "A quote for this customer exists"),),
        (
            T("在手机上打开那张报价", "Open the quote on the phone"),
            T("改折扣，看到新总价和要谁批", "Change the discount; see the new total and who must approve"),
            T("提交，客户面前等结果", "Submit, and wait in front of the customer"),
            T("批准后把报价单发给客户", "Send the quote to the customer once approved"),
        ),
        T(
            "客户当场拿到有审批人、有有效期的新报价",
            "The customer holds a new quote that names its approver and its last day",
        ),
        T("全公司每天 40 张左右", "About 40 a day in the company"),
        ("e-on-a-plane", "e-same-day"),
    ),
    Scenario(
        "sc-quote-to-contract",
        T("批完的报价转成合同和 ERP 订单", "An approved quote becomes a contract and an ERP order"),
        "main",
        _ADMIN,
        T("客户确认报价", "The customer accepts the quote"),
        (
            T("报价已批准且在有效期内", "The quote is approved and still holds"),
            T("客户的开票资料已补齐", "The customer’s invoice details are complete"),
        ),
        (
            T("从报价生成合同，价格和条款照带", "Make the contract from the quote; prices and terms come along"),
            T("核对型号、法兰方向、交期", "Check model, flange side and delivery date"),
            T(
                "与报价一致的合同直接盖章，不再另批",
                "Seal the contract without another approval where it matches the quote",
            ),
            T("推到 ERP，拿到订单号", "Send it to the ERP and get the order number"),
        ),
        T(
            "ERP 里有订单，合同已寄出，没有人录第二遍",
            "The order is in the ERP and the contract is out; nobody typed anything twice",
        ),
        T("每天 15 单左右", "About 15 a day"),
        ("e-retype", "e-contract-again"),
    ),
    Scenario(
        "sc-leads",
        T("展会线索分给销售", "Fair leads go to the sales reps"),
        "main",
        _MARKETING,
        T("展会、官网或来电带来一条线索", "A fair, the web site or a call brings a lead"),
        (T("区域与销售的对应关系已维护", "It is kept up to date which rep has which region"),),
        (
            T("录入线索，来源从表里选", "Enter the lead, its source chosen from the list"),
            T("系统按区域分给销售并通知", "The system gives it to the region’s rep and tells them"),
            T("销售 24 小时内联系并记下结果", "The rep makes contact within 24 hours and notes what came of it"),
            T("月底按来源看成交", "At month’s end, look at orders by source"),
        ),
        T(
            "每条线索都有人管，说得出哪个展会值得再去",
            "Every lead has somebody, and one can say which fair is worth going to again",
        ),
        T("平时每周 30 条，展会后三天 200 条", "30 a week, 200 in the three days after a fair"),
        ("e-sixty-leads", "e-twenty-spellings"),
    ),
    Scenario(
        "sc-visit-note",
        T("拜访完当场记一笔", "Note a visit before driving off"),
        "main",
        _REP,
        T("走出客户大门", "Walking out of the customer’s gate"),
        (T("客户已在系统里", "The customer is in the system"),),
        (
            T("从今天的行程点开客户", "Open the customer from today’s list"),
            T("写或说：见了谁、谈了什么", "Type or say whom one met and what was said"),
            T("定下一步和日期", "Set the next step and its date"),
            T("保存，下一步进自己的待办", "Save; the next step is in one’s own list"),
        ),
        T("一分钟内记完，月报不用再拼", "Done within a minute, and the monthly report needs no gathering"),
        T("每人每天 2 到 4 次", "2 to 4 a day for each rep"),
        ("e-sunny-none", "e-driving"),
    ),
    Scenario(
        "sc-fair-cards",
        T("展会回来，一次录入两百张名片", "Two hundred cards after a fair, in one go"),
        "alternative",
        _MARKETING,
        T(
            "展会结束，手里一叠名片和一张扫码名单",
            "The fair is over; there is a pile of cards and a list of scanned badges",
        ),
        (T("名单是 Excel 或扫描照片", "The list is a sheet or photos"),),
        (
            T("选文件，列自动对上，不对的改一下", "Choose the file; columns are matched, put right what is wrong"),
            T("看系统标出的重复和写错的电话", "Look at the duplicates and bad numbers that are marked"),
            T("能进的先进，其余留下来慢慢改", "Let in what is ready, keep the rest to mend"),
        ),
        T("当天分完，不用一张张敲", "Handed out the same day; nobody types card by card"),
        T("一年 6 次展会", "6 fairs a year"),
        ("e-cards",),
    ),
    Scenario(
        "sc-small-discount",
        T("小折扣报价，经理一人说了算", "A small discount: the manager decides alone"),
        "alternative",
        _MANAGER,
        T("销售提交一张折扣 5% 以内的报价", "A rep submits a quote with a discount of 5 % or less"),
        (T("金额在 20 万元以内", "The amount is within 200,000 yuan"),),
        (
            T("手机通知里看到客户、金额、折扣", "The message on the phone shows customer, amount and discount"),
            T("点批准，或回一句为什么不行", "Tap approve, or say why not"),
        ),
        T("销售在客户面前就拿到答复", "The rep has the answer while still with the customer"),
        T("每位经理每天 15 到 20 张", "15 to 20 a day for each manager"),
        ("e-sits-with-me", "e-vpn"),
    ),
    Scenario(
        "sc-contact-moved",
        T("老客户换了联系人", "An old customer has a new contact"),
        "alternative",
        _REP,
        T("打过去接电话的换了人，或采购换了手机", "Somebody else answers, or the buyer has a new number"),
        (T("客户在系统里，可能挂在别人名下", "The customer is in the system, perhaps with another rep"),),
        (
            T("按旧号或名称找到客户", "Find the customer by the old number or by name"),
            T("追加联系人，旧的标为已离开", "Add the contact and mark the old one as gone"),
            T("看到归属和最近一次跟进是谁", "See whose customer it is and who was there last"),
        ),
        T("同一家还是一个客户，不会再建第二个", "The company stays one customer; no second one is created"),
        T("全公司每周 20 次左右", "About 20 a week in the company"),
        ("e-old-li", "e-who-first"),
    ),
    Scenario(
        "sc-repeat-order",
        T("老客户照上回再来一份", "The same as last time, please"),
        "alternative",
        _ADMIN,
        T("客户来电：“照上次的再来十台”", "The customer rings: “ten more of the last ones”"),
        (T("至少有一张旧报价", "There is at least one earlier quote"),),
        (
            T("从客户页挑一张旧报价复制", "Copy an earlier quote from the customer’s page"),
            T("看标出来的调价行，改数量", "Look at the lines whose price has moved, change the quantity"),
            T("提交，折扣没变大的不用再批", "Submit; nothing to approve where the discount has not grown"),
        ),
        T("两分钟出报价，不会抄到旧价", "A quote in two minutes, and no old price in it"),
        T("每天 10 次左右", "About 10 a day"),
        ("e-old-price",),
    ),
    Scenario(
        "sc-approver-away",
        T("审批人不在，单子不能停", "The approver is away and the quote must not stop"),
        "exception",
        _REP,
        T("审批人出差、休假或不接电话", "The approver travels, is on leave or does not answer"),
        (T("报价停在某一级超过 4 个工作小时", "A quote has waited at one level for more than 4 working hours"),),
        (
            T("系统提醒审批人一次", "The system reminds the approver once"),
            T("满 8 个工作小时转给代理人", "After 8 working hours it passes to the deputy"),
            T(
                "代理人也不在，转内勤代收，由内勤打电话问",
                "The deputy is away too: the sales administrator takes it and rings",
            ),
        ),
        T(
            "没有单子停过一个工作日，也没有人借密码",
            "No quote waits longer than a working day, and no password is lent",
        ),
        T("每月 5 到 8 次，展会期间更多", "5 to 8 a month, more while fairs are on"),
        ("e-three-days",),
    ),
    Scenario(
        "sc-no-signal",
        T("车间地下室没信号", "No signal in the basement workshop"),
        "exception",
        _REP,
        T("要建客户或记拜访，手机没有网", "A customer or a visit is to be entered and the phone has no network"),
        (T("当天早上在有网的地方打开过一次", "The app was opened on a network that morning"),),
        (
            T("照常填写，保存", "Fill in and save as always"),
            T("看到“已存在手机，有网再传”", "Read “kept on the phone, sent when there is a network”"),
            T("回到有网处自动上传，有冲突就问一句", "Back on a network it is sent; where two versions meet, it asks"),
        ),
        T("记过的一条都不丢", "Nothing that was noted is lost"),
        T("华东区每天 10 次以上", "More than 10 a day in East China"),
        ("e-basement",),
    ),
    Scenario(
        "sc-repair-call",
        T("客服接报修电话", "The service desk takes a repair call"),
        "main",
        _DESK,
        T("客户来电说设备出了问题", "A customer rings: something is wrong with a machine"),
        (T("设备从恒岳出厂", "The machine was delivered by Hengyue"),),
        (
            T("按来电号码认出客户", "Recognise the customer by the number calling"),
            T("找到设备，看保修期和最近三次维修", "Find the machine; see its warranty and the last three repairs"),
            T("记下现象，派给就近的工程师", "Note what is wrong and send the nearest engineer"),
            T("告诉客户谁来、哪个半天到", "Tell the customer who comes and in which half-day"),
        ),
        T("一分半钟内派完单，客户知道谁来", "Handed on within a minute and a half, and the customer knows who comes"),
        T("每天 35 到 50 通", "35 to 50 calls a day"),
        ("e-three-windows", "e-never-asked"),
    ),
    Scenario(
        "sc-repair-visit",
        T("工程师上门维修，当场关单", "The engineer repairs on site and closes the order there"),
        "main",
        _ENGINEER,
        T("派工单到手机", "A service order reaches the phone"),
        (T("设备已认出", "The machine is known"),),
        (
            T("出发前看以往维修和建议带的备件", "Before leaving, see earlier repairs and the parts to bring"),
            T("修好，拍铭牌，选换下的零件", "Repair, photograph the plate, pick the parts that were changed"),
            T("客户在手机上签字", "The customer signs on the phone"),
            T("当场关单", "Close the order there"),
        ),
        T("单子当天关，换了什么一查就有", "Closed the same day, and what was changed can be looked up"),
        T("每位工程师每天 2 到 3 单", "2 to 3 a day for each engineer"),
        ("e-third-time",),
    ),
    Scenario(
        "sc-no-serial",
        T("客户说不出序列号", "The customer cannot tell the serial number"),
        "exception",
        _DESK,
        T("“就是蓝色那台，前年买的”", "“It’s the blue one, from two years ago”"),
        (T("认出了客户，认不出设备", "The customer is known, the machine is not"),),
        (
            T("列出这家客户的设备，按出厂时间排", "List this customer’s machines by date of delivery"),
            T("按出厂单号或铭牌照片找", "Look by delivery note or by a photo of the plate"),
            T("还是找不到，先派单，铭牌到现场拍", "Still nothing: send somebody, and photograph the plate on site"),
        ),
        T("认不出设备也派得了单", "An order goes out even when the machine is not known"),
        T("十通电话里有六通", "6 calls out of 10"),
        ("e-blue-one",),
    ),
)
