"""The delegation table in words: what each line means, what another table would bring, what one more decider costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.changes import dossier, policy, tables
from reqtrack.changes.delegation import DELEGATION, SEATS, Line, Seat, Table, check_table
from reqtrack.changes.facts import Rule
from reqtrack.changes.pages.cost import amount
from reqtrack.changes.queries import tables as queries
from reqtrack.errors import Invalid, Reason
from reqtrack.permissions import Actor
from reqtrack.web.context import number
from reqtrack.web.problems import sentence
from reqtrack.web.words import acting, beside, comma, listed

ROLES = {
    "project_manager": _l("project manager"),
    "business_owner": _l("business owner"),
    "sponsor": _l("sponsor"),
    "administrator": _l("administrator"),
}
FOR = {"normal": _l("Normal changes"), "emergency": _l("Emergencies")}
# More people than this cost days that are named.
FEW = 2


def seat_words(seats: Sequence[Seat], needed: int | None = None) -> str:
    """Who sits where: ``business owner (陈立群) and sponsor (方文)``; *or* where one of them is enough."""
    parts = []
    for seat in seats:
        names = listed(
            [*(one.name for one in seat.holders), *(acting(one.person.name, one.absent.name) for one in seat.deputies)]
        )
        role = ROLES.get(seat.acting, seat.acting)
        parts.append(beside(role, names) if names else str(_("%(role)s (nobody may)", role=role)))
    return str(_(" or ") if needed is not None and needed < len(seats) else _(" and ")).join(parts)


def line_words(line: Line, project: Project, sees_cost: bool) -> str:
    """What a line takes: ``up to 1 person-day, no must item, no phase over its capacity``."""
    parts = [str(FOR[line.kind])] if line.kind in FOR else []
    if line.most_days is not None:
        parts.append(_days(line.most_days))
    if line.most_cost is not None and sees_cost:
        parts.append(str(_("up to %(amount)s", amount=amount(line.most_cost, project.currency))))
    elif line.most_cost is not None:
        parts.append(str(_("up to a limit of money")))
    if not line.must:
        parts.append(str(_("no must item touched")))
    if not line.over:
        parts.append(str(_("no phase over its capacity")))
    return comma().join(parts) if parts else str(_("whatever the lines above leave"))


def _days(days: Decimal) -> str:
    return str(
        ngettext("up to %(days)s person-day", "up to %(days)s person-days", 1 if days == 1 else 2, days=number(days))
    )


def who_words(line: Line) -> str:
    """Who decides by a line: their roles, and how many of them."""
    roles = [str(ROLES.get(one, one)) for one in line.seats]
    if not roles:
        return str(_("nobody yet"))
    if line.kind == "emergency" and len(roles) > 1:
        return str(_(" or ")).join(roles)
    return str(_(" and ")).join(roles)


def delegation(
    actor: Actor,
    project: Project,
    lines: Sequence[Mapping[str, Any]] | None = None,
    most_deciders: str | None = None,
    *,
    looks: bool = False,
    reasons: Iterable[Reason] = (),
) -> dict[str, Any]:
    """The page of the table: as it is, or as it was typed (``lines``), with what the latter would bring where one ``looks``."""
    known = dossier.table_of(project.id)
    table, wrong = _read(lines, known)
    most = _most(most_deciders, project)
    told = [*reasons, *wrong]
    if looks and table is not None and not told:
        told = list(check_table(table, most).reasons)
    fits = looks and table is not None and not told
    sees_cost = actor.may("cost.read", project.id)
    return {
        "lines": [_shown(at, one, project, sees_cost) for at, one in enumerate(lines or tables.shown(known))],
        "rules": [_rule(at, one, project, sees_cost) for at, one in enumerate(table or known)],
        "is_default": tuple(table or known) == DELEGATION,
        "typed": lines is not None,
        "may": not [one for one in policy.may_set_delegation(actor, project.id).reasons if one.code != "reauthentication"],
        "password": not actor.reauthenticated,
        "seen": queries.version_of(project.id),
        "most_deciders": most_deciders if most_deciders is not None else project.most_deciders,
        "seats": [(one, ROLE_NAMES[one]) for one in SEATS],
        "kinds": list(FOR.items()),
        "extra": extra(project.id, most, table or known),
        "errors": {one.field or "": sentence(one) for one in told},
        "summary": [{"field": _place(one.field or ""), "sentence": sentence(one)} for one in told],
        "looks": fits,
        "meant": _meant(actor, project, table) if fits and table is not None else [],
        "sees_cost": sees_cost,
        "rate": project.day_rate is not None,
        "home": url_for("accounts.settings", project=project.key, _anchor="deciding"),
    }  # fmt: skip


def _read(lines: Sequence[Mapping[str, Any]] | None, known: Table) -> tuple[Table | None, tuple[Reason, ...]]:
    if lines is None:
        return known, ()
    try:
        return tables.parse(lines), ()
    except Invalid as invalid:
        return None, invalid.reasons


def _most(given: str | None, project: Project) -> int:
    text = project.most_deciders if given is None else given.strip()
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 4 else 0


def _place(field: str) -> str:
    """``lines.2.most_days`` → the field's name in the form, ``most_days.2``."""
    head, _dot, rest = field.partition(".")
    at, _dot, name = rest.partition(".")
    return f"{name}.{at}" if head == "lines" and name else field


