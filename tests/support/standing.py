"""An app that stands while tests come and go: one for each kind of database and process, emptied for each test.

To make an app, and to warm what it keeps (statements, templates, connections), costs more than most tests do.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flask import Flask

from tests.support import apps, reader
from tests.support.databases import Database, PostgresDatabases, SqliteFiles

# In memory, where there is such a folder: what a test writes need not survive a power cut.
MEMORY = Path("/dev/shm")


class Standing:
    """A database that every test of a process gets empty, and the app on it."""

    def __init__(self, empty: Callable[[Path], Database], folder: Path) -> None:
        self._empty, self._folder = empty, folder
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
        reader.forget(self._app)
        self._app.extensions["reqtrack_limits"].storage.reset()
        self._app.extensions.pop("reqtrack_kept", None)
        return self._app

    def rest(self) -> None:
        """Give back every connection."""
        if self._app is not None:
            apps.close(self._app)

    def end(self) -> None:
        """Leave nothing behind."""
        self.rest()
        shutil.rmtree(self._folder.parent, ignore_errors=True)


def on_sqlite(files: SqliteFiles, folder: Path) -> Standing:
    """A file that is replaced by a fresh one."""
    if MEMORY.is_dir():
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="reqtrack-", dir=MEMORY))
    return Standing(files.copied, folder / "data")


def on_postgres(databases: PostgresDatabases, folder: Path) -> Standing:
    """A database whose rows are deleted."""
    return Standing(databases.emptied, folder / "data")
