"""The scope pages."""

from reqtrack.requirements.views import duplicates, imported, joining, texts
from reqtrack.requirements.views.scope import area

__all__ = ["area", "duplicates", "imported", "joining", "texts"]
