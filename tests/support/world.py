"""A small world for tests: people with roles, a project, signed-in browsers. Made through the actions, as people would.

What it hands out (``Person``, ``Site``) is plain data, good in and outside of transactions. Inside ``world.write()`` and
``world.read()`` one has what actions and queries want: an actor with the roles held now, and the project's row.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from reqtrack import clock
from reqtrack.accounts import actions, queries, sessions
from reqtrack.accounts.models import Project, SignIn, User
from reqtrack.db import db, reading, writing
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES, Actor
from tests.support import casts

OPERATOR = Actor(id=0, login="operator", name="operator", kind="operator")
PASSWORD = "correct horse 电池"
NAMES = {
    "project_manager": "周岚",
    "business_owner": "陈立群",
    "analyst": "林知夏",
    "tester": "何敏",
    "contributor": "李晓梅",
    "implementer": "赵磊",
    "sponsor": "方文",
    "auditor": "Ada Miller",
}


@dataclass(frozen=True)
class Person:
    """An account: what one needs to sign in and to be named."""

    id: int
    login: str
    name: str


@dataclass(frozen=True)
class Site:
    """A project."""

    id: int
    key: str
    name: str


@dataclass(frozen=True)
class Scene:
    """Inside a transaction: who acts, and where."""

    actor: Actor
    project: Project


class Browser(FlaskClient):
    """A client that knows its form token: ``send`` posts a form as a page of ours would."""

    def token(self) -> str:
        """The form token of this browser's session."""
        with self.session_transaction() as kept:
            raw = kept.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token").dumps(raw))

    def send(self, url: str, fields: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """POST a form with the token; ``more`` goes to the client's ``post`` (headers, content_type)."""
        return self.post(url, data={"csrf_token": self.token(), **(fields or {})}, buffered=True, **more)


class World:
    """The people and projects of one test, in the database of an app."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people: dict[str, Person] = {}
        self.sites: dict[str, Site] = {}
        self._hash = ""

    # -- transactions --------------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, by: str = "", project: str = "CRM") -> Iterator[Scene]:
        """A writing transaction of a project ("" is the site), committed at its end. ``by``: a login, else the operator."""
        with self.app.app_context(), writing(project):
            yield self._scene(by, project)

    @contextmanager
    def read(self, by: str = "", project: str = "CRM") -> Iterator[Scene]:
        """A reading transaction."""
        with self.app.app_context(), reading():
            yield self._scene(by, project)

    def _scene(self, by: str, project: str) -> Scene:
        actor = self.actor(by) if by else OPERATOR
        row = queries.project_for(OPERATOR, project) if project in self.sites else None
        return Scene(actor, row)  # type: ignore[arg-type]

    def actor(self, login: str) -> Actor:
        """The actor of a login with the roles held now (inside a transaction)."""
        return sessions.actor_of(queries.user_by_login(login))[0]

    # -- people and projects -------------------------------------------------------------------------------------------

    def user(
        self, login: str, name: str = "", *, admin: bool = False, locale: str = "", password: str = PASSWORD
    ) -> Person:
        """An account; all have the same password, hashed once."""
        with self.app.app_context():
            if password == PASSWORD:
                self._hash = self._hash or sessions.hashed(PASSWORD)
            hashed = self._hash if password == PASSWORD else sessions.hashed(password) if password else ""
            with writing():
                row = actions.create_user(OPERATOR, login, name or login, hashed, is_admin=admin, locale=locale)
            made = Person(row.id, row.login, row.name)
        self.people[made.login] = made
        return made

    def project(self, key: str = "CRM", name: str = "CRM 推广", **settings: Any) -> Site:
        """A project that nobody is a member of yet."""
        with self.app.app_context():
            with writing(key):
                row = actions.create_project(OPERATOR, name, key, settings)
            made = Site(row.id, row.key, row.name)
        self.sites[made.key] = made
        return made

    def member(self, login: str, *roles: str, project: str = "CRM", name: str = "") -> Person:
        """Give a person roles in a project; the account is made when there is none."""
        person = self.people.get(login) or self.user(login, name)
        with self.write(project=project) as scene:
            for role in roles:
                actions.set_role(OPERATOR, scene.project, queries.user_by_login(login), role)
        return person

    def cast(self, project: str = "CRM") -> Site:
        """A project with one person for each role, whose login is the role; and ``outsider``, who is in none."""
        if project != "CRM" or not casts.empty(self.app):
            return self._cast(project)
        told = casts.told(self.app)
        if told is None:
            site = self._cast(project)
            casts.keep(self.app, (dict(self.people), site, self._hash))
            return site
        people, site, self._hash = told
        self.people, self.sites = dict(people), {site.key: site}
        return site

    def _cast(self, project: str) -> Site:
        site = self.sites.get(project) or self.project(project)
        for role in ROLES:
            self.member(role, role, project=project, name=NAMES[role])
        if "outsider" not in self.people:
            self.user("outsider", "Otto Outsider")
        return site

    # -- browsers ------------------------------------------------------------------------------------------------------

    def client(self, login: str = "", *, proved: bool = True, language: str = "en") -> Browser:
        """A browser, signed in as ``login`` when given.

        Args:
            proved: whether the password was given in the last ten minutes.
            language: what the browser asks for.
        """
        self.app.test_client_class = Browser
        browser = self.app.test_client()
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if not login:
            return browser
        secret = secrets.token_urlsafe(32)
        with self.app.app_context(), writing():
            now = clock.now()
            since = now if proved else now - timedelta(hours=1)
            user = queries.user_by_login(login)
            row = SignIn(id=sessions.digest_of(secret), user_id=user.id, made_at=since, seen_at=now, proved_at=since)
            db.session.add(row)
        with browser.session_transaction() as kept:
            kept[sessions.COOKIE] = secret
            kept["csrf_token"] = secrets.token_hex(20)
        return browser

    # -- content -------------------------------------------------------------------------------------------------------

    def item(self, kind: str, /, by: str = "", project: str = "CRM", stage: str = "", **fields: Any) -> str:
        """An item of a kind; fields as the API takes them (keys of links, names of phases). Returns its key."""
        with self.write(by, project) as scene:
            parsed = values.parse(KINDS[kind], scene.project, {"title": f"Some {kind}", **fields})
            return str(store.create(scene.actor, scene.project, KINDS[kind], parsed, stage=stage).key)

    def move(self, key: str, stage: str, project: str = "CRM") -> None:
        """Put an item into a stage, whatever leads there in life."""
        with self.write(project=project) as scene:
            store.move(scene.actor, item_for(scene.actor, scene.project.id, key), stage)

    def requirement(self, by: str = "", **fields: Any) -> str:
        """A requirement's key."""
        return self.item("requirement", by, **fields)

    def scenario(self, by: str = "", **fields: Any) -> str:
        """A scenario's key."""
        return self.item("scenario", by, **fields)

    def acceptance(self, by: str = "", **fields: Any) -> str:
        """An acceptance scenario's key."""
        return self.item("acceptance", by, **fields)

    def user_row(self, login: str) -> User:
        """The row of an account (inside a transaction)."""
        return queries.user_by_login(login)
