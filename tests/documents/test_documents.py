"""Documents: asked for as a job, made in the reader's rights, in the document's language."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from reqtrack.acceptance import actions
from reqtrack.acceptance import queries as rounds
from reqtrack.accounts.models import Project
from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions as changes
from reqtrack.documents import catalogue
from reqtrack.documents.contexts import certificate
from reqtrack.documents.contexts.common import Reader
from reqtrack.items.queries import item_for
from reqtrack.jobs import queue
from reqtrack.signoff import actions as signoffs
from reqtrack.signoff import queries as signed
from tests.changes.conftest import Desk
from tests.support.world import World


def prepared(world: World) -> None:
    world.cast()
    world.requirement(title="登录后记住", statement="系统应当记住 **登录**", tier="must")
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "范围一")
    with world.write("contributor") as scene:
        edits = [{"item": "REQ-1", "field": "statement", "new": "系统应当记住登录 30 天"}]
        changes.log(scene.actor, scene.project, title="记住更久", reason="每天都要重登", edits=edits)


@pytest.mark.parametrize(
    ("name", "subject"),
    [("specification", "BL-1"), ("specification", ""), ("change-record", "CR-1"), ("impact", "CR-1")],
)
def test_every_context_is_complete(world: World, name: str, subject: str) -> None:
    prepared(world)
    document = catalogue.DOCUMENTS[name]
    with world.app.test_request_context(), world.read("analyst") as scene:
        reader = Reader(scene.actor, scene.project, "zh_Hans_CN")
        context = document.build(reader, document.subject(scene.actor, scene.project, subject))
    assert context["project"]["key"] == "CRM"
    assert "REQ-1" in str(context)


def test_the_report_of_a_round_counts_its_rows(world: World) -> None:
    prepared(world)
    key = world.acceptance(title="记住", given=["已登录"], when=["关掉再开"], then=["还在"], accepts=["REQ-1"])

    with world.write("project_manager") as scene:
        actions.create_round(scene.actor, scene.project, "第一轮", [key], ["tester"])
    document = catalogue.DOCUMENTS["acceptance-report"]
    with world.app.test_request_context(), world.read("auditor") as scene:
        found = rounds.round_for(scene.actor, scene.project.id, "RND-1")
        context = document.build(Reader(scene.actor, scene.project, "en"), found)
    assert [line["key"] for line in context["standings"]] == [key]


def test_a_certificate_says_when_it_was_complete_and_when_it_was_withdrawn(world: World) -> None:
    prepared(world)
    states = []
    for step in ("request", "sign", "withdraw"):
        with world.write("business_owner" if step != "request" else "project_manager") as scene:
            actor, project = replace(scene.actor, reauthenticated=True), scene.project
            if step == "request":
                signoffs.request(actor, project, "BL-1", "I approve this scope.", ["business_owner"])
            else:
                found = signed.signoff_for(actor, project.id, 1)
                given = {"remarks": "Without printing."} if step == "sign" else {"reason": "Seen wrongly."}
                getattr(signoffs, step)(actor, project, found, **given)
        with world.app.test_request_context(), world.read("auditor") as scene:
            reader = Reader(scene.actor, scene.project, "en")
            states.append(certificate.build(reader, signed.signoff_for(scene.actor, scene.project.id, 1)))
    asked, complete, taken_back = (one["state_text"] for one in states)
    assert asked == "" and complete.startswith("Complete on ")
    assert taken_back.startswith(f"{complete} · Withdrawn on ") and taken_back.endswith("by 陈立群: Seen wrongly.")
    assert states[1]["signatures"][0]["meaning"] == "I approve this scope. Remarks: Without printing."


@pytest.mark.sqlite
def test_a_job_makes_the_pdf_and_its_asker_opens_it(world: World) -> None:
    prepared(world)
    browser = world.client("analyst")
    asked = browser.send("/p/CRM/documents", {"document": "specification", "subject": "BL-1", "locale": "zh_Hans_CN"})
    assert asked.status_code == 303
    # While it is made, all of what is said of it is asked for anew, with the button that stops it.
    making = browser.get(asked.headers["Location"]).get_data(as_text=True)
    polled = re.search(r'<div[^>]*data-poll="[^"]*">.*?/cancelling', making, re.DOTALL)
    assert polled is not None and making.count("data-poll") == 1 and "Back to" not in making
    with world.app.app_context():
        taken = queue.take("test")
        assert taken is not None
        queue.run("test", taken[0])
    page = browser.get(asked.headers["Location"]).get_data(as_text=True)
    assert "/file" in page
    assert "/cancelling" not in page and 'href="/p/CRM/baselines/1">Back to BL-1<' in page
    file = browser.get(f"{asked.headers['Location']}/file")
    assert file.mimetype == "application/pdf"
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(file.data)).pages)
    assert "登录后记住" in text.replace("\n", "")
    assert world.client("tester").get(f"{asked.headers['Location']}/file").status_code == 404
    assert world.client("implementer").get("/p/CRM/documents").status_code == 403


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("document", "subject", "href"),
    [
        ("specification", "", "/p/CRM/scope"), ("specification", "BL-2", "/p/CRM/baselines/2"),
        ("change-record", "CR-3", "/p/CRM/changes/CR-3"), ("impact", "CR-3", "/p/CRM/changes/CR-3/impact"),
        ("decision-pack", "CR-3", "/p/CRM/changes/CR-3"),
        ("acceptance-report", "RND-1", "/p/CRM/rounds/1"), ("minutes", "REV-1", "/p/CRM/reviews/REV-1"),
        ("certificate", "SGN-4", "/p/CRM/signoffs/4"), ("requirements", "", "/p/CRM/requirements"),
        ("text", "", "/p/CRM/scope/text"), ("change-figures", "", "/p/CRM/changes/figures"),
    ],
)  # fmt: skip
def test_every_document_knows_the_page_of_what_it_is_about(
    world: World, document: str, subject: str, href: str
) -> None:
    with world.app.test_request_context():
        name, told = catalogue.about(Project(key="CRM"), {"document": document, "subject": subject})
    assert told == href and name == (subject or name) and name


def printed(world: World, name: str, subject: str) -> tuple[str, str]:
    """Have a document made by the worker; its text and the first digits of its code."""
    browser = world.client("analyst")
    asked = browser.send("/p/CRM/documents", {"document": name, "subject": subject, "locale": "en"})
    with world.app.app_context():
        taken = queue.take("test")
        assert taken is not None
        queue.run("test", taken[0])
    file = browser.get(f"{asked.headers['Location']}/file")
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(file.data)).pages)
    with world.app.test_request_context(), world.read("analyst") as scene:
        document = catalogue.DOCUMENTS[name]
        reader = Reader(scene.actor, scene.project, "en", "https://example.com")
        context = document.build(reader, document.subject(scene.actor, scene.project, subject))
    assert context["address"] == f"https://example.com/V/{context['fingerprint'][7:19]}"
    return text, context["fingerprint"][7:19]


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["change-record", "impact"])
def test_the_paper_of_an_open_change_bears_a_code_that_says_whether_it_moved(world: World, name: str) -> None:
    prepared(world)
    text, code = printed(world, name, "CR-1")
    assert " ".join((code[:4], code[4:8], code[8:])) in text.replace("\n", " ")
    label = {"change-record": "Change record", "impact": "Impact of a change"}[name]
    told = world.client("outsider").get(f"/V/{code.upper()}").text
    assert label in told and "Genuine" in told
    with world.write("contributor") as scene:
        found = item_for(scene.actor, scene.project.id, "CR-1", "change")
        changes.propose(scene.actor, found, [{"item": "REQ-1", "field": "title", "new": "记住"}])
    told = world.client("outsider").get(f"/V/{code}").text
    assert label in told and "something newer has taken its place" in told
    assert label not in world.client("outsider").get("/V/0123456789ab").text


def test_the_record_tells_the_load_as_it_was_at_the_decision(world: World) -> None:
    prepared(world)
    desk = Desk(world)
    edits = [{"new_item": {"kind": "requirement", "fields": {"title": "New", "tier": "should"}}}]
    key = desk.log(edits=edits, assessors=["implementer"])
    desk.submit(key)
    desk.assess(key, 3, by="implementer")
    before = load_of(world, key)
    assert before["load_text"].startswith("As it is on ") and before["load"][0]["after"] == 3
    desk.decide(key, by="business_owner", tier="should", phase="1")
    then = load_of(world, key)
    assert then["load_text"].startswith("As it was at the decision, ")
    world.requirement(title="Much more", tier="must", phase="1", effort_days=40)
    assert load_of(world, key) == then and then["load"][0]["after"] == 3
    assert load_of(world, key, "implementer")["load"] == []


def load_of(world: World, key: str, by: str = "analyst") -> dict[str, Any]:
    document = catalogue.DOCUMENTS["change-record"]
    with world.app.test_request_context(), world.read(by) as scene:
        found = item_for(scene.actor, scene.project.id, key, "change")
        context = document.build(Reader(scene.actor, scene.project, "en"), found)
    return {name: context[name] for name in ("load", "load_text")}


def test_what_happens_is_said_of_each_item(world: World) -> None:
    prepared(world)
    world.acceptance(title="Remembered", then=["x"], accepts=["REQ-1"])
    for name in ("change-record", "impact"):
        document = catalogue.DOCUMENTS[name]
        with world.app.test_request_context(), world.read("analyst") as scene:
            found = document.subject(scene.actor, scene.project, "CR-1")
            context = document.build(Reader(scene.actor, scene.project, "en"), found)
        tree = context["tree"] if name == "impact" else context["impact"]["tree"]
        assert [(one["key"], one["effect"]) for one in tree] == [
            ("REQ-1", "gets a new version"), ("ACC-1", "is looked at again"),
        ]  # fmt: skip
