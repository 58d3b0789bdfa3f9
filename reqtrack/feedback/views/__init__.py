"""The pages of feedback: the public ones, those of the project, those of its links."""

from reqtrack.feedback.views import inside, links, public
from reqtrack.feedback.views.area import area

__all__ = ["area", "inside", "links", "public"]
