"""The commands that act on projects: each opens its transaction, calls the area's action, says what came of it."""

from __future__ import annotations

from pathlib import Path

import click

from reqtrack.accounts import actions, sessions
from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.cli import Context, cli, command, operator
from reqtrack.db import reading, writing
from reqtrack.permissions import ROLES

PASSWORD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@cli.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--email", default=None)
@click.option("--password-file", required=True, type=PASSWORD_FILE)
@click.option("--admin", is_flag=True)
@command
def user_add(context: Context, login: str, name: str, email: str | None, password_file: Path, admin: bool) -> None:
    """Make an account."""
    hashed = sessions.hashed(password_file.read_text("utf-8").strip())
    with writing():
        actions.create_user(operator(), login, name, hashed, email, admin)
    context.say(f"{login} can sign in.", login=login)


@user.command("password")
@click.option("--login", required=True)
@click.option("--password-file", required=True, type=PASSWORD_FILE)
@command
def user_password(context: Context, login: str, password_file: Path) -> None:
    """Set a password; every signed-in browser of the account is signed out."""
    hashed = sessions.hashed(password_file.read_text("utf-8").strip())
    with writing():
        actions.set_password(operator(), user_by_login(login), hashed)
    context.say(f"The password of {login} is set.", login=login)


@user.command("disable")
@click.option("--login", required=True)
@command
def user_disable(context: Context, login: str) -> None:
    """Disable an account."""
    with writing():
        actions.disable_user(operator(), user_by_login(login))
    context.say(f"{login} is disabled.", login=login)


@cli.group()
def project() -> None:
    """Projects."""


@project.command("create")
@click.option("--key", default="")
@click.option("--name", required=True)
@command
def project_create(context: Context, key: str, name: str) -> None:
    """Make a project."""
    with writing(key):
        made = actions.create_project(context.actor(), name, key)
    context.say(f"{made.key} {made.name}", key=made.key, name=made.name)


@cli.group()
def member() -> None:
    """Members of projects."""


@member.command("set")
@click.option("--project", "key", required=True)
@click.option("--user", "login", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@command
def member_set(context: Context, key: str, login: str, role: str) -> None:
    """Give a user a role in a project."""
    with writing(key):
        actions.set_role(context.actor(), project_for(operator(), key), user_by_login(login), role)
    context.say(f"{login} is {role} in {key}.", project=key, login=login, role=role)


@cli.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.option("--user", "login", required=True)
@click.option("--scope", required=True, type=click.Choice(["read", "write", "admin"]))
@command
def token_create(context: Context, login: str, scope: str) -> None:
    """Make a token and print it, alone."""
    with writing():
        secret = actions.create_token(operator(), user_by_login(login), scope)
    context.say(secret, token=secret)


@cli.command()
@command
def doctor(context: Context) -> None:
    """Check what the installation stands on."""
    from reqtrack.doctor import findings

    with reading():
        found = findings(context.app)
    for one in found:
        context.say(
            f"{'ok ' if one.ok else 'NO '} {one.name}: {one.detail}", name=one.name, ok=one.ok, detail=one.detail
        )
    if not all(one.ok for one in found):
        raise SystemExit(1)
