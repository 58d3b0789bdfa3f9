"""Standings and status: the newest counts, the worst rules, what moved makes stale."""

from __future__ import annotations

import pytest

from reqtrack.acceptance import queries
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import items_by_key
from tests.acceptance.conftest import EXAMPLES, Stage

# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both


def test_without_a_round_everything_is_untested(stage: Stage, phones: str, plain: str) -> None:
    assert stage.status(phones) == {"status": "untested", "rows": {0: "untested", 1: "untested"}}
    assert stage.status(plain) == {"status": "untested", "rows": {None: "untested"}}
    assert stage.status("REQ-1") == {"status": "untested"}


def test_a_planned_round_does_not_count_until_its_first_result(stage: Stage, phones: str) -> None:
    one = stage.round(phones)
    stage.record(one, phones, 0, "passed")
    stage.record(one, phones, 1, "passed")
    two = stage.round(phones)
    assert stage.status(phones)["status"] == "passed"
    stage.record(two, phones, 1, "passed")
    assert stage.status(phones) == {"status": "untested", "rows": {0: "untested", 1: "passed"}}


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (("passed", "passed"), "passed"),
        (("passed", "skipped"), "skipped"),
        (("skipped", None), "untested"),
        (("blocked", "passed"), "blocked"),
        (("blocked", None), "blocked"),
        (("blocked", "failed"), "failed"),
        (("failed", None), "failed"),
        (("passed", None), "untested"),
    ],
)
def test_the_worst_row_rules(stage: Stage, phones: str, verdicts: tuple[str | None, ...], status: str) -> None:
    number = stage.round(phones)
    for row, verdict in enumerate(verdicts):
        if verdict:
            stage.record(number, phones, row, verdict, "seen")
    assert stage.status(phones)["status"] == status
    assert stage.status("REQ-1")["status"] == status
    assert stage.ask(queries.tally)[status] == 1


def test_the_newest_result_of_a_row_counts_and_all_are_kept(stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    stage.record(number, plain, None, "failed", "nothing came up")
    stage.record(number, plain, None, "passed")
    assert stage.status(plain)["rows"] == {None: "passed"}
    panel = stage.panel(plain)
    assert [one["result"].verdict for one in panel["rounds"][0]["results"]] == ["passed", "failed"]


def test_a_changed_text_makes_results_stale_and_going_back_does_not_mend_them(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "two customers")
    stage.edit(phones, then=["something else"])
    assert stage.status(phones)["rows"] == {0: "stale", 1: "stale"}
    stage.edit(phones, then=["<kept as> is shown", "no second customer is made"])
    assert stage.status(phones)["rows"] == {0: "stale", 1: "stale"}
    stage.record(number, phones, 0, "passed")
    assert stage.status(phones)["rows"] == {0: "passed", 1: "stale"}


def test_a_changed_requirement_makes_the_results_of_what_accepts_it_stale(
    stage: Stage, phones: str, plain: str
) -> None:
    number = stage.round(phones, plain)
    for key, row in ((phones, 0), (phones, 1), (plain, None)):
        stage.record(number, key, row, "passed")
    stage.edit("REQ-1", statement="Phones are kept as they were typed.")
    assert stage.status(phones)["status"] == "stale"
    assert stage.status("REQ-1")["status"] == "stale"
    assert stage.status(plain)["status"] == "passed"


def test_working_facts_make_nothing_stale(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "passed")
    stage.edit("REQ-1", rationale="Because two were called twice.", effort_days="3")
    stage.edit(phones, description="More words.", tags=["phone"])
    assert stage.status(phones)["status"] == "passed"


def test_rows_taken_out_of_the_table_do_not_count_and_new_ones_are_untested(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "two customers")
    stage.edit(phones, examples={"header": EXAMPLES["header"], "rows": EXAMPLES["rows"][:1]})
    stage.record(number, phones, 0, "passed")
    assert stage.status(phones) == {"status": "passed", "rows": {0: "passed"}}
    assert stage.status("REQ-1")["status"] == "passed"
    stage.edit(phones, examples=None)
    assert stage.status(phones)["rows"] == {None: "untested"}
    assert stage.status("REQ-1")["status"] == "untested"


def test_verified_needs_implemented_and_everything_passed(stage: Stage, phones: str) -> None:
    built = stage.world.requirement(stage="implemented")
    stage.edit(phones, accepts=["REQ-1", built])
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "passed")
    assert stage.status("REQ-1")["status"] == "passed"
    assert stage.status(built)["status"] == "verified"
    other = stage.world.requirement(stage="implemented")
    assert stage.status(other)["status"] == "untested"


