"""Acceptance scenario, Round, Result, Standing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from reqtrack.audit.seals import sealed
from reqtrack.db import NAMES_FILES, Base, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item

VERDICTS = {"passed": _l("Passed"), "failed": _l("Failed"), "blocked": _l("Blocked"), "skipped": _l("Skipped")}
# Worst first; a status is the worst over rows and scenarios.
STATUSES = ("failed", "blocked", "stale", "untested", "skipped", "passed")
NO_ROW = -1  # how "no example row" is kept in standings, whose key may not be null


class Acceptance(Item):
    """Given / When / Then with an example table, linked to the requirements that it accepts."""

    __tablename__ = "acceptance"

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    given: Mapped[list[str] | None] = mapped_column(JsonText)
    when: Mapped[list[str] | None] = mapped_column(JsonText)
    then: Mapped[list[str] | None] = mapped_column(JsonText)
    examples: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    description: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str] | None] = mapped_column(JsonText)
    language: Mapped[str] = mapped_column(String(12), default="")  # of the Gherkin file that it came from
    # How many example rows there are: what a result may name, counted without reading the examples.
    row_count: Mapped[int] = mapped_column(Integer, default=0)

    @validates("examples")
    def _count_rows(self, name: str, examples: dict[str, Any] | None) -> dict[str, Any] | None:
        self.row_count = len((examples or {}).get("rows", ()))
        return examples

    __mapper_args__ = {"polymorphic_identity": "acceptance"}


class Round(Base):
    """One pass of acceptance. ``environment`` tells testers where, with which account; ``closing`` why it was closed as it was."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("stage IN ('planned', 'running', 'closed')", name="stage_known"),
        CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    environment: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[str] = mapped_column(String(12), default="planned")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str | None] = mapped_column(String(200))  # the name, as of then
    closing: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def key(self) -> str:
        return f"RND-{self.number}"


class RoundScenario(Base):
    """An acceptance scenario that a round runs, in order."""

    __tablename__ = "round_scenarios"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), primary_key=True)
    acceptance_id: Mapped[int] = mapped_column(
        ForeignKey("acceptance.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer)


class RoundTester(Base):
    """Who tests in a round."""

    __tablename__ = "round_testers"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)


@sealed
class Result(Base):
    """What a tester saw for one acceptance scenario and row, bound to the text tested (``text_print``, ``seq``).

    ``once`` is the sender's own name for it, so that a repeated sending makes no second result; ``evidence`` lists the files
    that were sent along as ``[digest, name]``.
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
    seal: Mapped[str] = mapped_column(String(64))


class Standing(Base):
    """The newest result of a scenario and row in a round: written with it, rebuildable, checked by ``verify``."""

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


ACCEPTANCE = register(
    Kind(
        name="acceptance",
        plural="acceptance",
        prefix="ACC",
        model=Acceptance,
        label=_l("Acceptance scenario"),
        label_plural=_l("Acceptance scenarios"),
        place="accept",
        icon="clipboard-check",
        first_stage="draft",
        create="acceptance.write",
        write="acceptance.write",
        draft="acceptance.draft",
        empty=_l("An acceptance scenario says how we will see that a requirement works, with real business data."),
        columns=("title", "status", "accepts", "rows", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("accepts", "links", _l("Accepts"), link=("accepts", "source"), linked="requirement", text=True),
            Field("given", "lines", _l("Given"), text=True),
            Field("when", "lines", _l("When"), text=True),
            Field("then", "lines", _l("Then"), text=True),
            Field("examples", "examples", _l("Examples"), text=True, hint=_l("Real business data, one case a row.")),
            Field("description", "markdown", _l("Description")),
            Field("tags", "tags", _l("Tags")),
        ),
    )
)
