"""Passkeys: made, used to sign in and to prove oneself; what is altered, answered twice or meant for another site is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions, challenges, passkeys
from reqtrack.accounts.models import Challenge, Passkey, SignIn
from reqtrack.audit.models import AccessEvent
from reqtrack.db import db
from tests.accounts.device import PRESENT, UNLOCKED, Device
from tests.support.world import OPERATOR, Browser, World

REGISTER, PROVE, SIGN_IN = (
    "/account/passkeys/challenge",
    "/account/proof/passkey-challenge",
    "/sign-in/passkey-challenge",
)


def asked(browser: Browser, url: str) -> dict[str, Any]:
    answer = browser.send(url)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)  # type: ignore[no-any-return]


def keep(browser: Browser, device: Device, name: str = "phone") -> int:
    sent = {"credential": device.registers(asked(browser, REGISTER)), "name": name}
    return browser.send("/account/passkeys", sent).status_code


def signs_in(world: World, device: Device) -> int:
    browser = world.client()
    answer = browser.send(
        "/sign-in/passkey", {"credential": device.answers(asked(browser, SIGN_IN)), "next": "/account"}
    )
    assert (answer.status_code == 303) == (browser.get("/account").status_code == 200)
    return answer.status_code


def told(monkeypatch: pytest.MonkeyPatch, app: Flask, base: str) -> None:
    """The site is told its address."""
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"base_url": base}))


@pytest.fixture
def device(world: World) -> Device:
    world.user("wang")
    made = Device()
    assert keep(world.client("wang"), made) == 303
    return made


def test_a_passkey_signs_in_without_a_password(world: World, device: Device) -> None:
    assert signs_in(world, device) == 303
    with world.read():
        assert "passkey" in db.session.execute(select(SignIn.proved_by)).scalars().all()
        row = db.session.execute(select(Passkey)).scalar_one()
        assert (row.name, row.sign_count, row.used_at is not None) == ("phone", device.count, True)


def test_a_passkey_proves_for_ten_minutes(world: World, device: Device) -> None:
    browser = world.client("wang", proved=False)
    refused = browser.send("/account/tokens", {"scope": "read"})
    assert refused.status_code == 403 and "data-passkey-proof" in refused.text
    answer = device.answers(asked(browser, PROVE))
    assert browser.send("/account/proof/passkey", {"credential": answer}).status_code == 204
    assert browser.send("/account/tokens", {"scope": "read"}).status_code == 201
    assert world.client("wang", proved=False).send("/account/tokens", {"scope": "read"}).status_code == 403
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403


def test_an_answer_is_good_once(world: World, device: Device) -> None:
    browser = world.client("wang", proved=False)
    sent = {"credential": device.answers(asked(browser, PROVE))}
    assert browser.send("/account/proof/passkey", sent).status_code == 204
    assert browser.send("/account/proof/passkey", sent).status_code == 403
    late = {"credential": device.answers(asked(browser, PROVE))}
    with clock.at(clock.now() + timedelta(minutes=challenges.MINUTES, seconds=1)):
        assert browser.send("/account/proof/passkey", late).status_code == 403


@pytest.mark.sqlite("what is altered is refused before any database is asked")
@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://localhost.example"},
        {"origin": "http://localhost:81"},
        {"host": "example.com"},
        {"flags": PRESENT},
        {"flags": UNLOCKED},
        {"type_said": "webauthn.create"},
        {"count": 0},
        {"key": Device().key},
        {"id": b"0123456789abcdef"},
    ],
    ids=["origin", "port", "host", "locked", "nobody there", "type", "counter", "key", "unknown"],
)
def test_what_does_not_hold_is_refused(world: World, device: Device, change: dict[str, Any]) -> None:
    assert signs_in(world, device) == 303
    for name, value in change.items():
        setattr(device, name, value)
    assert signs_in(world, device) == 403
    browser = world.client("wang", proved=False)
    answer = device.answers(asked(browser, PROVE)) if "count" not in change else ""
    assert browser.send("/account/proof/passkey", {"credential": answer}).status_code == 403
    assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403


@pytest.mark.sqlite("what is altered is refused before any database is asked")
def test_each_part_of_an_answer_is_needed(world: World, device: Device) -> None:
    browser = world.client("wang", proved=False)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for broken in ("", "AAAA", None, 5):
            sent = json.loads(device.answers(asked(browser, PROVE)))
            sent["response"][part] = broken
            answer = browser.send("/account/proof/passkey", {"credential": json.dumps(sent)})
            assert answer.status_code == 403, (part, broken)
    for nonsense in ("", "[]", "{", "null", '{"response": 1}', "[" * 9000, "x" * 30_000):
        assert browser.send("/account/proof/passkey", {"credential": nonsense}).status_code == 403
        assert world.client().send("/sign-in/passkey", {"credential": nonsense}).status_code == 403
    assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403


def test_a_question_is_for_one_person_and_one_purpose(world: World, device: Device) -> None:
    world.user("li")
    other, browser = world.client("li", proved=False), world.client("wang", proved=False)
    stranger = world.client()
    for options, to in (
        (asked(other, PROVE), browser),
        (asked(browser, PROVE), other),
        (asked(stranger, SIGN_IN), browser),
        (asked(world.client("wang"), REGISTER), browser),
    ):
        assert to.send("/account/proof/passkey", {"credential": device.answers(options)}).status_code == 403
    sent = {"credential": device.answers(asked(browser, PROVE))}
    assert stranger.send("/sign-in/passkey", sent).status_code == 403
    sent = {"credential": device.answers(asked(other, PROVE))}
    assert other.send("/account/proof/passkey", sent).status_code == 403, "another's passkey"


@pytest.mark.sqlite("what is altered is refused before any database is asked")
def test_only_what_holds_is_kept(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    for change in (
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"type_said": "webauthn.get"},
    ):
        assert keep(browser, Device(**change)) == 403, change
    made = Device()
    assert keep(browser, made, name="  ") == 422
    assert keep(browser, made) == 303
    assert keep(browser, made) == 409
    assert asked(browser, REGISTER)["excludeCredentials"][0]["id"]
    with world.read():
        assert len(db.session.execute(select(Passkey)).scalars().all()) == 1


def test_they_are_renamed_and_taken_away(world: World, device: Device) -> None:
    world.user("li")
    browser = world.client("wang")
    with world.read():
        number = db.session.execute(select(Passkey.id)).scalar_one()
    assert world.client("li").send(f"/account/passkeys/{number}/end").status_code == 404
    assert world.client("li").send(f"/account/passkeys/{number}/name", {"name": "x"}).status_code == 404
    assert browser.send(f"/account/passkeys/{number}/name", {"name": "钥匙"}).status_code == 303
    assert "钥匙" in browser.get("/account").text
    assert world.client("wang", proved=False).send(f"/account/passkeys/{number}/end").status_code == 403
    assert browser.send(f"/account/passkeys/{number}/end").status_code == 303
    assert "钥匙" not in browser.get("/account").text
    assert signs_in(world, device) == 403


def test_nobody_makes_one_without_a_proof(world: World) -> None:
    world.user("wang")
    browser = world.client("wang", proved=False)
    assert browser.send(REGISTER).status_code == 403
    assert browser.send("/account/passkeys", {"credential": "{}", "name": "x"}).status_code == 403
    assert browser.get("/account/passkeys/new").location == "/account/proof?next=/account/passkeys/new"


def test_a_disabled_account_stays_out(world: World, device: Device) -> None:
    with world.write(project=""):
        actions.disable_user(OPERATOR, world.user_row("wang"))
    assert signs_in(world, device) == 403


def test_what_happened_is_in_the_access_log_and_old_questions_go(world: World, device: Device) -> None:
    signs_in(world, device)
    device.origin = "http://elsewhere"
    signs_in(world, device)
    with world.read():
        noted = [
            (row.action, row.subject)
            for row in db.session.execute(select(AccessEvent).order_by(AccessEvent.seq)).scalars()
        ]
        assert len(db.session.execute(select(Challenge)).scalars().all()) == 3
    assert noted[-3:] == [("passkey_added", "wang"), ("signed_in", "wang"), ("sign_in_failed", "unknown")]
    with clock.at(clock.now() + timedelta(hours=1)):
        asked(world.client(), SIGN_IN)
        with world.read():
            assert len(db.session.execute(select(Challenge)).scalars().all()) == 1


@pytest.mark.sqlite("no database is asked")
@pytest.mark.parametrize(
    ("base", "address", "host"),
    [
        ("https://req.example.com", "http://anything", "req.example.com"),
        ("https://req.example.com:8443/", "http://anything", "req.example.com"),
        ("http://req.example.com", "https://req.example.com", None),
        ("", "https://told-by-a-header", None),
        ("", "http://10.0.0.1:8000", None),
        ("", "http://localhost:8000", "localhost"),
    ],
)
def test_passkeys_are_for_the_configured_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch, base: str, address: str, host: str | None
) -> None:
    told(monkeypatch, app, base)
    with app.test_request_context("/", base_url=address):
        found = passkeys.site()
    assert (found.host if found else None) == host
    if found and base:
        assert found.origin == base.rstrip("/")


@pytest.mark.sqlite("no database is asked")
def test_without_https_it_is_said_and_nothing_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.user("wang")
    told(monkeypatch, world.app, "http://req.example.com")
    browser = world.client("wang")
    assert "Passkeys need https" in browser.get("/account").text
    assert "Passkeys need https" in browser.get("/account/passkeys/new").text
    assert browser.send(REGISTER).status_code == 409
    assert "data-passkey-form" not in world.client().get("/sign-in").text
    assert world.client().send(SIGN_IN).status_code == 409
