"""The text checker: its report over 10 000 requirements, first, kept, and anew after a write; one statement while it is typed."""

from __future__ import annotations

import statistics
import time

import pytest

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import reading
from reqtrack.requirements import queries, text_pages
from reqtrack.requirements.text.check import _checked
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import LOGIN, PROJECT, Prepared, app_on
from tests.benchmarks.figures import Figures, held
from tests.requirements.text.labelled import labelled
from tests.support.world import OPERATOR

pytestmark = pytest.mark.bench
PAGE = "/scope/text"


def test_the_report(figures: Figures, on_small: Served) -> None:
    begun = on_small.running.cpu()
    status, body = on_small.client.ask(f"/p/{PROJECT}{PAGE}")
    first = (on_small.running.cpu() - begun) * 1000
    assert status == 200 and b"rq-found" in body
    kept = on_small.ask(PAGE, f"{PAGE}?rule=no_actor", number=30)
    held(
        figures.take(
            "text report, 10 000 requirements: the first page after a start",
            first,
            "ms",
            note="each statement is read once in the life of a process",
        ),
        figures.take(
            "text report, 10 000 requirements: its page", kept.median, "ms", 150, note=f"CPU {kept.cpu:.1f} ms"
        ),
    )


def test_the_report_after_a_write(figures: Figures, small: Prepared) -> None:
    with app_on(small.data) as app, app.app_context():
        with reading():
            actor = actor_of(user_by_login(LOGIN))[0]
            project = project_for(OPERATOR, PROJECT)
            queries.report(actor, project.id)
        app.extensions.pop("reqtrack_kept", None)  # as a write leaves it
        with reading():
            start = time.process_time()
            assert queries.report(actor, project.id).read > 9_000
            taken = (time.process_time() - start) * 1000
    held(figures.take("text report, 10 000 requirements: read anew after a write: CPU", taken, "ms", 1500))


def test_one_statement_while_it_is_typed(figures: Figures, small: Prepared) -> None:
    # As long as none should be: a dozen sentences, in both languages.
    statement = " ".join(one.sentence for language in ("en", "zh") for one in labelled(language)[120:126])
    times = []
    for number in range(40):
        _checked.cache_clear()
        start = time.perf_counter()
        assert text_pages.hints(OPERATOR, f"{statement} {number}", [])
        times.append((time.perf_counter() - start) * 1000)
    note = f"{len(statement)} characters"
    held(figures.take("text check: a long statement while it is typed", statistics.median(times), "ms", 50, note=note))
