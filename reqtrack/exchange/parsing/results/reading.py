"""One file of test results in, its cases out; parsed in the killable child like every file from outside."""

from __future__ import annotations

from dataclasses import asdict

from reqtrack.exchange.parsing.results.found import ResultsFile
from reqtrack.files.door import Upload
from reqtrack.files.killable import run_killable


def read_results(upload: Upload) -> ResultsFile:
    """Read JUnit XML, Cucumber JSON or Cucumber messages; which of them is told by the content, never by the name.

    Raises:
        FileProblem: none of the three, broken, empty, hostile or too large: one sentence with file and place.
        TooBusy: too many files are being read at this moment.
    """
    limits = upload.limits
    payload = {"data": upload.data, "name": upload.name, "content": upload.kind, "limits": asdict(limits)}
    where = "reqtrack.exchange.parsing.results.inside:read"
    plain = run_killable(where, payload, seconds=limits.seconds, memory_mb=limits.memory_mb, name=upload.name)
    return ResultsFile.from_plain(plain)
