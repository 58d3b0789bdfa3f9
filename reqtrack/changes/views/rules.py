"""The area of the rules by which a project decides its changes: pages of its settings."""

from __future__ import annotations

from reqtrack.web.area import Area

area = Area("rules", __name__, url_prefix="/p/<project>/settings")
