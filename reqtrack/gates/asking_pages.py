"""The form that asks for a waiver: what it begins with, and again with what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance.models import Result
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason
from reqtrack.gates import forms, queries, waiving, words
from reqtrack.gates.judging import Finding
from reqtrack.gates.kinds import GATES
from reqtrack.gates.subject import WAIVER
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.pages import owners_of, people_words
from reqtrack.signoff.queries import possible_signers
from reqtrack.web.problems import sentence

# A waiver lasts so many days unless somebody says otherwise.
USUAL_DAYS = 14


def new(actor: Actor, project: Project, arrived: Mapping[str, Any]) -> dict[str, Any]:
    """An empty form, with what the address names.

    Args:
        arrived: as ``forms.arrived``; what names nothing here is left out.
    """
    covers, results, reason = list(arrived["covers"]), [], ""
    row = _result(project, arrived["result"])
    if row is not None:
        covers.append(waiving.spelled(("", row.key, row.row)))
        results, reason = [str(row.number)], row.note
    elif arrived["item"]:
        covers.append(arrived["item"])
    reservation = _reservation(project, *arrived["reserved"])
    day = clock.today(project.zone) + timedelta(days=USUAL_DAYS)
    given = {
        "reason": reservation, "workaround": "", "owner": actor.login, "expires_on": day.isoformat(), "more": "", "covers": covers,
        "offered": covers, "gates": arrived["gates"], "results": results, "meaning": str(WAIVER.meaning), "rule": "all",
        "signers": [one for one in owners_of(possible_signers(project.id)) if one != actor.login],
    }  # fmt: skip
    return {**again(actor, project, given), "seen_note": reason}


def _reservation(project: Project, number: int | None, signer: str) -> str:
    """What the signer of a sign-off reserved; "" where nothing was."""
    if number is None:
        return ""
    found = db.session.execute(
        select(Signature.reason)
        .join(Signoff, Signoff.id == Signature.signoff_id)
        .where(Signoff.project_id == project.id, Signoff.number == number, Signature.signer == signer, Signature.reserved == 1)
    )  # fmt: skip
    return str(found.scalar() or "")


def _result(project: Project, number: int | None) -> Any:
    if number is None:
        return None
    return db.session.execute(
        select(Result.number, Result.row, Result.note, Item.key)
        .join(Item, Item.id == Result.acceptance_id)
        .where(Result.project_id == project.id, Result.number == number)
    ).first()


def again(actor: Actor, project: Project, given: Mapping[str, Any], reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The form as it was filled in."""
    people = [one for one in possible_signers(project.id) if one[0].login != actor.login]
    return {
        "given": given,
        "parts": _parts(actor, project, given["offered"] or given["covers"]),
        "owners": [(one.login, one.name) for one in members(project.id) if one.active],
        "people": people_words(people),
        "gates": [(code, str(label)) for code, label in GATES.items()],
        "errors": {one.field: sentence(one) for one in reasons if one.field},
        "summary": [{"field": one.field or "", "sentence": sentence(one)} for one in reasons],
        "home": url_for("gates.index", project=project.key),
        "seen_note": "",
    }


def _parts(actor: Actor, project: Project, spelled: Sequence[str]) -> list[tuple[str, str]]:
    """What may be covered, to tick: of what the reader may see, each in words with the title of its item."""
    found = []
    for text in dict.fromkeys(spelled):
        try:
            found.append((text, forms.cover(text)))
        except Invalid:
            continue
    keys = queries.shown_keys(actor, project.id, [Finding(subject, "") for _text, (_rule, subject, _row) in found])
    titles = {}
    if keys:
        wanted = select(Item.key, Item.title).where(Item.project_id == project.id, Item.key.in_(sorted(keys)))
        titles = {row.key: row.title for row in db.session.execute(wanted)}
    return [
        (text, " · ".join(str(part) for part in (words.cover(rule, subject, row), titles.get(subject, "")) if part))
        for text, (rule, subject, row) in found
        if all(key in keys for key in queries.keys_in(subject)) and (rule or subject)
    ]
