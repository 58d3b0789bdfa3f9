"""What is said of a result afterwards: that it may stand on the text as it is now, or that it was a mistake."""

from __future__ import annotations

from datetime import timedelta

from reqtrack.acceptance import policy
from reqtrack.acceptance.actions.days import forget_days
from reqtrack.acceptance.actions.results import checked_text, keep, sent_before
from reqtrack.acceptance.actions.standings import stand_again
from reqtrack.acceptance.models import Acceptance, Result, ResultRevocation, Round
from reqtrack.acceptance.queries import affirming
from reqtrack.acceptance.queries import rounds as queries
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, invalid
from reqtrack.permissions import Actor


def affirm(
    actor: Actor,
    found: Round,
    scenario: Acceptance,
    row: int | None,
    reason: str,
    *,
    once: str = "",
    seen: int | None = None,
) -> Result:
    """Let a stale pass stand (仍成立): a result that passed, bound to the text as it is now, which says that nothing was run again.

    Args:
        reason: why it still holds.
        once: as for ``record_result``.
        seen: the ``text_seq`` of the text that was read beside what was tested; None skips the check.

    Raises:
        Refused: 403 no tester of the round, or who wrote the change of the text; 409 there is no stale pass, or the round is
            closed. TextMoved: the text moved since ``seen``. Invalid: no reason, no such row.
    """
    known = sent_before(actor, found, scenario, row, "passed", once) if once else None
    if known is not None:
        return known
    asked = queries.asked(actor, found, scenario, row)
    exists = policy.row_exists(asked)
    if not exists:
        raise Invalid(exists.reasons)
    standing = affirming.standing_of(found, scenario, row)
    may = policy.may_affirm(actor, asked, affirming.facts(scenario, standing))
    may.require(policy.status_of(may))
    reason = checked_text(reason, "reason").strip()
    if not reason:
        raise invalid("reason", "Say why it still holds.", "required")
    if seen is not None and seen != scenario.text_seq:
        raise policy.TextMoved(scenario.key, seen)
    assert standing is not None
    return keep(
        actor, found, scenario, row, "passed", reason, affirms=standing.affirms or standing.number, once=once or None
    )


def revoke(actor: Actor, found: Round, result: Result, reason: str) -> ResultRevocation:
    """Say that a result was recorded by mistake: it stays in the history, and what was there before it counts again.

    Raises:
        Refused: 403 somebody else's and no manager of rounds; 409 revoked already, or the round is closed. Invalid: no reason.
    """
    may = policy.may_revoke(actor, found, result, affirming.is_revoked(result))
    may.require(policy.status_of(may))
    reason = checked_text(reason, "reason").strip()
    if not reason:
        raise invalid("reason", "Say why it does not count.", "required")
    with recorded(actor, found.project_id, "result.revoked", found.key, reason=reason) as entry:
        made = ResultRevocation(
            project_id=found.project_id, number=result.number, reason=reason, author=actor.login,
            author_name=actor.name, at=entry.at, since=entry.seq,
        )  # fmt: skip
        entry.seal(made)
        db.session.flush()
        stand_again(found.project_id, found.id, [result.acceptance_id])
        # A day before in the project's zone, to be on the safe side: it is computed anew.
        forget_days(found.project_id, result.at.date() - timedelta(days=1))
        entry.after = {"result": result.number}
    return made
