"""Finding a marked passage in notes: the words as they stand, or as they read once Markdown and white space are put aside."""

from __future__ import annotations

_MARKUP = set("*_`~>#[]()!|\\-+=")


def find(notes: str, quote: str, near: int = 0) -> tuple[int, str] | None:
    """``(first character, words as they stand in the notes)`` of a quote, the occurrence nearest to ``near``; None when it does
    not stand there."""
    quote = quote.strip()
    if not quote:
        return None
    exact = _nearest(notes, quote, near)
    if exact is not None:
        return exact, quote
    plain, places = _plain(notes)
    wanted, _ = _plain(quote)
    if not wanted:
        return None
    at = _nearest(plain, wanted, next((i for i, place in enumerate(places) if place >= near), 0))
    if at is None:
        return None
    start, end = places[at], places[at + len(wanted) - 1] + 1
    return start, notes[start:end]


def nth(notes: str, quote: str, occurrence: int) -> tuple[int, str] | None:
    """As ``find``, the occurrence of that number (from 0) as the notes read, the last one where there are fewer."""
    quote = quote.strip()
    plain, places = _plain(notes)
    wanted, within = _plain(quote)
    at = plain.find(wanted) if wanted else -1
    for _ in range(occurrence):
        following = plain.find(wanted, at + 1)
        if at < 0 or following < 0:
            break
        at = following
    if at < 0:
        return find(notes, quote)
    start, end = places[at], places[at + len(wanted) - 1] + 1
    # Its own signs before the first word, and after the last, belong to it.
    exact = max(start - within[0], 0)
    return (exact, quote) if notes.startswith(quote, exact) else (start, notes[start:end])


def _nearest(text: str, wanted: str, near: int) -> int | None:
    found, at = None, text.find(wanted)
    while at >= 0:
        if found is None or abs(at - near) < abs(found - near):
            found = at
        at = text.find(wanted, at + 1)
    return found


def _plain(text: str) -> tuple[str, list[int]]:
    """The text without white space and Markdown's signs, and where each character came from."""
    kept = [(char, at) for at, char in enumerate(text) if not char.isspace() and char not in _MARKUP]
    return "".join(char for char, _ in kept), [at for _, at in kept]


_FENCE = ("```", "~~~")


def quoted(notes: str) -> list[tuple[int, str]]:
    """The passages that the notes themselves mark as said (``>`` before each line): ``(first character, words)``. Lines of one
    quotation that follow each other are one passage; what stands in fenced code is none."""
    found: list[tuple[int, str]] = []
    lines: list[str] = []
    start, at, fence = 0, 0, ""
    for line in [*notes.split("\n"), ""]:
        bare = line.lstrip(" ")
        is_said = not fence and bare.startswith(">") and len(line) - len(bare) < 4
        if bare.startswith(_FENCE):
            fence = "" if fence == bare[:3] else fence or bare[:3]
        if is_said:
            if not lines:
                start = at
            lines.append(line)
        elif lines:
            found += _passage(notes, start, lines)
            lines = []
        at += len(line) + 1
    return found


def _passage(notes: str, start: int, lines: list[str]) -> list[tuple[int, str]]:
    """The words of a quotation as they stand in the notes, without the sign before the first."""
    whole = notes[start : start + sum(len(line) + 1 for line in lines) - 1]
    words = whole.lstrip(" >")
    return [(start + len(whole) - len(words), words.rstrip())] if words.strip(" >\n") else []
