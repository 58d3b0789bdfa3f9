"""The child's side of checking a pack. Called by path from ``reading``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.proof import check_pack


def check(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str], dict[str, Any] | None]:
    """The report, its lines, the archive: plain data."""
    report = check_pack.check(given["data"], [check_pack.Key(*one) for one in given["keys"]])
    lines = list(check_pack.lines_of(report, given["name"] or "PDF", given["lang"]))
    return report.as_dict(), lines, report.document
