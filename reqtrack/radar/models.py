"""What people say about findings of the radar, and how many there were on each day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant
from reqtrack.items.models import LIVE


class Acceptance(Base):
    """A finding that somebody lets stand, with a reason, until a day: all of a check (``subject`` ""), or one of its subjects (an
    item's key, or what else the check names)."""

    __tablename__ = "accepted_findings"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        Index(
            "uq_accepted_findings_live", "project_id", "name", "subject", unique=True, sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(60))  # of the check
    subject: Mapped[str] = mapped_column(String(400), default="")
    reason: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date] = mapped_column(Date)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


class Tally(Base):
    """How many findings a check had at the end of a day (or, of today, so far)."""

    __tablename__ = "radar_tallies"
    __audited__ = False  # computed, and can be told again from nothing else than what was there on that day

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
