"""What a process makes once for all its apps: the builders of addresses, and the code of templates; quick templates.

Werkzeug writes, parses and compiles two functions for each rule when it is bound, half a millisecond each, though a process
builds the addresses of few of some 250 routes; here they are made when an address is first built. Jinja keeps the code of
templates for each environment, so each app would compile them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any

from apiflask import APIFlask
from flask import Flask, current_app, g
from flask.globals import _cv_app, _cv_request
from flask.templating import Environment
from flask_babel import LazyString, get_locale, get_translations, gettext
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from markupsafe import Markup
from werkzeug.routing import Rule

from reqtrack.rendering.quick import Quick, escaped
from reqtrack.web import sending

Builder = Callable[..., tuple[str, str]]
MOST_ADDRESSES = 20_000
# By what a builder is compiled from; it takes the rule that it works for as its first argument, so rules alike may share it.
_builders: dict[tuple[Any, ...], Builder] = {}
# By the name of a template and the digest of its source.
_templates: dict[tuple[str, str], CodeType | None] = {}


class LateRule(Rule):
    """As ``Rule``; only when builders are made differs."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        def first(rule: LateRule, /, **values: Any) -> tuple[str, str]:
            builder: Builder = rule._builder(append_unknown).__get__(rule, None)
            if append_unknown:
                rule._build_unknown = builder
            else:
                rule._build = builder
            return builder(**values)

        return first

    def _builder(self, append_unknown: bool) -> Builder:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        made_of = (self.rule, tuple(self._trace), append_unknown)
        if made_of not in _builders:
            _builders[made_of] = super()._compile_builder(append_unknown)
        return _builders[made_of]


class TemplateCode(BytecodeCache):
    """Compiled templates, in memory, for environments that are set up alike."""

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = _templates.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        _templates[bucket.key, bucket.checksum] = bucket.code


class Templates(Quick, Environment):
    """The environment of our templates: what they say is looked up in the language of the request."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, bytecode_cache=TemplateCode(), **options)
        self._said: dict[str, dict[str, Markup]] = {}
        self.words = self._words
        self.translate = lambda text: str(get_translations().ugettext(text))
        self.surroundings = _around

    def _words(self) -> dict[str, Markup]:
        said = self._said.get(language())
        return self._said.setdefault(language(), {}) if said is None else said

    def out(self, value: Any) -> str:
        """A label that was declared as a lazy text is looked up as the words of templates are."""
        kind = type(value)
        if kind is str:
            return escaped(value)
        if kind is LazyString and value._func is gettext and not value._kwargs:
            return self.label(value._args[0])
        return super().out(value)


# Of what an address is made plainly; and what makes a whole one, which hangs on the request.
_PLAIN = frozenset({str, int, type(None)})
_WHOLE = ("_anchor", "_external", "_method", "_scheme")


class House(APIFlask):
    """The app. It remembers the addresses that it built: a page leads to many places, and pages lead to the same ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        build = super().url_for

        @lru_cache(MOST_ADDRESSES, typed=True)
        def built(mounted: str, endpoint: str, **values: Any) -> str:
            return build(endpoint, **values)

        self._built = built

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's; files of the frame bear the digest of what they hold."""
        whole = {name: values.pop(name) for name in _WHOLE if name in values}
        if endpoint == "static" and list(values) == ["filename"]:
            values = {"filename": sending.address(values["filename"])}
        mounted = _mounted()
        plain = mounted is not None and endpoint[0] != "." and _PLAIN.issuperset(map(type, values.values()))
        if not plain or any(value is not None for value in whole.values()):
            return str(super().url_for(endpoint, **whole, **values))
        return self._built(mounted, endpoint, **values)


def said(label: Any) -> Any:
    """A label that was declared as a lazy text, in the reader's language, as templates say it."""
    environment: Templates = current_app.jinja_env  # type: ignore[assignment]
    return environment.label(label._args[0]) if type(label) is LazyString and not label._kwargs else label


def language() -> str:
    """The name of the reader's locale, as ``str(get_locale())``; quick, for what is asked on each line of a page."""
    # Kept beside the locale where Flask-Babel keeps it, which is also where it is changed for a while (``force_locale``).
    context = _cv_app.get(None)
    held = getattr(context.g, "_flask_babel", None) if context is not None else None
    locale = getattr(held, "babel_locale", None)
    if locale is None or getattr(held, "named", None) is not locale:
        locale = get_locale()
        if locale is None:
            return "en"
        held = g._flask_babel
        held.named, held.name = locale, str(locale)
    return str(held.name)  # type: ignore[union-attr]


def _around() -> tuple[str, ...] | None:
    """The reader's language and the path below which the app is served; None outside of a request."""
    mounted = _mounted()
    return None if mounted is None else (language(), mounted)


def _mounted() -> str | None:
    """The path below which the app is served; None outside of a request."""
    asked = _cv_request.get(None)
    return None if asked is None or asked.url_adapter is None else asked.url_adapter.script_name
