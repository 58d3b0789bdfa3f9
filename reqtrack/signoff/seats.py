"""The seats of a request for signature, and what their answers make of it. Pure: a rule, seats and answers come in.

The checker of packs (``proof.check_pack.complete``) keeps the same rule by itself; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

RULES = ("all", "any", "number", "per_role")
# How each seat is to be signed: in reqtrack, on paper, both, or as its holder likes.
WAYS = ("electronic", "paper", "both", "either")
ELECTRONIC, PAPER = "electronic", "paper"
# What stands for the role of somebody who has no account.
OUTSIDE_ROLE = "outside"


@dataclass(frozen=True)
class Rule:
    """Whose signatures are needed: ``all``; ``any`` one; a ``number`` of them (``needed``); one ``per_role``. ``ordered``: a seat is
    asked when those before it have answered."""

    name: str = "all"
    needed: int | None = None
    ordered: bool = False
    ways: str = ELECTRONIC


@dataclass(frozen=True)
class Seat:
    """One place to sign at: somebody's (``login``), that of whoever holds a ``role``, or of somebody ``outside`` (their name).

    ``role``: as which somebody signs by the rule *one per role*, too.
    """

    position: int
    login: str = ""
    role: str = ""
    outside: str = ""

    @property
    def open_to_role(self) -> bool:
        """Whether any holder of the role may sign here."""
        return not self.login and not self.outside

    @property
    def outsider(self) -> str:
        """What stands for the login of somebody outside, in their signature."""
        return f"outside:{self.position}" if self.outside else ""


@dataclass(frozen=True)
class Wanted:
    """One who is to sign: an account by its ``login``, any holder of a ``role``, or somebody outside by ``name`` and ``organisation``."""

    login: str = ""
    role: str = ""
    name: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer at a seat: ``outcome`` signed or declined; ``people``: the logins of who gave it, and for whom."""

    seat: int
    outcome: str
    way: str = ELECTRONIC
    people: frozenset[str] = field(default_factory=frozenset)


def ways_of(rule: Rule) -> tuple[str, ...]:
    """The ways in which a seat may be signed by a rule."""
    return (ELECTRONIC, PAPER) if rule.ways in ("both", "either") else (rule.ways,)


def missing(rule: Rule, seat: Seat, answers: Iterable[Answer]) -> tuple[str, ...]:
    """The ways in which a seat still waits for an answer."""
    mine = [one for one in answers if one.seat == seat.position]
    if any(one.outcome == "declined" for one in mine) or (rule.ways == "either" and mine):
        return ()
    given = {one.way for one in mine}
    return tuple(way for way in ways_of(rule) if way not in given)


def signed(rule: Rule, seats: Sequence[Seat], answers: Sequence[Answer]) -> frozenset[int]:
    """The seats that are signed, in every way that they need."""
    declined = {one.seat for one in answers if one.outcome == "declined"}
    return frozenset(one.position for one in seats if one.position not in declined and not missing(rule, one, answers))


def holds(rule: Rule, seats: Sequence[Seat], at: frozenset[int]) -> bool:
    """Whether signatures at these seats are all that the rule needs."""
    if rule.name == "per_role":
        return bool(seats) and {one.role for one in seats} == {one.role for one in seats if one.position in at}
    needed = {"all": len(seats), "any": 1, "number": rule.needed or len(seats)}[rule.name]
    return len(at) >= needed > 0


def standing(rule: Rule, seats: Sequence[Seat], answers: Sequence[Answer]) -> str:
    """What the answers make of the request: ``signed`` if and only if the rule holds over the seats; ``declined`` when it cannot hold
    any more; ``requested`` else."""
    if holds(rule, seats, signed(rule, seats, answers)):
        return "signed"
    declined = {one.seat for one in answers if one.outcome == "declined"}
    left = frozenset(one.position for one in seats if one.position not in declined)
    return "requested" if holds(rule, seats, left) else "declined"


def turn(rule: Rule, seats: Sequence[Seat], answers: Sequence[Answer]) -> tuple[Seat, ...]:
    """The seats that are asked now: those that wait for an answer; with an order, the first of them alone."""
    waiting = tuple(one for one in seats if missing(rule, one, answers))
    return waiting[:1] if rule.ordered else waiting


def before(rule: Rule, seats: Sequence[Seat], answers: Sequence[Answer], seat: Seat) -> Seat | None:
    """The seat that has to answer before this one may; None where it is this one's turn."""
    asked = turn(rule, seats, answers)
    return asked[0] if rule.ordered and asked and asked[0].position < seat.position else None


def seat_of(
    login: str, roles: frozenset[str], rule: Rule, seats: Sequence[Seat], answers: Sequence[Answer]
) -> Seat | None:
    """At which seat somebody signs: their own; else the first that waits for a role of theirs; else one at which they, or another
    holder of the role, have answered."""
    own = next((one for one in seats if one.login and one.login == login), None)
    if own is not None:
        return own
    mine = [one for one in seats if one.open_to_role and one.role in roles]
    given = {one.seat for one in answers if login in one.people}
    again = next((one for one in mine if one.position in given), None)
    return again or next((one for one in mine if missing(rule, one, answers)), mine[0] if mine else None)


def alone(rule: Rule, seats: Sequence[Seat], answers: Sequence[Answer], made_by: frozenset[str], new: Answer) -> bool:
    """Whether an answer would complete the request with nobody's word but that of who alone made what is signed."""
    after = (*answers, new)
    if len(made_by) != 1 or standing(rule, seats, after) != "signed":
        return False
    return all(made_by <= one.people for one in after if one.outcome == "signed")


def could_be_alone(seats: Sequence[Seat], made_by: frozenset[str]) -> bool:
    """Whether nobody but who alone made it is asked."""
    return len(made_by) == 1 and {one.login for one in seats} == made_by
