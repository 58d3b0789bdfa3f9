"""What the shared pages show: plain dicts for templates, loaded in a constant number of queries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Select, bindparam, or_, select
from werkzeug.datastructures import MultiDict

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.audit.models import Event
from reqtrack.audit.queries import events_about
from reqtrack.db import db, plain, whole_number
from reqtrack.errors import NotFound, Reason, Stale, Verdict, unseen
from reqtrack.items import actions, brought, forms, moves, panels, present, queries, store
from reqtrack.items.happened import OWN_WORD, SILENT, words
from reqtrack.items.kinds import KINDS, LINKS, VALUES, Field, Kind, by_key
from reqtrack.items.models import Attachment, Comment, Item, Link, Version
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import linkify_keys, to_html
from reqtrack.rendering.redline import redline, replaced
from reqtrack.web.problems import sentence
from reqtrack.web.words import listed

# kind → endpoint (project, key) of its own page, for kinds that have one.
SPECIAL: dict[str, str] = {}
# What a new form takes along from its address that is no field (the excerpts that will back the item).
CARRIED = ("evidence", "tells_flow")
# (kind, field) that a panel of its own draws on the item's page.
DRAWN: set[tuple[str, str]] = set()
# kind → (actor, project id, values of the form) → options of fields that hang on what else the form says, by field.
OPTIONS: dict[str, Callable[[Actor, int, Mapping[str, Any]], dict[str, list[dict[str, Any]]]]] = {}
# Set by the changes area: (project key, item key) → where a change to that item is begun.
propose_change: Callable[[str, str], str] | None = None
# Set by the interviews area: (project key, item key) → where a question is put to somebody in particular.
ask_somebody: Callable[[str, str], str] | None = None
# kind → (field, template, query): what a new form offers after a field of it, beside its fields. The query gets (actor, project id,
# what the fields hold, what was sent or None); AFTER_CREATE reads what became of it.
NEW_PARTS: dict[
    str, tuple[str, str, Callable[[Actor, int, Mapping[str, Any], MultiDict[str, str] | None], Mapping[str, Any]]]
] = {}
# (kind, field) → template drawn below that field of the form: hints while one writes. In order of registration.
BELOW: dict[tuple[str, str], list[str]] = {}
# kind → called after a page made or saved an item, with what else its form sent.
AFTER_SAVE: dict[str, list[Callable[[Actor, Any, MultiDict[str, str]], None]]] = {}
# kind → called after a page made an item, with what else its form sent (evidence to attach).
AFTER_CREATE: dict[str, Callable[[Actor, Any, MultiDict[str, str]], None]] = {}
# kind → (actor, project id, kind, what came with the address) → what a new form begins with, and sentences about it.
PREFILL: dict[str, Callable[[Actor, int, str, Mapping[str, Any]], tuple[dict[str, str], list[str]]]] = {}


def prefill(actor: Actor, project: Project, kind: Kind, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What a new form begins with, and sentences about it: what came with the address, and what its area adds."""
    source = PREFILL.get(kind.name)
    filled, told = source(actor, project.id, kind.name, given) if source is not None else ({}, [])
    return {**filled, **given}, told


def arrived(kind: Kind, arguments: MultiDict[str, str]) -> dict[str, Any]:
    """What a new form's address fills in: fields of the kind (those that hold a list may be said several times), and what is
    carried."""
    several = {field.name for field in kind.fields if field.type == "stakeholders"}
    names = [name for name in (*kind.names, *CARRIED) if name in arguments]
    return {name: arguments.getlist(name) if name in several else arguments[name] for name in names}


def after_create(actor: Actor, item: Item, form: MultiDict[str, str]) -> None:
    """Let the kind's area take what the generic form does not know."""
    follow = AFTER_CREATE.get(item.kind)
    if follow is not None:
        follow(actor, item, form)
    after_save(actor, item, form)


