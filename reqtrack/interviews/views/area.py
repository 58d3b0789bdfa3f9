"""The blueprint of the interviews' pages."""

from __future__ import annotations

from reqtrack.web.area import Area

area = Area("interviews", __name__, url_prefix="/p/<project>")
