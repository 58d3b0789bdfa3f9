"""What can be asked of the changes: one for its page, many for the board, what waits for whom, what a change would touch."""

from reqtrack.changes.queries.again import again_of
from reqtrack.changes.queries.asked import Judged, asked, judged_many
from reqtrack.changes.queries.board import GROUPS, NONE, OF_EACH, Row, board, listing, number_open, open_on_item
from reqtrack.changes.queries.deciders import as_decider, votes_now
from reqtrack.changes.queries.figures import figures
from reqtrack.changes.queries.forms import (
    asker_told,
    askers,
    field_of,
    meant,
    members_for_form,
    named,
    new_proposal,
    proposal,
    require_write,
    scope_kinds,
    stakeholders_for_form,
)
from reqtrack.changes.queries.moved import Moved, moved
from reqtrack.changes.queries.news import News, news_for
from reqtrack.changes.queries.page import ChangePage, change_for, change_page, lines_of_delegation
from reqtrack.changes.queries.price import Price, price_tag
from reqtrack.changes.queries.touched import TouchedPage, touched_page
from reqtrack.changes.queries.waiting import waiting_for
from reqtrack.changes.stakes import impact_of_item, open_changes

__all__ = [
    "GROUPS",
    "NONE",
    "OF_EACH",
    "ChangePage",
    "Judged",
    "Moved",
    "News",
    "Price",
    "Row",
    "TouchedPage",
    "again_of",
    "as_decider",
    "asked",
    "asker_told",
    "askers",
    "board",
    "change_for",
    "change_page",
    "field_of",
    "figures",
    "impact_of_item",
    "judged_many",
    "lines_of_delegation",
    "listing",
    "meant",
    "members_for_form",
    "moved",
    "named",
    "new_proposal",
    "news_for",
    "number_open",
    "open_changes",
    "open_on_item",
    "price_tag",
    "proposal",
    "require_write",
    "scope_kinds",
    "stakeholders_for_form",
    "touched_page",
    "votes_now",
    "waiting_for",
]
