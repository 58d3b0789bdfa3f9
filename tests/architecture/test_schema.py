"""Rule 4: what a stage implies is in the schema; nothing cascades into history; what must not change cannot.

Walked over the models and over what the migrations made on each database, so that a new table is covered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, MetaData, Table, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper

from reqtrack.audit import triggers
from reqtrack.audit.seals import APPEND_ONLY, SEALED
from reqtrack.db import Base, reading, writing
from tests.architecture.conftest import BOTH
from tests.architecture.prepared import Prepared

# Tables whose names say that they hold what was decided, tested, signed or frozen.
RECORDS = re.compile("event|version|baseline|result|decision|signature")
# What verify follows without a seal: the chains themselves.
CHAINS = {"events", "access_events"}


def mappers() -> list[Mapper[Base]]:
    return sorted(Base.registry.mappers, key=lambda one: one.class_.__name__)


def cascading(metadata: MetaData) -> Iterator[str]:
    """Foreign keys that let go of more than they are asked to."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.ondelete != "RESTRICT" or key.onupdate not in (None, "RESTRICT", "NO ACTION"):
                yield f"{table.name}.{key.parent.name}: on delete {key.ondelete}, on update {key.onupdate}"


def test_every_foreign_key_restricts() -> None:
    assert list(cascading(Base.metadata)) == []
    assert len([key for table in Base.metadata.sorted_tables for key in table.foreign_keys]) > 40


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_every_foreign_key_of_the_database_restricts(house: Prepared) -> None:
    with house.app.app_context(), reading() as session:
        found = inspect(session.connection())
        tables = found.get_table_names()
        if house.dialect == "sqlite":
            # Its reflection overlooks what is said beside a column.
            rows = [
                (table, row) for table in tables for row in session.execute(text(f"PRAGMA foreign_key_list({table})"))
            ]
            told = [f"{table}.{row[3]}: {row.on_delete}" for table, row in rows if row.on_delete != "RESTRICT"]
        else:
            keys = [(table, key) for table in tables for key in found.get_foreign_keys(table)]
            rows = keys
            told = [f"{table}: {key}" for table, key in keys if key["options"] != {"ondelete": "RESTRICT"}]
    assert told == []
    assert len(rows) > 40


def test_no_relationship_cascades_into_history() -> None:
    told = [
        f"{mapper.class_.__name__}.{relation.key}: {relation.cascade}"
        for mapper in mappers()
        for relation in mapper.relationships
        if relation.cascade.delete or relation.cascade.delete_orphan or relation.passive_deletes
    ]
    assert told == []


def test_the_walk_notices_a_foreign_key_that_cascades() -> None:
    planted = MetaData()
    Table("parents", planted, Column("id", Integer, primary_key=True))
    Table("children", planted, Column("parent_id", ForeignKey("parents.id", ondelete="CASCADE"), primary_key=True))
    assert list(cascading(planted)) == ["children.parent_id: on delete CASCADE, on update None"]


# -- what must not change ----------------------------------------------------------------------------------------------


def uncovered(tables: Iterator[str] | list[str]) -> list[str]:
    """Tables that hold records by their names, and that verify does not follow."""
    return sorted(name for name in tables if RECORDS.search(name) and name not in CHAINS | set(SEALED))


def test_every_table_of_records_is_sealed_and_verified() -> None:
    assert uncovered(list(Base.metadata.tables)) == []
    assert set(APPEND_ONLY) == CHAINS | set(SEALED)
    assert {"versions", "baselines", "results", "decisions", "signatures"} <= set(SEALED)


def test_the_walk_notices_a_table_of_records_that_nobody_verifies() -> None:
    assert uncovered([*Base.metadata.tables, "waiver_decisions"]) == ["waiver_decisions"]


@pytest.mark.parametrize("own_house", BOTH, indirect=True)
def test_what_is_append_only_refuses_changes(own_house: Prepared) -> None:
    """Also by hand, past the program."""
    with own_house.app.app_context():
        for table in APPEND_ONLY:
            for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
                with reading() as session:
                    rows = session.execute(text(f"SELECT count(*) FROM {table}")).scalar()
                assert rows, f"{table} is empty: nothing would be refused"
                with pytest.raises(DBAPIError, match=triggers.MESSAGE), writing() as session:
                    session.execute(text(statement))


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_the_triggers_are_those_of_the_tables(house: Prepared) -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }[house.dialect]
    with house.app.app_context(), reading() as session:
        found = set(session.execute(text(query)).scalars())
    assert found == {name for table in APPEND_ONLY for name in triggers.names(table)}


# -- one and the same on both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_the_database_has_the_tables_of_the_models(house: Prepared) -> None:
    with house.app.app_context(), reading() as session:
        found = inspect(session.connection())
        names = set(found.get_table_names())
        assert set(Base.metadata.tables) <= names
        told = []
        for table in Base.metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            told += [
                f"{table.name}.{column.name}"
                for column in table.columns
                if columns.get(column.name) != (column.nullable and not column.primary_key)
            ]
    assert told == []


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_every_check_of_the_models_is_in_the_database(house: Prepared) -> None:
    wanted = {
        f"{table.name}.{constraint.name}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    with house.app.app_context(), reading() as session:
        found = inspect(session.connection())
        made = {
            f"{table}.{one['name']}" for table in Base.metadata.tables for one in found.get_check_constraints(table)
        }
    assert len(wanted) > 20
    assert wanted - made == set()


@pytest.mark.parametrize("column", ["stage", "tier"])
@pytest.mark.parametrize("own_house", BOTH, indirect=True)
def test_a_stage_that_does_not_exist_is_refused_by_the_database(own_house: Prepared, column: str) -> None:
    table = {"stage": "rounds", "tier": "items"}[column]
    with own_house.app.app_context(), pytest.raises(DBAPIError), writing() as session:
        session.execute(text(f"UPDATE {table} SET {column} = 'imaginary'"))


@pytest.mark.parametrize("own_house", BOTH, indirect=True)
def test_a_row_that_something_stands_on_is_not_deleted(own_house: Prepared) -> None:
    with own_house.app.app_context():
        for table in ("projects", "users", "items", "rounds", "stakeholders"):
            with pytest.raises(DBAPIError), writing() as session:
                session.execute(text(f"DELETE FROM {table}"))
        with reading() as session:
            assert session.execute(text("SELECT count(*) FROM items")).scalar()
