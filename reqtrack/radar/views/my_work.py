"""My work: one queue over all projects."""

from __future__ import annotations

from typing import Any

from flask import g, request

from reqtrack.changes import queries as changes
from reqtrack.radar.queries import my_work as queries
from reqtrack.radar.views.area import area
from reqtrack.signoff import queries as signoff
from reqtrack.signoff.staying import standing
from reqtrack.web.answers import page

LAST_PROJECT = "project"


@area.page("/", "self")
def my_work() -> Any:
    g.place = "my_work"
    _last_project()
    entries = queries.queue(g.actor, g.projects.values())
    g.waiting_count = len(entries)
    kind = request.args.get("kind", "")
    given = signoff.given_for(g.actor) if not kind else []
    wanted = [one for one in entries if not kind or one.waiting.kind == kind]
    return page(
        "radar/my_work.html",
        entries=entries,
        urgent=[one for one in wanted if one.urgent],
        due=[one for one in wanted if one.due],
        others=[one for one in wanted if not (one.urgent or one.due)],
        counts=queries.counts(entries),
        kind=kind,
        mine=queries.mine(g.actor) if kind == "mine" else [],
        given=[one for one in given if not one.standing],
        standing=[standing(one) for one in given if one.standing],
        news=changes.news_for(g.actor) if not kind else [],
        may_start=any(g.actor.may("change.create", project_id) for project_id in g.actor.roles),
        many=len(g.projects) > 1,
    )


def _last_project() -> None:
    """The frame shows the places of the project that this browser looked at last, or of the only one."""
    known = list(g.projects.values())
    last = next((one for one in known if one.key == request.cookies.get(LAST_PROJECT)), None)
    if last is None and len(known) == 1:
        last = known[0]
    if last is not None:
        g.project, g.project_id = last, last.id
