"""How names of persons look: Chinese family names, compound ones, and Latin words with capitals."""

from __future__ import annotations

import re

from reqtrack.acceptance.data.cells import HAN, fold

# The hundred most frequent family names (Ministry of Public Security, 2020), and the compound ones still in use.
FAMILY = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇呂盧鐘譚陸範賈韋鄒龍賀顧龔萬錢嚴湯"
)
_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 "
    "巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 西门 第五 梁丘 歐陽 司馬 東方 諸葛 尉遲 長孫 公孫 鍾離 赫連"
)
COMPOUND = frozenset(_COMPOUND.split())
_HAN_NAME = re.compile(f"[{HAN}]{{2,4}}")
_DOTTED = re.compile(f"[{HAN}]{{1,10}}(?:[·•・][{HAN}]{{1,10}})+")
_LATIN = re.compile(r"[A-Z][a-zà-ÿ'’]+(?:[- ](?:[A-Z]\.?|[A-Z][a-zà-ÿ'’]+|de|van|von|der|bin|al)){1,3}")


def family_of(name: str) -> str:
    """The part of a Chinese name that a mask shows: a compound family name, or the first character."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND else name[:1]


def looks_like_a_name(value: str) -> bool:
    """Whether a value can be the name of a Chinese person, or of one of a minority written with a dot."""
    text = fold(value)
    if _DOTTED.fullmatch(text):
        return True
    if not _HAN_NAME.fullmatch(text):
        return False
    return text[:2] in COMPOUND if len(text) == 4 else text[0] in FAMILY or text[:2] in COMPOUND


def looks_like_latin_name(value: str) -> bool:
    """Whether a value can be a name in Latin letters: two to four words with capitals. Much else can, too."""
    return bool(_LATIN.fullmatch(fold(value)))
