"""Asking, signing, declining, withdrawing: who may, what it brings, what it leaves behind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.audit.verify import verify
from reqtrack.baselines import actions as baselines
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.signoff import actions, queries, subjects
from reqtrack.signoff.models import Signature
from tests.support.world import World


@pytest.fixture
def scope(world: World) -> World:
    """REQ-1 in review, REQ-2 and REQ-3 drafts, REQ-4 deferred, an acceptance scenario; BL-1 taken."""
    world.cast()
    for number, stage in enumerate(("in_review", "draft", "draft", "deferred"), 1):
        world.requirement("analyst", title=f"Requirement {number}", statement="x", tier="must", stage=stage)
    world.acceptance("analyst", given=["a"], accepts=["REQ-1", "REQ-2"])
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
    return world


def ask(world: World, *signers: str, rule: str = "all", subject: str = "BL-1", by: str = "project_manager") -> int:
    with world.write(by) as scene:
        wanted = signers or ("business_owner",)
        made = actions.request(
            scene.actor, scene.project, subject, "I approve this scope", wanted, rule, date(2027, 1, 4)
        )
        return made.number


def sign(world: World, by: str, number: int = 1, proved: bool = True, **more: Any) -> None:
    with world.write(by) as scene:
        actor = replace(scene.actor, reauthenticated=proved)
        actions.sign(actor, scene.project, queries.signoff_for(actor, scene.project.id, number), **more)


def told(world: World, number: int = 1) -> dict[str, Any]:
    with world.read("analyst") as scene:
        return queries.as_dict(queries.page_of(scene.actor, queries.signoff_for(scene.actor, scene.project.id, number)))


def stages(world: World) -> dict[str, str]:
    with world.read() as scene:
        return {f"REQ-{n}": item_for(scene.actor, scene.project.id, f"REQ-{n}").stage for n in range(1, 5)}


def edit(world: World, key: str, change: str = "", **values: Any) -> None:
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), values, change=change)


def test_signing_approves_what_still_is_what_was_signed(scope: World) -> None:
    ask(scope)
    edit(scope, "REQ-3", statement="moved")
    edit(scope, "REQ-2", rationale="a working fact")
    assert told(scope)["state"] == "requested"
    sign(scope, "business_owner", address="10.0.0.7", device="phone", zone="Europe/Berlin")
    assert stages(scope) == {"REQ-1": "approved", "REQ-2": "approved", "REQ-3": "draft", "REQ-4": "deferred"}
    page = told(scope)
    assert (page["state"], page["carried_by"], page["moved_since"]) == ("signed", [], ["REQ-3"])
    (given,) = page["signatures"]
    assert given["signer"] == "business_owner" and given["signer_name"] == "陈立群"
    assert given["fingerprint"] == page["fingerprint"] and given["meaning"] == "I approve this scope"
    assert (given["zone"], given["method"], given["roles"]) == ("Europe/Berlin", "password", ["business_owner"])
    with scope.read() as scene:
        row = db.session.execute(select(Signature)).scalar_one()
        assert (row.address, row.device) == ("10.0.0.7", "phone")
        events = db.session.execute(
            select(Event)
            .where(Event.project_id == scene.project.id, Event.actor == "business_owner")
            .order_by(Event.seq)
        ).scalars()
        done = [(event.action, event.subject) for event in events]
    assert done == [("signoff.signed", "SGN-1"), ("requirement.moved", "REQ-1"), ("requirement.moved", "REQ-2")]


def test_an_acceptance_scenario_that_moved_holds_its_requirements_back(scope: World) -> None:
    ask(scope)
    edit(scope, "ACC-1", given=["b"])
    sign(scope, "business_owner")
    assert stages(scope) == {"REQ-1": "in_review", "REQ-2": "draft", "REQ-3": "approved", "REQ-4": "deferred"}


def test_what_moved_and_moved_back_is_what_was_signed(scope: World) -> None:
    ask(scope)
    edit(scope, "REQ-2", statement="y")
    edit(scope, "REQ-2", statement="x")
    sign(scope, "business_owner")
    assert stages(scope)["REQ-2"] == "approved"


def test_nobody_signs_without_proving_who_they_are(scope: World) -> None:
    ask(scope)
    with pytest.raises(Refused) as refused:
        sign(scope, "business_owner", proved=False)
    assert (refused.value.status, refused.value.reasons[0].field) == (403, "password")
    assert told(scope)["signatures"] == []


def test_only_those_asked_sign_and_once(scope: World) -> None:
    ask(scope, "business_owner", "sponsor")
    for other in ("project_manager", "analyst", "tester"):
        with pytest.raises(Refused) as refused:
            sign(scope, other)
        assert refused.value.status == 403
    sign(scope, "business_owner")
    with pytest.raises(Refused) as refused:
        sign(scope, "business_owner")
    assert refused.value.status == 409
    with pytest.raises(NotFound):
        sign(scope, "outsider")


def test_the_command_line_cannot_sign(scope: World) -> None:
    ask(scope)
    with pytest.raises(Refused):
        sign(scope, "")


def test_who_lost_the_role_cannot_sign_any_more(scope: World) -> None:
    from reqtrack.accounts import actions as accounts

    ask(scope)
    with scope.write() as scene:
        accounts.end_role(scene.actor, scene.project, scope.user_row("business_owner"), "business_owner")
        accounts.set_role(scene.actor, scene.project, scope.user_row("business_owner"), "tester")
    with pytest.raises(Refused):
        sign(scope, "business_owner")


def test_all_must_sign_or_any_one(scope: World) -> None:
    ask(scope, "business_owner", "sponsor")
    sign(scope, "sponsor")
    assert told(scope)["state"] == "requested"
    assert stages(scope)["REQ-1"] == "in_review"
    sign(scope, "business_owner")
    assert told(scope)["state"] == "signed"
    ask(scope, "business_owner", "sponsor", rule="any")
    sign(scope, "sponsor", 2)
    assert told(scope, 2)["state"] == "signed"
    with pytest.raises(Refused) as refused:
        sign(scope, "business_owner", 2)
    assert refused.value.status == 409


def test_declining_ends_a_request_unless_another_may_still_sign(scope: World) -> None:
    ask(scope, "business_owner", "sponsor")
    ask(scope, "business_owner", "sponsor", rule="any")
    for number, state in ((1, "declined"), (2, "requested")):
        with scope.write("sponsor") as scene:
            found = queries.signoff_for(scene.actor, scene.project.id, number)
            with pytest.raises(Invalid):
                actions.decline(scene.actor, scene.project, found, " ")
            actions.decline(scene.actor, scene.project, found, "缺少报表")
        page = told(scope, number)
        assert page["state"] == state
        assert page["signatures"][0]["outcome"] == "declined" and page["signatures"][0]["reason"] == "缺少报表"
    sign(scope, "business_owner", 2)
    assert told(scope, 2)["state"] == "signed"


def test_a_signature_that_is_withdrawn_unlocks_nothing(scope: World) -> None:
    ask(scope)
    sign(scope, "business_owner")
    for by, reason, error in (
        ("sponsor", "x", Refused),
        ("project_manager", "x", Refused),
        ("business_owner", "", Invalid),
    ):
        with pytest.raises(error), scope.write(by) as scene:
            actions.withdraw(scene.actor, scene.project, queries.signoff_for(scene.actor, scene.project.id, 1), reason)
    complete = told(scope)
    assert complete["completed_at"] == complete["settled_at"] and complete["withdrawn_at"] is None
    with scope.write("business_owner") as scene:
        actions.withdraw(scene.actor, scene.project, queries.signoff_for(scene.actor, scene.project.id, 1), "看错了")
    page = told(scope)
    assert page["state"] == "withdrawn"
    # When it was complete stays known, beside when it was withdrawn; so does what it brought.
    assert (page["completed_at"], page["settled_at"]) == (complete["completed_at"], complete["settled_at"])
    assert page["withdrawn_at"] > complete["completed_at"]
    with scope.read("analyst") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        assert queries.approved_by(signoff) == 3
        assert queries.page_of(scene.actor, signoff).withdrawal.reason == "看错了"
    assert stages(scope)["REQ-1"] == "approved"
    with pytest.raises(Refused):
        edit(scope, "REQ-1", statement="y")
    with scope.app.app_context():
        assert verify().ok


def test_a_request_that_is_withdrawn_was_never_complete(scope: World) -> None:
    ask(scope)
    with scope.write("project_manager") as scene:
        actions.withdraw(
            scene.actor, scene.project, queries.signoff_for(scene.actor, scene.project.id, 1), "wrong people"
        )
    page = told(scope)
    assert page["completed_at"] is None and page["withdrawn_at"] == page["settled_at"] is not None
    with scope.app.app_context():
        assert verify().ok


def test_what_a_request_needs(scope: World) -> None:
    for by in ("tester", "sponsor", "auditor", "implementer", "contributor"):
        with pytest.raises(Refused):
            ask(scope, by=by)
    for wrong, field in (
        ({"signers": ["tester"]}, "signers"), ({"signers": []}, "signers"), ({"signers": ["outsider"]}, "signers"),
        ({"signers": ["nobody"]}, "signers"), ({"meaning": " "}, "meaning"), ({"meaning": "x" * 2_001}, "meaning"),
        ({"subject": "BL-9"}, "subject"), ({"subject": "REQ-1"}, "subject"), ({"subject": ""}, "subject"),
        ({"subject": "BL-"}, "subject"), ({"rule": "most"}, "rule"),
    ):  # fmt: skip
        given = {"subject": "BL-1", "meaning": "I approve", "signers": ["business_owner"], **wrong}
        with pytest.raises(Invalid) as refused, scope.write("analyst") as scene:
            actions.request(scene.actor, scene.project, **given)
        assert {reason.field for reason in refused.value.reasons} == {field}, wrong
    with scope.write("analyst") as scene:
        made = actions.request(scene.actor, scene.project, "bl-1", "yes", ["business_owner", "business_owner"])
        assert (made.subject, made.key) == ("BL-1", "SGN-1")


def test_what_waits_for_a_signature_is_in_the_signers_work(scope: World) -> None:
    assert waiting(scope, "business_owner") == []
    ask(scope, "business_owner", "sponsor")
    (one,) = waiting(scope, "business_owner")
    assert (one.project_key, one.kind, one.key, one.due_on) == ("CRM", "sign", "SGN-1", date(2027, 1, 4))
    assert "Scope 1" in one.title
    assert waiting(scope, "project_manager") == waiting(scope, "tester") == []
    sign(scope, "business_owner")
    assert waiting(scope, "business_owner") == []
    assert len(waiting(scope, "sponsor")) == 1
    sign(scope, "sponsor")
    assert waiting(scope, "sponsor") == []


def waiting(world: World, login: str) -> list[Any]:
    with world.read(login) as scene:
        return queries.waiting_for(scene.actor)


def test_the_event_tells_what_the_signature_brought(scope: World) -> None:
    ask(scope)
    edit(scope, "REQ-3", statement="moved")
    sign(scope, "business_owner")
    with scope.read() as scene:
        found = db.session.execute(
            select(Event.after).where(Event.project_id == scene.project.id, Event.action == "signoff.signed")
        ).scalar_one()
    after = json.loads(found)
    assert (after["state"], after["approved"], after["moved_since"]) == ("signed", 2, ["REQ-3"])


def test_the_words_that_are_proposed_are_signed_in_the_language_of_each(world: World) -> None:
    """Whoever asks in Chinese, who reads English signs in English; what somebody wrote themselves stays as it is written."""
    world.cast()
    world.requirement(title="One", statement="x", stage="in_review")
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
    for wanted in subjects.KINDS["BL"].said.values():
        with world.write("project_manager") as scene:
            actions.request(scene.actor, scene.project, "BL-1", wanted, ["business_owner", "sponsor"])
    with world.write("project_manager") as scene:
        actions.request(scene.actor, scene.project, "BL-1", "我同意，但先试点", ["business_owner", "sponsor"])
    english, chinese = world.client("business_owner"), world.client("sponsor", language="zh-CN")
    for number, words in ((1, None), (2, None), (3, "我同意，但先试点")):
        for client, own in ((english, "I approve this scope."), (chinese, "我批准这个范围。")):
            assert f"<q>{words or own}</q>" in client.get(f"/p/CRM/signoffs/{number}").text
            assert client.send(f"/p/CRM/signoffs/{number}", {"outcome": "signed"}).status_code == 303
        signed = {row["signer"]: row["meaning"] for row in told(world, number)["signatures"]}
        assert signed == {
            "business_owner": words or "I approve this scope.", "sponsor": words or "我批准这个范围。"
        }  # fmt: skip
    with world.app.app_context():
        assert verify().ok
    for kind in subjects.KINDS.values():
        for name, locale in (("en", "en"), ("zh", "zh_Hans_CN")):
            with world.app.test_request_context(), force_locale(locale):
                assert str(kind.meaning) == kind.said[name]
