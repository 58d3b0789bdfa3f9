"""The templates through a bare Jinja environment: no Flask, no database, no translations."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from reqtrack.web.words import initials
from tests.frontend.catalogue import ROOT


class Somebody:
    login, name = "anna", "Anna Keller"


class Somewhere:
    key, name = "CRM", "CRM 推广"


def frame() -> dict[str, Any]:
    """What the server's context gives the layouts."""
    places = [
        ("my_work", "My work", "inbox", 6),
        ("scope", "Scope", "list-details", None),
        ("change", "Change", "git-pull-request", 2),
    ]
    nav = [
        {"name": name, "label": label, "icon": icon, "href": f"/{name}", "current": name == "scope", "count": count}
        for name, label, icon, count in places
    ]
    nav[1]["children"] = [{"label": "Requirements", "href": "/requirements", "current": True, "count": 68}]
    return {
        "actor": Somebody, "project": Somewhere, "projects": lambda: [{"key": "CRM", "name": "CRM 推广", "href": "/crm"}],
        "nav": nav, "tabs": nav, "create_menu": [{"label": "Change", "icon": "git-pull-request", "href": "/new"}],
        "html_lang": "en", "theme": "light", "density": "comfortable", "help_href": "/help", "next_locale_href": "/zh",
        "next_locale_label": "中文", "sign_out_href": "/out", "profile_href": "/me", "palette_url": "/palette", "version": "0.1.0",
        "person_menu": [{"label": "Tokens", "icon": "key", "href": "/tokens"}],
    }  # fmt: skip


def bare() -> Environment:
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        text_lang=lambda text: "en",
        url_for=lambda endpoint, **values: f"/{endpoint}/{values.get('filename', '')}",
        csrf_token=lambda: "form-token",
        get_flashed_messages=lambda **_: [("message", "Saved"), ("error", "Not saved")],
    )
    env.filters["initials"] = initials
    env.filters["day"] = str
    env.filters["keyed"] = lambda text, _project: text
    env.filters["listed"] = ", ".join
    return env


@pytest.fixture(scope="session")
def env() -> Environment:
    return bare()


@pytest.fixture(scope="session")
def gallery(env: Environment) -> str:
    """The gallery page, rendered whole."""
    from reqtrack.web.gallery_data import SAMPLES

    return env.get_template("gallery/index.html").render(samples=SAMPLES, **frame())
