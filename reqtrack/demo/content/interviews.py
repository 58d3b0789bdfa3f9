"""Six interviews: what was said, and the passages marked in it. The service department was asked last, after the signature.

Longer than other modules because it is prose: the notes are what a demonstration is read for.
"""

from __future__ import annotations

from .model import Excerpt, Interview, T

_GUIDE = (
    T("从早到晚走一遍，不谈系统", "Your day from morning to evening, leaving the system out of it"),
    T("哪一步要停下来等人？", "Where do you stop and wait for somebody?"),
    T("绕过系统是怎么绕的？", "How do you get round the system?"),
    T("哪些字段是为别人填的？", "Which fields do you fill in for other people?"),
    T("出错时怎么补救？", "What do you do when something goes wrong?"),
    T("只能改一样，先改什么？", "If one thing could change, which?"),
)

_CHEN = Interview(
    "i-chen",
    T("陈立群：上一套系统为什么没人用", "Chen Liqun: why nobody used the last system"),
    "2026-09-10",
    "linzhixia",
    ("s-chen",),
    (
        T("上一套系统现在什么情况？", "What became of the last system?"),
        T("当时是怎么定的？", "How was it decided at the time?"),
        T("审批到你这里是什么样子？", "What do approvals look like when they reach you?"),
        T("这次怎样算成？", "What would count as success this time?"),
    ),
    T(
        """## 上一套系统

**林知夏：** 前年上的那套，现在什么情况？

**陈立群：** 账号一百四十个，上个月真正登录过的十九个。我看的报表是内勤每月二十五号手工拼的，系统里的数我不敢用。

**林知夏：** 你觉得问题出在哪儿？

**陈立群：** 当初是我拍的板，说客户资料要全，一次填到位。结果第一次见面就要人家填注册资本、开票信息。这个责任在我，不在他们懒。

## 审批

**陈立群：** 说实话，到我这里的单子，九成我看一眼就点了。我真正想看的是毛利掉到 15% 以下的。现在不管大小都排在一起，要紧的反而淹了。

**林知夏：** 副总那一级呢？

**陈立群：** 报价批三级，转成合同再从头批三级，价钱一个字没变。我查过，两个月里 214 单，方总全部同意，没改过一个数字。

**林知夏：** 那为什么还留着？

**陈立群：** 四年前有个经理私下放过一张亏本的单子，从那以后就加了。加的时候一句话，撤的时候谁都不敢开口。

## 这次怎样算成

**陈立群：** 我只要两条：报价当天能出门，月底的数我敢拿去开会。别的都可以往后放，包括回款。不过那个也难看。逾期的单子，签单的人是最后一个知道的。
""",
        """## The last system

**Lin Zhixia:** What became of the system from two years ago?

**Chen Liqun:** We have 140 accounts. Nineteen of them signed in last month. The report I look at is put together by hand on the 25th; I don’t dare use the figures in the system.

**Lin Zhixia:** Where did it go wrong, do you think?

**Chen Liqun:** That was my decision. I wanted complete customer data, filled in once and for all. So at the first handshake our people had to ask for registered capital and tax details. That is on me. They are not lazy.

## Approvals

**Chen Liqun:** To be honest, nine out of ten that reach me I glance at and click. What I really want to see is the margin that has dropped below 15 %. Now big and small stand in one queue, and the ones that matter drown.

**Lin Zhixia:** And the deputy general manager’s level?

**Chen Liqun:** Three levels for the quote, then the contract starts again with the same three, at the same price. I checked: 214 in two months, Fang agreed to every one and changed not a single figure.

**Lin Zhixia:** Why is it still there?

**Chen Liqun:** Four years ago a manager let a loss-making order through, and it was added after that. Adding it took one sentence. Taking it away, nobody wants to be the one who says it.

## What would count as success

**Chen Liqun:** Two things. A quote leaves the house the same day, and at month’s end I can take the figures into a meeting. Everything else can wait, payments too. Though that is not pretty either. When an invoice is overdue, whoever signed the order is the last to know.
""",
    ),
    (
        Excerpt(
            "e-nineteen",
            T(
                "账号一百四十个，上个月真正登录过的十九个。",
                "We have 140 accounts. Nineteen of them signed in last month.",
            ),
        ),
        Excerpt(
            "e-glance",
            T(
                "说实话，到我这里的单子，九成我看一眼就点了。我真正想看的是毛利掉到 15% 以下的。",
                "To be honest, nine out of ten that reach me I glance at and click. "
                "What I really want to see is the margin that has dropped below 15 %.",
            ),
        ),
        Excerpt(
            "e-contract-again",
            T(
                "报价批三级，转成合同再从头批三级，价钱一个字没变。",
                "Three levels for the quote, then the contract starts again with the same three, at the same price.",
            ),
        ),
        Excerpt(
            "e-same-day",
            T(
                "我只要两条：报价当天能出门，月底的数我敢拿去开会。",
                "Two things. A quote leaves the house the same day, and at month’s end I can take the figures into a "
                "meeting.",
            ),
        ),
        Excerpt(
            "e-overdue",
            T(
                "逾期的单子，签单的人是最后一个知道的。",
                "When an invoice is overdue, whoever signed the order is the last to know.",
            ),
        ),
    ),
)

