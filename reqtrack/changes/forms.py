"""From the forms of the change pages to plain values."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import MultiDict

from reqtrack.db import whole_number
from reqtrack.errors import invalid, unseen

_KEYS = re.compile(r"[\s,，、;；]+")


def keys_of(text: str) -> list[str]:
    """The keys in a text, in capitals, each once."""
    return list(dict.fromkeys(part.upper() for part in _KEYS.split(text) if part))


def logged(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form of a new change holds, as ``actions.log`` takes it."""
    return {
        "title": form.get("title", "").strip(),
        "reason": form.get("reason", "").strip(),
        "asked_by": form.get("asked_by", "").strip() or None,
        "assessors": [login for login in form.getlist("assessors") if login],
        "assessor_roles": form.getlist("assessor_roles"),
        "tier": form.get("tier", "").strip() or None,
        "phase": form.get("phase", "").strip() or None,
        **_kind(form),
    }


def _kind(form: MultiDict[str, str]) -> dict[str, Any]:
    """What a change is, as its form says it: nothing, ``emergency``, or ``template:3``."""
    if "kind" not in form:
        return {}
    kind, _colon, number = form["kind"].strip().partition(":")
    if kind == "template":
        return {"kind": "standard", "template": whole_number(number) or 0}
    return {"kind": kind or "normal", "template": None}


