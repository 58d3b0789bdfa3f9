"""What happened to an item, in words: one sentence for each event that has an item for its subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.web.words import listed

# Told by the comment itself, or by the guide.
SILENT = (
    "comment.written",
    "question.written",
    "answer.written",
    "question.answered",
    "guide.covered",
    "guide.uncovered",
    "excerpt.followed",
)
# What somebody who was heard says themselves: who they are is told as in the interview.
OWN_WORD = ("confirmation.answered", "excerpt.shown")
# Who did it stands before; the stage that it was moved to, behind.
DONE: dict[str, Any] = {
    "created": _l("wrote it"),
    "edited": _l("changed %(fields)s"),
    "retired": _l("retired it"),
    "moved": _l("moved it to"),
    "merged": _l("merged it into %(into)s"),
    "split": _l("split it into %(into)s"),
    "restored": _l("put it back as it was"),
    "reviewed": _l("looked at it after its import"),
    "comment": _l("commented"),
    "question": _l("asked"),
    "answer": _l("answered"),
    "rows_taken": _l("took rows of %(key)s into its examples"),
    "link.added": _l("added a link to %(key)s"),
    "link.ended": _l("ended a link"),
    "link.looked": _l("looked at a suspect link: it still holds"),
    "attachment.added": _l("attached %(name)s"),
    "attachment.removed": _l("removed a file"),
    "evidence.added": _l("attached somebody’s words"),
    "evidence.ended": _l("took somebody’s words off"),
    "excerpt.marked": _l("marked a passage"),
    "excerpt.moved": _l("edited the notes: words of marked passages went, or came back"),
    "figure.added": _l("kept a figure: %(name)s"),
    "figure.removed": _l("took a figure away"),
    "text.silenced": _l("lets stand in its text: %(name)s"),
    "text.silence_ended": _l("points out in its text again: %(name)s"),
    "guide.added": _l("added questions to the guide"),
    "guide.carried": _l("carried over questions from %(key)s"),
    "guide.removed": _l("took a question out of the guide"),
    "excerpt.shown": _l("chose who sees their words"),
    "confirmation.asked": _l("asked somebody who was heard to confirm it"),
    "confirmation.revoked": _l("took back the link by which somebody was asked"),
    "confirmation.answered": _l("answered whether it is right"),
    "correction.settled": _l("saw to what was not right"),
    "flow.told": _l("said that %(key)s tells a special flow"),
    "flow.none_known": _l("noted that somebody asked knew of no such special flow"),
    "flow.ended": _l("took an answer to a special flow back"),
}


def words(what: str, fields: Iterable[Any] = (), detail: Mapping[str, Any] | None = None) -> str:
    """What was done: ``what`` is a key of ``DONE``; ``fields`` are the labels of those changed, ``detail`` what the event keeps."""
    told = detail or {}
    if what == "edited" and not fields:
        return str(_("changed it"))
    if what not in DONE:
        return str(_("did this: %(what)s", what=what))
    into: Any = told.get("into")
    params = {
        "into": listed(into) if isinstance(into, list) else "–",
        "fields": listed(fields),
        "key": told.get("target") or "–",
        "name": told.get("name") or "–",
    }
    return str(DONE[what]) % params
