"""The database as a meter: the statements that an app runs."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import event

from reqtrack.db import db

# The transaction's own, which no query budget counts.
FREE = ("BEGIN", "PRAGMA", "SET TRANSACTION", "SAVEPOINT", "RELEASE", "ROLLBACK TO", "SELECT pg_advisory_xact_lock")


class Queries(list[str]):
    """The statements run since the last ``clear()``, in order, by an app that has kept nothing of its projects in memory yet
    (audit/kept.py): what is asked does not hang on what was asked before."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app
        with app.app_context():
            self._engine = db.engine
        event.listen(self._engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not statement.lstrip().startswith(FREE):
            self.append(statement)

    def clear(self) -> None:
        """Begin anew."""
        super().clear()
        self._app.extensions.pop("reqtrack_kept", None)

    def stop(self) -> None:
        """Count no more."""
        event.remove(self._engine, "before_cursor_execute", self._note)
