"""Process, Scenario, and the special flows that each main scenario is asked about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base, Instant, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import LIVE, Item

PROCESS_KINDS = {"main": _l("Main process"), "side": _l("Side process")}
SCENARIO_KINDS = {"main": _l("Main"), "alternative": _l("Alternative"), "exception": _l("Exception")}


class Process(Item):
    """An end-to-end business flow as ordered steps (``items.steps.Step``)."""

    __tablename__ = "processes"
    __table_args__ = (CheckConstraint("process_kind IN ('main', 'side')", name="kind_known"),)

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    process_kind: Mapped[str | None] = mapped_column(String(12))
    purpose: Mapped[str | None] = mapped_column(Text)
    steps: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)

    __mapper_args__ = {"polymorphic_identity": "process"}


class Scenario(Item):
    """How somebody does a piece of real work."""

    __tablename__ = "scenarios"
    __table_args__ = (CheckConstraint("scenario_kind IN ('main', 'alternative', 'exception')", name="kind_known"),)

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    scenario_kind: Mapped[str | None] = mapped_column(String(12))
    actor: Mapped[str | None] = mapped_column(String(400))
    trigger: Mapped[str | None] = mapped_column(Text)
    preconditions: Mapped[list[str] | None] = mapped_column(JsonText)
    steps: Mapped[list[str] | None] = mapped_column(JsonText)
    outcome: Mapped[str | None] = mapped_column(Text)
    frequency: Mapped[str | None] = mapped_column(String(400))
    process_steps: Mapped[list[int] | None] = mapped_column(JsonText)

    __mapper_args__ = {"polymorphic_identity": "scenario"}


class FlowPrompt(Base):
    """How a project's list of special flows differs from the one that is shipped: a text of its own, an entry more, one left out.

    ``code``: that of a shipped prompt, else one of the project's own.
    """

    __tablename__ = "flow_prompts"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text, default="")
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class FlowReply(Base):
    """What is known of a special flow of a main scenario: the scenario that tells it, or that somebody asked knew of none."""

    __tablename__ = "flow_replies"
    __table_args__ = (
        CheckConstraint("(told_by_id IS NOT NULL) <> (asked_on IS NOT NULL)", name="told_or_asked"),
        CheckConstraint("(asked_on IS NULL) = (stakeholder_id IS NULL AND asked = '')", name="asked_names_whom"),
        Index(
            "uq_flow_replies_live", "scenario_id", "code", "told_by_id", unique=True, sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="RESTRICT"), index=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(String(60))
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id", ondelete="RESTRICT"))
    # Who was asked and knew of none: one of the stakeholders, or a name (a personal text), and when.
    stakeholder_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholders.id", ondelete="RESTRICT"))
    asked: Mapped[str] = mapped_column(String(64), default="")
    asked_on: Mapped[date | None] = mapped_column(Date)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


PROCESS = register(
    Kind(
        name="process",
        plural="processes",
        prefix="PRC",
        model=Process,
        label=_l("Process"),
        label_plural=_l("Processes"),
        place="discover",
        icon="sitemap",
        first_stage="draft",
        create="scenario.write",
        write="scenario.write",
        draft="scenario.draft",
        empty=_l("A process is a piece of business from its beginning to its end, step by step, with who does what."),
        columns=("title", "kind", "steps", "gaps", "friction", "owner", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("kind", "choice", _l("Kind"), column="process_kind", choices=PROCESS_KINDS, scope=True),
            Field("purpose", "text", _l("Purpose"), hint=_l("What begins it, and what stands when it ends.")),
            Field("steps", "steps", _l("Steps"), text=True),
            Field("owner", "user", _l("Owner"), column="owner_id"),
        ),
    )
)


SCENARIO = register(
    Kind(
        name="scenario",
        plural="scenarios",
        prefix="SCN",
        model=Scenario,
        label=_l("Scenario"),
        label_plural=_l("Scenarios"),
        place="discover",
        icon="route",
        first_stage="draft",
        create="scenario.write",
        write="scenario.write",
        draft="scenario.draft",
        empty=_l("A scenario tells how somebody does a piece of real work, step by step."),
        columns=("title", "kind", "actor", "special_flows", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("kind", "choice", _l("Kind"), column="scenario_kind", choices=SCENARIO_KINDS, scope=True),
            Field("actor", "line", _l("Actor"), text=True),
            Field("trigger", "text", _l("Trigger"), text=True),
            Field("preconditions", "lines", _l("Preconditions"), text=True),
            Field("steps", "lines", _l("Steps"), text=True),
            Field("outcome", "text", _l("Outcome"), text=True),
            Field("frequency", "line", _l("Frequency"), hint=_l("For example: twenty times a day.")),
            Field(
                "process",
                "links",
                _l("Process"),
                link=("part_of", "source"),
                linked="process",
                hint=_l("Its key, such as PRC-1"),
            ),
            Field("process_steps", "numbers", _l("Steps of the process"), hint=_l("Their numbers in the process.")),
        ),
    )
)
