"""Rule 10 where signatures are judged: many sign-offs cost the statements of one, and say the same."""

from __future__ import annotations

import pytest

from reqtrack.baselines import actions as baselines
from reqtrack.signoff import queries as signoffs
from tests.api.test_rest import Caller
from tests.signoff.test_rounds import round_of
from tests.signoff.test_rounds import tested as tested
from tests.signoff.test_signing import ask, edit, sign
from tests.support.meter import Queries
from tests.support.world import World

LISTS = ("/p/CRM/signoffs", "/api/v1/projects/CRM/signoffs", "/p/CRM/baselines", "/")


def put(world: World, times: int) -> None:
    """Baselines and rounds, each signed once and asked for once more."""
    for number in range(times):
        with world.write("analyst") as scene:
            key = baselines.take(scene.actor, scene.project, f"Scope {number}").key
        round_of(world, ("passed", "passed", "failed"))
        with world.read("auditor") as scene:
            newest = len(signoffs.listing(scene.project.id, limit=500)) // 4 + 2
        for subject in (key, f"RND-{newest}"):
            sign(world, "business_owner", ask(world, subject=subject))
            ask(world, "business_owner", subject=subject)
        edit(world, "REQ-1", change=f"CR-{number}", statement=f"Version {number}")


def cost(world: World, queries: Queries) -> dict[str, int]:
    """How many statements each list runs for who is asked to sign, once what is kept of the frame is known."""
    client, found = world.client("business_owner"), {}
    for path in LISTS:
        assert client.get(path).status_code == 200
        queries.clear()
        client.get(path)
        found[path] = len(queries)
    return found


def test_many_cost_what_one_costs(tested: World, queries: Queries) -> None:
    put(tested, 1)
    before = cost(tested, queries)
    put(tested, 6)
    assert cost(tested, queries) == before
    assert max(before[path] for path in LISTS[:2]) <= 14, before


@pytest.mark.sqlite  # the judgement itself is tried on both, one by one
def test_what_is_told_of_many_is_what_is_told_of_each(tested: World) -> None:
    put(tested, 4)
    told = Caller(tested, "business_owner")("GET", "/signoffs?limit=200").json["items"]
    assert len(told) == 16
    states = [(one["state"], bool(one["stale_results"])) for one in told]
    assert {("superseded", True), ("superseded", False), ("signed", False), ("requested", True)} & set(states)
    for one in told:
        assert one == Caller(tested, "business_owner")("GET", f"/signoffs/{one['key']}").json
