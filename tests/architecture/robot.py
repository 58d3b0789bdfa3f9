"""A robot that fills in and sends every form of every page, and every body that the API describes.

It reads forms as a browser does, keeps what is filled in, and puts something fitting where nothing is. So a form that comes
later is sent, too.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import lxml.html
from werkzeug.datastructures import MultiDict

from tests.architecture.prepared import MACHINE_FILE, WALKED, Prepared
from tests.architecture.recorder import Transaction, recording
from tests.architecture.samples import Stop, stops
from tests.architecture.walks import Answer
from tests.support.world import PASSWORD, Browser

# What a person would write, by the name of the field; "%" is a number of its own for each sending.
WORDS = {
    "login": "newcomer", "email": "", "password": PASSWORD, "current": PASSWORD, "name": "Robot %", "key": "RBT%",
    "title": "Robot writes %", "reason": "Because of %", "body": "Said by a robot %", "note": "seen %", "until": "2027-01-31",
    "quote": "The marmalade turbine", "other": "REQ-2", "item": "REQ-2", "meaning": "I see it %", "text": "Title\nRow %\n",
    "likely": "2", "best": "", "worst": "", "effort_days": "2", "capacity_days": "20", "day_rate": "100", "job_role": "Role %",
    "environment": "test %", "asked": "tester", "whom": "",
    "starts_on": "2027-01-04", "ends_on": "2027-01-08", "most_days": "1", "most_items": "3",
    "agreed_on": "2026-11-02", "where": "Room %", "agreed_days": "1", "target": "2", "questions": "Why %?",
}  # fmt: skip
# Forms that end something the others need are sent last, in this order.
LAST = (
    "cancelling", "drop", "withdraw", "undo", "closing", "retire", "end", "password-link", "disable", "disabling",
    "administrator", "password", "sign-out", "archiving", "reopening",
)  # fmt: skip
# Several lines that are no prose.
TABLES = ("examples", "text")


@dataclass
class Form:
    """A form of a page: where it goes, what is filled in, and which fields are files."""

    page: str
    action: str
    values: list[tuple[str, str]]
    files: list[str] = field(default_factory=list)
    # Fields in which one writes more than a line.
    prose: list[str] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """What a field is filled in with; None where the form has none of that name."""
        return next((value for field_name, value in self.values if field_name == name), None)

    def with_value(self, name: str, value: str | None) -> Form:
        """The form with a field filled in otherwise, or (None) without it."""
        kept = [(one, old if one != name else value) for one, old in self.values if one != name or value is not None]
        return replace(self, values=kept)  # type: ignore[arg-type]

    @property
    def place(self) -> str:
        """Where it goes, without what is said behind the question mark."""
        return self.action.partition("?")[0]

    @property
    def shape(self) -> tuple[str, tuple[str, ...]]:
        """Forms that go to the same place with the same fields are the same."""
        return self.place, tuple(sorted({name for name, _ in self.values} | set(self.files)))

    def filled(self, number: int) -> MultiDict[str, Any]:
        """What is sent: what is filled in, and something fitting where nothing is."""
        sent: MultiDict[str, Any] = MultiDict()
        for name, value in self.values:
            written = value or WORDS.get(name, "").replace("%", str(number))
            # Somebody who opens a form with a text in it changes the text.
            sent.add(name, f"{written} ({number})" if value and name in self.prose else written)
        for name in self.files:
            sent.add(name, (io.BytesIO(b"Title\nfrom a file\n"), "robot.csv"))
        return sent


@dataclass(frozen=True)
class Sent:
    """A form or body that was sent, its answer, and what that did to the database."""

    what: str
    endpoint: str
    status: int
    text: str
    transactions: tuple[Transaction, ...]

    def __str__(self) -> str:
        return f"{self.what} → {self.status}"

    @property
    def committed(self) -> set[str]:
        """The tables that were changed for good."""
        return {table for part in self.transactions if part.end == "commit" for table in part.changed}


def forms_of(answers: Iterable[Answer]) -> list[Form]:
    """The forms of walked pages that send something, each shape once. Those of the gallery are samples that lead nowhere."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for answer in answers:
        if (
            answer.url != "/gallery"
            and answer.status == 200
            and answer.mimetype == "text/html"
            and "<form" in answer.text
        ):
            for form in _forms(answer.url, answer.text):
                found.setdefault(form.shape, form)
    return sorted(found.values(), key=lambda one: (rank(one.action), one.action))


