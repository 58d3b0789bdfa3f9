"""Saying by which stages a project's changes go: its preset, and the flow of each kind of change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import policy
from reqtrack.changes.models import Change, Workflow
from reqtrack.changes.queries import flows as queries
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.items import store, values
from reqtrack.permissions import Actor
from reqtrack.workflow import flow_rules
from reqtrack.workflow.flows import KINDS, Flows, as_body, as_flow, coded
from reqtrack.workflow.presets import PRESETS, flows_of


def set_flows(
    actor: Actor,
    project: Project,
    kinds: Mapping[str, Any] | None = None,
    *,
    preset: str | None = None,
    seen: int | None = None,
) -> None:
    """Let the changes of a project go by other stages from now on. What stands in a stage that goes away goes on to the next one.

    Args:
        kinds: by kind of change its flow, as ``flow_rules.check`` takes it, or None for that of the preset; what is not named
            stays.
        preset: one of ``presets.PRESETS``; as it is when None.
        seen: the version of the flows that was seen.

    Raises:
        Refused: no permission, no password (403); or they were changed since ``seen`` (409).
        Invalid: with every reason why changes cannot go by it.
    """
    policy.may_set_flows(actor, project.id).require()
    if seen is not None and seen != queries.version_of(project.id):
        no("stale", "The stages were changed while you edited them.").require(409)
    own = queries.own_of(project.id)
    now, then = flows_of(project.preset, own), wanted_flows(project, kinds, preset, own)
    before, after = told_flows(now), told_flows(then)
    if before == after:
        return
    with recorded(actor, project.id, "workflow.changed", queries.SUBJECT, before=before) as entry:
        project.preset = then.preset
        _write(project.id, then)
        entry.after = after
    for change in queries.standing(project.id):
        _place(actor, change, now, then)


def wanted_flows(
    project: Project,
    kinds: Mapping[str, Any] | None,
    preset: str | None,
    own: Mapping[str, Any] | None = None,
) -> Flows:
    """The flows that a project would have.

    Raises:
        Invalid: with every reason why changes cannot go by them, each by its place (``normal.added.0.names.en``).
    """
    held = queries.own_of(project.id) if own is None else own
    if preset is not None and preset not in PRESETS:
        raise invalid("preset", "%(given)s is not one of: %(choices)s.", given=str(preset)[:40], choices=tuple(PRESETS))
    preset = preset or project.preset
    found: dict[str, Any] = dict(held)
    reasons: list[Reason] = []
    for kind, given in (kinds or {}).items():
        if kind not in KINDS:
            message = "%(given)s is not one of: %(choices)s."
            reasons.append(Reason("invalid", message, {"given": str(kind)[:40], "choices": KINDS}, "kinds"))
        elif given is None:
            found.pop(kind, None)
        else:
            body = tidy(given)
            wrong = flow_rules.check(kind, body).reasons
            reasons += [Reason(one.code, one.message, one.params, f"{kind}.{one.field}") for one in wrong]
            if not wrong:
                _keep(found, preset, kind, body)
    if reasons:
        raise Invalid(reasons)
    return flows_of(preset, found)


def _keep(found: dict[str, Any], preset: str, kind: str, body: Mapping[str, Any]) -> None:
    """A flow that says what the preset says is the preset's."""
    flow = as_flow(body)
    if flow == flows_of(preset, {}).of(kind):
        found.pop(kind, None)
    else:
        found[kind] = as_body(flow)


def tidy(given: Any) -> Any:
    """What was sent, with names stripped and codes for new stages; what is no flow stays as it is, to be refused."""
    if not isinstance(given, Mapping) or flow_rules.unreadable(given):
        return given
    added = [{**one, "names": _stripped(one.get("names") or {})} for one in given.get("added") or ()]
    names = {stage: _stripped(one) for stage, one in (given.get("names") or {}).items()}
    return {**given, "names": names, "added": coded(added)}


def _stripped(names: Mapping[str, str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, name in names.items():
        try:
            found[language] = " ".join(values.text_of(name or "", 2_000).split())
        except values.Unfit as unfit:
            raise invalid("names", unfit.message, **unfit.params) from None
    return {language: name for language, name in found.items() if name}


def told_flows(flows: Flows) -> dict[str, Any]:
    """The flows of a project as its events keep them and the API shows them; ``own``: those that are not the preset's."""
    return {
        "preset": flows.preset,
        "own": sorted(flows.own),
        "kinds": {kind: as_body(flows.of(kind)) for kind in KINDS},
    }


def _write(project_id: int, flows: Flows) -> None:
    rows = {
        row.change_kind: row
        for row in db.session.execute(select(Workflow).where(Workflow.project_id == project_id)).scalars()
    }
    for kind, row in rows.items():
        if kind not in flows.own:
            db.session.delete(row)
    for kind in sorted(flows.own):
        body = as_body(flows.of(kind))
        if kind not in rows:
            db.session.add(Workflow(project_id=project_id, change_kind=kind, body=body))
        elif rows[kind].body != body:
            rows[kind].body = body


def _place(actor: Actor, change: Change, now: Flows, then: Flows) -> None:
    """Let a change go on whose added stage has gone."""
    old, new = now.of(change.change_kind), then.of(change.change_kind)
    here = queries.category(change)
    stage, sub_stage = new.placed(here, change.sub_stage, old)
    if (stage, sub_stage) == (here, change.sub_stage):
        return
    after = {"from": change.sub_stage, "sub_stage": sub_stage, "restaged": True}
    if change.stage == "needs_information":
        with recorded(actor, change.project_id, "change.restaged", change.key) as entry:
            change.came_from, change.sub_stage = stage, sub_stage
            entry.after = {**after, "came_from": stage}
        return
    store.move(actor, change, stage, columns={"sub_stage": sub_stage}, after=after)
