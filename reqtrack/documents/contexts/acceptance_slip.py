"""The acceptance slip (验收单): one page that both parties sign and seal, for a closed round or a baseline."""

from __future__ import annotations

from flask_babel import gettext as _

from reqtrack.acceptance import queries as rounds
from reqtrack.documents.contexts.certificate import counted
from reqtrack.documents.contexts.common import Context, Reader, shared
from reqtrack.signoff import subjects
from reqtrack.signoff.subjects import Subject
from reqtrack.web.words import listed


def build(reader: Reader, found: Subject) -> Context:
    """The context of ``exports/acceptance-slip``.

    Raises:
        Refused: 409, the round is not closed, or holds nothing.
    """
    found.ready.require(409)
    name = f"{found.key} {found.title}"
    facts = [
        {"label": _("It holds"), "value": counted(found.counts)},
        {"label": _("Closed on") if found.kind == "round" else _("Taken on"), "value": reader.moment(found.at)},
    ]
    if found.kind == "round":
        row = rounds.round_for(reader.actor, reader.project.id, found.key)
        people = listed(user.name for user in rounds.testers([row.id]).get(row.id, []))
        facts.append({"label": _("Tested by"), "value": people})
    return {
        **shared(reader, found.fingerprint, name, []),
        "kicker": f"{reader.project.name}  {found.key}",
        "label": str(subjects.kind_of(found.key).label),
        "subject": name,
        "facts": [one for one in facts if one["value"]],
    }
