"""Change request, proposed edits, assessments, decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import LATER, sealed
from reqtrack.db import Base, Hundredths, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item

CHANGE_KINDS = {"normal": _l("Normal"), "standard": _l("Standard"), "emergency": _l("Emergency")}
# Other ways to do what a change wants, beside those that have a name of their own.
OPTIONS = {"do_nothing": _l("Do nothing"), "smaller": _l("Smaller")}
TIERS = {"must": _l("Must have"), "should": _l("Should have"), "later": _l("Later")}


class Change(Item):
    """Why a change is wanted. ``asked_by`` is a login or ``stakeholder:<id>``; who logged it is ``created_by``."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    reason: Mapped[str | None] = mapped_column(Text)
    change_kind: Mapped[str | None] = mapped_column(String(12))
    asked_by: Mapped[str | None] = mapped_column(String(200))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_seq: Mapped[int | None] = mapped_column(Integer)
    # Since when it waits; while it is asked back the clock stands at `paused_at`.
    waiting_since: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    # Where an asked-back change goes when it is answered.
    came_from: Mapped[str | None] = mapped_column(String(24))
    # Which of the stages that the project added inside `stage` it stands in; None in the stage itself.
    sub_stage: Mapped[str | None] = mapped_column(String(24))
    # Until when, in words; and, where the words are a date or a phase, what brings it back by itself.
    deferred_until: Mapped[str | None] = mapped_column(String(200))
    back_on: Mapped[date | None] = mapped_column(Date)
    back_phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    # The package whose text the one who asked for it has confirmed, when somebody else typed it in.
    confirmed_print: Mapped[str | None] = mapped_column(String(64))
    expected_effort_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    # In effect: what of that its requirements' estimates say.
    estimated_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    # Beside effort, in the project's money.
    expected_cost: Mapped[Decimal | None] = mapped_column(Hundredths)
    # A standard change keeps within this template; it is applied when it is submitted.
    template_id: Mapped[int | None] = mapped_column(ForeignKey("change_templates.id", ondelete="RESTRICT"))
    # Agreed elsewhere: on which day, and where, with whom, by which minutes.
    agreed_on: Mapped[date | None] = mapped_column(Date)
    agreed_where: Mapped[str | None] = mapped_column(Text)
    # The change that this one undoes.
    reverts_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), index=True)
    # An emergency: until when it must be assessed and reviewed, and when it was.
    review_due_on: Mapped[date | None] = mapped_column(Date)
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    # In effect after this day, if nobody who may decide objects; and the package of which that was said.
    silent_until: Mapped[date | None] = mapped_column(Date)
    silent_print: Mapped[str | None] = mapped_column(String(64))
    # The numbers of the votes by which it took effect.
    counted: Mapped[Any] = mapped_column(JsonText, nullable=True)
    # Who rewrote its title or reason, or took out what others proposed, parted by blanks: they wrote it as well.
    editors: Mapped[str | None] = mapped_column(Text)

    __mapper_args__ = {"polymorphic_identity": "change"}


