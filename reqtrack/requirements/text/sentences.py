"""The rules that look at how a sentence is built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from reqtrack.requirements.text import grammar
from reqtrack.requirements.text.grammar import BINDING, MODAL, SUBORDINATE, ZH_MODAL
from reqtrack.requirements.text.reading import HAN, Reading, Sentence
from reqtrack.requirements.text.rule import Rule, register

Places = Iterator[tuple[int, int]]


@register
class Possibility(Rule):
    """R10, superfluous infinitives: that something is possible is not that somebody does it."""

    name = "possibility"
    guide = "INCOSE R10"
    needs = frozenset(
        (
            "able",
            "capable",
            "possible",
            "designed",
            "position",
            "ability",
            "capability",
            "capacity",
            "possibility",
            "能",
            "可",
            "具",
            "有",
        )
    )
    label = _l("Mere possibility")
    reason = _l("“%(words)s” asks that it can be done, not who does it and when.")
    better = _l("Say what the system does or lets whom do: “%(form)s”.")
    form = {"en": "The <system> shall let <role> <do what>", "zh": "<系统>应允许<角色><做什么>"}
    _EN = re.compile(
        rf"\b(?:it {MODAL} be possible|{MODAL} (?:also |not )?be (?:able to|capable of|designed to|in a position to)"
        rf"|{MODAL} (?:also )?have the (?:ability|capability|capacity|possibility) (?:to|of))\b"
    )
    _ZH = re.compile(
        "(?:应|应当|应该|必须|需要|须)?(?:能够|可以|可|(?<=应)能|(?<=须)能)被|应(?:当|该)?可以|应(?:当|该)?能够被"
        "|应(?:当|该)?(?:具备|具有|有)[^，,。；;]{0,24}?(?:能力|功能)"
    )

    def find(self, reading: Reading) -> Places:
        for sentence in reading.sentences:
            pattern = self._EN if sentence.language == "en" else self._ZH
            yield from grammar.spans(sentence, pattern)


@register
class Passive(Rule):
    """R2, active voice: what is done is said, and not by whom."""

    name = "passive"
    guide = "INCOSE R2"
    needs = frozenset(("be", "被", "得", "予", "加"))
    label = _l("Passive")
    reason = _l("“%(words)s” does not say who does it: the system, or a person in which role.")
    better = _l("Begin with who does it: “%(form)s”.")
    form = {"en": "The <system> shall <do what>", "zh": "<系统>应<做什么>"}
    _EN = re.compile(
        rf"(?<!which )(?<!that )(?<!who )\b(?:{BINDING}|is to|are to|may|cannot) (?:(?:not|also|only|always|never|\w+ly) )*be (?:\w+ly )?(?P<word>\w+ed|{grammar.IRREGULAR})(?![\w-])(?P<rest>[^.;]*)"
    )
    _BY = re.compile(
        r"\bby (?:(?:the|an?|its|their|one|two|each|any|another|both) (?!end|due|first|last|date|time|day|number|name|\w+ date|next|deadline|rules?)|[a-z]+ing? (?=shall)|(?:cf|sap)\b|[a-z]+s\b(?! of)(?<!days)(?<!hours))"
    )
    _ZH = re.compile(
        rf"{ZH_MODAL}(?:(?!被)[^，,。；;]){{0,18}}?(?P<word>被(?![动子褥])[^，,。；;]{{1,4}})(?P<rest>[^，,。；;]*)"
        rf"|{ZH_MODAL}(?:(?!得到|予以|加以)[^，,。；;]){{0,16}}(?P<other>得到(?=[^，,。]{{2}})|予以|加以)"
    )
    _AGENT = re.compile(
        "被(?:系统|平台|[^，,。]{0,6}(?:员|经理|主管|总监|用户|部门|人员|管理员|财务|销售|客户|程序|接口|模块|主任|领导))(?=[^，,。]{2})"
    )
    _CLAUSE = re.compile("被[^，,。；;]{1,6}?(?:的|时|后|前|之后|以后)")

    def find(self, reading: Reading) -> Places:
        for sentence in reading.sentences:
            if sentence.language == "en":
                yield from self._english(sentence)
            else:
                yield from self._chinese(sentence)

    def _english(self, sentence: Sentence) -> Places:
        for found in self._EN.finditer(sentence.text):
            stated = found["word"] in grammar.STATIVE or self._BY.search(found["rest"])
            if stated or Possibility._EN.search(found.group()) or grammar.opened(sentence.text, found.start()):
                continue
            yield sentence.start + found.start(), sentence.start + found.end("word")

    def _chinese(self, sentence: Sentence) -> Places:
        for found in self._ZH.finditer(sentence.text):
            if found["other"]:
                yield sentence.start + found.start("other"), sentence.start + found.end("other")
                continue
            rest = sentence.text[found.start("word") :]
            if self._AGENT.match(rest) or self._CLAUSE.match(rest) or Possibility._ZH.search(found.group()):
                continue
            yield sentence.start + found.start("word"), sentence.start + found.end("word")


@register
class NoActor(Rule):
    """R3, appropriate subject and verb: nobody is named who shall do it."""

    name = "no_actor"
    guide = "INCOSE R3"
    label = _l("Nobody named")
    reason = _l("The statement does not say who shall do it.")
    better = _l("Begin with the system or the role: “%(form)s”.")
    form = {"en": "The <system> shall <do what>", "zh": "<系统>应<做什么>"}
    _MODAL = re.compile(rf"\b{MODAL}\b")
    _BARE = re.compile(rf"(?:(?:\w+ly|also) )?{MODAL}\b|(?:in|on|for|at|by|from) [^,]{{2,40}}, {MODAL}\b")
    _THERE = re.compile(rf"there {MODAL} be\b")
    _PEOPLE = re.compile(
        r"(?:\w+ ){0,2}(?:users|customers|employees|managers|reps|agents|buyers|suppliers|staff|people|members)\b"
    )

    def find(self, reading: Reading) -> Places:
        if not reading.prose or reading.prose[0] is not reading.sentences[0]:
            return
        first = reading.prose[0]
        nobody = self._english if first.language == "en" else self._chinese
        if nobody(first.text, reading) and not any(_acts(one) for one in reading.prose[1:]):
            yield first.start, first.end

    def _english(self, text: str, reading: Reading) -> bool:
        if (
            HAN.search(text)
            or grammar.CONDITION.match(text)
            or grammar.USER_STORY.match(text)
            or "it shall be possible" in text
        ):
            return False
        if self._THERE.match(text):
            return True
        verb = grammar.IMPERATIVE.match(text)
        if verb and grammar.DETERMINER.match(text[verb.end() :].strip()):
            return True
        if self._MODAL.search(text):
            return bool(self._BARE.match(text))
        if grammar.DETERMINER.match(text) or self._PEOPLE.match(text):
            return False
        capital = re.match(r"[A-Z]{2,}\w* [a-z]", reading.original[reading.prose[0].start :])
        return not (capital or grammar.FINITE.search(text))

    def _chinese(self, text: str, reading: Reading) -> bool:
        if grammar.ZH_WHEN.match(text) or grammar.ZH_STORY.match(text) or re.match("严禁|禁止", text):
            return False
        return grammar.bare(text)


def _acts(sentence: Sentence) -> bool:
    """Whether a sentence says who shall."""
    if sentence.language == "en":
        return bool(re.search(rf"\w {BINDING}\b", sentence.text))
    return bool(grammar.ZH_BINDS.search(sentence.text)) and not grammar.bare(sentence.text)


@register
class Negative(Rule):
    """R16, use of "not": what it shall not do is endless; what it does instead can be tested. Prohibitions may well stay."""

    name = "negative"
    guide = "INCOSE R16"
    needs = frozenset(
        ("not", "never", "no", "cannot", "can't", "mustn't", "shouldn't", "shan't", "won't", "不", "禁", "严", "切")
    )
    label = _l("Negative")
    reason = _l(
        "“%(words)s” says what shall not be, which no test can show for all cases; a plain prohibition may stay."
    )
    better = _l("Say what happens instead: “%(form)s”.")
    form = {
        "en": "If <somebody tries>, the <system> shall refuse it and name <the reason>",
        "zh": "如果<有人尝试>，<系统>应拒绝并说明<原因>",
    }
    _EN = re.compile(
        r"\b(?:shall|must|should|may|will|can) not\b(?! only)|\b(?:cannot|can't|mustn't|shouldn't|shan't|won't)\b(?! only)"
        r"|\b(?:shall|must|should|will) never\b|^no (?:\w+ ){1,3}(?=(?:shall|must|may|can|should|will)\b)"
    )
    _BOUND = re.compile(
        r" (?:exceed|be (?:more|less|longer|greater|larger|higher|lower|shorter|later|older|earlier)|take (?:more|longer)|fall below|drop below)"
    )
    _OPENS = re.compile(rf"\b(?<!ensure )(?<!ensures )(?<!guarantee ){SUBORDINATE}\b")
    _ZH = re.compile(
        "不得(?!不|已)|不应该?(?!收|期)|不允许|不能(?!力)|不可(?![用见逆抗控靠变分避])|不要|不准|不许|严禁|禁止|切勿|不应当"
    )
    _ZH_BOUND = re.compile("(?:超过|低于|高于|少于|多于|大于|小于|早于|晚于|超出|短于|长于|迟于)")

    def find(self, reading: Reading) -> Places:
        for sentence in reading.sentences:
            if sentence.language == "en":
                yield from self._english(sentence)
            else:
                yield from self._chinese(sentence)

    def _english(self, sentence: Sentence) -> Places:
        for found in self._EN.finditer(sentence.text):
            clause = re.split(r"[,;:]", sentence.text[: found.start()])[-1]
            if self._OPENS.search(clause) or self._BOUND.match(sentence.text, found.end()):
                continue
            yield sentence.start + found.start(), sentence.start + found.start() + len(found.group().rstrip())

    def _chinese(self, sentence: Sentence) -> Places:
        for found in self._ZH.finditer(sentence.text):
            before = re.split("[，,；;]", sentence.text[: found.start()])[-1]
            after = re.split("[，,；;。]", sentence.text[found.end() :])[0]
            conditional = re.match("(?:当|如果|如|若|一旦|因)", before) or re.search("(?:时|的话|后)$", after)
            which = re.match("[^，,。]{1,6}的[^，,。]", after) and grammar.ZH_ASKS.search(before + "，" + after)
            if conditional or which or self._ZH_BOUND.match(after):
                continue
            yield sentence.start + found.start(), sentence.start + found.end()
