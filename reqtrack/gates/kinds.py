"""The gates, their rules, and how a project has them set: data only (2-workflows.md, *Gates*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l

SCOPE, PILOT, EVERYBODY = "scope", "pilot", "everybody"
LIVE = (PILOT, EVERYBODY)
GATES = {
    SCOPE: _l("Signing the scope"),
    PILOT: _l("Go-live, pilot"),
    EVERYBODY: _l("Go-live, everybody"),
}
# What becomes of a rule that is not met: nobody looks, it is told, or nobody passes without a signed waiver.
MODES = {"off": _l("not looked at"), "warn": _l("warns"), "stop": _l("must be met")}
ALL = 100


@dataclass(frozen=True)
class Rule:
    """One condition. ``share``: how many in a hundred are enough can be set. ``named``: exceptions can be named by their keys.
    ``tested``: it looks at results, so that it may refuse those affirmed."""

    name: str
    gates: tuple[str, ...]
    title: Any
    share: bool = False
    least: int = ALL
    named: bool = False
    tested: bool = False


RULES = {
    rule.name: rule
    for rule in (
        Rule("must_evidence", (SCOPE,), _l("Every must requirement has evidence")),
        Rule("must_scenario", (SCOPE,), _l("Every must requirement has a scenario")),
        Rule("must_acceptance", (SCOPE,), _l("Every must requirement has an acceptance scenario")),
        Rule("must_owner", (SCOPE,), _l("Every must requirement has an owner")),
        Rule("no_open_question", (SCOPE,), _l("No question is open")),
        Rule("no_duplicate", (SCOPE,), _l("No duplicate is left")),
        Rule("phase_fits", (SCOPE,), _l("What a phase carries fits its capacity")),
        Rule("steps_covered", (SCOPE,), _l("Every step of the main processes is covered")),
        Rule("nothing_later", (SCOPE,), _l("Nothing that can come later is in a phase"), named=True),
        Rule("main_before_side", (SCOPE,), _l("No side flow comes before its main flow"), named=True),
        Rule("must_passed", LIVE, _l("All must acceptance scenarios passed, with fresh results"), tested=True),
        Rule(
            "should_passed",
            LIVE,
            _l("Enough of the should acceptance scenarios passed"),
            share=True,
            least=80,
            tested=True,
        ),
        Rule("no_blocking_defect", LIVE, _l("No blocking defect is open")),
        Rule("processes_walked", LIVE, _l("Every main process was walked end to end")),
        Rule("feedback_triaged", LIVE, _l("All feedback is triaged")),
        Rule("pilot_passed", (EVERYBODY,), _l("The pilot went live first")),
    )
}


@dataclass(frozen=True)
class Set:
    """A rule as a gate has it: its ``mode``, how many in a hundred are enough, the keys that are named as exceptions, and
    whether results that were affirmed, not re-run, count."""

    rule: Rule
    mode: str
    least: int
    named: tuple[str, ...] = ()
    affirmed: bool = True

    @property
    def title(self) -> Any:
        return self.rule.title

    def options(self) -> dict[str, Any]:
        """What can be set of it, as it stands."""
        told: dict[str, Any] = {"mode": self.mode}
        if self.rule.share:
            told["least"] = self.least
        if self.rule.named:
            told["named"] = list(self.named)
        if self.rule.tested:
            told["affirmed"] = self.affirmed
        return told


def preset_rules(preset: str, gate: str) -> dict[str, Set]:
    """The rules of a gate by default: *lean* warns, *standard* and *regulated* stop, and *regulated* takes no affirmed result."""
    mode = "warn" if preset == "lean" else "stop"
    return {
        name: Set(rule, mode, rule.least, affirmed=preset != "regulated")
        for name, rule in RULES.items()
        if gate in rule.gates
    }


def rules_of(preset: str, own: Mapping[str, Mapping[str, Mapping[str, Any]]], gate: str) -> dict[str, Set]:
    """The rules of a gate in a project, in their order: its preset's, with what it set itself.

    Args:
        own: as ``GateRules.own`` keeps it; what is unknown there says nothing.
    """
    found = preset_rules(preset, gate)
    for name, options in own.get(gate, {}).items():
        if name in found:
            found[name] = with_options(found[name], options)
    return found


def with_options(one: Set, options: Mapping[str, Any]) -> Set:
    """A rule with some options set anew."""
    told = {**one.options(), **options}
    return replace(
        one,
        mode=told["mode"],
        least=told.get("least", one.least),
        named=tuple(told.get("named", ())),
        affirmed=bool(told.get("affirmed", True)),
    )


def differing(preset: str, gate: str, wanted: Mapping[str, Set]) -> dict[str, dict[str, Any]]:
    """What of the rules of a gate is not the preset's: what has to be kept."""
    usual = preset_rules(preset, gate)
    found = {}
    for name, one in wanted.items():
        before, now = usual[name].options(), one.options()
        if own := {option: value for option, value in now.items() if value != before.get(option)}:
            found[name] = own
    return found
