"""What each rule finds, against a computation that looks at everything anew, on small random projects."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.gates.facts import Accepting, Broken, Facts, Flow, Named, Required, Scene, Stage, Walk
from reqtrack.gates.judging import Cover, Finding, Found, enough, excuses, outcome
from reqtrack.gates.kinds import RULES, Set, preset_rules
from reqtrack.gates.rules import FINDERS

PHASES = (1, 2)
ids = st.frozensets(st.integers(1, 4), max_size=3)
statuses = st.sampled_from(("failed", "blocked", "stale", "untested", "skipped"))
rows = st.sampled_from((None, 0, 1, 2))


def required(number: int) -> st.SearchStrategy[Required]:
    return st.builds(
        Required, st.just(number), st.just(f"REQ-{number}"), st.sampled_from((None, "must", "should", "later")),
        st.sampled_from((None, *PHASES)), st.booleans(), st.booleans(), ids,
    )  # fmt: skip


def each(build: Any, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.integers(least, 4).flatmap(lambda count: st.tuples(*(build(number) for number in range(1, count + 1))))


projects = st.builds(
    Facts,
    requirements=each(required),
    acceptance=each(
        lambda n: st.builds(
            Accepting, st.just(n), st.just(f"ACC-{n}"), ids, st.dictionaries(rows, statuses, max_size=2), st.frozensets(rows)
        )
    ),
    scenes=each(
        lambda n: st.builds(
            Scene, st.just(n), st.just(f"SCN-{n}"), st.sampled_from((None, "main", "alternative", "exception")), ids, ids
        )
    ),
    processes=each(
        lambda n: st.builds(
            Flow, st.just(n), st.just(f"PRC-{n}"), st.sampled_from((None, "main", "side")),
            st.sampled_from(((), (1,), (1, 2), (2, 1, 3))),
        )
    ),
    phases=st.tuples(
        *(st.builds(Stage, st.just(n), st.just(n), st.just(f"P{n}"), st.booleans(), st.sampled_from(("", "3")))
          for n in PHASES)
    ),
    questions=st.sets(st.sampled_from(("REQ-1", "REQ-2", "INT-1"))).map(lambda keys: [Named(key) for key in sorted(keys)]),
    pairs=st.sets(st.sampled_from((("REQ-1", "REQ-2"), ("REQ-1", "REQ-3"), ("SCN-1", "SCN-2")))).map(sorted),
    defects=each(lambda n: st.builds(Broken, st.just(f"BUG-{n}"), st.just("broken"), ids)),
    feedback=st.just(3),
    untriaged=st.sets(st.integers(1, 3)).map(lambda found: [Named(f"FB-{n}") for n in sorted(found)]),
    walks=st.dictionaries(st.integers(1, 4), st.builds(Walk, st.booleans(), st.none() | st.integers(1, 3))),
    piloted=st.frozensets(st.sampled_from((None, *PHASES))),
    phase=st.sampled_from((None, *PHASES)),
)  # fmt: skip


def brute(facts: Facts, one: Set) -> tuple[int, set[tuple[str, str]]]:  # noqa: C901 - a case for each rule
    """How many things a rule looks at, and what is wrong with which: each rule once more, in the plainest way."""
    asked = [r for r in facts.requirements if facts.phase is None or r.phase_id == facts.phase]
    tier = {name: [r for r in asked if r.tier == name] for name in ("must", "should", "later")}
    others = {r.key for r in facts.requirements} - {r.key for r in asked}
    main = [
        p
        for p in facts.processes
        if p.kind != "side"
        and (
            facts.phase is None
            or any(s.id in r.scenarios and p.id in s.processes for r, s in product(asked, facts.scenes))
        )
    ]

    def musts(bad: Any, code: str) -> tuple[int, set[tuple[str, str]]]:
        if not tier["must"]:
            return 1, {("", "nothing_must")}
        return len(tier["must"]), {(r.key, code) for r in tier["must"] if bad(r)}

    def accepts(r: Required) -> list[Accepting]:
        return [a for a in facts.acceptance if r.id in a.accepts]

    def tested(name: str, but: str = "") -> tuple[int, set[tuple[str, str]]]:
        mine = {a.id: a for r in tier[name] for a in accepts(r)}
        for a in [a for r in tier[but] for a in accepts(r)] if but else []:
            mine.pop(a.id, None)
        bare = [r for r in tier[name] if not accepts(r)]
        wrong = {(a.key, status) for a in mine.values() for status in a.open.values()}
        if not one.affirmed:
            wrong |= {(a.key, "affirmed") for a in mine.values() if a.affirmed - set(a.open)}
        return len(mine) + len(bare), wrong | {(r.key, "no_acceptance") for r in bare}

    def told(p: Flow, *kinds: str) -> set[int]:
        return {n for s in facts.scenes if p.id in s.processes and (not kinds or s.kind in kinds) for n in s.steps}

    placed = [r for r in asked if r.phase_id]
    match one.rule.name:
        case "must_evidence":
            return musts(lambda r: not r.evidence, "no_evidence")
        case "must_scenario":
            return musts(lambda r: not r.scenarios, "no_scenario")
        case "must_acceptance":
            return musts(lambda r: not accepts(r), "no_acceptance")
        case "must_owner":
            return musts(lambda r: not r.owned, "no_owner")
        case "no_open_question":
            found = {(q.key, "question") for q in facts.questions if q.key not in others}
            return len(found), found
        case "no_duplicate":
            found = {(f"{a} {b}", "duplicate") for a, b in facts.pairs if a not in others or b not in others}
            return len(found), found
        case "phase_fits":
            seen = [p for p in facts.phases if p.capacity and (facts.phase is None or p.id == facts.phase)]
            return len(seen), {(f"phase-{p.number}", "over_capacity") for p in seen if p.days_over}
        case "steps_covered":
            bare = {(p.key, "steps_bare") for p in main if set(p.steps) - told(p)}
            return len(main), bare | {(p.key, "no_steps") for p in main if not p.steps}
        case "nothing_later":
            return len(placed), {(r.key, "later") for r in placed if r.tier == "later" and r.key not in one.named}
        case "main_before_side":
            wrong = set()
            for r in placed:
                mine = [s for s in facts.scenes if s.id in r.scenarios]
                side = bool(mine) and all(s.kind in ("alternative", "exception") for s in mine)
                open_ = any(
                    p.id in s.processes and (not p.steps or set(p.steps) - told(p, "main"))
                    for s, p in product(mine, facts.processes)
                )
                if side and open_ and r.key not in one.named:
                    wrong.add((r.key, "side_flow"))
            return len(placed), wrong
        case "must_passed":
            return tested("must") if tier["must"] else (1, {("", "nothing_must")})
        case "should_passed":
            return tested("should", "must")
        case "no_blocking_defect":
            here = {a.id for r in asked for a in accepts(r)}
            found = {
                (d.key, "defect") for d in facts.defects if facts.phase is None or not d.scenarios or d.scenarios & here
            }
            return len(found), found
        case "processes_walked":
            wrong = set()
            for p in main:
                walk = facts.walks.get(p.id)
                if not (walk and walk.done):
                    wrong.add((p.key, "walk_broken" if walk and walk.broken_at else "not_walked"))
            return len(main), wrong
        case "feedback_triaged":
            return facts.feedback, {(f.key, "untriaged") for f in facts.untriaged}
        case _:
            return 1, set() if None in facts.piloted or facts.phase in facts.piloted else {("", "no_pilot")}


sets = st.sampled_from(sorted(RULES)).flatmap(
    lambda name: st.builds(
        Set, st.just(RULES[name]), st.just("stop"), st.just(RULES[name].least),
        st.sets(st.sampled_from(("REQ-1", "REQ-2"))).map(lambda keys: tuple(sorted(keys))), st.booleans(),
    )
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(projects, sets)
def test_findings_are_those_of_brute_force(facts: Facts, one: Set) -> None:
    found = FINDERS[one.rule.name](facts, one)
    total, wrong = brute(facts, one)
    assert {(each.subject, each.code) for each in found.findings} == wrong
    assert found.total == total
    # Whatever is not found good is told, once for each thing that is wrong.
    assert found.done == total - len({subject for subject, _code in wrong})


@settings(max_examples=60, deadline=None)
@given(projects)
def test_the_whole_finds_what_its_phases_find(facts: Facts) -> None:
    for name in ("phase_fits", "nothing_later", "main_before_side"):
        one = Set(RULES[name], "stop", 100)
        of_phases = {each.subject for phase in PHASES for each in FINDERS[name](facts.of(phase), one).findings}
        assert {each.subject for each in FINDERS[name](facts.of(None), one).findings} == of_phases


covers = st.lists(
    st.builds(
        Cover, st.just("WVR-1"), st.sampled_from(("", "must_passed", "should_passed")),
        st.sampled_from(("", "ACC-1", "ACC-2")), st.sampled_from((None, 0, 1)),
    ),
    max_size=4,
)  # fmt: skip
found_rows = st.lists(st.sampled_from((0, 1, 2)), min_size=1, max_size=3, unique=True).map(tuple)


@settings(max_examples=150, deadline=None)
@given(covers, st.sampled_from(("ACC-1", "ACC-2", "ACC-3")), st.one_of(st.just((None,)), found_rows))
def test_a_waiver_excuses_what_it_names_and_nothing_else(given_: list[Cover], subject: str, places: Any) -> None:
    finding = Finding(subject, "failed", places)

    def covered(row: int | None) -> bool:
        return any(
            (
                (one.rule == "must_passed" and one.subject in ("", subject))
                or (one.rule == "" and one.subject == subject)
            )
            and one.row in ((None,) if row is None else (None, row))
            for one in given_
        )

    assert bool(excuses("must_passed", finding, given_)) == all(covered(row) for row in places)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 100), st.sets(st.integers(0, 4)))
def test_waived_counts_as_done_and_never_turns_a_yes(good: int, bad: int, least: int, waived: set[int]) -> None:
    one = Set(RULES["should_passed"], "stop", least)
    found = Found(good, good + bad, tuple(Finding(f"ACC-{n}", "failed", (None,)) for n in range(bad)))
    given_ = [Cover("WVR-1", "", f"ACC-{n}") for n in waived]
    state = outcome(one, found, given_).state
    told = "met" if enough(good, good + bad, least) else "not_met"
    if told == "not_met" and enough(good + len([n for n in waived if n < bad]), good + bad, least):
        told = "waived"
    assert state == told


def test_presets() -> None:
    """Lean warns; the others stop; regulated takes no affirmed pass."""
    assert {one.mode for one in preset_rules("lean", "pilot").values()} == {"warn"}
    assert {one.mode for one in preset_rules("standard", "scope").values()} == {"stop"}
    assert not preset_rules("regulated", "everybody")["must_passed"].affirmed
    assert preset_rules("lean", "pilot")["should_passed"].least == 80
    assert set(preset_rules("lean", "everybody")) - set(preset_rules("lean", "pilot")) == {"pilot_passed"}
