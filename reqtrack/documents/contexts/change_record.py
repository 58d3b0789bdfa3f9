"""The change record: what was asked, what would change, what it touches and costs, and what was decided."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from reqtrack import clock
from reqtrack.changes import facts, queries
from reqtrack.changes.cards import Card, CardField, Cards
from reqtrack.changes.filed import STAKEHOLDER, Said
from reqtrack.changes.models import TIERS, Change, Decision
from reqtrack.changes.price import Offer
from reqtrack.changes.queries import ChangePage
from reqtrack.changes.votes import Vote
from reqtrack.db import db
from reqtrack.documents.contexts.common import Context, Reader, number, role_words, shared
from reqtrack.documents.contexts.impact import falls, nodes
from reqtrack.documents.decisions import UNVOTED, meaning
from reqtrack.items import present
from reqtrack.items.models import Item, Version
from reqtrack.signoff.proved import METHODS
from reqtrack.web.words import acting, beside, listed

ACTS = {"changed": "changed", "new": "added", "retired": "retired", "restored": "restored", "linked": "linked"}


def build(reader: Reader, change: Change) -> Context:
    """The context of ``exports/change-record``."""
    return of(reader, queries.change_page(reader.actor, change))


def of(reader: Reader, page: ChangePage) -> Context:
    """The same of a change whose page is known."""
    change = page.change
    phases = {one.id: one.name for one in page.impact.phases}
    seals = [one for one in page.votes if not one.void]
    decided = bool(seals) and change.stage in facts.SETTLED
    # Undecided, it is of what is proposed: whoever holds the paper sees whether that has moved since.
    fingerprint = f"sha256:{page.dossier.package_print}"
    settled = _("decided") if decided else _("%(stage)s, not decided yet", stage=page.stage_name)
    said = [_assessment(reader, page, one) for one in page.dossier.newest_said]
    return {
        **shared(reader, fingerprint, f"{change.key}  {settled}", [_signature(reader, one) for one in seals]),
        "key": change.key,
        "title": change.title,
        "kicker": _("Change record  %(key)s", key=change.key),
        "lead": "",
        "decision": _decision(reader, page, phases),
        "kind": _kind(page),
        "asked_by": _asked_by(page),
        "logged_by": _name(page, change.created_by),
        "assessed_by": listed(one["by"] for one in said),
        "applied": reader.moment(change.applied_at),
        "agreed": _agreed(reader, page),
        "reason": change.reason or "",
        "evidence": [],
        "edits": [_edit(one) for one in Cards(reader.actor, page.dossier, phases).all()],
        "impact": _impact(page),
        "assessments": said,
        "total": _total(reader, page) if said else None,
        "schedule": _mine(
            reader, "; ".join(one.schedule_note for one in page.dossier.newest_said if one.schedule_note)
        ),
        "risk": _mine(
            reader, "; ".join(_risk(one) for one in page.dossier.newest_said if one.risk or one.risk_level is not None)
        ),
        "swap": "; ".join(_swap(one) for one in page.price.offers if one.items and one.into),
        **_loads(reader, page),
        "falls": falls(page),
        "told": listed(name for name, _count in (*page.told.owners, *page.told.roles)),
        "versions": _versions(change),
        # What a pack tells beyond its record.
        "proof": None,
    }


def _name(page: ChangePage, login: str) -> str:
    person = page.dossier.named(login)
    return person.name if person else login


def _asked_by(page: ChangePage) -> str:
    """A member by name, a stakeholder never, whoever reads: paper goes on."""
    given = page.change.asked_by
    if not given:
        return _name(page, page.change.created_by)
    if not given.startswith(STAKEHOLDER):
        return _name(page, given)
    return page.told.asked_by.label if page.told.asked_by is not None else _("a stakeholder")


def _decision(reader: Reader, page: ChangePage, phases: dict[int, str]) -> Context | None:
    votes = [one.decision for one in page.votes if not one.void]
    if not votes or page.change.stage not in facts.SETTLED:
        return None
    last = votes[-1]
    words = {"approved": _("Approved"), "rejected": _("Rejected"), "deferred": _("Deferred")}
    parts = [words[last.outcome]]
    if last.outcome == "approved":
        parts += [str(TIERS[last.tier])] if last.tier else []
        parts += [phases[last.phase_id]] if last.phase_id in phases else []
    elif last.until:
        parts.append(last.until)
    by = "; ".join(str(_(", ")).join((_acted(one), reader.moment(one.at))) for one in votes)
    return {"text": listed(parts), "by": by, "reason": "\n\n".join(one.reason for one in votes if one.reason)}


def _kind(page: ChangePage) -> str:
    """What kind of change it is, where it is decided otherwise than most: in an emergency, or by its template."""
    limits = page.dossier.limits
    if page.change.change_kind == "standard" and limits is not None:
        return str(_("Standard: %(name)s", name=limits.name))
    return str(_("Emergency")) if page.change.change_kind == "emergency" else ""


def _agreed(reader: Reader, page: ChangePage) -> Context | None:
    """What was agreed elsewhere: the day and the place, and who has confirmed it when; None where nothing was."""
    change = page.change
    if change.agreed_on is None:
        return None
    said = [
        f"{one.name}, {reader.moment(one.answered_at)}"
        if one.answer == "yes"
        else ": ".join((one.name, _("not confirmed yet")))
        for one in page.dossier.agreed
    ]
    return {"on": reader.day(change.agreed_on), "where": change.agreed_where or "", "said": "; ".join(said)}


def decider(row: Decision) -> str:
    """Who decided; what nobody voted on says so."""
    return str(UNVOTED.get(row.method, row.decider_name))


def _acted(row: Decision) -> str:
    """Who decided, for whom, in which role."""
    name, role = acting(decider(row), row.behalf_name), role_words([row.seat])
    return beside(name, role) if role else name


def _signature(reader: Reader, vote: Vote) -> Context:
    row = vote.decision
    return {
        "role": role_words([row.seat]),
        "name": decider(row),
        "meaning": meaning(row),
        "at": reader.moment(row.at),
        "fingerprint": f"sha256:{row.package_print}",
        "state": "signed",
        "due": "",
        "for_name": row.behalf_name or "",
        "carried_by": "",
        "paper": False,
        "proof": "" if row.method in UNVOTED else str(METHODS.get(row.method or "sign_in", row.method)),
    }


def _edit(one: Card) -> Context:
    return {
        "key": one.key or one.ref,
        "title": one.title,
        "act": ACTS.get(one.act, "changed"),
        "note": "",
        "fields": [_field(part) for part in one.fields],
    }


def _field(part: CardField) -> Context:
    return {
        "label": str(part.label),
        "segments": [[segment.op, segment.text] for segment in part.segments],
        "lines": [
            {"op": line.op, "segments": [[segment.op, segment.text] for segment in line.segments]}
            for line in part.lines
        ],
        "whole": False,
        "old": "",
        "new": "",
    }


def _impact(page: ChangePage) -> Context:
    return {"text": "", "tree": nodes(page.impact.tree(), page.dossier), "hidden": page.impact.hidden}


def _money(reader: Reader, page: ChangePage, one: Said) -> str:
    """What one assessment comes to, effort and all else."""
    rate = page.project.day_rate
    if rate is None or not page.price.sees_cost:
        return ""
    return reader.money(rate * one.expected + (one.cost or 0))


def _mine(reader: Reader, text: str) -> str:
    """A text as the reader may read it: it may name somebody who was heard."""
    return str(present.mask(reader.actor, reader.project.id, text)) if text else ""


def _risk(one: Said) -> str:
    level = "" if one.risk_level is None else f"{one.probability} × {one.effect} = {one.risk_level} / 25"
    return f"{one.risk} ({level})" if one.risk and level else one.risk or level


def _swap(one: Offer) -> str:
    """What would have to move out of a phase for the change to fit in."""
    into = one.into.name if one.into else ""
    return f"{one.phase.name}: {listed(one.keys)} → {into} ({number(one.days)})"


def _assessment(reader: Reader, page: ChangePage, one: Said) -> Context:
    return {
        "by": one.name,
        "best": number(one.best),
        "likely": number(one.likely),
        "worst": number(one.worst),
        "expected": number(one.expected),
        "cost": _money(reader, page, one),
        "note": _mine(reader, one.note),
        "outdated": page.outdated and page.dossier.open,
    }


def _total(reader: Reader, page: ChangePage) -> Context:
    return {
        "by": _("Total"),
        "best": None,
        "likely": None,
        "worst": None,
        "expected": number(page.dossier.expected),
        "cost": reader.money(page.cost) if page.cost is not None else "",
        "note": "",
        "outdated": False,
    }


def _loads(reader: Reader, page: ChangePage) -> Context:
    """What the phases carry: of what is decided, as they were then; else as they are on the day of the paper."""
    if not page.price.sees_phases:
        return {"load_text": "", "load": []}
    kept = page.price.decided
    if kept is not None:
        words = _("As it was at the decision, %(day)s.", day=reader.day(kept[0]))
    else:
        words = _("As it is on %(day)s.", day=reader.day(clock.now()))
    return {"load_text": words, "load": [_load(one) for one in (kept[1] if kept else page.impact.phases)]}


def _load(one: Any) -> Context:
    after = one.before if one.added == 0 else one.after
    return {
        "name": one.name,
        "note": "",
        "before": number(one.before),
        "after": number(after),
        "capacity": number(one.capacity_days),
    }


def _versions(change: Change) -> list[Context]:
    """The versions that came of it."""
    rows = db.session.execute(
        select(Item.key, Item.title, Version.number)
        .join(Item, Item.id == Version.item_id)
        .where(Version.project_id == change.project_id, Version.change == change.key)
        .order_by(Item.kind, Item.number, Version.number)
    )
    return [{"key": row.key, "title": row.title, "old": row.number - 1 or None, "new": row.number} for row in rows]
