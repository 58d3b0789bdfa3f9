"""Verbs on import runs: keep what was read, import the ready rows, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db, learn, together
from reqtrack.errors import YES, Invalid, Reason, Refused, Verdict, no
from reqtrack.exchange import people, queries
from reqtrack.exchange.drafting import Draft
from reqtrack.exchange.models import ImportRow, ImportRun
from reqtrack.files.problems import N_, Place, warning
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.models import Item, Link, Version
from reqtrack.permissions import Actor

# Row fields that are no fields of the item.
BESIDE = ("id", "key", "version", "parent", "language", "rule", "tables")
# From so many rows on a database counts its tables anew.
MANY = 500


def keep(actor: Actor, project: Project, draft: Draft, digest: str, *, again: bool = False) -> ImportRun:
    """Make a run of what was read; nothing is imported yet.

    Args:
        digest: where the bytes lie in the store.
        again: also when the same bytes were imported before, and not undone.

    Raises:
        Refused: 422 when it is empty; 409, naming the run, when it was imported before.
    """
    _may(actor, project)
    if not draft.rows:
        raise Refused((Reason("empty", "There is nothing in it to import."),), 422)
    if not again:
        twice(project, digest).require(409)
    number = store.next_number(project.id, "IMP")
    with recorded(actor, project.id, "import.read", f"IMP-{number}") as entry:
        source = for_everybodys_eyes(project.id, draft.source, 255)
        run = ImportRun(
            project_id=project.id, number=number, kind=draft.kind, source=source, digest=digest, state="checked",
            created_at=entry.at, created_by=actor.login,
        )  # fmt: skip
        _fill(run, draft)
        # Who is in it is known only afterwards, and the chain forgets nothing.
        named = {} if run.kind in PERSONAL else {"source": source}
        entry.after = {**named, "rows": len(draft.rows)}
    return run


def twice(project: Project, digest: str) -> Verdict:
    """Whether the same bytes were imported before, and not undone: it names the run."""
    before = queries.imported_before(project.id, digest)
    if before is None:
        return YES
    message = "The same was imported as %(key)s. Undo that first, or say that you want it again."
    return no("twice", message, key=f"IMP-{before.number}")


def map_again(actor: Actor, run: ImportRun, draft: Draft) -> None:
    """Replace the rows of a run by those of another mapping of the same bytes.

    Raises:
        Refused: 409 when it was imported already.
    """
    if run.state != "checked":
        no("imported", "This run was imported already.").require(409)
    with recorded(actor, run.project_id, "import.mapped", f"IMP-{run.number}") as entry:
        db.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id), execution_options={"spine": True})
        _fill(run, draft)
        entry.after = {column["header"]: column["field"] for column in draft.columns}


def _fill(run: ImportRun, draft: Draft) -> None:
    run.mapping = {"columns": draft.columns}
    run.warnings = draft.warnings
    db.session.add(run)
    db.session.flush()
    db.session.add_all(
        ImportRow(
            run_id=run.id, position=position, place=row.place[:200], fields=row.fields, notes=row.notes,
            proposals=row.proposals, problems=row.problems,
        )
        for position, row in enumerate(draft.rows)
    )  # fmt: skip


def run_import(actor: Actor, project: Project, run: ImportRun, *, ready_only: bool) -> list[Any]:
    """Import the rows of a run that are ready; the rest stay with the run.

    Args:
        ready_only: False imports all or none.

    Returns:
        What was made (items, or stakeholders); less than was ready, or nothing, where the project refuses a row: why stands with the row.

    Raises:
        Refused: 409 when it was undone; 422 with every row's sentences when not all are ready, or none is.
    """
    _may(actor, project)
    if run.state not in ("checked", "imported"):
        no("undone", "This run was undone.").require(409)
    rows = [row for row in queries.rows(run.id) if row.waits]
    ready = [row for row in rows if queries.is_ready(row)]
    if not ready or (not ready_only and len(ready) < len(rows)):
        raise Refused(_sentences(rows), 422)
    with recorded(actor, project.id, "import.run", f"IMP-{run.number}") as entry, together():
        if run.kind == people.KIND:
            made: dict[ImportRow, Any] = people.make(actor, project, ready)
        else:
            made = {row: _make(actor, project, KINDS[run.kind], row) for row in ready}
        if not ready_only and not all(made.values()):
            raise Refused(_sentences(rows), 422)
        things = [thing for thing in made.values() if thing is not None]
        _forget(run, made)
        if run.kind != people.KIND:
            _join(actor, {row: item for row, item in made.items() if item is not None})
        run.state = "imported" if things else run.state
        named = {"stakeholders" if run.kind == people.KIND else "items": [queries.name_of(thing) for thing in things]}
        entry.after = {**named, "left": len(rows) - len(things)}
    if len(things) >= MANY:
        learn(Item, Link, Version)
    return things


def _sentences(rows: Sequence[ImportRow]) -> tuple[Reason, ...]:
    reasons = [problem.reason() for row in rows for problem in queries.problems(row) if problem.is_error]
    return tuple(reasons) or (Reason("empty", "There is nothing in it to import."),)


def _make(actor: Actor, project: Project, kind: Kind, row: ImportRow) -> Any:
    """The item of a row; None (and a problem at the row) where its values do not fit or a lock keeps it out."""
    fields, notes, told = _fitted(project, kind, row)
    row.notes = notes
    try:
        parsed = values.parse(kind, project, fields)
    except Invalid as error:
        _tell(row, error.reasons)
        return None
    # Asked before anything is written: one row that a signed scope refuses does not undo the others.
    locked = kind.guard(actor, None, tuple(parsed), parsed, "")
    if not locked:
        _tell(row, locked.reasons)
        return None
    row.problems = [*(row.problems or []), *told]
    # What was written down was held before it came in.
    stage = "held" if kind.name == "interview" and parsed.get("notes") else ""
    is_new = kind.name != "interview"
    item: Any = store.create(actor, project, kind, parsed, stage=stage, imported=is_new, extra=_extra(kind, row))
    row.item_id, row.item_version = item.id, item.version
    return item


# What a row tells of people, by the kind of its run.
PERSONAL = {"stakeholder": ("name",), "interview": ("title", "notes")}


def _forget(run: ImportRun, made: Mapping[ImportRow, Any]) -> None:
    """Names and notes stand where they can be erased: with what was made of a row, and nowhere in the run. So does what else a
    sheet said of people, whom no item keeps."""
    hidden = PERSONAL.get(run.kind)
    if hidden is None:
        return
    for row in made:
        if not row.waits:
            row.fields = {name: value for name, value in row.fields.items() if name not in hidden}
            row.notes = {}
    columns = [{**column, "samples": []} for column in (run.mapping or {}).get("columns", [])]
    run.mapping = {**(run.mapping or {}), "columns": columns}


def _tell(row: ImportRow, reasons: Sequence[Reason]) -> None:
    row.problems = [*(row.problems or []), *[queries.problem_of(row, reason) for reason in reasons]]


def _fitted(
    project: Project, kind: Kind, row: ImportRow
) -> tuple[dict[str, Any], dict[str, str], list[dict[str, Any]]]:
    """The row's fields; what names a phase, person or item that is not here becomes a note and a warning, not a refusal."""
    fields = {name: value for name, value in row.fields.items() if name not in BESIDE and name in kind.names}
    notes, told = dict(row.notes or {}), []
    for name, value in row.fields.items():
        if name not in BESIDE and name not in kind.names:
            notes[name] = str(value)
    for name in ("phase", "owner", "scenarios", "accepts", "kind"):
        if name not in fields:
            continue
        try:
            values.parse(kind, project, {name: fields[name]})
        except Invalid as error:
            value = fields.pop(name)
            notes[name] = value if isinstance(value, str) else " ".join(map(str, value))
            told.append({**queries.problem_of(row, error.reasons[0]), "severity": "warning"})
    return fields, notes, told


