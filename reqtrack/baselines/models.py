"""Baseline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import sealed
from reqtrack.db import Base, Instant


@sealed
class Baseline(Base):
    """A named point (``seq``) of the append-only history with its keys and a fingerprint; its content is a query."""

    __tablename__ = "baselines"
    __table_args__ = (Index("ix_baselines_fingerprint", "fingerprint"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    seq: Mapped[int] = mapped_column(Integer)
    keys: Mapped[str] = mapped_column(Text)  # JSON list
    counts: Mapped[str] = mapped_column(Text)  # JSON: kind → number
    fingerprint: Mapped[str] = mapped_column(String(80))
    author: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def key(self) -> str:
        return f"BL-{self.number}"
