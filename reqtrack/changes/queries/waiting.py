"""What waits on somebody among the changes: to assess, to decide, to answer, to choose anew, to review; and what has waited for
others longer than was agreed. Over all their projects, in a fixed number of statements (one more for each project with
something to decide)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.changes import dossier, facts, impact, votes, waits
from reqtrack.changes import load as loads
from reqtrack.changes.asking import TELLERS
from reqtrack.changes.delegation import next_in_line, principal
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import Rule
from reqtrack.changes.load import PhaseLoad
from reqtrack.changes.models import Agreement, AssessmentRequest, AssessmentRole, Change, Wait
from reqtrack.changes.policy import TO_ASSESS, passers
from reqtrack.changes.queries import codes
from reqtrack.changes.queries.codes import WITH_DECIDERS
from reqtrack.changes.queries.deciders import may_fall
from reqtrack.changes.waits import Step
from reqtrack.db import db
from reqtrack.interviews.models import Stakeholder
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.signoff.queries import stands_in
from reqtrack.web.context import day, number
from reqtrack.workflow.flows import PASSES
from reqtrack.workflow.waiting import Waiting

DECIDERS = ("project_manager", "business_owner", "sponsor")
# Asked back; or perhaps in conflict, which is seen to later.
WITH_AUTHORS = ("needs_information", *TO_ASSESS, "deciding")
WITH_STEPS = ("assessing", "deciding", "applied")
ACTIONS = {
    "assess": _l("Assess"),
    "decide": _l("See the impact and decide"),
    "answer": _l("Answer"),
    "review": _l("Record the review"),
    "confirm": _l("Say whether it is so"),
    "pass": _l("Look at it and pass it on"),
    "unblock": _l("See where it stands"),
    "mend": _l("Choose between the two"),
}
ANCHORS = {
    "assess": "assess",
    "decide": "decide",
    "answer": "answer",
    "review": "review",
    "confirm": "agreement",
    "pass": "pass",
    "unblock": "waits",
    "mend": "package",
}


def waiting_for(actor: Actor) -> list[Waiting]:
    """The changes that wait for the actor, longest waiting first."""
    if actor.kind != "user" or not (actor.roles or actor.is_admin):
        return []
    rows = _candidates(actor)
    if not rows:
        return []
    projects = {row[1].id: row[1] for row in rows}
    steps = {row[0].id: Step(row[0].stage, row.began_at, None, row.paused) for row in rows if row.began_at is not None}
    found = dossier.load_many([row[0] for row in rows])
    carried: dict[int, list[PhaseLoad]] = {}
    # Who has spoken already, or somebody of the same role, is asked again where the package or the graph moved since.
    graphs = impact.graph_prints(
        actor, [one for one in found if one.change.stage in TO_ASSESS and (one.step or _spoken(actor, one))]
    )
    waiting = []
    for one in found:
        kind, rule = _kind(actor, one, carried, graphs)
        step = steps.get(one.change.id)
        if not kind and step is not None and _escalated(actor, one, rule, step):
            kind = "unblock"
        if kind:
            waiting.append(_waiting(projects[one.change.project_id], one, kind, step, _special(actor, one, kind, rule)))
    links = {row[0].id: row.links for row in rows}
    for one in found:
        project, given = projects[one.change.project_id], links[one.change.id]
        waiting += codes.to_tell(actor, one, project, given, lambda asked: _rule(asked, carried))
    return sorted(waiting, key=lambda one: (one.since is None, one.since, one.key))


def _candidates(actor: Actor) -> Sequence[Any]:
    """``(change, project)`` of those that may wait for the actor, by stage and role."""
    by_project: list[ColumnElement[bool]] = []
    unreviewed = and_(
        Change.review_due_on.is_not(None), Change.reviewed_at.is_(None), Change.stage.in_(facts.IN_EFFECT)
    )
    for project_id, roles in actor.roles.items():
        wanted: list[ColumnElement[bool]] = [
            and_(
                Change.stage.in_(WITH_AUTHORS),
                or_(
                    Change.created_by == actor.login,
                    Change.asked_by == actor.login,
                    Change.asked_by.in_(_as_heard(actor)),
                ),
            )
        ]
        if actor.may("change.assess", project_id):
            named = Change.id.in_(select(AssessmentRequest.change_id).where(AssessmentRequest.user_id == actor.id))
            by_role = Change.id.in_(select(AssessmentRole.change_id).where(AssessmentRole.role.in_(sorted(roles))))
            asked = or_(named, by_role) if "analyst" not in roles else Change.id.is_not(None)
            wanted.append(and_(or_(Change.stage.in_(TO_ASSESS), unreviewed), asked))
        if "project_manager" in roles:
            # What has waited for its assessment longer than was agreed; whether it has is seen to later.
            wanted.append(and_(Change.stage.in_(TO_ASSESS), Wait.began_at < clock.now() - timedelta(days=1)))
        if roles & TELLERS:
            wanted.append(codes.asked())
        said = select(Agreement.change_id).where(Agreement.user_id == actor.id)
        wanted.append(and_(Change.stage == "deciding", Change.agreed_on.is_not(None), Change.id.in_(said)))
        if actor.may(PASSES, project_id):
            wanted.append(and_(Change.sub_stage.is_not(None), Change.stage.in_(WITH_STEPS)))
        if actor.is_admin or roles & set(DECIDERS):
            wanted.append(unreviewed)
        if actor.is_admin or roles & set(DECIDERS):
            wanted.append(Change.stage.in_(WITH_DECIDERS))
        else:
            wanted.append(and_(Change.stage.in_(WITH_DECIDERS), stands_in(actor.id, Change.project_id, "decide")))
        by_project.append(and_(Change.project_id == project_id, or_(*wanted)))
    if actor.is_admin:
        by_project.append(and_(Change.project_id.not_in(actor.roles), Change.stage.in_(WITH_DECIDERS), may_fall()))
    return db.session.execute(
        select(Change, Project, Wait.began_at, Wait.paused, codes.told_links().label("links"))
        .join(Project, Project.id == Change.project_id)
        .outerjoin(Wait, and_(Wait.change_id == Change.id, Wait.ended_at.is_(None)))
        .outerjoin(Phase, Phase.id == Change.back_phase_id)
        .where(
            or_(*by_project),
            Change.retired.is_(False),
            Project.archived_at.is_(None),
            or_(Change.stage != "deferred", _may_be_due(clock.now().date())),
        )
        .order_by(Change.id)
        .limit(500)
    ).all()


def _as_heard(actor: Actor) -> Select[str]:
    """How the actor is kept as who asked where they are a stakeholder."""
    return select(literal(dossier.STAKEHOLDER).concat(cast(Stakeholder.id, String))).where(
        Stakeholder.user_id == actor.id
    )


def _may_be_due(today: date) -> ColumnElement[bool]:
    """Whether a deferred change may have come back; which day it is in the project's zone is seen to later."""
    tomorrow = date.fromordinal(today.toordinal() + 1)
    return or_(Change.back_on <= tomorrow, Phase.starts_on <= tomorrow)


