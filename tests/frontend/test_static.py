"""What is served as it is: vendored files are what the manifest says, nothing breaks the strict policy, all pieces fit together."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.frontend.catalogue import ROOT

STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
SHEETS = sorted(STATIC.glob("**/*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
FIRST_LOAD = 250 * 1024


def symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))


@pytest.mark.parametrize(
    "entry", json.loads((STATIC / "vendor" / "MANIFEST.json").read_text("utf-8")), ids=lambda entry: entry["file"]
)
def test_vendored_files_are_those_of_the_manifest(entry: dict[str, str]) -> None:
    assert hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (STATIC / entry["licence_file"]).read_text("utf-8").strip()
    assert entry["version"] and entry["licence"]


def test_every_vendored_file_is_in_the_manifest() -> None:
    known = {entry["file"] for entry in json.loads((STATIC / "vendor" / "MANIFEST.json").read_text("utf-8"))}
    served = {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir() if path.suffix in (".js", ".css")}
    assert served <= known


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_sheet_asks_for_data_or_for_anything_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "data:" not in text
    assert "@import" not in text
    assert re.findall(r"url\((?!#)[^)]*\)", text) == []


@pytest.mark.parametrize("path", [one for one in SHEETS if one.parent.name == "css"], ids=lambda path: path.name)
def test_only_the_tokens_name_colours(path: Path) -> None:
    if path.name == "tokens.css":
        return
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|oklch\(", text) == []


def test_every_token_that_is_used_is_set() -> None:
    texts = [path.read_text("utf-8") for path in SHEETS if path.parent.name == "css"]
    used = {name for text in texts for name in re.findall(r"var\((--rq-[\w-]+)", text)}
    made = {name for text in texts for name in re.findall(r"(--rq-[\w-]+)\s*:", text)}
    assert used - made == set()


def test_auto_is_dark_where_the_system_is() -> None:
    text = (STATIC / "css" / "tokens.css").read_text("utf-8")
    values = [
        re.findall(r"(--rq-[\w-]+|color-scheme): ([^;]+);", block)
        for block in re.findall(r'\[data-bs-theme="(?:dark|auto)"\] \{\n(.*?)\n\s*\}', text, re.DOTALL)
    ]
    dark, auto = [block for block in values if ("color-scheme", "dark") in block]
    assert dark == auto and len(dark) > 40


def test_the_sprite_holds_every_icon(gallery: str) -> None:
    wanted = set(re.findall(r"/static/icons\.svg#([\w-]+)", gallery))
    for path in TEMPLATES.glob("**/*.html"):
        wanted |= set(re.findall(r'\bicon\("([\w-]+)"', path.read_text("utf-8")))
    for path in SCRIPTS:
        wanted |= set(re.findall(r'\bicon\("([\w-]+)"', path.read_text("utf-8")))
    for path in (ROOT / "reqtrack").glob("**/*.py"):
        wanted |= set(re.findall(r'\bicon="([\w-]+)"', path.read_text("utf-8")))
    assert len(wanted) > 60
    assert wanted - symbols() == set()


def test_the_sprite_is_made_of_the_lists() -> None:
    listed = set((STATIC / "vendor" / "icons.txt").read_text("utf-8").split())
    own = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "vendor" / "own-symbols.svg").read_text("utf-8")))
    assert symbols() == listed | own


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_to_the_policy_and_to_old_web_views(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function|javascript:|document\.write|setAttribute\(\"style\"", text)
    assert not re.search(r"\?\?=|\|\|=|&&=|\.at\(-|\.replaceAll\(|structuredClone|Object\.hasOwn", text), (
        "newer than ES2020"
    )
    for wanted in re.findall(r'(?:from|import\()\s*"\./([\w.]+)"', text):
        assert (STATIC / "js" / wanted).exists()


def test_every_module_is_started() -> None:
    main = (STATIC / "js" / "main.js").read_text("utf-8")
    everything = "".join(path.read_text("utf-8") for path in SCRIPTS)
    # No module: the browser runs it beside the pages, and run mode says where it is.
    assert "js/worker.js" in (TEMPLATES / "acceptance" / "run.html").read_text("utf-8")
    for path in SCRIPTS:
        assert path.name in ("main.js", "worker.js") or f'"./{path.name}"' in everything
        if re.search(r"^export (async )?function (start|enhance)\(", path.read_text("utf-8"), re.MULTILINE):
            assert f'"./{path.name}"' in main


def test_scripts_say_only_words_that_the_page_holds() -> None:
    held = set(re.findall(r'data-word="([\w-]+)"', (TEMPLATES / "layouts" / "_words.html").read_text("utf-8")))
    said: set[str] = set()
    for path in SCRIPTS:
        for inside in re.findall(r"\bword\(([^()]*)", path.read_text("utf-8")):
            said |= set(re.findall(r'"([\w-]+)"', inside))
    said |= set(re.findall(r'this\.tool\("([\w-]+)"', (STATIC / "js" / "examples.js").read_text("utf-8")))
    said -= {"drop-column", "passed"} - held
    assert said - held == set()
    assert held - said == set(), "words that nobody says"


def test_the_first_page_weighs_little(env: object, gallery: str) -> None:
    """Everything a first visit loads, as it travels compressed."""
    files = [STATIC / name for name in re.findall(r'(?:href|src)="/static/([^"#]+)"', gallery)]
    files += [STATIC / "icons.svg", *SCRIPTS]
    weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in set(files) if path.exists())
    weight += len(gzip.compress(gallery.encode(), 6))
    assert 100_000 < weight < FIRST_LOAD, weight


def test_what_layouts_ask_for_is_there(gallery: str) -> None:
    wanted = set(re.findall(r'(?:href|src)="/static/([^"#]+)', gallery))
    assert wanted and [name for name in sorted(wanted) if not (STATIC / name).exists()] == []
