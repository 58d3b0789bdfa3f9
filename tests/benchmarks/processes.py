"""Processes of the product as they are run: started, asked how much they used, ended. Linux only (``/proc``)."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.plan import ROOT

TICK = os.sysconf("SC_CLK_TCK")
BIN = Path(sys.executable).parent
# What of the environment a measured process is given.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class Running:
    """A process and its port (0: it has none)."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds of CPU that it and its children have used."""
        return sum(_cpu(pid) for pid in tree(self.process.pid))

    def memory(self) -> float:
        """MiB that it and its children hold; pages that several hold count in parts."""
        return sum(_memory(pid) for pid in tree(self.process.pid))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works on a data folder."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "REQTRACK_DATA": str(data), **more}


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], *, port: int = 0, cwd: Path = ROOT, seconds: float = 60
) -> Iterator[Running]:
    """Run a command until the block ends; with a port, the block begins when ``/readyz`` answers there."""
    log = Path(environment["REQTRACK_DATA"]) / f"bench-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=cwd, stdout=output, stderr=output, start_new_session=True
        )
        try:
            if port:
                wait_ready(process, port, seconds, log)
            yield Running(process, port)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_ready(process: subprocess.Popen[bytes], port: int, seconds: float, log: Path) -> None:
    """Wait until the app says that it is ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError(f"not ready after {seconds} s:\n{log.read_text('utf-8', 'replace')[-2000:]}")


@contextmanager
def serve(data: Path, **environment: str) -> Iterator[Running]:
    """``reqtrack serve``: one process, eight threads."""
    port = free_port()
    command = [sys.executable, "-m", "reqtrack", "serve", "--port", str(port)]
    with started(command, settings(data, **environment), port=port) as running:
        yield running


@contextmanager
def serve_two(data: Path) -> Iterator[Running]:
    """Two processes, as ``wsgi.py`` says."""
    port = free_port()
    command = [
        str(BIN / "gunicorn"), "--worker-class", "gthread", "--threads", "16", "--workers", "2", "--log-level", "error",
        "--bind", f"127.0.0.1:{port}", "wsgi:app",
    ]  # fmt: skip
    with started(command, settings(data), port=port) as running:
        yield running


def tree(root: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(part) for part in fields[11:15]) / TICK


def _memory(pid: int) -> float:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
