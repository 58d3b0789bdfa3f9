"""Scenario."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item

SCENARIO_KINDS = {"main": _l("Main"), "alternative": _l("Alternative"), "exception": _l("Exception")}


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

    __mapper_args__ = {"polymorphic_identity": "scenario"}


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
        columns=("title", "kind", "actor", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("kind", "choice", _l("Kind"), column="scenario_kind", choices=SCENARIO_KINDS, scope=True),
            Field("actor", "line", _l("Actor"), text=True),
            Field("trigger", "text", _l("Trigger"), text=True),
            Field("preconditions", "lines", _l("Preconditions"), text=True),
            Field("steps", "lines", _l("Steps"), text=True),
            Field("outcome", "text", _l("Outcome"), text=True),
            Field("frequency", "line", _l("Frequency"), hint=_l("For example: twenty times a day.")),
        ),
    )
)
