"""What tests are given: a database of each kind, an app on it, a client, a served app, a browser.

``database`` (and with it ``app``, ``client``, ``world``) runs a test on SQLite and on PostgreSQL (there some of them in
``make test``, all in ``make check-all``); tests that drive a browser, and those marked ``sqlite``, run on SQLite alone. Every page
answered in any test is read strictly (support/reader.py).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import apps, reader, standing
from tests.support import browser as browsers
from tests.support.databases import Database, NoServer, PostgresDatabases, SqliteFiles, postgres_server
from tests.support.meter import Queries
from tests.support.servers import Server, serve
from tests.support.standing import Standing
from tests.support.world import World

CI = bool(os.environ.get("CI"))
PICTURES = Path(__file__).parent / "screenshots"
FAILED = pytest.StashKey[bool]()
# What is about the database itself, whole on each; of the others, see _left_for_all.
BOTH = ("tests.items.", "tests.harness.")
TURN = 10
SERVED = ("live_server", "windows", "zh_phone", "en_desktop")


# What the modules of product, libraries and tests hold lives as long as the process: to look it through for garbage again and again
# took a fifth of all tests' time.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench-out", metavar="FILE", help="where `make bench` keeps its table")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "stand" not in metafunc.fixturenames:
        return
    alone = metafunc.definition.get_closest_marker("sqlite") or set(SERVED) & set(metafunc.fixturenames)
    kinds: list[Any] = ["sqlite"]
    if not alone:
        kinds.append(pytest.param("postgres", marks=[pytest.mark.postgres, *_left_for_all(metafunc)]))
    metafunc.parametrize("stand", kinds, indirect=True)


def _left_for_all(metafunc: pytest.Metafunc) -> list[pytest.MarkDecorator]:
    """Whether PostgreSQL is asked in ``make test``: of each module the first test and each TURN-th; all of those marked ``both``
    and of the modules of BOTH; none of those marked ``costly``. The others are asked in ``make check-all``."""
    module = metafunc.module.__name__
    turn = _turns[module] = _turns.get(module, -1) + 1
    both = metafunc.definition.get_closest_marker("both") or module.startswith(BOTH)
    chosen = (both or turn % TURN == 0) and not metafunc.definition.get_closest_marker("costly")
    return [] if chosen else [pytest.mark.full]


_turns: dict[str, int] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if {"windows", "zh_phone", "en_desktop", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    # The longest first: one process drives the browser, another takes the walks, which share a prepared world and what was answered
    # in it (xdist gives each process a run of the list, as long as the others').
    browser = [item for item in items if item.get_closest_marker("browser")]
    walks = [item for item in items if item.path.parent.name == "architecture"]
    apart = {*browser, *walks}
    rest = iter([item for item in items if item not in apart])
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    parts[0] += browser
    parts[-1] += walks
    for number, part in enumerate(parts):
        until = len(items) * (number + 1) // processes - len(items) * number // processes
        part += islice(rest, max(until - len(part), 0))
    items[:] = [*chain(*parts), *rest]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was not run for want of a program."""
    wanting = [report for report in terminalreporter.stats.get("skipped", []) if "NOT RUN" in str(report.longrepr)]
    if wanting:
        terminalreporter.section("NOT RUN")
        reasons = {
            str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr) for report in wanting
        }
        for reason in sorted(reasons):
            terminalreporter.write_line(f"{len(wanting)} tests: {reason}")


def not_run(reason: str) -> None:
    """Leave a test out for want of a program, loudly; in CI that is a failure."""
    if CI:
        pytest.fail(reason)
    pytest.skip(f"NOT RUN: {reason}")


# -- databases ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Copies of a migrated SQLite file."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresDatabases]:
    """Clones of a migrated PostgreSQL database; its server is started by the first test that asks."""
    with postgres_server() as url:
        databases = PostgresDatabases(url, tmp_path_factory.mktemp("postgres"))
        yield databases
        databases.close()


@pytest.fixture(scope="session")
def standing_sqlite(sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The app on SQLite that tests take in turn."""
    made = standing.on_sqlite(sqlite_files, tmp_path_factory.mktemp("standing"))
    yield made
    made.end()


@pytest.fixture(scope="session")
def standing_postgres(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """The app on PostgreSQL that tests take in turn."""
    made = standing.on_postgres(postgres_databases, tmp_path_factory.mktemp("standing"))
    yield made
    made.end()


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Standing:
    """The database that this run of a test is for, with its app."""
    try:
        return request.getfixturevalue(f"standing_{request.param}")
    except NoServer:
        not_run("there is no PostgreSQL for this machine; name one in TEST_DATABASE_URL")
        raise


@pytest.fixture
def database(stand: Standing) -> Iterator[Database]:
    """An empty database with all tables; a test that asks for it runs once on each kind."""
    yield stand.fresh()
    stand.rest()


# -- apps --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def make_app(database: Database) -> Iterator[Callable[..., Flask]]:
    """Make an app on the test's database, with settings of one's own; all are closed, and what they answered is read."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(apps.make(database.url, database.data, **settings))
        return made[-1]

    yield make
    for app in made:
        apps.close(app)
    _sound(made)


def _sound(answered: list[Flask]) -> None:
    complaints = [line for app in answered for line in reader.complaints_of(app)]
    assert not complaints, "\n".join(["Pages that are not sound:", *complaints])


@pytest.fixture
def app(stand: Standing, database: Database) -> Iterator[Flask]:
    """The app on an empty database. It serves other tests too: change nothing of it that is not put back."""
    made = stand.app(database)
    yield made
    _sound([made])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that nobody signed in with; ``world.client(login)`` gives one of somebody."""
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> World:
    """People, projects and items, made through the actions."""
    return World(app)


@pytest.fixture
def queries(app: Flask) -> Iterator[Queries]:
    """The statements the app runs from here on (``clear()`` begins anew)."""
    counted = Queries(app)
    yield counted
    counted.stop()


# -- browsers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def live_server(app: Flask) -> Iterator[Server]:
    """The app, served on a free port, with a worker for its jobs."""
    with serve(app) as server:
        yield server


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One headless Chromium for all tests of a process."""
    program = browsers.chromium()
    if program is None:
        not_run("there is no chromium; install the package and run the tests again")
        return
    with browsers.launch(program, tmp_path_factory.mktemp("browser")) as launched:
        yield launched


@pytest.fixture
def windows(request: pytest.FixtureRequest, browser: Any, live_server: Server) -> Iterator[browsers.Windows]:
    """Windows on the served app, for tests with several people. What goes wrong in one fails the test."""
    opened = browsers.Windows(browser, live_server.url)
    yield opened
    if request.node.stash.get(FAILED, False):
        name = "".join(sign if sign.isalnum() else "-" for sign in request.node.name)
        for picture in opened.pictures(PICTURES, name):
            print(f"picture: {picture}")
    opened.close()
    assert not opened.complaints, "\n".join(["In the browser:", *opened.complaints])


@pytest.fixture
def zh_phone(windows: browsers.Windows) -> Any:
    """A page on a phone of 390 × 844 that speaks Chinese."""
    return windows.open(browsers.ZH_PHONE)


@pytest.fixture
def en_desktop(windows: browsers.Windows) -> Any:
    """A page on a desktop of 1280 × 800 that speaks English."""
    return windows.open(browsers.EN_DESKTOP)
