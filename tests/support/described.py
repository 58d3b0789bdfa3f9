"""Answers of the API held against its description: is there such an operation, with such a status, type, headers and shape?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": (int, float),
}  # fmt: skip
# Headers that are told for each answer that has them, and only for those.
TOLD = ("ETag", "Location", "Idempotency-Replayed")


class Description:
    """The OpenAPI document of an app."""

    def __init__(self, app: Flask) -> None:
        self.spec: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json  # type: ignore[assignment]
        self._map = app.url_map.bind("localhost")

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation of a request; None where there is none at this address."""
        try:
            rule, _ = self._map.match(path.partition("?")[0], method=method, return_rule=True)
        except HTTPException:
            return None
        told = rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
        return self.spec["paths"][told][method.lower()]  # type: ignore[no-any-return]

    def names(self) -> set[str]:
        """The names of all operations."""
        return {told["operationId"] for verbs in self.spec["paths"].values() for told in verbs.values()}

    def complaints(self, method: str, path: str, answer: TestResponse) -> list[str]:
        """In what an answer differs from what is told of it."""
        operation = self.operation(method, path)
        if operation is None:
            return [] if answer.status_code in (404, 405) else [f"{method} {path} is not told"]
        name = f"{method} {path} → {answer.status_code}"
        told = operation["responses"].get(str(answer.status_code))
        if told is None:
            return [f"{name} is not told: {answer.text[:200]}"]
        told = self._at(told)
        found = []
        for one in TOLD:
            given, wanted = one in answer.headers, one in told.get("headers", {})
            # That an answer was given before is said only of one that was.
            if given != wanted and (given or one != "Idempotency-Replayed"):
                found.append(f"{name}: {one} is {'' if wanted else 'not '}told and {'' if given else 'not '}given")
        content = told.get("content", {})
        if not content:
            return found + ([f"{name} has a body"] if answer.data else [])
        if answer.mimetype not in content:
            return [*found, f"{name} is {answer.mimetype}, told is {', '.join(content)}"]
        return found + [f"{name}: {one}" for one in self._unlike(answer.json, content[answer.mimetype]["schema"], "it")]

    def _at(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            found: Any = self.spec
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def _unlike(self, value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
        schema = self._at(schema)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(
            isinstance(value, TYPES[one]) and (one == "boolean" or value is not True) for one in kinds
        ):
            yield f"{place} is {value!r}, no {' or '.join(kinds)}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{place} is {value!r}, none of {schema['enum']}"
        if isinstance(value, dict):
            yield from (f"{place} has no {name}" for name in schema.get("required", ()) if name not in value)
            for name, inner in schema.get("properties", {}).items():
                if name in value:
                    yield from self._unlike(value[name], inner, f"{place}.{name}")
        if isinstance(value, list) and "items" in schema:
            for at, one in enumerate(value):
                yield from self._unlike(one, schema["items"], f"{place}[{at}]")
