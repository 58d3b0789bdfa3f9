"""What was written down at a review and waits for the word of those who decide; and what of reviews waits for somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.changes import facts, policy, votes
from reqtrack.changes import queries as changes
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change
from reqtrack.changes.queries import Judged
from reqtrack.db import db
from reqtrack.errors import Verdict, no
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.reviews.policy import DECISIONS
from reqtrack.workflow.waiting import Waiting

MOVES = {"rejected": "reject", "deferred": "defer"}
# After so long what nobody confirmed is no longer asked for.
ASKED_FOR = timedelta(days=60)
WITH_THEM = ("deciding", "deferred")


@dataclass(frozen=True)
class Pending:
    """A line that waits to be confirmed. ``verdict``: whether the reader may, with every reason why not; ``given``: they have, and it
    waits for others; ``names``: for whom it waits."""

    line: AgendaLine
    change: Change
    judged: Judged
    verdict: Verdict
    given: bool
    names: tuple[str, ...]

    @property
    def mine(self) -> bool:
        """Whether the reader may confirm it now."""
        return bool(self.verdict) and not self.given

    @property
    def offer(self) -> str:
        """The fingerprint of what is confirmed: the package with the tier and the phase that it would get."""
        return facts.silent_print(self.judged.found, self.judged.tier, self.judged.phase_id)

    @property
    def proof(self) -> bool:
        """Whether that takes a password."""
        return self.judged.rule.proof and self.line.outcome != "asked_back"


def pending(actor: Actor, review: Review, lines: Iterable[AgendaLine]) -> list[Pending]:
    """The lines of a held review that wait to be confirmed, in their order; not those of which something else was said since, at
    a review that was held later."""
    wanted = {one.subject: one for one in lines if one.outcome in DECISIONS}
    if review.state != "held" or not wanted:
        return []
    rows = db.session.execute(
        select(Change).where(
            visible(actor, review.project_id), Change.key.in_(wanted), Change.stage.in_(WITH_THEM), ~_said_since(review)
        )
    )
    by_key = {one.key: one for one in rows.scalars()}
    judged = changes.judged_many(actor, list(by_key.values()))
    found = []
    for key, line in wanted.items():
        change = by_key.get(key)
        # One that was put off at this review, or after it, waits for nobody.
        if change is not None and (change.stage == "deciding" or judged[change.id].told.due):
            found.append(judge(actor, line, change, judged[change.id]))
    return found


def _said_since(review: Review) -> Any:
    """Whether something else was said of a change at a review that was held later, in SQL."""
    later = or_(Review.held_at > review.held_at, and_(Review.held_at == review.held_at, Review.number > review.number))
    return (
        select(AgendaLine.id)
        .join(Review, Review.id == AgendaLine.review_id)
        .where(AgendaLine.project_id == review.project_id, AgendaLine.subject == Item.key, AgendaLine.position > 0)
        .where(AgendaLine.outcome.in_(DECISIONS), Review.state == "held", later)
        .correlate(Item)
        .exists()
    )


def judge(actor: Actor, line: AgendaLine, change: Change, one: Judged) -> Pending:
    """How a line stands for the reader."""
    # Who approved it for another tier or phase than the last vote is asked again.
    stand = votes.approvals(one.found, one.rule, one.tier, one.phase_id)
    approved = {vote.decision.decider for vote in stand}
    given = line.outcome == "approved" and actor.login in approved
    seats = votes.missing(one.rule, [vote.principal for vote in stand])
    names = dict.fromkeys(person.name for seat in seats for person in seat.voters if person.login not in approved)
    return Pending(line, change, one, _verdict(actor, line, change, one), given, tuple(names))


def _verdict(actor: Actor, line: AgendaLine, change: Change, one: Judged) -> Verdict:
    where = (actor, change.project_id, change.key, change.stage, one.told)
    if line.outcome == "approved":
        verdict = policy.may_approve(*where) + policy.may_place(one.tier, one.phase_id)
    elif line.outcome == "asked_back":
        verdict = policy.may_ask(*where, facts.assessors(one.found))
    else:
        verdict = policy.may_decide(*where, MOVES[line.outcome])
    if line.outcome == "approved" and asks_reason(one.found, "approved") and not line.note.strip():
        message = "This project asks for a reason to approve, and none was written down: decide %(key)s on its page."
        verdict += no("reason_missing", message, key=change.key)
    if line.package_print != one.found.package_print:
        message = "What %(key)s proposes was edited since the review: decide it on its page, or at the next review."
        verdict += no("package_moved", message, key=change.key)
    return verdict


def asks_reason(found: Dossier, outcome: str) -> bool:
    """Whether the project's flow asks for a reason beside an outcome."""
    return "reason" in found.flow.asks.get({"approved": "approve", "deferred": "defer"}.get(outcome, ""), ())


