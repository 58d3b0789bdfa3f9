"""The pages of sign-offs, of who is away, and the one that says what a printed code is."""

from reqtrack.signoff.views import links as links
from reqtrack.signoff.views import paper as paper
from reqtrack.signoff.views.away import area as away
from reqtrack.signoff.views.outside import area as outside
from reqtrack.signoff.views.signoffs import area, public

__all__ = ["area", "away", "outside", "public"]
