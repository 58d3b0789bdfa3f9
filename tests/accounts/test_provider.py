"""Signing in at the organisation's provider: who is believed, and everything that is not (S7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select

from reqtrack import clock, config
from reqtrack.accounts import actions
from reqtrack.accounts.models import Identity, SignIn, User
from reqtrack.audit.models import AccessEvent, Event
from reqtrack.db import db
from tests.accounts.idp import CLIENT, SECRET, Provider, running
from tests.support.world import OPERATOR, Browser, World

ONWARD = re.compile(r'href="([^"]+)" rel="noreferrer" data-onward')


@pytest.fixture
def idp(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with running() as provider:
        told = {
            "sso_issuer": provider.issuer, "sso_client_id": CLIENT, "sso_client_secret": SECRET,
            "sso_name": "Acme", "base_url": "http://localhost",
        }  # fmt: skip
        monkeypatch.setitem(world.app.config, "SETTINGS", world.app.config["SETTINGS"].model_copy(update=told))
        world.app.extensions.pop("reqtrack_provider", None)
        yield provider
        world.app.extensions.pop("reqtrack_provider", None)


def onward(browser: Browser, url: str, fields: dict[str, Any] | None = None) -> str:
    answer = browser.send(url, fields)
    assert answer.status_code == 200, answer.text
    return unescape(ONWARD.findall(answer.text)[0])


def back(browser: Browser, brought: dict[str, str]) -> tuple[int, str]:
    shown = browser.get("/sign-in/back", query_string=brought)
    assert shown.status_code == 200 and "data-onward" in shown.text
    answer = browser.send("/sign-in/back", brought)
    return answer.status_code, answer.location or answer.text


def linked(world: World, idp: Provider) -> None:
    world.user("wang")
    browser = world.client("wang")
    assert back(browser, idp.authorize(onward(browser, "/account/provider")))[0] == 303


def sign_in(world: World, idp: Provider) -> tuple[int, str, Browser]:
    browser = world.client()
    status, said = back(browser, idp.authorize(onward(browser, "/sign-in/provider", {"next": "/account"})))
    assert (status == 303) == (browser.get("/account").status_code == 200)
    return status, said, browser


def test_whoever_linked_their_account_signs_in(world: World, idp: Provider) -> None:
    linked(world, idp)
    status, said, browser = sign_in(world, idp)
    assert (status, said) == (303, "/account")
    assert "wang@example.com" in browser.get("/account").text
    assert idp.asked["code_challenge_method"] == "S256" and idp.asked["scope"] == "openid profile email"
    assert idp.asked["redirect_uri"] == "http://localhost/sign-in/back"
    assert "prompt" not in idp.asked
    with world.read():
        assert "sso" in db.session.execute(select(SignIn.proved_by)).scalars().all()


def test_an_address_is_no_key(world: World, idp: Provider) -> None:
    """S7: neither login nor e-mail of the provider leads to an account here."""
    world.user("wang@example.com")
    with world.write(project=""):
        user = world.user_row("wang@example.com")
        actions.change_account(world.actor("wang@example.com"), user, {"email": "wang@example.com"})
    status, said, _ = sign_in(world, idp)
    assert status == 403 and "No account here is linked with wang@example.com" in said
    with world.read():
        assert not db.session.execute(select(Identity)).all()
        assert len(db.session.execute(select(User)).all()) == 1


def test_the_subject_stays_when_the_address_goes(world: World, idp: Provider) -> None:
    linked(world, idp)
    idp.person = {"sub": "7-wang", "email": "other@example.com"}
    assert sign_in(world, idp)[0] == 303
    idp.person = {"sub": "8-li", "email": "wang@example.com"}
    assert sign_in(world, idp)[0] == 403


def _set(name: str, value: Any) -> Any:
    return lambda claims: claims.update({name: value})


def _without(name: str) -> Any:
    return lambda claims: claims.pop(name)


@pytest.mark.sqlite("what does not hold is refused before any database is asked")
@pytest.mark.parametrize(
    "twist",
    [
        _set("aud", "another client"), _set("aud", [CLIENT, "another"]), _set("azp", "another"), _without("aud"),
        _set("iss", "http://127.0.0.1:1"), _without("iss"), _set("nonce", "another"), _without("nonce"),
        _set("exp", 1), _without("exp"), _set("iat", 4_000_000_000), _without("sub"), _set("sub", ""),
        _set("sub", 7), _set("sub", "x" * 256),
    ],
)  # fmt: skip
def test_a_token_that_does_not_hold_is_refused(world: World, idp: Provider, twist: Any) -> None:
    linked(world, idp)
    idp.twist = twist
    assert sign_in(world, idp)[0] == 403


@pytest.mark.sqlite("what does not hold is refused before any database is asked")
def test_a_signature_of_another_or_none_is_refused(world: World, idp: Provider) -> None:
    """S7: alg none; the public client secret as a key; somebody else's key under the same name."""
    linked(world, idp)
    for algorithm, key in (
        ("none", None),
        ("HS256", OctKey.import_key(SECRET)),
        ("ES256", ECKey.generate_key("P-256", {"kid": "first"})),
    ):
        idp.algorithm, idp.key_used = algorithm, key
        assert sign_in(world, idp)[0] == 403, algorithm
    idp.algorithm, idp.key_used = "ES256", None
    assert sign_in(world, idp)[0] == 303


