"""Rule 7: what comes from outside as a file goes through one door, and is parsed in a child that can be killed.

Walked over the sources: who takes a file in must open it by ``open_upload``; the libraries that parse are imported by modules
that run in a child alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "reqtrack").glob("**/*.py"))
# Libraries that take strangers' bytes apart.
PARSERS = {
    "zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib", "xml", "lxml", "defusedxml", "python_calamine", "openpyxl", "PIL",
    "pypdf", "gherkin", "pickle", "marshal", "yaml", "email", "plistlib", "shelve",
}  # fmt: skip
# Who may import them, and why it is safe there.
MAY = {
    "reqtrack/files/": "the door itself, and the child",
    "reqtrack/rendering/qr.py": "draws, and reads nothing",
    "reqtrack/db.py": "a checksum, for the number of a lock", "reqtrack/web/sending.py": "packs what we send",
    "reqtrack/exchange/parsing/workbook.py": "runs in the child", "reqtrack/exchange/parsing/xlsx_scan.py": "runs in the child",
    "reqtrack/exchange/parsing/features.py": "runs in the child",
    "reqtrack/exchange/parsing/results/cucumber_json.py": "runs in the child: it needs the words of the languages",
    "reqtrack/exchange/parsing/features_out.py": "writes: it needs the words of the language",
    "reqtrack/rendering/markdown_child.py": "runs in a child, and builds a tree, parses none",
    "reqtrack/rendering/pdf_child.py": "runs in a child", "reqtrack/rendering/pdf_merge.py": "reads what we printed",
    "reqtrack/rendering/certificate.py": "reads what we printed", "reqtrack/rendering/certificate_child.py": "runs in a child",
    "reqtrack/signoff/scans_child.py": "runs in a child",
    "reqtrack/proof/attaching.py": "adds to what we printed", "reqtrack/proof/pack.py": "packs what we send",
    "reqtrack/proof/check_pack.py": "strangers' files by the child alone",
}  # fmt: skip
# What of the web's files is taken by whom. The first only makes Flask read the body before any lock.
TAKES = {
    "reqtrack/web/transaction.py", "reqtrack/items/views.py", "reqtrack/exchange/views.py", "reqtrack/acceptance/forms.py",
    "reqtrack/acceptance/data_forms.py",
    "reqtrack/feedback/forms.py", "reqtrack/interviews/views/documents.py", "reqtrack/changes/views/agreed.py",
    "reqtrack/exchange/machines/views.py", "reqtrack/signoff/views/paper.py",
}  # fmt: skip
# Who gets bytes of a file, in base64.
DECODES = {"reqtrack/api/resources/files.py", "reqtrack/api/resources/machines.py", "reqtrack/api/resources/moves.py",
           "reqtrack/api/resources/people.py", "reqtrack/api/resources/papers.py", "reqtrack/api/resources/rounds.py"}  # fmt: skip
# By these a file goes through the door.
DOORS = {"open_upload", "draft_file", "take_scan"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source)))


def imported(source: str) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in it."""
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def called(source: str) -> set[str]:
    """The names of what a file calls."""
    calls = (node.func for node in nodes(source) if isinstance(node, ast.Call))
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


def touches(source: str, owner: str, attribute: str) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.value, ast.Name) and node.value.id == owner
        for node in nodes(source)
    )  # fmt: skip


def parsing(name: str, source: str) -> list[str]:
    """Parsers that a file imports and may not."""
    if any(name.startswith(one) for one in MAY):
        return []
    return [f"{name} imports {one}" for one in sorted(set(imported(source)) & PARSERS)]


def taking(name: str, source: str) -> list[str]:
    """How a file takes strangers' bytes in past the door."""
    told = []
    if touches(source, "request", "files") and name not in TAKES:
        told.append(f"{name} takes files")
    if {"b64decode", "decodebytes", "urlsafe_b64decode"} & called(source) and name not in DECODES | set(OTHER_TEXTS):
        told.append(f"{name} takes files in base64")
    if (name in TAKES | DECODES) and name != "reqtrack/web/transaction.py" and not DOORS & called(source):
        told.append(f"{name} takes files in, and opens them by no door")
    if {"save"} & called(source) and touches(source, "request", "files"):
        told.append(f"{name} saves a file as it came")
    return told


# What else is written in base64.
OTHER_TEXTS = {
    "reqtrack/items/lists.py": "places of a list",
    "reqtrack/rendering/pdf_child.py": "pictures from its own parent",
}


def test_only_the_child_parses() -> None:
    told = [line for path in SOURCES for line in parsing(named(path), path.read_text("utf-8"))]
    assert told == []
    for name in MAY:
        assert (ROOT / name).exists(), f"{name} is not there any more"


def test_whoever_takes_a_file_in_opens_it_by_the_door() -> None:
    told = [line for path in SOURCES for line in taking(named(path), path.read_text("utf-8"))]
    assert told == []


def test_readers_of_exchange_are_called_in_the_child_alone() -> None:
    """What parses is named to ``run_killable`` as text, never called: only its neighbours in the child import it."""
    inside = {"workbook", "features", "xlsx_scan", "delimited", "inside", "junit", "cucumber_json", "messages"}
    told = []
    for path in SOURCES:
        name = named(path)
        if name.startswith("reqtrack/exchange/parsing/"):
            continue
        for node in nodes(path.read_text("utf-8")):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reqtrack.exchange.parsing"):
                names = {(node.module or "").rpartition(".")[2], *(one.name for one in node.names)}
                told += [f"{name} imports {one}" for one in sorted(names & inside)]
    assert told == []


@pytest.mark.parametrize(
    "planted",
    ["import zipfile\nzipfile.ZipFile(data)", "def read():\n    from lxml import etree", "from xml.etree import ElementTree",
     "import pickle"],
)  # fmt: skip
def test_the_search_notices_a_parser(planted: str) -> None:
    assert parsing("reqtrack/items/views.py", planted)
    assert not parsing("reqtrack/files/xml.py", planted)


@pytest.mark.parametrize(
    ("name", "planted"),
    [("reqtrack/radar/views.py", "data = request.files['file'].read()"),
     ("reqtrack/radar/views.py", "data = base64.b64decode(text)"),
     ("reqtrack/items/views.py", "data = request.files['file'].read()"),
     ("reqtrack/items/views.py", "open_upload(data)\nrequest.files['file'].save(path)"),
     ("reqtrack/api/resources/files.py", "data = base64.b64decode(text)")],
)  # fmt: skip
def test_the_search_notices_a_file_taken_past_the_door(name: str, planted: str) -> None:
    assert taking(name, planted)
