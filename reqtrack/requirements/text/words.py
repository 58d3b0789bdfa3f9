"""The rules that look for words."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

from reqtrack.requirements.text.reading import Reading
from reqtrack.requirements.text.rule import Rule, register


@register
class VagueTerms(Rule):
    """R7, vague terms: a word of quality or choice that two people would judge differently."""

    name = "vague_terms"
    guide = "INCOSE R7"
    label = _l("Vague word")
    reason = _l("“%(words)s” means something else to everybody, so nobody can say whether it is met.")
    better = _l("Say what can be seen, counted or looked up instead: “%(form)s”.")
    form = {
        "en": "The <system> shall show <which fields> to <role> within <n> seconds",
        "zh": "<系统>应在 <n> 秒内向<角色>显示<哪些字段>",
    }
    terms = {
        "en": (
            "appropriate", "appropriately", "inappropriate", "adequate", "adequately", "sufficient(?! stock| credit| funds)",
            "sufficiently", "suitable", "suitably", "reasonable", "reasonably", "proper", "properly", "user-friendly",
            "user friendly", "easy", "easily", "easier", "ease of use", "intuitive", "intuitively", "flexible", "flexibly",
            "flexibility", "modern", "robust", "robustly", "seamless", "seamlessly", "convenient", "conveniently", "efficient",
            "efficiently", "effective(?! (?:from|date|on|as|until|immediately|tax|rate))", "effectively", "meaningful",
            "relevant", "irrelevant", "various", "timely", "in a timely (?:manner|fashion|way)", "as soon as possible", "asap",
            "certain (?:users?|cases?|fields?|customers?|roles?|conditions?|situations?|data|circumstances|people|orders?)",
            "common (?:files?|file types?|formats?|types?|cases?|tasks?|functions?|browsers?|devices?)", "good", "nice", "nicely",
            "attractive", "smooth", "smoothly", "powerful", "comprehensive", "smart(?! (?:card|phone|meter|watch|tv))",
            "intelligent", "intelligently", "high-quality", "high quality", "sensible", "acceptable", "satisfactory", "understandable",
            "self-explanatory", "scalable", "performant", "reliable", "reliably", "stable", "clearly", "elegant", "typical",
            "simple (?:to|navigation|interface|ui|way|manner|use|operation|handling|and|design|layout|process|screens?|workflow)",
            "simply", "clear (?:layout|structure|overview|view|display|design|way|manner|and|messages?|interface|error)",
            "necessary (?:fields?|data|information|details?|documents?|steps?|actions?|measures?|rights)", "useful", "helpful",
        ),
        "zh": (
            "尽快", "尽早", "适当(?!性)", "恰当", "友好(?!集团|商场|商城|医院|超市|路|街|度)", "灵活(?!用工|就业)", "支持各(?:种|类)",
            "支持多种", "各种", "各类", "多样化", "多种多样", "相关(?!系数|性分析|度|方)", "合理(?!化建议)", "方便(?!面|食品|米)", "及时(?!率)",
            "便捷", "便利(?!店|贴)", "简便", "简单易用", "简单", "简洁", "易用", "易于", "美观", "完善(?=的|地|权|功|，|。|,|$)", "良好", "稳定",
            "可靠(?!性)", "智能(?!手机|卡|电表|柜|家居)", "无缝", "丰富", "必要的", "必要(?=字段|信息|数据|资料)", "合适", "常用(?!语|地址|联系人)",
            "常见", "一定(?=的|时间|程度|范围|数量|权限|条件|期限|比例)", "若干", "规范(?=。|，|,|、|$)", "人性化", "直观", "清晰", "优秀", "强大",
            "个性化", "流畅", "顺畅", "有效地", "充分", "足够", "异常情况", "特殊情况", "类似", "某些", "部分用户", "正常(?=地|运行(?!时间)|使用|工作)",
            "妥善", "准确、规范", "舒适", "先进(?=的|技术|水平)", "有关(?=部门|人员|信息|资料|数据)",
        ),
    }  # fmt: skip

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        text = reading.lower
        if text.startswith("相关", start):
            return _loose(text, start, end)
        if text.startswith("常见", start) or text.startswith("类似", start):
            return text[end : end + 2] not in ("问题", "于")
        return not text.startswith("稳定", start) or text[start - 1 : start] != "不"


def _loose(text: str, start: int, end: int) -> bool:
    """Whether 相关 says nothing of what it belongs to: "相关部门", not "与该订单相关的发票"."""
    clause = re.split(r"[，,。；;、]", text[max(start - 60, 0) : start])[-1]
    return not (re.search(r"[与和跟同].{1,14}$", clause) and text[end : end + 1] in ("的", "，", "。", ",", "", "联"))


@register
class EscapeClauses(Rule):
    """R8, escape clauses: words by which the builder may leave it."""

    name = "escape_clauses"
    guide = "INCOSE R8"
    label = _l("Way out")
    reason = _l("“%(words)s” leaves it to whoever builds it whether this is done at all.")
    better = _l("Name the case in which it holds, or leave the words out: “%(form)s”.")
    form = {
        "en": "If <condition that can be checked>, the <system> shall <do it>",
        "zh": "如果<可判断的条件>，<系统>应<做什么>",
    }
    terms = {
        "en": (
            "where possible", "wherever possible", "wherever (?:appropriate|applicable|necessary|needed|feasible)",
            "where (?:appropriate|applicable|necessary|needed|required|feasible|practicable|practical|sensible|useful)",
            "if possible", "if at all possible", "if (?:practical|practicable|feasible|appropriate|applicable|desired)",
            "if (?:necessary|needed|required|applicable)(?=[,.;:)]| and\\b|$)",
            "when (?:necessary|needed|required|possible|appropriate|applicable)(?=[,.;:)]| and\\b|$)",
            "whenever (?:necessary|needed|required|possible|appropriate)(?=[,.;:)]| and\\b|$)",
            "as (?:needed|necessary|appropriate|applicable)", "as required(?! (?:by|in|under|for|according))",
            "as (?:far|much|many|little|quickly|fast|often|well|close) as (?:is )?(?:reasonably )?possible", "as far as practicable",
            "to the extent (?:possible|practicable|practical|necessary|feasible)", "ideally", "preferably", "normally",
            "usually", "generally", "in general", "typically", "in principle", "optionally", "best effort", "at (?:its|their) discretion",
            "unless (?:impractical|otherwise agreed)", "insofar as (?:possible|practicable)", "in most cases",
        ),
        "zh": (
            "如有必要", "如有需要", "如果必要", "如果需要(?=[，,])", "若有必要", "若有需要", "如确有必要", "必要时", "需要时(?=[，,。])", "有必要时",
            "在必要时", "在必要的?情况下", "原则上", "尽量", "尽可能", "视情况", "视需要", "根据需要", "按需(?!付费|计费|生产|采购)", "依需要", "如果可能",
            "如有可能", "如可能", "若可能", "如可行", "若可行", "可能的话", "在可能的情况下", "在条件允许的情况下", "条件允许(?:时|的情况下|的话)?",
            "条件具备时", "一般情况下", "一般来说", "通常(?=[^，。；]{0,8}(?:应|须|需|会|可|能))", "一般(?=应|不|需|要)", "正常情况下", "多数情况下", "大多数情况下", "酌情", "最好(?!的|评|友)",
            "原则应", "适时", "择机", "力争", "争取", "建议(?=系统|采用|使用|支持)", "可考虑", "视具体情况", "理想情况下", "优先考虑",
        ),
    }  # fmt: skip

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        # "the system shall generally …" is a way out, "General ledger" and "usually" inside a condition are still read as such.
        return not (reading.lower.startswith("最好", start) and reading.lower[start - 1 : start] in ("你", "您"))


@register
class OpenEnded(Rule):
    """R9, open-ended clauses: a list that says it is longer than it is."""

    name = "open_ended"
    guide = "INCOSE R9"
    label = _l("Open list")
    reason = _l("“%(words)s” says that there is more and not what, so it is never finished.")
    better = _l("Name all of them, or where they are listed: “%(form)s”.")
    form = {
        "en": "The <system> shall record <a>, <b> and <c>",
        "zh": "<系统>应记录<甲>、<乙>和<丙>三项",
    }
    terms = {
        "en": (
            "etc", "et cetera", "and so on", "and so forth", "and the like", "including,? but (?:is |are )?not limited to",
            "but not limited to", "or (?:any )?similar(?! to)", "and (?:any )?similar(?! to)", "and others", "and more(?=[.,;)]|$)",
            "or the like", "amongst others", "among others", "and other (?:things|stuff)",
        ),
        "zh": (
            "包括但不限于", "但不限于", "等等", "之类", "诸如", "以及其他(?!人|部门|公司|费用|三|两)", "及其他(?!人|公司|费用|应)", "……", "云云",
            "等(?![级待于值候式腰距量次到你我他她它]|额(?!外)|比(?!较|例|如)|效(?!率|果)|同(?!时|事|步)|价(?!格|目|位)|差(?!异|旅|错)|分(?!析|类|销|公司|店|支|组)|边(?!界|缘)|温(?!度))",
        ),
    }  # fmt: skip
    _CLOSED = re.compile(
        r"(?:这|共|上述)?\s*[\d一二三四五六七八九十两几]+\s*(?:种|类|项|个|条|家|张|份|级|页|台|位|名|方|款|门|处|套|步|列|档|阶段|渠道|字段)"
    )
    # 平等, 相等, 高等院校 … are words of their own; after a figure or an adverb it is a rank or to wait.
    _WORD = re.compile(
        r"[平相对同均不优劣初特何幂]等$|高等(?=院校|学校|教育)|中等(?=规模|水平|程度|规格|偏|收入|大小|企业|$)|[一二三四五六七八九十两几，。,、的应需要请\s]等$"
    )

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        text = reading.lower
        if text[start] != "等" or text.startswith("等等", start):
            return True
        if start == 0 or self._WORD.match(text, start - 1, end) or self._WORD.match(text, start - 1):
            return False
        return not self._CLOSED.match(text, end)


@register
class AndOr(Rule):
    """R17, use of the oblique symbol, and R15: "and/or" is three requirements, and nobody knows which."""

    name = "and_or"
    guide = "INCOSE R17, R15"
    label = _l("And/or")
    reason = _l("“%(words)s” leaves open whether one, the other or both are meant.")
    better = _l("Say which: “%(form)s”.")
    form = {"en": "<a>, <b> or both", "zh": "<甲>、<乙>或两者都"}
    terms = {
        "en": ("and ?/ ?or", "or ?/ ?and", "and or or"),
        "zh": (
            "和\\s*[/／]\\s*或",
            "或\\s*[/／]\\s*和",
            "及\\s*[/／]\\s*或",
            "与\\s*[/／]\\s*或",
            "以及\\s*[/／]\\s*或",
            "和或(?!者)",
            "并\\s*[/／]\\s*或",
        ),
    }
