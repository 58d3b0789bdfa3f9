"""A data dictionary that somebody keeps as a sheet: which column says what, and its rows as entries to be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reqtrack.acceptance.data.cells import fold
from reqtrack.acceptance.data.dictionary import TYPES

# In this order: a header is the first that it fits.
_COLUMNS: dict[str, re.Pattern[str]] = {
    "aliases": re.compile(
        r"\b(?:alias(?:es)?|other names?|also|synonyms?|source (?:name|column|field))\b|别名|其他名|又[名叫]|同义|来源字段|源字段"
    ),
    "allowed": re.compile(r"\b(?:allowed|values?|options?|choices|enum(?:eration)?|domain|list)\b|允许|可选|取值|枚举|值域|选项"),
    "required": re.compile(r"\b(?:required|mandatory|must|not null)\b|必填|必须|非空|是否必"),
    "unique": re.compile(r"\bunique\b|唯一|不重复"),
    "format": re.compile(r"\b(?:format|pattern|mask)\b|格式|样式"),
    "unit": re.compile(r"\bunits?\b|单位"),
    "type": re.compile(r"\b(?:data )?type\b|类型"),
    "meaning": re.compile(r"\b(?:meaning|description|definition|comment|explanation|notes?)\b|含义|说明|描述|定义|备注|解释|意义"),
    "name": re.compile(r"\b(?:name|field|column|attribute|element|item)\b|名称|字段|数据项|列名|属性|名"),
}  # fmt: skip
_TYPES: dict[str, re.Pattern[str]] = {
    "yes_no": re.compile(r"bool|yes.?no|flag|logical|是否|布尔|是/否"),
    "date": re.compile(r"date|day|time|日期|时间"),
    "number": re.compile(r"num|int|dec|float|double|money|amount|currency|数字|数值|数量|整数|小数|金额"),
    "choice": re.compile(r"choice|enum|list|option|select|one of|code|枚举|选项|单选|列表|下拉"),
    "text": re.compile(r"text|char|string|文本|字符|文字"),
}
_PARTS = re.compile(r"[\n;；|、,，]+")


def entries_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[dict[str, object]]:
    """What each row says of a field, by the names of ``Entry``; rows without a name are left out.

    Where no column is called a name, the first is it; a type in words nobody knows is passed on as it is, to be refused by name.
    """
    places: dict[str, int] = {}
    for index, title in enumerate(header):
        said = fold(title).lower().replace("_", " ")
        found = next((name for name, words in _COLUMNS.items() if name not in places and words.search(said)), None)
        if found:
            places[found] = index
    places.setdefault("name", 0)
    told = [{name: row[at] if at < len(row) else "" for name, at in places.items()} for row in rows]
    return [_entry(one) for one in told if one["name"].strip()]


def _entry(told: dict[str, str]) -> dict[str, object]:
    entry: dict[str, object] = dict(told)
    for name in ("allowed", "aliases"):
        if name in told:
            entry[name] = [part.strip() for part in _PARTS.split(told[name]) if part.strip()]
    entry["type"] = _type(told.get("type", ""), bool(entry.get("allowed")))
    return entry


def _type(said: str, has_values: bool) -> str:
    words = fold(said).lower()
    if not words:
        return "choice" if has_values else "text"
    return words if words in TYPES else next((name for name, form in _TYPES.items() if form.search(words)), words)