def _kind(
    actor: Actor, found: Dossier, carried: dict[int, list[PhaseLoad]], graphs: Mapping[int, str]
) -> tuple[str, Rule | None]:
    """What the actor is to do with a change: answer, assess, decide, review, or nothing; and the rule by which it is decided, where
    that was asked."""
    change = found.change
    if change.stage == "needs_information":
        return ("answer" if actor.login in found.origin.authors else ""), None
    if change.stage in WITH_AUTHORS and actor.id in {one.id for one in found.menders}:
        return "mend", None
    if found.step is not None and change.stage in WITH_STEPS and _passes(actor, found, graphs.get(change.id)):
        return "pass", None
    if change.stage in TO_ASSESS:
        return ("assess" if _to_assess(actor, found, graphs.get(change.id)) else ""), None
    if change.agreed_on is not None and change.stage == "deciding" and actor.id in found.named_still:
        return "confirm", None
    if change.stage in facts.IN_EFFECT:
        return _after(actor, found), None
    if found.step is not None or found.menders or not _has_a_say(actor, found):
        return "", None
    rule = _rule(found, carried)
    if rule is None:
        return "", None
    voices = _voices(actor, rule)
    given = votes.agreeing(votes.votes_of(found, rule))
    spoken = {one.principal for one in given}
    voted = any(one.decision.decider == actor.login for one in given) or actor.login in spoken
    mine = not voted and bool(voices - spoken)
    return ("decide" if mine else ""), None if voted else rule


