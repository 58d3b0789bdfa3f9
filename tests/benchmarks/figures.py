"""What was measured, against its bar: a line at once, a table in Markdown at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# How far beyond its bar a figure may be on a machine that is not quiet, before the measurement fails.
NOISE = 0.25


@dataclass(frozen=True)
class Figure:
    """``more``: the bar is the least that is wanted, else the most. Without a bar a figure is only told."""

    job: str
    measured: float
    unit: str
    bar: float | None = None
    more: bool = False
    note: str = ""

    @property
    def beyond(self) -> float:
        """How far beyond its bar, as a part of it (0 within)."""
        if self.bar is None:
            return 0.0
        excess = self.bar - self.measured if self.more else self.measured - self.bar
        return max(excess / self.bar, 0.0) if self.bar else float(excess > 0)

    @property
    def verdict(self) -> str:
        """``pass``, ``warn`` (beyond the bar by no more than the noise), ``FAIL``; "" without a bar."""
        if self.bar is None:
            return ""
        return "pass" if not self.beyond else "warn" if self.beyond <= NOISE else "FAIL"

    def cells(self) -> tuple[str, str, str, str]:
        sign = "≥" if self.more else "≤"
        shown = f"{self.measured:,.4g} {self.unit}" + (f" ({self.note})" if self.note else "")
        return self.job, shown, "" if self.bar is None else f"{sign} {self.bar:g} {self.unit}", self.verdict


@dataclass
class Figures:
    """All figures of a run."""

    taken: list[Figure] = field(default_factory=list)

    def take(
        self, job: str, measured: float, unit: str, bar: float | None = None, *, more: bool = False, note: str = ""
    ) -> Figure:
        """Keep a figure and print its line."""
        one = Figure(job, measured, unit, bar, more, note)
        self.taken.append(one)
        print("\n  " + " · ".join(cell for cell in one.cells() if cell), flush=True)
        return one

    def table(self) -> str:
        """All figures in Markdown."""
        rows = ["| job | measured | bar | |", "|---|---|---|---|"]
        return "\n".join(rows + [f"| {' | '.join(one.cells())} |" for one in self.taken]) + "\n"

    def write(self, path: Path) -> None:
        path.write_text(self.table(), "utf-8")


def held(*figures: Figure) -> None:
    """Fail when a figure is beyond its bar by more than the noise."""
    missed = [" · ".join(one.cells()) for one in figures if one.verdict == "FAIL"]
    assert not missed, f"missed by more than {NOISE:.0%}:\n" + "\n".join(missed)
