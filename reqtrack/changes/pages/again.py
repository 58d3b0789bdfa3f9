"""What an edit costs of what has been said of a change, told before anybody edits it: one quiet line, or none."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.changes.again import Again
from reqtrack.web.words import together


def again_words(told: Again, where: str = "here") -> str:
    """The line; "" where nothing would be asked for again. ``where``: what would be edited (``here`` a part of the package,
    ``words`` title and reason, ``hand`` what it touches)."""
    parts = _counted(told)
    said: list[Any] = []
    if parts:
        what = together(parts)
        said.append(
            {
                "here": _("With an edit here, %(what)s would be asked for again.", what=what),
                "words": _("With another title or reason, %(what)s would be asked for again.", what=what),
                "hand": _("With an item more or less, %(what)s would be asked for again.", what=what),
            }[where]
        )
    if told.silence:
        said.append(
            _("Unless it is assessed again in time, it no longer takes effect because nobody objects.")
            if where == "hand"
            else _("Once it is edited, it no longer takes effect because nobody objects.")
        )
    if told.back is not None:
        said.append(_("Once it is edited, it goes back to “%(stage)s”.", stage=told.back.name))
    return " ".join(str(one) for one in said)


def _counted(told: Again) -> list[str]:
    words = (
        (told.assessments, ngettext("%(num)s assessment", "%(num)s assessments", told.assessments)),
        (told.estimates, ngettext("%(num)s estimate", "%(num)s estimates", told.estimates)),
        (told.approvals, ngettext("%(num)s approval", "%(num)s approvals", told.approvals)),
        (told.confirmations, ngettext("%(num)s confirmation", "%(num)s confirmations", told.confirmations)),
    )
    return [str(text) for number, text in words if number]
