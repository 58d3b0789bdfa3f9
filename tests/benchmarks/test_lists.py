"""Lists: a page of 50, signed in, and what a filter and a sort cost."""

from __future__ import annotations

import pytest

from tests.benchmarks.clients import signed_in, together
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import LOGIN, PROJECT
from tests.benchmarks.figures import Figures, held
from tests.benchmarks.processes import Running, serve_two
from tests.support.world import PASSWORD

pytestmark = pytest.mark.bench
LIST = "/requirements"
SORTED = (f"{LIST}?tier=must&sort=-updated", f"{LIST}?q=stage:approved&sort=-updated", f"{LIST}?tier=should&sort=title")


def test_a_page_of_fifty(figures: Figures, on_small: Served, on_large: Served) -> None:
    small, large = on_small.ask(LIST), on_large.ask(LIST)
    held(
        figures.take("list of 50, 10 000 items: server CPU", small.cpu, "ms", 6, note=f"p50 {small.median:.1f} ms"),
        figures.take("list of 50, 100 000 items: server CPU against that", large.cpu / small.cpu, "×", 1.2,
                     note=f"{large.cpu:.2f} ms, p50 {large.median:.1f} ms"),
    )  # fmt: skip


def test_filtered_and_sorted(figures: Figures, on_large: Served) -> None:
    told = [(path, on_large.ask(path, number=60)) for path in SORTED]
    held(
        *(figures.take(f"filtered and sorted, 100 000 items: median of {path}", taken.median, "ms", 12,
                       note=f"CPU {taken.cpu:.2f} ms") for path, taken in told)
    )  # fmt: skip


def rate(server: Running) -> float:
    """Requests a second that eight connections get for the list."""
    cookie = signed_in(server, LOGIN, PASSWORD)
    path = f"/p/{PROJECT}{LIST}"
    together(server.port, cookie, 8, 1, lambda client, number: client.ask(path))
    taken = together(server.port, cookie, 8, 5, lambda client, number: client.ask(path))
    assert set(taken.statuses) == {200}, taken.statuses
    return taken.rate


def test_eight_at_once(figures: Figures, on_small: Served) -> None:
    one = figures.take("list of 50, 8 connections, one process", rate(on_small.running), "/s", 150, more=True)
    with serve_two(on_small.made.data) as server:
        two = figures.take("list of 50, 8 connections, two processes", rate(server), "/s", 270, more=True)
    held(one, two)
