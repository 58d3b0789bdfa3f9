"""Which columns hold data of persons: by the words of their headers and by what stands in them, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.acceptance.data.cells import HAN, fold, says_nothing
from reqtrack.acceptance.data.formats import FORMATS, named
from reqtrack.acceptance.data.people import looks_like_a_name, looks_like_latin_name
from reqtrack.errors import Reason
from reqtrack.files.problems import N_

KINDS: dict[str, Any] = {
    "name": _l("Names of persons"),
    "phone": _l("Telephone numbers"),
    "id": _l("Numbers of identity papers"),
    "email": _l("E-mail addresses"),
    "address": _l("Postal addresses"),
    "bank_card": _l("Bank cards and accounts"),
    "text": _l("Text in which personal data stands"),
}
# A word of a header settles the kind, unless what stands there says otherwise (a column "phone" full of brands).
_WORDS: dict[str, re.Pattern[str]] = {
    "email": re.compile(r"\be-?mails?\b|\bmail address\b|邮箱|电子邮件|電郵|邮件地址"),
    "id": re.compile(
        r"\b(?:id(?:entity)? ?(?:card|number|no)|passport|ssn|social security|national id|driv(?:er|ing)'?s? licen[cs]e)\b"
        r"|身份证|证件号|身份号码|护照|驾驶证号|社保号|公民身份|军官证|证件编号"
    ),
    "bank_card": re.compile(
        r"\b(?:bank (?:card|account)|card (?:number|no)|credit card|iban|account (?:number|no))\b|银行卡|银行账[号户]|卡号(?!段)|收款账[号户]|银行帐[号户]|开户账号"
    ),
    "phone": re.compile(
        r"\b(?:phone|mobile|cell ?phone|tel|telephone|fax|whatsapp)\b|手机|电话|座机|联系方式|移动电话|传真|手機|電話|微信号?"
    ),
    "address": re.compile(
        r"\b(?:address|street|addr)\b(?! (?:type|book|id))|地址|住址|家庭住所|收货地|详细位置|户籍(?:所在)?地"
    ),
    "name": re.compile(
        r"\b(?:(?:first|last|full|middle|given|family|sur|maiden|contact|customer|client|patient|student|employee|person|recipient|borrower|applicant|guarantor"
        r"|insured|owner|buyer|salesperson|manager)'?s? ?names?|surname|contact(?: person)?|recipient|consignee|salesperson|account manager|beneficiary|name of (?:the )?(?:customer|client|person))\b"
        r"|姓名|联系人|收[件货]人(?!数)|寄件人|客户名(?!单|录)|经办人|负责人|业务员|销售员|申请人|投保人|被保险人|受益人|患者|员工名|法人代表|法定代表人|担保人|借款人|户主|持卡人|开户名|签收人|姓氏|登记人|车主|责任人|客户经理|聯絡人"
    ),
}
# What a header names that only sounds like it.
_NOT = re.compile(
    r"\b(?:ip|mac|web|url|product|company|file|user|group|item|server|host|domain|brand|model|type|status|id)\b.*\b(?:address|name|phone)\b"
    r"|\b(?:phone|mobile|email|address|contact|name|card) (?:type|model|brand|status|count|template|format|verified)\b"
    r"|(?:手机|电话|邮箱|地址|联系人|证件|银行卡)(?:类型|品牌|型号|状态|数量|数|验证|次数|是否|时间|日期)|是否|网址|(?:产品|商品|公司|企业|文件|部门|项目)名|网络地址|ip ?地址"
)
_BARE_NAME = re.compile(r"name|names|姓名|名字|客户|顾客|会员|customer|client|buyer|patient|employee|员工|学生|司机")
_PLACE = re.compile(
    f"(?:[{HAN}]{{1,8}}(?:省|市|区|县|镇|乡|村|街道?|路|巷|弄|大道|小区|花园))|\\d+(?:号|弄|栋|幢|单元|室|楼)"
)
_STREET = re.compile(
    r"\b\d+[a-z]? .*\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|boulevard|blvd)\b", re.IGNORECASE
)
_INSIDE = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|[1-9]\d{16}[\dXx])(?!\d)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SAMPLE = 400
_KIND_OF_FAMILY = {"phone": "phone", "id": "id", "email": "email", "bank_card": "bank_card"}


@dataclass(frozen=True)
class Personal:
    """Why a column is thought to hold data of persons: ``sure`` where header or values leave little doubt. Nothing is masked by a
    guess alone: a person is asked, and these columns are ticked beforehand.
    """

    kind: str
    sure: bool
    reason: Reason


def guess(name: str, counts: Mapping[str, int]) -> Personal | None:
    """What personal data a column holds, or None.

    Args:
        name: the column's header.
        counts: its distinct values with how often each stands.
    """
    values = [value for value in _some(counts) if not says_nothing(value)]
    seen = _seen(values)
    header = fold(re.sub(r"(?<=[a-z])(?=[A-Z])|_+", " ", name)).lower()
    told = _told(header)
    if told and (
        not values or seen.get(told) or (told in ("name", "address", "id", "bank_card") and not _contradicted(values))
    ):
        return Personal(told, True, Reason("header", N_("The header “%(header)s” says so."), {"header": name[:80]}))
    return _by_values(seen, len(values), header)


def _some(counts: Mapping[str, int]) -> list[str]:
    """Distinct values from all over the column: what stands at the top is often the cleanest."""
    values = list(counts)
    step = max(len(values) // _SAMPLE, 1)
    return values[::step][:_SAMPLE]


def _told(header: str) -> str | None:
    if not header or _NOT.search(header):
        return None
    return next((kind for kind, words in _WORDS.items() if words.search(header)), None)


def _seen(values: list[str]) -> dict[str, int]:
    """How many values look like each kind."""
    seen: dict[str, int] = {}
    for value in values:
        kind = kind_of(value)
        if kind:
            seen[kind] = seen.get(kind, 0) + 1
    return seen


def kind_of(value: str) -> str | None:
    """What personal data a single value looks like; ``text`` where a number or an address stands within other words."""
    found = FORMATS.get(named(value))
    if found and found.family in _KIND_OF_FAMILY:
        return _KIND_OF_FAMILY[found.family]
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("address", _is_place),
        ("text", lambda text: bool(_INSIDE.search(fold(text)))),
        ("name", looks_like_a_name),
        ("latin", looks_like_latin_name),
    )
    return next((kind for kind, holds in tests if holds(value)), None)


def _is_place(value: str) -> bool:
    return len(set(_PLACE.findall(value))) >= 2 or bool(_STREET.search(value[:200]))


def _contradicted(values: list[str]) -> bool:
    """Whether the values cannot be what the header says: one letter, days, yes and no, small numbers."""
    plain = sum(
        FORMATS[found].family in ("date", "yes_no") if (found := named(value)) else len(value) < 2 for value in values
    )
    return plain * 2 > len(values)


def _by_values(seen: dict[str, int], total: int, header: str) -> Personal | None:
    for kind, share in (("id", 0.02), ("bank_card", 0.3), ("email", 0.05), ("phone", 0.2), ("address", 0.4)):
        if seen.get(kind) and seen[kind] >= share * total:
            return _looks(kind, seen[kind], total)
    names = seen.get("name", 0)
    if (total >= 3 and names >= 0.8 * total) or (names >= 0.5 * total and _BARE_NAME.search(header)):
        return _looks("name", names, total)
    latin = seen.get("latin", 0) + names
    if latin >= 0.5 * total and total and _BARE_NAME.fullmatch(header):
        return _looks("name", latin, total)
    # Few are enough here: a single number in a note is somebody's.
    inside = sum(seen.get(kind, 0) for kind in ("text", "phone", "email", "id", "bank_card"))
    if inside:
        return _looks("text", inside, total, sure=False)
    return None


def _looks(kind: str, count: int, total: int, sure: bool | None = None) -> Personal:
    message = N_("%(count)s of %(total)s values looked at have the form of it.")
    return Personal(
        kind, count * 2 > total if sure is None else sure, Reason("values", message, {"count": count, "total": total})
    )
