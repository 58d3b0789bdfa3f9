"""The commands that act on projects: each opens its transaction, calls the area's action, says what came of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reqtrack.accounts import actions, forms, sessions
from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.queries.ways import passkeys, waiting_authenticator, ways_of
from reqtrack.cli import Context, Function, bare_command, bring_up, cli, command, operator
from reqtrack.db import reading, writing
from reqtrack.permissions import ROLES

if TYPE_CHECKING:
    from reqtrack.accounts.models import Passkey
    from reqtrack.exchange.drafting import Draft
    from reqtrack.proof.seal import Ring

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _upper(current: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return value.strip().upper() if value else value


def project_option(
    name: str = "key", *, required: bool = True, help: str = "The project's key."
) -> Callable[[Function], Function]:
    """``--project KEY``, in capitals as keys are."""
    return click.option("--project", name, required=required, default=None, metavar="KEY", callback=_upper, help=help)


def _password(context: Context, path: Path) -> str:
    """The hash of what a file holds."""
    try:
        password = path.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        context.refuse(f"{path} is no text in UTF-8.")
    if not password:
        context.refuse(f"{path} is empty.")
    return sessions.hashed(password)


@cli.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--email", default=None)
@click.option("--password-file", required=True, type=FILE)
@click.option("--admin", is_flag=True)
@command
def user_add(context: Context, login: str, name: str, email: str | None, password_file: Path, admin: bool) -> None:
    """Make an account."""
    hashed = _password(context, password_file)
    with writing():
        forms.check_email(email or "")
        actions.create_user(context.actor(), login, name, hashed, email, admin)
    context.say(f"{login} can sign in.", login=login)


@user.command("password")
@click.option("--login", required=True)
@click.option("--password-file", required=True, type=FILE)
@command
def user_password(context: Context, login: str, password_file: Path) -> None:
    """Set a password; every signed-in browser of the account is signed out."""
    hashed = _password(context, password_file)
    with writing():
        actions.set_password(context.actor(), user_by_login(login), hashed)
    context.say(f"The password of {login} is set.", login=login)


@user.command("disable")
@click.option("--login", required=True)
@command
def user_disable(context: Context, login: str) -> None:
    """Disable an account."""
    with writing():
        actions.disable_user(context.actor(), user_by_login(login))
    context.say(f"{login} is disabled.", login=login)


@user.command("lost")
@click.option("--login", required=True)
@click.option("--authenticator", is_flag=True, help="The authenticator app, with its recovery codes.")
@click.option("--passkey", "names", multiple=True, metavar="NAME", help="One passkey, by its name; may be repeated.")
@click.option("--passkeys", "every", is_flag=True, help="All passkeys.")
@command
def user_lost(context: Context, login: str, authenticator: bool, names: tuple[str, ...], every: bool) -> None:
    """Take from somebody what they lost: the authenticator app, passkeys. It is worth nothing from then on."""
    if not (authenticator or names or every):
        raise click.UsageError("Say what was lost: --authenticator, --passkey NAME or --passkeys.")
    with writing():
        owner = user_by_login(login)
        held = passkeys(owner.id)
        unknown = sorted(set(names) - {one.name for one in held})
        if unknown:
            context.refuse(f"{login} has no passkey named {', '.join(unknown)}. Theirs: {_named(held)}.")
        apps = ways_of(owner.id).code or waiting_authenticator(owner.id) is not None
        taken = [one.name for one in held if every or one.name in names]
        if not taken and not (authenticator and apps):
            context.refuse(f"{login} has nothing of that kind.")
        if authenticator:
            actions.end_authenticator(context.actor(), owner)
        for one in held:
            if one.name in taken:
                actions.end_passkey(context.actor(), owner, one)
    gone = [*(["the authenticator app"] if authenticator and apps else []), *(f"passkey {name}" for name in taken)]
    context.say(
        f"Taken from {login}: {', '.join(gone)}.", login=login, authenticator=authenticator and apps, passkeys=taken
    )


def _named(held: Sequence[Passkey]) -> str:
    return ", ".join(one.name for one in held) or "none"


@cli.group()
def project() -> None:
    """Projects."""


@project.command("create")
@click.option("--key", default="", callback=_upper, help="2 to 10 capital letters and digits; proposed when left out.")
@click.option("--name", required=True)
@command
def project_create(context: Context, key: str, name: str) -> None:
    """Make a project."""
    with writing(key):
        made = actions.create_project(context.actor(), name, key)
    context.say(f"{made.key} {made.name}", key=made.key, name=made.name)


@project.command("archive")
@click.argument("key", callback=_upper)
@command
def project_archive(context: Context, key: str) -> None:
    """Put a project away: it is read from then on."""
    with writing(key):
        actor = context.actor()
        actions.archive_project(actor, project_for(actor, key))
    context.say(f"{key} is archived.", key=key)


@project.command("reopen")
@click.argument("key", callback=_upper)
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
@project_option()
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
        secret = actions.create_token(context.actor(), user_by_login(login), scope)
    context.say(secret, token=secret)


@cli.command()
@bare_command
def doctor(context: Context) -> None:
    """Check what the installation stands on."""
    from reqtrack.doctor import findings, unready

    with reading():
        found = findings(context.app)
    well = all(one.ok for one in found if one.critical)
    shown = [{"name": one.name, "ok": one.ok, "detail": one.detail} for one in found]
    lines = [f"{'ok ' if one.ok else 'NO '} {one.name}: {one.detail}" for one in found]
    wrong = unready(context.app)
    context.say("\n".join([*lines, *([str(wrong)] if wrong else [])]), ok=well, findings=shown)
    if not well:
        raise SystemExit(1)


@cli.command()
@bare_command
def init(context: Context) -> None:
    """Make the data folder, the secret key, the seal keys and the tables."""
    bring_up(context)
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
@click.argument("file", type=FILE)
@project_option()
@click.option(
    "--as",
    "wanted",
    default="auto",
    type=click.Choice(["requirements", "acceptance", "interviews", "stakeholders", "results", "auto"]),
)
@click.option("--mapping", type=FILE, default=None, help="JSON: column → field, note or ignore.")
@click.option("--dry-run", is_flag=True, help="Say what would come in, import nothing.")
@click.option("--ready-only", is_flag=True, help="Import the rows that are ready, leave the others with the run.")
@click.option("--again", is_flag=True, help="Also when the same file was imported before.")
@click.option("--round", "number", default="", metavar="N", help="Results: into this round, not the newest that runs.")
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
    number: str,
) -> None:
    """Import a file: all of it or nothing, unless --ready-only. Machines' results go into a round."""
    from reqtrack.exchange import actions as exchange
    from reqtrack.exchange import drafting, queries
    from reqtrack.exchange.machines.telling import is_results
    from reqtrack.files.problems import Problem
    from reqtrack.files.storage import Storage

    if wanted == "results" or (wanted == "auto" and is_results(file.read_bytes(), file.name)):
        _results(context, file, key, number, dry_run)
        return
    chosen = _mapping(mapping) if mapping else None
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
        rows = [row for row in queries.rows(run.id) if row.waits]
        refused = [str(one) for row in rows for one in queries.problems(row) if one not in problems]
    for sentence in refused:
        click.echo(sentence, err=True)
    context.say(
        f"{len(made)} imported, {len(rows)} left with IMP-{run.number}.",
        run=f"IMP-{run.number}", kind=draft.kind, imported=len(made), left=len(rows), keys=[queries.name_of(one) for one in made],
    )  # fmt: skip


