"""The OpenAPI document: what each route takes and answers, told from how it is declared (``area.ApiRoute``, its verb, its body)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from reqtrack.api.area import MOST, ApiRoute
from reqtrack.api.schemas import shape_of
from reqtrack.items.kinds import KINDS, Field, Kind
from reqtrack.items.steps import FIGURES, PLANNED, TEXTS
from reqtrack.permissions import USER_PERMISSIONS
from reqtrack.web.area import ROUTES

STATUS = {"get": 200, "post": 201, "patch": 200, "delete": 204}
PROBLEMS = {
    400: "The body is no JSON.",
    401: "No token, or one that is unknown, ended or out of date.",
    403: "Your roles or the token's scope do not include this, or a password is wanted; with every reason.",
    404: "There is no such thing, or you may not see it.",
    409: "A rule says no now: locked scope, already decided, a base that moved; with every reason.",
    412: "It was changed since the version in If-Match; with both texts.",
    413: "This is too large.",
    422: "Something in the body or behind the question mark does not fit; every place is named.",
    428: "Send If-Match with the version that you read.",
    429: "Too many wrong passwords: the account rests for a while.",
    503: "Too many are writing at once; try again.",
}
ARGUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "q": ("Words, and filters by name such as tier:must stage:approved", {"type": "string"}),
    "sort": ("number, title or updated; descending with - in front", {"type": "string", "default": "number"}),
    "item": ("Of this item only, by its key", {"type": "string"}),
    "kind": ("Of this kind only", {"type": "string"}),
    "stage": ("In these stages, parted by commas", {"type": "string"}),
    "tier": ("must, should, later, parted by commas; none for those without", {"type": "string"}),
    "phase": ("In these phases by name, parted by commas; none for those without", {"type": "string"}),
    "owner": ("Of these people by login, parted by commas; none for those without", {"type": "string"}),
    "severity": ("Of these severities, parted by commas: blocking, normal, cosmetic", {"type": "string"}),
    "assignee": ("To be mended by these people by login, parted by commas; none for those without", {"type": "string"}),
    "due_before": ("Due before this day", {"type": "string", "format": "date"}),
    "retired": ("yes: retired ones only; all: them, too", {"type": "string", "enum": ["yes", "no", "all"]}),
    "imported": ("yes: those that came from a file and nobody looked at", {"type": "string", "enum": ["yes", "no"]}),
    "state": ("open, or answered", {"type": "string", "enum": ["open", "answered"]}),
    "rule": ("Of this rule of the text checker only", {"type": "string"}),
    "stakeholder": ("Whose word it is, by their number, where that does not go without saying", {"type": "integer"}),
    "process": ("About this process only, by its key", {"type": "string"}),
    "from": (
        "The earlier point of the scope: a baseline by its key, a day, or now; else the newest baseline",
        {"type": "string"},
    ),
    "to": ("The later one", {"type": "string", "default": "now"}),
    "rows": ("What stands in the rows", {"type": "string", "default": "requirements"}),
    "columns": ("What stands in the columns", {"type": "string", "default": "acceptance"}),
    "depth": ("How many links away", {"type": "integer", "minimum": 1, "maximum": 20, "default": 6}),
}
PAGING: tuple[dict[str, Any], ...] = (
    {"name": "limit", "in": "query", "description": "How many at most",
     "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}},
    {"name": "after", "in": "query", "description": "Go on from here: the next of the page before", "schema": {"type": "string"}},
)  # fmt: skip
IF_MATCH: dict[str, Any] = {
    "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}, "example": '"3"',
    "description": 'The version that you read, in quotes; "*" for whatever stands now',
}  # fmt: skip
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200},
    "description": "Any text of your own: the same request sent again with it within 24 hours is done once and gets the same answer",
}  # fmt: skip
HEADERS = {
    "ETag": {"description": "The version, in quotes", "schema": {"type": "string"}},
    "Location": {"description": "Where what was made is read", "schema": {"type": "string"}},
    "Idempotency-Replayed": {"description": "true when this answer was given before", "schema": {"type": "string"}},
}
REASON = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {
        "code": {"type": "string", "description": "For programs"},
        "detail": {"type": "string", "description": "A sentence, in the language of Accept-Language or of the account"},
        "field": {"type": "string", "description": "Where in the body, if anywhere"},
    },
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "reasons"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reasons": {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
        "seen": {"type": "integer", "description": "412: the version that you named"},
        "version": {"type": "integer", "description": "412: the version that stands"},
        "mine": {"type": "object", "description": "412: what you sent, by field"},
        "current": {"type": "object", "description": "412: what stands, by field"},
    },
}
TEXT = {"type": ["string", "null"]}
# What a value of a kind's field looks like in an answer.
VALUES: dict[str, dict[str, Any]] = {
    "decimal": {"type": ["number", "null"]},
    "number": {"type": ["integer", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "examples": {
        "type": ["object", "null"],
        "properties": {
            "header": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        },
    },
    **{name: {"type": "array", "items": {"type": "integer"}} for name in ("stakeholders", "numbers")},
    "steps": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "name"],
            "properties": {
                **{name: {"type": "integer"} for name in ("id", *FIGURES, *PLANNED)},
                **{name: {"type": "string"} for name in ("by", *TEXTS)},
            },
        },
    },
    **{name: {"type": "array", "items": {"type": "string"}} for name in ("lines", "tags", "links")},
}
THING = {
    "type": "object",
    "required": ["version"],
    "properties": {
        "key": {"type": "string", "description": "Its key; what has none has an id"},
        "id": {"type": "integer"},
        "version": {"type": "integer"},
    },
}
INSTANT = {"type": "string", "format": "date-time"}
EVENT = {
    "type": "object",
    "required": ["seq", "at", "actor", "action", "subject", "hash", "previous"],
    "properties": {
        "seq": {"type": "integer"}, "at": INSTANT, "actor": TEXT, "actor_name": TEXT, "on_behalf": TEXT,
        "action": {"type": "string", "description": "thing.done"}, "subject": {"type": "string", "description": "To what"},
        "before": {"description": "What was"}, "after": {"description": "What is now"}, "reason": TEXT,
        "seals": {"type": "array", "description": "Table, row and seal of the rows that it made"},
        "hash": {"type": "string"}, "previous": {"type": "string", "description": "The hash of the event before"},
    },
}  # fmt: skip


def complete(app: Flask, spec: dict[str, Any]) -> dict[str, Any]:
    """The document that APIFlask made of addresses and bodies, with all else."""
    components = spec.setdefault("components", {})
    components["schemas"] = {
        **components.get("schemas", {}), "Reason": REASON, "Problem": PROBLEM, "Thing": THING, "Event": EVENT,
        "Part": {"type": "object"}, **{shape_of(kind): _shape(kind) for kind in KINDS.values()},
    }  # fmt: skip
    components["headers"] = HEADERS
    components["responses"] = {f"Problem{status}": _problem(told) for status, told in PROBLEMS.items()}
    for rule in app.url_map.iter_rules():
        route = ROUTES.get(rule.endpoint)
        path = rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
        for verb in STATUS:
            if isinstance(route, ApiRoute) and verb.upper() in (rule.methods or ()):
                told = spec["paths"][path][verb]
                _describe(told, rule.endpoint.partition(".")[2], verb, route, path)
                if "requestBody" in told:
                    told["requestBody"]["required"] = _needs_body(components, told["requestBody"])
    spec["security"] = [{"token": []}]
    return spec


def _describe(told: dict[str, Any], name: str, verb: str, route: ApiRoute, path: str) -> None:
    told["operationId"] = name
    told["parameters"] = [*told.get("parameters", ()), *_parameters(verb, route)]
    told["responses"] = {
        # What is only asked makes nothing.
        str(200 if verb == "post" and not route.writes else STATUS[verb]): _success(verb, route),
        **{
            str(status): {"$ref": f"#/components/responses/Problem{status}"}
            for status in sorted(_problems(verb, route, path, "requestBody" in told))
        },
    }


def _needs_body(components: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Where nothing must be said, nothing need be sent (``area.ApiRequest``)."""
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return bool(components["schemas"][name].get("required"))


