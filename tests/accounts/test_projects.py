"""Projects, their settings, who is in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from reqtrack.accounts import actions, queries
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.permissions import ROLES
from reqtrack.requirements.queries import phases
from tests.support.world import OPERATOR, World

MANAGERS = {"project_manager"}


def main(text: str) -> str:
    """What a page says, without its frame and its form token."""
    return text[text.index("<main") : text.index("</main>")]


def settings(world: World) -> Project:
    found = db.session.execute(select(Project).where(Project.key == "CRM")).scalar_one()
    db.session.refresh(found)
    return found


# -- a new project -----------------------------------------------------------------------------------------------------


def test_a_name_is_enough(world: World) -> None:
    world.user("wang", locale="zh_Hans_CN")
    browser = world.client("wang")
    assert 'action="/projects"' in browser.get("/").text, "an empty My work begins one"
    made = browser.send("/projects", {"name": "  Customer  relations management "})
    assert (made.status_code, made.location) == (303, "/p/CRM/")
    with world.read("wang", project="CRM") as scene:
        row = settings(world)
        assert (row.name, row.zone, row.currency, row.day_rate) == (
            "Customer relations management", "Asia/Shanghai", "CNY", None,
        )  # fmt: skip
        assert scene.actor.roles_in(row.id) == {"project_manager"}
        assert [phase.name for phase in phases(row.id)] == ["第一阶段"]


def test_all_else_can_be_said_when_known(world: World) -> None:
    world.user("wang")
    fields = {
        "name": "CRM", "key": "sales", "zone": "Europe/Berlin", "currency": "eur", "day_rate": "1,250.50",
        "starts_on": "2027-01-04", "ends_on": "2027-06-30", "capacity_days": "60",
    }  # fmt: skip
    assert world.client("wang").send("/projects", fields).location == "/p/SALES/"
    with world.read():
        row = db.session.execute(select(Project)).scalar_one()
        assert (row.key, row.zone, row.currency, row.day_rate) == ("SALES", "Europe/Berlin", "EUR", Decimal("1250.5"))
        assert (row.starts_on, row.ends_on) == (date(2027, 1, 4), date(2027, 6, 30))
        assert [phase.capacity_days for phase in phases(row.id)] == [Decimal(60)]


def test_what_does_not_fit_makes_no_project(world: World) -> None:
    world.cast()
    browser = world.client("outsider")
    for wrong in (
        {"name": " "},
        {"name": "x", "key": "crm"},
        {"name": "x", "key": "1x"},
        {"name": "x", "zone": "Mars/Olympus"},
        {"name": "x", "zone": "../../etc/passwd"},
        {"name": "x", "currency": "yuan"},
        {"name": "x", "day_rate": "much"},
        {"name": "x", "day_rate": "-1"},
        {"name": "x", "starts_on": "soon"},
        {"name": "x", "capacity_days": "lots"},
    ):
        answer = browser.send("/projects", wrong)
        assert answer.status_code == 422, wrong
        assert 'aria-invalid="true"' in answer.text, wrong
    with world.read():
        assert db.session.execute(select(Project.key)).scalars().all() == ["CRM"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("CRM for sales and service", "CRM"), ("新 ERP 上线", "ERP"), ("Order to Cash", "OTC"), ("NEW CRM", "NC"), ("Kontor", "KONTOR"),
        ("客户", "P1"), ("Phase 2 of SAP4", "SAP4"),
    ],
)  # fmt: skip
def test_a_key_is_proposed_from_a_name(world: World, name: str, key: str) -> None:
    with world.read():
        assert actions.propose_key(name) == key


def test_keys_are_proposed_free(world: World) -> None:
    made = []
    for name in ("Customer Relations", "Customer Relations", "客户管理", "客户管理", "X"):
        with world.write(project="") as _:
            made.append(actions.create_project(OPERATOR, name).key)
    assert made == ["CR", "CR2", "P1", "P2", "P3"]


def test_my_projects_are_those_i_am_in(world: World) -> None:
    world.cast()
    world.project("ERP", "ERP 升级")
    world.member("analyst", "tester", project="ERP")
    shown = world.client("analyst").get("/projects").text
    assert "CRM 推广" in shown and "ERP 升级" in shown and "Tester" in shown
    assert "ERP 升级" not in world.client("tester").get("/projects").text
    assert "You are in no project yet" in world.client("outsider").get("/projects").text


# -- settings ----------------------------------------------------------------------------------------------------------


def test_the_manager_changes_settings_and_nobody_else(world: World) -> None:
    world.cast()
    for login in ROLES:
        browser = world.client(login)
        with world.read():
            seen = settings(world).version
        answer = browser.send("/p/CRM/settings", {"name": f"by {login}", "day_rate": "1800", "seen": str(seen)})
        assert answer.status_code == (303 if login in MANAGERS else 403), login
        shown = browser.get("/p/CRM/settings")
        assert shown.status_code == 200
        assert ('action="/p/CRM/settings"' in shown.text) == (login in MANAGERS), login
    with world.read():
        assert settings(world).name == "by project_manager"


def test_costs_are_for_those_who_may_see_them(world: World) -> None:
    """A5."""
    world.cast()
    with world.write("project_manager") as scene:
        actions.change_project(scene.actor, scene.project, {"day_rate": Decimal(1843)})
    seen = {login for login in ROLES if "843" in world.client(login).get("/p/CRM/settings").text}
    assert seen == {"project_manager", "business_owner", "analyst", "sponsor", "auditor"}


def test_outsiders_find_nothing(world: World) -> None:
    """A1: as if it were not there."""
    world.cast()
    world.user("admin", admin=True)
    for login in ("outsider", "admin"):
        browser = world.client(login)
        hidden, missing = browser.get("/p/CRM/settings"), browser.get("/p/NONE/settings")
        assert hidden.status_code == missing.status_code == 404
        assert main(hidden.text).replace("CRM", "…") == main(missing.text).replace("NONE", "…")
        assert browser.send("/p/CRM/settings", {"name": "x"}).status_code == 404


def test_two_who_edit_settings_see_both_texts(world: World) -> None:
    """C1."""
    world.cast()
    browser = world.client("project_manager")
    with world.read():
        seen = str(settings(world).version)
    form = {"starts_on": "", "ends_on": "", "day_rate": "", "currency": "CNY", "zone": "Asia/Shanghai", "seen": seen}
    assert browser.send("/p/CRM/settings", {**form, "name": "Theirs"}).status_code == 303
    answer = browser.send("/p/CRM/settings", {**form, "name": "Mine", "currency": "EUR"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text and "Mine" in answer.text
    assert f'name="seen" value="{int(seen) + 1}"' in answer.text and 'name="zone" value="Asia/Shanghai"' in answer.text
    again = {**form, "name": "Mine", "currency": "EUR", "seen": str(int(seen) + 1)}
    assert browser.send("/p/CRM/settings", again).status_code == 303
    assert browser.send("/p/CRM/settings", {**form, "name": "No version", "seen": ""}).status_code == 422


def test_what_does_not_fit_is_said_at_its_field(world: World) -> None:
    world.cast()
    browser = world.client("project_manager")
    with world.read():
        seen = str(settings(world).version)
    answer = browser.send("/p/CRM/settings", {"name": "", "day_rate": "x", "seen": seen})
    assert answer.status_code == 422 and 'id="f-name-error"' in answer.text and 'id="f-day_rate-error"' in answer.text
    wrong = browser.send(
        "/p/CRM/settings", {"name": "Kept", "starts_on": "2027-02-01", "ends_on": "2027-01-01", "seen": seen}
    )
    assert wrong.status_code == 422 and 'value="Kept"' in wrong.text and 'id="f-ends_on-error"' in wrong.text


# -- members -----------------------------------------------------------------------------------------------------------


def test_the_manager_gives_and_takes_roles_at_once(world: World) -> None:
    """A8: the next request counts."""
    world.cast()
    manager, outsider = world.client("project_manager"), world.client("outsider")
    assert outsider.get("/p/CRM/").status_code == 404
    assert manager.send("/p/CRM/members", {"login": "Outsider ", "roles": ["tester", "sponsor"]}).status_code == 303
    assert outsider.get("/p/CRM/").status_code == 200
    number = world.people["outsider"].id
    for role in ("tester", "sponsor"):
        assert outsider.get("/p/CRM/").status_code == 200
        assert manager.send(f"/p/CRM/members/{number}/end", {"role": role}).status_code == 303
    assert outsider.get("/p/CRM/").status_code == 404
    assert manager.send(f"/p/CRM/members/{number}/end", {"role": "tester"}).status_code == 404


def test_nobody_else_gives_roles_or_invites(world: World) -> None:
    """A6, A9: not even to themselves."""
    world.cast()
    for login in set(ROLES) - MANAGERS:
        browser = world.client(login)
        number = world.people[login].id
        for path, fields in (
            ("members", {"login": login, "roles": ["project_manager"]}),
            (f"members/{number}/end", {"role": login}),
            ("invitations", {"roles": ["project_manager"]}),
            ("invitations/1/revoke", {}),
        ):
            assert browser.send(f"/p/CRM/{path}", fields).status_code == 403, (login, path)
        assert "/p/CRM/invitations" not in browser.get("/p/CRM/settings").text
    with world.read():
        project = queries.project_for(OPERATOR, "CRM")
        assert {one.login: one.roles for one in queries.members(project.id)} == {role: (role,) for role in ROLES}


def test_a_project_keeps_a_manager(world: World) -> None:
    """C2."""
    world.cast()
    manager = world.client("project_manager")
    number = world.people["project_manager"].id
    assert manager.send(f"/p/CRM/members/{number}/end", {"role": "project_manager"}).status_code == 409
    manager.send("/p/CRM/members", {"login": "analyst", "roles": ["project_manager"]})
    assert manager.send(f"/p/CRM/members/{number}/end", {"role": "project_manager"}).status_code == 303
    assert manager.get("/p/CRM/settings").status_code == 404, "gone with the next request"


def test_what_cannot_be_added_is_said(world: World) -> None:
    world.cast()
    manager = world.client("project_manager")
    for fields, status in (
        ({"login": "nobody", "roles": ["tester"]}, 422),
        ({"login": "outsider"}, 422),
        ({"login": "outsider", "roles": ["administrator"]}, 422),
    ):
        assert manager.send("/p/CRM/members", fields).status_code == status
    assert manager.send("/p/CRM/invitations", {"name": "x"}).status_code == 422
    with world.write(project=""):
        actions.disable_user(OPERATOR, world.user_row("outsider"))
    assert manager.send("/p/CRM/members", {"login": "outsider", "roles": ["tester"]}).status_code == 409


def test_an_invitation_of_another_project_is_not_there(world: World) -> None:
    """A1."""
    world.cast()
    world.project("ERP", "ERP")
    world.member("outsider", "project_manager", project="ERP")
    with world.write("project_manager") as scene:
        actions.invite(scene.actor, scene.project, ["tester"])
        number = queries.invitations(scene.project.id)[0].id
    assert world.client("outsider").send(f"/p/ERP/invitations/{number}/revoke").status_code == 404
    assert world.client("project_manager").send(f"/p/CRM/invitations/{number}/revoke").status_code == 303


def test_actions_ask_too(world: World) -> None:
    """Whoever calls them: pages, the API, an import."""
    world.cast()
    with world.write("analyst") as scene:
        somebody = world.user_row("outsider")
        for refused in (
            lambda: actions.set_role(scene.actor, scene.project, somebody, "tester"),
            lambda: actions.end_role(scene.actor, scene.project, world.user_row("tester"), "tester"),
            lambda: actions.invite(scene.actor, scene.project, ["tester"]),
            lambda: actions.change_project(scene.actor, scene.project, {"name": "x"}),
            lambda: actions.create_user(scene.actor, "new", "New"),
            lambda: actions.disable_user(scene.actor, somebody),
            lambda: actions.set_password(scene.actor, somebody, "hash"),
            lambda: actions.make_password_link(scene.actor, somebody),
            lambda: actions.create_token(scene.actor, somebody, "read"),
            lambda: actions.change_account(scene.actor, somebody, {"name": "x"}),
            lambda: actions.set_administrator(scene.actor, somebody, True),
        ):
            with pytest.raises(Refused) as error:
                refused()
            assert error.value.status == 403
        for invalid in (
            lambda: actions.set_role(OPERATOR, scene.project, somebody, "administrator"),
            lambda: actions.change_project(OPERATOR, scene.project, {"zone": "Mars/Olympus"}),
            lambda: actions.change_project(OPERATOR, scene.project, {"zone": None}),
            lambda: actions.change_project(OPERATOR, scene.project, {"currency": "yuan"}),
            lambda: actions.change_project(
                OPERATOR, scene.project, {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 1, 1)}
            ),
            lambda: actions.create_project(OPERATOR, "ERP", "ERP", {"zone": "../../etc/passwd"}),
        ):
            with pytest.raises(Invalid):
                invalid()


# -- phases ------------------------------------------------------------------------------------------------------------


def test_phases_are_planned_in_the_settings(world: World) -> None:
    world.cast()
    manager = world.client("project_manager")
    assert "capacity not given yet" in manager.get("/p/CRM/settings").text
    fields = {"name": "二期", "starts_on": "2027-02-01", "ends_on": "2027-03-31", "capacity_days": "80"}
    assert manager.send("/p/CRM/phases", fields).status_code == 303
    assert "80 person-days" in manager.get("/p/CRM/settings").text
    assert manager.send("/p/CRM/phases", fields).status_code == 422, "that name is taken"
    changed = {**fields, "name": "二期 服务", "capacity_days": "", "seen": "1"}
    assert manager.send("/p/CRM/phases/2", changed).status_code == 303
    stale = manager.send("/p/CRM/phases/2", {**changed, "name": "late"})
    assert stale.status_code == 409 and 'value="late"' in stale.text
    for wrong in ({"ends_on": "2027-01-01"}, {"capacity_days": "much"}, {"name": ""}, {"seen": ""}):
        answer = manager.send("/p/CRM/phases/2", {**changed, "seen": "2", **wrong})
        assert answer.status_code == 422, wrong
    assert manager.send("/p/CRM/phases/9", changed).status_code == 404
    with world.read() as scene:
        assert [(one.name, one.capacity_days) for one in phases(scene.project.id)][1:] == [("二期 服务", None)]


def test_phases_are_planned_by_those_who_may(world: World) -> None:
    world.cast()
    for login in ROLES:
        answer = world.client(login).send("/p/CRM/phases", {"name": f"by {login}"})
        assert answer.status_code == (303 if login in ("project_manager", "analyst") else 403), login


def test_every_form_needs_its_token(world: World) -> None:
    """S4."""
    world.cast()
    browser = world.client("project_manager")
    for path in (
        "/projects", "/p/CRM/settings", "/p/CRM/members", "/p/CRM/members/1/end", "/p/CRM/invitations",
        "/p/CRM/invitations/1/revoke", "/p/CRM/phases", "/p/CRM/phases/1", "/p/CRM/first-week/list/skip", "/account",
        "/account/password", "/account/tokens", "/account/browsers/end",
    ):  # fmt: skip
        assert browser.post(path, data={"name": "x"}).status_code == 400, path
        assert browser.post(path, data={"name": "x", "csrf_token": "forged"}).status_code == 400, path
