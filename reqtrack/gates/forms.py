"""From the forms of gates to plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.gates.kinds import GATES, LIVE, RULES

Cover = tuple[str, str, int | None]


def cover(given: str) -> Cover:
    """``must_passed:ACC-13:3`` → rule, subject, row (from 0); a bare ``BUG-2`` is excused whatever the rule.

    Raises:
        Invalid: the row is no number.
    """
    parts = [part.strip() for part in given.split(":")]
    if len(parts) == 1:
        return "", _subject(parts[0]), None
    rule, subject, *rest = parts
    if not rest:
        return rule, _subject(subject), None
    number = whole_number(rest[0])
    if len(rest) > 1 or number is None or number < 1:
        raise invalid("covers", "%(given)s is not rule:item:row, with rows from 1.", given=given[:60])
    return rule, _subject(subject), number - 1


def _subject(given: str) -> str:
    return given if given.startswith("phase-") else given.upper()


def covers(given: list[str]) -> list[Cover]:
    """All parts of what a waiver covers."""
    return [cover(one) for one in given if one.strip()]


def waiver(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form of a waiver holds, as it was typed."""
    told: dict[str, Any] = {
        name: form.get(name, "").strip() for name in ("reason", "workaround", "owner", "expires_on", "more", "meaning")
    }
    lists = {
        name: [one for one in form.getlist(name) if one]
        for name in ("covers", "offered", "gates", "signers", "results")
    }
    return {**told, **lists, "rule": form.get("rule", "all")}


def asked(given: Mapping[str, Any], more: list[str]) -> dict[str, Any]:
    """The typed values as the action takes them.

    Args:
        more: keys of items that were typed beside the parts that were offered.

    Raises:
        Invalid: by field.
    """
    reasons: list[Reason] = []
    told: dict[str, Any] = {
        name: given[name] for name in ("workaround", "owner", "gates", "signers", "meaning", "rule")
    }
    try:
        told["covers"] = [*covers(given["covers"]), *(("", key, None) for key in more)]
    except Invalid as problem:
        reasons += problem.reasons
    try:
        told["expires_on"] = day(given["expires_on"])
    except Invalid as problem:
        reasons += problem.reasons
    numbers = [whole_number(one) for one in given["results"]]
    if None in numbers:
        reasons.append(Reason("invalid", "Results are named by their numbers.", {}, "results"))
    told["results"] = [one for one in numbers if one is not None]
    if reasons:
        raise Invalid(reasons)
    return told


def day(given: str) -> date | None:
    """A day, or None where none was given.

    Raises:
        Invalid: it is no day.
    """
    if not given.strip():
        return None
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise invalid("expires_on", "%(given)s is not a date such as 2026-11-20.", given=given[:40]) from None


def arrived(args: MultiDict[str, str]) -> dict[str, Any]:
    """What a waiver begins with, from the address: ``item`` and ``result`` of a failure or a defect, ``gate`` and ``cover`` from the
    page of a gate, or the ``signoff`` whose ``signer`` signed with a reservation."""
    gate = args.get("gate", "")
    number = whole_number(args.get("result", ""))
    return {
        "item": args.get("item", "").strip().upper()[:40],
        "result": number,
        "reserved": (whole_number(args.get("signoff", "")), args.get("signer", "")[:200]),
        "covers": [one for one in args.getlist("cover") if one][:500],
        "gates": [gate] if gate in GATES else list(LIVE),
    }


def rules(form: MultiDict[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """What the form of the rules holds: fields ``pilot.should_passed.least``."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for gate in GATES:
        for name, rule in RULES.items():
            stem = f"{gate}.{name}"
            if f"{stem}.mode" not in form:
                continue
            told: dict[str, Any] = {"mode": form[f"{stem}.mode"]}
            if rule.share:
                told["least"] = form.get(f"{stem}.least", "")
            if rule.named:
                told["named"] = (
                    form.get(f"{stem}.named", "").replace(",", " ").replace("，", " ").replace("、", " ").split()
                )
            if rule.tested:
                told["affirmed"] = form.get(f"{stem}.affirmed") == "1"
            found.setdefault(gate, {})[name] = told
    return found