def test_new_keys_of_the_provider_are_asked_for(world: World, idp: Provider) -> None:
    linked(world, idp)
    idp.key = ECKey.generate_key("P-256", {"kid": "second", "use": "sig"})
    assert sign_in(world, idp)[0] == 303


def test_an_answer_is_good_once_and_for_the_browser_that_asked(world: World, idp: Provider) -> None:
    linked(world, idp)
    browser, other = world.client(), world.client()
    brought = idp.authorize(onward(browser, "/sign-in/provider"))
    assert back(other, brought)[0] == 403, "login CSRF"
    assert other.get("/account").status_code == 303
    assert back(browser, brought)[0] == 303
    idp.codes[brought["code"]] = idp.asked
    assert back(browser, brought)[0] == 403
    late = idp.authorize(onward(other, "/sign-in/provider"))
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert back(other, late)[0] == 403
    for broken in ({}, {"state": ""}, {"state": "x", "code": "y"}):
        assert back(other, broken)[0] == 403
    mine = idp.authorize(onward(other, "/sign-in/provider"))
    assert back(other, {"state": mine["state"]})[0] == 403, "refused there"


@pytest.mark.sqlite("what does not hold is refused before any database is asked")
def test_another_providers_answer_is_refused(world: World, idp: Provider) -> None:
    """S7, RFC 9207: mix-up."""
    linked(world, idp)
    browser = world.client()
    brought = idp.authorize(onward(browser, "/sign-in/provider"))
    assert back(browser, {**brought, "iss": "https://evil.example"})[0] == 403
    idp.more = {"authorization_response_iss_parameter_supported": True}
    world.app.extensions.pop("reqtrack_provider", None)
    brought = idp.authorize(onward(browser, "/sign-in/provider"))
    assert back(browser, {name: brought[name] for name in ("state", "code")})[0] == 403
    idp.more = {"issuer": "https://evil.example"}
    world.app.extensions.pop("reqtrack_provider", None)
    assert browser.send("/sign-in/provider").status_code == 409


def test_signing_in_again_there_proves_for_ten_minutes(world: World, idp: Provider) -> None:
    linked(world, idp)
    browser = world.client("wang", proved=False)
    refused = browser.send("/account/tokens", {"scope": "read"}, headers={"Referer": "http://localhost/account"})
    assert refused.status_code == 403 and "Sign in again at Acme" in refused.text
    url = onward(browser, "/account/proof/provider", {"next": "/account"})
    brought = idp.authorize(url)
    assert (idp.asked["prompt"], idp.asked["max_age"]) == ("login", "0")
    assert back(browser, brought) == (303, "/account")
    assert browser.send("/account/tokens", {"scope": "read"}).status_code == 201
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403


