"""Import runs and their rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import NAMES_FILES, Base, Instant, JsonText


class ImportRun(Base):
    """One import: the columns as they were mapped, its rows, what it made. Undone while nobody touched what it made."""

    __tablename__ = "import_runs"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("state IN ('mapping', 'checked', 'imported', 'undone', 'dropped')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(255), default="")
    digest: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)  # of the bytes in the store
    state: Mapped[str] = mapped_column(String(12), default="mapping")
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    warnings: Mapped[list[Any] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class ImportRow(Base):
    """One row of a run: what it holds, what is wrong with it, what it became."""

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("run_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(200))  # sheet and row, or line
    fields: Mapped[dict[str, Any]] = mapped_column(JsonText)
    notes: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    proposals: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    problems: Mapped[list[Any] | None] = mapped_column(JsonText)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"))
    # A stakeholder is no item.
    stakeholder_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholders.id", ondelete="RESTRICT"))
    item_version: Mapped[int | None] = mapped_column(Integer)  # of the item, or of the stakeholder

    @property
    def waits(self) -> bool:
        """Whether nothing was made of it yet."""
        return self.item_id is None and self.stakeholder_id is None
