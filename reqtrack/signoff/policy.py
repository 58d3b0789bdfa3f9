"""Who may ask for a signature, sign, decline and withdraw. Pure: the facts come in."""

from __future__ import annotations

from dataclasses import dataclass, field

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.signoff.away import OUTSIDE, Signing
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.subjects import Subject

RULES = ("all", "any")
MOST_NAMED = 10


@dataclass(frozen=True)
class Facts:
    """What bears on a signature: who is asked, whose answer is given, who gave them, and the subject as it is now.

    ``behalf``: for whom the actor signs, where they are not asked themselves.
    """

    signers: frozenset[str]
    answered: frozenset[str] = field(default_factory=frozenset)
    subject: Subject | None = None
    gave: frozenset[str] = field(default_factory=frozenset)
    behalf: Signing | None = None

    def voice(self, login: str) -> str:
        """Whose signature it would be."""
        return self.behalf.login if self.behalf is not None else login


def may_sign_at_all(roles: frozenset[str]) -> bool:
    """Whether one of the roles lets somebody sign when they are named."""
    return any("sign" in ROLE_PERMISSIONS[role] for role in roles)


def may_request(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may ask for signatures in a project."""
    if actor.may("signoff.request", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you ask for a signature.")


def alone(login: str, rule: str, signers: frozenset[str], made_by: frozenset[str]) -> bool:
    """Whether a signature would be one person's word on what that person alone tested."""
    return made_by == {login} and (rule == "any" or signers == {login})


def may_answer(actor: Actor, signoff: Signoff, facts: Facts) -> Verdict:
    """Whether the actor's word is asked for: the ground of signing and declining."""
    verdict = YES
    if signoff.state != "requested":
        verdict += no("settled", "%(key)s is not waiting for signatures any more.", key=signoff.key)
    voice = facts.voice(actor.login)
    if voice not in facts.signers:
        verdict += no("not_asked", "You are not among those asked to sign %(key)s.", key=signoff.key)
    elif voice in facts.answered or actor.login in facts.gave:
        # One person answers once, for whomever.
        verdict += no("answered", "You have answered %(key)s already.", key=signoff.key)
    able = actor.may("sign", signoff.project_id)
    if facts.behalf is not None:
        # Who only reads there stands in for nobody, whoever named them and whatever they were then.
        able = may_sign_at_all(facts.behalf.roles) and bool(actor.roles_in(signoff.project_id) - OUTSIDE)
    if not able:
        verdict += no("no_permission", "Your roles in this project do not let you sign.")
    return verdict


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
        verdict += subject.ready
        if subject.fingerprint != signoff.fingerprint:
            verdict += no(
                "moved",
                "%(subject)s is not any more what %(key)s was asked for. Ask for a new signature.",
                subject=subject.key,
                key=signoff.key,
            )
        voice = facts.voice(actor.login)
        signers = (facts.signers - {voice}) | {actor.login}
        if any(
            alone(one, signoff.rule, (signers - {actor.login}) | {one}, subject.made_by) for one in (actor.login, voice)
        ):
            verdict += no("separation", "You alone tested this: somebody else has to sign it.")
        if typed and not remarks:
            verdict += _fresh(subject)
    if typed and not actor.reauthenticated:
        verdict += no("prove_yourself", "Type your password to sign.", field="password")
    return verdict


def _fresh(subject: Subject) -> Verdict:
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
