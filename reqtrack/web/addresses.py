"""The parts of addresses: what ``<int:…>`` takes."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

from reqtrack.db import LARGEST


class Number(IntegerConverter):
    """A number that a row may have: at most ten plain digits. Any other is an address that is not there (404)."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)
