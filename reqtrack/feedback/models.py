"""Feedback: what somebody says after seeing the system, and the links by which anybody may say it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item

# What became of it.
OUTCOMES = {
    "answer": _l("Answered"),
    "defect": _l("A defect"),
    "change": _l("A change"),
    "requirement": _l("A requirement"),
    "none": _l("Not taken up"),
}


class FeedbackLink(Base):
    """An address, also as a QR code, at which anybody may give feedback without an account, until it ends."""

    __tablename__ = "feedback_links"
    __table_args__ = (CheckConstraint("length(name) > 0", name="name_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    # Where it hangs: "poster in the warehouse".
    name: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Feedback(Item):
    """What was said (a personal text), by whom if they told, and what became of it.

    ``receipt``: digest of the secret in the sender's link, by which they see what became of it. ``group_id``: the first of
    those that say the same. ``made_id``: the defect, change or requirement that was made of it.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("outcome IN ('answer', 'defect', 'change', 'requirement', 'none')", name="outcome_known"),
        CheckConstraint("group_id IS NULL OR group_id <> id", name="group_is_another"),
        Index("uq_feedback_receipt", "receipt", unique=True, sqlite_where=text("receipt <> ''"),
              postgresql_where=text("receipt <> ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    said: Mapped[str | None] = mapped_column(String(64))
    contact: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(12))
    reply: Mapped[str | None] = mapped_column(Text)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_links.id", ondelete="RESTRICT"))
    receipt: Mapped[str] = mapped_column(String(64), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id", ondelete="RESTRICT"), index=True)
    made_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"))

    __mapper_args__ = {"polymorphic_identity": "feedback", "inherit_condition": id == Item.id}


FEEDBACK = register(
    Kind(
        name="feedback",
        plural="feedback",
        prefix="FB",
        model=Feedback,
        label=_l("Feedback"),
        label_plural=_l("Feedback"),
        place="discover",
        icon="message",
        first_stage="new",
        create="comment.write",
        write="feedback.triage",
        empty=_l("Feedback is what somebody says who has seen the system: by a link, a QR code, or written down here."),
        columns=("title", "stage", "outcome", "updated_at"),
        fields=(
            Field("title", "line", _l("In short")),
            Field("said", "personal", _l("What was said")),
            Field("contact", "personal", _l("How to reach them")),
            Field("outcome", "choice", _l("What became of it"), choices=OUTCOMES),
            Field("reply", "text", _l("Reply to them")),
            Field("about", "links", _l("About"), link=("about", "source"), linked="*"),
        ),
    )
)
