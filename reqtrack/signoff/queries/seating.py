"""The seats of requests as the database keeps them, and the answers given at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

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
    for row, login, name in db.session.execute(_seats(found)):
        found[row.signoff_id].append(_taken(row, login, name))
    return found


def _seats(signoff_ids: Collection[int]) -> Any:
    return (
        select(SignoffSeat, User.login, User.name)
        .outerjoin(User, User.id == SignoffSeat.user_id)
        .where(SignoffSeat.signoff_id.in_(signoff_ids))
        .order_by(SignoffSeat.signoff_id, SignoffSeat.position)
    )


def _taken(row: SignoffSeat, login: str | None, name: str | None) -> Taken:
    seat = Seat(row.position, login or "", row.role, row.outside_name or "")
    return Taken(seat, name or row.outside_name or "", row.user_id, row.outside_organisation or "")


def answered_seats(signoff_ids: Collection[int]) -> tuple[dict[int, list[Taken]], dict[int, list[Signature]]]:
    """The seats of sign-offs, and the answers given at them, both by the sign-off's id and in their order: in one statement, for *My
    work*, where few are looked at and statements count."""
    seats: dict[int, dict[int, Taken]] = {one: {} for one in signoff_ids}
    given: dict[int, dict[int, Signature]] = {one: {} for one in signoff_ids}
    together = _seats(seats).add_columns(Signature).outerjoin(Signature, Signature.signoff_id == SignoffSeat.signoff_id)
    for row, login, name, answer in db.session.execute(together.order_by(Signature.number)):
        seats[row.signoff_id].setdefault(row.position, _taken(row, login, name))
        if answer is not None:
            given[row.signoff_id].setdefault(answer.number, answer)
    return {one: list(mine.values()) for one, mine in seats.items()}, {
        one: list(mine.values()) for one, mine in given.items()
    }


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
