"""The deed of the demo story that is about waivers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from reqtrack.demo.content import model as told
from reqtrack.gates import actions
from reqtrack.permissions import Actor

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def ask_waiver(telling: Telling, actor: Actor, one: told.AskedWaiver) -> None:
    """Ask that a row may fail until a day."""
    made, _asked = actions.ask(
        actor, telling.here(), telling.text(one.reason), owner=telling.login(one.owner),
        expires_on=date.fromisoformat(one.until), covers=[("", telling.keys[one.acceptance], one.row)],
        signers=[telling.login(login) for login in one.signers], workaround=telling.text(one.workaround), gates=one.gates,
        meaning="" if telling.language == "en" else "我同意这一例外，到期为止。",
    )  # fmt: skip
    telling.keys[one.ref] = made.key


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {"ask_waiver": ask_waiver}
