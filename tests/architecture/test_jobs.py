"""Rule 8: long work is a job: taken under a lease, told how far, cancelled, tried again when it dies, and given up in the open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.db import db, reading, writing
from reqtrack.errors import NotFound
from reqtrack.jobs import queue, worker
from reqtrack.jobs.models import Job, Worker
from tests.support.world import OPERATOR, World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Handler = Callable[[queue.Running], Mapping[str, Any]]


@pytest.fixture
def crm(world: World) -> World:
    world.project()
    world.member("analyst", "analyst")
    return world


@pytest.fixture
def ask(crm: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], int]:
    """Put a job in that a function works; its id."""

    def put(handler: Handler) -> int:
        monkeypatch.setitem(queue.HANDLERS, "planted", handler)
        with crm.write("analyst") as scene:
            return queue.enqueue(scene.actor, scene.project, "planted", {"n": 1}).id

    return put


def row(crm: World, number: int) -> dict[str, Any]:
    with crm.app.app_context(), reading() as session:
        found = session.get_one(Job, number)
        return {
            name: getattr(found, name) for name in ("state", "attempts", "done", "total", "outcome", "error", "worker")
        }


def test_a_job_is_worked_once_and_tells_how_far_it_is(crm: World, ask: Callable[[Handler], int]) -> None:
    seen: list[Any] = []

    def work(running: queue.Running) -> Mapping[str, Any]:
        running.progress(3, 10)
        seen.append((row(crm, running.id), dict(running.payload), running.user_id))
        return {"made": 1}

    number = ask(work)
    with crm.app.app_context():
        assert queue.take("a") == (number, "planted")
        assert queue.take("b") is None, "two workers hold one job"
        queue.run("a", number)
        assert queue.take("b") is None
    ((during, payload, user),) = seen
    assert (during["state"], during["done"], during["total"]) == ("running", 3, 10)
    assert (payload, user) == ({"n": 1}, crm.people["analyst"].id)
    assert (row(crm, number)["state"], row(crm, number)["outcome"]) == ("done", {"made": 1})


def test_a_job_whose_worker_died_is_taken_by_another_and_in_the_end_given_up(
    crm: World, ask: Callable[[Handler], int]
) -> None:
    number = ask(lambda running: {})
    with crm.app.app_context():
        for attempt in range(queue.MOST_ATTEMPTS):
            with clock.at(NOON + attempt * timedelta(hours=1)):
                assert queue.take(f"worker {attempt}") == (number, "planted")
                assert queue.take("another") is None
        with clock.at(NOON + timedelta(days=1)):
            assert queue.take("the last") is None
        # The one that came back too late must not write over what became of it.
        queue.run("worker 0", number)
    found = row(crm, number)
    assert (found["state"], found["outcome"]) == ("failed", None)
    assert "3 times" in found["error"]
    # Who asked sees it; so does who may see everything.
    shown = crm.client("analyst").get(f"/api/v1/projects/CRM/jobs/{number}").json
    assert (shown["state"], shown["error"]) == ("failed", found["error"])
    with crm.read() as scene:
        assert [job.id for job in queue.jobs_of(OPERATOR, scene.project.id)] == [number]


def test_a_job_that_breaks_is_tried_again_after_a_while(crm: World, ask: Callable[[Handler], int]) -> None:
    tries: list[int] = []

    def work(running: queue.Running) -> Mapping[str, Any]:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("no paper")
        return {"pages": 3}

    number = ask(work)
    with crm.app.app_context():
        for attempt in range(3):
            with clock.at(NOON + attempt * timedelta(minutes=1)):
                assert queue.take("a") == (number, "planted")
                if attempt < 2:
                    with pytest.raises(ValueError, match="no paper"):
                        queue.run("a", number)
                    assert queue.take("a") is None, "it is tried again at once"
                    assert "no paper" in row(crm, number)["error"]
                else:
                    queue.run("a", number)
    assert (row(crm, number)["state"], row(crm, number)["attempts"]) == ("done", 3)


def test_what_cannot_be_done_is_not_tried_again(crm: World, ask: Callable[[Handler], int]) -> None:
    def work(running: queue.Running) -> Mapping[str, Any]:
        raise queue.Failed("There is nothing to print.")

    number = ask(work)
    with crm.app.app_context():
        queue.take("a")
        queue.run("a", number)
    assert row(crm, number) | {"attempts": 1} == row(crm, number)
    assert (row(crm, number)["state"], row(crm, number)["error"]) == ("failed", "There is nothing to print.")


def test_a_cancelled_job_stops_at_its_next_sign(crm: World, ask: Callable[[Handler], int]) -> None:
    beyond: list[int] = []

    def work(running: queue.Running) -> Mapping[str, Any]:
        with crm.write("analyst") as scene:
            queue.cancel(scene.actor, queue.job_for(scene.actor, scene.project.id, running.id))
        running.progress(1, 2)
        beyond.append(1)
        return {}

    number = ask(work)
    with crm.app.app_context():
        queue.take("a")
        queue.run("a", number)
    assert (row(crm, number)["state"], beyond) == ("cancelled", [])


def test_a_job_is_its_askers_own(crm: World, ask: Callable[[Handler], int]) -> None:
    crm.member("other", "analyst")
    number = ask(lambda running: {})
    with crm.read("other") as scene:
        assert queue.jobs_of(scene.actor, scene.project.id) == []
        with pytest.raises(NotFound):
            queue.job_for(scene.actor, scene.project.id, number)
    assert crm.client("other").get(f"/api/v1/projects/CRM/jobs/{number}").status_code == 404


def test_the_jobs_of_a_list_go_on(crm: World, ask: Callable[[Handler], int]) -> None:
    numbers = [ask(lambda running: {}) for _ in range(5)]
    client = crm.client("analyst")
    found: list[int] = []
    after = ""
    while True:
        page = client.get(f"/api/v1/projects/CRM/jobs?limit=2{f'&after={after}' if after else ''}").json
        found += [one["id"] for one in page["items"]]
        after = page["next"]
        if not after:
            break
    assert found == numbers[::-1]


# -- workers -----------------------------------------------------------------------------------------------------------


def named(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:abc"


def test_a_worker_whose_process_is_gone_holds_nothing(crm: World, ask: Callable[[Handler], int]) -> None:
    """As after SIGKILL: no minute is waited for a lease that nobody holds; a living one, or one elsewhere, keeps its own."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gone, here, elsewhere = named(ended.pid), named(os.getppid()), f"another-machine:{ended.pid}:abc"
    with crm.app.app_context():
        for name in (gone, here, elsewhere, "odd"):
            queue.beat(name)
            number = ask(lambda running: {})
            assert queue.take(name) == (number, "planted")
        queue.bury(worker._gone)
        with reading() as session:
            assert {one.name for one in session.query(Worker)} == {here, elsewhere, "odd"}
            first = session.query(Job).filter_by(worker=gone).one().id
        assert queue.take("next") == (first, "planted")
        assert queue.take("next") is None


