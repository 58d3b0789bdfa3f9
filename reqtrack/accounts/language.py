"""In which language the program itself names what it makes: titles and names that people then change as they like."""

from __future__ import annotations

import re

from reqtrack.accounts.models import Project
from reqtrack.permissions import Actor

_HAN = re.compile("[\u3400-\u9fff]")


def in_chinese(actor: Actor, project: Project) -> bool:
    """Whether in Chinese: as the actor has chosen, else as the project is named."""
    return actor.locale.startswith("zh") or (not actor.locale and bool(_HAN.search(project.name)))
