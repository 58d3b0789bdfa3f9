"""Texts and numbers of test results made fit to be kept, and counted where something was taken away.

Reports hold colours of terminals, logs of megabytes, halves of characters and durations before the start. One warning for
the file says how often, instead of one for each.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from reqtrack.files.problems import N_, Place, Problem, warning

NAME_CHARS = 1_000
MESSAGE_CHARS = 1_000
DETAIL_CHARS = 20_000
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BREAK = re.compile(r"[\t\n\r]")
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass
class Texts:
    """Cleans what one file holds, and counts."""

    cut: int = 0
    broken: int = 0
    durations: int = 0

    def name(self, value: Any) -> str:
        """A name in one line, with the blanks in it as they are: two names may differ in nothing else."""
        text = self._fit(value, NAME_CHARS).strip()
        return text if text.isprintable() else _BREAK.sub(" ", text)

    def message(self, value: Any) -> str:
        return self._fit(value, MESSAGE_CHARS).strip()

    def detail(self, value: Any) -> str:
        return self._fit(value, DETAIL_CHARS).strip()

    def said(self, message: Any, detail: Any) -> tuple[str, str]:
        """A message and its detail; without a message the first line of the detail is one."""
        whole = self.detail(detail)
        short = self.message(message)
        return short or whole.partition("\n")[0][:MESSAGE_CHARS].strip(), whole

    def seconds(self, value: Any, unit: float = 1.0) -> float | None:
        """A duration in seconds from a number, or the text of one, of ``unit`` seconds; None where it is none."""
        if value is None or value == "":
            return None
        if isinstance(value, str):
            # Some reporters group thousands: 1,234.5
            value = value.strip().replace(",", "")
        try:
            seconds = float(value) * unit
        except (TypeError, ValueError, OverflowError):
            seconds = -1.0
        if isinstance(value, bool) or not math.isfinite(seconds) or seconds < 0:
            self.durations += 1
            return None
        return seconds

    def warnings(self, place: Place) -> list[Problem]:
        """What was taken away, in at most three sentences."""
        found = []
        if self.cut:
            message = N_("Texts that are longer than is kept here, and were cut: %(count)s.")
            found.append(warning("cut", message, place, count=self.cut))
        if self.broken:
            message = N_("Texts with characters that no text may hold, each replaced by “�”: %(count)s.")
            found.append(warning("lost_characters", message, place, count=self.broken))
        if self.durations:
            message = N_("Durations that were left out, since they are negative or no number: %(count)s.")
            found.append(warning("durations", message, place, count=self.durations))
        return found

    def _fit(self, value: Any, most: int) -> str:
        if value is None:
            return ""
        text = value if isinstance(value, str) else str(value)
        if len(text) > most:
            self.cut += 1
            text = text[: most - 1] + "…"
        if text.isprintable():
            # Nearly every text: neither colours nor anything broken can be in it.
            return text
        text = _COLOURS.sub("", text)
        if _BROKEN.search(text):
            self.broken += 1
            text = _BROKEN.sub("\ufffd", text)
        return text


def whole(value: Any) -> int | None:
    """A count or line number from 0, from a number or its text; None for anything else."""
    if isinstance(value, str) and len(value) < 10 and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None
