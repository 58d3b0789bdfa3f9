"""Round: its scenarios, its testers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant


class Round(Base):
    """One pass of acceptance.

    ``address`` and ``account`` tell testers where the system is and as whom to sign in there, ``environment`` what else they need
    to know; ``group_name`` names the pilot group that it is for. ``tester_roles``: roles of the project, parted by blanks, whose
    holders test beside the testers named. ``copied_from``: the number of the round that it repeats. ``closing``: why it was
    closed as it was. ``machine_counts``: what a machine's pass is worth in it, as the project says; what is closed keeps it.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("stage IN ('planned', 'running', 'closed')", name="stage_known"),
        CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("copied_from < number", name="copies_an_earlier_one"),
        CheckConstraint("machine_counts IN ('alone', 'beside')", name="machine_counts_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    environment: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(400), default="", server_default="")
    account: Mapped[str] = mapped_column(String(200), default="", server_default="")
    group_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    tester_roles: Mapped[str] = mapped_column(String(200), default="", server_default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    copied_from: Mapped[int | None] = mapped_column(Integer)
    machine_counts: Mapped[str] = mapped_column(String(8), default="beside", server_default="beside")
    stage: Mapped[str] = mapped_column(String(12), default="planned")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str | None] = mapped_column(String(200))  # the name, as of then
    closing: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def key(self) -> str:
        return f"RND-{self.number}"


class RoundScenario(Base):
    """An acceptance scenario that a round runs, in order."""

    __tablename__ = "round_scenarios"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), primary_key=True)
    acceptance_id: Mapped[int] = mapped_column(
        ForeignKey("acceptance.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer)


class RoundTester(Base):
    """Who tests in a round."""

    __tablename__ = "round_testers"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)


class RoundWalk(Base):
    """That a round is to walk a business process with one business record (``record``: its name, as in ``queries.records``)."""

    __tablename__ = "round_walks"
    __table_args__ = (UniqueConstraint("round_id", "process_id", "record"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id", ondelete="RESTRICT"), index=True)
    record: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
