"""What is told of a project beside its items: what to keep an eye on, what was done, files out of it, somebody's word."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

from sqlalchemy import select

from reqtrack.audit.models import AccessEvent
from reqtrack.db import db
from reqtrack.interviews.models import Interview
from reqtrack.jobs import queue
from tests.support.caller import Caller
from tests.support.meter import Queries
from tests.support.world import World

P = "/api/v1/projects/CRM"


def work(world: World) -> None:
    """Work all jobs that wait."""
    with world.app.app_context():
        while (taken := queue.take("test")) is not None:
            queue.run("test", taken[0])


def accesses(world: World, action: str) -> list[tuple[str, str]]:
    with world.read():
        wanted = select(AccessEvent.actor, AccessEvent.subject).where(AccessEvent.action == action)
        return [(row.actor, row.subject) for row in db.session.execute(wanted.order_by(AccessEvent.seq))]


# -- what to keep an eye on --------------------------------------------------------------------------------------------


def test_the_radar_tells_what_stands_out(crm: World) -> None:
    analyst, tester = Caller(crm, "analyst"), Caller(crm, "tester")
    assert analyst("GET", "/radar").json == {"findings": []}
    (phase,) = analyst("GET", "/phases").json["items"]
    full = {"name": "First", "capacity_days": 3}
    assert analyst("PATCH", f"/phases/{phase['id']}", full, If_Match="*").status_code == 200
    for title, tier, days in (("One", "must", 4), ("Two", "should", 1)):
        analyst("POST", "/requirements", {"title": title, "tier": tier, "effort_days": days, "phase": "First"})
    rows = "Title\nThree\nFour\n"
    assert analyst("POST", "/imports", {"text": rows, "as": "requirements"}).json["imported"] == 2
    analyst("POST", "/acceptance", {"title": "It works", "then": ["so"], "accepts": ["REQ-1"]})
    analyst("POST", "/rounds", {"name": "R", "acceptance": ["ACC-1"], "testers": ["tester"]})
    assert tester("POST", "/rounds/1/results", {"acceptance": "ACC-1", "verdict": "passed"}).status_code == 201
    analyst("PATCH", "/acceptance/ACC-1", {"then": ["otherwise"]}, If_Match="*")
    found = {one["check"]: one for one in analyst("GET", "/radar").json["findings"]}
    assert {name: (one["severity"], one["count"], one["items"]) for name, one in found.items()} == {
        "phase_over_capacity": ("serious", 2, ["REQ-1", "REQ-2"]),
        "result_stale": ("attention", 1, ["ACC-1"]),
        "imported_not_reviewed": ("attention", 2, ["REQ-3", "REQ-4"]),
        "requirement_without_scenario": ("attention", 2, ["REQ-1", "REQ-2"]),
        "requirement_without_evidence": ("attention", 2, ["REQ-1", "REQ-2"]),
    }
    assert found["phase_over_capacity"]["phase"] == "First"
    assert (
        tester("POST", "/rounds/1/results", {"acceptance": "ACC-1", "verdict": "failed", "note": "no"}).status_code
        == 201
    )
    found = {one["check"]: one["items"] for one in analyst("GET", "/radar").json["findings"]}
    assert found["acceptance_failed"] == ["ACC-1"] and "result_stale" not in found
    assert Caller(crm, "outsider")("GET", "/radar").status_code == 404


def test_the_radar_names_what_the_reader_may_see(crm: World) -> None:
    """A2: an implementer sees what is agreed, and learns of nothing else."""
    crm.member("implementer", "implementer")
    Caller(crm, "analyst")("POST", "/imports", {"text": "Title\nThree\n", "as": "requirements"})
    assert Caller(crm, "implementer")("GET", "/radar").json == {"findings": []}


# -- the history of what has no versions -------------------------------------------------------------------------------


def test_what_was_done_to_a_thing_is_told_newest_first(crm: World) -> None:
    crm.member("manager", "project_manager", "analyst")
    crm.member("owner", "business_owner")
    caller = Caller(crm, "manager", "admin")
    person = caller("POST", "/stakeholders", {"name": "Old Wang", "department": "Sales", "job_role": "Rep"}).json["id"]
    phase = caller("POST", "/phases", {"name": "Second"}).json["id"]
    caller("POST", "/requirements", {"title": "One"})
    caller("POST", "/acceptance", {"title": "It works", "then": ["so"], "accepts": ["REQ-1"]})
    caller("POST", "/baselines", {"name": "Scope"})
    caller("POST", "/signoffs", {"subject": "BL-1", "meaning": "I approve.", "signers": ["owner"]})
    caller("POST", "/rounds", {"name": "R", "acceptance": ["ACC-1"], "testers": ["tester"]})
    for path, body in (
        (f"/stakeholders/{person}", {"region": "East"}), (f"/phases/{phase}", {"name": "Third"}), (P, {"name": "Another"}),
        ("/rounds/RND-1", {"name": "Q"}),
    ):  # fmt: skip
        assert caller("PATCH", path, body, If_Match="*").status_code == 200, path
    told = {
        path: [row["action"] for row in caller("GET", f"{path}/history").json["items"]]
        for path in (f"/stakeholders/{person}", f"/phases/{phase}", P, "/rounds/RND-1", "/rounds/1", "/baselines/BL-1", "/signoffs/1")
    }  # fmt: skip
    assert told == {
        f"/stakeholders/{person}": ["stakeholder.changed", "stakeholder.added"],
        f"/phases/{phase}": ["phase.changed", "phase.added"],
        P: ["project.changed", "project.created"],
        "/rounds/RND-1": ["round.changed", "round.created"],
        "/rounds/1": ["round.changed", "round.created"],
        "/baselines/BL-1": ["baseline.taken"],
        "/signoffs/1": ["signoff.requested"],
    }
    first = caller("GET", f"/phases/{phase}/history?limit=1").json
    assert [row["action"] for row in first["items"]] == ["phase.changed"]
    rest = caller("GET", f"/phases/{phase}/history?limit=1&after={first['next']}").json
    assert ([row["action"] for row in rest["items"]], rest["next"]) == (["phase.added"], None)
    for path in ("/stakeholders/99", "/phases/99", "/baselines/BL-9", "/rounds/9", "/signoffs/9"):
        assert caller("GET", f"{path}/history").status_code == 404, path
    # A5: who may not read names learns from a history no more than from the thing.
    shown = Caller(crm, "tester")("GET", f"/stakeholders/{person}/history").text
    assert "Rep" not in shown and "East" not in shown and "Sales" in shown


def test_a_phase_is_addressed_by_its_id_everywhere(crm: World) -> None:
    """Where ids and numbers differ, an act must not reach the other phase."""
    crm.project("OPS", "Operations")
    crm.member("analyst", "analyst", "project_manager", project="OPS")
    caller = Caller(crm, "analyst")
    q = "/api/v1/projects/OPS"
    (first,) = caller("GET", f"{q}/phases").json["items"]
    second = caller("POST", f"{q}/phases", {"name": "Later"}).json
    assert (first["id"], second["number"]) == (second["number"], first["id"]) == (2, 2)
    crm.requirement(project="OPS", title="Early", phase=first["name"], stage="approved")
    crm.requirement(project="OPS", title="Late", phase="Later", stage="approved")
    assert caller("POST", f"{q}/phases/{first['id']}/implementation", {}).json["requirements"] == ["REQ-1"]
    assert caller("GET", f"{q}/requirements/REQ-2").json["stage"] == "approved"


# -- files out and off -------------------------------------------------------------------------------------------------


def test_the_items_of_a_kind_as_a_file(crm: World) -> None:
    analyst = Caller(crm, "analyst")
    analyst("POST", "/requirements", {"title": "=1+1 客户电话", "tier": "must"})
    analyst("POST", "/acceptance", {"title": "It rings", "given": ["a phone"], "then": ["it rings"]})
    for number, (format, kind, name, mimetype, words) in enumerate((
        ("csv", "requirements", "CRM-requirements.csv", "text/csv", "客户电话"),
        ("xlsx", "requirements", "CRM-requirements.xlsx", None, "客户电话"),
        ("gherkin", "acceptance", "CRM-acceptance.feature", "text/plain", "It rings"),
    ), 1):  # fmt: skip
        asked = analyst("POST", "/exports", {"format": format, "kind": kind})
        assert (asked.status_code, asked.json["state"], asked.json["format"]) == (201, "waiting", format), asked.text
        work(crm)
        made = analyst("GET", f"/exports/{asked.json['id']}").json
        assert (made["state"], made["outcome"]["name"]) == ("done", name), made
        file = analyst.client.get(made["href"], headers=analyst.headers, buffered=True)
        assert file.status_code == 200 and (mimetype is None or file.mimetype == mimetype)
        assert words in _text(format, file.data)
        # U2: that it left is remembered, and by whom.
        assert accesses(crm, "exported")[-1] == ("analyst", name) and len(accesses(crm, "exported")) == number
    assert "'=1+1" in _text(
        "csv", analyst.client.get(_href(analyst, "csv"), headers=analyst.headers, buffered=True).data
    )


def _href(caller: Caller, format: str) -> str:
    rows = caller("GET", "/exports").json["items"]
    return str(next(row["href"] for row in rows if row["format"] == format))


def _text(format: str, data: bytes) -> str:
    if format != "xlsx":
        return data.decode()
    with ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/sharedStrings.xml").decode()


def test_a_file_holds_what_its_reader_may_see(crm: World) -> None:
    """A3."""
    crm.member("implementer", "implementer", "contributor")
    person = Caller(crm, "analyst")("POST", "/stakeholders", {"name": "Old Wang", "department": "Sales"}).json["id"]
    talk = {"title": "Talk", "notes": "Old Wang: too slow", "stakeholders": [person]}
    assert Caller(crm, "analyst")("POST", "/interviews", talk).status_code == 201
    texts = {}
    for login in ("analyst", "tester"):
        caller = Caller(crm, login)
        asked = caller("POST", "/exports", {"format": "csv", "kind": "interviews"}).json
        work(crm)
        made = caller("GET", f"/exports/{asked['id']}").json
        texts[login] = caller.client.get(made["href"], headers=caller.headers, buffered=True).get_data(as_text=True)
        other = Caller(crm, "tester" if login == "analyst" else "analyst")
        assert other("GET", f"/exports/{asked['id']}").status_code == 404
    assert "Old Wang" in texts["analyst"] and "Old Wang" not in texts["tester"] and "too slow" in texts["tester"]


def test_what_does_not_fit_is_said_before_it_is_asked(crm: World) -> None:
    analyst = Caller(crm, "analyst")
    for body, status in (
        ({"format": "gherkin", "kind": "requirements"}, 422), ({"format": "reqif"}, 422), ({"format": "csv", "kind": "walls"}, 404),
        ({}, 422), ({"document": "nosuch"}, 422),
    ):  # fmt: skip
        assert analyst("POST", "/exports", body).status_code == status, body
    assert analyst("GET", "/exports").json["items"] == []


def test_a_page_offers_the_same_files(crm: World) -> None:
    crm.requirement(title="One")
    browser = crm.client("tester")
    shown = browser.get("/p/CRM/documents").text
    assert 'value="requirements xlsx"' in shown and 'value="acceptance gherkin"' in shown
    assert 'value="requirements gherkin"' not in shown
    asked = browser.send("/p/CRM/documents", {"table": "requirements csv"})
    assert asked.status_code == 303
    work(crm)
    assert "CRM-requirements.csv" in browser.get(asked.location).text
    assert "CRM-requirements.csv" in browser.get("/p/CRM/documents").text
    assert browser.get(f"{asked.location}/file").mimetype == "text/csv"
    for wrong, status in (("requirements gherkin", 422), ("walls csv", 404), ("requirements", 422)):
        assert browser.send("/p/CRM/documents", {"table": wrong}).status_code == status, wrong


def test_a_file_is_taken_off_an_item(crm: World) -> None:
    analyst, tester = Caller(crm, "analyst"), Caller(crm, "tester")
    analyst("POST", "/requirements", {"title": "One"})
    sent: dict[str, Any] = {"item": "REQ-1", "name": "a.txt", "file": "aGVsbG8="}
    mine, theirs = (caller("POST", "/attachments", sent).json["id"] for caller in (tester, analyst))
    # The page offers what the action allows.
    page = crm.client("tester").get("/p/CRM/i/REQ-1").text
    assert f"/attachments/{mine}/removal" in page and f"/attachments/{theirs}/removal" not in page
    assert crm.client("tester").send(f"/p/CRM/i/REQ-1/attachments/{theirs}/removal").status_code == 403
    refused = tester("DELETE", f"/attachments/{theirs}")
    assert (refused.status_code, refused.json["reasons"][0]["code"]) == (403, "not_yours")
    assert tester("DELETE", f"/attachments/{mine}").status_code == 204
    assert (
        tester("DELETE", f"/attachments/{mine}").status_code == tester("GET", f"/attachments/{mine}").status_code == 404
    )
    assert crm.client("analyst").send(f"/p/CRM/i/REQ-1/attachments/{theirs}/removal").status_code == 303
    assert analyst("GET", "/attachments").json["items"] == []
    assert Caller(crm, "outsider")("DELETE", f"/attachments/{theirs}").status_code == 404


# -- somebody's word ---------------------------------------------------------------------------------------------------


def test_an_interview_is_confirmed(crm: World) -> None:
    analyst, tester = Caller(crm, "analyst"), Caller(crm, "tester")
    assert analyst("POST", "/interviews", {"title": "Talk", "notes": "Slow."}).json["stage"] == "planned"
    assert analyst("POST", "/interviews/INT-1/confirmation", {}).status_code == 409
    assert analyst("POST", "/items/INT-1/moves", {"to": "write"}).status_code == 201
    refused = tester("POST", "/interviews/INT-1/confirmation", {})
    assert refused.status_code in (403, 409) and refused.json["reasons"][0]["code"] == "not_interviewee"
    stale = analyst("POST", "/interviews/INT-1/confirmation", {"seen": "0" * 64})
    assert (stale.status_code, stale.json["reasons"][0]["code"]) == (409, "moved")
    read = analyst("GET", "/interviews/INT-1/write-up").json
    said = analyst("POST", "/interviews/INT-1/confirmation", {"seen": read["seen"]})
    assert (said.status_code, said.json["stage"]) == (201, "confirmed")
    with crm.read():
        assert db.session.execute(select(Interview.stage)).scalar_one() == "confirmed"


# -- links -------------------------------------------------------------------------------------------------------------


def test_a_link_and_its_ends_are_read_once(crm: World, queries: Queries) -> None:
    """By who sees both ends alone, whichever of them is hidden."""
    crm.member("implementer", "implementer")
    analyst, implementer = Caller(crm, "analyst"), Caller(crm, "implementer")
    analyst("POST", "/requirements", {"title": "Driver"})
    analyst("POST", "/acceptance", {"title": "Driven", "then": ["so"], "accepts": ["REQ-1"]})
    analyst("POST", "/requirements", {"title": "Other"})
    number = analyst("POST", "/links", {"kind": "duplicates", "source": "REQ-1", "target": "REQ-2"}).json["id"]
    crm.move("REQ-1", "approved")
    for method, path in (("POST", f"/links/{number}/looks"), ("DELETE", f"/links/{number}")):
        assert implementer(method, path).status_code == 404, "its source is to be seen, its target is not"
        queries.clear()
        assert analyst(method, path).status_code in (201, 204)
        reads = [one for one in queries if one.startswith("SELECT") and "items" in one and "links" not in one]
        assert reads == [], reads
        assert len([one for one in queries if one.startswith("SELECT") and "links" in one]) == 1, list(queries)
    assert analyst("DELETE", f"/links/{number}").status_code == 404
