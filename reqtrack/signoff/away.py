"""Who says that somebody acts for another while that one is away, and for what they sign then. Pure: the facts come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import ADMINISTRATOR, Actor

SCOPES = ("", "decide", "sign")
MOST_DAYS = 366
# Who holds no other role than these stands in for nobody: they do not see all of a project, or write nothing in it.
OUTSIDE = frozenset({ADMINISTRATOR, "implementer", "auditor"})
# The highest limit of a delegate, in person-days.
MOST_EFFORT = 10_000


@dataclass(frozen=True)
class Who:
    """Somebody as the policy sees them: whether the account is active, and the ids of the projects they are a member of; ``acts``:
    those of them in which they may stand in for others (None: in all)."""

    id: int
    login: str
    name: str
    active: bool
    projects: frozenset[int]
    acts: frozenset[int] | None = None


@dataclass(frozen=True)
class Span:
    """From when to when somebody acts for another, for what (``scope`` "" both), where (None: everywhere)."""

    starts_on: date
    ends_on: date
    scope: str = ""
    project_id: int | None = None

    def meets(self, other: Span) -> bool:
        """Whether both hold on a day, for one thing, in one project."""
        days = self.starts_on <= other.ends_on and other.starts_on <= self.ends_on
        things = "" in (self.scope, other.scope) or self.scope == other.scope
        places = None in (self.project_id, other.project_id) or self.project_id == other.project_id
        return days and things and places


def may_set(
    actor: Actor, absent: Who, delegate: Who, span: Span, today: date, *, reason: str = "", known: Iterable[Span] = ()
) -> Verdict:
    """Whether the actor may say that the delegate acts for the absent one: their own absence, or as a sponsor of the project.

    Args:
        known: when others act for the absent one already.
    """
    verdict = YES
    if actor.kind != "user" or actor.login != absent.login:
        verdict += _for_another(actor, delegate, span, reason)
    verdict += _who(absent, delegate, span) + _when(span, today)
    if any(span.meets(one) for one in known):
        message = "Somebody acts for %(name)s in that time already: end that first, or choose other days."
        verdict += no("overlaps", message, field="starts_on", name=absent.name)
    if actor.kind == "user" and not actor.reauthenticated:
        verdict += no("reauthentication", "Whoever acts for you signs for you: give your password.", field="password")
    return verdict


def _for_another(actor: Actor, delegate: Who, span: Span, reason: str) -> Verdict:
    if actor.kind != "user" or actor.is_admin:
        return no("administrator", "An administrator never says who acts for somebody else.")
    if span.project_id is None or "sponsor" not in actor.roles_in(span.project_id):
        message = "Who acts for somebody is said by themselves; when they cannot, by a sponsor of the project."
        return no("no_permission", message)
    verdict = YES
    if not reason.strip():
        verdict += no("required", "Say why they cannot say it themselves.", field="reason")
    if delegate.login == actor.login:
        verdict += no("own_gain", "Choose somebody else than yourself to act for them.", field="delegate")
    return verdict


def _who(absent: Who, delegate: Who, span: Span) -> Verdict:
    if absent.id == delegate.id:
        return no("same_person", "Nobody acts for themselves: choose somebody else.", field="delegate")
    verdict = YES
    wanted = absent.projects if span.project_id is None else absent.projects & {span.project_id}
    if not absent.active or not wanted:
        verdict += no("not_member", "%(name)s is no member there.", field="absent", name=absent.name)
    elif not delegate.active or not wanted & delegate.projects:
        verdict += no("not_member", "%(name)s is no member there.", field="delegate", name=delegate.name)
    elif delegate.acts is not None and not wanted & delegate.acts:
        message = "%(name)s only reads there, or sees a part of it alone: choose somebody who takes part."
        verdict += no("outsider", message, field="delegate", name=delegate.name)
    return verdict


def _when(span: Span, today: date) -> Verdict:
    if span.ends_on < span.starts_on:
        return no("wrong_order", "The last day comes before the first.", field="ends_on")
    if span.ends_on < today:
        return no("past", "That time is over already.", field="ends_on")
    if (span.ends_on - span.starts_on).days >= MOST_DAYS:
        return no("too_long", "At most a year: whoever is away longer hands their role over.", field="ends_on")
    return YES


def may_end(actor: Actor, absent: str, delegate: str, project_id: int | None, *, ended: bool) -> Verdict:
    """Whether the actor may end it: either of the two (logins), or a sponsor of the project that it is for."""
    verdict = YES
    sponsor = project_id is not None and "sponsor" in actor.roles_in(project_id)
    if actor.kind != "user" or not (actor.login in (absent, delegate) or sponsor):
        verdict += no("no_permission", "It is ended by either of the two, or by a sponsor of its project.")
    if ended:
        verdict += no("ended", "It is over already.")
    return verdict


@dataclass(frozen=True)
class Signing:
    """One of those asked to sign, for whom the actor acts today: their login, name and roles now."""

    login: str
    name: str
    roles: frozenset[str]


def signs_for(login: str, asked: Iterable[str], answered: Iterable[str], absent: Sequence[Signing]) -> Signing | None:
    """For whom somebody signs: nobody where they are asked themselves; else the first absent one whose answer is missing."""
    wanted = set(asked)
    if login in wanted:
        return None
    done = set(answered)
    mine = [one for one in absent if one.login in wanted]
    return next((one for one in mine if one.login not in done), mine[0] if mine else None)
