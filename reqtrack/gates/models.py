"""The rules of a project's gates, waivers, and that a gate was passed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import sealed
from reqtrack.db import Base, Instant, JsonText


class GateRules(Base):
    """How the rules of a project's gates differ from its preset: ``own`` is ``{gate: {rule: {option: value}}}``."""

    __tablename__ = "gate_rules"
    __table_args__ = (UniqueConstraint("project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    own: Mapped[dict[str, Any]] = mapped_column(JsonText)
    set_by: Mapped[str] = mapped_column(String(200))  # the name, as of then
    set_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


@sealed
class Waiver(Base):
    """An explicit, reasoned exception to gates, ``WVR-1``: nothing of it changes once it was asked for.

    ``gates``: the gates at which it holds. ``covers``: what it excuses there, each a rule ("" any), a subject ("" the rule as a
    whole) and an example row (None all). ``results``: numbers of the results that it was asked for.
    """

    __tablename__ = "waivers"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        Index("ix_waivers_expires", "project_id", "expires"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Text)
    workaround: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(200))  # login
    owner_name: Mapped[str] = mapped_column(String(200))
    # Its last day, as ISO text: what is sealed is what the database holds.
    expires: Mapped[str] = mapped_column(String(10))
    gates: Mapped[list[str]] = mapped_column(JsonText)
    covers: Mapped[list[Any]] = mapped_column(JsonText)
    results: Mapped[list[int]] = mapped_column(JsonText)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    fingerprint: Mapped[str] = mapped_column(String(80))
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def key(self) -> str:
        return f"WVR-{self.number}"

    @property
    def expires_on(self) -> date:
        """The last day on which it holds."""
        return date.fromisoformat(self.expires)


@sealed
class WaiverWithdrawal(Base):
    """That a waiver excuses nothing any more, before its day."""

    __tablename__ = "waiver_withdrawals"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason_given"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # of the waiver
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    seal: Mapped[str] = mapped_column(String(64))


@sealed
class GatePassage(Base):
    """That a gate was passed: by whom, for what, and what each rule found then.

    ``phase_id`` None: the whole project. ``told``: the rules with their figures, findings and waivers, the content that
    ``fingerprint`` is over.
    """

    __tablename__ = "gate_passages"
    __table_args__ = (
        CheckConstraint("gate IN ('scope', 'pilot', 'everybody')", name="gate_known"),
        Index("ix_gate_passages_gate", "project_id", "gate", "phase_id"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    gate: Mapped[str] = mapped_column(String(12))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    phase_name: Mapped[str] = mapped_column(String(200), default="")
    pilot: Mapped[str] = mapped_column(String(200), default="")  # the group that goes live, where it is named
    note: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[list[Any]] = mapped_column(JsonText)
    fingerprint: Mapped[str] = mapped_column(String(80))
    by: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(200))  # held in the project then, space-separated
    at: Mapped[datetime] = mapped_column(Instant)
    zone: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