def after_save(actor: Actor, item: Item, form: MultiDict[str, str]) -> None:
    """The same for what may be said at each save."""
    for follow in AFTER_SAVE.get(item.kind, ()):
        follow(actor, item, form)


def show_below(kind: str, field: str, template: str) -> None:
    """Draw a template below a field of a kind's form. The same again changes nothing."""
    templates = BELOW.setdefault((kind, field), [])
    if template not in templates:
        templates.append(template)


def seen_version(form: Mapping[str, str]) -> int:
    """The version that a form was made from.

    Raises:
        Invalid: the form does not say.
    """
    seen = whole_number(form.get("seen", ""))
    if seen is None:
        raise unseen()
    return seen


def change_href(actor: Actor, item: Any) -> str | None:
    """Where the actor begins a change to a locked item; None when they may not."""
    if item is None or propose_change is None or not actor.may("change.create", item.project_id):
        return None
    return propose_change(g.project.key, item.key)


def href_of(project: str, key: str) -> str:
    """The address of an item's page."""
    return url_for("items.show", project=project, key=key)


def rich(project: Project, text: str | None) -> Markup:
    """Markdown as safe HTML, keys in it as links."""
    return linkify_keys(to_html(text or ""), lambda key: href_of(project.key, key))


def keyed(text: str, project: Project | None) -> Markup:
    """A sentence of the program's own as safe HTML, the keys of items in it as links, where it is said in a project."""
    if not project:
        return escape(text)
    return linkify_keys(escape(text), lambda key: href_of(project.key, key) if by_key(key) else None)


# -- one item ----------------------------------------------------------------------------------------------------------


def show(actor: Actor, project: Project, item: Any) -> dict[str, Any]:
    """The page of an item: content, facts, links, panels, timeline."""
    kind = KINDS[item.kind]
    content = store.content_of(item)
    phases = {one["id"]: one["name"] for one in forms.phases(project.id)} if "phase" in kind.names else {}
    people = _named(kind, content, item.created_by)
    users = {one.id: one.login for one in people}
    shown = present.Shown.load(actor, project.id, kind, [content], phases, users)
    main, facts = _fields(project, kind, content, shown)
    write = store.may_write(actor, item, kind)
    locked = locked_fields(actor, kind, item)
    files = attachments(item)
    return {
        "locked": locked,
        "write_reasons": [sentence(reason) for reason in write.reasons],
        "change_href": change_href(actor, item) if locked else None,
        "person_names": {one.login: one.name for one in people},
        "item": item,
        "kind": kind,
        "main": main,
        "facts": facts,
        "links": _links(actor, item),
        "link_kinds": _link_choices(kind),
        "moves": moves.of(actor, item),
        "may_write": bool(write),
        "panels": panels.of(actor, item, "main"),
        "rail_panels": panels.of(actor, item, "rail"),
        "attachments": files,
        "openable": opens(actor, project.id, files),
        "removable": {one.id for one in files if actions.may_remove_attachment(actor, item, one)},
        "timeline": timeline(actor, project, item),
        "may_comment": actor.may("comment.write", project.id),
        "ask_href": ask_somebody(project.key, item.key) if ask_somebody is not None else None,
    }


def _named(kind: Kind, content: Mapping[str, Any], maker: str) -> list[Any]:
    """The people whom an item's facts name, and who made it, as ``(id, login, name)``."""
    ids = [content[field.name] for field in kind.fields if field.type == "user" and content.get(field.name)]
    return list(plain(_people(), {"ids": ids, "login": maker}).all())


# What the page of each item asks is put together once.
@cache
def _people() -> Select[int, str, str]:
    named = or_(User.id.in_(bindparam("ids", expanding=True)), User.login == bindparam("login"))
    return select(User.id, User.login, User.name).where(named)


_IN_RAIL = ("choice", "phase", "user", "decimal", "number", "date", "tags")


