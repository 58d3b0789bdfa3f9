"""Signoff (the request), its signers, Signature."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import LATER, sealed
from reqtrack.db import NAMES_FILES, Base, Hundredths, Instant


class Signoff(Base):
    """A request to sign a subject (``BL-1``, ``RND-1``, ``CR-1``) with a meaning, over a fingerprint.

    *Superseded* is computed, never kept.
    """

    __tablename__ = "signoffs"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("state IN ('requested', 'signed', 'declined', 'withdrawn')", name="state_known"),
        CheckConstraint("rule IN ('all', 'any', 'number', 'per_role')", name="rule_known"),
        CheckConstraint("(rule = 'number') = (needed IS NOT NULL) AND needed > 0", name="number_needed"),
        CheckConstraint("ways IN ('electronic', 'paper', 'both', 'either')", name="ways_known"),
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
    # Of the rule *number*.
    needed: Mapped[int | None] = mapped_column(Integer)
    # Whether a seat is asked only when those before it have answered; in which ways each is to be signed.
    ordered: Mapped[bool] = mapped_column(default=False, server_default=false())
    ways: Mapped[str] = mapped_column(String(12), default="electronic", server_default="electronic")
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


class SignoffSeat(Base):
    """A place at which a request is to be signed: by an account, by any holder of a role, or by somebody outside.

    ``role`` beside an account: as which it signs by the rule *one per role*.
    """

    __tablename__ = "signoff_seats"
    __table_args__ = (
        UniqueConstraint("signoff_id", "user_id"),
        CheckConstraint(
            "(user_id IS NULL OR outside_name IS NULL) AND (user_id IS NOT NULL OR outside_name IS NOT NULL OR role <> '')",
            name="somebodys",
        ),
        CheckConstraint("position > 0", name="counted"),
    )

    signoff_id: Mapped[int] = mapped_column(ForeignKey("signoffs.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    role: Mapped[str] = mapped_column(String(40), default="")
    outside_name: Mapped[str | None] = mapped_column(String(200))
    outside_organisation: Mapped[str | None] = mapped_column(String(200))


class SignLink(Base):
    """A one-time link by which somebody outside signs at their seat, with a code that somebody else passes on; of the link only a hash
    is kept, and the code follows from it and the site's key.

    It is used up by the answer, not by being opened. After too many wrong codes it is shut.
    """

    __tablename__ = "sign_links"
    __table_args__ = (
        UniqueConstraint("digest"),
        ForeignKeyConstraint(
            ["signoff_id", "position"], ["signoff_seats.signoff_id", "signoff_seats.position"], ondelete="RESTRICT"
        ),
        Index("ix_sign_links_seat", "signoff_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    signoff_id: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    wrong: Mapped[int] = mapped_column(Integer, default=0)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class PaperSheet(Base):
    """A signed sheet that came back as a scan or photo: who signed it and when, as its uploader states, until a second person has
    compared it with what was asked (``confirmed``, which makes the signature) or refused it."""

    __tablename__ = "paper_sheets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["signoff_id", "position"], ["signoff_seats.signoff_id", "signoff_seats.position"], ondelete="RESTRICT"
        ),
        CheckConstraint("state IN ('offered', 'confirmed', 'refused')", name="state_known"),
        CheckConstraint("matched IN ('code', 'typed')", name="matched_known"),
        CheckConstraint("(state = 'offered') = (compared_at IS NULL)", name="compared_when"),
        CheckConstraint("compared_by <> uploaded_by", name="two_people"),
        Index("ix_paper_sheets_seat", "signoff_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    signoff_id: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    signer: Mapped[str] = mapped_column(String(200))  # login, or what stands for one of somebody outside
    signer_name: Mapped[str] = mapped_column(String(200))
    signed_on: Mapped[date] = mapped_column(Date)
    remarks: Mapped[str] = mapped_column(Text, default="")
    scan: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    file_name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    matched: Mapped[str] = mapped_column(String(8))
    uploaded_by: Mapped[str] = mapped_column(String(200))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12), default="offered")
    compared_by: Mapped[str | None] = mapped_column(String(200))
    compared_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


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
        # Once in reqtrack, and once on paper.
        Index(
            "uq_signatures_electronic", "signoff_id", "signer", unique=True,
            sqlite_where=text("method <> 'paper'"), postgresql_where=text("method <> 'paper'"),
        ),
        Index(
            "uq_signatures_paper", "signoff_id", "signer", unique=True,
            sqlite_where=text("method = 'paper'"), postgresql_where=text("method = 'paper'"),
        ),
        CheckConstraint("outcome IN ('signed', 'declined')", name="outcome_known"),
    )  # fmt: skip

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    signoff_id: Mapped[int] = mapped_column(ForeignKey("signoffs.id", ondelete="RESTRICT"))
    signer: Mapped[str] = mapped_column(String(200))  # login; ``outside:2`` of who has none, at the second seat
    signer_name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(200))  # held in the project then, space-separated
    outcome: Mapped[str] = mapped_column(String(10))
    meaning: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    zone: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(20))  # password, sign_in (a refusal), link, paper
    address: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(300), default="")
    # For whom a delegate gave it, with their name; ``roles`` are theirs then.
    behalf: Mapped[str | None] = mapped_column(String(200), info=LATER)
    behalf_name: Mapped[str | None] = mapped_column(String(200), info=LATER)
    # The Ed25519 seal of the installation over the other columns, and the id of its key (see ``signoff.stamps``).
    stamp_key: Mapped[str | None] = mapped_column(String(16), info=LATER)
    stamp: Mapped[str | None] = mapped_column(String(128), info=LATER)
    # At which seat it was given (None: of before there were any), and for which organisation somebody outside signed.
    seat: Mapped[int | None] = mapped_column(Integer, info=LATER)
    organisation: Mapped[str | None] = mapped_column(String(200), info=LATER)
    # 1 where ``reason`` is a reservation: what still has to be mended, though it is signed.
    reserved: Mapped[int | None] = mapped_column(Integer, info=LATER)
    # Of one on paper: the day written there (as text: what is sealed is the same on both databases), the SHA-256 of its scan,
    # who brought it in and who compared it (logins).
    signed_on: Mapped[str | None] = mapped_column(String(10), info=LATER)
    scan: Mapped[str | None] = mapped_column(String(64), info={**LATER, **NAMES_FILES})
    recorded_by: Mapped[str | None] = mapped_column(String(200), info=LATER)
    compared_by: Mapped[str | None] = mapped_column(String(200), info=LATER)
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def way(self) -> str:
        """How it was given: on paper, or electronically."""
        return "paper" if self.method == "paper" else "electronic"

    @property
    def principal(self) -> str:
        """The login of whose signature it is: the signer's, or that of who they signed for."""
        return self.behalf or self.signer