def _extra(kind: Kind, row: ImportRow) -> Mapping[str, Any]:
    if kind.name == "requirement":
        return {
            "proposed_tier": (row.proposals or {}).get("tier"),
            "foreign_key": str(row.fields.get("id") or "")[:200] or None,
        }
    return {"language": row.fields.get("language") or ""} if kind.name == "acceptance" else {}


def _join(actor: Actor, made: Mapping[ImportRow, Item]) -> None:
    """Parents named by the ids of the sheet become *refines* links; one that is not there is a warning."""
    by_id = {str(row.fields.get("id")): item for row, item in made.items() if row.fields.get("id")}
    for row, item in made.items():
        for parent in row.fields.get("parent") or []:
            target = by_id.get(str(parent))
            if target is None or target.id == item.id:
                message = N_("There is no row with the id %(id)s to refine.")
                told = warning("no_parent", message, Place(), "", id=str(parent)).to_plain()
                row.problems = [*(row.problems or []), told]
                continue
            try:
                store.link(actor, "refines", item, target)
            except Invalid as error:
                row.problems = [
                    *(row.problems or []),
                    {**queries.problem_of(row, error.reasons[0]), "severity": "warning"},
                ]


def undo(actor: Actor, project: Project, run: ImportRun) -> list[str]:
    """Take back what a run made: its items are retired, its stakeholders are stakeholders no more.

    Raises:
        Refused: 409, naming the items (or the rows of the people) that somebody has touched since.
    """
    _may(actor, project)
    if run.state != "imported":
        no("not_imported", "Only an imported run can be undone.").require(409)
    if run.kind == people.KIND:
        return people.undo(actor, run)
    touched = queries.touched(run)
    if touched:
        no("touched", "Somebody has worked on %(keys)s since; undo them one by one.", keys=touched[:20]).require(409)
    items = queries.made_items(run)
    with recorded(actor, project.id, "import.undone", f"IMP-{run.number}") as entry:
        for item in items:
            store.edit(actor, item, {}, retired=True, reason="The import was undone.")
        run.state = "undone"
        entry.after = {"items": [item.key for item in items]}
    return [item.key for item in items]


def drop(actor: Actor, run: ImportRun) -> None:
    """Put a run away that was not imported."""
    if run.state != "checked":
        no("imported", "This run was imported already.").require(409)
    with recorded(actor, run.project_id, "import.dropped", f"IMP-{run.number}"):
        run.state = "dropped"


def _may(actor: Actor, project: Project) -> None:
    if not actor.may("import.run", project.id):
        no("no_permission", "Your roles in this project do not let you import.").require()
