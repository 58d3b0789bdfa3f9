"""Friction: what a process asks of the people who do it, against what the project wants to ask at most. Pure.

Pages and approvals are counted over the whole process, which is one job to whoever does it; required fields are those of a
step, for they are filled in at one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reqtrack.items import steps as told

Steps = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Budget:
    """At most so many pages and approvals in a process, and required fields in a step."""

    pages: int
    required_fields: int
    approvals: int

    @classmethod
    def of(cls, project: Any) -> Budget:
        """The budget of a project (or of a row with its columns)."""
        return cls(project.most_pages, project.most_required_fields, project.most_approvals)


@dataclass(frozen=True)
class Figure:
    """One figure, today and as planned (None: not known), against ``most``. Where nothing is planned, it stays as it is."""

    name: str
    now: int | None
    planned: int | None
    most: int

    @property
    def label(self) -> Any:
        return told.WORDS[self.name]

    @property
    def over_now(self) -> bool:
        return self.now is not None and self.now > self.most

    @property
    def over(self) -> bool:
        """Whether it is over the budget as planned."""
        return self.planned is not None and self.planned > self.most

    @property
    def stays_over(self) -> bool:
        """Whether nothing is planned that would bring it under the budget."""
        return self.over or (self.over_now and not self.becomes)

    @property
    def known(self) -> bool:
        return self.now is not None or self.planned is not None

    @property
    def becomes(self) -> bool:
        """Whether the plan differs from today."""
        return self.planned is not None and self.planned != self.now


def of_process(steps: Steps, budget: Budget) -> tuple[Figure, ...]:
    """The figures of a whole process: pages and approvals together, the most required fields of one step."""
    counted = {"pages": told.total, "required_fields": told.most, "approvals": told.total}
    return tuple(
        Figure(name, counted[name](steps, name), counted[name](steps, f"{name}_planned"), getattr(budget, name))
        for name in told.FIGURES
    )


def of_step(step: Mapping[str, Any], budget: Budget) -> tuple[Figure, ...]:
    """The figures of one step. Pages and approvals of a step are over where it alone uses up what the whole process may."""
    return tuple(Figure(name, step.get(name), told.figure(step, name), getattr(budget, name)) for name in told.FIGURES)


def moved(before: Steps, after: Steps, budget: Budget) -> list[tuple[Figure, Figure]]:
    """The figures (as planned) that other steps would change, each as it is planned now and as it would be."""
    pairs = zip(of_process(before, budget), of_process(after, budget), strict=True)
    return [(was, would) for was, would in pairs if was.planned != would.planned]
