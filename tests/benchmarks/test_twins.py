"""Near-duplicates among 10 000 requirements: the hint while one writes, also after somebody wrote, and the report."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import db, reading, writing
from reqtrack.items import store
from reqtrack.items.likeness import Index, Thing
from reqtrack.items.queries import item_for
from reqtrack.requirements import queries
from tests.benchmarks import databases
from tests.benchmarks.databases import LOGIN, PROJECT, Prepared, app_on
from tests.benchmarks.figures import Figures, held
from tests.support.world import OPERATOR

pytestmark = pytest.mark.bench


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def computed(call: Callable[[], object]) -> tuple[float, str]:
    """How long it took, and how long it kept the processor."""
    begun = time.process_time()
    took = timed(call)
    return took, f"CPU {(time.process_time() - begun) * 1000:,.0f} ms"


def test_hint_and_report(figures: Figures, small: Prepared, tmp_path_factory: pytest.TempPathFactory) -> None:
    dice = random.Random(3)
    copied = databases.copy(small, tmp_path_factory.mktemp("twins") / "data")
    with app_on(copied.data) as app, app.app_context():
        with reading():
            rows = db.session.execute(text("SELECT title, statement FROM items JOIN requirements USING (id)")).all()
            actor, project = actor_of(user_by_login(LOGIN))[0], project_for(OPERATOR, PROJECT)
            cold, cold_cpu = computed(lambda: queries.duplicate_pairs(project.id))

        def ask() -> float:
            row = dice.choice(rows)
            with reading():
                found: list[queries.Hint] = []
                took = timed(
                    lambda: found.extend(
                        queries.like_text(actor, project.id, "requirement", row.title, f"{row.statement} Now.")
                    )
                )
            assert found
            return took

        ask()
        taken = sorted(ask() for _ in range(200))
        written: list[float] = []
        for number in range(20):
            with writing(PROJECT):
                item = item_for(OPERATOR, project.id, f"REQ-{dice.randint(1, 9_000)}")
                if item.stage in ("draft", "in_review"):
                    store.edit(OPERATOR, item, {"title": f"Once more {number}"})
                else:
                    store.edit(OPERATOR, item, {"rationale": f"Once more {number}"})
            written.append(ask())
        with reading():
            again, again_cpu = computed(lambda: queries.duplicate_pairs(project.id))
        with reading():
            known = timed(lambda: queries.duplicate_pairs(project.id))
    held(
        figures.take("near-duplicate hint, 10 000 requirements: p95", taken[189], "ms", 50,
                     note=f"p50 {statistics.median(taken):.1f} ms"),
        figures.take("the same, the first after a write: worst of 20", max(written), "ms", 50),
        figures.take("duplicates of 10 000 requirements, nothing read yet", cold, "ms", 1500, note=cold_cpu),
        figures.take("the same, after a write", again, "ms", 1500, note=f"{again_cpu}; nothing written: {known:.1f} ms"),
    )  # fmt: skip


def test_sentences_of_one_form(figures: Figures) -> None:
    """10 000 requirements that a template wrote: nearly all share nearly all of their words."""
    dice = random.Random(1)
    verbs = ["create", "change", "delete", "approve", "print", "export", "archive", "search", "sort", "filter"]
    things = [
        "customer",
        "order",
        "invoice",
        "contract",
        "payment",
        "shipment",
        "complaint",
        "ticket",
        "visit",
        "price",
    ]
    parts = ["name", "date", "status", "amount", "owner", "address", "phone number", "category", "remark", "currency"]

    def written(number: int) -> Thing:
        by = f"{dice.choice(parts)} and {dice.choice(parts)} within {dice.randint(1, 60)} seconds in module {number % 97}"
        said = f"The system shall let the user {dice.choice(verbs)} the {dice.choice(things)} by {by}."
        return Thing(number, "requirement", f"Requirement {number}", said)

    index = Index()
    for number in range(10_000):
        index.put(written(number))
    begun = time.process_time()
    index.pairs()
    cold = (time.process_time() - begun) * 1000
    index.put(written(5))
    begun = time.process_time()
    index.pairs()
    again = (time.process_time() - begun) * 1000
    figures.take("duplicates of 10 000 sentences of one form, the first time in a process, CPU", cold, "ms")
    held(figures.take("the same, after a text was edited, CPU", again, "ms", 1000))
