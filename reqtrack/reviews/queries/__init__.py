"""What can be asked of the reviews: one, all of them, what their agenda shall hold, what waits to be confirmed."""

from reqtrack.reviews.queries.agenda import MORE, computed, hidden, outcome_of, subjects_of
from reqtrack.reviews.queries.confirming import Pending, pending, waiting_for
from reqtrack.reviews.queries.reviews import (
    ReviewRow,
    SeriesRow,
    group_of,
    lines_of,
    listing,
    people,
    review_for,
    series_for,
    series_of,
)

__all__ = [
    "MORE",
    "Pending",
    "ReviewRow",
    "SeriesRow",
    "computed",
    "group_of",
    "hidden",
    "lines_of",
    "listing",
    "outcome_of",
    "pending",
    "people",
    "review_for",
    "series_for",
    "series_of",
    "subjects_of",
    "waiting_for",
]
