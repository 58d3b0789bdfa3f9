"""What waits for somebody: the row that each area offers to *My work*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for the actor.

    ``kind`` is one of decide, assess, sign, test, confirm, answer, review, mend (what it is about was changed meanwhile: its
    author has to choose), unblock (others are to do it, and it has waited longer than was agreed), and pass_on (a code that
    somebody will ask for). ``key`` and ``title`` name the thing, ``note`` says in one line what it costs or is about;
    ``href_endpoint`` and ``href_args`` lead to where it is done; ``since`` is when it began to wait, ``due_on`` when it should
    be done (None: no date), ``action`` the label of its button; ``holds``: somebody else cannot go on before it is done,
    whatever its kind; ``emergency``: it goes before others of its kind;
    ``rank``: how bad it is, 0 the worst, where that is said (defects).
    """

    project_key: str
    kind: str
    key: str
    title: str
    href_endpoint: str
    href_args: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    due_on: date | None = None
    action: Any = ""
    note: Any = ""
    holds: bool = False
    emergency: bool = False
    rank: int = 1
