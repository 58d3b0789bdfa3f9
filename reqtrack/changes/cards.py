"""What would change, item by item, as redlines: plain data that pages and paper draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.changes.filed import Dossier, ItemNow
from reqtrack.changes.package import Edit, restores
from reqtrack.items.forms import as_text
from reqtrack.items.kinds import KINDS, LINKS, VALUES, Field
from reqtrack.items.present import Shown
from reqtrack.items.steps import as_line
from reqtrack.permissions import Actor
from reqtrack.rendering.redline import Line, Segment, redline, redline_lines, replaced
from reqtrack.web.words import listed


@dataclass(frozen=True)
class CardField:
    """One field as it would change: ``segments`` of its text, or ``lines`` of a list. ``theirs``: what the item says now, where
    that moved since the proposal was written (the two are in conflict), as segments from the base."""

    edit: Edit
    label: Any
    segments: Sequence[Segment] = ()
    lines: Sequence[Line] = ()
    conflict: bool = False
    theirs: Sequence[Segment] = ()
    base_version: int | None = None


@dataclass(frozen=True)
class Card:
    """One item of the package. ``act``: changed, new, retired, restored; ``key`` is "" for a new item until it is made, ``ref`` what
    stands for it (``NEW-3``)."""

    act: str
    key: str
    title: str
    kind: str
    tier: str | None
    stage: str
    ref: str = ""
    edit: Edit | None = None
    fields: Sequence[CardField] = field(default=())
    now: ItemNow | None = None

    @property
    def edits(self) -> list[Edit]:
        """What it is drawn from, each once."""
        own = [self.edit] if self.edit is not None else []
        return list({one.id: one for one in (*own, *(one.edit for one in self.fields))}.values())

    @property
    def writers(self) -> list[str]:
        """The logins of those who wrote it, in order."""
        return list(dict.fromkeys(login for one in self.edits for login in one.author.split()))

    @property
    def moves(self) -> bool:
        """Whether it would go into another phase."""
        return self.act == "changed" and any(one.op == "set" and one.field == "phase" for one in self.edits)

    @property
    def conflict(self) -> bool:
        return any(one.conflict for one in self.fields) or (
            self.act == "changed" and bool(self.now and self.now.retired)
        )


class Cards:
    """Makes the cards of a dossier; phases and people are named from what was loaded already."""

    def __init__(self, actor: Actor, found: Dossier, phases: Mapping[int, str]) -> None:
        self.actor, self.found, self.phases = actor, found, phases
        self.names = {one.id: one.name for one in found.people}

    def all(self) -> list[Card]:
        """The cards: edited and retired items in the order of the package, then new ones."""
        cards = []
        for key in dict.fromkeys(one.item for one in self.found.edits if one.item):
            now = self.found.items.get(key)
            if now is not None:
                cards.append(self._edited(now, [one for one in self.found.edits if one.item == key]))
        return [*cards, *(self._new(one) for one in self.found.edits if one.op == "new")]

    def _shown(self, kind: str) -> Shown:
        return Shown(self.actor, self.found.change.project_id, KINDS[kind], self.phases, self.names, {})

    def _edited(self, now: ItemNow, edits: Sequence[Edit]) -> Card:
        retire = next((one for one in edits if one.op == "retire"), None)
        fields = [self._field(now, one) for one in edits if one.op == "set"]
        fields += [self._links(one) for one in edits if one.op == "link"]
        back = retire is not None and restores(retire)
        fields += [self._heirs(retire)] if retire is not None and retire.new and not back else []
        return Card(
            act="restored" if back else "retired" if retire else "changed",
            key=now.key,
            title=now.title,
            kind=now.kind,
            tier=now.tier,
            stage=now.stage,
            edit=retire,
            fields=fields,
            now=now,
        )

    def _field(self, now: ItemNow, edit: Edit) -> CardField:
        kind = KINDS[now.kind]
        what = kind.field(edit.field)
        shown = self._shown(now.kind)
        conflict = (now.key, edit.field) in self.found.conflicts
        theirs: Sequence[Segment] = ()
        if conflict:
            theirs = self._marked(shown, what, edit.old, now.content.get(edit.field))
        drawn = self._drawn(shown, what, edit.old, edit.new)
        return CardField(edit, what.label, *drawn, conflict=conflict, theirs=theirs, base_version=edit.base_version)

    def _drawn(self, shown: Shown, what: Field, old: Any, new: Any) -> tuple[Sequence[Segment], Sequence[Line]]:
        if what.type == "lines":
            return (), redline_lines(old or [], new or [])
        if what.type == "steps":
            return (), redline_lines([as_line(step) for step in old or ()], [as_line(step) for step in new or ()])
        return self._marked(shown, what, old, new), ()

    def _marked(self, shown: Shown, what: Field, old: Any, new: Any) -> Sequence[Segment]:
        draw = replaced if what.type in VALUES else redline
        return draw(self._text(shown, what, old), self._text(shown, what, new))

    def _text(self, shown: Shown, what: Field, value: Any) -> str:
        """A value as text; a choice by its word."""
        told = shown.value(what.name, value)
        if what.type == "choice" and told is not None:
            return str(what.choices.get(told, told))
        if what.type in ("links", "tags") and told:
            return listed(told)
        # Tabs part the cells of a table; in a sentence they would part at random.
        return as_text(what, told).replace("\t", " | ")

    def _links(self, edit: Edit) -> CardField:
        segments = [Segment("del", key) for key in edit.new["remove"]] + [
            Segment("ins", key) for key in edit.new["add"]
        ]
        spaced: list[Segment] = []
        for at, one in enumerate(segments):
            spaced += [Segment("same", ", "), one] if at else [one]
        return CardField(edit, LINKS[edit.kind].label, spaced)

    def _heirs(self, edit: Edit) -> CardField:
        """In what an item goes on that is merged or split."""
        merged = "merged_into" in edit.new
        made = {f"NEW-{one.position}": one.made_key for one in self.found.edits if one.op == "new" and one.made_key}
        keys = [edit.new["merged_into"]] if merged else [made.get(one, one) for one in edit.new["split_into"]]
        return CardField(edit, _l("Merged into") if merged else _l("Split into"), [Segment("ins", listed(keys))])

    def _new(self, edit: Edit) -> Card:
        kind = KINDS[edit.kind]
        shown = self._shown(edit.kind)
        fields = [
            CardField(edit, what.label, *self._drawn(shown, what, None, edit.new[what.name]))
            for what in kind.fields
            if what.name in edit.new and what.name != "title"
        ]
        return Card(
            act="new",
            key=edit.made_key or "",
            title=edit.new.get("title", ""),
            kind=edit.kind,
            tier=edit.new.get("tier"),
            stage="",
            ref=f"NEW-{edit.position}",
            edit=edit,
            fields=fields,
        )
