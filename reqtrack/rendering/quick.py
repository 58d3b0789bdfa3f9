"""What makes templates quick: Jinja's compiler, calls and output, less what our templates do not need.

A page says a hundred constant words, writes a thousand values and calls hundreds of macros; in plain Jinja that is most of
its time. Here ``_('…')`` is one look-up in the reader's language, a plain string is escaped without being wrapped,
and a macro is called without asking what it wants to be given. What comes out is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

import markupsafe
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup

# The escaping itself, without the Markup around it.
escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
# Macros that draw the same whenever they are given the same texts; an app keeps what they drew.
PURE = frozenset({"icon"})
MOST_KEPT = 2_000


class Code(CodeGenerator):
    """Compiles words and outputs of escaped templates into calls of ``Quick``."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        plain = not forward_caller and frame.eval_ctx.autoescape and not frame.eval_ctx.volatile
        if not plain or not _is_word(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("environment.word(")
        self.visit(node.args[0], frame)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.out(")


def _is_word(node: nodes.Call) -> bool:
    """Whether it is ``_(text)``, without parameters."""
    called = isinstance(node.node, nodes.Name) and node.node.name in ("_", "gettext")
    return called and len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)


# Functions and methods, which want a context only where they are marked so.
_PLAIN = frozenset({FunctionType, BuiltinMethodType, MethodType})


class QuickContext(Context):
    """Calls macros, functions and methods directly."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        kind = type(__obj)
        if kind is not Macro and (kind not in _PLAIN or hasattr(__obj, "jinja_pass_arg")):
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        if kind is not Macro:
            return __obj(*args, **kwargs)
        if __obj.name in PURE:
            return __self.environment.drawn(__self.eval_ctx, __obj, args, kwargs)  # type: ignore[attr-defined]
        return __obj(__self.eval_ctx, *args, **kwargs)


class Quick(Environment):
    """An environment for escaped templates. Set ``words`` and ``translate`` before rendering, ``place`` where addresses differ."""

    code_generator_class = Code
    context_class = QuickContext

    # The look-up of the reader's language: text → what is said, filled by ``word``.
    words: Callable[[], dict[str, Markup]]
    # A text in the reader's language.
    translate: Callable[[str], str]
    # What pure macros depend on beside what they are given: where the app is mounted; None: nowhere, keep nothing.
    place: Callable[[], str | None] = staticmethod(lambda: None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drawn: dict[Any, Any] = {}

    def word(self, text: str) -> Markup:
        """A text of a template, in the reader's language; catalogues are ours, so it is markup, as in Jinja."""
        known = self.words()
        found = known.get(text)
        if found is None:
            found = known[text] = Markup(self.translate(text)) % {}
        return found

    def label(self, text: str) -> Markup:
        """A text declared elsewhere, in the reader's language: as ``word``, but ``%`` means nothing in it."""
        known = self.words()
        found = known.get("\0" + text)
        if found is None:
            found = known["\0" + text] = Markup(self.translate(text))
        return found

    def out(self, value: Any) -> str:
        """What a template writes for a value, escaped unless it is markup."""
        kind = type(value)
        if kind is str:
            return escaped(value)
        if kind is Markup:
            return value  # type: ignore[no-any-return]
        if hasattr(value, "__html__"):
            return value.__html__()  # type: ignore[no-any-return]
        return escaped(str(value))

    def drawn(self, eval_ctx: Any, macro: Macro, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a pure macro draws. Kept where it was given plain strings alone."""
        place = self.place()
        if place is None or any(type(one) is not str for one in (*args, *kwargs.values())):
            return macro(eval_ctx, *args, **kwargs)
        asked = (macro.name, place, args, tuple(kwargs.items()))
        found = self._drawn.get(asked)
        if found is None:
            found = macro(eval_ctx, *args, **kwargs)
            if len(self._drawn) < MOST_KEPT:
                self._drawn[asked] = found
        return found
