"""Whether two texts say nearly the same, in Chinese and in Latin script alike; pure.

A text is folded (NFKC, lower case, punctuation out, words that carry nothing left out, spellings of one word made one), cut into
words and Han characters, and compared as a whole by ``fuzz.ratio``. Much the same is not yet the same thing: a sentence with
another number, another noun or a *not* more is told apart, however long it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, combinations, pairwise
from typing import TypeVar

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from reqtrack.items.search import HAN, fold

# What is compared of a text: beyond this it is another kind of text than a requirement.
LONGEST = 2_000
MOST_TOKENS = 500
_HAN_RUN = re.compile(f"[{HAN}]+")
_TOKEN = re.compile(f"[{HAN}]|\\d+(?:\\.\\d+)*|[^\\W_\\d{HAN}]+")
# A part of each alphabet: runs that begin with one of them stand for all.
_SOME_HAN = "".join(chr(code) for code in range(0x4E00, 0xA000, 8))
_HAN_RUNS = re.compile(f"(?=([{_SOME_HAN}][{HAN}]{{4}}))")
_WORD_RUNS = re.compile(r"(?=\b([bcdlps]\w* \w+ \w+))")
SHORT, LONG = 120, 72
FEW = 8  # keys of a text by which its pairs are found
# Of so many that share a key all pairs are looked at; of more it is the form of a sentence: each with so many.
SOME, NEXT = 60, 3
REACH = 40  # members of a family with which each is compared
_NUMERAL = re.compile(
    "([一二两三四五六七八九十百]+)(?=个|天|日|周|月|年|小时|分钟|秒|次|级|条|位|元|页|人|层|类|种|步|倍|成|家)"
)
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
# Said in other words, meant the same.
_HAN_SAME = {
    "登陆": "登录", "帐号": "账号", "帐户": "账户", "其它": "其他", "新增": "新建", "创建": "新建", "添加": "新建", "录入": "新建",
    "资料": "信息", "数据": "信息", "编辑": "修改", "更改": "修改", "移除": "删除", "检索": "查询", "搜索": "查询", "查找": "查询",
    "通知": "提醒", "展示": "显示", "呈现": "显示", "校验": "检查", "验证": "检查", "用户": "使用者", "手机号码": "手机号",
    "功能": "", "系统": "", "应当": "", "应该": "", "必须": "", "需要": "", "能够": "", "可以": "", "应能": "", "进行": "",
    "支持": "", "实现": "", "提供": "", "允许": "", "所有": "全部", "按照": "按", "根据": "按", "依据": "按", "当中": "", "之后": "后",
    "以后": "后", "之前": "前", "以前": "前", "以及": "和", "并且": "并",
}  # fmt: skip
_HAN_SAME_RUN = re.compile("|".join(sorted(_HAN_SAME, key=len, reverse=True)))
_HAN_EMPTY = frozenset("的地得了着所将应须需对把被在里中于其该就会能可要让由和与及并为是成个")
_SAME = {
    "remove": "delete", "add": "create", "enter": "create", "edit": "change", "modify": "change", "update": "change",
    "notify": "remind", "alert": "remind", "show": "display", "present": "display", "client": "customer", "login": "sign",
    "search": "find", "lookup": "find", "validate": "check", "verify": "check", "every": "all", "each": "all", "any": "all",
    "information": "data", "details": "data", "log": "sign", "logon": "sign", "signin": "sign", "e": "", "email": "mail",
}  # fmt: skip
_CARRY_NOTHING = """a an the of to in on at for from by with as into onto be is are was were been being it its this that these those which
    shall must should will would can could may able ability allow allows let lets permit permits support supports
    provide provides system application app software user users possible capable and or then there their his her so also when
    while via using function functionality feature has have do does in out"""
_EMPTY = frozenset(_CARRY_NOTHING.split())
_TURN_ROUND = """not no never without cannot except unless neither nor none forbid forbidden prohibit deny refuse reject disallow
拒 不 未 无 非 禁 勿 除"""
_NEGATIONS = frozenset(_TURN_ROUND.split())
# How much alike two texts must be, by the length of the shorter.
BARS = ((6, 90.0), (14, 84.0), (40, 80.0))
BAR = 77.0
T = TypeVar("T")
SAME, NEARLY, MUCH = "same", "nearly", "much"


@dataclass(frozen=True)
class Said:
    """A text as it is compared: ``plain`` is its folded whole, ``tokens`` its words and Han characters."""

    plain: str
    tokens: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.tokens)


def said(text: str) -> Said:
    """Fold a text and cut it up."""
    folded = _NUMERAL.sub(_digits, fold(text[:LONGEST]))
    folded = _HAN_SAME_RUN.sub(lambda found: _HAN_SAME[found.group()], folded)
    tokens = []
    for raw in _TOKEN.findall(folded)[:MOST_TOKENS]:
        token = _word(raw)
        if token:
            tokens.append(token)
    return Said(_joined(tokens), tuple(tokens))


def _digits(found: re.Match[str]) -> str:
    """``三十`` → ``30``, so that another number is another number in either spelling; *one* of something says no number."""
    tens, ten, ones = found.group(1).rpartition("十")
    if "百" in found.group(1):
        return found.group(1)
    if found.group(1) == "一":
        return ""
    value = (_DIGITS.get(tens, 1) if ten else 0) * 10 + sum(_DIGITS.get(char, 0) for char in ones)
    return str(value)


@lru_cache(maxsize=20_000)
def _word(token: str) -> str:
    """A word as it is compared: "" where it carries nothing; without the ending of a plural or a third person."""
    if token in _HAN_EMPTY or token in _EMPTY:
        return ""
    if token in _SAME:
        return _SAME[token]
    if len(token) > 3 and token.isascii() and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        ending = 2 if token.endswith(("ches", "shes", "xes", "sses", "oes")) else 1
        token = f"{token[:-3]}y" if token.endswith("ies") else token[:-ending]
    return _SAME.get(token, token)


def _is_han(part: str) -> bool:
    return len(part) == 1 and part > "\u2e7f"


def _joined(tokens: Sequence[str]) -> str:
    parts: list[str] = []
    for token in tokens:
        if parts and not (_is_han(token) or _is_han(parts[-1])):
            parts.append(" ")
        parts.append(token)
    return "".join(parts)


def keys_of(folded: str) -> set[str]:
    """What two texts must share to be compared at all.

    Of a short text all words and pairs of neighbours; of a long one, runs of three words or five Han characters that begin with
    one of a part of the alphabet, which is as good and found by a regular expression alone. In between, both.
    """
    found: set[str] = set()
    if len(folded) <= SHORT:
        tokens = _TOKEN.findall(folded)
        found.update(map("".join, pairwise(tokens)))
        found.update(tokens if len(tokens) <= 4 else [one for one in tokens if len(one) > 3])
    if len(folded) >= LONG:
        found.update(_HAN_RUNS.findall(folded))
        found.update(_WORD_RUNS.findall(folded))
    return found


@dataclass(frozen=True)
class Likeness:
    """How much alike: ``degree`` out of 100, ``word`` of it (``same``, ``nearly``, ``much``)."""

    degree: float
    word: str


def alike(one: Said, other: Said) -> Likeness | None:
    """How much alike two texts are; None where they are not, or say it of something else."""
    if not one or not other:
        return None
    if one.plain == other.plain:
        return Likeness(100.0, SAME)
    shorter, longer = sorted((len(one.plain), len(other.plain)))
    bar = next((bar for length, bar in BARS if shorter < length), BAR)
    if 200.0 * shorter / (shorter + longer) < bar:
        return None
    degree = fuzz.ratio(one.plain, other.plain, score_cutoff=bar)
    if not degree or told_apart(one.tokens, other.tokens):
        return None
    return Likeness(degree, NEARLY if degree >= 93 else MUCH)


def told_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts that read much the same are about two things: other numbers, a negation more, another word in a place."""
    if _counted(one, _is_number) != _counted(other, _is_number):
        return True
    if _counted(one, _NEGATIONS.__contains__) != _counted(other, _NEGATIONS.__contains__):
        return True
    return any(_another(gone, come) for gone, come in swaps(one, other))


