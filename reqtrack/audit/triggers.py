"""Triggers that refuse UPDATE and DELETE on append-only tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterable

MESSAGE = "this table is append-only"


def names(table: str) -> tuple[str, str]:
    """The names of the two triggers of a table."""
    return f"{table}_no_update", f"{table}_no_delete"


def create(dialect: str, tables: Iterable[str]) -> list[str]:
    """The statements that guard tables."""
    statements = []
    if dialect == "postgresql":
        statements.append(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
    for table in tables:
        for name, verb in zip(names(table), ("UPDATE", "DELETE"), strict=True):
            if dialect == "postgresql":
                statements.append(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
            else:
                statements.append(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
    return statements
