"""One change: its loader, and everything that its page shows in at most fourteen statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.audit.queries import events_about, newest_about
from reqtrack.changes import again, consequences, delegation, dossier, facts, impact, policy, votes
from reqtrack.changes.again import Again
from reqtrack.changes.consequences import Fell
from reqtrack.changes.delegation import Person
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import Rule
from reqtrack.changes.filed import Ask
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Change
from reqtrack.changes.people import stakeholder_of
from reqtrack.changes.policy import Facts
from reqtrack.changes.queries.again import back_to
from reqtrack.changes.queries.moved import Moved, moved
from reqtrack.changes.queries.price import Price, price_of
from reqtrack.changes.votes import Vote
from reqtrack.db import db
from reqtrack.errors import Verdict
from reqtrack.interviews.policy import Person as Heard
from reqtrack.interviews.queries import people_behind
from reqtrack.items.models import Comment, PersonalText
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor


def change_for(actor: Actor, project_id: int, key: str) -> Change:
    """The change of that key.

    Raises:
        NotFound: none, or not for the actor.
    """
    found: Change = item_for(actor, project_id, key, "change")
    return found


@dataclass(frozen=True)
class Told:
    """Who is told: owners of what is touched with how many items, those whose words stand behind it (as they are called) with
    how many people; and who asked for it, where that is a stakeholder of whom the reader may know."""

    owners: Sequence[tuple[str, int]]
    roles: Sequence[tuple[str, int]]
    asked_by: Heard | None


@dataclass(frozen=True)
class Said:
    """A comment, question or answer with its text."""

    comment: Comment
    body: str


@dataclass(frozen=True)
class ChangePage:
    """Everything that the page of a change shows. ``verdicts`` are by the name of the move: the same that guard the actions;
    ``again``: what an edit would make asked for again."""

    change: Change
    project: Project
    dossier: Dossier
    impact: Impact
    rule: Rule
    facts: Facts
    asked: Sequence[Person]
    still_asked: Sequence[Person]
    votes: Sequence[Vote]
    standing: Sequence[str]
    verdicts: Mapping[str, Verdict]
    tier: str | None
    phase_id: int | None
    price: Price
    moved: Moved | None
    told: Told
    events: Sequence[Event]
    comments: Sequence[Said]
    waited: int | None
    fell: Fell | None
    again: Again

    @property
    def stage(self) -> str:
        """The stage as people see it: a deferred change that came due is being decided again."""
        return "deciding" if self.facts.due else self.change.stage

    @property
    def stage_name(self) -> Any:
        """What its stage is called in its project."""
        return self.dossier.flow.name(self.stage, self.change.sub_stage)

    @property
    def named(self) -> frozenset[int]:
        """Who is named as having decided it elsewhere and has not answered, by id."""
        return self.dossier.named_still if self.change.agreed_on is not None else frozenset()

    @property
    def outdated(self) -> bool:
        return self.facts.outdated

    @property
    def basis(self) -> str:
        """What somebody who assesses it now has seen."""
        return facts.basis(self.dossier, self.impact.graph_print)

    @property
    def cost(self) -> Decimal | None:
        """What it costs in all; None where that is not known, or not for the reader."""
        return self.price.cost

    @property
    def awaited(self) -> Sequence[Ask]:
        """Whose assessment is still needed."""
        return facts.awaited(self.dossier, self.impact.graph_print)

    @property
    def question(self) -> Said | None:
        """What was asked back and is not answered."""
        if self.change.stage != "needs_information":
            return None
        waiting = [one for one in self.comments if one.comment.kind == "question" and one.comment.answered_at is None]
        return waiting[-1] if waiting else None


def change_page(actor: Actor, change: Change) -> ChangePage:
    """The page of a change (at most fourteen statements)."""
    found = dossier.load(change)
    touched = impact.of_dossier(actor, found)
    tier, phase_id = facts.preset(found, touched.phases)
    touched.phases = impact.phases_with(found, touched.phases, phase_id, tier)
    rule = facts.rule_of(found, touched, tier)
    told = facts.facts_of(found, touched, rule)
    asked = facts.assessors(found)
    events = events_about(change.project_id, change.key)
    given = votes.votes_of(found, rule)
    silent = facts.silent_print(found, tier, phase_id)
    back = back_to(change, found.flow) if found.open else None
    return ChangePage(
        change=change,
        project=found.project,
        dossier=found,
        impact=touched,
        rule=rule,
        facts=told,
        asked=asked,
        still_asked=facts.still_asked(found, touched.graph_print),
        votes=given,
        standing=votes.standing(found, rule, tier, phase_id),
        verdicts=verdicts(actor, change, told, asked),
        tier=tier,
        phase_id=phase_id,
        price=price_of(actor, found, touched, events),
        moved=moved(actor, found, touched, events) if found.open else None,
        told=told_of(actor, found, touched),
        events=events,
        comments=_comments(change),
        waited=facts.waited(change, found.project.zone),
        fell=_fell(change, events),
        again=again.of(found, touched.graph_print, given, silent, back),
    )


def _fell(change: Change, events: Sequence[Event]) -> Fell | None:
    """Of a change in effect, what was so when it took effect."""
    if change.stage not in facts.IN_EFFECT:
        return None
    told = newest_about(change.project_id, change.key, "change.applied", events)
    return consequences.fell(json.loads(told.after)) if told is not None and told.after else None


def verdicts(actor: Actor, change: Change, told: Facts, asked: Sequence[Person]) -> dict[str, Verdict]:
    """What the actor may do with a change, by the name of the move."""
    where = (actor, change.project_id, change.key, change.stage)
    return {
        "edit": policy.may_write(*where, told.origin),
        "submit": policy.may_submit(*where, told),
        "assess": policy.may_assess(actor, change.project_id, change.key, facts.to_assess(change), asked),
        "reassess": policy.may_reassess(*where, told),
        "ask": policy.may_ask(*where, told, asked),
        "answer": policy.may_answer(*where, told),
        "decide": policy.may_decide(*where, told),
        "approve": policy.may_approve(*where, told),
        "withdraw": policy.may_withdraw(*where, told),
        "close": policy.may_close(*where, told),
        "pass_on": policy.may_pass_on(*where, told),
    }


def told_of(actor: Actor, found: Dossier, touched: Impact) -> Told:
    """Who is told once a change is in effect."""
    names = {one.id: one.name for one in found.people}
    owned: dict[str, int] = {}
    owners = [*(one.owner_id for one in touched.starts.values()), *(one.owner_id for one in touched.touched)]
    for name in (names[one] for one in owners if one in names):
        owned[name] = owned.get(name, 0) + 1
    asked = stakeholder_of(found.change)
    if not (asked or touched.starts) or not actor.may("interview.read", found.change.project_id):
        return Told(_most_first(owned), (), None)
    heard, behind = people_behind(actor, found.change.project_id, [*touched.starts, *touched.why])
    known = {one.id: one for one in heard}
    counts: dict[str, int] = {}
    for number in sorted(behind):
        counts[known[number].label] = counts.get(known[number].label, 0) + 1
    return Told(_most_first(owned), _most_first(counts), known.get(asked))


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _comments(change: Change) -> list[Said]:
    """What was said at a change, oldest first, in one statement."""
    rows = db.session.execute(
        select(Comment, PersonalText.body)
        .outerjoin(
            PersonalText, and_(PersonalText.digest == Comment.body, PersonalText.project_id == Comment.project_id)
        )
        .where(Comment.item_id == change.id)
        .order_by(Comment.id)
    )
    return [Said(row[0], row.body or "") for row in rows]


def lines_of_delegation(found: Dossier) -> list[tuple[delegation.Line, tuple[delegation.Seat, ...]]]:
    """Each line of the rule with who would decide by it: what the page says before submission."""
    kind = found.change.change_kind or "normal"
    table = [delegation.by_two(line) if found.preset.two else line for line in found.table]
    lines = [line for line in table if line.kind in ("", kind)]
    return [(line, delegation.seats(line, found.people, found.origin)) for line in lines]
