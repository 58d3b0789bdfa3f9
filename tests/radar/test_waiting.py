"""What each area hands to My work, on a project where much waits."""

from __future__ import annotations

import re

from reqtrack.acceptance import actions as acceptance
from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions as changes
from reqtrack.items import actions as items
from reqtrack.items.queries import item_for
from reqtrack.signoff import actions as signoff
from tests.support.meter import Queries
from tests.support.world import World


def busy(world: World) -> None:
    """A change to assess, one to decide, one asked back, a baseline to sign, a round to test, a question to answer."""
    world.cast()
    key = world.requirement("analyst", title="登录一次即可", tier="must", phase="第一阶段", effort_days="3")
    accepting = world.acceptance("analyst", title="登录", accepts=[key])
    more(world, key)
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
        signoff.request(scene.actor, scene.project, "BL-1", "I approve this scope", ["business_owner"])
        acceptance.create_round(scene.actor, scene.project, name="R", acceptance=[accepting], testers=["tester"])


def more(world: World, key: str) -> None:
    for likely in (None, "12"):
        with world.write("contributor") as scene:
            edits = [{"item": key, "field": "statement", "new": "另一种说法"}]
            change = changes.log(scene.actor, scene.project, title=f"变更 {likely}", reason="x", edits=edits)
            changes.submit(scene.actor, change)
            number = change.key
        if likely:
            with world.write("analyst") as scene:
                changes.assess(scene.actor, item_for(scene.actor, scene.project.id, number), likely=likely)
    with world.write("analyst") as scene:
        found = item_for(scene.actor, scene.project.id, key)
        for login in ("business_owner", "project_manager"):
            items.ask(scene.actor, found, "为什么？", world.user_row(login))


def test_each_sees_what_waits_on_them(world: World) -> None:
    busy(world)
    shown = {
        login: {
            kind
            for kind in ("assess", "decide", "sign", "test", "answer")
            if f"kind={kind}" in world.client(login).get("/").text
        }
        for login in ("analyst", "business_owner", "project_manager", "tester", "contributor", "implementer", "auditor")
    }
    assert shown == {
        "analyst": {"assess"},
        "business_owner": {"decide", "sign", "answer"},
        "project_manager": {"answer"},
        "tester": {"test"},
        "contributor": set(),
        "implementer": set(),
        "auditor": set(),
    }


def test_every_line_leads_to_where_it_is_done(world: World) -> None:
    busy(world)
    for login in ("analyst", "business_owner", "tester"):
        browser = world.client(login)
        shown = browser.get("/").text
        queue = shown[shown.index('class="rq-queue"') :]
        hrefs = set(re.findall(r'<a href="(/p/CRM/[^"#]+)', queue.split("My projects")[0]))
        assert hrefs, login
        for href in hrefs:
            assert browser.get(href).status_code == 200, href


def test_a_full_queue_stays_within_its_budget(world: World, queries: Queries) -> None:
    """Rule 10: the same for few and for many."""
    busy(world)
    costs = {}
    for login in ("business_owner", "analyst", "tester", "project_manager"):
        browser = world.client(login)
        browser.get("/")
        queries.clear()
        browser.get("/")
        costs[login] = list(queries)
        assert len(queries) <= 23, (login, costs[login])  # each area asks once: as test_budgets.py has it
    more(world, "REQ-1")
    for login, cost in costs.items():
        browser = world.client(login)
        queries.clear()
        browser.get("/")
        assert len(queries) == len(cost), (login, list(queries))
