"""The little grammar that the rules about sentences share: modal verbs, conditions, verbs that say what is done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reqtrack.requirements.text.reading import QUOTED, Sentence

# -- English ------------------------------------------------------------------------------------------------------------

MODAL = r"(?:shall|must|should|will|may|can|cannot|could|would|needs? to|ha(?:s|ve) to|is to|are to|is required to)"
BINDING = r"(?:shall|must|should|will|needs? to|ha(?:s|ve) to|is required to)"
SUBORDINATE = r"(?:if|when|whenever|while|where|wherever|unless|until|once|because|that|which|who|whose|whom|whether|before|after|so|as|since|what|how|why)"
CONDITION = re.compile(r"(?:when|whenever|while|if|where|once|in case|as soon as|as long as|every time|each time)\b")
USER_STORY = re.compile(r"(?:as an? .{2,60}?,? )?i (?:want|need|would like|wish)\b|as an? .{2,60}?,? (?:we|i) ")
ACTIONS = (
    "send|notify|inform|create|generate|store|save|delete|remove|display|validate|calculate|compute|assign|reject|mark|hide|add|write"
    "|move|post|issue|increment|append|replace|restore|archive|transfer|synchroni[sz]e|send out|publish|cancel|confirm|convert|import"
    "|export|print|show|block|update|release|reserve|log|record|open|close|set|start|stop|highlight|attach|ask|offer|propose|prevent"
    "|allow|provide|return|enter|lock|unlock|merge|copy|refuse|accept|check|verify|charge|deduct|refresh|redirect|e-mail|forward"
)
# Words that are nouns as well: only what follows tells.
ACTION = re.compile(
    rf"(?:{ACTIONS})(?=(?: (?:the|an?|its?|their|them|this|these|each|all|any|every|that|him|her|one|two|new)\b| \d| {QUOTED}))"
    r"|(?:send|notify|inform|create|generate|delete|remove|display|validate|calculate|assign|reject|hide|increment|append|synchroni[sz]e)(?= [a-z])"
)
IMPERATIVE = re.compile(
    r"(?:(?:automatically|also|always|please|easily|quickly) )?(?:add|allow|archive|assign|attach|avoid|block|build|calculate|cancel|capture|check"
    r"|close|compare|compute|configure|connect|convert|copy|create|define|delete|deliver|detect|develop|display|enable|ensure|export|extend|filter"
    r"|find|generate|give|handle|have|hide|highlight|implement|import|improve|include|increase|inform|integrate|introduce|keep|let|limit|link|list"
    r"|log|maintain|make|manage|map|mark|measure|merge|migrate|minimi[sz]e|maximi[sz]e|monitor|move|notify|offer|open|optimi[sz]e|prevent|print"
    r"|process|propose|provide|publish|record|reduce|refuse|reject|release|remind|remove|replace|report|reserve|restore|return|save|scan|search"
    r"|select|send|set|show|sort|split|start|stop|store|support|synchroni[sz]e|test|track|transfer|trigger|update|upload|use|validate|verify|view|write)\b"
)
DETERMINER = re.compile(
    r"(?:the|an?|each|every|all|any|no|only|our|its|their|this|that|these|those|one|two|three|both|at least|\d+)\b"
)
FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|does|do|gets?|remains?|becomes?|means|equals|applies|consists?|depends?)\b"
)

IRREGULAR = (
    "sent|shown|made|given|done|kept|set|held|built|written|chosen|found|put|sold|bought|paid|taken|drawn|seen|brought|cut|read"
    "|split|shut|spent|lost|left|laid|led|met|told|thrown|typed|run|hidden|overwritten|overridden|reset|frozen|withdrawn|undone"
)
# Participles that say how something is, not what is done to it.
STATIVE = frozenset(
    [
        "based",
        "located",
        "limited",
        "required",
        "related",
        "allowed",
        "permitted",
        "connected",
        "needed",
        "detailed",
        "unlimited",
        "dedicated",
        "interested",
        "supposed",
        "aligned",
        "fixed",
        "enabled",
        "disabled",
        "red",
        "bed",
        "embedded",
        "licensed",
        "certified",
        "closed",
        "mixed",
        "compared",
        "opposed",
        "named",
        "called",
        "entitled",
        "authorized",
        "authorised",
    ]
)

# -- Chinese ------------------------------------------------------------------------------------------------------------

# 应 as "shall", not in 响应, 应用, 应收账款 …
_SHALL = (
    "(?<![供对相反顺适感回效理响呼])应(?![付急用答税聘酬邀交缴届战]|收(?![取到集])|计(?!算)|变(?!更|为|成))(?:当|该)?"
)
ZH_MODAL = (
    f"(?:{_SHALL}|必须|须(?!知)|(?<![无不供刚所])需(?![求方量])(?:要)?"
    "|(?<![主重需必概摘纪首只还])要(?![求素点闻约件事])|可以|能够|(?<![可功性技职智效产不才节万储])能(?![力源耗量否效级])|不得|禁止|严禁|可(?=[被由按在]))"
)
ZH_BINDING = f"(?:{_SHALL}|必须|须(?!知)|(?<![无不供刚所])需(?![求方量])(?:要)?)"
_ZH_VERBS = (
    "支持|实现|提供|显示|展示|导出|导入|打印|发送|推送|通知|提醒|提示|生成|创建|新建|新增|增加|添加|删除|修改|更新|保存|存储|记录|登记|查询|检索|搜索|筛选"
    "|计算|统计|汇总|分析|校验|验证|检查|审批|审核|分配|派发|锁定|解锁|冻结|解冻|释放|预留|归档|备份|恢复|同步|对接|集成|接入|上传|下载|扫描|识别|匹配"
    "|合并|拆分|复制|关闭|打开|启动|停止|取消|确认|拒绝|允许|禁止|限制|防止|避免|确保|保证|设置|配置|管理|维护|处理|建立|完善|优化|提高|提升|加强|减少|缩短"
    "|采用|使用|根据|按照|按|对|将|把|向|给|为|由系统|弹出|跳转|带出|填充|标记|标红|标识|隐藏|排序|分组|开具|开票|催收|催款|退款|付款|收款|结算|核销|入库|出库"
    "|加密|脱敏|监控|预警|报警|触发|执行|返回|传送|传输|写入|读取|邮件通知|短信通知|邮件提醒|短信提醒|微信通知|需要|应|必须|可|能|不得|不能|不允许|不"
)
_ZH_ADVERB = "(?:自动|批量|快速|手动|实时|定期|及时|立即|一键|灵活|同时|统一|在线|远程|逐条|重新|直接|即时|每天|每月|每周|每日|默认|则|就|再|也|还|请|都|并)"
_ZH_PLACE = "(?:在|从|于)[^，,。]{1,14}?(?:中|里|上|下|内|外|旁|旁边|前|后|时|处|页面|列表|界面|底部|顶部|基础上|期间)"
# What begins without saying who: an adverb or a place, then a verb.
ZH_BARE = re.compile(rf"(?:{_ZH_PLACE}[，,]?)?{_ZH_ADVERB}*(?:{_ZH_PLACE})?{_ZH_ADVERB}*(?:{ZH_MODAL}|{_ZH_VERBS})")
# "导入程序应…" begins with a verb and is a subject all the same.
ZH_NOUN_FIRST = re.compile(rf"[^，,。；;]{{2,16}}?(?:{ZH_MODAL})")
# "催款规则", "审批人": a verb in front of what it is about.
ZH_COMPOUND = re.compile(rf"(?:{_ZH_VERBS})(?:规则|流程|逻辑|策略|方式|程序|接口|格式|人|员|限额|单据|时间|日期)")
ZH_PREPOSITION = re.compile("(?:对于|对|针对|根据|按照|按|依据|基于|通过|经|经过|由于|因|为了|为|除|除了|从|自|在)")
ZH_STORY = re.compile("作为[^，,]{1,20}[，,]?(?:我|我们)")
ZH_WHEN = re.compile(
    "(?:当|如果|如若|若(?![干])|如(?![下何图期同此]|有必要|有可能|可能)|倘若|假如|一旦|每当|每次|只要|在[^，,。]{2,20}?(?:时|期间|后|前|情况下)[，,])"
)
ZH_TIME = re.compile(
    r"[^，,。]{2,14}?(?:前|后|之前|之后|时)\s*(?:\d+\s*(?:个工作日|个月|天|小时|分钟|日|周)(?:内)?)?\s*"
)
ZH_ACTION = re.compile(
    "(?:自动|立即|应|还|再|逐条)*(?:(?:向|给|对|将|把|为|在|按|从)[^，,。；;]{1,14}?)?"
    "(?:生成|创建|发送|推送|通知|提醒|显示|更新|保存|记录(?=[^，,。]{2})|删除|冻结|锁定|打印|导出|归档|释放|预留|扣减|关闭|取消|退回|写入|上传|同步|标记|计算|校验|分配|审批|开具|催收|提交|返回|跳转)"
)
ZH_VERB_ENDS = re.compile(
    "(?:校验|保存|检查|审核|审批|创建|新建|编辑|修改|删除|查询|查看|读取|录入|导入|导出|打印|扫描|识别|汇总|统计|计算|分析|更新|记录|验证|接收|解析|显示|提取|生成|发送|加密|压缩|下载|上传|确认)$"
)


ZH_BINDS = re.compile(ZH_BINDING)
ZH_ASKS = re.compile(ZH_MODAL)
_ZH_IF = re.compile("(?:当|如果|如|若|一旦|每当)")
_ZH_WHEN_ENDS = re.compile("(?:时|的话|之后|后|前)$")
_CLAUSES = re.compile("[，,。；;：:]")

# -- of sentences -------------------------------------------------------------------------------------------------------


def opened(text: str, place: int) -> bool:
    """Whether a place of an English sentence lies in a clause that opens with a condition or the like."""
    clause = re.split(r"[,;:]", text[:place])[-1].strip()
    return bool(re.match(rf"(?:and |or |but )?{SUBORDINATE}\b", clause))


def inside(text: str, place: int, since: int = 0) -> bool:
    """Whether a place of an English sentence lies in a subordinate clause: one was opened since the last comma."""
    clause = re.split(r"[,;:]", text[since:place])[-1]
    return bool(re.search(rf"\b{SUBORDINATE}\b", clause)) and not re.search(
        rf"\b{SUBORDINATE}\b.* (?:then|and) (?:the|an?) ", clause
    )


def condition(clause: str) -> bool:
    return bool(_ZH_IF.match(clause) or _ZH_WHEN_ENDS.search(clause.strip()))


def bare(text: str) -> bool:
    """Whether a Chinese main clause begins without a subject."""
    clauses = [one.strip() for one in _CLAUSES.split(text) if one.strip()]
    clauses = [one for one in clauses if not condition(one)] or [""]
    # "对于…，系统应…": who shall comes after what it is about.
    clause = clauses[1] if len(clauses) > 1 and ZH_PREPOSITION.match(clauses[0]) else clauses[0]
    time = ZH_TIME.match(clause)
    starts = [clause, clause[time.end() :]] if time and re.search(r"\d\s*\S{1,4}$", time.group().strip()) else [clause]
    for start in starts:
        found = ZH_BARE.match(start)
        if not found:
            continue
        modal = ZH_ASKS.match(start)
        if modal or not _noun_first(start):
            return True
    return False


def _noun_first(clause: str) -> bool:
    """Whether what looks like a verb is part of a noun: a modal verb comes after it."""
    if ZH_COMPOUND.match(clause):
        return True
    found = ZH_NOUN_FIRST.match(clause)
    return bool(found) and not re.match("自动|批量|快速|在|从|于|对|将|把|给", clause)


def spans(sentence: Sentence, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(sentence.text):
        yield sentence.start + found.start(), sentence.start + found.end()
