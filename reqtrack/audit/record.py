"""``recorded()``: the only way to change audited rows. It flushes what was changed and appends the event, or nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, event, func, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from reqtrack import clock
from reqtrack.audit.models import AccessEvent, Event
from reqtrack.audit.seals import FIRST, SEALED, fill_defaults, key_of, raw_columns, seal_of
from reqtrack.db import Base, Mode, canonical, commit, db, in_mode, lock_project, mode, settle
from reqtrack.errors import ARCHIVED, Refused
from reqtrack.permissions import Actor

# The one thing that is recorded in an archived project.
REOPENED = "project.reopened"
request_id: ContextVar[str] = ContextVar("request_id", default="")


class Unrecorded(RuntimeError):
    """A change of audited rows outside of ``recorded()``: a defect of ours, so it is loud."""


@dataclass
class Entry:
    """The event being written. Fill ``before``, ``after`` and ``subject`` inside the block; ``seq`` is known from the start."""

    project_id: int
    seq: int
    at: datetime
    action: str
    subject: str
    reason: str = ""
    before: Any = None
    after: Any = None
    seals: list[list[str]] = field(default_factory=list)

    def seal(self, row: Base) -> None:
        """Give a new sealed row its seal (all its columns must be set) and carry it in the event; adds it to the session."""
        if not hasattr(row, "seal") or row.__tablename__ not in SEALED:
            raise Unrecorded(f"{row.__tablename__} is not a sealed table")
        fill_defaults(row)
        columns = raw_columns(row)
        row.seal = seal_of(columns)
        self.seals.append([row.__tablename__, key_of(type(row), columns), row.seal])
        db.session.add(row)


@contextmanager
def recorded(
    actor: Actor, project_id: int, action: str, subject: str, *, reason: str = "", before: Any = None
) -> Iterator[Entry]:
    """Change audited rows inside the block; at its end they are flushed and one event is appended to the project's chain.

    Args:
        project_id: whose chain; 0 is the site's.
        action: ``thing.done``, e.g. ``requirement.edited``.
        subject: the key of what it was done to, e.g. ``REQ-12``.
        before, reason: as the event keeps them; ``before``/``after`` are any canonical-JSON values.

    Raises:
        Refused: 409, the project is archived: nothing is recorded there any more but that it was reopened.
    """
    session: Session = db.session()
    wanted = mode()
    if wanted is None or not wanted.writing:
        raise Unrecorded(f"{action}: nothing can be recorded in a reading transaction")
    if project_id == 0 and wanted.project:
        lock_project(session.connection(), "")
    last = _last(session, project_id, action)
    entry = Entry(project_id, last[0] + 1, clock.now(), action, subject, reason, before)
    # The number is taken at once, so that rows made inside can carry it; nested blocks take the next ones.
    session.info.setdefault("chain", {})[project_id] = (entry.seq, None)
    session.info["recording"] = session.info.get("recording", 0) + 1
    try:
        yield entry
        if session.info["recording"] == 1:
            session.flush()
        else:
            settle()
    finally:
        session.info["recording"] = session.info.get("recording", 1) - 1
    _append(session, actor, entry)


def _last(session: Session, project_id: int, action: str) -> tuple[int, str | None]:
    """The newest sequence number of a chain, counting those taken but not yet written in this transaction."""
    taken = session.info.get("chain", {}).get(project_id)
    if taken is not None:
        return taken[0], taken[1]
    found = session.execute(_newest(), {"project": project_id}).first()
    if found is None:
        return 0, FIRST
    if found.archived is not None and action != REOPENED:
        raise Refused((ARCHIVED,), 409)
    return found.seq, found.hash


# Asked for every event: put together once.
@cache
def _newest() -> Any:
    projects = Base.metadata.tables["projects"]
    archived = select(projects.c.archived_at).where(projects.c.id == bindparam("project")).scalar_subquery()
    return (
        select(Event.seq, Event.hash, archived.label("archived"))
        .where(Event.project_id == bindparam("project"))
        .order_by(Event.seq.desc())
        .limit(1)
    )


_HASH = select(Event.hash).where(Event.project_id == bindparam("project")).order_by(Event.seq.desc()).limit(1)


def _append(session: Session, actor: Actor, entry: Entry) -> None:
    """Write the event. Inner blocks end before outer ones, so events wait until those before them are written."""
    waiting: dict[tuple[int, int], Event] = session.info.setdefault("waiting_events", {})
    waiting[entry.project_id, entry.seq] = Event(
        project_id=entry.project_id,
        seq=entry.seq,
        at=entry.at,
        actor=actor.login,
        actor_name=actor.name,
        on_behalf=actor.on_behalf,
        action=entry.action,
        subject=entry.subject,
        before="" if entry.before is None else canonical(entry.before),
        after="" if entry.after is None else canonical(entry.after),
        reason=entry.reason,
        request_id=request_id.get(),
        seals=canonical(entry.seals) if entry.seals else "",
    )
    if not session.info.get("recording"):
        for key in sorted(waiting):
            _chain(session, waiting.pop(key))
        session.flush()


def _chain(session: Session, row: Event) -> None:
    heads: dict[int, str] = session.info.setdefault("chain_hash", {})
    head = heads.get(row.project_id)
    if head is None:
        head = session.execute(_HASH, {"project": row.project_id}).scalar()
    row.previous = head or FIRST
    row.hash = seal_of(raw_columns(row))
    heads[row.project_id] = row.hash
    session.add(row)


def access(
    actor: str, action: str, subject: str, *, project_id: int = 0, address: str = "", detail: Any = None
) -> None:
    """Append to the access log in a short transaction of its own: call it when no other transaction is open."""
    with in_mode(Mode(writing=True, project="")):
        session: Session = db.session()
        session.rollback()
        last = session.execute(
            select(AccessEvent.seq, AccessEvent.hash).order_by(AccessEvent.seq.desc()).limit(1)
        ).first()
        row = AccessEvent(
            seq=(last.seq if last else 0) + 1,
            at=clock.now(),
            actor=actor,
            action=action,
            subject=subject[:400],
            project_id=project_id,
            address=address,
            request_id=request_id.get(),
            detail="" if detail is None else canonical(detail),
            previous=last.hash if last else FIRST,
        )
        row.hash = seal_of(raw_columns(row))
        session.add(row)
        commit()


def newest_seq(project_id: int) -> int:
    """The sequence of a chain's newest event (0 when there is none)."""
    return db.session.execute(select(func.max(Event.seq)).where(Event.project_id == project_id)).scalar() or 0


