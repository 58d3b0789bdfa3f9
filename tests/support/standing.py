"""An app that stands while tests come and go: one for each kind of database and process, emptied for each test.

To make an app, and to warm what it keeps (statements, templates, connections), costs more than most tests do.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from reqtrack.db import db
from tests.support import apps, reader
from tests.support.databases import STAYS, Database, PostgresDatabases, SqliteFiles

# In memory, where there is such a folder: what a test writes need not survive a power cut.
MEMORY = Path("/dev/shm")


class Standing:
    """A database that every test of a process gets empty, and the app on it."""

    def __init__(self, empty: Callable[[Path], Database], folder: Path, files: bool) -> None:
        self._empty, self._folder, self._files = empty, folder, files
        self._app: Flask | None = None

    def fresh(self) -> Database:
        """The database, emptied, with an empty folder of data."""
        self.rest()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return self._empty(self._folder)

    def app(self, database: Database) -> Flask:
        """The app, as if it had just been made."""
        if self._app is None:
            self._app = apps.make(database.url, database.data)
            if not self._files:
                _stay(self._app)
        renew(self._app)
        return self._app

    def rest(self) -> None:
        """Give back every connection; a file is closed, a server's are kept for the next test with all they learned."""
        if self._app is None:
            return
        if self._files:
            apps.close(self._app)
        else:
            with self._app.app_context():
                db.session.remove()

    def end(self) -> None:
        """Leave nothing behind."""
        if self._app is not None:
            apps.close(self._app)
        shutil.rmtree(self._folder.parent, ignore_errors=True)


def renew(app: Flask) -> None:
    """Let an app forget what it kept in memory of a database that is another one now."""
    reader.forget(app)
    app.extensions["reqtrack_limits"].storage.reset()
    app.extensions.pop("reqtrack_kept", None)


def _stay(app: Flask) -> None:
    """Let the connections of an app outlive a test, and what they prepared a rollback: the next test asks the same."""
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "connect")
    def connect(raw: psycopg.Connection, record: Any) -> None:
        raw.execute(f"SET application_name = '{STAYS}'")
        raw.commit()
        raw.prepare_threshold, raw.prepared_max = 0, 2_000

    def roll_back(raw: Any) -> None:
        # psycopg itself would forget what it prepared, for the tables might be others now: these are not.
        if raw.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            raw.pgconn.exec_(b"ROLLBACK")
        raw.rollback()

    engine.dialect.do_rollback = roll_back  # type: ignore[assignment]


def on_sqlite(files: SqliteFiles, folder: Path) -> Standing:
    """A file that is replaced by a fresh one."""
    if MEMORY.is_dir():
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="reqtrack-", dir=MEMORY))
    return Standing(files.copied, folder / "data", files=True)


def on_postgres(databases: PostgresDatabases, folder: Path) -> Standing:
    """A database whose rows are deleted."""
    return Standing(databases.emptied, folder / "data", files=False)