def rank(action: str) -> int:
    return next((at for at, word in enumerate(LAST, 1) if word in action), 0)


def _forms(url: str, text: str) -> Iterator[Form]:
    tree = lxml.html.fromstring(text)
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        made = Form(url, form.get("action") or url, [])
        named = f".//*[@form='{form.get('id')}']" if form.get("id") else None
        controls = [*form.iter("input", "textarea", "select", "button"), *(tree.xpath(named) if named else ())]
        _read(made, controls)
        yield made


def _read(made: Form, controls: Iterable[Any]) -> None:
    boxes: dict[str, list[Any]] = {}
    pressed = False
    for control in controls:
        name, kind = control.get("name"), (control.get("type") or "").lower()
        if not name or control.get("disabled") is not None:
            continue
        if control.tag == "select":
            made.values += [(name, value) for value in _chosen(control)]
        elif control.tag == "textarea":
            made.values.append((name, (control.text or "").removeprefix("\n")))
            made.prose += [name] if name not in TABLES else []
        elif control.tag == "button" or kind in ("submit", "image"):
            if not pressed:
                made.values.append((name, control.get("value") or ""))
            pressed = True
        elif kind in ("checkbox", "radio"):
            boxes.setdefault(name, []).append(control)
        elif kind == "file":
            made.files.append(name)
        elif name != "csrf_token":
            made.values.append((name, control.get("value") or ""))
    for name, group in boxes.items():
        ticked = [one for one in group if one.get("checked") is not None and one.get("value") != ""]
        wanted = ticked or [one for one in group if one.get("value") != ""][:1]
        made.values += [(name, one.get("value", "on")) for one in wanted]


def _chosen(select: Any) -> list[str]:
    options = list(select.iter("option"))
    chosen = [one for one in options if one.get("selected") is not None and one.get("value")]
    if not chosen:
        chosen = [one for one in options if one.get("value")][:1]
    return [one.get("value") for one in chosen]


def send(made: Prepared, login: str, forms: Iterable[Form], *, fresh: bool = False) -> list[Sent]:
    """Send forms as somebody who has just given the password.

    Args:
        fresh: open the page of a form with a version again first, as a person would; what is not there any more is not sent.
    """
    client = made.world.client(login)
    sent = []
    with recording(made.app) as recorder:
        for number, form in enumerate(forms, 1):
            found = _again(client, form) if fresh and form.value("seen") else form
            if found is None:
                continue
            recorder.clear()
            answer = _post(client, found, number)
            if answer.status_code == 401:  # one of them has signed this browser out
                client = made.world.client(login)
                recorder.clear()
                answer = _post(client, found, number)
            endpoint = endpoint_of(made, found.action)
            sent.append(
                Sent(f"{form.page}: POST {found.action}", endpoint, answer.status_code, answer.text, tuple(recorder))
            )
            answer.close()
    return sent


def _post(client: Browser, form: Form, number: int) -> Any:
    data = form.filled(number)
    data["csrf_token"] = client.token()
    return client.post(
        form.action, data=data, buffered=True, content_type="multipart/form-data" if form.files else None
    )


def _again(client: Browser, form: Form) -> Form | None:
    """The same form on its page as it is now."""
    page = client.get(form.page)
    found = _forms(form.page, page.text) if page.status_code == 200 and "<form" in page.text else ()
    return next((one for one in found if one.place == form.place), None)


def endpoint_of(made: Prepared, path: str, method: str = "POST") -> str:
    """The endpoint that an address leads to."""
    return str(made.app.url_map.bind("localhost").match(path.partition("?")[0].partition("#")[0], method=method)[0])


# -- the API -----------------------------------------------------------------------------------------------------------

