"""Two thousand interviews over a prepared database: who was heard, about which process, and what their words back.

The rows that the actions would have written, in bulk; the chain goes on, so that what is kept by it is kept.
"""

from __future__ import annotations

import secrets

from flask import Flask
from sqlalchemy import text

from reqtrack import clock
from reqtrack.accounts.queries import project_for
from reqtrack.audit.seals import digest
from reqtrack.db import canonical, db, reading
from reqtrack.interviews.actions.plan import set_target
from tests.benchmarks.databases import LOGIN, PROJECT
from tests.benchmarks.loader import Loader
from tests.support.world import OPERATOR, Site, World

PEOPLE, DEPARTMENTS, ROLES, PROCESSES = 600, 8, 30, 6


def fill(app: Flask, interviews: int, backed: int) -> World:
    """Add them, with an excerpt behind each of the first ``backed`` requirements."""
    world = World(app)
    with app.app_context(), reading():
        project = project_for(OPERATOR, PROJECT)
        world.sites[PROJECT] = Site(project.id, PROJECT, project.name)
    for at in range(PROCESSES):
        world.item("process", LOGIN, PROJECT, title=f"Process {at}", steps=[{"name": "Do", "actor": role(at)}])
    with world.write(LOGIN, PROJECT) as scene:
        for at in range(ROLES):
            set_target(scene.actor, scene.project, job_role=role(at), department=department(at), target=5)
        loader = Loader(OPERATOR, scene.project.id, [], [])
        loader.numbers = {"INT": 1, "ITEM": 0}  # one is there
        people = _people(loader)
        talked = _interviews(loader, people, interviews)
        _evidence(loader, people, talked, backed)
        loader._flush()
        db.session.execute(text("UPDATE counters SET value = :value WHERE prefix = 'INT'"), {"value": interviews + 1})
    return world


def role(at: int) -> str:
    return f"Role {at % ROLES}"


def department(at: int) -> str:
    return f"Department {at % ROLES % DEPARTMENTS}"


def _people(loader: Loader) -> list[int]:
    first = (loader._one("SELECT max(id) FROM stakeholders") or 0) + 1
    now = clock.iso(clock.now())
    for at in range(PEOPLE):
        name, salt = f"Person {at}", secrets.token_hex(16)
        found = digest(salt + name)
        loader._add("personal_texts", {"digest": found, "project_id": loader.project_id, "salt": salt, "body": name})
        loader._add(
            "stakeholders",
            {
                "id": first + at, "project_id": loader.project_id, "name": found, "department": department(at),
                "job_role": role(at), "level": ("frontline", "frontline", "manager", "executive")[at % 4], "region": "",
                "created_at": now, "updated_at": now, "version": 1,
            },
        )  # fmt: skip
    return [first + at for at in range(PEOPLE)]


def _interviews(loader: Loader, people: list[int], number: int) -> list[tuple[int, int]]:
    """``(interview, one of those who were heard)``."""
    processes = [
        row.id for row in db.session.execute(text("SELECT id FROM items WHERE kind = 'process' ORDER BY number"))
    ]
    made = []
    for at in range(number):
        heard = sorted({people[at * 7 % PEOPLE], people[(at * 7 + 3) % PEOPLE]})
        content = {"title": f"Talk {at}", "stakeholders": heard}
        own = {
            "held_on": None, "interviewer_id": None, "stakeholders": canonical(heard), "guide": None, "notes": None,
        }  # fmt: skip
        item = loader._item("interview", "planned" if at % 10 == 0 else "written", content, own)
        loader._link("covers", item["id"], processes[at % PROCESSES])
        made.append((item["id"], heard[0]))
    return made


def _evidence(loader: Loader, people: list[int], talked: list[tuple[int, int]], backed: int) -> None:
    wanted = text("SELECT id FROM items WHERE kind = 'requirement' ORDER BY number LIMIT :backed")
    first = (loader._one("SELECT max(id) FROM excerpts") or 0) + 1
    at_ = clock.iso(clock.now())
    for at, row in enumerate(db.session.execute(wanted, {"backed": backed}).all()):
        interview, person = talked[at % len(talked)]
        loader._add(
            "excerpts",
            {
                "id": first + at, "project_id": loader.project_id, "interview_id": interview, "stakeholder_id": person,
                "place": "", "shown_as": "name", "quote": "", "start": 0, "notes_version": 1, "author": LOGIN, "at": at_,
            },
        )  # fmt: skip
        loader._add(
            "evidence",
            {"project_id": loader.project_id, "excerpt_id": first + at, "item_id": row.id, "since": loader.seq},
        )
