"""The pages of change requests; and, in a project's settings, by which rules they are decided."""

from reqtrack.changes.views import agreed, asking, delegation, effects, impact, package, stages, templates, way
from reqtrack.changes.views.asked import area as asked
from reqtrack.changes.views.changes import area
from reqtrack.changes.views.rules import area as rules

__all__ = [
    "agreed",
    "area",
    "asked",
    "asking",
    "delegation",
    "effects",
    "impact",
    "package",
    "rules",
    "stages",
    "templates",
    "way",
]
