"""Verbs on what the text checker finds: let it stand, with a reason, and point it out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, Refused, invalid
from reqtrack.items import present
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements import policy, queries
from reqtrack.requirements.actions import reasons
from reqtrack.requirements.models import Requirement, Silence
from reqtrack.requirements.text import RULES, check


def silence(
    actor: Actor, project: Project, rule: str, reason: str, item: Requirement | None = None, words: str = ""
) -> Silence:
    """Let stand what a rule finds: everywhere in the project, or at one item (``words``: those alone, else all it finds there).

    Raises:
        Refused: no permission, or 409 it stands already.
        Invalid: no such rule, no reason, one that names an interviewee, nothing of the kind is found there.
    """
    policy.may_silence(actor, project.id, item is None).require()
    said = _checked(project.id, rule, reason, item, words)
    key = queries.folded(words)
    for one in queries.standing(project.id):
        same = one.rule == rule and one.item_id == (item.id if item is not None else None)
        if same and queries.folded(one.words) == key:
            why = present.mask(actor, project.id, one.reason)
            raise Refused((Reason("silenced", "This stands already, because: %(reason)s", {"reason": why}),), 409)
    subject = item.key if item is not None else f"rule:{rule}"
    with recorded(actor, project.id, "text.silenced", subject, reason=said) as entry:
        row = Silence(
            project_id=project.id,
            rule=rule,
            item_id=item.id if item is not None else None,
            words=words.strip()[: queries.LONGEST],
            reason=said,
            author=actor.login,
            at=entry.at,
            since=entry.seq,
        )
        db.session.add(row)
        db.session.flush()
        entry.after = {"silence": row.id, "rule": rule, "name": row.words or rule}
    return row


def _checked(project_id: int, rule: str, reason: str, item: Requirement | None, words: str) -> str:
    """The reason, when all fits."""
    wrong = []
    if rule not in RULES:
        wrong.append(Reason("unknown", "There is no rule %(name)s.", {"name": rule[:40]}, "rule"))
    said, unfit = reasons.read(project_id, reason, "Say why this may stand.")
    wrong += unfit
    if item is None and words.strip():
        wrong.append(Reason("invalid", "Words are let stand at an item: say which.", {}, "item"))
    if item is not None and not wrong and not _is_found(rule, item, words):
        raise invalid("words", "Nothing of the kind is found in %(key)s any more.", key=item.key)
    if wrong:
        raise Invalid(wrong)
    return said


def _is_found(rule: str, item: Requirement, words: str) -> bool:
    wanted = queries.folded(words)
    return any(one.rule == rule and wanted in ("", queries.folded(one.words)) for one in check(item.statement or ""))


def end_silence(actor: Actor, project: Project, row: Silence) -> None:
    """Point out again what somebody let stand.

    Raises:
        Refused: no permission.
    """
    policy.may_silence(actor, project.id, row.item_id is None).require()
    item = db.session.get(Item, row.item_id) if row.item_id is not None else None
    before = {"silence": row.id, "rule": row.rule, "reason": row.reason}
    subject = item.key if item is not None else f"rule:{row.rule}"
    with recorded(actor, project.id, "text.silence_ended", subject, before=before) as entry:
        row.until = entry.seq
        entry.after = {"silence": row.id, "rule": row.rule, "name": row.words or row.rule}


def let_stand(actor: Actor, project: Project, item: Any, wanted: Iterable[Mapping[str, str]]) -> list[Silence]:
    """Let stand what was chosen while the statement was written; what is not found any more, or stands, is passed over."""
    made = []
    known = {(one.rule, queries.folded(one.words)) for one in queries.standing(project.id) if one.item_id == item.id}
    for one in wanted:
        rule, words, reason = (str(one.get(name) or "") for name in ("rule", "words", "reason"))
        place = (rule, queries.folded(words))
        if rule in RULES and reason.strip() and place not in known and _is_found(rule, item, words):
            made.append(silence(actor, project, rule, reason, item, words))
            known.add(place)
    return made
