"""What the forms of a change offer and begin from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.queries import members
from reqtrack.changes import dossier, policy
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.package import editable
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.interviews.queries import people
from reqtrack.items import naming
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for, items_by_key
from reqtrack.items.store import content_of
from reqtrack.permissions import ROLE_PERMISSIONS, Actor


@dataclass(frozen=True)
class Choice:
    """A member as forms offer them; ``assesses``: may be asked to assess."""

    login: str
    name: str
    assesses: bool


def members_for_form(project_id: int) -> list[Choice]:
    """The members of a project (one statement)."""
    able = {role for role, given in ROLE_PERMISSIONS.items() if "change.assess" in given}
    return [Choice(one.login, one.name, bool(able & set(one.roles))) for one in members(project_id) if one.active]


def stakeholders_for_form(actor: Actor, project_id: int, chosen: str = "") -> list[tuple[str, str]]:
    """``(value, label)`` of the stakeholders, by job role as the actor may know them, each label once; ``chosen``: the value that is
    set already."""
    if not actor.may("interview.read", project_id):
        return []
    found: dict[str, tuple[str, str]] = {}
    for one in people(actor, project_id):
        value, label = f"{dossier.STAKEHOLDER}{one.id}", f"{one.name} · {one.label}" if one.name else one.label
        # Those of whom the actor knows the same are one line: nobody could tell which to choose. The one that is meant stays.
        if label not in found or value == chosen:
            found[label] = (value, label)
    return list(found.values())


def askers(actor: Actor, project_id: int, field: Any) -> list[dict[str, str]]:
    """Who can have asked for a change, as ``{value, label}``."""
    who = [*((one.login, one.name) for one in members(project_id)), *stakeholders_for_form(actor, project_id)]
    return [{"value": value, "label": label} for value, label in who]


def asker_told(actor: Actor, project_id: int, value: str) -> str | None:
    """Who asked, as it is kept; who may not read interviews learns nothing of stakeholders, not even which one it was."""
    if value.startswith(dossier.STAKEHOLDER) and not actor.may("interview.read", project_id):
        return None
    return value


def scope_kinds() -> list[str]:
    """The kinds of item that a change edits: those that are offered where one is named."""
    return [kind.name for kind in KINDS.values() if editable(kind)]


def meant(actor: Actor, project_id: int, typed: str) -> list[str]:
    """The keys of the items of a scope that a text names, by key or by title.

    Raises:
        Invalid: at ``item``, a title fits none or several.
    """
    return naming.meant(actor, project_id, typed, scope_kinds())


def named(actor: Actor, project_id: int, keys: str) -> list[Item]:
    """The items of some keys (parted by blanks), as far as there are such."""
    wanted = [key for key in keys.replace(",", " ").split() if key]
    return list(items_by_key(actor, project_id, wanted).values()) if wanted else []


def require_write(actor: Actor, change: Change) -> Dossier:
    """Go on, with its dossier, if the actor may change what a change says; else refuse, with every reason."""
    found = dossier.load(change)
    policy.require(policy.may_write(actor, change.project_id, change.key, change.stage, found.origin))
    return found


def proposal(actor: Actor, change: Change, key: str) -> tuple[Dossier, Item, dict[str, Any]]:
    """The dossier of a change, an item that it may edit, and the item's content.

    Raises:
        NotFound: no such item, or it is no part of a scope. Refused: the package may not be edited.
    """
    found = require_write(actor, change)
    item: Item = item_for(actor, change.project_id, key)
    if not editable(KINDS[item.kind]):
        raise NotFound(key)
    return found, item, content_of(item)


def field_of(change: Change, number: int) -> tuple[str, Any] | None:
    """The key of the item and the name of the field that an edit of a change sets; None where it sets none (one statement)."""
    wanted = (
        select(Item.key, Item.kind, ProposedEdit.field)
        .join(Item, Item.id == ProposedEdit.item_id)
        .where(ProposedEdit.id == number, ProposedEdit.change_id == change.id, ProposedEdit.op == "set")
    )
    row = db.session.execute(wanted).one_or_none()
    return (row.key, KINDS[row.kind].field(row.field).label) if row is not None else None


def new_proposal(
    actor: Actor, change: Change, kind_name: str, number: int | None
) -> tuple[Dossier, Kind, dict[str, Any]]:
    """The dossier of a change, the kind of an item that it would add, and what is proposed for that.

    Raises:
        NotFound: no such kind or edit. Refused: the package may not be edited.
    """
    found = require_write(actor, change)
    edit = next((one for one in found.edits if one.id == number and one.op == "new"), None)
    if number is not None and edit is None:
        raise NotFound(f"edit {number}")
    kind = KINDS.get(edit.kind if edit else kind_name)
    if kind is None or not editable(kind):
        raise NotFound(kind_name)
    return found, kind, dict(edit.new) if edit else {}
