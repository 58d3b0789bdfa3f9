"""One's own account, and all accounts for administrators."""

from __future__ import annotations

import re

from sqlalchemy import select

from reqtrack.accounts import actions
from reqtrack.accounts.models import SignIn, Token, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from reqtrack.permissions import ROLES
from tests.support.world import OPERATOR, PASSWORD, World


def browsers_of(world: World, login: str) -> list[str]:
    with world.read():
        wanted = (
            select(SignIn.id)
            .join(User, User.id == SignIn.user_id)
            .where(User.login == login, SignIn.ended_at.is_(None))
        )
        return list(db.session.execute(wanted.order_by(SignIn.made_at)).scalars())


# -- mine --------------------------------------------------------------------------------------------------------------


def test_i_change_name_mail_and_language(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    answer = browser.send("/account", {"name": "王海涛", "email": "w@example.com", "locale": "zh_Hans_CN"})
    assert answer.status_code == 303
    shown = browser.get("/account").text
    assert 'value="王海涛"' in shown and 'value="w@example.com"' in shown and 'lang="zh-Hans"' in shown
    assert browser.send("/account", {"name": " ", "email": "x", "locale": ""}).status_code == 422
    assert browser.send("/account", {"name": "Wang", "email": "not one", "locale": ""}).status_code == 422
    assert browser.send("/account", {"name": "Wang", "email": "", "locale": "tlh", "is_admin": "1"}).status_code == 303
    with world.read() as _:
        row = world.user_row("wang")
        assert (row.name, row.email, row.locale, row.is_admin) == ("Wang", None, "", False)


def test_changing_the_password_ends_all_other_browsers(world: World) -> None:
    """S3."""
    world.user("wang")
    here, there = world.client("wang"), world.client("wang")
    wrong = here.send("/account/password", {"current": "wrong", "password": "a new password"})
    assert wrong.status_code == 422 and "This is not your password" in wrong.text
    assert here.send("/account/password", {"current": PASSWORD, "password": "wang"}).status_code == 422
    before = here.get_cookie("reqtrack")
    assert here.send("/account/password", {"current": PASSWORD, "password": "a new password"}).status_code == 303
    assert here.get("/account").status_code == 200, "this browser goes on"
    assert there.get("/account").status_code == 303
    assert before is not None
    there.set_cookie("reqtrack", before.value)
    assert there.get("/account").status_code == 303, "under a new session"
    assert world.client().send("/sign-in", {"login": "wang", "password": PASSWORD}).status_code == 403


def test_wrong_passwords_on_the_account_page_count_too(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    for _ in range(8):
        browser.send("/account/password", {"current": "wrong", "password": "a new password"})
    answer = browser.send("/account/password", {"current": PASSWORD, "password": "a new password"})
    assert answer.status_code == 422 and "rests" in answer.text


def test_i_end_one_browser_or_all_others(world: World) -> None:
    world.user("wang")
    world.user("zhao")
    here = world.client("wang")
    others = [world.client("wang") for _ in range(3)]
    zhao = world.client("zhao")
    second = browsers_of(world, "wang")[1]
    assert here.send(f"/account/browsers/{second}/end").status_code == 303
    assert [one.get("/").status_code for one in others] == [303, 200, 200]
    stranger = browsers_of(world, "zhao")[0]
    assert here.send(f"/account/browsers/{stranger}/end").status_code == 404, "A1"
    assert here.send("/account/browsers/end").status_code == 303
    assert [one.get("/").status_code for one in others] == [303, 303, 303]
    assert here.get("/").status_code == 200
    assert zhao.get("/").status_code == 200


def test_a_token_is_shown_once_and_can_be_ended(world: World) -> None:
    """S8."""
    world.user("wang")
    world.user("zhao")
    browser = world.client("wang")
    made = browser.send("/account/tokens", {"name": "nightly export", "scope": "read"})
    found = re.search(r"rt_[\w-]+", made.text)
    assert made.status_code == 201 and found is not None
    secret = found[0]
    assert secret not in browser.get("/account").text
    with world.read():
        row = db.session.execute(select(Token)).scalar_one()
        assert (row.digest, row.name, row.scope) == (digest_of(secret), "nightly export", "read")
        number = row.id
    bearer = {"Authorization": f"Bearer {secret}"}
    program = world.client()
    assert program.get("/account", headers=bearer, buffered=True).status_code == 200
    assert "never used" not in browser.get("/account").text
    assert program.post("/account", data={"name": "x"}, headers=bearer).status_code == 403, "it may only read"
    assert world.client("zhao").send(f"/account/tokens/{number}/end").status_code == 404
    assert browser.send(f"/account/tokens/{number}/end").status_code == 303
    assert program.get("/account", headers=bearer).status_code == 401


def test_a_token_reaches_no_further_than_its_owner(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    assert browser.send("/account/tokens", {"name": "x", "scope": "everything"}).status_code == 422
    made = browser.send("/account/tokens", {"name": "x", "scope": "admin"})
    found = re.search(r"rt_[\w-]+", made.text)
    assert found is not None
    assert world.client().get("/users", headers={"Authorization": f"Bearer {found[0]}"}).status_code == 403


def test_a_scope_is_offered_to_those_it_serves(world: World) -> None:
    world.cast()
    world.user("admin", admin=True)
    offered = {
        login: 'value="admin"' in world.client(login).get("/account").text for login in (*ROLES, "admin", "outsider")
    }
    assert {login for login, there in offered.items() if there} == {"admin", "project_manager"}


# -- all accounts ------------------------------------------------------------------------------------------------------


def test_only_administrators_see_accounts(world: World) -> None:
    world.cast()
    number = world.people["analyst"].id
    for login in (*ROLES, "outsider"):
        browser = world.client(login)
        assert browser.get("/users").status_code == 403, login
        assert browser.get(f"/users/{number}").status_code == 403, login
        for path in (
            "",
            f"/{number}/disable",
            f"/{number}/enable",
            f"/{number}/password-link",
            f"/{number}/administrator",
        ):
            assert browser.send(f"/users{path}", {"login": "new", "name": "New"}).status_code == 403, (login, path)
    assert world.client().get("/users").status_code == 303
    assert world.client().send("/users").status_code == 401


def test_an_administrator_makes_an_account_with_a_link(world: World) -> None:
    world.user("admin", admin=True)
    browser = world.client("admin")
    made = browser.send("/users", {"login": "A1024", "name": "孙倩"})
    assert made.status_code == 201
    found = re.search(r"/password/[a-z2-7]{32}", made.text)
    assert found is not None
    assert world.client().send(found[0], {"password": "a new password"}).status_code == 303
    assert world.client().send("/sign-in", {"login": "a1024", "password": "a new password"}).status_code == 303
    assert browser.send("/users", {"login": "a1024", "name": "Another"}).status_code == 422
    assert browser.send("/users", {"login": "", "name": ""}).status_code == 422
    assert "孙倩" in browser.get("/users?q=A10").text and "孙倩" not in browser.get("/users?q=nobody").text


def test_what_helps_a_thief_asks_for_the_password(world: World) -> None:
    world.user("admin", admin=True)
    number = world.user("wang").id
    browser = world.client("admin", proved=False)
    acts = ("password-link", "administrator", "disable", "enable")
    for path in ("/users", *(f"/users/{number}/{act}" for act in acts)):
        asked = browser.send(path, {"login": "n", "name": "N", "is_admin": "1"})
        assert asked.status_code == 403 and f'action="{path}"' in asked.text, path
    with world.read():
        assert not world.user_row("wang").is_admin and world.user_row("wang").active
    assert browser.send(f"/users/{number}/disable", {"password": "not it"}).status_code == 403
    assert browser.send(f"/users/{number}/administrator", {"is_admin": "1", "password": PASSWORD}).status_code == 303
    with world.read():
        assert world.user_row("wang").is_admin


def test_disabling_ends_everything_but_the_name(world: World) -> None:
    """A8."""
    world.cast()
    number = world.people["analyst"].id
    world.user("admin", admin=True)
    with world.write(project=""):
        secret = actions.create_token(OPERATOR, world.user_row("analyst"), "write")
    analyst, admin = world.client("analyst"), world.client("admin")
    assert admin.send(f"/users/{number}/disable").status_code == 303
    assert analyst.get("/").status_code == 303
    assert world.client().get("/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert world.client().send("/sign-in", {"login": "analyst", "password": PASSWORD}).status_code == 403
    assert admin.send(f"/users/{number}/password-link").status_code == 409
    shown = world.client("project_manager").get("/p/CRM/settings").text
    assert "林知夏" in shown and "disabled" in shown
    assert admin.send(f"/users/{number}/enable").status_code == 303
    assert world.client().send("/sign-in", {"login": "analyst", "password": PASSWORD}).status_code == 303
    assert world.client().get("/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_the_last_administrator_stays(world: World) -> None:
    """C2."""
    first = world.user("admin", admin=True).id
    browser = world.client("admin")
    assert browser.send(f"/users/{first}/disable").status_code == 409
    assert browser.send(f"/users/{first}/administrator", {"is_admin": "0"}).status_code == 409
    second = world.user("other", admin=True).id
    assert browser.send(f"/users/{first}/disable").status_code == 409, "nobody disables themselves"
    assert browser.send(f"/users/{second}/disable").status_code == 303
    assert browser.send(f"/users/{first}/administrator", {"is_admin": "0"}).status_code == 409


def test_accounts_come_in_pages(world: World) -> None:
    world.user("admin", admin=True)
    with world.write(project=""):
        for number in range(60):
            actions.create_user(OPERATOR, f"user{number:03}", f"User {number}")
    browser = world.client("admin")
    first = browser.get("/users").text
    assert "user000" in first and "user058" not in first
    assert "user058" in browser.get("/users?after=user048").text


def test_an_unknown_account_is_not_there(world: World) -> None:
    world.user("admin", admin=True)
    browser = world.client("admin")
    assert browser.get("/users/999").status_code == 404
    assert browser.send("/users/999/disable").status_code == 404
