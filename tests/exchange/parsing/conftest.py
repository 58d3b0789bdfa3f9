"""Real files that nobody here wrote: ``CORPUS``, or ``../shared/corpus`` beside the repository.

A test module says in ``CORPUS`` which files each of its tests takes: {test's name: beginning of the path, or a test of
it}. Such a test gets ``real`` (name, path, what is expected), once for each file. Without the corpus it is skipped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reqtrack.files.door import Upload, open_upload
from tests.support.corpus import NOT_RUN, ROOT


@dataclass(frozen=True)
class Real:
    """One real file and the facts about it."""

    name: str
    path: Path
    expected: dict[str, Any]

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    def upload(self) -> Upload:
        return open_upload(self.data, self.name)

    def beside(self, ending: str) -> Any:
        """The JSON file of the same name."""
        return json.loads(self.path.with_suffix(ending).read_text("utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "real" not in metafunc.fixturenames:
        return
    beginning = metafunc.module.CORPUS[metafunc.function.__name__]
    facts = ROOT / "expected.json"
    if not facts.is_file():
        metafunc.parametrize("real", [pytest.param(None, marks=pytest.mark.skip(reason=NOT_RUN))])
        return
    expected = json.loads(facts.read_text("utf-8"))
    wanted = beginning if callable(beginning) else lambda name: name.startswith(beginning)
    names = [name for name in expected if wanted(name) and (ROOT / name).is_file()]
    assert names, f"expected.json of the corpus holds nothing for {metafunc.function.__name__}"
    reals = [Real(name, ROOT / name, expected[name]) for name in names]
    metafunc.parametrize("real", reals, ids=[real.name for real in reals])