_WANG = Interview(
    "i-wang",
    T("王海涛：销售一天里怎么用、为什么不用", "Wang Haitao: a salesman’s day, with and without the system"),
    "2026-09-16",
    "linzhixia",
    ("s-wang",),
    _GUIDE,
    T(
        """## 早上出门前

**王海涛：** 七点半到公司拿样品，手机上看一眼今天要跑谁。系统里那个“日程”没人用，我们区用微信群接龙。

## 在客户那里

**林知夏：** 新客户当场录进系统吗？

**王海涛：** 填一个客户要翻八页，我站在人家车间门口，哪有这个时间。先记本子上，回头想起来再补，一般就忘了。本子上有三样：单位、人、电话。真正要用的也就这三样。

**林知夏：** 不填完能存吗？

**王海涛：** 存不了，二十三个带星号的。后来我就填 111，电话全填一三八后面八个零，反正能过。月底主管拉报表，客户数是上去了。

**王海涛：** 还有一个，车间地下室没信号，转圈转半天，退出来全没了。补一遍我是不会补的。

## 报价

**王海涛：** 我在客户那儿，客户说便宜两个点就签。我发上去，经理批了，总监批了，还要副总批。副总在飞机上。等批下来，客户说已经跟别家签了。

**林知夏：** 一个月这样的有几单？

**王海涛：** 三四单吧。小单子更冤，两万块的也走三级。

## 同一个客户，两个名字

**王海涛：** “恒力”“苏州恒力”“恒力（苏州）”，电话有的带 86，有的带横杠，有的写两个号。我打过去才知道是老李的客户，搞得很难看。
""",
        """## Before leaving

**Wang Haitao:** Half past seven at the office for samples, a look at the phone to see whom I visit. Nobody uses the calendar in the system; our region keeps a list in a chat group.

## At the customer’s

**Lin Zhixia:** Do you enter a new customer on the spot?

**Wang Haitao:** Eight pages for one customer, and I’m standing at somebody’s workshop door. When would I do that? It goes into the notebook, I mean to type it in later, and mostly I forget. Three things are in the notebook: company, person, phone. Those three are all I ever need.

**Lin Zhixia:** Can you save it half done?

**Wang Haitao:** No. Twenty-three fields with a star. So I put 111, and 138 with eight zeros for the phone. It goes through. At month’s end the boss pulls the report, and look, more customers.

**Wang Haitao:** And another thing. In a basement workshop there is no signal, it spins and spins, and when you leave, everything is gone. I am not typing it twice.

## Quotes

**Wang Haitao:** I’m sitting with the customer and he says, two points less and I sign. I send it up. The manager approves, the director approves, and then it needs the deputy general manager. He is on a plane. By the time it comes back the customer has signed with somebody else.

**Lin Zhixia:** How often is that?

**Wang Haitao:** Three or four a month. The small ones hurt more: 20,000 yuan goes through three levels too.

## One customer, two names

**Wang Haitao:** “Hengli”, “Suzhou Hengli”, “Hengli (Suzhou)”. Some numbers with 86, some with dashes, some with two numbers in one box. I ring him up and find out that he is Old Li’s customer. It looks terrible.
""",
    ),
    (
        Excerpt(
            "e-eight-pages",
            T(
                "填一个客户要翻八页，我站在人家车间门口，哪有这个时间。先记本子上，回头想起来再补，一般就忘了。",
                "Eight pages for one customer, and I’m standing at somebody’s workshop door. When would I do that? "
                "It goes into the notebook, I mean to type it in later, and mostly I forget.",
            ),
        ),
        Excerpt(
            "e-stars",
            T(
                "存不了，二十三个带星号的。后来我就填 111，电话全填一三八后面八个零，反正能过。",
                "No. Twenty-three fields with a star. So I put 111, and 138 with eight zeros for the phone. It goes "
                "through.",
            ),
        ),
        Excerpt(
            "e-basement",
            T(
                "车间地下室没信号，转圈转半天，退出来全没了。",
                "In a basement workshop there is no signal, it spins and spins, and when you leave, everything is "
                "gone.",
            ),
        ),
        Excerpt(
            "e-on-a-plane",
            T(
                "副总在飞机上。等批下来，客户说已经跟别家签了。",
                "He is on a plane. By the time it comes back the customer has signed with somebody else.",
            ),
        ),
        Excerpt(
            "e-old-li",
            T(
                "电话有的带 86，有的带横杠，有的写两个号。我打过去才知道是老李的客户，搞得很难看。",
                "Some numbers with 86, some with dashes, some with two numbers in one box. "
                "I ring him up and find out that he is Old Li’s customer. It looks terrible.",
            ),
        ),
    ),
)

