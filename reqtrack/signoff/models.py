"""Signoff (the request), its signers, Signature."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import LATER, sealed
from reqtrack.db import Base, Hundredths, Instant


class Signoff(Base):
    """A request to sign a subject (``BL-1``, ``RND-1``, ``CR-1``) with a meaning, over a fingerprint.

    *Superseded* is computed, never kept.
    """

    __tablename__ = "signoffs"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("state IN ('requested', 'signed', 'declined', 'withdrawn')", name="state_known"),
        CheckConstraint("rule IN ('all', 'any')", name="rule_known"),
        CheckConstraint("(state = 'requested') = (settled_at IS NULL)", name="settled_when"),
        Index("ix_signoffs_subject", "project_id", "subject"),
        Index("ix_signoffs_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(24))
    meaning: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(8), default="all")
    due_on: Mapped[date | None] = mapped_column(Date)
    fingerprint: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), default="requested")
    requested_by: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    # When it was completed, also where a signature was withdrawn later; else when it was declined, or the request withdrawn.
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    # The event of that; the scope signature is judged from the baseline on.
    settled_seq: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def key(self) -> str:
        return f"SGN-{self.number}"


class SignoffSigner(Base):
    """Who is asked to sign."""

    __tablename__ = "signoff_signers"

    signoff_id: Mapped[int] = mapped_column(ForeignKey("signoffs.id", ondelete="RESTRICT"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)


class Delegate(Base):
    """Who acts for somebody who is away, from a day to a day: to decide changes, to sign, or both (``scope`` ""), changes up to
    ``most_days``. They act in their own name, *for* the absent one. ``project_id`` None: in every project of the absent one."""

    __tablename__ = "delegates"
    __table_args__ = (
        CheckConstraint("absent_id <> delegate_id", name="two_people"),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        CheckConstraint("scope IN ('', 'decide', 'sign')", name="scope_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    scope: Mapped[str] = mapped_column(String(8), default="")
    most_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    reason: Mapped[str] = mapped_column(Text, default="")
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


@sealed
class Signature(Base):
    """One person's word over a fingerprint: signed or declined, when, with what meaning, how it was proved."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("signoff_id", "signer"),
        CheckConstraint("outcome IN ('signed', 'declined')", name="outcome_known"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    signoff_id: Mapped[int] = mapped_column(ForeignKey("signoffs.id", ondelete="RESTRICT"))
    signer: Mapped[str] = mapped_column(String(200))  # login
    signer_name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(200))  # held in the project then, space-separated
    outcome: Mapped[str] = mapped_column(String(10))
    meaning: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    zone: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(20))  # password
    address: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(300), default="")
    # For whom a delegate gave it, with their name; ``roles`` are theirs then.
    behalf: Mapped[str | None] = mapped_column(String(200), info=LATER)
    behalf_name: Mapped[str | None] = mapped_column(String(200), info=LATER)
    # The Ed25519 seal of the installation over the other columns, and the id of its key (see ``signoff.stamps``).
    stamp_key: Mapped[str | None] = mapped_column(String(16), info=LATER)
    stamp: Mapped[str | None] = mapped_column(String(128), info=LATER)
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def principal(self) -> str:
        """The login of whose signature it is: the signer's, or that of who they signed for."""
        return self.behalf or self.signer