def waiting_for(actor: Actor) -> list[Waiting]:
    """The reviews of today that the actor is asked to, and the held ones that wait for their confirmation (one statement; those of
    the changes that wait for them where there is one to confirm)."""
    if actor.kind != "user" or not actor.roles:
        return []
    tomorrow = clock.now().date() + timedelta(days=1)
    rows = db.session.execute(
        select(Review, Project)
        .join(Project, Project.id == Review.project_id)
        .where(Review.project_id.in_(actor.roles), Project.archived_at.is_(None))
        .where(
            or_(
                (Review.state == "planned") & (Review.planned_on <= tomorrow),
                (Review.state == "held") & (Review.held_at >= clock.now() - ASKED_FOR) & Review.id.in_(_to_confirm()),
            )
        )
        .order_by(Review.id)
    ).all()
    today = [_today(review, project) for review, project in rows if _asked_to(actor, review, project)]
    held = [(review, project) for review, project in rows if review.state == "held"]
    return today + (_confirmations(actor, held) if held else [])


def _to_confirm() -> Any:
    """The reviews at which something was said of a change that still is with those who decide."""
    return (
        select(AgendaLine.review_id)
        .join(Change, (Change.project_id == AgendaLine.project_id) & (Change.key == AgendaLine.subject))
        .where(AgendaLine.outcome.in_(DECISIONS), AgendaLine.position > 0, Change.stage.in_(WITH_THEM))
    )


def _asked_to(actor: Actor, review: Review, project: Project) -> bool:
    if review.state != "planned" or review.planned_on > clock.today(project.zone):
        return False
    return actor.may("review.manage", project.id) or actor.login in review.present.split()


def _today(review: Review, project: Project) -> Waiting:
    return Waiting(
        project_key=project.key,
        kind="review",
        key=review.key,
        title=review.name,
        href_endpoint="reviews.show",
        href_args={"project": project.key, "key": review.key},
        due_on=review.planned_on,
        action=_l("Open the agenda"),
        note=_l("At %(time)s, %(minutes)s minutes", time=review.begins, minutes=review.minutes),
    )


def _confirmations(actor: Actor, held: Sequence[tuple[Review, Project]]) -> list[Waiting]:
    mine = {(one.project_key, one.key) for one in changes.waiting_for(actor) if one.kind == "decide"}
    if not mine:
        return []
    rows = db.session.execute(
        select(AgendaLine.review_id, AgendaLine.subject)
        .join(Review, Review.id == AgendaLine.review_id)
        .where(
            AgendaLine.review_id.in_([review.id for review, _project in held]),
            AgendaLine.outcome.in_(DECISIONS),
            AgendaLine.position > 0,
        )
        .order_by(Review.held_at, Review.number)
    )
    keys: Mapping[int, str] = {review.id: project.key for review, project in held}
    # Of each change, the review at which last something was said of it.
    last = {(keys[row.review_id], row.subject): row.review_id for row in rows}
    counts = Counter(review_id for named, review_id in last.items() if named in mine)
    return [_confirm(review, project, counts[review.id]) for review, project in held if review.id in counts]


def _confirm(review: Review, project: Project, number: int) -> Waiting:
    return Waiting(
        project_key=project.key,
        kind="confirm",
        key=review.key,
        title=review.name,
        href_endpoint="reviews.confirmation",
        href_args={"project": project.key, "key": review.key},
        since=review.held_at,
        action=_l("Confirm"),
        holds=True,
        note=_l("Said at the review, lines that wait for your word: %(number)s", number=number),
    )
