"""The part of a sign-off's page about paper, and the page on which a signed sheet is compared with what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.signoff import paper, queries, subjects
from reqtrack.signoff.models import PaperSheet, Signoff
from reqtrack.signoff.policy import Facts
from reqtrack.signoff.seats import PAPER, missing, turn, ways_of


def panel(actor: Actor, signoff: Signoff, taken: Sequence[queries.Taken], facts: Facts) -> dict[str, Any] | None:
    """The sheets that came back, and the form that brings one in; None where the request takes none and has none."""
    if PAPER not in ways_of(facts.rule):
        return None
    asked = turn(facts.rule, facts.seats, facts.answers)
    waiting = [one for one in asked if PAPER in missing(facts.rule, one, facts.answers)]
    may = bool(paper.may_bring(actor, signoff.project_id)) and signoff.state == "requested"
    by_role = {one.role for one in waiting if one.open_to_role}
    people = queries.possible_signers(signoff.project_id) if may and by_role else []
    return {
        "seats": [(one.position, facts.names[one.position]) for one in waiting] if may else [],
        "people": [(user.login, user.name) for user, roles in people if by_role & set(roles)],
        "rows": [
            {"sheet": one, "name": one.signer_name, "may_compare": bool(paper.may_compare(actor, one))}
            for one in queries.sheets_of(signoff)
        ],
    }


def compare(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    sheet: PaperSheet,
    given: Mapping[str, str],
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """The scan beside what was asked."""
    told = queries.page_of(actor, signoff)
    kind = subjects.kind_of(signoff.subject)
    names = queries.people([sheet.uploaded_by, sheet.compared_by or ""])
    return {
        "signoff": signoff,
        "told": told,
        "kind": kind,
        "sheet": sheet,
        "picture": sheet.kind in paper.KINDS and sheet.kind != "pdf",
        "shown": kind.shown(actor, project, signoff),
        "subject_template": kind.template,
        "refusal": paper.may_compare(actor, sheet),
        "by": names[sheet.uploaded_by].name if sheet.uploaded_by in names else sheet.uploaded_by,
        "given": given,
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": [one for one in reasons if not one.field],
    }
