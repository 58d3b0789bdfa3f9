"""An archived project is read and exported, and nothing in it changes: by no page, no program, no command, no link.

Walked over every route, so that what comes later is covered; what holds it is the one way in, and below it the one way to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner

from reqtrack import cli as command_line
from reqtrack import commands  # noqa: F401 - registers the commands
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import project_for
from reqtrack.audit.record import newest_seq, recorded
from reqtrack.db import reading
from reqtrack.errors import ARCHIVED, Refused
from reqtrack.exchange import exporting
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.permissions import ARCHIVE_WRITES, ROLES
from reqtrack.web import transaction
from tests.architecture.prepared import Prepared
from tests.architecture.samples import METHODS, Stop, alike, refusable, stops
from tests.architecture.walks import Answer, walk, walk_of
from tests.support.world import OPERATOR, Browser, World

WRITES = tuple(method for method in METHODS if method != "GET")


def archive(made: Prepared) -> None:
    with made.world.write("project_manager") as scene:
        accounts.archive_project(scene.actor, scene.project)


def seq(made: Prepared) -> int:
    with made.app.app_context(), reading():
        return newest_seq(made.world.sites["CRM"].id)


def sent(client: Browser, stop: Stop) -> Any:
    """A request as a page or program of ours sends it; whoever it is has just given the password."""
    body: Mapping[str, Any] = {"json": {}} if stop.is_api else {"data": {}}
    headers = {"X-CSRFToken": client.token(), "HX-Request": "true", "If-Match": "*"}
    return client.open(stop.url, method=stop.method, headers=headers, buffered=True, **body)


def of_project(walk: list[Stop]) -> list[Stop]:
    return [stop for stop in walk if "project" in stop.arguments]


def open_writes(made: Prepared, login: str) -> list[str]:
    """Routes of the project that write and do anything but say that it is archived, or that somebody may not."""
    client = made.world.client(login)
    complaints = []
    for stop in of_project(refusable(made, methods=WRITES)):
        if stop.route.permission in ARCHIVE_WRITES or not stop.route.writes:
            continue
        answer = sent(client, stop)
        reason = str(ARCHIVED) in answer.text.replace("&#39;", "'")
        if not (answer.status_code == 409 and reason) and answer.status_code not in (403, 404):
            complaints.append(f"{stop} → {answer.status_code}")
    return complaints


def test_nobody_changes_anything_in_it(own_sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    archive(made)
    before = seq(made)
    client = made.world.client("polymath")
    writes = [
        stop
        for stop in of_project(refusable(made, methods=WRITES))
        if stop.route.writes and stop.route.permission not in ARCHIVE_WRITES
    ]
    statuses = {sent(client, stop).status_code for stop in writes}
    assert len(writes) > 100 and statuses <= {409, 404}  # 404: nothing there under this name
    for login in ("polymath", "contributor"):
        assert open_writes(made, login) == []
    assert seq(made) == before


def is_form(answer: Answer) -> bool:
    form = ("/edit", "/new", "/run", "/changes/CR-1/items/", "/changes/CR-2/items/", "/special-flows/")
    return any(part in answer.url for part in form)


@pytest.mark.parametrize("login", ["polymath", pytest.param("implementer", marks=pytest.mark.full)])
def test_everything_in_it_is_read_as_before(own_sqlite_house: Prepared, sqlite_house: Prepared, login: str) -> None:
    made = own_sqlite_house
    pages = [(stop, stop.url) for stop in {alike(stop): stop for stop in reversed(of_project(stops(made)))}.values()]
    assert len(pages) > 100
    before = {answer.url: answer.status for answer in walk(sqlite_house, login)}  # what it is a copy of
    archive(made)
    after = {answer.url: answer for answer in walk_of(made, login, pages)}
    differing = [one for url, one in after.items() if one.status != before[url]]
    # A form in which nothing could be sent may be kept back; the page says why.
    assert [
        str(one) for one in differing if one.status != 403 or not is_form(one) or "archived since" not in one.text
    ] == []
    shown = after["/p/CRM/scope"]
    assert "This project is archived since" in shown.text and "/requirements/new" not in shown.text


def test_it_is_exported(own_sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    archive(made)
    client = made.world.client("auditor")
    asked = client.post(
        "/api/v1/projects/CRM/exports", json={"document": "specification"}, headers={"X-CSRFToken": client.token()}
    )
    assert asked.status_code in (201, 202), asked.text
    with made.app.test_request_context("/"), reading():
        project = project_for(OPERATOR, "CRM")
        assert b"REQ-1" in exporting.export(OPERATOR, project, KINDS["requirement"], "csv")


def test_it_is_reopened_by_its_manager_and_by_nobody_else(own_sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    world = made.world
    assert world.client("business_owner").send("/p/CRM/archiving").status_code == 403
    assert world.client("project_manager").send("/p/CRM/archiving").status_code == 303
    assert "Archived" in world.client("project_manager").get("/projects").text
    for role in ROLES:
        if role != "project_manager":
            assert world.client(role).send("/p/CRM/reopening").status_code == 403
    settings = world.client("project_manager").get("/p/CRM/settings").text
    assert 'action="/p/CRM/reopening"' in settings and 'action="/p/CRM/settings"' not in settings
    assert world.client("project_manager").send("/p/CRM/reopening").status_code == 303
    assert world.client("analyst").send("/p/CRM/i/REQ-1/comments", {"body": "Here we are again"}).status_code == 303
    client = world.client("project_manager")
    headers = {"X-CSRFToken": client.token()}
    put_away = client.post("/api/v1/projects/CRM/archiving", headers=headers)
    assert put_away.status_code == 201 and put_away.json["archived_at"]
    assert client.post("/api/v1/projects/CRM/archiving", headers=headers).json["reasons"][0]["code"] == "archived"
    reopened = client.post("/api/v1/projects/CRM/reopening", headers=headers)
    assert (reopened.status_code, reopened.json["archived_at"]) == (201, None)
    assert client.post("/api/v1/projects/CRM/reopening", headers=headers).status_code == 409


def test_no_invitation_leads_into_it(own_sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    archive(made)
    answer = made.world.client("newcomer").send(f"/join/{made.secrets['join']}")
    assert answer.status_code == 409 and str(ARCHIVED) in answer.text


def test_no_command_changes_it_but_the_one_that_reopens_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cast()
    monkeypatch.setattr(command_line, "create_app", lambda: world.app)

    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(command_line.cli, words)
        return done.exit_code, done.output.strip()

    member = ("member", "set", "--project", "CRM", "--user", "outsider", "--role", "tester")
    assert said("project", "archive", "CRM") == (0, "CRM is archived.")
    assert said(*member) == (1, str(ARCHIVED))
    assert said("project", "archive", "CRM") == (1, "This project is archived already.")
    assert said("project", "reopen", "CRM") == (0, "CRM is open again.")
    assert said(*member)[0] == 0


def test_an_action_is_refused_wherever_it_is_called_from(world: World) -> None:
    """The one way to write: on both databases, whoever acts and whatever way they came."""
    world.cast()
    key = world.requirement()
    with world.write() as scene:
        accounts.archive_project(OPERATOR, scene.project)
    for login in ("", "analyst"):
        with pytest.raises(Refused) as refused, world.write(login) as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {"title": "Otherwise"})
        assert refused.value.reasons[0].code in ("archived", "no_permission")
    with (
        pytest.raises(Refused, match="archived"),
        world.write() as scene,
        recorded(OPERATOR, scene.project.id, "x.y", "z"),
    ):
        pass


@pytest.mark.full
def test_the_walk_notices_a_door_that_stands_open(own_sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule broken on purpose: the way in asks nothing, and the way to write neither."""
    made = own_sqlite_house
    archive(made)
    monkeypatch.setattr(transaction, "ARCHIVE_WRITES", frozenset(made_permissions()))
    # The way to write still holds.
    before = seq(made)
    assert open_writes(made, "polymath") != []
    assert seq(made) == before
    monkeypatch.setattr("reqtrack.audit.record.REOPENED", "comment.written")
    monkeypatch.setattr("reqtrack.permissions.ARCHIVE_PERMISSIONS", frozenset(made_permissions()))
    assert made.world.client("polymath").send("/p/CRM/i/REQ-1/comments", {"body": "In the dark"}).status_code == 303
    assert seq(made) > before


def made_permissions() -> frozenset[str]:
    from reqtrack.permissions import PERMISSIONS

    return PERMISSIONS
