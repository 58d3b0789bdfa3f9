"""Computed status against brute force from the raw results, after any sequence of edits, results, revocations; and day by day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance import actions, chores, queries
from reqtrack.acceptance.models import STATUSES, Acceptance, Result, ResultRevocation, Round, RoundScenario
from reqtrack.acceptance.queries import days
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from tests.acceptance.conftest import EXAMPLES, Stage
from tests.support.caller import Caller

LONG = {"header": EXAMPLES["header"], "rows": [*EXAMPLES["rows"], ["139 0000 0000", "13900000000"]]}
SHORT = {"header": EXAMPLES["header"], "rows": EXAMPLES["rows"][:1]}

STEPS = st.one_of(
    st.tuples(st.just("result"), st.integers(0, 1), st.integers(0, 1), st.integers(0, 2),
              st.sampled_from(("passed", "passed", "failed", "blocked", "skipped"))),
    st.tuples(st.just("revoke"), st.integers(0, 5)),
    st.tuples(st.just("statement")),
    st.tuples(st.just("examples"), st.sampled_from((None, "short", "usual", "long"))),
    st.tuples(st.just("accepts"), st.booleans()),
    st.tuples(st.just("round")),
    st.tuples(st.just("day")),
)  # fmt: skip


def brute(project_id: int) -> dict[str, dict[str, str]]:
    """The status of everything, from the raw rows alone, written without the product's statements."""
    revoked = {row.number for row in db.session.execute(select(ResultRevocation)).scalars()}
    results = [
        one for one in db.session.execute(select(Result).order_by(Result.number)).scalars() if one.number not in revoked
    ]
    rounds = {one.id: one for one in db.session.execute(select(Round)).scalars() if one.stage != "planned"}
    held = [(one.round_id, one.acceptance_id) for one in db.session.execute(select(RoundScenario)).scalars()]
    told: dict[str, dict[str, str]] = {"acceptance": {}, "requirement": {}}
    scenarios = db.session.execute(select(Acceptance).where(Acceptance.retired.is_(False))).scalars().all()
    for one in scenarios:
        newest = max((number for number, item in held if item == one.id and number in rounds), default=None)
        rows = range(len((one.examples or {}).get("rows", ()))) or (None,)
        found = []
        for row in rows:
            given = [r for r in results if (r.round_id, r.acceptance_id, r.row) == (newest, one.id, row)]
            found.append("untested" if not given else "stale" if given[-1].seq < one.text_seq else given[-1].verdict)
        told["acceptance"][one.key] = min(found, key=STATUSES.index)
    for requirement in db.session.execute(select(Item).where(Item.kind == "requirement")).scalars():
        links = select(Link.source_id).where(
            Link.target_id == requirement.id, Link.kind == "accepts", Link.until.is_(None)
        )
        accepting = set(db.session.execute(links).scalars())
        found = [told["acceptance"][one.key] for one in scenarios if one.id in accepting]
        told["requirement"][requirement.key] = min(found, key=STATUSES.index, default="untested")
    return told


def agrees(stage: Stage) -> None:
    with stage.world.read("auditor") as scene:
        actor, project_id = scene.actor, scene.project.id
        right = brute(project_id)
        ids = {one.key: one.id for one in db.session.execute(select(Item)).scalars()}
        for kind, asked in (("acceptance", queries.statuses), ("requirement", queries.requirement_statuses)):
            shown = asked(actor, project_id, [ids[key] for key in right[kind]])
            assert {key: shown[ids[key]]["status"] for key in right[kind]} == right[kind]
        assert {key: status for key, status, _new in queries.all_statuses(actor, project_id)} == right["acceptance"]
        counts = Counter(right["acceptance"].values())
        assert queries.tally(actor, project_id) == {code: counts[code] for code in STATUSES}
        assert queries.standing_faults(project_id) == []
        for status in STATUSES:
            chosen = queries.having_status(actor, project_id, "requirement", status)
            found = set(db.session.execute(chosen).scalars())
            assert found == {ids[key] for key, one in right["requirement"].items() if one == status}
        for one in queries.list_rounds(actor, project_id):
            assert sum(one.counts.values()) == one.rows
        for one in db.session.execute(select(Item).where(Item.kind.in_(right))).scalars():
            if one.key in right[one.kind]:
                course = days.of_item(actor, one, scene.project.zone)
                assert course[-1][1] == right[one.kind][one.key] and course == sorted(course)
        told = days.history(project_id, scene.project.zone)
        if told:
            assert list(told.values())[-1] == {code: counts[code] for code in STATUSES}


