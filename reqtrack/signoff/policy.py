"""Who may ask for a signature, sign, decline and withdraw. Pure: the facts come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.signoff import seats
from reqtrack.signoff.away import OUTSIDE, Signing
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.seats import ELECTRONIC, PAPER, Answer, Rule, Seat
from reqtrack.signoff.subjects import Subject

MOST_NAMED = 10


@dataclass(frozen=True)
class Facts:
    """What bears on an answer: the rule, the seats and their names, the answers so far, and the subject as it is now.

    ``behalf``: for whom the actor signs, where they are not asked themselves.
    """

    rule: Rule
    seats: tuple[Seat, ...]
    answers: tuple[Answer, ...] = ()
    subject: Subject | None = None
    behalf: Signing | None = None
    names: Mapping[int, str] = field(default_factory=dict)

    def seat_for(self, login: str, roles: frozenset[str]) -> Seat | None:
        """At which seat somebody signs, in their own name or for who is away."""
        if self.behalf is not None:
            login, roles = self.behalf.login, self.behalf.roles
        return seats.seat_of(login, roles, self.rule, self.seats, self.answers)

    def answer(self, login: str, seat: Seat, outcome: str = "signed", way: str = ELECTRONIC) -> Answer:
        """What an answer of theirs would be."""
        voice = self.behalf.login if self.behalf is not None else login
        return Answer(seat.position, outcome, way, frozenset((login, voice)))


def in_own_name(facts: Facts) -> Facts:
    """The same facts where whoever answers does so for nobody else."""
    return replace(facts, behalf=None)


def may_sign_at_all(roles: frozenset[str]) -> bool:
    """Whether one of the roles lets somebody sign when they are named."""
    return any("sign" in ROLE_PERMISSIONS[role] for role in roles)


def may_request(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may ask for signatures in a project."""
    if actor.may("signoff.request", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you ask for a signature.")


def may_answer(actor: Actor, signoff: Signoff, facts: Facts) -> Verdict:
    """Whether the actor's word is asked for here and now: the ground of signing and declining."""
    verdict = YES
    if signoff.state != "requested":
        verdict += no("settled", "%(key)s is not waiting for signatures any more.", key=signoff.key)
    roles = facts.behalf.roles if facts.behalf is not None else actor.roles_in(signoff.project_id)
    seat = facts.seat_for(actor.login, roles)
    if seat is None:
        verdict += no("not_asked", "You are not among those asked to sign %(key)s.", key=signoff.key)
    else:
        verdict += may_answer_at(signoff, facts, seat, actor.login)
        if seat.role and not seat.outside and seat.role not in roles:
            verdict += no("no_permission", "You are asked in a role that you do not hold any more.")
    able = actor.may("sign", signoff.project_id)
    if facts.behalf is not None:
        # Who only reads there stands in for nobody, whoever named them and whatever they were then.
        able = may_sign_at_all(facts.behalf.roles) and bool(actor.roles_in(signoff.project_id) - OUTSIDE)
    if not able:
        verdict += no("no_permission", "Your roles in this project do not let you sign.")
    return verdict


def may_answer_at(signoff: Signoff, facts: Facts, seat: Seat, login: str, way: str = ELECTRONIC) -> Verdict:
    """Whether an answer is waited for at a seat now, in this way, from somebody of this login."""
    if way not in seats.ways_of(facts.rule):
        if way == PAPER:
            return no("not_on_paper", "%(key)s is signed here, not on paper.", key=signoff.key)
        return no("on_paper", "%(key)s is signed on paper: print its sheet, and bring it back signed.", key=signoff.key)
    # One person answers once in each way, for whomever.
    gave = any(login in one.people and one.way == way for one in facts.answers)
    if gave or way not in seats.missing(facts.rule, seat, facts.answers):
        return no("answered", "You have answered %(key)s already.", key=signoff.key)
    first = seats.before(facts.rule, facts.seats, facts.answers, seat)
    if first is not None:
        name = facts.names.get(first.position, "")
        return no("not_your_turn", "It is not your turn yet: %(name)s signs before you.", name=name)
    return YES


def may_sign(actor: Actor, signoff: Signoff, facts: Facts, *, remarks: str = "", typed: bool = True) -> Verdict:
    """Whether the actor may sign now, with every reason why not.

    Args:
        remarks: under which the actor accepts what turned stale.
        typed: also ask for what is typed beside the button: the proof that it is the actor, and remarks where some are needed
            (left out by pages, which ask for them then).
    """
    verdict = may_answer(actor, signoff, facts)
    subject = facts.subject
    if subject is not None:
        verdict += unmoved(signoff, subject)
        verdict += separated(facts, actor.login, facts.seat_for(actor.login, actor.roles_in(signoff.project_id)))
        if typed and not remarks:
            verdict += fresh(subject)
    if typed and not actor.reauthenticated:
        verdict += no("prove_yourself", "Type your password to sign.", field="password")
    return verdict


def unmoved(signoff: Signoff, subject: Subject) -> Verdict:
    """Whether the subject is in a state to be signed, and still what was asked to be signed."""
    verdict = subject.ready
    if subject.fingerprint != signoff.fingerprint:
        message = "%(subject)s is not any more what %(key)s was asked for. Ask for a new signature."
        verdict += no("moved", message, subject=subject.key, key=signoff.key)
    return verdict


def separated(facts: Facts, login: str, seat: Seat | None, way: str = ELECTRONIC) -> Verdict:
    """Whether somebody's signature would not be one person's word on what that person alone made."""
    subject = facts.subject
    if subject is None or seat is None:
        return YES
    new = facts.answer(login, seat, way=way)
    if not seats.alone(facts.rule, facts.seats, facts.answers, subject.made_by, new):
        return YES
    if subject.kind == "baseline":
        return no("separation", "You alone wrote this: somebody else has to sign it.")
    return no("separation", "You alone tested this: somebody else has to sign it.")


def fresh(subject: Subject) -> Verdict:
    """Whether all that was tested still is what is there."""
    if not subject.stale:
        return YES
    keys = list(dict.fromkeys(one.key for one in subject.stale))
    told = [*keys[:MOST_NAMED], *(["…"] if len(keys) > MOST_NAMED else [])]
    message = (
        "%(keys)s changed after %(subject)s was closed, so it was tested on another text. Have it run again in a new round and "
        "sign that one, or sign with remarks."
    )
    return no("stale_results", message, field="remarks", keys=told, subject=subject.key)


def may_withdraw(actor: Actor, signoff: Signoff, signed: frozenset[str]) -> Verdict:
    """A request is withdrawn by who asked for it or manages the project; a signature by who gave it."""
    if signoff.state == "requested":
        if actor.login == signoff.requested_by or actor.may("project.manage", signoff.project_id):
            return YES
        return no("not_yours", "Only who asked for it, or the project manager, can withdraw this request.")
    if signoff.state != "signed":
        return no("settled", "%(key)s is settled: there is nothing to withdraw.", key=signoff.key)
    if actor.login in signed:
        return YES
    return no("not_yours", "Only who signed %(key)s can withdraw the signature.", key=signoff.key)
