"""What is seen from above: what waits on me, and how a project stands."""

from __future__ import annotations

from flask import Flask, g


def init(app: Flask) -> None:
    """Put the area into an app: its pages, the phases in a project's settings and in the form of a new one."""
    from reqtrack.accounts import parts
    from reqtrack.jobs.queue import CHORES
    from reqtrack.radar.actions import keep_apart, take_capacity
    from reqtrack.radar.chores import CHORE
    from reqtrack.radar.queries.phases import phases_part
    from reqtrack.radar.raised import called, subjects
    from reqtrack.radar.views import area
    from reqtrack.requirements.actions.reviewing import APART
    from reqtrack.reviews.pages import NAMES
    from reqtrack.reviews.queries import MORE
    from reqtrack.web import places

    if keep_apart not in APART:
        APART.append(keep_apart)
    app.register_blueprint(area)
    if subjects not in MORE:
        MORE.append(subjects)
        NAMES.append(called)
    if CHORE not in CHORES:
        CHORES.append(CHORE)
    parts.add(parts.SETTINGS, parts.Part("phases", "radar/_phases.html", phases_part))
    parts.add(parts.NEW_PROJECT, parts.Extra("capacity", "radar/_capacity.html", take_capacity))
    # The number beside My work costs a query an area: it is there where the page has asked them anyway.
    places.COUNTS["my_work"] = lambda actor, project_id: int(g.get("waiting_count", 0))
