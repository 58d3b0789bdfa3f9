"""The shape of a value: what stands where, without what it says. ``138 0013 8000`` → ``ddd dddd dddd``.

A shape is a pattern of ``patterns``: whatever has the shape fits it. So what a profile shows can be put into the dictionary.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reqtrack.acceptance.data.cells import HAN

LONGEST = 40
# What patterns mean by themselves, and so must be quoted to mean nothing else.
SPECIAL = "×…[]*·中"
_HAN = re.compile(f"[{HAN}]")
_RUN = re.compile(r"([daAｄ中])\1{4,}")


class _Classes(dict[int, str]):
    """Character by character what a shape says of it, looked up once for each."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _class_of(chr(code))
        return found


def _class_of(char: str) -> str:
    if "0" <= char <= "9":
        return "d"
    if "A" <= char <= "Z":
        return "A"
    if _HAN.match(char):
        return "中"
    if char.isdecimal():
        return "ｄ"
    if char.isalnum():
        return "a"
    if char in '"·' or not char.isprintable():
        return "·"
    return f'"{char}"' if char in SPECIAL else char


_CLASSES = _Classes()


def shape(value: str) -> str:
    """The shape of a value.

    ``d`` digit, ``ｄ`` digit in full width, ``A`` capital, ``a`` another letter, ``中`` Chinese character, ``·`` a mark that cannot be
    shown; ``d×11`` eleven of them, ``a…`` five or more. Everything else stands for itself; what is too long ends in ``*``.
    """
    return _shortened(value[: 2 * LONGEST].translate(_CLASSES), len(value) > 2 * LONGEST)


@lru_cache(maxsize=50_000)
def _shortened(classes: str, more: bool) -> str:
    """The signs of a value, long runs counted. Of a hundred thousand numbers it is asked once."""
    whole = _RUN.sub(_short, classes)
    return _cut(whole) if more or len(whole) > LONGEST else whole


def _short(run: re.Match[str]) -> str:
    kind = run[1]
    return f"{kind}×{len(run[0])}" if kind in "dｄ" else f"{kind}…"


def _cut(whole: str) -> str:
    """The beginning of a shape, ended between two of its signs: a count or a quotation is not cut in two."""
    kept = ""
    for sign in re.findall(r'"."|.(?:×\d+|…)?', whole):
        if len(kept) + len(sign) > LONGEST - 1:
            break
        kept += sign
    # The last run may go on behind what was read.
    return re.sub(r"([daAｄ中])(?:×\d+|…)?$", r"\1", kept) + "*"
