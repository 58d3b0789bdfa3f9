"""The job table: put work in, take it with a lease, tell how far it is, end it. At-least-once; effects must be idempotent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import db, reading, writing
from reqtrack.errors import NotFound
from reqtrack.jobs.models import Job, Worker
from reqtrack.permissions import Actor

LEASE_SECONDS = 60
MOST_ATTEMPTS = 3
BEAT_SECONDS = 20


class Cancelled(Exception):
    """Somebody cancelled the job, or its lease went to another worker: stop at once."""


class Failed(Exception):
    """The job cannot be done; the message is shown to whoever asked for it. It is not tried again."""


class Later(Exception):
    """It cannot be done now, for a reason outside of here (another site is away): tried again, and told when it never worked."""


@dataclass(frozen=True)
class Running:
    """What a handler gets: the job's id, project, payload, who asked, and ``progress(done, total)``."""

    id: int
    project_id: int
    user_id: int | None
    payload: Mapping[str, Any]
    progress: Callable[[int, int], None]


# kind → handler(Running) → outcome (a canonical-JSON dict). Handlers open their own transactions.
HANDLERS: dict[str, Callable[[Running], Mapping[str, Any]]] = {}
# kind → seconds to wait after each attempt but the last, where that is not the usual.
RETRIES: dict[str, tuple[float, ...]] = {}


@dataclass(frozen=True)
class Chore:
    """What a worker does every so many seconds while no job waits. Several workers may do it at once, so its effects must be
    idempotent; ``do`` opens its own transactions and is quick."""

    name: str
    seconds: float
    do: Callable[[], None]


CHORES: list[Chore] = []


def enqueue(actor: Actor, project: Project, kind: str, payload: Mapping[str, Any]) -> Job:
    """Put a job in, in the caller's transaction."""
    if kind not in HANDLERS:
        raise KeyError(kind)
    job = Job(
        project_id=project.id, kind=kind, payload=dict(payload), user_id=actor.id or None, made_at=clock.now(), state="waiting",
        done=0, total=0, attempts=0,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    return job


def job_for(actor: Actor, project_id: int, job_id: int) -> Job:
    """A job of the actor's own in a project.

    Raises:
        NotFound: none, or somebody else's.
    """
    job = db.session.get(Job, job_id)
    if job is None or job.project_id != project_id or (actor.kind == "user" and job.user_id != actor.id):
        raise NotFound(f"job {job_id}")
    return job


def jobs_of(actor: Actor, project_id: int, kind: str = "", limit: int = 30, before: int | None = None) -> list[Job]:
    """The actor's newest jobs in a project, newest first; ``before`` (a job's id) goes on."""
    wanted = select(Job).where(Job.project_id == project_id).order_by(Job.id.desc()).limit(limit)
    if actor.kind == "user":
        wanted = wanted.where(Job.user_id == actor.id)
    if kind:
        wanted = wanted.where(Job.kind == kind)
    if before is not None:
        wanted = wanted.where(Job.id < before)
    return list(db.session.execute(wanted).scalars())


def cancel(actor: Actor, job: Job) -> None:
    """Stop a job that is not over; its worker notices at its next sign of progress."""
    if job.state in ("waiting", "running"):
        job.state, job.ended_at = "cancelled", clock.now()


def take(worker: str) -> tuple[int, str] | None:
    """Take the oldest job that waits or whose lease ran out: ``(id, kind)``, or None."""
    with writing():
        now = clock.now()
        waiting = and_(Job.state == "waiting", or_(Job.lease_until.is_(None), Job.lease_until < now))
        abandoned = and_(Job.state == "running", Job.lease_until < now)
        job = db.session.execute(
            select(Job).where(or_(waiting, abandoned)).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
        ).scalar()
        if job is None:
            return None
        job.attempts += 1
        if job.attempts > _most(job.kind):
            job.state, job.ended_at = "failed", now
            job.error = f"It was tried {_most(job.kind)} times and broke off each time."
            return None
        job.state, job.worker, job.lease_until = "running", worker, now + timedelta(seconds=LEASE_SECONDS)
        return job.id, job.kind


def run(worker: str, job_id: int) -> None:
    """Work a job that was taken, to its end."""
    with reading():
        job = db.session.get_one(Job, job_id)
        running = Running(
            job.id,
            job.project_id,
            job.user_id,
            dict(job.payload),
            lambda done, total: _progress(worker, job_id, done, total),
        )
        kind = job.kind
        db.session.expunge_all()
    try:
        outcome = dict(HANDLERS[kind](running))
    except Cancelled:
        return
    except Failed as failed:
        _end(worker, job_id, "failed", error=str(failed))
    except Later as later:
        _again(worker, job_id, later)
    except Exception as broke:
        _again(worker, job_id, broke)
        raise
    else:
        _end(worker, job_id, "done", outcome=outcome)


def _progress(worker: str, job_id: int, done: int, total: int) -> None:
    with writing():
        job = db.session.get_one(Job, job_id)
        if job.state != "running" or job.worker != worker:
            raise Cancelled
        now = clock.now()
        job.done, job.total = done, total
        job.lease_until = now + timedelta(seconds=LEASE_SECONDS)
        # Who works a long job lives, though it takes no other meanwhile.
        row = db.session.get(Worker, worker)
        if row is not None:
            row.beat_at = now


def _end(worker: str, job_id: int, state: str, *, outcome: dict[str, Any] | None = None, error: str = "") -> None:
    with writing():
        job = db.session.get_one(Job, job_id)
        if job.state == "running" and job.worker == worker:
            job.state, job.outcome, job.error, job.ended_at = state, outcome, error, clock.now()


def _again(worker: str, job_id: int, broke: Exception) -> None:
    """It broke: let it wait a little and be tried again, or fail for good."""
    with writing():
        job = db.session.get_one(Job, job_id)
        if job.state != "running" or job.worker != worker:
            return
        job.error = (str(broke) if isinstance(broke, Later) else f"{type(broke).__name__}: {broke}")[:2000]
        if job.attempts >= _most(job.kind):
            job.state, job.ended_at = "failed", clock.now()
        else:
            job.state, job.lease_until = "waiting", clock.now() + timedelta(seconds=_wait(job.kind, job.attempts))


def _most(kind: str) -> int:
    """How often a job of a kind is tried."""
    return len(RETRIES[kind]) + 1 if kind in RETRIES else MOST_ATTEMPTS


def _wait(kind: str, attempts: int) -> float:
    return RETRIES[kind][attempts - 1] if kind in RETRIES else 2**attempts


def beat(worker: str) -> None:
    """Say that a worker lives."""
    with writing():
        row = db.session.get(Worker, worker)
        if row is None:
            db.session.add(Worker(name=worker, beat_at=clock.now()))
        else:
            row.beat_at = clock.now()


def bury(gone: Callable[[str], bool]) -> None:
    """Forget workers that are gone, and let what they were working be taken at once.

    Args:
        gone: says of a worker's name whether it cannot come back.
    """
    with reading():
        names = [name for name in db.session.execute(select(Worker.name)).scalars() if gone(name)]
    if not names:
        return
    with writing():
        for job in db.session.execute(select(Job).where(Job.state == "running", Job.worker.in_(names))).scalars():
            job.lease_until = clock.now()
        for worker in db.session.execute(select(Worker).where(Worker.name.in_(names))).scalars():
            db.session.delete(worker)


def alive(seconds: int = 3 * BEAT_SECONDS) -> bool:
    """Whether any worker beat lately."""
    since = clock.now() - timedelta(seconds=seconds)
    return db.session.execute(select(Worker.name).where(Worker.beat_at > since).limit(1)).first() is not None
