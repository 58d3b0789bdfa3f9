"""Changes rows by hand, past every guard, as somebody with the database's own tools would; and puts them back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.support.databases import Database


class Hand:
    """A connection that no trigger, check or foreign key holds back."""

    def __init__(self, database: Database) -> None:
        self.url, self.sqlite = database.url, database.url.startswith("sqlite")
        self.reopen()

    def reopen(self) -> None:
        """Open the connection (again: a schema changed by hand is read then)."""
        if self.sqlite:
            self.raw: Any = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
            self.raw.execute("PRAGMA synchronous=OFF")
            self.raw.text_factory = bytes
            self.raw.execute("PRAGMA ignore_check_constraints=ON")
            self.raw.execute("PRAGMA foreign_keys=OFF")
        else:
            self.raw = psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)
            self.raw.execute("SET session_replication_role = replica")
            checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
            for table, name in self.run(checks):
                self.raw.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def run(self, sql: str, *values: Any) -> list[Any]:
        """Run a statement (placeholders are ``?``); the rows it gives."""
        cursor = self.raw.execute(sql if self.sqlite else sql.replace("?", "%s"), values)
        return list(cursor.fetchall()) if cursor.description else []

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """Take the triggers away, and put them back word for word. PostgreSQL's do not fire for this connection at all."""
        kept = self.run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'") if self.sqlite else []
        for name, _sql in kept:
            self.raw.execute(f"DROP TRIGGER {name.decode()}")
        try:
            yield
        finally:
            for _name, sql in kept:
                self.raw.execute(sql.decode())

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in order."""
        cursor = self.raw.execute(f"SELECT * FROM {table} LIMIT 0")
        return [column[0] for column in cursor.description]

    def close(self) -> None:
        self.raw.close()


def one_off(value: Any) -> Any:
    """A value that differs from another in one character (or, for numbers, by one)."""
    if value is None:
        return 1
    if isinstance(value, int):
        return value + 1
    text = value.decode() if isinstance(value, bytes) else value
    if not text:
        return "x"
    at = len(text) // 2
    swapped = chr(ord(text[at]) ^ 1)
    return (
        text[:at]
        + (swapped if swapped.isprintable() and swapped.isascii() == text[at].isascii() else "0")
        + text[at + 1 :]
    )