def _results(context: Context, file: Path, key: str, number: str, dry_run: bool) -> None:
    """Bring a machine's results into a round, or say what of them would be recorded."""
    from reqtrack.acceptance import actions as acceptance
    from reqtrack.exchange.machines import telling
    from reqtrack.exchange.machines.reports import read_upload, report_of
    from reqtrack.files.door import open_upload
    from reqtrack.files.storage import Storage

    data = file.read_bytes()
    read = read_upload(open_upload(data, file.name))
    if dry_run:
        with reading():
            actor = context.actor()
            project = project_for(actor, key)
            found = telling.round_of(actor, project, number)
            told = telling.would_be(found, report_of(actor, project, read))
    else:
        Storage(context.app.config["SETTINGS"].data / "files").put(data)
        with writing(key):
            actor = context.actor()
            project = project_for(actor, key)
            found = telling.round_of(actor, project, number)
            told = telling.recorded(found, acceptance.bring(actor, found, report_of(actor, project, read)))
    for sentence in telling.sentences(told):
        click.echo(sentence, err=True)
    context.say(telling.line(told), **told)


def _mapping(path: Path) -> dict[str, str]:
    """Column → field, from a JSON file.

    Raises:
        click.BadParameter: it is none.
    """
    try:
        given = json.loads(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise click.BadParameter(f"{path} is no JSON: {error}.", param_hint="--mapping") from None
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        message = f'{path} is not of the form {{"column": "field", …}}.'
        raise click.BadParameter(message, param_hint="--mapping")
    return given


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
@project_option(required=False, help="Only this project.")
@click.option(
    "--certificate",
    type=FILE,
    default=None,
    help="A certificate, or a pack of a sign-off or a decision (PDF), to check.",
)
@bare_command
def verify(context: Context, key: str | None, certificate: Path | None) -> None:
    """Check audit chains, versions, baselines, results, decisions, signatures: every column of each."""
    from reqtrack.audit import verify as verifying
    from reqtrack.doctor import unready
    from reqtrack.proof.reading import is_pack
    from reqtrack.rendering.certificate import read_certificate

    wrong = unready(context.app)
    absent = wrong is not None and wrong.code in ("empty", "unreadable")
    if certificate is not None and is_pack(certificate.read_bytes()):
        _verify_pack(context, certificate, absent)
        return
    if absent and certificate is not None:
        context.refuse(
            "A certificate carries no seal: it is compared with the database, and there is none here. "
            "Ask for the pack of the sign-off, which is checked by itself."
        )
    if absent:
        context.refuse(str(wrong))  # what is there is verified, in whatever state it is
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


def _verify_pack(context: Context, file: Path, absent: bool) -> None:
    """Check a sign-off pack by itself, with this installation's keys; and, unless the database is ``absent``, against the data."""
    from reqtrack.audit import verify as verifying
    from reqtrack.proof.reading import check_upload
    from reqtrack.signoff import stamps
    from reqtrack.signoff.certificates import of_pack

    held = stamps.held()
    checked = check_upload(file.read_bytes(), file.name, held.trusted if held is not None else ())
    click.echo("\n".join(checked.lines), err=True)
    if not checked.report["genuine"] or checked.document is None:
        context.say("Broken.", ok=False, **checked.report)
        raise SystemExit(1)
    if absent:
        context.say("Sound by itself; there is no database to compare it with.", ok=True, **checked.report)
        return
    report = verifying.verify_certificate(of_pack(checked.document))
    for problem in report.problems:
        click.echo(str(problem), err=True)
    if not report.ok:
        context.say("Broken.", ok=False, problems=[str(one) for one in report.problems], **checked.report)
        raise SystemExit(1)
    context.say("Sound, and as the data here say.", ok=True, **checked.report)


@cli.group("seal-keys")
def seal_keys() -> None:
    """The keys with which signatures and packs are sealed."""


@seal_keys.command("list")
@bare_command
def list_seal_keys(context: Context) -> None:
    """Show the public keys, oldest first."""
    keys = _ring(context).public()["keys"]
    lines = [f"{one['id']}  {one['public']}  {one['since']} - {one['until'] or ''}".rstrip() for one in keys]
    context.say("\n".join(lines), keys=keys)


@seal_keys.command("rotate")
@bare_command
def rotate_seal_keys(context: Context) -> None:
    """Begin a new key. The old one stays for checking; its private half is destroyed."""
    made = _ring(context).rotate()
    context.say(f"Sealed from now on with {made.id}: {made.public.hex()}", key=made.shown())


def _ring(context: Context) -> Ring:
    from reqtrack.proof.seal import FOLDER, Ring

    return Ring.make(context.app.config["SETTINGS"].data / FOLDER)


FORMATS = ("json", "csv", "xlsx", "reqif", "gherkin", "pdf")
# What can be printed, and which option says of what.
DOCUMENTS = {
    "specification": "baseline",
    "change-record": "change",
    "decision-pack": "change",
    "impact": "change",
    "acceptance-report": "round",
    "minutes": "review",
    "certificate": "signoff",
    "sign-off-pack": "signoff",
    "signature-sheet": "signoff",
    "acceptance-slip": "round",
    "comparison": "points",
}


@cli.command()
@project_option()
@click.option("--format", "wanted", required=True, type=click.Choice(FORMATS))
@click.option("--kind", "plural", default="requirements", metavar="KINDS", show_default=True)
@click.option("--document", default="specification", type=click.Choice(DOCUMENTS), show_default=True)
@click.option(
    "--baseline", default="", metavar="BL-1", help="What the specification is of; without, the scope as it stands."
)
@click.option(
    "--change",
    default="",
    metavar="CR-1",
    help="What the change record, the pack of its decision, or the impact, is of.",
)
@click.option("--round", "round_number", default="", metavar="N", help="What the acceptance report is of.")
@click.option("--signoff", default="", metavar="N", help="What the certificate or the pack is of.")
@click.option(
    "--points", default="", metavar="BL-1..now", help="What is compared: baselines, days (2026-11-20), or now."
)
@click.option("--review", default="", metavar="REV-1", help="What the minutes are of.")
@click.option("--locale", default="en", type=click.Choice(["en", "zh_Hans_CN"]), show_default=True)
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@command
def export(context: Context, key: str, wanted: str, plural: str, document: str, output: Path, **about: str) -> None:
    """Write items (csv, xlsx, gherkin), a report (csv, xlsx) or a document (pdf) to a file."""
    from reqtrack.audit.record import access
    from reqtrack.db import db
    from reqtrack.documents import actions as documents
    from reqtrack.exchange.exporting import REPORTS, check_format
    from reqtrack.items.kinds import KINDS, by_plural

    _writable(context, output)
    kind = by_plural(plural)
    if kind is None and plural not in REPORTS:
        known = sorted([*REPORTS, *(one.plural for one in KINDS.values())])
        raise click.BadParameter(f"{plural} is none of: {', '.join(known)}.", param_hint="--kind")
    with reading():
        actor = context.actor()
        project = project_for(actor, key)
        db.session.expunge_all()
    if wanted == "pdf":
        subject = _subject(document, about)
        with context.app.test_request_context():
            name, data = documents.produce(actor, project, document, subject, about["locale"])
    else:
        if kind is not None:
            check_format(kind, wanted)
        name, _type, data = documents.produce_table(actor, project, plural, wanted)
    output.write_bytes(data)
    access(actor.login, "exported", name, project_id=project.id, detail={"by": actor.on_behalf or actor.name})
    context.say(f"{output}: {len(data)} bytes.", file=str(output), bytes=len(data))


def _writable(context: Context, path: Path) -> None:
    """Better said before a document is made than after."""
    folder = path.absolute().parent
    if not folder.is_dir():
        context.refuse(f"{path} cannot be written: there is no folder {folder}.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        context.refuse(f"{path} cannot be written: permission denied.")


def _subject(document: str, about: dict[str, str]) -> str:
    """What a document is about: its own option, which all but the specification need."""
    option = DOCUMENTS[document]
    subject = about["round_number" if option == "round" else option]
    if document == "acceptance-slip":
        # Of a baseline just as well.
        subject = about["baseline"] or (f"RND-{subject.removeprefix('RND-')}" if subject else "")
    if not subject and document != "specification":
        article = "An" if document[0] in "aeiou" else "A"
        raise click.UsageError(f"{article} {document} needs --{option}.")
    return subject


@cli.command()
@click.argument("key")
@project_option("project_key", required=False, help="Needed when there are several projects.")
@click.option("--depth", default=6, type=click.IntRange(1, 20))
@command
def impact(context: Context, key: str, project_key: str | None, depth: int) -> None:
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


@cli.command()
@project_option("project_key", required=False, help="Needed when there are several projects.")
@command
def radar(context: Context, project_key: str | None) -> None:
    """What to keep an eye on, with the items concerned."""
    from reqtrack.accounts.queries import only_project
    from reqtrack.radar.lines import as_facts
    from reqtrack.radar.queries.findings import radar as find

    with reading():
        actor = context.actor()
        found = find(actor, project_for(actor, project_key) if project_key else only_project()).open
        told = [as_facts(one) for one in found]
    lines = [f"{one['severity']:10} {one['check']:30} {one['count']:5}  {' '.join(one['items'][:8])}" for one in told]
    context.say("\n".join(lines) or "Nothing stands out.", findings=told)
