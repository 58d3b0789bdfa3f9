"""The scope in force as a page: the signed baseline and what changed it since, as one chain; what no signature covers; the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.signoff import pages, policy, queries
from reqtrack.signoff.models import Signature
from reqtrack.signoff.subjects import kind_of


def show(
    actor: Actor, project: Project, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """What the page shows; ``given`` and ``reasons``: what was typed into the form of the next baseline, and what is wrong with it."""
    found = queries.scope_in_force(actor, project.id)
    outcome = found.outcome if found else None
    return {
        "found": found,
        "chain": queries.carrying(actor, found) if found else (),
        "signatures": [pages.signature(_signer(row), found) for row in found.signatures] if found else (),
        "waiting": queries.open_scope_request(project.id),
        "role_words": pages.role_words,
        "uncovered": len(found.unsigned) + len(outcome.fallen) + len(outcome.to_confirm) if found and outcome else 0,
        "next": _next(actor, project, found, given or {}) if _may_send(actor, project) else None,
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": reasons,
    }


def _signer(row: Signature) -> queries.Signer:
    return queries.Signer(row.signer, row.signer_name, tuple(row.roles.split()), row)


def _may_send(actor: Actor, project: Project) -> bool:
    return actor.may("baseline.take", project.id) and bool(policy.may_request(actor, project.id))


def _next(actor: Actor, project: Project, found: queries.InForce | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The form of the next baseline: named by the day, sent to those who signed the last one as far as they still may."""
    people = queries.possible_signers(project.id)
    able = {user.login for user, _roles in people}
    before = [row.principal for row in found.signatures if row.principal in able] if found else []
    return {
        "takes": queries.next_scope(actor, project.id),
        "drafts": bool(given.get("drafts")),
        "people": pages.people_words(people),
        "chosen": given.get("signers", before or pages.owners_of(people)),
        "name": given.get("name", _("Scope of %(day)s", day=clock.today(project.zone).isoformat())),
        "meaning": given.get("meaning") or (found.signoff.meaning if found else str(kind_of("BL-1").meaning)),
    }