def _counted(tokens: Iterable[str], wanted: Callable[[str], bool]) -> list[str]:
    return sorted(token for token in tokens if wanted(token))


def _is_number(token: str) -> bool:
    return token[0].isdigit()


def swaps(one: Sequence[str], other: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """Where one text has words in the place of other words of the other: ``(these, those)``."""
    found: list[tuple[list[str], list[str]]] = []
    gone: list[str] = []
    come: list[str] = []
    for step in Indel.opcodes(one, other):
        if step.tag == "equal":
            if gone and come:
                found.append((gone, come))
            gone, come = [], []
        elif step.tag == "delete":
            gone += one[step.src_start : step.src_end]
        else:
            come += other[step.dest_start : step.dest_end]
    if gone and come:
        found.append((gone, come))
    return found


def _another(gone: Sequence[str], come: Sequence[str]) -> bool:
    """Whether words in the place of others mean something else: they do unless they begin alike and are spelled nearly the same."""
    left, right = _joined(gone), _joined(come)
    if any(map(_is_han, gone)) or any(map(_is_han, come)):
        return not (set(left) <= set(right) or set(right) <= set(left))
    return left[:3] != right[:3] or fuzz.ratio(left, right) < (64 if left[:4] == right[:4] else 80)


# -- people ------------------------------------------------------------------------------------------------------------


def name_of(name: str) -> str:
    """A person's name as it is compared: without blanks between Han characters, and letter case."""
    return " ".join(_TOKEN.findall(fold(name))) if not _HAN_RUN.search(name) else "".join(fold(name).split())


def names_alike(one: str, other: str) -> Likeness | None:
    """Whether two names may be one person's. One other character is another Chinese name; a slip of the pen in a Latin one is not."""
    left, right = name_of(one), name_of(other)
    if not left or not right:
        return None
    if left == right:
        return Likeness(100.0, SAME)
    if _HAN_RUN.search(left + right) or sorted(left.split()) == sorted(right.split()):
        return Likeness(98.0, NEARLY) if sorted(left.split()) == sorted(right.split()) else None
    degree = fuzz.ratio(left, right, score_cutoff=90.0)
    return Likeness(degree, NEARLY) if degree and len(left) >= 7 else None


# -- many --------------------------------------------------------------------------------------------------------------


class Thing:
    """What is compared, with its title and, perhaps, a longer text (``body``).

    ``by_title``: that the titles say the same is enough, whatever the bodies say.
    """

    def __init__(self, number: int, kind: str, title: str, body: str = "", *, by_title: bool = False) -> None:
        self.number, self.kind, self.by_title = number, kind, by_title
        self.folded = tuple(fold(text[:LONGEST]) for text in (title, body))

    def says_what(self, other: Thing) -> bool:
        """Whether another says the very same."""
        mine = (self.kind, self.by_title, self.folded)
        return mine == (other.kind, other.by_title, other.folded)

    def may_be(self, other: Thing) -> bool:
        """Whether it is worth cutting both up: as they stand, something of them is somewhat the same."""
        return any(
            fuzz.ratio(left, right, score_cutoff=50.0)
            for left in self.folded
            if left
            for right in other.folded
            if right
        )

    @cached_property
    def title(self) -> Said:
        return said(self.folded[0])

    @cached_property
    def body(self) -> Said:
        return said(self.folded[1])


class Index:
    """Things held by their numbers, and which of them are like one another, or like one that is asked for."""

    COMPARED = 60  # candidates, of those that share most
    RAREST = 12  # keys of a text by which candidates are found
    SWEPT = 1_000  # what is held no more is swept out when it is more than these and a quarter of what is held
    COMMON = 200  # what more texts than these share is a turn of speech: it tells nothing as long as there is something rarer

    def __init__(self) -> None:
        self.things: dict[int, Thing] = {}
        self._of: dict[int, int] = {}  # the entry of a thing: its number in the lists below, new each time it is put
        self._thing: dict[int, Thing] = {}  # by entry
        self._keys: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}  # of title and body, by entry
        self._held: defaultdict[str, list[int]] = defaultdict(list)  # entries by key
        self._fresh: list[int] = []  # entries not yet held by key: a report of all does not need it
        self._next = 0
        self._dead = 0
        # What was found of all pairs, until something else is held; and of each pair of entries that was looked at.
        self._pairs: list[tuple[int, int, Likeness]] | None = None
        self._looked: dict[tuple[int, int], Likeness | None] = {}

    def put(self, thing: Thing) -> None:
        """Hold a thing, in the place of what was held under its number."""
        held = self.things.get(thing.number)
        if held is not None and held.says_what(thing):
            return
        self.drop(thing.number)
        self._pairs = None
        entry, self._next = self._next, self._next + 1
        self.things[thing.number] = self._thing[entry] = thing
        self._of[thing.number] = entry
        self._keys[entry] = tuple(keys_of(thing.folded[0])), tuple(keys_of(thing.folded[1]))
        self._fresh.append(entry)

    def drop(self, number: int) -> None:
        """Hold a thing no more."""
        if self.things.pop(number, None) is None:
            return
        self._pairs = None
        entry = self._of.pop(number)
        del self._thing[entry], self._keys[entry]
        self._dead += 1
        if self._dead > self.SWEPT + len(self.things) // 4:
            self._sweep()

    def _hold(self) -> None:
        for entry in self._fresh:
            if entry in self._thing:
                title, body = self._keys[entry]
                for key in title + body:
                    self._held[key].append(entry)
        self._fresh = []

    def _sweep(self) -> None:
        left = {key: [one for one in entries if one in self._thing] for key, entries in self._held.items()}
        self._held, self._dead = defaultdict(list, {key: entries for key, entries in left.items() if entries}), 0

    def near(self, wanted: Thing, most: int = 5) -> list[tuple[int, Likeness]]:
        """The things of its kind that are most like one (whose own number is left out), the likest first."""
        self._hold()
        counted: dict[int, int] = {}
        for folded in wanted.folded:
            for entries in self._rarest(folded):
                for entry in entries:
                    counted[entry] = counted.get(entry, 0) + 1
        found = []
        ranked = sorted(counted, key=lambda entry: (-counted[entry], entry))
        others = [one for entry in ranked if (one := self._thing.get(entry)) and one.kind == wanted.kind]
        for other in others[: self.COMPARED]:
            how = things_alike(wanted, other) if other.number != wanted.number else None
            if how is not None:
                found.append((other.number, how))
        return sorted(found, key=lambda pair: (-pair[1].degree, pair[0]))[:most]

    def _rarest(self, folded: str) -> list[list[int]]:
        held = sorted((entries for key in keys_of(folded) if (entries := self._held.get(key))), key=len)
        return [entries for entries in held[: self.RAREST] if len(entries) <= self.COMMON] or held[:2]

    def pairs(self) -> list[tuple[int, int, Likeness]]:
        """All pairs of things of one kind that are alike, by their numbers, the smaller first."""
        if self._pairs is None:
            self._pairs = self._all_pairs()
        return list(self._pairs)

    def snapshot(self) -> Index:
        """What is held now, to look for pairs in while others go on asking and putting."""
        copied = Index()
        copied.things, copied._of = dict(self.things), dict(self._of)
        copied._thing, copied._keys = dict(self._thing), dict(self._keys)
        copied._pairs, copied._looked = self._pairs, self._looked
        return copied

    def learn(self, snapshot: Index) -> None:
        """Keep what was found in a snapshot."""
        self._looked = snapshot._looked
        if self._of == snapshot._of:
            self._pairs = snapshot._pairs

    def _all_pairs(self) -> list[tuple[int, int, Likeness]]:
        known, self._looked = self._looked, {}
        found: dict[tuple[int, int], Likeness] = {}
        looked = self._candidates()
        self._compare(looked, known, found)
        # What is like the same is often alike: the rarest of its words tell members of a large family apart.
        self._compare({pair for pair in _within(groups(found)) if pair not in looked}, known, found)
        return [(first, second, found[first, second]) for first, second in sorted(found)]

    def _compare(
        self,
        pairs: Iterable[tuple[int, int]],
        known: Mapping[tuple[int, int], Likeness | None],
        found: dict[tuple[int, int], Likeness],
    ) -> None:
        for pair in pairs:
            entries = self._of[pair[0]], self._of[pair[1]]
            how = known[entries] if entries in known else self._pair(*pair)
            self._looked[entries] = how
            if how is not None:
                found[pair] = how

    def _pair(self, first: int, second: int) -> Likeness | None:
        one, other = self.things[first], self.things[second]
        return things_alike(one, other) if one.kind == other.kind and one.may_be(other) else None

    def _candidates(self) -> set[tuple[int, int]]:
        """Pairs of things of one kind that share some of the rarest keys that their deciding texts share with any of it."""
        kinds: dict[str, list[tuple[int, tuple[str, ...], tuple[str, ...]]]] = {}
        for entry, one in self._thing.items():
            kinds.setdefault(one.kind, []).append((one.number, *self._keys[entry]))
        return {pair for whole in kinds.values() for pair in self._of_kind(whole)}

    def _of_kind(self, whole: Sequence[tuple[int, tuple[str, ...], tuple[str, ...]]]) -> set[tuple[int, int]]:
        found = self._sharing([(number, body or title) for number, title, body in whole])
        titled = [(number, title) for number, title, body in whole if body and self.things[number].by_title]
        if titled:
            found |= self._sharing(titled)
        bare = {number for number, _title, body in whole if not body}
        if bare and len(bare) < len(whole):
            crossed = self._sharing([(number, title + body) for number, title, body in whole])
            found |= {(one, other) for one, other in crossed if one in bare or other in bare}
        return found

    def _sharing(self, texts: Sequence[tuple[int, Sequence[str]]]) -> set[tuple[int, int]]:
        size = Counter(chain.from_iterable(keys for _number, keys in texts))
        ranked = sorted((number, key) for key, number in size.items() if number > 1)
        rank = {key: place for place, (_number, key) in enumerate(ranked)}
        few = [(sorted(rank[key] for key in keys if key in rank)[:FEW][::-1], number) for number, keys in texts]
        few.sort()  # those that share the form of a sentence stand side by side
        rarest: dict[int, list[int]] = {}
        for at, (places, _number) in enumerate(few):
            for place in places:
                rarest.setdefault(place, []).append(at)
        counted: Counter[tuple[int, int]] = Counter()
        for members in rarest.values():
            if len(members) <= SOME:
                counted.update(combinations(members, 2))
            else:
                for step in range(1, NEXT + 1):
                    counted.update(zip(members, members[step:], strict=False))
        # Two that are alike share more than one of them, where there are as many.
        near = (
            (few[one][1], few[other][1])
            for (one, other), number in counted.items()
            if number > 1 or min(len(few[one][0]), len(few[other][0])) < FEW
        )
        return {(min(pair), max(pair)) for pair in near}


