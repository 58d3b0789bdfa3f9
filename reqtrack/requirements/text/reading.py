"""A statement as the rules read it: the same length as the original, with what is quoted blanked, in sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase
from typing import NamedTuple

HAN = re.compile("[\u3400-\u9fff]")
LATIN = re.compile("[A-Za-z]")
# Stands where something quoted was: one place of it counts as one character of a name.
QUOTED = "\ue000"
_MASKED = re.compile(
    r"```.*?```|~~~.*?~~~|`[^`\n]{1,400}`"  # code
    r"|(?<=\])\([^)\s]{1,400}\)|https?://[^\s)>，。；]+|[\w.+-]+@[\w-]+\.[\w.]+"  # targets of links, addresses
    r"|“[^”\n]{0,400}”|「[^」\n]{0,400}」|『[^』\n]{0,400}』|《[^》\n]{0,400}》|‘[^’\n]{0,400}’"  # quotations, titles
    r"|(?<![\w\"])\"[^\"\n]{0,400}\"(?!\w)|(?<![\w'])'[^'\n]{1,80}'(?!\w)"
    r"|[\u3400-\u9fff]\"[^\"\n]{0,400}\"",
    re.DOTALL,
)
# A mark that is layout: list items, headings, table rows, quotations, rules.
_LAYOUT = re.compile(
    r"[ \t]*(?:[-*+•]|\d{1,3}[.)、]|[(（]\d{1,3}[)）]|#{1,6}|\||>|={3,}|-{3,})(?=\s|\||[\u3400-\u9fff]|$)"
)
_SHORT = ("etc.", "e.g.", "i.e.", "no.", "approx.", "incl.", "resp.", "vs.", "fig.", "inc.", "ltd.", "st.", "art.")
# A line that goes on in lower case is the same sentence.
_END = re.compile(r"[.!?]+(?=[\s)\]\"'”’]|$)|[。!?！？]+|\n(?![ \t]*[a-z])")
# What others write in front of a statement: its number, in bold or not.
_NUMBERED = re.compile(r"[ \t]*(?:[-*+] )?(\**[A-Z]{1,8}[-_]?\d[\w.]*\**[:：]\**)")


WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*")
XS = "xx"
_LETTERS = frozenset(ascii_lowercase)
# Of a longer sentence only so much is looked at for how it is built.
_LONGEST = 800


class Sentence(NamedTuple):
    """``text`` is in lower case, its first character stands at ``start``; ``layout``: a list item, heading or table row."""

    text: str
    start: int
    end: int
    language: str
    layout: bool


@dataclass(frozen=True)
class Reading:
    """``masked``: quotations and code blanked; ``lower``: that in lower case. Places are those of ``original`` in all of them."""

    original: str
    masked: str
    lower: str
    languages: tuple[str, ...]

    @cached_property
    def signs(self) -> frozenset[str]:
        """The English words and all characters but Latin letters in it: what a rule needs to find anything (``Rule.needs``)."""
        found = set(WORD.findall(self.lower))
        found |= set(self.lower).difference(_LETTERS)
        if XS in self.lower:
            found.add(XS)  # however many of them stand for a value, they are looked up as two
        return frozenset(found)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences with words in them."""
        return tuple(_sentences(self))

    @cached_property
    def prose(self) -> tuple[Sentence, ...]:
        """The sentences that are not layout (of a mere list: its first)."""
        return tuple(one for one in self.sentences if not one.layout) or self.sentences[:1]

    def sentence_at(self, place: int) -> Sentence:
        """The sentence in which a place lies."""
        return self.sentences[max(bisect_right(self._starts, place) - 1, 0)]

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.sentences]


def read(statement: str, language: str = "auto") -> Reading:
    """How a statement is read; ``language`` is ``en``, ``zh`` or ``auto``, which looks at each sentence."""
    masked = _MASKED.sub(_blank, statement) if _has_marks(statement) else statement
    if not (HAN.search(masked) or LATIN.search(masked)):
        masked = statement
    number = _NUMBERED.match(masked)
    if number:
        masked = masked[: number.start(1)] + " " * len(number[1]) + masked[number.end(1) :]
    languages = (language,) if language in ("en", "zh") else _languages(masked)
    return Reading(statement, masked, _lower(masked), languages)


def language_of(text: str) -> str:
    """``zh`` or ``en``: a sentence with Chinese characters is Chinese, whatever names stand in it."""
    return "zh" if HAN.search(text) else "en"


def _languages(text: str) -> tuple[str, ...]:
    return tuple(name for name, letters in (("en", LATIN), ("zh", HAN)) if letters.search(text))


def _has_marks(text: str) -> bool:
    return any(mark in text for mark in "`\"'“「『《‘~@(") or "://" in text


def _blank(found: re.Match[str]) -> str:
    words = found.group()
    # What led to a straight quotation mark in Chinese text stays.
    kept = words[0] if HAN.match(words) else ""
    return kept + QUOTED * (len(words) - len(kept))


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _sentences(reading: Reading) -> Iterator[Sentence]:
    text = reading.lower
    only = reading.languages[0] if len(reading.languages) == 1 else ""
    start, line, layout = 0, -1, False
    for end in (*_ends(reading), len(text)):
        piece = text[start:end]
        stripped = piece.strip()
        if len(stripped) > 3 or (stripped and (HAN.search(piece) or LATIN.search(piece) or QUOTED in piece)):
            at = start + piece.index(stripped[0])
            if line != (here := _line(text, at)):
                line, layout = here, bool(_LAYOUT.match(text, here))
            shown = stripped[:_LONGEST].replace("\n", " ")
            yield Sentence(shown, at, at + len(stripped), only or language_of(stripped), layout)
        start = end


def _line(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _ends(reading: Reading) -> Iterator[int]:
    text = reading.lower
    for found in _END.finditer(text):
        if found.group().startswith("."):
            word = text[max(found.start() - 20, 0) : found.start() + 1].rsplit(None, 1)[-1]
            more = reading.original[found.end() : found.end() + 40].lstrip()
            if word.endswith(_SHORT) and more and not (word.endswith("etc.") and more[0].isupper()):
                continue
            if word[:-1].isdigit() and found.start() + 1 - len(word) == _line(text, found.start()):
                continue  # the number of a list item
        yield found.end()
