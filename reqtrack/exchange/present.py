"""What the page of an import run says of its rows, as far as the reader may know the people in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from reqtrack.exchange import queries
from reqtrack.exchange.models import ImportRow, ImportRun
from reqtrack.exchange.parsing.vocabulary import COLUMNS
from reqtrack.interviews.models import LEVELS
from reqtrack.interviews.policy import sees_all_names
from reqtrack.interviews.queries import people
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.items.pages import href_of
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain

LABELS: dict[str, Any] = {
    **{name: KINDS[name].label_plural for name in ("requirement", "acceptance", "interview")},
    "stakeholder": _l("Stakeholders"),
}
# What no field of a kind is called by.
WORDS: dict[str, Any] = {
    "id": _l("ID"), "parent": _l("Parent"), "source": _l("Source"), "feature": _l("Feature"), "name": _l("Name"),
    "department": _l("Department"), "job_role": _l("Job role"), "level": _l("Level"), "region": _l("Region"),
    "respondent": _l("Who answered"), "question": _l("A question, with its answers"),
}  # fmt: skip
LONGEST = 160


@dataclass(frozen=True)
class Line:
    """A row as it is shown."""

    place: str
    title: str
    text: str


def fields(kind: str, plural: str) -> list[tuple[str, Any]]:
    """What a column may be taken for, with its words."""
    known = {field.name: field.label for field in KINDS[kind].fields} if kind in KINDS else {}
    return [(name, known.get(name) or WORDS.get(name, name)) for name in COLUMNS.get(plural, {}) if name != "key"]


def _own(actor: Actor, run: ImportRun) -> bool:
    """Whether the reader knows what stands in a run: who brought it in does, and who may know all names."""
    return run.created_by == actor.login or sees_all_names(actor, run.project_id)


def columns(actor: Actor, run: ImportRun) -> list[dict[str, Any]]:
    """What each column was taken for; its cells are shown to those who may know the people in them."""
    found = (run.mapping or {}).get("columns", [])
    if run.kind in ("stakeholder", "interview") and not _own(actor, run):
        return [{**column, "samples": []} for column in found]
    return list(found)


def lines(actor: Actor, run: ImportRun, rows: Sequence[ImportRow]) -> list[Line]:
    """Rows of a run in words. Who brought them in knows what stands in them; for others names are left out."""
    own = _own(actor, run)
    shown = []
    for row in rows:
        held = row.fields
        if run.kind == "stakeholder":
            shown.append(_person(row, held, own))
            continue
        text = held.get("statement") or held.get("then") or held.get("notes") or ""
        said = [str(held.get("title") or ""), plain(text if isinstance(text, str) else " ".join(map(str, text)))]
        if run.kind == "interview" and not own:
            said = [present.mask(actor, run.project_id, part) for part in said]
        shown.append(Line(row.place, said[0], said[1][:LONGEST] + ("…" if len(said[1]) > LONGEST else "")))
    return shown


def _person(row: ImportRow, held: dict[str, Any], own: bool) -> Line:
    if not own:
        return Line(row.place, "", held.get("department") or "")
    level = LEVELS.get(held.get("level") or "")
    facts = (held.get("department"), held.get("job_role"), str(level) if level else "", held.get("region"))
    return Line(row.place, held.get("name") or held.get("job_role") or "", " · ".join(one for one in facts if one))


def list_href(project: str, kind: str, plural: str) -> str:
    """Where what came in is listed, or worked off."""
    if kind == "stakeholder":
        return url_for("interviews.stakeholders", project=project)
    if kind == "interview":
        return url_for("items.listing", project=project, plural=plural, sort="-number")
    return url_for("requirements.imported", project=project, kind=kind)


def made(actor: Actor, project: str, run: ImportRun) -> list[dict[str, str]]:
    """What a run made, as ``{key, title, href}``."""
    if run.kind != "stakeholder":
        return [
            {"key": one.key, "title": one.title, "href": href_of(project, one.key)} for one in queries.made_items(run)
        ]
    known = {one.id: one for one in people(actor, run.project_id)}
    found = [known[row.id] for row in queries.made_people(run) if row.id in known]
    return [{"key": "", "title": one.name or one.label, "href": ""} for one in found]
