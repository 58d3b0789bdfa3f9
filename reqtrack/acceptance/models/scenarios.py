"""Acceptance scenario, and where its example rows came from."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, validates

from reqtrack.db import Base, JsonText
from reqtrack.items.kinds import Field, Kind, register
from reqtrack.items.models import Item


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

    # Whether a save in this transaction took it back from ready; not kept.
    sent_back = False

    @validates("examples")
    def _count_rows(self, name: str, examples: dict[str, Any] | None) -> dict[str, Any] | None:
        self.row_count = len((examples or {}).get("rows", ()))
        return examples

    __mapper_args__ = {"polymorphic_identity": "acceptance"}


class ExampleSource(Base):
    """Where an example row came from: the row of a data set. ``print`` is the SHA-256 of the example row as canonical JSON, so
    that a row which somebody rewords is not said to come from there any more, and one that is only moved still is."""

    __tablename__ = "example_sources"
    __table_args__ = (Index("ix_example_sources_row", "data_set_id", "position"),)

    acceptance_id: Mapped[int] = mapped_column(ForeignKey("acceptance.id", ondelete="RESTRICT"), primary_key=True)
    print: Mapped[str] = mapped_column(String(64), primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_sets.id", ondelete="RESTRICT"))
    position: Mapped[int] = mapped_column(Integer)


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
