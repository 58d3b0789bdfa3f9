"""The loop that works jobs: a process of its own (``reqtrack worker``), or a thread of ``reqtrack serve`` when none beats."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time

from flask import Flask

from reqtrack.db import reading
from reqtrack.jobs import queue

log = logging.getLogger("reqtrack.worker")
IDLE_SECONDS = 0.5


def loop(app: Flask, stop: threading.Event, *, only_when_alone: bool = False) -> None:
    """Work jobs until ``stop`` is set. ``only_when_alone``: rest while another worker beats."""
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    beaten = 0.0
    buried = False
    with app.app_context():
        while not stop.is_set():
            try:
                if not buried:
                    queue.bury(_gone)
                    buried = True
                if time.monotonic() - beaten > queue.BEAT_SECONDS:
                    if only_when_alone and not beaten and _others():
                        stop.wait(queue.BEAT_SECONDS)
                        continue
                    queue.beat(name)
                    beaten = time.monotonic()
                taken = queue.take(name)
                if taken is None:
                    stop.wait(IDLE_SECONDS)
                    continue
                queue.run(name, taken[0])
            except Exception:
                # One job that broke, or a database that is away for a moment, must not end the worker.
                log.exception("worker")
                stop.wait(2)


def _gone(name: str) -> bool:
    """Whether a worker was a process of this machine that is there no more: one that was killed could not say good-bye."""
    host, _, pid = name.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not pid.isdigit() or os.name != "posix":
        return False  # on Windows, asking would end the process
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


def start_thread(app: Flask) -> threading.Event:
    """Run the loop in a daemon thread; set the answered event to stop it."""
    stop = threading.Event()
    threading.Thread(
        target=loop, args=(app, stop), kwargs={"only_when_alone": True}, name="worker", daemon=True
    ).start()
    return stop
