"""What the pack of a decision on a change holds for machines: the package with what was decided of it, each edit against the text as
it was, who decided and how that was proved, what they had before them.

Schema: docs/sign-off-pack.schema.json. A decision is signed once, by its votes: no sign-off stands behind it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal as Number
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.audit.queries import newest_about
from reqtrack.changes import package, packs, queries, votes
from reqtrack.changes.filed import Dossier, Said
from reqtrack.changes.models import Change, Decision
from reqtrack.changes.queries import ChangePage
from reqtrack.db import canonical, db, one_of, plain_decimal
from reqtrack.documents.archives import Text, archive, made_by, versions_of
from reqtrack.documents.contexts.common import Reader
from reqtrack.items import present
from reqtrack.items.kinds import KINDS, VALUES
from reqtrack.items.models import Item
from reqtrack.rendering.redline import redline, redline_lines

# By its method, what took effect without a vote.
UNVOTED = {"template": _l("By its template"), "silence": _l("Nobody objected")}
LANGUAGES = {"en": "en", "zh": "zh_Hans_CN"}


@dataclass(frozen=True)
class Held:
    """All that a pack of a decision is made of. ``over``: what it is over; ``events``: those that made the votes, and what put it into
    effect; ``texts``: the edited items as they were when the edits were written."""

    page: ChangePage
    votes: Sequence[Decision]
    over: Mapping[str, Any]
    events: Sequence[Event]
    texts: Sequence[Text]

    @property
    def fingerprint(self) -> str:
        """Of the canonical package with outcome, tier and phase."""
        return f"sha256:{package.print_of(self.over)}"


def held_by(reader: Reader, change: Change) -> Held:
    """Read what the pack of a decision is made of.

    Raises:
        Refused: 409, it is not decided, or was edited since; 403, the reader may not see all of it: a pack leaves nothing out.
    """
    packs.is_decided(change).require(409)
    page = queries.change_page(reader.actor, change)
    packs.is_kept(page).require(409)
    given = votes.that_decided(page.dossier)
    events = [*made_by(given, change.key), *_effect(change, page.events)]
    said = [*(one.reason for one in given), *(one.reason for one in events)]
    packs.shows_all(reader.actor, reader.project.id, said).require()
    return Held(page, given, over(page.dossier, given, events), events, _bases(page.dossier))


def over(found: Dossier, given: Sequence[Decision], events: Sequence[Event]) -> dict[str, Any]:
    """What a decision is over; the phase is called as it was when it was decided."""
    last = given[-1]
    return package.decided(found.package, last.outcome, last.tier, _phase_name(last, events))


def fingerprint_now(found: Dossier) -> str:
    """The fingerprint (64 hex digits) of the decision on a change as it stands; "" where there is none."""
    given = votes.that_decided(found)
    return package.print_of(over(found, given, made_by(given, found.change.key))) if given else ""


def _phase_name(vote: Decision, events: Sequence[Event]) -> str | None:
    if vote.phase_id is None:
        return None
    told = [one for event in events for one in json.loads(event.after or "{}").get("load", ())]
    known = [one["phase"] for one in told if one["id"] == vote.phase_id]
    return str(known[-1]) if known else f"#{vote.phase_id}"


def _effect(change: Change, known: Sequence[Event]) -> list[Event]:
    """The event that put a change into effect: it says which votes counted, and which versions came of it."""
    found = newest_about(change.project_id, change.key, "change.applied", known) if change.applied_seq else None
    return [found] if found is not None else []


def _bases(found: Dossier) -> list[Text]:
    """The items that are edited, each as it was when the edits were written."""
    ids = {one.key: one.id for one in found.items.values()}
    wanted = {(ids[one.item], one.base_version) for one in found.edits if one.op == "set" and one.base_version}
    rows = db.session.execute(
        select(Item.id, Item.key, Item.kind).where(one_of(Item.id, {item for item, _no in wanted}))
    )
    names = {one.id: (one.key, one.kind) for one in rows}
    return [
        Text(*names[one.item_id], one.number, one.content, one.text_print, one.scope_print)
        for one in versions_of((item, number or 0) for item, number in wanted)
    ]


def pack_data(reader: Reader, held: Held) -> dict[str, Any]:
    """What ``proof.pack.build`` takes."""
    return archive(
        reader, _told(reader, held), canonical(held.over), held.votes, held.events, held.texts, redline=_redline(held),
        change=_change(reader, held),
    )  # fmt: skip


def _told(reader: Reader, held: Held) -> dict[str, Any]:
    change, last = held.page.change, held.votes[-1]
    return {
        "key": change.key, "subject": change.key, "subject_kind": "decision", "title": change.title,
        "meaning": {name: _meaning(last, locale) for name, locale in LANGUAGES.items()}, "rule": {"name": "all"},
        "state": "signed" if last.outcome == "approved" else "declined", "requested_by": change.created_by,
        "requested_at": clock.iso(change.submitted_at or change.created_at), "completed_at": clock.iso(change.decided_at or last.at),
        "signers": [_signer(reader, one, at) for at, one in enumerate(held.votes, 1)],
    }  # fmt: skip


def _meaning(vote: Decision, locale: str) -> str:
    with force_locale(locale):
        return meaning(vote)


def meaning(vote: Decision) -> str:
    """What a vote says, in words; of what took effect without one, how that came."""
    words = {"approved": _("I approve this change."), "rejected": _("I reject this change.")}
    return str(UNVOTED.get(vote.method) or words.get(vote.outcome, _("I defer this change.")))


def _signer(reader: Reader, one: Decision, seat: int) -> dict[str, Any]:
    """A vote. Nobody signed where nobody objected, or a template was approved beforehand: the installation says so."""
    return {
        "name": one.decider_name, "login": one.decider, "roles": one.seat.split(),
        "state": "signed" if one.outcome == "approved" else "declined", "at": clock.iso(one.at), "zone": reader.project.zone,
        "way": "electronic", "method": one.method, "on_behalf_of": one.behalf_name, "reservation": None, "reason": one.reason or None,
        "signature": one.number, "seat": seat,
    }  # fmt: skip


def _redline(held: Held) -> dict[str, Any]:
    """Each edit of a field, from the item as it was; what is new, and what goes."""
    edits = held.page.dossier.edits
    gone = [one.item for one in edits if one.op == "retire" and not package.restores(one)]
    return {
        "since": None,
        "added": [f"{package.NEW}{one.position}" for one in edits if one.op == "new"],
        "removed": gone,
        "changes": [_edit(one) for one in edits if one.op == "set"],
    }


def _edit(one: package.Edit) -> dict[str, Any]:
    """One edited field: segments of a text, lines of a list, else both values."""
    named = {"item": one.item, "field": one.field, "base": one.base_version}
    texts = isinstance(one.old, str) and isinstance(one.new, str) and one.old and one.new
    if texts and KINDS[one.kind].field(one.field).type not in VALUES:
        return {**named, "segments": [list(part) for part in redline(one.old, one.new)]}
    if _lines(one.old) and _lines(one.new):
        lines = redline_lines(one.old, one.new)
        return {
            **named,
            "lines": [{**line._asdict(), "segments": [list(part) for part in line.segments]} for line in lines],
        }
    return {**named, "old": one.old, "new": one.new}


def _lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _change(reader: Reader, held: Held) -> dict[str, Any]:
    """What the deciders had before them, as far as it is kept and the reader may know it; what phases carried is in the events."""
    page = held.page
    change, found = page.change, page.dossier
    agreed = [
        {"name": one.name, "login": one.login, "answer": one.answer, "at": clock.iso(one.answered_at) if one.answered_at else None,
         "method": one.method or None}
        for one in found.agreed
    ]  # fmt: skip
    return {
        "kind": change.change_kind or "normal",
        "logged_by": change.created_by,
        "applied_at": clock.iso(change.applied_at) if change.applied_at else None,
        "until": held.votes[-1].until or None,
        "assessments": [_assessment(reader, page, one) for one in found.newest_said],
        "expected_effort_days": _days(found.expected),
        "cost": _days(page.cost),
        "currency": page.project.currency,
        "agreed": None if change.agreed_on is None else {
            "on": change.agreed_on.isoformat(), "where": change.agreed_where or "", "said": agreed,
        },
    }  # fmt: skip


def _assessment(reader: Reader, page: ChangePage, one: Said) -> dict[str, Any]:
    def masked(text: str) -> str:
        return str(present.mask(reader.actor, reader.project.id, text)) if text else ""

    notes = {"note": one.note, "schedule_note": one.schedule_note, "risk": one.risk}
    return {
        "by": one.name, "at": clock.iso(one.at), "best": _days(one.best), "likely": _days(one.likely), "worst": _days(one.worst),
        "expected": _days(one.expected), "cost": _days(one.cost) if page.price.sees_cost else None,
        "probability": one.probability, "effect": one.effect,
        "options": [
            {"name": other["name"], "days": str(other.get("days") or ""), "note": masked(other.get("note") or "")}
            for other in one.options or ()
        ],
        **{name: masked(text) for name, text in notes.items()},
    }  # fmt: skip


def _days(value: Number | None) -> str | None:
    """A decimal as text: an archive knows no fractions."""
    return None if value is None else plain_decimal(value)
