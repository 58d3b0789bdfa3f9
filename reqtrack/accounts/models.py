"""Users and what they belong to. Users are disabled, never deleted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Hundredths, Instant, JsonText
from reqtrack.permissions import ROLES


class User(Base, UserMixin):
    """An account. ``login`` is an employee number, a mobile number or an e-mail; ``email`` is optional."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))  # type: ignore[assignment]
    password: Mapped[str] = mapped_column(String(255), default="")
    active: Mapped[bool] = mapped_column(default=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(20), default="")
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    # Lock-out after wrong passwords is a fact of the account, not of one process's memory.
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)


class SignIn(Base):
    """One signed-in browser, known to the server by the hash of the id in its cookie; dead at once when signed out."""

    __tablename__ = "sign_ins"
    __audited__ = False  # goes to the access log

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    proved_at: Mapped[datetime] = mapped_column(Instant)
    # By what they last proved to be themselves here: password, totp, passkey, sso.
    proved_by: Mapped[str] = mapped_column(String(20), default="password", server_default="password")
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")


class Project(Base):
    """One roll-out. Money is in ``currency``; capacity and estimates are person-days."""

    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint("key = upper(key) AND length(key) BETWEEN 2 AND 10", name="key_form"),
        CheckConstraint("preset IN ('lean', 'standard', 'regulated')", name="preset_known"),
        CheckConstraint("machine_counts IN ('alone', 'beside')", name="machine_counts_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(10), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    day_rate: Mapped[Decimal | None] = mapped_column(Hundredths)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    # Which lines of the first week were skipped, space-separated.
    first_week_skipped: Mapped[str] = mapped_column(Text, default="")
    # How many days an interviewee has to confirm a write-up before it counts as no reply.
    reply_days: Mapped[int] = mapped_column(Integer, default=7, server_default="7")
    # What a step may ask of the person who does it, before it stands out.
    most_pages: Mapped[int] = mapped_column(Integer, default=3, server_default="3")
    most_required_fields: Mapped[int] = mapped_column(Integer, default=8, server_default="8")
    most_approvals: Mapped[int] = mapped_column(Integer, default=2, server_default="2")
    # How much of what stages ask is shown: lean, standard, regulated.
    preset: Mapped[str] = mapped_column(String(12), default="lean", server_default="lean")
    # The days on which nobody works although it is no weekend, and those on which everybody does although it is one, as
    # ``{"off": ["2026-10-01"], "on": ["2026-10-10"]}``.
    calendar: Mapped[Any] = mapped_column(JsonText, nullable=True)
    # What changes may cost in all, in person-days and in money.
    change_budget_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    change_budget_cost: Mapped[Decimal | None] = mapped_column(Hundredths)
    # Of a phase's effort, how many in a hundred may be must items; days a step may wait before it stands out; within which the
    # assessment and the review of an emergency are due; between two reviews. At most so many people decide.
    most_must: Mapped[int] = mapped_column(Integer, default=60, server_default="60")
    waiting_days: Mapped[int] = mapped_column(Integer, default=5, server_default="5")
    emergency_days: Mapped[int] = mapped_column(Integer, default=5, server_default="5")
    review_days: Mapped[int] = mapped_column(Integer, default=14, server_default="14")
    most_deciders: Mapped[int] = mapped_column(Integer, default=2, server_default="2")
    # What a machine's pass is worth: it counts by itself (alone), or only what a person saw makes a row passed (beside).
    machine_counts: Mapped[str] = mapped_column(String(8), default="beside", server_default="beside")
    # Where another tracker is told of defects, and what its messages are signed with.
    defect_hook: Mapped[str | None] = mapped_column(String(400))
    defect_hook_secret: Mapped[str | None] = mapped_column(String(64))
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Membership(Base):
    """One role of one user in one project. Ended, never deleted: what somebody could do then must stay readable."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("role IN ({})".format(", ".join(f"'{role}'" for role in ROLES)), name="role_known"),
        # One live membership per person and role.
        Index(
            "uq_memberships_live", "project_id", "user_id", "role", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Token(Base):
    """A personal API token; only its hash is kept."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("scope IN ('read', 'write', 'admin')", name="scope_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    scope: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    # Last used, to the hour.
    seen_at: Mapped[datetime | None] = mapped_column(Instant)


class PasswordLink(Base):
    """A link by which its user sets a password, once: made by an administrator, used up by the button."""

    __tablename__ = "password_links"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Invitation(Base):
    """A link by which one person joins a project with some roles; used once, by the button, not by opening it."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    roles: Mapped[str] = mapped_column(String(200))  # space-separated
    name: Mapped[str] = mapped_column(String(200), default="")  # whom it is meant for
    # None: by the command line.
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Authenticator(Base):
    """An app that shows a new code every half minute. It counts once a first code confirmed it, and until it is ended."""

    __tablename__ = "authenticators"
    __table_args__ = (
        # One that counts per person; one more may wait for its first code.
        Index(
            "uq_authenticators_live", "user_id", unique=True,
            sqlite_where=text("ended_at IS NULL AND confirmed_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND confirmed_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    # Encrypted with the key of the site (see ``vault``); emptied when it is ended.
    secret: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    # The half minute of the last code that was taken: that code and earlier ones are worth nothing.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Base):
    """A code that replaces the authenticator once, for whoever lost it; only its digest is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    # Used, or replaced by newer ones.
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Passkey(Base):
    """A key of a person's device, by which they sign in and prove themselves; the private half never leaves the device."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("credential"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    # Both base64url, as browsers send them.
    credential: Mapped[str] = mapped_column(String(1400))
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Identity(Base):
    """Who a person is at the sign-in provider: known by issuer and subject, never by an address."""

    __tablename__ = "identities"
    __table_args__ = (
        Index(
            "uq_identities_live", "issuer", "subject", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    issuer: Mapped[str] = mapped_column(String(400))
    subject: Mapped[str] = mapped_column(String(255))
    # What the provider calls them, to be recognised on one's account page.
    shown_as: Mapped[str] = mapped_column(String(254), default="")
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Challenge(Base):
    """What was asked of a passkey or of the provider: kept here and not in the browser, good once and for minutes."""

    __tablename__ = "challenges"
    __audited__ = False  # what comes of it goes to the access log

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    # For whom; None where whoever answers signs in by it.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    detail: Mapped[Any] = mapped_column(JsonText, nullable=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
