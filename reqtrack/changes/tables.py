"""Delegation tables as people and programs write them, to lines and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from reqtrack.changes.delegation import SEATS, Line
from reqtrack.errors import Invalid, Reason
from reqtrack.items import values
from reqtrack.items.kinds import KINDS

LIMITS = ("most_days", "most_cost")


def parse(given: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines that were sent: each ``{"most_days", "most_cost", "must", "over", "kind", "seats"}``; a limit that is empty is none.

    Raises:
        Invalid: a limit that is no number, by its place (``lines.0.most_days``).
    """
    lines: list[Line] = []
    reasons: list[Reason] = []
    for at, one in enumerate(given):
        limits: dict[str, Decimal | None] = {}
        for name in LIMITS:
            try:
                limits[name] = number(one.get(name))
            except values.Unfit as unfit:
                reasons.append(Reason("invalid", unfit.message, unfit.params, f"lines.{at}.{name}"))
        seats = tuple(one.get("seats") or ())
        # In the order in which those who may not decide are stood in for.
        ordered = tuple(sorted(seats, key=lambda seat: SEATS.index(seat) if seat in SEATS else len(SEATS)))
        lines.append(
            Line(limits.get("most_days"), bool(one.get("must")), bool(one.get("over")), ordered, limits.get("most_cost"),
                 str(one.get("kind") or ""))
        )  # fmt: skip
    if reasons:
        raise Invalid(reasons)
    return tuple(lines)


def number(given: Any) -> Decimal | None:
    """A number of days or money as it was typed; None where nothing was.

    Raises:
        Unfit
    """
    if given is None or str(given).strip() == "":
        return None
    told: Decimal = values.PARSERS["decimal"](KINDS["requirement"].field("effort_days"), None, given)  # type: ignore[arg-type]
    return told


def shown(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as events keep them and forms and the API show them."""
    return [
        {"most_days": one.most_days, "most_cost": one.most_cost, "must": one.must, "over": one.over, "kind": one.kind,
         "seats": list(one.seats)}
        for one in lines
    ]  # fmt: skip
