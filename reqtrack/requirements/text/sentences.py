"""The rules that look at how a sentence is built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from reqtrack.requirements.text import grammar
from reqtrack.requirements.text.grammar import BINDING, MODAL, SUBORDINATE, ZH_BINDING, ZH_MODAL
from reqtrack.requirements.text.reading import Reading, Sentence
from reqtrack.requirements.text.rule import Rule, register

Places = Iterator[tuple[int, int]]


@register
class Possibility(Rule):
    """R10, superfluous infinitives: that something is possible is not that somebody does it."""

    name = "possibility"
    guide = "INCOSE R10"
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
            yield from _spans(sentence, pattern)


@register
class Passive(Rule):
    """R2, active voice: what is done is said, and not by whom."""

    name = "passive"
    guide = "INCOSE R2"
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
    _AGENT = re.compile("被(?:系统|平台|[^，,。]{0,6}(?:员|经理|主管|总监|用户|部门|人员|管理员|财务|销售|客户|程序|接口|模块|主任|领导))(?=[^，,。]{2})")
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
            if stated or Possibility._EN.search(found.group()) or _opened(sentence.text, found.start()):
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
    _PEOPLE = re.compile(r"(?:\w+ ){0,2}(?:users|customers|employees|managers|reps|agents|buyers|suppliers|staff|people|members)\b")

    def find(self, reading: Reading) -> Places:
        if not reading.prose or reading.prose[0] is not reading.sentences[0]:
            return
        first = reading.prose[0]
        nobody = self._english if first.language == "en" else self._chinese
        if nobody(first.text, reading) and not any(_acts(one) for one in reading.prose[1:]):
            yield first.start, first.end

    def _english(self, text: str, reading: Reading) -> bool:
        if grammar.CONDITION.match(text) or grammar.USER_STORY.match(text) or "it shall be possible" in text:
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
        return _bare(text)


def _acts(sentence: Sentence) -> bool:
    """Whether a sentence says who shall."""
    if sentence.language == "en":
        return bool(re.search(rf"\w {BINDING}\b", sentence.text))
    return bool(re.search(ZH_BINDING, sentence.text)) and not _bare(sentence.text)


def _bare(text: str) -> bool:
    """Whether a Chinese main clause begins without a subject."""
    clauses = [one.strip() for one in re.split("[，,。；;：:]", text) if one.strip()]
    clauses = [one for one in clauses if not _condition(one)] or [""]
    # "对于…，系统应…": who shall comes after what it is about.
    clause = clauses[1] if len(clauses) > 1 and grammar.ZH_PREPOSITION.match(clauses[0]) else clauses[0]
    time = grammar.ZH_TIME.match(clause)
    starts = [clause, clause[time.end() :]] if time and re.search(r"\d\s*\S{1,4}$", time.group().strip()) else [clause]
    for start in starts:
        found = grammar.ZH_BARE.match(start)
        if not found:
            continue
        modal = re.match(ZH_MODAL, start)
        if modal or not _noun_first(start):
            return True
    return False


def _noun_first(clause: str) -> bool:
    """Whether what looks like a verb is part of a noun: a modal verb comes after it."""
    if grammar.ZH_COMPOUND.match(clause):
        return True
    found = grammar.ZH_NOUN_FIRST.match(clause)
    return bool(found) and not re.match("自动|批量|快速|在|从|于|对|将|把|给", clause)


@register
class Negative(Rule):
    """R16, use of "not": what it shall not do is endless; what it does instead can be tested. Prohibitions may well stay."""

    name = "negative"
    guide = "INCOSE R16"
    label = _l("Negative")
    reason = _l("“%(words)s” says what shall not be, which no test can show for all cases; a plain prohibition may stay.")
    better = _l("Say what happens instead: “%(form)s”.")
    form = {
        "en": "If <somebody tries>, the <system> shall refuse it and name <the reason>",
        "zh": "如果<有人尝试>,<系统>应拒绝并说明<原因>",
    }
    _EN = re.compile(
        r"\b(?:shall|must|should|may|will|can) not\b(?! only)|\b(?:cannot|can't|mustn't|shouldn't|shan't|won't)\b(?! only)"
        r"|\b(?:shall|must|should|will) never\b|^no (?:\w+ ){1,3}(?=(?:shall|must|may|can|should|will)\b)"
    )
    _BOUND = re.compile(r" (?:exceed|be (?:more|less|longer|greater|larger|higher|lower|shorter|later|older|earlier)|take (?:more|longer)|fall below|drop below)")
    _OPENS = re.compile(rf"\b(?<!ensure )(?<!ensures )(?<!guarantee ){SUBORDINATE}\b")
    _ZH = re.compile("不得(?!不|已)|不应该?(?!收|期)|不允许|不能(?!力)|不可(?![用见逆抗控靠变分避])|不要|不准|不许|严禁|禁止|切勿|不应当")
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
            which = re.match("[^，,。]{1,6}的[^，,。]", after) and re.search(ZH_MODAL, before + "，" + after)
            if conditional or which or self._ZH_BOUND.match(after):
                continue
            yield sentence.start + found.start(), sentence.start + found.end()


@register
class SeveralInOne(Rule):
    """R18, single thought, and R19, combinators: more than one requirement, of which one may pass and the other fail."""

    name = "several_in_one"
    guide = "INCOSE R18, R19"
    label = _l("More than one")
    reason = _l("From “%(words)s” on it is another requirement, which may be wanted, built and tested without the first.")
    better = _l("Split it, each with one “%(form)s”.")
    form = {"en": "The <system> shall …", "zh": "<系统>应…"}
    _EN = re.compile(rf"\b{BINDING}\b")
    # A further sentence with "will" or "should" mostly explains the first.
    _MUST = re.compile(r"\b(?:shall|must|needs? to|ha(?:s|ve) to|is required to)\b")
    _EXPLAINS = re.compile(
        r"(?:note|for example|for instance|e\.g|i\.e|this means|that means|that is|rationale|in other words|in this case|remark|example|hint)\b"
    )
    _ZH_EXPLAINS = re.compile("(?:其中|注|即|例如|比如|说明|也就是说|换言之|备注|示例)")
    _JOIN = re.compile(r"(?:,? (?:and then|and also|and|as well as|but also|then)|,|;) (?:also |then |(?:shall|must|should|will) )?")
    _ZH_JOIN = re.compile("[，,、]?(?:并且|并(?![发行入列非未不])|同时|然后|随后|以及)")

    def find(self, reading: Reading) -> Places:
        asked = [one for one in reading.prose if self._asks(one)]
        for sentence in asked[1:]:
            if sentence.language == "zh" or self._MUST.search(sentence.text):
                yield sentence.start, sentence.end
        for sentence in asked[:1]:
            found = self._english(sentence) if sentence.language == "en" else self._chinese(sentence)
            if found is not None:
                yield sentence.start + found, sentence.end

    def _asks(self, sentence: Sentence) -> bool:
        if sentence.language == "zh":
            return bool(re.search(ZH_BINDING, sentence.text)) and not self._ZH_EXPLAINS.match(sentence.text)
        return bool(self._EN.search(sentence.text)) and not self._EXPLAINS.match(sentence.text)

    def _english(self, sentence: Sentence) -> int | None:
        text = sentence.text
        mains = [found for found in self._EN.finditer(text) if not _inside(text, found.start())]
        if not mains:
            return None
        for later in mains[1:]:
            join = max(text.rfind(mark, mains[0].end(), later.start()) for mark in (" and ", "; ", ", ", " but "))
            if join > 0:
                return join + 1
        start = mains[0].end()
        for join in self._JOIN.finditer(text, start):
            said = text[start : join.start()].split()
            verb = grammar.ACTION.match(text, join.end())
            pair = said and re.fullmatch(grammar.ACTIONS, said[-1])  # "add and remove a value" is one thought
            if verb and len(said) >= 3 and not pair and not _inside(text, join.start(), start):
                return join.start() + 1
        return None

    def _chinese(self, sentence: Sentence) -> int | None:
        text = sentence.text
        clauses = [(found.start(), found.group()) for found in re.finditer("[^，,；;]+", text)]
        asking = [at for at, clause in clauses if re.search(ZH_BINDING, clause) and not _condition(clause)]
        if len(asking) > 1:
            return asking[1]
        if not asking:
            return None
        found = re.search(ZH_BINDING, text[asking[0] :])
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


def _opened(text: str, place: int) -> bool:
    """Whether a place of an English sentence lies in a clause that opens with a condition or the like."""
    clause = re.split(r"[,;:]", text[:place])[-1].strip()
    return bool(re.match(rf"(?:and |or |but )?{SUBORDINATE}\b", clause))


def _condition(clause: str) -> bool:
    return bool(re.match("(?:当|如果|如|若|一旦|每当)", clause) or re.search("(?:时|的话|之后|后|前)$", clause.strip()))


def _inside(text: str, place: int, since: int = 0) -> bool:
    """Whether a place of an English sentence lies in a subordinate clause: one was opened since the last comma."""
    clause = re.split(r"[,;:]", text[since:place])[-1]
    return bool(re.search(rf"\b{SUBORDINATE}\b", clause)) and not re.search(rf"\b{SUBORDINATE}\b.* (?:then|and) (?:the|an?) ", clause)


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
    _ZH = re.compile("该(?!死)|此(?![外后前时次致])|这(?:些|个|种|类|一)?|那(?:些|个|种)|其(?![他它中余次实间])|它们?|他们|她们|他(?!人)")
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
        for sentence in reading.sentences:
            yield from _spans(sentence, self._AWAY if sentence.language == "en" else self._ZH_AWAY)


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
        "zh": "当<发生什么>时,<系统>应<做什么>",
    }
    _MODAL = re.compile(rf"\b{MODAL}\b")
    _BARE = re.compile(rf", ?(?:then )?{BINDING}\b")

    def find(self, reading: Reading) -> Places:
        for number, sentence in enumerate(reading.prose):
            after = reading.sentences.index(sentence) + 1
            listed = after < len(reading.sentences) and reading.sentences[after].layout
            if listed or (number and sentence.text.startswith("where")):
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
        response = next((one for one in clauses[1:] if not _condition(one)), "")
        if not response:
            return not re.search(rf"(?:时|后|则|的)[^，,]{{1,20}}?{ZH_MODAL}", text)
        return _bare(response.removeprefix("则"))



def _spans(sentence: Sentence, pattern: re.Pattern[str]) -> Places:
    for found in pattern.finditer(sentence.text):
        yield sentence.start + found.start(), sentence.start + found.end()
