"""Feedback inside the project: said from any page, read by those who may, found by what was said and by nothing else."""

from __future__ import annotations

import io
import re
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.interviews import actions as interviews
from reqtrack.permissions import ROLES
from tests.feedback.conftest import PNG, Door, receipt
from tests.support.world import World

SAID = "Zarathustra says the scanner stalls, 扫码很慢"
CONTACT = "quillon@example.test"


@pytest.fixture
def said(door: Door) -> Door:
    """Somebody was heard, and feedback names them and how to reach its sender."""
    with door.world.write("analyst") as scene:
        facts = {"name": "Quillon Zarathustra", "department": "Warehouse", "job_role": "Keeper"}
        interviews.add_stakeholder(scene.actor, scene.project, facts)
    door.send(SAID, contact=CONTACT)
    return door


def test_two_taps_from_any_page_to_the_first_field(world: World) -> None:
    world.cast()
    key = world.requirement("analyst", title="Scan goods")
    client = world.client("tester")
    for page, about in ((f"/p/CRM/i/{key}", key), ("/p/CRM/scope?x=1", ""), ("/p/CRM", "")):
        shown = client.get(page, follow_redirects=True).text
        offered = re.search(r'href="(/p/CRM/feedback/new[^"]*)"', shown)
        assert offered is not None
        form = client.get(unescape(offered.group(1))).text
        assert f'name="about" value="{about}"' in form and "autofocus" in form
    sent = {"said": "It is slow", "about": key, "next": f"/p/CRM/i/{key}", "photo": (io.BytesIO(PNG), "a.png")}
    answer = client.send("/p/CRM/feedback/new", sent)
    assert (answer.status_code, answer.location) == (303, f"/p/CRM/i/{key}")
    page = client.get(f"/p/CRM/i/{key}").text
    assert "FB-1" in page and "has feedback" in page and "FB-1 is noted" in page
    shown = client.get("/api/v1/projects/CRM/feedback/FB-1").json
    assert (shown["title"], shown["about"], shown["created_by"]) == (f"{key} Scan goods", [key], "tester")
    assert "/pictures/" in client.get("/p/CRM/feedback/FB-1").text


def test_a_refused_form_keeps_what_was_typed(world: World) -> None:
    world.cast()
    refused = world.client("tester").send(
        "/p/CRM/feedback/new", {"said": " ", "title": "In short", "next": "/p/CRM/scope"}
    )
    assert refused.status_code == 422 and "Write what you saw" in refused.text
    assert 'value="In short"' in refused.text and 'name="next" value="/p/CRM/scope"' in refused.text


def test_an_implementer_gives_feedback_and_sees_none(said: Door) -> None:
    client = said.world.client("implementer")
    answer = client.send("/p/CRM/feedback/new", {"said": "The interface is down"})
    assert answer.status_code == 303 and "/feedback/" not in answer.location
    client.get(answer.location)  # says thank you
    assert "FB-" not in client.get("/p/CRM/feedback").text
    assert client.get("/p/CRM/feedback/FB-1").status_code == client.get("/p/CRM/i/FB-2").status_code == 404
    assert client.get("/api/v1/projects/CRM/feedback").json["items"] == []


def test_how_to_reach_a_sender_is_for_who_answers(said: Door) -> None:
    pages = ("/p/CRM/feedback", "/p/CRM/feedback/FB-1", "/p/CRM/i/FB-1/history/1", "/p/CRM/feedback/links")
    api = ("feedback", "feedback/FB-1", "feedback/FB-1/history", "events?limit=200", "items/FB-1")
    for role in ROLES:
        client = said.world.client(role)
        texts = [client.get(url, follow_redirects=True).text for url in pages]
        texts += [client.get(f"/api/v1/projects/CRM/{url}").text for url in api]
        answers = role in ("analyst", "project_manager", "business_owner")
        assert any(CONTACT in text for text in texts) == answers, role
    with said.world.read():
        told = [f"{one.before}{one.after}" for one in db.session.execute(select(Event)).scalars()]
        assert not [text for text in told if CONTACT in text or "Zarathustra" in text]