def _shown(at: int, one: Mapping[str, Any], project: Project, sees_cost: bool) -> dict[str, Any]:
    """A line for its form; where it is readable, with what it means."""
    try:
        (line,) = tables.parse([one])
        words = line_words(line, project, sees_cost)
    except Invalid:
        words = ""
    return {**one, "at": at, "words": words}


def _rule(at: int, line: Line, project: Project, sees_cost: bool) -> dict[str, Any]:
    return {
        "words": line_words(line, project, sees_cost),
        "who": who_words(line),
        "proof": at > 0 or line.most_days is None,
        "one_of": line.kind == "emergency" and len(line.seats) > 1,
    }


def extra(project_id: int, most: int, table: Table) -> str:
    """What a third person who decides costs in days waited; "" where nobody asks for one."""
    if most <= FEW and all(len(line.seats) <= FEW for line in table):
        return ""
    told = queries.decided_in(project_id)
    if told is None:
        return str(
            _(
                "Each person more is one more who is waited for. What that costs is not known yet: no change has waited for its "
                "decision here since that is measured."
            )
        )
    changes, days = told
    return str(
        ngettext(
            "Each person more is one more who is waited for: the last change decided here waited %(days)s days for that.",
            "Each person more is one more who is waited for: the last %(num)s changes decided here waited %(days)s days each for that.",
            changes,
            days=number(Decimal(days).quantize(Decimal("0.1"))),
        )
    )


def _meant(actor: Actor, project: Project, table: Table) -> list[dict[str, Any]]:
    return [
        {
            "key": one.key,
            "title": one.title,
            "stage": one.stage,
            "href": url_for("changes.show", project=project.key, key=one.key),
            "now": rule_words(one.now),
            "then": rule_words(one.then),
            "differs": one.differs,
        }
        for one in queries.preview(actor, project, table)
    ]


def rule_words(rule: Rule) -> str:
    """Who decides, by name, and whether with the password."""
    who = seat_words(rule.seats, rule.needed)
    return " · ".join((who, _("with password") if rule.proof else _("without password")))


def part(actor: Actor, project: Project) -> dict[str, Any]:
    """The section of a project's settings: the table in words."""
    table = dossier.table_of(project.id)
    sees_cost = actor.may("cost.read", project.id)
    return {
        "rules": [_rule(at, one, project, sees_cost) for at, one in enumerate(table)],
        "is_default": table == DELEGATION,
        "may": actor.may("project.manage", project.id),
    }
