"""The database: one declarative base, column types that read the same on SQLite and PostgreSQL, and the transaction's mode.

A transaction is *reading* or *writing*; which of the two is decided before any SQL (by the web's outermost step, or by the
``reading()`` / ``writing()`` blocks of the command line, the worker and the tests). Writers of one SQLite file queue fairly in
the process and begin IMMEDIATE; on PostgreSQL they take one advisory lock per project. Readers cannot write.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Boolean,
    CursorResult,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    String,
    Text,
    bindparam,
    event,
    literal,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from reqtrack import clock
from reqtrack.errors import Reason, TooBusy

LOCK_SECONDS = 30
# Any number that no other program in the same PostgreSQL uses; the second key is the project's.
LOCK_CLASS = 0x7271


class Base(DeclarativeBase):
    """All tables. ``__audited__`` says whether a change of its rows must come with an event (the default)."""

    __audited__ = True
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})


# -- canonical text and column types -----------------------------------------------------------------------------------


def clean_text(value: str) -> str:
    """NFC, ``\\n`` line ends: the one normal form in which text is stored and hashed."""
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no needless space, text in normal form, decimals as strings; floats are refused.

    Raises:
        TypeError: a value that canonical JSON does not know (a float, a set, an object).
    """
    return json.dumps(_canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, dict):
        return {clean_text(key): _canonical(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(part) for part in value]
    raise TypeError(f"canonical JSON has no {type(value).__name__}")


def plain_decimal(value: Decimal) -> str:
    """``2.50`` → ``2.5``, ``1E+2`` → ``100``: one spelling for each number."""
    shown = format(value.normalize(), "f")
    return "0" if shown == "-0" else shown


def trimmed(value: Decimal) -> Decimal:
    """The same number without needless zeros, as drawings print it."""
    return Decimal(plain_decimal(value))


# The largest number that an INTEGER column of both databases holds.
LARGEST = 2**31 - 1


def whole_number(given: object) -> int | None:
    """The number that a text from outside names when a row may have it: plain digits, at most ``LARGEST``; else None."""
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def a_number(given: str) -> int:
    """The same for ``request.args.get(…, type=a_number)``: what names none counts as not given.

    Raises:
        ValueError: it names none.
    """
    number = whole_number(given)
    if number is None:
        raise ValueError(given)
    return number


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def is_text(given: str) -> bool:
    """Whether each database holds it: PostgreSQL takes no NUL, none takes half of a pair."""
    return ("\x00" not in given) if given.isascii() else _NO_TEXT.search(given) is None


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as fixed-width ISO text: the same bytes on both databases, sortable, hashable."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        return None if value is None else clock.iso(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        return None if value is None else clock.parse(value)


class Hundredths(TypeDecorator[Decimal]):
    """A decimal with two places (person-days, money), stored as an integer so that SQL can add it up exactly."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        return None if value is None else int((Decimal(value) * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)) / 100


# The mark of a column that names files of the store by their digests, alone or somewhere in its JSON: a sweeper keeps those.
NAMES_FILES: dict[Any, Any] = {"names_files": True}


class JsonText(TypeDecorator[Any]):
    """A list or dict as canonical JSON text. Values are replaced, never mutated in place."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


# -- the transaction's mode --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mode:
    """``writing`` with the key of the project to lock ("" is the site), or reading."""

    writing: bool
    project: str = ""


_mode: ContextVar[Mode | None] = ContextVar("transaction_mode", default=None)


def mode() -> Mode | None:
    """The mode in force, or None where no SQL is allowed."""
    return _mode.get()


@contextmanager
def in_mode(wanted: Mode) -> Iterator[None]:
    """Fix the mode of every transaction that begins inside the block."""
    token = _mode.set(wanted)
    try:
        yield
    finally:
        _mode.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only transaction (needs an app context)."""
    with in_mode(Mode(writing=False)):
        db.session.rollback()
        try:
            yield db.session()
        finally:
            db.session.rollback()


@contextmanager
def writing(project: str = "") -> Iterator[Session]:
    """A writing transaction, committed at the end of the block, rolled back when it raises (needs an app context)."""
    with in_mode(Mode(writing=True, project=project)):
        db.session.rollback()
        try:
            yield db.session()
            commit()
        except BaseException:
            rollback()
            raise


def after_commit(task: Callable[[], None]) -> None:
    """Run ``task`` once the current transaction is committed; it is dropped when it rolls back."""
    db.session.info.setdefault("after_commit", []).append(task)


def commit() -> None:
    """The one place that commits. Runs the after-commit tasks."""
    db.session.commit()
    for task in db.session.info.pop("after_commit", []):
        task()


def rollback() -> None:
    """Undo what the transaction did and forget its after-commit tasks."""
    db.session.rollback()
    db.session.info.pop("after_commit", None)


class FairLock:
    """First come, first served: SQLite's own waiting is not fair (the unluckiest of 8 writers waited 5 s, measured)."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, seconds: float) -> bool:
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(seconds):
            return True
        with self._guard:
            if turn.is_set():
                return True
            self._queue.remove(turn)
            return False

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


@contextmanager
def together() -> Iterator[None]:
    """For hundreds of writes in one go: what is written inside goes to the database when something is asked of it, and at the end,
    many rows at once; else each write goes by itself (``settle``)."""
    session: Session = db.session()
    if session.info.get("together") is not None:
        yield
        return
    session.info["together"] = {}
    try:
        yield
        session.flush()
        for write, rows in session.info["together"].values():
            write(rows.values())
    finally:
        session.info["together"] = None


def settle() -> None:
    """Flush what was written, unless more is being written ``together``."""
    session: Session = db.session()
    if session.info.get("together") is None:
        session.flush()


def at_last(name: str, key: Any, row: Any, write: Callable[[Iterable[Any]], None]) -> None:
    """Write a row past the session; the last one of each key, all of a name by one call, where writes go ``together``."""
    waiting = db.session.info.get("together")
    if waiting is None:
        write([row])
    else:
        waiting.setdefault(name, (write, {}))[1][key] = row


def plain(statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Ask for columns, without the session's bookkeeping of entities: half of what a quick statement costs.

    What the session was told and did not flush yet is not seen, but for what is written ``together``: for reading, and it does
    nothing else.
    """
    if not getattr(statement, "is_select", False):
        raise TypeError("plain() only reads")
    if db.session.info.get("together") is not None:
        db.session.flush()
    found: CursorResult[Any] = db.session.connection().execute(statement, parameters)
    return found


def learn(*models: type[Base]) -> None:
    """After a mass of writes: let PostgreSQL count these tables now. Until it has (a minute later, by itself) it plans walks over
    many links as short ones, and they take minutes. SQLite plans without counting."""
    if db.engine.dialect.name == "postgresql":
        for model in models:
            db.session.execute(text(f"ANALYZE {model.__tablename__}"))


class Numbers(TypeDecorator[Any]):
    """Whole numbers as one bound value, written as ``one_of`` reads it in each database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> str:
        inside = ",".join(map(str, value or ()))
        return f"{{{inside}}}" if dialect.name == "postgresql" else f"[{inside}]"


class one_of(FunctionElement[bool]):
    """``one_of(column, numbers)``: whether the column is one of them (ids, or a parameter's name). They are one value to the
    database: with ``in_`` each is a parameter, and ten thousand of those take PostgreSQL's driver half a second."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, numbers: Iterable[int] | str) -> None:
        value = None if isinstance(numbers, str) else sorted(numbers)
        named = bindparam(numbers, type_=Numbers()) if isinstance(numbers, str) else literal(value, Numbers())
        super().__init__(column, named)

    def self_group(self, against: Any = None) -> Any:
        # As it is: where a database has no truth values, "… = 1" would keep it from looking into an index.
        return self


@compiles(one_of, "sqlite")
def _one_of_sqlite(element: one_of, compiler: Any, **more: Any) -> str:
    column, numbers = (compiler.process(part, **more) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({numbers})))"  # noqa: S608 - parts of a compiled statement


@compiles(one_of, "postgresql")
def _one_of_postgresql(element: one_of, compiler: Any, **more: Any) -> str:
    column, numbers = (compiler.process(part, **more) for part in element.clauses)
    # No ``= ANY``: where it is not looked up by an index, each row would be held against each of them.
    return f"({column} IN (SELECT unnest(CAST({numbers} AS INTEGER[]))))"


class looked_at_last(FunctionElement[Any]):
    """``looked_at_last(column)``: the column, but no reason to begin with its index. SQLite, which plans without counting, takes the
    items of a project for fewer than ten thousand known ones, and asks for each of the former among all of the latter."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(looked_at_last)
def _looked_at_last(element: looked_at_last, compiler: Any, **more: Any) -> str:
    column: str = compiler.process(next(iter(element.clauses)), **more)
    return f"+{column}" if compiler.dialect.name == "sqlite" else column


def once(name: str) -> dict[Any, Any]:
    """What the present transaction found out already under a name; forgotten with it."""
    kept: dict[Any, Any] = db.session.connection().info["once"].setdefault(name, {})
    return kept


def prepare(engine: Engine) -> None:
    """Hook an engine: pragmas on connect, the mode on begin, the lock's release on return to the pool."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.info["once"] = {}  # see ``once``

    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgres(engine)


def _current_mode() -> Mode:
    wanted = _mode.get()
    if wanted is None:
        raise RuntimeError("no SQL outside of a reading() or writing() transaction")
    return wanted


def _prepare_sqlite(engine: Engine) -> None:
    lock = FairLock()

    @event.listens_for(engine, "connect")
    def connect(raw: Any, record: Any) -> None:
        raw.isolation_level = None  # BEGIN is ours
        cursor = raw.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={LOCK_SECONDS * 1000}",
                       "cache_size=-32000", "mmap_size=268435456"):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        wrong = _unmet(lambda name: cursor.execute(f"PRAGMA {name}").fetchone()[0])
        cursor.close()
        if wrong:  # as on a network's file system, which has no WAL
            raise RuntimeError(f"This SQLite would lose what it acknowledged: {'; '.join(wrong)}.")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        wanted = _current_mode()
        if not wanted.writing:
            _only_reads(connection, True)
            connection.exec_driver_sql("BEGIN")
            return
        if not lock.acquire(LOCK_SECONDS):
            raise TooBusy((Reason("too_busy", "Too many people are saving at once. Please try again."),))
        connection.info["write_lock"] = lock
        _only_reads(connection, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def free(info: dict[Any, Any]) -> None:
        held = info.pop("write_lock", None)
        if held is not None:
            held.release()

    # Freed when the transaction ends, and again (harmlessly) on return to the pool for a connection that broke.
    @event.listens_for(engine, "checkin")
    def checkin(raw: Any, record: Any) -> None:
        free(record.info)

    @event.listens_for(engine, "invalidate")
    def invalidate(raw: Any, record: Any, exception: Any) -> None:
        free(record.info)


def _only_reads(connection: Connection, wanted: bool) -> None:
    # Said when it changes, and no more: at each saying SQLite forgets every statement that it has prepared.
    if connection.info.get("only_reads") is not wanted:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if wanted else 'OFF'}")
        connection.info["only_reads"] = wanted


def _prepare_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        wanted = _current_mode()
        if wanted.writing:
            lock_project(connection, wanted.project)
        else:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def lock_number(project: str) -> int:
    """The second key of a project's advisory lock (a signed 32-bit number)."""
    return zlib.crc32(project.encode()) - 2**31


def lock_project(connection: Connection, project: str) -> None:
    """Take the advisory lock of a project ("" is the site) until the transaction ends; nothing to do on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, {lock_number(project)})")


def check_sqlite(connection: Connection) -> list[str]:
    """What of the agreed SQLite settings does not hold (an empty list when all do)."""
    return _unmet(lambda name: connection.execute(text(f"PRAGMA {name}")).scalar())


def _unmet(read: Callable[[str], Any]) -> list[str]:
    wanted = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
    found = {name: str(read(name)).lower() for name in wanted}
    return [f"{name} is {found[name]}, not {value}" for name, value in wanted.items() if found[name] != value]
