"""Review: a meeting at which what waits is gone through; the series that it belongs to; its agenda."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant


class ReviewSeries(Base):
    """A meeting that recurs: every ``weeks`` weeks from a day on, at a time of day in the project's zone, for ``minutes`` minutes."""

    __tablename__ = "review_series"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_given"),
        CheckConstraint("weeks BETWEEN 1 AND 52 AND minutes BETWEEN 5 AND 1440", name="sensible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date] = mapped_column(Date)
    begins: Mapped[str] = mapped_column(String(5))  # HH:MM
    minutes: Mapped[int] = mapped_column(Integer)
    weeks: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(400), default="")
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Review(Base):
    """One meeting, ``REV-1``. What was decided at it holds once those who decide have confirmed the whole agenda."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state_known"),
        CheckConstraint("(state = 'held') = (held_at IS NOT NULL)", name="held_when"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("review_series.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    planned_on: Mapped[date] = mapped_column(Date)
    begins: Mapped[str] = mapped_column(String(5))  # HH:MM in the project's zone
    minutes: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(400), default="")
    # Logins of who is asked to come, and once it was held of who was there, parted by blanks.
    present: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="planned")
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def key(self) -> str:
        return f"REV-{self.number}"


class AgendaLine(Base):
    """One thing to go through: an item (``subject`` its key) or a check of the radar (``check:…``); what was said of it, and the
    review that it was carried over to. ``outcome``: "" not reached, approved, rejected, deferred, asked_back, noted. A line taken
    off by hand stays, at position 0, so that it is not filled in again."""

    __tablename__ = "agenda_lines"
    __table_args__ = (
        UniqueConstraint("review_id", "subject"),
        CheckConstraint(
            "outcome IN ('', 'approved', 'rejected', 'deferred', 'asked_back', 'noted')", name="outcome_known"
        ),
        Index("ix_agenda_lines_subject", "project_id", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id", ondelete="RESTRICT"))
    position: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # The package of a change as it was when that was said.
    package_print: Mapped[str] = mapped_column(String(64), default="")
    carried_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id", ondelete="RESTRICT"), index=True)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}
