"""The little language of formats: what ``shapes`` shows, and what a person types into the dictionary.

``d`` digit, ``ｄ`` full-width digit, ``A`` capital, ``a`` another letter, ``中`` Chinese character, ``·`` any mark; ``d×11`` eleven,
``d×6-8`` six to eight, ``a…`` five or more, ``[-]`` what may be missing, ``*`` anything, ``"SN"`` these letters; all else is itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reqtrack.acceptance.data.cells import HAN
from reqtrack.errors import Reason
from reqtrack.files.problems import N_

_CLASSES = {
    "d": "[0-9]",
    "ｄ": r"(?:(?![0-9])\d)",
    "A": "[A-Z]",
    "a": rf"(?:(?![A-Z{HAN}])[^\W\d_])",
    "中": f"[{HAN}]",
    "·": r"[\W_]",
}
_SIGN = re.compile(r'"(?P<quoted>[^"]+)"|(?P<open>\[)|(?P<close>\])|(?P<any>\*)|(?P<char>[^"×…])')
_COUNT = re.compile(r"×(\d{1,3})(?:-(\d{1,3}))?|(…)")
# How people say it who were not told of the signs: 11位, 11 位数字, 11 digits.
_SPOKEN = re.compile(r"\s*(\d{1,3})\s*(?:位|位数|位数字|digits?)\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
MOST = 120


class PatternError(ValueError):
    """A format that cannot be read: ``reason`` says why, and how to mend it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@lru_cache(maxsize=500)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression for ``fullmatch``.

    Raises:
        PatternError: it cannot be read.
    """
    if len(pattern) > MOST:
        raise _bad("pattern_long", N_("The format is longer than %(most)s signs."), most=MOST)
    if spoken := _SPOKEN.fullmatch(pattern):
        pattern = f"d×{spoken[1]}"
    _refuse_mixed_words(pattern)
    parts: list[str] = []
    at = depth = 0
    while at < len(pattern):
        sign = _SIGN.match(pattern, at)
        if sign is None:
            raise _unread(pattern, at)
        count = _COUNT.match(pattern, sign.end())
        depth += (sign.lastgroup == "open") - (sign.lastgroup == "close")
        if not 0 <= depth <= 1 or (count and sign.lastgroup in ("open", "close", "any")):
            raise _unread(pattern, at)
        parts.append(_part(sign) + (_times(count) if count else ""))
        at = count.end() if count else sign.end()
    if depth:
        raise _bad("pattern_open", N_("The format opens “[” and does not close it with “]”."))
    return re.compile("".join(parts), re.DOTALL)


def _part(sign: re.Match[str]) -> str:
    kind = sign.lastgroup
    if kind == "quoted":
        return f"(?:{re.escape(sign['quoted'])})"
    if kind == "char":
        return _CLASSES.get(sign["char"]) or re.escape(sign["char"])
    return {"open": "(?:", "close": ")?", "any": ".*"}[str(kind)]


def _times(count: re.Match[str]) -> str:
    if count[3]:
        return "{5,}"
    least, most = int(count[1]), int(count[2] or count[1])
    if most < least:
        message = N_("“%(words)s” in the format counts down: write the smaller number first.")
        raise _bad("pattern_count", message, words=count[0])
    return f"{{{least},{most}}}"


def _refuse_mixed_words(pattern: str) -> None:
    """Refuse ``order-ddd``: its *d* and *a* would be read as signs, which nobody means who writes a word."""
    for word in _WORD.findall(re.sub(r'"[^"]*"', '""', pattern)):
        letters = [char for char in word if char not in "中ｄ"]
        signs = {char in "daA" for char in letters}
        if len(signs) == 2:
            message = N_(
                "“%(word)s” in the format mixes fixed letters with the signs d, a and A: put fixed letters into quotation marks."
            )
            raise _bad("pattern_word", message, word=word)


def _unread(pattern: str, at: int) -> PatternError:
    message = N_("The format cannot be read from “%(words)s” on.")
    return _bad("pattern_unread", message, words=pattern[at : at + 20])


def _bad(code: str, message: str, **params: object) -> PatternError:
    return PatternError(Reason(code, message, params, "format"))
