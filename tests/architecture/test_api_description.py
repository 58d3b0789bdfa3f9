"""The OpenAPI document tells of each operation what it takes and answers: all are driven, and held against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reqtrack import clock
from reqtrack.web.area import ROUTES
from tests.architecture.prepared import DRAFTS, WALKED, Prepared
from tests.architecture.robot import bodies, rank
from tests.architecture.samples import Stop, stops
from tests.support.described import Description
from tests.support.world import PASSWORD

P = "/api/v1/projects/CRM"


def requests(made: Prepared) -> Iterator[tuple[Stop, dict[str, Any]]]:
    """Every operation with every sample of its address, reading first, what ends something last; with a body that would do."""
    yield from ((stop, {}) for stop in stops(made) if stop.endpoint.startswith("api."))
    ends = ("/holding", "/cancelling")  # of a review, whose lines then stay
    order = sorted(bodies(made), key=lambda one: (one[0].method == "DELETE", rank(one[0].url)))
    yield from sorted(order, key=lambda one: one[0].url.endswith(ends))


def tries(
    made: Prepared, stop: Stop, body: dict[str, Any], seen: set[str]
) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """One request in all the ways in which it may go wrong, then as it should be, then the same again."""
    sent = {"json": body} if stop.method != "GET" else {}
    if stop.rule + stop.method not in seen:
        seen.add(stop.rule + stop.method)
        yield from _wrong(made, stop, body)
    bearer = {"Authorization": f"Bearer {made.tokens['polymath']}"}
    for _ in range(2):
        yield {**bearer, "If-Match": "*", "Idempotency-Key": stop.url}, sent


def _wrong(made: Prepared, stop: Stop, body: dict[str, Any]) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    bearer = {"Authorization": f"Bearer {made.tokens['polymath']}"}
    sent = {"json": body} if stop.method != "GET" else {}
    yield {}, sent
    yield {"Authorization": "Bearer rt_wrong"}, sent
    yield {"Authorization": f"Bearer {made.tokens['implementer reads']}"}, sent
    if stop.method == "GET":
        yield bearer, {"query_string": {"limit": "0"}}
        yield bearer, {"query_string": {"after": "nowhere", "depth": "x", "q": "colour:red"}}
    else:
        yield bearer, {"data": b"{", "content_type": "application/json"}
        yield bearer, {"json": {**body, "colour": "red"}}
        yield {**bearer, "If-Match": '"4711"'}, sent


# What takes more than one body to come to: done by the story below.
BY_STORY = {
    "answer_agreement", "create_absence", "create_agreement", "create_ask", "create_replacement", "create_delegate", "end_delegate",
    "answer_back", "answer_special_flow", "close_change", "decide_change", "tell_ask_code", "confirm_change", "confirm_interview",
    "create_affirmation", "create_attachment", "create_correction", "create_data_set", "create_defect_round", "create_excerpt",
    "create_branch", "decide_branch", "bring_branch", "close_branch",
    "create_result", "create_sheet", "create_sign_link", "create_waiver", "drop_import", "move_item", "take_rows",
    "keep_apart", "merge_item", "restore_item", "split_item",
    "reassess_change", "resume_change", "revert_change", "see_change",
    "approve_change_template", "object_to_change", "offer_silence", "pass_change_on", "review_change",
    "cancel_review", "confirm_review", "delete_agenda_line", "swap_for_change", "undo_import", "verify_change",
}  # fmt: skip
# (who, verb, path, body); what an answer is called stands in {braces} of the paths and texts after it.
# From when to when somebody is away.
DAYS = [(clock.today("UTC") + timedelta(days=at)).isoformat() for at in (3, 9)]
AWAY = {"delegate": "contributor", "starts_on": DAYS[0], "ends_on": DAYS[1], "password": PASSWORD}
STORY: list[tuple[str, str, str, Any]] = [
    ("polymath", "POST", "/attachments", {"item": "REQ-1", "name": "a.txt", "file": "aGVsbG8="}),
    ("polymath", "POST", "/waivers", {"reason": "Until spring.", "owner": "tester", "expires_on": DAYS[1], "signers": ["sponsor"],
                                      "covers": [{"item": "BUG-1"}]}),
    ("polymath", "POST", "/excerpts", {"interview": "INT-1", "quote": "stalls every morning"}),
    ("analyst", "POST", "/scenarios/SCN-1/special-flows", {"prompt": "partial", "asked": "Old Tom"}),
    ("polymath", "POST", "/reviews/REV-1/confirmation", {"password": PASSWORD}),
    ("analyst", "POST", "/changes/CR-2/answers", {"body": "It is."}),
    ("polymath", "POST", "/changes/CR-2/questions", {"body": "Why?"}),
    ("analyst", "POST", "/changes/CR-2/answers", {"body": "Because."}),
    ("analyst", "PATCH", "/changes/CR-2", {"edits": [{"item": "REQ-2", "field": "title", "new": "Log shorter"}]}),
    ("analyst", "POST", "/changes/CR-2/touches", {"item": "ACC-1", "reason": "It logs, too."}),
    ("analyst", "POST", "/changes/CR-2/reassessment", {}),
    ("polymath", "POST", "/changes/CR-2/assessments", {"likely": 2}),
    ("project_manager", "POST", "/changes/CR-2/asks", {"decider": "business_owner"}),
    ("sponsor", "POST", "/changes/CR-2/asks/1/code", {}),
    ("business_owner", "POST", "/changes/CR-2/decisions",
     {"outcome": "deferred", "until": "2027-06-01", "password": PASSWORD}),
    ("project_manager", "POST", "/changes/CR-2/resumption", {}),
    ("business_owner", "POST", "/changes/CR-2/decisions",
     {"outcome": "approved", "tier": "should", "phase": "1", "password": PASSWORD}),
    ("analyst", "POST", "/changes/CR-2/seen", {}),
    ("analyst", "POST", "/changes/CR-2/verification", {}),
    ("analyst", "POST", "/changes/CR-2/reversal", {}),
    ("analyst", "POST", "/changes/CR-2/closing", {"reason": "Good enough."}),
    ("project_manager", "POST", "/changes", {"title": "Typed", "reason": "They asked.", "asked_by": "contributor"}),
    ("contributor", "POST", "/changes/{changes}/confirmation", {}),
    ("analyst", "POST", "/phases", {"name": "Tight", "capacity_days": 1}),
    ("analyst", "POST", "/phases", {"name": "Roomy"}),
    ("analyst", "POST", "/requirements", {"title": "Pale ink", "tier": "later", "phase": "Tight", "effort_days": 1}),
    ("polymath", "POST", "/changes", {"title": "More", "reason": "They asked.", "edits": [
        {"new_item": {"kind": "requirement", "fields": {"title": "Blue ink", "tier": "must", "phase": "Tight", "effort_days": 1}}}
    ]}),
    ("polymath", "POST", "/changes/{changes}/swap", {"phase": "Tight"}),
    ("project_manager", "POST", "/change-templates",
     {"name": "Colours", "reason": "Inks.", "most_days": 0.5, "most_items": 1}),
    ("business_owner", "POST", "/change-templates/{change-templates}/approval", {"password": PASSWORD}),
    ("contributor", "POST", "/changes", {"title": "Green", "reason": "They agreed.", "edits": [
        {"new_item": {"kind": "requirement", "fields": {"title": "Green ink", "tier": "later"}}}
    ]}),
    ("contributor", "POST", "/changes/{changes}/agreements",
     {"agreed_on": clock.today("UTC").isoformat(), "where": "Steering", "deciders": ["project_manager"], "days": 0.5}),
    ("project_manager", "POST", "/changes/{changes}/agreement", {"answer": "no", "reason": "We did not."}),
    ("project_manager", "POST", "/members", {"login": "tester", "role": "project_manager"}),
    ("contributor", "POST", "/changes", {"title": "Pale", "reason": "It is paler.", "edits": [
        {"new_item": {"kind": "requirement", "fields": {"title": "Pale ink", "tier": "later"}}}
    ]}),
    ("contributor", "POST", "/changes/{changes}/agreements",
     {"agreed_on": clock.today("UTC").isoformat(), "where": "Steering", "deciders": ["tester"], "days": 0.5}),
    ("project_manager", "DELETE", "/members/tester/project_manager", None),
    ("project_manager", "POST", "/changes/{changes}/replacements",
     {"decider": "tester", "replacement": "project_manager", "reason": "She tests."}),
    ("contributor", "POST", "/changes", {"title": "Grey", "reason": "It is paler.", "edits": [
        {"new_item": {"kind": "requirement", "fields": {"title": "Grey ink", "tier": "later"}}}
    ]}),
    ("contributor", "POST", "/changes/{changes}/submission", {}),
    ("polymath", "POST", "/changes/{changes}/assessments", {"likely": 0.25}),
    ("contributor", "POST", "/changes/{changes}/silence", {"until": (clock.today("UTC") + timedelta(days=14)).isoformat()}),
    ("project_manager", "POST", "/changes/{changes}/objection", {"reason": "Not now."}),
    ("project_manager", "PATCH", "/workflows", {"password": PASSWORD, "kinds": {"emergency": {"added": [
        {"category": "deciding", "names": {"en": "Second look"}, "roles": ["business_owner"]}
    ]}}}),
    ("contributor", "POST", "/changes", {"title": "Red", "reason": "It stands still.", "kind": "emergency", "edits": [
        {"new_item": {"kind": "requirement", "fields": {"title": "Red ink", "tier": "later"}}}
    ]}),
    ("contributor", "POST", "/changes/{changes}/submission", {}),
    ("business_owner", "POST", "/changes/{changes}/passage", {}),
    ("business_owner", "POST", "/changes/{changes}/decisions",
     {"outcome": "approved", "tier": "later", "phase": "1", "password": PASSWORD}),
    ("polymath", "POST", "/changes/{changes}/assessments", {"likely": 1}),
    ("sponsor", "POST", "/changes/{changes}/review", {"note": "It was right."}),
    ("analyst", "POST", "/interviews/INT-1/corrections", {"stakeholder": 2, "body": "Not so."}),
    ("analyst", "POST", "/interviews/INT-1/confirmation", {"stakeholder": 1}),
    ("project_manager", "POST", "/reviews/REV-2/lines", {"item": "REQ-2"}),
    ("project_manager", "DELETE", "/reviews/REV-2/lines/{reviews/REV-2/lines}", None),
    ("project_manager", "POST", "/reviews", {"name": "Weekly", "planned_on": "2027-01-05", "weeks": 2}),
    ("project_manager", "POST", "/reviews/{reviews}/agenda", {}),
    ("project_manager", "POST", "/reviews/{reviews}/lines", {"item": "REQ-1"}),
    ("project_manager", "POST", "/reviews/{reviews}/holding", {}),
    ("project_manager", "POST", "/reviews", {"name": "Weekly", "planned_on": "2027-01-12"}),
    ("project_manager", "POST", "/reviews/{reviews}/cancelling", {}),
    ("tester", "POST", "/delegates", AWAY),
    ("contributor", "POST", "/delegates/{delegates}/ending", {}),
    ("tester", "POST", "/api/v1/delegates", AWAY),
    ("analyst", "POST", "/links", {"kind": "duplicates", "source": "SCN-1", "target": "SCN-2"}),
    ("analyst", "DELETE", "/links/{links}", None),
    ("analyst", "POST", "/items/REQ-3/moves", {"to": "review"}),
    ("tester", "POST", "/rounds/1/results", {"acceptance": "ACC-1", "row": 0, "verdict": "passed"}),
    ("tester", "POST", "/rounds/1/results", {"acceptance": "ACC-2", "verdict": "passed"}),
    ("analyst", "PATCH", "/acceptance/ACC-2", {"then": ["It says so."]}),
    ("tester", "POST", "/rounds/1/affirmations", {"acceptance": "ACC-2", "reason": "It did before."}),
    ("tester", "POST", "/results/{rounds/1/affirmations}/revocation", {"reason": "It did not."}),
    ("analyst", "POST", "/datasets", {"name": "Sources", "header": ["source", "kept as"], "rows": [["Fair", "exhibition"]]}),
    ("analyst", "POST", "/acceptance", {"title": "Falls", "when": ["enter <source>"], "then": ["<kept as> is shown"]}),
    ("analyst", "POST", "/acceptance/{acceptance}/rows",
     {"data_set": "{datasets}", "columns": {"source": "source", "kept as": "kept as"}, "rows": [0]}),
    ("project_manager", "POST", "/rounds", {"name": "Falling", "acceptance": ["{acceptance}"], "testers": ["tester"]}),
    ("tester", "POST", "/rounds/{rounds}/results",
     {"acceptance": "{acceptance}", "row": 0, "verdict": "failed", "note": "It does not."}),
    ("tester", "POST", "/results/{results}/defect", {}),
    ("implementer", "POST", "/items/{defect}/moves", {"to": "fix"}),
    ("project_manager", "POST", "/walks", {"process": "PRC-2", "record": WALKED}),
    ("project_manager", "PATCH", "/rounds/{rounds}", {"stage": "closed", "reason": "Enough."}),
    ("project_manager", "POST", "/defects/round", {}),
    ("analyst", "POST", "/imports/IMP-2/undoing", {}),
    ("analyst", "POST", "/imports/IMP-1/dropping", {}),
    ("project_manager", "POST", "/signoffs/SGN-2/links", {"seat": 3}),
    ("analyst", "POST", "/signoffs/SGN-2/sheets/1/comparison", {"confirmed": False, "reason": "It bears no seal."}),
    ("analyst", "POST", "/signoffs/SGN-2/sheets",
     {"seat": 4, "signed_on": clock.today("UTC").isoformat(), "code": "{check}", "name": "a.pdf", "file": "JVBERi0xLjcKYQ=="}),
    ("business_owner", "POST", "/signoffs/SGN-2/signature", {"password": PASSWORD}),
    ("analyst", "POST", "/signoffs", {"subject": "BL-2", "meaning": "Once more.", "signers": ["sponsor"]}),
    ("analyst", "POST", "/signoffs/{signoffs}/withdrawal", {"reason": "Not needed."}),
    ("analyst", "POST", "/requirements", {"title": DRAFTS[0]}),
    ("analyst", "POST", "/duplicates", {"subject": "REQ-3 {requirements}", "reason": "One is for ponds."}),
    ("analyst", "POST", "/items/{requirements}/merge", {"into": "REQ-3"}),
    ("analyst", "POST", "/items/{requirements}/restoration", {}),
    ("analyst", "POST", "/items/{requirements}/split", {"parts": [{"title": "One"}, {"title": "Two"}]}),
    ("polymath", "POST", "/branches", {"name": "East", "purpose": "pilot", "pilot": "The east", "owner": "business_owner",
                                       "reason": "Sooner."}),
    ("business_owner", "POST", "/branches/{branches}/decisions", {"items": ["REQ-2"], "decision": "left_out", "reason": "Later."}),
    ("polymath", "POST", "/branches/{branches}/takeovers", {"items": ["REQ-2"], "reason": "Nobody needs it."}),
    ("polymath", "POST", "/branches/{branches}/closing", {"outcome": "given_up", "reason": "It is over."}),
]  # fmt: skip


def test_every_operation_answers_as_it_is_told(own_sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    described, client = Description(made.app), made.app.test_client()
    complaints: list[str] = []
    done, seen = set(), set()
    for stop, body in requests(made):
        for headers, sent in tries(made, stop, body, seen):
            answer = client.open(stop.url, method=stop.method, headers=headers, **sent)
            complaints += described.complaints(stop.method, stop.url, answer)
            done |= {stop.endpoint.partition(".")[2]} if answer.status_code < 300 else set()
            if "Location" in answer.headers and "Idempotency-Replayed" not in answer.headers:
                complaints += elsewhere(client, headers, answer)
    assert complaints == []
    assert described.names() - done == BY_STORY


def elsewhere(client: FlaskClient, headers: dict[str, str], made: TestResponse) -> list[str]:
    """``Location`` leads to the very thing, in its version."""
    read = client.get(made.headers["Location"], headers=headers)
    same = read.status_code == 200 and read.headers["ETag"] == made.headers["ETag"]
    if same and all(read.json[name] == made.json[name] for name in ("key", "id") if name in read.json):
        return []
    return [f"{made.request.method} {made.request.path}: {made.headers['Location']} leads to {read.text[:200]}"]


def filled(body: Any, named: dict[str, Any]) -> Any:
    """A body with what stands in braces in its texts."""
    if not isinstance(body, dict):
        return body
    return {name: _filled(part, named) for name, part in body.items()}


def _filled(part: Any, named: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_filled(one, named) for one in part]
    return part.format(**named) if isinstance(part, str) else part


def test_what_takes_a_story_answers_as_it_is_told(own_house: Prepared) -> None:
    made = own_house
    described, client = Description(made.app), made.app.test_client()
    complaints, done, named = [], set(), {"check": made.secrets["check"]}
    for login, method, path, body in STORY:
        url = path if path.startswith("/api") else P + path.format(**named)
        headers = {"Authorization": f"Bearer {made.tokens[login]}", "If-Match": "*"}
        answer = client.open(url, method=method, json=filled(body, named), headers=headers)
        assert answer.status_code < 300, f"{login} {method} {url} → {answer.status_code} {answer.text}"
        complaints += described.complaints(method, url, answer)
        done.add((described.operation(method, url) or {})["operationId"])
        if method == "POST":
            made_key = answer.json.get("key") or answer.json["id"]
            # By the whole path, and by its last part.
            named[path.strip("/")] = named[path.rpartition("/")[2]] = made_key
    assert complaints == []
    assert done >= BY_STORY


def test_what_is_told_is_what_is_done(sqlite_house: Prepared) -> None:
    """The conditions and pages of rule 3 are told where they hold, and nowhere else."""
    described = Description(sqlite_house.app)
    client = sqlite_house.app.test_client()
    headers = {"Authorization": f"Bearer {sqlite_house.tokens['polymath']}"}
    lists = {
        stop.rule
        for stop in stops(sqlite_house)
        if stop.endpoint.startswith("api.") and set(client.get(stop.url, headers=headers).json) == {"items", "next"}
    }
    for path, verbs in described.spec["paths"].items():
        for verb, told in verbs.items():
            given = {(one["in"], one["name"]) for one in told["parameters"]}
            rule = re.sub(r"{(\w+)}", r"<\1>", path)
            paged = {("query", "limit"), ("query", "after")} <= given
            assert paged == (verb == "get" and rule in {re.sub("<int:", "<", one) for one in lists}), path
            assert (("header", "If-Match") in given) == (verb == "patch") == ("428" in told["responses"]), path
            assert (("header", "Idempotency-Key") in given) == ROUTES[f"api.{told['operationId']}"].writes, path
            # Where a body is needed, none is refused.
            if told.get("requestBody", {}).get("required") and set(re.findall(r"{(\w+)}", path)) <= {"project"}:
                assert (
                    client.open(path.format(project="CRM"), method=verb.upper(), headers=headers).status_code == 422
                ), path
    assert "201" in described.spec["paths"]["/api/v1/projects"]["post"]["responses"]
    assert "200" not in described.spec["paths"]["/api/v1/projects"]["post"]["responses"]


def test_the_comparison_is_not_blind(sqlite_house: Prepared) -> None:
    """Each part of a description, broken on purpose, is noticed."""
    client = sqlite_house.app.test_client()
    headers = {"Authorization": f"Bearer {sqlite_house.tokens['polymath']}"}
    url = f"{P}/requirements/REQ-1"
    answer = client.get(url, headers=headers)

    def told(change: Any) -> str:
        described = Description(sqlite_house.app)
        change((described.operation("GET", url) or {})["responses"], described.spec["components"])
        return " ".join(described.complaints("GET", url, answer))

    shape = "#/components/schemas/Thing"
    assert told(lambda responses, parts: None) == ""
    assert "is not told" in told(lambda responses, parts: responses.pop("200"))
    assert "ETag" in told(lambda responses, parts: responses["200"].pop("headers"))
    assert "told is text/html" in told(lambda responses, parts: responses["200"].update(content={"text/html": {}}))
    assert "has a body" in told(lambda responses, parts: responses["200"].pop("content"))
    assert (
        told(lambda responses, parts: responses["200"]["content"]["application/json"].update(schema={"$ref": shape}))
        == ""
    )
    for broken in ({"type": "array"}, {"required": ["colour"]}, {"properties": {"tier": {"enum": ["red"]}}},
                   {"properties": {"tags": {"items": {"type": "integer"}}}}):  # fmt: skip
        assert ": it" in told(lambda responses, parts, broken=broken: parts["schemas"]["Requirement"].update(broken)), (
            broken
        )
