"""Masking on entry: what of a value stays to be seen, and that equal values stay equal.

A mask shows what people tell records apart by (family name, the ends of a number) and hides the rest with stars. Two different
values with one mask get a number behind it: ``张*``, ``张*(2)``; equal values get the same, and so do spellings of one, which
differ in their blanks and hyphens alone: those show how the source is kept. So a set can still be joined and counted.

Nothing stored can be tried out: a hash of a telephone number is undone in a second by hashing all of them, so no hash is stored,
nor any other thing computed from what is hidden. Which values are equal is held in memory only while a set is taken in, as
HMAC-SHA-256 under a random salt of that set, and thrown away with it (``forget``). The price: the same person in two sets, or in a
set taken in later, cannot be matched; whoever needs that takes them in together. What a mask shows is itself information (three
digits and four of a telephone number leave 10 000 numbers): a column of which even that is too much takes the kind ``all``.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from types import TracebackType

from reqtrack.acceptance.data.cells import HAN, fold, loose, says_nothing
from reqtrack.acceptance.data.people import family_of

STAR = "*"
_HAN = re.compile(f"[{HAN}]")
# What a mask keeps of how its value was spelt.
_SPACING = re.compile(r"[\s().+-]")
_WORD = re.compile(r"[^\W_]+")
_REGION = re.compile(f"^(?:[{HAN}]{{2,8}}?(?:省|自治区|特别行政区|市))?(?:[{HAN}]{{1,8}}?(?:市|自治州|地区|盟|区|县))?")
INSIDE = re.compile(
    r"(?P<email>[\w.+'-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\dA-Za-z])(?:(?P<id>[1-9]\d{16}[\dXx])|(?P<bank_card>[3-69]\d{3}(?:[ -]?\d{4}){2,3}[ -]?\d{1,4})"
    r"|(?P<phone>(?:(?:\+|00)86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}|\(?0\d{2,3}\)?[ -]?[2-8]\d{3}[ -]?\d{3,4}|\+\d{1,3}(?:[ .()-]*\d){7,12}))(?![\dA-Za-z])"
)


class Masks:
    """The masks of one set while it is taken in; used in a ``with``, which forgets everything at its end."""

    def __init__(self) -> None:
        self._salt: bytes | None = secrets.token_bytes(32)
        self._seen: dict[str, dict[bytes, int]] = {}

    def __enter__(self) -> Masks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget()

    def forget(self) -> None:
        """Throw away the salt and what was seen: from now on nobody can tell which value had which mask."""
        self._salt = None
        self._seen.clear()

    def mask(self, value: str, kind: str) -> str:
        """The mask of a value of a kind (``personal.KINDS`` and ``all``).

        Raises:
            ValueError: the set was finished before.
        """
        if self._salt is None:
            raise ValueError("the masks of this set were forgotten")
        if says_nothing(value):
            return value
        if kind == "text":
            return self.inside(value)
        shown = masked(value, kind)
        known = self._seen.setdefault(_SPACING.sub("", shown), {})
        print_ = hmac.digest(self._salt, (loose(value) or fold(value)).encode("utf-8", "surrogatepass"), sha256)
        number = known.setdefault(print_, len(known) + 1)
        return shown if number == 1 else f"{shown}({number})"

    def inside(self, text: str) -> str:
        """A text in which numbers and addresses that can be told by their form are masked, wherever they stand."""
        folded = _half_width(text)
        parts, at = [], 0
        for found in INSIDE.finditer(folded):
            parts += [text[at : found.start()], self.mask(text[found.start() : found.end()], str(found.lastgroup))]
            at = found.end()
        return "".join([*parts, text[at:]])


def is_masked(value: str) -> bool:
    """Whether a value shows the stars of a mask: it keeps no format that could be checked."""
    return STAR in value


def masked(value: str, kind: str) -> str:
    """What a mask shows of a value; of what is shorter than a number of its kind should be, at most half."""
    text = fold(value)
    if kind == "name":
        return _name(text)
    if kind == "email":
        return _email(text)
    if kind in ("phone", "id", "bank_card"):
        return _number(text, kind)
    return _address(text) if kind == "address" else STAR * 3


def _name(text: str) -> str:
    if _HAN.search(text):
        text = text.replace(" ", "")
        first = family_of(text) if len(_WORD.findall(text)) == 1 else text[:1]
        return first + STAR * min(len(text) - len(first), 6) if len(text) > len(first) else STAR
    # J*** S****: one letter of each word, of a single letter none; the lengths of words are no secret worth keeping.
    return _WORD.sub(
        lambda word: (word[0][0] if len(word[0]) > 1 else "") + STAR * max(min(len(word[0]) - 1, 6), 1), text
    )


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    if not at or not name:
        return _number(text, "phone")
    return (name[0] if len(name) > 1 else "") + STAR * 3 + "@" + domain


_ENDS = {"phone": (3, 4), "id": (4, 4), "bank_card": (4, 4)}
_WHOLE = {"phone": 11, "id": 15, "bank_card": 16}


def _number(text: str, kind: str) -> str:
    """138****8000, in the spelling that it had: blanks, hyphens and the country code stay; an extension does not."""
    code = re.match(r"(?:\+|00)(?:86|1|\d{2,3}(?=[ (-]))[ -]?", text) if kind == "phone" else None
    start = code.end() if code else 0
    places = [place for place in range(start, len(text)) if text[place].isalnum()]
    head, tail = _ENDS[kind]
    if len(places) < _WHOLE[kind]:
        head, tail = len(places) // 4, len(places) // 4
    hidden = set(places[head : len(places) - tail])
    return "".join(STAR if place in hidden else char for place, char in enumerate(text))


def _address(text: str) -> str:
    """The city and the district of a Chinese address, the last part of a Latin one if it is a word; no street, no number."""
    found = _REGION.match(text)
    if found and found.end() and found.end() < len(text):
        return found[0] + STAR * 4
    last = text.rsplit(",", 1)[-1].strip() if "," in text else ""
    return f"{STAR * 4}, {last}" if last.replace(" ", "").isalpha() and len(last) <= len(text) // 3 else STAR * 4


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _half_width(text: str) -> str:
    """Half width, character by character: places stay where they are."""
    return text if text.isascii() else text.translate(_WIDE)
