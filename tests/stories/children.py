"""The program as users run it: commands in processes of their own, which a test may kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.support.databases import Database

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
# Seconds that anything may take to begin or to end on a machine that does much else.
MOST = 90


class Installation:
    """A data folder and a database, and the commands that run on them."""

    def __init__(self, database: Database, data: Path) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REQTRACK_")}
        self.environ = {
            **kept, "REQTRACK_DATA": str(data), "DATABASE_URL": database.url, "SECRET_KEY": "for tests",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """``reqtrack …``, begun."""
        with (self.data / "complaints.log").open("ab") as complaints:
            return subprocess.Popen(
                [sys.executable, "-m", "reqtrack", *command],
                cwd=self.data,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=complaints,
            )

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """``reqtrack …``, killed at the end of the block when it still runs."""
        process = self.start(*command)
        try:
            yield process
        finally:
            kill(process)

    @contextmanager
    def serving(self) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        """``reqtrack serve`` on a free port, once it answers: ``(the process, its port)``."""
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = free.getsockname()[1]
        with self.running("serve", "--host", HOST, "--port", str(port)) as process:
            wait_for(lambda: answers(port) or process.poll() is not None)
            assert process.poll() is None, (self.data / "complaints.log").read_text("utf-8")
            yield process, port


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL: no process can prepare for it."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def answers(port: int) -> bool:
    """Whether a server is there."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(true: Callable[[], Any], seconds: float = MOST) -> Any:
    """What ``true()`` gives, once it gives something; an assertion fails when that takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} seconds")


class Caller:
    """Somebody with a token, on one connection to a server."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of the answer.

        Raises:
            OSError, http.client.HTTPException: the server went away before it answered in full.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = None if body is None else json.dumps(body)
        self.connection.request(method, f"/api/v1/projects/CRM{path}", text, {**self.headers, **named})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        self.connection.close()

    def all(self, path: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            status, page = self("GET", f"{path}?limit=200{f'&after={after}' if after else ''}")
            assert status == 200, page
            found += page["items"]
            after = page["next"]
            if not after:
                return found