def _parameters(verb: str, route: ApiRoute) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = [
        {"name": name, "in": "query", "description": ARGUMENTS[name][0], "schema": ARGUMENTS[name][1]}
        for name in route.arguments
    ]
    if route.answers == "list":
        given += PAGING
    if verb == "patch":
        given.append(IF_MATCH)
    if route.writes:
        given.append(IDEMPOTENCY_KEY)
    return given


def _problems(verb: str, route: ApiRoute, path: str, has_body: bool) -> set[int]:
    """The statuses of problems that a route may answer with."""
    found = {401}
    if route.permission not in USER_PERMISSIONS or route.writes:
        found.add(403)
    if "{" in path:
        found.add(404)
    if route.answers != "thing" or "{key}" in path:
        found.add(422)
    if route.writes:
        found |= {400, 409, 422, 503}
    if has_body:
        found |= {400, 422}
    if verb == "patch":
        found |= {412, 428}
    if has_body:
        found.add(413)
    if route.proof:
        found.add(429)
    return found


def _success(verb: str, route: ApiRoute) -> dict[str, Any]:
    headers = ["Idempotency-Replayed"] if route.writes else []
    if verb == "delete":
        return {"description": "It is done.", "headers": _headers(headers)}
    if route.answers == "thing":
        headers.append("ETag")
    if route.makes:
        headers.append("Location")
    shape = _answer(route)
    told = {
        "description": "What was made." if verb == "post" and route.writes else "It.",
        "content": {"application/json": {"schema": shape}},
    }
    return {**told, "headers": _headers(headers)} if headers else told


def _headers(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _answer(route: ApiRoute) -> dict[str, Any]:
    thing = {"$ref": f"#/components/schemas/{route.shape}"}
    if route.answers != "list":
        return thing
    following = {"type": ["string", "null"], "description": "Send it as after; null at the end"}
    found = {"items": {"type": "array", "items": thing}, "next": following}
    return {"type": "object", "required": ["items", "next"], "properties": found}


def _problem(told: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": told, "content": content}


def _shape(kind: Kind) -> dict[str, Any]:
    """An item of a kind as its resource answers it."""
    fields = {field.name: {**_value(field), "title": str(field.name)} for field in kind.fields}
    common: Mapping[str, Any] = {
        "key": {"type": "string"}, "version": {"type": "integer"}, "stage": {"type": "string"}, "retired": {"type": "boolean"},
        "created_at": INSTANT, "created_by": {"type": "string"}, "updated_at": INSTANT,
    }  # fmt: skip
    led_on: Mapping[str, Any] = {
        "merged_into": {"type": "string", "description": "The key of the item that goes on for this one"},
        "split_into": {**VALUES["lines"], "description": "The keys of the two that go on for this one"},
    }
    return {"type": "object", "required": [*common, *fields], "properties": {**common, **fields, **led_on}}


def _value(field: Field) -> dict[str, Any]:
    if field.type == "choice":
        return {"enum": [*field.choices, None]}
    return VALUES.get(field.type, TEXT)
