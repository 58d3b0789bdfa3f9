"""The agenda: filled from what waits, put in order and added to by hand, each line with what was said of it."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import dossier
from reqtrack.changes.queries import change_for
from reqtrack.db import db
from reqtrack.errors import invalid, no
from reqtrack.items.kinds import by_key
from reqtrack.permissions import Actor
from reqtrack.reviews import policy, queries
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.reviews.queries import agenda, confirming

BY_HAND = "hand"


def require_write(actor: Actor, review: Review) -> None:
    """Go on, or refuse with every reason."""
    policy.require(policy.may_write(actor, review.project_id, review.key, review.state))


def fill(actor: Actor, project: Project, review: Review) -> int:
    """Take in what waits now, emergencies first, and let go of what no longer does and nobody spoke of; how many lines that moved.

    What was taken off by hand stays off, and what was put on by hand stays.

    Raises:
        Refused: not theirs (403), or it was held (409).
    """
    require_write(actor, review)
    known = {one.subject: one for one in queries.lines_of(review, taken_off=True)}
    wanted = dict(queries.computed(project))
    gone = [one for one in known.values() if _gone(one, wanted)]
    new = [subject for subject in wanted if subject not in known]
    if not (gone or new):
        return 0
    with recorded(actor, project.id, "review.filled", review.key) as entry:
        for one in gone:
            db.session.delete(one)
        db.session.flush()
        stay = [one for one in known.values() if one not in gone and one.position > 0]
        urgent = set(agenda.emergencies(project)) if new else set()
        first = [subject for subject in new if subject in urgent]
        for line in stay if first else ():
            line.position += len(first)
        at = max([one.position for one in known.values()], default=0)
        places = [*enumerate(first, 1), *enumerate((one for one in new if one not in urgent), max(at, len(first)) + 1)]
        for number, subject in places:
            db.session.add(_line(review, subject, wanted[subject], number))
        for left in agenda.unreached(project.id):
            left.carried_id = review.id
        entry.after = {"added": new, "gone": [one.subject for one in gone]}
    return len(gone) + len(new)


def _gone(line: AgendaLine, wanted: dict[str, str]) -> bool:
    return (
        not line.outcome and line.position > 0 and line.why not in (BY_HAND, "carried") and line.subject not in wanted
    )


def _line(review: Review, subject: str, why: str, position: int) -> AgendaLine:
    return AgendaLine(
        project_id=review.project_id, review_id=review.id, position=position, subject=subject, why=why, outcome="", note="",
        package_print="",
    )  # fmt: skip


def add_line(actor: Actor, review: Review, key: str) -> AgendaLine:
    """Put an item on the agenda by hand.

    Raises:
        Refused: not theirs, or held. Invalid: there is no such item.
    """
    require_write(actor, review)
    subject = key.strip().upper()
    if by_key(subject) is None or not agenda.exists(review.project_id, subject):
        raise invalid("item", "There is no %(key)s in this project.", key=key.strip()[:80] or "–")
    lines = {one.subject: one for one in queries.lines_of(review, taken_off=True)}
    known = lines.get(subject)
    if known is not None and known.position > 0:
        return known
    last = max([one.position for one in lines.values()], default=0)
    with recorded(actor, review.project_id, "review.line_added", review.key) as entry:
        if known is None:
            known = _line(review, subject, BY_HAND, last + 1)
            db.session.add(known)
        known.position, known.why = last + 1, BY_HAND
        entry.after = {"subject": subject}
    return known


def take_off(actor: Actor, review: Review, line: AgendaLine) -> None:
    """Take a line off the agenda; it is not filled in again."""
    require_write(actor, review)
    with recorded(actor, review.project_id, "review.line_taken_off", review.key, before={"subject": line.subject}):
        line.position, line.outcome, line.note = 0, "", ""


def put_line(actor: Actor, review: Review, line: AgendaLine, place: int) -> None:
    """Put a line at a place of the agenda, counted from 1; the others follow in their order."""
    require_write(actor, review)
    others = [one for one in queries.lines_of(review) if one.id != line.id]
    at = min(max(place, 1), len(others) + 1)
    if line.position <= 0:
        no("taken_off", "This line was taken off the agenda.").require(409)
    with recorded(actor, review.project_id, "review.line_moved", review.key, before={"subject": line.subject}) as entry:
        others.insert(at - 1, line)
        for number, one in enumerate(others, 1):
            one.position = number
        entry.after = {"place": at}


def say(
    actor: Actor, review: Review, line: AgendaLine, outcome: str, note: str = "", *, seen: int | None = None
) -> None:
    """Write down what was said of a line, in place: it counts as a decision once those who decide have confirmed it.

    Args:
        outcome: approved, rejected (the note says why), deferred (until), asked_back (the question), noted; "" nothing.
        seen: the version of the line that was looked at.

    Raises:
        Refused: not theirs, held already, or somebody else wrote it meanwhile (409). Invalid: the outcome does not fit.
    """
    require_write(actor, review)
    if seen is not None and seen != line.version:
        no("line_moved", "Somebody else wrote down something of %(subject)s meanwhile.", subject=line.subject).require(
            409
        )
    known = by_key(line.subject) if ":" not in line.subject else None
    is_change = known is not None and known.name == "change"
    text = note.strip()[:2000]
    decides = is_change and outcome in policy.DECISIONS
    found = dossier.load(change_for(actor, review.project_id, line.subject)) if decides else None
    asks_reason = found is not None and confirming.asks_reason(found, outcome)
    policy.outcome_fits(outcome, text, is_change, asks_reason).require(422)
    said_of = found.package_print if found is not None else ""
    before = {"subject": line.subject, "outcome": line.outcome}
    with recorded(actor, review.project_id, "review.line_said", review.key, before=before) as entry:
        line.outcome, line.note, line.package_print = outcome, text, said_of
        entry.after = {"subject": line.subject, "outcome": outcome, "package": said_of}
