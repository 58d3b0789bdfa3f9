"""What a rule found, what excuses it, and the answer of a gate. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reqtrack.audit.seals import digest
from reqtrack.db import canonical
from reqtrack.gates.kinds import Set

# The subject of what is found of a rule as a whole.
WHOLE = ""


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a rule from being met.

    ``subject``: the key of an item, ``phase-2``, two keys of a pair, or ``WHOLE``; ``code`` says what is the matter, with
    ``params``; ``rows``: the example rows that it is about (None the scenario, which has none).
    """

    subject: str
    code: str
    rows: tuple[int | None, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def told(self) -> list[Any]:
        """As a passage keeps it."""
        return [self.subject, self.code, list(self.rows)]


@dataclass(frozen=True)
class Found:
    """What a rule found: ``done`` of ``total`` are as they should be; each of the others has a finding at least."""

    done: int
    total: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Cover:
    """What a waiver in force excuses: ``waiver`` its key; ``rule`` "" is any, ``subject`` ``WHOLE`` the rule as a whole (then the
    rule is named), ``row`` None all rows."""

    waiver: str
    rule: str
    subject: str
    row: int | None = None


@dataclass(frozen=True)
class Outcome:
    """A rule as it stands. ``state``: met, waived, not_met (then it stops or warns, by its mode). ``waivers``: keys of those that
    excuse something of it, by finding."""

    set: Set
    found: Found
    state: str
    waivers: Mapping[Finding, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.set.rule.name

    @property
    def stops(self) -> bool:
        return self.state == "not_met" and self.set.mode == "stop"

    @property
    def open(self) -> tuple[Finding, ...]:
        """What is found and nobody excuses."""
        return tuple(one for one in self.found.findings if one not in self.waivers)

    def told(self) -> dict[str, Any]:
        """As a passage keeps it: the rule with its figures, findings and waivers."""
        return {
            "rule": self.name, **self.set.options(), "state": self.state, "done": self.found.done, "total": self.found.total,
            "findings": [
                [*one.told(), list(self.waivers.get(one, ()))]
                for one in sorted(self.found.findings, key=lambda one: canonical(one.told()))
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a gate says: yes, or *no, because*."""

    gate: str
    outcomes: tuple[Outcome, ...]

    @property
    def stopped(self) -> tuple[Outcome, ...]:
        """The rules that nobody passes without a waiver."""
        return tuple(one for one in self.outcomes if one.stops)

    @property
    def warned(self) -> tuple[Outcome, ...]:
        """The rules that are not met, and only warn."""
        return tuple(one for one in self.outcomes if one.state == "not_met" and not one.stops)

    @property
    def not_met(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.state == "not_met")

    @property
    def met(self) -> int:
        """How many rules are met, or excused."""
        return len(self.outcomes) - len(self.not_met)

    @property
    def waivers(self) -> tuple[str, ...]:
        """The keys of the waivers without which it would say something else."""
        used = {key for one in self.outcomes if one.state == "waived" for keys in one.waivers.values() for key in keys}
        return tuple(sorted(used, key=lambda key: int(key.partition("-")[2])))

    def told(self) -> list[dict[str, Any]]:
        """The content of a passage."""
        return [one.told() for one in self.outcomes]

    @property
    def fingerprint(self) -> str:
        """Over what the rules say now: a page that shows something else is out of date."""
        return "sha256:" + digest(canonical(self.told()))


def judge(gate: str, sets: Mapping[str, Set], find: Callable[[Set], Found], covers: Collection[Cover]) -> Answer:
    """The answer of a gate: each rule that is looked at, with what it finds and what excuses that.

    Args:
        find: what a rule finds.
        covers: of the waivers in force at this gate.
    """
    return Answer(gate, tuple(outcome(one, find(one), covers) for one in sets.values() if one.mode != "off"))


def outcome(one: Set, found: Found, covers: Collection[Cover]) -> Outcome:
    """A rule is met when enough is as it should be; waived when it would be if what is excused were so, too."""
    excused = {finding: keys for finding in found.findings if (keys := excuses(one.rule.name, finding, covers))}
    if enough(found.done, found.total, one.least):
        return Outcome(one, found, "met", excused)
    open_subjects = {finding.subject for finding in found.findings if finding not in excused}
    subjects = {finding.subject for finding in found.findings}
    done = found.done + len(subjects - open_subjects)
    return Outcome(one, found, "waived" if enough(done, found.total, one.least) else "not_met", excused)


def enough(done: int, total: int, least: int) -> bool:
    """Whether so many are enough, ``least`` in a hundred; nothing is enough of nothing."""
    return done * 100 >= least * total


def excuses(rule: str, finding: Finding, covers: Collection[Cover]) -> tuple[str, ...]:
    """The waivers that excuse a finding, all its rows together; none where one of them is not excused."""
    mine = [
        cover
        for cover in covers
        if cover.rule in ("", rule)
        and (cover.subject == finding.subject or (cover.subject == WHOLE and cover.rule == rule))
    ]
    if any(cover.row is None for cover in mine):
        return _keys([cover for cover in mine if cover.row is None])
    rows = {cover.row for cover in mine}
    if finding.rows and all(row is not None and row in rows for row in finding.rows):
        return _keys([cover for cover in mine if cover.row in finding.rows])
    return ()


def _keys(covers: Sequence[Cover]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cover.waiver for cover in covers))
