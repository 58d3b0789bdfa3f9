"""What the documents name is there: links, commands, settings, make targets; and both languages name the same."""

import re
from pathlib import Path

import click
import pytest

from reqtrack import commands, config
from reqtrack.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")
COMMAND = re.compile(r"(?:`|^ {4})reqtrack ([a-z](?:(?!  |`).)*)", re.MULTILINE)
SETTING = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
TARGET = re.compile(r"(?:`|^ {4})make ([a-z][a-z-]*)", re.MULTILINE)
TWINS = [
    ("README.md", "README.zh.md"),
    *((f"docs/en/{name}.md", f"docs/zh/{name}.md") for name in ("user-guide", "administrator-guide", "api")),
]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_commands_are_registered():
    assert commands.cli is cli


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page):
    text = page.read_text("utf-8")
    for target in LINK.findall(text):
        assert "://" in target or (page.parent / target).exists(), target
    for line in COMMAND.findall(text):
        group: click.Command = cli
        for word in line.split():
            if not isinstance(group, click.Group):
                break
            assert word in group.commands, f"reqtrack {line}"
            group = group.commands[word]
        options = {option for parameter in group.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", line)) <= options, f"reqtrack {line}"
    assert set(SETTING.findall(text)) <= set(config.NAMES)
    makefile = read("Makefile")
    for target in TARGET.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: twins[0])
def test_both_languages_name_the_same(twins):
    english, chinese = (read(name) for name in twins)
    for pattern in (COMMAND, SETTING, TARGET):
        assert sorted(pattern.findall(english)) == sorted(pattern.findall(chinese))
    headings = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in (english, chinese)]
    assert headings[0] == headings[1]