def _fields(
    project: Project, kind: Kind, content: Mapping[str, Any], shown: present.Shown
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    main: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    for field in kind.fields:
        if field.name == "title" or field.type == "links" or (kind.name, field.name) in DRAWN:
            continue
        value = shown.value(field.name, content.get(field.name))
        if field.type in _IN_RAIL:
            facts.append({"field": field, "value": label_of(field, value)})
        elif value:
            shown_as = rich(project, value) if field.type in ("markdown", "personal") else value
            main.append({"field": field, "value": shown_as, "text": value})
    return main, facts


def in_words(words: Mapping[Any, Any], value: Any) -> Any:
    """A value that was chosen from a list (or several) as the list calls it: ``words`` by value; others stay."""
    if isinstance(value, list):
        return [in_words(words, part) for part in value]
    return str(words[value]) if isinstance(value, str | int) and value in words else value


def label_of(field: Field, value: Any) -> Any:
    """What a fact shows: a choice by its word, a list by commas."""
    if value is None or value == []:
        return None
    if field.type == "choice":
        return field.choices.get(value, value)
    if field.type == "tags":
        return listed(value)
    if field.type == "date":
        return date.fromisoformat(value) if isinstance(value, str) else value
    return value


def _links(actor: Actor, item: Item) -> list[dict[str, Any]]:
    groups: dict[tuple[str, bool], dict[str, Any]] = {}
    hidden = 0
    for one in queries.neighbours(actor, item):
        if not one.seen:
            hidden += 1
            continue
        group = groups.setdefault((one.link, one.outgoing), {"word": one.word, "link": one.link, "items": []})
        group["items"].append(one)
    found = list(groups.values())
    if hidden:
        found.append({"word": None, "link": "", "items": [], "hidden": hidden})
    return found


def _link_choices(kind: Kind) -> list[tuple[str, str, Any]]:
    """The links that one can add here by hand: ``(kind, direction, word)``; those that are fields are edited as fields."""
    fielded = {field.link[0] for one in KINDS.values() for field in one.fields if field.type == "links"}
    chosen = []
    for link in LINKS.values():
        if link.name in fielded or link.name in ("touches", "about"):
            continue
        if link.source in ("*", kind.name):
            chosen.append((link.name, "out", link.label))
        if link.target in ("*", kind.name) and link.drives not in ("both",) and link.name != "duplicates":
            chosen.append((link.name, "in", link.inverse))
    return chosen


def attachments(item: Item) -> Sequence[Attachment]:
    """The files at an item."""
    return db.session.execute(_attachments(), {"item": item.id}).scalars().all()


@cache
def _attachments() -> Select[Attachment]:
    here = Attachment.item_id == bindparam("item")
    return select(Attachment).where(here, Attachment.removed_at.is_(None)).order_by(Attachment.id)


# Set by the interviews area: (actor, project id, files) → the ids of those that the actor may open.
opens: Callable[[Actor, int, Sequence[Attachment]], set[int]] = lambda actor, project_id, files: {  # noqa: E731
    one.id for one in files
}


def may_open(actor: Actor, found: Attachment) -> None:
    """Refuse to open a file in which somebody is heard whom the actor may not know.

    Raises:
        NotFound: it does not exist for them.
    """
    if found.id not in opens(actor, found.project_id, [found]):
        raise NotFound(str(found.id))


def attachment_of(item: Item, number: int) -> Attachment:
    """One file of an item.

    Raises:
        NotFound: it is another item's, or was removed.
    """
    found = db.session.get(Attachment, number)
    if found is None or found.item_id != item.id or found.removed_at is not None:
        raise NotFound(str(number))
    return found


def question_of(item: Item, number: str) -> Comment:
    """A question asked at an item."""
    found = db.session.get(Comment, whole_number(number) or 0)
    if found is None or found.item_id != item.id or found.kind != "question":
        raise NotFound(number)
    return found


def link_of(item: Item, link_id: int) -> tuple[Link, Item, Item]:
    """A live link of an item, with its source and target."""
    found = db.session.get(Link, link_id)
    if found is None or found.until is not None or item.id not in (found.source_id, found.target_id):
        raise NotFound(str(link_id))
    return found, db.session.get_one(Item, found.source_id), db.session.get_one(Item, found.target_id)


# -- timeline ----------------------------------------------------------------------------------------------------------


def timeline(actor: Actor, project: Project, item: Item) -> list[dict[str, Any]]:
    """Everything that happened to an item, newest first: events and comments as ``{at, who, what, …}``."""
    events = events_about(project.id, item.key)
    hidden = brought.hidden_events(actor, item, events)
    told = (_event(actor, project, item, event, event.seq in hidden) for event in events)
    entries = [entry for entry in told if entry is not None]
    for said, body in queries.comments(item):
        text = present.mask(actor, project.id, body)
        entries.append(
            {
                "at": said.at,
                "who": said.author_name,
                "what": said.kind,
                "said": words(said.kind),
                "body": rich(project, text),
                "id": said.id,
                "open": said.kind == "question" and said.answered_at is None,
                "asked": asked_of(actor, project.id, said),
            }
        )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def asked_of(actor: Actor, project_id: int, said: Comment) -> str:
    """Whom a question is for, as the actor may know them ("": nobody in particular)."""
    if said.asked_stakeholder_id is not None:
        return present.called(actor, project_id, said.asked_stakeholder_id)
    return said.asked_name


def _event(actor: Actor, project: Project, item: Item, event: Event, hidden: bool) -> dict[str, Any] | None:
    """``hidden``: a change brought it that the reader may not see."""
    if event.action in SILENT:
        return None
    after = json.loads(event.after) if event.after else {}
    before = json.loads(event.before) if event.before else {}
    verb = event.action.partition(".")[2]
    number = next((int(key.split(":")[1]) for table, key, _seal in _seals(event) if table == "versions"), None)
    what = verb if event.action.startswith(item.kind + ".") else event.action
    name = present.mask(actor, project.id, after.get("name") or "")
    changed = [KINDS[item.kind].field(name).label for name in after if name in KINDS[item.kind].names]
    return {
        "at": event.at,
        "who": present.doer(actor, project.id, event.actor, event.actor_name)
        if item.kind == "interview" and (after.get("stage") == "confirmed" or event.action in OWN_WORD)
        else event.actor_name,
        "what": what,
        "said": words(what, changed if what == "edited" else (), {**after, "name": name}),
        "reason": _("By a change.") if hidden else present.mask(actor, project.id, event.reason),
        "stage": after.get("stage") if isinstance(after, dict) else None,
        "from_stage": before.get("stage") if isinstance(before, dict) else None,
        "version": number,
        "href": url_for("items.history", project=project.key, key=item.key, number=number) if number else None,
    }


def _seals(event: Event) -> list[list[str]]:
    return json.loads(event.seals) if event.seals else []


def version(actor: Actor, project: Project, item: Any, number: int) -> dict[str, Any]:
    """One version against the one before it, field by field."""
    kind = KINDS[item.kind]
    new = queries.version_content(item.id, number)
    old = queries.version_content(item.id, number - 1) if number > 1 else {}
    shown = present.Shown.load(actor, project.id, kind, [old, new])
    options = forms.choices(actor, project.id, kind)
    rows = []
    for field in kind.fields:
        if old.get(field.name) != new.get(field.name):
            words = {one["value"]: one["label"] for one in options.get(field.name, ())}
            was, now = (
                forms.as_text(field, in_words(words, shown.value(field.name, content.get(field.name))))
                for content in (old, new)
            )
            draw = replaced if field.type in VALUES else redline
            rows.append({"label": field.label, "segments": draw(was, now)})
    found = next((one for one in queries.versions(item, 10_000) if one.number == number), None)
    return {"item": item, "kind": kind, "number": number, "rows": rows, "found": found, **_why(actor, found)}


def _why(actor: Actor, version: Version | None) -> dict[str, Any]:
    """By which ``change`` a version came and for what ``reason``, as far as the reader may see that."""
    if version is None:
        return {"change": "", "reason": ""}
    if brought.hidden_changes(actor, version.project_id, [version]):
        return {"change": _("a change"), "reason": ""}
    return {"change": version.change, "reason": present.mask(actor, version.project_id, version.reason)}


# -- forms -------------------------------------------------------------------------------------------------------------


def form(
    actor: Actor,
    project: Project,
    kind: Kind,
    item: Any,
    given: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
    sent: MultiDict[str, str] | None = None,
) -> dict[str, Any]:
    """The form of a new or existing item; ``given`` (raw values) wins over what is kept, so that nothing typed is lost.

    Args:
        sent: the form that did not fit, with what is no field.
    """
    content = store.content_of(item) if item is not None else {}
    kept = forms.shown(kind, project.id, content) if item is not None else {}
    shown = {**kept, **(given or {})}
    locked = locked_fields(actor, kind, item)
    veiled = store.may_rewrite(actor, item, kind, kind.names, content) if item is not None else Verdict()
    left_out = locked | {reason.field for reason in veiled.reasons}
    return {
        "kind": kind,
        "item": item,
        "values": shown,
        "options": options(actor, project.id, kind, shown),
        "sentences": {reason.field: sentence(reason) for reason in reasons if reason.field},
        "asks_why": not forms.has_own_reason(kind),
        "summary": [{"field": reason.field, "sentence": sentence(reason)} for reason in reasons],
        "locked": locked,
        "left_out": left_out,
        "veiled": [sentence(reason) for reason in veiled.reasons],
        "held": " ".join(name for name in kind.names if name not in left_out),
        "carried": {name: one for name in CARRIED if (one := (sent or given or {}).get(name))},
        "new_part": _new_part(actor, project, kind, shown, sent) if item is None else None,
        "change_href": change_href(actor, item) if locked else None,
        "seen": item.version if item is not None else None,
        "below": {name: BELOW[kind.name, name] for name in kind.names if (kind.name, name) in BELOW},
    }


def _new_part(
    actor: Actor, project: Project, kind: Kind, shown: Mapping[str, Any], sent: MultiDict[str, str] | None
) -> dict[str, Any] | None:
    if kind.name not in NEW_PARTS:
        return None
    after, template, query = NEW_PARTS[kind.name]
    return {"after": after, "template": template, "shown": query(actor, project.id, shown, sent)}


def options(actor: Actor, project_id: int, kind: Kind, values: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The options of a form's fields, by field: ``{value, label}``."""
    more = OPTIONS.get(kind.name)
    return {**forms.choices(actor, project_id, kind), **(more(actor, project_id, values) if more is not None else {})}


def carried(form: Mapping[str, str]) -> dict[str, str]:
    """What a form took along that is no field of its item."""
    return {name: form[name] for name in CARRIED if form.get(name)}


def locked_fields(actor: Actor, kind: Kind, item: Any) -> set[str]:
    """Fields that this actor may not change now on an item (a locked scope)."""
    # Asked once for all: which they are follows from what is part of the text or the scope.
    if item is None or kind.guard(actor, item, kind.names, {}, ""):
        return set()
    return {field.name for field in kind.fields if field.text or field.scope}


def conflict(
    actor: Actor, project: Project, kind: Kind, item: Any, given: Mapping[str, Any], stale: Stale
) -> dict[str, Any]:
    """409: both texts side by side, per field that differs; what else was typed travels along."""
    current = forms.shown(kind, project.id, store.content_of(item))
    fields = []
    for name in stale.mine:
        field = kind.field(name)
        fields.append(
            {
                "name": name,
                "label": field.label,
                "mine": forms.as_typed(field, given.get(name)),
                "theirs": forms.as_typed(field, current.get(name)),
            }
        )
    return {
        "item": item,
        "kind": kind,
        "fields": fields,
        "seen": item.version,
        "held": " ".join(stale.mine),
        "at": clock.iso(item.updated_at),
    }
