"""Apps for tests: made on a database, watched while they answer, closed so that nothing stays open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from reqtrack import create_app
from reqtrack.db import db
from tests.support import reader


def make(url: str, data: Path, **settings: Any) -> Flask:
    """An app on a database; ``settings`` are fields of ``reqtrack.config.Settings``. What it answers on SQLite is collected."""
    data.mkdir(parents=True, exist_ok=True)
    app = create_app(
        {
            "database_url": url,
            "data": data,
            "testing": True,
            "cheap_passwords": True,
            "secret_key": "for tests",
            **settings,
        }
    )
    if url.startswith("sqlite"):  # the other database gives the same pages, and to read them strictly takes long
        reader.collect(app)
    return app


def close(app: Flask) -> None:
    """Give back every connection."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
