"""Stakeholder, Interview, Excerpt, Evidence."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import LIVE, Item

LEVELS = {"frontline": _l("Frontline"), "manager": _l("Manager"), "executive": _l("Executive")}


class Stakeholder(Base):
    """A person with a job. The name is a personal text (``name`` is its digest)."""

    __tablename__ = "stakeholders"
    __table_args__ = (CheckConstraint("level IN ('frontline', 'manager', 'executive')", name="level_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
    job_role: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[str] = mapped_column(String(12), default="frontline")
    region: Mapped[str] = mapped_column(String(200), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Interview(Item):
    """A conversation with stakeholders. ``notes`` is the digest of a personal text in Markdown."""

    __tablename__ = "interviews"

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    held_on: Mapped[date | None] = mapped_column(Date)
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    stakeholders: Mapped[list[int] | None] = mapped_column(JsonText)
    guide: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(String(64))

    __mapper_args__ = {"polymorphic_identity": "interview"}


class Excerpt(Base):
    """A passage marked in an interview's notes: its words (a personal text) and the words around it, to find it again."""

    __tablename__ = "excerpts"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id", ondelete="RESTRICT"), index=True)
    # Who said it, when the notes tell; else it is anyone of the interview.
    stakeholder_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholders.id", ondelete="RESTRICT"))
    quote: Mapped[str] = mapped_column(String(64))
    start: Mapped[int] = mapped_column(Integer)  # character in the notes of `notes_version`
    notes_version: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)


class Evidence(Base):
    """An excerpt backs a scenario or a requirement. Append-only: ended by ``until``, never deleted."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("uq_evidence_live", "excerpt_id", "item_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpts.id", ondelete="RESTRICT"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


INTERVIEW = register(
    Kind(
        name="interview",
        plural="interviews",
        prefix="INT",
        model=Interview,
        label=_l("Interview"),
        label_plural=_l("Interviews"),
        place="discover",
        icon="message",
        first_stage="planned",
        read="interview.read",
        create="interview.write",
        write="interview.write",
        empty=_l("An interview keeps what somebody who does the work told you, in their words."),
        columns=("title", "stage", "held_on", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("held_on", "date", _l("Held on")),
            Field("interviewer", "user", _l("Interviewer"), column="interviewer_id"),
            Field("stakeholders", "stakeholders", _l("Who was heard")),
            Field("guide", "markdown", _l("Guide"), hint=_l("What you want to ask.")),
            Field(
                "notes", "personal", _l("Notes"), hint=_l("Markdown. Begin a line with the speaker's name and a colon.")
            ),
        ),
    )
)
