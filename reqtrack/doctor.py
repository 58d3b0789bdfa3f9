"""What an installation stands on, checked: used by ``reqtrack doctor`` and ``/readyz``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from reqtrack.db import check_sqlite, db, reading, rollback
from reqtrack.errors import Reason
from reqtrack.jobs import queue
from reqtrack.migrations import revisions

MARK = "migration_mark"
# Enough to tell our tables from those of others.
OURS = {MARK, "versions", "events", "memberships"}


@dataclass(frozen=True)
class Finding:
    """One check: ``critical`` ones decide whether the installation is ready."""

    name: str
    ok: bool
    detail: str
    critical: bool = True


def findings(app: Flask) -> list[Finding]:
    """Database, its settings, migrations, storage, worker (needs a reading transaction). What cannot be looked at is not well."""
    checks: dict[str, Callable[[Flask], Finding]] = {
        "database": _database, "migrations": _migrations, "storage": _storage, "worker": _worker
    }  # fmt: skip
    return [_looked(name, check, app) for name, check in checks.items()]


def _looked(name: str, check: Callable[[Flask], Finding], app: Flask) -> Finding:
    try:
        return check(app)
    except (SQLAlchemyError, RuntimeError, OSError) as error:
        rollback()
        return Finding(name, False, short(error))


def short(error: BaseException) -> str:
    """The first line of what went wrong, without the statement that was run."""
    told = str(getattr(error, "orig", None) or error).strip()
    return told.splitlines()[0] if told else type(error).__name__


def unready(app: Flask) -> Reason | None:
    """Why there is no working with the database as it is; None when there is nothing against it."""
    try:
        with reading():
            connection = db.session.connection()
            names = set(inspect(connection).get_table_names())
            mark = (
                connection.execute(text("SELECT version_num FROM migration_mark")).scalar() if MARK in names else None
            )
    except (SQLAlchemyError, RuntimeError, OSError) as error:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).render_as_string(hide_password=True)
        return Reason(
            "unreadable", "The database cannot be read: %(why)s (%(url)s).", {"why": short(error), "url": url}
        )
    known = revisions()
    if not names & OURS:
        return Reason("empty", "There is nothing in this database yet. Make its tables: reqtrack init")
    if mark is None:
        return Reason("unmarked", "The database does not say which tables it has: its migration mark is missing.")
    if mark not in known:
        message = "The database is at %(mark)s, which this program does not know: a newer one made it."
        return Reason("newer", message, {"mark": mark})
    if mark != known[-1]:
        message = "The database is at %(mark)s, this program wants %(newest)s. Run: reqtrack db upgrade"
        return Reason("behind", message, {"mark": mark, "newest": known[-1]})
    return None


def _database(app: Flask) -> Finding:
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return Finding("database", True, "PostgreSQL answers")
    wrong = check_sqlite(connection)
    return Finding("database", not wrong, "; ".join(wrong) or "SQLite, WAL, synchronous FULL, foreign keys on")


def _migrations(app: Flask) -> Finding:
    newest = revisions()[-1]
    mark = db.session.execute(text("SELECT version_num FROM migration_mark")).scalar()
    return Finding("migrations", mark == newest, f"at {mark}, newest is {newest}")


def _storage(app: Flask) -> Finding:
    data: Path = app.config["SETTINGS"].data
    return Finding("storage", os.access(data, os.W_OK), str(data))


def _worker(app: Flask) -> Finding:
    alive = queue.alive()
    return Finding("worker", alive, "a worker beats" if alive else "no worker beat lately", critical=False)
