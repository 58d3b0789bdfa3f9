"""Interview notes in Markdown: kept as they stand, with what can be told from them: title, date, quotes, who spoke."""

from __future__ import annotations

import datetime
import re

from reqtrack.exchange.parsing.drafts import NotesDraft, Quote
from reqtrack.files.problems import N_, Place, refuse, warning

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_QUOTED = re.compile(r"\s{0,3}> ?(.*)")
# "- Participant 240312164 (Nuclear physicist)", "— 受访者 3（销售内勤）", often bold and at the end of the quote.
_SPEAKER = re.compile(
    r"(?:participant|interviewee|respondent|user|受访者|被访者|参与者|访谈对象|用户)\s*[#：:No.]*\s*(\d+)?\s*"
    r"(?:[(（]([^()（）]{1,120})[)）])?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:participant|interviewee|respondent|受访者|被访者|参与者|访谈对象)\s*[#：:]?\s*(\d+)", re.IGNORECASE
)
_DATE = re.compile(
    r"^\W*(?:date|held on|interview date|日期|时间|访谈日期|访谈时间)\W*?[:：]\W*"
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})",
    re.IGNORECASE | re.MULTILINE,
)
_DASH = re.compile(r"[\s*_]*[-–—]+[\s*_]*")
_BEFORE_SPEAKER = 40
_LONGEST_TITLE = 200


def read_notes(text: str, name: str = "") -> NotesDraft:
    """One interview from one text. The title is the first heading, or the name of the file.

    Raises:
        FileProblem: there is nothing in it.
    """
    place = Place(file=name)
    if not text.strip():
        raise refuse("empty", N_("The file is empty."), place)
    lines = _without_code(text.split("\n"))
    headings, title = _headings(lines)
    quotes = _quotes(lines)
    draft = NotesDraft(
        title=(title or _from_name(name) or _first_words(lines))[:_LONGEST_TITLE],
        notes=text,
        quotes=quotes,
        participants=list(dict.fromkeys(_NUMBERED.findall(text))),
        held_on=_held_on(text),
        headings=headings,
        file=name,
    )
    if headings.get(1, 0) > 1:
        message = N_("The notes have %(count)s headings of the first level; the first one is the title.")
        draft.warnings.append(warning("titles", message, place, count=headings[1]))
    return draft


def _headings(lines: list[str]) -> tuple[dict[int, int], str]:
    """How many headings of each level there are, and the first of the highest level."""
    counts: dict[int, int] = {}
    title, title_level = "", 7
    for line in lines:
        if heading := _HEADING.fullmatch(line):
            level = len(heading.group(1))
            counts[level] = counts.get(level, 0) + 1
            if level < title_level:
                title, title_level = heading.group(2), level
    return counts, title


def _without_code(lines: list[str]) -> list[str]:
    """The lines with those of fenced code made empty: marks in there mean nothing."""
    kept, fence = [], ""
    for line in lines:
        if opened := _FENCE.match(line):
            mark = opened.group(1)[:3]
            fence = "" if fence == mark else fence or mark
        kept.append("" if fence else line)
    return kept


def _quotes(lines: list[str]) -> list[Quote]:
    """Every run of lines marked with ``>``, as one quote."""
    quotes, at = [], 0
    while at < len(lines):
        end = at
        while end < len(lines) and _QUOTED.fullmatch(lines[end]):
            end += 1
        if end > at and (quote := _quote(lines[at:end], at + 1)):
            quotes.append(quote)
        at = max(end, at + 1)
    return quotes


def _quote(lines: list[str], line: int) -> Quote | None:
    said = [match.group(1).strip() for each in lines if (match := _QUOTED.fullmatch(each))]
    whole = "\n".join(said).strip()
    if not whole:
        return None
    raw = "\n".join(lines).lstrip(" >").rstrip()
    text, speaker = _attributed(whole)
    return Quote(
        text=_unquoted(text) or whole,
        raw=raw,
        line=line,
        lines=len(lines),
        participant=(speaker.group(1) or "") if speaker else "",
        job_role=(speaker.group(2) or "").strip() if speaker else "",
    )


def _attributed(whole: str) -> tuple[str, re.Match[str] | None]:
    """The words and, after a dash at their end, who said them, if they call themselves a participant."""
    for dash in _DASH.finditer(whole):
        rest = whole[dash.end() :]
        speaker = _SPEAKER.search(rest[: _BEFORE_SPEAKER + 200])
        if speaker and speaker.start() <= _BEFORE_SPEAKER and not rest[speaker.end() :].strip(" *_.。)）"):
            return whole[: dash.start()].rstrip(" *_"), speaker
    return whole, None


def _unquoted(text: str) -> str:
    for left, right in (('"', '"'), ("“", "”"), ("「", "」"), ("‘", "’")):
        inner = text[1:-1]
        if len(text) > 2 and text[0] == left and text[-1] == right and left not in inner and right not in inner:
            return inner
    return text


def _held_on(text: str) -> str:
    found = _DATE.search(text)
    if not found:
        return ""
    try:
        return datetime.date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return ""


def _from_name(name: str) -> str:
    stem = name.rpartition(".")[0] or name
    return " ".join(re.split(r"[_\-\s]+", stem)).strip()


def _first_words(lines: list[str]) -> str:
    return next(line.strip() for line in lines if line.strip())
