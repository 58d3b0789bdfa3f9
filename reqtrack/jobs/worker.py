"""The loop that works jobs: a process of its own (``reqtrack worker``), or a thread of ``reqtrack serve`` when none beats."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass

from flask import Flask

from reqtrack.db import reading
from reqtrack.jobs import queue

log = logging.getLogger("reqtrack.worker")
IDLE_SECONDS = 0.5
# How often one that rests looks whether it is alone by now.
RESTING_SECONDS = 2
# What is done now and then is done so soon after the start for the first time.
FIRST_SECONDS = 10
# The names of the loops that run in this process.
_here: set[str] = set()


def loop(app: Flask, stop: threading.Event, *, only_when_alone: bool = False) -> None:
    """Work jobs until ``stop`` is set. ``only_when_alone``: rest while another worker beats."""
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    _here.add(name)
    try:
        with app.app_context():
            _loop(name, stop, only_when_alone)
    finally:
        _here.discard(name)


def _loop(name: str, stop: threading.Event, only_when_alone: bool) -> None:
    beaten: float | None = None
    buried = False
    due: dict[str, float] = {}
    while not stop.is_set():
        try:
            if not buried:
                queue.bury(_gone)
                buried = True
            if beaten is None or time.monotonic() - beaten > queue.BEAT_SECONDS:
                if only_when_alone and beaten is None and _others():
                    stop.wait(RESTING_SECONDS)
                    continue
                queue.beat(name)
                beaten = time.monotonic()
            taken = queue.take(name)
            if taken is None:
                _do_chores(due)
                stop.wait(IDLE_SECONDS)
                continue
            queue.run(name, taken[0])
        except Exception:
            # One job that broke, or a database that is away for a moment, must not end the worker.
            log.exception("worker")
            stop.wait(2)
    if beaten is not None:
        queue.bury(lambda other: other == name)  # nobody need wait until the last beat is old


def _do_chores(due: dict[str, float]) -> None:
    """Do what is due of what is done now and then; ``due``: when each comes next."""
    now = time.monotonic()
    for chore in queue.CHORES:
        if now >= due.setdefault(chore.name, now + min(chore.seconds, FIRST_SECONDS)):
            due[chore.name] = now + chore.seconds  # also where it breaks
            chore.do()


def _gone(name: str) -> bool:
    """Whether a worker was a process of this machine that is there no more: one that was killed could not say good-bye."""
    host, _, pid = name.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not pid.isdigit() or os.name != "posix":
        return False  # on Windows, asking would end the process
    if int(pid) == os.getpid():
        return (
            name not in _here
        )  # a container's processes are numbered anew, so this one may have the number of one before
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # somebody else's, but there
    return False


def _others() -> bool:
    with reading():
        return queue.alive()


@dataclass(frozen=True)
class Background:
    """A loop that runs beside others in this process."""

    thread: threading.Thread
    ended: threading.Event

    def stop(self, seconds: float = 10) -> None:
        """End it after the job that it works, waiting so long for that."""
        self.ended.set()
        self.thread.join(seconds)


def start_thread(app: Flask) -> Background:
    """Run the loop in a daemon thread."""
    ended = threading.Event()
    thread = threading.Thread(
        target=loop, args=(app, ended), kwargs={"only_when_alone": True}, name="worker", daemon=True
    )
    thread.start()
    return Background(thread, ended)
