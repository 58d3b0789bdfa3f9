"""The seats of requests as the database keeps them, and the answers given at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from reqtrack.accounts.models import User
from reqtrack.db import db
from reqtrack.signoff.models import Signature, Signoff, SignoffSeat
from reqtrack.signoff.seats import Answer, Rule, Seat


@dataclass(frozen=True)
class Taken:
    """A seat with whose it is: an account's (``user_id``), or an outsider's of an organisation; ``name`` is "" for that of a role."""

    seat: Seat
    name: str = ""
    user_id: int | None = None
    organisation: str = ""


def seats_of(signoff_ids: Collection[int]) -> dict[int, list[Taken]]:
    """The seats of sign-offs, by the sign-off's id, in their order (one statement)."""
    found: dict[int, list[Taken]] = {one: [] for one in signoff_ids}
    rows = db.session.execute(
        select(SignoffSeat, User.login, User.name)
        .outerjoin(User, User.id == SignoffSeat.user_id)
        .where(SignoffSeat.signoff_id.in_(found))
        .order_by(SignoffSeat.signoff_id, SignoffSeat.position)
    )
    for row, login, name in rows:
        seat = Seat(row.position, login or "", row.role, row.outside_name or "")
        found[row.signoff_id].append(
            Taken(seat, name or row.outside_name or "", row.user_id, row.outside_organisation or "")
        )
    return found


def rule_of(signoff: Signoff) -> Rule:
    """Whose signatures a request needs, in which order and ways."""
    return Rule(signoff.rule, signoff.needed, signoff.ordered, signoff.ways)


def seat_number(row: Signature, seats: Sequence[Seat]) -> int:
    """At which seat a signature was given; one of before there were seats at that of whose it is (0: none)."""
    if row.seat is not None:
        return row.seat
    return next((one.position for one in seats if one.login == row.principal), 0)


def answers_at(rows: Sequence[Signature], seats: Sequence[Seat]) -> tuple[Answer, ...]:
    """Signatures and refusals as the rule sees them."""
    return tuple(
        Answer(seat_number(row, seats), row.outcome, row.way, frozenset((row.signer, row.principal))) for row in rows
    )
