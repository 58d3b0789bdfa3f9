"""Phase and Requirement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Hundredths, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import LIVE, Item

TIERS = {"must": _l("Must have"), "should": _l("Should have"), "later": _l("Later")}
REQUIREMENT_KINDS = {
    "functional": _l("Functional"),
    "data": _l("Data"),
    "interface": _l("Interface"),
    "report": _l("Report"),
    "permission": _l("Permission"),
    "quality": _l("Quality"),
    "constraint": _l("Constraint"),
}


class Phase(Base):
    """A release: dates in the project's zone, capacity in person-days; phase 1 carries the main flows."""

    __tablename__ = "phases"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    capacity_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Requirement(Item):
    """One thing that the system shall do."""

    __tablename__ = "requirements"

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    statement: Mapped[str | None] = mapped_column(Text)
    rationale: Mapped[str | None] = mapped_column(Text)
    requirement_kind: Mapped[str | None] = mapped_column(String(20))
    effort_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    tags: Mapped[list[str] | None] = mapped_column(JsonText)
    # What an import proposed; becomes the tier when somebody confirms it.
    proposed_tier: Mapped[str | None] = mapped_column(String(10))
    # The number that the item had where it came from.
    foreign_key: Mapped[str | None] = mapped_column(String(200))
    deferred_until: Mapped[str | None] = mapped_column(String(200))

    __mapper_args__ = {"polymorphic_identity": "requirement"}


REQUIREMENT_FIELDS = (
    Field("title", "line", _l("Title"), text=True),
    Field(
        "statement",
        "markdown",
        _l("Statement"),
        text=True,
        hint=_l("What the system shall do, so that it can be tested."),
    ),
    Field("rationale", "markdown", _l("Rationale"), hint=_l("Why it is wanted.")),
    Field("kind", "choice", _l("Kind"), column="requirement_kind", choices=REQUIREMENT_KINDS, text=True),
    Field("tier", "choice", _l("Tier"), choices=TIERS, scope=True),
    Field("phase", "phase", _l("Phase"), column="phase_id", scope=True),
    Field("owner", "user", _l("Owner"), column="owner_id"),
    Field("effort_days", "decimal", _l("Estimate (person-days)")),
    Field("tags", "tags", _l("Tags")),
    Field("scenarios", "links", _l("Scenarios"), link=("gives_rise_to", "target"), linked="scenario", scope=True),
)


class Silence(Base):
    """A finding of the text checker that somebody lets stand: a rule everywhere (``item_id`` None), or some words of one item.

    ``words``: what was found, "" for all that the rule finds there.
    """

    __tablename__ = "text_silences"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        Index("ix_text_silences_live", "project_id", "rule", sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    rule: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    words: Mapped[str] = mapped_column(String(400), default="")
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


REQUIREMENT = register(
    Kind(
        name="requirement",
        plural="requirements",
        prefix="REQ",
        model=Requirement,
        label=_l("Requirement"),
        label_plural=_l("Requirements"),
        place="scope",
        icon="list-check",
        first_stage="draft",
        create="requirement.write",
        write="requirement.write",
        draft="requirement.draft",
        empty=_l("A requirement is one thing that the system shall do, with its reason, its tier and its phase."),
        columns=("title", "tier", "phase", "stage", "status", "owner", "effort_days", "updated_at"),
        fields=REQUIREMENT_FIELDS,
    )
)
