"""Walking all GET routes as somebody, once: what was answered, and what it did to the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.architecture.prepared import Prepared
from tests.architecture.recorder import Transaction, recording
from tests.architecture.samples import Stop, stops

PLAIN: Mapping[str, str] = {}


@dataclass(frozen=True)
class Answer:
    """One request of a walk and its answer. ``text`` is what it says, JSON with its characters as they are."""

    stop: Stop
    url: str
    status: int
    headers: Any
    mimetype: str
    text: str
    transactions: tuple[Transaction, ...]

    def __str__(self) -> str:
        return f"{self.stop.method} {self.url} → {self.status}"

    @property
    def queries(self) -> list[str]:
        """The statements that a budget counts: of the request, not of what is logged after it."""
        return [one for part in self.transactions if not part.writing for one in part.counted]


def walk(made: Prepared, login: str) -> list[Answer]:
    """All GET routes with all samples, as somebody ("" is nobody) in English; walked once for each world and person."""
    known = made.walked.get(login)
    if known is None:
        known = made.walked[login] = walk_of(made, login, [(stop, stop.url) for stop in stops(made)])
    return known


def walk_of(
    made: Prepared, login: str, wanted: Iterable[tuple[Stop, str]], headers: Mapping[str, str] = PLAIN
) -> list[Answer]:
    """Some addresses, walked now."""
    client = made.world.client(login)
    answers = []
    with recording(made.app) as recorder:
        for stop, url in wanted:
            recorder.clear()
            found = client.get(url, headers=headers, buffered=True)
            answers.append(
                Answer(stop, url, found.status_code, found.headers, found.mimetype, _text(found), tuple(recorder))
            )
            found.close()
    return answers


def _text(answer: Any) -> str:
    if not answer.mimetype.startswith(("text/", "application/")):
        return ""
    text = answer.get_data().decode("utf-8", "replace")
    return json.dumps(json.loads(text), ensure_ascii=False) if answer.mimetype.endswith("json") else text
