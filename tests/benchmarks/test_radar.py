"""The radar of a project with 10 000 requirements and 2 000 interviews: anew after a write, and from memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import reading, writing
from reqtrack.radar.checks import CHECKS, Facts
from reqtrack.radar.queries.findings import radar
from tests.benchmarks import databases, processes
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import LOGIN, PROJECT, Prepared, app_on
from tests.benchmarks.figures import Figures, held
from tests.benchmarks.heard import hear
from tests.support.world import OPERATOR

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def heard(small: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The small database, with whom one heard."""
    copied = databases.copy(small, Path(tmp_path_factory.mktemp("heard")) / "data")
    with app_on(copied.data) as app, app.app_context(), writing(PROJECT):
        hear(project_for(OPERATOR, PROJECT).id)
    return copied


def test_the_radar(figures: Figures, heard: Prepared) -> None:
    with app_on(heard.data) as app, app.app_context():
        times, again, numbers = [], [], 0
        for _ in range(5):
            app.extensions.pop("reqtrack_kept", None)
            with reading():
                actor, project = actor_of(user_by_login(LOGIN))[0], project_for(OPERATOR, PROJECT)
                start = time.perf_counter()
                found = radar(actor, project)
                times.append((time.perf_counter() - start) * 1000)
                numbers = sum(one.count for one in found.findings)
            with reading():
                start = time.perf_counter()
                radar(actor, project)
                again.append((time.perf_counter() - start) * 1000)
        with reading():
            facts, told = Facts(actor, project), []
            for check in CHECKS.values():
                start = time.perf_counter()
                check.find(facts)
                told.append((round((time.perf_counter() - start) * 1000), check.name))
            print(sorted(told, reverse=True)[:6])
    held(
        figures.take("radar, 10 000 requirements and 2 000 interviews: the first time", times[0], "ms", 1500),
        figures.take("radar: anew after a write", sorted(times)[2], "ms", 1500, note=f"{numbers:,} found"),
        figures.take("radar: from memory", sorted(again)[2], "ms", 20),
    )


def test_the_overview(figures: Figures, heard: Prepared) -> None:
    with processes.serve(heard.data) as running:
        served = Served(running, heard)
        served.ask("/", number=3)
        page, all_of_it = served.ask("/", number=30), served.ask("/radar", number=30)
        served.client.close()
    held(
        figures.take("overview, 10 000 requirements and 2 000 interviews", page.median, "ms", 150),
        figures.take("page of all findings, the same", all_of_it.median, "ms", 150),
    )
