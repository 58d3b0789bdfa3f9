"""The API's blueprint and what all its resources share: conditions, pages, answers, keys of repeated requests."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Request, Response, current_app, g, jsonify, request, url_for
from sqlalchemy import select

from reqtrack import clock
from reqtrack.api.models import IdempotencyKey
from reqtrack.db import db, whole_number
from reqtrack.errors import Reason, Refused, Stale, invalid, no
from reqtrack.web.area import Area, Permission, Route, route_of

PREFIX = "/api/v1"
PROJECT = "/projects/<project>"
MOST = 200
REMEMBER_HOURS = 24
Declarer = Callable[[Callable[..., Any]], Any]


class ApiRequest(Request):
    """A request without a body says as much as one with an empty object: most verbs need nothing said."""

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        return super().on_json_loading_failed(e) if e is None or self.get_data() else {}


@dataclass(frozen=True)
class ApiRoute(Route):
    """What more is known of a route of the API; its description is made from it.

    ``answers``: a ``thing`` with its version, a ``list`` of things, or ``facts`` that are put together when asked for.
    ``shape``: which of the description's shapes a thing has. ``arguments``: what it reads behind the question mark.
    ``makes``: the endpoint that reads what a POST has made. ``private``: nothing computed from its body is kept.
    """

    answers: str = "thing"
    shape: str = "Thing"
    arguments: tuple[str, ...] = ()
    makes: str = ""
    private: bool = False


class ApiArea(Area, APIBlueprint):
    """An Area whose routes answer JSON, take tokens, and are described by OpenAPI."""

    def listing(self, rule: str, permission: Permission, *arguments: str, **options: Any) -> Declarer:
        """A route that answers a page of a list, by ``limit`` and ``after``."""
        return self.page(rule, permission, answers="list", arguments=arguments, **options)

    def facts(self, rule: str, permission: Permission, *arguments: str, **options: Any) -> Declarer:
        """A route that answers what is put together when it is asked for, and so has no version."""
        return self.page(rule, permission, answers="facts", arguments=arguments, **{"shape": "Part", **options})

    def _declare(self, rule: str, route: Route, methods: tuple[str, ...], options: dict[str, Any]) -> Declarer:
        own = ("answers", "shape", "arguments", "makes", "private")
        told = {name: options.pop(name) for name in own if name in options}
        known = ApiRoute(route.permission, route.writes, route.proof, route.prepare, True, **told)
        return super()._declare(rule, known, methods, options)


area = ApiArea("api", __name__, url_prefix=PREFIX)


def seen_version(version: int) -> int:
    """The version named by ``If-Match``, which must be the present one.

    Raises:
        Refused: 428 when absent. Stale: 412 when it is not the present one.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise Refused((Reason("if_match", 'Send If-Match: "<version>" with the version you read.'),), 428)
    named = header.removeprefix("W/").strip('"')
    if named == "*":
        return version
    number = whole_number(named)
    if number is None:
        raise invalid(None, 'If-Match is a version number in quotes, such as "3".')
    return number


def stale_is_412(error: Stale) -> Stale:
    """The API answers a stale ``If-Match`` with 412."""
    error.status = 412
    return error


def check_version(key: str, version: int) -> None:
    """For keyed records: ``If-Match`` must name the present version."""
    seen = seen_version(version)
    if seen != version:
        raise stale_is_412(Stale(key, seen, version, {}, {}))


def limit() -> int:
    """``?limit=``, between 1 and 200."""
    number = whole_number(request.args.get("limit", "50"))
    if number is None or not 1 <= number <= MOST:
        raise invalid("limit", "limit is a number from 1 to 200.")
    return number


def after_number() -> int:
    """``?after=`` as a number, for lists in number order (0 is the start)."""
    number = whole_number(request.args.get("after", "0"))
    if number is None:
        raise invalid("after", "This place in the list is not known any more; begin at its start.")
    return number


def before_number() -> int | None:
    """``?after=`` as a number, for lists that begin with the newest (None is the start)."""
    return after_number() or None


def listed(items: Sequence[Mapping[str, Any]], next_cursor: Any = None) -> Response:
    """A page of a list: ``{"items", "next"}``."""
    return jsonify({"items": list(items), "next": None if next_cursor is None else str(next_cursor)})


def paged(rows: Sequence[Any], shown: Callable[[Any], Mapping[str, Any]], cursor: Callable[[Any], Any]) -> Response:
    """A page of rows of which one more than the limit was asked for."""
    size = limit()
    return listed([shown(row) for row in rows[:size]], cursor(rows[size - 1]) if len(rows) > size else None)


