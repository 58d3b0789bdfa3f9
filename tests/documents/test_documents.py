"""Documents: asked for as a job, made in the reader's rights, in the document's language."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from reqtrack.acceptance import actions
from reqtrack.acceptance import queries as rounds
from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions as changes
from reqtrack.documents import catalogue
from reqtrack.documents.contexts import certificate
from reqtrack.documents.contexts.common import Reader
from reqtrack.jobs import queue
from reqtrack.signoff import actions as signoffs
from reqtrack.signoff import queries as signed
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
    with world.app.app_context():
        taken = queue.take("test")
        assert taken is not None
        queue.run("test", taken[0])
    page = browser.get(asked.headers["Location"]).get_data(as_text=True)
    assert "/file" in page
    file = browser.get(f"{asked.headers['Location']}/file")
    assert file.mimetype == "application/pdf"
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(file.data)).pages)
    assert "登录后记住" in text.replace("\n", "")
    assert world.client("tester").get(f"{asked.headers['Location']}/file").status_code == 404
    assert world.client("implementer").get("/p/CRM/documents").status_code == 403
