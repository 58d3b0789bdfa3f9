"""The pages of what is seen from above: my work, questions, the overview, the phases in the settings."""

from __future__ import annotations

from reqtrack.radar.views import findings, my_work, overview, phases, questions
from reqtrack.radar.views.area import area

__all__ = ["area", "findings", "my_work", "overview", "phases", "questions"]
