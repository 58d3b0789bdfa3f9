"""One-time links: joining, setting a password, making the first account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions, limits, links, queries
from reqtrack.accounts.models import Invitation, PasswordLink, User
from reqtrack.audit.models import Event
from reqtrack.db import db
from tests.support.world import OPERATOR, PASSWORD, Browser, World

NEW = {"login": "Li.Xiaomei", "name": "李晓梅", "password": "correct horse 电池", "email": ""}


def invitation(world: World, *roles: str, name: str = "李晓梅") -> str:
    """The path of a fresh invitation."""
    with world.write("project_manager") as scene:
        return "/join/" + actions.invite(scene.actor, scene.project, roles or ("analyst",), name)


def link_in(text: str) -> str:
    found = re.search(r'id="link">http://localhost(/[^<]+)<', text)
    assert found is not None
    return found[1]


# -- joining -----------------------------------------------------------------------------------------------------------


def test_a_newcomer_joins_by_a_link(world: World) -> None:
    world.cast()
    path = invitation(world, "analyst", "tester")
    browser = world.client(language="zh")
    shown = browser.get(path)
    assert shown.status_code == 200
    assert "CRM 推广" in shown.text and "周岚" in shown.text, "which project, and who invites"
    assert "project_manager" not in shown.text, "no login of anybody"
    joined = browser.send(path, NEW)
    assert (joined.status_code, joined.location) == (303, "/p/CRM/")
    assert browser.get("/p/CRM/").status_code == 200
    with world.read("li.xiaomei") as scene:
        assert scene.actor.roles_in(scene.project.id) == {"analyst", "tester"}
        assert scene.actor.locale == "zh_Hans_CN", "the language that they read it in"


def test_opening_does_not_use_it_up_and_the_button_does_once(world: World) -> None:
    world.cast()
    path = invitation(world)
    for _ in range(3):
        assert world.client().get(path).status_code == 200
    assert world.client().send(path, NEW).status_code == 303
    second = world.client().send(path, {**NEW, "login": "second"})
    assert second.status_code == 404
    assert "not good any more" in second.text
    assert world.client().get(path).status_code == 404
    with world.read():
        assert db.session.execute(select(User).where(User.login == "second")).first() is None


def test_somebody_with_an_account_joins_by_one_button(world: World) -> None:
    world.cast()
    path = invitation(world, "sponsor")
    browser = world.client()
    assert f"/sign-in?next={path}" in browser.get(path).text
    answer = browser.send("/sign-in", {"login": "outsider", "password": PASSWORD, "next": path})
    assert answer.location == path
    assert 'name="password"' not in browser.get(path).text
    assert browser.send(path).location == "/p/CRM/"
    with world.read("outsider") as scene:
        assert scene.actor.roles_in(scene.project.id) == {"sponsor"}


def test_who_has_the_roles_does_not_spoil_the_link(world: World) -> None:
    world.cast()
    path = invitation(world, "analyst")
    shown = world.client("analyst").get(path)
    assert shown.status_code == 200 and f'action="{path}"' not in shown.text
    assert world.client().send(path, NEW).status_code == 303


def test_a_link_ends_after_its_days_and_when_taken_back(world: World) -> None:
    world.cast()
    late, taken = invitation(world), invitation(world)
    with world.write("project_manager"):
        for row in db.session.execute(select(Invitation).order_by(Invitation.id.desc()).limit(1)).scalars():
            number = row.id
    manager = world.client("project_manager")
    assert manager.send(f"/p/CRM/invitations/{number}/revoke").status_code == 303
    assert world.client().send(taken, NEW).status_code == 404
    with clock.at(clock.now() + timedelta(days=actions.INVITATION_DAYS, minutes=1)):
        assert world.client().get(late).status_code == 404
        assert world.client().send(late, NEW).status_code == 404


def test_a_link_works_in_capitals(world: World) -> None:
    """As a QR code spells it."""
    world.cast()
    path = invitation(world)
    browser = world.client()
    there = browser.get(path.upper())
    assert (there.status_code, there.location) == (303, path)
    assert browser.send(path.upper().replace("/JOIN/", "/join/"), NEW).status_code == 303


def test_what_does_not_fit_is_said_at_once_and_kept(world: World) -> None:
    world.cast()
    path = invitation(world)
    browser = world.client()
    answer = browser.send(path, {"login": "a b", "name": "", "password": "short", "email": "nobody"})
    assert answer.status_code == 422
    assert answer.text.count('id="f-') and all(f'id="f-{name}-error"' in answer.text for name in NEW)
    assert 'value="a b"' in answer.text and "short" not in answer.text.split("</form>")[0].split("password")[-1]
    taken = browser.send(path, {**NEW, "login": "Analyst"})
    assert taken.status_code == 422 and "already" in taken.text
    assert browser.send(path, NEW).status_code == 303, "the link is still good"


def test_joining_is_recorded(world: World) -> None:
    """U2: who came in, by which link, with which roles."""
    world.cast()
    world.client().send(invitation(world, "tester"), NEW)
    with world.read() as scene:
        rows = db.session.execute(
            select(Event.action, Event.actor, Event.subject)
            .where(Event.project_id == scene.project.id)
            .order_by(Event.seq)
        ).all()
        site = db.session.execute(
            select(Event.action, Event.actor).where(Event.project_id == 0).order_by(Event.seq)
        ).all()
    assert [tuple(row) for row in rows[-3:]] == [
        ("invitation.made", "project_manager", "李晓梅"),
        ("invitation.used", "li.xiaomei", "li.xiaomei"),
        ("member.added", "li.xiaomei", "li.xiaomei"),
    ]
    assert tuple(site[-1]) == ("user.created", "li.xiaomei")


def test_links_cannot_be_guessed_quickly(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "link", (limits.parse("3 per minute"),))
    world.cast()
    path = invitation(world)
    browser = world.client()
    assert [browser.get(f"/join/{guess}").status_code for guess in "abcd"] == [404, 404, 404, 429]
    assert browser.send(path, NEW).status_code == 429
    assert browser.get("/password/x").status_code == 429
    assert browser.get("/set-up/x").status_code == 429


def test_printed_codes_cannot_be_guessed_quickly(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "verify", (limits.parse("2 per minute"),))
    browser = world.client()
    answers = [browser.get(f"/V/{number:012X}").status_code for number in range(4)]
    assert answers[0] == answers[1] != 429 and answers[2:] == [429, 429]


def test_only_the_digest_is_kept(world: World) -> None:
    world.cast()
    secret = invitation(world).removeprefix("/join/")
    assert len(secret) == 32 and secret == secret.lower()
    with world.read():
        row = db.session.execute(select(Invitation)).scalar_one()
        assert secret not in (row.digest, row.name) and len(row.digest) == 64


def test_the_page_of_a_new_invitation_shows_it_once_with_a_picture(world: World) -> None:
    world.cast()
    manager = world.client("project_manager")
    made = manager.send("/p/CRM/invitations", {"name": "李晓梅", "roles": ["analyst"]})
    assert made.status_code == 201
    path = link_in(made.text)
    picture = manager.get(f"{path}/qr.png")
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    assert world.client().get(f"{path}/qr.png").status_code == 303, "for who is signed in"
    assert path not in manager.get("/p/CRM/settings").text
    assert world.client().send(path, NEW).status_code == 303


def test_addresses_come_from_the_settings_when_given(make_app: Callable[..., Flask]) -> None:
    """S6: not from the request's Host."""
    world = World(make_app(base_url="http://req.example.com/"))
    world.cast()
    made = world.client("project_manager").send("/p/CRM/invitations", {"roles": ["analyst"]})
    assert "http://req.example.com/join/" in made.text and "localhost" not in made.text


