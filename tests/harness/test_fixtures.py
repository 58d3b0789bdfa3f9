"""What tests are given is what it says it is."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from reqtrack.db import db, reading, writing


def tables(app):
    with app.app_context(), reading() as session:
        return set(inspect(session.connection()).get_table_names())


def test_each_kind_of_database_has_the_migrated_tables(app, database):
    assert database.kind in ("sqlite", "postgres")
    with app.app_context():
        assert db.engine.dialect.name == {"sqlite": "sqlite", "postgres": "postgresql"}[database.kind]
    assert {"migration_mark", "items", "events"} <= tables(app)


@pytest.mark.parametrize("time", [1, 2])
def test_what_one_test_writes_no_other_sees(app, time):
    with app.app_context(), writing() as session:
        session.execute(text("CREATE TABLE left_by_a_test (number integer)"))
    assert "left_by_a_test" in tables(app)


def test_two_apps_share_the_database_of_a_test(make_app):
    first, second = make_app(), make_app()
    with first.app_context(), writing() as session:
        session.execute(text("CREATE TABLE seen (number integer)"))
    assert "seen" in tables(second)


def test_reading_cannot_write(app):
    with app.app_context(), reading() as session, pytest.raises(DBAPIError, match=r"read.?only"):
        session.execute(text("CREATE TABLE never (number integer)"))


@pytest.mark.sqlite
def test_a_test_may_ask_for_sqlite_alone(database):
    assert database.kind == "sqlite"


def test_queries_counts_statements_but_not_the_transactions_own(app, queries):
    with app.app_context(), reading() as session:
        session.execute(text("SELECT 1"))
        session.execute(text("SELECT 2"))
    assert queries == ["SELECT 1", "SELECT 2"]
    queries.clear()
    with app.app_context(), writing() as session:
        session.execute(text("SELECT 3"))
    assert queries == ["SELECT 3"]
