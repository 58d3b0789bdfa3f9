"""Raw rows, as the database holds them: no type of ours is applied, and nothing that was put there by hand makes it stop."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from reqtrack.db import db

BATCH = 1_000
Row = dict[str, Any]


class Unreadable(Exception):
    """The database could not give the rows of a table."""

    def __init__(self, table: str, why: str) -> None:
        super().__init__(f"{table}: {why}")
        self.table, self.why = table, why


class Reader:
    """Reads tables in one transaction. Made by ``opened()``."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name

    def rows(self, table: str, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """The rows that a statement gives, as dicts, a batch at a time.

        Raises:
            Unreadable: the database refuses, or the file is damaged.
        """
        try:
            yield from self._sqlite(sql, values or {}) if self.dialect == "sqlite" else self._other(sql, values or {})
        except Unreadable:
            raise
        except Exception as problem:  # noqa: BLE001 - a damaged file may raise anything; it must become a finding
            raise Unreadable(
                table, str(problem).splitlines()[0][:300] if str(problem) else type(problem).__name__
            ) from None

    def _sqlite(self, sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
        given = 0
        for tolerant in (False, True):
            try:
                for number, row in enumerate(self._read(sql, values, tolerant)):
                    if number >= given:
                        given += 1
                        yield row
                return
            except sqlite3.OperationalError as problem:
                # Text that is not UTF-8: begin again, a little slower, with its odd bytes kept apart.
                if tolerant or "decode" not in str(problem):
                    raise

    def _read(self, sql: str, values: Mapping[str, Any], tolerant: bool) -> Iterator[Row]:
        driver: Any = self.connection.connection.driver_connection
        cursor = driver.cursor()
        try:
            cursor.execute(sql, dict(values))
            names = [column[0] for column in cursor.description]
            while True:
                # Set around each batch: readers of several tables take turns on one connection.
                before, driver.text_factory = driver.text_factory, _tolerant if tolerant else str
                try:
                    batch = cursor.fetchmany(BATCH)
                finally:
                    driver.text_factory = before
                if not batch:
                    return
                for row in batch:
                    yield dict(zip(names, row, strict=True))
        finally:
            cursor.close()

    def _other(self, sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
        result = self.connection.execute(text(sql), dict(values), execution_options={"yield_per": BATCH})
        names = list(result.keys())
        for row in result:
            yield dict(zip(names, row, strict=True))

    def values(self, table: str, sql: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The first column of the rows that a statement gives."""
        return [next(iter(row.values())) for row in self.rows(table, sql, values)]


@contextmanager
def opened() -> Iterator[Reader]:
    """A reader in the current transaction. On SQLite, text that is not UTF-8 is read with its odd bytes kept apart."""
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        yield Reader(connection)
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, _tolerant  # for what the areas' own queries read meanwhile
    try:
        yield Reader(connection)
    finally:
        driver.text_factory = before


def _tolerant(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
