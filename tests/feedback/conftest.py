"""A project with a link that takes feedback, and what a sender's browser does with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from reqtrack.feedback import actions
from tests.support.world import Browser, World

# One red pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077 53de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082".replace(" ", "")
)


@dataclass
class Door:
    """A link: its number, its secret, and senders' browsers."""

    world: World
    number: int
    secret: str

    @property
    def path(self) -> str:
        return f"/f/{self.secret}"

    def sender(self, language: str = "en") -> Browser:
        return self.world.client(language=language)

    def send(self, said: str, browser: Browser | None = None, **fields: Any) -> TestResponse:
        """Open the form and send it, as a person would."""
        client = browser or self.sender()
        shown = client.get(self.path)
        once = re.search(r'name="once" value="(\w+)"', shown.text)
        assert once is not None, shown.text
        return client.send(self.path, {"once": once.group(1), "said": said, **fields})


def made_link(world: World, name: str = "Poster in the warehouse", by: str = "analyst", **more: Any) -> Door:
    with world.write(by) as scene:
        link, secret = actions.make_link(scene.actor, scene.project, name, **more)
        return Door(world, link.id, secret)


@pytest.fixture
def door(world: World) -> Door:
    """The cast's project, and a poster in its warehouse."""
    world.cast()
    return made_link(world)


def receipt(answer: TestResponse) -> str:
    """The path of a sender's own link, from the answer to what they sent."""
    assert answer.status_code == 303, answer.text
    return str(answer.location).partition("?")[0]