def groups(pairs: Iterable[tuple[T, T]]) -> list[list[T]]:
    """Which of them hang together: each group in the order in which its members come up."""
    group: dict[T, list[T]] = {}
    for one, other in pairs:
        mine, theirs = group.setdefault(one, [one]), group.setdefault(other, [other])
        if mine is not theirs:
            mine.extend(theirs)
            group.update((member, mine) for member in theirs)
    return list({id(members): members for members in group.values()}.values())


def _within(families: Iterable[Sequence[int]]) -> Iterable[tuple[int, int]]:
    for members in families:
        numbers = sorted(members)
        for at, first in enumerate(numbers):
            yield from ((first, second) for second in numbers[at + 1 : at + 1 + REACH])


def things_alike(one: Thing, other: Thing) -> Likeness | None:
    """How much alike two things of a kind are: by their bodies, where both have one that says enough; else by their titles."""
    has_body, has_other = bool(one.folded[1]), bool(other.folded[1])
    titles = alike(one.title, other.title)
    if titles is not None and (one.by_title or not has_body or not has_other):
        return titles
    if has_body and has_other:
        bodies = alike(one.body, other.body)
        titled = bool(one.title) and bool(other.title)
        if bodies is None or (
            titled and titles is None and (len(one.body.tokens) < 3 or _about_another(one.title, other.title))
        ):
            return None
        return bodies
    return alike(one.title, other.body) or alike(one.body, other.title)


def _about_another(one: Said, other: Said) -> bool:
    """Whether two titles are built alike and name another thing."""
    return fuzz.ratio(one.plain, other.plain) >= 55 and told_apart(one.tokens, other.tokens)
