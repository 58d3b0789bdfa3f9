"""Rules 5 and 6 against bad input: no route answers with an error of its own (5xx) whatever comes in.

Walked over all routes, with hostile parts of addresses, arguments, forms, bodies and headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from sqlalchemy.exc import DataError
from werkzeug.routing import IntegerConverter

from reqtrack.items.kinds import KINDS
from reqtrack.web.area import Area
from tests.architecture.conftest import BOTH
from tests.architecture.prepared import Prepared
from tests.architecture.robot import bodies, described, forms_of, properties
from tests.architecture.samples import METHODS, Stop, parts, refusable, stops
from tests.architecture.walks import walk
from tests.support.world import Browser

ROOT = Path(__file__).parents[2]
PlantedHouse = Callable[[Area], Prepared]
# Parts of an address, as they are sent.
NUMBERS = ("0", "9223372036854775807", "99999999999999999999999", "9" * 5000, "-1", "1.5", "²", "١٢")
TEXTS = (
    "%00", "%ED%A0%80", "%FF%FE", "中文", "..%2f..%2fetc%2fpasswd", "'%22%3E%3Cscript%3E", "REQ-99999999999999999999", "REQ-",
    "REQ-%C2%B2", "x" * 3000, "%F0%9F%92%A9", "%0d%0aX:%20y", "%25s%25(x)s%7B0%7D",
)  # fmt: skip
# Values of arguments and form fields.
VALUES = (
    "", "\x00", "\ud800", "²", "-1", "9" * 30, "9" * 5000, "1e999", "NaN", "Infinity", "中文" * 200, "x" * 70_000, "%s %(x)s {0}",
    "'; DROP TABLE items; --", '"', "* OR 1=1", "\r\nX: y", "[[[", "{}", "2026-02-30", "0000-00-00", "\u202e\u200b",
)  # fmt: skip
# Those that were trouble before; `make check-all` tries them all.
DIFFERING = ("\x00", "\ud800", "²", "-1", "9" * 30)
DIFFERING_PARTS = ("9223372036854775807", "99999999999999999999999", "²", "%00", "%ED%A0%80", "REQ-%C2%B2")
# Bodies that are no object, and values that fit no type.
RAW = (
    b"", b"null", b"[]", b'"x"', b"1", b"{", b"[" * 50_000, b'{"a":' * 5_000, b"\xff\xfe", b'{"title": "\\ud800"}',
    b'{"title": NaN}', b'{"title": 1e999}', b'{"seen": 123456789012345678901234567890}',
)  # fmt: skip
JSON_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\x00",
    "x" * 70_000,
    "²",
    [],
    [None],
    [[1]],
    {},
    {"a": None},
)


def broken(answer: Any) -> bool:
    """5xx: a defect, or a database that was asked something it cannot answer (503)."""
    return bool(answer.status_code >= 500)


# -- addresses ---------------------------------------------------------------------------------------------------------


def hostile_addresses(stop: Stop, rule: Any, everything: bool) -> Iterator[str]:
    """The address with each part in turn replaced by something hostile."""
    pieces = parts(rule)
    for at, (is_variable, name) in enumerate(pieces):
        if not is_variable or name == "project":
            continue
        number = isinstance(rule._converters[name], IntegerConverter)
        for bad in NUMBERS if number else TEXTS:
            if not everything and bad not in DIFFERING_PARTS:
                continue
            yield "".join(
                bad if other == at else str(stop.arguments[piece]) if is_part else piece
                for other, (is_part, piece) in enumerate(pieces)
            )


def addressed(made: Prepared, walk: list[Stop], everything: bool = False) -> list[str]:
    """Addresses with hostile parts that break; ``everything``: with all of them."""
    client = made.world.client("polymath")
    rules = {rule.rule: rule for rule in made.app.url_map.iter_rules()}
    told = []
    for stop in walk:
        for url in hostile_addresses(stop, rules[stop.rule], everything):
            answer = _send(client, stop, url)
            if broken(answer):
                told.append(f"{stop.method} {url[:150]} → {answer.status_code}")
    return told


def _send(client: Browser, stop: Stop, url: str) -> Any:
    headers = {"X-CSRFToken": client.token(), "HX-Request": "true", "If-Match": "*"}
    if stop.method == "GET":
        return client.get(url, headers=headers, buffered=True)
    body: dict[str, Any] = {"json": {}} if stop.is_api else {"data": {}}
    return client.open(url, method=stop.method, headers=headers, buffered=True, **body)


def one_of_each(made: Prepared, methods: tuple[str, ...] = METHODS) -> list[Stop]:
    """One stop for each route and method."""
    found: dict[tuple[str, str], Stop] = {}
    for stop in refusable(made, methods=methods):
        found.setdefault((stop.method, stop.rule), stop)
    return list(found.values())


def with_parts(made: Prepared) -> list[Stop]:
    return [stop for stop in one_of_each(made) if set(stop.arguments) - {"project"} and stop.endpoint != "static"]


def test_no_address_breaks_anything(own_house: Prepared) -> None:
    walk = with_parts(own_house)
    assert len(walk) > 80
    assert addressed(own_house, walk) == []


@pytest.mark.full
@pytest.mark.timeout(600)
def test_none_of_many_addresses_breaks_anything(own_sqlite_house: Prepared) -> None:
    """As above, with all parts."""
    assert addressed(own_sqlite_house, with_parts(own_sqlite_house), everything=True) == []


@pytest.mark.parametrize("key", ["%00", "²", "中文", "..%2f", "x" * 3000, "%ED%A0%80", "crm"])
def test_no_key_of_a_project_breaks_anything(sqlite_house: Prepared, key: str) -> None:
    client = sqlite_house.world.client("polymath")
    for url in (f"/p/{key}/scope", f"/api/v1/projects/{key}", f"/p/{key}/i/REQ-1"):
        assert client.get(url).status_code in (200, 308, 404), url


# -- arguments ---------------------------------------------------------------------------------------------------------


def arguments() -> list[str]:
    """The names of all arguments that the sources look for."""
    names = set()
    for path in (ROOT / "reqtrack").glob("**/*.py"):
        source = path.read_text("utf-8")
        names |= set(
            re.findall(r"""(?:request\.args|arguments|args)(?:\.get|\.getlist)?[\[(]\s*["'](\w+)["']""", source)
        )
    return sorted(
        names | {"q", "sort", "after", "before", "limit", *("stage", "tier", "phase", "owner", "retired", "kind")}
    )


def test_no_argument_breaks_anything(own_sqlite_house: Prepared) -> None:
    """Each page and list, two of the values in turn, for all arguments at once or for those that say where a list goes on."""
    assert argued(own_sqlite_house, DIFFERING, in_turn=True) == []


@pytest.mark.full
@pytest.mark.timeout(600)
def test_none_of_many_arguments_breaks_anything(own_house: Prepared) -> None:
    """As above, with all values, both ways, on both databases."""
    assert argued(own_house, VALUES) == []


def argued(made: Prepared, values: tuple[str, ...], in_turn: bool = False) -> list[str]:
    """Pages that break when asked with such arguments; ``in_turn``: each with the next two values, each one way alone."""
    told: list[str] = []
    client = made.world.client("polymath")
    names = arguments()
    assert {"q", "after", "before", "limit", "at"} <= set(names)
    turn, next_values = cycle((names, ("after", "before", "at"))), cycle(values)
    for stop in one_of_each(made, ("GET",)):
        if "project" not in stop.arguments:
            continue
        for value in islice(next_values, 2) if in_turn else values:
            if len(value) > 6000:
                continue
            for wanted in islice(turn, 1 if in_turn else 2):
                answer = client.get(
                    stop.url.partition("?")[0],
                    query_string=dict.fromkeys(wanted, _sendable(value)),
                    headers={"HX-Request": "true"},
                    buffered=True,
                )
                if broken(answer):
                    told.append(f"{stop} with {value[:20]!r} → {answer.status_code}")
    return told


def _sendable(value: str) -> str | bytes:
    return value.encode("utf-8", "surrogatepass")


# -- forms -------------------------------------------------------------------------------------------------------------


def fields() -> list[str]:
    """The names of all fields that the sources look for, and those of the kinds."""
    names = set()
    for path in (ROOT / "reqtrack").glob("**/*.py"):
        source = path.read_text("utf-8")
        names |= set(re.findall(r"""\bform(?:\.get|\.getlist)?[\[(]\s*["']([\w-]+)["']""", source))
    names |= {field.name for kind in KINDS.values() for field in kind.fields}
    return sorted(names - {"csrf_token", "password"})


FITTING = {"title": "A title", "name": "A name", "seen": "1"}


def test_no_form_breaks_anything(own_sqlite_house: Prepared) -> None:
    """Each act, two of the values in turn for all fields at once, without or with a version and a title that would do."""
    assert filled_in(own_sqlite_house, DIFFERING, in_turn=True) == []


@pytest.mark.full
@pytest.mark.timeout(600)
def test_none_of_many_forms_breaks_anything(own_house: Prepared) -> None:
    """As above, with all values, both ways, on both databases."""
    assert filled_in(own_house, VALUES) == []


def filled_in(made: Prepared, values: tuple[str, ...], in_turn: bool = False) -> list[str]:
    """Acts that break when sent such fields; ``in_turn``: each with the next two values, each one way alone."""
    told: list[str] = []
    client = made.world.client("polymath")
    names = fields()
    assert {"seen", "title", "body", "reason", "quote"} <= set(names)
    turn, next_values = cycle(({}, FITTING)), cycle(values)
    for stop in one_of_each(made, ("POST",)):
        if stop.is_api or stop.endpoint in ("accounts.sign_out", "accounts.end_browser", "accounts.change_password"):
            continue
        for value in islice(next_values, 2) if in_turn else values:
            # What is long takes long to render: once is enough.
            for fitting in islice(turn, 1 if in_turn else 2) if len(value) < 1000 else (FITTING,):
                data = {**dict.fromkeys(names, _sendable(value)), **fitting, "csrf_token": client.token()}
                answer = client.post(stop.url, data=data, headers={"HX-Request": "true"}, buffered=True)
                if broken(answer):
                    told.append(f"{stop} with {value[:20]!r} {fitting} → {answer.status_code}")
    return told


@pytest.mark.full
@pytest.mark.timeout(900)
def test_no_field_of_a_form_breaks_anything(own_house: Prepared) -> None:
    """Each field of each form in turn, with what is too long for a name (longer texts are sent above) and what is too large; the
    others as a person would fill them in."""
    made = own_house
    client, told, asked = made.world.client("polymath"), [], 0
    for number, form in enumerate(forms_of(walk(made, "polymath")), 1):
        if form.place in ("/sign-out", "/account/browsers/end", "/account/password"):
            continue
        for name in dict.fromkeys(name for name, _ in form.values):
            for value in ("x" * 500, "9" * 30):
                filled = form.filled(number)  # anew: a file is read to its end
                data = {**{key: filled.getlist(key) for key in filled}, name: value, "csrf_token": client.token()}
                answer = client.post(form.action, data=data, headers={"HX-Request": "true"}, buffered=True)
                asked += 1
                if broken(answer):
                    told.append(f"{form.action} {name}={value[:20]!r} → {answer.status_code}")
    assert told == []
    assert asked > 500


# -- bodies ------------------------------------------------------------------------------------------------------------


def test_no_body_breaks_anything(own_sqlite_house: Prepared) -> None:
    """Each route of the API that writes: bodies that are no objects, and each property in turn with a value of no fitting type."""
    assert sent(own_sqlite_house, RAW[6:8], JSON_VALUES[:6:3]) == []


@pytest.mark.full
@pytest.mark.timeout(600)
def test_none_of_many_bodies_breaks_anything(own_house: Prepared) -> None:
    """As above, with all of them, on both databases."""
    assert sent(own_house, RAW, JSON_VALUES) == []


def sent(made: Prepared, raws: tuple[bytes, ...], values: tuple[Any, ...]) -> list[str]:
    """Routes that break when sent such bodies."""
    told: list[str] = []
    client = made.app.test_client()
    headers = {"Authorization": f"Bearer {made.tokens['polymath']}", "If-Match": "*"}
    seen: set[str] = set()
    spec = described(made)
    for stop, body in bodies(made):
        if stop.rule + stop.method in seen:
            continue
        seen.add(stop.rule + stop.method)
        for raw in raws:
            answer = client.open(
                stop.url, method=stop.method, data=raw, headers=headers, content_type="application/json"
            )
            if broken(answer):
                told.append(f"{stop} {raw[:30]!r} → {answer.status_code}")
        for name in properties(spec, stop):
            for value in values:
                answer = client.open(stop.url, method=stop.method, json={**body, name: value}, headers=headers)
                if broken(answer):
                    told.append(f"{stop} {name}={str(value)[:20]!r} → {answer.status_code}: {answer.text[:200]}")
    assert len(seen) > 40
    return told


@pytest.mark.parametrize(
    ("name", "value"),
    [("If-Match", '"²"'), ("If-Match", '"' + "9" * 5000 + '"'), ("If-Match", "中".encode().decode("latin-1")),
     ("Idempotency-Key", "x" * 5000), ("Idempotency-Key", "\x00"), ("Authorization", "Bearer \x00"), ("Authorization", "Bearer "),
     ("Authorization", "Basic x"), ("Accept-Language", "zh;q=x, *" * 50), ("Cookie", "reqtrack=;lang=../..;theme='\""),
     ("Content-Type", "application/json; charset=utf-7"), ("HX-Request", "\x00"), ("Range", "bytes=-1")],
)  # fmt: skip
def test_no_header_breaks_anything(own_sqlite_house: Prepared, name: str, value: str) -> None:
    made = own_sqlite_house
    client, bearer = made.app.test_client(), {"Authorization": f"Bearer {made.tokens['polymath']}"}
    body = {"title": "A title"}
    for method, url in (("POST", "/api/v1/projects/CRM/requirements"), ("PATCH", "/api/v1/projects/CRM/requirements/REQ-3"),
                        ("GET", "/p/CRM/scope"), ("GET", "/p/CRM/i/REQ-1/attachments/1")):  # fmt: skip
        environ = {"HTTP_" + name.upper().replace("-", "_"): value} if name != "Content-Type" else {}
        more = {"content_type": value} if name == "Content-Type" else {}
        sent = {} if method == "GET" else {"json": body} if not more else {"data": b'{"title": "x"}'}
        answer = client.open(
            url, method=method, headers=bearer, environ_overrides=environ, buffered=True, **sent, **more
        )
        assert not broken(answer), f"{method} {url} → {answer.status_code}"


# -- entrances ---------------------------------------------------------------------------------------------------------


def test_what_is_no_text_is_refused_at_the_door(own_house: Prepared) -> None:
    """In addresses it leads nowhere; behind a question mark, in forms and in bodies the place is named. Whatever the route, and
    before it is asked for: the same on both databases."""
    made = own_house
    browser, program = made.world.client("polymath"), made.app.test_client()
    bearer = {"Authorization": f"Bearer {made.tokens['polymath']}"}
    for url in ("/p/CRM/i/REQ-1%00", "/account/browsers/%00", "/api/v1/projects/CRM/requirements/%00", "/p/%00/scope"):
        assert browser.get(url).status_code == 404, url
    assert browser.send("/account/browsers/%00/end").status_code == 404
    for url in ("/p/CRM/search?q=a%00b", "/api/v1/projects/CRM/requirements?q=%00", "/p/CRM/requirements?owner=%00"):
        assert browser.get(url).status_code == 422, url
    assert browser.send("/p/CRM/baselines", {"name": "a\x00b"}).status_code == 422
    assert (
        browser.post("/sign-in", data={"csrf_token": browser.token(), "login": "\x00", "password": "x"}).status_code
        == 422
    )
    for body, field in (({"title": "a\x00"}, "title"), ({"title": "a", "tags": ["\ud800"]}, "tags"),
                        ({"title": {"a": ["\x00"]}}, "title"),
                        ({"a\x00": 1}, None), ({"title": "\udfff"}, "title")):  # fmt: skip
        answer = program.post("/api/v1/projects/CRM/requirements", json=body, headers=bearer)
        assert answer.status_code == 422 and answer.json["reasons"][0].get("field") == field, body
        assert "not text" in answer.json["detail"]
    for whole in ("😀 中文", "\u200b", "\t\r\n"):
        assert (
            program.post("/api/v1/projects/CRM/requirements", json={"title": f"a{whole}"}, headers=bearer).status_code
            == 201
        )


@pytest.mark.parametrize("own_house", BOTH, indirect=True)
def test_what_no_row_holds_is_refused_where_it_comes_in(own_house: Prepared) -> None:
    """Numbers too large, names too long: with the place, and the same on both databases."""
    made = own_house
    program, large = made.app.test_client(), 2**31
    headers = {"Authorization": f"Bearer {made.tokens['polymath']}", "If-Match": "*"}
    p = "/api/v1/projects/CRM"
    for method, path, body, field in (
        ("POST", f"{p}/requirements", {"title": "x", "evidence": [large]}, "evidence"),
        ("POST", f"{p}/excerpts", {"interview": "INT-1", "quote": "x", "stakeholder": large}, "stakeholder"),
        ("POST", f"{p}/rounds/1/results", {"acceptance": "ACC-1", "row": large, "verdict": "passed"}, "row"),
        ("POST", f"{p}/changes/CR-2/assessments", {"likely": "1e30"}, "likely"),
        ("POST", f"{p}/phases", {"name": "x", "capacity_days": 10**12}, "capacity_days"),
        ("POST", f"{p}/phases", {"name": "x" * 201}, "name"), ("PATCH", f"{p}/phases/1", {"name": "x" * 201}, "name"),
        ("PATCH", p, {"name": "x" * 201}, "name"), ("PATCH", p, {"day_rate": "-1"}, "day_rate"),
        ("POST", "/api/v1/projects", {"name": "x" * 201}, "name"),
    ):  # fmt: skip
        answer = program.open(path, method=method, json=body, headers=headers)
        assert answer.status_code == 422, f"{path} {str(body)[:80]} → {answer.status_code} {answer.text[:200]}"
        assert str(answer.json["reasons"][0]["field"]).startswith(field), answer.json
    browser = made.world.client("polymath")
    for url in ("/p/CRM/rounds/1", "/p/CRM/scope/document", "/p/CRM/search?q=start&x=1", "/p/CRM/signoffs"):
        answer = browser.get(f"{url}{'&' if '?' in url else '?'}after={large}&before={large}&done={large}")
        assert answer.status_code == 200, f"{url} → {answer.status_code}"
    assert program.get(f"{p}/items/REQ-1/impact?depth={large}", headers=headers).status_code == 422


@pytest.mark.parametrize("kind", [OverflowError, UnicodeEncodeError, DataError])
def test_a_defect_of_ours_is_not_put_down_to_who_asked(
    planted_house: PlantedHouse, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    """What the database refuses although the entrances let it in is ours: 500, with its trace in the log."""
    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.page("/planted", "project.read")
    def broken_page(project: str) -> Response:
        if kind is UnicodeEncodeError:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        raise kind("too large") if kind is OverflowError else DataError("SELECT 1", {}, ValueError("too long"))

    answer = planted_house(area).world.client("polymath").get("/p/CRM/planted")
    assert answer.status_code == 500
    assert any(record.exc_info and record.exc_info[0] is kind for record in caplog.records)


# -- the walk notices --------------------------------------------------------------------------------------------------


def test_the_walk_notices_a_page_that_breaks(planted_house: PlantedHouse) -> None:
    """The rule broken on purpose: a page that believes in numbers."""
    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.page("/planted/<word>", "project.read")
    def number(project: str, word: str) -> Response:
        return Response(str(int(word)) if word.isdigit() else "")

    made = planted_house(area)
    walk = [stop for stop in one_of_each(made) if stop.endpoint == "planted.number"]
    assert addressed(made, walk, everything=True) == []  # none of TEXTS is made of digits alone …
    client = made.world.client("polymath")
    assert broken(client.get("/p/CRM/planted/²"))  # … but such words there are
    assert len(stops(made)) > 100