def test_a_requirement_is_as_bad_as_its_worst_scenario_in_use(stage: Stage, phones: str) -> None:
    second = stage.world.acceptance(title="Another", accepts=["REQ-1"])
    number = stage.round(phones, second)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "passed")
    stage.record(number, second, None, "failed", "crashed")
    assert stage.status("REQ-1")["status"] == "failed"
    stage.retire(second)
    assert stage.status("REQ-1")["status"] == "passed"


def test_tallies_by_tier_and_phase(stage: Stage, phones: str) -> None:
    stage.edit("REQ-1", tier="must")
    stage.world.requirement(tier="later")
    number = stage.round(phones)
    stage.record(number, phones, 0, "failed", "no")
    rows = stage.ask(queries.requirement_tally)
    assert sorted(rows, key=str) == sorted([("must", None, "failed", 1), ("later", None, "untested", 1)], key=str)


def test_what_would_turn_stale(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    requirement, scenario, other = stage.id("REQ-1"), stage.id(phones), stage.id(plain)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "no")
    stage.record(number, plain, None, "passed")

    def at_stake(*ids: int) -> int:
        return stage.ask(lambda actor, project: queries.stale_if_changed(ids))

    assert at_stake(requirement) == at_stake(scenario) == at_stake(requirement, scenario) == 2
    assert at_stake(requirement, other) == 3
    assert at_stake() == 0
    stage.edit("REQ-1", statement="Otherwise.")
    assert at_stake(requirement) == 0
    stage.record(number, phones, 0, "passed")
    assert at_stake(requirement) == 1
    stage.close(number, "enough")
    assert at_stake(requirement) == 1


def test_lists_carry_the_computed_columns(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 1, "passed")
    ids = [stage.id(phones), stage.id(plain)]
    shown = stage.ask(queries.decorate_acceptance, ids)
    assert shown[ids[0]] == {
        "status": "untested", "rows": 2, "row_statuses": ["untested", "passed"], "accepts": ["REQ-1"],
    }  # fmt: skip
    assert shown[ids[1]] == {"status": "untested", "rows": 0, "row_statuses": ["untested"], "accepts": []}


def test_another_project_is_another_world(stage: Stage, phones: str) -> None:
    stage.world.project("ERP", "ERP")
    stage.world.member("auditor", "auditor", project="ERP")
    with stage.world.read("auditor", "ERP") as scene:
        assert queries.statuses(scene.actor, scene.project.id, [1, 2]) == {}
        assert queries.requirement_statuses(scene.actor, scene.project.id, [1, 2]) == {}


def test_an_implementer_sees_what_accepts_an_agreed_requirement(stage: Stage, phones: str, plain: str) -> None:
    agreed = stage.world.requirement(stage="approved")
    with stage.world.write() as scene:
        accepts = list(items_by_key(scene.actor, scene.project.id, [agreed]).values())
        store.create(
            scene.actor, scene.project, KINDS["acceptance"], {"title": "Agreed", "accepts": accepts}, change="CR-1"
        )
    ids = [stage.id(key) for key in (phones, plain, "ACC-3")]
    assert set(stage.ask(queries.statuses, ids, by="implementer")) == {ids[2]}
    assert set(stage.ask(queries.statuses, ids, by="tester")) == set(ids)
