"""The codes of one-time links, as they wait to be passed on: for whoever may tell them, until the link is answered or ended.

Of a code nothing is told here, but that there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, cast, exists, func, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.changes import votes
from reqtrack.changes.asking import MOST_WRONG, tellers
from reqtrack.changes.delegation import Person
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import Rule
from reqtrack.changes.models import AskLink, Change
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

KIND = "pass_on"
WITH_DECIDERS = ("deciding", "deferred")


def _good() -> ColumnElement[bool]:
    """Whether a link is good still."""
    unused = and_(AskLink.used_at.is_(None), AskLink.revoked_at.is_(None))
    return and_(unused, AskLink.expires_at > clock.now(), AskLink.wrong < MOST_WRONG)


def asked() -> ColumnElement[bool]:
    """Whether somebody is asked by a link to decide a change, in SQL; of one put off it is seen to later whether it came due."""
    return and_(Change.stage.in_(WITH_DECIDERS), exists().where(AskLink.change_id == Change.id, _good()))


def told_links() -> ColumnElement[str]:
    """The good links of a change as one text, in SQL, so that they come along with it: a line for each, its number, whom it asks
    (id) and who made it, parted by blanks, of which a login has none."""
    told: Any = cast(AskLink.id, String)
    for one in (cast(AskLink.user_id, String), AskLink.asked_by):
        told = told + " " + one
    wanted = select(func.aggregate_strings(told, "\n")).where(AskLink.change_id == Change.id, _good())
    return wanted.correlate_except(AskLink).scalar_subquery()


def to_tell(
    actor: Actor, found: Dossier, project: Project, links: str | None, rule_of: Callable[[Dossier], Rule | None]
) -> list[Waiting]:
    """The codes of a change's ``links`` (as ``told_links`` says them) that the actor may pass on. ``rule_of``: by which a change is
    decided (None while it is put off), asked only where there is one."""
    if not links or found.change.stage not in WITH_DECIDERS:
        return []
    given = sorted((int(number), int(whom), by) for number, whom, by in (link.split(" ") for link in links.split("\n")))
    people = {one.id: one for one in found.people}
    # Who is no member any more opens nothing by it.
    links_of = [(number, people[whom], by) for number, whom, by in given if whom in people]
    mine = [(number, who) for number, who, by in links_of if _tells(actor, found, who, by)]
    if not mine:
        return []
    rule = rule_of(found)
    if rule is None:
        return []
    return [_waiting(found, project, number, who) for number, who in mine if _still_asked(found, rule, who)]


def _tells(actor: Actor, found: Dossier, decider: Person, asked_by: str) -> bool:
    return actor.login in {one.login for one in tellers(found.people, found.origin, asked_by, decider.login)}


def _waiting(found: Dossier, project: Project, number: int, decider: Person) -> Waiting:
    change = found.change
    return Waiting(
        project_key=project.key,
        kind=KIND,
        key=change.key,
        title=change.title,
        href_endpoint="changes.ask_code",
        href_args={"project": project.key, "key": change.key, "number": number},
        action=_l("To the code"),
        # Nobody waits before they ask: there is no ``since``.
        note=_l("Show the code for %(key)s to %(name)s when they ask for it.", key=change.key, name=decider.name),
    )


def _still_asked(found: Dossier, rule: Rule, decider: Person) -> bool:
    """Whether who is asked by a link has to speak still: their word of what was agreed elsewhere, else their vote."""
    if decider.id in {one.user_id for one in found.agreed}:
        return decider.id in found.named_still
    return votes.wanted_of(decider.login, rule, votes.votes_of(found, rule))
