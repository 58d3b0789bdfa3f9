"""Area: a blueprint on which a route without a permission cannot be declared.

``create_app`` walks the whole URL map and fails when an endpoint is neither an Area route nor named in ``FOREIGN``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask

from reqtrack.permissions import ANYBODY, PERMISSIONS

# Endpoints that are not ours, with the permission they stand under.
FOREIGN = {"static": ANYBODY}

# A permission is a name, or a function from the route's arguments to a name (for routes that serve many kinds).
Permission = str | Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Route:
    """What the one way in knows of a route.

    ``writes``: its transaction's mode. ``proof``: needs re-authentication within ten minutes or a ``password`` sent along.
    ``prepare``: called with nothing before the transaction begins (parsing an upload, hashing), its answer is ``g.prepared``.
    """

    permission: Permission
    writes: bool
    proof: bool = False
    prepare: Callable[[], Any] | None = None
    api: bool = False


class Area(Blueprint):
    """One area of the application. ``page`` declares a GET route, ``act`` a writing one (POST unless told), ``ask`` a POST
    that reads."""

    def page(self, rule: str, permission: Permission, **options: Any) -> Callable[[Callable[..., Any]], Any]:
        """A route that only reads."""
        return self._declare(rule, Route(permission, writes=False), ("GET",), options)

    def ask(self, rule: str, permission: Permission, **options: Any) -> Callable[[Callable[..., Any]], Any]:
        """A POST that only reads: what is asked about is too long, or too private, for an address."""
        return self._declare(rule, Route(permission, writes=False), ("POST",), options)

    def act(
        self,
        rule: str,
        permission: Permission,
        *,
        methods: tuple[str, ...] = ("POST",),
        proof: bool = False,
        prepare: Callable[[], Any] | None = None,
        **options: Any,
    ) -> Callable[[Callable[..., Any]], Any]:
        """A route that writes: its transaction takes the project's lock."""
        return self._declare(rule, Route(permission, True, proof, prepare), methods, options)

    def _declare(
        self, rule: str, route: Route, methods: tuple[str, ...], options: dict[str, Any]
    ) -> Callable[[Callable[..., Any]], Any]:
        if isinstance(route.permission, str) and route.permission not in PERMISSIONS:
            raise ValueError(f"{rule}: {route.permission!r} is not a permission")

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            endpoint = options.pop("endpoint", view.__name__)
            ROUTES[f"{self.name}.{endpoint}"] = route
            self.add_url_rule(rule, endpoint, view, methods=list(methods), **options)
            return view

        return declare

    def route(self, rule: str, **options: Any) -> Any:
        raise TypeError(f"{rule}: declare it with page(), ask() or act(), which name a permission")


ROUTES: dict[str, Route] = {}

# endpoint → who may enter it without being a member of the project: asked with (actor, project, the route's arguments), answers
# the actor as they enter, or None. The route's permission is not asked of them; that they entered is noted in the access log.
Guests = Callable[[Any, Any, Mapping[str, Any]], Any]
GUESTS: dict[str, Guests] = {}


def route_of(endpoint: str | None) -> Route | None:
    """The route of an endpoint; foreign ones read under their named permission."""
    if endpoint in FOREIGN:
        return Route(FOREIGN[endpoint], writes=False)
    return ROUTES.get(endpoint or "")


def check(app: Flask) -> None:
    """Fail when any endpoint of the URL map has no permission.

    Raises:
        RuntimeError: naming the endpoints.
    """
    bare = sorted({rule.endpoint for rule in app.url_map.iter_rules() if route_of(rule.endpoint) is None})
    if bare:
        raise RuntimeError(f"endpoints without a permission: {', '.join(bare)}")


def listing(app: Flask) -> list[dict[str, str]]:
    """Each route and verb with its permission, as ``reqtrack routes --json`` prints them."""
    rows = []
    for rule in app.url_map.iter_rules():
        route = route_of(rule.endpoint)
        assert route is not None  # check() has seen to it
        shown = route.permission if isinstance(route.permission, str) else f"by {route.permission.__name__}"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            rows.append({"method": method, "rule": rule.rule, "endpoint": rule.endpoint, "permission": shown})
    return sorted(rows, key=lambda row: (row["rule"], row["method"]))
