"""Proving oneself in a browser: by the code of an app, by a passkey, by signing in again at the provider; to come in, to sign and to
decide. What is signed tells by which, in the reader's language; and none takes more presses than the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from reqtrack.accounts.models import Authenticator
from reqtrack.db import db
from tests.accounts.idp import CLIENT, SECRET, Provider, running
from tests.accounts.test_codes import Phone
from tests.browser.test_budgets import MOST_CLICKS_TO_SIGN, Job, unproved
from tests.browser.test_passkeys import give_device
from tests.browser.walker import Walker
from tests.browser.walks import WALKED, Party, sound
from tests.changes.conftest import Desk
from tests.signoff.test_signing import ask, scope, told
from tests.support.browser import Device, Windows
from tests.support.world import PASSWORD, World

__all__ = ["scope"]
OWNER, MEANING, TITLE, WHY = "business_owner", "I approve this scope", "Two levels of approval", "As agreed"
MOST_CLICKS_TO_DECIDE, WITH_A_PROOF = 2, 3
METHODS = {
    "totp": {"zh": "身份验证器的动态码", "en": "code of the authenticator app"},
    "passkey": {"zh": "通行密钥", "en": "passkey"},
    "sso": {"zh": "在单点登录处重新登录", "en": "signed in again at the provider"},
}
KINDS = tuple(METHODS)


@pytest.fixture
def idp(scope: World, windows: Windows, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider, and the app at an address to which browsers give passkeys."""
    windows.url = windows.url.replace("127.0.0.1", "localhost")
    with running() as provider:
        windows.besides.append(provider.issuer)
        settings = {
            "sso_issuer": provider.issuer, "sso_client_id": CLIENT, "sso_client_secret": SECRET,
            "sso_name": "Acme", "base_url": windows.url,
        }  # fmt: skip
        app = scope.app
        monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=settings))
        app.extensions.pop("reqtrack_provider", None)
        yield provider
        app.extensions.pop("reqtrack_provider", None)


@dataclass
class Person:
    """The business owner at one browser, with a phone that shows codes."""

    world: World
    walker: Walker
    phone: Phone | None = None

    def code(self) -> str:
        """What the phone shows; half a minute has passed since the last one was used."""
        assert self.phone is not None
        with self.world.write(project=""):
            db.session.execute(update(Authenticator).values(last_step=0), execution_options={"spine": True})
        return self.phone.code()

    def settle(self) -> None:
        """The account learns all three ways, as its page offers them."""
        walker = self.walker
        walker.goto("/account")
        walker.press('#ways a[href$="/account/authenticator"]')
        walker.submit("/account/authenticator")
        sound(walker)
        self.phone = Phone(walker.page.locator("#key").inner_text())
        walker.fill(code=self.phone.code())
        walker.submit("/account/authenticator/confirmation", status=201)
        sound(walker)
        walker.press('main a[href$="/account#ways"]')
        walker.press('#ways a[href$="/account/passkeys/new"]')
        walker.fill(name="Phone")
        walker.press("[data-passkey-form] button")
        at_provider(
            walker, lambda: walker.page.locator('form[action$="/account/provider"] button').click(), "/account#ways"
        )
        assert "wang@example.com" in walker.text("#ways")
        sound(walker)

    def comes_in(self, kind: str) -> None:
        """Sign in anew."""
        walker, page = self.walker, self.walker.page
        page.context.clear_cookies()
        walker.goto("/sign-in?next=/account")
        if kind == "sso":
            at_provider(walker, lambda: page.locator('form[action$="/sign-in/provider"] button').click(), "/account")
        elif kind == "passkey":
            walker.press("[data-passkey-form] button")
        else:
            walker.fill(login=OWNER, password=PASSWORD)
            walker.submit("/sign-in")
            sound(walker)
            walker.fill(code="000000")
            walker.press("main form button[type=submit]", 403)
            walker.fill(code=self.code())
            walker.press("main form button[type=submit]")
        assert page.url.endswith("/account"), page.url
        unproved(self.world, OWNER)

    def proves(self, kind: str, form: str, job: Job) -> None:
        """Show beside a form that it is me."""
        page = job.page
        if kind == "totp":
            self.walker.fill(form, password=self.code())
        elif kind == "passkey":
            job.click(f"{form} [data-passkey-proof] button")
            expect(page.locator(f"{form} [data-passkey-done]").locator("visible=true")).to_have_count(1)
            assert not page.locator(f"{form} [name=password]").locator("visible=true").count()
        else:
            here = page.url
            typed = page.locator(f"{form} [name=reason]").locator("visible=true")
            self.walker.unfold(f"{form}:visible")
            typed.fill(WHY)
            at_provider(self.walker, lambda: job.click(f"{form} a[data-prove-at]"), here)
            assert not page.locator("main [name=password]").locator("visible=true").count(), "it is not asked again"
            sound(self.walker)
            # What was typed meanwhile is not lost on the way.
            page.locator(f"{form} [role=status] button").locator("visible=true").first.click()
            assert typed.input_value() == WHY


