"""What names of cases tell: a key of the project, an example row; and how names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# ACC-1; in the identifiers of programs, where a hyphen cannot stand, ACC_1.
_KEY = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z][A-Za-z0-9]*[-_][0-9]{1,9})(?![A-Za-z0-9]|[-.][0-9]))")
# How runners number the rows of an outline at the end of its name: Cucumber-JVM and Behat; behave.
_NUMBER = re.compile(r"#(?:([0-9]{1,6})\.)?([0-9]{1,6})")
_BEHAVE = re.compile(r"@([0-9]{1,6})\.([0-9]{1,6})(?: .*)?", re.DOTALL)


def key_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words that look like a key, in capitals and with a hyphen, each once."""
    found = (word for text in texts for word in _KEY.findall(text))
    return tuple(dict.fromkeys(word.upper().replace("_", "-") for word in found))


def row_in(name: str) -> tuple[str, int | None, int] | None:
    """The name without what a runner put after it for an example row, the number of the table (None where it is not said)
    and that of the row, both from 1; None where the name says no row.

    Cucumber-JVM writes ``Outline - Table - Example #1.2``, where the table's name may be missing (see ``without_table``), behave
    ``Outline -- @1.2 Table``, Behat ``Outline #2``.
    """
    head, dashes, tail = name.rpartition(" -- ")
    said = _BEHAVE.fullmatch(tail) if dashes else None
    if said is None:
        at = name.rfind("#")
        head, said = name[:at].rstrip(), _NUMBER.fullmatch(name, at) if at > 0 else None
        if head.endswith("Example"):
            head = head.removesuffix("Example").rstrip().rstrip("-–")
    if said is None or not head.strip():
        return None
    block, row = (None if number is None else int(number) for number in said.groups())
    return (head.strip(), block, row) if row and block != 0 else None


def without_table(outline: str) -> str:
    """The name of an outline without what may be the name of its table; the same where there is nothing such."""
    return outline.rpartition(" - ")[0].rstrip() or outline


def plain(name: str) -> str:
    """A name as it is compared: composed, without regard to capitals and to how many blanks."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())
