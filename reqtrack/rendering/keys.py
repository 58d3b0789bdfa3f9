"""Keys in sentences: none breaks at its hyphen."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

_KEY = re.compile(r"\b[A-Z]{2,4}-\d+\b")


def whole(text: Any) -> Markup:
    """A text in which no key breaks at its hyphen; markup stays as it is."""
    if hasattr(text, "__html__"):
        return Markup(text)  # is markup already
    return Markup(_KEY.sub(r'<span class="rq-nowrap">\g<0></span>', str(escape(text))))  # escaped here
