"""By what whoever signed had proved themselves stands in their signature: password, code, passkey, the provider's word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from reqtrack import clock
from tests.accounts.device import Device
from tests.accounts.idp import Provider
from tests.accounts.test_codes import set_up
from tests.accounts.test_passkeys import PROVE, asked, keep
from tests.accounts.test_provider import back, idp, onward
from tests.signoff.test_signing import ask, scope, told
from tests.support.caller import Caller
from tests.support.world import PASSWORD, World

__all__ = ["idp", "scope"]
pytestmark = pytest.mark.sqlite
OWNER = "business_owner"
SIGNED = {"outcome": "signed"}


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    """Time moves on in our hands: a code is shown for half a minute."""
    with clock.at(clock.now().replace(second=15, microsecond=0)):
        yield


def test_a_signature_tells_how_it_was_proved(scope: World, idp: Provider) -> None:
    for _each in range(6):
        ask(scope)
    mine, device = scope.client(OWNER), Device()
    phone, _recovery = set_up(mine)
    assert keep(mine, device) == 303
    assert back(mine, idp.authorize(onward(mine, "/account/provider")))[0] == 303

    browser, program = scope.client(OWNER, proved=False), Caller(scope, OWNER)
    with clock.at(clock.now() + timedelta(seconds=30)):
        assert browser.send("/p/CRM/signoffs/1", {**SIGNED, "password": phone.code()}).status_code == 303
        used = program("POST", "/signoffs/2/signature", {"password": phone.code()})
        assert used.status_code == 403, "a code is good once"
    with clock.at(clock.now() + timedelta(seconds=60)):
        assert program("POST", "/signoffs/2/signature", {"password": phone.code()}).status_code == 201
        assert program("POST", "/signoffs/3/signature", {"password": PASSWORD}).status_code == 201

    browser = scope.client(OWNER, proved=False)
    proof = {"credential": device.answers(asked(browser, PROVE))}
    assert browser.send("/account/proof/passkey", proof).status_code == 204
    assert browser.send("/p/CRM/signoffs/4", SIGNED).status_code == 303

    browser = scope.client(OWNER, proved=False)
    brought = idp.authorize(onward(browser, "/account/proof/provider", {"next": "/p/CRM/signoffs/5"}))
    assert back(browser, brought) == (303, "/p/CRM/signoffs/5")
    assert browser.send("/p/CRM/signoffs/5", SIGNED).status_code == 303

    # A proof is of one browser, and a program has none but what it sends along.
    assert scope.client(OWNER, proved=False).send("/p/CRM/signoffs/6", SIGNED).status_code == 403
    refused = program("POST", "/signoffs/6/signature", {})
    assert refused.status_code == 403 and refused.json["reasons"][0]["code"] == "prove_yourself"
    assert {number: [one["method"] for one in told(scope, number)["signatures"]] for number in range(1, 7)} == {
        1: ["totp"], 2: ["totp"], 3: ["password"], 4: ["passkey"], 5: ["sso"], 6: [],
    }  # fmt: skip
    words = {1: "code of the authenticator app", 3: "password", 4: "passkey", 5: "signed in again at the provider"}
    for number, said in words.items():
        assert f"Proved by: {said}" in scope.client("analyst").get(f"/p/CRM/signoffs/{number}").text
