"""Names of files from outside: only for showing. Nothing is ever stored under one."""

from __future__ import annotations

import re
import unicodedata

from reqtrack.files.problems import N_, refuse

LONGEST = 120
# Marks that turn the reading direction make "exe.gpj" look like "jpg.exe"; zero-width ones hide in look-alikes.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean_name(name: str | None) -> str:
    """The last part of a path-like name, without what cannot be seen, at most 120 characters, its ending kept.

    Raises:
        FileProblem: the name holds a NUL or a broken character.
    """
    given = name or ""
    if "\x00" in given or _SURROGATE.search(given):
        raise refuse("name", N_("The name of the file holds characters that no name may hold."), mend=N_("Rename it."))
    last = re.split(r"[\\/]", given)[-1]
    seen = "".join(char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char) not in _INVISIBLE)
    seen = " ".join(seen.split()).strip(". ") if seen.strip(". ") else ""
    if not seen:
        return "file"
    if len(seen) <= LONGEST:
        return seen
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else seen[:LONGEST]


def ending(name: str) -> str:
    """The ending in lower case with its dot; ``.feature.md`` counts as one."""
    lower = name.lower()
    if lower.endswith(".feature.md"):
        return ".feature.md"
    return "." + lower.rpartition(".")[2] if "." in lower else ""
