"""The parent's side of the Markdown process: started when first needed, killed when late, started anew.

Plain pipes and a reading thread instead of ``multiprocessing``: the same on every system, under threads, and after a fork
(a forked server process forgets the parent's child and starts its own).
"""

from __future__ import annotations

import atexit
import os
import queue
import struct
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import BinaryIO, cast

START_SECONDS = 20.0
CHILD = Path(__file__).with_name("markdown_child.py")
# The child sees no secrets: of the environment it gets what an interpreter needs to start.
KEPT = ("PATH", "SYSTEMROOT", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMP", "TEMP", "TMPDIR")

_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


class _Child:
    """One running process and the thread that reads its answers."""

    def __init__(self) -> None:
        environ = {k: v for k, v in os.environ.items() if k in KEPT}
        # -P: beside the child's file lies a module named like the package it imports.
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environ,
            start_new_session=os.name == "posix",
        )
        self.answers: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, name="markdown-answers", daemon=True)
        self.reader.start()
        self.ready = False

    def _read(self) -> None:
        out = cast(BinaryIO, self.process.stdout)
        try:
            while len(head := _exactly(out, 5)) == 5:
                body = _exactly(out, struct.unpack(">I", head[1:])[0])
                self.answers.put((head[:1], body))
        except (OSError, ValueError):
            pass  # the pipe went with the process
        self.answers.put(None)

    def ask(self, text: str, seconds: float) -> tuple[bytes, bytes] | None:
        """One answer, or None when the process ended or the time is over."""
        if not self.ready:
            first = self._next(START_SECONDS)
            if first is None or first[0] != b"R":
                return None
            self.ready = True
        body = text.encode("utf-8")
        pipe = cast(BinaryIO, self.process.stdin)
        try:
            data = struct.pack(">I", len(body)) + body
            while data:
                data = data[pipe.write(data) :]
        except OSError:
            return None
        return self._next(seconds)

    def _next(self, seconds: float) -> tuple[bytes, bytes] | None:
        try:
            return self.answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join(1.0)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def _exactly(source: BinaryIO, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        piece = source.read(count - len(parts))
        if not piece:
            break
        parts += piece
    return parts


class Worker:
    """One Markdown process for this process, used by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None
        _workers.add(self)

    def convert(self, text: str, seconds: float) -> str | None:
        """HTML of ``text``, or None when the parser failed, was killed for taking more than ``seconds``, or cannot start."""
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return None
        with self._lock:
            # An idle child may have been killed from outside since the last text: then once more, with a new one.
            for attempt in (1, 2):
                fresh = self._child is None
                answer = self._ask(text, seconds)
                if answer is not None:
                    return answer[1].decode("utf-8") if answer[0] == b"H" else None
                died = self._child is not None and self._child.process.poll() is not None
                self._stop()
                self._start()
                if fresh or not died or attempt == 2:
                    return None
        return None

    def warm(self) -> None:
        """Start the process without waiting for it."""
        with self._lock:
            if self._child is None:
                self._start()

    def close(self) -> None:
        """End the process; the next text starts a new one."""
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """Number of the running process, if there is one."""
        child = self._child
        return child.process.pid if child else None

    def _ask(self, text: str, seconds: float) -> tuple[bytes, bytes] | None:
        if self._child is None:
            self._start()
        return self._child.ask(text, seconds) if self._child else None

    def _start(self) -> None:
        try:
            self._child = _Child()
        except OSError:
            self._child = None  # no process to be had now: the text is shown as typed

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()

    def _after_fork(self) -> None:
        """In a forked process: the child belongs to the parent, and the lock may be held by a thread that is not here."""
        self._lock = threading.Lock()
        child, self._child = self._child, None
        if child is not None:
            child.process.returncode = 0  # not ours: it must be neither waited for nor warned about
            for pipe in (child.process.stdin, child.process.stdout):
                if pipe is not None:
                    os.close(pipe.fileno()) if not pipe.closed else None


def _forked() -> None:
    for worker in list(_workers):
        worker._after_fork()


def _at_exit() -> None:
    for worker in list(_workers):
        worker.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
atexit.register(_at_exit)