def at_provider(walker: Walker, leave: Callable[[], None], until: str) -> None:
    """Over to the provider, sign in there, and back to where it began."""
    leave()
    walker.page.wait_for_url("**/authorize?*")
    walker.page.locator("#enter").click()
    walker.page.wait_for_url(lambda url: url.endswith(until))
    walker.page.wait_for_load_state("load")
    walker.look()


def done(person: Person, kind: str, link: str, form: str, button: str) -> Job:
    """From the work that waits to what was signed, proved so."""
    walker = person.walker
    unproved(person.world, OWNER)
    walker.goto("/")
    job = Job(walker.page)
    job.click(f'[data-item] a[href*="{link}"]', leads=True)
    walker.look()
    sound(walker)
    person.proves(kind, form, job)
    job.click(f"{form} {button}", leads=True)
    walker.look()
    sound(walker)
    return job


@WALKED
def test_come_in_sign_and_decide_each_way(windows: Windows, scope: World, idp: Provider, device: Device) -> None:
    desk = Desk(scope)
    for _kind in KINDS:
        ask(scope)
    changes = [
        desk.deciding(likely=3, edits=[{"item": f"REQ-{at}", "field": "rationale", "new": f"Because of {at}."}])
        for at, _kind in enumerate(KINDS, 1)
    ]
    party = Party(windows, device, [MEANING, TITLE, "Scope 1", "Requirement", "Acme", "Phone", "Phase 1"])
    person = Person(scope, party(OWNER))
    walker, language = person.walker, person.walker.language
    give_device(walker.page)
    person.settle()
    for at, kind in enumerate(KINDS, 1):
        person.comes_in(kind)
        job = done(person, kind, f"/signoffs/{at}", "form:has(button[value=signed])", "button[value=signed]")
        assert job.clicks <= MOST_CLICKS_TO_SIGN, kind
        assert [one["method"] for one in told(scope, at)["signatures"]] == [kind]
        assert METHODS[kind][language] in walker.text(), kind

        key = changes[at - 1]
        job = done(person, kind, f"/changes/{key}", 'form[action$="/decisions"]', "button[value=approved]")
        assert job.clicks <= (MOST_CLICKS_TO_DECIDE if kind == "totp" else WITH_A_PROOF), kind
        assert [one.method for one in desk.dossier(key).votes] == [kind]
        assert METHODS[kind][language] in walker.text(), kind
        assert desk.stage(key) == "applied"
    somebody_else(person, idp)


def somebody_else(person: Person, idp: Provider) -> None:
    """Who signs in at the provider as another proves nothing, is told so, and goes on from there by any way."""
    walker, again = person.walker, 'form[action$="/account/proof/provider"] button'
    unproved(person.world, OWNER)
    walker.goto("/account/proof?next=/account")
    sound(walker)
    myself, idp.person = idp.person, {"sub": "8-li", "name": "李晓梅"}
    at_provider(walker, lambda: walker.page.locator(again).click(), "/sign-in/back")
    expect(walker.page.locator("main .rq-say--bad")).to_be_visible()
    sound(walker)
    idp.person = myself
    at_provider(walker, lambda: walker.page.locator(again).click(), "/account")
