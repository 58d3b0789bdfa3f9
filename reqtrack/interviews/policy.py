"""Who sees an interviewee's name, and how an interviewee is called for everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reqtrack.permissions import Actor

FEWEST = 3  # fewer holders of a job role in a region would give the person away


@dataclass(frozen=True)
class Person:
    """A stakeholder as far as the actor may know them: ``label`` is always fit to show.

    ``known``: the actor may know who it is; else ``name`` and ``user`` (the login of their account) are "".
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


def sees_all_names(actor: Actor, project_id: int) -> bool:
    """Analysts (and the command line) see every interviewee's name."""
    return actor.kind != "user" or actor.may("name.read", project_id)


def label(department: str, job_role: str, region: str, holders: Mapping[tuple[str, str], int]) -> str:
    """``Sales rep, East`` or, where fewer than three people hold that role there, the department alone."""
    if job_role and holders.get((job_role, region), 0) >= FEWEST:
        return f"{job_role} · {region}" if region else job_role
    return department or job_role


def names_in(name: str) -> Iterable[str]:
    """The spellings of a name that give the person away: the whole, and for Latin names each word."""
    if name:
        yield name
    words = name.split()
    if len(words) > 1:
        yield from (word for word in words if len(word) > 2 and word[0].isupper())
