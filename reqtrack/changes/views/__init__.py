"""The pages of change requests."""

from reqtrack.changes.views import effects, impact
from reqtrack.changes.views.changes import area

__all__ = ["area", "effects", "impact"]
