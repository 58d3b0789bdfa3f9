"""Which changes are about the same items: the page of a change, the board, the list, the radar and an agenda say the same."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.changes import actions, clashes
from reqtrack.changes.queries.board import board, listing
from reqtrack.items import lists
from reqtrack.radar.checks.changing import Changing
from reqtrack.reviews.queries import agenda
from tests.changes.conftest import Desk


def text(item: str) -> dict[str, Any]:
    return {"item": item, "field": "statement", "new": "Two levels."}


def fresh(*accepts: str) -> dict[str, Any]:
    return {"new_item": {"kind": "acceptance", "fields": {"title": "New", "then": ["x"], "accepts": list(accepts)}}}


def by_page(desk: Desk, *keys: str) -> set[str]:
    return {key for key in keys if desk.page(key).impact.rivals}


def everywhere(desk: Desk) -> list[set[str]]:
    """Those that meet another, as each place tells it."""
    with desk.world.read("auditor") as scene:
        actor, project = scene.actor, scene.project
        keys = {row.id: row.key for row in Changing(actor, project).rows}
        shown, _counts = board(actor, project)
        rows, _next = listing(actor, project, lists.wanted())
        return [
            {one.key for one in shown if one.clash},
            {one.key for one in rows if one.clash},
            {keys[one] for one in Changing(actor, project).rivals},
            {keys[one] for one in clashes.meeting(project.id)},
            set(agenda._contested(project)),
        ]


@pytest.fixture
def acc(desk: Desk, req: str) -> str:
    return desk.world.acceptance(title="A", then=["x"], accepts=[req])


def test_a_link_told_from_its_other_end_counts_everywhere(desk: Desk, req: str, acc: str) -> None:
    other = desk.world.requirement(title="Other", tier="should")
    one = desk.deciding(edits=[text(req)])
    two = desk.deciding(edits=[fresh(req)])
    by_link = desk.deciding(edits=[{"item": acc, "link": "accepts", "add": [other], "remove": []}])
    of_other = desk.deciding(edits=[{"retire": other}])
    alone = desk.deciding(edits=[text(desk.world.requirement(title="Alone", tier="should"))])
    expected = by_page(desk, one, two, by_link, of_other, alone)
    assert expected >= {one, two, by_link, of_other} and alone not in expected
    assert everywhere(desk) == [expected] * 5


def test_what_is_only_named_is_no_conflict(desk: Desk, req: str) -> None:
    one = desk.deciding(edits=[text(req)])
    named = desk.deciding(affected=[req])
    assert by_page(desk, one, named) == set()
    assert everywhere(desk) == [set()] * 5


def test_what_is_decided_meets_nothing(desk: Desk, req: str) -> None:
    one = desk.deciding(edits=[text(req)])
    two = desk.deciding(edits=[fresh(req)])
    assert everywhere(desk) == [{one, two}] * 5
    desk.do(two, actions.withdraw, by="contributor")
    assert by_page(desk, one) == set() and everywhere(desk) == [set()] * 5


def test_the_page_of_the_item_names_it_too(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[fresh(req)])
    assert key in desk.world.client("auditor").get(f"/p/CRM/i/{req}").text
