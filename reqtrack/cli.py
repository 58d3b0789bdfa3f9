"""``reqtrack …``: the command line. It acts as the built-in operator with the OS login recorded; exit 0 done, 1 refused, 2 usage."""

from __future__ import annotations

import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask

from reqtrack import create_app
from reqtrack.errors import ReqtrackError
from reqtrack.migrations import migrations
from reqtrack.permissions import Actor


def operator() -> Actor:
    """The built-in operator; the OS login is in the name that events keep."""
    return Actor(id=0, login="operator", name=f"operator ({getpass.getuser()})", kind="operator")


class Context:
    """What commands share: the app (made when first needed), and how to say things."""

    def __init__(self, as_json: bool, as_user: str) -> None:
        self.as_json, self.as_user = as_json, as_user
        self._app: Flask | None = None

    @property
    def app(self) -> Flask:
        if self._app is None:
            self._app = create_app()
        return self._app

    def actor(self) -> Actor:
        """Who acts: the operator, or with ``--as-user`` that user (read in a transaction that must be open)."""
        if not self.as_user:
            return operator()
        from reqtrack.accounts.queries import user_by_login
        from reqtrack.accounts.sessions import actor_of

        return actor_of(user_by_login(self.as_user))[0]

    def say(self, text: str, **data: Any) -> None:
        """One line for people, or one JSON object for machines."""
        click.echo(json.dumps(data or {"message": text}, ensure_ascii=False, default=str) if self.as_json else text)


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the app's context; refusals become one sentence each and exit 1."""

    @click.pass_obj
    @wraps(function)
    def run(context: Context, *args: Any, **kwargs: Any) -> Any:
        # Called as `flask --app wsgi …` there is no context of ours yet.
        context = context if isinstance(context, Context) else Context(False, "")
        try:
            with context.app.app_context():
                return function(context, *args, **kwargs)
        except ReqtrackError as error:
            reasons = [str(reason) for reason in error.reasons] or [str(error)]
            if context.as_json:
                click.echo(json.dumps({"error": reasons}, ensure_ascii=False))
            else:
                for reason in reasons:
                    click.echo(reason, err=True)
            sys.exit(1)

    return run


@click.group()
@click.option("--json", "as_json", is_flag=True, help="Answers for machines.")
@click.option("--as-user", default="", metavar="LOGIN", help="Attribute what is done to this user.")
@click.pass_context
def cli(context: click.Context, as_json: bool, as_user: str) -> None:
    """reqtrack: requirements and change management for roll-outs of business systems."""
    context.obj = Context(as_json, as_user)


@cli.group("db")
def database() -> None:
    """The database's tables."""


@database.command("upgrade")
@command
def upgrade(context: Context) -> None:
    """Make or upgrade the tables; a SQLite file is copied aside first."""
    from alembic import command as alembic

    _copy_aside(context.app)
    alembic.upgrade(migrations(), "head")
    context.say("The database is up to date.")


def _copy_aside(app: Flask) -> None:
    """Before an upgrade of an existing SQLite file that is behind, copy it beside itself."""
    import sqlite3

    from alembic.script import ScriptDirectory

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.exists() or not path.stat().st_size:
        return
    source = sqlite3.connect(path)
    try:
        mark = source.execute("SELECT version_num FROM migration_mark").fetchone()
        if mark and mark[0] != ScriptDirectory.from_config(migrations()).get_current_head():
            copy = sqlite3.connect(path.with_suffix(f".before-{mark[0]}.sqlite3"))
            source.backup(copy)
            copy.close()
    except sqlite3.OperationalError:
        pass  # no mark yet: nothing of ours to copy
    finally:
        source.close()


@database.command("check")
@command
def check(context: Context) -> None:
    """Exit 1 when the models and the migrations differ, or the database is behind."""
    from alembic import command as alembic
    from alembic.util.exc import CommandError

    try:
        alembic.check(migrations())
    except CommandError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@cli.command()
@command
def routes(context: Context) -> None:
    """Each route and verb with its permission."""
    from reqtrack.web.area import listing

    rows = listing(context.app)
    if context.as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        for row in rows:
            click.echo(f"{row['method']:7}{row['rule']:70}{row['permission']}")


@cli.command()
@click.option("--host", default=lambda: os.environ.get("HOST", "127.0.0.1"))
@click.option("--port", default=lambda: int(os.environ.get("PORT", "8000")), type=int)
@click.option("--threads", default=8, type=int)
@command
def serve(context: Context, host: str, port: int, threads: int) -> None:
    """Serve pages, and work jobs in this process while no other worker does."""
    from waitress import create_server

    from reqtrack.jobs.worker import start_thread

    worker = start_thread(context.app)
    server = create_server(context.app, host=host, port=port, threads=threads, ident="reqtrack", channel_timeout=60)
    context.say(f"reqtrack listens on http://{host}:{port}", address=f"http://{host}:{port}")
    _tell_set_up(context.app, f"http://{host}:{port}")
    _when_told_to_end(_interrupt)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        worker.stop()


def _tell_set_up(app: Flask, address: str) -> None:
    """Where nobody has an account yet: the link that makes the first one."""
    from reqtrack.accounts.links import set_up_secret
    from reqtrack.accounts.queries import any_user
    from reqtrack.db import reading

    with reading():
        empty = not any_user()
    if empty:
        base = app.config["SETTINGS"].base_url.rstrip("/") or address
        click.echo(f"Nobody has an account yet. Make the first one at {base}/set-up/{set_up_secret(app)}", err=True)


@cli.command()
@command
def worker(context: Context) -> None:
    """Work jobs until stopped."""
    from reqtrack.jobs.worker import loop

    stop = threading.Event()
    _when_told_to_end(stop.set)
    loop(context.app, stop)


def _when_told_to_end(end: Callable[[], Any]) -> None:
    """A service or container that is stopped (SIGTERM), or Ctrl-C: finish what runs, and leave no worker that seems to live."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: end())


def _interrupt() -> None:
    raise KeyboardInterrupt


def main() -> None:
    """The entry point."""
    from reqtrack import commands  # noqa: F401 - registers the commands of the areas

    cli(prog_name="reqtrack")


if __name__ == "__main__":
    main()