# -- the guards: what makes "every action writes an event or fails" true ------------------------------------------------


def guard(session_factory: Any) -> None:
    """Hook the sessions of the app: audited rows are flushed inside ``recorded()`` only, bulk writes by the spine only."""

    @event.listens_for(session_factory, "before_flush")
    def before_flush(session: Session, context: UOWTransaction, instances: Any) -> None:
        if session.info.get("recording"):
            return
        for row in [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]:
            if isinstance(row, Base) and row.__audited__:
                raise Unrecorded(f"a row of {row.__tablename__} was changed outside of recorded()")

    @event.listens_for(session_factory, "do_orm_execute")
    def do_orm_execute(state: ORMExecuteState) -> None:
        if not (state.is_insert or state.is_update or state.is_delete):
            return
        if state.execution_options.get("spine") or not _touches_audited(state):
            return
        raise Unrecorded("bulk INSERT, UPDATE and DELETE of audited rows belong to the spine's store")

    @event.listens_for(session_factory, "after_transaction_end")
    def forget(session: Session, transaction: Any) -> None:
        if transaction.parent is None:
            for name in ("chain", "chain_hash", "waiting_events", "recording", "together"):
                session.info.pop(name, None)


def _touches_audited(state: ORMExecuteState) -> bool:
    table = getattr(state.statement, "table", None)
    for mapper in Base.registry.mappers:
        if inspect(mapper.class_).local_table is table:
            return bool(mapper.class_.__audited__)
    return True
