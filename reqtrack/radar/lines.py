"""The radar in words: a line for each finding, and the pages that show them whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.errors import NotFound, Reason
from reqtrack.items import present
from reqtrack.permissions import Actor
from reqtrack.radar import policy
from reqtrack.radar.checks import CHECKS, SEVERITIES, Check, Details
from reqtrack.radar.queries import findings as queries
from reqtrack.radar.queries import history
from reqtrack.radar.queries.findings import Accepted, Finding, Subject
from reqtrack.web.context import day
from reqtrack.web.words import listed

PAGE = 50
NAMED = 4
WINDOWS = (30, 90)
# How long a finding is let stand when nobody says otherwise.
USUAL_DAYS = 30


def line(actor: Actor, project: Project, found: Finding) -> dict[str, Any]:
    """A finding as ``page.radar`` draws it: a figure that links, what it means, a verb that mends it."""
    check, first = found.check, found.subjects[0]
    alone = found.count == 1
    if alone:
        detail = check.detail(project, first.details)
    else:
        rest = ["…"] if found.count > NAMED else []
        detail = listed([*(_called(check, one) for one in found.subjects[:NAMED]), *rest])
    named = alone and not _is_plain(check, first)
    return {
        "severity": check.severity,
        "lead": _full(check, first) if named else check.lead(found.count),
        "href": url_for("radar.check", project=project.key, check=check.name),
        "text": str(check.text),
        "detail": detail or ("" if named else _called(check, first)),
        "action": _action(actor, project, found),
    }


def _is_plain(check: Check, one: Subject) -> bool:
    """Whether nothing is known of a subject but its key: it is counted then, not named."""
    return not (one.details.get("title") or one.details.get("label"))


def _is_item(one: Subject) -> bool:
    """Whether a subject is an item, and its name a key."""
    return bool(one.name) and ":" not in one.name and " " not in one.name


def _called(check: Check, one: Subject) -> str:
    return check.subject(one.name, one.details)


def _full(check: Check, one: Subject) -> str:
    """A subject with its title."""
    title = one.details.get("title")
    return f"{one.name} {title}" if title else _called(check, one)


def _action(actor: Actor, project: Project, found: Finding) -> tuple[str, str] | None:
    if not actor.may(found.check.needed, project.id):
        return None
    return str(found.check.verb), _way(project, found.check, found)


def _way(project: Project, check: Check, found: Finding) -> str:
    names = found.names
    endpoint, arguments = check.way(names) or ("radar.check", {"check": check.name})
    if endpoint not in current_app.view_functions:
        endpoint, arguments = "radar.check", {"check": check.name}
    if len(names) == 1:
        only = next(one for one in found.subjects if one.name)
        arguments = {**arguments, **only.details.get("arguments", {})}
    return url_for(endpoint, project=project.key, **arguments)  # type: ignore[arg-type]


def as_facts(found: Finding) -> dict[str, Any]:
    """A finding as the API tells it."""
    check, subjects = found.check, found.subjects
    keys = (key for one in subjects for key in one.details.get("items", (one.name,)))
    items = list(dict.fromkeys(key for key in keys if key and ":" not in key))
    shown: dict[str, Any] = {
        "check": check.name, "severity": check.severity, "area": check.area, "title": str(check.title),
        "count": len(items) if check.apart else found.count, "items": items,
    }  # fmt: skip
    if check.apart:
        return {**shown, "subject": subjects[0].name, "phase": check.subject(subjects[0].name, subjects[0].details)}
    if items != found.names:
        shown["subjects"] = [{"subject": one.name or None, "label": check.subject(*one)} for one in subjects]
    return shown


# -- all of it ---------------------------------------------------------------------------------------------------------


def index(actor: Actor, project: Project, window: int) -> dict[str, Any]:
    """The page of all findings."""
    found = queries.radar(actor, project)
    words = {"serious": _("Serious"), "attention": _("Attention"), "note": _("Note")}
    counts = {name: sum(one.check.severity == name for one in found.open) for name in SEVERITIES}
    silent = {one.check.name for one in found.findings if one.subjects}
    return {
        "findings": [line(actor, project, one) for one in found.open],
        "counted": [(words[name], number) for name, number in counts.items() if number],
        "accepted": accepted(actor, project, found.accepted),
        "may_accept": bool(policy.may_accept(actor, project.id)),
        "others": [
            {"title": check.title, "href": url_for("radar.check", project=project.key, check=check.name)}
            for check in CHECKS.values()
            if check.name not in silent and actor.may(check.permission, project.id)
        ],
        "chart": chart(actor, project, found, window),
    }


def chart(actor: Actor, project: Project, found: queries.Radar, window: int, name: str = "") -> dict[str, Any] | None:
    """How many findings there were on each day, with today's; None for those from whom something is hidden."""
    days = history.days(actor, project, found, window, name)
    if days is None:
        return None
    endpoint = "radar.check" if name else "radar.findings"
    arguments: dict[str, Any] = {"check": name} if name else {}
    series = [
        {"name": _("All findings") if not name else _("Found"), "style": "scope", "values": [one.total for one in days]}
    ]
    if not name:
        series.append({"name": _("Serious"), "style": "done", "values": [one.serious for one in days]})
    return {
        "series": series,
        "xs": [day(one.day) for one in days],
        "windows": [
            {
                "label": ngettext("%(num)s day", "%(num)s days", number),
                "href": url_for(endpoint, project=project.key, days=number, _anchor="history", **arguments),
                "current": number == window,
            }
            for number in WINDOWS
        ],
    }


