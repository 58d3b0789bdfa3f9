"""Words of an expectation about which two people at the same screen could disagree, in English and Chinese.

Beyond what the text checker of requirements knows (``reqtrack.requirements.text``: vague words, ways out, open lists), there is what
only expectations say: *works correctly*, 正常, 符合预期. Phrases come in two strengths. What is ``EMPTY`` says nothing at all and
is found always; what is ``LOOSE`` is found only where no value stands in the same step: 正确显示“张三” tells what to see.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from reqtrack.requirements.text import check
from reqtrack.requirements.text.reading import QUOTED, read

# The rules of the text checker that hold for expectations, too.
_RULES = frozenset(["vague_terms", "escape_clauses", "open_ended", "and_or"])
PLACEHOLDER = re.compile(r"<([^<>\n|]{1,80})>")

_EN_END = r"(?=\s*(?:$|[.,;!)]|and\b|or\b|but\b|again\b|for\b|on\b|in\b|with\b|when\b|after\b))"
_EN_EMPTY = (
    r"as (?:expected|intended|designed|usual|planned|desired|normal|appropriate|it should(?: be)?|they should(?: be)?|one would expect)",
    r"(?:works?|working|worked|functions|behaves?|operates?|goes|performs?) (?:\w+ly )?(?:fine|well|ok|okay|good|great|right|smoothly|correctly|properly|normally)",
    rf"(?:it|this|that|everything|all|feature|function|page|system|button|login|search|export|import|print(?:ing)?|process) (?:still |now |just )?works?{_EN_END}",
    r"should (?:still |just )?(?:work|function|behave)" + _EN_END,
    r"(?:no|without(?: any)?) (?:problems?|issues?|trouble|difficult(?:y|ies)|hassle)",
    r"everything(?: is| looks| goes| was)?(?: fine| ok| good| correct)?",
    r"(?:is|are|be|looks?|seems?|was|were) (?:all )?(?:fine|ok|okay|good|great|alright|nice|normal|sensible|plausible|satisfactory)" + _EN_END,
    r"(?:is|are|be|feels?) (?:happy|satisfied|comfortable|confident|pleased|impressed)(?: with)?",
    r"(?:something|somehow|some kind of|stuff)",
    r"(?:results?|output|response|behaviou?r|outcome|values?|data|figures?|totals?) (?:should |must |will |shall )?(?:match(?:es)?|add up|make sense)" + _EN_END,
    r"(?:is|are|be|gets?) (?:handled|dealt with|taken care of|supported|considered)" + _EN_END,
    r"(?:better|faster|easier|more \w+) than before",
)  # fmt: skip
_EN_LOOSE = (
    r"correctly|properly|appropriately|accurately|gracefully|flawlessly|perfectly|normally|smoothly|nicely|reasonably|adequately",
    r"(?<!to )(?<!not )(?:correct|proper|appropriate|reasonable|suitable|accurate|desired|meaningful|acceptable|adequate|sensible) (?!(?:the|it|them|its|their|this|my|because|and|or|for|in|as|when|if|since)\b)[a-z]+",
    r"(?:the|an|all) (?:expected|right|usual|necessary|required) (?:results?|output|data|values?|behaviou?r|information|outcome|response|message|page|price|details?|records?|fields?)",
    r"(?:is|are|be|was|were|looks?|stays?) (?:correct|proper|appropriate|reasonable|accurate|right|acceptable|consistent|in order)" + _EN_END,
)  # fmt: skip
_ZH_END = r"(?=\s*(?:[，。；！、,.;!)）]|$|了|的$))"
_ZH_EMPTY = (
    r"(?:符合|达到|满足|合乎|如|与|和|跟|按照?)(?:了)?(?:业务|用户|客户|设计|系统|实际|相关|我们的?|大家的?)*的?(?:预期|期望|要求|规定|规范|需求|标准|逻辑|情况|需要|预想)(?:一致|相符|那样|工作|显示|运行)?(?![“”\"])",
    r"(?:没有?|无)(?:任何|什么|明显的?)?(?:问题|异常|毛病|差错)(?!订单|记录|数据|件|单)",
    r"(?:准确|正确|完整|核对|显示|数据|计算)?无误",
    r"(?:一切|都|均|全部|运行|工作|使用|功能|系统|页面|流程|操作|访问|打开|登录|打印|导出|导入|显示|响应|加载|保存|跳转)(?:都|均|也|依旧|仍然|能够?|可以?)*(?:很)?(?:正常|没问题|良好|可用|顺利|OK)(?!订单|状态|时间|工作)",
    r"(?<!不能)(?<!无法)(?<!不可)(?:能|可以?|能够)(?:正常|顺利|正确)(?:地)?[\u3400-\u9fff]{0,4}",
    r"(?:能用|可以使用|能够使用|可以用|好用)" + _ZH_END,
    r"(?:用户|客户|领导|业务方?|大家)[\u3400-\u9fff]{0,4}满意",
    r"(?:体验|感觉|效果|效率|速度|性能)[\u3400-\u9fff]{0,4}(?:好|快|提升|提高|改善|流畅|不错|可以)",
    r"(?:更|比以前|比原来|比之前)(?:好|快|方便|清楚|准确|高效)",
    r"(?:做|给出?|得到|进行)(?:了)?(?:妥善|适当|相应|合适|正确|必要)的?(?:处理|反应|响应|操作|提示|反馈)",
)  # fmt: skip
_ZH_LOOSE = (
    r"(?<!不)正确(?!率|的(?:密码|答案|验证码|账号|用户名|口令))",
    r"(?<!不)(?<!非)正常(?!价|订单|工作日|班|品|件|用户|客户|库存|销售|状态|出勤|签到|上班|营业|考勤|还款|类|态)",
    r"(?<!不)合理(?!化)",
    r"(?<!不)准确(?!率|性)",
    r"相应|(?:对应|合适|恰当|应有|该有|正常|预期|期望|所需)的(?:结果|信息|提示|内容|数据|页面|处理|反馈|效果|消息|操作)",
    r"顺利|妥善|及时(?!率)|没问题",
)  # fmt: skip
# A state of which the word is the name: 状态为正常.
_ZH_STATE = re.compile(r"(?:状态|标记|标识|标志|结论|类型|健康度|等级)[\u3400-\u9fff]{0,4}?(?:为|是|成|：|:)?$")
_VALUE = re.compile(rf"{QUOTED}|\d|[A-Z]{{2,}}\d*|￥|¥|%")


def _one_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


def _words(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9-])(?:{'|'.join(phrases)})(?![a-z0-9-])")


_EMPTY = (_words(*_EN_EMPTY), _one_of(*_ZH_EMPTY))
_LOOSE = (_words(*_EN_LOOSE), _one_of(*_ZH_LOOSE))


class Vague(NamedTuple):
    """A phrase that says nothing, from ``start`` to before ``end``."""

    start: int
    end: int
    words: str


def vague(text: str) -> list[Vague]:
    """The vague phrases of an expectation in their order; those that overlap are one."""
    blanked = PLACEHOLDER.sub(lambda found: QUOTED * len(found[0]), text)
    reading = read(blanked)
    told = holds_value(text)
    places = [
        (found.start, found.end) for found in check(blanked) if found.rule in _RULES and not _allowed(found.words)
    ]
    for pattern in _EMPTY if told else _EMPTY + _LOOSE:
        places += [found.span() for found in pattern.finditer(reading.lower)]
    kept = [place for place in places if not _is_named_so(reading.lower, *place)]
    return [Vague(start, end, text[start:end]) for start, end in _merged(kept)]


def holds_value(text: str) -> bool:
    """Whether a step names a value: something quoted, a placeholder, a figure, a code, or lines below it (a table, a text)."""
    first, _, below = text.partition("\n")
    blanked = PLACEHOLDER.sub(lambda found: QUOTED * len(found[0]), first)
    return bool(below.strip()) or bool(_VALUE.search(read(blanked).masked))


def _allowed(words: str) -> bool:
    # What a person sees on a screen may be called so without leaving anything open.
    return words in ("简单", "常用", "丰富", "typical", "relevant", "common", "smart")


def _is_named_so(text: str, start: int, end: int) -> bool:
    """Whether words are the name of a state or a grade: 状态为正常, 高等."""
    words = text[start:end]
    if words == "等":
        return text[start - 1 : start] in ("高", "中", "上", "下", "头", "特")
    return words.endswith(("正常", "良好", "可用", "合理")) and bool(_ZH_STATE.search(text[max(start - 10, 0) : start]))


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged
