"""Rule 12: everything a page can do, the API can do, by the same actions.

Walked over all routes that write: the actions that a page calls are looked for among those that the API calls.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from flask import Flask, Response, g

from reqtrack import create_app
from reqtrack.exchange import actions as imports
from reqtrack.web.area import ROUTES, Area
from tests.architecture.prepared import Prepared
from tests.architecture.samples import stops

ACTION = re.compile(r"reqtrack\.(\w+\.actions(\..*)?|items\.(store|moves)|jobs\.queue|web\.once)$")
# What is about a browser or a password, which programs with a token have no use for; and why.
OF_BROWSERS = {
    "accounts.start": "signs a browser in", "accounts.sign_out": "signs a browser out",
    "accounts.set_language": "of a browser", "accounts.display": "of a browser", "accounts.change_me": "of a person's pages",
    "accounts.end_browser": "of a browser", "accounts.end_other_browsers": "of a browser",
    "accounts.change_password": "asks a person", "accounts.set_password": "asks a person",
    "accounts.accept_invitation": "asks a person", "accounts.make_first_account": "asks a person",
    "accounts.make_token": "a token makes no token", "accounts.end_token": "the same",
    "accounts.begin_authenticator": "of a person and their device", "accounts.confirm_authenticator": "the same",
    "accounts.end_authenticator": "the same", "accounts.renew_recovery_codes": "the same", "accounts.finish": "signs a browser in",
    "accounts.ask_to_register": "asks a device", "accounts.add_passkey": "asks a device", "accounts.rename_passkey": "of a browser",
    "accounts.end_passkey": "of a browser", "accounts.proved": "of a browser", "accounts.ask_to_prove": "asks a device",
    "accounts.prove_by_passkey": "of a browser", "accounts.ask_who": "signs a browser in",
    "accounts.start_by_passkey": "signs a browser in", "accounts.sign_in_at_provider": "signs a browser in",
    "accounts.prove_at_provider": "of a browser", "accounts.link_provider": "of a browser",
    "accounts.join_at_provider": "asks a person", "accounts.unlink_provider": "of a browser",
    "accounts.come_back": "signs a browser in",
    "feedback.send": "asks whoever has no account, and so no token",
    "confirm.answer_by_link": "asks a person without an account; with one, POST interviews/…/confirmation and …/corrections",
    "asked.answer": "asks a person without an account; with one, POST changes/…/decisions",
    "outside.answer": "asks a person without an account",
    "radar.skip_line": "puts away a line of a page",
}  # fmt: skip
# What the API does by another way than the page, and which.
_EDITS = "PATCH of the change takes all its edits at once"
OTHERWISE = {
    "items.move": "POST items/…/moves makes the same move by the same maker",
    "ready.review": "POST items/…/moves makes the same move by the same maker, for one",
    "changes.pick": _EDITS, "changes.unpick": _EDITS, "changes.save_item": _EDITS, "changes.save_new": _EDITS,
    "changes.save_new_again": _EDITS, "changes.link": _EDITS, "changes.retire": _EDITS, "changes.drop": _EDITS,
    "exchange.columns": "POST imports takes the mapping of the columns along",
    "machines.read": "POST rounds/…/machine-runs takes the file at once",
    "interviews.make_requirement": "POST excerpts, then POST requirements with the evidence",
    "interviews.answer_here": "POST interviews/…/confirmation and …/corrections give the same answer in two parts",
    "interviews.make_scenario": "POST excerpts, then POST scenarios with the evidence",
    "signoff.send_next": "POST baselines, then POST signoffs with its key",
    "feedback.say": "POST feedback, then POST attachments with the picture",
}  # fmt: skip


def verbs(view: Callable[..., Any]) -> set[FunctionType]:
    """The actions that a view calls, itself or through functions of its own module."""
    found: set[FunctionType] = set()
    seen: set[Any] = set()
    todo = [inspect.unwrap(view)]
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen.add(function)
        for named in _named(function):
            if ACTION.match(named.__module__):
                found.add(named)
            elif named.__module__ == function.__module__:
                todo.append(named)
    return found


def _named(function: FunctionType) -> Iterator[FunctionType]:
    """The functions that a function's text names: ``actions.take``, ``helper``."""
    known = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        value: Any = None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = known.get(node.value.id)
            value = getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
        elif isinstance(node, ast.Name):
            value = known.get(node.id)
        value = inspect.unwrap(value) if callable(value) else None
        if isinstance(value, FunctionType):
            yield value


def uncovered(app: Flask) -> dict[str, list[str]]:
    """Page routes that write, with those of their actions that no route of the API calls."""
    acts = {name: verbs(app.view_functions[name]) for name, route in ROUTES.items()
            if route.writes and name in app.view_functions}  # fmt: skip
    done = {verb for name, found in acts.items() if ROUTES[name].api for verb in found}
    return {
        name: sorted(f"{verb.__module__}.{verb.__name__}" for verb in found - done) or ["no action at all"]
        for name, found in acts.items()
        if not ROUTES[name].api and (not found or found - done)
    }


def test_whatever_a_page_does_the_api_does(sqlite_house: Prepared) -> None:
    found = uncovered(sqlite_house.app)
    assert {name: told for name, told in found.items() if name not in {**OF_BROWSERS, **OTHERWISE}} == {}
    for name in (*OF_BROWSERS, *OTHERWISE):
        assert name in ROUTES, f"{name} is no route any more"
    assert set(OTHERWISE) <= set(found), "the API does these by the same actions now"


def test_the_walk_notices_a_page_that_does_what_the_api_cannot(
    planted: Callable[[Callable[[Flask], None]], None], tmp_path: Any
) -> None:
    """The rule broken on purpose: a page with an act of its own."""
    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.act("/planted", "project.manage")
    def remove(project: str) -> Response:
        helper()
        return Response("done")

    def helper() -> None:
        imports.map_again(g.actor, None, None)  # type: ignore[arg-type]

    planted(lambda app: app.register_blueprint(area))
    app = create_app({"data": tmp_path, "testing": True})
    assert uncovered(app).get("planted.remove") == ["reqtrack.exchange.actions.map_again"]


# -- the description ---------------------------------------------------------------------------------------------------


def described(made: Prepared) -> Any:
    return made.app.test_client().get("/api/v1/openapi.json").json


def test_the_description_has_every_route_and_no_other(sqlite_house: Prepared) -> None:
    spec = described(sqlite_house)
    told = {(method.upper(), path) for path, verbs in spec["paths"].items() for method in verbs}
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in sqlite_house.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == routes
    assert len(told) > 90


def test_the_description_is_sound(sqlite_house: Prepared) -> None:
    """OpenAPI 3.1: what refers to something leads there; each part of an address is told; each body and answer has a shape."""
    spec = described(sqlite_house)
    assert spec["openapi"].startswith("3.1.") and spec["info"]["title"] == "reqtrack"
    complaints = [f"{ref} leads nowhere" for ref in _refs(spec) if _at(spec, ref) is None]
    for path, verbs in spec["paths"].items():
        for method, told in verbs.items():
            name = f"{method.upper()} {path}"
            parts = {one["name"] for one in told.get("parameters", ()) if one["in"] == "path" and one["required"]}
            if parts != set(re.findall(r"{(\w+)}", path)):
                complaints.append(f"{name}: its parts are {sorted(parts)}")
            if not told.get("summary") or not told.get("tags"):
                complaints.append(f"{name}: no summary or no tags")
            if not any(code.startswith("2") for code in told["responses"]):
                complaints.append(f"{name}: answers {sorted(told['responses'])}")
            for shape in _bodies(told):
                if _resolved(spec, shape).get("additionalProperties") is not False:
                    complaints.append(f"{name}: takes fields that it does not know")
    assert complaints == []


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _refs(one)


def _at(spec: Any, ref: str) -> Any:
    for part in ref.removeprefix("#/").split("/"):
        spec = spec.get(part) if isinstance(spec, dict) else None
    return spec


def _resolved(spec: Any, shape: Any) -> Any:
    return _resolved(spec, _at(spec, shape["$ref"])) if "$ref" in shape else shape


def _bodies(told: Any) -> Iterator[Any]:
    if "requestBody" in told:
        yield told["requestBody"]["content"]["application/json"]["schema"]


# -- lists -------------------------------------------------------------------------------------------------------------


def test_every_list_goes_on_from_a_place(sqlite_house: Prepared) -> None:
    """One row a page gives the same rows as all at once; a page is never longer than asked for, nor than two hundred."""
    client = sqlite_house.app.test_client()
    headers = {"Authorization": f"Bearer {sqlite_house.tokens['polymath']}"}
    seen, complaints = 0, []
    for stop in stops(sqlite_house):
        whole = client.get(f"{stop.url}?limit=200", headers=headers).json if stop.is_api else None
        if not isinstance(whole, dict) or set(whole) != {"items", "next"} or stop.endpoint in OF_ONE_PAGE:
            continue
        seen += 1
        rows: list[Any] = []
        after = ""
        while len(rows) <= len(whole["items"]):
            page = client.get(f"{stop.url}?limit=1{f'&after={after}' if after else ''}", headers=headers).json
            if len(page["items"]) > 1:
                complaints.append(f"{stop}: {len(page['items'])} rows where one was asked for")
            rows += page["items"]
            after = page["next"]
            if not after:
                break
        if rows != whole["items"]:
            complaints.append(f"{stop}: {len(rows)} rows one by one, {len(whole['items'])} at once")
        for bad in ("0", "201", "x"):
            if client.get(f"{stop.url}?limit={bad}", headers=headers).status_code != 422:
                complaints.append(f"{stop}: takes limit={bad}")
    assert complaints == []
    assert seen > 20


# Short by what they are; all of it is given at once.
OF_ONE_PAGE: set[str] = set()
