"""The pack of a decision: made of what was decided by whatever way, checked by itself and against the data, for whoever may see all
of it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from reqtrack import cli as command_line
from reqtrack import clock
from reqtrack.accounts.actions import change_project
from reqtrack.audit.verify import verify, verify_certificate
from reqtrack.changes import actions as changes
from reqtrack.changes.unobjected import pass_unobjected
from reqtrack.changes.votes import that_decided
from reqtrack.commands import cli
from reqtrack.documents import decisions
from reqtrack.documents.contexts import decision_pack
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import Refused
from reqtrack.interviews.actions import add_stakeholder
from reqtrack.jobs import queue
from reqtrack.proof import check_pack
from reqtrack.proof.pack import build
from reqtrack.proof.seal import FOLDER, Ring
from reqtrack.signoff.certificates import of_pack
from tests.changes.conftest import Desk
from tests.changes.test_agreed import word, written
from tests.changes.test_delegates import away

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "sign-off-pack.schema.json").read_text("utf-8")))
NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)


def ring(desk: Desk) -> Ring:
    return Ring.open(desk.world.app.config["SETTINGS"].data / FOLDER)


def held(desk: Desk, key: str, by: str = "project_manager") -> dict[str, Any]:
    """What the archive of a pack is made of, for somebody."""
    with desk.world.app.test_request_context("/"), desk.world.read(by) as scene:
        reader = Reader(scene.actor, scene.project, "en", "https://reqtrack.example.com")
        return decisions.pack_data(reader, decisions.held_by(reader, desk.item(scene, key)))


def sound(desk: Desk, key: str, by: str = "project_manager") -> dict[str, Any]:
    """The archive of a pack: it fits the schema, is genuine, and as the data say."""
    report = check_pack.check(build(held(desk, key, by), ring(desk)), ring(desk).trusted)
    assert report.genuine and report.known, [one.sentence() for one in report.findings]
    document: dict[str, Any] = report.document or {}
    SCHEMA.validate(document)
    assert told(desk, document) == []
    return document


def told(desk: Desk, document: dict[str, Any]) -> list[str]:
    """What differs from the data."""
    with desk.world.app.app_context():
        report = verify_certificate(of_pack(document))
        told.counts = report.counts  # type: ignore[attr-defined]
    return [f"{one.column} {one.reason.code}" for one in report.problems]


def refused(desk: Desk, key: str, by: str) -> list[str]:
    with pytest.raises(Refused) as error:
        held(desk, key, by)
    return [one.code for one in error.value.reasons]


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def test_each_way_to_decide_makes_a_pack_that_is_as_the_data_say(desk: Desk, req: str) -> None:
    """Two people, one of them for who is away; rejected; put off and then approved; agreed elsewhere; nobody objected."""
    gone, other = (desk.world.requirement(title=title, statement="x", tier="should") for title in ("Old", "Other"))
    with clock.at(NOON):
        package = [
            *edits(req), {"item": req, "field": "tier", "new": "must"}, {"item": other, "link": "depends_on", "add": [req]},
            {"new_item": {"kind": "requirement", "fields": {"title": "查重"}}}, {"retire": gone},
        ]  # fmt: skip
        key = desk.deciding(likely=12, edits=package)
        away(desk, by="tester")
        desk.decide(key, by="tester", tier="must", reason="好")
        assert refused(desk, key, "auditor") == ["undecided"]
        desk.decide(key, by="sponsor", tier="must")
    both = sound(desk, key)
    assert [(one["name"], one["on_behalf_of"], one["roles"], one["method"]) for one in both["signoff"]["signers"]] == [
        (desk.name("tester"), desk.name("business_owner"), ["business_owner"], "password"),
        (desk.name("sponsor"), None, ["sponsor"], "password"),
    ]
    # Before the votes that counted were kept, they were those that agree with the last.
    before = desk.dossier(key)
    before.change.counted = None
    assert [one.number for one in that_decided(before)] == [one["columns"]["number"] for one in both["signatures"]]
    over = json.loads(both["over"])
    assert (over["outcome"], over["tier"], over["phase"]) == ("approved", "must", "Phase 1")
    with desk.world.app.test_request_context("/"), desk.world.read("auditor") as scene:
        tree = decision_pack.build(Reader(scene.actor, scene.project, "en"), desk.item(scene, key))["impact"]["tree"]
    assert {one["key"]: one["effect"] for one in tree}[other] == "its links changed", "a link makes no version"
    assert both["redline"]["added"] == ["NEW-4"] and both["redline"]["removed"] == [gone]
    assert {one["field"]: "segments" in one for one in both["redline"]["changes"]} == {"statement": True, "tier": False}
    assert both["signoff"]["meaning"] == {"en": "I approve this change.", "zh": "我批准这项变更。"}
    assert both["change"]["expected_effort_days"] == "12" and all(one["columns"]["stamp"] for one in both["signatures"])

    desk.decide(lost := desk.deciding(edits=edits(other, "One.")), "rejected", reason="Too early.")
    assert sound(desk, lost)["signoff"]["signers"][0]["reason"] == "Too early."
    desk.decide(late := desk.deciding(edits=edits(other, "None.")), "deferred", until="2099-01-01")
    first = sound(desk, late)
    assert first["change"]["until"] == "2099-01-01" and first["signoff"]["state"] == "declined"
    desk.do(late, changes.resume, by="project_manager")
    desk.decide(late)
    sound(desk, late)
    assert told(desk, first) == [] and told.counts["superseded"] == 1  # type: ignore[attr-defined]

    met = written(desk, other, "business_owner", "sponsor")
    word(desk, met, "sponsor")
    word(desk, met)
    said = sound(desk, met)["change"]["agreed"]
    assert (said["on"], said["where"]) == ("2026-11-27", "Steering, minutes 12")
    assert {one["login"]: one["answer"] for one in said["said"]} == {"business_owner": "yes", "sponsor": "yes"}
    with clock.at(NOON):
        small = desk.deciding(edits=edits(other, "Nothing else."))
        desk.do(small, changes.offer_silence, "2026-12-04", by="contributor")
    with desk.world.app.app_context(), clock.at(datetime(2026, 12, 5, 4, tzinfo=UTC)):
        pass_unobjected()
    quiet = check_pack.check(build(held(desk, small), ring(desk)))
    english = "\n".join(check_pack.lines_of(quiet, "f", "en"))
    assert "  reqtrack: approved, 2026-12-05 12:00:00+08:00 (Asia/Shanghai), silence" in english
    assert "“Nobody objected”" in english
    with desk.world.app.test_request_context("/"), desk.world.read("auditor") as scene:
        paper = decision_pack.build(Reader(scene.actor, scene.project, "en"), desk.item(scene, small))
    assert paper["decision"]["by"].startswith("Nobody objected, 2026-12-05") and paper["signatures"][0]["proof"] == ""
    with desk.world.app.app_context():
        assert verify().ok


@pytest.mark.sqlite
def test_a_pack_that_is_not_as_the_data_say_is_told_where(desk: Desk, req: str) -> None:
    """What a pack says is the same on both databases."""
    desk.decide(key := desk.deciding(edits=edits(req)))
    document = sound(desk, key)

    def lied(edit: Any) -> list[str]:
        other = deepcopy(document)
        edit(other)
        return told(desk, other)

    assert lied(lambda d: d["signatures"][0]["columns"].update(decider_name="Eve")) == ["decider_name differs"]
    assert lied(lambda d: d["signatures"][0]["columns"].update(number=99)) == ["signatures unknown"]
    assert lied(lambda d: d["events"][0].update(hash="0" * 64)) == ["events differs"]
    assert lied(lambda d: d["signoff"].update(key="CR-99")) == ["signoff unknown"]
    assert lied(lambda d: d.update(over=d["over"].replace("Two levels.", "No level."))) == ["package differs"]
    with desk.world.app.app_context():
        assert verify().ok
    # A vote whose seal is right in itself, made where another key is.
    for path in ring(desk).folder.iterdir():
        path.unlink()
    Ring.make(desk.world.app.config["SETTINGS"].data / FOLDER)
    with desk.world.app.app_context():
        assert {(one.table, one.reason.code) for one in verify().problems} >= {("decisions", "unknown_key")}


@pytest.mark.sqlite
def test_a_pack_leaves_nothing_out_and_tells_nobody_more_than_they_may_know(desk: Desk, req: str) -> None:
    """Who may see what is the same on both databases."""
    with desk.world.write("project_manager") as scene:
        change_project(scene.actor, scene.project, {"day_rate": Decimal(1800)})
    with desk.world.write("analyst") as scene:
        person = {
            "name": "Ignatius Oleander",
            "department": "Harbour office",
            "job_role": "Lamplighter",
            "level": "frontline",
        }
        add_stakeholder(scene.actor, scene.project, person)
    desk.decide(key := desk.deciding(edits=edits(req), assessors=["implementer"]))
    assert held(desk, key)["change"]["cost"] == "900"
    assert held(desk, key, "tester")["change"]["cost"] is None
    assert refused(desk, key, "implementer") == ["hidden"]
    desk.decide(
        named := desk.deciding(edits=edits(req, "One.")), "rejected", reason="Ignatius Oleander does not want it."
    )
    assert refused(desk, named, "project_manager") == ["hidden"], "a sealed row cannot be covered"
    assert held(desk, named, "analyst")["signoff"]["signers"][0]["reason"].startswith("Ignatius")
    # Put off, and edited since: what was decided is not there any more.
    desk.decide(late := desk.deciding(edits=edits(req, "None.")), "deferred", until="2099-01-01")
    desk.do(late, changes.propose, edits(req, "Four."), by="contributor")
    assert refused(desk, late, "auditor") == ["package_moved"]


@pytest.mark.sqlite
def test_it_is_asked_for_on_the_page_and_checked_by_the_command(
    desk: Desk, req: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the file is the same on both databases."""
    world, key = desk.world, desk.deciding(edits=edits(req))
    browser = world.client("project_manager")
    wanted = {"document": "decision-pack", "subject": key, "locale": "en"}
    offered = 'name="document" value="decision-pack"'
    before = browser.get(f"/p/CRM/changes/{key}").text
    assert offered not in before and f"{key} is not decided yet: its pack can be made then." in before
    assert browser.send("/p/CRM/documents", wanted).status_code == 409
    headers = {"X-CSRFToken": browser.token()}
    early = browser.post("/api/v1/projects/CRM/exports", json=wanted, headers=headers)
    assert early.status_code == 409 and early.json["reasons"][0]["code"] == "undecided"
    desk.decide(key)
    assert offered in browser.get(f"/p/CRM/changes/{key}").text
    asked = browser.post("/api/v1/projects/CRM/exports", json=wanted, headers=headers)
    assert asked.status_code in (201, 202), asked.text
    with world.app.app_context():
        taken = queue.take("test")
        assert taken is not None
        queue.run("test", taken[0])
    made = browser.get(browser.get(asked.headers["Location"]).json["href"]).data
    report = check_pack.check(made, ring(desk).trusted)
    assert report.genuine and report.document is not None
    code = report.document["fingerprint"].removeprefix("sha256:")[:12]
    found = world.client("outsider").get(f"/V/{code}").text
    assert "Decision pack" in found and "Genuine" in found
    (tmp_path / "good.pdf").write_bytes(made)
    (tmp_path / "bad.pdf").write_bytes(made[:300] + bytes([made[300] ^ 1]) + made[301:])
    with monkeypatch.context() as here:
        here.setattr(command_line, "create_app", lambda: world.app)
        for name, code_, sentence in (("good", 0, "Sound, and as the data here say."), ("bad", 1, "the pages")):
            done = CliRunner().invoke(cli, ["verify", "--certificate", str(tmp_path / f"{name}.pdf")])
            assert (done.exit_code, sentence in done.output) == (code_, True), done.output
    monkeypatch.setenv("REQTRACK_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = CliRunner().invoke(cli, ["verify", "--certificate", str(tmp_path / "good.pdf")])
    assert done.exit_code == 0 and "there is no database to compare it with" in done.output, done.output
