"""The radar of a project with 10 000 requirements and 2 000 interviews: anew after a write, and from memory."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import pytest

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import reading, writing
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.radar.queries.findings import radar
from reqtrack.requirements.queries import in_stage
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


def taken() -> tuple[float, int]:
    """The milliseconds of work that the radar takes a reader, and how much it finds."""
    with reading():
        actor, project = actor_of(user_by_login(LOGIN))[0], project_for(OPERATOR, PROJECT)
        start = time.process_time()
        found = radar(actor, project)
        return (time.process_time() - start) * 1000, sum(one.count for one in found.findings)


def edit(field: str, text: str) -> None:
    """Somebody writes."""
    with writing(PROJECT):
        project = project_for(OPERATOR, PROJECT)
        given = values.parse(KINDS["requirement"], project, {field: text})
        draft = in_stage(project.id, "draft")[0]
        store.edit(OPERATOR, item_for(OPERATOR, project.id, draft.key), given)


def test_the_radar(figures: Figures, heard: Prepared) -> None:
    with app_on(heard.data) as app, app.app_context():
        first, _number = taken()
        after_write, after_text, again, numbers = [], [], [], 0
        for at in range(5):
            edit("rationale", f"Because of {at}.")
            after_write.append(taken()[0])
            again.append(taken()[0])
            edit("statement", f"The system shall tell the {at}th customer.")
            spent, numbers = taken()
            after_text.append(spent)
    # A worker in the process that serves has done the first before anybody asks.
    figures.take("radar, 10 000 requirements, 2 000 interviews: the first time in a process, CPU", first, "ms")
    held(
        figures.take("radar: after a write, CPU", median(after_write), "ms", 1500, note=f"{numbers:,} found"),
        figures.take("radar: after a text was edited, CPU", median(after_text), "ms", 1500),
        figures.take("radar: from memory, CPU", median(again), "ms", 20),
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
