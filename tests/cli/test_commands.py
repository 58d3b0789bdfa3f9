"""The command line: what it says, with which code it ends, and that nothing wrong ends in a trace."""

from __future__ import annotations

import gc
import getpass
import json
import os
import socket
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from reqtrack import cli as command_line
from reqtrack import create_app
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries.ways import passkeys, recovery_codes, ways_of
from reqtrack.audit.models import AccessEvent, Event
from reqtrack.commands import DOCUMENTS, FORMATS, cli
from reqtrack.db import db
from reqtrack.documents.catalogue import DOCUMENTS as PRINTED
from reqtrack.exchange import exporting
from reqtrack.migrations import revisions
from tests.accounts.device import Device
from tests.accounts.test_codes import set_up
from tests.accounts.test_passkeys import keep
from tests.support.world import World

Run = Callable[..., Result]


def invoke(*words: str) -> Result:
    """One call, whose error is either a sentence or a defect."""
    result = CliRunner().invoke(cli, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls on the test's database."""
    monkeypatch.setattr(command_line, "create_app", lambda: app)
    return invoke


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Calls as in an environment of their own: its data folder, where nothing is yet."""
    for name in ("DATABASE_URL", "PORT", "HOST", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQTRACK_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pw").write_text("correct horse 电池\r\n", "utf-8-sig")
    (tmp_path / "sheet.csv").write_text("Title\nOne\n")
    made: dict[tuple[tuple[str, str], ...], Flask] = {}

    def make() -> Flask:
        environment = tuple(sorted(os.environ.items()))
        if environment not in made:
            made[environment] = create_app()
        return made[environment]

    monkeypatch.setattr(command_line, "create_app", make)
    yield tmp_path
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


def commands(group: click.Group = cli, *above: str) -> Iterator[tuple[str, ...]]:
    """All commands, by their words."""
    for name, found in group.commands.items():
        if isinstance(found, click.Group):
            yield from commands(found, *above, name)
        else:
            yield (*above, name)


# -- what all share ----------------------------------------------------------------------------------------------------


def test_every_command_tells_what_it_takes() -> None:
    found = list(commands())
    assert {("init",), ("serve",), ("user", "add"), ("db", "check"), ("export",)} <= set(found)
    for words in found:
        shown = invoke(*words, "--help")
        assert shown.exit_code == 0 and "--json" in shown.output and "--as-user" in shown.output, words
        assert "\n\n  " in shown.output, f"{words} does not say what it does"


def test_json_stands_before_a_command_or_after_it(run: Run, world: World, tmp_path: Path) -> None:
    world.project()
    world.user("li")
    for words in (("--json", "token", "create", "--user", "li", "--scope", "read"),
                  ("token", "create", "--user", "li", "--scope", "read", "--json"),
                  ("token", "create", "--json", "--user", "li", "--scope", "read")):  # fmt: skip
        assert json.loads(run(*words).output)["token"].startswith("rt_"), words
    plain = run("token", "create", "--user", "li", "--scope", "read").output
    assert plain.startswith("rt_") and len(plain.split()) == 1
    # What is refused, too.
    for words in (("--json", "impact", "REQ-9", "--project", "CRM"), ("impact", "REQ-9", "--project", "CRM", "--json")):
        refused = run(*words)
        assert refused.exit_code == 1 and "REQ-9" in json.loads(refused.output)["error"][0]
    told = json.loads(run("doctor", "--json").output)
    assert told["ok"] is True and {one["name"] for one in told["findings"]} == {
        "database",
        "migrations",
        "storage",
        "worker",
    }


def events(world: World, action: str, project: int) -> list[tuple[str, str, str]]:
    with world.read():
        wanted = select(Event).where(Event.action == action, Event.project_id == project).order_by(Event.seq)
        return [(row.actor, row.actor_name, row.on_behalf) for row in db.session.execute(wanted).scalars()]


def test_who_ran_it_is_kept_beside_whom_it_is_attributed_to(run: Run, world: World, tmp_path: Path) -> None:
    """U2."""
    site = world.project()
    world.member("li", "project_manager", name="李")
    world.user("wang")
    me = f"operator ({getpass.getuser()})"
    role = ("member", "set", "--project", "crm", "--user", "wang", "--role")
    assert run(*role, "tester").exit_code == run(*role, "analyst", "--as-user", "li").exit_code == 0
    assert run("--as-user", "li", *role, "sponsor").exit_code == 0
    assert events(world, "member.added", site.id)[-3:] == [("operator", me, ""), ("li", "李", me), ("li", "李", me)]
    shown = world.client("li").get("/api/v1/projects/CRM/events?limit=200").json["items"]
    assert {row["on_behalf"] for row in shown} == {None, me}
    # It attributes, and gives no more than that user has.
    (tmp_path / "pw").write_text("correct horse")
    refused = run(
        "user", "add", "--login", "new", "--name", "N", "--password-file", str(tmp_path / "pw"), "--as-user", "li"
    )
    assert refused.exit_code == 1 and "Only administrators" in refused.output
    assert run(*role, "sponsor", "--as-user", "wang").exit_code == 1
    assert run("user", "disable", "--login", "wang").exit_code == 0
    refused = run(*role, "sponsor", "--as-user", "wang")
    assert refused.exit_code == 1 and refused.output == "wang is disabled: the account cannot sign in.\n"


def test_what_somebody_lost_is_taken_from_them(run: Run, world: World) -> None:
    world.user("wang")
    browser, phone, key = world.client("wang"), Device(), Device()
    set_up(browser)
    assert keep(browser, phone, "phone") == keep(browser, key, "key 2") == 303
    lost = ("user", "lost", "--login", "wang")
    refused = run(*lost, "--passkey", "tablet")
    assert refused.exit_code == 1 and refused.output == "wang has no passkey named tablet. Theirs: phone, key 2.\n"
    with world.read():
        assert len(passkeys(world.people["wang"].id)) == 2, "nothing is taken where a name is wrong"
    done = run(*lost, "--authenticator", "--passkey", "phone")
    assert done.output == "Taken from wang: the authenticator app, passkey phone.\n"
    me = f"operator ({getpass.getuser()})"
    for action in ("user.authenticator_ended", "user.passkey_ended"):
        assert events(world, action, 0) == [("operator", me, "")]
    with world.read():
        held = ways_of(world.people["wang"].id)
        assert (held.code, held.passkey) == (False, True)
        assert not recovery_codes(world.people["wang"].id)
    told = json.loads(run(*lost, "--passkeys", "--json").output)
    assert told == {"login": "wang", "authenticator": False, "passkeys": ["key 2"]}
    for more in (("--passkeys",), ("--authenticator",)):
        refused = run(*lost, *more)
        assert refused.exit_code == 1 and refused.output == "wang has nothing of that kind.\n"
    world.user("li")
    assert run(*lost, "--authenticator", "--as-user", "li").exit_code == 1


def test_a_system_that_does_not_know_us_by_name(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose user has a number alone."""

    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 10001")

    monkeypatch.setattr(getpass, "getuser", unknown)
    world.user("li")
    assert run("user", "disable", "--login", "li").exit_code == 0
    assert events(world, "user.disabled", 0) == [("operator", f"operator (uid {os.getuid()})", "")]


# -- what is wrong is a sentence ---------------------------------------------------------------------------------------

# Words, the code they end with (1 refused, 2 usage), and what is said.
WRONG: list[tuple[str, int, str]] = [
    ("nosuch", 2, "No such command 'nosuch'"),
    ("db nosuch", 2, "No such command 'nosuch'"),
    ("user add --login a --name A --password-file nosuch", 2, "does not exist"),
    ("user add --login a --name A --password-file empty", 1, "empty is empty."),
    ("user add --login a --name A --password-file bytes", 1, "bytes is no text in UTF-8."),
    ("user add --login a --name A --password-file pw --email x", 1, "no e-mail|not an e-mail"),
    ("user add --login li --name A --password-file pw", 1, "There is an account with the login li already."),
    ("user password --login nobody --password-file pw", 1, "There is no nobody here"),
    ("user disable --login nobody", 1, "There is no nobody here"),
    ("user lost --login nobody --authenticator", 1, "There is no nobody here"),
    ("user lost --login nobody", 2, "Say what was lost"),
    ("project create --name X --key crm", 1, "There is a project with the key CRM already."),
    ("project create --name X --key 客户", 1, "A key is 2 to 10 capital letters"),
    ("project create", 2, "Missing option '--name'"),
    ("member set --project NOPE --user li --role tester", 1, "There is no NOPE here"),
    ("member set --project CRM --user li --role king", 2, "'king' is not one of"),
    ("token create --user nobody --scope read", 1, "There is no nobody here"),
    ("token create --user li --scope all", 2, "'all' is not one of"),
    ("token create --user li --scope read --as-user nobody", 1, "There is no nobody here"),
    ("import sheet.csv --project NOPE", 1, "There is no NOPE here"),
    ("import nosuch.csv --project CRM", 2, "does not exist"),
    ("import bytes --project CRM", 1, "The file says that it is UTF-16"),
    ("import sheet.csv --project CRM --mapping pw", 2, "pw is no JSON"),
    ("import sheet.csv --project CRM --mapping bytes", 2, "bytes is no JSON"),
    ("import sheet.csv --project CRM --mapping list.json", 2, "is not of the form"),
    ("import sheet.csv --project CRM --mapping numbers.json", 2, "is not of the form"),
    ("import sheet.csv --project CRM --mapping walls.json", 1, "There is no field “walls” here"),
    ("export --project NOPE --format csv -o out", 1, "There is no NOPE here"),
    (
        "export --project CRM --format csv --kind walls -o out",
        2,
        "walls is none of: acceptance, change-figures, changes",
    ),
    ("export --project CRM --format gherkin -o out", 1, "Only acceptance scenarios"),
    ("export --project CRM --format reqif -o out", 1, "reqif cannot be exported yet."),
    ("export --project CRM --format csv -o nosuch/out", 1, "there is no folder"),
    ("export --project CRM --format csv -o .", 2, "is a directory"),
    ("export --project CRM --format csv -o /proc/out", 1, "/proc/out"),
    ("export --project CRM --format pdf --document nosuch -o out", 2, "'nosuch' is not one of"),
    ("export --project CRM --format pdf --document certificate -o out", 2, "A certificate needs --signoff."),
    ("export --project CRM --format pdf --document certificate --signoff 9 -o out", 1, "There is no 9 here"),
    ("export --project CRM --format pdf --baseline BL-9 -o out", 1, "There is no BL-9 here"),
    ("impact REQ-9 --project CRM", 1, "There is no REQ-9 here"),
    ("impact 中文 --project CRM", 1, "There is no 中文 here"),
    ("impact REQ-1 --depth 99", 2, "is not in the range"),
    ("verify --project NOPE", 1, "There is no NOPE here"),
    ("verify --certificate sheet.csv", 1, "not a PDF"),
    ("serve --port 99999", 2, "is not in the range"),
    ("serve --threads 0", 2, "is not in the range"),
    # Bytes that are no text.
    ("project create --name a\udcff", 2, "no text in UTF-8"),
    ("member set --project \udcff --user li --role tester", 2, "no text in UTF-8"),
    ("token create --user \udcff --scope read", 2, "no text in UTF-8"),
]


def test_what_is_wrong_is_one_sentence(run: Run, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.project()
    world.user("li")
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    files = {"pw": b"correct horse", "empty": b"", "bytes": b"\xff\xfe\x00", "sheet.csv": b"Title\nOne\n", "list.json": b"[1]",
             "numbers.json": b'{"Title": 1}', "walls.json": b'{"Title": "walls"}'}  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    told = []
    for words, code, said in WRONG:
        result = run(*words.split())
        if result.exit_code != code or not any(one in result.output for one in said.split("|")):
            told.append(f"{words!r} → {result.exit_code} {result.output[-200:]!r}")
        elif code == 1 and len(result.output.splitlines()) != 1:
            told.append(f"{words!r} says more than a sentence: {result.output!r}")
    assert told == []
    with world.read():
        assert db.session.execute(select(Project.key)).scalars().all() == ["CRM"]
    assert not (tmp_path / "out").exists()


def _told(result: Result) -> tuple[int, str]:
    return result.exit_code, result.output


def test_where_nothing_can_be_served(run: Run, world: World) -> None:
    with socket.socket() as taken, warnings.catch_warnings():
        # waitress leaves what it opened before it could not bind to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = [_told(run("serve", "--port", str(port)))]
        said.append(_told(run("serve", "--host", "999.1.1.1", "--port", str(port))))
        gc.collect()
    assert said == [
        (1, f"Nothing can be served on 127.0.0.1:{port}: Address already in use.\n"),
        (1, f"Nothing can be served on 999.1.1.1:{port}: Invalid host/port specified.\n"),
    ]


def test_the_radar_is_told_as_the_api_tells_it(run: Run, world: World) -> None:
    world.project()
    assert run("radar").output == "Nothing stands out.\n"
    assert json.loads(run("radar", "--json").output) == {"findings": []}
    key = world.requirement(tier="must")
    world.member("li", "analyst")
    told = json.loads(run("radar", "--project", "CRM", "--json").output)
    assert told["findings"] == world.client("li").get("/api/v1/projects/CRM/radar").json["findings"]
    assert {one["check"]: one["items"] for one in told["findings"]} == {
        "requirement_without_scenario": [key], "requirement_without_evidence": [key],
    }  # fmt: skip
    shown = run("radar").output.splitlines()
    assert len(shown) == 2 and all("attention" in line and key in line for line in shown)
    assert run("radar", "--project", "NONE").exit_code == 1


# -- databases that will not do ----------------------------------------------------------------------------------------

# What needs one, with arguments that would do.
NEEDY = (
    "user add --login a --name A --password-file pw", "user password --login a --password-file pw", "user disable --login a",
    "user lost --login a --passkeys",
    "project create --name X", "project archive X", "project reopen X", "member set --project X --user a --role tester",
    "token create --user a --scope read", "import sheet.csv --project X", "export --project X --format csv -o out",
    "export --project X --format pdf -o out", "impact REQ-1", "radar", "verify", "demo load", "demo load --if-empty", "demo remove",
    "serve", "worker", "db check", "doctor",
)  # fmt: skip
UNNEEDY = {("init",), ("routes",), ("db", "upgrade"), ("seal-keys", "list"), ("seal-keys", "rotate")}


def test_each_command_is_tried_without_a_database() -> None:
    tried = {words for words in commands() for needy in NEEDY if needy.split()[: len(words)] == list(words)}
    assert tried | UNNEEDY == set(commands())


def test_without_a_database_each_command_says_how_to_make_one(alone: Path) -> None:
    for words in NEEDY:
        refused = invoke(*words.split())
        assert refused.exit_code == 1, words
        assert refused.output.endswith("There is nothing in this database yet. Make its tables: reqtrack init\n"), words
        assert words == "doctor" or len(refused.output.splitlines()) == 1, words
    assert invoke("routes").exit_code == 0
    for _ in range(2):
        assert invoke("init").exit_code == invoke("db", "upgrade").exit_code == 0
    assert json.loads(invoke("db", "check", "--json").stdout) == {"ok": True}
    assert invoke("user", "add", "--login", "王明", "--name", "王明", "--password-file", "pw", "--admin").exit_code == 0


def test_readiness_is_told_where_there_are_no_tables(alone: Path) -> None:
    answer = command_line.create_app().test_client().get("/readyz")
    checks = {"database": True, "migrations": False, "storage": True, "worker": False}
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "checks": checks})


