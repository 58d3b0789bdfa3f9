"""Who sees an interviewee's name, and how an interviewee is called for everybody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor

# Anybody: what may be written where everybody reads it.
NOBODY = Actor(id=-1, login="", name="")
# Any of these lets one attach somebody's words to an item.
BACKERS = ("requirement.write", "scenario.write", "interview.write", "requirement.draft")
FEWEST = 3  # fewer holders of a job role in a region would give the person away


@dataclass(frozen=True)
class Person:
    """A stakeholder as far as the actor may know them: ``label`` is always fit to show.

    ``known``: the actor may know who it is. Else ``name`` and ``user`` (the login of their account) are "", and where few
    people hold the job role so are ``job_role``, ``region`` and ``level``: only the department is told.
    """

    id: int
    name: str
    label: str
    department: str
    job_role: str
    level: str
    region: str
    version: int
    user: str = ""
    known: bool = False

    @property
    def told(self) -> frozenset[str]:
        """The fields that the actor may know."""
        shown = {"department"}
        if self.known or self.job_role:
            shown |= {"job_role", "region", "level"}
        return frozenset(shown | {"name", "user"} if self.known else shown)


def sees_all_names(actor: Actor, project_id: int) -> bool:
    """Analysts (and the command line) see every interviewee's name."""
    return actor.kind != "user" or actor.may("name.read", project_id)


def may_back(actor: Actor, project_id: int) -> bool:
    """Whether the actor may attach somebody's words to items."""
    return any(actor.may(one, project_id) for one in BACKERS)


def interviewed(actor: Actor, interviewer: int | None) -> bool:
    """Whether the actor held an interview (or is the command line, which is nobody's eyes)."""
    return actor.kind != "user" or (interviewer is not None and actor.id == interviewer)


def sees_sentence(actor: Actor, shown_as: str, interviewer: int | None) -> bool:
    """Whether the actor may read a passage: one that is to be hidden is read by who held the interview alone."""
    return shown_as != "hidden" or interviewed(actor, interviewer)


# Department, job role, region → how many people.
Holders = Mapping[tuple[str, str, str], int]


def held_by(people: Iterable[Any]) -> Holders:
    """How many of some people hold a job role in a region, department by department: the department is told beside it."""
    return Counter((one.department, one.job_role, one.region) for one in people)


def is_common(department: str, job_role: str, region: str, holders: Holders) -> bool:
    """Whether enough people of a department hold a job role in a region for it to give nobody away."""
    return bool(job_role) and holders.get((department, job_role, region), 0) >= FEWEST


def label(department: str, job_role: str, region: str, holders: Holders) -> str:
    """``Sales rep · East`` or, where fewer than three people hold that role there, the department alone ("" when not known)."""
    if is_common(department, job_role, region, holders):
        return f"{job_role} · {region}" if region else job_role
    return department


def as_told(person: Person, holders: Holders) -> Person:
    """A person as one who may not know who it is gets them."""
    if is_common(person.department, person.job_role, person.region, holders):
        return replace(person, name="", user="", known=False)
    return replace(person, name="", user="", known=False, job_role="", region="", level="")


def may_change(person: Person, names: Iterable[str]) -> Verdict:
    """Nobody rewrites what they may not read: it would be lost, or told."""
    verdict = YES
    for name in names:
        if name not in person.told:
            message = "This is shown to interviewers and analysts only, so only they change it."
            verdict += no("hidden_names", message, field=name)
    return verdict


def names_in(name: str) -> Iterable[str]:
    """The spellings of a name that give the person away: the whole, and where it has several each word."""
    if name:
        yield name
    words = name.split()
    if len(words) > 1:
        # Small words of a name that has others (von, de) are words of the language.
        yield from (word for word in words if len(word) > 2 and (word[0].isupper() or name.islower()))
        # Beside a Latin name the one in Chinese (Grace 王芳).
        yield from (word for word in words if len(word) > 1 and word[0].upper() == word[0].lower())


# -- the interviewee's own word ----------------------------------------------------------------------------------------

# How long a link may be answered by, if nothing else is said, and at most; how long it tells afterwards what became of it.
LINK_DAYS, MOST_LINK_DAYS, WORDS_DAYS = 14, 90, 365
# Whoever answers by a link: no account, no name. It is the event's actor.
INTERVIEWEE = Actor(id=0, login="interviewee", name="interviewee")
# The stages in which there is a write-up to confirm.
CONFIRMABLE = ("written", "confirmed")


def asks(actor: Actor, project_id: int, interviewer_id: int | None) -> bool:
    """Whether the actor is one of those who ask for a confirmation and read corrections: the interviewer, or an analyst."""
    # In an archived project they still read what was answered.
    return actor.holds("interview.write", project_id) and (
        actor.id == interviewer_id or sees_all_names(actor, project_id)
    )


def may_ask(actor: Actor, project_id: int, key: str, interviewer_id: int | None, stage: str, written: bool) -> Verdict:
    """Whether the actor may ask who was heard to confirm an interview. ``written``: there are notes."""
    verdict = YES
    if not asks(actor, project_id, interviewer_id):
        verdict += no("not_interviewer", "Only the interviewer and analysts ask who was heard to confirm it.")
    if stage not in CONFIRMABLE:
        verdict += no("not_written", "%(key)s is not written up yet: say that it is, then ask.", key=key)
    if not written:
        verdict += no("no_notes", "%(key)s has no notes yet: there is nothing to confirm.", key=key)
    return verdict


def may_confirm(actor: Actor, interviewer_id: int | None, own: bool, heard: int) -> Verdict:
    """Whether the actor may say that an interview's write-up is right: who was heard, signed in, or the interviewer, face to face.

    Args:
        own: the actor's account is that of one who was heard.
        heard: how many were heard, of whom nobody is named (0 where one is).
    """
    if actor.kind != "user" or not (own or (actor.id and actor.id == interviewer_id)):
        return no("not_interviewee", "Only who was heard can confirm it, or the interviewer face to face with them.")
    verdict = YES
    if heard > 1 and not own:
        verdict += no(
            "several", "Several people were heard: each says it for themselves, under “Confirmed by those heard”."
        )
    return verdict


def is_no_reply(asked_on: date, today: date, reply_days: int) -> bool:
    """Whether somebody who was asked on a day has let the project's days pass (a day is the project's calendar day)."""
    return today > asked_on + timedelta(days=reply_days)
