"""Standard changes: templates are written, approved by an owner beforehand, put away; a change keeps to one and is applied when it
is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import policy, standard, tables
from reqtrack.changes.actions.judging import placed
from reqtrack.changes.actions.unvoted import put_into_effect
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import TIERS, Change, ChangeTemplate
from reqtrack.changes.queries.templates import field_names, limits_now
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.items import values
from reqtrack.permissions import Actor

NAMES = ("name", "reason", "most_days", "most_items", "fields", "tiers")
MOST_ITEMS = 200


def write_template(actor: Actor, project: Project, given: Mapping[str, Any]) -> ChangeTemplate:
    """Write a template (names in ``NAMES``); nothing passes by it until an owner has approved it.

    Raises:
        Refused: no permission. Invalid: with a reason per field that does not fit.
    """
    policy.may_write_template(actor, project.id).require()
    told = _fit(given, {})
    with recorded(actor, project.id, "template.written", "template") as entry:
        row = ChangeTemplate(project_id=project.id, written_by=actor.login, approved_by="", **told)
        db.session.add(row)
        db.session.flush()
        entry.subject = _subject(row)
        entry.after = _told(row)
    return row


def change_template(
    actor: Actor, template: ChangeTemplate, given: Mapping[str, Any], *, seen: int | None = None
) -> None:
    """Write a template anew; an approval given before is void.

    Raises:
        Refused: no permission, or 409 when it was changed since ``seen``. Invalid: per field.
    """
    policy.may_write_template(actor, template.project_id).require()
    _not_moved(template, seen)
    before = _told(template)
    told = _fit(given, {name: getattr(template, name) for name in NAMES})
    if all(getattr(template, name) == value for name, value in told.items()):
        return
    with recorded(actor, template.project_id, "template.written", _subject(template), before=before) as entry:
        for name, value in told.items():
            setattr(template, name, value)
        # Everybody whose words stand in it: none of them approves it.
        template.written_by = " ".join(dict.fromkeys((*template.written_by.split(), actor.login)))
        template.approved_by, template.approved_at = "", None
        entry.after = _told(template)


def approve_template(actor: Actor, template: ChangeTemplate, *, seen: int | None = None) -> None:
    """Approve beforehand whatever keeps within a template.

    Raises:
        Refused: no owner, one of its writers, no password (403); archived, approved, or changed since ``seen`` (409).
    """
    policy.require(policy.may_approve_template(actor, template.project_id, limits_now(template), template.written_by))
    _not_moved(template, seen)
    with recorded(actor, template.project_id, "template.approved", _subject(template)) as entry:
        template.approved_by, template.approved_at = actor.login, entry.at
        entry.after = _told(template)


def archive_template(actor: Actor, template: ChangeTemplate, *, seen: int | None = None) -> None:
    """Use a template no more; what passed by it stays.

    Raises:
        Refused: no permission; or 409.
    """
    policy.may_write_template(actor, template.project_id).require()
    _not_moved(template, seen)
    if template.archived_at is None:
        with recorded(actor, template.project_id, "template.archived", _subject(template)) as entry:
            template.archived_at = entry.at


def _not_moved(template: ChangeTemplate, seen: int | None) -> None:
    if seen is not None and seen != template.version:
        no("stale", "The template was changed while you looked at it.").require(409)


def _subject(template: ChangeTemplate) -> str:
    return f"template:{template.id}"


def _told(template: ChangeTemplate) -> dict[str, Any]:
    return {name: getattr(template, name) for name in (*NAMES, "written_by", "approved_by")}


def _fit(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    told = {**known, **given}
    reasons: list[Reason] = []
    found: dict[str, Any] = {}
    for name, missing in (("name", "A template needs a name."), ("reason", "Say what for: it stands as the reason.")):
        found[name] = _text(told.get(name), 200 if name == "name" else 2_000, name, reasons)
        if not found[name]:
            reasons.append(Reason("required", missing, {}, name))
    found["most_days"] = _days(told.get("most_days"), "most_days", reasons)
    number = str(told.get("most_items") if told.get("most_items") is not None else "").strip()
    found["most_items"] = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    if not 1 <= found["most_items"] <= MOST_ITEMS:
        message = "How many items at most: a number from 1 to %(most)s."
        reasons.append(Reason("invalid", message, {"most": MOST_ITEMS}, "most_items"))
    found["fields"] = _words(told.get("fields"), field_names(), "fields", reasons)
    found["tiers"] = _words(told.get("tiers"), TIERS, "tiers", reasons)
    if reasons:
        raise Invalid(reasons)
    return found


def _text(given: Any, most: int, name: str, reasons: list[Reason]) -> str:
    try:
        return " ".join(values.text_of(str(given or ""), most).split())
    except values.Unfit as unfit:
        reasons.append(Reason("invalid", unfit.message, unfit.params, name))
        return ""


def _days(given: Any, name: str, reasons: list[Reason]) -> Decimal:
    try:
        told = tables.number(given)
    except values.Unfit as unfit:
        reasons.append(Reason("invalid", unfit.message, unfit.params, name))
        return Decimal(0)
    if told is None:
        reasons.append(Reason("required", "Say how many person-days at most.", {}, name))
    return Decimal(0) if told is None else told


def _words(given: Any, known: Mapping[str, Any], name: str, reasons: list[Reason]) -> str:
    told = given.split() if isinstance(given, str) else [str(one) for one in given or ()]
    strange = [one for one in told if one not in known]
    if strange:
        message = "There is no %(what)s among: %(known)s."
        reasons.append(Reason("invalid", message, {"what": strange[0][:80], "known": tuple(known)}, name))
    return " ".join(one for one in known if one in told)


# -- a change by it ----------------------------------------------------------------------------------------------------


def keep_to(actor: Actor, change: Change, template: ChangeTemplate | None) -> None:
    """Say by which template a draft is a standard change; None makes it a normal one. The caller has asked whether they may write.

    Raises:
        Refused: 409, it was handed in already. Invalid: the template is not used any more, or belongs elsewhere.
    """
    if change.stage != "draft":
        message = "%(key)s is %(stage)s: by which template it passes is said while it is a draft."
        no("wrong_stage", message, key=change.key, stage=change.stage).require(409)
    if template is not None and (template.project_id != change.project_id or template.archived_at is not None):
        raise invalid("template", "The template “%(name)s” is not used any more.", name=template.name)
    given = template.id if template else None
    if change.template_id == given:
        return
    before = {"template": change.template_id}
    with recorded(actor, change.project_id, "change.template_chosen", change.key, before=before) as entry:
        change.template_id = given
        entry.after = {"template": given, "name": template.name if template else None}


def hand_in(actor: Actor, found: Dossier, days: Any) -> Impact:
    """Put a standard change that keeps within its template into effect: the template is its decision.

    Args:
        days: what its author estimates, in person-days.

    Raises:
        Refused: with that effort it does not keep within the template (409, with every reason).
        Invalid: no estimate; no tier or phase is known.
    """
    change, limits = found.change, found.limits
    assert limits is not None  # the policy has asked
    reasons: list[Reason] = []
    estimate = _days(days, "days", reasons)
    if reasons:
        raise Invalid(reasons)
    at = clock.now()
    with recorded(actor, change.project_id, "change.estimated", change.key) as entry:
        change.expected_effort_days = estimate
        entry.after = {"expected_effort_days": estimate}
    one = placed(actor, change)
    policy.require(standard.fits_days(limits, estimate) + one.told.standard)
    place = policy.may_place(one.tier, one.phase_id)
    if not place:
        raise Invalid(place.reasons)
    told = {"template": change.template_id, "name": limits.name, "approved_by": limits.approved_by}
    put_into_effect(
        actor, one.found, one.touched, one.tier, one.phase_id, method="template", reason=limits.name, told=told,
        columns={"submitted_at": at, "waiting_since": at},
    )  # fmt: skip
    return one.touched
