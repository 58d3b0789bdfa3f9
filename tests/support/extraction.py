"""Collecting texts from Python: as Babel does, and those that reach a call by a name.

``message = "…"; raise Refused((Reason("code", message),))`` holds a text for people, which Babel overlooks: it takes literals only.
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
    """``(line, text)`` of the calls that are given a name: what the name is set to in the function around, or in the file."""
    tree = ast.parse(source)
    yield from _within(tree, {}, tree)


def _within(node: ast.AST, outer: Mapping[str, list[str]], scope: ast.AST) -> Iterator[tuple[int, str]]:
    known = {**outer, **_assigned(scope)} if node is scope else outer
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            called = child.func.attr if isinstance(child.func, ast.Attribute) else getattr(child.func, "id", "")
            at = TEXTS.get(called)
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
