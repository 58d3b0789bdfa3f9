"""Bytes from outside into text, saying how they were read.

The order: what a byte order mark says; UTF-16 by its NULs; strict UTF-8; then the encodings of Chinese Windows and of
old European files, told apart by how their two-byte pairs fall. A guess is always said, so that somebody looks.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from reqtrack.files.limits import DEFAULT, Limits
from reqtrack.files.problems import N_, FileProblem, Place, Problem, refuse, warning

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\n")
_RUN = re.compile(r"(?<=[^\x00-\x7f])[^\x00-\x7f]|[^\x00-\x7f](?=[^\x00-\x7f])")
_SAMPLE = 200_000
# The names by which people know the encodings.
_SHOWN = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp932": "Shift-JIS",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}


@dataclass(frozen=True)
class Decoded:
    """Text as it stands in the file (its own line ends), the encoding it was read in, and what to look at."""

    text: str
    encoding: str
    warnings: tuple[Problem, ...] = ()

    @property
    def unix(self) -> str:
        """The text with every line end as one line feed."""
        return _LINE_END.sub("\n", self.text)


def read_text(data: bytes, place: Place | None = None, limits: Limits = DEFAULT) -> Decoded:
    """Decode a text file.

    Raises:
        FileProblem: too long, a NUL or half a character in it (with its line and column), or no text at all.
    """
    where = place or Place()
    encoding, body, certain = _encoding(data, where)
    text = _decoded(body, encoding, where)
    if len(text) > limits.text_chars:
        message = N_("The text is longer than %(limit)s characters.")
        raise refuse("text_size", message, where, N_("Split it into smaller files."), limit=limits.text_chars)
    _refuse_broken(text, where)
    notes = []
    shown = _SHOWN.get(encoding, encoding.upper())
    if not certain:
        message = N_("The file does not say how it is encoded; it was read as %(encoding)s.")
        mend = N_("Look whether the text is right; if not, save the file as UTF-8.")
        notes.append(warning("encoding", message, where, mend, encoding=shown))
    if "\ufffd" in text:
        message = N_("The text holds %(count)s places where a character was already lost (�).")
        notes.append(warning("lost_characters", message, where, count=text.count("\ufffd")))
    return Decoded(text, encoding, tuple(notes))


def check_text(text: str, place: Place | None = None) -> str:
    """The text itself, when it is fit to be kept: for what was pasted instead of sent as a file.

    Raises:
        FileProblem: a NUL or half a character in it.
    """
    _refuse_broken(text, place or Place())
    return text


def _encoding(data: bytes, place: Place) -> tuple[str, bytes, bool]:
    """The encoding, the bytes without their mark, and whether it is certain."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, data[len(mark) :], True
    if b"\x00" in data:
        return _with_nuls(data, place), data, False
    try:
        data.decode("utf-8")
        return "utf-8", data, True
    except UnicodeDecodeError:
        return _old_encoding(data), data, False


def _with_nuls(data: bytes, place: Place) -> str:
    head = data[:_SAMPLE]
    pairs = len(head) // 2
    if pairs and len(data) % 2 == 0:
        first, second = head[0::2].count(0) / pairs, head[1::2].count(0) / pairs
        # Latin letters leave one half of each pair empty. Where nothing beyond ASCII shows, it must be nearly all of
        # that half: else it is plain text with a stray NUL in it.
        ascii_only = not any(byte > 0x7F for byte in head)
        for encoding, empty in (("utf-16-le", second), ("utf-16-be", first)):
            if not empty or not _decodes(data, encoding):
                continue
            if empty > 0.8 if ascii_only else _plausible(data[: pairs * 2].decode(encoding, "ignore")):
                return encoding
    raise _nul(data[: data.index(0)].decode("latin-1"), place)


def _plausible(text: str) -> bool:
    """Whether nearly all characters are Latin, Chinese, Japanese or their punctuation: mistaken pairs fall anywhere."""
    usual = sum(char < "\u0250" or "\u2000" <= char <= "\u30ff" or "\u4e00" <= char <= "\uffef" for char in text)
    odd = sum("\ua000" <= char <= "\ufeff" for char in text)
    return usual - odd > 0.95 * len(text)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _old_encoding(data: bytes) -> str:
    """Chinese, Japanese or European: whose common characters do the bytes above 127 make?"""
    pairs, common = _pairs(data[:_SAMPLE], 0xA1)
    if pairs and common >= 0.8 * pairs and _decodes(data, "gb18030"):
        return "gb18030"
    if _share(data, "big5", "\u4e00", "\u9fff") > 0.8:
        return "big5"
    if _share(data, "cp932", "\u3040", "\u30ff") > 0.3:
        return "cp932"
    if _share(data, "gb18030", "\u4e00", "\u9fff") > 0.8:
        return "gb18030"
    return "cp1252" if _decodes(data, "cp1252") else "latin-1"


def _pairs(data: bytes, lowest: int) -> tuple[int, int]:
    """How many two-byte characters there would be in GB18030, and how many of them are common ones of GB2312."""
    pairs = common = at = 0
    while at < len(data):
        lead = data[at]
        if lead < 0x80:
            at += 1
            continue
        trail = data[at + 1] if at + 1 < len(data) else 0
        pairs += 1
        # Rows 1-9 are punctuation and letters, 16-55 the common and 56-87 the less common characters.
        if trail >= lowest and (0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xF7):
            common += 1
        at += 2
    return pairs, common


def _share(data: bytes, encoding: str, first: str, last: str) -> float:
    """The share of the characters beyond ASCII that fall into a range, or 0 when the bytes are no such text."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    # European letters stand alone among Latin ones, East Asian ones in runs.
    together = len(_RUN.findall(text[:_SAMPLE]))
    if together * 2 < sum(char > "\x7f" for char in text[:_SAMPLE]):
        return 0.0
    # Punctuation and full-width forms are shared by all East Asian texts and tell nothing.
    telling = [char for char in text[:_SAMPLE] if char > "\x7f" and not "\u3000" <= char <= "\u303f"]
    telling = [char for char in telling if not "\uff00" <= char <= "\uff60"]
    return sum(first <= char <= last for char in telling) / len(telling) if telling else 0.0


def _decoded(body: bytes, encoding: str, place: Place) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace")
        message = N_("The file says that it is %(encoding)s, but is not.")
        shown = _SHOWN.get(encoding, encoding.upper())
        where = _at(before, place)
        raise refuse("encoding", message, where, N_("Save it again as UTF-8."), encoding=shown) from None


def _refuse_broken(text: str, place: Place) -> None:
    if "\x00" in text:
        raise _nul(text[: text.index("\x00")], place)
    if broken := _SURROGATE.search(text):
        message = N_("There is half of a character here.")
        raise refuse("surrogate", message, _at(text[: broken.start()], place), N_("Delete it and send the text again."))


def _nul(before: str, place: Place) -> FileProblem:
    message = N_("There is a NUL byte here, which no text may hold.")
    return refuse("nul", message, _at(before, place), N_("Open the file, save it as UTF-8 text, and send it again."))


def _at(before: str, place: Place) -> Place:
    ends = list(_LINE_END.finditer(before))
    column = len(before) - (ends[-1].end() if ends else 0) + 1
    return Place(place.file, place.member, place.sheet, line=len(ends) + 1, column=str(column))
