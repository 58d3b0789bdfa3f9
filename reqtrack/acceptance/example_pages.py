"""The example table on the page of a scenario, with where its rows came from; and the page on which rows are taken into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.acceptance.data.covering import cover
from reqtrack.acceptance.data.dictionary import key_of
from reqtrack.acceptance.models import Acceptance, DataSet
from reqtrack.acceptance.queries import data_sets
from reqtrack.acceptance.queries.sources import Source, by_row
from reqtrack.acceptance.vague import PLACEHOLDER
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.web.context import day
from reqtrack.web.problems import sentence

# So many rows are offered to be ticked at once.
OFFERED = 100
# A set with more columns than this is not taken whole into a table that has none yet.
FEW_COLUMNS = 6


def said(source: Source | None) -> str:
    """Where an example row came from, in words; "" where nobody can say."""
    if source is None:
        return ""
    where = {"key": source.key, "row": source.row}
    if source.taken_on is None:
        return str(_("from %(key)s · row %(row)s (%(system)s)", system=source.system or source.name, **where))
    system, on = source.system or source.name, day(source.taken_on)
    return str(_("from %(key)s · row %(row)s (%(system)s, taken %(day)s)", system=system, day=on, **where))


def panel(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """The examples of a scenario."""
    assert isinstance(item, Acceptance)
    may_take = actor.may("acceptance.write", item.project_id) and not item.retired
    examples = item.examples or {}
    if not examples.get("rows") and not examples.get("header") and not may_take:
        return None
    sources = by_row(item.id, examples)
    rows = [
        {"cells": row, "source": source, "said": said(source)}
        for row, source in zip(examples.get("rows", ()), sources, strict=True)
    ]
    return {
        "header": examples.get("header", ()),
        "rows": rows,
        "any_source": any(sources),
        "may_take": may_take,
        "may_read": actor.may(data_sets.READ, item.project_id),
    }


# -- taking rows in ----------------------------------------------------------------------------------------------------


def into(
    actor: Actor, project: Project, item: Acceptance, asked: Mapping[str, str], reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The page: the sets; of the one that is chosen its columns beside those of the example table, and rows to tick.

    Args:
        asked: ``set`` (a number), ``q`` (words that a row holds), ``each`` (propose one row of each way of writing), ``after``, and
            ``column-0`` …: what each column of the set is called in the example table.
    """
    sets = [row.DataSet for row in data_sets.list_sets(project.id)]
    shown: dict[str, Any] = {
        "item": item, "sets": sets, "found": None, "asked": asked, "names": _names(item),
        "told": [sentence(one) for one in reasons],
    }  # fmt: skip
    if not asked.get("set") and len(sets) == 1:
        asked = {**asked, "set": str(sets[0].number)}
    if not asked.get("set"):
        return shown
    found = data_sets.set_for(actor, project.id, asked["set"])
    columns = [
        (title, asked.get(f"column-{at}", proposed)) for at, (title, proposed) in enumerate(_proposed(item, found))
    ]
    return {**shown, "found": found, "columns": columns, **_rows(found, columns, asked)}


def _names(item: Acceptance) -> list[str]:
    """What example columns are called: those of the table, and what the steps stand for values with."""
    steps = [step for part in (item.given, item.when, item.then) for step in part or ()]
    named = [match[1] for step in steps for match in PLACEHOLDER.finditer(step)]
    return list(dict.fromkeys([*(item.examples or {}).get("header", ()), *named]))


def _proposed(item: Acceptance, found: DataSet) -> list[tuple[str, str]]:
    """Each column of a set with the example column that it is proposed for: one of the same name; of a scenario that has none, the
    column itself, where they are few."""
    names = {key_of(name): name for name in _names(item)}
    free = not names and len(found.header) <= FEW_COLUMNS
    return [(title, names.get(key_of(title), title if free else "")) for title in found.header]


def _rows(found: DataSet, columns: Sequence[tuple[str, str]], asked: Mapping[str, str]) -> dict[str, Any]:
    words = asked.get("q", "").split()
    rows = [(at, row) for at, row in enumerate(data_sets.all_rows(found)) if all(_holds(row, word) for word in words)]
    places = [at for at, (_title, name) in enumerate(columns) if name.strip()]
    if asked.get("each"):
        picked = [rows[at] for at in cover([row for _at, row in rows], places or range(len(columns)))]
        note = ngettext(
            "%(num)s row shows every way of writing and every spelling of these columns.",
            "%(num)s rows show every way of writing and every spelling of these columns.", len(picked),
        )  # fmt: skip
        return {"rows": picked, "ticked": True, "note": note, "next_after": None, "fitting": len(rows)}
    after = asked.get("after", "")
    since = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else -1
    following = [(at, row) for at, row in rows if at > since]
    more = following[OFFERED - 1][0] if len(following) > OFFERED else None
    return {"rows": following[:OFFERED], "ticked": False, "note": "", "next_after": more, "fitting": len(rows)}


def _holds(row: Sequence[str], word: str) -> bool:
    return any(word.casefold() in cell.casefold() for cell in row)
