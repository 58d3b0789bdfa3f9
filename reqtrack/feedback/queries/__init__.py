"""Feedback: its links, its lists, how it stands, what waits."""

from reqtrack.feedback.queries.links import Shown, link_for, links_of, open_link, sent_by
from reqtrack.feedback.queries.lists import VIEWS, Around, Found, Row, around, listing
from reqtrack.feedback.queries.told import Told, for_api, what_became
from reqtrack.feedback.queries.waiting import unanswered, waiting_for

__all__ = [
    "VIEWS",
    "Around",
    "Found",
    "Row",
    "Shown",
    "Told",
    "around",
    "for_api",
    "link_for",
    "links_of",
    "listing",
    "open_link",
    "sent_by",
    "unanswered",
    "waiting_for",
    "what_became",
]