def short(shown: Sequence[Mapping[str, Any]], name: str) -> Response:
    """A page of a list that is read whole, being short by its nature; ``name`` is the field that tells its rows apart."""
    size, after = limit(), request.args.get("after", "")
    names = [str(one[name]) for one in shown]
    if after and after not in names:
        raise invalid("after", "This place in the list is not known any more; begin at its start.")
    start = names.index(after) + 1 if after else 0
    page = shown[start : start + size]
    return listed(page, page[-1][name] if start + size < len(shown) else None)


def created(body: Mapping[str, Any], *, once: str = "") -> Response:
    """201 with the object, and where it is read; ``once`` is its field that holds a secret, which is told this once and kept
    nowhere."""
    response = answered(body, once=once)
    response.status_code = 201
    route = route_of(request.endpoint)
    if isinstance(route, ApiRoute) and route.makes:
        response.headers["Location"] = _read_at(f"{area.name}.{route.makes}", body)
    return response


def _read_at(endpoint: str, body: Mapping[str, Any]) -> str:
    """Where a thing is read: in the project that was asked, by its key or id."""
    rule = next(current_app.url_map.iter_rules(endpoint))
    *above, last = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
    named = {name: (request.view_args or {})[name] for name in above}
    return url_for(endpoint, **named, **{last: body.get("key") or body["id"]})


def answered(body: Mapping[str, Any], *, once: str = "") -> Response:
    """200 with the object; its version is the entity tag. ``once`` as for ``created``."""
    g.told_once = once
    response = jsonify(body)
    if body.get("version") is not None:
        response.headers["ETag"] = f'"{body["version"]}"'
    return response


# -- repeated requests -------------------------------------------------------------------------------------------------


def _digest() -> str:
    """What tells this request from another, to nobody but this installation: a body may hold a password, which a plain digest
    would let anybody try out."""
    said = f"{request.method} {request.path}\n".encode()
    route = route_of(request.endpoint)
    # Not even the installation could tell then what was masked; another body under the same key is answered as the first was.
    if not (isinstance(route, ApiRoute) and route.private):
        said += request.get_data()
    return hmac.new(current_app.config["SECRET_KEY"].encode(), said, hashlib.sha256).hexdigest()


def replayed() -> Response | None:
    """The answer that this ``Idempotency-Key`` got before, within 24 hours; None when it is new.

    Raises:
        Refused: 422 when the key came with another request.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in ("POST", "PATCH", "PUT", "DELETE"):
        return None
    row = db.session.get(IdempotencyKey, (g.actor.id, key[:200]))
    if row is None or row.at < clock.now() - timedelta(hours=REMEMBER_HOURS):
        return None
    if row.request != _digest():
        no("key_reused", "This Idempotency-Key was used for another request.").require(422)
    response = Response(row.body, row.status, mimetype="application/json")
    for name, value in json.loads(row.headers).items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def remember(response: Response) -> Response:
    """Keep a successful answer with its key, in the transaction of the write itself: both happen or neither.

    A secret in it is left out; what was kept before for longer than is promised is forgotten.
    """
    key = request.headers.get("Idempotency-Key", "")
    route = route_of(request.endpoint)
    if (
        key
        and response.status_code < 400
        and (route is not None and route.writes)
        and "Idempotency-Replayed" not in response.headers
    ):
        row = db.session.execute(
            select(IdempotencyKey).where(IdempotencyKey.user_id == g.actor.id, IdempotencyKey.key == key[:200])
        ).scalar() or IdempotencyKey(user_id=g.actor.id, key=key[:200])
        row.request, row.status, row.at = _digest(), response.status_code, clock.now()
        row.headers = json.dumps(
            {name: response.headers[name] for name in ("ETag", "Location") if name in response.headers}
        )
        row.body = response.get_data(as_text=True)
        if g.get("told_once"):
            row.body = current_app.json.dumps({**response.get_json(), g.told_once: None})
        db.session.add(row)
        old = IdempotencyKey.at < clock.now() - timedelta(hours=REMEMBER_HOURS)
        # More are forgotten than are added, and never so many that others wait for it.
        wanted = select(IdempotencyKey).where(IdempotencyKey.user_id == g.actor.id, old).limit(50)
        for row in db.session.execute(wanted).scalars():
            db.session.delete(row)
    return response


area.before_request(replayed)
area.after_request(remember)
