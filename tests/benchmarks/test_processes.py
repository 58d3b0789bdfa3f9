"""What an idle installation holds in memory, and how long a second start takes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks import databases, processes
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import Prepared
from tests.benchmarks.figures import Figures, held
from tests.benchmarks.plan import ROOT

pytestmark = pytest.mark.bench


def test_idle_memory(figures: Figures, small: Prepared, tmp_path: Path) -> None:
    copied = databases.copy(small, tmp_path / "data")
    command = [sys.executable, "-m", "reqtrack", "worker"]
    with processes.started(command, processes.settings(copied.data)) as worker, processes.serve(copied.data) as web:
        served = Served(web, copied)
        served.ask("/requirements", "/changes", f"/i/{databases.RICH}", number=10)
        served.client.close()
        time.sleep(2)
        assert worker.process.poll() is None
        parts = web.memory(), worker.memory()
    held(figures.take("memory, web and worker, idle", sum(parts), "MiB", 250, note="{:.0f} + {:.0f}".format(*parts)))


def test_a_second_start(figures: Figures, small: Prepared, tmp_path: Path) -> None:
    """`make run` on a data folder that is there, until the app says that it is ready."""
    copied = databases.copy(small, tmp_path / "data")
    port = processes.free_port()
    took = []
    for _ in range(2):
        begun = time.perf_counter()
        environment = processes.settings(copied.data, PORT=str(port))
        with processes.started(["make", "-s", "run"], environment, port=port) as running:
            took.append((time.perf_counter() - begun, running.cpu()))
        # The first may find the files of the packages cold.
    seconds, cpu = min(took)
    held(figures.take("second `make run`, until ready", seconds, "s", 6, note=f"CPU {cpu:.1f} s"))


def test_the_command_line(figures: Figures) -> None:
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "reqtrack", "--help"], check=True, capture_output=True, cwd=ROOT)
        took.append(time.perf_counter() - begun)
    figures.take("`reqtrack --help`", min(took), "s")
