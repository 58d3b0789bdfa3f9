"""What waits on somebody: each area offers its own as ``queries.waiting_for(actor)``, *My work* collects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing that waits on the actor.

    ``kind``: decide, assess, sign, test, answer, confirm. ``key`` and ``title``: of the thing. ``href_endpoint`` with
    ``href_args``: where it is done. ``since``: from when it waits. ``action``: the label of the button that leads there.
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
