"""reqtrack: requirements and change management for roll-outs of business systems."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module, util
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from reqtrack import config
from reqtrack.db import db, prepare
from reqtrack.web.addresses import Number
from reqtrack.web.once import House, LateRule, Templates

# Areas in the order of the house; each may have models, views and an init(app).
AREAS = (
    "accounts", "jobs", "items", "interviews", "scenarios", "requirements", "acceptance", "baselines", "signoff", "changes", "branches",
    "reviews", "feedback", "gates", "trace", "radar", "exchange", "documents", "api", "demo",
)  # fmt: skip


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Assemble the application.

    Args:
        overrides: fields of ``config.Settings`` that win over the environment.

    Raises:
        SystemExit: a setting does not make sense. RuntimeError: a route without a permission.
    """
    settings = config.load(overrides)
    app = House(
        "reqtrack",
        docs_path=None,
        spec_path=None,
        json_errors=False,
        static_folder=None,
        root_path=str(Path(__file__).parent),
    )
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = Number
    app.jinja_environment = Templates  # type: ignore[assignment]
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        SESSION_COOKIE_NAME="reqtrack",
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,
        # A sign-in ends after thirty days, however often it is used: no need to send its cookie again with each page.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.template_folder = str(folder("templates"))
    _assemble(app)
    return app


def folder(name: str) -> Path:
    """``templates``, ``static`` or ``exports``: beside this file in a wheel, one level up in a checkout."""
    here = Path(__file__).parent
    return here / name if (here / name).is_dir() else here.parent / name


def _engine_options(settings: config.Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False, "timeout": 30}, "pool_size": 16, "max_overflow": 32}
    return {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}


def _assemble(app: Flask) -> None:
    from reqtrack.accounts import sessions
    from reqtrack.audit.record import guard
    from reqtrack.items import link_kinds  # noqa: F401 - registers the kinds of link
    from reqtrack.web import area, context, problems, sending, transaction

    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    guard_once(guard)
    for name in AREAS:
        for part in ("models", "views"):
            module = f"reqtrack.{name}.{part}"
            if util.find_spec(f"reqtrack.{name}") and util.find_spec(module):
                import_module(module)
    if app.config["SETTINGS"].trusted_proxies:
        hops = app.config["SETTINGS"].trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    sending.init(app, folder("static"))
    transaction.init(app)
    sessions.init(app)
    context.init(app)
    problems.init(app)
    for name in AREAS:
        if util.find_spec(f"reqtrack.{name}"):
            initialise = getattr(import_module(f"reqtrack.{name}"), "init", None)
            if initialise is not None:
                initialise(app)
    area.check(app)


_guarded = False


def guard_once(guard: Any) -> None:
    """The session factory is one for all apps of a process; its guards are hooked once."""
    global _guarded
    if not _guarded:
        guard(db.session.session_factory if hasattr(db.session, "session_factory") else db.session)
        _guarded = True
