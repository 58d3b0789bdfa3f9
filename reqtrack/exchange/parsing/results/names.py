"""What names of cases tell: a key of the project, an example row; and how names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# ACC-1; in the identifiers of programs, where a hyphen cannot stand, ACC_1.
_KEY = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z][A-Za-z0-9]*[-_][0-9]{1,9})(?![A-Za-z0-9]|[-.][0-9]))")
# How runners call the rows of an outline: Cucumber-JVM, behave, Behat, and Cucumber-JVM of long ago.
_ROWS = (
    re.compile(r"^(?P<name>.*?)(?: - [^-]*)?\s*[-–]\s*Example #(?P<block>\d{1,6})\.(?P<row>\d{1,6})$", re.DOTALL),
    re.compile(r"^(?P<name>.*?)\s*-- @(?P<block>\d{1,6})\.(?P<row>\d{1,6})(?:\s.*)?$", re.DOTALL),
    re.compile(r"^(?P<name>.*?)(?: - [^-]*)?\s*[-–]\s*Example #(?P<row>\d{1,6})$", re.DOTALL),
    re.compile(r"^(?P<name>.*?)\s+#(?P<row>\d{1,6})$", re.DOTALL),
)


def key_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words that look like a key, in capitals and with a hyphen, each once."""
    found = (word for text in texts for word in _KEY.findall(text))
    return tuple(dict.fromkeys(word.upper().replace("_", "-") for word in found))


def row_in(name: str) -> tuple[str, int | None, int] | None:
    """The name without what a runner put after it for an example row, the number of the table (None where it is not said)
    and that of the row, both from 1; None where the name says no row."""
    for pattern in _ROWS:
        if found := pattern.match(name):
            said = found.groupdict()
            row = int(said["row"])
            block = int(said["block"]) if said.get("block") else None
            return (said["name"].strip(), block, row) if row and block != 0 else None
    return None


def plain(name: str) -> str:
    """A name as it is compared: composed, without regard to capitals and to how many blanks."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())
