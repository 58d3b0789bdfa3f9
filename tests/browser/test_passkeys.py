"""A passkey in a real browser, whose authenticator is virtual: made, signed in with, shown before a token is made."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from reqtrack.accounts.models import SignIn
from reqtrack.db import db
from tests.support.browser import Windows
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.sqlite("what a browser does is the same on both")]


def give_device(page: Page) -> None:
    """A device with a fingerprint reader, which always knows its person."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_made_signed_in_with_and_shown_again(windows: Windows, world: World) -> None:
    world.user("wang", "王海涛")
    # Browsers give passkeys to names, not to numbers.
    windows.url = windows.url.replace("127.0.0.1", "localhost")
    page = windows.open()
    give_device(page)
    page.goto("/sign-in?next=/account/passkeys/new")
    page.get_by_label("Login").fill("wang")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("My laptop")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()

    with world.write(project=""):
        for row in db.session.query(SignIn):
            row.proved_at = row.proved_at.replace(year=2020)
    page.reload()
    tokens = page.locator("#tokens")
    tokens.get_by_role("button", name="Use a passkey").click()
    expect(tokens.get_by_text("You have shown that it is you")).to_be_visible()
    expect(tokens.get_by_label("Your password")).to_be_hidden()
    tokens.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("heading", name="Your new token")).to_be_visible()
