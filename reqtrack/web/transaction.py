"""The one transaction of a request and the one way in.

Outermost, before any SQL, the matched endpoint fixes the transaction's mode. Then: who asks (read in a short read transaction of
its own when the route writes), may they, is the form token right, is it proved again; then the view; then one commit when
the answer is below 400, else a rollback; then the after-commit tasks; after the response, the access log.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import ClosingIterator

from reqtrack.accounts import policy, proofs, sessions
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import project_for
from reqtrack.audit.record import access, request_id
from reqtrack.db import Mode, commit, db, in_mode, is_text, mode, rollback
from reqtrack.errors import ARCHIVED, NotFound, Reason, Refused, invalid, no
from reqtrack.permissions import ANYBODY, ARCHIVE_WRITES, SYSTEM, Actor
from reqtrack.web.area import GUESTS, Route, route_of

csrf = CSRFProtect()
NO_TEXT = "This holds a character that is not text (NUL or half of a pair)."
NOBODY = Actor(id=0, login="", name="", kind="user")


class ModeStep:
    """The outermost WSGI step: fixes the mode from the matched endpoint, appends the access log after the response."""

    def __init__(self, app: Flask) -> None:
        self.app, self.inner = app, app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        token = request_id.set(secrets.token_hex(8))
        try:
            with in_mode(self._mode(environ)):
                body = self.inner(environ, start_response)
        finally:
            request_id.reset(token)
        return ClosingIterator(body, lambda: self._log(environ))

    def _mode(self, environ: dict[str, Any]) -> Mode:
        try:
            rule, arguments = self.app.url_map.bind_to_environ(environ).match()
        except HTTPException:
            return Mode(writing=False)
        route = route_of(rule)
        return Mode(bool(route and route.writes), str(arguments.get("project", "")).upper())

    def _log(self, environ: dict[str, Any]) -> None:
        entries = environ.get("reqtrack.access") or []
        if entries:
            with self.app.app_context():
                for entry in entries:
                    access(**entry)


def init(app: Flask) -> None:
    """Hook the transaction into an app."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked below, once it is known whether a cookie or a token asks
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    app.wsgi_app = ModeStep(app)  # type: ignore[method-assign]
    app.before_request(enter)
    app.after_request(leave)


def note_access(action: str, subject: str, **detail: Any) -> None:
    """Remember something for the access log; it is written after the response, whatever becomes of the transaction."""
    actor: Actor = g.get("actor", NOBODY)
    project: Project | None = g.get("project")
    request.environ.setdefault("reqtrack.access", []).append(
        {
            "actor": actor.login,
            "action": action,
            "subject": subject,
            "project_id": g.get("project_id", 0) if project is None else g.project_id,
            "address": request.remote_addr or "",
            "detail": detail or None,
        }
    )


def enter() -> Any:
    """The one way in, before each view."""
    route = route_of(request.endpoint)
    if route is None:
        return None  # no such page: Flask answers 404 or 405
    g.actor, g.projects, g.project_id, g.project = NOBODY, {}, 0, None
    if request.endpoint == "static":
        return None
    _check_texts()
    if route.writes:
        _receive()
        with in_mode(Mode(writing=False)):
            _identify(route)
            answer = _admit(route)
            db.session.expunge_all()
            rollback()
        if answer is not None:
            return answer
        if route.proof:
            _prove()
        if route.prepare is not None:
            g.prepared = route.prepare()
        if g.project_id:
            g.project = db.session.get(Project, g.project_id)
        return None
    if request.method == "POST":
        _receive()
    _identify(route)
    return _admit(route)


def _check_texts() -> None:
    """NUL and halves of pairs are refused at the door: no text of ours holds them, and no database takes them.

    Raises:
        NotFound: in the address. Invalid: behind the question mark.
    """
    if not all(is_text(str(part)) for part in (request.view_args or {}).values()):
        raise NotFound("such address")
    _check_fields(request.args)


def _check_fields(sent: MultiDict[str, str]) -> None:
    for name, value in sent.items(multi=True):
        if not (is_text(value) and is_text(name)):
            raise invalid(name if is_text(name) else None, NO_TEXT)