@pytest.mark.parametrize(
    ("hand", "said"),
    [("UPDATE migration_mark SET version_num = '9999'", "a newer one made it"),
     ("UPDATE migration_mark SET version_num = '0000'", "does not know"), ("DELETE FROM migration_mark", "mark is missing")],
)  # fmt: skip
def test_a_database_of_another_version_is_left_alone(alone: Path, hand: str, said: str) -> None:
    """D7."""
    assert invoke("init").exit_code == 0
    path = alone / "data" / "reqtrack.sqlite3"
    with sqlite3.connect(path) as file:
        file.execute(hand)
    for words in ("user disable --login a", "db upgrade", "init", "serve", "db check"):
        refused = invoke(*words.split())
        assert refused.exit_code == 1 and said in refused.output and len(refused.output.splitlines()) == 1, words
    # Verification looks all the same, and names the place.
    refused = invoke("verify")
    assert refused.exit_code == 1 and "migration_mark" in refused.output


def test_a_database_that_is_behind_says_what_to_do(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoke("init").exit_code == 0
    known = revisions()
    monkeypatch.setattr("reqtrack.doctor.revisions", lambda: [*known, "0099"])
    refused = invoke("project", "create", "--name", "X")
    assert refused.exit_code == 1
    assert refused.output == f"The database is at {known[-1]}, this program wants 0099. Run: reqtrack db upgrade\n"


def test_what_cannot_be_read_is_said_without_a_trace(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (alone / "data").mkdir()
    (alone / "data" / "reqtrack.sqlite3").write_bytes(b"This is no database. " * 500)
    for words in (*NEEDY, "init", "db upgrade"):
        refused = invoke(*words.split())
        assert refused.exit_code == 1 and "The database cannot be read: file is not a database" in refused.output, words
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x")
    for words in ("verify", "init", "project create --name X"):
        refused = invoke(*words.split())
        assert refused.exit_code == 1 and "The database cannot be read" in refused.output, words
        assert "geheim" not in refused.output, "S8: it tells the password"


def test_settings_that_make_no_sense_are_named(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (alone / "file").write_text("")
    for name, value, said in (
        ("REQTRACK_DATA", str(alone / "file" / "data"), "cannot be written: Not a directory"),
        ("REQTRACK_WALL", "1", "REQTRACK_WALL is not a setting"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL leads to no database"),
        ("DATABASE_URL", "oracle://x/y", "DATABASE_URL leads to no database"),
        ("SECRET_KEY_FILE", "/nosuch", "SECRET_KEY_FILE names /nosuch"),
        ("TRUSTED_PROXIES", "many", "TRUSTED_PROXIES: "),
    ):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            refused = invoke("init", "--json")
        assert refused.exit_code == 1 and said in json.loads(refused.output)["error"][0], name
    monkeypatch.setenv("PORT", "abc")
    assert invoke("serve").exit_code == 2


# -- what single ones do -----------------------------------------------------------------------------------------------


def test_what_leaves_by_the_command_line_is_remembered(run: Run, world: World, tmp_path: Path) -> None:
    world.project()
    world.member("li", "analyst")
    world.requirement(title="客户电话")
    for more, name in (((), "CRM-requirements.csv"), (("--as-user", "li"), "CRM-requirements.csv")):
        made = run("export", "--project", "crm", "--format", "csv", "-o", str(tmp_path / "out.csv"), *more)
        assert made.exit_code == 0, made.output
        with world.read():
            newest = db.session.execute(select(AccessEvent).order_by(AccessEvent.seq.desc()).limit(1)).scalar_one()
            assert (newest.actor, newest.action, newest.subject) == ("li" if more else "operator", "exported", name)
            assert getpass.getuser() in newest.detail
    assert "客户电话" in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_what_can_be_exported_is_what_is_offered(app: Flask) -> None:
    assert set(DOCUMENTS) == set(PRINTED)
    assert set(exporting.FORMATS) | {"pdf", "json", "reqif"} == set(FORMATS)


@pytest.mark.sqlite  # of names alone
def test_the_demo_is_not_taken_for_a_project_of_ours(run: Run, world: World) -> None:
    """A project that happens to be called as the demo's is not put away."""
    world.project("CRM", "Ours")
    world.member("li", "project_manager")
    removed = run("demo", "remove", "--json")
    assert removed.exit_code == 0 and json.loads(removed.output) == {"projects": []}
    refused = run("demo", "load")
    assert refused.exit_code == 1 and "there are other projects with them" in refused.output
    with world.read() as scene:
        assert scene.project.archived_at is None and world.user_row("li").active


@pytest.mark.sqlite  # of processes alone
def test_it_runs_as_a_module_and_as_flasks(alone: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(command_line.__file__).parents[1])}
    for words in (("-m", "reqtrack"), ("-m", "flask", "--app", "wsgi")):
        done: Any = subprocess.run(
            [sys.executable, *words, "doctor", "--json"], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1 and json.loads(done.stdout)["ok"] is False, done.stderr
