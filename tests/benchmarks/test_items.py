"""The page of an item with links, quotes and a timeline; impact."""

from __future__ import annotations

import statistics
import time

import pytest

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.changes import reach
from reqtrack.db import reading
from reqtrack.items.queries import items_by_key
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import LOGIN, PROJECT, RICH, Prepared, app_on
from tests.benchmarks.figures import Figures, held
from tests.support.world import OPERATOR

pytestmark = pytest.mark.bench


def test_the_page_of_an_item(figures: Figures, on_small: Served) -> None:
    status, body = on_small.client.ask(f"/p/{PROJECT}/i/{RICH}")
    assert status == 200 and b"nobody reads" in body and b"Asked again" in body and b"rq-timeline" in body
    taken = on_small.ask(f"/i/{RICH}")
    held(figures.take("item page with links, quotes, timeline: server CPU", taken.cpu, "ms", 10,
                      note=f"p50 {taken.median:.1f} ms"))  # fmt: skip


def test_impact(figures: Figures, large: Prepared, on_large: Served) -> None:
    with app_on(large.data) as app, app.app_context(), reading():
        actor = actor_of(user_by_login(LOGIN))[0]
        project = project_for(OPERATOR, PROJECT)
        times, sizes = [], []
        for at in range(16):
            keys = [f"REQ-{at * 300 + 1}", f"REQ-{at * 300 + 2}"]
            starts = [item.id for item in items_by_key(actor, project.id, keys).values()]
            start = time.perf_counter()
            found = reach.downstream(actor, project.id, starts, 6)
            times.append((time.perf_counter() - start) * 1000)
            sizes.append(len(found))
    # The first prepares the statement.
    size = f"{statistics.median(sizes):.0f} items at the median"
    of_set = figures.take("impact, 100 000 items, depth 6: the set with titles", statistics.median(times[1:]), "ms", 15,
                          note=size)  # fmt: skip
    page = on_large.ask("/changes/CR-1", number=30)
    held(of_set, figures.take("impact: the page of the change", page.median, "ms", 60, note=f"CPU {page.cpu:.1f} ms"))
