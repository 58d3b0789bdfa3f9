"""The scope pages."""

from reqtrack.requirements.views import texts
from reqtrack.requirements.views.scope import area

__all__ = ["area", "texts"]
