"""What every template can rely on, the reader's language, and the security headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import Babel
from secure import ContentSecurityPolicy, ReferrerPolicy, Secure, XContentTypeOptions, XFrameOptions

from reqtrack import clock
from reqtrack.accounts import passkeys, provider
from reqtrack.accounts.queries import Ways, ways_of
from reqtrack.rendering.keys import whole
from reqtrack.web import places
from reqtrack.web.once import language
from reqtrack.web.problems import sentence
from reqtrack.web.words import comma, initials, listed, pair

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
    app.jinja_env.filters.update(day=day, moment=moment, number=number, listed=listed, whole=whole, initials=initials)
    app.jinja_env.globals.update(
        sentence=sentence,
        text_lang=text_lang,
        comma=comma,
        pair=pair,
        has_endpoint=app.view_functions.__contains__,
        proof_ways=proof_ways,
        passkeys_here=passkeys.site,
        provider_name=provider.name,
    )
    app.after_request(headers)


def proof_ways() -> Ways:
    """By what whoever is signed in can prove themselves anew; asked once, and only where a page asks for it."""
    actor = g.get("actor")
    if actor is None or not actor.login:
        return Ways()
    if "proof_ways" not in g:
        g.proof_ways = ways_of(actor.id)
    found: Ways = g.proof_ways
    return found


def choose_locale() -> str:
    """What was chosen on this device (cookie), else the account's language, else the browser's; any Chinese is zh_Hans_CN."""
    cookie = request.cookies.get("lang", "") if request else ""
    if cookie in LOCALES:
        return cookie
    actor = g.get("actor")
    if actor is not None and actor.locale in LOCALES:
        return str(actor.locale)
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
    locale = language()
    cookies = request.cookies
    theme = cookies.get("theme", "auto")
    density = cookies.get("density", "comfortable")
    project = g.get("project")
    reads = project is not None and signed_in is not None and signed_in.may("project.read", project.id)
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
        "palette_url": url_for("items.search", project=project.key) if reads else "",
        **_ways(signed_in, locale),
    }


def _ways(actor: Any, locale: str) -> dict[str, Any]:
    """Where the frame leads: the other language, one's account, out."""
    other = "en" if locale.startswith("zh") else "zh_Hans_CN"
    known = current_app.view_functions
    ways: dict[str, Any] = {"next_locale_label": "English" if other == "en" else "中文"}
    if "accounts.language" in known:
        ways["next_locale_href"] = url_for("accounts.language", to=other, next=places.here())
    if actor is not None:
        place = g.get("place", "")
        ways["help_href"] = url_for("site.help_page") + (f"#{place}" if place else "")
        ways["profile_href"] = url_for("accounts.me") if "accounts.me" in known else ""
        ways["sign_out_href"] = url_for("accounts.sign_out") if "accounts.sign_out" in known else ""
    return ways


def _projects() -> list[dict[str, str]]:
    return [
        {"key": project.key, "name": project.name, "href": url_for("radar.overview", project=project.key)}
        for project in sorted(g.get("projects", {}).values(), key=lambda one: one.name)
    ]


# Dates repeat in a list, and formatting one costs as much as the row around it.
@lru_cache(maxsize=4096)
def _formatted_day(value: date | datetime, locale: str, zone: str, this_year: int) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    patterns = {"zh": ("M月d日", "yyyy年M月d日"), "en": ("d MMM", "d MMM yyyy")}[
        "zh" if locale.startswith("zh") else "en"
    ]
    return str(dates.format_date(value, patterns[0 if value.year == this_year else 1], locale=locale))


def _zone() -> str:
    project = g.get("project")
    return project.zone if project is not None else "UTC"


def day(value: date | datetime | None) -> str:
    """A date in the reader's way of writing it; an instant by the project's calendar. The present year is left out."""
    if value is None:
        return ""
    return days()(value)


def days() -> Callable[[date | datetime], str]:
    """``day`` for this reader and project: for many at once."""
    return partial(_formatted_day, locale=language(), zone=_zone(), this_year=clock.now().year)


def moment(value: datetime | None) -> str:
    """Date and time of day in the project's zone."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(_zone()))
    return f"{day(value)} {local:%H:%M}"


def number(value: Decimal | float | int | None) -> str:
    """A number by the reader's locale, without needless zeros."""
    return "" if value is None else str(numbers.format_decimal(value, locale=language()))


def text_lang(text: str) -> str:
    """The language to mark a text with: Chinese when it holds Han characters."""
    return "zh-Hans" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"


_policy = (
    ContentSecurityPolicy()
    .default_src("'self'")
    .img_src("'self'", "blob:")
    .media_src("'self'")
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
    if request.endpoint != "static":
        # Also over what sending a file says of itself: a file is as private as the page that leads to it.
        response.headers["Cache-Control"] = "no-store, private" if g.get("actor") else "no-cache"
    return response
