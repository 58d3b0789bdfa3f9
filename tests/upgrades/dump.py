"""Keeps the demo's database as the newest migration leaves it: ``python -m tests.upgrades.dump`` writes one file, the same
whenever it is run on the same program.

A dump is lines of JSON, so that it can be loaded into each kind of database: first what is told of the whole, then for each
table its name and columns, and its rows. The search index, which each database has in its own way, is a table ``search``.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, create_engine, inspect, pool

from reqtrack import create_app
from reqtrack.db import Base
from reqtrack.demo import actions as demo
from reqtrack.items.search import TABLES
from reqtrack.migrations import migrations
from reqtrack.signoff import stamps
from tests.support.apps import close
from tests.upgrades.states import States, states

FOLDER = Path(__file__).parent
SEARCH = {
    "sqlite": (
        "INSERT INTO search_texts (item_id, project_id, folded) VALUES (?, ?, ?)",
        "INSERT INTO search_index (rowid, words) VALUES (?, ?)",
    ),
    "postgresql": (
        "INSERT INTO search_texts (item_id, project_id, folded, words) VALUES (%s, %s, %s, to_tsvector('simple', %s))",
    ),
}


@dataclass
class Dump:
    """A database at a revision, and how its signatures and results stood."""

    revision: str
    states: States
    # name → (columns, rows), a table after those that it refers to
    tables: dict[str, tuple[list[str], list[list[Any]]]]

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.revision}.jsonl.gz"


def revisions() -> list[str]:
    """The migrations, oldest first."""
    script = ScriptDirectory.from_config(migrations())
    return [one.revision for one in script.walk_revisions()][::-1]


# -- making ------------------------------------------------------------------------------------------------------------


def unstamped() -> None:
    """Signatures as those of before there were seal keys: keys are drawn by lot, and no dump holds them."""
    stamps.stamp = lambda row: None  # type: ignore[assignment]


@contextmanager
def no_chance() -> Iterator[None]:
    """Make what is drawn by lot the same each time: salts and passwords of a database that is nobody's."""
    kept, drawn = (os.urandom, random._urandom), random.Random(1)  # type: ignore[attr-defined]
    os.urandom = random._urandom = drawn.randbytes  # type: ignore[attr-defined]
    try:
        yield
    finally:
        os.urandom, random._urandom = kept  # type: ignore[attr-defined]


def make() -> Dump:
    """Load the demo into a new database and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reqtrack.sqlite3"
        app = create_app({"data": Path(folder), "testing": True, "cheap_passwords": True})
        try:
            with app.app_context():
                command.upgrade(migrations(), "head")
                unstamped()
                with no_chance():
                    demo.load(Path(folder))
            found = states(app)
        finally:
            close(app)
        return Dump(revisions()[-1], found, _tables(path))


def _tables(path: Path) -> dict[str, tuple[list[str], list[list[Any]]]]:
    raw = sqlite3.connect(path)
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [column.name for column in table.columns]
        order = ", ".join(column.name for column in table.primary_key)
        rows = raw.execute(f"SELECT {_names(columns)} FROM {table.name} ORDER BY {order}").fetchall()
        if rows:
            found[table.name] = (columns, [list(row) for row in rows])
    columns, rows = found["users"]
    for row in rows:
        row[columns.index("password")] = ""  # nobody signs in with a kept password
    index = (
        "SELECT item_id, project_id, folded, words FROM search_texts JOIN search_index ON item_id = search_index.rowid"
    )
    found["search"] = (
        ["item_id", "project_id", "folded", "words"],
        [list(row) for row in raw.execute(f"{index} ORDER BY item_id")],
    )
    raw.close()
    assert TABLES == ("search_texts", "search_index")
    return found


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def write(dump: Dump, path: Path) -> None:
    """Write a dump, the same bytes for the same content."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        for line in _lines(dump):
            packed.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _lines(dump: Dump) -> Iterator[Any]:
    yield {"revision": dump.revision, "states": dump.states}
    for name, (columns, rows) in dump.tables.items():
        yield {"table": name, "columns": columns}
        yield from rows


# -- loading -----------------------------------------------------------------------------------------------------------


def read(revision: str) -> Dump:
    """The dump that is kept of a revision."""
    with gzip.open(FOLDER / f"{revision}.jsonl.gz") as file:
        lines = [json.loads(line) for line in io.TextIOWrapper(file, "utf-8")]
    dump = Dump(lines[0]["revision"], lines[0]["states"], {})
    rows: list[list[Any]] = []
    for line in lines[1:]:
        if isinstance(line, dict):
            rows = []
            dump.tables[line["table"]] = (line["columns"], rows)
        else:
            rows.append(line)
    return dump


def clear(url: str) -> None:
    """Take every table out of a PostgreSQL database."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


def load(dump: Dump, url: str) -> None:
    """Put a dump's rows into the empty tables of its revision, as they are."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        dialect = connection.dialect.name
        mark = "?" if dialect == "sqlite" else "%s"
        for name, (columns, rows) in dump.tables.items():
            if name == "search":
                for item_id, project_id, folded, words in rows:
                    for statement in SEARCH[dialect]:
                        found = {"item_id": item_id, "rowid": item_id, "project_id": project_id, "folded": folded}
                        names = statement.partition("(")[2].partition(")")[0].split(", ")
                        connection.exec_driver_sql(statement, tuple(found.get(one, words) for one in names))
                continue
            truths = [
                columns.index(one["name"])
                for one in inspect(connection).get_columns(name)
                if isinstance(one["type"], Boolean)
            ]
            for row in rows:
                for at in truths:
                    row[at] = None if row[at] is None else bool(row[at])
            marks = ", ".join([mark] * len(columns))
            insert = f"INSERT INTO {name} ({_names(columns)}) VALUES ({marks})"
            connection.exec_driver_sql(insert, [tuple(row) for row in rows])
            if dialect == "postgresql" and "id" in columns:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                )
    engine.dispose()


def main() -> None:
    """Write the dump of the newest migration."""
    dump = make()
    write(dump, dump.path)
    rows = sum(len(rows) for _, rows in dump.tables.values())
    print(f"{dump.path.name}: {rows} rows of {len(dump.tables)} tables, {dump.path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    sys.exit(main())
