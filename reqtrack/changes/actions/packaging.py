"""Writing a change's package: what should be different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from reqtrack.audit.record import Entry, recorded
from reqtrack.changes import codec, dossier, package
from reqtrack.changes.actions.again import look_again
from reqtrack.changes.actions.parsing import Line, joined, parse, refuse_merged
from reqtrack.changes.actions.rights import may_write, require_seen, writers
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.package import Edit, editable
from reqtrack.db import db
from reqtrack.errors import YES, Invalid, NotFound, Reason, Verdict, invalid, no
from reqtrack.items import store
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import items_by_key, version_content
from reqtrack.permissions import Actor


def propose(actor: Actor, change: Change, given: Sequence[Mapping[str, Any]], *, seen: str | None = None) -> list[Edit]:
    """Add edits to the package; one on the same field takes the place of the one before, links go to those there are. Votes given
    so far are void then.

    Args:
        given: as the API takes them: ``{"item", "field", "new", "base_version"?}``, ``{"new_item": {"kind", "fields"}}``,
            ``{"retire": KEY}``, ``{"item", "link": kind, "add": [], "remove": []}``.
        seen: the package's fingerprint that the writer saw.

    Returns:
        The package as it stands.

    Raises:
        Refused: decided, not theirs, or edited since ``seen``. Invalid: per edit.
    """
    found = _opened(actor, change, seen)
    lines = parse(actor, found.project, list(given), found.edits, _last(change) + 1)
    for line in lines:
        known = _like(found.edits, line) if line.op == "link" else None
        if known is not None:
            line.new = joined(known.new, line.new)
            line.effect = bool(line.new["add"] or line.new["remove"])
    reasons = [
        Reason("no_effect", "That is what %(key)s says already.", {"key": line.item.key}, f"edits.{at}.new")
        for at, line in enumerate(lines)
        if line.item is not None and not line.effect and _like(found.edits, line) is None
    ]
    if reasons:
        raise Invalid(reasons)
    _write(actor, change, found, lines)
    return list(dossier.load(change).edits)


def replace_edits(
    actor: Actor, change: Change, given: Sequence[Mapping[str, Any]], *, seen: str | None = None
) -> list[Edit]:
    """Make the package these edits and no others; raises as ``propose`` does."""
    found = _opened(actor, change, seen)
    lines = [line for line in parse(actor, found.project, list(given), (), _last(change) + 1) if line.effect]
    kept = {edit.id for line in lines if (edit := _like(found.edits, line)) is not None}
    _write(actor, change, found, lines, [one for one in found.edits if one.id not in kept])
    return list(dossier.load(change).edits)


def save_item(
    actor: Actor,
    change: Change,
    key: str,
    raw: Mapping[str, Any],
    *,
    base_version: int,
    seen: str | None = None,
    settles: bool = False,
) -> list[Edit]:
    """Take an item's form as the proposal for it: fields that differ from the base are edits, the others none.

    Args:
        raw: values by field name; fields left out keep their proposals.
        base_version: the version that the form was made from.
        settles: it is to stand in place of what the item says at that version, which ends a conflict.

    Raises:
        As ``propose``. Refused: 409 *moved_again*, what it is to settle would be in conflict still.
    """
    found = _opened(actor, change, seen)
    item = items_by_key(actor, change.project_id, [key]).get(key.upper())
    if item is None or not editable(KINDS[item.kind]):
        raise NotFound(key)
    refuse_merged(item)
    kind = KINDS[item.kind]
    base = version_content(item.id, base_version)
    refs = {f"{package.NEW}{one.position}": one.kind for one in found.edits if one.op == "new"}
    told = codec.encoded(kind, found.project, raw, refs)
    if "title" in told and not told["title"]:
        raise invalid("title", "It needs a title.", "required")
    first = _last(change) + 1
    lines = [
        Line("set", item, item.kind, name, base_version, base.get(name), value, value != base.get(name), first + at)
        for at, (name, value) in enumerate(told.items())
    ]
    if settles:
        _settled(item, kind, lines).require(409)
    _write(actor, change, found, [line for line in lines if line.effect or _like(found.edits, line) is not None])
    return list(dossier.load(change).edits)


def _settled(item: Item, kind: Kind, lines: Sequence[Line]) -> Verdict:
    """Whether nothing of these is in conflict with what the item says now: it may have moved since somebody looked."""
    now = store.content_of(item)
    message = "%(item)s, %(name)s: it was changed once more meanwhile. Look at what it says now, and choose again."
    verdict = YES
    for line in lines:
        field = kind.field(line.field)
        if package.merge(field, line.old, line.new, now.get(line.field)).state == "conflict":
            verdict += no("moved_again", message, field.name, item=item.key, name=field.label)
    return verdict


def rewrite(
    actor: Actor, change: Change, edit_id: int, fields: Mapping[str, Any], *, seen: str | None = None
) -> list[Edit]:
    """Say anew what a new item shall be; fields left out stay as they were proposed.

    Raises:
        NotFound: there is no such new item in this change. Otherwise as ``propose``.
    """
    found = _opened(actor, change, seen)
    edit = next((one for one in found.edits if one.id == edit_id and one.op == "new"), None)
    if edit is None:
        raise NotFound(f"edit {edit_id}")
    refs = {f"{package.NEW}{one.position}": one.kind for one in found.edits if one.op == "new" and one.id != edit_id}
    told = {**edit.new, **codec.encoded(KINDS[edit.kind], found.project, fields, refs)}
    if not told.get("title"):
        raise invalid("title", "It needs a title.", "required")
    new = {name: value for name, value in told.items() if value is not None}
    if new == edit.new:
        return list(found.edits)
    before = {"package": found.package_print, "edits": [package.shown(one) for one in found.edits]}
    with recorded(actor, change.project_id, "change.package_edited", change.key, before=before) as entry:
        row = db.session.get_one(ProposedEdit, edit_id)
        row.new, row.author = new, _authors(row, actor)
        change.updated_at = entry.at
        db.session.flush()
        _tell(entry, actor, change, _standing(found))
    look_again(actor, change)
    return list(dossier.load(change).edits)


def drop(actor: Actor, change: Change, edit_id: int, *, seen: str | None = None) -> list[Edit]:
    """Take one edit out of the package.

    Raises:
        NotFound: it is not in this change. Refused: as ``propose``.
    """
    found = _opened(actor, change, seen)
    gone = [one for one in found.edits if one.id == edit_id]
    if not gone:
        raise NotFound(f"edit {edit_id}")
    _write(actor, change, found, [], gone)
    return list(dossier.load(change).edits)


def keep(actor: Actor, change: Change, lines: Sequence[Line]) -> None:
    """Take lines that need no checking into the package of a change that the actor has just made."""
    _write(actor, change, dossier.load(change), lines)


# -- inside ------------------------------------------------------------------------------------------------------------


def _opened(actor: Actor, change: Change, seen: str | None) -> Dossier:
    found = dossier.load(change)
    may_write(actor, found)
    require_seen(found, seen)
    return found


def _last(change: Change) -> int:
    """The highest position in the package."""
    wanted = select(func.max(ProposedEdit.position)).where(ProposedEdit.change_id == change.id)
    return int(db.session.execute(wanted).scalar() or 0)


def _like(edits: Sequence[Edit], line: Line) -> Edit | None:
    """The edit that a line takes the place of."""
    if line.item is None:
        return next((one for one in edits if one.op == "new" and (one.kind, one.new) == (line.kind, line.new)), None)
    return next(
        (one for one in edits if (one.item, one.field) == (line.item.key, line.field) and one.op == line.op), None
    )


def _write(actor: Actor, change: Change, found: Dossier, lines: Sequence[Line], gone: Sequence[Edit] = ()) -> None:
    """Keep the lines and drop what is gone, with one event that tells the package before and after."""
    if not lines and not gone:
        return
    voided = _standing(found)
    before = {"package": found.package_print, "edits": [package.shown(one) for one in found.edits]}
    with recorded(actor, change.project_id, "change.package_edited", change.key, before=before) as entry:
        kept_not = [known for one in lines if not one.effect and (known := _like(found.edits, one)) is not None]
        if any(set(edit.author.split()) - {actor.login} for edit in (*gone, *kept_not)):
            change.editors = writers(change, actor)
        for edit in gone:
            db.session.delete(db.session.get_one(ProposedEdit, edit.id))
        for line in lines:
            _keep(actor, change, line, _like(found.edits, line))
        change.updated_at = entry.at
        db.session.flush()
        _tell(entry, actor, change, voided)
    if entry.after["package"] != entry.before["package"]:
        look_again(actor, change)


def _about(actor: Actor, change: Change, found: Dossier) -> None:
    """What gets another scope content by links that were told from their other end: the change is about that too."""
    wanted = found.implied - {one.item for one in found.edits}
    if not wanted:
        return
    about = (Link.source_id == change.id, Link.kind == "touches", Link.until.is_(None))
    there = set(db.session.scalars(select(Link.target_id).where(*about)))
    for item in codec.load(change.project_id, wanted).values():
        if item.id not in there:
            store.link(actor, "touches", change, item)


def _standing(found: Dossier) -> list[str]:
    """Whose votes are for the package as it is, and so would be void after an edit."""
    return sorted({one.decider for one in found.votes if one.package_print == found.package_print and not one.option})


def _tell(entry: Entry, actor: Actor, change: Change, voided: Sequence[str]) -> None:
    after = dossier.load(change)
    _check_refs(after.edits)
    _about(actor, change, after)
    entry.after = {"package": after.package_print, "edits": [package.shown(one) for one in after.edits]}
    if voided and after.package_print != entry.before["package"]:
        entry.after["voided"] = list(voided)


def _authors(row: ProposedEdit, actor: Actor) -> str:
    """Whose text it is when the actor has changed it: nobody ceases to be an author of what another mended."""
    return " ".join(dict.fromkeys([*row.author.split(), actor.login]))


def _keep(actor: Actor, change: Change, line: Line, known: Edit | None) -> None:
    if known is not None:
        row = db.session.get_one(ProposedEdit, known.id)
        if not line.effect:
            db.session.delete(row)
            return
        if (row.new, row.old, row.base_version) == (line.new, line.old, line.base_version):
            return
        if row.new != line.new:
            row.author = _authors(row, actor)
        row.new, row.old, row.base_version = line.new, line.old, line.base_version
        return
    db.session.add(
        ProposedEdit(
            project_id=change.project_id,
            change_id=change.id,
            position=line.position,
            op=line.op,
            item_id=line.item.id if line.item is not None else None,
            kind=line.kind,
            field=line.field,
            base_version=line.base_version,
            old=line.old,
            new=line.new,
            author=actor.login,
        )
    )


def _check_refs(edits: Sequence[Edit]) -> None:
    """Every ``NEW-n`` in the package stands for one of its new items."""
    made = {f"{package.NEW}{one.position}" for one in edits if one.op == "new"}
    for one in edits:
        named = [part for value in _values(one) if isinstance(value, list) for part in value]
        lost = [str(part) for part in named if str(part).startswith(package.NEW) and part not in made]
        if lost:
            raise invalid("edits", "%(keys)s is named by another edit: take it out there first.", keys=tuple(lost))


def _values(edit: Edit) -> list[Any]:
    if edit.op == "retire" and edit.new:
        return [edit.new.get("split_into"), *edit.new.get("links", ())]
    return list(edit.new.values()) if edit.op == "new" else [edit.new]