def test_names_of_those_who_were_heard_are_masked(said: Door) -> None:
    for role, sees in (("analyst", True), ("project_manager", False), ("tester", False), ("auditor", False)):
        client = said.world.client(role)
        texts = [
            client.get(url).text for url in ("/p/CRM/feedback", "/p/CRM/feedback/FB-1", "/api/v1/projects/CRM/feedback")
        ]
        assert any("Zarathustra" in text for text in texts) == sees, role
        assert all("scanner stalls" in text for text in texts)
    # Neither in what is made of it, which everybody reads, nor in what its sender reads.
    form = said.world.client("analyst").get("/p/CRM/feedback/FB-1").text
    assert "Warehouse says the scanner stalls" in form and "name of somebody who was heard" in form
    client = said.world.client("analyst")
    client.send("/p/CRM/feedback/FB-1/outcomes", {"seen": "1", "outcome": "answer", "reply": "Zarathustra was right."})
    own = receipt(said.send("Another"))
    client.send("/p/CRM/feedback/FB-2/outcomes", {"seen": "1", "outcome": "answer", "reply": "Zarathustra was right."})
    assert "Warehouse was right." in said.sender().get(own).text


def test_a_search_finds_what_was_said_and_no_contact_and_no_name(said: Door) -> None:
    client = said.world.client("tester")
    for words, found in (
        ("stalls", ["FB-1"]),
        ("扫码", ["FB-1"]),
        ("quillon", []),
        ("example", []),
        ("Zarathustra", []),
    ):
        url = f"/api/v1/projects/CRM/search?q={quote(words)}"
        assert [one["key"] for one in client.get(url).json["items"]] == found, words
        assert ("FB-1" in client.get(f"/p/CRM/feedback?q={quote(words)}").text) == bool(found)


def test_an_export_has_it_as_the_reader_may_read_it(said: Door) -> None:
    from reqtrack.exchange import exporting
    from reqtrack.items.kinds import KINDS

    for role, contact in (("analyst", True), ("tester", False)):
        with said.world.app.test_request_context(), said.world.read(role) as scene:
            data = exporting.export(scene.actor, scene.project, KINDS["feedback"], "csv").decode()
        assert "scanner stalls" in data and (CONTACT in data) == contact and ("Zarathustra" in data) == contact


def test_the_list_goes_on_and_stays_within_its_views(door: Door) -> None:
    from reqtrack.feedback.queries import lists

    world = door.world
    client = world.client("analyst")
    assert "Nobody has said anything yet" in client.get("/p/CRM/feedback").text
    for number in range(lists.PAGE + 1):
        world.item("feedback", "analyst", title=f"Piece {number}", said=chr(0x4E00 + 7 * number) * 20)
    first = client.get("/p/CRM/feedback").text
    following = re.search(r'href="(/p/CRM/feedback\?[^"]+)" rel="next"', first)
    assert following is not None and ">FB-1</span>" not in first
    assert ">FB-1</span>" in client.get(unescape(following.group(1))).text
    assert "Nothing here yet" in client.get("/p/CRM/feedback?view=closed").text
    assert client.get("/p/CRM/feedback?view=nonsense&before=x").status_code == 200


def test_who_makes_links_names_where_they_hang(door: Door) -> None:
    client = door.world.client("analyst")
    refused = client.send("/p/CRM/feedback/links", {"name": " ", "until": "2001-01-01"})
    assert refused.status_code == 422 and "Say where it hangs" in refused.text and "This day is over" in refused.text
    assert client.send("/p/CRM/feedback/links", {"name": "x", "until": "soon"}).status_code == 422
    far = client.send("/p/CRM/feedback/links", {"name": "x", "until": "9999-12-31"})
    assert far.status_code == 422 and "This is too far away" in far.text
    year = clock.now().year + 2
    made = client.send("/p/CRM/feedback/links", {"name": "Leaflet", "until": f"{year}-01-01"})
    assert made.status_code == 201 and "sheet?language=zh" in made.text
    page = client.get("/p/CRM/feedback/links").text
    assert "Leaflet" in page and f"until 1 Jan {year}" in page
    assert client.send("/p/CRM/feedback/links/2/end").status_code == 303
    assert client.send("/p/CRM/feedback/links/2/end").status_code == 409
    assert "Ended" in client.get("/p/CRM/feedback/links").text
    assert door.world.client("tester").get("/p/CRM/feedback/links").status_code == 403
