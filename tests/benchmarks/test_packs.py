"""The sign-off pack of a scope of 1 000 requirements with their 2 000 acceptance scenarios: how long it takes to make and to check."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from reqtrack.accounts.queries import project_for
from reqtrack.baselines import actions as baselines
from reqtrack.db import db, reading
from reqtrack.documents import actions as documents
from reqtrack.proof import check_pack
from reqtrack.proof.seal import FOLDER, Ring
from reqtrack.signoff import actions
from reqtrack.signoff.queries import signoff_for
from tests.benchmarks import databases
from tests.benchmarks.databases import LOGIN, PROJECT
from tests.benchmarks.figures import Figures, held
from tests.support.world import OPERATOR, Site, World

pytestmark = pytest.mark.bench


def signed(world: World) -> str:
    """The whole scope as a baseline, signed by its owner; the key of the sign-off."""
    world.member("owner", "business_owner", project=PROJECT)
    with world.write(LOGIN, PROJECT) as scene:
        taken = baselines.take(scene.actor, scene.project, "First scope")
        asked = actions.request(scene.actor, scene.project, taken.key, "我批准这个范围。", ["owner"])
        name = asked.key
    with world.write("owner", PROJECT) as scene:
        actor = replace(scene.actor, reauthenticated=True)
        actions.sign(actor, scene.project, signoff_for(scene.actor, scene.project.id, name))
    return name


def test_the_pack_of_a_thousand_requirements(figures: Figures, tmp_path: Path) -> None:
    made = databases.copy(databases.accepted(1_000, 2_000), tmp_path / "data")
    with databases.app_on(made.data) as app:
        world = World(app)
        with app.app_context(), reading():
            found = project_for(OPERATOR, PROJECT)
            world.sites[PROJECT] = Site(found.id, found.key, found.name)
        name = signed(world)
        with world.read("owner", PROJECT) as scene:
            actor, project = scene.actor, scene.project
            db.session.expunge_all()
        with app.app_context():
            start = time.perf_counter()
            data = documents.produce(actor, project, "sign-off-pack", name, "zh_Hans_CN")[1]
            seconds = time.perf_counter() - start
    start = time.perf_counter()
    report = check_pack.check(data, Ring.open(made.data / FOLDER).trusted)
    checking = time.perf_counter() - start
    assert report.genuine, [one.sentence() for one in report.findings]
    held(
        figures.take("sign-off pack, 1 000 requirements", seconds, "s", 20, note=f"{len(data) // 1024} KiB"),
        figures.take("the same, checked by the stand-alone checker", checking, "s", 5),
    )
