"""Files that no row names go after a day; all others stay, whatever names them."""

from __future__ import annotations

import ast
import os
import re
from importlib import import_module, util
from pathlib import Path

import pytest

from reqtrack import AREAS, clock
from reqtrack.db import db, writing
from reqtrack.files.storage import Storage
from reqtrack.items import actions
from reqtrack.items.queries import item_for
from reqtrack.jobs import queue
from reqtrack.jobs.models import Job
from reqtrack.jobs.sweeping import CHORE, DAY, naming, sweep
from tests.support.world import World

ROOT = Path(__file__).parents[2]
# Who keeps files in the store, and where a row names them.
KEPT_BY = {
    "reqtrack/acceptance/forms.py": {"results.evidence", "attachments.digest"},
    "reqtrack/api/resources/files.py": {"import_runs.digest"},
    "reqtrack/api/resources/machines.py": {"machine_runs.digest"},
    "reqtrack/exchange/machines/views.py": {"machine_runs.digest"},
    "reqtrack/api/resources/moves.py": {"attachments.digest"},
    "reqtrack/api/resources/people.py": {"evidence_documents.digest"},
    "reqtrack/commands.py": {"import_runs.digest"},
    "reqtrack/documents/actions.py": {"jobs.outcome"},
    "reqtrack/exchange/views.py": {"import_runs.digest"},
    "reqtrack/feedback/forms.py": {"attachments.digest"},
    "reqtrack/interviews/views/documents.py": {"evidence_documents.digest"},
    "reqtrack/items/views.py": {"attachments.digest"},
    "reqtrack/changes/views/agreed.py": {"attachments.digest"},
    "reqtrack/signoff/scans.py": {"signatures.scan", "paper_sheets.scan"},
}
_STORE = re.compile(r"\b(?:Storage\([^\n]*\)|_?store\(\)|storage)\.put\(")


def storing(source: str) -> bool:
    """Whether a file of the program keeps files in the store."""
    return any(_STORE.search(ast.unparse(node)) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def test_every_column_that_names_a_file_is_known_to_the_sweeper() -> None:
    sources = sorted((ROOT / "reqtrack").glob("**/*.py"))
    found = {path.relative_to(ROOT).as_posix() for path in sources if storing(path.read_text("utf-8"))}
    assert found == set(KEPT_BY), "say here which columns name what is kept, and mark those with NAMES_FILES"
    for area in AREAS:
        if util.find_spec(f"reqtrack.{area}.models"):
            import_module(f"reqtrack.{area}.models")
    known = {f"{column.table.name}.{column.name}" for column in naming()}
    assert known == set().union(*KEPT_BY.values())


@pytest.mark.parametrize(
    "planted", ["x = Storage(current_app.config['S'].data / 'f').put(data)", "store().put(data)", "_store().put(data)"]
)
def test_the_search_notices_who_keeps_files(planted: str) -> None:
    assert storing(planted) and not storing("search.put(kind, item)")


@pytest.fixture
def store(world: World) -> Storage:
    world.cast()
    assert CHORE in queue.CHORES
    return Storage(world.app.config["SETTINGS"].data / "files")


def age(store: Storage, seconds: float = DAY + 60) -> None:
    for digest in store.digests():
        then = clock.now().timestamp() - seconds
        os.utime(store._path(digest), (then, then))


def swept(world: World, store: Storage) -> set[bytes]:
    with world.app.app_context():
        sweep()
    return {store.read(digest) for digest in store.digests()}


def test_what_no_row_names_goes_after_a_day(world: World, store: Storage) -> None:
    key = world.requirement("analyst", title="Scan goods")
    store.put(b"refused")
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        actions.attach(scene.actor, item, store.put(b"hangs there"), "a.txt", "text", 11)
        gone = actions.attach(scene.actor, item, store.put(b"taken off"), "b.txt", "text", 9)
        actions.remove_attachment(scene.actor, item, gone)
    assert len(swept(world, store)) == 3
    age(store)
    assert swept(world, store) == {b"hangs there", b"taken off"}


def test_what_is_named_somewhere_in_json_stays(world: World, store: Storage) -> None:
    digest = store.put(b"a document")
    store.put(b"another")
    with world.app.app_context(), writing("CRM"):
        outcome = {"digest": digest, "name": "a.pdf", "media_type": "application/pdf"}
        db.session.add(
            Job(
                project_id=world.sites["CRM"].id,
                kind="x",
                payload={},
                state="done",
                made_at=clock.now(),
                outcome=outcome,
            )
        )
    age(store)
    assert swept(world, store) == {b"a document"}


def test_what_is_kept_anew_counts_as_new(world: World, store: Storage) -> None:
    store.put(b"refused")
    age(store)
    store.put(b"refused")
    assert swept(world, store) == {b"refused"}


def test_a_folder_of_another_database_is_let_be(world: World, store: Storage) -> None:
    store.put(b"theirs")
    age(store)
    assert swept(world, store) == {b"theirs"}
