"""Exactness of the checks of change: in random stories of changes, what the radar finds is what plain loops over all rows count, on
both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from reqtrack import clock, workdays
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.baselines.actions import take
from reqtrack.changes import actions, dossier, facts, impact
from reqtrack.changes.models import Assessment, Change, ProposedEdit, Wait
from reqtrack.db import db
from reqtrack.errors import YES, ReqtrackError
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Version
from reqtrack.permissions import SYSTEM
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.queries.findings import find, radar
from reqtrack.requirements.actions import change_phase
from reqtrack.requirements.models import Requirement
from reqtrack.requirements.queries import phases
from reqtrack.reviews.models import Review
from tests.changes.conftest import Desk
from tests.support.world import World

# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
OPEN = ("draft", "submitted", "assessing", "needs_information", "deciding", "deferred")
NAMES = (
    "edited_outside_change", "decided_without_assessment", "assessment_outdated", "conflicting_changes", "change_waiting",
    "volatility_rising", "review_overdue",
)  # fmt: skip


SEEDS = 2
# What each story told of.
TOLD: dict[int, set[str]] = {}


class Again:
    """Every check of change, counted by somebody else. ``signed``: the event up to which the scope in force was signed."""

    def __init__(self, project: Project, signed: int, keys: set[str]) -> None:
        self.project, self.signed, self.signed_keys = project, signed, keys
        self.zone = ZoneInfo(project.zone)
        self.now, self.today = clock.now(), clock.today(project.zone)
        self.changes = [one for one in self._all(Change) if not one.retired]
        self.applied = {one.key for one in self.changes if one.stage in ("applied", "closed")}
        self.edits, self.waits = self._all(ProposedEdit), self._all(Wait)
        self.versions: dict[int, list[Version]] = {}
        for row in sorted(self._all(Version), key=lambda one: one.number):
            self.versions.setdefault(row.item_id, []).append(row)

    def _all(self, model: Any) -> list[Any]:
        found: list[Any] = db.session.query(model).filter(model.project_id == self.project.id).all()
        return found

    def edited_outside_change(self) -> Iterator[str]:
        for one in self._all(Requirement):
            if one.stage not in ("approved", "implemented"):
                continue
            agreed = one.key in self.signed_keys
            before = ""
            for row in self.versions[one.id]:
                moved = before not in ("", row.scope_print)
                if moved and row.since > self.signed and row.change not in self.applied and agreed:
                    yield one.key
                agreed = agreed or row.change in self.applied
                before = row.scope_print

    def decided_without_assessment(self) -> Iterator[str]:
        said = {one.change_id for one in self._all(Assessment)}
        for one in self.changes:
            if one.stage in ("applied", "closed") and one.change_kind != "standard" and one.id not in said:
                yield one.key

    def assessment_outdated(self) -> Iterator[str]:
        for one in self.changes:
            if one.stage == "deciding" and one.change_kind != "emergency":
                found = dossier.load(one)
                if facts.outdated(found, impact.of_dossier(SYSTEM, found).graph_print):
                    yield one.key

    def conflicting_changes(self) -> Iterator[str]:
        # What the page of each shows.
        for one in self.changes:
            if one.stage in OPEN and dossier.load(one).rivals:
                yield one.key

    def change_waiting(self) -> Iterator[str]:
        calendar = workdays.of(self.project.calendar)
        for one in self.changes:
            for step in self.waits:
                if step.change_id != one.id or step.ended_at is not None or one.paused_at is not None:
                    continue
                day = (step.began_at + timedelta(seconds=step.paused)).astimezone(self.zone).date()
                # Of those days the last is over.
                over = sum(1 for at in days(day, self.today - timedelta(days=1)) if calendar.works(at))
                if over >= self.project.waiting_days:
                    yield one.key

    def volatility_rising(self) -> Iterator[str]:
        def moved(begins: datetime, ends: datetime) -> int:
            return len({
                one.id for one in self._all(Requirement) for row in self.versions[one.id]
                if row.change in self.applied and row.number > 1 and begins <= row.at < ends
            })  # fmt: skip

        def there(at: datetime) -> int:
            rows = [one for one in self._all(Requirement) if one.created_at < at]
            return sum(
                one.stage in ("approved", "implemented") or (one.stage == "obsolete" and one.updated_at >= at)
                for one in rows
            )

        month = timedelta(days=30)
        lately, before = moved(self.now - month, self.now), moved(self.now - 2 * month, self.now - month)
        if lately >= 3 and lately / max(there(self.now), 1) > before / max(there(self.now - month), 1):
            yield "volatility:month"

    def review_overdue(self) -> Iterator[str]:
        for one in self.changes:
            late = one.review_due_on is not None and one.review_due_on < self.today
            if one.stage in ("applied", "closed") and late and not one.reviewed_at:
                yield one.key
        open_ = [one.submitted_at for one in self.changes if one.stage in OPEN[1:] and one.submitted_at]
        held = [one.held_at for one in self._all(Review) if one.state == "held"]
        if open_:
            since = max([min(open_), *held])
            if (self.today - since.astimezone(self.zone).date()).days > self.project.review_days:
                yield "review:none"


def days(after: date, to: date) -> Iterator[date]:
    """The days after one, up to another."""
    for number in range((to - after).days):
        yield after + timedelta(days=number + 1)


class Story:
    """Random people at random changes."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        self.reqs = [desk.world.requirement(title=f"R{n}", statement="Three.", tier="should") for n in range(5)]
        self.signed, self.keys = 0, set[str]()
        self.changes: list[str] = []
        with desk.world.write() as scene:
            change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "Phase 1"})
        self.sign()

    def step(self) -> None:
        name = self.chance.choice(
            ("log", "log", "submit", "submit", "assess", "assess", "approve", "approve", "reject", "defer", "ask", "answer", "edit",
             "outside", "outside", "outside", "sign", "hold", "emergency", "withdraw", "review")
        )  # fmt: skip
        with suppress(ReqtrackError):
            getattr(self, name)()

    def _some(self, *stages: str) -> str:
        """One in such a stage, if there is one; seldom any."""
        with self.desk.world.read() as scene:
            found = select(Item.key).where(
                Item.project_id == scene.project.id, Item.kind == "change", Item.stage.in_(stages)
            )
            keys = list(db.session.execute(found).scalars())
        if not keys or self.chance.random() < 0.1:
            keys = self.changes
        return self.chance.choice(keys) if keys else self.log()

    def _edits(self) -> list[dict[str, Any]]:
        keys = self.chance.sample(self.reqs, self.chance.choice((1, 1, 2, 3)))
        return [{"item": key, "field": "statement", "new": f"Said {self.chance.random()}."} for key in keys]

    def log(self, **more: Any) -> str:
        key = self.desk.log(edits=self._edits(), **more)
        self.changes.append(key)
        return key

    def emergency(self) -> None:
        key = self.log(kind="emergency")
        self.desk.submit(key)
        self.desk.decide(key, by="business_owner")

    def submit(self) -> None:
        self.desk.submit(self._some("draft"))

    def assess(self) -> None:
        self.desk.assess(self._some("assessing", "applied"))

    def approve(self) -> None:
        self.desk.decide(self._some("deciding"))

    def reject(self) -> None:
        self.desk.decide(self._some("deciding"), "rejected", reason="no")

    def defer(self) -> None:
        self.desk.decide(self._some("deciding"), "deferred", until="2026-12-01")

    def ask(self) -> None:
        self.desk.do(self._some("deciding"), actions.ask, "Why?", by="project_manager")

    def answer(self) -> None:
        self.desk.do(self._some("needs_information"), actions.answer, "Because.", by="contributor")

    def edit(self) -> None:
        self.desk.do(self._some("deciding", "assessing"), actions.propose, self._edits(), by="contributor")

    def withdraw(self) -> None:
        self.desk.do(self._some(), actions.withdraw, by="contributor")

    def review(self) -> None:
        self.desk.do(self._some("applied"), actions.review, "It was right.", by="business_owner")

    def outside(self) -> None:
        """Past the lock, as no page lets anybody."""
        text, by = f"Otherwise {self.chance.random()}.", self.chance.choice(("", "CR-99"))
        with unlocked(), self.desk.world.write("analyst") as scene:
            item = self.desk.item(scene, self.chance.choice(self.reqs))
            store.edit(scene.actor, item, {"statement": text}, change=by)

    def sign(self) -> None:
        with self.desk.world.write("analyst") as scene:
            taken = take(scene.actor, scene.project, f"Scope {self.chance.random()}")
            key, seq = taken.key, taken.seq
        self.desk.sign(key)
        self.signed, self.keys = seq, set(self.reqs)

    def hold(self) -> None:
        with self.desk.world.write("project_manager") as scene:
            hold(scene.project)


