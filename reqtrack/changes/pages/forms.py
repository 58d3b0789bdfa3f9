"""The forms of a change: a new one, an item in it, an item that it would add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.changes import queries
from reqtrack.changes.cards import Cards
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import TIERS, Change
from reqtrack.changes.pages.again import again_words
from reqtrack.changes.pages.templates import kinds
from reqtrack.changes.policy import ASSESSING
from reqtrack.errors import Reason, Stale
from reqtrack.items import forms, pages
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence


def new(actor: Actor, project: Project, given: Mapping[str, Any], reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The form of a new change; ``given`` is what was typed or came with the address."""
    members = queries.members_for_form(project.id)
    stakeholders = queries.stakeholders_for_form(actor, project.id, str(given.get("asked_by") or ""))
    return {
        "given": {"item": "", **given},
        "of_scope": " ".join(queries.scope_kinds()),
        "picked": queries.named(actor, project.id, given.get("item", "")),
        "people": [(one.login, one.name) for one in members if one.login != actor.login] + stakeholders,
        "assessors": [(one.login, one.name) for one in members if one.assesses],
        "kinds": kinds(project.id),
        "assessor_roles": [(role, ROLE_NAMES[role]) for role in ASSESSING],
        "sentences": {_name_of(reason): sentence(reason) for reason in reasons if reason.field},
        "summary": [{"field": _name_of(reason), "sentence": sentence(reason)} for reason in reasons],
    }


def _name_of(reason: Reason) -> str:
    """The form's name of a field."""
    return "item" if (reason.field or "").startswith(("affected", "edits")) else reason.field or ""


def edit(
    actor: Actor,
    project: Project,
    change: Change,
    given: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """The form of what a request itself says."""
    found = queries.require_write(actor, change)
    phases = [(one["name"], one["name"]) for one in forms.phases(project.id)]
    shown = forms.shown(
        KINDS["change"], project.id, {name: getattr(change, name) for name in ("title", "reason", "asked_by")}
    )
    shown |= forms.shown(KINDS["change"], project.id, {"tier": change.tier, "phase": change.phase_id})
    shown["kind"] = f"template:{change.template_id}" if change.template_id else change.change_kind or ""
    return {
        **new(actor, project, {**shown, **(given or {})}, reasons),
        "change": change,
        "seen": change.version,
        "phases": phases,
        "tiers": list(TIERS.items()),
        "away": url_for("changes.show", project=project.key, key=change.key),
        "again": again_words(queries.again_of(actor, found), "words"),
    }


def stale(actor: Actor, project: Project, change: Change, given: Mapping[str, Any], moved_on: Stale) -> dict[str, Any]:
    """409: the request was edited while the form was open. What I wrote beside what it says now."""
    now = edit(actor, project, change)
    kind = KINDS["change"]
    fields = [
        {
            "name": name,
            "label": kind.field(name).label,
            "mine": given.get(name) or "",
            "theirs": now["given"].get(name) or "",
        }
        for name in moved_on.mine
    ]
    return {**now, "fields": fields}


def edit_item(
    actor: Actor,
    project: Project,
    change: Change,
    key: str,
    given: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """An item's form in a change: its fields as they are, with what is proposed in their place."""
    found, item, content = queries.proposal(actor, change, key)
    kind = KINDS[item.kind]
    proposed = {one.field: one.new for one in found.edits if one.item == item.key and one.op == "set"}
    shown = forms.shown(kind, project.id, {**content, **proposed})
    return {
        **_form(actor, project, found, kind, {**shown, **(given or {})}, reasons),
        "target": item,
        "seen": found.package_print[:16],
        "base_version": item.version,
        "proposed": sorted(proposed),
        "clashes": _clashes(actor, project, found, kind, item.key),
        "action": url_for("changes.save_item", project=project.key, key=change.key, item=item.key),
        "retired": any(one.op == "retire" and one.item == item.key for one in found.edits),
    }


def _clashes(actor: Actor, project: Project, found: Dossier, kind: Kind, key: str) -> list[dict[str, Any]]:
    """The fields of an item that moved since they were proposed, each with what it says now: somebody chooses. ``mine``: what is
    proposed, as it is typed."""
    if not any(item == key and name for item, name in found.conflicts):
        return []
    phases = {one["id"]: one["name"] for one in forms.phases(project.id)}
    cards = Cards(actor, found, phases).all()
    both = [one for card in cards if card.key == key for one in card.fields if one.conflict and one.edit is not None]
    shown = forms.shown(kind, project.id, {one.edit.field: one.edit.new for one in both})
    return [
        {"field": one, "mine": forms.as_typed(kind.field(one.edit.field), shown.get(one.edit.field))} for one in both
    ]


def new_item(
    actor: Actor,
    project: Project,
    change: Change,
    name: str,
    given: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
    number_of: int | None = None,
) -> dict[str, Any]:
    """The form of an item that a change would add, new or proposed already (``number_of`` is the edit's id)."""
    found, kind, told = queries.new_proposal(actor, change, name, number_of)
    endpoint = "changes.save_new" if number_of is None else "changes.save_new_again"
    more: dict[str, Any] = {"kind": kind.name} if number_of is None else {"number": number_of}
    return {
        **_form(actor, project, found, kind, {**forms.shown(kind, project.id, told), **(given or {})}, reasons),
        "target": None,
        "seen": found.package_print[:16],
        "base_version": None,
        "proposed": [],
        "clashes": [],
        "action": url_for(endpoint, project=project.key, key=change.key, **more),
        "retired": False,
    }


def _form(
    actor: Actor,
    project: Project,
    found: Dossier,
    kind: Kind,
    values: Mapping[str, Any],
    reasons: Sequence[Reason],
) -> dict[str, Any]:
    change = found.change
    return {
        "item": change,
        "kind": kind,
        "values": values,
        "options": pages.options(actor, project.id, kind, values),
        "held": " ".join(kind.names),
        "sentences": {_field(reason): sentence(reason) for reason in reasons if reason.field},
        "summary": [{"field": _field(reason), "sentence": sentence(reason)} for reason in reasons],
        "away": url_for("changes.show", project=project.key, key=change.key),
        "again": again_words(queries.again_of(actor, found)),
    }


def _field(reason: Reason) -> str:
    """``edits.0.title`` → ``title``."""
    return (reason.field or "").rpartition(".")[2]


def moved(actor: Actor, project: Project, change: Change, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """409: the package moved while the form was open. What I wrote beside what is proposed now."""
    now = edit_item(actor, project, change, key)
    kind: Kind = now["kind"]
    differing = []
    for name, value in given.items():
        field = kind.field(name)
        mine, theirs = (forms.as_typed(field, one if one != "" else None) for one in (value, now["values"].get(name)))
        if mine.strip() != theirs.strip():
            differing.append({"name": name, "label": field.label, "mine": mine, "theirs": theirs})
    return {**now, "fields": differing, "held": " ".join(one["name"] for one in differing)}
