"""The side bar and the phone's tabs. A place appears when its endpoint exists and the actor may go there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _l

from reqtrack.permissions import Actor
from reqtrack.web.once import said


@dataclass(frozen=True)
class Place:
    """One place: where it leads, what one must be allowed to, and when it is first of use."""

    name: str
    label: Any
    icon: str
    endpoint: str
    permission: str
    in_project: bool = True
    # Pages below it, shown while one is there: (label, endpoint, further url arguments, permission).
    children: tuple[tuple[Any, str, dict[str, Any], str], ...] = ()


PLACES = (
    Place("my_work", _l("My work"), "inbox", "radar.my_work", "self", in_project=False),
    Place("overview", _l("Overview"), "layout-dashboard", "radar.overview", "project.read"),
    Place(
        "discover", _l("Discover"), "messages", "interviews.discover", "interview.read",
        children=(
            (_l("Interviews"), "items.listing", {"plural": "interviews"}, "interview.read"),
            (_l("Voices heard"), "interviews.voices", {}, "interview.read"),
            (_l("Stakeholders"), "interviews.stakeholders", {}, "interview.read"),
            (_l("Question sets"), "interviews.question_sets", {}, "interview.read"),
            (_l("Evidence documents"), "interviews.documents", {}, "interview.read"),
            (_l("Processes"), "items.listing", {"plural": "processes"}, "project.read"),
            (_l("Scenarios"), "items.listing", {"plural": "scenarios"}, "project.read"),
            (_l("Special flows"), "scenarios.prompts", {}, "interview.read"),
            (_l("Questions"), "radar.questions", {}, "project.read"),
            (_l("Feedback"), "feedback.index", {}, "project.read"),
        ),
    ),
    Place(
        "scope", _l("Scope"), "list-details", "requirements.scope", "project.read",
        children=(
            (_l("Requirements"), "items.listing", {"plural": "requirements"}, "project.read"),
            (_l("Board"), "requirements.board", {}, "project.read"),
            (_l("Imported, not looked at"), "requirements.imported", {}, "project.read"),
            (_l("Good text"), "requirements.text", {}, "project.read"),
            (_l("Duplicates"), "requirements.duplicates", {}, "project.read"),
            (_l("Baselines"), "baselines.index", {}, "project.read"),
            (_l("Import"), "exchange.index", {}, "import.run"),
        ),
    ),
    Place(
        "change", _l("Change"), "git-pull-request", "changes.board", "project.read",
        children=(
            (_l("Change requests"), "changes.board", {}, "project.read"),
            (_l("Reviews"), "reviews.index", {}, "project.read"),
            (_l("Figures"), "changes.figures", {}, "project.read"),
        ),
    ),
    Place(
        "accept", _l("Accept"), "clipboard-check", "acceptance.accept", "project.read",
        children=(
            (_l("Acceptance scenarios"), "items.listing", {"plural": "acceptance"}, "project.read"),
            (_l("Steps"), "ready.steps", {}, "project.read"),
            (_l("Data sets"), "data.index", {}, "interview.read"),
            (_l("Data dictionary"), "dictionary.index", {}, "project.read"),
            (_l("Defects"), "defects.board", {}, "project.read"),
            (_l("Sign-offs"), "signoff.index", {}, "project.read"),
            (_l("Gates"), "gates.index", {}, "interview.read"),
        ),
    ),
    Place(
        "trace", _l("Trace"), "route", "trace.matrix", "project.read",
        children=((_l("Matrix"), "trace.matrix", {}, "project.read"),),
    ),
    Place("documents", _l("Documents"), "file-text", "documents.index", "export.make"),
    Place("settings", _l("Settings"), "adjustments-horizontal", "accounts.settings", "project.read"),
)  # fmt: skip

TABS = {
    "business_owner": ("my_work", "change", "scope", "overview"),
    "sponsor": ("my_work", "change", "scope", "overview"),
    "tester": ("my_work", "accept", "change", "scope"),
    "analyst": ("my_work", "discover", "scope", "change"),
    "project_manager": ("my_work", "change", "scope", "overview"),
}

# Filled by areas: (label, icon, endpoint, url arguments, permission).
CREATES: list[tuple[Any, str, str, dict[str, Any], str]] = []
# Endpoint → what its address takes along from the page on which it is offered.
TAKES_ALONG: dict[str, Callable[[], dict[str, Any]]] = {}
# Counts beside a place, by its name: called with (actor, project_id), one query at most.
COUNTS: dict[str, Callable[[Actor, int], int]] = {}


def _open(place: Place, actor: Actor, project_id: int) -> bool:
    if place.endpoint not in current_app.view_functions or (place.in_project and not project_id):
        return False
    return actor.may(place.permission, project_id or None)


def entries(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The side bar: ``{name, label, icon, href, current, count, children}``."""
    project_id = g.get("project_id", 0)
    return [
        {
            "name": place.name,
            "label": said(place.label),
            "icon": place.icon,
            "href": _href(place.endpoint, {}, place.in_project),
            "current": place.name == current,
            "count": COUNTS[place.name](actor, project_id) if place.name in COUNTS else None,
            "children": _children(place, actor) if place.name == current else [],
        }
        for place in PLACES
        if _open(place, actor, project_id)
    ]


def _href(endpoint: str, arguments: dict[str, Any], in_project: bool = True) -> str:
    return url_for(endpoint, **({"project": g.project.key} if in_project else {}), **arguments)


def _children(place: Place, actor: Actor) -> list[dict[str, Any]]:
    shown = []
    for label, endpoint, arguments, permission in place.children:
        if endpoint in current_app.view_functions and actor.may(permission, g.project_id):
            href = _href(endpoint, arguments)
            shown.append({"label": said(label), "href": href, "current": request.path == href})
    return shown


def tabs(actor: Actor, nav: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The four of a phone, by role."""
    held = actor.roles_in(g.get("project_id", 0))
    order = next((TABS[role] for role in TABS if role in held), TABS["project_manager"])
    by_name = {entry["name"]: entry for entry in nav}
    return [by_name[name] for name in order if name in by_name]


def creates(actor: Actor) -> list[dict[str, Any]]:
    """What ＋ offers here."""
    project = g.get("project")
    if project is None:
        return []
    return [
        {"label": said(label), "icon": icon, "href": _creating(endpoint, project.key, arguments)}
        for label, icon, endpoint, arguments, permission in CREATES
        if endpoint in current_app.view_functions and actor.may(permission, g.project_id)
    ]


def _creating(endpoint: str, project: str, arguments: dict[str, Any]) -> str:
    along = TAKES_ALONG[endpoint]() if endpoint in TAKES_ALONG else {}
    return url_for(endpoint, project=project, **arguments, **along)


def here() -> str:
    """The name of the request's path, for ``next``."""
    return request.full_path.rstrip("?")