@contextmanager
def unlocked() -> Iterator[None]:
    """Requirements without their lock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(KINDS, "requirement", replace(KINDS["requirement"], guard=lambda *given: YES))
        yield


def hold(project: Project) -> None:
    """A review that was held now."""
    number = store.next_number(project.id, "REV")
    with recorded(SYSTEM, project.id, "review.held", f"REV-{number}") as entry:
        db.session.add(
            Review(
                project_id=project.id, number=number, name="Review", planned_on=clock.today(project.zone), begins="10:00", minutes=60,
                state="held", held_at=entry.at, created_by="project_manager", created_at=entry.at,
            )
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.costly
def test_what_is_found_of_changes_is_what_is_counted(world: World, seed: int) -> None:
    chance = random.Random(seed)
    with clock.at(MONDAY):
        world.cast()
        desk = Desk(world)
        story = Story(desk, chance)
    at, seen_of = MONDAY, set[str]()
    for number in range(60):
        at += timedelta(hours=chance.choice((1, 8, 30, 90)))
        with clock.at(at):
            story.step()
            if number % 6 == 5:
                _compare(world, story, seen_of)
    assert len(seen_of) >= 4, "the story tells too little"
    TOLD.setdefault(seed, set()).update(seen_of)
    if len(TOLD) == SEEDS:
        assert set().union(*TOLD.values()) == set(NAMES)


def _compare(world: World, story: Story, seen_of: set[str]) -> None:
    with world.read() as scene:
        right = Again(scene.project, story.signed, story.keys)
        seen = radar(SYSTEM, scene.project)
        for name in NAMES:
            wanted = set(getattr(right, name)())
            seen_of.update({name} if wanted else ())
            assert {one.name for one in seen.of(name).subjects} == wanted, name
            assert set(find(SYSTEM, scene.project, name).names) == wanted, name


def test_every_check_of_change_is_counted_again() -> None:
    assert set(NAMES) <= set(CHECKS)


def test_the_checks_ask_as_often_for_many_as_for_few(world: World, queries: Any) -> None:
    world.cast()
    desk, req = Desk(world), world.requirement(statement="Three.")

    def asked() -> int:
        with desk.world.read("auditor") as scene:
            queries.clear()
            radar(scene.actor, scene.project)
            return len(queries)

    desk.deciding(edits=[{"item": req, "field": "statement", "new": "One."}])
    few = asked()
    for number in range(4):
        desk.deciding(edits=[{"item": req, "field": "statement", "new": f"{number}."}])
    assert asked() <= few
