"""Checking a pack that somebody sends: it comes in by the door, and is taken apart in a child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

from reqtrack.files.door import open_upload
from reqtrack.files.killable import run_killable
from reqtrack.files.limits import MB, Limits
from reqtrack.proof.check_pack import Key

MAX_FILE = 64 * MB


class Checked(NamedTuple):
    """What the checker found (``Report.as_dict``), what it says line by line, and the archive where that could be read.

    The archive is what its maker says; rely on it only where ``report["genuine"]``, and on whose it is where ``report["key_known"]``.
    """

    report: dict[str, Any]
    lines: list[str]
    document: dict[str, Any] | None


def is_pack(data: bytes) -> bool:
    """Whether a file says that it is a sign-off pack, or its archive alone."""
    return b"%reqtrack-seal/" in data or b'"format":"reqtrack-sign-off-pack/' in data


def check_upload(source: BinaryIO | bytes, name: str, keys: Sequence[Key], lang: str = "en") -> Checked:
    """Check the PDF or the archive of a pack against the keys of this installation (``Ring.trusted``).

    Raises:
        FileProblem: the file is larger than a pack that is taken in, or reading it took too long. Whatever else is wrong with it
            is in the report.
    """
    upload = open_upload(source, name, Limits(size=MAX_FILE))
    payload = {"data": upload.data, "name": upload.name, "keys": [tuple(key) for key in keys], "lang": lang}
    return Checked(
        *run_killable("reqtrack.proof.reading_child:check", payload, seconds=60, memory_mb=1024, name=upload.name)
    )
