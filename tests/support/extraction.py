"""Collecting texts from Python: as Babel does, and those that reach a call by a name.

``message = "…"; raise Refused((Reason("code", message),))`` holds a text for people, which Babel overlooks: it takes literals only.
So does ``wrong("field", "…")`` where ``def wrong(field, message)`` of the same file gives its message to such a call.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Mapping
from typing import Any

from babel.messages.extract import extract_python

# call → which argument is the text (see KEYWORDS of catalogues.py, which tells Babel the same, counted from 1).
TEXTS = {
    "Reason": 1,
    "no": 1,
    "invalid": 1,
    "Unfit": 0,
    "warning": 1,
    "_": 0,
    "_l": 0,
    "N_": 0,
    "gettext": 0,
    "lazy_gettext": 0,
}
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def python(fileobj: io.BufferedIOBase, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """An extraction method of Babel: ``(line, function, texts, comments)``."""
    source = fileobj.read()
    yield from extract_python(io.BytesIO(source), keywords, comment_tags, options)
    for line, text in by_name(source.decode("utf-8")):
        yield line, "gettext", text, []


def by_name(source: str) -> Iterator[tuple[int, str]]:
    """``(line, text)`` of the calls that are given a name: what the name is set to in the function around, or in the file; and of
    calls of what hands a text on."""
    tree = ast.parse(source)
    yield from _within(tree, {}, tree)
    handing = dict(_handing(tree))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _called(call) in handing:
            at, name = handing[_called(call)]
            given = [*call.args[at : at + 1], *(word.value for word in call.keywords if word.arg == name)]
            yield from ((call.lineno, text) for one in given for text in _literals(one))


def _handing(tree: ast.AST) -> Iterator[tuple[str, tuple[int, str]]]:
    """The functions of a file that give one of their own arguments to a call that takes a text: ``(name, (which, its name))``."""
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            skipped = names[:1] in (["self"], ["cls"])
            names += [one.arg for one in function.args.kwonlyargs]
            for call in ast.walk(function):
                at = TEXTS.get(_called(call)) if isinstance(call, ast.Call) else None
                if at is not None and len(call.args) > at:
                    text = call.args[at]
                    if isinstance(text, ast.Name) and text.id in names:
                        yield function.name, (names.index(text.id) - skipped, text.id)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _within(node: ast.AST, outer: Mapping[str, list[str]], scope: ast.AST) -> Iterator[tuple[int, str]]:
    known = {**outer, **_assigned(scope)} if node is scope else outer
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            at = TEXTS.get(_called(child))
            if at is not None and len(child.args) > at and isinstance(child.args[at], ast.Name):
                yield from ((child.lineno, text) for text in known.get(child.args[at].id, ()))
        yield from _within(child, known, child if isinstance(child, SCOPES) else scope)


def _assigned(scope: ast.AST) -> dict[str, list[str]]:
    """Names set to texts in a scope, not in the functions inside it."""
    found: dict[str, list[str]] = {}
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).extend(_literals(node.value))
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)
    return found


def _literals(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
