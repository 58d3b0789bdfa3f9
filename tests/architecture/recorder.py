"""What an app does to its database, transaction by transaction, with the mode that was in force."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from reqtrack.db import db, mode
from tests.support.meter import FREE

CHANGES = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class Transaction:
    """One transaction: its statements in order, those that begin it too. ``end`` is commit or rollback, "" while it is open.

    ``writing``: the mode in force when it began, None where there was none. ``held``: whether the database itself refuses to write
    (SQLite's ``query_only``; None on PostgreSQL, where a statement of the transaction says so).
    """

    writing: bool | None
    statements: list[str] = field(default_factory=list)
    end: str = ""
    held: bool | None = None

    @property
    def changed(self) -> set[str]:
        """The tables that it inserts into, updates or deletes from."""
        return {found.group(1) for one in self.statements if (found := CHANGES.match(one))}

    @property
    def counted(self) -> list[str]:
        """The statements that a budget counts."""
        return [one for one in self.statements if not one.lstrip().startswith(FREE)]


class Recorder(list[Transaction]):
    """The transactions since the last ``clear()``."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._open: dict[int, Transaction] = {}
        # The statements that begin a transaction run before this recorder hears of it.
        self._early: dict[int, list[str]] = {}
        with app.app_context():
            self._engine = db.engine
        self._hooks = {
            "begin": self._begin,
            "before_cursor_execute": self._note,
            "commit": self._commit,
            "rollback": self._rollback,
        }
        for name, hook in self._hooks.items():
            event.listen(self._engine, name, hook)

    def stop(self) -> None:
        """Record no more."""
        for name, hook in self._hooks.items():
            event.remove(self._engine, name, hook)

    def _begin(self, connection: Any) -> None:
        now = mode()
        early = self._early.pop(id(connection), [])
        self._open[id(connection)] = Transaction(None if now is None else now.writing, early, held=_held(connection))
        self.append(self._open[id(connection)])

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        found = self._open.get(id(connection))
        (found.statements if found else self._early.setdefault(id(connection), [])).append(statement)

    def _commit(self, connection: Any) -> None:
        self._end(connection, "commit")

    def _rollback(self, connection: Any) -> None:
        self._end(connection, "rollback")

    def _end(self, connection: Any, how: str) -> None:
        found = self._open.pop(id(connection), None)
        if found is not None:
            found.end = how


def _held(connection: Any) -> bool | None:
    if connection.dialect.name != "sqlite":
        return None
    return bool(connection.connection.driver_connection.execute("PRAGMA query_only").fetchone()[0])


@contextmanager
def recording(app: Flask) -> Iterator[Recorder]:
    """Record what an app does inside the block."""
    recorder = Recorder(app)
    try:
        yield recorder
    finally:
        recorder.stop()
