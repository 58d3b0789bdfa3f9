"""Loading and putting away the demo projects."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, select

from reqtrack.accounts import actions as accounts
from reqtrack.accounts import sessions
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.db import db, reading, writing
from reqtrack.demo.content import PROJECT, USERS, Language
from reqtrack.demo.telling import OPERATOR, Telling, login_of
from reqtrack.errors import no

KEYS = tuple(PROJECT.keys.values())
SIGN_INS = "demo-sign-ins"


def load(data: Path, progress: Callable[[str, int, int], None] = lambda key, done, total: None) -> str:
    """Load both demo projects and their people; returns the password, which is kept 0600 in the data folder.

    Raises:
        Refused: 409 when they are there.
    """
    with reading():
        there = db.session.execute(select(Project.key).where(Project.key.in_(PROJECT.keys.values()))).scalars().all()
        ours = _keys_of_ours()
    if there and set(there) <= set(ours):
        no("demo_there", "The demo is loaded already: %(keys)s.", keys=", ".join(there)).require(409)
    if there:
        message = "The demo needs the keys %(keys)s, and there are other projects with them."
        no("key_taken", message, keys=", ".join(there)).require(409)
    password = secrets.token_urlsafe(9)
    hashed = sessions.hashed(password)
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        telling = Telling(language, hashed)
        telling.tell(partial(progress, telling.key))
    _keep(data / SIGN_INS, password)
    return password


def _keep(path: Path, password: str) -> None:
    lines = [f"{'login':24}{'password':18}who"]
    for language in ("zh", "en"):
        for user in USERS:
            who = f"{user.name.zh if language == 'zh' else user.name.en}, {', '.join(user.roles)}"
            lines.append(f"{login_of(user.login, language):24}{password:18}{who}")
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def remove(data: Path) -> list[str]:
    """Put the demo away: its projects are archived and its accounts disabled; nothing of the record is deleted."""
    with reading():
        keys = _keys_of_ours(Project.archived_at.is_(None))
        if not _keys_of_ours():
            return []
    for key in keys:
        with writing(key):
            project = db.session.execute(select(Project).where(Project.key == key)).scalar_one()
            accounts.archive_project(OPERATOR, project)
    with writing():
        for user in db.session.execute(select(User).where(User.login.in_(_logins()), User.active)).scalars():
            accounts.disable_user(OPERATOR, user)
    (data / SIGN_INS).unlink(missing_ok=True)
    return keys


def _logins() -> list[str]:
    return [login_of(user.login, language) for user in USERS for language in ("zh", "en")]


def _keys_of_ours(*conditions: ColumnElement[bool]) -> list[str]:
    """The keys of the demo's projects: a project of somebody's that is called so, and where nobody of the story is, is not one."""
    told = select(Membership.project_id).join(User, User.id == Membership.user_id).where(User.login.in_(_logins()))
    wanted = select(Project.key).where(Project.key.in_(PROJECT.keys.values()), Project.id.in_(told), *conditions)
    return list(db.session.execute(wanted).scalars())
