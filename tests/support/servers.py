"""A served app: what `reqtrack serve` runs, on a free port, in threads of the test's process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from waitress import create_server, wasyncore

from reqtrack.jobs.worker import start_thread


@dataclass(frozen=True)
class Server:
    """``url`` has no slash at its end."""

    app: Flask
    url: str


@contextmanager
def listening(app: Flask, threads: int = 6) -> Iterator[str]:
    """Serve an app on a free port until the block ends; answers its address, without a slash at its end."""
    # On a busy machine it would say for every request that it waits.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sockets: dict[int, object] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=threads, ident="reqtrack")
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # By the thread that listens: it must not wait on a socket that another closes, and it ends when none is left.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets, ignore_all=True))
        thread.join(10)
        server.task_dispatcher.shutdown()


@contextmanager
def serve(app: Flask) -> Iterator[Server]:
    """Serve an app, and work its jobs, until the block ends."""
    worker = start_thread(app)
    try:
        with listening(app) as url:
            yield Server(app, url)
    finally:
        worker.stop()
