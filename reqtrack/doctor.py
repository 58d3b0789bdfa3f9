"""What an installation stands on, checked: used by ``reqtrack doctor`` and ``/readyz``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from reqtrack.db import check_sqlite, db
from reqtrack.jobs import queue
from reqtrack.migrations import migrations


@dataclass(frozen=True)
class Finding:
    """One check: ``critical`` ones decide whether the installation is ready."""

    name: str
    ok: bool
    detail: str
    critical: bool = True


def findings(app: Flask) -> list[Finding]:
    """Database, its settings, migrations, storage, worker (needs a reading transaction)."""
    return [_database(app), _migrations(), _storage(app), _worker()]


def _database(app: Flask) -> Finding:
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return Finding("database", True, "PostgreSQL answers")
    wrong = check_sqlite(connection)
    return Finding("database", not wrong, "; ".join(wrong) or "SQLite, WAL, synchronous FULL, foreign keys on")


def _migrations() -> Finding:
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(migrations()).get_current_head()
    mark = db.session.execute(text("SELECT version_num FROM migration_mark")).scalar()
    return Finding("migrations", mark == head, f"at {mark}, newest is {head}")


def _storage(app: Flask) -> Finding:
    data: Path = app.config["SETTINGS"].data
    return Finding("storage", os.access(data, os.W_OK), str(data))


def _worker() -> Finding:
    alive = queue.alive()
    return Finding("worker", alive, "a worker beats" if alive else "no worker beat lately", critical=False)
