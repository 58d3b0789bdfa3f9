"""What waits for whom, in as many statements for twenty changes as for one."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.changes import actions
from reqtrack.changes.queries import waiting_for
from tests.changes.conftest import Desk

EVERYBODY = (
    "project_manager",
    "business_owner",
    "sponsor",
    "analyst",
    "implementer",
    "contributor",
    "tester",
    "auditor",
)


def waiting(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    found = {login: desk.waiting(login) for login in EVERYBODY}
    return {login: rows for login, rows in found.items() if rows}


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def test_it_goes_from_hand_to_hand(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    assert waiting(desk) == {}
    desk.submit(key)
    assert waiting(desk) == {"analyst": [("assess", key)]}
    desk.do(key, actions.ask, "Why?", by="analyst")
    assert waiting(desk) == {"contributor": [("answer", key)]}
    desk.do(key, actions.answer, "Because.", by="contributor")
    desk.assess(key)
    assert waiting(desk) == {"project_manager": [("decide", key)]}
    desk.decide(key)
    assert waiting(desk) == {}


def test_who_decides_depends_on_its_size(desk: Desk, req: str) -> None:
    middle = desk.deciding(likely=3, edits=edits(req))
    assert waiting(desk) == {"business_owner": [("decide", middle)]}
    must = desk.world.requirement(tier="must", statement="x")
    small_but_must = desk.deciding(edits=edits(must))
    own = desk.deciding(by="business_owner", likely=3, edits=edits(req, "One level."))
    found = waiting(desk)
    assert found == {"business_owner": [("decide", middle), ("decide", small_but_must)], "sponsor": [("decide", own)]}


def test_a_vote_given_waits_for_the_other_and_an_edit_asks_again(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=edits(req))
    assert set(waiting(desk)) == {"business_owner", "sponsor"}
    desk.decide(key, by="sponsor")
    assert waiting(desk) == {"business_owner": [("decide", key)]}
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    assert set(waiting(desk)) == {"business_owner", "sponsor"}


def test_named_assessors_are_asked_until_each_has_spoken(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req), assessors=["implementer", "analyst"])
    desk.submit(key)
    assert set(waiting(desk)) == {"implementer", "analyst"}
    desk.assess(key, by="implementer")
    assert waiting(desk) == {"analyst": [("assess", key)]}


def test_rows_lead_to_where_it_is_done(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    with desk.world.read("project_manager") as scene:
        (row,) = waiting_for(scene.actor)
    assert (row.project_key, row.key, row.href_endpoint, row.since is not None) == ("CRM", key, "changes.show", True)
    assert row.href_args == {"project": "CRM", "key": key, "_anchor": "decide"}


def cost(desk: Desk, queries: Any, login: str) -> int:
    """How many statements it takes to ask what waits for somebody, once what is kept until the next write is known."""
    desk.waiting(login)
    with desk.world.read(login) as scene:
        queries.clear()
        waiting_for(scene.actor)
        return len(queries)


@pytest.mark.sqlite
def test_twenty_cost_what_one_costs(desk: Desk, req: str, queries: Any) -> None:
    """The statements are the same on both databases; twenty changes take their time."""
    desk.deciding(likely=3, edits=edits(req))
    first = cost(desk, queries, "business_owner")
    for number in range(6):
        desk.deciding(likely=3, edits=edits(req, f"Version {number}."))
    assert len(desk.waiting("business_owner")) == 7
    assert cost(desk, queries, "business_owner") == first <= 9


@pytest.mark.sqlite
def test_what_was_assessed_already_is_looked_at_together(desk: Desk, req: str, queries: Any) -> None:
    """Whether who has spoken is asked again depends on the graph of each change; the graphs are read in one."""
    other = desk.world.requirement(statement="Margins are shown.", tier="should")

    def spoken(item: str, number: int) -> str:
        key = desk.log(edits=edits(item, f"Version {number}."), assessors=["implementer", "analyst"])
        desk.submit(key)
        desk.assess(key, by="analyst")
        return key

    first = [spoken(req, 0)]
    before = cost(desk, queries, "analyst")
    keys = first + [spoken(item, number) for number in range(1, 4) for item in (req, other)]
    assert desk.waiting("analyst") == [] and len(desk.waiting("implementer")) == 7
    assert cost(desk, queries, "analyst") == before <= 9
    # What moves under some of them asks again for these, as each change's own page says.
    desk.world_edit(other, statement="Margins and costs are shown.")
    asked = {key for kind, key in desk.waiting("analyst")}
    assert asked == {key for key in keys if "analyst" in {one.login for one in desk.page(key).still_asked}}
    assert 0 < len(asked) < len(keys)


def test_who_approved_it_otherwise_than_the_last_vote_is_asked_again(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=edits(req))
    desk.decide(key, by="business_owner", tier="should")
    assert desk.waiting("business_owner") == []
    desk.decide(key, by="sponsor", tier="later")
    assert (desk.waiting("business_owner"), desk.waiting("sponsor")) == ([("decide", key)], [])
    client = desk.world.client("business_owner")
    assert "You approved it for another priority or phase than the last vote" in client.get("/").text
    page = client.get(f"/p/CRM/changes/{key}").text
    assert "You approved “Should have · Phase 1”, the last vote is for “Later · Phase 1”" in page
    assert "Your vote is recorded." not in page
    assert "Your vote is recorded." in desk.world.client("sponsor").get(f"/p/CRM/changes/{key}").text
    assert desk.decide(key, by="business_owner", tier="later").stage == "applied"
