"""What would have to be asked for again once a change's package is edited: of what has been said of it, all that stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reqtrack.changes import facts
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.votes import Vote
from reqtrack.workflow.flows import Added


@dataclass(frozen=True)
class Again:
    """How many assessments, estimates of what was agreed elsewhere, approvals and confirmations an edit voids; ``silence``: the time
    to object is void, too; ``back``: the added stage that it is sent back to."""

    assessments: int = 0
    estimates: int = 0
    approvals: int = 0
    confirmations: int = 0
    silence: bool = False
    back: Added | None = None

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = Again()


def nothing_said(found: Dossier) -> bool:
    """Whether nobody has said anything of a change that an edit could void (without asking what it touches)."""
    said = found.said or found.votes or found.agreed or found.change.silent_until or found.change.sub_stage
    return not found.open or not (said or (found.origin.typed and found.origin.confirmed))


def of(found: Dossier, graph_print: str, given: Sequence[Vote], silent_print: str, back: Added | None) -> Again:
    """See ``Again``.

    Args:
        given: the votes (``votes.votes_of``). An option that was accepted is no approval of the package: narrowing it is what is
            asked.
        silent_print: of what it would be if nobody objected (``facts.silent_print``).
        back: ``queries.again.back_to``.
    """
    if not found.open:
        return NOTHING
    current = [one for one in found.heard if facts.current(one, found, graph_print)]
    typed = found.typed is not None and facts.current(found.typed, found, graph_print)
    approvals = [
        one
        for one in given
        if one.newest and not one.void and one.decision.outcome == "approved" and not one.decision.option
    ]
    answers = sum(one.stands(found.package_print) for one in found.agreed)
    text = found.origin.typed and found.origin.confirmed
    silence = found.change.silent_until is not None and found.change.silent_print == silent_print
    return Again(len(current), int(typed), len(approvals), answers + int(text), silence, back)


def by_hand(found: Dossier, graph_print: str, silent_print: str) -> Again:
    """The same of what is put in or taken out by hand: what it touches moves, not what it proposes. ``silence``: it takes no effect
    because nobody objects, unless it is assessed again in time."""
    told = of(found, graph_print, (), silent_print, None)
    return Again(told.assessments, told.estimates, silence=told.silence and bool(told.assessments))