_LIU = Interview(
    "i-liu",
    T("刘建国：一个区的单子、线索和月报", "Liu Jianguo: a region’s orders, leads and monthly report"),
    "2026-09-18",
    "wuhao",
    ("s-liu",),
    _GUIDE,
    T(
        """## 审批

**刘建国：** 我一天二十来张报价，大半是折扣两三个点的老客户，看都不用看。可我不点，它就停在我这里。

**吴昊：** 出差的时候呢？

**刘建国：** 上个月我跟华南的老郑同时去参展，两个区的单子停了三天。系统里没有代理人这回事，最后是把密码告诉内勤，让她替我点的。

**吴昊：** 手机上不能批？

**刘建国：** 手机要先连 VPN，再登录，再找到那张单子。三步走完，电话里早就口头答应人家了。

## 线索

**刘建国：** 市场部展会回来给一张表，两百条，谁有空谁打。上海那次的名单，过了一个礼拜还有六十几条没人碰，等我们打过去，人家连展会都忘了。

## 月报

**刘建国：** 月底最后一个晚上，我对着八个人的微信记录拼拜访数。系统里也有拜访记录，可必填天气、陪同人，大家就写“晴，无”。我要的是见了谁、谈了什么、下一步哪天做。

**吴昊：** 只能改一样，先改什么？

**刘建国：** 五个点以内让我一个人说了算。剩下的你们慢慢来。
""",
        """## Approvals

**Liu Jianguo:** Twenty quotes a day, give or take. Most are old customers with two or three points off; I needn’t look. But until I click, it sits with me.

**Wu Hao:** And when you travel?

**Liu Jianguo:** Last month old Zheng from the south and I were at the same trade fair, and the quotes of two regions stood still for three days. The system knows no deputy. In the end I gave the sales administrator my password and she clicked for me.

**Wu Hao:** Can’t you approve on the phone?

**Liu Jianguo:** On the phone it’s the VPN first, then sign in, then find the quote. By then I have long said yes on a call.

## Leads

**Liu Jianguo:** Marketing comes back from a fair with a sheet, two hundred lines, whoever has time rings them. After Shanghai, sixty-odd had not been touched a week later, and when we did ring, people had forgotten the fair.

## Monthly report

**Liu Jianguo:** The last night of the month I count visits from the chat messages of eight people. The system has visit notes too. Weather and companions are required, so everybody writes “sunny, none”. What I want is whom they met, what was said, and what happens next on which day.

**Wu Hao:** If one thing could change, which?

**Liu Jianguo:** Up to five points, let me decide alone. The rest can take its time.
""",
    ),
    (
        Excerpt(
            "e-sits-with-me",
            T(
                "大半是折扣两三个点的老客户，看都不用看。可我不点，它就停在我这里。",
                "Most are old customers with two or three points off; I needn’t look. But until I click, it sits "
                "with me.",
            ),
        ),
        Excerpt(
            "e-three-days",
            T(
                "上个月我跟华南的老郑同时去参展，两个区的单子停了三天。系统里没有代理人这回事，最后是把密码告诉内勤，"
                "让她替我点的。",
                "Last month old Zheng from the south and I were at the same trade fair, and the quotes of two "
                "regions stood still for "
                "three days. The system knows no deputy. In the end I gave the sales administrator my password and "
                "she clicked for me.",
            ),
        ),
        Excerpt(
            "e-vpn",
            T(
                "手机要先连 VPN，再登录，再找到那张单子。三步走完，电话里早就口头答应人家了。",
                "On the phone it’s the VPN first, then sign in, then find the quote. By then I have long said yes on "
                "a call.",
            ),
        ),
        Excerpt(
            "e-sixty-leads",
            T(
                "上海那次的名单，过了一个礼拜还有六十几条没人碰，等我们打过去，人家连展会都忘了。",
                "After Shanghai, sixty-odd had not been touched a week later, and when we did ring, people had "
                "forgotten the fair.",
            ),
        ),
        Excerpt(
            "e-sunny-none",
            T(
                "必填天气、陪同人，大家就写“晴，无”。我要的是见了谁、谈了什么、下一步哪天做。",
                "Weather and companions are required, so everybody writes “sunny, none”. "
                "What I want is whom they met, what was said, and what happens next on which day.",
            ),
        ),
    ),
)

