"""Who decides a change: the delegation rule by size, separation, and who steps in where that leaves a seat empty. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import ADMINISTRATOR
from reqtrack.signoff.away import OUTSIDE

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


# The roles that a seat may be given to.
SEATS = NEXT_LINE[:3]
# What lines may be for; a standard change is measured by its template instead.
KINDS = ("normal", "emergency")
MOST_LINES = 12


@dataclass(frozen=True)
class Line:
    """One line of the delegation table: up to how many days and how much money (None: any), with a must item or not, over a
    phase's capacity or not, for which kind of change ("" any)."""

    most_days: Decimal | None
    must: bool
    over: bool
    seats: tuple[str, ...]
    most_cost: Decimal | None = None
    kind: str = ""

    @property
    def takes_all(self) -> bool:
        """Whether it takes whatever the lines above it leave."""
        return self.most_days is None and self.most_cost is None and self.must and self.over and not self.kind


Table = Sequence[Line]


# The default: small and no must item, the project manager; up to ten days the owner; beyond, or over capacity, two people.
DELEGATION = (
    Line(Decimal(1), must=False, over=False, seats=("project_manager",)),
    Line(Decimal(10), must=True, over=False, seats=("business_owner",)),
    Line(None, must=True, over=True, seats=("business_owner", "sponsor")),
)


@dataclass(frozen=True)
class StandIn:
    """That one acts for another (ids), today: changes up to ``most_days`` (None: any). ``set_by``: the login of who said so."""

    absent: int
    delegate: int
    set_by: str
    most_days: Decimal | None = None


@dataclass(frozen=True)
class Deputy:
    """A delegate, and for whom they may vote."""

    person: Person
    absent: Person


@dataclass(frozen=True)
class Seat:
    """One seat: the rule's role, the role that fills it, and who may. ``holders`` is empty where nobody may; ``deputies`` act for
    those of them who are away."""

    role: str
    acting: str
    holders: tuple[Person, ...]
    deputies: tuple[Deputy, ...] = ()

    @property
    def voters(self) -> tuple[Person, ...]:
        """Everybody who may vote in it, in their own name or for somebody else."""
        return tuple({one.id: one for one in (*self.holders, *(one.person for one in self.deputies))}.values())


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


@dataclass(frozen=True)
class Size:
    """What a change is measured by. ``days`` None: nobody has assessed it, so it is beyond every limit; ``cost`` None: what it
    costs in money is not known, so no limit of money holds it back."""

    days: Decimal | None
    must: bool = False
    over: bool = False
    cost: Decimal | None = None
    kind: str = "normal"


def rule_for(size: Size, table: Table = DELEGATION) -> Line:
    """The line of the delegation table for a change of this size: the first that takes it."""
    return next((line for line in table if takes(line, size)), table[-1])


def takes(line: Line, size: Size) -> bool:
    """Whether a line is for changes of this size."""
    if line.most_days is not None and (size.days is None or size.days > line.most_days):
        return False
    if line.most_cost is not None and (size.days is None or (size.cost is not None and size.cost > line.most_cost)):
        return False
    if (size.must and not line.must) or (size.over and not line.over):
        return False
    return line.kind in ("", size.kind)


def within_limit(line: Line, size: Size, table: Table = DELEGATION) -> bool:
    """Whether a decision needs no re-authentication: it is the first line's, and within its limit of days.

    However a project writes its table, what touches a must item, goes over a phase's capacity, or is measured by no number of
    days needs it.
    """
    return line == table[0] and line.most_days is not None and size.days is not None and not (size.must or size.over)


def by_two(line: Line) -> Line:
    """The line with a second seat where it has one alone: the next role above, else the one below. An emergency still takes one."""
    if len(line.seats) != 1:
        return line
    others = [*NEXT_LINE[NEXT_LINE.index(line.seats[0]) + 1 : -1], *reversed(SEATS[: SEATS.index(line.seats[0])])]
    second = others[0]
    return replace(line, seats=tuple(sorted((line.seats[0], second), key=SEATS.index)))


def covers(above: Line, below: Line) -> bool:
    """Whether the line above takes all that the line below would, so that this one is never reached."""
    days = above.most_days is None or (below.most_days is not None and below.most_days <= above.most_days)
    cost = above.most_cost is None or (below.most_cost is not None and below.most_cost <= above.most_cost)
    flags = (above.must or not below.must) and (above.over or not below.over)
    return days and cost and flags and above.kind in ("", below.kind)


