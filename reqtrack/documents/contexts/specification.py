"""The specification: the scope of a baseline, or as it stands now (a draft)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance.queries import requirement_statuses, statuses
from reqtrack.accounts.queries import members
from reqtrack.audit.record import newest_seq
from reqtrack.baselines import queries as baselines
from reqtrack.baselines.content import content_at, keys_now, stages_now, visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.db import db
from reqtrack.documents.contexts.common import Context, Reader, evidence_words, number, shared, signatures
from reqtrack.interviews import queries as interviews
from reqtrack.interviews.models import Evidence
from reqtrack.interviews.policy import NOBODY
from reqtrack.items import steps
from reqtrack.items.models import Item
from reqtrack.requirements.queries import loads, phases
from reqtrack.signoff.models import Signoff
from reqtrack.web.words import listed


def build(reader: Reader, baseline: Baseline | None) -> Context:
    """The context of ``exports/specification`` for a baseline, or for the scope as it stands."""
    project_id = reader.project.id
    seq = baseline.seq if baseline is not None else newest_seq(project_id)
    keys = baselines.keys_of(baseline) if baseline is not None else keys_now(project_id)
    content = content_at(project_id, seq, visible_keys(reader.actor, project_id, keys))
    asked = _signoffs(project_id, baseline)
    fingerprint = baseline.fingerprint if baseline is not None else ""
    moment = reader.moment(clock.now())
    mark = f"{baseline.key}  {baseline.name}" if baseline is not None else _("Draft of %(moment)s", moment=moment)
    signed = signatures(reader, asked)
    requirements = [state for state in content.items.values() if state.print.kind == "requirement"]
    rows, total = _phases(reader, requirements)
    return {
        **shared(reader, fingerprint, mark, signed),
        "baseline": {"key": baseline.key, "name": baseline.name} if baseline is not None else None,
        "draft": baseline is None,
        "status": _status(signed, len(requirements)),
        "signoff_text": [],
        "phases": rows,
        "total": total,
        "scope_text": [],
        "chapters": [*_processes(content), *_chapters(reader, content, requirements)],
    }


def _signoffs(project_id: int, baseline: Baseline | None) -> Sequence[Signoff]:
    if baseline is None:
        return []
    wanted = select(Signoff).where(Signoff.project_id == project_id, Signoff.subject == baseline.key)
    return db.session.execute(wanted.order_by(Signoff.number)).scalars().all()


def _status(signed: Sequence[Mapping[str, Any]], count: int) -> str:
    counted = ngettext("%(num)s requirement", "%(num)s requirements", count)
    given = [one for one in signed if one["state"] == "signed"]
    if not given:
        return str(_("%(counted)s, nobody has signed", counted=counted))
    names = listed(one["name"] for one in given)
    return str(_("%(counted)s, signed by %(names)s", counted=counted, names=names))


def _phases(reader: Reader, requirements: Sequence[Any]) -> tuple[list[Context], Context]:
    known = {phase.id: phase for phase in phases(reader.project.id)}
    capacity = {load.phase_id: load.capacity_days for load in loads(reader.project.id)}
    by_phase: dict[int | None, list[Any]] = defaultdict(list)
    for state in requirements:
        by_phase[state.content.get("phase")].append(state)
    rows = []
    for phase_id in [*known, None]:
        held = by_phase.get(phase_id, [])
        if phase_id is None and not held:
            continue
        phase = known.get(phase_id) if phase_id is not None else None
        name = phase.name if phase else _("Without a phase")
        span = f"{reader.day(phase.starts_on)} – {reader.day(phase.ends_on)}" if phase and phase.starts_on else ""
        rows.append(_row(name, span, held, capacity.get(phase_id)))
    total = sum((value for value in capacity.values() if value is not None), Decimal(0)) or None
    return rows, _row(_("Together"), "", requirements, total)


def _row(name: str, span: str, held: Sequence[Any], capacity: Decimal | None) -> Context:
    days = [Decimal(state.content["effort_days"]) for state in held if "effort_days" in state.content]
    return {
        "name": name,
        "dates": span,
        **{tier: sum(state.content.get("tier") == tier for state in held) for tier in ("must", "should", "later")},
        "effort": number(sum(days, Decimal(0))) if days else None,
        "capacity": number(capacity),
    }


def _processes(content: Any) -> list[Context]:
    """One chapter per process: its steps, what they ask of people today and as planned, and the scenarios that tell them."""
    told: dict[tuple[str, int], list[str]] = defaultdict(list)
    for state in content.items.values():
        if state.print.kind == "scenario":
            for key in state.content.get("process", ()):
                for step in state.content.get("process_steps", ()):
                    told[key, step].append(state.key)
    processes = [state for state in content.items.values() if state.print.kind == "process"]
    return [
        {
            "title": f"{state.key}  {state.title}",
            "text": state.content.get("purpose", ""),
            "steps": [_step(step, told.get((state.key, step["id"]), [])) for step in state.content.get("steps", ())],
            "requirements": [],
        }
        for state in sorted(processes, key=lambda one: one.print.number)
    ]


def _step(step: Mapping[str, Any], keys: Sequence[str]) -> Context:
    by = str(steps.WORDS[step["by"]]) if "by" in step else ""
    note = [one for one in (step.get("data", ""), by, listed(keys) if keys else _("no scenario")) if one]
    figures = {name: step.get(name) for name in (*steps.FIGURES, *steps.PLANNED)}
    return {
        "number": step["id"], "title": step.get("name", ""), "actor": step.get("actor", ""), "note": "  ".join(note), **figures,
    }  # fmt: skip


def _chapters(reader: Reader, content: Any, requirements: Sequence[Any]) -> list[Context]:
    """One chapter per phase, must first."""
    project_id = reader.project.id
    known = {phase.id: phase for phase in phases(project_id)}
    told = _Told(reader, content, requirements)
    order = {"must": 0, "should": 1, "later": 2}
    chapters = []
    for phase_id in [*known, None]:
        held = [state for state in requirements if state.content.get("phase") == phase_id]
        held.sort(key=lambda state: (order.get(state.content.get("tier", ""), 3), state.print.number))
        if held:
            title = known[phase_id].name if phase_id is not None else _("Without a phase")
            chapters.append(
                {"title": title, "text": "", "steps": [], "requirements": [told.one(state) for state in held]}
            )
    return chapters


class _Told:
    """What all requirements of a specification say, loaded together."""

    def __init__(self, reader: Reader, content: Any, requirements: Sequence[Any]) -> None:
        self.reader, self.content = reader, content
        project_id, actor = reader.project.id, reader.actor
        ids = [state.print.item_id for state in requirements]
        self.phases = {phase.id: phase.name for phase in phases(project_id)}
        self.people = {one.id: one.name for one in members(project_id)}
        self.stages = stages_now(project_id)
        self.results = requirement_statuses(actor, project_id, ids)
        self.accepting: dict[str, list[str]] = defaultdict(list)
        for kind, source, target in content.links:
            if kind == "accepts":
                self.accepting[target].append(source)
        accepting = [state.print.item_id for state in content.items.values() if state.print.kind == "acceptance"]
        self.acceptance = statuses(actor, project_id, accepting)
        self.quotes = _quotes(reader, ids)

    def one(self, state: Any) -> Context:
        held, items = state.content, self.content.items
        stage = self.stages.get(state.key, "draft")
        if self.results.get(state.print.item_id, {}).get("status") == "verified":
            stage = "verified"
        scenarios = [items[key] for key in held.get("scenarios", []) if key in items]
        accepting = [items[key] for key in self.accepting[state.key] if key in items]
        return {
            "key": state.key,
            "title": state.title,
            "tier": held.get("tier", ""),
            "phase": self.phases.get(held.get("phase"), ""),
            "owner": self.people.get(held.get("owner"), ""),
            "stage": stage,
            "statement": held.get("statement", ""),
            "rationale": held.get("rationale", ""),
            "evidence": self.quotes.get(state.print.item_id, []),
            "scenarios": [
                {"key": one.key, "title": one.title, "kind": one.content.get("kind", "")} for one in scenarios
            ],
            "acceptance": [
                {
                    "key": one.key,
                    "title": one.title,
                    "status": self.acceptance.get(one.print.item_id, {}).get("status", "untested"),
                }
                for one in accepting
            ],
        }


def _quotes(reader: Reader, ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """Quotes by requirement; by role only, whoever prints it: paper goes on."""
    if not reader.actor.may("interview.read", reader.project.id):
        return {}
    pairs: list[tuple[int, int]] = []
    for at in range(0, len(ids), 400):
        rows = db.session.execute(
            select(Evidence.item_id, Evidence.excerpt_id)
            .join(Item, Item.id == Evidence.item_id)
            .where(Evidence.item_id.in_(ids[at : at + 400]), Evidence.until.is_(None))
            .order_by(Evidence.id)
        )
        pairs += [(row.item_id, row.excerpt_id) for row in rows]
    quotes = {
        one.id: one for one in interviews.quotes_by_id(NOBODY, reader.project.id, [excerpt for _item, excerpt in pairs])
    }
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for item_id, excerpt_id in pairs:
        one = quotes.get(excerpt_id)
        if one is not None:
            told = (one.document, one.place) if one.document else (one.role, one.interview)
            found[item_id].append({"quote": one.text, "who": evidence_words(*told)})
    return found
