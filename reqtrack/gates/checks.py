"""What ``verify`` looks at besides seals: that waivers and passages are over what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.run import Run, register_rows
from reqtrack.audit.seals import digest
from reqtrack.errors import Reason


def register() -> None:
    """Add these checks to ``verify``."""
    register_rows("gate_passages", passages)


def passages(run: Run) -> Callable[[Row], Iterator[tuple[str, Reason]]]:
    """Looks at a passage: what it tells of the rules has its fingerprint."""

    def look(row: Row) -> Iterator[tuple[str, Reason]]:
        told: Any = row["told"]
        if not isinstance(told, str) or "sha256:" + digest(told) != row["fingerprint"]:
            yield "told", Reason("wrong_print", "What it tells of the rules does not have its fingerprint.")

    return look
