"""Defect, and the rows in which it shows."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reqtrack.db import Base
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item

SEVERITIES = {"blocking": _l("Blocking"), "normal": _l("Normal"), "cosmetic": _l("Cosmetic")}


class Defect(Item):
    """The system does not do what was agreed: what was ``seen``, what was ``expected``, how bad it is, who mends it by when.

    ``outside``: its address in another tracker. ``fixed_seq``: the event of the newest time that it was said to be mended: the
    rows in which it shows want a result from after that.
    """

    __tablename__ = "defects"
    __table_args__ = (CheckConstraint("severity IN ('blocking', 'normal', 'cosmetic')", name="severity_known"),)

    id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="RESTRICT"), primary_key=True)
    seen: Mapped[str | None] = mapped_column(Text)
    expected: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[str | None] = mapped_column(String(12), default="normal")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    outside: Mapped[str | None] = mapped_column(String(400))
    fixed_seq: Mapped[int | None] = mapped_column(Integer)

    __mapper_args__ = {"polymorphic_identity": "defect"}


class DefectRow(Base):
    """A row of an acceptance scenario in which a defect shows; ``number`` of the result that showed it."""

    __tablename__ = "defect_rows"
    __table_args__ = (Index("ix_defect_rows_of", "acceptance_id", "row"),)

    defect_id: Mapped[int] = mapped_column(ForeignKey("defects.id", ondelete="RESTRICT"), primary_key=True)
    acceptance_id: Mapped[int] = mapped_column(ForeignKey("acceptance.id", ondelete="RESTRICT"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # NO_ROW where there are none
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer)


DEFECT = register(
    Kind(
        name="defect",
        plural="defects",
        prefix="BUG",
        model=Defect,
        label=_l("Defect"),
        label_plural=_l("Defects"),
        place="accept",
        icon="bug",
        first_stage="open",
        create="defect.raise",
        write="defect.raise",
        empty=_l("A defect says what the system does that was not agreed: what was seen, and what was expected."),
        columns=("title", "severity", "stage", "assignee", "due_on", "updated_at"),
        fields=(
            Field("title", "line", _l("Title")),
            Field("observed", "text", _l("What was seen"), column="seen"),
            Field("expected", "text", _l("What was expected")),
            Field("severity", "choice", _l("Severity"), choices=SEVERITIES),
            Field("assignee", "user", _l("Who mends it"), column="assignee_id"),
            Field("due_on", "date", _l("Due on")),
            Field("outside", "line", _l("Address in another tracker")),
            Field("found_in", "links", _l("Found in"), link=("found_in", "source"), linked="acceptance"),
        ),
    )
)
