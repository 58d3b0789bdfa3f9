"""What the matrix says, on the page, in the API and in a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.acceptance import queries as acceptance
from reqtrack.accounts.models import Project
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor
from reqtrack.requirements.models import TIERS
from reqtrack.requirements.queries import phases
from reqtrack.trace import queries
from reqtrack.trace.models import AXES, STATUSES_OF, Wanted

ORDER_WORDS = {"holes": _l("Holes first"), "key": _l("By key")}
STATUS_WORDS = {
    "failed": _l("Failed"), "blocked": _l("Blocked"), "stale": _l("Stale"), "untested": _l("Not tested"),
    "skipped": _l("Skipped"), "passed": _l("Passed"), "verified": _l("Verified"),
}  # fmt: skip
# A workbook shows the grid itself where it has no more columns than this; what joins them is listed in any case.
WIDEST = 400


def page_of(actor: Actor, project: Project, wanted: Wanted) -> dict[str, Any]:
    """The page of a matrix."""
    found = queries.window(actor, project.id, wanted)
    heads = queries.heads(found)
    statuses = _statuses(actor, project.id, wanted, found, heads)
    given = arguments(wanted)
    columns = [_head(project, one) for one in found.columns]
    hollow = [{**_head(project, one), "hole": True} for one in found.column_holes] if not found.more_columns else []
    return {
        "wanted": wanted,
        "columns": columns + hollow,
        "rows": [
            {
                **_row(actor, project, wanted, found, row, statuses, len(hollow)),
                "named": _named(project, wanted, found, row.id, heads, statuses),
            }
            for row in found.rows
        ],
        "found": found,
        "heading": heading(wanted, found.holes),
        "lede": _lede(wanted, found),
        "label": {name: KINDS[kind].label_plural for name, kind in AXES.items()},
        "corner": KINDS[wanted.row_kind].label,
        "sum_label": _("Accepted by") if (wanted.rows, wanted.columns) == ("requirements", "acceptance") else _("In all"),
        "axes": [(name, KINDS[kind].label_plural) for name, kind in AXES.items() if actor.may(KINDS[kind].read, project.id)],
        "filters": _filters(actor, project, wanted),
        "chips": _chips(project, wanted, given),
        "orders": [
            {"label": label, "href": _href(project, {**given, "order": name}), "current": name == wanted.order}
            for name, label in ORDER_WORDS.items()
        ],
        "next": _href(project, {**given, "after": _place(found.rows[-1])}) if found.more_rows else "",
        "first": _href(project, given) if wanted.after else "",
        "right": _href(project, {**along(wanted), "beyond": columns[-1]["number"]}) if found.more_columns else "",
        "left": _href(project, along(wanted)) if wanted.beyond else "",
        "turned": _href(project, {"rows": wanted.columns, "columns": wanted.rows}),
        "subject": urlencode(given),
        "may_export": actor.may("export.make", project.id),
    }  # fmt: skip


def arguments(wanted: Wanted) -> dict[str, Any]:
    """What an address says of a matrix, without how far one has paged."""
    told = {
        "rows": wanted.rows, "columns": wanted.columns, "order": wanted.order, "tier": wanted.tier, "phase": wanted.phase,
        "process": wanted.process, "status": wanted.status,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value not in ("", None, "holes")}


def along(wanted: Wanted) -> dict[str, Any]:
    """The same on this page of rows."""
    given = arguments(wanted)
    return {**given, "after": ".".join(map(str, wanted.after))} if wanted.after else given


def _href(project: Project, given: Mapping[str, Any]) -> str:
    return url_for("trace.matrix", project=project.key, **given)


def _place(row: Any) -> str:
    return f"{row.linked}.{row.place}.{row.number}"


def _head(project: Project, one: Any) -> dict[str, Any]:
    return {
        "key": one.key, "title": one.title, "number": one.number, "hole": False,
        "href": url_for("items.show", project=project.key, key=one.key),
    }  # fmt: skip


def _statuses(
    actor: Actor, project_id: int, wanted: Wanted, found: queries.Window, heads: Iterable[int] = ()
) -> dict[int, str]:
    """The statuses of the acceptance scenarios on one of the sides, by id; ``heads``: of columns that stand on another page."""
    shown = found.rows if wanted.rows == "acceptance" else found.columns if wanted.columns == "acceptance" else ()
    ids = {one.id for one in shown} | (set(heads) if wanted.columns == "acceptance" else set())
    told = acceptance.statuses(actor, project_id, sorted(ids)) if ids else {}
    return {item_id: one["status"] for item_id, one in told.items()}


def mark(wanted: Wanted, found: queries.Window, row: int, column: int, statuses: Mapping[int, str]) -> str:
    """What a cell says: the status of the acceptance scenario on one of the sides, else whether the link still holds; "" for none."""
    suspect = found.marks.get((row, column))
    return "" if suspect is None else _joined(wanted, row, column, suspect, statuses)


def _joined(wanted: Wanted, row: int, column: int, suspect: bool, statuses: Mapping[int, str]) -> str:
    if "acceptance" in (wanted.rows, wanted.columns):
        return statuses.get(row if wanted.rows == "acceptance" else column, "untested")
    return "suspect" if suspect else "linked"


def _named(
    project: Project,
    wanted: Wanted,
    found: queries.Window,
    row: int,
    heads: Mapping[int, Any],
    statuses: Mapping[int, str],
) -> list[dict[str, str]]:
    """What a row is joined with, as a phone lists it."""
    return [
        {
            "key": heads[column].key, "href": url_for("items.show", project=project.key, key=heads[column].key),
            "mark": _joined(wanted, row, column, suspect, statuses),
        }
        for column, suspect in found.first.get(row, {}).items() if column in heads
    ]  # fmt: skip


def _row(
    actor: Actor, project: Project, wanted: Wanted, found: queries.Window, row: Any, statuses: Mapping[int, str], hollow: int
) -> dict[str, Any]:  # fmt: skip
    may = (wanted.rows, wanted.columns) == ("requirements", "acceptance") and actor.may("acceptance.write", project.id)
    return {
        "key": row.key, "title": row.title, "tier": row.tier, "href": url_for("items.show", project=project.key, key=row.key),
        "cells": [mark(wanted, found, row.id, one.id, statuses) for one in found.columns] + [""] * hollow,
        "sum": found.sums.get(row.id, 0), "hole": not row.linked,
        "add": url_for("items.new", project=project.key, plural="acceptance", accepts=row.key) if may and not row.linked else "",
    }  # fmt: skip


def heading(wanted: Wanted, holes: int) -> str:
    """The title answers the question: how many rows have nothing on the other side."""
    if not holes:
        return str(_("Nothing has a hole here"))
    told = {
        ("requirements", "acceptance"): ngettext(
            "%(num)s requirement has nothing that accepts it", "%(num)s requirements have nothing that accepts them", holes
        ),
        ("acceptance", "requirements"): ngettext(
            "%(num)s acceptance scenario accepts nothing", "%(num)s acceptance scenarios accept nothing", holes
        ),
        ("requirements", "scenarios"): ngettext(
            "%(num)s requirement arises from no scenario", "%(num)s requirements arise from no scenario", holes
        ),
        ("requirements", "interviews"): ngettext(
            "%(num)s requirement is backed by no interview", "%(num)s requirements are backed by no interview", holes
        ),
        ("processes", "acceptance"): ngettext(
            "%(num)s process is accepted by nothing", "%(num)s processes are accepted by nothing", holes
        ),
    }  # fmt: skip
    usual = ngettext("%(num)s row leads to nothing", "%(num)s rows lead to nothing", holes)
    return str(told.get((wanted.rows, wanted.columns), usual))


def _lede(wanted: Wanted, found: queries.Window) -> list[str]:
    """Of the holes, how many are must; and whether columns have holes, too."""
    said = []
    if found.must:
        said.append(ngettext("%(num)s of them is must.", "%(num)s of them are must.", found.must))
    return [str(one) for one in said]


def _filters(actor: Actor, project: Project, wanted: Wanted) -> list[dict[str, Any]]:
    statuses = STATUSES_OF.get(wanted.row_kind, ())
    told: list[tuple[str, Any, Sequence[tuple[Any, Any]], Any]] = [
        ("tier", _("Tier"), list(TIERS.items()), wanted.tier),
        ("phase", _("Phase"), [(one.id, one.name) for one in phases(project.id)], wanted.phase or ""),
        ("process", _("Business process"), queries.process_choice(actor, project.id), wanted.process),
        ("status", _("Status"), [(code, STATUS_WORDS[code]) for code in statuses], wanted.status),
    ]
    return [
        {"name": name, "label": label, "options": options, "value": value}
        for name, label, options, value in told
        if options
    ]


def _chips(project: Project, wanted: Wanted, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in phases(project.id)} if wanted.phase is not None else {}
    words: dict[str, Callable[[], str]] = {
        "tier": lambda: _("Tier: %(name)s", name=TIERS[wanted.tier]),
        "phase": lambda: _("Phase: %(name)s", name=names.get(wanted.phase or 0, "")),
        "process": lambda: _("Process: %(name)s", name=wanted.process),
        "status": lambda: _("Status: %(name)s", name=STATUS_WORDS[wanted.status]),
    }
    return [
        {"label": said(), "remove": _href(project, {other: value for other, value in given.items() if other != name})}
        for name, said in words.items()
        if name in given
    ]


def as_facts(actor: Actor, project: Project, wanted: Wanted, rows: int) -> dict[str, Any]:
    """The matrix as the API tells it: a window of rows, each with all that it is joined with on this window of columns."""
    found = queries.window(actor, project.id, wanted, rows)
    statuses = _statuses(actor, project.id, wanted, found)
    return {
        "rows": wanted.rows, "columns": wanted.columns, "total": found.total, "holes": found.holes,
        "column_holes": found.column_hole_count, "column_total": found.column_total,
        "heads": [{"key": one.key, "title": one.title} for one in found.columns],
        "items": [
            {
                "key": row.key, "title": row.title, "tier": row.tier, "number": found.sums.get(row.id, 0),
                "cells": {one.key: mark(wanted, found, row.id, one.id, statuses) for one in found.columns
                          if (row.id, one.id) in found.marks},
            }
            for row in found.rows
        ],
        "next": _place(found.rows[-1]) if found.more_rows else None,
        "next_columns": found.columns[-1].number if found.more_columns else None,
    }  # fmt: skip


Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]


def tables(actor: Actor, project: Project, wanted: Wanted) -> list[Table]:
    """The whole matrix as tables ``(name, heads, rows)``: the grid where it is not too wide, what joins rows and columns, and what
    has nothing on the other side."""
    found = queries.window(actor, project.id, wanted, None, None)
    statuses = _statuses(actor, project.id, wanted, found)
    heads = {one.id: one for one in found.columns}
    joined: dict[int, list[int]] = {}
    for row_id, column_id in found.marks:
        if column_id in heads:
            joined.setdefault(row_id, []).append(column_id)
    place = {one.id: at for at, one in enumerate(found.columns)}
    links = []
    for row in found.rows:
        for column in sorted(joined.get(row.id, ()), key=place.__getitem__):
            code = mark(wanted, found, row.id, column, statuses)
            links.append([row.key, row.title, row.tier or "", heads[column].key, heads[column].title, code])
    told: list[Table] = []
    if len(found.columns) <= WIDEST:
        grid = [
            [
                row.key,
                row.title,
                row.tier or "",
                *(mark(wanted, found, row.id, one.id, statuses) for one in found.columns),
            ]
            for row in found.rows
        ]
        told.append(("matrix", ["key", "title", "tier", *(one.key for one in found.columns)], grid))
    told.append(("links", ["row", "title", "tier", "column", "column_title", "status"], links))
    alone = [[row.key, row.title, row.tier or ""] for row in found.rows if not row.linked]
    told.append(("holes", ["row", "title", "tier"], alone))
    told.append(("column holes", ["column", "title"], [[one.key, one.title] for one in found.column_holes]))
    return told
