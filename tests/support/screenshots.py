"""The pictures of the README, taken from the running demo: ``python -m tests.support.screenshots [FOLDER]``.

The demo is loaded into a folder that is thrown away, served, and looked at by the people of its story.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.db import db, reading
from reqtrack.demo import actions as demo
from reqtrack.demo.content import PROJECT
from reqtrack.demo.telling import login_of
from reqtrack.items.models import Item
from tests.support import apps
from tests.support.browser import EN_DESKTOP, EN_PHONE, ZH_DESKTOP, ZH_PHONE, Device, Windows, chromium, launch
from tests.support.databases import migrate
from tests.support.servers import Server, serve

# A page has few colours: so many are enough, and the picture is a third as large.
COLOURS = 160
LARGEST = 150_000
FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"


@dataclass(frozen=True)
class Picture:
    """Who looks at what. ``kind`` and ``stage`` choose the item whose key stands for ``{key}`` in the path."""

    name: str
    login: str
    path: str
    phone: bool = False
    kind: str = ""
    stage: str = ""


PICTURES = (
    Picture("my-work", "chenliqun", "/"),
    Picture("overview", "zhoulan", "/p/{project}/"),
    Picture("interview", "linzhixia", "/p/{project}/interview/{key}", kind="interview"),
    Picture("scope", "zhoulan", "/p/{project}/scope"),
    Picture("requirement", "linzhixia", "/p/{project}/i/{key}", kind="requirement"),
    Picture("change", "chenliqun", "/p/{project}/i/{key}", kind="change", stage="deciding"),
    Picture("change-phone", "chenliqun", "/p/{project}/i/{key}", phone=True, kind="change", stage="deciding"),
    Picture("run", "hemin", "/p/{project}/rounds/2/run", phone=True),
)


@contextmanager
def demo_served(folder: Path) -> Iterator[tuple[Server, str]]:
    """The demo in a folder, served; with the password of its people."""
    url = f"sqlite:///{folder / 'reqtrack.sqlite3'}"
    migrate(url, folder)
    app = apps.make(url, folder)
    try:
        with app.app_context():
            password = demo.load(folder)
        with serve(app) as server:
            yield server, password
    finally:
        apps.close(app)


def place(server: Server, picture: Picture, project: str) -> str:
    """The path of a picture, with the key of the first item that fits."""
    if not picture.kind:
        return picture.path.format(project=project)
    wanted = select(Item.key).join(Project, Project.id == Item.project_id)
    wanted = wanted.where(Project.key == project, Item.kind == picture.kind).order_by(Item.number)
    if picture.stage:
        wanted = wanted.where(Item.stage == picture.stage)
    with server.app.app_context(), reading():
        key = db.session.execute(wanted.limit(1)).scalar_one()
    return picture.path.format(project=project, key=key)


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in through the page, as anybody would."""
    page.goto("/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit], form button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def shrink(path: Path) -> None:
    """Keep a picture small: it is carried by every clone.

    Raises:
        RuntimeError: it is large all the same.
    """
    with Image.open(path) as picture:
        drawn = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    drawn.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise RuntimeError(f"{path} has {path.stat().st_size} bytes")


def main() -> None:
    program = chromium()
    if program is None:
        sys.exit("There is no chromium on this machine.")
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with demo_served(folder) as (server, password), launch(program, folder) as browser:
            windows = Windows(browser, server.url)
            for picture in PICTURES:
                for language in ("en", "zh"):
                    device: Device = {
                        ("en", False): EN_DESKTOP, ("zh", False): ZH_DESKTOP, ("en", True): EN_PHONE, ("zh", True): ZH_PHONE,
                    }[language, picture.phone]  # fmt: skip
                    page = windows.open(device)
                    sign_in(page, login_of(picture.login, language), password)
                    page.goto(place(server, picture, PROJECT.keys[language]))
                    page.wait_for_load_state("networkidle")
                    path = out / f"{picture.name}-{language}.png"
                    page.screenshot(path=path)
                    shrink(path)
                    print(path, path.stat().st_size)
            windows.close()
    for line in windows.complaints:
        print(line)


if __name__ == "__main__":
    main()
