"""What *Voices heard* shows: one heat map and one table of the same cells, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.interviews.models import LEVELS
from reqtrack.interviews.queries import plan as queries
from reqtrack.interviews.queries.plan import ANY, Cell, Plan
from reqtrack.permissions import Actor

# What a heat map's cell looks like, by its state (static/css/marks.css).
SHADES = {"met": "h4", "heard": "h2", "planned": "h1", "nobody": "h0", "apart": "hx"}


def page(actor: Actor, project: Project, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything the page shows.

    Args:
        asked: ``by`` (department or process), ``process`` (a key, "" for any), ``department``.

    Raises:
        NotFound: there is no such process.
    """
    by = "process" if asked.get("by") == "process" else "department"
    process = asked.get("process", ANY) if by == "department" else ANY
    department = asked.get("department", "") if by == "process" else ""
    wanted = queries.every_process(project.id) if by == "process" else (process,)
    found = queries.plan(actor, project.id, wanted)
    cells = [one for one in found.cells if not department or one.department == department]
    view = {"by": by, "process": process, "department": department}
    return {
        "view": view,
        "may_plan": actor.may("interview.write", project.id),
        "processes": list(found.processes.items()),
        "departments": found.departments,
        "job_roles": found.job_roles,
        "heat": _heat(project, found, cells, by),
        "rows": [_row(project, found, one) for one in cells if by == "department" or one.process == ANY or one.part],
        "figures": _figures(cells),
        "voices": _voices(found.levels),
        "unknown": found.unknown,
        "folded": any(not one.told for one in cells),
    }


def role_name(cell: Cell) -> str:
    """How the people of a cell are called."""
    return cell.job_role or _("Other job roles")


def plan_href(project: Project, cell: Cell) -> str:
    """Where an interview with the next people of a cell is planned; its form offers the question sets that fit them."""
    who = cell.job_role or cell.department
    return url_for(
        "items.new", project=project.key, plural="interviews", stakeholders=list(cell.next),
        title=_("Interview: %(who)s", who=who) if who else None, processes=cell.process or None,
    )  # fmt: skip


def _row(project: Project, found: Plan, cell: Cell) -> dict[str, Any]:
    return {
        "cell": cell,
        "role": role_name(cell),
        "anchor": anchor(cell),
        "process_title": found.processes.get(cell.process, ""),
        "href": plan_href(project, cell),
    }


def _heat(project: Project, found: Plan, cells: Sequence[Cell], by: str) -> dict[str, Any]:
    """Rows of job roles; columns of departments, or of processes (people of all departments together)."""
    columns = list(dict.fromkeys(getattr(one, by) for one in cells))
    if by == "process":
        columns = [key for key in (ANY, *found.processes) if key in columns]
    groups: dict[str, dict[str, list[Cell]]] = {}
    for one in cells:
        groups.setdefault(one.job_role, {}).setdefault(getattr(one, by), []).append(one)
    rows = []
    # Job roles that are not told come last.
    for role in sorted(groups, key=lambda name: (not name, name)):
        shown = [queries.together(groups[role][one]) if one in groups[role] else None for one in columns]
        rows.append((role or _("Other job roles"), [_heat_cell(project, one) for one in shown]))
    return {"columns": [_column(found, one, by) for one in columns], "rows": rows}


def _column(found: Plan, name: str, by: str) -> dict[str, str]:
    if by == "department":
        return {"label": name or _("No department"), "title": ""}
    return {"label": found.processes[name], "title": name} if name else {"label": _("Any process"), "title": ""}


def _heat_cell(project: Project, cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    blank = cell.state in ("nobody", "apart")
    return {
        "shade": SHADES[cell.state],
        "words": words(cell),
        "href": plan_href(project, cell) if blank else "#" + anchor(cell),
        "blank": blank,
    }


def anchor(cell: Cell) -> str:
    """The table's row that a cell of the heat map leads to: the first of the people in it."""
    return (
        f"cell-{cell.people[0]}-{cell.process or 'any'}" if cell.people else f"cell-{cell.department}-{cell.job_role}"
    )


def words(cell: Cell) -> str:
    """What a cell of the heat map says: heard of the target, who is planned, or nobody."""
    if cell.state == "apart":
        return "–"
    if cell.state == "nobody":
        return str(_("nobody"))
    said = f"{cell.heard}/{cell.target}" if cell.target else str(cell.heard)
    if cell.state == "planned":
        return str(_("%(number)s planned", number=cell.planned))
    return f"{said} +{cell.planned}" if cell.planned else said


def _figures(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    states = [one.state for one in cells]
    wanted = [one for one in cells if one.target]
    # Somebody who was heard about two processes is one person.
    own = [one for one in cells if one.process == ANY] or cells
    return [
        {"value": sum(one.heard for one in own), "note": _("people heard")},
        {"value": sum(one.planned for one in own), "note": _("more are planned")},
        {"value": states.count("nobody"), "note": _("cells where nobody was heard")},
        {
            "value": f"{sum(one.state == 'met' for one in wanted)}/{len(wanted)}" if wanted else None,
            "note": _("targets met"),
        },
    ]


def _voices(levels: Sequence[queries.Level]) -> list[dict[str, Any]]:
    return [{"label": LEVELS[one.name], "value": one.share, "level": one} for one in levels]