# -- setting a password ------------------------------------------------------------------------------------------------


def password_link(world: World, login: str) -> str:
    with world.write(project=""):
        return "/password/" + actions.make_password_link(OPERATOR, world.user_row(login))


def test_a_link_sets_a_password_once(world: World) -> None:
    world.user("wang", "王海涛", password="")
    path = password_link(world, "wang")
    browser = world.client()
    assert "王海涛" in browser.get(path).text
    assert browser.send(path, {"password": "short"}).status_code == 422
    answer = browser.send(path, {"password": "a new password"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/").status_code == 200
    assert world.client().send(path, {"password": "another password"}).status_code == 404
    assert world.client().send("/sign-in", {"login": "wang", "password": "a new password"}).status_code == 303


def test_a_newer_link_a_password_change_and_time_end_a_link(world: World) -> None:
    world.user("wang")
    first = password_link(world, "wang")
    second = password_link(world, "wang")
    assert world.client().get(first).status_code == 404
    browser = world.client("wang")
    browser.send("/account/password", {"current": PASSWORD, "password": "a new password"})
    assert world.client().get(second).status_code == 404
    third = password_link(world, "wang")
    with clock.at(clock.now() + timedelta(days=actions.PASSWORD_LINK_DAYS, minutes=1)):
        assert world.client().send(third, {"password": "another password"}).status_code == 404
    assert world.client().get(third.upper()).location == third


def test_setting_a_password_signs_out_and_forgets_the_rest(world: World) -> None:
    world.user("wang")
    other = world.client("wang")
    world.client().send(password_link(world, "wang"), {"password": "a new password"})
    assert other.get("/").status_code == 303
    with world.read():
        assert db.session.execute(select(PasswordLink.used_at)).scalar() is not None


def test_a_disabled_account_has_no_way_in_by_a_link(world: World) -> None:
    world.user("wang")
    path = password_link(world, "wang")
    with world.write(project=""):
        actions.disable_user(OPERATOR, world.user_row("wang"))
        actions.enable_user(OPERATOR, world.user_row("wang"))
    assert world.client().send(path, {"password": "a new password"}).status_code == 404


# -- the first account -------------------------------------------------------------------------------------------------


def test_the_set_up_link_makes_one_administrator(app: Flask, world: World) -> None:
    """R4: no default password; the page is open to who holds the link, until there is an account."""
    with world.read():
        path = queries.set_up_path(app)
    browser = world.client()
    assert browser.get("/set-up/" + "a" * 32).status_code == 404
    assert browser.send("/set-up/" + "a" * 32, NEW).status_code == 404
    assert browser.get(path).status_code == 200
    assert browser.send(path, {**NEW, "password": "12345678"}).status_code == 422
    made = browser.send(path, NEW)
    assert (made.status_code, made.location) == (303, "/projects/new")
    assert browser.get("/users").status_code == 200
    assert world.client().get(path).status_code == 404
    assert world.client().send(path, {**NEW, "login": "second"}).status_code == 404


def test_the_set_up_link_is_closed_where_there_are_accounts(app: Flask, world: World) -> None:
    world.user("wang")
    path = "/set-up/" + links.set_up_secret(app)
    with world.read():
        assert queries.set_up_path(app) == ""
    assert world.client().get(path).status_code == 404
    assert world.client().send(path, NEW).status_code == 404


@pytest.mark.parametrize("path", ["/join/x", "/password/x", "/set-up/x"])
def test_a_link_form_without_its_token_is_refused(world: World, path: str) -> None:
    browser: Browser = world.client()
    assert browser.post(path, data=NEW).status_code == 400
