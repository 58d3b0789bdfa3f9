"""The rules of the gate before the scope is signed (2-workflows.md, *Gates*). Pure: facts in, findings out."""

from __future__ import annotations

from collections.abc import Callable

from reqtrack.gates.facts import Facts, Required
from reqtrack.gates.judging import WHOLE, Finding, Found
from reqtrack.gates.kinds import Set

SIDE = ("alternative", "exception")


def _must(good: Callable[[Facts, Required], bool], code: str) -> Callable[[Facts, Set], Found]:
    """A rule over the must requirements; where there is none, nobody has said yet what the scope is."""

    def find(facts: Facts, one: Set) -> Found:
        musts = facts.asked("must")
        if not musts:
            return Found(0, 1, (Finding(WHOLE, "nothing_must"),))
        bad = [requirement for requirement in musts if not good(facts, requirement)]
        return Found(len(musts) - len(bad), len(musts), tuple(Finding(each.key, code) for each in bad))

    return find


must_evidence = _must(lambda facts, one: one.evidence, "no_evidence")
must_scenario = _must(lambda facts, one: bool(one.scenarios), "no_scenario")
must_acceptance = _must(lambda facts, one: one.id in facts.accepted, "no_acceptance")
must_owner = _must(lambda facts, one: one.owned, "no_owner")


def no_open_question(facts: Facts, one: Set) -> Found:
    """Questions at requirements of other phases wait for theirs."""
    elsewhere = facts.elsewhere()
    open_ = [each for each in facts.questions if each.key not in elsewhere]
    return Found(0, len(open_), tuple(Finding(each.key, "question", params={"number": each.number}) for each in open_))


def no_duplicate(facts: Facts, one: Set) -> Found:
    """Pairs that nobody merged, nor said to be two."""
    elsewhere = facts.elsewhere()
    pairs = [pair for pair in facts.pairs if not elsewhere.issuperset(pair)]
    findings = tuple(Finding(f"{first} {second}", "duplicate", params={"other": second}) for first, second in pairs)
    return Found(0, len(pairs), findings)


def phase_fits(facts: Facts, one: Set) -> Found:
    """Phases without a capacity are not judged: it is not given yet."""
    phases = [each for each in facts.phases if each.capacity and facts.phase in (None, each.id)]
    over = [each for each in phases if each.days_over]
    findings = tuple(
        Finding(f"phase-{each.number}", "over_capacity", params={"phase": each.name, "days": each.days_over})
        for each in over
    )
    return Found(len(phases) - len(over), len(phases), findings)


def steps_covered(facts: Facts, one: Set) -> Found:
    """Each main process whose every step a scenario tells; one without steps has none covered."""
    findings = []
    flows = facts.main()
    for flow in flows:
        bare = [place for place, step in enumerate(flow.steps, 1) if step not in facts.told(flow.id)]
        if bare or not flow.steps:
            findings.append(Finding(flow.key, "steps_bare" if bare else "no_steps", params={"steps": bare}))
    return Found(len(flows) - len(findings), len(flows), tuple(findings))


def nothing_later(facts: Facts, one: Set) -> Found:
    """Requirements that can come later, and stand in a phase all the same, unless they are named."""
    placed = [each for each in facts.asked() if each.phase_id is not None]
    late = [each for each in placed if each.tier == "later" and each.key not in one.named]
    return Found(len(placed) - len(late), len(placed), tuple(Finding(each.key, "later") for each in late))


def main_before_side(facts: Facts, one: Set) -> Found:
    """Requirements in a phase that arise from side flows alone, of a process whose main flow is not told to its end."""
    scenes = {each.id: each for each in facts.scenes}
    unfinished = {
        flow.id: flow.key
        for flow in facts.processes
        if not flow.steps or not facts.told(flow.id, "main").issuperset(flow.steps)
    }
    placed = [each for each in facts.asked() if each.phase_id is not None]
    findings = []
    for each in placed:
        mine = [scenes[scene] for scene in sorted(each.scenarios) if scene in scenes]
        beside = sorted({process for scene in mine for process in scene.processes if process in unfinished})
        if mine and beside and all(scene.kind in SIDE for scene in mine) and each.key not in one.named:
            findings.append(Finding(each.key, "side_flow", params={"process": unfinished[beside[0]]}))
    return Found(len(placed) - len(findings), len(placed), tuple(findings))