def _rule(found: Dossier, carried: dict[int, list[PhaseLoad]]) -> Rule | None:
    """The rule by which a change is decided; None while it is put off. ``carried``: what the phases of each project carry, as far as
    it was asked (one statement for each project, once)."""
    change, project_id = found.change, found.change.project_id
    if project_id not in carried:
        carried[project_id] = loads.phases(project_id)
    tier, phase_id = facts.preset(found, carried[project_id])
    phases = impact.phases_with(found, carried[project_id], phase_id, tier)
    if change.stage == "deferred" and not facts.due(change, clock.today(found.project.zone), phases):
        return None
    return facts.rule(found, phases, tier)


def _has_a_say(actor: Actor, found: Dossier) -> bool:
    """Whether the actor may come to decide a change: for who may not, it is not worked out who does."""
    able = {*actor.roles_in(found.change.project_id)} & set(DECIDERS)
    return bool(able) or actor.is_admin or any(one.delegate == actor.id for one in found.stand_ins)


def _voices(actor: Actor, rule: Rule) -> set[str]:
    """In whose seats the actor is to vote: their own, unless they are away and somebody stands in; else those they stand in for."""
    own = {one.login for seat in rule.seats for one in seat.holders if one.login == actor.login}
    deputies = [one for seat in rule.seats for one in seat.deputies]
    if any(one.absent.login in own for one in deputies):
        return set()
    return own or {one.absent.login for one in deputies if one.person.login == actor.login}


def _passes(actor: Actor, found: Dossier, graph: str | None) -> bool:
    """Whether it waits for the actor to pass it on; not while it is to be assessed anew."""
    step, stale = (
        found.step,
        found.change.stage == "assessing" and graph is not None and facts.still_asked(found, graph),
    )
    assert step is not None
    return not stale and actor.login in {one.login for one in passers(found.people, step, found.origin)}


def _after(actor: Actor, found: Dossier) -> str:
    """What is left to be done with an emergency in effect: its assessment, then its review."""
    if not found.said:
        return "assess" if actor.id in {one.id for one in facts.assessors(found)} else ""
    return "review" if actor.login in {one.login for one in facts.aftermath(found).reviewers} else ""


def _escalated(actor: Actor, found: Dossier, rule: Rule | None, step: Step) -> bool:
    """Whether the actor is to see to it that a step goes on: it has waited longer than was agreed, for others. What waits to be
    assessed comes to the project manager, what waits to be decided to the next role above those who decide."""
    due = waits.due_on(found.project, step.began_at, step.paused)
    if due is None or clock.today(found.project.zone) <= due:
        return False
    if found.change.stage in TO_ASSESS:
        return "project_manager" in actor.roles_in(found.change.project_id)
    above = next_in_line(rule.seats, found.people, found.origin) if rule is not None else ()
    return actor.login in {one.login for one in above}


def _spoken(actor: Actor, found: Dossier) -> bool:
    return any(one.user_id == actor.id for one in found.said) or bool(found.asked_roles and found.said)


