"""THIRD-PARTY.md: what the product carries and stands on, with the licences.

python -m tests.support.notices write    write it anew
python -m tests.support.notices check    exit 1 when it is out of date, a licence is missing or may not be used, or a vendored
                                         file is not the one its manifest names
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "THIRD-PARTY.md"
STATIC = ROOT / "static"
FONTS = ROOT / "exports" / "fonts"
# Beside vendored files: what describes them, and what makes them.
OURS = {"MANIFEST.json", "icons.txt", "own-symbols.svg", "refresh.py"}

# Packages whose metadata do not say it in one word, or that other machines than this one install.
KNOWN = {
    "axe-playwright-python": "MIT",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "flask-wtf": "BSD-3-Clause",
    "gunicorn": "MIT",
    "pathspec": "MPL-2.0",
    "psycopg-binary": "LGPL-3.0-only",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "qrcode": "BSD-3-Clause",
    "waitress": "ZPL-2.1",
    "wtforms": "BSD-3-Clause",
}
SAME = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
}
# What Apache-2.0 software may bundle or depend on. Strong copyleft is not among them.
USABLE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU",
    "MPL-1.1", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense", "ZPL-2.1",
}  # fmt: skip


def locked(name: str) -> list[str]:
    """The packages of a lock file."""
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE)))


def licence_of(package: str) -> str:
    """The licence of a package by its own metadata; "" when it cannot be told."""
    if package in KNOWN:
        return KNOWN[package]
    try:
        told = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return ""
    short = (told.get("License") or "").strip()
    classifiers = [
        line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if line.startswith("License")
    ]
    named = [one for one in classifiers if one in SAME]
    found = told.get("License-Expression") or (short if len(short) < 30 else "") or (named[0] if named else "")
    return SAME.get(found, found)


def usable(licence: str) -> bool:
    """Whether one may use a thing under this expression: one of its alternatives, with all its parts."""
    return any(
        all(part.strip(" ()") in USABLE for part in alternative.split(" AND ")) for alternative in licence.split(" OR ")
    )


def vendored() -> list[dict[str, Any]]:
    """The entries of the manifest of vendored files, and the fonts."""
    entries: list[dict[str, Any]] = json.loads((STATIC / "vendor" / "MANIFEST.json").read_text("utf-8"))
    for entry in entries:
        entry["where"] = f"static/{entry['file']}"
        entry["terms"] = f"static/{entry['licence_file']}"
    fonts = {
        "name": "Noto Sans SC", "version": "", "licence": "OFL-1.1", "changed": "cut to the characters of GBK and Latin",
        "where": "exports/fonts/", "terms": "exports/fonts/OFL.txt",
    }  # fmt: skip
    return [*entries, fonts]


def text() -> str:
    """What THIRD-PARTY.md must say."""
    lines = [
        "# Third-party parts",
        "",
        "<!-- Written by `make notices`. -->",
        "",
        "reqtrack is licensed under Apache-2.0 (see LICENSE). It carries these parts of others:",
        "",
        "| part | licence | where | terms | changed by us |",
        "|---|---|---|---|---|",
    ]
    for one in vendored():
        name = " ".join(filter(None, (one["name"], one["version"])))
        lines.append(f"| {name} | {one['licence']} | {one['where']} | {one['terms']} | {one['changed']} |")
    lines += [
        "",
        "It stands on these Python packages, which are installed beside it:",
        "",
        "| package | licence |",
        "|---|---|",
    ]
    lines += [f"| {name} | {licence_of(name)} |" for name in locked("requirements.lock")]
    return "\n".join(lines) + "\n"


def complaints() -> Iterator[str]:
    """What is wrong, one line each."""
    for entry in vendored():
        terms = ROOT / entry["terms"]
        if not terms.exists() or len(terms.read_text("utf-8")) < 200:
            yield f"{entry['where']}: no licence text in {entry['terms']}"
        if not usable(entry["licence"]):
            yield f"{entry['where']}: {entry['licence']} may not be used here"
        wanted = entry.get("sha256")
        if wanted and hashlib.sha256((ROOT / entry["where"]).read_bytes()).hexdigest() != wanted:
            yield f"{entry['where']} is not the file that MANIFEST.json names"
    known = {entry["where"] for entry in vendored()} | {entry["terms"] for entry in vendored()}
    for path in sorted((STATIC / "vendor").rglob("*")):
        place = path.relative_to(ROOT).as_posix()
        if path.is_file() and path.name not in OURS and "__pycache__" not in place and place not in known:
            yield f"{place} is not in MANIFEST.json"
    for name in locked("requirements-test.lock"):
        licence = licence_of(name)
        if not licence:
            yield f"{name}: no licence is known; look it up and add it to KNOWN"
        elif not usable(licence):
            yield f"{name}: {licence} may not be used here"
    if not PAGE.exists() or PAGE.read_text("utf-8") != text():
        yield f"{PAGE.name} is out of date; run `make notices`"


def main() -> None:
    if sys.argv[1:] == ["write"]:
        PAGE.write_text(text(), "utf-8")
    elif sys.argv[1:] != ["check"]:
        sys.exit(__doc__)
    lines = list(complaints())
    for line in lines:
        print(line)
    if lines:
        sys.exit(1)
    print("All parts of others have a licence that may be used.")


if __name__ == "__main__":
    main()
