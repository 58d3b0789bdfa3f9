"""One confirmation for the whole agenda: what was written down at a review becomes the votes of who confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reqtrack.audit.record import recorded
from reqtrack.changes import actions as changes
from reqtrack.changes import load as loads
from reqtrack.changes.models import Change
from reqtrack.changes.queries import judged_many
from reqtrack.errors import no
from reqtrack.permissions import Actor
from reqtrack.reviews import policy, queries
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.reviews.queries.confirming import Pending, asks_reason, judge


@dataclass(frozen=True)
class Confirmed:
    """What came of a confirmation: the subjects whose vote was given, with the change's stage now; and those left, with why."""

    given: tuple[tuple[str, str], ...]
    left: tuple[Pending, ...]


def confirm(actor: Actor, review: Review, *, seen: Mapping[str, str] | None = None, address: str = "") -> Confirmed:
    """Confirm what was said at a review: a vote for each line that the actor may decide, by the same rules as on the page of the
    change. Each is judged as it stands when its turn comes; what may not be decided stays as it is, with every reason.

    Args:
        seen: subject → the fingerprint of the package that was shown; a line that is not among them is left alone.

    Raises:
        Refused: it was not held (409), nothing of it is theirs to confirm (403), the password is needed (403).
    """
    policy.require(policy.may_confirm(review.key, review.state))
    waiting = queries.pending(actor, review, queries.lines_of(review))
    mine = [one for one in waiting if one.mine and (seen is None or _saw(one, seen))]
    if not mine:
        no("nothing_to_confirm", "Nothing said at %(key)s waits for your word.", key=review.key).require(403)
    if any(one.proof for one in mine) and not actor.reauthenticated:
        message = "Some of it is above the project manager's limit: give your password."
        no("reauthentication", message, field="password").require()
    given, left = [], [one for one in waiting if not one.mine and not one.given]
    for at, one in enumerate(mine):
        # What was given before may have moved it.
        now = one if at == 0 else judge(actor, one.line, one.change, judged_many(actor, [one.change])[one.change.id])
        if not now.mine:
            left.append(now)
            continue
        _give(actor, now.line, now.change, now, address)
        given.append((now.line.subject, now.change.stage))
    with recorded(actor, review.project_id, "review.confirmed", review.key) as entry:
        entry.after = {"lines": [subject for subject, _stage in given]}
    return Confirmed(tuple(given), tuple(left))


def _saw(one: Pending, seen: Mapping[str, str]) -> bool:
    told = seen.get(one.line.subject, "")
    # A page shows tier and phase, too; a program may send what it read of the change.
    return len(told) >= 12 and any(whole.startswith(told) for whole in (one.offer, one.judged.found.package_print))


def _give(actor: Actor, line: AgendaLine, change: Change, one: Pending, address: str) -> None:
    if line.outcome == "asked_back":
        changes.ask(actor, change, line.note)
        return
    phase = next((phase.name for phase in loads.phases(change.project_id) if phase.id == one.judged.phase_id), None)
    put_off = line.outcome == "deferred"
    changes.decide(
        actor, change, line.outcome, tier=one.judged.tier, phase=phase,
        # Where deferring asks for a reason, what was written down is that too.
        reason=line.note if not put_off or asks_reason(one.judged.found, "deferred") else "", until=line.note if put_off else "",
        seen=one.judged.found.package_print, address=address,
    )  # fmt: skip