_WU = Interview(
    "i-wu",
    T("吴敏芳、钱慧：报价批完以后的事", "Wu Minfang and Qian Hui: what happens after a quote is approved"),
    "2026-09-22",
    "linzhixia",
    ("s-wu", "s-qian"),
    _GUIDE,
    T(
        """## 再录一遍

**吴敏芳：** 批完了还要我再录一遍进 ERP，三级批的字段跟我要的还不一样。一张单子二十分钟，一天十五张，我上午就干这个。

**林知夏：** 录错过吗？

**吴敏芳：** 上个月型号少打一个后缀，法兰装反了，发出去又拉回来。运费是我们出的，还耽误了客户四天。

## 从旧报价开始

**吴敏芳：** 老客户十次有八次是照上回再来一份。我自己攒了个文件夹，按客户名放着，找不到就翻微信。最怕的是照抄了旧价，七月调价以后抄错过五次。

## 电话

**吴敏芳：** 光电话我就数出十种写法：带 86 的、带横杠的、中间空格的、全角的，还有后面写“王工”的。查重一个都查不出来，同一家建了三回。

**钱慧：** 名称也是。开票要营业执照上的全称，他们写简称，我一个个打电话问。其实到签合同时问一次就够了，第一次见面问税号，人家以为我们要干什么。

## 谁签的字

**钱慧：** 报价单上看不出是谁批的、有效到哪天。对账的时候客户拿一张三月的报价来，说价格就是这个，我没法说不是。
""",
        """## Typing it again

**Wu Minfang:** Once it is approved I type the whole thing into the ERP again, and the fields they approve are not the fields I need. Twenty minutes each, fifteen a day. That is my morning.

**Lin Zhixia:** Any mistakes?

**Wu Minfang:** Last month I dropped a suffix of the model. The flange was on the wrong side, it went out and came back. We paid the freight, and the customer lost four days.

## Starting from an old quote

**Wu Minfang:** Eight times out of ten an old customer wants the same as last time. I keep my own folder by customer name; when it isn’t there I scroll through chats. What I dread is copying an old price: since the price change in July it has happened five times.

## Phone numbers

**Wu Minfang:** For phone numbers alone I have counted ten ways of writing: with 86, with dashes, with spaces, full-width, and some with “Mr Wang” after it. The duplicate check finds none of them; one company was created three times.

**Qian Hui:** Names are no better. For an invoice I need the full name on the licence, they write a short one, and I ring round. Asking once, when the contract is signed, would do. Ask for the tax number at the first meeting and people wonder what we are up to.

## Who signed it

**Qian Hui:** A quote does not say who approved it or until when it holds. At reconciliation a customer shows me one from March and says, this is the price. I cannot tell him that it isn’t.
""",
    ),
    (
        Excerpt(
            "e-retype",
            T(
                "批完了还要我再录一遍进 ERP，三级批的字段跟我要的还不一样。",
                "Once it is approved I type the whole thing into the ERP again, and the fields they approve are not "
                "the fields I need.",
            ),
        ),
        Excerpt(
            "e-old-price",
            T(
                "最怕的是照抄了旧价，七月调价以后抄错过五次。",
                "What I dread is copying an old price: since the price change in July it has happened five times.",
            ),
        ),
        Excerpt(
            "e-ten-ways",
            T(
                "光电话我就数出十种写法：带 86 的、带横杠的、中间空格的、全角的，还有后面写“王工”的。"
                "查重一个都查不出来，同一家建了三回。",
                "For phone numbers alone I have counted ten ways of writing: with 86, with dashes, with spaces, "
                "full-width, and some "
                "with “Mr Wang” after it. The duplicate check finds none of them; one company was created three "
                "times.",
            ),
        ),
        Excerpt(
            "e-tax-number",
            T(
                "其实到签合同时问一次就够了，第一次见面问税号，人家以为我们要干什么。",
                "Asking once, when the contract is signed, would do. "
                "Ask for the tax number at the first meeting and people wonder what we are up to.",
            ),
        ),
        Excerpt(
            "e-march-quote",
            T(
                "报价单上看不出是谁批的、有效到哪天。对账的时候客户拿一张三月的报价来，说价格就是这个，我没法说不是。",
                "A quote does not say who approved it or until when it holds. At reconciliation a customer shows me "
                "one from March and "
                "says, this is the price. I cannot tell him that it isn’t.",
            ),
        ),
    ),
)

