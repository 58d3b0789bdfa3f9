"""Defects: raised of a failed result, moved by what is tested afterwards; who may do what, and every reason why not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from reqtrack.acceptance import defect_policy as policy
from reqtrack.acceptance import offers, queries
from reqtrack.acceptance.actions import defects as verbs
from reqtrack.acceptance.models import NO_ROW, Defect, DefectRow, Result, ResultRevocation
from reqtrack.acceptance.queries import defect_lists
from reqtrack.acceptance.queries import defects as asked
from reqtrack.acceptance.queries import run as walk
from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.radar.queries import my_work
from tests.acceptance.conftest import Stage
from tests.acceptance.test_correcting import revoke

SHOWS = policy.Shows(3, "failed", False)


def raised(stage: Stage, result: int, by: str = "tester", **fields: Any) -> str:
    """The key of a defect of a result, as its page would raise it."""
    with stage.world.write(by) as scene:
        found = queries.result_for(scene.actor, scene.project.id, result)
        draft = offers.draft_of(scene.actor, scene.project, found)
        draft.pop("assignee_name")
        return verbs.raise_of(scene.actor, scene.project, found, {**draft, **fields}).key


def added(stage: Stage, key: str, result: int, by: str = "tester") -> None:
    with stage.world.write(by) as scene:
        found = queries.result_for(scene.actor, scene.project.id, result)
        verbs.add_to(scene.actor, item_for(scene.actor, scene.project.id, key, "defect"), found)


def moved(stage: Stage, key: str, name: str, reason: str = "", by: str = "implementer", **given: str) -> None:
    with stage.world.write(by) as scene:
        item = item_for(scene.actor, scene.project.id, key, "defect")
        verbs.make_move(scene.actor, item, name, {"reason": reason, **given})


def at(stage: Stage, key: str) -> str:
    with stage.world.read("auditor") as scene:
        return str(item_for(scene.actor, scene.project.id, key, "defect").stage)


def read(stage: Stage, key: str) -> Defect:
    with stage.world.read("auditor") as scene:
        found: Defect = item_for(scene.actor, scene.project.id, key, "defect")
        db.session.expunge_all()
        return found


# -- the policy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "fixed", "verdicts", "becomes"),
    [
        ("open", None, ["passed"], "open"), ("not_a_defect", 7, ["failed"], "not_a_defect"), ("fixed", 7, [], "fixed"),
        ("fixed", 7, ["", ""], "fixed"), ("fixed", 7, ["passed", ""], "retest"), ("fixed", 7, ["blocked"], "retest"),
        ("fixed", 7, ["skipped", "passed"], "retest"), ("retest", 7, ["passed", "passed"], "closed"),
        ("retest", 7, ["passed", "failed"], "open"), ("closed", 7, ["failed"], "open"), ("closed", 7, [], "closed"),
        ("open", 7, ["passed"], "closed"), ("open", 7, ["", ""], "fixed"), ("retest", 7, ["", ""], "fixed"),
    ],
)  # fmt: skip
def test_the_stage_follows_from_the_rows(stage: str, fixed: int | None, verdicts: list[str], becomes: str) -> None:
    assert policy.stage_after(stage, fixed, verdicts) == becomes


def actor(*roles: str, number: int = 9) -> Actor:
    return Actor(number, "somebody", "Somebody", {1: frozenset(roles)})


@pytest.mark.parametrize(
    ("role", "shows", "codes"),
    [
        ("tester", SHOWS, []), ("contributor", SHOWS, []), ("business_owner", SHOWS, []), ("analyst", SHOWS, []),
        ("project_manager", SHOWS, []), ("implementer", SHOWS, ["no_permission"]), ("auditor", SHOWS, ["no_permission"]),
        ("tester", policy.Shows(3, "passed", False), ["not_failed"]), ("tester", policy.Shows(3, "failed", True), ["revoked"]),
        ("sponsor", policy.Shows(3, "blocked", True), ["no_permission", "not_failed", "revoked"]),
    ],
)  # fmt: skip
def test_who_raises_one_of_what(role: str, shows: policy.Shows, codes: list[str]) -> None:
    verdict = policy.may_raise(actor(role), 1, shows)
    assert [one.code for one in verdict.reasons] == codes
    if codes:
        assert policy.status_of(verdict) == (403 if "no_permission" in codes else 409)


@pytest.mark.parametrize(
    ("stage", "retired", "codes"),
    [
        ("open", False, []),
        ("retest", False, []),
        ("closed", False, ["over"]),
        ("not_a_defect", True, ["over", "retired"]),
    ],
)
def test_what_a_result_is_added_to(stage: str, retired: bool, codes: list[str]) -> None:
    verdict = policy.may_add(actor("tester"), 1, SHOWS, "BUG-1", stage, retired)
    assert [one.code for one in verdict.reasons] == codes


MAY = {
    "fix": {"implementer", "project_manager"},
    "reopen": {"tester", "analyst", "project_manager"},
    "not_a_defect": {"analyst", "project_manager", "business_owner"},
    "close": {"analyst", "project_manager"},
}


@pytest.mark.parametrize("role", ["project_manager", "business_owner", "analyst", "tester", "contributor", "implementer",
                                  "sponsor", "auditor"])  # fmt: skip
def test_who_moves_what(role: str) -> None:
    facts = policy.move_facts(actor(role), 1, "BUG-1", None, 0)
    assert {name for name, verdict in facts.items() if verdict} == {
        name for name, roles in MAY.items() if role in roles
    }
    assert set(facts) == set(policy.BY_HAND)
    # Who was asked to mend it says so whatever their role; a row closes it, nobody by hand.
    assert policy.move_facts(actor(role), 1, "BUG-1", 9, 0)["fix"]
    assert "rows_close" in [one.code for one in policy.move_facts(actor(role), 1, "BUG-1", 9, 2)["close"].reasons]


def test_a_title_is_the_scenario_and_what_was_wrong() -> None:
    assert policy.title_from("Signing in", ["I see  my work", "else"]) == "Signing in: I see my work"
    assert policy.title_from("Signing in", []) == "Signing in"
    assert policy.title_from("登录", ["看到首页"]) == "登录：看到首页"
    long = policy.title_from("登录" * 90, ["看到首页" * 20])
    assert len(long) <= policy.LONGEST_TITLE and long.endswith("…")


# -- raised of a result --------------------------------------------------------------------------------------------------


def test_a_failed_result_becomes_a_defect_filled_in(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    result = stage.record(
        number, phones, 1, "failed", "the plus stayed", steps=["passed", "passed", "failed", "passed"]
    )
    key = raised(stage, result)
    found = read(stage, key)
    assert (key, found.stage, found.severity, found.seen, found.assignee_id) == (
        "BUG-1",
        "open",
        "normal",
        "the plus stayed",
        None,
    )
    assert found.title == "Two ways of writing a phone: 13812345678 is shown"
    assert found.expected == "13812345678 is shown\nno second customer is made"
    with stage.world.read("implementer") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        assert [
            (one.key, one.row, one.number) for one in asked.places(scene.actor, item)
        ] == []  # the scenario is not theirs yet
    with stage.world.read("auditor") as scene:
        places = asked.places(scene.actor, item_for(scene.actor, scene.project.id, key))
        assert [(one.key, one.row, one.number, one.newest) for one in places] == [(phones, 1, result, None)]
    # Once more for the same result: no second one.
    assert raised(stage, result) == key


def test_what_did_not_fail_becomes_none(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    passed = stage.record(number, phones, 0, "passed")
    failed = stage.record(number, phones, 1, "failed", "no")
    with pytest.raises(Refused, match="did not fail"):
        raised(stage, passed)
    with pytest.raises(Refused, match="do not let you raise"):
        raised(stage, failed, by="auditor")
    revoke(stage, number, failed, "wrong row")
    with pytest.raises(Refused, match="was revoked"):
        raised(stage, failed)
    # A new one is normal where nobody says how bad it is; afterwards it stays as bad as it was.
    key = raised(stage, stage.record(number, phones, 1, "failed", "no"), severity="")
    with stage.world.write("tester") as scene:
        item = item_for(scene.actor, scene.project.id, key, "defect")
        assert (item.severity, store.content_of(item)["severity"]) == ("normal", "normal")
        store.edit(scene.actor, item, {"severity": "blocking"})
        store.edit(scene.actor, item, {"severity": None, "title": "Another"})
        assert (item.severity, store.content_of(item)["severity"]) == ("blocking", "blocking")


def test_a_second_failure_is_added_to_the_first_defect(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    key = raised(stage, stage.record(number, phones, 0, "failed", "empty"))
    second = stage.record(number, phones, 0, "failed", "still empty")
    with stage.world.read("tester") as scene:
        found = queries.result_for(scene.actor, scene.project.id, second)
        assert [one.key for one in asked.of_row(scene.actor, scene.project.id, found.scenario.id, 0)] == [key]
    added(stage, key, second)
    other = stage.record(number, plain, None, "failed", "the same")
    added(stage, key, other)
    with stage.world.read("auditor") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        assert [(one.key, one.row, one.number) for one in asked.places(scene.actor, item)] == [
            (phones, 0, second), (plain, None, other),
        ]  # fmt: skip
        assert [one.key for one in store.linked(item, "found_in")] == [phones, plain]
    moved(stage, key, "not_a_defect", "as agreed", by="analyst")
    third = stage.record(number, phones, 1, "failed", "empty")
    with pytest.raises(Refused, match="done with"):
        added(stage, key, third)


def test_who_mended_the_last_one_is_asked_again(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    first = raised(stage, stage.record(number, phones, 0, "failed", "empty"))
    moved(stage, first, "fix")
    stage.record(number, phones, 0, "passed")
    assert at(stage, first) == "closed"
    second = raised(stage, stage.record(number, phones, 1, "failed", "empty"))
    with stage.world.read("implementer") as scene:
        assert item_for(scene.actor, scene.project.id, second, "defect").assignee_id == scene.actor.id


# -- stages --------------------------------------------------------------------------------------------------------------


def test_fixed_comes_back_to_the_tester_and_closes_by_itself(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    key = raised(stage, stage.record(number, phones, 0, "failed", "empty"))
    added(stage, key, stage.record(number, phones, 1, "failed", "empty"))

    def left() -> tuple[list[str], int]:
        with stage.world.read("tester") as scene:
            found = queries.round_for(scene.actor, scene.project.id, number)
            open_slots = [one.name for one in walk.slots(scene.actor, found) if one.open]
            return open_slots, queries.left_for(scene.actor, scene.project.id)

    assert left() == ([], 0)
    moved(stage, key, "fix")
    assert (at(stage, key), left()) == ("fixed", ([f"{phones}.0", f"{phones}.1"], 2))
    stage.record(number, phones, 0, "passed")
    assert (at(stage, key), left()) == ("retest", ([f"{phones}.1"], 1))
    stage.record(number, phones, 1, "blocked", "no data")
    assert (at(stage, key), left()) == ("retest", ([], 0))
    last = stage.record(number, phones, 1, "passed")
    assert (at(stage, key), left()) == ("closed", ([], 0))
    # Nobody closes by hand what its rows close; a revoked pass opens the question again, a failure the defect.
    revoke(stage, number, last, "wrong row")
    assert at(stage, key) == "retest"
    with pytest.raises(Refused, match="by itself"):
        moved(stage, key, "close", by="analyst")
    stage.record(number, phones, 1, "failed", "again")
    assert at(stage, key) == "open"
    moved(stage, key, "fix")
    stage.edit(phones, examples={"header": ["phone", "kept as"], "rows": [["1", "1"]]})
    assert at(stage, key) == "fixed"
    stage.record(number, phones, 0, "passed")
    # The other row is not in the table any more.
    assert at(stage, key) == "closed"


def test_moves_ask_who_from_where_and_why(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    key = raised(stage, stage.record(number, phones, 0, "failed", "empty"))
    with pytest.raises(Refused, match="neither yours"):
        moved(stage, key, "fix", by="contributor")
    with pytest.raises(Invalid, match="Say why"):
        moved(stage, key, "not_a_defect", by="analyst")
    with pytest.raises(NotFound):
        moved(stage, key, "sing")
    with pytest.raises(Refused, match="by itself"):
        moved(stage, key, "pass", by="analyst")
    with pytest.raises(Refused, match="cannot be done from there") as refused:
        moved(stage, key, "reopen", "why", by="analyst")
    assert refused.value.status == 409
    moved(stage, key, "not_a_defect", "as agreed", by="business_owner")
    with pytest.raises(Refused, match="meanwhile"):
        moved(stage, key, "reopen", "no", by="tester", seen_stage="closed")
    moved(stage, key, "reopen", "it is one", by="tester")
    assert (at(stage, key), read(stage, key).fixed_seq) == ("open", None)
    # A pass before anything was mended says nothing.
    stage.record(number, phones, 0, "passed")
    assert at(stage, key) == "open"


def test_one_without_rows_is_closed_by_hand(stage: Stage) -> None:
    key = stage.world.item("defect", by="tester", title="The page is slow", severity="cosmetic")
    moved(stage, key, "fix", by="project_manager")
    with pytest.raises(Refused, match="closed by an analyst"):
        moved(stage, key, "close", by="tester")
    moved(stage, key, "close", by="analyst")
    assert at(stage, key) == "closed"


def brute_force(project_id: int, key: str) -> str:
    """The stage of a defect from the raw results and events alone."""
    stage, fixed = "open", None
    for event in db.session.execute(
        select(Event).where(Event.subject == key, Event.project_id == project_id, Event.action == "defect.moved")
        .order_by(Event.seq)
    ).scalars():  # fmt: skip
        if event.actor == "system":
            continue
        to = event.after.split('"stage":"')[1].split('"')[0]
        stage, fixed = to, event.seq if to == "fixed" else None
    if fixed is None:
        return stage
    gone = set(db.session.execute(select(ResultRevocation.number)).scalars())
    told = []
    for row in db.session.execute(
        select(DefectRow).join(Defect, Defect.id == DefectRow.defect_id).where(Defect.key == key)
    ).scalars():
        newest = ""
        for one in db.session.execute(select(Result).order_by(Result.number)).scalars():
            here = (one.acceptance_id, NO_ROW if one.row is None else one.row) == (row.acceptance_id, row.row)
            if here and one.since > fixed and one.number not in gone:
                newest = one.verdict
        told.append(newest)
    if "failed" in told:
        return "open"
    if all(one == "passed" for one in told):
        return "closed"
    return "retest" if any(told) else "fixed"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 1), st.integers(0, 1), st.sampled_from(["passed", "failed", "blocked"])),
        st.tuples(st.just("revoke"), st.integers(1, 8), st.just(0), st.just("")),
        st.tuples(st.just("move"), st.sampled_from([0, 1]), st.just(0), st.sampled_from(["fix", "fix", "reopen", "not_a_defect"])),
        st.tuples(st.just("add"), st.sampled_from([0, 1]), st.integers(1, 8), st.just("")),
    ),
    max_size=9,
)  # fmt: skip


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_the_stage_is_what_the_raw_results_say(stage: Stage, phones: str, steps: list[Any]) -> None:
    """Whatever is recorded in two rounds, revoked, mended and opened again, in any order."""
    rounds = [stage.round(phones), stage.round(phones)]
    keys = [raised(stage, stage.record(rounds[0], phones, row, "failed", "no")) for row in (0, 1)]
    made: list[tuple[int, int]] = []
    for what, one, two, three in steps:
        # What is refused changes nothing.
        with suppress(Refused, Invalid):
            if what == "record":
                made.append((rounds[one], stage.record(rounds[one], phones, two, three, "seen")))
            elif what == "revoke" and made:
                revoke(stage, *made[one % len(made)], "a mistake")
            elif what == "move":
                moved(stage, keys[one], three, "why", by="project_manager")
            elif what == "add" and made:
                added(stage, keys[one], made[two % len(made)][1])
        with stage.world.read("auditor") as scene:
            for key in keys:
                item = item_for(scene.actor, scene.project.id, key, "defect")
                assert item.stage == brute_force(scene.project.id, key), (what, one, two, three)


# -- what waits for whom -------------------------------------------------------------------------------------------------


def test_open_defects_wait_for_who_mends_them_the_worst_first(stage: Stage) -> None:
    made = [
        stage.world.item("defect", by="tester", title=title, severity=severity, assignee="implementer", due_on=due)
        for title, severity, due in (
            ("Grey", "cosmetic", "2026-01-01"), ("Late", "normal", "2099-05-01"), ("Soon", "normal", "2099-04-01"),
            ("Stop", "blocking", None),
        )
    ]  # fmt: skip
    with stage.world.read("implementer") as scene:
        told = [one.title for one in defect_lists.waiting_for(scene.actor)]
        entries = my_work.queue(scene.actor, [scene.project])
    assert told == ["Stop", "Soon", "Late", "Grey"]
    assert [one.waiting.key for one in entries if one.urgent and one.waiting.rank == 0] == [made[3]]
    moved(stage, made[3], "fix")
    with stage.world.read("implementer") as scene:
        assert [one.title for one in defect_lists.waiting_for(scene.actor)] == ["Soon", "Late", "Grey"]
    with stage.world.read("tester") as scene:
        assert defect_lists.waiting_for(scene.actor) == []


def test_where_nobody_mends_and_where_no_round_runs_the_project_manager_is_told(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    key = raised(stage, stage.record(number, phones, 0, "failed", "empty"))
    stage.close(number, "enough")

    def told() -> list[str]:
        with stage.world.read("project_manager") as scene:
            return [str(one.title) for one in defect_lists.waiting_for(scene.actor)]

    assert told() == ["1 defect is nobody’s to mend"]
    assert key in stage.world.client("project_manager").get("/p/CRM/defects?assignee=none").text
    moved(stage, key, "fix")
    assert told() == ["1 mended defect waits for a round"]
    manager = stage.world.client("project_manager")
    answer = manager.send("/p/CRM/defects/round", {})
    assert answer.status_code == 303 and answer.location.endswith("/rounds/2/edit")
    assert told() == []
    assert manager.send("/p/CRM/defects/round", {}).status_code == 422


# -- figures -------------------------------------------------------------------------------------------------------------


def test_how_long_it_takes_is_counted_in_working_days() -> None:
    def at(day: int, hour: int = 9) -> Any:
        return datetime(2026, 10, day, hour, tzinfo=UTC)

    def move(key: str, day: int, stage: str) -> tuple[str, str, Any, str]:
        return key, "defect.moved", at(day), f'{{"stage":"{stage}"}}'

    events = [
        ("BUG-1", "defect.created", at(9), ""),  # a Friday
        move("BUG-1", 12, "fixed"), move("BUG-1", 14, "retest"), move("BUG-1", 15, "closed"),
        ("BUG-2", "defect.created", at(12), ""), move("BUG-2", 13, "fixed"), move("BUG-2", 14, "open"), move("BUG-2", 16, "fixed"),
        ("BUG-3", "defect.created", at(12), ""), move("BUG-3", 13, "not_a_defect"),
    ]  # fmt: skip
    assert defect_lists.spans(events, None, "Asia/Shanghai") == {
        "mend": [(1, "BUG-1"), (1, "BUG-2"), (2, "BUG-2")], "retest": [(3, "BUG-1")],
    }  # fmt: skip
    # With the Monday off.
    assert defect_lists.spans(events, {"off": ["2026-10-12"]}, "Asia/Shanghai")["mend"][0] == (0, "BUG-1")


def test_the_board_filters_and_counts(stage: Stage) -> None:
    for title, severity, due in (
        ("Grey", "cosmetic", "2026-01-01"),
        ("Stop", "blocking", None),
        ("Old", "normal", "2026-01-01"),
    ):
        stage.world.item("defect", by="tester", title=title, severity=severity, due_on=due, assignee="implementer")
    moved(stage, "BUG-3", "fix")
    with stage.world.read("auditor") as scene:
        rows, counts = defect_lists.board(scene.actor, scene.project.id, defect_lists.Filter())
        assert ([one.title for one in rows], counts) == (["Stop", "Old", "Grey"], {"open": 2, "fixed": 1})
        worst = defect_lists.Filter(severity="blocking", assignee="implementer")
        assert [one.title for one in defect_lists.board(scene.actor, scene.project.id, worst)[0]] == ["Stop"]
        nobody = defect_lists.Filter(assignee="none")
        assert defect_lists.board(scene.actor, scene.project.id, nobody) == ([], {})


def test_values_that_do_not_fit_say_so(stage: Stage) -> None:
    with stage.world.write("tester") as scene, pytest.raises(Invalid):
        values.parse(KINDS["defect"], scene.project, {"title": "x", "severity": "terrible"})
