"""Result, Revocation, Standing, Machine run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
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
)
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.audit.seals import LATER, sealed
from reqtrack.db import NAMES_FILES, Base, Instant, JsonText

VERDICTS = {"passed": _l("Passed"), "failed": _l("Failed"), "blocked": _l("Blocked"), "skipped": _l("Skipped")}
# What a tester answers in place of a verdict, to let a stale pass stand: recorded as passed, with ``Result.affirms``.
AFFIRMED = "affirmed"
# Worst first; a status is the worst over rows and scenarios.
STATUSES = ("failed", "blocked", "stale", "untested", "skipped", "passed")
NO_ROW = -1  # how "no example row" is kept in standings, whose key may not be null


@sealed
class Result(Base):
    """What a tester saw for one acceptance scenario and row, bound to the text tested (``text_print``, ``seq``).

    ``once`` is the sender's own name for it, so that a repeated sending makes no second result; ``evidence`` lists the files
    that were sent along as ``[digest, name]``. ``missing_from``: who can bring what a blocked test waits for. ``affirms``: the
    number of the stale result that its tester lets stand on the text as it is now. ``machine_run``: the run of a machine that
    brought it (``attempts``: how often it was tried there; ``flaky``: 1 where not every attempt ended alike).
    """

    __tablename__ = "results"
    __table_args__ = (
        CheckConstraint("verdict IN ('passed', 'failed', 'blocked', 'skipped')", name="verdict_known"),
        CheckConstraint("verdict IN ('passed') OR length(note) > 0", name="note_given"),
        UniqueConstraint("round_id", "once"),
        Index("ix_results_of", "acceptance_id", "round_id", "row"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    acceptance_id: Mapped[int] = mapped_column(ForeignKey("acceptance.id", ondelete="RESTRICT"))
    acceptance_version: Mapped[int] = mapped_column(Integer)
    row: Mapped[int | None] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[list[Any] | None] = mapped_column(JsonText)  # marks of the steps inside: passed, failed or ""
    evidence: Mapped[list[Any] | None] = mapped_column(JsonText, info=NAMES_FILES)
    once: Mapped[str | None] = mapped_column(String(120))
    text_print: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(Integer)  # text_seq of the acceptance scenario when it was tested
    tester: Mapped[str] = mapped_column(String(200))
    tester_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[int] = mapped_column(Integer)  # event sequence
    missing_from: Mapped[str | None] = mapped_column(String(200), info=LATER)
    affirms: Mapped[int | None] = mapped_column(Integer, info=LATER)
    machine_run: Mapped[int | None] = mapped_column(Integer, info=LATER)
    attempts: Mapped[int | None] = mapped_column(Integer, info=LATER)
    flaky: Mapped[int | None] = mapped_column(Integer, info=LATER)
    seal: Mapped[str] = mapped_column(String(64))


@sealed
class ResultRevocation(Base):
    """That a result was recorded by mistake: it stays, and counts no more."""

    __tablename__ = "result_revocations"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "number"], ["results.project_id", "results.number"], ondelete="RESTRICT"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
    )

    project_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # of the result
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[int] = mapped_column(Integer)  # event sequence
    seal: Mapped[str] = mapped_column(String(64))


class MachineRun(Base):
    """A file of results that a machine made, brought into a round. ``digest`` of the file, so that it is brought in once;
    ``counts`` of its cases by verdict; ``unmatched``: the cases that no acceptance scenario was found for, or one that is not in
    the round, each with why; ``failures``: what failed outside of any case (a suite that could not begin), and what is odd about
    the file. ``acceptance.machines`` says how the three are made up."""

    __tablename__ = "machine_runs"
    __table_args__ = (UniqueConstraint("project_id", "number"), UniqueConstraint("round_id", "digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(255))
    format: Mapped[str] = mapped_column(String(24))
    digest: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    counts: Mapped[dict[str, int]] = mapped_column(JsonText)
    unmatched: Mapped[list[Any]] = mapped_column(JsonText)
    failures: Mapped[list[Any]] = mapped_column(JsonText)
    author: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)


class Standing(Base):
    """The result that counts for a scenario and row in a round: written with it, rebuildable, checked by ``verify``."""

    __tablename__ = "standings"
    __audited__ = False
    __table_args__ = (Index("ix_standings_acceptance", "acceptance_id", "round_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), primary_key=True)
    acceptance_id: Mapped[int] = mapped_column(ForeignKey("acceptance.id", ondelete="RESTRICT"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    project_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)  # of the result
    verdict: Mapped[str] = mapped_column(String(10))
    seq: Mapped[int] = mapped_column(Integer)


class ScenarioStanding(Base):
    """The standings of a scenario in a round, added up, so that nobody walks over all results to tell how far a project is: those on
    the newest text that was tested (``seq``), by verdict, and those on an ``older`` text, which are stale whatever happens. Of rows
    that are in the example table. Written with the standings, rebuildable, checked by ``verify``."""

    __tablename__ = "scenario_standings"
    __audited__ = False

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), primary_key=True)
    acceptance_id: Mapped[int] = mapped_column(
        ForeignKey("acceptance.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    seq: Mapped[int] = mapped_column(Integer)
    passed: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)
    blocked: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    older: Mapped[int] = mapped_column(Integer)


class StatusDay(Base):
    """How many acceptance scenarios had which status when a day ended: ``queries.days.history`` tells it again at any time."""

    __tablename__ = "status_days"
    __audited__ = False

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    counts: Mapped[dict[str, int]] = mapped_column(JsonText)