class Walk:
    """One sequence of steps in a project of its own."""

    def __init__(self, stage: Stage, phones: str, other: str) -> None:
        self.stage, self.keys = stage, (phones, other)
        # Time goes on from where the sequence before left it: it never runs back in a project.
        self.at: datetime = max(clock.now(), stage.__dict__.get("until", clock.now()))
        with clock.at(self.at):
            stage.edit(phones, examples=EXAMPLES)
            self.rounds = [stage.round(phones, other)]
        self.results: list[int] = []
        self.rows = {0: 2, 1: 0}

    def step(self, what: str, *more: Any) -> None:
        with clock.at(self.at):
            getattr(self, what)(*more)
        self.at += timedelta(minutes=1)
        self.stage.__dict__["until"] = self.at + timedelta(days=1)

    def result(self, which: int, at: int, row: int, verdict: str) -> None:
        number, place = self.rounds[at % len(self.rounds)], row if self.rows[which] else None
        if place is not None and place >= self.rows[which]:
            return
        self.results.append(self.stage.record(number, self.keys[which], place, verdict, "seen"))

    def revoke(self, at: int) -> None:
        if at >= len(self.results):
            return
        number = self.results.pop(at)
        with self.stage.world.write("project_manager") as scene:
            found = queries.result_for(scene.actor, scene.project.id, number)
            actions.revoke(scene.actor, found.round, found.result, "a slip")

    def statement(self) -> None:
        self.stage.edit("REQ-1", statement=f"Phones are kept in one form since {self.at}.")

    def examples(self, wanted: str | None) -> None:
        table = {None: None, "short": SHORT, "usual": EXAMPLES, "long": LONG}[wanted]
        self.stage.edit(self.keys[0], examples=table)
        self.rows[0] = len(table["rows"]) if table else 0

    def accepts(self, yes: bool) -> None:
        self.stage.edit(self.keys[1], accepts=["REQ-1"] if yes else [])

    def round(self) -> None:
        self.rounds.append(self.stage.round(*self.keys))

    def day(self) -> None:
        self.at += timedelta(days=1)


# In check-all many more sequences, each time others.
@pytest.mark.full
@pytest.mark.timeout(900)
@settings(max_examples=25, deadline=None, phases=(Phase.generate,),
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much])  # fmt: skip
@given(steps=st.lists(STEPS, min_size=4, max_size=8))
def test_status_is_what_the_raw_results_say_in_many_orders(
    stage: Stage, phones: str, plain: str, steps: list[Any]
) -> None:
    walk = Walk(stage, phones, plain)
    for step in steps:
        walk.step(*step)
        agrees(stage)


# One project goes on through all sequences, as projects do: a database for each would cost more than what is tried.
@pytest.mark.both
@settings(max_examples=3, deadline=None, phases=(Phase.generate,), derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much])  # fmt: skip
@given(steps=st.lists(STEPS, min_size=4, max_size=6))
def test_status_is_what_the_raw_results_say(stage: Stage, phones: str, plain: str, steps: list[Any]) -> None:
    walk = Walk(stage, phones, plain)
    for step in steps:
        walk.step(*step)
        agrees(stage)


def test_a_revoked_result_counts_on_no_day(stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    monday = clock.now() - timedelta(days=3)
    with clock.at(monday):
        first = stage.record(number, plain, None, "failed", "It broke.")
    with clock.at(monday + timedelta(days=2)):
        stage.record(number, plain, None, "passed")
    with stage.world.app.app_context():
        chores.tell_days()
    told = stage.ask(lambda actor, project: days.kept_days(project))
    assert [counts["failed"] for _day, counts in told] == [1, 1, 0] and told[-1][1]["passed"] == 1
    with stage.world.write("project_manager") as scene:
        found = queries.result_for(scene.actor, scene.project.id, first)
        actions.revoke(scene.actor, found.round, found.result, "a slip")
    assert stage.ask(lambda actor, project: days.kept_days(project)) == []
    with stage.world.app.app_context():
        chores.tell_days()
    told = stage.ask(lambda actor, project: days.kept_days(project))
    assert [counts["failed"] for _day, counts in told] == [0, 0, 0]
    body = stage.world.client("auditor").get("/p/CRM/accept").get_data(as_text=True)
    assert "Status by day" in body


@pytest.mark.sqlite("what it is computed from is shown on both above")
def test_a_requirement_tells_how_it_stood_by_day(stage: Stage, phones: str) -> None:
    monday = clock.now().replace(hour=4, minute=0)
    with clock.at(monday):
        number = stage.round(phones)
        stage.record(number, phones, 0, "failed", "It broke.")
    with clock.at(monday + timedelta(days=2)):
        stage.record(number, phones, 0, "passed")
        stage.record(number, phones, 1, "passed")
    with clock.at(monday + timedelta(days=5)):
        stage.edit("REQ-1", statement="Phones are kept twice.")
        days_ = [(monday + timedelta(days=more)).date().isoformat() for more in (0, 2, 5)]
        for key in ("REQ-1", phones):
            told = Caller(stage.world, "auditor")("GET", f"/items/{key}/status-days").json["items"]
            assert told == [
                {"day": day, "status": one} for day, one in zip(days_, ("failed", "passed", "stale"), strict=True)
            ]
            page = stage.world.client("auditor").get(f"/p/CRM/accept/{key}/days")
            assert page.status_code == 200 and all(f'datetime="{day}"' in page.text for day in days_)
            assert f"/p/CRM/accept/{key}/days" in stage.world.client("auditor").get(f"/p/CRM/i/{key}").text
    assert stage.world.client("auditor").get("/p/CRM/accept/REQ-9/days").status_code == 404
