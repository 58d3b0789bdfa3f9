"""Run one reader of a hostile file in a child that can be limited and killed.

The child is a fresh ``python child.py`` with nothing of this process in it: no open database, no secrets in memory, no
threads to be forked in a bad moment. A fork server would start faster (5 ms against 40 to 80), but must be kept alive,
imports the main module again, and hands its file handles to whatever breaks out; for a file that a person waits for,
the difference is nothing. It works from any thread, and with or without root.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from reqtrack.errors import Reason, TooBusy
from reqtrack.files.limits import MB
from reqtrack.files.problems import N_, FileProblem, Place, Problem, refuse

log = logging.getLogger(__name__)

_CHILD = Path(__file__).with_name("child.py")
# So many at once on one machine; each may take its whole memory limit.
_SLOTS = threading.BoundedSemaphore(4)
_PASSED_ON = ("LANG", "LC_ALL", "SYSTEMROOT", "PATH", "LD_LIBRARY_PATH")


def run_killable(
    func_path: str, payload: Any, *, seconds: float = 20.0, memory_mb: int = 512, answer_mb: int = 128, name: str = ""
) -> Any:
    """Call ``module:function`` with ``payload`` in a child and give back what it returns.

    Payload and result are plain data (None, bool, numbers, str, bytes, lists, tuples, sets, dicts). ``name`` is the
    file's name, for the place of a refusal.

    Raises:
        FileProblem: the function refused the file, or the child failed, ran too long or took too much memory.
        TooBusy: too many files are being read at this moment.
    """
    if not _SLOTS.acquire(timeout=seconds):
        raise TooBusy((Reason("busy", N_("Other files are being read at this moment. Try again in a minute.")),))
    try:
        reply = _Child(func_path, payload, seconds, memory_mb, answer_mb).reply()
    finally:
        _SLOTS.release()
    return _understood(reply, Place(file=name), func_path, seconds, memory_mb)


class _Child:
    """One child process: started, listened to, and ended within its time whatever happens."""

    def __init__(self, func_path: str, payload: Any, seconds: float, memory_mb: int, answer_mb: int) -> None:
        order = {
            "function": func_path,
            "payload": payload,
            "seconds": seconds,
            "memory": memory_mb * MB,
            "path": _import_path(),
        }
        self._order = pickle.dumps(order, protocol=5)
        self._seconds, self._most = seconds, answer_mb * MB
        self._answer = bytearray()

    def reply(self) -> tuple[str, Any]:
        """What the child wrote, or what became of it: ``(word, value)``."""
        with tempfile.TemporaryFile() as order, tempfile.TemporaryFile() as complaints:
            order.write(self._order)
            order.seek(0)
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(_CHILD)],
                stdin=order,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={key: os.environ[key] for key in _PASSED_ON if key in os.environ},
                cwd=tempfile.gettempdir(),
                bufsize=0,
                start_new_session=os.name == "posix",
            )
            word = self._listen(process)
            return (word, None) if word else self._read(process.returncode, complaints)

    def _listen(self, process: subprocess.Popen[bytes]) -> str:
        """Collect the answer until the child ends or must be ended; the reason why, or nothing."""
        # A thread, since pipes cannot be waited for with a clock on every system.
        listener = threading.Thread(target=self._collect, args=(process,), daemon=True)
        until = time.monotonic() + self._seconds
        listener.start()
        try:
            listener.join(self._seconds)
            if listener.is_alive():
                return "time"
            if len(self._answer) > self._most:
                return "memory"
            process.wait(max(0.1, until - time.monotonic()))
            return ""
        except subprocess.TimeoutExpired:
            return "time"
        finally:
            _end(process, listener)

    def _collect(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        while len(self._answer) <= self._most:
            chunk = process.stdout.read(1 * MB)
            if not chunk:
                return
            self._answer += chunk

    def _read(self, code: int, complaints: Any) -> tuple[str, Any]:
        if code == 0 and self._answer:
            try:
                word, value = _PlainUnpickler(io.BytesIO(self._answer)).load()
                return str(word), value
            except (pickle.UnpicklingError, EOFError, ValueError, TypeError, IndexError, KeyError) as error:
                return "failed", f"unreadable answer: {error}"
        complaints.seek(0)
        said = complaints.read(8_192).decode("utf-8", "replace")
        if code == -getattr(signal, "SIGXCPU", 24):
            return "time", None
        # Rust and C++ abort when an allocation is refused; the kernel's own killer sends SIGKILL.
        if "memory" in said.lower() or "alloc" in said.lower() or code == -getattr(signal, "SIGKILL", 9):
            return "memory", None
        return "failed", f"exit {code}: {said[-300:]}"


class _PlainUnpickler(pickle.Unpickler):
    """Takes in plain data only: a child that a file has taken over must not get a word in here."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def _import_path() -> list[str]:
    own = str(Path(__file__).resolve().parents[2])
    return [own, *(entry for entry in sys.path if entry and entry != own)]


def _end(process: subprocess.Popen[bytes], listener: threading.Thread) -> None:
    if process.poll() is None:
        try:
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        except ProcessLookupError:
            pass
    process.wait()
    listener.join(5)
    if process.stdout is not None:
        process.stdout.close()


def _understood(reply: tuple[str, Any], place: Place, func_path: str, seconds: float, memory_mb: int) -> Any:
    word, value = reply
    if word == "done":
        return value
    if word == "refused":
        raise FileProblem(Problem.from_plain(plain) for plain in value).at(file=place.file)
    if word == "time":
        message = N_("Reading the file took longer than %(seconds)s seconds, so it was stopped.")
        raise refuse("time", message, place, N_("Split it into smaller files."), seconds=f"{seconds:g}")
    if word == "memory":
        message = N_("Reading the file took more than %(memory)s MB of memory, so it was stopped.")
        raise refuse("memory", message, place, N_("Split it into smaller files."), memory=memory_mb)
    log.warning("%s could not read %r: %s", func_path, place.file, value)
    message = N_("The file cannot be read: it is damaged, or written in a way that is not known here.")
    raise refuse("unreadable", message, place, N_("Open it in the program that made it and save it again."))
