"""Seals and chain hashes: SHA-256 over every column of a row, in the form in which the database holds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.types import TypeDecorator

from reqtrack.db import Base

M = TypeVar("M", bound=Base)

FIRST = "0" * 64
# Tables whose rows carry a seal that the making event repeats; filled by ``sealed`` below.
SEALED: dict[str, type[Base]] = {}
# What marks a column that came to a sealed table later: where it is empty, rows written before have no word of it in their seals.
LATER = {"sealed": "later"}
_later: set[str] = set()
# Tables on which UPDATE and DELETE are refused by triggers.
APPEND_ONLY = ["events", "access_events"]


def sealed(model: type[M]) -> type[M]:
    """Class decorator: rows of this table are sealed and append-only."""
    SEALED[model.__tablename__] = model
    _later.update(column.name for column in inspect(model).local_table.columns if column.info.get("sealed") == "later")
    APPEND_ONLY.append(model.__tablename__)
    return model


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seal_of(columns: Mapping[str, Any]) -> str:
    """The seal of a row given as raw database values (text, integers, None); its own ``seal`` / ``hash`` is left out.

    Texts are hashed as they are, not in normal form: a line end turned from ``\\n`` into ``\\r`` by hand must not go unseen.
    """
    told = {name: value for name, value in columns.items() if value is not None or name not in _later}
    told.pop("seal", None)
    told.pop("hash", None)
    return digest(_exact(told))


# SQLite keeps what is put in whatever the column's type: a tampered blob must not stop the check, hence ``default``.
_exact = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr).encode


@cache
def _plan(model: type[Base]) -> tuple[tuple[str, str, Any, Any], ...]:
    """Of each column of a table: its name, its attribute, its type where that turns values into others, its plain default."""
    mapper = inspect(model)
    return tuple(
        (
            column.name,
            mapper.get_property_by_column(column).key,
            column.type if isinstance(column.type, TypeDecorator) else None,
            column.default.arg if column.default is not None and column.default.is_scalar else None,
        )
        for column in mapper.local_table.columns
    )


def fill_defaults(row: Base) -> None:
    """Give the columns that were not set their plain defaults, so that the seal is over what the database will hold."""
    for _column, name, _type, default in _plan(type(row)):
        if default is not None and getattr(row, name) is None:
            setattr(row, name, default)


def raw_columns(row: Base) -> dict[str, Any]:
    """A mapped row's columns as the database will hold them."""
    values = {}
    for column, name, kind, _default in _plan(type(row)):
        value = getattr(row, name)
        if kind is not None:
            value = kind.process_bind_param(value, None)
        values[column] = int(value) if isinstance(value, bool) else value
    return values


def key_of(model: type[Base], columns: Mapping[str, Any]) -> str:
    """``3:17``: the primary key of a row, as written in an event's seals."""
    return ":".join(str(columns[name]) for name in _primary(model))


@cache
def _primary(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in inspect(model).local_table.primary_key)
