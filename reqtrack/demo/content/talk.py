"""What people wrote to each other on items, and what nobody could answer yet."""

from __future__ import annotations

from .model import Comment, OpenQuestion, T

COMMENTS = (
    Comment(
        "k-deputy-asked",
        "r-deputy",
        T(
            "代理人休假时转给谁？上个月两位区域经理同时去参展，单子停了三天。",
            "Who gets it when the deputy is on leave? Last month both regional managers were at the fair and "
            "quotes stood still for three days.",
        ),
    ),
    Comment(
        "k-deputy-settled",
        "r-deputy",
        T(
            "代理人也不在，就由销售内勤代收，她打电话问我。写进“审批人不在”那个场景，不改需求。",
            "If the deputy is away too, the sales administrator takes it and rings me. It belongs in the "
            "scenario, not in the requirement.",
        ),
    ),
    Comment(
        "k-margin-asked",
        "r-margin",
        T(
            "单行报价知道毛利率就能反推成本，跟“成本价只对经理可见”打架。先把两条连起来，签之前要有个说法。",
            "With one line, the margin gives the cost away, which goes against hiding costs from reps. I have "
            "linked the two; we need an answer before signing.",
        ),
    ),
    Comment(
        "k-margin-settled",
        "r-margin",
        T(
            "我接受。要的是他自己知道快踩线了，成本大概多少，跑了三年的人心里都有数。",
            "I accept that. I want them to notice when they get near the line; anyone three years on the road "
            "knows the cost roughly anyway.",
        ),
    ),
    Comment(
        "k-service-missing",
        "i-chen",
        T(
            "五份访谈我都看了，没有一份是服务部的。报修到回访全是我们的人在做，客户资料也是我们天天在用。",
            "I have read all five interviews. Not one is with service. From the call to the last visit it is our "
            "people, and they need the customer data every day.",
        ),
    ),
    Comment(
        "k-service-planned",
        "i-chen",
        T(
            "是我排漏了。27 号知夏去客服和工程师那里各坐半天，出来的东西进二期；一期非改不可的走变更。",
            "That was my plan, and it missed you. On the 27th Zhixia sits half a day each with the desk and the "
            "engineers. What comes of it goes into phase 2; what phase 1 cannot do without comes as a change.",
        ),
    ),
    Comment(
        "k-practice",
        "r-practice",
        T(
            "练习用各人自己的客户，这条千万留住。上回用的“测试公司 A”，大家当笑话看。",
            "Please keep the own customers in it. Last time it was “Test Company A”, and people laughed.",
        ),
    ),
    Comment(
        "k-six-percent",
        "a-approve-large",
        T(
            "折扣比较时先取了整，6% 和 5% 成了一档。27 号的版本里改好。",
            "The discount was rounded before it was compared, so 6 % fell in with 5 %. Mended in the version of "
            "the 27th.",
        ),
    ),
    Comment(
        "k-same-sentence",
        "c-discount-by-line",
        T(
            "跟“三级改为两级”改的是同一句。先批哪项都行，后批的一项我来重新对。",
            "This edits the same sentence as the change to two levels. Either can go first; I shall put the "
            "other one right.",
        ),
    ),
    Comment(
        "k-sponsor",
        "c-two-levels",
        T(
            "撤掉我这一级，我没意见。毛利低于 15% 的让我看得到就行。",
            "I don’t mind losing my level, as long as I see what falls below 15 %.",
        ),
    ),
)

QUESTIONS = (
    OpenQuestion(
        "q-overdue",
        "r-payment",
        T("逾期按开票日算，还是按到货日算？", "Is overdue counted from the invoice or from delivery?"),
        "s-qian",
    ),
    OpenQuestion(
        "q-badges",
        "r-card-import",
        T(
            "展会扫码机导出的是什么格式？下次展会前要一份样表。",
            "What does the badge scanner at a fair export? We need a sample before the next one.",
        ),
        "s-ma",
    ),
    OpenQuestion(
        "q-parts",
        "sc-no-serial",
        T(
            "认不出设备先派单时，备件按哪一档带？",
            "When somebody goes out to an unknown machine, which parts come along?",
        ),
        "s-feng",
    ),
    OpenQuestion(
        "q-night",
        "r-call-warranty",
        T(
            "夜间值班用的是个人手机，来电号码能不能转过来？",
            "At night the desk uses private phones; can the calling number be passed on?",
        ),
        "s-sun",
    ),
)
