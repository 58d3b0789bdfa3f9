"""The pages of sign-offs, as people walk them."""

from __future__ import annotations

import pytest

from tests.support.world import PASSWORD, World

# The queries and actions behind them are tested on both databases, and the walks open every page on both.
pytestmark = pytest.mark.sqlite


@pytest.fixture
def scope(world: World) -> World:
    """A scope of three requirements with a baseline."""
    world.cast()
    world.scenario("analyst", title="录单", steps=["打开", "填写"])
    world.requirement(
        "analyst", title="新建客户只要三项", statement="只要求三项", tier="must", phase="1", scenarios=["SCN-1"]
    )
    world.requirement("analyst", title="Phones in one format", tier="should")
    world.acceptance("analyst", title="Three fields", given=["a form"], accepts=["REQ-1"])
    world.client("analyst").send("/p/CRM/baselines", {"name": "一期范围"})
    return world


def ask(world: World, **more: object) -> str:
    form = {"subject": "BL-1", "meaning": "我批准这个范围", "signers": ["business_owner"], "rule": "all", **more}
    return world.client("project_manager").send("/p/CRM/signoffs", form).headers["Location"]


def test_from_the_baseline_to_the_signature(scope: World) -> None:
    asked = scope.client("project_manager").get("/p/CRM/baselines/1")
    assert b"/p/CRM/signoffs/new?subject=BL-1" in asked.data
    form = scope.client("project_manager").get("/p/CRM/signoffs/new?subject=BL-1").get_data(as_text=True)
    assert 'value="business_owner" checked' in form
    assert 'value="sponsor" checked' not in form
    assert 'value="tester"' not in form
    place = ask(scope)
    owner = scope.client("business_owner", proved=False)
    page = owner.get(place).get_data(as_text=True)
    assert "我批准这个范围" in page
    assert "新建客户只要三项" in page
    assert 'type="password"' in page
    done = owner.send(place, {"outcome": "signed", "password": PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (303, place)
    after = owner.get(place).get_data(as_text=True)
    assert "2 requirements are approved by it" in after
    assert "陈立群" in after
    assert b"valid" not in owner.get("/p/CRM/i/REQ-1").data or b"BL-1" in owner.get("/p/CRM/i/REQ-1").data
    assert "BL-1" in scope.client("analyst").get("/p/CRM/i/REQ-1").get_data(as_text=True)


def test_without_a_password_one_is_asked_and_nothing_is_signed(scope: World) -> None:
    place = ask(scope)
    owner = scope.client("business_owner", proved=False)
    refused = owner.send(place, {"outcome": "signed"})
    assert refused.status_code == 403
    assert "Type your password to sign." in refused.get_data(as_text=True)
    wrong = owner.send(place, {"outcome": "signed", "seen": "", "password": "wrong"})
    assert wrong.status_code == 403
    # Asked for again on the spot, with all else that was sent.
    again = wrong.get_data(as_text=True)
    assert "This is not your password." in again and 'name="password"' in again
    assert f'action="{place}"' in again and 'name="outcome" value="signed"' in again
    assert scope.client("analyst").get("/p/CRM/i/REQ-1").get_data(as_text=True).count("SGN-1") == 0


def test_what_was_not_seen_is_not_signed(scope: World) -> None:
    place = ask(scope)
    owner = scope.client("business_owner")
    refused = owner.send(place, {"outcome": "signed", "seen": "sha256:" + "0" * 64})
    assert refused.status_code == 409
    assert "is not what you saw" in refused.get_data(as_text=True)


def test_declining_needs_a_reason(scope: World) -> None:
    place = ask(scope)
    owner = scope.client("business_owner", proved=False)
    assert owner.send(place, {"outcome": "declined", "reason": " "}).status_code == 422
    assert owner.send(place, {"outcome": "declined", "reason": "缺少报表"}).status_code == 303
    page = owner.get(place).get_data(as_text=True)
    assert "缺少报表" in page
    assert "Declined" in page


@pytest.mark.parametrize("login", ["analyst", "tester", "sponsor", "project_manager"])
def test_who_is_not_asked_may_not_sign(scope: World, login: str) -> None:
    place = ask(scope)
    other = scope.client(login)
    assert 'name="outcome"' not in other.get(place).get_data(as_text=True)
    assert other.send(place, {"outcome": "signed"}).status_code == 403


def test_a_form_with_faults_keeps_what_was_typed(scope: World) -> None:
    manager = scope.client("project_manager")
    form = {"subject": "BL-1", "meaning": "", "signers": [], "rule": "any", "due_on": "soon"}
    assert manager.send("/p/CRM/signoffs", form).status_code == 422
    form = {"subject": "BL-1", "meaning": "", "signers": [], "rule": "any", "due_on": "2027-01-04"}
    page = manager.send("/p/CRM/signoffs", form)
    assert page.status_code == 422
    assert "Choose who is to sign." in page.get_data(as_text=True)
    assert "2027-01-04" in page.get_data(as_text=True)
    assert manager.get("/p/CRM/signoffs/new?subject=BL-9").status_code == 404
    assert manager.get("/p/CRM/signoffs/new?subject=REQ-1").status_code == 404


def test_a_request_and_a_signature_can_be_withdrawn_by_those_whose_they_are(scope: World) -> None:
    place = ask(scope)
    assert scope.client("analyst").send(f"{place}/withdrawal", {"reason": "x"}).status_code == 403
    assert scope.client("project_manager").send(f"{place}/withdrawal", {"reason": ""}).status_code == 422
    assert scope.client("project_manager").send(f"{place}/withdrawal", {"reason": "wrong people"}).status_code == 303
    place = ask(scope)
    owner = scope.client("business_owner")
    owner.send(place, {"outcome": "signed"})
    assert scope.client("project_manager").send(f"{place}/withdrawal", {"reason": "x"}).status_code == 403
    assert owner.send(f"{place}/withdrawal", {"reason": "我看错了"}).status_code == 303
    page = owner.get(place).get_data(as_text=True)
    assert "Withdrawn" in page and "Complete" in page and "我看错了" in page


def test_lists_in_both_languages(scope: World) -> None:
    place = ask(scope)
    for language in ("en", "zh"):
        client = scope.client("business_owner", language=language)
        for path in ("/p/CRM/signoffs", place, "/p/CRM/baselines", "/p/CRM/baselines/1", "/p/CRM/baselines/compare"):
            assert client.get(path).status_code == 200
    assert scope.client("outsider").get("/p/CRM/signoffs").status_code == 404


def test_an_implementer_sees_agreed_requirements_only(scope: World) -> None:
    place = ask(scope)
    page = scope.client("implementer").get(place).get_data(as_text=True)
    assert "新建客户只要三项" not in page
    assert "4 items you may not see" in page
    scope.client("business_owner").send(place, {"outcome": "signed"})
    assert "新建客户只要三项" in scope.client("implementer").get(place).get_data(as_text=True)


def test_a_printed_code_tells_kind_date_and_state_and_nothing_else(scope: World) -> None:
    place = ask(scope)
    with scope.read("analyst") as scene:
        from reqtrack.baselines.queries import baseline_for

        code = baseline_for(scene.actor, scene.project.id, 1).fingerprint.removeprefix("sha256:")
    anybody = scope.client()
    page = anybody.get(f"/V/{code[:12].upper()}").get_data(as_text=True)
    assert page.count("Genuine and current") == 1
    scope.client("business_owner").send(place, {"outcome": "signed"})
    page = anybody.get(f"/v/{code[:12]}").get_data(as_text=True)
    assert page.count("Genuine and current") == 2
    for secret in ("CRM", "一期范围", "陈立群", "新建客户", code[12:]):
        assert secret not in page
    scope.client("business_owner").send(f"{place}/withdrawal", {"reason": "x"})
    page = anybody.get(f"/v/{code[:12]}").get_data(as_text=True)
    assert page.count("something newer has taken its place") == 2
    assert "No such document" in anybody.get(f"/V/{'0' * 12}").get_data(as_text=True)
    for odd in ("0", "zzzzzzzzzzzz", code[:11], "../etc", "%00" * 12, "a" * 65):
        assert anybody.get(f"/V/{odd}").status_code == 404


def test_a_baseline_without_an_owner_offers_to_invite_one(world: World) -> None:
    world.project()
    world.member("lead", "project_manager")
    world.requirement()
    lead = world.client("lead")
    lead.send("/p/CRM/baselines", {"name": "Scope 1"})
    place = "/p/CRM/baselines/1"
    page = lead.get(place).get_data(as_text=True)
    assert 'action="/p/CRM/invitations"' in page and "Ask somebody else to sign" in page
    made = lead.send("/p/CRM/invitations", {"roles": "business_owner", "next": place + "#sign-off"})
    assert made.status_code == 201 and f'href="{place}#sign-off"' in made.get_data(as_text=True)
    elsewhere = lead.send("/p/CRM/invitations", {"roles": "business_owner", "next": "https://example.org/"})
    assert "example.org" not in elsewhere.get_data(as_text=True)
    world.member("owner", "business_owner")
    page = lead.get(place).get_data(as_text=True)
    assert 'action="/p/CRM/invitations"' not in page
    assert 'name="signers" value="owner" checked' in page
    asked = lead.send(
        "/p/CRM/signoffs", {"subject": "BL-1", "rule": "all", "meaning": "I approve this scope", "signers": "owner"}
    )
    assert asked.status_code == 303
    assert 'name="signers"' not in lead.get(place).get_data(as_text=True)
