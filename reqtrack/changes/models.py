"""Change request, proposed edits, assessments, decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import sealed
from reqtrack.db import Base, Hundredths, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item

CHANGE_KINDS = {"normal": _l("Normal")}
TIERS = {"must": _l("Must have"), "should": _l("Should have"), "later": _l("Later")}


class Change(Item):
    """Why a change is wanted. ``asked_by`` is a login or ``stakeholder:<id>``; who logged it is ``created_by``."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    reason: Mapped[str | None] = mapped_column(Text)
    change_kind: Mapped[str | None] = mapped_column(String(12))
    asked_by: Mapped[str | None] = mapped_column(String(200))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_seq: Mapped[int | None] = mapped_column(Integer)
    # Since when it waits; while it is asked back the clock stands at `paused_at`.
    waiting_since: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    # Where an asked-back change goes when it is answered.
    came_from: Mapped[str | None] = mapped_column(String(24))
    # Until when, in words; and, where the words are a date or a phase, what brings it back by itself.
    deferred_until: Mapped[str | None] = mapped_column(String(200))
    back_on: Mapped[date | None] = mapped_column(Date)
    back_phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    # The package whose text the one who asked for it has confirmed, when somebody else typed it in.
    confirmed_print: Mapped[str | None] = mapped_column(String(64))
    expected_effort_days: Mapped[Decimal | None] = mapped_column(Hundredths)

    __mapper_args__ = {"polymorphic_identity": "change"}


class ProposedEdit(Base):
    """One line of a change's package. ``op``: set (field, old, new, base version), new (kind, fields), retire, link.

    ``old`` and ``new`` are encoded values as content holds them (for *new*: the fields; for *link*: ``{add, remove}``, the kind
    of link in ``kind``; for *retire*: in what it goes on, ``{merged_into}`` or ``{split_into}``, or nothing). ``NEW-3`` in a list
    of keys stands for the item that the edit at position 3 will make.
    """

    __tablename__ = "proposed_edits"
    __table_args__ = (
        CheckConstraint("op IN ('set', 'new', 'retire', 'link')", name="op_known"),
        CheckConstraint("(op = 'new') = (item_id IS NULL)", name="item_given"),
        UniqueConstraint("change_id", "item_id", "field"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    op: Mapped[str] = mapped_column(String(8))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    field: Mapped[str] = mapped_column(String(40), default="")
    base_version: Mapped[int | None] = mapped_column(Integer)
    old: Mapped[Any] = mapped_column(JsonText, nullable=True)
    new: Mapped[Any] = mapped_column(JsonText, nullable=True)
    # Everybody who wrote a part of what stands here, in order, parted by blanks (which no login holds).
    author: Mapped[str] = mapped_column(Text)
    # The key that a new item got when the change was applied.
    made_key: Mapped[str | None] = mapped_column(String(24))


class AssessmentRequest(Base):
    """Who is asked to assess a change."""

    __tablename__ = "assessment_requests"

    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)


class Assessment(Base):
    """What a change costs, by one assessor: person-days (likely alone, or best / likely / worst), note, and the graph it saw."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("best IS NULL OR best <= likely", name="best_least"),
        CheckConstraint("worst IS NULL OR worst >= likely", name="worst_most"),
        Index("ix_assessments_change", "change_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    best: Mapped[Decimal | None] = mapped_column(Hundredths)
    likely: Mapped[Decimal] = mapped_column(Hundredths)
    worst: Mapped[Decimal | None] = mapped_column(Hundredths)
    note: Mapped[str] = mapped_column(Text, default="")
    schedule_note: Mapped[str] = mapped_column(Text, default="")
    risk: Mapped[str] = mapped_column(Text, default="")
    graph_print: Mapped[str] = mapped_column(String(64))
    package_print: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


@sealed
class Decision(Base):
    """One vote on a change, for the package of that fingerprint. ``seat``: the role it was given in; ``voided_by`` is computed."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'rejected', 'deferred')", name="outcome_known"),
        CheckConstraint("outcome = 'approved' OR length(reason) > 0 OR length(until) > 0", name="reason_given"),
        Index("ix_decisions_change", "change_id", "number"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    decider: Mapped[str] = mapped_column(String(200))
    decider_name: Mapped[str] = mapped_column(String(200))
    seat: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(10))
    tier: Mapped[str | None] = mapped_column(String(10))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[str] = mapped_column(String(200), default="")
    package_print: Mapped[str] = mapped_column(String(64))
    expected_effort_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    at: Mapped[datetime] = mapped_column(Instant)
    method: Mapped[str] = mapped_column(
        String(20), default=""
    )  # how it was proved: "" within the manager's limit, password
    address: Mapped[str] = mapped_column(String(64), default="")
    seal: Mapped[str] = mapped_column(String(64))


CHANGE = register(
    Kind(
        name="change",
        plural="changes",
        prefix="CR",
        model=Change,
        label=_l("Change request"),
        label_plural=_l("Change requests"),
        place="change",
        icon="git-pull-request",
        first_stage="draft",
        create="change.create",
        write="change.create",
        empty=_l("A change request says what should be different and why; its cost and its consequences are computed."),
        columns=("title", "stage", "tier", "phase", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("reason", "markdown", _l("Why")),
            Field("asked_by", "line", _l("Asked by"), search=False),
            Field("kind", "choice", _l("Kind"), column="change_kind", choices=CHANGE_KINDS),
            Field("tier", "choice", _l("Tier"), choices=TIERS),
            Field("phase", "phase", _l("Phase"), column="phase_id"),
        ),
    )
)
