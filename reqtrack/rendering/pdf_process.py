"""The parent's side of printing: a few WeasyPrint processes, fed with jobs, watched, killed when stuck or no longer wanted."""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from reqtrack.rendering.markdown_worker import KEPT

CHILD = Path(__file__).with_name("pdf_child.py")
# fontconfig keeps its cache under these; without it every child would scan the fonts anew.
KEPT_HERE = (
    *KEPT,
    "HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_DATA_DIRS",
    "FONTCONFIG_PATH",
    "FONTCONFIG_FILE",
)
STALL_SECONDS = 60.0
TICK = 0.2


class PdfError(RuntimeError):
    """No PDF could be made; the message says why."""


class PdfUnavailable(PdfError):
    """WeasyPrint or the system libraries it needs are not installed."""


class PdfTimeout(PdfError):
    """It took too long, and was stopped."""


class PdfCancelled(PdfError):
    """Whoever asked for it no longer wants it."""


class _Printer:
    """One child and the thread that reads its lines into the common queue."""

    def __init__(self, number: int, lines: queue.SimpleQueue[tuple[int, dict[str, Any] | None]]) -> None:
        environ = {k: v for k, v in os.environ.items() if k in KEPT_HERE}
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            start_new_session=os.name == "posix",
        )
        self.ready = False
        self.job: int | None = None
        self.pages = 0
        self.heard = time.monotonic()
        self._reader = threading.Thread(target=self._read, args=(number, lines), name=f"pdf-{number}", daemon=True)
        self._reader.start()

    def _read(self, number: int, lines: queue.SimpleQueue[tuple[int, dict[str, Any] | None]]) -> None:
        out = cast(BinaryIO, self.process.stdout)
        try:
            for line in out:
                lines.put((number, json.loads(line)))
        except (OSError, ValueError):
            pass  # the pipe went with the process
        lines.put((number, None))

    def give(self, number: int, job: dict[str, Any]) -> None:
        """Send a job to a child that waits for one. If it is gone, its closed output tells."""
        self.job, self.pages, self.heard = number, 0, time.monotonic()
        data = json.dumps(job).encode()
        pipe = cast(BinaryIO, self.process.stdin)
        try:
            pipe.write(struct.pack(">I", len(data)) + data)
            pipe.flush()
        except OSError:
            pass

    def end(self) -> None:
        """Kill it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        self._reader.join(1.0)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # unsent bytes of a job that nobody will read


class Printers:
    """A few printing processes for one document; use as a context manager, so that none outlives it."""

    def __init__(
        self,
        count: int,
        *,
        seconds: float,
        cancelled: Callable[[], bool] | None = None,
        stall: float = STALL_SECONDS,
    ) -> None:
        self._lines: queue.SimpleQueue[tuple[int, dict[str, Any] | None]] = queue.SimpleQueue()
        self._until = time.monotonic() + seconds
        self._stall = stall
        self._cancelled = cancelled or (lambda: False)
        self._count = count
        self._printers: list[_Printer] = []

    def __enter__(self) -> Self:
        self.grow(self._count)
        return self

    def grow(self, count: int) -> None:
        """Start processes until there are ``count``; they load while other things are done.

        Raises:
            PdfError: none could be started.
        """
        try:
            while len(self._printers) < count:
                self._printers.append(_Printer(len(self._printers), self._lines))
        except OSError as problem:
            self.close()
            raise PdfError(f"No process for printing could be started: {problem}.") from problem

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        for printer in self._printers:
            printer.end()

    @property
    def pids(self) -> list[int]:
        """Numbers of the running processes."""
        return [printer.process.pid for printer in self._printers]

    def run(self, jobs: Sequence[dict[str, Any]], paged: Callable[[int], None] | None = None) -> list[dict[str, Any]]:
        """Do the jobs, the first ones first, and return their results in order.

        ``paged`` is told how many pages have been laid out so far.

        Raises:
            PdfUnavailable, PdfTimeout, PdfCancelled, PdfError: see there. The processes are then to be ended.
        """
        results: dict[int, dict[str, Any]] = {}
        waiting = list(range(len(jobs)))
        finished = 0
        for printer in self._printers:
            printer.heard = time.monotonic()
            if waiting and printer.ready and printer.job is None:
                printer.give(number := waiting.pop(0), jobs[number])
        while len(results) < len(jobs):
            number, line = self._next()
            printer = self._printers[number]
            printer.heard = time.monotonic()
            if line is None:
                raise PdfError(self._why_gone(printer))
            if "unavailable" in line:
                raise PdfUnavailable(f"PDF is not available here: {line['unavailable']}")
            if "failed" in line:
                printer.job = None
                raise PdfError(f"The page could not be set: {line['failed']} {line['why']}".strip())
            if "ready" in line:
                printer.ready = True
            if "page" in line:
                printer.pages = line["page"]
            if "done" in line and printer.job is not None:
                results[printer.job] = line["done"]
                finished += line["done"]["pages"]
                printer.job, printer.pages = None, 0
            if waiting and printer.ready and printer.job is None:
                printer.give(number := waiting.pop(0), jobs[number])
            if paged:
                paged(finished + sum(p.pages for p in self._printers))
        return [results[number] for number in range(len(jobs))]

    def _next(self) -> tuple[int, dict[str, Any] | None]:
        """The next line of any child; meanwhile watch the clock and whether it is still wanted."""
        while True:
            if self._cancelled():
                raise PdfCancelled("Cancelled.")
            now = time.monotonic()
            if now > self._until:
                raise PdfTimeout("The document took too long and was stopped.")
            if any((p.job is not None or not p.ready) and now - p.heard > self._stall for p in self._printers):
                raise PdfTimeout("A page took too long and the document was stopped.")
            try:
                return self._lines.get(timeout=TICK)
            except queue.Empty:
                continue

    @staticmethod
    def _why_gone(printer: _Printer) -> str:
        code = printer.process.wait()
        if code == -getattr(signal, "SIGKILL", 9):
            return "Printing was ended from outside, perhaps for want of memory."
        return f"Printing ended unexpectedly (code {code}), perhaps for want of memory."
