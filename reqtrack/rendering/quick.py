"""What makes templates quick: Jinja's compiler, calls and output, less what our templates do not need.

A page says a hundred constant words, writes a thousand values and calls hundreds of macros; in plain Jinja that is most of
its time. Here ``_('…')`` is one look-up in the reader's language, a plain string is escaped without being wrapped,
and a macro is called without asking what it wants to be given. What comes out is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

import markupsafe
from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup

# The escaping itself, without the Markup around it.
escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
# Macros that draw the same whenever they are given the same plain values, in one language; an app keeps what they drew.
PURE = frozenset(
    {
        "displays", "flag", "floats", "icon", "list_line", "menu_line", "palette_dialog", "place_child", "place_line", "sheets",
        "stage", "status", "tier",
    }
)  # fmt: skip
PLAIN = frozenset({str, int, bool, type(None), Markup})
MOST_KEPT = 8_192


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


class QuickTemplate(Template):
    """Imported, it is the module that it always is: none of ours is given globals of its own, so no import looks for them."""

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        return super()._get_default_module()


class Quick(Environment):
    """An environment for escaped templates. Set ``words`` and ``translate`` before rendering, ``place`` where addresses differ."""

    code_generator_class = Code
    context_class = QuickContext
    template_class = QuickTemplate

    # The look-up of the reader's language: text → what is said, filled by ``word``.
    words: Callable[[], dict[str, Markup]]
    # A text in the reader's language.
    translate: Callable[[str], str]
    # What pure macros depend on beside what they are given: the language, where the app is mounted; None: keep nothing.
    surroundings: Callable[[], tuple[str, ...] | None] = staticmethod(lambda: None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # ``typed``: a text and the same text as markup, 1 and True, are equal and drawn differently.
        self._kept = lru_cache(MOST_KEPT, typed=True)(_draw)

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
        """What a pure macro draws. Kept where it was given plain values alone."""
        around = self.surroundings()
        if around is None or not PLAIN.issuperset(map(type, args)) or not PLAIN.issuperset(map(type, kwargs.values())):
            return macro(eval_ctx, *args, **kwargs)
        return self._kept(macro.name, around, _Drawing(eval_ctx, macro), *args, **kwargs)


class _Drawing:
    """What draws. To what keeps, all are alike: which macro it is, its name says."""

    __slots__ = ("eval_ctx", "macro")

    def __init__(self, eval_ctx: Any, macro: Macro) -> None:
        self.eval_ctx, self.macro = eval_ctx, macro

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawing)


def _draw(_name: str, _around: tuple[str, ...], _drawing: _Drawing, *args: Any, **kwargs: Any) -> Any:
    return _drawing.macro(_drawing.eval_ctx, *args, **kwargs)