def _to_assess(actor: Actor, found: Dossier, graph: str | None) -> bool:
    """``graph``: the graph as it is, where the actor, or somebody of their role, may have said something."""
    asked = facts.assessors(found) if graph is None else facts.still_asked(found, graph)
    return actor.id in {one.id for one in asked}


def _special(actor: Actor, found: Dossier, kind: str, rule: Rule | None) -> Any:
    """Why the actor is to decide, where it is not that nobody has: they decide for somebody, or approved it otherwise than the last
    vote did; else ""."""
    if kind != "decide" or rule is None:
        return ""
    if votes.differing(votes.votes_of(found, rule), actor.login) is not None:
        return _l("You approved it for another priority or phase than the last vote: the two do not meet.")
    voice = principal(rule.seats, actor.login)
    absent = voice is not None and voice.login != actor.login
    return _l("For %(name)s, who is away.", name=voice.name) if voice is not None and absent else ""


def _waiting(project: Project, found: Dossier, kind: str, step: Step | None, special: Any = "") -> Waiting:
    change = found.change
    due = (
        waits.due_on(project, step.began_at, step.paused)
        if step is not None and kind in ("assess", "decide", "pass")
        else None
    )
    if kind in ("assess", "review") and change.review_due_on is not None:
        due = change.review_due_on
    if kind == "decide" and change.silent_until is not None:
        due = change.silent_until
    endpoint, where = _place(project, found, kind)
    return Waiting(
        project_key=project.key,
        kind="review" if kind == "pass" else kind,
        key=change.key,
        title=change.title,
        href_endpoint=endpoint,
        href_args=where,
        since=step.began_at if step is not None and kind == "unblock" else change.waiting_since or change.updated_at,
        due_on=due,
        action=ACTIONS[kind],
        # Of what was agreed elsewhere the word is the decision; what was asked back stands still until it is answered.
        holds=kind in ("confirm", "answer"),
        emergency=change.change_kind == "emergency",
        note=special or _note(project, found, kind, step),
    )


def _place(project: Project, found: Dossier, kind: str) -> tuple[str, dict[str, Any]]:
    """Where it is done, as endpoint and arguments: what is to be chosen is on the form that shows both, side by side."""
    where = {"project": project.key, "key": found.change.key}
    both = next((item for item, name in found.conflicts if name), None) if kind == "mend" else None
    if both is not None:
        return "changes.edit_item", {**where, "item": both}
    return "changes.show", {**where, "_anchor": ANCHORS[kind]}


def _note(project: Project, found: Dossier, kind: str, step: Step | None) -> Any:
    """One line: what it is about, or why it comes to somebody else than who is to do it."""
    change = found.change
    if kind == "unblock" and step is not None:
        told = {"days": waits.worked(project, step.began_at, step.paused), "agreed": project.waiting_days}
        if change.stage in TO_ASSESS:
            return _l("Waits %(days)s working days to be assessed; %(agreed)s were agreed.", **told)
        return _l("Waits %(days)s working days to be decided; %(agreed)s were agreed.", **told)
    if kind == "mend":
        item, name = found.conflicts[0]
        if name:
            return _l("%(item)s was changed meanwhile: choose between the two.", item=item)
        return _l("%(item)s was retired meanwhile: take its edits out.", item=item)
    if kind == "confirm":
        return _l("You are said to have decided it on %(day)s.", day=day(change.agreed_on))
    if kind == "pass" and found.step is not None:
        return found.step.name
    if kind == "decide" and change.silent_until is not None:
        return _l("It takes effect after that day, unless you object.")
    if change.review_due_on is not None and kind in ("assess", "review"):
        return _l("An emergency, in effect already.")
    if kind == "answer" and facts.accepted(found) is not None:
        return _l("An option of it was accepted: narrow it to that.")
    days = found.expected
    if days is None:
        return ""
    edits = _ln("%(num)s edit", "%(num)s edits", len(found.edits))
    return _l("%(edits)s, %(days)s person-days", edits=edits, days=number(days))