def content(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the request itself says, as far as the form holds it, as ``actions.edit_content`` takes it."""
    names = ("title", "reason", "asked_by", "tier", "phase")
    return {**{name: form[name].strip() or None for name in names if name in form}, **_kind(form)}


def seen(form: MultiDict[str, str]) -> str:
    """The fingerprint of what a form shows; one that does not say so is taken as out of date."""
    return form.get("seen", "").strip() or "nothing"


def placement(form: MultiDict[str, str]) -> tuple[str, str | int | None, int]:
    """What a card moved on the board proposes: ``(tier or phase, which, the version that was seen)``.

    Raises:
        Invalid: it is neither, or does not say what it saw.
    """
    by, to, seen = form.get("by", ""), form.get("to", "").strip(), whole_number(form.get("seen", ""))
    if by not in ("tier", "phase"):
        raise invalid("by", "%(given)s is not one of: %(choices)s.", given=by[:40], choices=("tier", "phase"))
    if seen is None:
        raise unseen()
    if to in ("", "none"):
        return by, None, seen
    return by, (whole_number(to) or to) if by == "phase" else to, seen


ASSESSMENT = ("likely", "best", "worst", "note", "schedule_note", "risk", "cost", "probability", "effect")
# The options that the form asks for: by their name, and one more that is named there.
OPTIONS = ("do_nothing", "smaller", "other")


def assessment(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form of an assessment holds."""
    told: dict[str, Any] = {name: form.get(name, "").strip() for name in ASSESSMENT}
    options = []
    for name in OPTIONS:
        days, note = (form.get(f"{name}_{part}", "").strip() for part in ("days", "note"))
        called = form.get("other_name", "").strip() if name == "other" else name
        if days or note or (name == "other" and called):
            options.append({"name": called, "days": days, "note": note})
    return {**told, "options": options, "seen": seen(form)}


def field_of(name: str, given: dict[str, Any]) -> str:
    """The form's name of a field of an assessment: options are told by their place."""
    what, _dot, rest = name.partition(".")
    at, _dot, part = rest.partition(".")
    if what != "options" or not at.isdigit():
        return name
    called = given["options"][int(at)]["name"]
    return f"{called if called in OPTIONS else 'other'}_{part}"


def swap(form: MultiDict[str, str]) -> dict[str, Any]:
    """The offer that a page showed."""
    return {"phase": form.get("phase", ""), "items": keys_of(form.get("items", "")), "seen": seen(form)}


def decision(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the decision box holds."""
    told = {name: form.get(name, "").strip() for name in ("tier", "phase", "reason", "until", "option")}
    return {
        **told,
        "tier": told["tier"] or None,
        "phase": told["phase"] or None,
        "seen": form.get("seen", "").strip() or None,
    }


def link(form: MultiDict[str, str], item: str, others: list[str]) -> dict[str, Any]:
    """A link of an item to others that should come or go, as ``actions.propose`` takes it."""
    part = "remove" if form.get("how") == "remove" else "add"
    return {"item": item, "link": form.get("link", ""), part: others}


_LINE_FIELDS = ("most_days", "most_cost", "kind")


def delegation(form: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The lines of a delegation table in their order, as ``tables.parse`` takes them; what is to be done to a line is done:
    ``do`` is ``add``, or ``up``, ``down`` or ``remove`` with the place of one (``up.2``)."""
    lines = [_line(form, place) for place in form.getlist("line")]
    do, _dot, told = form.get("do", "").partition(".")
    at = int(told) if told.isascii() and told.isdigit() and int(told) < len(lines) else None
    if do == "add":
        # Above the last one, which takes all that is left.
        lines.insert(max(len(lines) - 1, 0), {"most_days": "", "most_cost": "", "kind": "", "must": True, "seats": []})
    elif do == "remove" and at is not None:
        lines.pop(at)
    elif do in ("up", "down") and at is not None:
        to = at - 1 if do == "up" else at + 1
        lines.insert(max(to, 0), lines.pop(at))
    return lines


def _line(form: MultiDict[str, str], place: str) -> dict[str, Any]:
    told: dict[str, Any] = {name: form.get(f"{name}.{place}", "").strip() for name in _LINE_FIELDS}
    told |= {name: f"{name}.{place}" in form for name in ("must", "over")}
    return {**told, "seats": [one for one in form.getlist(f"seats.{place}") if one]}


def flow(form: MultiDict[str, str]) -> dict[str, Any]:
    """The flow of a kind of change, as ``actions.set_flows`` takes it; what is to be done to its added stages is done: ``do`` is
    ``add``, or ``up``, ``down`` or ``remove`` with the place of one (``up.2``)."""
    added = [_step(form, place) for place in form.getlist("step")]
    do, _dot, told = form.get("do", "").partition(".")
    at = int(told) if told.isascii() and told.isdigit() and int(told) < len(added) else None
    if do == "add":
        added.append({"code": "", "category": "", "names": {}, "roles": [], "asks": []})
    elif do == "remove" and at is not None:
        added.pop(at)
    elif do in ("up", "down") and at is not None:
        to = at - 1 if do == "up" else at + 1
        added.insert(max(to, 0), added.pop(at))
    parts: dict[str, dict[str, Any]] = {"called": {}, "asks": {}, "by": {}}
    for field in form:
        part, _dot, rest = field.partition(".")
        stage, _dot, language = rest.partition(".")
        if part == "called" and form[field].strip():
            parts[part].setdefault(stage, {})[language] = form[field].strip()
        elif part in ("asks", "by") and not language and not stage.isdigit():
            parts[part][stage] = [one for one in form.getlist(field) if one]
    return {"names": parts["called"], "added": added, "asks": parts["asks"], "roles": parts["by"]}


def _step(form: MultiDict[str, str], place: str) -> dict[str, Any]:
    """An added stage."""
    told: dict[str, Any] = {name: form.get(f"{name}.{place}", "").strip() for name in ("code", "category")}
    names = {language: form.get(f"name.{place}.{language}", "").strip() for language in ("en", "zh")}
    lists = {name: [one for one in form.getlist(f"{name}.{place}") if one] for name in ("roles", "asks")}
    return {**told, "names": {language: name for language, name in names.items() if name}, **lists}


def template(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form of a template of standard changes holds."""
    told: dict[str, Any] = {name: form.get(name, "").strip() for name in ("name", "reason", "most_days", "most_items")}
    return {**told, **{name: [one for one in form.getlist(name) if one] for name in ("fields", "tiers")}}
