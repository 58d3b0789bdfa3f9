"""The stages of a project's changes in words: as they are, as a form, and what others would bring."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.changes import policy
from reqtrack.changes.actions import staging
from reqtrack.changes.models import CHANGE_KINDS
from reqtrack.changes.pages.asks import ASK_WORDS
from reqtrack.changes.queries import flows as queries
from reqtrack.errors import Invalid, Reason
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.web.problems import sentence
from reqtrack.web.words import clauses, listed, pair
from reqtrack.workflow.flow_rules import LONGEST, MOST_ADDED, MOVES
from reqtrack.workflow.flows import ASKS, BY_ROLE, CATEGORIES, KINDS, NAMES, NO_CATEGORY, PASSES, Flow, as_body
from reqtrack.workflow.presets import PRESETS, flows_of

PRESET_WORDS: dict[str, tuple[Any, Any]] = {
    "lean": (
        _l("Lean"),
        _l("Five stages are shown, the others fold in. Nothing is asked beyond what is hard."),
    ),
    "standard": (
        _l("Standard"),
        _l(
            "Submitted, deferred and rejected have a column of their own. Submitting asks for priority and phase, assessing for "
            "what it means for the schedule, taking back for a reason."
        ),
    ),
    "regulated": (
        _l("Regulated"),
        _l(
            "Every stage is shown. A quality check stands between assessment and decision; each move asks for a reason, each "
            "assessment for three numbers, schedule and risk; each decision takes two people and their passwords."
        ),
    ),
}
# The stages that can be called otherwise: approved is passed through in the same moment.
CALLED = tuple(one for one in NAMES if one != "approved")


def stages(
    actor: Actor,
    project: Project,
    kind: str = "normal",
    body: Mapping[str, Any] | None = None,
    *,
    preset: str | None = None,
    back: bool = False,
    replaced: Collection[str] = (),
    looks: bool = False,
    reasons: Iterable[Reason] = (),
    refused: Iterable[Reason] = (),
) -> dict[str, Any]:
    """The page of the stages: as they are, or with a flow as it was typed (``body``), a preset that was chosen, or (``back``) the
    preset's flow for a kind; with what that would bring where one ``looks``, also where saving it was ``refused``.

    Args:
        replaced: the kinds whose own flow gives way to that of the preset that was chosen; the others stay as the project set
            them up.
    """
    kind = kind if kind in KINDS else "normal"
    now = queries.flows_for(project)
    kinds: dict[str, Any] = {kind: None} if back else {kind: body} if body is not None else {}
    kinds.update((one, None) for one in KINDS if preset is not None and one in replaced)
    then, wrong = _wanted(project, kinds, preset) if looks else (None, ())
    told = [*reasons, *wrong]
    typed = body is not None
    shown = dict(body) if body is not None else as_body(now.of(kind))
    fits = then is not None and not told
    told += refused
    errors = {(one.field or "").removeprefix(f"{kind}."): sentence(one) for one in told}
    verdict = policy.may_set_flows(actor, project.id)
    return {
        "kind": kind,
        "kinds": [(one, label, one == kind) for one, label in CHANGE_KINDS.items()],
        "form": _form(kind, shown),
        "typed": typed,
        "preset": preset or now.preset,
        "presets": [(one, *words) for one, words in PRESET_WORDS.items()],
        "preset_now": PRESET_WORDS[now.preset][0],
        "preset_name": PRESET_WORDS.get(preset or "", PRESET_WORDS[now.preset])[0],
        "own": kind in now.own,
        "ways": _ways(now),
        "may": not [one for one in verdict.reasons if one.code != "reauthentication"],
        "password": not actor.reauthenticated,
        "seen": queries.version_of(project.id),
        "errors": errors,
        "summary": [{"field": place(one.field or "", kind), "sentence": sentence(one)} for one in told],
        "brings": _brings(actor, project, then) if fits else None,
        "then": _ways(then) if fits else [],
        "kept": [_kept(now, preset, one, one in replaced) for one in KINDS if one in now.own]
        if preset and fits
        else [],
        "carried": json.dumps({"preset": preset, "kinds": kinds}),
        "home": url_for("accounts.settings", project=project.key, _anchor="stages"),
    }


def _wanted(project: Project, kinds: Mapping[str, Any], preset: str | None) -> tuple[Any, tuple[Reason, ...]]:
    try:
        return staging.wanted_flows(project, kinds, preset), ()
    except Invalid as invalid:
        return None, invalid.reasons


def place(field: str, kind: str) -> str:
    """Where a reason stands, as the form calls it: ``normal.added.0.names.en`` → ``name.0.en``."""
    head, *rest = field.removeprefix(f"{kind}.").split(".")
    if head == "added" and len(rest) > 1:
        part = {"names": "name", "category": "category"}.get(rest[1], rest[1])
        return ".".join([part, rest[0], *rest[2:]])
    if head == "names" and rest:
        return ".".join(["called", *rest])
    return ".".join([head, *rest]) if rest else head


def _form(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A flow for its form."""
    barred = NO_CATEGORY.get(kind, ())
    asks, roles, names = (body.get(part) or {} for part in ("asks", "roles", "names"))
    moves = [one for one in MOVES if one not in ("reject", "pass_on") and (one in ASKS or one in BY_ROLE)]
    if kind == "standard":
        moves = [one for one in moves if one in ("submit", "withdraw", "close")]
    return {
        "called": [
            {"code": one, "label": NAMES[one], "names": names.get(one) or {}}
            for one in CALLED
            if kind != "standard" or one in ("draft", "applied", "closed", "withdrawn")
        ],
        "renamed": bool(names),
        "added": [{**one, "at": at} for at, one in enumerate(body.get("added") or ())],
        "categories": [(one, NAMES[one]) for one in CATEGORIES if one not in barred],
        "passing": [(one, ROLE_NAMES[one]) for one, given in ROLE_PERMISSIONS.items() if PASSES in given],
        "pass_asks": [(one, ASK_WORDS[one]) for one in ASKS["pass_on"]],
        "moves": [
            {
                "move": one,
                "label": MOVES[one],
                "asks": [(what, ASK_WORDS[what]) for what in ASKS.get(one, ())],
                "asked": asks.get(one) or (),
                "roles": [
                    (role, ROLE_NAMES[role])
                    for role, given in ROLE_PERMISSIONS.items()
                    if one in BY_ROLE and BY_ROLE[one] in given
                ],
                "by": roles.get(one) or (),
            }
            for one in moves
        ],
        "longest": LONGEST,
        "room": len(body.get("added") or ()) < MOST_ADDED,
    }


