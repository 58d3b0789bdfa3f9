"""Rule 1: every route has a permission, and refuses whoever has not got it. Walked over the whole URL map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from flask import Flask, g, request
from sqlalchemy import select
from werkzeug.test import TestResponse

from reqtrack import create_app
from reqtrack.accounts.models import Project
from reqtrack.accounts.sessions import actor_of
from reqtrack.audit.models import AccessEvent
from reqtrack.audit.record import newest_seq
from reqtrack.db import db, reading
from reqtrack.errors import NotFound
from reqtrack.permissions import ADMINISTRATION, ANYBODY, ROLE_PERMISSIONS, ROLES, USER_PERMISSIONS, Actor
from reqtrack.web import transaction
from reqtrack.web.area import Area, Route
from tests.architecture.prepared import DEPARTMENT, DRAFTS, HEARD, INTERVIEWS, QUOTES, Prepared
from tests.architecture.robot import bodies
from tests.architecture.samples import METHODS, Stop, refusable, stops
from tests.support.browser import TOKEN
from tests.support.world import Browser

Plant = Callable[[Callable[[Flask], None]], None]


# Refusals are asked for as fragments: the frame around them is not the subject, and costs most of the walk.
FRAGMENT = {"HX-Request": "true"}


def ask(client: Browser, stop: Stop, headers: Mapping[str, str] = FRAGMENT) -> TestResponse:
    """One request as a page or program of ours would send it, with a body that says nothing."""
    headers = {"X-CSRFToken": client.token(), **headers}
    if stop.method == "GET":
        return client.get(stop.url, headers=headers, buffered=True)
    body: Mapping[str, Any] = {"json": {}} if stop.is_api else {"data": {}}
    return client.open(stop.url, method=stop.method, headers=headers, buffered=True, **body)


# -- no route without a permission -------------------------------------------------------------------------------------


def test_a_route_without_a_permission_stops_the_app(planted: Plant, tmp_path: Any) -> None:
    planted(lambda app: app.add_url_rule("/bare", "bare", lambda: "open to all"))
    with pytest.raises(RuntimeError, match="without a permission: bare"):
        create_app({"data": tmp_path, "testing": True})


def test_an_area_declares_no_route_without_a_known_permission() -> None:
    area = Area("planted", __name__)
    with pytest.raises(TypeError, match="permission"):
        area.route("/bare")
    with pytest.raises(ValueError, match="not a permission"):
        area.page("/typo", "project.raed")


def test_a_method_that_was_not_declared_is_refused(sqlite_house: Prepared) -> None:
    """A7: a verb, a header or a slash opens nothing."""
    client = sqlite_house.world.client("polymath")
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        answer = client.open("/p/CRM/scope", method=method, headers={"X-CSRFToken": client.token()})
        assert answer.status_code in (400, 405), method
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        before = newest_event(sqlite_house)
        client.get("/p/CRM/i/REQ-1/retirement", headers={name: "POST"})
        client.get("/api/v1/projects/CRM/requirements", headers={name: "POST"})
        assert newest_event(sqlite_house) == before


def newest_event(made: Prepared) -> int:
    with made.app.app_context(), reading():
        return newest_seq(made.world.sites["CRM"].id)


# -- who is not signed in ----------------------------------------------------------------------------------------------


def strangers_complaints(made: Prepared, walk: Sequence[Stop]) -> list[str]:
    """Routes that answer somebody who is not signed in with anything but the door."""
    client = made.world.client()
    complaints = []
    for stop in walk:
        if stop.route.permission == ANYBODY:
            continue
        answer = ask(client, stop, headers={})
        door = answer.status_code == 303 and answer.location.startswith("/sign-in?next=")
        wanted = answer.status_code == 401 if stop.is_api or stop.method != "GET" else door
        if not wanted:
            complaints.append(f"{stop} → {answer.status_code} {answer.location or ''}")
    return complaints


def test_every_route_sends_strangers_to_the_door(sqlite_house: Prepared) -> None:
    assert strangers_complaints(sqlite_house, refusable(sqlite_house)) == []


def test_what_is_open_to_anybody_is_this(sqlite_house: Prepared) -> None:
    """A list to be read by a person: what needs no sign-in. A route that joins it is meant to."""
    found = {stop.rule for stop in stops(sqlite_house, methods=METHODS) if stop.route.permission == ANYBODY}
    assert found == {
        "/static/<path:filename>", "/healthz", "/readyz", "/api/v1/openapi.json", "/api/v1/docs",
        "/sign-in", "/sign-out", "/language", "/display",
        "/join/<secret>", "/JOIN/<secret>", "/password/<secret>", "/PASSWORD/<secret>", "/set-up/<secret>",
        "/f/<secret>", "/F/<secret>", "/r/<secret>", "/R/<secret>", "/r/<secret>/qr.png", "/sign/<secret>", "/SIGN/<secret>",
        "/sign-in/code", "/sign-in/passkey", "/sign-in/passkey-challenge", "/sign-in/provider", "/sign-in/back",
        "/join/<secret>/provider",
        "/v/<code>", "/V/<code>", "/V/keys", "/V/check_pack.py",
        "/confirm/<secret>", "/CONFIRM/<secret>", "/ask/<secret>", "/ASK/<secret>",
    }  # fmt: skip


def without_token(made: Prepared, walk: Sequence[Stop]) -> list[str]:
    """Unsafe requests with a cookie that go through without the form token."""
    client = made.world.client("polymath")
    complaints = []
    for stop in walk:
        if stop.method != "GET":
            body: Mapping[str, Any] = {"json": {}} if stop.is_api else {"data": {}}
            status = client.open(stop.url, method=stop.method, **body).status_code
            complaints += [f"{stop} → {status}"] if status != 400 else []
    return complaints


def test_a_form_without_its_token_is_refused(sqlite_house: Prepared) -> None:
    """S4"""
    before = newest_event(sqlite_house)
    assert without_token(sqlite_house, refusable(sqlite_house)) == []
    assert newest_event(sqlite_house) == before


# -- who is in another project -----------------------------------------------------------------------------------------


def outsiders_complaints(made: Prepared, walk: Sequence[Stop]) -> list[str]:
    """Routes of a project that tell a stranger to it more than that there is nothing."""
    client = made.world.client("outsider")
    complaints = []
    for stop in walk:
        if "project" in stop.arguments and (status := ask(client, stop).status_code) != 404:
            complaints.append(f"{stop} → {status}")
    return complaints


def test_every_route_of_a_project_is_nothing_to_outsiders(house: Prepared) -> None:
    """``outsider`` holds every role in another project, where the same keys and numbers exist."""
    assert outsiders_complaints(house, refusable(house)) == []


def test_a_project_that_is_not_there_answers_the_same(sqlite_house: Prepared) -> None:
    """A1: hidden and missing are not told apart, but for the name that was asked for."""
    client = sqlite_house.world.client("outsider")
    for path in ("/p/{}/scope", "/p/{}/i/REQ-1", "/api/v1/projects/{}/requirements/REQ-1"):
        hidden, missing = (client.get(path.format(key)) for key in ("CRM", "XRM"))
        assert hidden.status_code == missing.status_code == 404
        assert told_of(hidden.text, "CRM") == told_of(missing.text, "XRM")


def told_of(text: str, key: str) -> str:
    """What a page tells but for the name asked for, and for the token of its forms, which holds the second it was made."""
    return TOKEN.sub("", text).replace(key, "…")


def test_the_numbers_of_one_project_lead_nowhere_in_another(sqlite_house: Prepared) -> None:
    """A1: rows of CRM under the address of OPS, asked for by who may do everything in OPS."""
    client = sqlite_house.world.client("outsider")
    told = []
    for stop in stops(sqlite_house, project="OPS"):
        if "project" in stop.arguments and set(stop.arguments) - {"project", "plural"}:
            text = client.get(stop.url, buffered=True).text
            told += [f"{stop}: {word}" for word in WORDS_OF_CRM if word in text]
    assert told == []


WORDS_OF_CRM = (
    *DRAFTS, *HEARD, *INTERVIEWS, *QUOTES, DEPARTMENT, "Start without a stall", "First round", "First scope"
)  # fmt: skip


# -- who lacks the permission ------------------------------------------------------------------------------------------


def permission_of(made: Prepared, stop: Stop, actor: Actor) -> str | None:
    """What a route asks of somebody; None where it finds nothing to ask about."""
    if isinstance(stop.route.permission, str):
        return stop.route.permission
    with made.app.test_request_context(stop.url):
        g.actor, g.project_id = actor, made.world.sites["CRM"].id
        try:
            return stop.route.permission(stop.arguments)
        except NotFound:
            return None


def lacking(made: Prepared, role: str, walk: Sequence[Stop]) -> list[str]:
    """Routes that do anything but refuse a role without their permission."""
    client = made.world.client(role)
    with made.app.app_context(), reading():
        actor = actor_of(made.world.user_row(role))[0]
    complaints = []
    for stop in walk:
        permission = permission_of(made, stop, actor)
        if permission in (None, ANYBODY) or permission in USER_PERMISSIONS or permission in ROLE_PERMISSIONS[role]:
            continue
        status = ask(client, stop).status_code
        if status != 403:
            complaints.append(f"{stop} → {status}, without {permission}")
    return complaints


@pytest.mark.parametrize("turns", [3, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("role", ROLES)
def test_every_route_refuses_a_role_without_its_permission(sqlite_house: Prepared, role: str, turns: int) -> None:
    """Each route refuses some of the roles here (they take turns), all of them in ``make check-all``."""
    assert lacking(sqlite_house, role, refusable(sqlite_house)[ROLES.index(role) % turns :: turns]) == []


def test_a_refusal_is_remembered(sqlite_house: Prepared) -> None:
    """U2: at the door, by an action, on a page that shows it beside a form, and when a password is wrong."""
    made = sqlite_house
    polymath = {"Authorization": f"Bearer {made.tokens['polymath']}"}
    for login, url, sent, code in (
        ("auditor", "/p/CRM/import", None, "no_permission"),
        ("tester", "/p/CRM/i/REQ-3/moves/review", {}, "no_permission"),
        ("analyst", "/p/CRM/signoffs/2", {"outcome": "signed"}, ""),
        ("polymath", "/users/1/disable", {"password": "not it"}, "wrong_password"),
    ):
        browser = made.world.client(login)
        answer = browser.get(url, buffered=True) if sent is None else browser.send(url, sent)
        assert answer.status_code == 403, url
        assert newest_access(made)[:3] == (login, "refused", url) and code in newest_access(made)[3]
    changes = "/api/v1/projects/CRM/changes"
    client, sent = made.app.test_client(), {"json": {}, "headers": polymath, "buffered": True}
    assert client.post(f"{changes}/CR-2/confirmation", **sent).status_code == 403
    assert newest_access(made)[:3] == ("polymath", "refused", f"{changes}/CR-2/confirmation")
    assert "not_yours" in newest_access(made)[3]
    # Being asked for the password once more, or told that something moved, is none.
    assert made.world.client("polymath", proved=False).send("/users/1/disable").status_code == 403
    assert client.post(f"{changes}/CR-3/submission", **sent).status_code == 409
    assert newest_access(made)[2] == f"{changes}/CR-2/confirmation"


def newest_access(made: Prepared) -> tuple[str, str, str, str]:
    with made.app.app_context(), reading():
        newest = db.session.execute(select(AccessEvent).order_by(AccessEvent.seq.desc()).limit(1)).scalar_one()
        return newest.actor, newest.action, newest.subject, newest.detail


def test_a_token_that_may_only_read_writes_nowhere(sqlite_house: Prepared) -> None:
    client = sqlite_house.app.test_client()
    headers = {"Authorization": f"Bearer {sqlite_house.tokens['polymath reads']}"}
    for stop in refusable(sqlite_house):
        if stop.route.writes and stop.route.permission != ANYBODY:
            body: Mapping[str, Any] = {"json": {}} if stop.is_api else {"data": {}}
            answer = client.open(stop.url, method=stop.method, headers=headers, **body)
            assert answer.status_code == 403, str(stop)


def test_a_token_that_may_write_administers_nothing(sqlite_house: Prepared) -> None:
    """S8: who may do what, and how projects and the site are set up, takes the scope ``admin``, on pages and in the API."""
    client = sqlite_house.app.test_client()
    headers = {"Authorization": f"Bearer {sqlite_house.tokens['polymath writes']}", "Accept-Language": "en"}
    asked = [one for one in refusable(sqlite_house) if one.route.writes and one.route.permission in ADMINISTRATION]
    assert {one.route.permission for one in asked} >= {"user.manage", "member.manage", "project.manage"}
    for stop in asked:
        body: Mapping[str, Any] = {"json": {}} if stop.is_api else {"data": {}}
        answer = client.open(stop.url, method=stop.method, headers=headers, **body)
        assert answer.status_code == 403 and "its scope is not admin" in answer.text, str(stop)


def test_acts_on_accounts_ask_for_the_password(sqlite_house: Prepared) -> None:
    """Whoever finds a browser signed in cannot give accounts away, nor shut people out; nor can a program alone."""
    asked = [one for one in refusable(sqlite_house) if one.route.writes and one.route.permission == "user.manage"]
    assert len(asked) >= 5
    browser, program = sqlite_house.world.client("polymath", proved=False), sqlite_house.app.test_client()
    bearer = {"Authorization": f"Bearer {sqlite_house.tokens['polymath']}"}
    fitting = {stop.url: {**body, "password": None} for stop, body in bodies(sqlite_house)}
    for stop in asked:
        sent: Mapping[str, Any] = {"json": fitting[stop.url]} if stop.is_api else {"data": {}}
        assert program.open(stop.url, method=stop.method, headers=bearer, **sent).status_code == 403, str(stop)
        assert stop.is_api or ask(browser, stop).status_code == 403, str(stop)


# -- the walks notice when the door is broken --------------------------------------------------------------------------


def open_to_all(route: Route) -> None:
    """A door that lets everybody in, into any project."""
    arguments = request.view_args or {}
    if "project" in arguments:
        g.project = db.session.execute(select(Project).where(Project.key == arguments["project"])).scalar()
        g.project_id = g.project.id


def few(made: Prepared) -> list[Stop]:
    """Enough of a walk to see that it notices."""
    return [stop for stop in stops(made, methods=METHODS) if stop.rule.startswith("/p/<project>/scope")]


@pytest.mark.full
def test_the_walks_notice_an_open_door(own_sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    made = own_sqlite_house
    walk = few(made)
    assert (
        not strangers_complaints(made, walk)
        and not outsiders_complaints(made, walk)
        and not lacking(made, "auditor", walk)
    )
    monkeypatch.setattr(transaction, "_admit", open_to_all)
    assert len(strangers_complaints(made, walk)) == len(walk)
    assert outsiders_complaints(made, walk)
    assert lacking(made, "auditor", walk)


def test_the_walk_of_roles_notices_a_permission_that_everybody_has(
    own_sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Actor, "holds", lambda self, permission, project_id=None: True)
    assert lacking(own_sqlite_house, "auditor", few(own_sqlite_house))


def test_the_walk_of_forms_notices_a_missing_check(own_sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction.csrf, "protect", lambda: None)
    assert without_token(own_sqlite_house, few(own_sqlite_house))
