"""Documents as evidence: a contract, an old sheet. Their passages back items and are nobody's voice."""

from __future__ import annotations

import base64
import io

import pytest

from reqtrack.interviews import queries
from reqtrack.interviews.queries.plan import voices_of
from reqtrack.items.queries import item_for
from tests.interviews.test_interviews import prepared
from tests.support.caller import Caller
from tests.support.world import World

FACTS = {"title": "Service contract", "kind": "contract", "dated": "2025-03-01", "note": "In the archive."}


def added(world: World, **more: object) -> None:
    answer = world.client("analyst").send("/p/CRM/evidence-documents", {**FACTS, **more})
    assert answer.status_code == 303 and answer.location.endswith("/evidence-documents/1")


def test_a_document_with_its_file_and_passages(world: World) -> None:
    world.cast()
    world.requirement("analyst", title="Answer within a day", statement="It shall.")
    added(world, file=(io.BytesIO(b"four pages"), "contract.txt"))
    browser = world.client("analyst")
    page = browser.get("/p/CRM/evidence-documents").text
    assert "Service contract" in page and "contract.txt" in page
    file = browser.get("/p/CRM/evidence-documents/1/file")
    assert file.data == b"four pages"
    file.close()
    assert file.headers["Content-Disposition"].startswith("attachment")
    for _ in range(2):  # the same words at the same place are one passage
        sent = {"quote": "Within one working day.", "place": "page 4, §7.2"}
        assert browser.send("/p/CRM/evidence-documents/1/passages", sent).status_code == 303
    with world.read("analyst") as scene:
        (quote,) = queries.quotes_of_document(scene.actor, queries.document_for(scene.actor, scene.project.id, 1))
    assert browser.send(f"/p/CRM/excerpts/{quote.id}/items", {"item": "REQ-1"}).status_code == 303
    item = browser.get("/p/CRM/i/REQ-1").text
    assert "From a document" in item and "page 4, §7.2" in item and "Within one working day." in item
    with world.read("analyst") as scene:
        (backing,) = queries.quotes_of_item(scene.actor, item_for(scene.actor, scene.project.id, "REQ-1"))
        assert (backing.who, backing.role, backing.level, backing.interview) == ("", "", "", "")
        assert {(one.heard, one.behind) for one in voices_of(scene.project.id)} == {(0, 0)}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": " "}, "A document needs a title."),
        ({"kind": "poem"}, "poem is not one of"),
        ({"dated": "yesterday"}, "yesterday is not a date"),
        ({"title": "x" * 401}, "at most 400"),
    ],
)
def test_what_does_not_fit_is_said(world: World, sent: dict[str, str], said: str) -> None:
    world.cast()
    answer = world.client("analyst").send("/p/CRM/evidence-documents", {**FACTS, **sent})
    assert answer.status_code == 422 and said in answer.text and "In the archive." in answer.text


def test_a_change_of_what_moved_is_refused_and_keeps_what_was_typed(world: World) -> None:
    world.cast()
    added(world)
    browser = world.client("analyst")
    assert browser.send("/p/CRM/evidence-documents/1", {**FACTS, "title": "New", "seen": "1"}).status_code == 303
    late = browser.send("/p/CRM/evidence-documents/1", {**FACTS, "title": "Late", "seen": "1"})
    assert late.status_code == 409 and "Somebody else changed this document" in late.text and "Late" in late.text
    assert browser.send("/p/CRM/evidence-documents/1/passages", {"quote": " "}).status_code == 422


def test_who_was_heard_is_not_named_in_a_title(world: World) -> None:
    prepared(world)
    added(world, title="张伟的表")
    assert "销售部的表" in world.client("auditor").get("/p/CRM/evidence-documents/1").text


def test_who_reads_no_interviews_reads_no_documents(world: World) -> None:
    world.cast()
    added(world)
    for url in ("/p/CRM/evidence-documents", "/p/CRM/evidence-documents/1"):
        assert world.client("implementer").get(url).status_code in (403, 404)
    assert world.client("tester").send("/p/CRM/evidence-documents", FACTS).status_code == 403


def test_over_rest(world: World) -> None:
    world.cast()
    world.requirement("analyst", title="Answer within a day", statement="It shall.")
    caller = Caller(world, "analyst")
    client, headers = world.client("analyst"), caller.headers
    base = "/api/v1/projects/CRM"
    file = {"file": base64.b64encode(b"old rows").decode(), "name": "orders.csv"}
    made = client.post(f"{base}/documents", json={"title": "Orders", "kind": "sheet", **file}, headers=headers)
    assert made.status_code == 201 and made.json["file_name"] == "orders.csv" and made.json["passages"] == 0
    passage = {"document": made.json["id"], "quote": "call back 3 days", "place": "sheet Orders, cell B12"}
    taken = client.post(f"{base}/excerpts", json=passage, headers=headers)
    assert (
        taken.status_code == 201 and taken.json["place"] == "sheet Orders, cell B12" and taken.json["interview"] is None
    )
    backed = client.post(f"{base}/items/REQ-1/evidence", json={"excerpts": [taken.json["id"]]}, headers=headers)
    assert backed.status_code == 201 and backed.json["evidence"] == [taken.json["id"]]
    assert client.get(f"{base}/requirements/REQ-1", headers=headers).json["evidence"] == [taken.json["id"]]
    patched = client.patch(f"{base}/documents/1", json={"note": "Ask Ann"}, headers={**headers, "If-Match": '"1"'})
    assert patched.json["note"] == "Ask Ann" and patched.json["version"] == 2 and patched.json["passages"] == 1
    assert [one["id"] for one in client.get(f"{base}/documents", headers=headers).json["items"]] == [1]
    figure = {"excerpt": taken.json["id"], "name": "Days to call back", "value": "3", "unit": "days"}
    kept = client.post(f"{base}/data-points", json=figure, headers=headers)
    assert kept.status_code == 201 and client.get(kept.headers["Location"], headers=headers).json == {
        "id": 1,
        "version": 1,
        **figure,
    }
    assert client.delete(f"{base}/data-points/1", headers=headers).status_code == 204
    assert client.get(f"{base}/data-points", headers=headers).json["items"] == []
    for wrong in ({"quote": "x"}, {"quote": "x", "document": 1, "interview": "INT-1"}):
        assert client.post(f"{base}/excerpts", json=wrong, headers=headers).status_code == 422
    assert client.post(f"{base}/excerpts", json={"quote": "x", "document": 9}, headers=headers).status_code == 404