def way(flow: Flow, kind: str, label: Any) -> dict[str, Any]:
    """The way of a kind of change in words: its stages in their order, and what its moves ask."""
    line: list[dict[str, Any]] = []
    for stage in (
        ("draft", "applied", "closed")
        if kind == "standard"
        else ("draft", "assessing", "deciding", "applied", "closed")
    ):
        if kind == "emergency" and stage == "assessing":
            continue
        added = [{"name": one.name, "note": _by(one.roles)} for one in flow.of(stage)]
        own = [{"name": flow.name(stage), "note": ""}]
        line += [*own, *added] if stage == "assessing" else [*added, *own]
    asks = [(str(MOVES[move]), listed(str(ASK_WORDS[one]) for one in what)) for move, what in flow.asks.items()]
    asks += [
        (_pass_word(one.name), listed(str(ASK_WORDS[what]) for what in one.asks)) for one in flow.added if one.asks
    ]
    by = [(str(MOVES[move]), _by(roles)) for move, roles in flow.roles.items()]
    return {"kind": kind, "label": label, "line": line, "asks": asks, "by": by}


def _kept(now: Any, preset: str, kind: str, replaced: bool) -> dict[str, Any]:
    """What a kind of change that the project set up itself leaves out of a preset's flow, as long as that is not taken instead."""
    own, given = now.of(kind), flows_of(preset, {}).of(kind)
    # What is called the same stands for it, whatever its code.
    known = {one.code for one in own.added} | {word for one in own.added for word in one.name.names.values()}
    lacks = [str(one.name) for one in given.added if not known & {one.code, *one.name.names.values()}]
    for move, what in given.asks.items():
        more = [str(ASK_WORDS[one]) for one in what if one not in own.asks.get(move, ())]
        lacks += [pair(MOVES[move], listed(more))] if more else []
    return {"kind": kind, "label": CHANGE_KINDS[kind], "lacks": clauses(lacks), "replaced": replaced}


def _ways(flows: Any) -> list[dict[str, Any]]:
    return [way(flows.of(one), one, CHANGE_KINDS[one]) for one in KINDS]


def _by(roles: Sequence[str]) -> str:
    return listed(str(ROLE_NAMES[one]) for one in roles)


def _pass_word(name: Any) -> str:
    return str(_("Pass on from “%(step)s”", step=name))


def _move(move: str, step: Any) -> str:
    return _pass_word(step.name) if step is not None else str(MOVES[move])


def _brings(actor: Actor, project: Project, then: Any) -> dict[str, Any]:
    """What other flows would bring, in words."""
    found = queries.preview(actor, project, then)
    return {
        "open": found.open,
        "changes": [
            {
                "key": one.key,
                "title": one.title,
                "stage": one.stage,
                "now": str(one.now),
                "then": str(one.then),
                "moves": one.moves,
                "href": url_for("changes.show", project=project.key, key=one.key),
            }
            for one in found.changes
        ],
        "asked": [
            {
                "kind": CHANGE_KINDS[one.kind],
                "move": _move(one.move, one.step),
                "more": listed(str(ASK_WORDS[what]) for what in one.more),
                "less": listed(str(ASK_WORDS[what]) for what in one.less),
                "new": one.step is not None and not one.more and not one.less,
                "open": one.open,
            }
            for one in found.asked
        ],
        "people": [
            {"name": one.name, "kind": CHANGE_KINDS[one.kind], "move": _move(one.move, one.step), "gains": one.gains}
            for one in found.people
        ],
        "decisions": _decisions(project.preset, then.preset),
        "columns": _columns(project.preset, then.preset),
    }


def _decisions(now: str, then: str) -> list[str]:
    """What changes for each decision."""
    (proof, two), (more_proof, more_two) = queries.decides(now), queries.decides(then)
    told = []
    if proof != more_proof:
        told.append(
            _("Each decision takes a password.") if more_proof else _("Small decisions take no password any more.")
        )
    if two != more_two:
        told.append(
            _("Each decision takes two people, but that of an emergency.")
            if more_two
            else _("The delegation table alone says how many people decide.")
        )
    return [str(one) for one in told]


def _columns(now: str, then: str) -> str:
    """Which stages lists and board would show, where that changes."""
    shown = PRESETS[then].shown
    if PRESETS[now].shown == shown:
        return ""
    return listed(str(NAMES[code]) for code, _stages in shown)


def part(actor: Actor, project: Project) -> dict[str, Any]:
    """The section of a project's settings."""
    flows = queries.flows_for(project)
    return {
        "preset": PRESET_WORDS[flows.preset],
        "ways": _ways(flows),
        "may": actor.may("project.manage", project.id),
    }
