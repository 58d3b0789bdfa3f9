"""Job: one table with lease, heartbeat, progress and attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import NAMES_FILES, Base, Instant, JsonText


class Job(Base):
    """Background work. At-least-once: whoever holds the lease works; a lease that ran out is taken by another."""

    __tablename__ = "jobs"
    __audited__ = False  # what it does is recorded by the actions it calls
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state_known"),
        Index("ix_jobs_waiting", "state", "lease_until", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    worker: Mapped[str] = mapped_column(String(80), default="")
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    # What came of it: {"digest", "name", "media_type"} of a file in the store, or a message.
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JsonText, info=NAMES_FILES)
    error: Mapped[str] = mapped_column(Text, default="")


class Worker(Base):
    """A worker that beats; ``serve`` starts one of its own when none does."""

    __tablename__ = "workers"
    __audited__ = False

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(Instant)