def accepted(actor: Actor, project: Project, let: Sequence[tuple[Check, Subject, Accepted]]) -> list[dict[str, Any]]:
    """What somebody lets stand: one entry for each time that somebody said so."""
    entries: dict[int, dict[str, Any]] = {}
    wholly: dict[int, int] = {}
    names = queries.names_of(told.author for _check, _subject, told in let) if let else {}
    for check, subject, told in let:
        whole = not told.subject
        wholly[told.id] = wholly.get(told.id, 0) + 1
        entries[told.id] = {
            "title": str(check.title),
            "href": url_for("radar.check", project=project.key, check=check.name),
            "what": check.lead(wholly[told.id]) if whole else _full(check, subject),
            "key": subject.name if not whole and _is_item(subject) else "",
            "whole": whole,
            "reason": present.mask(actor, project.id, told.reason),
            "who": names.get(told.author, told.author),
            "until": told.expires_on,
            "end": url_for("radar.end_acceptance", project=project.key, number=told.id),
        }
    return list(entries.values())


# -- one check ---------------------------------------------------------------------------------------------------------


def check_for(actor: Actor, project_id: int, name: str) -> Check:
    """A check that the reader may be told of.

    Raises:
        NotFound: there is none.
    """
    check = CHECKS.get(name)
    if check is None or not actor.may(check.permission, project_id):
        raise NotFound(name[:60])
    return check


def one(actor: Actor, project: Project, name: str, start: int, window: int) -> dict[str, Any]:
    """The page of one check: what it looks for, what it found, a page of that."""
    check = check_for(actor, project.id, name)
    radar = queries.radar(actor, project)
    found = radar.of(name)
    shown = found.subjects[start : start + PAGE]
    rows = _rows(actor, project, check, shown)
    more = len(found.subjects) > start + PAGE
    limit = check.threshold(project)
    return {
        "check": check,
        "found": found,
        "rows": rows,
        "next": url_for("radar.check", project=project.key, check=name, after=start + PAGE) if more else "",
        "start": url_for("radar.check", project=project.key, check=name) if start else "",
        "way": _action(actor, project, found) if found.subjects and check.way(found.names) else None,
        "accept_all": _accept_url(project, check, "") if found.subjects and not check.apart else "",
        "may_accept": bool(policy.may_accept(actor, project.id)),
        "limit": limit,
        "accepted": accepted(actor, project, [(check, subject, told) for subject, told in found.accepted]),
        "chart": chart(actor, project, radar, window, name),
    }


def _rows(actor: Actor, project: Project, check: Check, shown: Sequence[Subject]) -> list[dict[str, Any]]:
    items = queries.titles(actor, project.id, [key for one in shown for key in _keys(one)])
    rows = []
    for one in shown:
        own = items.get(one.name)
        rows.append(
            {
                "key": one.name if own is not None else "",
                "title": own.title if own is not None else _called(check, one),
                "href": url_for("items.show", project=project.key, key=one.name) if own is not None else "",
                "tier": own.tier if own is not None else None,
                "detail": check.detail(project, one.details),
                "items": [
                    {"key": key, "title": items[key].title, "href": url_for("items.show", project=project.key, key=key)}
                    for key in _keys(one)
                    if key in items and own is None
                ],
                "more": max(0, len(one.details.get("items", ())) - PAGE),
                "way": _action(actor, project, Finding(check, (one,))) if check.each and one.name else None,
                "accept": _accept_url(project, check, one.name) if one.name else "",
            }
        )
    return rows


def _keys(one: Subject) -> Sequence[str]:
    """The items that belong to a subject: itself, or those that it lists."""
    found: Sequence[str] = one.details.get("items", (one.name,))
    return found[:PAGE]


def _accept_url(project: Project, check: Check, subject: str) -> str:
    more: Mapping[str, str] = {"subject": subject} if subject else {}
    return url_for("radar.new_acceptance", project=project.key, check=check.name, **more)  # type: ignore[arg-type]


def acceptance_form(
    actor: Actor, project: Project, name: str, given: Mapping[str, str], reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The form that lets a finding stand. ``given``: subject, reason, expires_on."""
    check = check_for(actor, project.id, name)
    found = queries.find(actor, project, name)
    subject = given.get("subject", "")
    known = next((one for one in found.subjects if one.name == subject), None) if subject else None
    if subject and known is None and not reasons:
        raise NotFound(subject[:60])
    details: Details = known.details if known else {}
    usual = clock.today(project.zone) + timedelta(days=USUAL_DAYS)
    return {
        "check": check,
        "subject": subject,
        "called": check.subject(subject, details) if subject else check.lead(found.count),
        "title": details.get("title") or (queries.title(actor, project.id, subject) if known else ""),
        "reason": given.get("reason", ""),
        "expires_on": given.get("expires_on", usual.isoformat()),
        "reasons": reasons,
        "errors": {reason.field: reason for reason in reversed(reasons)},
    }
