"""What a change costs, by those who were asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, impact, policy
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Assessment, Change
from reqtrack.changes.package import saw
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor


def assess(
    actor: Actor,
    change: Change,
    *,
    likely: Any,
    best: Any = None,
    worst: Any = None,
    note: str = "",
    schedule_note: str = "",
    risk: str = "",
    seen: str | None = None,
) -> Assessment:
    """Say what a change costs, in person-days: one number, or three. With the last needed word it goes on to be decided.

    Args:
        seen: the fingerprint of package and impact (``facts.basis``) that the assessor saw.

    Raises:
        Refused: not asked (403); not there to be assessed, or package or impact have moved since ``seen`` (409).
        Invalid: numbers that are none, or out of order.
    """
    found = dossier.load(change)
    asked = facts.assessors(found)
    policy.require(policy.may_assess(actor, change.project_id, change.key, facts.to_assess(change), asked))
    _reached, graph = impact.graph_of(actor, found)
    if seen and not saw(seen, facts.basis(found, graph)):
        message = (
            "What %(key)s proposes or touches has moved since you opened it: look at it again before you assess it."
        )
        no("basis_moved", message, field="seen", key=change.key).require(409)
    numbers = _days(likely, best, worst)
    with recorded(actor, change.project_id, "change.assessed", change.key) as entry:
        said = Assessment(
            project_id=change.project_id, change_id=change.id, assessor_id=actor.id, **numbers,
            note=_text("note", note), schedule_note=_text("schedule_note", schedule_note), risk=_text("risk", risk),
            graph_print=graph, package_print=found.package_print, at=entry.at,
        )  # fmt: skip
        db.session.add(said)
        db.session.flush()
        after = dossier.load(change)
        change.expected_effort_days = after.expected
        entry.after = {
            **{name: value for name, value in numbers.items() if value is not None},
            "expected": dossier.expected(said.likely, said.best, said.worst),
            "expected_of_all": after.expected,
            "note": said.note,
            "graph": graph,
            "package": found.package_print,
        }
    go_on(actor, after, graph)
    return said


def go_on(actor: Actor, found: Dossier, graph: str) -> None:
    """What everybody asked has assessed is there to be decided."""
    if found.change.stage in policy.TO_ASSESS and found.newest_said and not facts.still_asked(found, graph):
        store.move(actor, found.change, "deciding", after={"expected_effort_days": found.expected})


def _days(likely: Any, best: Any, worst: Any) -> dict[str, Decimal | None]:
    field = KINDS["requirement"].field("effort_days")
    numbers: dict[str, Decimal | None] = {}
    reasons = []
    for name, given in (("likely", likely), ("best", best), ("worst", worst)):
        if given is None or given == "":
            numbers[name] = None
            continue
        try:
            numbers[name] = values.PARSERS["decimal"](field, None, given)  # type: ignore[arg-type]
        except values.Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, name))
    if not reasons and numbers["likely"] is None:
        reasons.append(Reason("required", "Say how many person-days it will likely take.", {}, "likely"))
    if reasons:
        raise Invalid(reasons)
    middle, low, high = numbers["likely"], numbers["best"], numbers["worst"]
    assert middle is not None
    if low is not None and low > middle:
        raise invalid("best", "The best case cannot take longer than the likely one.")
    if high is not None and high < middle:
        raise invalid("worst", "The worst case cannot take less than the likely one.")
    return numbers


def _text(name: str, given: str) -> str:
    try:
        return values.text_of(given or "", 20_000).strip()
    except values.Unfit as unfit:
        raise invalid(name, unfit.message, **unfit.params) from None
