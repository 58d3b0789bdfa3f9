"""After a save of notes: every excerpt follows its words, or says that they are gone."""

from __future__ import annotations

from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.interviews.actions.rights import index_again
from reqtrack.interviews.models import Excerpt, Interview
from reqtrack.interviews.queries.standing import Marked, marked_in, standing
from reqtrack.items import personal
from reqtrack.permissions import Actor


def follow_notes(actor: Actor, interview: Interview) -> None:
    """Let the excerpts of an interview follow its notes as they are now.

    One whose own words are gone keeps where it last stood (``start``, ``notes_version``) beside ``moved_at``: it is found again
    from there when the words come back. Where a sentence was to be seen by nobody, neither is what it was rewritten to.
    """
    marked = marked_in(interview)
    if not marked:
        return
    notes = personal.get(interview.project_id, interview.notes)
    found = standing(interview, notes, marked)
    gone = [one for one in marked if found[one.excerpt.id].start is None and one.excerpt.moved_at is None]
    back = [one for one in marked if found[one.excerpt.id].start is not None and one.excerpt.moved_at is not None]
    action = "excerpt.moved" if gone or back else "excerpt.followed"
    with recorded(actor, interview.project_id, action, interview.key) as entry:
        for one in marked:
            start = found[one.excerpt.id].start
            if start is not None:
                one.excerpt.start, one.excerpt.notes_version, one.excerpt.moved_at = start, interview.version, None
        for one in gone:
            one.excerpt.moved_at = entry.seq
            if one.excerpt.shown_as == "hidden":
                _hide_again(actor, interview, notes, one, found[one.excerpt.id].now)
        if any(one.excerpt.shown_as == "hidden" for one in gone):
            index_again(interview)
        entry.after = {
            "starts": {
                str(one.excerpt.id): start for one in marked if (start := found[one.excerpt.id].start) is not None
            },
            "moved": [one.excerpt.id for one in gone],
            "back": [one.excerpt.id for one in back],
        }


def _hide_again(actor: Actor, interview: Interview, notes: str, gone: Marked, now: str) -> None:
    """Hide what a hidden sentence was rewritten to, inside ``recorded()``."""
    start = notes.find(now) if now else -1
    if start < 0:
        return
    row = Excerpt(
        project_id=interview.project_id, interview_id=interview.id, stakeholder_id=gone.excerpt.stakeholder_id,
        quote=personal.put(interview.project_id, now), start=start, notes_version=interview.version, shown_as="hidden",
        author=actor.login, at=gone.excerpt.at,
    )  # fmt: skip
    db.session.add(row)
