"""Voices heard over 2 000 interviews and 10 000 requirements: after a write, and while nothing is written."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from reqtrack.interviews.actions.plan import set_target
from reqtrack.interviews.queries.plan import target_of
from tests.benchmarks import talks
from tests.benchmarks.databases import LOGIN, PROJECT, Prepared, app_on, copy
from tests.benchmarks.figures import Figures, held

pytestmark = pytest.mark.bench
URL = f"/p/{PROJECT}/voices"


def test_voices_heard(figures: Figures, small: Prepared, tmp_path: Path) -> None:
    with app_on(copy(small, tmp_path / "data").data) as app:
        world = talks.fill(app, 2_000, 10_000)
        browser = world.client(LOGIN)
        pages = (URL, f"{URL}?process=PRC-1", f"{URL}?by=process")
        shown = browser.get(URL).text
        assert "Role 29" in shown and "Department 7" in shown and 'id="behind"' in shown
        cold, warm = [], []
        for at in range(8):
            with world.write(LOGIN, PROJECT) as scene:
                cell = {"job_role": "Role 1", "department": "Department 1"}
                known = target_of(scene.project.id, *cell.values(), None)
                set_target(scene.actor, scene.project, **cell, target=at, seen=known.version if known else None)
            for times in (cold, warm):
                for url in pages:
                    start = time.perf_counter()
                    assert browser.get(url).status_code == 200
                    times.append(time.perf_counter() - start)
    first = cold[:: len(pages)]  # the others of its round find it kept
    held(
        figures.take("voices heard, 2 000 interviews, 10 000 requirements: after a write", statistics.median(first), "s",
                     1.5, note=f"slowest {max(cold):.2f} s"),
        figures.take("voices heard: while nothing is written", statistics.median(warm), "s", 0.5,
                     note=f"slowest {max(warm):.2f} s"),
    )  # fmt: skip