# Values by the name of a property, where the type alone will not do.
GIVEN: dict[str, Any] = {
    "title": "Robot asks %", "name": "Robot %", "key": "RBA%", "item": "REQ-1", "source": "REQ-2",
    "target": "REQ-1", "kind": "duplicates", "interview": "INT-1", "quote": "marmalade turbine", "login": "newcomer", "role": "tester",
    "roles": ["tester"], "subject": "BL-2", "signers": ["business_owner"], "meaning": "I see it %", "acceptance": ["ACC-1"],
    "testers": ["tester"], "verdict": "passed", "document": "specification", "text": "Title\nRobot %\n", "to": "draft",
    "body": "Said by a robot %", "reason": "Because of %", "job_role": "Role %", "department": "Robots", "note": "seen %",
    "outcome": "rejected", "likely": 2, "phase": "1", "tier": "must", "zone": "UTC", "currency": "EUR", "locale": "en",
    "password": PASSWORD, "planned_on": "2027-01-05",
}  # fmt: skip
# Where a name means something else: endpoint.property.
SPECIAL: dict[str, Any] = {
    "api.create_silence.rule": "absolutes",
    "api.accept_finding.check": "requirement_without_evidence", "api.accept_finding.expires_on": "2099-01-31",
    "api.create_result.acceptance": "ACC-1", "api.create_result.row": 0, "api.create_export.subject": "",
    "api.create_machine_run.file": base64.b64encode(MACHINE_FILE).decode(),
    "api.create_walk.process": "PRC-2", "api.create_walk.record": WALKED,
    "api.create_phase.name": "Robot's phase %", "api.create_user.login": "robot%", "api.answer_question.body": "Every day.",
    "api.create_voice_target.target": 2, "api.create_question_set.questions": ["Why %?"],
    "api.create_change_template.most_days": 1,
    "api.settle_feedback.outcome": "defect", "api.group_feedback.group": "FB-2",
}  # fmt: skip


def bodies(made: Prepared, first: int = 1) -> Iterator[tuple[Stop, dict[str, Any]]]:
    """For each route of the API that writes, and each sample of its address, a body made from its description; in each the
    words have a number of their own, counted from ``first``."""
    spec = described(made)
    for number, stop in enumerate(stops(made, methods=("POST", "PATCH", "PUT", "DELETE")), first):
        if stop.is_api:
            yield stop, _body(spec, _schema(spec, stop), stop, number)


def described(made: Prepared) -> Any:
    """What the API tells of itself."""
    return made.app.test_client().get("/api/v1/openapi.json").json


def properties(spec: Any, stop: Stop) -> list[str]:
    """All that may stand in the body of a route."""
    return list(_resolved(spec, _schema(spec, stop)).get("properties", {}))


def _schema(spec: Any, stop: Stop) -> Any:
    path = stop.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
    told = spec["paths"].get(path, {}).get(stop.method.lower(), {})
    return told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})


def _body(spec: Any, schema: Any, stop: Stop, number: int) -> dict[str, Any]:
    found = _resolved(spec, schema)
    needed = set(found.get("required", ()))
    body = {}
    for name, part in found.get("properties", {}).items():
        given = SPECIAL.get(f"{stop.endpoint}.{name}", GIVEN.get(name) if name in needed or name in OFTEN else None)
        if given is None and name in needed:
            given = _value(_resolved(spec, part))
        if given is not None:
            body[name] = _fitting(_resolved(spec, part), given, number)
    return body


# Given also where they need not be.
OFTEN = (
    "title", "name", "reason", "body", "job_role", "department", "text", "acceptance", "testers", "roles", "note", "password",
    "document",
)  # fmt: skip


def _resolved(spec: Any, schema: Any) -> Any:
    while "$ref" in schema:
        found = spec
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _fitting(schema: Any, given: Any, number: int) -> Any:
    """A given value, in the type that the schema wants."""
    allowed = [one for one in schema.get("enum", ()) if one is not None]
    for one in schema.get("anyOf", ()):
        allowed += [value for value in one.get("enum", ()) if value is not None]
    if allowed and given not in allowed:
        return allowed[0]
    kinds = {schema.get("type"), *(one.get("type") for one in schema.get("anyOf", ()))}
    if isinstance(given, list) and "array" not in kinds:
        return given[0]
    if isinstance(given, str):
        given = given.replace("%", str(number))
        return [given] if "array" in kinds and "string" not in kinds else given
    return given


def _value(schema: Any) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    return {"string": "robot", "integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}.get(
        schema.get("type")
    )


def send_bodies(made: Prepared, login: str) -> list[Sent]:
    """Send a body to each route of the API that writes, with a token."""
    client = made.app.test_client()
    headers = {"Authorization": f"Bearer {made.tokens[login]}", "If-Match": "*"}
    sent = []
    with recording(made.app) as recorder:
        for stop, body in sorted(bodies(made), key=lambda one: (one[0].method == "DELETE", rank(one[0].url))):
            recorder.clear()
            answer = client.open(stop.url, method=stop.method, json=body, headers=headers, buffered=True)
            sent.append(Sent(f"{stop} {body}", stop.endpoint, answer.status_code, answer.text, tuple(recorder)))
            answer.close()
    return sent
