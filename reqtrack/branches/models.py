"""A branch of scope: what a phase or a pilot group gets, beside the main line. All of it is written once and never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import sealed
from reqtrack.db import Base, Instant, JsonText


@sealed
class ScopeBranch(Base):
    """A branch as it was opened, ``BR-1``: the keys that it began with and the point (``seq``) whose versions it pins.

    ``baseline``: the number of the baseline that it was made from (None: the scope as it was then). ``phase_id``: it follows
    that phase only (None: the whole scope). ``fingerprint``: over what it held when it was opened.
    """

    __tablename__ = "scope_branches"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint(
            "(purpose = 'phase' AND phase_id IS NOT NULL) OR (purpose = 'pilot' AND length(pilot) > 0)",
            name="purpose_known",
        ),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(12))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    pilot: Mapped[str] = mapped_column(String(200), default="")  # the group that gets it
    baseline: Mapped[int | None] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    keys: Mapped[list[str]] = mapped_column(JsonText)
    owner: Mapped[str] = mapped_column(String(200))  # login
    owner_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(80))
    author: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def key(self) -> str:
        return f"BR-{self.number}"


@sealed
class BranchChoice(Base):
    """What was decided of one item in a branch: it is left out (``version`` None), or taken at a version. The newest holds."""

    __tablename__ = "branch_choices"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        ForeignKeyConstraint(
            ["project_id", "branch"], ["scope_branches.project_id", "scope_branches.number"], ondelete="RESTRICT"
        ),
    )

    project_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    branch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # counts in the branch, from 1
    item: Mapped[str] = mapped_column(String(40))  # key
    version: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    seal: Mapped[str] = mapped_column(String(64))


@sealed
class BranchClosing(Base):
    """That a branch was merged back into the main line, or given up: from then on it is only read."""

    __tablename__ = "branch_closings"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("outcome IN ('merged', 'given_up')", name="outcome_known"),
        ForeignKeyConstraint(
            ["project_id", "branch"], ["scope_branches.project_id", "scope_branches.number"], ondelete="RESTRICT"
        ),
    )

    project_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    branch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(80))  # over what it held in the end
    by: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    seal: Mapped[str] = mapped_column(String(64))
