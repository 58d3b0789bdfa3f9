"""The usual cast, told once: a process keeps the rows that telling it made, and puts them into later empty databases.

The rows are the very ones that the actions wrote, with their events and seals; only that they are written anew is saved.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import column, func, insert, select, table, text
from sqlalchemy.engine import Connection

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.db import Base, db, reading, writing

# By the kind of database: what the teller knows, and the rows of each table in the order of their foreign keys.
_kept: dict[str, tuple[Any, dict[str, list[dict[str, Any]]]]] = {}


def empty(app: Flask) -> bool:
    """Whether nothing was ever done in the database of an app, and its clock is the real one (else ages would differ)."""
    if clock.is_told():
        return False
    with app.app_context(), reading():
        return db.session.execute(select(func.count()).select_from(Event)).scalar_one() == 0


def keep(app: Flask, known: Any) -> None:
    """Keep all rows of the database of an app, and what the teller knows of them."""
    with app.app_context(), reading():
        connection = db.session.connection()
        rows = {
            one.name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{one.name}"')).mappings()]
            for one in Base.metadata.sorted_tables
        }
        _kept[connection.dialect.name] = known, {name: found for name, found in rows.items() if found}


def told(app: Flask) -> Any:
    """What the teller knows, when the rows were kept: they are in the database of the app now. Else None."""
    with app.app_context(), writing():
        connection = db.session.connection()
        if connection.dialect.name not in _kept:
            return None
        known, rows = _kept[connection.dialect.name]
        for name, found in rows.items():
            connection.execute(insert(table(name, *map(column, found[0]))), found)
            _count_on(connection, name, found)
        return known


def _count_on(connection: Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """Let PostgreSQL number the next row after these."""
    if connection.dialect.name != "postgresql" or not isinstance(rows[0].get("id"), int):
        return
    sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
    connection.execute(sequence, {"name": name, "last": max(row["id"] for row in rows)})
