"""The deeds of the demo story that are about documents, figures and what a passage left open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from reqtrack.demo.content import model as told
from reqtrack.interviews import actions, queries
from reqtrack.items import actions as talk
from reqtrack.permissions import Actor

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def add_document(telling: Telling, actor: Actor, one: told.EvidenceDocument) -> None:
    """Add it, take its passages, and back with them what they back."""
    facts = {
        "title": telling.text(one.title), "kind": one.kind, "dated": date.fromisoformat(one.dated),
        "note": telling.text(one.note),
    }  # fmt: skip
    document = actions.add_document(actor, telling.here(), facts)
    for passage in one.passages:
        taken = actions.take(actor, document, telling.text(passage.quote), telling.text(passage.place))
        telling.ids[passage.ref] = taken.id
        for ref in passage.backs:
            actions.back(actor, telling.item(actor, ref), [taken])


def keep_figure(telling: Telling, actor: Actor, one: told.Figure) -> None:
    """Keep what a passage tells."""
    excerpt = queries.excerpt_for(actor, telling.here().id, telling.ids[one.excerpt])
    values = {"name": telling.text(one.name), "value": one.value, "unit": telling.text(one.unit)}
    actions.add_figure(actor, excerpt, values)


def ask_from_passage(telling: Telling, actor: Actor, one: told.PassageQuestion) -> None:
    """Ask somebody, with an account or without one."""
    talk.ask(
        actor, telling.item(actor, one.interview), telling.text(one.text), None,
        stakeholder_id=telling.ids[one.ask], excerpt_id=telling.ids[one.excerpt],
    )  # fmt: skip


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {
    "add_document": add_document,
    "keep_figure": keep_figure,
    "ask_from_passage": ask_from_passage,
}
