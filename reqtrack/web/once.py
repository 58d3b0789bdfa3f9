"""What a process makes once for all its apps: the builders of addresses, and the code of templates.

Werkzeug writes, parses and compiles two functions for each rule when it is bound, half a millisecond each, though a process
builds the addresses of few of some 250 routes; here they are made when an address is first built. Jinja keeps the code of
templates for each environment, so each app would compile them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
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