def test_a_process_that_serves_works_only_while_nobody_else_does(crm: World, ask: Callable[[Handler], int]) -> None:
    """``serve`` brings a worker along, which rests while one of its own beats."""
    with crm.app.app_context():
        queue.beat("elsewhere:1:abc")
    number = ask(lambda running: {})
    stop = threading.Event()
    thread = threading.Thread(target=worker.loop, args=(crm.app, stop), kwargs={"only_when_alone": True})
    thread.start()
    time.sleep(0.3)
    stop.set()
    thread.join(10)
    assert row(crm, number)["state"] == "waiting"
    with crm.app.app_context(), writing():
        db.session.delete(db.session.get_one(Worker, "elsewhere:1:abc"))
    running = worker.start_thread(crm.app)
    until = time.monotonic() + 20
    while row(crm, number)["state"] != "done" and time.monotonic() < until:
        time.sleep(0.02)
    assert ready(crm)["worker"], "it does not say that it lives"
    running.stop()
    assert row(crm, number)["state"] == "done"
    assert not ready(crm)["worker"], "it left without a word"


def ready(crm: World) -> dict[str, bool]:
    return dict(crm.app.test_client().get("/readyz").json["checks"])


def test_a_worker_lives_from_its_first_moment_and_through_a_long_job(
    crm: World, ask: Callable[[Handler], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``/readyz`` says so: on a machine that has just started, and while a job takes longer than beats may be apart."""
    monkeypatch.setattr(worker.time, "monotonic", lambda: 1.0)
    seen: list[bool] = []
    stop = threading.Event()

    def work(running: queue.Running) -> Mapping[str, Any]:
        seen.append(ready(crm)["worker"])
        for minute in range(1, 4):
            with clock.at(NOON + minute * timedelta(seconds=50)):
                running.progress(minute, 3)
                seen.append(ready(crm)["worker"])
        stop.set()
        return {}

    number = ask(work)
    with clock.at(NOON):
        worker.loop(crm.app, stop)
    assert row(crm, number)["state"] == "done" and seen == [True] * 4


def test_what_a_process_of_the_same_number_left_is_not_taken_for_ours(crm: World) -> None:
    """In a container each life has the same host and number; the worker of the one before must not keep this one resting."""
    with crm.app.app_context():
        queue.beat(named(os.getpid()))
        queue.bury(worker._gone)
        with reading():
            assert not queue.alive()


def test_the_walk_of_what_dies_is_not_blind(
    crm: World, ask: Callable[[Handler], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule broken on purpose: a lease that never runs out loses the job with its worker."""
    monkeypatch.setattr(queue, "LEASE_SECONDS", 10**9)
    ask(lambda running: {})
    with crm.app.app_context():
        with clock.at(NOON):
            queue.take("a")
        with clock.at(NOON + timedelta(days=365)):
            assert queue.take("b") is None
