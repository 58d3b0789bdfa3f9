"""A machine's results in a round: who brings them, once each, what they count, what is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, func, select

from reqtrack.acceptance import actions, policy, queries
from reqtrack.acceptance.machines import Report, Scenario, Seen, once_of, sort_out
from reqtrack.acceptance.models import MachineRun, Result, Standing
from reqtrack.accounts import actions as accounts
from reqtrack.audit.models import Event
from reqtrack.audit.record import recorded
from reqtrack.audit.verify import verify
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from tests.acceptance.conftest import Stage
from tests.architecture.recorder import recording


def report(*results: Seen, digest: str = "ab", **more: Any) -> Report:
    counts = {"cases": len(results), "failures": 0, **more.pop("counts", {})}
    return Report("night.xml", "junit", digest * 32, results, counts=counts, **more)


def seen(key: str, row: int | None, verdict: str = "passed", **more: Any) -> Seen:
    note = more.pop("note", "" if verdict == "passed" else "it broke")
    return Seen(key, row, verdict, note, case={"name": f"{key} {row}", "verdict": verdict}, **more)


def bring(stage: Stage, number: int, told: Report, by: str = "tester") -> int:
    with stage.world.write(by) as scene:
        return actions.bring(scene.actor, queries.round_for(scene.actor, scene.project.id, number), told).number


def results(stage: Stage) -> Sequence[Any]:
    with stage.world.read("auditor"):
        wanted = select(
            Result.number, Result.row, Result.verdict, Result.note, Result.tester, Result.machine_run, Result.attempts,
            Result.flaky, Result.once,
        )  # fmt: skip
        return db.session.execute(wanted.order_by(Result.number)).all()


def run_of(stage: Stage, number: int) -> MachineRun:
    with stage.world.read("auditor") as scene:
        run, _round = queries.run_for(scene.actor, scene.project.id, number)
        db.session.expunge(run)
        return run


def events(stage: Stage) -> list[Any]:
    with stage.world.read("auditor") as scene:
        wanted = select(Event.action, Event.subject, Event.seals, Event.after).where(
            Event.project_id == scene.project.id
        )
        return list(db.session.execute(wanted.order_by(Event.seq)))


def sound(stage: Stage) -> None:
    """The standings are what the results say, and every seal and event holds."""
    assert stage.ask(lambda actor, project: queries.standing_faults(project)) == []
    with stage.world.app.app_context():
        assert verify().problems == []


def alone(stage: Stage, value: str = "alone") -> None:
    with stage.world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"machine_counts": value})


# -- what comes in -------------------------------------------------------------------------------------------------------


def test_results_come_in_under_one_event_and_start_the_round(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    told = report(
        seen(phones, 0, flaky=True, attempts=3, note="timed out"),
        seen(phones, 1, "failed"),
        seen(plain, None, "skipped"),
    )
    run = run_of(stage, bring(stage, number, told))
    assert (run.number, run.name, run.format, run.author) == (1, "night.xml", "junit", "tester")
    assert run.counts == {"cases": 3, "failures": 0, "results": 3, "outside": 0} and run.unmatched == []
    kept = results(stage)
    assert [tuple(one)[:8] for one in kept] == [
        (1, 0, "passed", "timed out", "tester", 1, 3, 1),
        (2, 1, "failed", "it broke", "tester", 1, 1, 0),
        (3, None, "skipped", "it broke", "tester", 1, 1, 0),
    ]
    assert all(one.once.startswith(f"file:{run.digest}:") and len(one.once) <= 120 for one in kept)
    (brought,) = [one for one in events(stage) if one.action == "results.brought"]
    assert brought.subject == f"RND-{number}" and brought.seals.count('"results"') == 3
    assert [one.action for one in events(stage)].count("round.started") == 1
    assert stage.ask(queries.list_rounds)[0].stage == "running"
    sound(stage)


def test_numbers_go_on_where_people_left_them(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    bring(stage, number, report(seen(phones, 0), seen(phones, 1)))
    assert stage.record(number, phones, 1, "passed") == 4
    assert [one.number for one in results(stage)] == [1, 2, 3, 4]


def test_the_same_file_again_answers_the_first_run(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    told = report(seen(phones, 0), seen(phones, 1, "failed"))
    first = bring(stage, number, told)
    before = events(stage)
    assert bring(stage, number, told) == first
    # Whoever sends it, and although the round takes nothing any more.
    assert bring(stage, number, told, by="project_manager") == first
    stage.record(number, phones, 0, "passed")
    stage.close(number)
    assert bring(stage, number, told) == first
    assert len(results(stage)) == 3 and events(stage)[: len(before)] == before
    assert sum(one.action == "results.brought" for one in events(stage)) == 1


def test_another_file_and_another_round_are_others(stage: Stage, phones: str) -> None:
    one, two = stage.round(phones), stage.round(phones)
    runs = [
        bring(stage, one, report(seen(phones, 0))),
        bring(stage, one, report(seen(phones, 0), digest="cd")),
        bring(stage, two, report(seen(phones, 0))),
    ]
    assert runs == [1, 2, 3] and len(results(stage)) == 3
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, one)
        assert [run.number for run in queries.runs_of(found)] == [1, 2]
    sound(stage)


def test_what_is_not_in_the_round_is_listed_and_recorded_once_it_is(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones)
    told = report(
        seen(phones, 0),
        seen(plain, None),
        unmatched=[{"name": "x", "verdict": "failed", "reason": {"code": "no_scenario"}}],
    )
    run = bring(stage, number, told)
    kept = run_of(stage, run)
    assert (kept.counts["results"], kept.counts["outside"]) == (1, 1)
    assert [one["reason"]["code"] for one in kept.unmatched] == ["no_scenario", "not_in_round"]
    assert kept.unmatched[1]["acceptance"] == plain and queries.machines.missing_of(kept) == [plain]
    stage.change(number, add=[plain])
    assert bring(stage, number, told) == run
    kept = run_of(stage, run)
    assert (kept.counts["results"], kept.counts["outside"]) == (2, 0)
    assert [one["reason"]["code"] for one in kept.unmatched] == ["no_scenario"]
    assert [(one.number, one.machine_run) for one in results(stage)] == [(1, 1), (2, 1)]
    assert sum(one.action == "results.brought" for one in events(stage)) == 2
    sound(stage)


def test_a_file_about_nothing_of_the_round_is_kept_and_starts_nothing(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones)
    run = bring(stage, number, report(seen(plain, None)))
    assert run_of(stage, run).counts["outside"] == 1 and not results(stage)
    assert stage.ask(queries.list_rounds)[0].stage == "planned"
    sound(stage)


def test_retired_and_rows_that_are_gone_are_told(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    stage.retire(plain)
    run = bring(stage, number, report(seen(plain, None), seen(phones, 7), seen(phones, None), seen(phones, 1)))
    codes = [one["reason"]["code"] for one in run_of(stage, run).unmatched]
    assert codes == ["retired", "row_gone", "row_gone"] and len(results(stage)) == 1


def test_a_note_too_long_or_broken_is_refused_and_nothing_is_kept(stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    for note in ("x" * 10_001, "a\x00b"):
        with pytest.raises(Invalid):
            bring(stage, number, report(seen(plain, None, "failed", note=note)))
    assert not results(stage) and stage.ask(queries.list_rounds)[0].stage == "planned"


# -- who may -------------------------------------------------------------------------------------------------------------


def test_who_may_bring_results_in(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.world.member("second", "tester", name="Second")
    told = {}
    for login in ("second", "business_owner", "implementer", "auditor"):
        with pytest.raises(Refused) as refused:
            bring(stage, number, report(seen(phones, 0)), by=login)
        told[login] = (refused.value.status, [one.code for one in refused.value.reasons])
    assert told == {
        "second": (403, ["not_tester"]),
        **dict.fromkeys(("business_owner", "implementer", "auditor"), (403, ["no_permission", "not_tester"])),
    }
    assert not results(stage)
    for digest, login in (("11", "tester"), ("22", "project_manager"), ("33", "analyst")):
        bring(stage, number, report(seen(phones, 0), digest=digest), by=login)
    assert [one.tester for one in results(stage)] == ["tester", "project_manager", "analyst"]


def test_a_closed_round_takes_nothing_and_says_every_reason(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.close(number, "enough")
    with pytest.raises(Refused) as closed:
        bring(stage, number, report(seen(phones, 1)), by="project_manager")
    assert (closed.value.status, [one.code for one in closed.value.reasons]) == (409, ["closed"])
    with pytest.raises(Refused) as both:
        bring(stage, number, report(seen(phones, 1)), by="auditor")
    assert [one.code for one in both.value.reasons] == ["no_permission", "not_tester", "closed"]
    with stage.world.read("auditor"):
        assert db.session.execute(select(func.count()).select_from(MachineRun)).scalar_one() == 0


def test_the_policy_asks_the_state_as_the_action_does(stage: Stage) -> None:
    with stage.world.read("tester") as scene:
        open_, closed = (policy.Bringing(scene.project.id, "RND-1", stage_, True) for stage_ in ("planned", "closed"))
        assert policy.may_bring(scene.actor, open_)
        assert [one.code for one in policy.may_bring(scene.actor, closed).reasons] == ["closed"]


# -- what it counts ------------------------------------------------------------------------------------------------------


def test_what_counts_follows_the_project_and_moves_with_its_setting(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    bring(stage, number, report(seen(phones, 0), seen(phones, 1, "failed")))
    # Beside a person's: its pass alone makes nothing passed, its failure stands.
    assert stage.status(phones)["rows"] == {0: "untested", 1: "failed"}
    sound(stage)
    alone(stage)
    assert stage.status(phones)["rows"] == {0: "passed", 1: "failed"}
    sound(stage)
    stage.record(number, phones, 1, "passed")
    bring(stage, number, report(seen(phones, 1, "failed"), digest="cd"))
    assert stage.status(phones)["rows"] == {0: "passed", 1: "failed"}
    alone(stage, "beside")
    assert stage.status(phones)["rows"] == {0: "untested", 1: "failed"}
    bring(stage, number, report(seen(phones, 1), digest="ef"))
    # A machine took its failure back: what a person saw counts again.
    assert stage.status(phones)["rows"] == {0: "untested", 1: "passed"}
    sound(stage)


def test_the_setting_is_recorded_and_takes_no_other_value(stage: Stage) -> None:
    with pytest.raises(Invalid):
        alone(stage, "sometimes")
    before = len(events(stage))
    alone(stage, "beside")
    assert len(events(stage)) == before, "nothing changed"
    alone(stage)
    assert events(stage)[-1].action == "project.changed" and "alone" in events(stage)[-1].after


def test_what_a_machine_saw_stays_in_the_round_also_where_it_counts_for_nothing(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    bring(stage, number, report(seen(phones, 0)))
    assert stage.status(phones)["rows"] == {0: "untested", 1: "untested"}
    with pytest.raises(Refused) as kept:
        stage.change(number, remove=[phones])
    assert [one.code for one in kept.value.reasons] == ["has_results"]


# -- all or nothing, in bulk ---------------------------------------------------------------------------------------------


class Killed(Exception):
    pass


def test_killed_between_any_two_statements_nothing_is_left(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    told = report(seen(phones, 0), seen(phones, 1, "failed"), seen(plain, None))
    with stage.world.app.app_context():
        engine = db.engine
    before = len(events(stage))
    survived, at = False, 0
    while not survived:
        at += 1
        left = [at]

        def count(*_: Any, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Killed

        try:
            with stage.world.write("tester") as scene:
                found = queries.round_for(scene.actor, scene.project.id, number)
                event.listen(engine, "before_cursor_execute", count)
                try:
                    actions.bring(scene.actor, found, told)
                finally:
                    event.remove(engine, "before_cursor_execute", count)
            survived = True
        except Killed:
            assert not results(stage) and len(events(stage)) == before
            with stage.world.read("auditor"):
                for model in (MachineRun, Standing):
                    assert db.session.execute(select(func.count()).select_from(model)).scalar_one() == 0
            assert stage.ask(queries.list_rounds)[0].stage == "planned"
    assert at > 8 and len(results(stage)) == 3
    sound(stage)


def _wide(stage: Stage, rows: int) -> str:
    fields = {
        "title": f"With {rows} rows", "when": ["x"], "then": ["<v> is shown"],
        "examples": {"header": ["v"], "rows": [[str(row)] for row in range(rows)]},
    }  # fmt: skip
    with stage.world.write("analyst") as scene:
        kind = KINDS["acceptance"]
        return store.create(scene.actor, scene.project, kind, values.parse(kind, scene.project, fields)).key


def test_many_results_ask_no_more_than_a_few(stage: Stage) -> None:
    few, many = _wide(stage, 3), _wide(stage, 400)
    asked = {}
    for key, rows in ((few, 3), (many, 400)):
        number = stage.round(key)
        told = report(*(seen(key, row, "failed" if row % 7 == 1 else "passed") for row in range(rows)))
        with recording(stage.world.app) as recorder:
            bring(stage, number, told)
        asked[rows] = len([one for part in recorder for one in part.counted])
    # The driver may send rows in a few parts.
    assert asked[3] <= 30 and asked[400] <= asked[3] + 4
    sound(stage)


def test_sorting_out_is_pure_and_loses_nothing() -> None:
    scenarios = {"ACC-1": Scenario(5, 1, "p", 1, False, 2)}
    told = [seen("ACC-1", 0), seen("ACC-1", 1), seen("ACC-1", 2), seen("ACC-9", None)]
    taken = sort_out(told, scenarios, {once_of("d", 5, 1): 3}, "d")
    assert [one.row for one, _ in taken.fresh] == [0] and [one.row for one in taken.before] == [1]
    assert [reason.code for _one, reason in taken.outside] == ["row_gone", "not_in_round"]
    assert taken.missing == ["ACC-9"]


@pytest.mark.sqlite
@pytest.mark.parametrize(("counts", "passed", "tested"), [("beside", [0, 1], [0, 2]), ("alone", [2, 2], [2, 2])])
def test_the_course_of_a_round_counts_a_machine_as_the_project_does(
    stage: Stage, phones: str, counts: str, passed: list[int], tested: list[int]
) -> None:
    with stage.world.write() as scene, recorded(scene.actor, scene.project.id, "project.changed", "CRM"):
        scene.project.machine_counts = counts
    number = stage.round(phones)
    broke = report(seen(phones, 1, "failed"), digest="ee")
    told = []
    for steps in (
        lambda: [bring(stage, number, one) for one in (broke, report(seen(phones, 0), seen(phones, 1)))],
        lambda: _by_hand(stage, number, phones, counts),
    ):
        steps()
        with stage.world.read("auditor") as scene:
            found = queries.round_for(scene.actor, scene.project.id, number)
            day = queries.by_day(scene.actor, found, scene.project.zone)[-1]
            now = queries.progress(scene.actor, found).counts
            assert day.passed == now["passed"] and day.tested == 2 - now["untested"]
            told.append((day.passed, day.tested))
    assert told == list(zip(passed, tested, strict=True))


def _by_hand(stage: Stage, number: int, key: str, counts: str) -> None:
    """Row 1 passed by hand; beside people, row 0 failed by hand and a machine passed it then, which takes nothing back."""
    stage.record(number, key, 1, "passed")
    if counts == "beside":
        stage.record(number, key, 0, "failed", "white")
        bring(stage, number, report(seen(key, 0), digest="cd"))
