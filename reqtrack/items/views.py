"""The pages that all kinds share: list, item, new, edit, moves, comments, links, attachments, history, search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, flash, g, redirect, request, send_file, url_for
from flask_babel import gettext as _

from reqtrack.accounts.queries import user_by_login
from reqtrack.db import a_number
from reqtrack.errors import Invalid, NotFound, Stale, invalid
from reqtrack.files import storage
from reqtrack.files.door import open_upload
from reqtrack.files.kinds import PICTURES, RECORDINGS
from reqtrack.items import (
    actions,
    forms,
    kinds,
    list_page,
    lists,
    moves,
    naming,
    pages,
    present,
    queries,
    store,
    successions,
    values,
)
from reqtrack.web.answers import answer, is_htmx, page
from reqtrack.web.area import Area

area = Area("items", __name__, url_prefix="/p/<project>")


def _kind_named(arguments: Mapping[str, Any]) -> kinds.Kind:
    plural, key = arguments.get("plural"), arguments.get("key", "")
    kind = kinds.by_plural(plural) if plural else kinds.by_key(key)
    if kind is None:
        raise NotFound(plural or key)
    return kind


def read_of_kind(arguments: Mapping[str, Any]) -> str:
    return _kind_named(arguments).read


def create_of_kind(arguments: Mapping[str, Any]) -> str:
    kind = _kind_named(arguments)
    return kind.draft if kind.draft and not g.actor.may(kind.create, g.project_id) else kind.create


def write_of_kind(arguments: Mapping[str, Any]) -> str:
    kind = _kind_named(arguments)
    return kind.draft if kind.draft and not g.actor.may(kind.write, g.project_id) else kind.write


def _item(key: str) -> Any:
    item = queries.item_for(g.actor, g.project_id, key)
    g.place = kinds.KINDS[item.kind].place
    return item


def _show_url(key: str) -> str:
    return url_for("items.show", project=g.project.key, key=key)


@area.page("/<plural>", read_of_kind)
def listing(project: str, plural: str) -> Response:
    kind = queries.kind_for(g.actor, g.project_id, plural)
    g.place = kind.place
    return page("items/list.html", **list_page.listing(g.actor, g.project, kind, request.args))


@area.page("/<plural>/new", create_of_kind)
def new(project: str, plural: str) -> Response:
    kind = queries.kind_for(g.actor, g.project_id, plural)
    g.place = kind.place
    given = pages.arrived(kind, request.args)
    given, told = pages.prefill(g.actor, g.project, kind, given)
    return page("items/form.html", told=told, **pages.form(g.actor, g.project, kind, None, given))


@area.act("/<plural>/new", create_of_kind, endpoint="create")
def create(project: str, plural: str) -> Response:
    kind = queries.kind_for(g.actor, g.project_id, plural)
    g.place = kind.place
    given = forms.raw(kind, request.form)
    try:
        parsed = values.parse(kind, g.project, given)
        item = store.create(g.actor, g.project, kind, parsed, reason=forms.why(kind, request.form))
        pages.after_create(g.actor, item, request.form)
    except Invalid as error:
        given |= pages.carried(request.form)
        form = pages.form(g.actor, g.project, kind, None, given, error.reasons, request.form)
        return page("items/form.html", 422, **form)
    return answer(_show_url(item.key))


@area.page("/i/<key>", read_of_kind)
def show(project: str, key: str) -> Response:
    item = _item(key)
    if item.retired and "itself" not in request.args:
        key_now = successions.at_last(g.actor, item)
        if key_now is not None:
            flash(_("%(old)s was merged into %(key)s. This is %(key)s.", old=item.key, key=key_now))
            return redirect(_show_url(key_now))  # type: ignore[return-value]
    special = pages.SPECIAL.get(item.kind)
    if special:
        return redirect(url_for(special, project=project, key=item.key))  # type: ignore[return-value]
    return page("items/show.html", **pages.show(g.actor, g.project, item))


@area.page("/i/<key>/edit", write_of_kind)
def edit(project: str, key: str) -> Response:
    item = _item(key)
    return page("items/form.html", **pages.form(g.actor, g.project, kinds.KINDS[item.kind], item))


@area.act("/i/<key>/edit", write_of_kind, endpoint="save")
def save(project: str, key: str) -> Response:
    item = _item(key)
    kind = kinds.KINDS[item.kind]
    given = forms.raw(kind, request.form)
    seen = pages.seen_version(request.form)
    try:
        parsed = values.parse(kind, g.project, given)
        store.edit(g.actor, item, parsed, seen=seen, reason=forms.why(kind, request.form))
        pages.after_save(g.actor, item, request.form)
    except Invalid as error:
        return page("items/form.html", 422, **pages.form(g.actor, g.project, kind, item, given, error.reasons))
    except Stale as stale:
        return page("items/conflict.html", 409, **pages.conflict(g.actor, g.project, kind, item, given, stale))
    return answer(_show_url(item.key))


@area.act("/i/<key>/moves/<name>", read_of_kind)
def move(project: str, key: str, name: str) -> Response:
    item = _item(key)
    maker = moves.MAKERS.get(item.kind)
    if maker is None:
        raise NotFound(name)
    maker(g.actor, item, name, {part: request.form.get(part, "") for part in ("reason", "until", "seen_stage", "seen")})
    return answer(_show_url(key))


@area.act("/i/<key>/retirement", write_of_kind)
def retire(project: str, key: str) -> Response:
    item = _item(key)
    back = request.form.get("back") == "1"
    store.edit(
        g.actor,
        item,
        {},
        seen=pages.seen_version(request.form),
        retired=not back,
        reason=request.form.get("reason", ""),
    )
    return answer(_show_url(key))


@area.page("/i/<key>/history/<int:number>", read_of_kind)
def history(project: str, key: str, number: int) -> Response:
    return page("items/version.html", **pages.version(g.actor, g.project, _item(key), number))


@area.act("/i/<key>/comments", "comment.write")
def comment(project: str, key: str) -> Response:
    item = _item(key)
    body = request.form.get("body", "")
    if request.form.get("question") == "1":
        asked = request.form.get("asked", "").strip()
        actions.ask(g.actor, item, body, user_by_login(asked) if asked else None)
    elif request.form.get("answers"):
        actions.answer(g.actor, item, pages.question_of(item, request.form["answers"]), body)
    else:
        actions.comment(g.actor, item, body)
    return answer(_show_url(key) + "#timeline")


@area.act("/i/<key>/links", write_of_kind)
def link(project: str, key: str) -> Response:
    item = _item(key)
    other_key = request.form.get("other", "").strip().upper()
    others = queries.items_by_key(g.actor, g.project_id, [other_key])
    if other_key not in others:
        raise invalid("other", "There is no %(key)s in this project.", key=other_key)
    ends = (item, successions.now(others[other_key]))
    source, target = ends if request.form.get("direction", "out") == "out" else ends[::-1]
    store.link(g.actor, request.form.get("kind", ""), source, target)
    return answer(_show_url(key))


@area.act("/i/<key>/links/<int:link_id>/end", write_of_kind)
def end_link(project: str, key: str, link_id: int) -> Response:
    item = _item(key)
    found, source, target = pages.link_of(item, link_id)
    store.unlink(g.actor, found, source, target)
    return answer(_show_url(key))


@area.act("/i/<key>/links/<int:link_id>/look", write_of_kind)
def look(project: str, key: str, link_id: int) -> Response:
    item = _item(key)
    found, source, _target = pages.link_of(item, link_id)
    store.look(g.actor, found, source)
    return answer(_show_url(key))


def _received() -> Any:
    """Check and keep an upload before the transaction begins."""
    # A phone has fields of its own for what is taken or recorded now.
    sent = (request.files.get(name) for name in ("file", "photo", "recording"))
    file = next((one for one in sent if one is not None and one.filename), None)
    if file is None:
        raise invalid("file", "Choose a file first.", "required")
    upload = open_upload(file.read(), file.filename)
    digest = storage.Storage(current_app.config["SETTINGS"].data / "files").put(upload.data)
    return upload, digest


@area.act("/i/<key>/attachments", "comment.write", prepare=_received)
def attach(project: str, key: str) -> Response:
    item = _item(key)
    upload, digest = g.prepared
    actions.attach(g.actor, item, digest, upload.name, upload.kind, upload.size)
    return answer(_show_url(key))


@area.act("/i/<key>/attachments/<int:number>/removal", "comment.write")
def remove_attachment(project: str, key: str, number: int) -> Response:
    item = _item(key)
    actions.remove_attachment(g.actor, item, pages.attachment_of(item, number))
    return answer(_show_url(key))


@area.page("/i/<key>/attachments/<int:number>", read_of_kind)
def attachment(project: str, key: str, number: int) -> Response:
    found = pages.attachment_of(_item(key), number)
    pages.may_open(g.actor, found)
    file = storage.Storage(current_app.config["SETTINGS"].data / "files").open(found.digest)
    # Never shown inside the site: a file is a stranger's, its type is only what it claims to be.
    return send_file(
        file,
        "application/octet-stream",
        as_attachment=True,
        download_name=present.mask(g.actor, g.project_id, found.name),
    )


@area.page("/i/<key>/attachments/<int:number>/shown", read_of_kind)
def media(project: str, key: str, number: int) -> Response:
    """A picture or a recording for the page that it stands on; recordings can be listened to from any place."""
    found = pages.attachment_of(_item(key), number)
    pages.may_open(g.actor, found)
    kind = {**PICTURES, **RECORDINGS}.get(found.media_type)
    if kind is None:
        raise NotFound(str(number))
    file = storage.Storage(current_app.config["SETTINGS"].data / "files").open(found.digest)
    response = send_file(file, kind)
    response.content_length = found.size
    response.make_conditional(request, accept_ranges=True, complete_length=found.size)
    return response


@area.page("/search", "project.read")
def search(project: str) -> Response:
    query = request.args.get("q", "")
    if "pick" in request.args:
        # While one names an item in a form: of these kinds.
        offered = naming.offered(g.actor, g.project_id, query, request.args["pick"].split()) if query.strip() else []
        return page("items/offered.html", hits=offered, icons={one.name: one.icon for one in kinds.KINDS.values()})
    before = request.args.get("before", type=a_number)
    found = lists.find(g.actor, g.project_id, query, before=before, limit=20) if query.strip() else []
    template = "items/hits.html" if is_htmx() or request.args.get("fragment") else "items/search.html"
    icons = {kind.name: kind.icon for kind in kinds.KINDS.values()}
    last = found[-1].id if len(found) == 20 else None
    return page(template, query=query, hits=found, icons=icons, last=last)
