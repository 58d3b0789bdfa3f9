"""Business processes walked end to end: the rule against brute force, records, plans, pages, API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.acceptance import actions, queries
from reqtrack.acceptance.models import STATUSES
from reqtrack.acceptance.queries import walks
from reqtrack.acceptance.walking import Seen, Step, broken, chain, is_walked
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.queries.findings import radar
from tests.acceptance.conftest import Stage

# -- the rule ------------------------------------------------------------------------------------------------------------


def by_force(steps: list[Step], held: set[int], carried: dict[int, list[Seen]]) -> int | None:
    """The place of the first step for which no choice of results, one for each step up to it, is a walk; None: it is one."""
    for length in range(1, len(steps) + 1):
        if not any(_a_walk(steps[:length], held, carried)):
            return length - 1
    return None


def _a_walk(steps: list[Step], held: set[int], carried: dict[int, list[Seen]]) -> Any:
    met: set[tuple[int, int]] = set()
    choices: list[list[int | None]] = []
    for step in steps:
        here = [one for each in step.scenarios if each in held for one in carried.get(each, [])]
        if not step.scenarios and step.by_hand:
            choices.append([None])
        elif not here or any(one.status != "passed" for one in here):
            choices.append([])
        else:
            fresh = [one.number for one in here if (one.scenario, one.row) not in met]
            choices.append(list(fresh) or [None])
        met |= {(one.scenario, one.row) for one in here}
    for choice in product(*choices):
        numbers = [number for number in choice if number is not None]
        yield all(one < other for one, other in pairwise(numbers))


SCENARIOS = range(4)
STEPS = st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from(SCENARIOS), max_size=2)), min_size=1, max_size=5).map(
    lambda many: [Step(at, "", hand, tuple(sorted(ids))) for at, (hand, ids) in enumerate(many)]
)
ROW = st.tuples(
    st.sampled_from(SCENARIOS), st.integers(0, 1), st.sampled_from(("passed", "passed", "passed", *STATUSES))
)


@settings(max_examples=400, deadline=None)
@given(
    steps=STEPS, held=st.sets(st.sampled_from(SCENARIOS)),
    rows=st.lists(ROW, unique_by=lambda row: row[:2], max_size=6), order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_a_chain_breaks_where_brute_force_says(steps: list[Step], held: set[int], rows: list[Any], order: Any) -> None:
    numbers = list(range(1, len(rows) + 1))
    order.shuffle(numbers)
    carried: dict[int, list[Seen]] = {}
    for (scenario, row, status), number in zip(rows, numbers, strict=True):
        given_number = 0 if status == "untested" else number
        carried.setdefault(scenario, []).append(Seen(scenario, f"ACC-{scenario}", row, status, given_number))
    stops = chain(steps, held, carried)
    wanted = by_force(steps, held, carried)
    stop = broken(stops)
    assert (None if stop is None else stop.step.number) == wanted
    assert is_walked(stops) == (wanted is None and any(one.scenarios for one in steps))


def test_why_a_chain_breaks_is_told() -> None:
    def states(*seen: Seen, steps: Any = ((1,), (2,)), held: Any = (1, 2)) -> list[str]:
        carried: dict[int, list[Seen]] = {}
        for one in seen:
            carried.setdefault(one.scenario, []).append(one)
        return [one.state for one in chain([Step(at, "", False, ids) for at, ids in enumerate(steps)], held, carried)]

    first, second = Seen(1, "ACC-1", 0, "passed", 5), Seen(2, "ACC-2", 0, "passed", 6)
    assert states(first, second) == ["passed", "passed"]
    assert states(Seen(1, "ACC-1", 0, "passed", 7), second) == ["passed", "out_of_order"]
    assert states(first) == ["passed", "other_record"]
    assert states(first, held=(1,)) == ["passed", "not_in_round"]
    assert states(first, steps=((1,), ())) == ["passed", "no_scenario"]
    assert states(first, Seen(2, "ACC-2", 0, "stale", 6)) == ["passed", "stale"]
    assert states(first, second, Seen(2, "ACC-2", 1, "failed", 9)) == ["passed", "failed"]
    # The same scenario at a later step, too: it stands at the first.
    assert states(first, second, steps=((1,), (2,), (1,))) == ["passed", "passed", "passed"]


# -- in a project --------------------------------------------------------------------------------------------------------


@dataclass
class Loan:
    """A process of three steps, each told by a scenario that a requirement rises from, and accepted with two contracts."""

    stage: Stage
    process: str
    keys: list[str]

    def walk(self) -> walks.Walk:
        (found,) = self.stage.ask(queries.walked)
        return found

    def states(self) -> list[str]:
        return [one.state for one in self.walk().stops]

    def plan(self, record: str, round_number: int | None = None, by: str = "project_manager") -> tuple[int, int]:
        """The id of the walk and the number of its round."""
        with self.stage.world.write(by) as scene:
            found = queries.round_for(scene.actor, scene.project.id, round_number) if round_number else None
            made = actions.plan_walk(scene.actor, scene.project, self.process, record, found, ["tester"])
            return made.id, queries.round_of_walk(made).number

    def record_named(self, words: str) -> str:
        with self.stage.world.read("auditor") as scene:
            (along,) = walks.along(scene.actor, scene.project.id)
            return next(record.name for record, _steps in along.records if words in record.label)


@pytest.fixture
def loan(stage: Stage) -> Loan:
    world = stage.world
    with world.write("analyst") as scene:
        entry = {"name": "contract no.", "aliases": ["合同号"], "unique": True}
        actions.add_entries(scene.actor, scene.project, [entry])
    names = ("apply", "approve", "pay out")
    process = world.item(
        "process", title="Loan", kind="main", steps=[{"name": name, "actor": "clerk"} for name in names]
    )
    keys = []
    for at, name in enumerate(names, 1):
        scenario = world.scenario(title=name, process=[process], process_steps=[at])
        requirement = world.requirement(title=name, statement="x", scenarios=[scenario])
        column = "合同号" if at == 2 else "contract no."
        rows = [[f"C-{number}", f"{name} {number}"] for number in ((1, 2) if at < 3 else (2, 1, 3))]
        examples = {"header": [column, "note"], "rows": rows}
        keys.append(world.acceptance(title=name, when=["x"], then=["y"], examples=examples, accepts=[requirement]))
    return Loan(stage, process, keys)


def test_a_process_is_walked_with_one_record_in_order(loan: Loan) -> None:
    stage, (apply, approve, pay) = loan.stage, loan.keys
    before = loan.walk()
    assert (before.done, before.round, before.why, before.broken_at) == (False, None, "untested", 1)
    number = stage.round(*loan.keys)
    stage.record(number, apply, 0, "passed")
    stage.record(number, approve, 0, "passed")
    # Another record at the last step is no walk.
    stage.record(number, pay, 0, "passed")
    walk = loan.walk()
    assert (walk.done, walk.round, walk.broken_at, walk.why) == (False, number, 3, "untested")
    assert walk.record.label == "contract no. C-1"
    stage.record(number, pay, 1, "passed")
    walk = loan.walk()
    assert (walk.done, walk.round, walk.record.name, walk.broken_at, walk.why) == (
        True,
        1,
        "=contract no.=C-1",
        None,
        "",
    )
    # Tried again at the beginning, what follows comes too early.
    stage.record(number, apply, 0, "passed")
    assert loan.states() == ["passed", "out_of_order", "out_of_order"]
    stage.record(number, approve, 0, "passed")
    stage.record(number, pay, 1, "passed")
    assert loan.walk().done
    # The text moves: what passed is stale.
    stage.edit(approve, then=["z"])
    assert loan.states() == ["passed", "stale", "passed"] and loan.walk().why == "stale"


def test_the_radar_tells_what_was_never_walked(loan: Loan) -> None:
    stage, world = loan.stage, loan.stage.world
    world.item("process", title="Nothing to accept", kind="main", steps=[{"name": "a step", "actor": "clerk"}])

    def found(by: str = "analyst") -> list[tuple[str, str]]:
        with world.read(by) as scene:
            told = radar(scene.actor, scene.project).of("process_never_walked")
            check = CHECKS["process_never_walked"]
            return [(one.name, check.detail(scene.project, one.details)) for one in told.subjects]

    assert found() == [(loan.process, "Step 1: It was not tried with this record.")] and found("implementer") == []
    number = stage.round(*loan.keys)
    for key, row in zip(loan.keys, (0, 0, 0), strict=True):
        stage.record(number, key, row, "passed")
    assert found() == [(loan.process, "Step 3: It was not tried with this record.")], "another record at the last step"
    stage.record(number, loan.keys[2], 1, "passed")
    assert found() == []
    stage.edit(loan.keys[1], then=["z"])
    assert found() == [(loan.process, "Step 2: It passed on an older text.")]
    listed = world.client("analyst").get("/p/CRM/radar/process_never_walked").text
    assert (
        "never walked end to end" in listed
        and "Step 2: It passed on an older text." in listed
        and "/p/CRM/walks" in listed
    )


def test_a_failure_in_a_later_round_breaks_an_earlier_walk(loan: Loan) -> None:
    stage = loan.stage
    number = stage.round(*loan.keys)
    for key, row in zip(loan.keys, (0, 0, 1), strict=True):
        stage.record(number, key, row, "passed")
    later = stage.round(loan.keys[1])
    assert loan.walk().done
    stage.record(later, loan.keys[1], 0, "failed", "no")
    assert loan.states() == ["passed", "failed", "passed"] and not loan.walk().done
    stage.record(later, loan.keys[1], 0, "passed")
    assert loan.walk().done


def test_a_walk_is_planned_and_taken_step_by_step(loan: Loan) -> None:
    stage, world = loan.stage, loan.stage.world
    record = loan.record_named("C-2")
    with pytest.raises(Refused) as refused:
        loan.plan(record, by="tester")
    assert refused.value.status == 403
    with pytest.raises(Invalid, match="No example row"):
        loan.plan("=nothing=1")
    with pytest.raises(Invalid) as lacking:
        loan.plan(loan.record_named("C-3"))
    assert [one.params["number"] for one in lacking.value.reasons] == [1, 2]
    walk, number = loan.plan(record)
    assert loan.plan(record, number) == (walk, number)
    tester = world.client("tester")
    places = []
    address = f"/p/CRM/rounds/{number}/run?walk={walk}"
    for _step in loan.keys:
        text = tester.get(address).get_data(as_text=True)
        places.append(text.count("data-run-card"))
        card = text[text.index("<form") :]
        action = card.split('action="')[1].split('"')[0].replace("&amp;", "&")
        key, row = (card.split(f'name="{name}" value="')[1].split('"')[0] for name in ("acceptance", "row"))
        answer = tester.send(action, {"acceptance": key, "row": row, "verdict": "passed"})
        address = answer.headers["Location"]
        assert f"walk={walk}" in address
    assert places == [3, 2, 1]
    done = loan.walk()
    assert done.done and done.record.name == record and done.round == number
    page = tester.get(f"/p/CRM/rounds/{number}").get_data(as_text=True)
    assert "Walked end to end" in page and f"walk={walk}" in page
    stage.record(number, loan.keys[0], 1, "passed")
    # Broken at the second step: from there on all is to be tried again.
    assert tester.get(f"/p/CRM/rounds/{number}/run?walk={walk}").get_data(as_text=True).count("data-run-card") == 2
    other = stage.round(loan.keys[0])
    assert tester.get(f"/p/CRM/rounds/{other}/run?walk={walk}").status_code == 404


def test_pages_say_where_it_broke(loan: Loan) -> None:
    number = loan.stage.round(*loan.keys)
    loan.stage.record(number, loan.keys[0], 0, "failed", "no")
    client = loan.stage.world.client("project_manager")
    for address in ("/p/CRM/walks", f"/p/CRM/i/{loan.process}"):
        text = client.get(address, follow_redirects=True).get_data(as_text=True)
        assert "Broken here" in text and "It failed with this record." in text
    form = client.get(f"/p/CRM/walks/new?process={loan.process}").get_data(as_text=True)
    assert "=contract no.=C-2" in form
    assert "Business process" in client.get("/p/CRM/walks/new").get_data(as_text=True)
    refused = client.send("/p/CRM/walks", {"process": loan.process, "record": loan.record_named("C-3")})
    assert refused.status_code == 422 and "no acceptance scenario carries this record" in refused.get_data(as_text=True)
    made = client.send(
        "/p/CRM/walks", {"process": loan.process, "record": loan.record_named("C-2"), "round": str(number)}
    )
    assert made.status_code in (302, 303) and made.headers["Location"].endswith(f"/rounds/{number}#walks")


def test_an_implementer_sees_no_walks(loan: Loan) -> None:
    assert loan.stage.ask(queries.walked, by="implementer") == []
    walk, _number = loan.plan(loan.record_named("C-1"))
    with pytest.raises(NotFound):
        loan.stage.ask(walks.planned_for, walk, by="implementer")


def test_the_api_tells_and_plans_walks(loan: Loan) -> None:
    client = loan.stage.world.client("project_manager")
    headers = {"X-CSRFToken": client.token()}
    (walked,) = client.get("/api/v1/projects/CRM/walked").json["items"]
    assert (walked["process"], walked["done"], walked["why"], walked["broken_at"]) == (
        loan.process,
        False,
        "untested",
        1,
    )
    assert {one["record"]: one["steps"] for one in walked["records"]}["=contract no.=C-1"] == 3
    body = {"process": loan.process, "record": "=contract no.=C-1", "testers": ["tester"]}
    made = client.post("/api/v1/projects/CRM/walks", json=body, headers=headers)
    assert made.status_code == 201 and made.json["round"] == "RND-1" and made.json["steps"][0]["state"] == "untested"
    for key, row in zip(loan.keys, (0, 0, 1), strict=True):
        loan.stage.record(1, key, row, "passed")
    assert client.get(made.headers["Location"]).json["done"] is True
    assert client.get("/api/v1/projects/CRM/walks").json["items"][0]["record"] == "=contract no.=C-1"
    (walked,) = client.get("/api/v1/projects/CRM/walked").json["items"]
    assert walked["done"] and walked["round"] == "RND-1" and walked["why"] is None


@pytest.mark.sqlite("the same statements as without a walk")
def test_a_walk_goes_on_where_a_verdict_is_asked_again(loan: Loan) -> None:
    """Without script: what lacks a note is asked for it, and the walk goes on from there, as from a defect made of it."""
    walk, number = loan.plan(loan.record_named("C-1"))
    tester, going = loan.stage.world.client("tester"), f"walk={walk}"
    sent = {"acceptance": loan.keys[0], "row": "0", "verdict": "failed"}
    again = tester.send(f"/p/CRM/rounds/{number}/results?{going}", sent)
    assert again.status_code == 422 and again.text.count(going) == 3, "its form and both ways back"
    action = again.text.split(' action="')[1].split('"')[0].replace("&amp;", "&")
    failed = tester.send(action, {**sent, "note": "Nothing was paid."})
    assert failed.status_code == 303 and going in failed.location
    page = tester.get(failed.location).text
    offered = [one.split('"')[0] for one in page.split(' action="')[1:] if "/defect" in one.split('"')[0]]
    assert offered and all(going in one for one in offered)
    raised = tester.send(offered[0], {"back": "run"})
    assert raised.status_code == 303 and going in raised.location
    assert "data-run-card" in tester.get(raised.location).text


def test_what_a_page_that_is_left_sends_together_keeps_its_order_and_counts_once(loan: Loan) -> None:
    walk, number = loan.plan(loan.record_named("C-1"))
    place = f"/p/CRM/rounds/{number}/results?walk={walk}"
    sent = [
        {"id": f"key-{at}", "url": place, "fields": [["acceptance", key], ["row", str(row)], ["verdict", "passed"]]}
        for at, (key, row) in enumerate(zip(loan.keys, (0, 0, 1), strict=True))
    ]
    first = {"acceptance": loan.keys[0], "row": "0", "verdict": "passed", "further": json.dumps(sent[1:])}
    tester = loan.stage.world.client("tester")
    for _twice in range(2):
        answer = tester.send(place, first, headers={"Idempotency-Key": "key-0"})
        assert answer.status_code == 204, answer.text
    assert loan.states() == ["passed"] * 3 and loan.walk().done
    assert loan.stage.ask(lambda _actor, project: queries.newest_number(project)) == 3
    for odd in ("[", "[1]", '[{"id": "x"}]', '{"id": 1}'):
        assert tester.send(place, {**first, "further": odd}, headers={"Idempotency-Key": "z"}).status_code == 422
