"""What the pages of data sets show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.acceptance import data_forms, policy
from reqtrack.acceptance.data.dictionary import TYPES
from reqtrack.acceptance.data.formats import FORMATS
from reqtrack.acceptance.data.mapping import propose
from reqtrack.acceptance.data.personal import KINDS
from reqtrack.acceptance.data.profile import profile
from reqtrack.acceptance.dictionary_pages import shown_format
from reqtrack.acceptance.models import DataSet
from reqtrack.acceptance.queries import data_sets, dictionary
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence

MASK_WORDS: dict[str, Any] = {**KINDS, "all": _l("All of it: nothing but stars")}


def index(actor: Actor, project: Project) -> dict[str, Any]:
    """The list of sets."""
    return {
        "sets": data_sets.list_sets(project.id),
        "away": data_sets.list_sets(project.id, archived=True),
        "may_write": bool(policy.may_write_data(actor, project.id)),
    }


# -- taking in ---------------------------------------------------------------------------------------------------------


def blank(given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The first step: what is taken in, and where it comes from."""
    told = [
        sentence(one) for one in reasons if not one.field or one.field not in (*data_forms.SAID, "taken_on", "text")
    ]
    return {
        "given": given or {},
        "look": None,
        "told": told,
        "errors": {one.field: sentence(one) for one in reasons if one.field},
    }


def look(project: Project, sent: data_forms.Sent, given: Mapping[str, str], *, again: bool = False) -> dict[str, Any]:
    """The second step: what stands in each column, what of it is personal, and what it is in the dictionary. Holds clear values: for
    the eyes of who sends them, never kept.

    Args:
        given: what the form said; its choices are kept with ``again``, when the preview was shown before.
    """
    table = sent.table
    rows = {row.id: dictionary.as_rule(row) for row in dictionary.entries(project.id)}
    ids = {rule.name: number for number, rule in rows.items()}
    found = profile(table.header, table.rows)
    matches = propose(found, list(rows.values()))
    columns = []
    for column, match in zip(found.columns, matches, strict=True):
        at = column.index
        personal = column.personal
        columns.append(
            {
                "profile": column,
                "masked": given.get(f"mask-{at}") == "1" if again else personal is not None,
                "kind": given.get(f"kind-{at}", "all") if again else personal.kind if personal else "all",
                "because": sentence(personal.reason) if personal else "",
                "sure": personal.sure if personal else True,
                "entry": given.get(f"entry-{at}", "") if again else str(ids[match.entry.name]) if match.entry else "",
                "why": sentence(match.reason),
                "confidence": match.confidence,
            }
        )
    return {
        "columns": columns,
        "rows": found.rows,
        "digest": sent.digest,
        "name": given.get("name") or table.name.rpartition(".")[0] or table.name,
        "warnings": [one.sentence(_) for one in table.warnings],
        "entries": [(number, rule.name) for number, rule in rows.items()],
        "kinds": list(MASK_WORDS.items()),
        "types": TYPES,
        "format_word": format_word,
    }


def format_word(name: str) -> Any:
    """What a named format is called; nothing where it has no name."""
    return FORMATS[name].label if name in FORMATS else ""


# -- one set -----------------------------------------------------------------------------------------------------------


def show(actor: Actor, project: Project, found: DataSet, after: int = -1) -> dict[str, Any]:
    """The page of a set: where it came from, its columns, a page of rows, what did not fit the dictionary."""
    rows = data_sets.rows_after(found, after, data_sets.ROWS + 1)
    applied = found.applied or {}
    profiles = (found.profile or {}).get("columns", [])
    columns = [
        {"name": name, "mask": MASK_WORDS.get(mask, mask), "mapped": mapped, "profile": one}
        for name, mask, mapped, one in zip(found.header, found.masked, found.mapped, profiles, strict=False)
    ]
    problems = applied.get("told", [])
    return {
        "found": found,
        "columns": columns,
        "rows": rows[: data_sets.ROWS],
        "next_href": _rows_href(project, found, rows[data_sets.ROWS - 1].position)
        if len(rows) > data_sets.ROWS
        else "",
        "first_href": _rows_href(project, found, None) if after >= 0 else "",
        "problems": [
            {"row": one["row"], "column": found.header[one["column"]], "why": problem(one)} for one in problems
        ],
        "problem_count": applied.get("problem_count", 0),
        "wrong": {(one["row"], one["column"]): problem(one) for one in problems},
        "normalised": applied.get("normalised", {}),
        "elsewhere": applied.get("elsewhere", {}),
        "users": data_sets.users_of(actor, found),
        "may_write": bool(policy.may_write_data(actor, project.id)),
        "types": TYPES,
        "format_word": format_word,
    }


def _rows_href(project: Project, found: DataSet, after: int | None) -> str:
    return url_for("data.show", project=project.key, number=found.number, after=after, _anchor="rows")


def problem(one: Mapping[str, Any]) -> str:
    """Why a cell does not fit, in the reader's language."""
    code, message, params = one["code"], one["message"], dict(one["params"])
    if code == "format":
        params["format"] = shown_format(params["format"])
    return sentence(Reason(code, message, params))


def edit(found: DataSet, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The form of where a set came from."""
    kept = {"name": found.name, "system": found.system, "owner": found.owner, "note": found.note,
            "taken_on": found.taken_on.isoformat() if found.taken_on else ""}  # fmt: skip
    return {
        "found": found,
        "given": {**kept, **(given or {})},
        "errors": {one.field: sentence(one) for one in reasons},
    }
