"""Requirements that others wrote, where the corpus lies beside the repository: how often each rule fires on them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from reqtrack.requirements.text import RULES
from tests.requirements.text.labelled import found_in
from tests.support.corpus import ROOT

FOLDER = ROOT / "requirements"
_STATEMENT = re.compile(r"^STATEMENT: (?:>>>\n(.*?)\n<<<|(.+?)$)", re.DOTALL | re.MULTILINE)


def sets() -> dict[str, list[str]]:
    """The statements of each set that is there."""
    found = {}
    nasa = FOLDER / "nasa_cf_functional_requirements.csv"
    if nasa.is_file():
        with nasa.open(encoding="utf-8-sig", newline="") as file:
            found["NASA"] = [text for row in csv.DictReader(file) if (text := (row.get("Description") or "").strip())]
    zephyr = sorted((FOLDER / "zephyr_sdoc").glob("*.sdoc"))
    if zephyr:
        found["Zephyr"] = [text for path in zephyr for text in _statements(path.read_text(encoding="utf-8"))]
    return found


def _statements(text: str) -> list[str]:
    found = [(long or short).strip() for long, short in _STATEMENT.findall(text)]
    return [one for one in found if one and not one.startswith("SPDX")]


def rates(statements: Sequence[str]) -> dict[str, float]:
    """The share of the statements on which each rule fires."""
    fired = Counter(name for statement in statements for name in found_in(statement))
    return {name: fired[name] / len(statements) for name in RULES}


def table(name: str, statements: Sequence[str]) -> str:
    """Those shares, as text."""
    lines = [f"{name}: {len(statements)} statements"]
    lines += [f"{rule:18}{rate:6.1%}" for rule, rate in rates(statements).items()]
    return "\n".join(lines)
