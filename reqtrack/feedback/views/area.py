"""The area, and what its views share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reqtrack.errors import Reason
from reqtrack.web.area import Area
from reqtrack.web.problems import sentence

area = Area("feedback", __name__)


def errors_of(reasons: Iterable[Reason]) -> dict[str, Any]:
    """Reasons for a form: ``errors`` by field, ``summary`` for its head."""
    shown = [{"field": reason.field or "", "sentence": sentence(reason)} for reason in reasons]
    return {"errors": {one["field"]: one["sentence"] for one in shown if one["field"]}, "summary": shown}
