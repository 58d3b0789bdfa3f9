"""The area."""

from __future__ import annotations

from reqtrack.web.area import Area

area = Area("radar", __name__)
