"""The templates of standard changes, as the settings and the forms of changes show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.changes import policy
from reqtrack.changes.models import TIERS, ChangeTemplate
from reqtrack.changes.queries import templates as queries
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence
from reqtrack.web.words import listed


def templates(
    actor: Actor, project: Project, given: Mapping[str, Any] | None = None, reasons: Iterable[Reason] = ()
) -> dict[str, Any]:
    """All templates in use, and the form of a new one; ``given`` is what was typed where it did not fit."""
    rows = queries.templates(project.id)
    standing = queries.standing(project.id)
    return {
        "rows": [shown(project, one, one.id in standing) for one in rows],
        "may_write": bool(policy.may_write_template(actor, project.id)),
        "home": url_for("accounts.settings", project=project.key, _anchor="deciding"),
        **_form(given or {"most_items": 3, "fields": [], "tiers": ["should", "later"]}, reasons),
    }


def template(
    actor: Actor,
    project: Project,
    row: ChangeTemplate,
    given: Mapping[str, Any] | None = None,
    reasons: Iterable[Reason] = (),
) -> dict[str, Any]:
    """One template, with its form and its approval."""
    kept = {
        "name": row.name, "reason": row.reason, "most_days": row.most_days, "most_items": row.most_items,
        "fields": row.fields.split(), "tiers": row.tiers.split(),
    }  # fmt: skip
    limits = queries.limits_now(row)
    approve = policy.may_approve_template(actor, project.id, limits, row.written_by)
    missing = [one for one in approve.reasons if one.code != "reauthentication"]
    return {
        "row": shown(project, row, not limits.lapsed),
        "seen": row.version,
        "may_write": bool(policy.may_write_template(actor, project.id)) and row.archived_at is None,
        "may_approve": not missing,
        "password": not actor.reauthenticated,
        "approve_reasons": [sentence(one) for one in missing],
        "home": url_for("rules.templates", project=project.key),
        **_form(given or kept, reasons),
    }


def _form(given: Mapping[str, Any], reasons: Iterable[Reason]) -> dict[str, Any]:
    told = list(reasons)
    return {
        "given": given,
        "field_options": list(queries.field_names().items()),
        "tier_options": list(TIERS.items()),
        "errors": {one.field or "": sentence(one) for one in told},
        "summary": [{"field": one.field or "", "sentence": sentence(one)} for one in told],
    }


def shown(project: Project, row: ChangeTemplate, stands: bool) -> dict[str, Any]:
    """A template in words. ``stands``: who approved it is an owner still."""
    names = queries.field_names()
    fields = listed(dict.fromkeys(str(names.get(one, one)) for one in row.fields.split()))
    tiers = listed(str(TIERS.get(one, one)) for one in row.tiers.split())
    return {
        "id": row.id,
        "name": row.name,
        "reason": row.reason,
        "href": url_for("rules.template", project=project.key, number=row.id),
        "days": row.most_days,
        "items": row.most_items,
        "fields": fields or _("any edit"),
        "tiers": tiers or _("any tier"),
        "approved_by": names_of(project.id, row.approved_by) if stands else "",
        "lapsed": names_of(project.id, row.approved_by) if row.approved_by and not stands else "",
        "approved_at": row.approved_at,
        "archived": row.archived_at is not None,
        "written_by": names_of(project.id, row.written_by),
    }


def names_of(project_id: int, logins: str) -> str:
    """People by name; by login where they are not here any more."""
    known = {one.login: one.name for one in kept("member names", project_id, lambda: members(project_id))}
    return listed(known.get(one, one) for one in logins.split())


def kinds(project_id: int, chosen: str = "") -> list[tuple[str, Any]]:
    """What a change can be, for its form: emergency, or standard by one of the templates that are approved (``template:3``)."""
    usable = queries.templates(project_id, usable=True)
    return [
        ("emergency", _("Emergency: one approval, assessed and reviewed afterwards")),
        *((f"template:{one.id}", _("Standard: %(name)s", name=one.name)) for one in usable),
    ]