def _check_json(sent: Any) -> None:
    """The same for a body; its parts wait in a list, for it may be nested deep."""
    waiting: list[tuple[str | None, Any]] = [(None, sent)]
    while waiting:
        field, part = waiting.pop()
        if isinstance(part, str) and not is_text(part):
            raise invalid(field, NO_TEXT)
        if isinstance(part, dict):
            if not all(is_text(name) for name in part):
                raise invalid(field, NO_TEXT)
            waiting += [(field or name, one) for name, one in part.items()]
        if isinstance(part, list):
            waiting += [(field, one) for one in part]


def _receive() -> None:
    """Read the whole body before any lock is taken."""
    if request.mimetype == "application/json" or not request.mimetype:
        request.get_data(cache=True)
        try:
            sent = request.get_json(silent=True)  # kept for the view, which says what does not fit
        except RecursionError:
            raise invalid(None, "This is nested too deep to be read.") from None
        _check_json(sent)
    else:
        _ = request.files
        _check_fields(request.form)


def _identify(route: Route) -> None:
    header = request.headers.get("Authorization", "")
    found = None
    if header.startswith("Bearer "):
        found = sessions.actor_of_token(header.removeprefix("Bearer ").strip())
        if found is None:
            raise Refused((Reason("bad_token", "This token is unknown, ended or out of date."),), 401)
    else:
        found = sessions.actor_of_cookie()
        if request.method not in ("GET", "HEAD", "OPTIONS") and (found is not None or not route.api):
            csrf.protect()
    if found is not None:
        g.actor, g.projects = found


def _admit(route: Route) -> Any:
    """Project and permission. Who is not signed in is sent to sign in (pages) or told so (API)."""
    arguments = request.view_args or {}
    actor: Actor = g.actor
    if route.permission == ANYBODY:
        return None
    if not actor.login:
        if route.api:
            raise Refused((Reason("sign_in", "Send a token: Authorization: Bearer …"),), 401)
        if request.method == "GET" and not request.headers.get("HX-Request"):
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
        raise Refused(
            (Reason("sign_in", "You are signed out. Sign in again; what you typed is kept on this page."),), 401
        )
    if "project" in arguments:
        project = g.projects.get(arguments["project"].upper()) or _as_guest(arguments)
        if project is None:
            raise NotFound(arguments["project"])
        g.project, g.project_id = project, project.id
    permission = route.permission if isinstance(route.permission, str) else route.permission(arguments)
    verdict = policy.within_scope(actor, permission, route.writes)
    if g.actor is actor and not actor.holds(permission, g.project_id or None):
        verdict += no("no_permission", "Your roles do not include this. Ask the project manager if you need it.")
    verdict.require()
    if route.writes and g.project_id in actor.archived and permission not in ARCHIVE_WRITES:
        raise Refused((ARCHIVED,), 409)
    return None


def _as_guest(arguments: dict[str, Any]) -> Project | None:
    """The project, for somebody who is no member but may enter this one page of it; it is noted in the access log."""
    admits = GUESTS.get(request.endpoint or "")
    if admits is None:
        return None
    project = project_for(SYSTEM, arguments["project"])
    entering = admits(g.actor, project, arguments) if project.archived_at is None else None
    if entering is None:
        return None
    g.actor, g.project_id = entering, project.id
    note_access("entered", request.path, roles=sorted(entering.roles_in(project.id)))
    return project


def _prove() -> None:
    """Re-authentication: a password (or a code in its place) sent along is checked before the transaction; it proves for this request."""
    data: Any = request.get_json(silent=True) if request.is_json else request.form
    password = data.get("password") if hasattr(data, "get") else None
    if password:
        by = proofs.check(g.actor.login, str(password))
        g.actor = replace(g.actor, reauthenticated=True, proved_by=by)


def leave(response: Response) -> Response:
    """Commit once when the answer is below 400, else roll back; the after-commit tasks follow the commit."""
    current = mode()
    if current is not None and current.writing and response.status_code < 400:
        commit()
    else:
        rollback()
    response.headers.setdefault("Vary", "HX-Request, Cookie")
    _note_refusal(response)
    return response


def _note_refusal(response: Response) -> None:
    """Whatever was refused to somebody for who they are is remembered, at the door or by an action; that a page asks for the
    password once more is no refusal."""
    actor: Actor = g.get("actor") or NOBODY
    if response.status_code == 403 and actor.login and not g.get("password_asked"):
        note_access("refused", request.path, method=request.method, reasons=g.get("refused_for", []))
