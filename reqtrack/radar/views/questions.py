"""The questions of a project: open, for me, answered."""

from __future__ import annotations

from typing import Any

from flask import g, request

from reqtrack.db import a_number
from reqtrack.radar.queries import questions as queries
from reqtrack.radar.views.area import area
from reqtrack.web.answers import page


@area.page("/p/<project>/questions", "project.read")
def questions(project: str) -> Any:
    g.place = "discover"
    state = request.args.get("state", "open")
    shown = queries.questions_in(
        g.actor, g.project, answered=state == "answered", mine=state == "mine", before=request.args.get("before", type=a_number)
    )  # fmt: skip
    waiting, answered, mine = queries.counts_in(g.actor, g.project_id)
    return page(
        "radar/questions.html",
        lines=shown,
        state=state if state in ("answered", "mine") else "open",
        counts={"open": waiting, "answered": answered, "mine": mine},
        last=shown[-1].id if len(shown) == queries.SHOWN else None,
        may_answer=g.actor.may("comment.write", g.project_id),
    )
