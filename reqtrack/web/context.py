"""What every template can rely on, the reader's language, and the security headers."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request, url_for
from flask_babel import Babel, get_locale
from secure import ContentSecurityPolicy, ReferrerPolicy, Secure, XContentTypeOptions, XFrameOptions

from reqtrack.web import places

LOCALES = ("en", "zh_Hans_CN")
HTML_LANG = {"en": "en", "zh_Hans_CN": "zh-Hans"}
THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")
VERSION = "0.1.0"

babel = Babel()


def init(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, default_locale="en", locale_selector=choose_locale, default_timezone="UTC")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.context_processor(common)
    app.after_request(headers)


def choose_locale() -> str:
    """The account's language, else the cookie's, else the browser's; any Chinese is zh_Hans_CN."""
    actor = g.get("actor")
    if actor is not None and actor.locale in LOCALES:
        return str(actor.locale)
    cookie = request.cookies.get("lang", "") if request else ""
    if cookie in LOCALES:
        return cookie
    for tag, _quality in request.accept_languages if request else ():
        base = tag.lower().replace("_", "-").partition("-")[0]
        if base == "zh":
            return "zh_Hans_CN"
        if base == "en":
            return "en"
    return "en"


def common() -> dict[str, Any]:
    """Names that layouts use; the costly ones are functions, called only where a template needs them."""
    actor = g.get("actor")
    signed_in = actor if actor is not None and actor.login else None
    locale = str(get_locale() or "en")
    cookies = request.cookies
    theme = cookies.get("theme", "auto")
    density = cookies.get("density", "comfortable")
    project = g.get("project")
    nav = places.entries(signed_in, g.get("place", "")) if signed_in else []
    return {
        "actor": signed_in,
        "locale": locale,
        "html_lang": HTML_LANG.get(locale, "en"),
        "theme": theme if theme in THEMES else "auto",
        "density": density if density in DENSITIES else "comfortable",
        "project": project,
        "projects": _projects,
        "nav": nav,
        "tabs": places.tabs(signed_in, nav) if signed_in else [],
        "create_menu": places.creates(signed_in) if signed_in else [],
        "version": VERSION,
        "here": places.here(),
        "other_locale": "en" if locale.startswith("zh") else "zh_Hans_CN",
    }


def _projects() -> list[dict[str, str]]:
    return [
        {"key": project.key, "name": project.name, "href": url_for("radar.overview", project=project.key)}
        for project in sorted(g.get("projects", {}).values(), key=lambda one: one.name)
    ]


_policy = (
    ContentSecurityPolicy()
    .default_src("'self'")
    .img_src("'self'", "blob:")
    .object_src("'none'")
    .base_uri("'none'")
    .form_action("'self'")
    .frame_ancestors("'none'")
)
# No HSTS and no upgrade: many installations are plain http on an intranet; a proxy that ends TLS adds them.
secure = Secure(
    csp=_policy,
    xfo=XFrameOptions().deny(),
    xcto=XContentTypeOptions().nosniff(),
    referrer=ReferrerPolicy().same_origin(),
)


def headers(response: Response) -> Response:
    for name, value in secure.headers.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store, private" if g.get("actor") else "no-cache"
    return response
