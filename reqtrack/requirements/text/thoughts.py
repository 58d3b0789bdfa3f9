"""The rules that look at how many thoughts there are, whole and understood alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from reqtrack.requirements.text import grammar
from reqtrack.requirements.text.grammar import BINDING, MODAL, ZH_BINDING, ZH_MODAL
from reqtrack.requirements.text.reading import Reading, Sentence
from reqtrack.requirements.text.rule import Rule, register

Places = Iterator[tuple[int, int]]


@register
class SeveralInOne(Rule):
    """R18, single thought, and R19, combinators: more than one requirement, of which one may pass and the other fail."""

    name = "several_in_one"
    guide = "INCOSE R18, R19"
    needs = frozenset(("shall", "must", "should", "will", "need", "needs", "have", "has", "required", "应", "须", "需"))
    label = _l("More than one")
    reason = _l(
        "From “%(words)s” on it is another requirement, which may be wanted, built and tested without the first."
    )
    better = _l("Split it, each with one “%(form)s”.")
    form = {"en": "The <system> shall …", "zh": "<系统>应…"}
    _EN = re.compile(rf"\b{BINDING}\b")
    # A further sentence with "will" or "should" mostly explains the first.
    _MUST = re.compile(r"\b(?:shall|must|needs? to|ha(?:s|ve) to|is required to)\b")
    _EXPLAINS = re.compile(
        r"(?:note|for example|for instance|e\.g|i\.e|this means|that means|that is|rationale|in other words|in this case|remark|example|hint)\b"
    )
    _ZH_EXPLAINS = re.compile("(?:其中|注|即|例如|比如|说明|也就是说|换言之|备注|示例)")
    _JOIN = re.compile(
        r"(?:,? (?:and then|and also|and|as well as|but also|then)|;) (?:also |then |(?:shall|must|should|will) )?"
    )
    _ZH_JOIN = re.compile("[，,、]?(?:并且|并(?![发行入列非未不])|同时|然后|随后|以及)")

    def find(self, reading: Reading) -> Places:
        asked = [one for one in reading.prose if self._asks(one)]
        # The same again in the other language is no other requirement.
        asked = [one for one in asked if one.language == asked[0].language]
        for sentence in asked[1:]:
            if sentence.language == "zh" or self._MUST.search(sentence.text):
                yield sentence.start, sentence.end
        for sentence in asked[:1]:
            found = self._english(sentence) if sentence.language == "en" else self._chinese(sentence)
            if found is not None:
                yield sentence.start + found, sentence.end

    def _asks(self, sentence: Sentence) -> bool:
        if sentence.language == "zh":
            return bool(grammar.ZH_BINDS.search(sentence.text)) and not self._ZH_EXPLAINS.match(sentence.text)
        return bool(self._EN.search(sentence.text)) and not self._EXPLAINS.match(sentence.text)

    def _english(self, sentence: Sentence) -> int | None:
        text = sentence.text
        mains = [found for found in self._EN.finditer(text) if not grammar.inside(text, found.start())]
        if not mains:
            return None
        for later in mains[1:]:
            at = max(text.rfind(mark, mains[0].end(), later.start()) for mark in (" and ", "; ", ", ", " but "))
            if at > 0:
                return at + 1
        start = mains[0].end()
        for join in self._JOIN.finditer(text, start):
            said = text[start : join.start()].split()
            verb = grammar.ACTION.match(text, join.end())
            pair = said and re.fullmatch(grammar.ACTIONS, said[-1])  # "add and remove a value" is one thought
            if verb and len(said) >= 3 and not pair and not grammar.inside(text, join.start(), start):
                return join.start() + 1
        return None

    def _chinese(self, sentence: Sentence) -> int | None:
        text = sentence.text
        clauses = [(found.start(), found.group()) for found in re.finditer("[^，,；;]+", text)]
        asking = [at for at, clause in clauses if grammar.ZH_BINDS.search(clause) and not grammar.condition(clause)]
        if len(asking) > 1:
            return asking[1]
        if not asking:
            return None
        found = grammar.ZH_BINDS.search(text[asking[0] :])
        start = asking[0] + (found.end() if found else 0)
        again = re.compile(rf"(?:并且?|以及|和|还|也|同时)(?:还|也)?(?={ZH_BINDING})").search(text, start)
        if again:
            return again.start()
        for join in self._ZH_JOIN.finditer(text, start):
            said = text[start : join.start()].strip("，, ")
            if len(said) < 4 or grammar.ZH_VERB_ENDS.search(said):
                continue
            if grammar.ZH_ACTION.match(text, join.end()):
                return join.start()
        return None


@register
class Pronouns(Rule):
    """R24, pronouns: read alone, as it will be, nobody knows what is meant."""

    name = "pronouns"
    guide = "INCOSE R24"
    label = _l("Points elsewhere")
    reason = _l("“%(words)s” points at something outside of this statement, which is read on its own.")
    better = _l("Name the thing again: “%(form)s”.")
    form = {"en": "The <field> shall …", "zh": "<字段>应…"}
    _EN = re.compile(
        rf"(?:it(?! {MODAL} be (?:possible|able))|they|he|she|these(?: \w+){{0,2}}(?= {MODAL})|those(?= {MODAL})|this(?= {MODAL}|\.)"
        r"|this (?:function|feature|field|rule|requirement|data|information|process|page|button|report|list|value|functionality|check|step|option))\b"
    )
    _AWAY = re.compile(
        r"\bthe above\b(?!\s*\d)|\b(?:as|same as|see|mentioned|described) (?:mentioned |described |stated |listed |defined |shown )?(?:above|before|earlier)\b"
        r"|\bthe (?:latter|former)\b(?! \w+ (?:of|system))|\b(?:above|afore)-?mentioned\b|\bsame as above\b|\bthe following one\b"
    )
    _ZH = re.compile(
        "该(?!死)|此(?![外后前时次致])|这(?:些|个|种|类|一)?|那(?:些|个|种)|其(?![他它中余次实间])|它们?|他们|她们|他(?!人)"
    )
    _AWAY_NEEDS = frozenset(
        (
            "above",
            "mentioned",
            "above-mentioned",
            "aforementioned",
            "afore-mentioned",
            "before",
            "earlier",
            "latter",
            "former",
            "following",
        )
    ) | frozenset("上前同如以")
    _ZH_AWAY = re.compile(
        "上述|前述|同上|如上(?!海)|上文|前文|(?<![\\d元天个件小时岁级万年月日次%名人台])\\s?以上(?=字段|内容|信息|功能|要求|规则|条件|数据|情况|流程|步骤|各|所有|权限|操作|页面)"
    )

    def find(self, reading: Reading) -> Places:
        if not reading.prose:
            return
        first = reading.prose[0]
        found = (self._EN if first.language == "en" else self._ZH).match(first.text)
        if found:
            yield first.start, first.start + found.end()
        if self._AWAY_NEEDS.isdisjoint(reading.signs):
            return
        for sentence in reading.sentences:
            yield from grammar.spans(sentence, self._AWAY if sentence.language == "en" else self._ZH_AWAY)


@register
class Ears(Rule):
    """R1, structured statements, in the patterns of EARS: When, While, If, Where …, the <system> shall …"""

    name = "ears"
    guide = "EARS, INCOSE R1"
    label = _l("Condition without response")
    reason = _l("After the condition nobody is told what to do: it lacks who shall do what.")
    better = _l("Write condition, system and response: “%(form)s”.")
    form = {
        "en": "When <this happens>, the <system> shall <do what>",
        "zh": "当<发生什么>时，<系统>应<做什么>",
    }
    _MODAL = re.compile(rf"\b{MODAL}\b")
    _BARE = re.compile(rf", ?(?:then )?{BINDING}\b")

    def find(self, reading: Reading) -> Places:
        followed = zip(reading.sentences, (*reading.sentences[1:], None), strict=True)
        listed = {one.start for one, after in followed if after is not None and after.layout}
        for number, sentence in enumerate(reading.prose):
            if sentence.start in listed or (number and sentence.text.startswith(("where", "while", "once"))):
                continue
            lacking = self._english if sentence.language == "en" else self._chinese
            if lacking(sentence.text):
                yield sentence.start, sentence.end

    def _english(self, text: str) -> bool:
        if not grammar.CONDITION.match(text):
            return False
        return not self._MODAL.search(text) or bool(self._BARE.search(text))

    def _chinese(self, text: str) -> bool:
        if not grammar.ZH_WHEN.match(text):
            return False
        clauses = [one.strip() for one in re.split("[，,]", text.rstrip("。；;!！")) if one.strip()]
        response = next((one for one in clauses[1:] if not grammar.condition(one)), "")
        if not response:
            return not re.search(rf"(?:时|后|则|的)[^，,]{{1,20}}?{ZH_MODAL}", text)
        return grammar.bare(response.removeprefix("则"))
