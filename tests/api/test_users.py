"""Accounts over the API: with the scope for it, and the password of who does it."""

from __future__ import annotations

import re

from reqtrack.accounts.models import PasswordLink
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from tests.support.caller import Caller
from tests.support.world import PASSWORD, World

U = "/api/v1/users"


def test_an_account_from_its_making_to_its_end(world: World) -> None:
    world.user("admin", admin=True)
    caller = Caller(world, "admin", "admin")
    made = caller("POST", U, {"login": "A1024", "name": "孙倩", "email": "sun@example.com", "password": PASSWORD})
    assert made.status_code == 201, made.text
    told = {
        "login": "a1024",
        "name": "孙倩",
        "email": "sun@example.com",
        "active": True,
        "is_admin": False,
        "has_password": False,
    }
    assert told.items() <= made.json.items()
    one = f"{U}/{made.json['id']}"
    assert made.headers["Location"] == one
    # Its owner sets the password by the link; only its digest is kept.
    path = re.sub(r"^https?://[^/]+", "", made.json["link"])
    with world.read():
        assert [row.digest for row in db.session.query(PasswordLink)] == [digest_of(path.rpartition("/")[2])]
    assert world.client().send(path, {"password": "a new password"}).status_code == 303
    assert world.client().send("/sign-in", {"login": "A1024", "password": "a new password"}).status_code == 303
    assert caller("GET", one).json["has_password"] is True
    for verb, active in (("disabling", False), ("enabling", True)):
        answer = caller("POST", f"{one}/{verb}", {"password": PASSWORD})
        assert (answer.status_code, answer.json["active"]) == (201, active)
    assert caller("POST", f"{one}/administrator", {"is_admin": True, "password": PASSWORD}).json["is_admin"] is True
    assert "/password/" in caller("POST", f"{one}/password-link", {"password": PASSWORD}).json["link"]
    actions = [row["action"] for row in caller("GET", f"{one}/history").json["items"]]
    assert actions[0] == "user.password_link_made" and actions[-1] == "user.created"
    assert {"user.disabled", "user.enabled", "user.changed", "user.password_set"} <= set(actions)


def test_acts_on_accounts_want_the_password_and_the_scope(world: World) -> None:
    world.user("admin", admin=True)
    number = world.user("wang").id
    acts = [
        (U, {"login": "new", "name": "New"}), (f"{U}/{number}/disabling", {}), (f"{U}/{number}/enabling", {}),
        (f"{U}/{number}/password-link", {}), (f"{U}/{number}/administrator", {"is_admin": True}),
    ]  # fmt: skip
    admin, writer, nobody = (
        Caller(world, "admin", "admin"),
        Caller(world, "admin", "write"),
        Caller(world, "wang", "admin"),
    )
    for path, body in acts:
        for caller, more, code in (
            (admin, {}, "reauthentication"), (admin, {"password": "not it"}, "wrong_password"),
            (writer, {"password": PASSWORD}, "token_scope"), (nobody, {"password": PASSWORD}, "no_permission"),
        ):  # fmt: skip
            answer = caller("POST", path, {**body, **more})
            assert (answer.status_code, answer.json["reasons"][0]["code"]) == (403, code), path
    with world.read():
        assert world.user_row("wang").active and not world.user_row("wang").is_admin
    assert nobody("GET", U).status_code == nobody("GET", f"{U}/{number}").status_code == 403
    # The last administrator stays; what does not fit is named.
    one = next(row["id"] for row in admin("GET", U).json["items"] if row["login"] == "admin")
    assert admin("POST", f"{U}/{one}/disabling", {"password": PASSWORD}).status_code == 409
    wrong = admin("POST", U, {"login": "x", "name": "X", "email": "no address", "password": PASSWORD})
    assert (wrong.status_code, wrong.json["reasons"][0]["field"]) == (422, "email")
    assert (
        admin("GET", f"{U}/999").status_code
        == admin("POST", f"{U}/999/enabling", {"password": PASSWORD}).status_code
        == 404
    )


def test_accounts_are_listed_in_pages_and_found(world: World) -> None:
    world.user("admin", admin=True)
    for login in ("li", "wang", "zhao"):
        world.user(login, f"Name of {login}")
    reader = Caller(world, "admin", "read")
    first = reader("GET", f"{U}?limit=3").json
    assert [row["login"] for row in first["items"]] == ["admin", "li", "wang"] and first["next"] == "wang"
    rest = reader("GET", f"{U}?limit=3&after={first['next']}").json
    assert [row["login"] for row in rest["items"]] == ["zhao"] and rest["next"] is None
    assert [row["login"] for row in reader("GET", f"{U}?q=of zh").json["items"]] == ["zhao"]
