"""``reqtrack …``: the command line. It acts as the built-in operator with the OS login recorded; exit 0 done, 1 refused, 2 usage."""

from __future__ import annotations

import gc
import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError

from reqtrack import create_app
from reqtrack.doctor import short, unready
from reqtrack.errors import ReqtrackError, no
from reqtrack.migrations import migrations, revisions
from reqtrack.permissions import Actor

# Of what a database may complain as a whole; anything else is a defect of ours, and keeps its trace.
Function = Callable[..., Any]
DATABASE_AWAY = (OperationalError, ProgrammingError, DatabaseError)


def ran_by() -> str:
    """The operator with the login that the system knows the person by."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # as in a container, where the user's number has no name
        login = f"uid {os.getuid()}"
    return f"operator ({login})"


def operator() -> Actor:
    """The built-in operator; who ran it is in the name that events keep."""
    return Actor(id=0, login="operator", name=ran_by(), kind="operator")


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
        """Who acts: the operator, or with ``--as-user`` that user, with who ran it beside (in a transaction that is open)."""
        if not self.as_user:
            return operator()
        from reqtrack.accounts.queries import user_by_login
        from reqtrack.accounts.sessions import actor_of

        user = user_by_login(self.as_user)
        if not user.active:
            no("disabled", "%(login)s is disabled: the account cannot sign in.", login=user.login).require()
        return replace(actor_of(user)[0], on_behalf=ran_by())

    def say(self, text: str, **data: Any) -> None:
        """One line for people, or one JSON object for machines."""
        click.echo(json.dumps(data or {"message": text}, ensure_ascii=False, default=str) if self.as_json else text)

    def refuse(self, *reasons: str) -> NoReturn:
        """Say why not, and end with 1."""
        if self.as_json:
            click.echo(json.dumps({"error": list(reasons)}, ensure_ascii=False))
        else:
            for reason in reasons:
                click.echo(reason, err=True)
        sys.exit(1)


def command(function: Function) -> Function:
    """Run a command inside the app's context; what is refused becomes one sentence each, and exit 1."""
    return _command(function, database=True)


def bare_command(function: Function) -> Function:
    """The same for one that needs no database, or not one whose tables are those of this program."""
    return _command(function, database=False)


def _command(function: Function, *, database: bool) -> Function:
    @_common
    @click.pass_context
    @wraps(function)
    def run(current: click.Context, *args: Any, **kwargs: Any) -> Any:
        context = _context_of(current)
        _check_texts(current)
        try:
            with context.app.app_context():
                if database and (wrong := unready(context.app)) is not None:
                    context.refuse(str(wrong))
                return function(context, *args, **kwargs)
        except ReqtrackError as error:
            context.refuse(*([str(reason) for reason in error.reasons] or [str(error)]))
        except DATABASE_AWAY as error:
            if isinstance(error, IntegrityError | DataError):
                raise
            context.refuse(f"The database does not answer: {short(error)}.")
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            context.refuse(f"{where}{_told(error)}.")
        except SystemExit as ended:
            if isinstance(ended.code, str):  # a setting that does not make sense
                context.refuse(ended.code)
            raise

    return run


def _check_texts(current: click.Context) -> None:
    """Bytes that are no text come in as halves of pairs, which no database takes. Files may be named so."""
    for name, value in current.params.items():
        if isinstance(value, str) and not value.isprintable() and any("\ud800" <= one <= "\udfff" for one in value):
            raise click.BadParameter("This is no text in UTF-8.", current, param_hint=name)


def _told(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".")


def _common(run: Function) -> Function:
    """``--json`` and ``--as-user`` may stand after a command's name, too."""

    def keep(current: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value:
            current.meta[f"reqtrack.{parameter.name}"] = value

    run = click.option("--as-user", "as_user", metavar="LOGIN", expose_value=False, callback=keep, help=AS_USER)(run)
    return click.option("--json", "as_json", is_flag=True, expose_value=False, callback=keep, help=AS_JSON)(run)


def _context_of(current: click.Context) -> Context:
    # Called as `flask --app wsgi …` there is no context of ours yet.
    context = current.obj if isinstance(current.obj, Context) else Context(False, "")
    context.as_json = bool(context.as_json or current.meta.get("reqtrack.as_json"))
    context.as_user = current.meta.get("reqtrack.as_user") or context.as_user
    return context


AS_JSON = "Answer for machines, with JSON."
AS_USER = "Attribute what is done to this user; the record keeps who ran it."


@click.group()
@click.option("--json", "as_json", is_flag=True, help=AS_JSON)
@click.option("--as-user", default="", metavar="LOGIN", help=AS_USER)
@click.pass_context
def cli(context: click.Context, as_json: bool, as_user: str) -> None:
    """reqtrack: requirements and change management for roll-outs of business systems."""
    context.obj = Context(as_json, as_user)


@cli.group("db")
def database() -> None:
    """The database's tables."""


@database.command("upgrade")
@bare_command
def upgrade(context: Context) -> None:
    """Make or upgrade the tables; a SQLite file is copied aside first."""
    bring_up(context)
    context.say("The database is up to date.")


def bring_up(context: Context) -> None:
    """Make or upgrade the tables."""
    from alembic import command as alembic

    from reqtrack.proof.seal import FOLDER, Ring

    wrong = unready(context.app)
    if wrong is not None and wrong.code in ("unreadable", "unmarked", "newer"):
        context.refuse(str(wrong))
    _copy_aside(context.app)
    alembic.upgrade(migrations(), "head")
    Ring.make(context.app.config["SETTINGS"].data / FOLDER)


def _copy_aside(app: Flask) -> None:
    """Before an upgrade of an existing SQLite file that is behind, copy it beside itself."""
    import sqlite3

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.exists() or not path.stat().st_size:
        return
    source = sqlite3.connect(path)
    try:
        mark = source.execute("SELECT version_num FROM migration_mark").fetchone()
        if mark and mark[0] != revisions()[-1]:
            copy = sqlite3.connect(path.with_suffix(f".before-{mark[0]}.sqlite3"))
            source.backup(copy)
            copy.close()
    except sqlite3.OperationalError:
        pass  # no mark yet: nothing of ours to copy
    finally:
        source.close()


@database.command("check")
@bare_command
def check(context: Context) -> None:
    """Exit 1 when the models and the migrations differ, or the database is behind."""
    from alembic import command as alembic
    from alembic.util.exc import CommandError

    wrong = unready(context.app)
    if wrong is not None:
        context.refuse(str(wrong))
    try:
        alembic.check(migrations())
    except CommandError as error:
        context.refuse(str(error))
    context.say("The database is as the program wants it.", ok=True)


@cli.command()
@bare_command
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
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, type=click.IntRange(1, 65535), show_default=True)
@click.option("--threads", default=8, type=click.IntRange(1, 256), show_default=True)
@command
def serve(context: Context, host: str, port: int, threads: int) -> None:
    """Serve pages, and work jobs in this process while no other worker does."""
    from waitress import create_server

    from reqtrack.jobs.worker import start_thread

    try:
        server = create_server(context.app, host=host, port=port, threads=threads, ident="reqtrack", channel_timeout=60)
    except (OSError, ValueError) as error:
        context.refuse(f"Nothing can be served on {host}:{port}: {_told(error)}.")
    worker = start_thread(context.app)
    context.say(f"reqtrack listens on http://{host}:{port}", address=f"http://{host}:{port}")
    _tell_set_up(context.app, f"http://{host}:{port}")
    _when_told_to_end(_interrupt)
    # What is loaded by now stays: the collector need not look through it again for each few requests.
    gc.collect()
    gc.freeze()
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
