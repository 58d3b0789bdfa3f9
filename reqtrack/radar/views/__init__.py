"""The pages of what is seen from above: my work, the overview, the phases in the settings."""

from __future__ import annotations

from reqtrack.radar.views import my_work, overview, phases, questions
from reqtrack.radar.views.area import area

__all__ = ["area", "my_work", "overview", "phases", "questions"]
