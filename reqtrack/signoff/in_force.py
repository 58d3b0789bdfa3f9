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
from reqtrack.web.words import beside, listed


def show(
    actor: Actor, project: Project, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """What the page shows; ``given`` and ``reasons``: what was typed into the form of the next baseline, and what is wrong with it."""
    found = queries.scope_in_force(actor, project.id)
    uncovered, drafts = _uncovered(found)
    chain = queries.carrying(actor, found) if found else []
    return {
        "found": found,
        "chain": chain,
        "came": _came(found, chain) if found else {},
        "signatures": [pages.signature(_signer(row), found) for row in found.signatures] if found else (),
        "waiting": queries.open_scope_request(project.id),
        "role_words": pages.role_words,
        "uncovered": uncovered - drafts,
        "uncovered_drafts": drafts,
        "next": _next(actor, project, found, given or {}) if _may_send(actor, project) else None,
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": reasons,
    }


def _came(found: queries.InForce, chain: Sequence[queries.Carrying]) -> dict[str, list[dict[str, Any]]]:
    """By which changes what is not signed yet came, or moved since, and who decided them; nothing where it came by none."""
    known = {one.key: one for one in chain}
    return {
        told.key: [
            {"key": key, "added": told.key in found.added.get(key, ()), "by": _by(known[key])}
            for key in found.came_by.get(told.key, ())
        ]
        for told in found.unsigned
    }


def _by(one: queries.Carrying) -> str:
    """Who decided a change, as a part of a line."""
    if one.deciders:
        names = (beside(name, pages.role_words([role])) for name, role in one.deciders)
        return str(_("decided by %(names)s", names=listed(names)))
    if one.unvoted is None:
        return ""
    template = one.unvoted.method == "template"
    return str(_("by the template “%(name)s”", name=one.unvoted.name) if template else _("nobody objected"))


def _uncovered(found: queries.InForce | None) -> tuple[int, int]:
    """How much the next baseline could bring under a signature, and how much of that are drafts, which it leaves out unasked."""
    if found is None:
        return 0, 0
    all_ = len(found.unsigned) + len(found.outcome.fallen) + len(found.outcome.to_confirm)
    return all_, sum(one.why == "draft" for one in found.unsigned)


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
