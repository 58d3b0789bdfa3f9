"""Putting a change into effect: its edits become versions of the items, under the change's key, in the deciding transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes import codec, consequences, load
from reqtrack.changes.actions.succession import resolved
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact, weights
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.package import NEW, Edit, LinkField, link_field, merge, merge_links, restores
from reqtrack.db import db, one_of, together
from reqtrack.errors import no
from reqtrack.interviews.actions import back
from reqtrack.interviews.models import Excerpt
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.requirements.actions import succeed_by_change

# What others may name is made first.
ORDER = ("process", "scenario", "requirement", "acceptance")


def apply(actor: Actor, found: Dossier, touched: Impact, tier: str | None, phase_id: int | None) -> None:
    """Apply all edits of an approved change, as the decider's act.

    Raises:
        Refused: 409, an edit is in conflict. Whatever the store refuses (the transaction is rolled back as a whole).
    """
    change, project = found.change, found.project
    # Deciding is the permission; to write each kind of item is not asked of who decides.
    applier = replace(actor, kind="system")
    with recorded(actor, change.project_id, "change.applied", change.key) as entry, together():
        if (change.tier, change.phase_id) != (tier, phase_id):
            store.edit(applier, change, {"tier": tier, "phase": phase_id}, change=change.key)
        made = _make(applier, project, found, tier, phase_id)
        changed = _Changed(applier, project, change, found.edits)
        for one in found.edits:
            if restores(one):
                changed.restore(one.item)
        for key in _edited(found):
            changed.item(key, [one for one in found.edits if one.item == key], made)
        changed.field_links([one for one in found.edits if one.op == "link"], made)
        gone = [one for one in found.edits if one.op == "retire" and not restores(one)]
        for one in gone:
            changed.retire(one.item)
        for one in gone:
            changed.succeed(one, made)
        pairs = load.weighed(found.edits, weights(found), phase_id, tier or "")
        found.change.estimated_days = load.estimated(pairs)
        change.stage, change.sub_stage = "applied", found.flow.entry("applied")
        change.applied_at = change.updated_at = entry.at
        change.applied_seq = entry.seq
        entry.after = {
            "package": found.package_print,
            "votes": change.counted,
            **({"sub_stage": change.sub_stage} if change.sub_stage else {}),
            "tier": tier,
            "phase": phase_id,
            "expected_effort_days": found.expected,
            "versions": sorted([key, version] for key, version in changed.versions.items()),
            "made": sorted(item.key for item in made.values()),
            "affected": len(touched.affected),
            "stale_results": touched.stale_results,
            "carried": sorted(one.key for one in touched.signatures if one.state == "carried"),
            "superseded": sorted(one.key for one in touched.signatures if one.state == "superseded"),
            # What a change that undoes this one, whoever is told of it, and whatever closes it go by.
            "links": {"added": sorted(changed.linked), "ended": sorted(changed.unlinked)},
            **consequences.of(found, touched, made.values(), actor.login),
        }


def _edited(found: Dossier) -> list[str]:
    return list(dict.fromkeys(one.item for one in found.edits if one.op == "set"))


def _make(actor: Actor, project: Project, found: Dossier, tier: str | None, phase_id: int | None) -> dict[str, Item]:
    """The new items, by what stood for them (``NEW-3``)."""
    made: dict[str, Item] = {}
    fresh = sorted(
        (one for one in found.edits if one.op == "new"), key=lambda one: (ORDER.index(one.kind), one.position)
    )
    written = select(ProposedEdit).where(one_of(ProposedEdit.id, [one.id for one in fresh]))
    rows = {one.id: one for one in db.session.execute(written).scalars()}
    for edit in fresh:
        kind = KINDS[edit.kind]
        told = {name: value for name, value in edit.new.items() if name in kind.names}
        if kind.name == "requirement":
            # What the package left open is what the deciders chose.
            told = {"tier": tier, "phase": phase_id, **told}
        told = _named(kind.name, told, made)
        items = codec.load(project.id, codec.keys_in(kind, told))
        stage = "approved" if kind.name == "requirement" else ""
        item = store.create(
            actor, project, kind, codec.decoded(kind, told, items), change=found.change.key, stage=stage
        )
        evidence = edit.new.get("evidence")
        if evidence:
            # What was hidden since the change was written backs nothing; it holds up no decision.
            shown = select(Excerpt).where(Excerpt.id.in_(evidence), Excerpt.shown_as != "hidden")
            back(actor, item, db.session.execute(shown).scalars().all())
        rows[edit.id].made_key = item.key
        made[f"{NEW}{edit.position}"] = item
    return made


def _named(kind: str, told: Mapping[str, Any], made: Mapping[str, Item]) -> dict[str, Any]:
    """With the keys of what was made where ``NEW-n`` stood for it."""
    named = dict(told)
    for field in KINDS[kind].fields:
        if field.type == "links" and named.get(field.name):
            named[field.name] = sorted(made[key].key if key in made else key for key in named[field.name])
    return named


class _Changed:
    """Items as they are changed, one version each where that is possible; ``versions`` by key."""

    def __init__(self, actor: Actor, project: Project, change: Change, edits: Sequence[Edit]) -> None:
        self.actor, self.project, self.change = actor, project, change
        self.known = codec.load_whole(project.id, {one.item for one in edits if one.op != "new"})
        self.versions: dict[str, int] = {}
        self.linked: list[list[str]] = []
        self.unlinked: list[list[str]] = []

    def _load(self, key: str) -> Item:
        item: Item = self.known.get(key) or item_for(self.actor, self.project.id, key)
        return item

    def item(self, key: str, edits: Sequence[Edit], made: Mapping[str, Item]) -> None:
        """Set the fields of one item, with the links that it keeps as fields."""
        item = self._load(key)
        kind = KINDS[item.kind]
        content = store.content_of(item)
        told: dict[str, Any] = {}
        for edit in (one for one in edits if one.op == "set"):
            merged = merge(kind.field(edit.field), edit.old, edit.new, content.get(edit.field))
            if merged.state == "conflict":
                message = "%(item)s: its %(name)s was changed since %(key)s was written. The author has to choose between the two."
                name = kind.field(edit.field).label
                no("in_conflict", message, edit.field, item=key, name=name, key=self.change.key).require(409)
            if merged.state == "clean":
                told[edit.field] = merged.value
        self._save(item, _named(item.kind, told, made))

    def field_links(self, edits: Sequence[Edit], made: Mapping[str, Item]) -> None:
        """Links that come and go: in the field that keeps them, else as links."""
        for edit in edits:
            kept = link_field(edit.kind)
            if kept is None:
                self._links(edit)
                continue
            for key, add, remove in _owned(kept, edit):
                item = self._load(key)
                current = store.content_of(item).get(kept.name)
                self._save(item, {kept.name: merge_links(current, add, remove)})

    def _links(self, edit: Edit) -> None:
        source = self._load(edit.item)
        ends = codec.load(self.project.id, [*edit.new["add"], *edit.new["remove"]])
        live = {
            row.target_id: row
            for row in db.session.execute(
                select(Link).where(Link.source_id == source.id, Link.kind == edit.kind, Link.until.is_(None))
            ).scalars()
        }
        for key in edit.new["add"]:
            if ends[key].id not in live:
                self._in_force(ends[key])
                store.link(self.actor, edit.kind, source, ends[key], change=self.change.key)
                self.linked.append([edit.kind, source.key, key])
        for key in edit.new["remove"]:
            if ends[key].id in live:
                store.unlink(self.actor, live[ends[key].id], source, ends[key])
                self.unlinked.append([edit.kind, source.key, key])
        self._rework(source)

    def _save(self, item: Item, told: Mapping[str, Any]) -> None:
        if not told:
            return
        self._in_force(item)
        kind = KINDS[item.kind]
        items = codec.load(self.project.id, codec.keys_in(kind, told))
        before = item.version
        store.edit(self.actor, item, codec.decoded(kind, told, items), reason=self.change.title, change=self.change.key)
        if item.version != before:
            self.versions[item.key] = item.version
            self._rework(item)

    def _in_force(self, item: Item) -> None:
        """What was restored by the change is in force by now; what is retired stays as it is."""
        if item.retired:
            message = "%(item)s was retired since %(key)s was written. The author has to take its edits out."
            no("in_conflict", message, item=item.key, key=self.change.key).require(409)

    def _rework(self, item: Item) -> None:
        """What was built is to be built again."""
        if item.kind == "requirement" and item.stage == "implemented":
            store.move(self.actor, item, "approved", reason=self.change.key, after={"change": self.change.key})

    def retire(self, key: str) -> None:
        """Take an item out of force; a requirement is obsolete then."""
        item = self._load(key)
        if item.retired:
            return
        store.edit(self.actor, item, {}, reason=self.change.title, change=self.change.key, retired=True)
        self.versions[item.key] = item.version
        if item.kind == "requirement":
            store.move(self.actor, item, "obsolete", reason=self.change.key, after={"change": self.change.key})

    def restore(self, key: str) -> None:
        """Put an item into force again; a requirement is agreed scope then, to be built anew."""
        item = self._load(key)
        if not item.retired:
            return
        store.edit(self.actor, item, {}, reason=self.change.title, change=self.change.key, retired=False)
        self.versions[item.key] = item.version
        if item.kind == "requirement":
            store.move(self.actor, item, "approved", reason=self.change.key, after={"change": self.change.key})

    def succeed(self, edit: Edit, made: Mapping[str, Item]) -> None:
        """Let what was merged or split go on in its heirs."""
        if edit.new:
            keys = {ref: item.key for ref, item in made.items()}
            succeed_by_change(
                self.actor, self.project, self._load(edit.item), resolved(edit.new, keys), self.change.key
            )


def _owned(kept: LinkField, edit: Edit) -> list[tuple[str, list[str], list[str]]]:
    """``(item, add, remove)``: a change of links as changes of the field that keeps them, whichever end it was told from."""
    owner_told = edit.item.startswith(f"{KINDS[kept.kind].prefix}-")
    if owner_told:
        return [(edit.item, edit.new["add"], edit.new["remove"])]
    mine, nothing = [edit.item], list[str]()
    return [*((key, mine, nothing) for key in edit.new["add"]), *((key, nothing, mine) for key in edit.new["remove"])]
