"""What the pages of the data dictionary show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from reqtrack.acceptance import policy
from reqtrack.acceptance.data.dictionary import ORDERS, TYPES
from reqtrack.acceptance.data.formats import FAMILIES, FORMATS
from reqtrack.acceptance.models import DictionaryEntry
from reqtrack.acceptance.queries import dictionary
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence


def index(
    actor: Actor, project: Project, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The list, with the form of a new entry; ``given``: what was typed there, and why it does not fit."""
    return {
        "entries": dictionary.entries(project.id),
        "away": dictionary.entries(project.id, retired=True),
        "may_write": bool(policy.may_write_data(actor, project.id)),
        "shown_format": shown_format,
        **fields(given or {}, reasons),
    }


def fields(given: Mapping[str, Any], reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The fields of an entry: what is in them, what they offer, what is wrong with them."""
    return {
        "given": given,
        "types": list(TYPES.items()),
        "formats": known_formats(),
        "errors": {one.field: sentence(one) for one in reasons},
    }


def edit(
    row: DictionaryEntry, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The form of an entry that is there."""
    kept = {
        "name": row.name, "meaning": row.meaning, "type": row.type, "format": row.format, "unit": row.unit,
        "allowed": row.allowed or (),
        "aliases": row.aliases or (), "required": row.required, "unique": row.is_unique,
    }  # fmt: skip
    return {"entry": row, **fields({**kept, **(given or {})}, reasons)}


def refused_sheet(reasons: Sequence[Reason]) -> list[str]:
    """Why pasted entries do not fit, each with the row it is about."""
    told = []
    for one in reasons:
        row, _dot, name = (one.field or "").partition(".")
        told.append(_("Row %(row)s: %(why)s", row=row, why=sentence(one)) if name and row.isdigit() else sentence(one))
    return told


def known_formats() -> list[tuple[str, Any]]:
    """What a format may be called, with what that means: those with a name, their families, the orders of a date."""
    formats = [(name, one.label) for name, one in FORMATS.items() if one.family not in ("nothing", "yes_no")]
    return [*FAMILIES.items(), *formats, *((order, order) for order in ORDERS)]


def shown_format(name: str) -> Any:
    """A format in words."""
    return FORMATS[name].label if name in FORMATS else FAMILIES.get(name, name)
