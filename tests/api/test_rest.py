"""What holds for the whole API: problems, conditions, keys of repeated requests, tokens. What each resource does is tested in
its area; that each is there, described and paged, in tests/architecture/test_api_covers.py."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.models import Token
from reqtrack.accounts.queries import user_by_login
from reqtrack.api.models import IdempotencyKey
from reqtrack.db import db
from reqtrack.items.models import Item
from tests.support.caller import Caller, P
from tests.support.world import OPERATOR, PASSWORD, World


def count(world: World) -> int:
    with world.read():
        return int(db.session.execute(select(func.count()).select_from(Item)).scalar_one())


# -- problems ----------------------------------------------------------------------------------------------------------


def test_whatever_is_wrong_is_a_problem_with_every_reason(crm: World) -> None:
    analyst, tester, nobody = Caller(crm, "analyst"), Caller(crm, "tester"), Caller(crm)
    key = analyst("POST", "/requirements", {"title": "Phones"}).json["key"]
    one = f"/requirements/{key}"
    wrong: list[tuple[Caller, str, str, Any, dict[str, str], int, set[str]]] = [
        (nobody, "GET", "/requirements", None, {}, 401, {"sign_in"}),
        (nobody, "GET", "/requirements", None, {"Authorization": "Bearer rt_wrong"}, 401, {"bad_token"}),
        (Caller(crm, "outsider"), "GET", one, None, {}, 404, set()),
        (analyst, "GET", "/requirements/REQ-99", None, {}, 404, set()),
        (analyst, "GET", "/requirements/SCN-1", None, {}, 404, set()),
        (analyst, "GET", "/api/v1/nowhere", None, {}, 404, set()),
        (analyst, "PUT", one, {}, {}, 405, set()),
        (tester, "POST", "/requirements", {"title": "Mine"}, {}, 403, {"no_permission"}),
        (Caller(crm, "analyst", "read"), "POST", "/requirements", {"title": "Mine"}, {}, 403, {"token_scope"}),
        (analyst, "POST", "/requirements", {"title": ""}, {}, 422, {"required"}),
        (analyst, "POST", "/requirements", {"title": "x", "colour": "red"}, {}, 422, {"invalid"}),
        (analyst, "POST", "/requirements", {"title": ["x"], "tier": "never"}, {}, 422, {"invalid"}),
        (analyst, "POST", "/requirements", {"title": "x", "phase": "No such"}, {}, 422, {"invalid"}),
        (analyst, "PATCH", one, {"title": "y"}, {}, 428, {"if_match"}),
        (analyst, "PATCH", one, {"title": "y"}, {"If_Match": '"7"'}, 412, {"stale"}),
        (analyst, "PATCH", one, {"title": "y"}, {"If_Match": "yesterday"}, 422, {"invalid"}),
        (analyst, "GET", "/requirements?q=colour:red", None, {}, 422, {"invalid"}),
        (analyst, "GET", "/requirements?after=nowhere", None, {}, 422, {"invalid"}),
    ]  # fmt: skip
    for caller, method, path, body, headers, status, codes in wrong:
        answer = caller(method, path, body, **headers)
        told = f"{method} {path} {body} → {answer.status_code} {answer.text}"
        assert answer.status_code == status and answer.mimetype == "application/problem+json", told
        problem = answer.json
        assert problem["status"] == status and problem["title"] and problem["type"] == "about:blank", told
        assert codes <= {reason["code"] for reason in problem["reasons"]}, told
        assert all(reason["detail"] for reason in problem["reasons"]), told
        assert not codes or problem["detail"], told
    for body in (b"", b"{", b"[1]", b"null"):
        answer = analyst.client.post(
            f"{P}/requirements", data=body, headers={**analyst.headers, "Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422) and answer.mimetype == "application/problem+json", body
    assert count(crm) == 1


def test_each_wrong_field_is_named(crm: World) -> None:
    body = {"title": "x", "effort_days": "-1", "owner": "nobody", "phase": "none such", "scenarios": ["SCN-9"]}
    answer = Caller(crm, "analyst")("POST", "/requirements", body)
    assert answer.status_code == 422
    assert {reason["field"] for reason in answer.json["reasons"]} == set(body) - {"title"}


def test_a_problem_speaks_the_language_that_is_asked_for(crm: World) -> None:
    caller = Caller(crm, "tester")
    texts = {
        language: caller("POST", "/requirements", {"title": "x"}, Accept_Language=language).json["detail"]
        for language in ("en", "zh-CN")
    }
    assert texts["en"].isascii() and not texts["zh-CN"].isascii()


# -- conditions --------------------------------------------------------------------------------------------------------


def test_an_answer_carries_its_version_and_a_change_needs_it(crm: World) -> None:
    caller = Caller(crm, "analyst")
    made = caller("POST", "/requirements", {"title": "Phones"})
    assert (made.status_code, made.headers["ETag"], made.json["version"]) == (201, '"1"', 1)
    assert made.headers["Location"].endswith("/requirements/REQ-1")
    one = "/requirements/REQ-1"
    assert caller("GET", one).headers["ETag"] == '"1"'
    changed = caller("PATCH", one, {"title": "Faxes"}, If_Match='"1"')
    assert (changed.status_code, changed.headers["ETag"], changed.json["title"]) == (200, '"2"', "Faxes")
    stale = caller("PATCH", one, {"title": "Mine"}, If_Match='"1"')
    assert (stale.status_code, stale.json["seen"], stale.json["version"]) == (412, 1, 2)
    assert (stale.json["mine"], stale.json["current"]) == ({"title": "Mine"}, {"title": "Faxes"})
    # Nothing to change: no version, whatever was seen; any version, when that is said.
    assert caller("PATCH", one, {"title": "Faxes"}, If_Match='"2"').json["version"] == 2
    assert caller("PATCH", one, {"title": "Phones again"}, If_Match="*").json["version"] == 3
    history = caller("GET", f"{one}/history").json["items"]
    assert [(row["version"], row["content"]["title"]) for row in history] == [
        (3, "Phones again"), (2, "Faxes"), (1, "Phones")
    ]  # fmt: skip
    # Null empties a field.
    assert caller("PATCH", one, {"tier": "must"}, If_Match='"3"').json["tier"] == "must"
    assert caller("PATCH", one, {"tier": None}, If_Match='"4"').json["tier"] is None


# -- keys of repeated requests -----------------------------------------------------------------------------------------


def test_a_request_that_is_sent_again_is_done_once(crm: World) -> None:
    caller = Caller(crm, "analyst")
    first = caller("POST", "/requirements", {"title": "Once"}, Idempotency_Key="k1")
    again = caller("POST", "/requirements", {"title": "Once"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json and "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [again.headers[name] for name in ("ETag", "Location")] == [
        first.headers[name] for name in ("ETag", "Location")
    ]
    assert count(crm) == 1
    # Another request under the same key is refused; the same key of somebody else is another key.
    for path, body in (("/requirements", {"title": "Twice"}), ("/scenarios", {"title": "Once"})):
        refused = caller("POST", path, body, Idempotency_Key="k1")
        assert (refused.status_code, refused.json["reasons"][0]["code"]) == (422, "key_reused")
    crm.member("second", "analyst")
    assert (
        Caller(crm, "second")("POST", "/requirements", {"title": "Twice"}, Idempotency_Key="k1").json["key"] == "REQ-2"
    )
    # A change, too: sent again it finds its own answer, not a version that moved on.
    for _ in range(2):
        assert (
            caller("PATCH", "/requirements/REQ-1", {"title": "x"}, If_Match='"1"', Idempotency_Key="k2").json["version"]
            == 2
        )
    with crm.read():
        assert db.session.execute(select(func.count()).select_from(IdempotencyKey)).scalar() == 3


def test_what_failed_is_not_remembered_and_a_day_is_enough(crm: World) -> None:
    caller = Caller(crm, "analyst")
    assert caller("POST", "/requirements", {"title": ""}, Idempotency_Key="k").status_code == 422
    assert caller("POST", "/requirements", {"title": "Right"}, Idempotency_Key="k").status_code == 201
    with clock.at(clock.now() + timedelta(hours=23)):
        assert caller("POST", "/requirements", {"title": "Right"}, Idempotency_Key="k").json["key"] == "REQ-1"
        caller("POST", "/comments", {"item": "REQ-1", "body": "Later."}, Idempotency_Key="later")
    with clock.at(clock.now() + timedelta(hours=25)):
        assert caller("POST", "/requirements", {"title": "Another"}, Idempotency_Key="k").json["key"] == "REQ-2"
    with clock.at(clock.now() + timedelta(hours=48)):
        caller("POST", "/comments", {"item": "REQ-1", "body": "Much later."}, Idempotency_Key="much later")
    with crm.read():  # what is older than is promised is forgotten
        assert set(db.session.execute(select(IdempotencyKey.key)).scalars()) == {"k", "much later"}
    assert count(crm) == 2


def test_nothing_secret_is_kept_of_a_request(crm: World) -> None:
    """Neither a digest with which a password could be tried out, nor the link that an answer told."""
    crm.member("manager", "project_manager")
    caller = Caller(crm, "manager", "admin")
    crm.requirement(stage="draft")
    caller("POST", "/baselines", {"name": "Scope"})
    made = caller("POST", "/signoffs", {"subject": "BL-1", "meaning": "I approve.", "signers": ["manager"]})
    path, body = f"{P}/signoffs/{made.json['key']}/signature", {"password": PASSWORD}
    assert caller("POST", path, body, Idempotency_Key="signed").status_code == 201
    with crm.read():
        kept = db.session.execute(select(IdempotencyKey.request).where(IdempotencyKey.key == "signed")).scalar_one()
    sent = crm.app.json.dumps(body).encode()
    assert hashlib.sha256(f"POST {path}\n".encode() + sent).hexdigest() != kept
    secret = crm.app.config["SECRET_KEY"].encode()
    assert hmac.new(secret, f"POST {path}\n".encode() + sent, hashlib.sha256).hexdigest() == kept
    invited = caller("POST", "/invitations", {"roles": ["tester"]}, Idempotency_Key="invited")
    again = caller("POST", "/invitations", {"roles": ["tester"]}, Idempotency_Key="invited")
    assert again.json == {**invited.json, "link": None} and "/join/" in invited.json["link"]
    assert again.headers["Idempotency-Replayed"] == "true"
    with crm.read():
        bodies = db.session.execute(select(IdempotencyKey.body)).scalars().all()
    assert len(bodies) == 2 and not any(invited.json["link"].rpartition("/")[2] in body for body in bodies)


def test_the_same_request_at_the_same_moment_is_done_once(crm: World) -> None:
    caller = Caller(crm, "analyst")
    answers: list[tuple[int, str]] = []

    def send() -> None:
        client = crm.app.test_client()
        answer = client.post(
            f"{P}/requirements", json={"title": "At once"}, headers={**caller.headers, "Idempotency-Key": "same"}
        )
        answers.append((answer.status_code, answer.json["key"]))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [(201, "REQ-1")] * 4
    assert count(crm) == 1


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_a_token_is_its_owner_for_as_long_as_it_lasts(crm: World) -> None:
    caller = Caller(crm, "analyst")
    assert caller("GET", "/requirements").status_code == 200
    with crm.read():
        ends: datetime = db.session.execute(select(Token.expires_at)).scalar_one()
    with clock.at(ends - timedelta(seconds=1)):
        assert caller("GET", "/requirements").status_code == 200
    with clock.at(ends):
        assert caller("GET", "/requirements").status_code == 401
    # What the owner loses, the token loses with the next request.
    with crm.write() as scene:
        accounts.end_role(OPERATOR, scene.project, user_by_login("analyst"), "analyst")
    assert caller("GET", "/requirements").status_code == 404
    crm.member("analyst", "tester")
    assert caller("GET", "/requirements").status_code == 200
    assert caller("POST", "/requirements", {"title": "x"}).status_code == 403
    with crm.write(project=""):
        accounts.disable_user(OPERATOR, user_by_login("analyst"))
    assert caller("GET", "/requirements").status_code == 401


def test_a_scope_is_as_far_as_a_token_reaches(crm: World) -> None:
    """``read`` writes nothing, ``write`` the work but not who does it, ``admin`` all that its owner may."""
    crm.member("manager", "project_manager")
    acts: list[tuple[str, str, Any, dict[str, str]]] = [
        ("POST", "/members", {"login": "outsider", "role": "tester"}, {}),
        ("POST", "/invitations", {"roles": ["tester"]}, {}),
        ("PATCH", P, {"name": "Another"}, {"If_Match": "*"}),
        ("DELETE", "/members/outsider/tester", None, {}),
    ]
    for scope in ("read", "write"):
        caller = Caller(crm, "manager", scope)
        for method, path, body, headers in acts:
            answer = caller(method, path, body, **headers)
            assert (answer.status_code, answer.json["reasons"][0]["code"]) == (403, "token_scope"), (scope, path)
        assert caller("GET", "/members").status_code == caller("GET", "/invitations").status_code == 200
        assert caller("POST", "/comments", {"item": "REQ-9", "body": "x"}).status_code == (
            404 if scope == "write" else 403
        )
    admin = Caller(crm, "manager", "admin")
    assert [admin(method, path, body, **headers).status_code for method, path, body, headers in acts] == [
        201,
        201,
        200,
        204,
    ]
    # The scope gives nothing that the owner has not got; every reason is told.
    refused = Caller(crm, "analyst", "write")("POST", "/members", {"login": "outsider", "role": "tester"})
    assert {one["code"] for one in refused.json["reasons"]} == {"token_scope", "no_permission"}


def test_a_token_needs_no_form_token_and_a_cookie_does(crm: World) -> None:
    browser = crm.client("analyst")
    assert browser.post(f"{P}/requirements", json={"title": "x"}).status_code == 400
    told = browser.post(f"{P}/requirements", json={"title": "x"}, headers={"X-CSRFToken": browser.token()})
    assert told.status_code == 201
    # With a token that is worth nothing the cookie does not help.
    wrong = browser.get(f"{P}/requirements", headers={"Authorization": "Bearer rt_wrong"})
    assert wrong.status_code == 401


def test_a_secret_is_kept_as_a_digest(crm: World) -> None:
    secret = Caller(crm, "analyst").headers["Authorization"].removeprefix("Bearer ")
    with crm.read():
        row = db.session.execute(select(Token)).scalar_one()
        assert secret not in json.dumps([str(getattr(row, name.key)) for name in Token.__table__.columns])


# -- by the API as on pages --------------------------------------------------------------------------------------------


def test_what_pages_do_beside_resources(crm: World) -> None:
    """Moves, looks, endings, files: by the same actions, with the same refusals."""
    analyst, tester = Caller(crm, "analyst"), Caller(crm, "tester")
    analyst("POST", "/requirements", {"title": "Driver"})
    analyst("POST", "/acceptance", {"title": "Driven", "then": ["so"], "accepts": ["REQ-1"]})
    # A move, named by the stage or by the move; from where it is no more it is a conflict.
    refused = tester("POST", "/items/REQ-1/moves", {"to": "review"})
    assert refused.status_code == 403 and refused.json["reasons"]
    assert analyst("POST", "/items/REQ-1/moves", {"to": "review", "seen": "approved"}).status_code == 409
    moved = analyst("POST", "/items/REQ-1/moves", {"to": "review", "seen": "draft"})
    assert (moved.status_code, moved.json["stage"]) == (201, "in_review")
    assert analyst("POST", "/items/REQ-1/moves", {"to": "the moon"}).status_code in (404, 409, 422)
    # A second look at a link that became suspect.
    analyst("PATCH", "/requirements/REQ-1", {"statement": "Moved."}, If_Match="*")
    (link,) = analyst("GET", "/links?kind=accepts").json["items"]
    assert Caller(crm, "outsider")("POST", f"/links/{link['id']}/looks").status_code == 404
    assert analyst("POST", f"/links/{link['id']}/looks").status_code == 201
    # A file goes through the door, and is read as what it is.
    sent = {"item": "REQ-1", "name": "../a note.txt", "file": "aGVsbG8="}
    made = analyst("POST", "/attachments", sent)
    assert made.status_code == 201, made.text
    assert (made.json["name"], made.json["size"], made.json["item"]) == ("a note.txt", 5, "REQ-1")
    assert analyst("GET", "/attachments?item=REQ-1").json["items"] == [made.json]
    read = crm.client("analyst").get(made.json["href"], buffered=True)
    assert (read.data, read.mimetype) == (b"hello", "application/octet-stream")
    for bad in ({**sent, "file": "%%%"}, {**sent, "name": "a\x00b"}, {**sent, "item": "REQ-9"}):
        assert analyst("POST", "/attachments", bad).status_code in (404, 422)
    # Invitations and documents.
    manager = Caller(crm, crm.member("manager", "project_manager").login, "admin")
    number = manager("POST", "/invitations", {"roles": ["tester"]}).json["id"]
    assert analyst("DELETE", f"/invitations/{number}").status_code == 403
    assert manager("DELETE", f"/invitations/{number}").status_code == 204
    assert manager("GET", "/invitations").json["items"] == []
    export = analyst("POST", "/exports", {"document": "specification", "subject": "", "locale": "en"}).json["id"]
    assert analyst("POST", f"/exports/{export}/cancelling").json["state"] == "cancelled"
    assert tester("POST", f"/exports/{export}/cancelling").status_code in (403, 404)