class ChangeTemplate(Base):
    """A standard change that an owner approved beforehand, with its limits: ``most_days`` of effort, ``most_items`` edited, the
    ``fields`` that may be set (their names, parted by blanks; "" any), and the ``tiers`` that may be touched."""

    __tablename__ = "change_templates"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_given"),
        CheckConstraint("(approved_by = '') = (approved_at IS NULL)", name="approved_when"),
        CheckConstraint("most_items > 0", name="some_items"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    most_days: Mapped[Decimal] = mapped_column(Hundredths)
    most_items: Mapped[int] = mapped_column(Integer)
    fields: Mapped[str] = mapped_column(Text, default="")
    tiers: Mapped[str] = mapped_column(String(40), default="")
    # Everybody who wrote a part of it, in order, parted by blanks (which no login holds).
    written_by: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class DelegationLine(Base):
    """One line of a project's delegation table, tried in order: up to so much effort and cost, with must items or not, over a
    phase's capacity or not, of which kind of change ("" any); ``seats``: the roles that decide, parted by blanks."""

    __tablename__ = "delegation_lines"
    __table_args__ = (
        UniqueConstraint("project_id", "position"),
        CheckConstraint("length(seats) > 0", name="somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    position: Mapped[int] = mapped_column(Integer)
    most_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    most_cost: Mapped[Decimal | None] = mapped_column(Hundredths)
    must: Mapped[bool] = mapped_column()
    over: Mapped[bool] = mapped_column()
    change_kind: Mapped[str] = mapped_column(String(12), default="")
    seats: Mapped[str] = mapped_column(String(200))


class Workflow(Base):
    """How a project has the stages of its changes: names, added stages, what a move wants, who may move. ``change_kind``: "" all."""

    __tablename__ = "workflows"
    __table_args__ = (UniqueConstraint("project_id", "change_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_kind: Mapped[str] = mapped_column(String(12), default="")
    body: Mapped[Any] = mapped_column(JsonText)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Wait(Base):
    """How long a change waited in one stage; ``paused``: the seconds of that in which it was asked back."""

    __tablename__ = "change_waits"
    __table_args__ = (
        Index("ix_change_waits_change", "change_id", "id"),
        Index("ix_change_waits_project", "project_id", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    stage: Mapped[str] = mapped_column(String(24))
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    paused: Mapped[int] = mapped_column(Integer, default=0)


class Touch(Base):
    """An item put into what a change touches by hand, or taken out of what was computed, with why."""

    __tablename__ = "change_touches"
    __table_args__ = (
        CheckConstraint("added OR length(reason) > 0", name="reason_given"),
        Index(
            "uq_change_touches_live", "change_id", "item_id", unique=True,
            sqlite_where=text("until IS NULL"), postgresql_where=text("until IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    added: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


class Agreement(Base):
    """One who is said to have decided a change elsewhere, and what they say to that: ``answer`` "" not yet, yes, no. ``seated``:
    when they were named, the delegation rule had a seat for them."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("answer IN ('', 'yes', 'no')", name="answer_known"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("(answer = '') = (package_print = '')", name="answered_what"),
        UniqueConstraint("change_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    answer: Mapped[str] = mapped_column(String(4), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    package_print: Mapped[str] = mapped_column(String(64), default="")
    method: Mapped[str] = mapped_column(String(20), default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    seated: Mapped[bool] = mapped_column(default=False)


class AskLink(Base):
    """A one-time link by which somebody is asked to decide a change, with a code that somebody else passes on; of the link only a
    hash is kept, and the code follows from it and the site's key.

    It is used up by the answer, not by being opened. After too many wrong codes it is shut.
    """

    __tablename__ = "ask_links"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    wrong: Mapped[int] = mapped_column(Integer, default=0)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class ProposedEdit(Base):
    """One line of a change's package. ``op``: set (field, old, new, base version), new (kind, fields), retire, link.

    ``old`` and ``new`` are encoded values as content holds them (for *new*: the fields; for *link*: ``{add, remove}``, the kind
    of link in ``kind``; for *retire*: in what it goes on, ``{merged_into}`` or ``{split_into}``, or nothing; ``{restored}`` where
    the item is brought back instead). ``NEW-3`` in a list of keys stands for the item that the edit at position 3 will make.
    """

    __tablename__ = "proposed_edits"
    __table_args__ = (
        CheckConstraint("op IN ('set', 'new', 'retire', 'link')", name="op_known"),
        CheckConstraint("(op = 'new') = (item_id IS NULL)", name="item_given"),
        UniqueConstraint("change_id", "item_id", "field"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    op: Mapped[str] = mapped_column(String(8))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    field: Mapped[str] = mapped_column(String(40), default="")
    base_version: Mapped[int | None] = mapped_column(Integer)
    old: Mapped[Any] = mapped_column(JsonText, nullable=True)
    new: Mapped[Any] = mapped_column(JsonText, nullable=True)
    # Everybody who wrote a part of what stands here, in order, parted by blanks (which no login holds).
    author: Mapped[str] = mapped_column(Text)
    # The key that a new item got when the change was applied.
    made_key: Mapped[str | None] = mapped_column(String(24))


class AssessmentRequest(Base):
    """Who is asked to assess a change."""

    __tablename__ = "assessment_requests"

    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)


class AssessmentRole(Base):
    """A role whose holders are asked to assess a change: any one of them does."""

    __tablename__ = "assessment_roles"

    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Assessment(Base):
    """What a change costs, by one assessor: person-days (likely alone, or best / likely / worst), cost beside effort, note, risk as
    probability × effect (1 to 5 each), other ways to do it, and the graph it saw.

    ``options``: ``[{"name", "days", "note"}]``, "do nothing" and "smaller" among them. ``source``: "" an assessor, ``agreed`` who
    wrote up what was agreed elsewhere, whose estimate is no assessment.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("best IS NULL OR best <= likely", name="best_least"),
        CheckConstraint("worst IS NULL OR worst >= likely", name="worst_most"),
        CheckConstraint("probability BETWEEN 1 AND 5 AND effect BETWEEN 1 AND 5", name="risk_from_one_to_five"),
        CheckConstraint("(probability IS NULL) = (effect IS NULL)", name="risk_whole"),
        Index("ix_assessments_change", "change_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    best: Mapped[Decimal | None] = mapped_column(Hundredths)
    likely: Mapped[Decimal] = mapped_column(Hundredths)
    worst: Mapped[Decimal | None] = mapped_column(Hundredths)
    note: Mapped[str] = mapped_column(Text, default="")
    schedule_note: Mapped[str] = mapped_column(Text, default="")
    risk: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[Decimal | None] = mapped_column(Hundredths)
    probability: Mapped[int | None] = mapped_column(Integer)
    effect: Mapped[int | None] = mapped_column(Integer)
    options: Mapped[Any] = mapped_column(JsonText, nullable=True)
    source: Mapped[str] = mapped_column(String(12), default="")
    graph_print: Mapped[str] = mapped_column(String(64))
    package_print: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


@sealed
class Decision(Base):
    """One vote on a change, for the package of that fingerprint. ``seat``: the role it was given in; ``voided_by`` is computed."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'rejected', 'deferred')", name="outcome_known"),
        CheckConstraint("outcome = 'approved' OR length(reason) > 0 OR length(until) > 0", name="reason_given"),
        Index("ix_decisions_change", "change_id", "number"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="RESTRICT"))
    decider: Mapped[str] = mapped_column(String(200))
    decider_name: Mapped[str] = mapped_column(String(200))
    seat: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(10))
    tier: Mapped[str | None] = mapped_column(String(10))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[str] = mapped_column(String(200), default="")
    package_print: Mapped[str] = mapped_column(String(64))
    expected_effort_days: Mapped[Decimal | None] = mapped_column(Hundredths)
    at: Mapped[datetime] = mapped_column(Instant)
    method: Mapped[str] = mapped_column(
        String(20), default=""
    )  # how it was proved: "" within the manager's limit, password, totp, passkey, sso, link; silence, template: nobody voted
    address: Mapped[str] = mapped_column(String(64), default="")
    # For whom it was given by a delegate, with their name; the option of an assessment that was approved instead of the whole.
    behalf: Mapped[str | None] = mapped_column(String(200), info=LATER)
    behalf_name: Mapped[str | None] = mapped_column(String(200), info=LATER)
    option: Mapped[str | None] = mapped_column(Text, info=LATER)
    # The Ed25519 seal of the installation over the other columns, and the id of its key (see ``signoff.stamps``).
    stamp_key: Mapped[str | None] = mapped_column(String(16), info=LATER)
    stamp: Mapped[str | None] = mapped_column(String(128), info=LATER)
    seal: Mapped[str] = mapped_column(String(64))


CHANGE = register(
    Kind(
        name="change",
        plural="changes",
        prefix="CR",
        model=Change,
        label=_l("Change request"),
        label_plural=_l("Change requests"),
        place="change",
        icon="git-pull-request",
        first_stage="draft",
        create="change.create",
        write="change.create",
        empty=_l("A change request says what should be different and why; its cost and its consequences are computed."),
        columns=("title", "stage", "tier", "phase", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("reason", "markdown", _l("Why")),
            Field("asked_by", "line", _l("Asked by"), search=False),
            Field("kind", "choice", _l("Kind"), column="change_kind", choices=CHANGE_KINDS),
            Field("tier", "choice", _l("Tier"), choices=TIERS),
            Field("phase", "phase", _l("Phase"), column="phase_id"),
        ),
    )
)
