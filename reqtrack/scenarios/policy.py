"""What may be said about special flows, and by whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reqtrack.errors import Verdict, no
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Asked:
    """A main scenario and a prompt, as far as an answer hangs on them."""

    key: str
    kind: str | None
    retired: bool
    known: bool
    told: frozenset[str] = frozenset()


def may_answer(write: Verdict, about: Asked) -> Verdict:
    """Whether a special flow of a scenario can be answered; ``write``: whether the actor may change the scenario."""
    verdict = write
    if about.kind != "main":
        verdict += no("not_main", "Special flows are asked of main scenarios; %(key)s is none.", key=about.key)
    if about.retired:
        verdict += no("retired", "%(key)s is retired.", key=about.key)
    if not about.known:
        verdict += no("no_prompt", "This project does not ask about this special flow.", field="prompt")
    return verdict


def may_say_none(write: Verdict, about: Asked) -> Verdict:
    """Whether it can be said that nobody knows of a special flow: not while a scenario tells it."""
    verdict = may_answer(write, about)
    if about.told:
        message = "%(keys)s tells it: take that away first."
        verdict += no("told", message, keys=tuple(sorted(about.told)))
    return verdict


def may_edit_prompts(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may change what a project asks about."""
    if actor.may("scenario.write", project_id):
        return Verdict()
    return no("no_permission", "Your roles in this project do not let you change the list of special flows.")
