"""Nobody signs alone what they alone wrote, or tested: on the page, by the API, on paper, by link, and for somebody who is away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reqtrack.baselines import actions as baselines
from reqtrack.errors import Invalid, Refused
from reqtrack.signoff import actions, queries
from reqtrack.signoff.seats import Wanted
from tests.signoff.test_seats import ask
from tests.signoff.test_signing import sign, told
from tests.support.world import World

pytestmark = pytest.mark.sqlite


@pytest.fixture
def own(world: World) -> World:
    """A scope that *owner*, who may sign, wrote alone."""
    world.cast()
    world.member("owner", "business_owner", "analyst")
    world.requirement("owner", title="One", statement="x", tier="must", stage="in_review")
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
    return world


def test_who_alone_wrote_it_is_not_asked_alone(own: World) -> None:
    with pytest.raises(Invalid) as found:
        ask(own, "owner")
    assert "alone wrote this" in found.value.reasons[0].message


@pytest.mark.parametrize("rule", ["any", "number"])
def test_and_does_not_complete_it_alone_by_any_rule(own: World, rule: str) -> None:
    ask(own, "owner", "sponsor", rule=rule, needed=1 if rule == "number" else None)
    with pytest.raises(Refused) as found:
        sign(own, "owner")
    assert found.value.status == 403 and found.value.reasons[0].code == "separation"
    sign(own, "sponsor")
    assert told(own)["state"] == "signed"


def test_at_the_seat_of_a_role_neither_by_page_nor_by_api(own: World) -> None:
    ask(own, Wanted(role="business_owner"))
    client = own.client("owner")
    page = client.send("/p/CRM/signoffs/1", {"outcome": "signed"})
    assert page.status_code == 403 and "You alone wrote this" in page.text
    with own.write("owner") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        with pytest.raises(Refused):
            actions.sign(replace(scene.actor, reauthenticated=True), scene.project, signoff)


def test_with_others_they_may(own: World) -> None:
    ask(own, "owner", "sponsor")
    sign(own, "owner")
    sign(own, "sponsor")
    assert told(own)["state"] == "signed"
