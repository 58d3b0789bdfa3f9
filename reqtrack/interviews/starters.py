"""Question sets to begin with, in both languages. A project adopts one and makes it its own.

They ask for what happened rather than for opinions: somebody who tells their last day does not design a system, and what they
leave out is asked for by name (who waits for whom, what is done when it goes wrong, what is written on paper).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Starter:
    """One set in one language; ``code`` is ``day.zh``."""

    code: str
    language: str
    name: str
    about: str
    questions: tuple[str, ...]


_SETS: dict[str, dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "open": {
        "en": (
            "Open questions to begin with",
            "For the first quarter of an hour with anybody: what the work is, and for whom it is done.",
            (
                "What is your work here, as you would explain it to a friend?",
                "Who notices first when your work was not done, and how?",
                "What do you spend most of your time on that nobody asks you about?",
                "Which part of your work do you like to do, and which do you put off?",
                "What do you keep for yourself: a notebook, a sheet, a group chat? What is in it?",
                "Whom do you ask when you do not know how to go on?",
                "What did the last new system change for you, for better and for worse?",
                "What would you do first if the present system were gone tomorrow morning?",
                "What should nobody take away from the way you work now?",
                "What have I not asked that I should have asked?",
            ),
        ),
        "zh": (
            "开场：先听他怎么说",
            "和任何人谈的头一刻钟：他做的是什么，做给谁。",
            (
                "如果讲给朋友听，您的工作是做什么的？",
                "您这块活没做，谁最先发现？怎么发现的？",
                "哪些事花了您最多的时间，却从来没有人问起？",
                "哪些活您乐意做，哪些总想往后拖？",
                "您自己留着什么：小本子、表格、微信群？里面记了些什么？",
                "不知道怎么往下办的时候，您去问谁？",
                "上一次换系统，对您来说什么变好了，什么变麻烦了？",
                "要是明天一早现在的系统没有了，您先做什么？",
                "现在的做法里，哪一点谁也别给您拿走？",
                "还有什么该问而我没有问到的？",
            ),
        ),
    },
    "last-time": {
        "en": (
            "Tell me about the last time",
            "One real case from beginning to end. Ask for names of papers and screens, not for the rule.",
            (
                "Tell me about the last time you did this. When was it, and for whom?",
                "What set it off: a call, a message, a paper, a date?",
                "What did you have to know before you could begin, and where did you find it?",
                "What did you do first? And then? And then?",
                "Which screens, sheets or papers did you have open? May I see one?",
                "What did you write down twice, or copy from one place to another?",
                "Where did you have to wait, for whom, and for how long?",
                "Who had to agree, and what did they look at before they did?",
                "What did not go as it should, and how did you help yourself?",
                "How did you know that it was done? Who else was told?",
                "How long did it take, and how long would it take on a good day?",
                "How often does it happen like this: every day, every week, a few times a year?",
            ),
        ),
        "zh": (
            "讲讲最近一次",
            "一件真事，从头讲到尾。问当时的单据和界面，不问规定。",
            (
                "讲讲您最近一次办这件事：什么时候，替谁办的？",
                "是什么引起的：一个电话、一条消息、一张单子，还是到了日子？",
                "动手之前得先知道什么？从哪里查到的？",
                "第一步做了什么？然后呢？再然后呢？",
                "当时开着哪些界面、表格、单据？能给我看一份吗？",
                "有哪些内容写了两遍，或者从一处抄到另一处？",
                "在哪里等了人？等的是谁？等了多久？",
                "要谁点头？他点头之前看的是什么？",
                "哪一步没照常走？您是怎么绕过去的？",
                "怎么知道这件事办完了？还要告诉谁？",
                "前后用了多久？顺的时候要多久？",
                "像这样的，是天天有、每周有，还是一年才几次？",
            ),
        ),
    },
    "day": {
        "en": (
            "The order of a day",
            "From arriving to leaving, without a word about the system.",
            (
                "When does your day begin, and what do you look at first?",
                "How do you know in the morning what is to be done today?",
                "Walk me through yesterday, from the morning to the evening.",
                "What interrupted you, how often, and what did you do then?",
                "Which things have to be done before a certain hour? What happens if they are late?",
                "Where are you when you do this: at a desk, at a customer's, in a car, on the shop floor?",
                "What do you do on the phone, what on a computer, what on paper?",
                "What do you hand on to others in the course of a day, and how?",
                "What do you do at the end of a day, a week, a month that is not done on other days?",
                "Which days are quite different, and what makes them so?",
            ),
        ),
        "zh": (
            "一天是怎么过的",
            "从上班到下班走一遍，先不谈系统。",
            (
                "您一天从几点开始？先看什么？",
                "早上怎么知道今天要做哪些事？",
                "昨天从早到晚，您带我走一遍。",
                "中间被什么打断过？打断了几次？怎么接回来的？",
                "哪些事必须赶在几点之前？晚了会怎样？",
                "做这些事的时候您在哪里：工位、客户那儿、路上，还是车间？",
                "哪些在手机上做，哪些在电脑上做，哪些写在纸上？",
                "一天里要交给别人哪些东西？怎么交？",
                "每天收尾、每周、月底，有哪些平时不做的事？",
                "哪些日子特别不一样？为什么？",
            ),
        ),
    },
    "what-when": {
        "en": (
            "What do you do when …",
            'The cases that a list of features forgets. Ask each for an example; "never" is an answer, too.',
            (
                "What do you do when something that you need to go on is missing?",
                "What do you do when the same customer, order or part is there twice?",
                "What do you do when it is urgent and the one who must agree is not there?",
                "What do you do when somebody changes their mind after you have finished?",
                "What do you do when you notice a mistake of your own? And one of somebody else's?",
                "What do you do when the system is down, or there is no network where you are?",
                "What do you do when a price, a date or an amount is not the usual one?",
                "What do you do when something is returned, cancelled or only half delivered?",
                "What do you do when two colleagues work at the same thing without knowing it?",
                "What do you do when the form asks for something that you do not know?",
            ),
        ),
        "zh": (
            "碰到这种情况怎么办",
            "功能清单最容易漏掉的情形。每条都要一个例子；“从没有过”也是回答。",
            (
                "要往下办，却缺了一样东西，您怎么办？",
                "同一个客户、同一张单子出现了两份，您怎么办？",
                "事情很急，该批的人又不在，您怎么办？",
                "都办完了，对方又改主意，您怎么办？",
                "发现自己做错了，怎么办？发现别人做错了呢？",
                "系统打不开，或者当地没有信号，您怎么办？",
                "价格、日期、数量和平常不一样，您怎么办？",
                "退回、取消，或者只交了一半，您怎么办？",
                "两个同事不知道彼此、在办同一件事，怎么办？",
                "表单要填的内容您并不知道，怎么办？",
            ),
        ),
    },
    "managers": {
        "en": (
            "For managers",
            "What is decided from what is recorded, and what it costs those who record it.",
            (
                "What did you decide last week, and what did you look at before you did?",
                "Which figures do you get, from whom, and what do you do with each?",
                "Which of them do you not believe? Why?",
                "What do you have to ask your people for because you cannot see it yourself?",
                "Which approvals come to you, how many a week, and how many did you refuse last month?",
                "What would go wrong if you stopped approving one of them?",
                "Which fields do your people fill in for you? What did you use each for the last time?",
                "Who of your people does this best, and what do they do otherwise than the rest?",
                "Where do your department and the next one tell the same thing differently?",
                "By what would you see in three months that the new way is better?",
                "What do you think that your people would answer differently from you?",
            ),
        ),
        "zh": (
            "问管理者",
            "拿记录来决定什么，记录的人又为此花了多少工夫。",
            (
                "上周您决定了哪些事？决定之前看的是什么？",
                "您手上有哪些数字？谁给的？每个拿来做什么？",
                "其中哪些您并不相信？为什么？",
                "有哪些事自己看不到，只能去问下面的人？",
                "哪些审批到您这里？一周多少件？上个月退回过几件？",
                "要是其中一种不再批，会出什么问题？",
                "哪些内容是下面的人专门替您填的？每一项上次用在什么地方？",
                "这件事您的人里谁做得最好？他和别人有什么不同？",
                "同一件事，您部门和下一个部门在哪里说法不一样？",
                "三个月以后，您凭什么看出新的做法更好？",
                "您觉得哪些问题，一线的回答会和您不一样？",
            ),
        ),
    },
    "hand-overs": {
        "en": (
            "Hand-overs and exceptions",
            "Where work goes from one to another, and where it leaves the usual way.",
            (
                "From whom do you get this, in what form, and what is usually missing in it?",
                "Whom do you pass it on to, and how do you know that they have it?",
                "Where does it lie when neither of you is working on it?",
                "What comes back to you most often, and why?",
                "Who takes over when you are ill or on leave? What could they not know?",
                "What happens to open matters when somebody leaves, or a customer changes hands?",
                "Which cases may leave the usual way? Who says so, and where is it written down?",
                "Tell me about the last exception. Who knew of it, and who should have?",
                "What has to be done again after an exception to put things right?",
                "What is done for a few important customers or colleagues and for nobody else?",
                "What may nobody find out of, or only some people? Who must be able to prove what was done?",
            ),
        ),
        "zh": (
            "交接与例外",
            "活从一个人手里到另一个人手里的地方，以及不照常走的时候。",
            (
                "这件事从谁那里来？是什么样子？通常缺什么？",
                "您交给谁？怎么知道他收到了？",
                "两边都没在办的时候，它搁在哪里？",
                "最常被退回来的是什么？为什么？",
                "您生病或休假，谁来接？他会有什么不知道？",
                "有人离职、客户换人跟的时候，没办完的事怎么处理？",
                "哪些情况可以不照常走？谁说了算？写在哪里？",
                "讲讲最近一次例外：谁知道？谁本来应该知道？",
                "例外过后，还要补做什么才算理顺？",
                "有哪些做法只给少数重要的客户或同事，别人没有？",
                "哪些内容不能让人知道，或者只能让一部分人知道？事后由谁来证明是怎么办的？",
            ),
        ),
    },
}


def starters(first: str = "") -> Iterator[Starter]:
    """All of them; those in the language of ``first`` ("zh_Hans_CN", "en") come first."""
    for language in sorted(LANGUAGES, key=lambda one: not first.startswith(one)):
        for code, words in _SETS.items():
            name, about, questions = words[language]
            yield Starter(f"{code}.{language}", language, name, about, questions)


def starter(code: str) -> Starter | None:
    """The set of a code such as ``day.zh``."""
    return next((one for one in starters() if one.code == code), None)
