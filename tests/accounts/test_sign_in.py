"""Signing in and out: who, by what, for how long; and what is not told to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions, limits, proofs, sessions
from reqtrack.accounts.models import SignIn, User
from reqtrack.audit.models import AccessEvent
from reqtrack.db import db
from tests.support.world import OPERATOR, PASSWORD, Browser, World


def sign_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    answer = browser.send("/sign-in", {"login": login, "password": password, **more})
    return answer.status_code, answer.location or answer.text


def accesses(world: World) -> list[tuple[str, str, str]]:
    with world.read():
        rows = db.session.execute(select(AccessEvent).order_by(AccessEvent.seq)).scalars()
        return [(row.action, row.actor, row.subject) for row in rows]


def test_the_right_password_opens_my_work(world: World) -> None:
    world.user("wang", "王海涛")
    browser = world.client()
    assert sign_in(browser, "wang") == (303, "/")
    assert "王海涛" in browser.get("/").text


def test_a_login_is_read_as_phones_write_it(world: World) -> None:
    world.user("wang@example.com")
    assert sign_in(world.client(), " Wang@Example.COM ")[0] == 303


def test_unknown_wrong_disabled_and_resting_sound_the_same(world: World) -> None:
    """S2: nobody learns which logins exist."""
    for login in ("wang", "gone", "resting"):
        world.user(login)
    with world.write(project=""):
        actions.disable_user(OPERATOR, world.user_row("gone"))
    browser = world.client()
    for _ in range(proofs.MOST_FAILURES):
        sign_in(browser, "resting", "wrong")
    told = {
        sign_in(browser, "wang", "wrong"),
        sign_in(browser, "nobody", "wrong"),
        sign_in(browser, "gone"),
        sign_in(browser, "resting"),
    }
    said = {
        (status, text.replace(login, "…")) for status, text in told for login in ("wang", "nobody", "gone", "resting")
    }
    assert {status for status, _ in told} == {403}
    texts = {text[text.index('role="alert"') : text.index("</p>", text.index('role="alert"'))] for _, text in said}
    assert len(texts) == 1


def test_an_unknown_login_is_hashed_for_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """S2: the same work for all."""
    world.user("wang")
    tried: list[str] = []
    really = sessions.proves
    monkeypatch.setattr(sessions, "proves", lambda user, password: tried.append(user.login) or really(user, password))
    for login in ("wang", "nobody"):
        sign_in(world.client(), login, "wrong")
    assert tried == ["wang", ""]


def test_guessing_makes_the_account_rest_but_not_for_ever(world: World) -> None:
    """S1: per account, counted by the database, never for good."""
    world.user("wang")
    browser = world.client()
    for _ in range(proofs.MOST_FAILURES):
        assert sign_in(browser, "wang", "wrong")[0] == 403
    assert sign_in(browser, "wang")[0] == 403
    with clock.at(clock.now() + timedelta(minutes=proofs.LOCK_MINUTES, seconds=1)):
        assert sign_in(browser, "wang")[0] == 303
    with world.read():
        assert world.user_row("wang").failures == 0


def test_a_right_password_forgets_the_wrong_ones(world: World) -> None:
    world.user("wang")
    for _ in range(3):
        for _ in range(proofs.MOST_FAILURES - 1):
            sign_in(world.client(), "wang", "wrong")
        assert sign_in(world.client(), "wang")[0] == 303


def test_one_network_cannot_try_all_accounts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "sign_in_failed", (limits.parse("3 per minute"),))
    world.user("wang")
    browser = world.client()
    assert [sign_in(browser, f"guess{number}", "wrong")[0] for number in range(5)] == [403, 403, 403, 429, 429]
    assert sign_in(browser, "wang")[0] == 429
    elsewhere = world.client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert sign_in(elsewhere, "wang")[0] == 303


def test_an_account_without_a_password_cannot_sign_in(world: World) -> None:
    world.user("wang", password="")
    assert sign_in(world.client(), "wang", "")[0] == 403


def test_a_form_without_its_token_is_refused(world: World) -> None:
    """S4: also login CSRF, and signing somebody out."""
    world.user("wang")
    browser = world.client("wang")
    for path in ("/sign-in", "/sign-out", "/language", "/display"):
        assert browser.post(path, data={"login": "wang", "password": PASSWORD, "to": "en"}).status_code == 400, path
    assert browser.get("/").status_code == 200


# -- where one is sent -------------------------------------------------------------------------------------------------

ELSEWHERE = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example",
    "/%0d%0aSet-Cookie:x=1", "/\tevil", " /", "///evil.example", "/p/CRM\nx", "", "/sign-in", "/nothing/here", "/sign-out",
)  # fmt: skip


def test_next_leads_nowhere_else(world: World) -> None:
    """S5: only paths of ours that can be got."""
    world.user("wang")
    for wanted in ELSEWHERE:
        assert sign_in(world.client(), "wang", next=wanted) == (303, "/"), wanted
        assert world.client("wang").get("/sign-in", query_string={"next": wanted}).location == "/", wanted


def test_next_leads_back_with_its_query(world: World) -> None:
    world.cast()
    browser = world.client()
    asked = browser.get("/p/CRM/requirements?q=tier:must")
    assert asked.status_code == 303
    there = browser.get(asked.location)
    assert 'name="next" value="/p/CRM/requirements?q=tier:must"' in there.text
    assert sign_in(browser, "analyst", next="/p/CRM/requirements?q=tier:must") == (
        303,
        "/p/CRM/requirements?q=tier:must",
    )


def test_who_is_signed_in_is_sent_on(world: World) -> None:
    world.user("wang")
    assert world.client("wang").get("/sign-in?next=/account").location == "/account"


# -- sessions ----------------------------------------------------------------------------------------------------------


def cookie(browser: Browser) -> str:
    found = browser.get_cookie("reqtrack")
    assert found is not None
    return found.value


def test_an_old_cookie_is_dead_after_signing_out(world: World) -> None:
    """S3: the server ends it, not the browser."""
    world.user("wang")
    browser = world.client()
    sign_in(browser, "wang")
    kept = cookie(browser)
    assert browser.send("/sign-out").location == "/sign-in"
    browser.set_cookie("reqtrack", kept)
    assert browser.get("/").status_code == 303
    assert ("signed_out", "wang", "wang") in accesses(world)


def test_signing_in_changes_the_session(world: World) -> None:
    """S3: a planted session is not what somebody is signed in by, and its form token dies with it."""
    world.user("wang")
    thief, victim = world.client(), world.client()
    planted = thief.token()
    victim.set_cookie("reqtrack", cookie(thief))
    answer = victim.post("/sign-in", data={"csrf_token": planted, "login": "wang", "password": PASSWORD})
    assert answer.status_code == 303
    assert thief.get("/").status_code == 303
    assert victim.post("/sign-out", data={"csrf_token": planted}).status_code == 400


def test_a_page_left_open_can_be_sent_after_signing_in_again(world: World) -> None:
    world.user("wang")
    browser = world.client()
    sign_in(browser, "wang")
    left_open = browser.token()
    with world.write(project=""):
        for row in db.session.execute(select(SignIn)).scalars():
            row.ended_at = clock.now()
    sign_in(browser, "wang")
    fields = {"csrf_token": left_open, "name": "Wang", "email": "", "locale": ""}
    assert browser.post("/account", data=fields).status_code == 303


def test_signing_in_as_another_ends_the_first(world: World) -> None:
    world.user("wang")
    world.user("zhao")
    browser = world.client()
    sign_in(browser, "wang")
    first = cookie(browser)
    sign_in(browser, "zhao")
    browser.set_cookie("reqtrack", first)
    assert browser.get("/").status_code == 303


def test_an_idle_session_ends_by_itself(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    with clock.at(clock.now() + timedelta(days=sessions.IDLE_DAYS, hours=1)):
        assert browser.get("/").status_code == 303


def test_work_keeps_a_session_alive_until_its_last_day(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    start = clock.now()
    for day in range(0, sessions.SIGN_IN_DAYS, 10):
        with clock.at(start + timedelta(days=day, minutes=5)):
            assert browser.get("/", buffered=True).status_code == 200
    with clock.at(start + timedelta(days=sessions.SIGN_IN_DAYS, minutes=5)):
        assert browser.get("/").status_code == 303


def test_reading_within_the_hour_writes_nothing(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    with world.read():
        before = [row.seen_at for row in db.session.execute(select(SignIn)).scalars()]
    browser.get("/", buffered=True)
    with world.read():
        assert [row.seen_at for row in db.session.execute(select(SignIn)).scalars()] == before


def test_a_disabled_user_is_out_with_the_next_request(world: World) -> None:
    """A8."""
    world.user("wang")
    browser = world.client("wang")
    assert browser.get("/").status_code == 200
    with world.write(project=""):
        actions.disable_user(OPERATOR, world.user_row("wang"))
    assert browser.get("/").status_code == 303
    with world.write(project=""):
        actions.enable_user(OPERATOR, world.user_row("wang"))
    assert browser.get("/").status_code == 303, "enabling brings no old session back"


def test_the_cookie_is_not_for_scripts_nor_for_others(app: Flask, world: World) -> None:
    world.user("wang")
    browser = world.client()
    answer = browser.send("/sign-in", {"login": "wang", "password": PASSWORD})
    set_cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie and "SameSite=Lax" in set_cookie
    assert answer.headers["Cache-Control"].startswith("no-store")


def test_what_happened_is_in_the_access_log_but_no_typed_secret(world: World) -> None:
    """U2, U6: a password typed into the login field is not kept."""
    world.user("wang")
    browser = world.client()
    sign_in(browser, "my secret password", "wrong")
    sign_in(browser, "wang", "wrong")
    sign_in(browser, "wang")
    assert accesses(world) == [
        ("sign_in_failed", "", "unknown"),
        ("sign_in_failed", "", "wang"),
        ("signed_in", "wang", "wang"),
    ]


def test_proving_again_is_good_for_ten_minutes(world: World) -> None:
    world.user("wang")
    browser = world.client("wang", proved=False)
    asked = browser.send("/account/tokens", {"name": "a", "scope": "read"})
    assert asked.status_code == 403 and 'type="password"' in asked.text
    assert browser.send("/account/tokens", {"name": "a", "scope": "read", "password": "wrong"}).status_code == 403
    assert browser.send("/account/tokens", {"name": "a", "scope": "read", "password": PASSWORD}).status_code == 201
    assert browser.send("/account/tokens", {"name": "b", "scope": "read"}).status_code == 201
    with clock.at(clock.now() + timedelta(minutes=sessions.PROOF_MINUTES + 1)):
        assert browser.send("/account/tokens", {"name": "c", "scope": "read"}).status_code == 403


# -- language ----------------------------------------------------------------------------------------------------------


def lang(text: str) -> str:
    return text[text.index('lang="') + 6 :].partition('"')[0]


def test_the_browser_says_which_language(world: World) -> None:
    spoken = {"zh-CN,zh;q=0.9": "zh-Hans", "zh-TW": "zh-Hans", "en-GB": "en", "de,en;q=0.5": "en", "fr": "en"}
    assert {asked: lang(world.client(language=asked).get("/sign-in").text) for asked in spoken} == spoken


def test_the_account_says_which_language(world: World) -> None:
    world.user("wang", locale="zh_Hans_CN")
    assert lang(world.client("wang", language="en").get("/").text) == "zh-Hans"


def test_a_link_changes_the_language_of_this_browser_only(world: World) -> None:
    world.user("wang", locale="zh_Hans_CN")
    browser = world.client("wang")
    answer = browser.get("/language?to=en&next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert lang(browser.get("/account").text) == "en"
    assert lang(world.client("wang").get("/account").text) == "zh-Hans"


def test_the_form_changes_the_account_too(world: World) -> None:
    world.user("wang")
    assert world.client("wang").send("/language", {"to": "zh_Hans_CN", "next": "//evil"}).location == "/"
    assert lang(world.client("wang").get("/account").text) == "zh-Hans"
    with world.read():
        assert db.session.execute(select(User.locale).where(User.login == "wang")).scalar() == "zh_Hans_CN"


def test_an_unknown_language_is_english(world: World) -> None:
    browser = world.client(language="zh")
    browser.get("/language?to=../../etc&next=/sign-in")
    assert lang(browser.get("/sign-in").text) == "en"


def test_colours_without_script(world: World) -> None:
    world.user("wang")
    browser = world.client("wang")
    browser.send("/display", {"theme": "dark", "density": "compact", "next": "/account"})
    assert 'data-bs-theme="dark" data-density="compact"' in browser.get("/account").text
    browser.send("/display", {"theme": "x\ny"})
    assert 'data-bs-theme="dark"' in browser.get("/account").text


def test_a_fresh_site_says_what_to_do(world: World) -> None:
    assert "Nobody has an account here yet" in world.client().get("/sign-in").text
    world.user("wang")
    assert "Nobody has an account here yet" not in world.client().get("/sign-in").text
