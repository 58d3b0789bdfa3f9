"""What is refused while a change takes effect is said on the page, which shows everything as it stood before."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.changes import actions
from reqtrack.errors import Invalid, Reason
from reqtrack.items import store
from reqtrack.requirements.actions import add_phase
from reqtrack.reviews import actions as reviews
from tests.changes.conftest import Desk
from tests.changes.test_agreed import DAY, NOON
from tests.changes.test_asking import asked, seen, send, visitor
from tests.changes.test_browser_kinds import sound
from tests.reviews.conftest import Table
from tests.support.browser import sign_in

CIRCLE = "REQ-1 cannot refine REQ-2: that would be a circle."
AGAIN = {"tier": "should", "phase": "Phase 1"}


def notices(page: Any) -> list[str]:
    """What is told above all else on a page."""
    found = re.findall(r'<div class="rq-say rq-say--(?:bad|warn)"[^>]*>.*?<div>(.*?)</div></div>', page.text, re.S)
    return [html.unescape(one) for one in found]


def circle(desk: Desk, req: str) -> None:
    """REQ-2 refines REQ-1 since the change was written that makes REQ-1 refine REQ-2."""
    with desk.world.write() as scene:
        store.link(scene.actor, "refines", desk.item(scene, "REQ-2"), desk.item(scene, req))


def package(desk: Desk, req: str) -> list[dict[str, Any]]:
    desk.world.requirement(title="Quotes are printed", statement="On paper.", tier="should")
    return [
        {"item": req, "field": "statement", "new": "Two levels."},
        {"item": req, "link": "refines", "add": ["REQ-2"], "remove": []},
    ]


@pytest.fixture
def circular(desk: Desk, req: str) -> str:
    """A change that waits for its decision and cannot take effect."""
    key = desk.log(edits=package(desk, req))
    desk.submit(key)
    circle(desk, req)
    desk.assess(key)
    return key


def stood(desk: Desk, key: str, req: str) -> None:
    """Nothing of what was tried is kept."""
    assert (desk.stage(key), desk.content(req)["statement"]) == ("deciding", "Three levels approve.")
    assert not desk.dossier(key).votes


def test_a_link_that_became_a_circle_is_told_to_who_approves(desk: Desk, req: str, circular: str) -> None:
    client = desk.world.client("project_manager")
    package = desk.dossier(circular).package_print
    given = {"outcome": "approved", **AGAIN, "seen": package, "reason": "It is time."}
    page = client.send(f"/p/CRM/changes/{circular}/decisions", given)
    assert page.status_code == 422 and notices(page)[0] == CIRCLE
    # The page is that of a change which is still to be decided, with what was typed.
    assert "Your decision" in page.text and "It is time." in page.text and "Your vote is recorded" not in page.text
    stood(desk, circular, req)


def test_it_is_told_to_who_came_by_a_link(desk: Desk, req: str, circular: str) -> None:
    url, code = asked(desk, circular, "project_manager")
    client = visitor(desk)
    page = send(client, url, code, outcome="approved", seen=seen(send(client, url, code)))
    assert page.status_code == 422 and notices(page)[0] == CIRCLE
    stood(desk, circular, req)


def test_it_is_told_to_who_confirms_that_it_was_agreed(desk: Desk, req: str) -> None:
    key = desk.log(edits=package(desk, req))
    circle(desk, req)
    with clock.at(NOON):
        told = (DAY, "Steering, minutes 12", ("business_owner",))
        desk.do(key, actions.agree_elsewhere, *told, days=3, by="contributor")
    client = desk.world.client("business_owner")
    package_print = desk.dossier(key).package_print
    page = client.send(f"/p/CRM/changes/{key}/agreement", {"word": "yes", "seen": package_print})
    assert page.status_code == 422 and notices(page)[0] == CIRCLE
    stood(desk, key, req)
    asked_back = client.send(f"/p/CRM/changes/{key}/agreement", {"word": "no", "seen": package_print})
    assert asked_back.status_code == 422 and "Say what is not so." in asked_back.text and not notices(asked_back)


def test_it_is_told_to_who_confirms_what_was_said_at_a_review(desk: Desk, req: str, circular: str) -> None:
    table = Table(desk.world, desk)
    review = table.plan()
    table.say(review, circular, "approved")
    table.do(review, reviews.hold, [])
    client = desk.world.client("project_manager")
    given = {f"line:{circular}": desk.dossier(circular).package_print[:16]}
    page = client.send(f"/p/CRM/reviews/{review}/confirmation", given)
    assert page.status_code == 422 and notices(page)[0] == CIRCLE and "Confirm it" in page.text
    stood(desk, circular, req)


def test_all_reasons_are_told_each_in_its_place(desk: Desk, req: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several without a field, one of an edit's field, one that stands twice, one of the form itself."""
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}])

    def refuse(*given: Any, **more: Any) -> None:
        told = [
            ("One.", None),
            ("Two.", None),
            ("Two.", None),
            ("Of an edit.", "edits.0.statement"),
            ("Which?", "tier"),
        ]
        raise Invalid(Reason("invalid", text, {}, field) for text, field in told)

    monkeypatch.setattr(store, "edit", refuse)
    page = desk.world.client("project_manager").send(
        f"/p/CRM/changes/{key}/decisions",
        {"outcome": "approved", **AGAIN, "seen": desk.dossier(key).package_print},
    )
    assert page.status_code == 422 and notices(page)[0] == "One.; Two.; Of an edit."
    assert page.text.count("Which?") == 2, "in the box at the side and in that of a phone"


def test_a_phase_that_is_none_is_told_where_many_are_offered(desk: Desk, req: str) -> None:
    with desk.world.write("project_manager") as scene:
        for number in range(2, 7):
            add_phase(scene.actor, scene.project, {"name": f"Phase {number}"})
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two levels."}])
    given = {"outcome": "approved", "tier": "should", "phase": "Phase 99", "seen": desk.dossier(key).package_print}
    page = desk.world.client("project_manager").send(f"/p/CRM/changes/{key}/decisions", given)
    assert page.status_code == 422 and "There is no phase Phase 99 in this project." in html.unescape(page.text)


@pytest.mark.browser
def test_who_decides_on_a_phone_reads_why_not(desk: Desk, req: str, circular: str, zh_phone: Any) -> None:
    sign_in(zh_phone, "project_manager")
    zh_phone.goto(f"/p/CRM/changes/{circular}")
    zh_phone.locator("#decide-phone button[value=approved]").click()
    told = zh_phone.locator("main [role=alert]").first
    told.wait_for()
    assert "REQ-1" in told.inner_text() and "REQ-2" in told.inner_text()
    sound(zh_phone)
    stood(desk, circular, req)
