"""Codes of an authenticator app: set up, asked after the password, good instead of it; each worth something once."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from reqtrack import clock
from reqtrack.accounts import codes, proofs, queries, vault
from reqtrack.accounts.models import Authenticator, SignIn, User
from reqtrack.audit.models import AccessEvent, Event
from reqtrack.db import db
from tests.support.world import PASSWORD, Browser, World

KEY = re.compile(r'id="key">([A-Z2-7 ]+)<')
RECOVERY = re.compile(r"<code class=\"rq-print\">([a-z2-7]{5}-[a-z2-7]{5})</code>")


class Phone:
    """An authenticator app: it shows the code of its key."""

    def __init__(self, spelled: str) -> None:
        self.key = base64.b32decode(spelled.replace(" ", ""))

    def code(self, later: float = 0) -> str:
        return codes._totp(self.key).generate(int(clock.now().timestamp() + later)).decode()


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """The time stands still at the middle of a half minute, so that no test falls between two codes."""
    with clock.at(datetime.fromisoformat("2026-11-25T04:00:15+00:00")):
        yield


def later(seconds: float) -> clock.at:  # type: ignore[valid-type]
    return clock.at(clock.now() + timedelta(seconds=seconds))


def set_up(browser: Browser) -> tuple[Phone, list[str]]:
    """Set an authenticator up as a person does; its recovery codes come with it."""
    assert browser.send("/account/authenticator").status_code == 303
    phone = Phone(KEY.findall(browser.get("/account/authenticator").text)[0])
    answer = browser.send("/account/authenticator/confirmation", {"code": phone.code()})
    assert answer.status_code == 201
    shown = RECOVERY.findall(answer.text)
    assert len(set(shown)) == codes.RECOVERY_CODES
    return phone, shown


def number_of(world: World, login: str) -> int:
    with world.read():
        return world.user_row(login).id


def proved(world: World, login: str = "wang") -> Browser:
    world.user(login)
    return world.client(login)


def signs_in(world: World, code: str, password: str = PASSWORD) -> tuple[int, str]:
    browser = world.client()
    first = browser.send("/sign-in", {"login": "wang", "password": password})
    assert (first.status_code, first.location) == (303, "/sign-in/code?next=/")
    assert browser.get("/account").status_code == 303, "half way is not inside"
    answer = browser.send("/sign-in/code", {"code": code})
    if answer.status_code == 303:
        assert browser.get("/account").status_code == 200
    return answer.status_code, answer.location or answer.text


def test_the_code_is_asked_after_the_password_and_is_good_once(world: World) -> None:
    phone, _ = set_up(proved(world))
    assert signs_in(world, phone.code())[0] == 403, "the code that confirmed it is used"
    with later(30):
        assert signs_in(world, "000000")[0] == 403
        assert signs_in(world, phone.code()) == (303, "/")
        assert signs_in(world, phone.code())[0] == 403
    with later(120):
        assert signs_in(world, phone.code(-30)) == (303, "/"), "slow fingers"
        assert signs_in(world, phone.code(-90))[0] == 403
        assert signs_in(world, f" {phone.code()[:3]} {phone.code()[3:]}") == (303, "/"), "as apps show it"


def test_a_code_does_not_do_without_the_password(world: World) -> None:
    phone, _ = set_up(proved(world))
    with later(30):
        browser = world.client()
        assert browser.send("/sign-in/code", {"code": phone.code()}).location == "/sign-in?next=/"
        assert browser.send("/sign-in", {"login": "wang", "password": phone.code()}).status_code == 403
        assert browser.get("/account").status_code == 303


def test_half_way_lasts_for_minutes(world: World) -> None:
    phone, _ = set_up(proved(world))
    browser = world.client()
    browser.send("/sign-in", {"login": "wang", "password": PASSWORD})
    assert browser.get("/sign-in/code").status_code == 200
    with later(301):
        assert browser.send("/sign-in/code", {"code": phone.code()}).location == "/sign-in?next=/"
        assert browser.get("/account").status_code == 303


def test_guessing_codes_makes_the_account_rest(world: World) -> None:
    """Also when the right password is given again and again in between."""
    phone, _ = set_up(proved(world))
    browser = world.client()
    with later(30):
        for _ in range(proofs.MOST_FAILURES):
            browser.send("/sign-in", {"login": "wang", "password": PASSWORD})
            assert browser.send("/sign-in/code", {"code": "000000"}).status_code == 403
        refused = browser.send("/sign-in/code", {"code": phone.code()})
        assert refused.status_code == 403 and "rests" in refused.text
        assert browser.send("/sign-in", {"login": "wang", "password": PASSWORD}).status_code == 403
    with later(30 + 60 * proofs.LOCK_MINUTES):
        assert signs_in(world, phone.code()) == (303, "/")


def test_a_recovery_code_lets_in_once(world: World) -> None:
    _, recovery = set_up(proved(world))
    assert signs_in(world, recovery[0].upper().replace("-", " ")) == (303, "/")
    assert signs_in(world, recovery[0])[0] == 403
    assert signs_in(world, recovery[1]) == (303, "/")
    with world.read():
        assert len(queries.recovery_codes(world.user_row("wang").id)) == codes.RECOVERY_CODES - 2
        used = select(Event).where(Event.action == "user.recovery_code_used")
        assert len(db.session.execute(used).scalars().all()) == 2


def test_new_recovery_codes_replace_the_old(world: World) -> None:
    browser = proved(world)
    assert browser.send("/account/recovery-codes").status_code == 409
    _, old = set_up(browser)
    new = RECOVERY.findall(browser.send("/account/recovery-codes").text)
    assert signs_in(world, old[0])[0] == 403
    assert signs_in(world, new[0]) == (303, "/")


def test_nothing_is_set_up_or_taken_away_without_a_proof(world: World) -> None:
    phone, _ = set_up(proved(world))
    with later(60 * 11):
        assert signs_in(world, phone.code())[0] == 303
    browser = world.client("wang", proved=False)
    for url in ("/account/authenticator", "/account/authenticator/end", "/account/recovery-codes"):
        answer = browser.send(url)
        assert answer.status_code == 403 and "code of your app" in answer.text, url
    assert browser.get("/account/authenticator/qr.png").status_code == 404
    with world.read():
        assert queries.ways_of(world.user_row("wang").id).code


def test_the_code_stands_in_for_the_password_and_is_good_for_ten_minutes(world: World) -> None:
    phone, _ = set_up(proved(world))
    browser = world.client("wang", proved=False)
    with later(30):
        assert browser.send("/account/tokens", {"scope": "read", "password": "000000"}).status_code == 403
        assert browser.send("/account/tokens", {"scope": "read", "password": phone.code()}).status_code == 201
        assert browser.send("/account/tokens", {"scope": "read"}).status_code == 201, "fresh from now on"
        with world.read():
            assert db.session.execute(select(SignIn.proved_by)).scalars().all().count("totp") == 1
        other = world.client("wang", proved=False)
        assert other.send("/account/tokens", {"scope": "read", "password": phone.code()}).status_code == 403, "used"
        assert other.send("/account/tokens", {"scope": "read", "password": PASSWORD}).status_code == 201
    with later(30 + 60 * 10):
        assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403


def test_figures_are_a_wrong_password_where_there_is_no_app(world: World) -> None:
    browser = proved(world)
    with later(60 * 11):
        answer = browser.send("/account/tokens", {"scope": "read", "password": "123456"})
    assert answer.status_code == 403 and "This is not your password" in answer.text


def test_it_is_taken_away_by_oneself_or_an_administrator(world: World) -> None:
    browser = proved(world)
    set_up(browser)
    assert browser.send("/account/authenticator/end").status_code == 303
    assert world.client().send("/sign-in", {"login": "wang", "password": PASSWORD}).location == "/"
    set_up(browser)
    world.user("admin", admin=True)
    number = number_of(world, "wang")
    assert browser.send(f"/users/{number}/authenticator/end").status_code == 403
    assert world.client("admin", proved=False).send(f"/users/{number}/authenticator/end").status_code == 403
    assert "authenticator app" in world.client("admin").get(f"/users/{number}").text
    assert world.client("admin").send(f"/users/{number}/authenticator/end").status_code == 303
    assert world.client().send("/sign-in", {"login": "wang", "password": PASSWORD}).location == "/"
    with world.read():
        ended = select(Event.actor).where(Event.action == "user.authenticator_ended").order_by(Event.seq)
        assert db.session.execute(ended).scalars().all() == ["wang", "admin"]
        assert not queries.recovery_codes(number)
        assert {row.secret for row in db.session.execute(select(Authenticator)).scalars()} == {""}


def test_another_phone_replaces_the_first_once_it_is_confirmed(world: World) -> None:
    browser = proved(world)
    first, _ = set_up(browser)
    with later(60):
        browser.send("/account/authenticator")
        second = Phone(KEY.findall(browser.get("/account/authenticator").text)[0])
        assert signs_in(world, first.code())[0] == 303
        assert browser.send("/account/authenticator/confirmation", {"code": "12345"}).status_code == 422
        assert browser.send("/account/authenticator/confirmation", {"code": second.code()}).status_code == 201
        assert browser.send("/account/authenticator/confirmation", {"code": second.code()}).status_code == 409
    with later(120):
        assert signs_in(world, first.code())[0] == 403
        assert signs_in(world, second.code())[0] == 303


def test_a_password_link_does_not_pass_by_the_code(world: World) -> None:
    phone, _ = set_up(proved(world))
    world.user("admin", admin=True)
    number = number_of(world, "wang")
    shown = world.client("admin").send(f"/users/{number}/password-link").text
    secret = re.findall(r"/password/([a-z2-7]{32})", shown)[0]
    browser = world.client()
    assert browser.send(f"/password/{secret}", {"password": "four unrelated words"}).location == "/sign-in/code?next=/"
    assert browser.get("/account").status_code == 303
    with later(30):
        assert browser.send("/sign-in/code", {"code": phone.code()}).location == "/"


def test_of_two_requests_with_one_code_one_is_refused(world: World) -> None:
    phone, _ = set_up(proved(world))
    number = number_of(world, "wang")
    with later(30):
        code, now = phone.code(), clock.now()
    came: list[bool] = []
    start = threading.Barrier(4)

    def send() -> None:
        with clock.at(now), world.app.app_context():
            start.wait()
            came.append(proofs.attempt_code(number, code).user is not None)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(came) == [False, False, False, True]


@pytest.mark.sqlite("what is encrypted is so before any database sees it")
def test_the_key_and_the_codes_are_not_in_the_database(world: World) -> None:
    phone, recovery = set_up(proved(world))
    with world.read():
        kept = str(db.session.execute(text("SELECT * FROM authenticators")).all())
        kept += str(db.session.execute(text("SELECT * FROM recovery_codes")).all())
        kept += str(db.session.execute(select(Event.before, Event.after)).all())
        secret = db.session.execute(select(Authenticator.secret)).scalar_one()
        assert vault.taken_out(secret) == phone.key
        world.app.secret_key, right = "another key", world.app.secret_key
        with pytest.raises(vault.Locked):
            vault.taken_out(secret)
        world.app.secret_key = right
    for hidden in (codes.spelled(phone.key), codes.spelled(phone.key).replace(" ", ""), *recovery):
        assert hidden not in kept


def test_what_happened_is_in_the_access_log(world: World) -> None:
    phone, _ = set_up(proved(world))
    with later(30):
        signs_in(world, "000000")
        signs_in(world, phone.code())
    with world.read():
        rows = db.session.execute(select(AccessEvent).order_by(AccessEvent.seq)).scalars()
        told = [(row.action, row.subject, json.loads(row.detail or "{}").get("by")) for row in rows]
    assert told[-3:] == [
        ("authenticator_set", "wang", None),
        ("sign_in_failed", "wang", "totp"),
        ("signed_in", "wang", "totp"),
    ]
    with world.read():
        assert db.session.execute(select(User.failures)).scalar() == 0


def test_the_code_of_the_standard() -> None:
    """RFC 6238, appendix B (its codes of eight figures, of which an app shows six)."""
    key = b"12345678901234567890"
    for second, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        at = datetime.fromtimestamp(second, tz=clock.now().tzinfo)
        assert codes.step_of(key, code, at, 0) == second // 30
        assert codes.step_of(key, code, at, second // 30) is None
        assert codes.step_of(key, code, at + timedelta(seconds=90), 0) is None
    assert codes.address(key, "wang@x").startswith("otpauth://totp/reqtrack:wang%40x?")
