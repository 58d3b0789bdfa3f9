"""Who decides a change: the delegation rule by size, separation, and who steps in where that leaves a seat empty. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from reqtrack.permissions import ADMINISTRATOR

# Who fills a seat that nobody may fill.
NEXT_LINE = ("project_manager", "business_owner", "sponsor", ADMINISTRATOR)


@dataclass(frozen=True)
class Person:
    """A member of the project with the roles held now (``administrator`` among them for one of the site)."""

    id: int
    login: str
    name: str
    roles: frozenset[str]

    def holds(self, role: str) -> bool:
        return role in self.roles


@dataclass(frozen=True)
class Line:
    """One line of the delegation rule: up to how many days, with a must item or not, over a phase's capacity or not."""

    most_days: Decimal | None
    must: bool
    over: bool
    seats: tuple[str, ...]


# The default: small and no must item, the project manager; up to ten days the owner; beyond, or over capacity, two people.
DELEGATION = (
    Line(Decimal(1), must=False, over=False, seats=("project_manager",)),
    Line(Decimal(10), must=True, over=False, seats=("business_owner",)),
    Line(None, must=True, over=True, seats=("business_owner", "sponsor")),
)


@dataclass(frozen=True)
class Seat:
    """One seat: the rule's role, the role that fills it, and who may. ``holders`` is empty where nobody may."""

    role: str
    acting: str
    holders: tuple[Person, ...]


@dataclass(frozen=True)
class Origin:
    """Whom a change comes from, by login.

    ``asked_by`` is ``logged_by`` unless it was logged for somebody else (``typed``), then "" for somebody without an account;
    ``confirmed``: that one has confirmed the text as it stands.
    """

    logged_by: str
    asked_by: str = ""
    editors: frozenset[str] = frozenset()
    typed: bool = False
    confirmed: bool = False

    @property
    def authors(self) -> frozenset[str]:
        """Those who may say what the change says."""
        return frozenset({self.logged_by, self.asked_by} - {""})


def rule_for(expected: Decimal, must: bool, over: bool) -> Line:
    """The line of the delegation rule for a change of this size."""
    for line in DELEGATION:
        if line.most_days is not None and expected > line.most_days:
            continue
        if (must and not line.must) or (over and not line.over):
            continue
        return line
    return DELEGATION[-1]


def above_manager(line: Line) -> bool:
    """Whether the decision needs re-authentication: it is not the first line's."""
    return line is not DELEGATION[0]


def excluded(origin: Origin) -> frozenset[str]:
    """Who may not decide: who asked for it, and whose edits they are.

    Who only typed it in for somebody else may, once that one has confirmed the text.
    """
    out = {origin.asked_by, *origin.editors}
    if origin.typed and origin.confirmed:
        out.discard(origin.logged_by)
    else:
        out.add(origin.logged_by)
    return frozenset(out - {""})


def seats(line: Line, people: Sequence[Person], origin: Origin) -> tuple[Seat, ...]:
    """Who fills the seats of a line: the role's holders, else the next line's; one person fills one seat."""
    barred = excluded(origin)
    free = [one for one in people if one.login not in barred]
    filled: list[Seat] = []
    for role in line.seats:
        filled.append(_fill(role, free, filled))
    return tuple(filled)


def _fill(role: str, free: Sequence[Person], before: Sequence[Seat]) -> Seat:
    for acting in NEXT_LINE[NEXT_LINE.index(role) :]:
        seat = Seat(role, acting, tuple(one for one in free if one.holds(acting)))
        if seat.holders and _distinct((*(one for one in before if one.holders), seat)):
            return seat
    return Seat(role, role, ())


def _distinct(taken: Sequence[Seat]) -> bool:
    """Whether each seat can have a person of its own."""
    logins = [[one.login for one in seat.holders] for seat in taken]
    return any(len(set(chosen)) == len(chosen) for chosen in product(*logins))


def seated(filled: Sequence[Seat], voters: Iterable[str]) -> dict[int, str]:
    """Seat number → login: as many seats as the voters can fill, each person in one."""
    best: dict[int, str] = {}
    wanted = list(dict.fromkeys(voters))

    def place(at: int, taken: dict[int, str]) -> None:
        nonlocal best
        if len(taken) > len(best):
            best = dict(taken)
        if at == len(filled):
            return
        able = {one.login for one in filled[at].holders}
        for login in wanted:
            if login in able and login not in taken.values():
                place(at + 1, {**taken, at: login})
        place(at + 1, taken)

    place(0, {})
    return best
