"""Passing a change on from one of the stages that its project added."""

from __future__ import annotations

from reqtrack.changes import policy
from reqtrack.changes.actions.judging import judged
from reqtrack.changes.actions.rights import require_reason, require_seen
from reqtrack.changes.actions.verifying import close_if_passed
from reqtrack.changes.models import Change
from reqtrack.errors import no
from reqtrack.items import store
from reqtrack.permissions import Actor


def pass_on(
    actor: Actor, change: Change, reason: str = "", *, seen: str | None = None, package: str | None = None
) -> None:
    """Pass a change on from the added stage in which it stands: to the next one, or to what is done in the stage itself.

    Args:
        seen: the added stage that was seen, "" for none.
        package: the fingerprint of the package that was seen.

    Raises:
        Refused: it stands in none, is not assessed (409), or is not theirs to pass on (403); it went on or was edited
            meanwhile (409).
        Invalid: no reason where the project asks for one.
    """
    found, _touched, _rule, told = judged(actor, change)
    if seen is not None and seen != (change.sub_stage or ""):
        no("moved", "%(key)s has moved to another stage meanwhile.", key=change.key).require(409)
    require_seen(found, package)
    policy.require(policy.may_pass_on(actor, change.project_id, change.key, change.stage, told))
    require_reason(found, "pass_on", reason)
    goes = found.flow.after(change.stage, change.sub_stage)
    assert goes is not None  # the policy has asked
    to, sub_stage = goes
    after = {"from": change.sub_stage, "sub_stage": sub_stage, "package": found.package_print}
    store.move(actor, change, to, reason=reason.strip(), columns={"sub_stage": sub_stage}, after=after)
    close_if_passed(change)
