"""What a change costs, by those who were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, impact, policy
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import OPTIONS, Assessment, Change
from reqtrack.changes.package import saw
from reqtrack.db import db, plain_decimal, whole_number
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor

MOST_OPTIONS = 10


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
    cost: Any = None,
    probability: Any = None,
    effect: Any = None,
    options: Sequence[Mapping[str, Any]] = (),
    seen: str | None = None,
) -> Assessment:
    """Say what a change costs, in person-days: one number, or three. With the last needed word it goes on to be decided.

    Args:
        cost: beside effort, in the project's currency.
        probability, effect: of the risk, 1 to 5 each.
        options: other ways to do it, ``{"name", "days"?, "note"?}``; *do_nothing* and *smaller* are names that are known.
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
    more = {"cost": _cost(cost), **_risk(probability, effect), "options": _options(options) or None}
    _asked(found, {**numbers, **more, "note": note, "schedule_note": schedule_note, "risk": risk})
    with recorded(actor, change.project_id, "change.assessed", change.key) as entry:
        said = Assessment(
            project_id=change.project_id, change_id=change.id, assessor_id=actor.id, **numbers, **more,
            note=_text("note", note), schedule_note=_text("schedule_note", schedule_note), risk=_text("risk", risk),
            graph_print=graph, package_print=found.package_print, at=entry.at,
        )  # fmt: skip
        db.session.add(said)
        db.session.flush()
        after = dossier.load(change)
        change.expected_effort_days, change.expected_cost = after.expected, after.expected_cost
        entry.after = {
            **{name: value for name, value in (numbers | more).items() if value is not None},
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
    change = found.change
    if change.stage not in policy.TO_ASSESS or found.step is not None:
        return
    if found.newest_said and not facts.still_asked(found, graph):
        to, sub_stage = found.flow.after("assessing", None) or ("deciding", None)
        more = {"sub_stage": sub_stage} if sub_stage else {}
        after = {"expected_effort_days": found.expected, **more}
        store.move(actor, change, to, columns={"sub_stage": sub_stage}, after=after)


def not_agreed(found: Dossier) -> dict[str, Any]:
    """The columns of a change once what was agreed elsewhere stands no more, and so not its estimate."""
    heard = sum((one.expected for one in found.heard), Decimal(0)) if found.heard else None
    columns = {"agreed_on": None, "agreed_where": None}
    return {**columns, "expected_effort_days": heard, "expected_cost": found.expected_cost}


# What a project may ask of an assessment beside one number, as what is said where it is lacking.
WANTED: dict[str, tuple[Reason, ...]] = {
    "three_point": (
        Reason("required", "Say how many days it takes in the best case: this project asks for three numbers.", {}, "best"),
        Reason("required", "Say how many days it takes in the worst case: this project asks for three numbers.", {}, "worst"),
    ),
    "schedule_note": (
        Reason("required", "Say what it means for the schedule: this project asks for that.", {}, "schedule_note"),
    ),
    "cost": (Reason("required", "Say what it costs beside effort, 0 if nothing: this project asks for that.", {}, "cost"),),
    "note": (Reason("required", "Say what has to be done: this project asks for that.", {}, "note"),),
    "options": (
        Reason("required", "Give another way to do it, or say what happens if nothing is done: this is asked here.", {}, "options"),
    ),
}  # fmt: skip


def _asked(found: Dossier, told: Mapping[str, Any]) -> None:
    """Raises Invalid, naming all that the project's flow asks of an assessment and that is lacking."""
    asks = found.flow.asks.get("assess", ())
    wanted = [reason for what in asks for reason in WANTED.get(what, ())]
    lacking = [one for one in wanted if told[one.field or ""] is None or not str(told[one.field or ""]).strip()]
    if "risk" in asks and told["probability"] is None and not str(told["risk"] or "").strip():
        message = "Say what the risk is, or how probable and how bad: this project asks for that."
        lacking.append(Reason("required", message, {}, "risk"))
    if lacking:
        raise Invalid(lacking)


def estimate(likely: Any) -> Decimal:
    """One number of person-days, as it was typed.

    Raises:
        Invalid
    """
    try:
        told = _days(likely, None, None)["likely"]
    except Invalid as error:
        raise Invalid(Reason(one.code, one.message, one.params, "days") for one in error.reasons) from None
    assert told is not None
    return told


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


def _cost(given: Any) -> Decimal | None:
    if given is None or given == "":
        return None
    return _one_number("cost", given)


def _risk(probability: Any, effect: Any) -> dict[str, int | None]:
    """Both or neither, from 1 to 5."""
    told: dict[str, int | None] = {}
    for name, given in (("probability", probability), ("effect", effect)):
        number = whole_number(str(given)) if given not in (None, "") else None
        if given not in (None, "") and not 1 <= (number or 0) <= 5:
            raise invalid(name, "This is a whole number from 1 to 5.")
        told[name] = number
    lacking = [name for name, number in told.items() if number is None]
    if len(lacking) == 1:
        raise invalid(lacking[0], "A risk takes both: how probable it is, and how much it would hurt.")
    return told


def _options(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Other ways to do it; those that say nothing are left out."""
    found: list[dict[str, Any]] = []
    if len(given) > MOST_OPTIONS:
        raise invalid("options", "At most %(most)s options.", most=MOST_OPTIONS)
    for at, one in enumerate(given):
        where = f"options.{at}"
        name, note = (_text(f"{where}.{part}", one.get(part) or "", 2_000) for part in ("name", "note"))
        days = one.get("days")
        if days in (None, "") and not note and (name in OPTIONS or not name):
            continue
        if not name:
            raise invalid(f"{where}.name", "Say what this option is.", "required")
        told: dict[str, Any] = {"name": name, "note": note}
        if days not in (None, ""):
            told["days"] = plain_decimal(_one_number(f"{where}.days", days))
        found.append(told)
    return found


def _one_number(field: str, given: Any) -> Decimal:
    try:
        return values.PARSERS["decimal"](KINDS["requirement"].field("effort_days"), None, given)  # type: ignore[arg-type,no-any-return]
    except values.Unfit as unfit:
        raise invalid(field, unfit.message, **unfit.params) from None


def _text(name: str, given: Any, longest: int = 20_000) -> str:
    try:
        return values.text_of(given or "", longest).strip()
    except values.Unfit as unfit:
        raise invalid(name, unfit.message, **unfit.params) from None
