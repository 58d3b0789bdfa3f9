"""Change requests: proposed edits, impact, assessments, decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, url_for


def init(app: Flask) -> None:
    """Hook the area in: guard, what implementers see, load of the phases, panels, counts, its pages."""
    from flask_babel import lazy_gettext as _l

    from reqtrack.acceptance.queries import choice
    from reqtrack.accounts import parts
    from reqtrack.changes import checks, chores, load, locks, queries, stakes, unobjected, waits
    from reqtrack.changes.actions import again
    from reqtrack.changes.actions.opening import propose_edits as propose
    from reqtrack.changes.pages.delegation import part
    from reqtrack.changes.pages.stages import part as stages_part
    from reqtrack.changes.queries import concerned, flows
    from reqtrack.changes.views import area, asked, rules
    from reqtrack.items import forms, pages, panels, present, store
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.jobs.queue import CHORES
    from reqtrack.requirements import queries as requirements
    from reqtrack.requirements.actions import joining
    from reqtrack.scenarios.queries import processes
    from reqtrack.web import places

    locks.init()
    checks.register()
    store.LEAVING["change"] = [waits.leaving]
    register(replace(KINDS["change"], saved=again.edited))
    present.stage_called = flows.stage_called
    present.MORE["change"] = flows.for_api
    if load.change_days not in requirements.MORE_LOAD:
        requirements.MORE_LOAD.append(load.change_days)
    forms.CHOICES["change.asked_by"] = queries.askers
    present.VEILED["change", "asked_by"] = queries.asker_told
    pages.SPECIAL["change"] = "changes.show"
    for chore in (chores.CHORE, unobjected.CHORE):
        if chore not in CHORES:
            CHORES.append(chore)
    if propose not in joining.PROPOSE:
        joining.PROPOSE.append(propose)
    pages.propose_change = lambda project, key: url_for("changes.new", project=project, item=key)
    processes.proposed = stakes.proposed
    choice.CONCERNED = concerned.acceptance_of
    for kind in ("requirement", "acceptance", "scenario", "process"):
        panels.register(kind, "rail", queries.open_on_item, "changes/_on_item.html", order=10)
    places.COUNTS["change"] = queries.number_open
    entry: tuple[Any, str, str, dict[str, Any], str] = (
        _l("Change"),
        "git-pull-request",
        "changes.new",
        {},
        "change.create",
    )
    if entry[2] not in [one[2] for one in places.CREATES]:
        # First of all: two taps from any page to the first field.
        places.CREATES.insert(0, entry)
    app.register_blueprint(area)
    app.register_blueprint(rules)
    app.register_blueprint(asked)
    parts.add(parts.SETTINGS, parts.Part("deciding", "changes/_settings.html", part))
    parts.add(parts.SETTINGS, parts.Part("stages", "changes/_settings_stages.html", stages_part))
