"""Data dictionary, Data set, its rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant, JsonText

LIVE = text("archived_at IS NULL")


class DictionaryEntry(Base):
    """What a column of business data is called and means in the project, and which values it may hold.

    ``format`` and ``allowed`` are read by ``acceptance.data.dictionary``; ``aliases``: what other systems call it.
    """

    __tablename__ = "dictionary_entries"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_given"),
        Index(
            "uq_dictionary_entries_name", "project_id", "name", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    meaning: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(String(12), default="text")
    format: Mapped[str] = mapped_column(String(200), default="")
    allowed: Mapped[list[str] | None] = mapped_column(JsonText)
    aliases: Mapped[list[str] | None] = mapped_column(JsonText)
    unit: Mapped[str] = mapped_column(String(20), default="")
    required: Mapped[bool] = mapped_column(default=False)
    is_unique: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class DataSet(Base):
    """Real business records, ``DAT-1``, and where they came from: ``system``, its ``owner``, the day they were taken on.

    ``header``: the names of the columns; ``masked``: for each of them what kind of personal data was masked in it on entry, or "";
    ``mapped``: for each the name of its entry in the dictionary, or ""; ``profile``: what was found in the columns, without any
    clear value of those that are masked; ``applied``: what applying the dictionary changed, and what it could not mend.
    ``digest``: SHA-256 of the rows as they are kept.
    """

    __tablename__ = "data_sets"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("length(name) > 0", name="name_given"),
        CheckConstraint("row_count >= 0", name="rows_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    system: Mapped[str] = mapped_column(String(200), default="")
    owner: Mapped[str] = mapped_column(String(200), default="")
    taken_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(255), default="")
    header: Mapped[list[str]] = mapped_column(JsonText)
    masked: Mapped[list[str]] = mapped_column(JsonText)
    mapped: Mapped[list[str]] = mapped_column(JsonText)
    profile: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    applied: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    row_count: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(200))
    created_by_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def key(self) -> str:
        return f"DAT-{self.number}"


class DataRow(Base):
    """One record of a data set, its cells in the order of the header; ``position`` counts from 0."""

    __tablename__ = "data_rows"

    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_sets.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cells: Mapped[list[str]] = mapped_column(JsonText)
