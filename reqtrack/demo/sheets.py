"""The deed of the demo story that brings a list in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reqtrack.demo.content import model as told
from reqtrack.exchange import actions, drafting
from reqtrack.exchange.parsing.reading import read_table
from reqtrack.permissions import Actor

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling

HEADS = {"zh": "标题\t描述", "en": "Title\tStatement"}


def import_sheet(telling: Telling, actor: Actor, one: told.Sheet) -> None:
    """Paste the rows and take all of them in."""
    rows = [f"{telling.text(title)}\t{telling.text(statement)}" for title, statement in one.rows]
    pasted = "\n".join([HEADS[telling.language], *rows])
    draft = drafting.draft_sheets(read_table(pasted), telling.text(one.name), pasted.encode(), "requirements", None)
    run = actions.keep(actor, telling.here(), draft, "")
    actions.run_import(actor, telling.here(), run, ready_only=False)
    telling.keys[one.ref] = f"IMP-{run.number}"


VERBS: dict[str, Callable[[Telling, Actor, Any], None]] = {"import_sheet": import_sheet}
