"""The program is killed while people write and while a document is printed: nothing that was acknowledged is lost, nothing is
done by half, and what was under way can be sent or is done again."""

from __future__ import annotations

import subprocess
import threading
import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from typing import Any

import pytest
from flask import Flask

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.audit.verify import verify
from reqtrack.changes import actions as changes
from reqtrack.db import reading
from reqtrack.documents import actions as documents
from reqtrack.files.storage import Storage
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.jobs import queue
from reqtrack.requirements.actions import change_phase
from reqtrack.requirements.queries import phases
from tests.stories.children import MOST, Caller, Installation, kill, wait_for
from tests.support import apps
from tests.support.databases import Database
from tests.support.world import OPERATOR, Scene, World

WRITERS = 5
# Changes that are put into effect meanwhile, and how many requirements each edits.
CHANGES, EDITS = 24, 6
# The server is killed once so many writes are acknowledged.
ENOUGH = 40
pytestmark = pytest.mark.story


@dataclass
class Write:
    """A write that a writer sends: what is asked for, and the answer when there was one."""

    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    answer: dict[str, Any] | None = None

    def send(self, caller: Caller) -> dict[str, Any]:
        """Send it (again: the key makes it one and the same)."""
        status, self.answer = caller(self.method, self.path, self.body, **self.headers)
        assert status < 300, (self, status)
        return self.answer


