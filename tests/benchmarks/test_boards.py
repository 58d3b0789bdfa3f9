"""Boards, figures and the radar of a project with 10 000 requirements and 2 000 changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from reqtrack.accounts.queries import project_for
from reqtrack.db import writing
from tests.benchmarks import databases, processes
from tests.benchmarks.changed import change
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import PROJECT, Prepared, app_on
from tests.benchmarks.figures import Figures, held
from tests.benchmarks.test_radar import edit, taken
from tests.support.world import OPERATOR

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def changed(small: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The small database, with its changes."""
    copied = databases.copy(small, Path(tmp_path_factory.mktemp("changed")) / "data")
    with app_on(copied.data) as app, app.app_context(), writing(PROJECT):
        change(project_for(OPERATOR, PROJECT).id)
    return copied


@pytest.fixture(scope="module")
def served(changed: Prepared) -> Iterator[Served]:
    with processes.serve(changed.data) as running:
        asking = Served(running, changed)
        yield asking
        asking.client.close()


def test_the_boards(figures: Figures, served: Served) -> None:
    served.ask("/changes", number=5)
    for by in ("stage", "tier", "phase"):
        taken = served.ask(f"/changes?by={by}", number=30)
        held(figures.take(f"board of 2 000 changes by {by}, p95", taken.p95, "ms", 100))


def test_the_radar_of_changes(figures: Figures, changed: Prepared) -> None:
    with app_on(changed.data) as app, app.app_context():
        taken()
        spent = []
        for at in range(5):
            edit("rationale", f"Because of {at}.")
            spent.append(taken())
    told = figures.take("radar: 2 000 changes, after a write, CPU", median(one for one, _n in spent), "ms", 1500,
                        note=f"{spent[-1][1]:,} found")  # fmt: skip
    held(told)


def test_the_figures(figures: Figures, served: Served) -> None:
    served.ask("/changes/figures", number=2)
    figures.take("figures of 2 000 changes, p95", served.ask("/changes/figures", number=20).p95, "ms")
