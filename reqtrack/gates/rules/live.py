"""The rules of the gates before somebody works with the system (2-workflows.md, *Gates*). Pure: facts in, findings out."""

from __future__ import annotations

from collections.abc import Mapping

from reqtrack.gates.facts import Accepting, Facts, Required
from reqtrack.gates.judging import WHOLE, Finding, Found
from reqtrack.gates.kinds import Set

# Worst first, as a scenario is told by the worst of its rows; an affirmed pass where the gate refuses those.
STATUSES = ("failed", "blocked", "stale", "untested", "skipped", "affirmed")


def must_passed(facts: Facts, one: Set) -> Found:
    """Each acceptance scenario of a must requirement passed on every row, and each of those requirements has one."""
    musts = facts.asked("must")
    if not musts:
        return Found(0, 1, (Finding(WHOLE, "nothing_must"),))
    return _passed(facts, musts, _of(facts, musts), one)


def should_passed(facts: Facts, one: Set) -> Found:
    """The same of should requirements; a scenario that accepts a must requirement, too, is counted there."""
    shoulds = facts.asked("should")
    of_must = {each.id for each in _of(facts, facts.asked("must"))}
    scenarios = _of(facts, shoulds)
    return _passed(facts, shoulds, [each for each in scenarios if each.id not in of_must], one)


def _of(facts: Facts, requirements: list[Required]) -> list[Accepting]:
    ids = {each.id for each in requirements}
    return [each for each in facts.acceptance if not ids.isdisjoint(each.accepts)]


def _passed(facts: Facts, requirements: list[Required], scenarios: list[Accepting], one: Set) -> Found:
    bare = [each for each in requirements if each.id not in facts.accepted]
    findings = [Finding(each.key, "no_acceptance") for each in bare]
    bad = 0
    for each in scenarios:
        rows = open_rows(each, one.affirmed)
        bad += bool(rows)
        # A finding for each status, so that one waiver can excuse what failed and leave what is stale to be tested again.
        for status in STATUSES:
            mine = tuple(row for row, told in rows.items() if told == status)
            if mine:
                findings.append(Finding(each.key, status, mine))
    total = len(scenarios) + len(bare)
    return Found(len(scenarios) - bad, total, tuple(findings))


def open_rows(one: Accepting, affirmed: bool) -> Mapping[int | None, str]:
    """The rows of a scenario that do not count as passed, with why."""
    return {
        **one.open,
        **({} if affirmed else {row: "affirmed" for row in sorted(one.affirmed, key=str) if row not in one.open}),
    }


def no_blocking_defect(facts: Facts, one: Set) -> Found:
    """Open blocking defects; of a phase, those that show in its scenarios, and those of which nobody said where they show."""
    asked = {each.id for each in facts.asked()}
    mine = {each.id for each in facts.acceptance if not asked.isdisjoint(each.accepts)}
    found = [
        each
        for each in facts.defects
        if facts.phase is None or not each.scenarios or not mine.isdisjoint(each.scenarios)
    ]
    return Found(0, len(found), tuple(Finding(each.key, "defect", params={"title": each.title}) for each in found))


def processes_walked(facts: Facts, one: Set) -> Found:
    """The main processes that were walked end to end."""
    findings = []
    flows = facts.main()
    for flow in flows:
        walk = facts.walks.get(flow.id)
        if walk is None or not walk.done:
            begun = walk is not None and walk.broken_at is not None
            params = {"step": walk.broken_at, "acceptance": walk.acceptance} if walk is not None else {}
            findings.append(Finding(flow.key, "walk_broken" if begun else "not_walked", params=params))
    return Found(len(flows) - len(findings), len(flows), tuple(findings))


def feedback_triaged(facts: Facts, one: Set) -> Found:
    """What users said that nobody has looked at."""
    findings = tuple(Finding(each.key, "untriaged", params={"title": each.title}) for each in facts.untriaged)
    return Found(facts.feedback - len(findings), facts.feedback, findings)


def pilot_passed(facts: Facts, one: Set) -> Found:
    """The pilot's gate was passed, for the same phase or for the whole project."""
    if facts.piloted & {facts.phase, None}:
        return Found(1, 1)
    return Found(0, 1, (Finding(WHOLE, "no_pilot"),))