class Writer(threading.Thread):
    """Creates requirements, edits each, comments on each, until the server is gone. Notes all that it sends."""

    def __init__(self, name: str, caller: Caller, noted: threading.Semaphore) -> None:
        super().__init__(name=name, daemon=True)
        self.caller, self.noted = caller, noted
        self.writes: list[Write] = []
        self.wrong: BaseException | None = None

    def run(self) -> None:
        try:
            for number in count(1):
                self._one(number)
        except StopIteration:
            return
        except (OSError, HTTPException):
            return  # the server is gone, as it should be
        except BaseException as problem:  # noqa: BLE001 - told by the test
            self.wrong = problem
        finally:
            self.caller.close()

    def _one(self, number: int) -> None:
        title = f"{self.name} {number} 号需求"
        made = self._send("POST", "/requirements", {"title": title, "statement": f"{title} shall be kept."})
        key, match = made["key"], f'"{made["version"]}"'
        self._send("PATCH", f"/requirements/{key}", {"statement": f"{title} shall be kept for ever."}, If_Match=match)
        self._send("POST", "/comments", {"item": key, "body": f"{title}: seen"})

    def _send(self, method: str, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        write = Write(method, path, body, {**headers, "Idempotency_Key": uuid.uuid4().hex})
        self.writes.append(write)
        answer = write.send(self.caller)
        self.noted.release()
        return answer


class Decider(Writer):
    """Puts one change after the other into effect."""

    def __init__(self, caller: Caller, noted: threading.Semaphore, changes: Iterable[str]) -> None:
        super().__init__("decider", caller, noted)
        self.changes = iter(changes)

    def _one(self, number: int) -> None:
        body = {"outcome": "approved", "tier": "should", "phase": "Phase 1"}
        self._send("POST", f"/changes/{next(self.changes)}/decisions", body)


def prepared(app: Flask) -> dict[str, str]:
    """A project with changes that wait for their decision; tokens by login. The app's own connections are given back."""
    world = World(app)
    world.cast()
    _changes(world)
    with world.write(project=""):
        tokens = {
            login: str(accounts.create_token(OPERATOR, user_by_login(login), "write"))
            for login in ("analyst", "project_manager")
        }
    apps.close(app)
    return tokens


def _changes(world: World) -> None:
    """Each edits some requirements of its own, which are to say its key then."""
    with world.write("analyst") as scene:
        change_phase(OPERATOR, scene.project, phases(scene.project.id)[0], {"name": "Phase 1"})
        for number in range(CHANGES):
            keys = [_untouched(scene, f"Edited {number}") for _ in range(EDITS)]
            edits = [{"item": key, "field": "statement", "new": f"CR-{number + 1} says so."} for key in keys]
            change = changes.log(scene.actor, scene.project, title="More", reason="So.", edits=edits)
            changes.submit(scene.actor, change)
            changes.assess(scene.actor, change, likely=0.1)


def _untouched(scene: Scene, title: str) -> str:
    told = {"title": title, "statement": "Nobody said.", "tier": "should"}
    return str(store.create(scene.actor, scene.project, KINDS["requirement"], told).key)


def half_applied(caller: Caller) -> list[str]:
    """Changes whose edits are neither all there nor none of them, or not as their stage says."""
    complaints = []
    said = Counter(row["statement"] for row in caller.all("/requirements"))
    for row in caller.all("/changes"):
        wanted = EDITS if row["stage"] == "applied" else 0
        if said[f"{row['key']} says so."] != wanted:
            complaints.append(f"{row['key']} is {row['stage']}: {said[row['key'] + ' says so.']} of {EDITS} edits")
    return complaints


def lost(writes: list[Write], caller: Caller) -> list[str]:
    """Acknowledged writes that are not there."""
    rows = {row["key"]: row for row in caller.all("/requirements")}
    said = {(row["item"], row["body"]) for row in caller.all("/comments")}
    complaints = []
    for write in writes:
        answer = write.answer
        if answer is None:
            continue
        if write.path == "/comments":
            kept = (write.body["item"], write.body["body"]) in said
        else:
            row = rows.get(answer["key"], {"version": 0})
            kept = row["version"] >= answer["version"]
            if row["version"] == answer["version"]:
                kept = all(row[name] == value for name, value in write.body.items())
        if not kept:
            complaints.append(f"{write.method} {write.path} {write.body} → {answer}")
    return complaints


def halves(caller: Caller) -> list[str]:
    """Requirements that are not found by their words, or whose versions are not one for each save."""
    complaints = []
    for row in caller.all("/requirements")[-2 * WRITERS :]:
        history = caller("GET", f"/requirements/{row['key']}/history")[1]["items"]
        if [one["version"] for one in history] != list(range(row["version"], 0, -1)):
            complaints.append(f"{row['key']}: versions {[one['version'] for one in history]}")
        if history[0]["content"]["statement"] != row["statement"]:
            complaints.append(f"{row['key']}: {history[0]['content']} in the version, {row['statement']} in the list")
        found = caller("GET", f"/search?q={row['title'].split()[0]}&limit=200")[1]["items"]
        if row["key"] not in {one["key"] for one in found}:
            complaints.append(f"{row['key']} is not found")
    return complaints


@pytest.mark.timeout(300)
@pytest.mark.costly
def test_a_server_killed_while_people_write_loses_nothing(database: Database, app: Flask) -> None:
    place, tokens = Installation(database, database.data), prepared(app)
    noted, token = threading.Semaphore(0), tokens["analyst"]
    with place.serving() as (process, port):
        writers = [Writer(f"writer{number}", Caller(port, token), noted) for number in range(WRITERS)]
        decider = Decider(
            Caller(port, tokens["project_manager"]), noted, (f"CR-{one}" for one in range(1, CHANGES + 1))
        )
        writers.append(decider)
        for writer in writers:
            writer.start()
        for _ in range(ENOUGH):
            assert noted.acquire(timeout=MOST)
        kill(process)
        for writer in writers:
            writer.join(10)
    assert [writer.wrong for writer in writers] == [None] * len(writers)
    writers.remove(decider)
    decided = sum(write.answer is not None for write in decider.writes)
    assert 0 < decided < CHANGES, "changes were put into effect, and more waited"
    writes = [write for writer in writers for write in writer.writes]
    cut_off = [write for write in writes if write.answer is None]
    assert len(writes) - len(cut_off) + decided >= ENOUGH
    assert cut_off, "nobody was writing when it was killed"

    with (
        place.running("verify") as checking,
        place.serving() as (_, port),
        closing(Caller(port, token)) as caller,
        closing(Caller(port, tokens["project_manager"])) as manager,
    ):
        assert lost(writes, caller) == []
        assert halves(caller) == []
        assert half_applied(caller) == []
        _sound(checking)
        # What was not acknowledged is sent again with its key, and is there once, whether it had been done or not.
        for write in cut_off:
            write.send(caller)
        under_way = [write for write in decider.writes if write.answer is None]
        for write in under_way:
            write.send(manager)
        applied = sum(row["stage"] == "applied" for row in caller.all("/changes"))
        assert half_applied(caller) == [] and applied == decided + len(under_way)
        assert lost(writes, caller) == []
        titles = [row["title"] for row in caller.all("/requirements") if not row["title"].startswith("Edited")]
        assert len(titles) == len(set(titles)) == len([one for one in writes if one.path == "/requirements"])
        said = [row["body"] for row in caller.all("/comments")]
        assert len(said) == len(set(said)) == len([one for one in writes if one.path == "/comments"])


def _sound(checking: subprocess.Popen[bytes]) -> None:
    said, _ = checking.communicate(timeout=MOST)
    assert checking.returncode == 0, said.decode()
    assert said.startswith(b"Sound: ")


@pytest.mark.sqlite  # how jobs are taken is tested on both in tests/architecture/test_jobs.py
@pytest.mark.timeout(300)
def test_a_document_whose_worker_is_killed_is_made_all_the_same(database: Database, world: World) -> None:
    world.cast()
    for number in range(3):
        world.requirement("analyst", title=f"Requirement {number}", statement="它应当\n照办。")
    with world.write("analyst") as scene:
        number = documents.ask(scene.actor, scene.project, "specification", "", "en").id
    place = Installation(database, database.data)

    def state(*wanted: str) -> dict[str, Any] | None:
        with world.app.app_context(), reading():
            row = queue.job_for(OPERATOR, world.sites["CRM"].id, number)
            found = {"state": row.state, "attempts": row.attempts, "outcome": row.outcome, "error": row.error}
        return found if not wanted or found["state"] in wanted else None

    with place.running("worker") as process:
        found = wait_for(lambda: state("running", "done", "failed"))
        assert found["state"] == "running"
        kill(process)
    assert state() == {"state": "running", "attempts": 1, "outcome": None, "error": ""}
    with place.running("worker"):
        # Not a minute later, when the lease runs out: the next worker sees that the process is gone.
        found = wait_for(lambda: state("done", "failed"))
    assert (found["state"], found["attempts"], found["error"]) == ("done", 2, "")
    kept = Storage(database.data / "files").read(found["outcome"]["digest"])
    assert kept.startswith(b"%PDF-") and len(kept) == found["outcome"]["size"]
    with world.app.app_context():
        assert verify().problems == []
