"""What forms of this area say, parsed: whom a question is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from reqtrack.accounts.models import User
from reqtrack.accounts.names import normal_login
from reqtrack.accounts.queries import members, user_by_login
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, NotFound, invalid
from reqtrack.interviews import queries
from reqtrack.permissions import Actor

LOGIN, PERSON = "login:", "person:"


def askable(actor: Actor, project_id: int, accounts: Sequence[tuple[str, str]] | None = None) -> list[tuple[str, str]]:
    """``(value, label)`` of all whom a question may be put to: members, and stakeholders as far as the actor may know them.

    Args:
        accounts: ``(login, name)`` of the members, where they are known already.
    """
    if accounts is None:
        accounts = [(one.login, one.name) for one in members(project_id) if one.active]
    found = [(LOGIN + login, name) for login, name in accounts]
    if actor.may("interview.read", project_id):
        people = queries.people(actor, project_id)
        alike: dict[str, int] = {}
        for one in people:
            label = f"{one.name} · {one.job_role or one.department}" if one.name else one.label
            alike[label] = alike.get(label, 0) + 1
            label += f" #{alike[label]}" if alike[label] > 1 else ""
            found.append((f"{PERSON}{one.id}", _("%(who)s (stakeholder)", who=label)))
    return found


def whom(actor: Actor, project_id: int, given: str) -> tuple[User | None, int | None]:
    """``(account, stakeholder id)`` of a choice of ``askable``; both None for nobody in particular.

    Raises:
        Invalid: there is no such member or stakeholder.
    """
    if given.startswith(LOGIN):
        login = given.removeprefix(LOGIN)
        if normal_login(login) in {one.login for one in members(project_id) if one.active}:
            return user_by_login(login), None
        raise invalid("asked", "%(login)s is not a member of this project.", login=login)
    if given.startswith(PERSON):
        number = whole_number(given.removeprefix(PERSON))
        try:
            return None, queries.stakeholder_for(actor, project_id, number or 0).id
        except NotFound:
            raise invalid("asked", "There is no stakeholder %(ids)s in this project.", ids=given) from None
    if given:
        return whom(actor, project_id, LOGIN + given)
    return None, None


def which_item(given: str, hits: Sequence[Any]) -> Invalid:
    """Why a key, or words, do not say which item is meant."""
    if not given.strip():
        return invalid("item", "Type a key such as REQ-12, or words of its title.", "required")
    if not hits:
        return invalid("item", "No scenario or requirement is called “%(given)s”.", given=given[:60])
    return invalid("item", "“%(given)s” fits several: choose one.", given=given[:60])