_MA = Interview(
    "i-ma",
    T(
        "马丽娟、李强：线索从哪儿来，培训是怎么做的",
        "Ma Lijuan and Li Qiang: where leads come from, and how people were trained",
    ),
    "2026-09-24",
    "wuhao",
    ("s-ma", "s-liqiang"),
    _GUIDE,
    T(
        """## 来源

**马丽娟：** 来源是手填的。我导出来一看，二十种写法：“展会”“上海展”“工博会”“19年展会”，其实是一回事；“老客户介绍”“转介绍”“朋友”，又是一回事。老板问哪个展会值得再去，我答不上来。

**吴昊：** 没有下拉吗？

**马丽娟：** 有，第四页，七十多个选项，还有一项叫“其他”。大家都选其他。

**马丽娟：** 展会三天收两百一十张名片，回来我一张张敲，敲完一个礼拜过去了。

## 谁先认识的

**李强：** 我跟了半年的客户，别人在系统里先建了，就算他的。为这个去年吵到总监那里两次。谁先登记、谁最近去过，摆出来看，不用吵。

## 培训

**李强：** 培训就半天，一百多人坐大会议室看投影，讲的是菜单，第一页讲到最后一页。我回去打开，第一步就卡住了，问群里，没人会。

**吴昊：** 后来呢？

**李强：** 后来就算了。要是有个能随便点、点坏了也不要紧的地方，拿我自己的客户练一遍，半个钟头就够。

**李强：** 开车的时候其实最有空，刚谈完，脑子里都有。要是能说一句就记下来，我愿意记。
""",
        """## Sources

**Ma Lijuan:** The source of a lead is typed by hand. I exported it: twenty spellings. “Fair”, “Shanghai fair”, “CIIF”, “2019 fair” are one thing; “old customer”, “referral”, “a friend” are another. The boss asks which fair is worth going to again, and I have no answer.

**Wu Hao:** Isn’t there a list to choose from?

**Ma Lijuan:** There is, on page four, more than seventy entries, and one of them is called “other”. Everybody takes other.

**Ma Lijuan:** A fair brings 210 business cards in three days. I type them in one by one, and when I am done a week has gone.

## Who knew them first

**Li Qiang:** A customer I’d worked on for half a year, somebody else created him first in the system, so he was his. Twice last year that went up to the director. Show who registered first and who was there last, and nobody needs to quarrel.

## Training

**Li Qiang:** Training was half a day, a hundred of us in the big room watching a projector. They went through the menus from the first page to the last. Back at my desk I got stuck at step one. I asked in the group; nobody knew.

**Wu Hao:** And then?

**Li Qiang:** Then I let it be. Give me a place where I can click around and break nothing, with my own customers in it, and half an hour is enough.

**Li Qiang:** I have time when I drive, actually. I’ve just come out and it’s all in my head. If I could say one sentence and it was noted, I would.
""",
    ),
    (
        Excerpt(
            "e-twenty-spellings",
            T(
                "来源是手填的。我导出来一看，二十种写法：“展会”“上海展”“工博会”“19年展会”，其实是一回事",
                "The source of a lead is typed by hand. I exported it: twenty spellings. "
                "“Fair”, “Shanghai fair”, “CIIF”, “2019 fair” are one thing",
            ),
        ),
        Excerpt(
            "e-cards",
            T(
                "展会三天收两百一十张名片，回来我一张张敲，敲完一个礼拜过去了。",
                "A fair brings 210 business cards in three days. I type them in one by one, and when I am done a "
                "week has gone.",
            ),
        ),
        Excerpt(
            "e-who-first",
            T(
                "为这个去年吵到总监那里两次。谁先登记、谁最近去过，摆出来看，不用吵。",
                "Twice last year that went up to the director. "
                "Show who registered first and who was there last, and nobody needs to quarrel.",
            ),
        ),
        Excerpt(
            "e-half-day",
            T(
                "培训就半天，一百多人坐大会议室看投影，讲的是菜单，第一页讲到最后一页。我回去打开，第一步就卡住了",
                "Training was half a day, a hundred of us in the big room watching a projector. "
                "They went through the menus from the first page to the last. Back at my desk I got stuck at step "
                "one.",
            ),
        ),
        Excerpt(
            "e-driving",
            T(
                "开车的时候其实最有空，刚谈完，脑子里都有。要是能说一句就记下来，我愿意记。",
                "I have time when I drive, actually. I’ve just come out and it’s all in my head. "
                "If I could say one sentence and it was noted, I would.",
            ),
        ),
    ),
)

