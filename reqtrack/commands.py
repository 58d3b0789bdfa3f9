"""The commands that act on projects: each opens its transaction, calls the area's action, says what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reqtrack.accounts import actions, sessions
from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.cli import Context, cli, command, operator
from reqtrack.db import reading, writing
from reqtrack.permissions import ROLES

if TYPE_CHECKING:
    from reqtrack.exchange.drafting import Draft

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


@project.command("archive")
@click.argument("key")
@command
def project_archive(context: Context, key: str) -> None:
    """Put a project away: it is read from then on."""
    with writing(key):
        actor = context.actor()
        actions.archive_project(actor, project_for(actor, key))
    context.say(f"{key} is archived.", key=key)


@project.command("reopen")
@click.argument("key")
@command
def project_reopen(context: Context, key: str) -> None:
    """Take a project out of the archive."""
    with writing(key):
        actor = context.actor()
        actions.reopen_project(actor, project_for(actor, key))
    context.say(f"{key} is open again.", key=key)


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


@cli.command()
@command
def init(context: Context) -> None:
    """Make the data folder, the secret key and the tables."""
    from alembic import command as alembic

    from reqtrack.migrations import migrations

    alembic.upgrade(migrations(), "head")
    context.say(f"Ready in {context.app.config['SETTINGS'].data}.", data=str(context.app.config["SETTINGS"].data))


@cli.group()
def demo() -> None:
    """The demo projects."""


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing where there is any project.")
@command
def demo_load(context: Context, if_empty: bool) -> None:
    """Load the demo projects, one in Chinese and one in English, through the actions of the application."""
    from sqlalchemy import select

    from reqtrack.accounts.models import Project
    from reqtrack.db import db
    from reqtrack.demo import actions as demo_actions

    data = context.app.config["SETTINGS"].data
    if if_empty:
        with reading():
            if db.session.execute(select(Project.id).limit(1)).first() is not None:
                _tell_sign_ins(data)
                return
    demo_actions.load(data, _progress)
    context.say("The demo is loaded.", projects=list(demo_actions.KEYS))
    _tell_sign_ins(data)


def _progress(key: str, done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        click.echo(f"  {key}: {done} of {total}", err=True)


def _tell_sign_ins(data: Path) -> None:
    path = data / "demo-sign-ins"
    if path.exists():
        click.echo(path.read_text("utf-8"), err=True)
        click.echo(f"These are kept in {path}.", err=True)


@demo.command("remove")
@command
def demo_remove(context: Context) -> None:
    """Archive the demo projects and disable their accounts; the record keeps what happened."""
    from reqtrack.demo import actions as demo_actions

    keys = demo_actions.remove(context.app.config["SETTINGS"].data)
    context.say(f"Put away: {', '.join(keys) or 'nothing'}.", projects=keys)


@cli.command("import")
@click.argument("file", type=PASSWORD_FILE)
@click.option("--project", "key", required=True)
@click.option(
    "--as", "wanted", default="auto", type=click.Choice(["requirements", "acceptance", "interviews", "results", "auto"])
)
@click.option("--mapping", type=PASSWORD_FILE, default=None, help="JSON: column → field, note or ignore.")
@click.option("--dry-run", is_flag=True, help="Say what would come in, import nothing.")
@click.option("--ready-only", is_flag=True, help="Import the rows that are ready, leave the others with the run.")
@click.option("--again", is_flag=True, help="Also when the same file was imported before.")
@command
def import_file(
    context: Context,
    file: Path,
    key: str,
    wanted: str,
    mapping: Path | None,
    dry_run: bool,
    ready_only: bool,
    again: bool,
) -> None:
    """Import a file: all of it or nothing, unless --ready-only."""
    import json

    from reqtrack.exchange import actions as exchange
    from reqtrack.exchange import drafting, queries
    from reqtrack.files.problems import Problem
    from reqtrack.files.storage import Storage

    chosen = json.loads(mapping.read_text("utf-8")) if mapping else None
    draft = drafting.draft_file(file.read_bytes(), file.name, wanted, chosen)
    problems = [Problem.from_plain(one) for row in draft.rows for one in row.problems]
    for one in [*[Problem.from_plain(each) for each in draft.warnings], *problems]:
        click.echo(str(one), err=True)
    if dry_run:
        _dry_run(context, key, draft)
        return
    digest = Storage(context.app.config["SETTINGS"].data / "files").put(draft.data)
    with writing(key):
        actor = context.actor()
        project = project_for(actor, key)
        run = exchange.keep(actor, project, draft, digest, again=again)
        made = exchange.run_import(actor, project, run, ready_only=ready_only)
        rows = [row for row in queries.rows(run.id) if row.item_id is None]
        refused = [str(one) for row in rows for one in queries.problems(row) if one not in problems]
    for sentence in refused:
        click.echo(sentence, err=True)
    context.say(
        f"{len(made)} imported, {len(rows)} left with IMP-{run.number}.",
        run=f"IMP-{run.number}", kind=draft.kind, imported=len(made), left=len(rows), keys=[item.key for item in made],
    )  # fmt: skip


def _dry_run(context: Context, key: str, draft: Draft) -> None:
    """Say how many rows are ready, and whether the file was imported before."""
    from reqtrack.exchange import actions as exchange
    from reqtrack.files.problems import Problem

    with reading():
        for reason in exchange.twice(project_for(context.actor(), key), draft.digest).reasons:
            click.echo(str(reason), err=True)
    wrong = sum(any(Problem.from_plain(one).is_error for one in row.problems) for row in draft.rows)
    ready = len(draft.rows) - wrong
    context.say(f"{ready} of {len(draft.rows)} rows are ready.", kind=draft.kind, rows=len(draft.rows), ready=ready)


@cli.command()
@click.option("--project", "key", default=None)
@click.option("--certificate", type=PASSWORD_FILE, default=None, help="A certificate (PDF) to check against the data.")
@command
def verify(context: Context, key: str | None, certificate: Path | None) -> None:
    """Check audit chains, versions, baselines, results, decisions, signatures: every column of each."""
    from reqtrack.audit import verify as verifying
    from reqtrack.rendering.certificate import read_certificate

    if certificate is not None:
        with certificate.open("rb") as file:
            data = read_certificate(file, certificate.name)
        report = verifying.verify_certificate(data)
    else:
        report = verifying.verify(key)
    for problem in report.problems:
        click.echo(str(problem), err=True)
    if not report.ok:
        context.say("Broken.", ok=False, problems=[str(one) for one in report.problems])
        raise SystemExit(1)
    context.say(
        f"Sound: {', '.join(f'{name} {number}' for name, number in report.counts.items())}.", ok=True, **report.counts
    )


@cli.command()
@click.option("--project", "key", required=True)
@click.option(
    "--format", "wanted", required=True, type=click.Choice(["json", "csv", "xlsx", "reqif", "gherkin", "pdf"])
)
@click.option("--kind", "plural", default="requirements")
@click.option("--document", default="specification")
@click.option("--baseline", default="")
@click.option("--change", default="")
@click.option("--round", "round_number", default="")
@click.option("--signoff", default="")
@click.option("--locale", default="en", type=click.Choice(["en", "zh_Hans_CN"]))
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@command
def export(
    context: Context, key: str, wanted: str, plural: str, document: str, baseline: str, change: str, round_number: str,
    signoff: str, locale: str, output: Path,
) -> None:  # fmt: skip
    """Write items (csv, xlsx, gherkin) or a document (pdf) to a file."""
    from reqtrack.db import db
    from reqtrack.errors import NotFound
    from reqtrack.items.kinds import by_plural

    if wanted == "pdf":
        from reqtrack.documents import actions as documents

        about = {
            "specification": baseline,
            "change-record": change,
            "acceptance-report": round_number,
            "certificate": signoff,
        }
        with reading():
            actor = context.actor()
            project = project_for(actor, key)
            db.session.expunge_all()
        with context.app.test_request_context():
            _, data = documents.produce(actor, project, document, about.get(document, ""), locale)
    else:
        from reqtrack.exchange.exporting import export as export_items

        kind = by_plural(plural)
        if kind is None:
            raise NotFound(plural)
        with reading():
            actor = context.actor()
            data = export_items(actor, project_for(actor, key), kind, wanted)
    output.write_bytes(data)
    context.say(f"{output}: {len(data)} bytes.", file=str(output), bytes=len(data))


@cli.command()
@click.argument("key")
@click.option("--project", "project_key", default="", help="Needed when there are several projects.")
@click.option("--depth", default=6, type=click.IntRange(1, 20))
@command
def impact(context: Context, key: str, project_key: str, depth: int) -> None:
    """What a change of an item would touch, with the path to each."""
    from reqtrack.accounts.queries import only_project
    from reqtrack.changes.queries import impact_of_item

    with reading():
        actor = context.actor()
        project = project_for(actor, project_key) if project_key else only_project()
        touched = impact_of_item(actor, project.id, key, depth)
    if context.as_json:
        context.say("", **touched)
        return
    for one in touched["items"]:
        click.echo(f"{one['key']:10} {one['title']}   {' → '.join(one['path'])}")
    click.echo(f"{len(touched['items'])} items, {touched['stale_results']} results would turn stale.")
