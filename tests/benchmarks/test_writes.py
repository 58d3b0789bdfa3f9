"""Creating over REST: one after another, and eight at once on each database, with nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, pool, text

from tests.benchmarks import databases
from tests.benchmarks.clients import Client, Taken, as_json, together
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import PROJECT, Prepared, app_on, fill, new_name
from tests.benchmarks.figures import Figures, held
from tests.benchmarks.processes import Running, serve
from tests.support.databases import NoServer, PostgresDatabases, postgres_server

pytestmark = pytest.mark.bench
PATH = f"/api/v1/projects/{PROJECT}/requirements"
STATEMENT = "The system shall keep each order with its customer. 系统应当保存每个订单及其客户。"
WRITERS, SECONDS = 8, 10


def body(title: str) -> bytes:
    return as_json({"title": title, "statement": STATEMENT, "tier": "should"})


def headers(made: Prepared) -> str:
    return f"Authorization: Bearer {made.token}\r\n"


def create(client: Client, number: int) -> tuple[int, bytes]:
    return client.ask(PATH, "POST", body(new_name(number)))


def test_one_after_another(figures: Figures, on_small: Served) -> None:
    taken = together(on_small.running.port, headers(on_small.made), 1, 4, create)
    assert set(taken.statuses) == {201}, taken.statuses
    held(figures.take("create over REST, SQLite: median", taken.median, "ms", 15, note=f"p95 {taken.p95:.1f} ms"))


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Prepared, str]]:
    """The product on a PostgreSQL that keeps what it acknowledged, with a small project."""
    folder = tmp_path_factory.mktemp("postgres")
    try:
        with postgres_server() as url:
            made = PostgresDatabases(url, folder)
            _durable(url)
            with made.fresh() as database:
                with app_on(folder / "app", database.url) as app:
                    prepared = Prepared(folder / "app", fill(app, 100))
                with serve(prepared.data, DATABASE_URL=database.url, SECRET_KEY=databases.SECRET) as running:
                    yield running, prepared, database.url
            made.close()
    except NoServer:
        pytest.fail("there is no PostgreSQL for this machine; name one in TEST_DATABASE_URL")


def _durable(url: str) -> None:
    """Take back what makes the tests' server quick."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT",
                           poolclass=pool.NullPool)  # fmt: skip
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM RESET {name}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")


def eight(running: Running, made: Prepared) -> tuple[Taken, set[str]]:
    """Eight writers; the titles of what was acknowledged."""
    acknowledged: set[str] = set()

    def write(client: Client, number: int) -> tuple[int, bytes]:
        title = new_name(number)
        status, answer = client.ask(PATH, "POST", body(title))
        if status == 201:
            acknowledged.add(title)
        return status, answer

    return together(running.port, headers(made), WRITERS, SECONDS, write), acknowledged


def told(figures: Figures, name: str, taken: Taken, acknowledged: set[str], url: str) -> None:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        kept = set(connection.execute(text("SELECT title FROM items WHERE title LIKE 'Written %'")).scalars())
        twins = connection.execute(
            text("SELECT count(*) - count(DISTINCT number) FROM items WHERE kind = 'requirement'")
        )
        assert twins.scalar() == 0
    errors = sum(number for status, number in taken.statuses.items() if status != 201)
    held(
        figures.take(f"8 writers, 10 s, {name}: errors", errors, "", 0, note=f"{taken.rate:.0f} written a second"),
        figures.take(f"8 writers, 10 s, {name}: lost", len(acknowledged - kept), "", 0),
        figures.take(f"8 writers, 10 s, {name}: p95", taken.p95, "ms", 100, note=f"p50 {taken.median:.1f} ms"),
    )


def test_eight_writers_on_sqlite(figures: Figures, on_small: Served) -> None:
    path: Path = on_small.made.data / "reqtrack.sqlite3"
    told(figures, "SQLite", *eight(on_small.running, on_small.made), f"sqlite:///{path}")


def test_eight_writers_on_postgresql(figures: Figures, on_postgres: tuple[Running, Prepared, str]) -> None:
    running, made, url = on_postgres
    told(figures, "PostgreSQL", *eight(running, made), url)