@pytest.mark.parametrize("twist", [_set("auth_time", 1_700_000_000), _without("auth_time"), _set("auth_time", "now")])
def test_a_provider_that_does_not_ask_again_proves_nothing(world: World, idp: Provider, twist: Any) -> None:
    linked(world, idp)
    browser = world.client("wang", proved=False)
    idp.twist = twist
    status, said = back(browser, idp.authorize(onward(browser, "/account/proof/provider")))
    assert status == 403 and "did not ask you to sign in again" in said
    assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403
    entered = sign_in(world, idp)[2]
    assert entered.send("/account/tokens", {"scope": "read"}).status_code == 403, "signed in, not proved anew"


def test_somebody_else_signing_in_there_proves_nothing(world: World, idp: Provider) -> None:
    linked(world, idp)
    world.user("li")
    browser = world.client("li", proved=False)
    status, said = back(
        browser, idp.authorize(onward(browser, "/account/proof/provider", {"next": "/account/passkeys/new"}))
    )
    assert status == 403 and "Is it you?" in said and 'name="next" value="/account/passkeys/new"' in said, (
        "the other ways"
    )
    assert browser.send("/account/tokens", {"scope": "read"}).status_code == 403
    again = world.client("li")
    status, said = back(again, idp.authorize(onward(again, "/account/provider")))
    assert status == 409 and "Another account here is linked" in said


def test_an_answer_for_one_person_is_nothing_for_the_next(world: World, idp: Provider) -> None:
    world.user("wang")
    browser = world.client("wang")
    brought = idp.authorize(onward(browser, "/account/provider"))
    browser.send("/sign-out")
    assert back(browser, brought)[0] == 403
    with world.read():
        assert not db.session.execute(select(Identity)).all()


def test_an_invitation_makes_a_linked_account_without_a_password(world: World, idp: Provider) -> None:
    world.project()
    with world.write() as scene:
        secret = actions.invite(OPERATOR, scene.project, ["tester"])
    browser = world.client()
    assert "Join by Acme" in browser.get(f"/join/{secret}").text
    assert back(browser, idp.authorize(onward(browser, f"/join/{secret}/provider"))) == (303, "/p/CRM/")
    assert browser.get("/p/CRM/").status_code == 200
    with world.read():
        user = db.session.execute(select(User).where(User.login == "wang@example.com")).scalar_one()
        assert (user.name, user.password) == ("王海涛", "")
    assert sign_in(world, idp)[0] == 303
    idp.person = {"sub": "9"}
    assert world.client().send(f"/join/{secret}/provider").status_code == 404


def test_the_link_ends_after_a_proof_and_with_the_account(world: World, idp: Provider) -> None:
    linked(world, idp)
    with world.read():
        number = db.session.execute(select(Identity.id)).scalar_one()
    assert world.client("wang", proved=False).send(f"/account/provider/{number}/end").status_code == 403
    with world.write(project=""):
        actions.disable_user(OPERATOR, world.user_row("wang"))
    assert sign_in(world, idp)[0] == 403
    with world.write(project=""):
        actions.enable_user(OPERATOR, world.user_row("wang"))
    assert world.client("wang").send(f"/account/provider/{number}/end").status_code == 303
    assert sign_in(world, idp)[0] == 403
    with world.read():
        done = select(Event.action).where(Event.action.like("user.identity%")).order_by(Event.seq)
        assert db.session.execute(done).scalars().all() == ["user.identity_linked", "user.identity_unlinked"]
        noted = db.session.execute(select(AccessEvent.action)).scalars().all()
        assert {"identity_linked", "identity_unlinked", "sign_in_failed"} <= set(noted)


@pytest.mark.sqlite("no database is asked")
def test_without_a_provider_nothing_is_offered(world: World) -> None:
    assert "provider" not in world.client().get("/sign-in").text
    assert world.client().send("/sign-in/provider").status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SSO_ISSUER": "https://idp.example"}, "SSO_CLIENT_ID, SSO_CLIENT_SECRET, BASE_URL"),
        ({"SSO_CLIENT_ID": "x"}, "SSO_ISSUER"),
        (
            {
                "SSO_ISSUER": "http://idp.example",
                "SSO_CLIENT_ID": "x",
                "SSO_CLIENT_SECRET": "y",
                "BASE_URL": "https://r",
            },
            "https://",
        ),
    ],
)
def test_settings_that_do_not_fit_are_said(tmp_path: Any, given: dict[str, str], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        config.load(environ={"REQTRACK_DATA": str(tmp_path), **given})
