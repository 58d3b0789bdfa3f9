"""Changes that go another way than most: approved beforehand by an owner, such that cannot wait, and one that others overtook."""

from __future__ import annotations

from .model import FieldEdit, NewItem, Rush, T, Template

TEMPLATES = (
    Template(
        "ct-words",
        T("改界面上的叫法", "Other words on a screen"),
        T(
            "只改一句话或一个标题的叫法，不改系统做什么；一线提出来当天就能改好。",
            "Other words for a title or a sentence; what the system does stays. What the frontline asks for is done the same day.",
        ),
        most_days="0.5",
        most_items=2,
        fields=("title", "statement"),
        tiers=("should", "later"),
    ),
)

RUSHED = (
    Rush(
        "cr-copy-words",
        T("“从旧报价开始”改叫“照旧报价另做一份”", "Call it “copy an earlier quote”"),
        T(
            "大家口头都说“照着旧的另做一份”，按钮上写“从旧报价开始”没人认得。",
            "Everybody says “copy the old one”; nobody finds it under “start from an earlier quote”.",
        ),
        template="ct-words",
        days="0.25",
        edits=(
            FieldEdit(
                "r-quote-copy",
                "title",
                T("照旧报价另做一份，标出调过价的行", "An earlier quote is copied, with changed prices marked"),
            ),
        ),
    ),
    Rush(
        "cr-print-orders",
        T("断网时能打印当天的派工单", "The day’s orders can be printed while the network is down"),
        T(
            "11 月 23 日城西机房断网三小时，调度只能打电话报地址，两台车跑错了地方。",
            "On 23 November the west office had no network for three hours; addresses went by phone, and two vans drove to the wrong place.",
        ),
        days="",
        edits=(
            NewItem(
                "r-print-orders",
                "requirement",
                {
                    "title": T("断网时能打印当天的派工单", "The day’s orders can be printed while the network is down"),
                    "statement": T(
                        "每天早上 6 点，系统把当天的派工单存成一份可打印的文件放在调度员的电脑上；断网时调度员在 1 分钟内打印出来。",
                        "Every day at 6 a.m. the system keeps the day’s orders as a printable file on the dispatcher’s computer; "
                        "without a network the dispatcher prints them within 1 minute.",
                    ),
                    "effort_days": "1",
                },
            ),
        ),
    ),
    # Two that want the same sentence: the second takes effect while the first is assessed, so that its author has to choose.
    Rush(
        "cr-copy-remarks",
        T("另做一份报价时带上备注", "A copied quote keeps its remarks"),
        T(
            "备注里写着交货地和卸货要求，每次都要翻出旧单再抄一遍。",
            "The remarks say where to deliver and how to unload; each time they are looked up and typed again.",
        ),
        days="",
        edits=(
            FieldEdit(
                "r-quote-copy",
                "statement",
                T(
                    "可复制本客户三年内的任一旧报价，备注一并带过来，按现行价重算，价格变动超过 2% 的行标出旧价和新价。",
                    "Any quote to the customer of the last three years can be copied with its remarks, at present prices; lines that "
                    "moved by more than 2 % show both.",
                ),
            ),
        ),
    ),
    Rush(
        "cr-copy-beside",
        T("“标出旧价和新价”写明是并排显示", "Say that old and new price stand side by side"),
        T(
            "第 2 轮测试时有人以为是用颜色标，有人以为是写在备注里。",
            "In round 2 one took it for a colour, another for a remark.",
        ),
        template="ct-words",
        days="0.25",
        edits=(
            FieldEdit(
                "r-quote-copy",
                "statement",
                T(
                    "可复制本客户三年内的任一旧报价，按现行价重算，价格变动超过 2% 的行并排显示旧价和新价。",
                    "Any quote to the customer of the last three years can be copied at present prices; lines that moved by more than "
                    "2 % show old and new price side by side.",
                ),
            ),
        ),
    ),
    Rush(
        "cr-locked-screen",
        T("锁屏上的审批通知不再显示毛利", "No margin on the locked screen"),
        T(
            "今天下午在客户会议室里，手机锁屏弹出审批通知，毛利被客户看到了。",
            "This afternoon, in a customer’s meeting room, the message came up on a locked phone and the customer read the margin.",
        ),
        days="",
        edits=(
            FieldEdit(
                "r-approve-message",
                "statement",
                T(
                    "锁屏通知只写“有一张报价待批”；解锁后显示客户、金额、折扣和毛利，点一次即可批准或退回，不用 VPN、不用再登录；"
                    "从点开到完成不超过 15 秒。",
                    "On a locked screen the message says only that a quote waits. Unlocked it shows customer, amount, discount and "
                    "margin, and one tap approves or returns it, without VPN and without signing in again. It takes at most 15 seconds.",
                ),
            ),
        ),
    ),
)
