"""What measurements are given: the figures' table, the prepared databases, the product served on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks import clients, databases, processes
from tests.benchmarks.databases import Prepared
from tests.benchmarks.figures import Figures
from tests.support.world import PASSWORD

LAST = Path(__file__).with_name("last.md")


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """Where measurements put what they measured; the table is printed and kept at the end (``--bench-out``)."""
    taken = Figures()
    yield taken
    path = Path(request.config.getoption("bench_out") or LAST)
    taken.write(path)
    print(f"\n\n{taken.table()}\nkept in {path}")


@pytest.fixture(scope="session")
def small() -> Prepared:
    """10 000 requirements."""
    return databases.prepared(10_000)


@pytest.fixture(scope="session")
def large() -> Prepared:
    """100 000 requirements, 250 000 links."""
    return databases.prepared(100_000)


class Served:
    """The product in one process on a prepared database, and somebody signed in."""

    def __init__(self, running: processes.Running, made: Prepared) -> None:
        self.running, self.made = running, made
        self.cookie = clients.signed_in(running, databases.LOGIN, PASSWORD)
        self.client = clients.Client(running.port, self.cookie)

    def ask(self, *paths: str, number: int = 200) -> clients.Taken:
        """Ask for pages of the project, one at a time."""
        return clients.one_by_one(
            self.running, self.client, [f"/p/{databases.PROJECT}{path}" for path in paths], number
        )


@pytest.fixture(scope="module")
def on_small(small: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    copied = databases.copy(small, tmp_path_factory.mktemp("small") / "data")
    with processes.serve(copied.data) as running:
        served = Served(running, copied)
        yield served
        served.client.close()


@pytest.fixture(scope="module")
def on_large(large: Prepared) -> Iterator[Served]:
    """Only read it: it is kept for the next run."""
    with processes.serve(large.data) as running:
        served = Served(running, large)
        yield served
        served.client.close()
