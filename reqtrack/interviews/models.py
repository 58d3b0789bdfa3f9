"""Stakeholder, Interview, Excerpt, Evidence, and what a round of interviews is planned, led and confirmed by."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import NAMES_FILES, Base, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import LIVE, Item

LEVELS = {"frontline": _l("Frontline"), "manager": _l("Manager"), "executive": _l("Executive")}
# Who sees whose words these are: the name to interviewers and analysts (others the job role) · the job role alone, to all ·
# nobody but the interviewer sees the sentence, and it backs nothing.
SHOWN_AS = {
    "name": _l("My name to the interviewers, my job role to others"),
    "role": _l("My job role only"),
    "hidden": _l("Not this sentence"),
}
DOCUMENT_KINDS = {
    "contract": _l("Contract"),
    "regulation": _l("Regulation"),
    "complaint": _l("Complaint"),
    "sheet": _l("Old sheet"),
    "other": _l("Other document"),
}


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
    # Taken back with the import that brought them.
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
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


class Document(Base):
    """A contract, a regulation, a complaint, an old sheet: its passages are evidence, but no voices."""

    __tablename__ = "evidence_documents"
    __table_args__ = (
        CheckConstraint("kind IN ('contract', 'regulation', 'complaint', 'sheet', 'other')", name="kind_known"),
        CheckConstraint("length(title) > 0", name="title_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="other")
    title: Mapped[str] = mapped_column(String(400))
    dated: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    # The file in the store, where one was given.
    digest: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(Integer, default=0)
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Excerpt(Base):
    """A passage marked in an interview's notes, or taken from a document: its words are a personal text.

    In notes, ``start`` and ``notes_version`` follow the passage when the notes are edited around it; ``moved_at`` is the event
    since which its own words do not stand there any more. Of a document, ``place`` says where (page 4, cell B12).
    """

    __tablename__ = "excerpts"
    __table_args__ = (
        CheckConstraint("(interview_id IS NULL) <> (document_id IS NULL)", name="one_source"),
        CheckConstraint("shown_as IN ('name', 'role', 'hidden')", name="shown_as_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    interview_id: Mapped[int | None] = mapped_column(ForeignKey("interviews.id", ondelete="RESTRICT"), index=True)
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("evidence_documents.id", ondelete="RESTRICT"), index=True
    )
    place: Mapped[str] = mapped_column(String(400), default="", server_default="")
    shown_as: Mapped[str] = mapped_column(String(8), default="name", server_default="name")
    moved_at: Mapped[int | None] = mapped_column(Integer)
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


class DataPoint(Base):
    """A figure that somebody told: ``20 · times a day``. It belongs to the passage that says it."""

    __tablename__ = "data_points"
    __table_args__ = (CheckConstraint("length(name) > 0", name="name_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    excerpt_id: Mapped[int] = mapped_column(ForeignKey("excerpts.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(60), default="")
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class VoiceTarget(Base):
    """How many people of a job role in a department shall be heard, on one process or (None) on any: one cell of the plan."""

    __tablename__ = "voice_targets"
    __table_args__ = (
        CheckConstraint("target >= 0", name="target_not_negative"),
        Index(
            "uq_voice_targets_any", "project_id", "job_role", "department", unique=True,
            sqlite_where=text("process_id IS NULL"), postgresql_where=text("process_id IS NULL"),
        ),
        # Where there is no process, NULLs differ from one another: the index above sees to those.
        UniqueConstraint("project_id", "job_role", "department", "process_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    job_role: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
    process_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"))
    target: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class QuestionSet(Base):
    """Questions to ask people of a job role ("": of any) about a process (None: about any), in their order."""

    __tablename__ = "question_sets"
    __table_args__ = (CheckConstraint("length(name) > 0", name="name_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    job_role: Mapped[str] = mapped_column(String(200), default="")
    process_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"))
    questions: Mapped[list[str] | None] = mapped_column(JsonText)
    # The starter set that it was made from, "" where it was written here.
    starter: Mapped[str] = mapped_column(String(60), default="")
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class GuideQuestion(Base):
    """A question of one interview's guide: ticked when it was covered, carried over to a later interview when it was not."""

    __tablename__ = "guide_questions"
    __table_args__ = (UniqueConstraint("interview_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id", ondelete="RESTRICT"))
    position: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    set_id: Mapped[int | None] = mapped_column(ForeignKey("question_sets.id", ondelete="RESTRICT"))
    covered_at: Mapped[datetime | None] = mapped_column(Instant)
    covered_by: Mapped[str] = mapped_column(String(200), default="")
    # The question of an earlier interview that was not covered there.
    carried_from: Mapped[int | None] = mapped_column(ForeignKey("guide_questions.id", ondelete="RESTRICT"))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class Confirmation(Base):
    """A write-up put to one of those who were heard. ``seen`` is the fingerprint of the text that they confirmed.

    ``digest`` is that of a one-time link's secret, "" where it was confirmed face to face or signed in.
    """

    __tablename__ = "confirmations"
    __table_args__ = (
        CheckConstraint("way IN ('link', 'face_to_face', 'signed_in')", name="way_known"),
        CheckConstraint("(confirmed_at IS NULL) = (seen = '')", name="confirmed_says_what"),
        Index("uq_confirmations_digest", "digest", unique=True, sqlite_where=text("digest <> ''"),
              postgresql_where=text("digest <> ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id", ondelete="RESTRICT"), index=True)
    stakeholder_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholders.id", ondelete="RESTRICT"))
    way: Mapped[str] = mapped_column(String(12), default="link")
    digest: Mapped[str] = mapped_column(String(64), default="")
    locale: Mapped[str] = mapped_column(String(20), default="")
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    seen: Mapped[str] = mapped_column(String(64), default="")


class Correction(Base):
    """What an interviewee says is not so: a comment (personal text) at a passage of the write-up (personal text), or at all."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    confirmation_id: Mapped[int] = mapped_column(ForeignKey("confirmations.id", ondelete="RESTRICT"), index=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interviews.id", ondelete="RESTRICT"), index=True)
    passage: Mapped[str] = mapped_column(String(64), default="")
    body: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str] = mapped_column(String(200), default="")


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
            Field("processes", "links", _l("About the processes"), link=("covers", "source"), linked="process"),
            Field("guide", "markdown", _l("Guide"), hint=_l("What you want to ask.")),
            Field(
                "notes", "personal", _l("Notes"), hint=_l("Markdown. Begin a line with the speaker's name and a colon.")
            ),
        ),
    )
)