_SERVICE = Interview(
    "i-service",
    T("孙倩、冯志刚：服务部第一次被问到", "Sun Qian and Feng Zhigang: the first time anybody asked service"),
    "2026-10-27",
    "linzhixia",
    ("s-sun", "s-feng"),
    _GUIDE,
    T(
        """## 没人问过

**孙倩：** 上一套上线那天我们才知道有这个系统。没人来问过我们一天接多少电话、要看什么。客户资料在里面，可我们连账号都没有。

## 接电话

**孙倩：** 电话进来，我开三个窗口：ERP 查出厂，表格查保修，微信问工程师在哪儿。客户在那头听我敲键盘，一听就是四五分钟。

**林知夏：** 客户报什么给你？

**孙倩：** 十个里有六个说不出序列号，就说“蓝色那台，前年买的”。出厂单号有时候倒是有。

## 上门

**冯志刚：** 单子上写“减速机异响”，到了才知道是第三次了，上回换的就是这个轴承。要是早告诉我，我带的就不是轴承，是整套。白跑一趟，来回三百公里。

**冯志刚：** 修完回公司补单子，一个礼拜补一次，礼拜五下午我坐那儿想：礼拜二那家换的是几号轴承来着？

## 跟销售

**孙倩：** 最怕的是销售不知道人家机器停着，还跑去要订单。上个月无锡那家停机九天，销售拎着样本就去了，被人家轰出来，回头来骂我们。

**冯志刚：** 我们又不知道他要去。两边各干各的。
""",
        """## Nobody asked

**Sun Qian:** We heard of the last system on the day it went live. Nobody came to ask how many calls we take or what we need to see. The customers were in there, and we didn’t even have accounts.

## On the phone

**Sun Qian:** A call comes in and I open three windows: the ERP for the delivery, a sheet for the warranty, a chat to ask where the engineers are. The customer listens to me typing, for four or five minutes.

**Lin Zhixia:** What does the customer give you?

**Sun Qian:** Six out of ten can’t tell the serial number. It’s “the blue one, from two years ago”. The delivery note they do have, sometimes.

## On site

**Feng Zhigang:** The order says “gearbox noisy”. I get there and learn it is the third time, and last time we changed this very bearing. Had somebody told me, I’d have brought the whole set, not a bearing. A trip for nothing, three hundred kilometres.

**Feng Zhigang:** The report I write back at the office, once a week. Friday afternoon I sit there thinking: Tuesday’s place, which bearing was it?

## And sales

**Sun Qian:** What I dread is a salesman who doesn’t know that the machine is down and goes to ask for an order. Last month a plant in Wuxi had been standing for nine days, he walked in with his catalogue, they threw him out, and then he shouted at us.

**Feng Zhigang:** We didn’t know that he was going. Each side does its own thing.
""",
    ),
    (
        Excerpt(
            "e-never-asked",
            T(
                "没人来问过我们一天接多少电话、要看什么。客户资料在里面，可我们连账号都没有。",
                "Nobody came to ask how many calls we take or what we need to see. "
                "The customers were in there, and we didn’t even have accounts.",
            ),
        ),
        Excerpt(
            "e-three-windows",
            T(
                "电话进来，我开三个窗口：ERP 查出厂，表格查保修，微信问工程师在哪儿。客户在那头听我敲键盘，"
                "一听就是四五分钟。",
                "A call comes in and I open three windows: the ERP for the delivery, a sheet for the warranty, a "
                "chat to ask where the "
                "engineers are. The customer listens to me typing, for four or five minutes.",
            ),
        ),
        Excerpt(
            "e-blue-one",
            T(
                "十个里有六个说不出序列号，就说“蓝色那台，前年买的”。",
                "Six out of ten can’t tell the serial number. It’s “the blue one, from two years ago”.",
            ),
        ),
        Excerpt(
            "e-third-time",
            T(
                "到了才知道是第三次了，上回换的就是这个轴承。要是早告诉我，我带的就不是轴承，是整套。",
                "I get there and learn it is the third time, and last time we changed this very bearing. "
                "Had somebody told me, I’d have brought the whole set, not a bearing.",
            ),
        ),
        Excerpt(
            "e-nine-days",
            T(
                "最怕的是销售不知道人家机器停着，还跑去要订单。",
                "What I dread is a salesman who doesn’t know that the machine is down and goes to ask for an order.",
            ),
        ),
    ),
)

INTERVIEWS = (_CHEN, _WANG, _LIU, _WU, _MA, _SERVICE)
