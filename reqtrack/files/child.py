"""The child that reads one hostile file. Run as a script by ``killable``, never imported.

It limits itself, reads its order (a pickle made by our own parent) from standard input, calls one function, and writes
plain data back. The packages above the function are made as bare names, so that no ``__init__`` with the web
application in it is run for a spreadsheet: the child is up in well under 100 ms.
"""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import types
from typing import Any, BinaryIO

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename")


def main() -> None:
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent, a moment ago
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up inside the answer.
    os.dup2(2, 1)
    _limit(order["memory"], order["seconds"])
    sys.path[:] = order["path"]
    try:
        answer = _work(order)
    except MemoryError:
        answer = ("memory", None)
    _reply(answers, answer)


def _limit(memory: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock still holds
        return
    processor = int(seconds) + 2
    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 1024 * 1024),
    ):
        _, hard = resource.getrlimit(which)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _work(order: dict[str, Any]) -> tuple[str, Any]:
    module, _, name = order["function"].partition(":")
    try:
        _bare_packages("reqtrack.")
        _bare_packages(module)
        function = getattr(importlib.import_module(module), name)
        sys.addaudithook(_refuse_side_effects)
        return "done", function(order["payload"])
    except MemoryError:
        raise
    except RecursionError:
        return "failed", "RecursionError"
    except BaseException as error:  # noqa: BLE001 - whatever a library throws ends here, as one refused file
        problems = getattr(error, "problems", None)
        if problems:
            return "refused", [problem.to_plain() for problem in problems]
        # A library's sys.exit or panic is as much a failure as its exceptions.
        return "failed", f"{type(error).__name__}: {error}"[:500]


def _bare_packages(module: str) -> None:
    parents = module.split(".")[:-1]
    folders = [os.path.join(folder, parents[0]) for folder in sys.path] if parents else []
    folder = next((each for each in folders if os.path.isdir(each)), None)
    for depth, part in enumerate(parents):
        if folder is None:
            return
        folder = folder if depth == 0 else os.path.join(folder, part)
        package = types.ModuleType(".".join(parents[: depth + 1]))
        package.__path__ = [folder]
        sys.modules.setdefault(package.__name__, package)


def _refuse_side_effects(event: str, args: tuple[Any, ...]) -> None:
    """A reader needs no network, no other program and no file to write; an attack does."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a reader of files")
    if event == "open":
        mode, flags = args[1], args[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & _WRITING):
            raise PermissionError("a reader of files writes none")


def _reply(answers: BinaryIO, answer: tuple[str, Any]) -> None:
    try:
        data = pickle.dumps(answer, protocol=5)
    except MemoryError:
        data = pickle.dumps(("memory", None), protocol=5)
    answers.write(data)
    answers.flush()
    # Not sys.exit: threads or finalizers of a library may not keep the child alive.
    os._exit(0)


if __name__ == "__main__":
    main()
