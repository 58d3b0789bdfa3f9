"""Item, Version, Link and what hangs on items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import sealed
from reqtrack.db import NAMES_FILES, Base, Instant

LIVE = text("until IS NULL")


class Counter(Base):
    """The last number given to each kind of key in a project (``REQ`` → 12)."""

    __tablename__ = "counters"
    __audited__ = False  # what it counted is in the events

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


class Item(Base):
    """A versioned thing. The columns here are those that lists of any kind filter and sort by; the rest is the kind's own.

    ``version`` is the number of the newest Version; ``row`` guards concurrent updates and is internal. ``text_seq`` is the
    event sequence of the last change of the text that is tested (for acceptance also of what it accepts).
    """

    __tablename__ = "items"
    __allow_unmapped__ = True
    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("project_id", "key"),
        CheckConstraint("tier IS NULL OR tier IN ('must', 'should', 'later')", name="tier_known"),
        CheckConstraint("length(title) > 0", name="title_given"),
        Index("ix_items_list_updated", "project_id", "kind", "updated_at", "id"),
        Index("ix_items_list_number", "project_id", "kind", "number", "id"),
        Index("ix_items_list_title", "project_id", "kind", "title", "id"),
        Index("ix_items_list_stage", "project_id", "kind", "stage", "number", "id"),
        Index("ix_items_list_tier", "project_id", "kind", "tier", "stage", "updated_at", "id"),
        Index("ix_items_list_phase", "project_id", "kind", "phase_id", "number", "id"),
        Index("ix_items_owner", "owner_id", "kind", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(400))
    stage: Mapped[str] = mapped_column(String(24))
    tier: Mapped[str | None] = mapped_column(String(10))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    retired: Mapped[bool] = mapped_column(default=False)
    # Set on import, cleared once a person has looked.
    imported: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(Integer, default=0)
    text_print: Mapped[str] = mapped_column(String(64), default="")
    scope_print: Mapped[str] = mapped_column(String(64), default="")
    text_seq: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(Instant)
    row: Mapped[int] = mapped_column(Integer)

    # The newest content as it was loaded along with the item: (its number, canonical JSON).
    loaded: tuple[int, str | None] | None = None

    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": row}


@sealed
class Version(Base):
    """One immutable state of an item's content: ``content`` is the very canonical JSON that was hashed."""

    __tablename__ = "versions"
    __table_args__ = (Index("ix_versions_since", "project_id", "since"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    schema: Mapped[int] = mapped_column(Integer, default=1)
    content: Mapped[str] = mapped_column(Text)
    text_print: Mapped[str] = mapped_column(String(64))
    scope_print: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    change: Mapped[str] = mapped_column(String(24), default="")  # key of the change request that brought it
    since: Mapped[int] = mapped_column(Integer)  # event sequence
    seal: Mapped[str] = mapped_column(String(64))


class Link(Base):
    """A typed, directed relation between two items of one project. ``looked`` is the event sequence up to which somebody has
    looked at its driving end: the link is suspect when that end's ``text_seq`` is greater."""

    __tablename__ = "links"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "source_id"], ["items.project_id", "items.id"], ondelete="RESTRICT"),
        ForeignKeyConstraint(["project_id", "target_id"], ["items.project_id", "items.id"], ondelete="RESTRICT"),
        CheckConstraint("source_id <> target_id", name="two_ends"),
        Index("uq_links_live", "source_id", "kind", "target_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_links_target", "target_id", "kind", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int] = mapped_column(Integer)
    target_id: Mapped[int] = mapped_column(Integer)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)
    looked: Mapped[int] = mapped_column(Integer)


class Succession(Base):
    """An item that lives on in others: ``merged`` into one, or ``split`` into two. Its old key leads there."""

    __tablename__ = "successions"
    __table_args__ = (
        UniqueConstraint("old_id", "new_id"),
        ForeignKeyConstraint(["project_id", "old_id"], ["items.project_id", "items.id"], ondelete="RESTRICT"),
        ForeignKeyConstraint(["project_id", "new_id"], ["items.project_id", "items.id"], ondelete="RESTRICT"),
        CheckConstraint("old_id <> new_id", name="two_ends"),
        CheckConstraint("way IN ('merged', 'split')", name="way_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(Integer)
    old_id: Mapped[int] = mapped_column(Integer)
    new_id: Mapped[int] = mapped_column(Integer, index=True)
    way: Mapped[str] = mapped_column(String(8))
    since: Mapped[int] = mapped_column(Integer)


class PersonalText(Base):
    """A text about a person (notes, names, comments), held beside the chain by salted digest so that it can be erased."""

    __tablename__ = "personal_texts"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[str | None] = mapped_column(Text)


class Comment(Base):
    """What somebody says about an item. ``kind``: comment, question, answer; ``answers`` is the question it answers."""

    __tablename__ = "comments"
    __allow_unmapped__ = True
    __table_args__ = (CheckConstraint("kind IN ('comment', 'question', 'answer')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="comment")
    author: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    body: Mapped[str] = mapped_column(String(64))  # digest of the personal text
    answers: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="RESTRICT"))
    # Whom a question waits for; None where there is no question.
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    # A stakeholder whom a question is for, who need not have an account.
    asked_stakeholder_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholders.id", ondelete="RESTRICT"))
    # The passage that raised it.
    excerpt_id: Mapped[int | None] = mapped_column(ForeignKey("excerpts.id", ondelete="RESTRICT"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    # The name of the account that was asked, as it was loaded along with the comment.
    asked_name: str = ""


class Attachment(Base):
    """A file at an item: its bytes lie in the store under ``digest``."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    part_of_text: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