def check_table(table: Table, most_deciders: int) -> Verdict:
    """Whether a project may decide by this table, with every reason why not; each names its line (``lines.0.seats``)."""
    verdict = YES
    if not 1 <= most_deciders <= len(SEATS):
        message = "Between one and %(most)s people decide a change."
        verdict += no("most_deciders", message, field="most_deciders", most=len(SEATS))
    if not table:
        return verdict + no("needed", "A table needs a line.", field="lines")
    if len(table) > MOST_LINES:
        verdict += no("too_many", "A table of more than %(most)s lines helps nobody.", field="lines", most=MOST_LINES)
    for at, line in enumerate(table):
        verdict += _check_line(table, at, line, most_deciders)
    if not table[-1].takes_all:
        message = "The last line takes whatever the others leave: no limit, must items and full phases too, any kind."
        verdict += no("not_all", message, field=f"lines.{len(table) - 1}.most_days")
    return verdict


def _check_line(table: Table, at: int, line: Line, most_deciders: int) -> Verdict:
    verdict, where = YES, f"lines.{at}"
    if not line.seats:
        verdict += no("needed", "Line %(line)s: choose who decides.", field=f"{where}.seats", line=at + 1)
    if set(line.seats) - set(SEATS) or len(set(line.seats)) < len(line.seats):
        message = "Line %(line)s: project manager, business owner and sponsor decide, each once."
        verdict += no("seat_unknown", message, field=f"{where}.seats", line=at + 1)
    elif len(line.seats) > most_deciders:
        message = "Line %(line)s: %(number)s people would decide, and at most %(most)s may."
        told = {"line": at + 1, "number": len(line.seats), "most": most_deciders}
        verdict += no("too_many_deciders", message, field=f"{where}.seats", **told)
    if line.kind not in ("", *KINDS):
        message = "Line %(line)s: a line is for normal changes, for emergencies, or for both."
        verdict += no("kind_unknown", message, field=f"{where}.kind", line=at + 1)
    above = next((number for number, one in enumerate(table[:at]) if covers(one, line)), None)
    if above is not None:
        message = "Line %(line)s is never reached: line %(above)s takes all that it would."
        verdict += no("never_reached", message, field=f"{where}.most_days", line=at + 1, above=above + 1)
    return verdict


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


def with_deputies(
    filled: Sequence[Seat], stand_ins: Iterable[StandIn], people: Sequence[Person], origin: Origin, days: Decimal | None
) -> tuple[Seat, ...]:
    """The seats with those who act for their holders.

    A delegate is a member of the project who neither asked for the change nor wrote it, has no seat of their own in it, and was
    not set by somebody who did. They act for a holder, never for another delegate.
    """
    known = {one.id: one for one in people}
    barred = excluded(origin)
    own = {one.id for seat in filled for one in seat.holders}
    able: dict[int, list[Person]] = {}
    for one in stand_ins:
        person = known.get(one.delegate)
        if person is None or not person.roles - OUTSIDE or person.id in own or person.login in barred:
            continue
        absent = known.get(one.absent)
        outside = absent is None or (one.set_by != absent.login and one.set_by in barred)
        if not outside and (one.most_days is None or (days is not None and days <= one.most_days)):
            able.setdefault(one.absent, []).append(person)
    return tuple(
        replace(seat, deputies=tuple(Deputy(person, one) for one in seat.holders for person in able.get(one.id, ())))
        for seat in filled
    )


def principal(filled: Sequence[Seat], login: str, voted: Iterable[str] = ()) -> Person | None:
    """In whose seat somebody votes: their own, else that of the first absent one whose voice is still missing; None: in nobody's.

    Args:
        voted: the logins of those whose voice has been given.
    """
    own = next((one for seat in filled for one in seat.holders if one.login == login), None)
    if own is not None:
        return own
    absent = [one.absent for seat in filled for one in seat.deputies if one.person.login == login]
    done = set(voted)
    return next((one for one in absent if one.login not in done), absent[0] if absent else None)


def reviewers(people: Sequence[Person], origin: Origin, approved: Iterable[str]) -> tuple[Person, ...]:
    """Who may review an emergency: owners, sponsors and managers who neither wanted nor approved it; where there is none, who
    approved it; where there is none either, the administrators."""
    barred, voted = excluded(origin), set(approved)
    free = [one for one in people if one.login not in barred]
    able = [one for one in free if one.roles & set(SEATS)]
    others = [one for one in able if one.login not in voted]
    return tuple(others or able or [one for one in free if one.holds(ADMINISTRATOR)])


def next_in_line(filled: Sequence[Seat], people: Sequence[Person], origin: Origin) -> tuple[Person, ...]:
    """Who is told when nobody has decided in time: the holders of the next role above those that decide."""
    at = max((NEXT_LINE.index(one.acting) for one in filled), default=0)
    sit = {one.login for seat in filled for one in seat.holders} | excluded(origin)
    for role in NEXT_LINE[at + 1 :]:
        above = tuple(one for one in people if one.holds(role) and one.login not in sit)
        if above:
            return above
    return ()


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
