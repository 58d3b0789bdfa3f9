"""Acceptance at 10 000 requirements, 20 000 acceptance scenarios and 200 000 results: how far it is, the matrix, recording a result."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks import databases
from tests.benchmarks.accepted import LEFT_OUT, ROWS, SCENARIOS
from tests.benchmarks.clients import Client, as_json, together
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import PROJECT
from tests.benchmarks.figures import Figures, held
from tests.benchmarks.processes import serve

pytestmark = pytest.mark.bench
RESULTS = f"/api/v1/projects/{PROJECT}/rounds/2/results"
MATRICES = (
    "/matrix",
    "/matrix?order=key",
    "/matrix?status=failed",
    "/matrix?process=PRC-3",
    "/matrix?rows=acceptance&columns=requirements",
)
TESTERS, SECONDS = 50, 10


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    copied = databases.copy(databases.accepted(), tmp_path_factory.mktemp("accepted") / "data")
    with serve(copied.data) as running:
        served = Served(running, copied)
        yield served
        served.client.close()


def record(client: Client, number: int) -> tuple[int, bytes]:
    place = number * 7 % SCENARIOS
    key = place + 1 if place % LEFT_OUT else place + 2
    body = {"acceptance": f"ACC-{key}", "row": number % ROWS, "verdict": "passed"}
    return client.ask(RESULTS, "POST", as_json(body))


def headers(served: Served) -> str:
    return f"Authorization: Bearer {served.made.token}\r\n"


def test_how_far_acceptance_is_right_after_a_write(figures: Figures, accepted: Served) -> None:
    """Each page is asked for after a result was recorded: nothing of it may be remembered."""
    api = Client(accepted.running.port, headers(accepted))
    times = []
    for number in range(12):
        assert record(api, number)[0] == 201
        times.append(accepted.ask("/accept", number=1).median)
    api.close()
    held(figures.take("status of 200 000 results, right after a write: median", sorted(times)[6], "ms", 300))


@pytest.mark.parametrize("path", MATRICES)
def test_the_matrix(figures: Figures, accepted: Served, path: str) -> None:
    taken = accepted.ask(path, number=20)
    held(figures.take(f"10 000 × 20 000: median of {path}", taken.median, "ms", 300, note=f"CPU {taken.cpu:.0f} ms"))


def test_recording_a_result(figures: Figures, accepted: Served) -> None:
    taken = together(accepted.running.port, headers(accepted), 1, 4, record)
    assert set(taken.statuses) == {201}, taken.statuses
    held(figures.take("a result over REST, SQLite: median", taken.median, "ms", 25, note=f"p95 {taken.p95:.1f} ms"))


def test_fifty_testers_at_once(figures: Figures, accepted: Served) -> None:
    taken = together(accepted.running.port, headers(accepted), TESTERS, SECONDS, record)
    errors = sum(number for status, number in taken.statuses.items() if status != 201)
    held(figures.take("50 testers, 10 s, SQLite: errors", errors, "", 0, note=f"{taken.rate:.0f} a second"))
