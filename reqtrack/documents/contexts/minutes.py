"""The minutes of a review: who was there, what was said of each line, how that stands; before it was held, its agenda."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.documents.contexts.common import Context, Reader, shared
from reqtrack.reviews import pages
from reqtrack.reviews.models import Review
from reqtrack.web.words import listed

# Of what was not talked about, so many are named.
MOST_LEFT = 12


def build(reader: Reader, review: Review) -> Context:
    """The context of ``exports/minutes``."""
    shown = pages.show(reader.actor, reader.project, review)
    held = review.state == "held"
    lines = [_line(one) for one in shown["lines"]]
    # What nobody spoke of is told by its number, not line by line.
    left = [one for one in lines if held and not (one["outcome"] or one["note"])]
    return {
        **shared(reader, "", review.key, []),
        "key": review.key,
        "title": review.name,
        "kicker": _("Minutes  %(key)s", key=review.key) if held else _("Agenda  %(key)s", key=review.key),
        "held": held,
        "facts": [
            {"name": str(_("Time")), "value": f"{reader.day(review.planned_on)} {review.begins}"},
            {"name": str(_("Where")), "value": review.place or "–"},
            {"name": str(_("Who was there") if held else _("Who is asked to come")), "value": listed(shown["present"]) or "–"},
        ],
        "note": shown["note"],
        "lines": [one for one in lines if one not in left],
        "left": ngettext("%(num)s line was not talked about.", "%(num)s lines were not talked about.", len(left)) if left else "",
        "left_of": [f"{one['key']} {one['title']}".strip() for one in left[:MOST_LEFT]],
        "more": max(len(left) - MOST_LEFT, 0),
    }  # fmt: skip


def _line(one: Context) -> Context:
    standing = str(one["standing"][0]) if one["standing"] else ""
    return {
        "key": one["key"],
        "title": str(one["title"]),
        "why": str(one["why"]),
        "outcome": str(one["outcome"]),
        "note": one["note"],
        "standing": str(_("goes to the next review")) if one["carried"] else standing,
        "names": one["names"],
    }
