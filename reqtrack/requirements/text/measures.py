"""The rules that look for what should be a figure, and for what is not decided yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from reqtrack.requirements.text.reading import Reading
from reqtrack.requirements.text.rule import Rule, register

# A number with what it counts, close enough that it says how much the word beside it means.
_FIGURE = re.compile(
    r"\d[\d,.]*\s*(?:%|percent|ms|millisec\w*|s\b|sec\w*|min\w*|h\b|hours?|days?|weeks?|months?|years?|times|kb|mb|gb|tb"
    r"|users?|orders?|records?|rows?|lines?|files?|items?|customers?|requests?|transactions?|messages?|pages?|clicks?"
    r"|concurrent|eur|usd|cny|kg|km|pieces?|characters?|contacts?|per\b|p\.m|a\.m|o'clock"
    r"|毫秒|秒|分钟?|小时|天|日|周|个|月|年|次|条|张|行|位|人|名|件|万|千|百|元|兆|份|倍|级|家|台|字|页|：|:)"
    r"|[一二三四五六七八九十两百千万]+(?:秒|分钟|小时|天|个|次|条|张|万|倍)"
    r"|\b(?:every|each) (?:second|minute|hour|day|week|month|night|quarter|year)\b|每(?:秒|分钟|小时|天|日|周|月|季度|年|晚)"
    r"|\b(?:daily|hourly|weekly|monthly|nightly|quarterly|yearly)\b"
)


@register
class Unmeasured(Rule):
    """R34, measurable performance: how fast, how many, how often, how long, without a figure; R6: a number without its unit."""

    name = "unmeasured"
    guide = "INCOSE R34, R6"
    needs = frozenset(("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"))
    label = _l("No figure")
    reason = _l("“%(words)s” cannot be tested without a figure and what it counts.")
    better = _l("Say how much, and under which load: “%(form)s”.")
    form = {
        "en": "within <n> seconds at <m> concurrent users",
        "zh": "在 <m> 个并发用户下，<n> 秒内",
    }
    terms = {
        "en": (
            "fast(?! (?:lane|track|mover|food))", "faster", "quick(?! (?:search|create|entry|filter|access|guide|links?|add|view|start|order))",
            "quickly", "rapid", "rapidly", "slow", "slowly", "speedy", "prompt(?= response| answer| reply| processing| delivery| handling)",
            "promptly", "instant(?! (?:messag|payment|transfer))", "instantly", "immediate(?! (?:supervisor|manager|superior|payment|predecessor|parent))",
            "immediately(?! (?:before|after|above|below|following|preceding))", "without delay", "real-time", "real time", "in real time",
            "near-real-time", "large(?! (?:enterprises?|accounts?|and the small|and small|logo|icon|print|object))", "huge", "massive",
            "big(?! (?:data|bag))", "high (?:availability|performance|volumes?|load|throughput|speed|reliability|accuracy|frequency|number)",
            "low (?:latency|response time|error rate|maintenance|cost)", "many(?! to many|-to)", "several", "numerous", "a few", "a lot of", "lots of",
            "frequent", "frequently", "regular(?= (?:intervals|basis|backups?|updates?|reports?))", "regularly", "periodic", "periodically",
            "occasionally", "often", "significant", "significantly", "substantially", "considerable", "considerably", "minimal",
            "short (?:time|response time|response times|period|loading times?|delay|notice|waiting times?)", "long (?:time|periods?|term)",
            "for long", "responsive(?! design| layout)", "high-performance", "highly available", "soon(?! as)", "timely response",
        ),
        "zh": (
            "快速(?!新建|入口|筛选|查找|搜索框|录入|开单|通道|响应代码|创建按钮|导航)", "迅速", "快捷(?!键|方式|菜单|入口|支付|按钮|操作栏)", "高效", "高性能", "高并发",
            "高可用", "高吞吐", "大量", "海量", "大批量", "少量(?!样)", "很多", "许多", "众多", "较大", "较小", "较多", "较少", "较长", "较短", "较快", "较高", "较低",
            "很快", "很大", "很长", "更快", "更高效", "过长", "过大(?=的)", "实时", "准实时", "即时(?!通讯|通信|消息|库存|贴现)", "立即(?!付款)", "立刻", "马上",
            "瞬间", "瞬时(?!流量)", "秒级", "频繁", "定期(?!存款|付款|合同|维护计划)", "不定期", "经常", "时常", "长期(?!借款|协议|合同|股权|资产|负债|待摊|供应商|价格协议)",
            "长时间", "短时间", "短期内", "明显", "显著", "大幅", "低延迟", "大文件", "大数据量", "超大",
        ),
    }  # fmt: skip
    _BARE = re.compile(
        r"\b(?:within|at least|at most|no (?:more|less) than|up to) \d[\d.,]*(?=\s*(?:[.;)]?\s*$|of (?:receipt|the order)\b))"
    )
    _BARE_ZH = re.compile(
        r"(?:在|至少|最多|不超过|不少于)\s*\d[\d.]*\s*(?=(?:内|以内|之内)?(?:完成|结束|返回|响应|处理|达到|[。，]|$))"
    )

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        sentence = reading.sentence_at(start)
        # "too large for the field" says against what.
        compared = reading.lower.endswith("too ", 0, start) and re.match(r" (?:for|to)\b", reading.lower[end : end + 4])
        if compared or reading.lower[start - 1 : start] == "不":
            return False
        return not _FIGURE.search(sentence.text)

    def find(self, reading: Reading) -> Iterator[tuple[int, int]]:
        for sentence in reading.sentences:
            pattern = self._BARE if sentence.language == "en" else self._BARE_ZH
            for found in pattern.finditer(sentence.text):
                yield sentence.start + found.start(), sentence.start + found.end()


@register
class Absolutes(Rule):
    """R26, absolutes, and R32, universal qualification: what can never be shown to hold."""

    name = "absolutes"
    guide = "INCOSE R26, R32"
    needs = frozenset(("never", "100"))
    label = _l("Absolute")
    reason = _l("“%(words)s” cannot be shown to hold, and it costs without end to come near it.")
    better = _l("Say how much is enough, over which time: “%(form)s”.")
    form = {
        "en": "on <99.5> % of the working hours of a month",
        "zh": "每月工作时间的 <99.5>%",
    }
    terms = {
        "en": (
            "always(?! on)", "at all times", "all the time", "at any time(?= of (?:day|night)|\\.|,|$)", "under (?:all|any) circumstances",
            "in (?:all|any) (?:cases|circumstances|situations)", "without (?:any )?exception", "without fail", "forever", "each and every",
            "zero (?:downtime|defects|errors|failures|data loss)", "100 ?(?:%|percent)(?= ?(?:reliab|accura|availab|uptime|cover|secur|correct|complete|of the time|of all|error|safe|success|guarant|test))",
            "absolutely", "error-free", "fail-safe", "foolproof", "flawless", "flawlessly",
        ),
        "zh": (
            "始终", "永远", "永不", "永久", "从不", "绝不", "绝对(?!值|路径|地址|引用)", "任何情况下", "在任何情况下", "任何时候", "任何时间", "无论何时", "一律",
            "所有[^，。；,;]{1,10}(?:都|均)", "全部都", "百分之百", "100 ?[%％](?=\\s*(?:的?准确|的?可用|的?覆盖|识别|的?正确|的?可靠|成功|的?安全|匹配|的?完整|无|自动))",
            "无一例外", "万无一失", "零(?:故障|差错|误差|停机|失误|丢失|延迟)", "毫无", "杜绝", "完全避免", "每时每刻",
        ),
    }  # fmt: skip
    _NEVER = re.compile(r"(?:\b(?:shall|must|should|will|may|can) |^)(never)\b")
    _RATE = re.compile(
        r"(?:准确率|可用率|可用性|覆盖率|成功率|可靠性|正确率|完整率|完整性|准确性|匹配率)[^，。；,;\d]{0,6}(100\s*[%％])"
    )

    def find(self, reading: Reading) -> Iterator[tuple[int, int]]:
        for sentence in reading.sentences:
            pattern = self._NEVER if sentence.language == "en" else self._RATE
            for found in pattern.finditer(sentence.text):
                yield sentence.start + found.start(1), sentence.start + found.end(1)


@register
class Superlatives(Rule):
    """Superlatives (ISO/IEC/IEEE 29148:2018, 5.2.7; R34): the best of what, by which measure?"""

    name = "superlatives"
    guide = "ISO/IEC/IEEE 29148 5.2.7"
    label = _l("Superlative")
    reason = _l("“%(words)s” holds only against everything else, by a measure that is not given.")
    better = _l("Name the measure and its value, or the rule by which one is chosen: “%(form)s”.")
    form = {
        "en": "the <supplier> with the lowest <price> among those that deliver within <n> days",
        "zh": "在 <n> 天内可交货的<供应商>中<价格>最低的一家",
    }
    terms = {
        "en": (
            "best(?! before)", "best possible", "optimal", "optimally", "optimum", "optimise", "optimize", "maximise(?! (?:button|the window|window))", "maximize(?! (?:button|the window|window))",
            "minimise(?! (?:button|the window|window))", "minimize(?! (?:button|the window|window))", "highest possible", "lowest possible", "shortest possible", "fastest possible",
            "highest (?:level|quality|security|standards?|safety)", "fastest", "easiest", "smartest", "simplest", "safest", "quickest",
            "most (?:user-friendly|suitable|important|promising|efficient|effective|convenient|appropriate|relevant|modern|intuitive|secure|reliable"
            "|advanced|flexible|cost-effective|economical|accurate|powerful|useful|robust|comfortable|optimal|qualified)",
            "state-of-the-art", "state of the art", "world-class", "cutting-edge", "industry-leading", "market-leading", "best-in-class", "ultimate",
            "perfect", "perfectly", "maximum (?:security|flexibility|comfort|performance|possible)",
        ),
        "zh": (
            "最佳(?!食用|赏味|使用期|饮用)", "最优", "最友好", "最合适", "最适合", "最适当", "最快(?!\\s*\\d)", "最先进", "最方便", "最便捷", "最完善", "最强", "最大化(?!按钮|窗口)",
            "最小化(?!按钮|窗口)", "最大限度", "最大程度", "最高级别", "最高水平", "最高标准", "最高质量", "最重要", "最理想", "最安全", "最稳定", "最简单", "最简便", "最省", "最有效",
            "最高效", "最合理", "最可靠", "最好的(?!评)", "一流", "业界领先", "行业领先", "国际领先", "顶级(?!类目)", "完美", "极致", "最低成本", "最短时间", "最短的时间",
        ),
    }  # fmt: skip

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        return not (
            reading.lower[start:end] in ("最大化", "最小化") and reading.lower[max(start - 2, 0) : start] == "窗口"
        )


_UNIT = r"(?:秒|毫秒|分钟|小时|天|日|个|位|次|条|级|元|万|年|月|周|名|人|张|份|行|种|工作日|%)"


@register
class Placeholders(Rule):
    """Nothing left to be decided (characteristic C4, complete; ISO/IEC/IEEE 29148:2018, 5.2.7)."""

    name = "placeholders"
    guide = "INCOSE C4"
    needs = frozenset(("n", "x", "y", "xx", "todo"))
    label = _l("Still open")
    reason = _l("“%(words)s” stands where something has yet to be decided.")
    better = _l("Put the value in, or ask it as a question of the requirement: “%(form)s”.")
    form = {"en": "within 2 seconds", "zh": "2 秒内"}
    terms = {
        "en": (
            "tbd", "tbc", "tba", "tbs", "t\\.b\\.d", "fixme", "xx+(?!l\\b)", "to be (?:determined|defined|decided|confirmed|completed|announced|agreed|clarified|specified)(?! (?:by|in|for|with|when|at|on|as)\\b)",
            "still (?:open|to be)", "<(?!(?:/|br|b|i|u|p|ul|ol|li|em|strong|code|pre|table|tr|td|th|a|img|div|span|sub|sup|h[1-6]|hr)\\b)[a-z][a-z _-]{0,30}>",
            "\\[(?:name|insert|enter|your|date|amount|number|tbd|fill|which|who|value|to be)[^\\]\\n]{0,40}\\](?!\\()", "\\?{2,}", "_{3,}(?=\\s*[\u3400-\u9fffa-z])",
        ),
        "zh": (
            "待定", "待确认", "待补充", "待讨论", "待明确", "待细化", "待商定", "待确定", "待议", "待[^，。）)；待\\s]{1,10}(?:确认|确定|补充|讨论|决定)(?=[)）。]|$)",
            "另行(?:讨论|确定|商定|约定|通知|协商)", "后续(?:再?确定|再?补充|再定|讨论)", "【[^】\\n]*(?:待|补充|填写|输入|请)[^】\\n]*】", "【\\s*】", "某某", "×{2,}", "？{2,}", "_{3,}(?=.*\\S)",
        ),
    }  # fmt: skip
    # States of orders and the like are named so; a decision that is missing ends a clause.
    _STATE = re.compile(
        r"(?:状态|标记|标为|改为|变为|置为|设为|转为|进入|包括|显示为|分为|处于)[^。；;]{0,20}$|[、和或]\s*$"
    )
    _LETTER = re.compile(
        r"\b(?:within|for|after|every|of|have|has|least|most|up to|than|in|is|are|show|last) ([xny])(?= [a-z]{3,})"
        r"|\b(todo)(?=:|\s*$)|(?<![a-z0-9])([nx]|x{2,})\s*(?=" + _UNIT + ")"
    )  # fmt: skip

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        words = reading.lower[start:end]
        if not words.startswith("待"):
            return True
        after = reading.lower[end : end + 1]
        sentence = reading.sentence_at(start)
        before = sentence.text[: start - sentence.start]
        return after in ("", "。", "，", ",", ")", "）", "；", ";", "】") and not self._STATE.search(before)

    def find(self, reading: Reading) -> Iterator[tuple[int, int]]:
        for found in self._LETTER.finditer(reading.lower):
            group = next(number for number in (1, 2, 3) if found.group(number))
            yield found.start(group), found.end(group)
