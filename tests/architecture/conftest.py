"""The prepared world on each database: shared by the walks that only read, one of their own for those that write."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from reqtrack.web.area import ROUTES, Area
from tests.architecture.harbour import plant
from tests.architecture.prepared import Prepared, fill
from tests.conftest import not_run
from tests.support import apps
from tests.support.databases import NoServer, PostgresDatabases, SqliteFiles
from tests.support.standing import renew
from tests.support.world import World

# A rule of the program is walked on SQLite, in `make check-all` on PostgreSQL, too. What the database itself keeps names
# BOTH, or POSTGRES alone.
KINDS = ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.full])]
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
ALL = [pytest.param("sqlite", marks=pytest.mark.full), KINDS[1]]
POSTGRES = [pytest.param("sqlite", marks=pytest.mark.full), BOTH[1]]


@contextmanager
def on_sqlite(files: SqliteFiles, folder: Path) -> Iterator[Prepared]:
    """The prepared world on SQLite, made anew."""
    folder.mkdir()
    app = apps.make(files.copied(folder).url, folder)
    yield fill(app)
    apps.close(app)


@contextmanager
def on_postgres(databases: PostgresDatabases, folder: Path) -> Iterator[Prepared]:
    """The prepared world on PostgreSQL, made anew."""
    with databases.fresh(folder) as database:
        app = apps.make(database.url, folder)
        yield fill(app)
        apps.close(app)


@contextmanager
def copied(shared: Prepared, folder: Path) -> Iterator[Prepared]:
    """A copy of a prepared world on SQLite."""
    apps.close(shared.app)  # the last connection that closes leaves one whole file
    shutil.copytree(shared.app.config["SETTINGS"].data, folder)
    with _as_copied(shared, f"sqlite:///{folder / 'reqtrack.sqlite3'}", folder) as made:
        yield made


@contextmanager
def copied_on_postgres(shared: Prepared, databases: PostgresDatabases, folder: Path) -> Iterator[Prepared]:
    """A copy of a prepared world on PostgreSQL."""
    settings = shared.app.config["SETTINGS"]
    apps.close(shared.app)
    shutil.copytree(settings.data, folder)
    with (
        databases.fresh(folder, like=settings.database_url) as database,
        _as_copied(shared, database.url, folder) as made,
    ):
        yield made


@contextmanager
def _as_copied(shared: Prepared, url: str, folder: Path) -> Iterator[Prepared]:
    app = apps.make(url, folder)
    yield _in(app, shared)
    apps.close(app)


def _in(app: Flask, shared: Prepared) -> Prepared:
    world = World(app)
    world.people, world.sites, world._hash = dict(shared.world.people), dict(shared.world.sites), shared.world._hash
    return replace(shared, app=app, world=world, walked={})


class Copies:
    """Copies of a prepared world on SQLite, one after the other in the same place, on an app that keeps what it has learned (its
    statements and templates: to learn them anew took longer than most walks)."""

    def __init__(self, shared: Prepared, folder: Path) -> None:
        self._shared, self._folder = shared, folder
        self._app: Flask | None = None

    def fresh(self) -> Prepared:
        """A copy in the place of the one before it."""
        self.rest()
        apps.close(self._shared.app)
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._shared.app.config["SETTINGS"].data, self._folder)
        if self._app is None:
            self._app = apps.make(f"sqlite:///{self._folder / 'reqtrack.sqlite3'}", self._folder)
        renew(self._app)
        return _in(self._app, self._shared)

    def rest(self) -> None:
        """Give back every connection."""
        if self._app is not None:
            apps.close(self._app)


@pytest.fixture(scope="session")
def copies(sqlite_shared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Copies of the shared one on SQLite, for tests in turn."""
    return Copies(sqlite_shared, tmp_path_factory.mktemp("own") / "data")


@pytest.fixture(scope="session")
def sqlite_shared(sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The one on SQLite that walks share."""
    with on_sqlite(sqlite_files, tmp_path_factory.mktemp("house") / "data") as made:
        yield made


@pytest.fixture(scope="session")
def postgres_shared(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prepared]:
    """The one on PostgreSQL that walks share."""
    with on_postgres(postgres_databases, tmp_path_factory.mktemp("house") / "data") as made:
        yield made


@pytest.fixture(scope="session")
def harbour(
    sqlite_shared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Prepared, dict[str, str]]]:
    """A copy of that on SQLite with somebody in it whom few know, to be read only; and the keys of what is theirs."""
    with copied(sqlite_shared, tmp_path_factory.mktemp("harbour") / "data") as made:
        yield made, plant(made)


def _shared(request: pytest.FixtureRequest, kind: str) -> Prepared:
    try:
        return request.getfixturevalue(f"{kind}_shared")
    except NoServer:
        not_run("there is no PostgreSQL for this machine; name one in TEST_DATABASE_URL")
        raise


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest) -> Prepared:
    """The shared prepared world on each database, to be read only."""
    return _shared(request, request.param)


@pytest.fixture
def sqlite_house(sqlite_shared: Prepared) -> Prepared:
    """The shared prepared world on SQLite, for rules that know nothing of databases."""
    return sqlite_shared


@pytest.fixture(params=KINDS)
def own_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A prepared world of the test's own, on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("own_sqlite_house")
        return
    shared = _shared(request, "postgres")
    with copied_on_postgres(shared, request.getfixturevalue("postgres_databases"), tmp_path / "own") as made:
        yield made


@pytest.fixture
def own_sqlite_house(copies: Copies) -> Iterator[Prepared]:
    """A prepared world of the test's own, on SQLite. Its app serves other tests too: change nothing of it that is not put back."""
    yield copies.fresh()
    copies.rest()


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Flask], None]], None]]:
    """Plant something in every app made from here on: ``plant(app)`` is called while it is assembled, before it is checked.

    Routes are planted by an Area named ``planted``, so that they can be pulled up again.
    """

    def plant(what: Callable[[Flask], None]) -> None:
        import reqtrack.demo

        monkeypatch.setattr(reqtrack.demo, "init", what, raising=False)

    yield plant
    for endpoint in [one for one in ROUTES if one.startswith("planted.")]:
        del ROUTES[endpoint]


@pytest.fixture
def planted_house(
    sqlite_shared: Prepared, tmp_path: Path, planted: Callable[[Callable[[Flask], None]], None]
) -> Iterator[Callable[[Area], Prepared]]:
    """A prepared world of the test's own on SQLite whose app has the routes of one more area, named ``planted``."""
    with ExitStack() as left:

        def make(area: Area) -> Prepared:
            assert area.name == "planted"
            planted(lambda app: app.register_blueprint(area))
            return left.enter_context(copied(sqlite_shared, tmp_path / "planted"))

        yield make
