"""The pages of change requests in words: what ``queries`` found, as their templates take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.changes import facts, queries, votes
from reqtrack.changes.cards import Card, Cards
from reqtrack.changes.delegation import principal
from reqtrack.changes.models import TIERS, Change
from reqtrack.changes.pages.again import again_words
from reqtrack.changes.pages.agreed import agreed
from reqtrack.changes.pages.asking import asking
from reqtrack.changes.pages.cost import bars, costs, moved, swaps
from reqtrack.changes.pages.delegation import ROLES, line_words, seat_words
from reqtrack.changes.pages.effects import effects, papers
from reqtrack.changes.pages.impact import views_of
from reqtrack.changes.pages.steps import emergency, silence, steps
from reqtrack.changes.pages.timeline import option_word, timeline
from reqtrack.changes.pages.wording import falls, rivals, row, rows, summary, told, tree
from reqtrack.changes.policy import ASSESSING, may_submit, passers
from reqtrack.changes.queries import ChangePage
from reqtrack.errors import YES, Verdict
from reqtrack.items.kinds import KINDS
from reqtrack.items.pages import attachments, opens, rich
from reqtrack.permissions import Actor
from reqtrack.signoff.proved import METHODS
from reqtrack.web.problems import sentence
from reqtrack.web.words import acting, beside, listed

# How many affected items a page shows unasked: more than anybody reads, and no longer to wait for.
NEAREST = 100
NEW_KINDS = ("requirement", "acceptance", "scenario", "process")


def sentences(verdict: Verdict) -> list[str]:
    """A verdict's reasons in the reader's language."""
    return [sentence(reason) for reason in verdict.reasons]


def show(
    actor: Actor,
    project: Project,
    change: Change,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    whole: bool = False,
) -> dict[str, Any]:
    """The page of a change; with what was sent (``given``) where it did not fit. Of what it touches, the nearest ``NEAREST``;
    ``whole``: all."""
    most = None if whole else NEAREST
    page = queries.change_page(actor, change)
    phases = {one.id: one.name for one in page.impact.phases}
    cards = Cards(actor, page.dossier, phases).all()
    able = page.dossier.able
    shown = {
        "item": change,
        "page": page,
        "stage_now": page.stage,
        "stage_name": page.stage_name,
        "step": passing(page),
        "files": files(actor, page),
        "asks_why": "reason" in page.dossier.flow.asks.get("withdraw", ()),
        "base": {"project": project.key, "key": change.key},
        "reason": rich(project, change.reason),
        "cards": [card(project, page, one) for one in cards],
        "picked": [row(project, one.key, one.title) for one in page.dossier.picked],
        "implied": page.dossier.implied,
        "tree": tree(project, page.impact, page.dossier.open, most),
        "impact_views": views_of(project, change),
        "touched": rows(project, page.impact, most),
        "further": 0 if whole else max(0, len(page.impact.affected) - NEAREST),
        "why": [row(project, one.key, one.title) for one in page.impact.why.values() if one.seen],
        "rivals": rivals(project, page),
        "summary": summary(page),
        "costs": costs(actor, page),
        "bars": bars(page),
        "swaps": swaps(project, page),
        "moved": moved(page),
        "falls": falls(project, page),
        "told": told(page),
        "again": again_words(page.again) if page.verdicts["edit"] else "",
        "box": box(actor, page, phases),
        "votes": [vote(one, phases) for one in page.votes],
        "may": {name: sentences(verdict) for name, verdict in page.verdicts.items()},
        "effects": effects(actor, project, page),
        "papers": papers(actor, page),
        "who": who(actor, page),
        "timeline": timeline(actor, project, page),
        "steps": steps(page),
        "silence": silence(actor, page),
        "asking": asking(actor, page),
        "agreed": agreed(actor, page, given.getlist("deciders") if isinstance(given, MultiDict) else ()),
        "emergency": emergency(actor, page),
        "by_template": page.dossier.limits,
        "as_normal": _as_normal(actor, page),
        "option_names": [(one, option_word(one)) for one in facts.options(page.dossier)],
        "accepted": _accepted(page),
        "asked_by": asked_by(page),
        "asked_by_role": _is_role(page),
        "logged_by": _name(page, change.created_by),
        "errors": dict(errors or {}),
        "given": dict(given or {}),
        "of_scope": " ".join(queries.scope_kinds()),
        "new_kinds": [(name, KINDS[name].label) for name in NEW_KINDS],
        "may_comment": actor.may("comment.write", project.id) and actor.may("project.read", project.id),
        "home": (_("Change requests"), url_for("changes.board", project=project.key)),
        "may_confirm": page.dossier.open
        and page.dossier.origin.typed
        and actor.login == page.dossier.origin.asked_by
        and not page.dossier.origin.confirmed,
        "assessor_options": [(one.login, one.name) for one in page.dossier.people if able.get(one.id)],
        "assessor_roles": [(role, ROLE_NAMES[role]) for role in ASSESSING],
        "assessed_by": _whose(page, asked_words(page)),
        "awaited": _whose(page, [one.name for one in page.awaited]),
    }
    if actor.may("project.read", project.id):
        return shown
    return {**unlinked(shown), "impact_views": [], "home": (_("My work"), url_for("radar.my_work"))}


def _whose(page: ChangePage, names: Sequence[str]) -> str:
    """Whose word is waited for; where nobody was named, that of one of them will do."""
    told = listed(names)
    return str(_("%(names)s (any one of them)", names=told)) if not page.dossier.asks and len(names) > 1 else told


def asked_words(page: ChangePage) -> list[str]:
    """Who assesses it: by name, and by role with its holders; any analyst where nobody is asked."""
    asks = page.dossier.asks
    if not asks:
        return [one.name for one in page.asked]
    return [beside(ROLE_NAMES[one.role], one.name) if one.role else one.name for one in asks]


def unlinked(part: Any) -> Any:
    """The same for who may see this page of the project alone: nothing leads on."""
    if isinstance(part, dict):
        return {name: "" if name == "href" else unlinked(value) for name, value in part.items()}
    return [unlinked(one) for one in part] if isinstance(part, list) else part


def _name(page: ChangePage, login: str) -> str:
    person = page.dossier.named(login)
    return person.name if person else login


def asked_by(page: ChangePage) -> str:
    """Who asked for it, as the reader may know: a member by name, a stakeholder as interviews call them."""
    given = page.change.asked_by
    if not given:
        return _name(page, page.change.created_by)
    stakeholder = page.told.asked_by
    if stakeholder is not None:
        return stakeholder.name or stakeholder.label
    return str(_("a stakeholder")) if given.startswith("stakeholder:") else _name(page, given)


def _is_role(page: ChangePage) -> bool:
    """Whether who asked is no person by name: a stakeholder of whom the reader knows the job role alone."""
    stakeholder = page.told.asked_by
    return (page.change.asked_by or "").startswith("stakeholder:") and not (stakeholder and stakeholder.name)


# -- what would change -------------------------------------------------------------------------------------------------

BADGES = {
    "changed": ("", "", ""),
    "new": (_l("New"), "ok", "plus"),
    "retired": (_l("Retired by this"), "bad", "archive"),
    "restored": (_l("Brought back by this"), "ok", "arrow-back-up"),
}


def card(project: Project, page: ChangePage, one: Card) -> dict[str, Any]:
    """A card with its links: to the item, to its form in the change, to take it out; and who wrote it, where the change has
    several authors."""
    change, may_edit = page.change, page.verdicts["edit"]
    several = len(page.dossier.origin.editors | {change.created_by}) > 1
    edit_href = ""
    if may_edit and one.act == "new" and one.edit is not None:
        edit_href = url_for("changes.edit_new", project=project.key, key=change.key, number=one.edit.id)
    elif may_edit and one.key:
        edit_href = url_for("changes.edit_item", project=project.key, key=change.key, item=one.key)
    label, tone, icon = (_("Moved"), "accent", "arrow-right") if one.moves else BADGES[one.act]
    return {
        "card": one,
        "key": one.key or one.ref,
        "href": url_for("items.show", project=project.key, key=one.key) if one.key else "",
        "badge": (_("In conflict"), "bad", "alert-triangle")
        if one.conflict
        else (label, tone, icon)
        if label
        else None,
        "kind": KINDS[one.kind].label,
        "by": listed(_name(page, login) for login in one.writers) if several else "",
        "edit_href": edit_href,
        "drop": _drop(one) if may_edit else None,
    }


def _drop(one: Card) -> int | None:
    """The edit that taking the whole card out drops (cards of several edits are taken apart field by field)."""
    return one.edit.id if one.edit is not None else None


def _as_normal(actor: Actor, page: ChangePage) -> bool:
    """Whether the reader may hand a standard change in as a normal one, because nothing but its template is in the way."""
    change = page.change
    if change.change_kind != "standard":
        return False
    freed = replace(page.facts, standard=YES)
    return bool(may_submit(actor, change.project_id, change.key, change.stage, freed))


def _accepted(page: ChangePage) -> dict[str, Any] | None:
    """The option that was accepted instead of the whole."""
    vote = facts.accepted(page.dossier)
    if vote is None:
        return None
    narrowed = vote.package_print != page.dossier.package_print
    return {
        "option": option_word(vote.option or ""),
        "who": vote.decider_name,
        "at": vote.at,
        "narrowed": narrowed,
        "reason": vote.reason,
    }


def files(actor: Actor, page: ChangePage) -> list[dict[str, Any]] | None:
    """The files at a change, where its project asks for one; else None (one statement, or none)."""
    flow = page.dossier.flow
    if not any("attachment" in asks for asks in (*flow.asks.values(), *(one.asks for one in flow.added))):
        return None
    found = attachments(page.change)
    open_to = opens(actor, page.change.project_id, found)
    return [{"id": one.id, "name": one.name, "opens": one.id in open_to} for one in found]


def passing(page: ChangePage) -> dict[str, Any] | None:
    """The added stage in which it stands: who passes it on, to where, and whether that takes a reason."""
    found, change = page.dossier, page.change
    step, goes = found.step, found.flow.after(change.stage, change.sub_stage)
    if change.stage not in ("assessing", "deciding", "applied") or goes is None:
        return None
    if step is None and page.verdicts["pass_on"].reasons:
        return None
    people = passers(found.people, step, found.origin) if step is not None else ()
    return {
        "name": step.name if step is not None else page.stage_name,
        "who": listed(one.name for one in people),
        "to": found.flow.name(*goes),
        "asks": "reason" in step.asks if step is not None else False,
        "seen": change.sub_stage or "",
        "added": step is not None,
    }


# -- the box -----------------------------------------------------------------------------------------------------------


def box(actor: Actor, page: ChangePage, phases: Mapping[int, str]) -> dict[str, Any]:
    """What there is to do for the reader at this stage."""
    decide = page.verdicts["decide"]
    approve = [sentence(one) for one in page.verdicts["approve"].reasons if one not in decide.reasons]
    missing = [one for one in page.rule.seats if not {one.login for one in one.holders} & set(page.standing)]
    return {
        "tiers": [
            (value, label, {"must": "t3", "should": "t2", "later": "t1"}[value]) for value, label in TIERS.items()
        ],
        "phases": [(name, name) for name in phases.values()],
        "tier": page.tier or "",
        "phase": phases.get(page.phase_id or 0, ""),
        "seen": page.dossier.package_print[:16],
        # With the tier and the phase that are shown, where there is nothing to choose.
        "offer": facts.silent_print(page.dossier, page.tier, page.phase_id)[:16],
        "basis": page.basis[:16],
        "who": seat_words(page.rule.seats, page.rule.needed),
        "line": line_words(page.rule.line, page.project, page.price.sees_cost),
        "two": page.rule.needed > 1,
        "password": page.rule.proof and not actor.reauthenticated,
        "signs": page.rule.proof,
        "may": bool(decide),
        "reasons": sentences(decide),
        "approve_reasons": approve,
        "voted": _has_voted(actor, page),
        "differs": _differs(actor, page, phases),
        "absent": _absent(actor, page),
        "missing": seat_words(missing) if page.standing else "",
        "above": page.dossier.expected is None or page.dossier.expected > 1,
    }


def _has_voted(actor: Actor, page: ChangePage) -> bool:
    return any(actor.login in (one.decision.decider, one.principal) for one in votes.agreeing(page.votes))


def _differs(actor: Actor, page: ChangePage, phases: Mapping[int, str]) -> list[str]:
    """What the reader approved, and what the last vote did, where the two do not meet; else nothing."""
    mine = votes.differing(page.votes, actor.login)
    return [_approved(one, phases) for one in (mine, votes.agreeing(page.votes)[-1])] if mine is not None else []


def _approved(vote: votes.Vote, phases: Mapping[int, str]) -> str:
    row = vote.decision
    if row.option:
        return option_word(row.option)
    return f"{TIERS.get(row.tier or '', '–')} · {phases.get(row.phase_id or 0, '–')}"


def _absent(actor: Actor, page: ChangePage) -> str:
    """For whom the reader would decide, by name; "" where it is their own seat."""
    voice = principal(page.rule.seats, actor.login, page.standing)
    return voice.name if voice is not None and voice.login != actor.login else ""


def who(actor: Actor, page: ChangePage) -> list[dict[str, str]]:
    """Who would decide by size: shown before it is submitted."""
    sees_cost = actor.may("cost.read", page.change.project_id)
    return [
        {
            "line": line_words(line, page.project, sees_cost),
            "who": seat_words(seats, 1 if page.rule.size.kind == "emergency" else len(seats)),
        }
        for line, seats in queries.lines_of_delegation(page.dossier)
    ]


def vote(one: Any, phases: Mapping[int, str]) -> dict[str, Any]:
    """A vote in words."""
    row = one.decision
    return {
        "who": {"template": _("By its template"), "silence": _("Nobody objected")}.get(
            row.method, acting(row.decider_name, row.behalf_name)
        ),
        "role": ROLES.get(row.seat, row.seat),
        "outcome": row.outcome,
        "tier": row.tier,
        "option": option_word(row.option) if row.option else "",
        "phase": phases.get(row.phase_id or 0, ""),
        "reason": row.reason,
        "until": row.until,
        "at": row.at,
        "by_link": row.method == "link",
        "proved": str(METHODS.get(row.method, "")) if row.method != "link" else "",
        "void": one.void,
        "outgrown": one.outgrown,
        "print": row.package_print,
    }
