"""What several verbs of interviews ask and do."""

from __future__ import annotations

from reqtrack.db import db
from reqtrack.errors import Verdict, no
from reqtrack.interviews.models import Interview
from reqtrack.items import search, store
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor


def may(actor: Actor, project_id: int, *permissions: str) -> None:
    """Refuse who holds none of these permissions.

    Raises:
        Refused: 403.
    """
    verdict = Verdict()
    if not any(actor.may(one, project_id) for one in permissions):
        verdict = no("no_permission", "Your roles in this project do not let you do this.")
    verdict.require()


def index_again(interview: Interview) -> None:
    """Let the search find what may be found now: a hidden sentence is not, not even by who may read it."""
    db.session.flush()
    search.put(KINDS["interview"], interview, store.content_of(interview))


def reopen(actor: Actor, item: Interview, why: str) -> None:
    """What was confirmed was the text as it was seen."""
    if item.stage == "confirmed":
        store.move(actor, item, "written", reason=why)
