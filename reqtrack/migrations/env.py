"""How migrations run: on an engine of their own (foreign keys off on SQLite, see below), one transaction for all of them."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool, text

from reqtrack.db import Base
from reqtrack.items.search import TABLES


def include(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave the search tables (and those FTS5 makes) out of the comparison with the models."""
    return not (kind == "table" and (name or "").startswith(TABLES))


def run() -> None:
    engine = create_engine(current_app.config["SQLALCHEMY_DATABASE_URI"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # A batch ALTER of a parent table with foreign keys on deletes its children (STACK.md); off is the driver's default.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            include_object=include,
            version_table="migration_mark",
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"the migration broke references: {broken[:5]}")
        connection.commit()


run()
